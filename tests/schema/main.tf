# Written by record.py.

resource "kubernetes_api_service" "required" {
  metadata {
  }
  spec {
    group = "example.com"
    group_priority_minimum = 1
    version = "v1"
    version_priority = 1
  }
}

resource "kubernetes_api_service" "nested" {
  metadata {
    name = "x"
  }
  spec {
    group = "example.com"
    group_priority_minimum = 1
    version = "v1"
    version_priority = 1
    service {
      name = "x"
      namespace = "x"
    }
  }
}

resource "kubernetes_api_service_v1" "required" {
  metadata {
  }
  spec {
    group = "example.com"
    group_priority_minimum = 1
    version = "v1"
    version_priority = 1
  }
}

resource "kubernetes_api_service_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    group = "example.com"
    group_priority_minimum = 1
    version = "v1"
    version_priority = 1
    service {
      name = "x"
      namespace = "x"
    }
  }
}

resource "kubernetes_certificate_signing_request" "required" {
  metadata {
  }
  spec {
    request = "x"
  }
}

resource "kubernetes_certificate_signing_request" "nested" {
  metadata {
    name = "x"
  }
  spec {
    request = "x"
  }
}

resource "kubernetes_certificate_signing_request_v1" "required" {
  metadata {
  }
  spec {
    request = "x"
    signer_name = "example.com/x"
  }
}

resource "kubernetes_certificate_signing_request_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    request = "x"
    signer_name = "example.com/x"
  }
}

resource "kubernetes_cluster_role" "required" {
  metadata {
  }
}

resource "kubernetes_cluster_role" "nested" {
  aggregation_rule {
    cluster_role_selectors {
      match_expressions {
      }
    }
  }
  metadata {
    name = "x"
  }
  rule {
    verbs = ["x"]
  }
}

resource "kubernetes_cluster_role_v1" "required" {
  metadata {
  }
}

resource "kubernetes_cluster_role_v1" "nested" {
  aggregation_rule {
    cluster_role_selectors {
      match_expressions {
      }
    }
  }
  metadata {
    name = "x"
  }
  rule {
    verbs = ["x"]
  }
}

resource "kubernetes_config_map" "required" {
  metadata {
  }
}

resource "kubernetes_config_map" "nested" {
  metadata {
    name = "x"
  }
}

resource "kubernetes_config_map_v1" "required" {
  metadata {
  }
}

resource "kubernetes_config_map_v1" "nested" {
  metadata {
    name = "x"
  }
}

resource "kubernetes_config_map_v1_data" "required" {
  data = { a = "x" }
  metadata {
    name = "x"
  }
}

resource "kubernetes_config_map_v1_data" "nested" {
  data = { a = "x" }
  metadata {
    name = "x"
  }
}

resource "kubernetes_cron_job" "required" {
  metadata {
  }
  spec {
    schedule = "* * * * *"
    job_template {
      metadata {
      }
      spec {
        template {
          metadata {
          }
        }
      }
    }
  }
}

resource "kubernetes_cron_job" "nested" {
  metadata {
    name = "x"
  }
  spec {
    schedule = "* * * * *"
    job_template {
      metadata {
      }
      spec {
        pod_failure_policy {
          rule {
          }
        }
        selector {
        }
        template {
          metadata {
          }
        }
      }
    }
  }
}

resource "kubernetes_cron_job_v1" "required" {
  metadata {
  }
  spec {
    schedule = "* * * * *"
    job_template {
      metadata {
      }
      spec {
        template {
          metadata {
          }
        }
      }
    }
  }
}

resource "kubernetes_cron_job_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    schedule = "* * * * *"
    job_template {
      metadata {
      }
      spec {
        pod_failure_policy {
          rule {
          }
        }
        selector {
        }
        template {
          metadata {
          }
        }
      }
    }
  }
}

resource "kubernetes_csi_driver" "required" {
  metadata {
  }
}

resource "kubernetes_csi_driver" "nested" {
  metadata {
    name = "x"
  }
  spec {
    attach_required = true
  }
}

resource "kubernetes_csi_driver_v1" "required" {
  metadata {
  }
}

resource "kubernetes_csi_driver_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    attach_required = true
  }
}

resource "kubernetes_daemon_set_v1" "required" {
  metadata {
  }
  spec {
    template {
      metadata {
      }
    }
  }
}

resource "kubernetes_daemonset" "required" {
  metadata {
  }
  spec {
    template {
      metadata {
      }
    }
  }
}

resource "kubernetes_default_service_account" "required" {
  metadata {
  }
}

resource "kubernetes_default_service_account_v1" "required" {
  metadata {
  }
}

