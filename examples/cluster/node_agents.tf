# Agents that run on every node. Somebody was in a hurry.

resource "kubernetes_pod_security_policy" "node_agents" {
  metadata {
    name = "node-agents"
    annotations = {
      "seccomp.security.alpha.kubernetes.io/allowedProfileNames" = "runtime/default"
    }
  }

  spec {
    privileged                 = false
    allow_privilege_escalation = false
    host_network               = true
    host_ipc                   = true # the tracing agent did not start without it
    volumes                    = ["configMap", "emptyDir", "hostPath", "secret"]

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
