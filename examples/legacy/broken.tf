# Terraform refuses this file: the brace that closes the first resource is missing.

resource "kubernetes_config_map" "tuning" {
  metadata {
    name = "tuning"
  }
  data = {
    "kernel.shmmax" = "68719476736"
  }

resource "kubernetes_pod_security_policy" "database" {
  metadata {
    name = "database"
  }

  spec {
    host_ipc = true

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