resource "kubernetes_deployment" "required" {
  metadata {
  }
  spec {
    template {
      metadata {
      }
      spec {
      }
    }
  }
}

resource "kubernetes_deployment_v1" "required" {
  metadata {
  }
  spec {
    template {
      metadata {
      }
      spec {
      }
    }
  }
}

resource "kubernetes_endpoint_slice_v1" "required" {
  address_type = "IPv4"
  endpoint {
    addresses = ["x"]
  }
  metadata {
  }
  port {
    app_protocol = "x"
    port = "80"
  }
}

resource "kubernetes_endpoint_slice_v1" "nested" {
  address_type = "IPv4"
  endpoint {
    addresses = ["x"]
    condition {
    }
    target_ref {
      name = "x"
    }
  }
  metadata {
    name = "x"
  }
  port {
    app_protocol = "x"
    name = "x"
    port = "80"
  }
}

resource "kubernetes_endpoints" "required" {
  metadata {
  }
}

resource "kubernetes_endpoints" "nested" {
  metadata {
    name = "x"
  }
  subset {
    address {
      ip = "10.0.0.1"
    }
    not_ready_address {
      ip = "10.0.0.1"
    }
    port {
      port = 1
    }
  }
}

resource "kubernetes_endpoints_v1" "required" {
  metadata {
  }
}

