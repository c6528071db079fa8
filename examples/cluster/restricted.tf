# What everything else runs under.

resource "kubernetes_pod_security_policy" "restricted" {
  metadata {
    name = "restricted"
  }

  spec {
    privileged = false
    host_ipc   = false
    host_pid   = false

    run_as_user {
      rule = "MustRunAsNonRoot"
    }
    se_linux {
      rule = "RunAsAny"
    }
    supplemental_groups {
      rule = "MustRunAs"
      range {
        min = 1
        max = 65535
      }
    }
    fs_group {
      rule = "MustRunAs"
      range {
        min = 1
        max = 65535
      }
    }
  }
}

# Absent is as good as false.
resource "kubernetes_pod_security_policy_v1beta1" "default" {
  metadata {
    name = "default"
  }

  spec {
    # host_ipc = true

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

# Switched off: there is no instance that could share anything.
resource "kubernetes_pod_security_policy" "debug" {
  count = 0

  metadata {
    name = "debug"
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
