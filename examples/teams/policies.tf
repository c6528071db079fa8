locals {
  teams = {
    data = { host_ipc = var.share_ipc }
    web  = { host_ipc = false }
  }
}

resource "kubernetes_pod_security_policy" "team" {
  for_each = local.teams

  metadata {
    name = "team-${each.key}"
  }

  spec {
    host_ipc = each.value.host_ipc

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