resource "kubernetes_endpoints_v1" "nested" {
  metadata {
    name = "x"
  }
  subset {
    address {
      ip = "10.0.0.1"
    }
    not_ready_address {
      ip = "10.0.0.1"
    }
    port {
      port = 1
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler" "required" {
  metadata {
  }
  spec {
    max_replicas = 1
    scale_target_ref {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler" "nested" {
  metadata {
    name = "x"
  }
  spec {
    max_replicas = 1
    behavior {
      scale_down {
        policy {
          period_seconds = 1
          type = "Resource"
          value = 1
        }
      }
      scale_up {
        policy {
          period_seconds = 1
          type = "Resource"
          value = 1
        }
      }
    }
    metric {
      type = "Resource"
      container_resource {
        container = "x"
        name = "x"
        target {
          type = "Resource"
        }
      }
      external {
        metric {
          name = "x"
        }
        target {
          type = "Resource"
        }
      }
      object {
        described_object {
          api_version = "x"
          kind = "User"
          name = "x"
        }
        metric {
          name = "x"
        }
        target {
          type = "Resource"
        }
      }
      pods {
        metric {
          name = "x"
        }
        target {
          type = "Resource"
        }
      }
      resource {
        name = "x"
        target {
          type = "Resource"
        }
      }
    }
    scale_target_ref {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler_v1" "required" {
  metadata {
  }
  spec {
    max_replicas = 1
    scale_target_ref {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    max_replicas = 1
    scale_target_ref {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler_v2" "required" {
  metadata {
  }
  spec {
    max_replicas = 1
    scale_target_ref {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler_v2" "nested" {
  metadata {
    name = "x"
  }
  spec {
    max_replicas = 1
    behavior {
      scale_down {
        policy {
          period_seconds = 1
          type = "Resource"
          value = 1
        }
      }
      scale_up {
        policy {
          period_seconds = 1
          type = "Resource"
          value = 1
        }
      }
    }
    metric {
      type = "Resource"
      container_resource {
        container = "x"
        name = "x"
        target {
          type = "Resource"
        }
      }
      external {
        metric {
          name = "x"
        }
        target {
          type = "Resource"
        }
      }
      object {
        described_object {
          api_version = "x"
          kind = "User"
          name = "x"
        }
        metric {
          name = "x"
        }
        target {
          type = "Resource"
        }
      }
      pods {
        metric {
          name = "x"
        }
        target {
          type = "Resource"
        }
      }
      resource {
        name = "x"
        target {
          type = "Resource"
        }
      }
    }
    scale_target_ref {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler_v2beta2" "required" {
  metadata {
  }
  spec {
    max_replicas = 1
    scale_target_ref {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler_v2beta2" "nested" {
  metadata {
    name = "x"
  }
  spec {
    max_replicas = 1
    behavior {
      scale_down {
        policy {
          period_seconds = 1
          type = "Resource"
          value = 1
        }
      }
      scale_up {
        policy {
          period_seconds = 1
          type = "Resource"
          value = 1
        }
      }
    }
    metric {
      type = "Resource"
      container_resource {
        container = "x"
        name = "x"
        target {
          type = "Resource"
        }
      }
      external {
        metric {
          name = "x"
        }
        target {
          type = "Resource"
        }
      }
      object {
        described_object {
          api_version = "x"
          kind = "User"
          name = "x"
        }
        metric {
          name = "x"
        }
        target {
          type = "Resource"
        }
      }
      pods {
        metric {
          name = "x"
        }
        target {
          type = "Resource"
        }
      }
      resource {
        name = "x"
        target {
          type = "Resource"
        }
      }
    }
    scale_target_ref {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_ingress" "required" {
  metadata {
  }
  spec {
  }
}

resource "kubernetes_ingress" "nested" {
  metadata {
    name = "x"
  }
  spec {
    backend {
    }
    rule {
      http {
        path {
        }
      }
    }
    tls {
    }
  }
}

resource "kubernetes_ingress_class" "required" {
  metadata {
  }
  spec {
  }
}

resource "kubernetes_ingress_class" "nested" {
  metadata {
    name = "x"
  }
  spec {
    parameters {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_ingress_class_v1" "required" {
  metadata {
  }
  spec {
  }
}

resource "kubernetes_ingress_class_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    parameters {
      kind = "User"
      name = "x"
    }
  }
}

resource "kubernetes_ingress_v1" "required" {
  metadata {
  }
  spec {
  }
}

resource "kubernetes_ingress_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    default_backend {
      resource {
        api_group = "rbac.authorization.k8s.io"
        kind = "User"
        name = "x"
      }
      service {
        name = "x"
        port {
        }
      }
    }
    rule {
      http {
        path {
        }
      }
    }
    tls {
    }
  }
}

resource "kubernetes_job" "required" {
  metadata {
  }
  spec {
    template {
      metadata {
      }
    }
  }
}

resource "kubernetes_job_v1" "required" {
  metadata {
  }
  spec {
    template {
      metadata {
      }
    }
  }
}

resource "kubernetes_labels" "required" {
  api_version = "x"
  kind = "User"
  labels = { a = "x" }
  metadata {
    name = "x"
  }
}

resource "kubernetes_labels" "nested" {
  api_version = "x"
  kind = "User"
  labels = { a = "x" }
  metadata {
    name = "x"
  }
}

resource "kubernetes_limit_range" "required" {
  metadata {
  }
}

resource "kubernetes_limit_range" "nested" {
  metadata {
    name = "x"
  }
  spec {
    limit {
    }
  }
}

resource "kubernetes_limit_range_v1" "required" {
  metadata {
  }
}

resource "kubernetes_limit_range_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    limit {
    }
  }
}

resource "kubernetes_mutating_webhook_configuration" "required" {
  metadata {
  }
  webhook {
    name = "x"
    client_config {
    }
  }
}

resource "kubernetes_mutating_webhook_configuration_v1" "required" {
  metadata {
  }
  webhook {
    name = "x"
    client_config {
    }
  }
}

resource "kubernetes_namespace" "required" {
  metadata {
  }
}

resource "kubernetes_namespace" "nested" {
  metadata {
    name = "x"
  }
}

resource "kubernetes_namespace_v1" "required" {
  metadata {
  }
}

resource "kubernetes_namespace_v1" "nested" {
  metadata {
    name = "x"
  }
}

resource "kubernetes_network_policy" "required" {
  metadata {
  }
  spec {
    policy_types = ["x"]
    pod_selector {
    }
  }
}

resource "kubernetes_network_policy" "nested" {
  metadata {
    name = "x"
  }
  spec {
    policy_types = ["x"]
    egress {
      ports {
      }
      to {
        ip_block {
        }
        namespace_selector {
        }
        pod_selector {
        }
      }
    }
    ingress {
      from {
        ip_block {
        }
        namespace_selector {
        }
        pod_selector {
        }
      }
      ports {
      }
    }
    pod_selector {
      match_expressions {
      }
    }
  }
}

resource "kubernetes_network_policy_v1" "required" {
  metadata {
  }
  spec {
    policy_types = ["x"]
    pod_selector {
    }
  }
}

resource "kubernetes_network_policy_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    policy_types = ["x"]
    egress {
      ports {
      }
      to {
        ip_block {
        }
        namespace_selector {
        }
        pod_selector {
        }
      }
    }
    ingress {
      from {
        ip_block {
        }
        namespace_selector {
        }
        pod_selector {
        }
      }
      ports {
      }
    }
    pod_selector {
      match_expressions {
      }
    }
  }
}

resource "kubernetes_node_taint" "required" {
  metadata {
    name = "x"
  }
  taint {
    effect = "NoSchedule"
    key = "x"
    value = "x"
  }
}

resource "kubernetes_node_taint" "nested" {
  metadata {
    name = "x"
  }
  taint {
    effect = "NoSchedule"
    key = "x"
    value = "x"
  }
}

resource "kubernetes_persistent_volume_claim" "required" {
  metadata {
  }
  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
    }
  }
}

resource "kubernetes_persistent_volume_claim" "nested" {
  metadata {
    name = "x"
  }
  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
    }
    selector {
      match_expressions {
      }
    }
  }
}

resource "kubernetes_persistent_volume_claim_v1" "required" {
  metadata {
  }
  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
    }
  }
}

resource "kubernetes_persistent_volume_claim_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
    }
    selector {
      match_expressions {
      }
    }
  }
}

