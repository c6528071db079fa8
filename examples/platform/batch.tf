resource "kubernetes_pod_security_policy_v1beta1" "batch" {
  metadata {
    name = "batch"
  }

  spec {
    host_ipc = "true"

    run_as_user {
      rule = "RunAsAny"
    }
    se_linux {
      rule = "RunAsAny"
    }
    supplemental_groups {
      rule = "RunAsAny"
    }
    fs_group {
      rule = "RunAsAny"
    }
  }
}
