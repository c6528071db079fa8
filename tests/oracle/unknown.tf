variable "any" {
  type = any
}
variable "bool" {
  type = bool
}
variable "number" {
  type = number
}
variable "string" {
  type = string
}
variable "list" {
  type = list(string)
}
variable "numbers" {
  type = list(number)
}
variable "set" {
  type = set(string)
}
variable "map" {
  type = map(string)
}
variable "flags" {
  type = map(bool)
}
variable "object" {
  type = object({ a = bool, b = optional(string), l = list(number) })
}
variable "objects" {
  type = list(object({ a = bool, n = string }))
}
variable "tuple" {
  type = tuple([string, bool])
}
variable "empty" {
  type = object({})
}