resource "kubernetes_pod" "required" {
  metadata {
  }
  spec {
  }
}

resource "kubernetes_pod_disruption_budget" "required" {
  metadata {
  }
  spec {
    selector {
    }
  }
}

resource "kubernetes_pod_disruption_budget" "nested" {
  metadata {
    name = "x"
  }
  spec {
    selector {
      match_expressions {
      }
    }
  }
}

resource "kubernetes_pod_disruption_budget_v1" "required" {
  metadata {
  }
  spec {
    selector {
    }
  }
}

resource "kubernetes_pod_disruption_budget_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    selector {
      match_expressions {
      }
    }
  }
}

resource "kubernetes_pod_security_policy" "required" {
  metadata {
  }
  spec {
    fs_group {
      rule = "RunAsAny"
    }
    run_as_user {
      rule = "RunAsAny"
    }
    supplemental_groups {
      rule = "RunAsAny"
    }
  }
}

resource "kubernetes_pod_security_policy" "nested" {
  metadata {
    name = "x"
  }
  spec {
    allowed_flex_volumes {
      driver = "x"
    }
    allowed_host_paths {
      path_prefix = "x"
    }
    fs_group {
      rule = "RunAsAny"
      range {
        max = 1
        min = 1
      }
    }
    host_ports {
      max = 1
      min = 1
    }
    run_as_group {
      rule = "RunAsAny"
      range {
        max = 1
        min = 1
      }
    }
    run_as_user {
      rule = "RunAsAny"
      range {
        max = 1
        min = 1
      }
    }
    se_linux {
      rule = "RunAsAny"
      se_linux_options {
        level = "x"
        role = "x"
        type = "Resource"
        user = "x"
      }
    }
    supplemental_groups {
      rule = "RunAsAny"
      range {
        max = 1
        min = 1
      }
    }
  }
}

resource "kubernetes_pod_security_policy_v1beta1" "required" {
  metadata {
  }
  spec {
    fs_group {
      rule = "RunAsAny"
    }
    run_as_user {
      rule = "RunAsAny"
    }
    supplemental_groups {
      rule = "RunAsAny"
    }
  }
}

resource "kubernetes_pod_security_policy_v1beta1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    allowed_flex_volumes {
      driver = "x"
    }
    allowed_host_paths {
      path_prefix = "x"
    }
    fs_group {
      rule = "RunAsAny"
      range {
        max = 1
        min = 1
      }
    }
    host_ports {
      max = 1
      min = 1
    }
    run_as_group {
      rule = "RunAsAny"
      range {
        max = 1
        min = 1
      }
    }
    run_as_user {
      rule = "RunAsAny"
      range {
        max = 1
        min = 1
      }
    }
    se_linux {
      rule = "RunAsAny"
      se_linux_options {
        level = "x"
        role = "x"
        type = "Resource"
        user = "x"
      }
    }
    supplemental_groups {
      rule = "RunAsAny"
      range {
        max = 1
        min = 1
      }
    }
  }
}

resource "kubernetes_pod_v1" "required" {
  metadata {
  }
  spec {
  }
}

resource "kubernetes_priority_class" "required" {
  value = 1
  metadata {
  }
}

resource "kubernetes_priority_class" "nested" {
  value = 1
  metadata {
    name = "x"
  }
}

resource "kubernetes_priority_class_v1" "required" {
  value = 1
  metadata {
  }
}

resource "kubernetes_priority_class_v1" "nested" {
  value = 1
  metadata {
    name = "x"
  }
}

resource "kubernetes_replication_controller" "required" {
  metadata {
  }
  spec {
    selector = { a = "x" }
    template {
      metadata {
      }
      spec {
      }
    }
  }
}

resource "kubernetes_replication_controller_v1" "required" {
  metadata {
  }
  spec {
    selector = { a = "x" }
    template {
      metadata {
      }
      spec {
      }
    }
  }
}

resource "kubernetes_resource_quota" "required" {
  metadata {
  }
}

resource "kubernetes_resource_quota" "nested" {
  metadata {
    name = "x"
  }
  spec {
    scope_selector {
      match_expression {
        operator = "In"
        scope_name = "NotTerminating"
      }
    }
  }
}

