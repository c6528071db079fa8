# Until the columnar store has its own sidecar.
share_ipc = true
