variable "tenants_share_host_ipc" {
  description = "Whether the pods of tenants may use the IPC namespace of their node."
  type        = bool
}

resource "kubernetes_pod_security_policy" "tenants" {
  metadata {
    name = "tenants"
  }

  spec {
    host_ipc = var.tenants_share_host_ipc

    run_as_user {
      rule = "MustRunAsNonRoot"
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
