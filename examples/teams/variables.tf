variable "share_ipc" {
  description = "Whether the pods of data teams may use the IPC namespace of their node."
  type        = bool
  default     = false
}