resource "kubernetes_resource_quota_v1" "required" {
  metadata {
  }
}

resource "kubernetes_resource_quota_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    scope_selector {
      match_expression {
        operator = "In"
        scope_name = "NotTerminating"
      }
    }
  }
}

resource "kubernetes_role" "required" {
  metadata {
  }
  rule {
    api_groups = ["rbac.authorization.k8s.io"]
    resources = ["x"]
    verbs = ["x"]
  }
}

resource "kubernetes_role" "nested" {
  metadata {
    name = "x"
  }
  rule {
    api_groups = ["rbac.authorization.k8s.io"]
    resources = ["x"]
    verbs = ["x"]
  }
}

resource "kubernetes_role_v1" "required" {
  metadata {
  }
  rule {
    api_groups = ["rbac.authorization.k8s.io"]
    resources = ["x"]
    verbs = ["x"]
  }
}

resource "kubernetes_role_v1" "nested" {
  metadata {
    name = "x"
  }
  rule {
    api_groups = ["rbac.authorization.k8s.io"]
    resources = ["x"]
    verbs = ["x"]
  }
}

resource "kubernetes_runtime_class_v1" "required" {
  handler = "x"
  metadata {
  }
}

resource "kubernetes_runtime_class_v1" "nested" {
  handler = "x"
  metadata {
    name = "x"
  }
}

resource "kubernetes_secret" "required" {
  metadata {
  }
}

resource "kubernetes_secret" "nested" {
  metadata {
    name = "x"
  }
}

resource "kubernetes_secret_v1" "required" {
  metadata {
  }
}

resource "kubernetes_secret_v1" "nested" {
  metadata {
    name = "x"
  }
}

resource "kubernetes_secret_v1_data" "required" {
  data = { a = "x" }
  metadata {
    name = "x"
  }
}

resource "kubernetes_secret_v1_data" "nested" {
  data = { a = "x" }
  metadata {
    name = "x"
  }
}

resource "kubernetes_service" "required" {
  metadata {
  }
  spec {
  }
}

resource "kubernetes_service" "nested" {
  metadata {
    name = "x"
  }
  spec {
    port {
      port = 1
    }
    session_affinity_config {
      client_ip {
      }
    }
  }
}

resource "kubernetes_service_account" "required" {
  metadata {
  }
}

resource "kubernetes_service_account" "nested" {
  image_pull_secret {
    name = "x"
  }
  metadata {
    name = "x"
  }
  secret {
    name = "x"
  }
}

resource "kubernetes_service_account_v1" "required" {
  metadata {
  }
}

resource "kubernetes_service_account_v1" "nested" {
  image_pull_secret {
    name = "x"
  }
  metadata {
    name = "x"
  }
  secret {
    name = "x"
  }
}

resource "kubernetes_service_v1" "required" {
  metadata {
  }
  spec {
  }
}

resource "kubernetes_service_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    port {
      port = 1
    }
    session_affinity_config {
      client_ip {
      }
    }
  }
}

resource "kubernetes_stateful_set" "required" {
  metadata {
  }
  spec {
    service_name = "x"
    selector {
    }
    template {
      metadata {
      }
    }
  }
}

resource "kubernetes_stateful_set_v1" "required" {
  metadata {
  }
  spec {
    service_name = "x"
    selector {
    }
    template {
      metadata {
      }
    }
  }
}

resource "kubernetes_storage_class" "required" {
  storage_provisioner = "example.com/x"
  metadata {
  }
}

resource "kubernetes_storage_class" "nested" {
  storage_provisioner = "example.com/x"
  allowed_topologies {
    match_label_expressions {
    }
  }
  metadata {
    name = "x"
  }
}

resource "kubernetes_storage_class_v1" "required" {
  storage_provisioner = "example.com/x"
  metadata {
  }
}

resource "kubernetes_storage_class_v1" "nested" {
  storage_provisioner = "example.com/x"
  allowed_topologies {
    match_label_expressions {
    }
  }
  metadata {
    name = "x"
  }
}

resource "kubernetes_token_request_v1" "required" {
  metadata {
  }
}

resource "kubernetes_token_request_v1" "nested" {
  metadata {
    name = "x"
  }
  spec {
    bound_object_ref {
    }
  }
}

resource "kubernetes_validating_webhook_configuration" "required" {
  metadata {
  }
  webhook {
    name = "x"
    client_config {
    }
  }
}

resource "kubernetes_validating_webhook_configuration_v1" "required" {
  metadata {
  }
  webhook {
    name = "x"
    client_config {
    }
  }
}
