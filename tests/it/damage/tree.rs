//! The small trees that are damaged: a policy that shares the host's IPC namespace, written in one of several forms, and
//! files beside it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How the policy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Hcl,
    Json,
    /// YAML that `kubectl_manifest` reads from a file.
    Text,
    /// YAML that `kubernetes_manifest` reads from a file and decodes.
    Object,
    Tfvars,
    TfvarsJson,
    Module,
}

pub const FORMS: [Form; 7] =
    [Form::Hcl, Form::Json, Form::Text, Form::Object, Form::Tfvars, Form::TfvarsJson, Form::Module];

/// What stands under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    File(Vec<u8>),
    /// A file that nobody may read.
    Closed(Vec<u8>),
    Directory,
    Fifo,
    Socket,
    /// A link to this place; from there Terraform would read these bytes.
    Link(PathBuf, Option<Vec<u8>>),
}

/// What stands in a directory and below, by path.
pub type Files = BTreeMap<OsString, Node>;

const POLICY: &str = "# Agents of the nodes: naïve café rules, and \"quotes\"
resource \"kubernetes_pod_security_policy\" \"agents\" {
  metadata {
    name = \"agents-${terraform.workspace}\"
  }
  spec {
    privileged = false /* not yet */
    host_ipc   = HOST_IPC
    volumes    = [\"configMap\", \"secret\"]
    fs_group {
      rule = \"RunAsAny\"
    }
  }
}
";

const VARIABLE: &str = "variable \"ipc\" {
  type    = bool
  default = false
}
";

const POLICY_JSON: &str = r#"{
  "//": "Agents of the nodes",
  "resource": {
    "kubernetes_pod_security_policy": {
      "agents": {
        "metadata": {"name": "agents"},
        "spec": {
          "privileged": false,
          "host_ipc": true,
          "volumes": ["configMap", "naïve"]
        }
      }
    }
  }
}
"#;

const POLICY_YAML: &str = "# Agents of the nodes
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata:
  name: agents
  annotations: {note: \"naïve\"}
spec:
  privileged: false
  hostIPC: true
  volumes:
  - configMap
";

const TEXT: &str = "resource \"kubectl_manifest\" \"agents\" {
  wait      = true
  yaml_body = file(\"${path.module}/policy.yaml\")
}
";

const OBJECT: &str = "resource \"kubernetes_manifest\" \"agents\" {
  manifest = yamldecode(file(\"${path.module}/policy.yaml\"))
}
";

const CALL: &str = "# The agents' policy
module \"agents\" {
  source = \"./agents\"
  ipc    = true
}
";

/// Files that have no say, by the directories that they may stand in.
const BESIDE: [(&str, &str); 5] = [
    ("about.tf", "locals {\n  about = <<-EOT\n    naïve { \"text\n  EOT\n  list  = [for x in [1, 2] : \"${x}é\"]\n}\n"),
    ("other.tf.json", "{\"locals\": {\"other\": {\"é\": [1, 2.5, null]}}}\n"),
    ("other.auto.tfvars", "# Nothing asks for it\nunrelated = \"é\"\n"),
    ("lib/other.tf", "variable \"x\" {\n  default = { a = 1 } # é\n}\noutput \"y\" {\n  value = var.x.a\n}\n"),
    ("notes.yaml", "a: [1, 2]\n"),
];

/// The files of a form that have a say.
fn planted(form: Form) -> Vec<(&'static str, String)> {
    let policy = |value: &str| POLICY.replace("HOST_IPC", value);
    let by_variable = format!("{VARIABLE}{}", policy("var.ipc"));
    match form {
        Form::Hcl => vec![("main.tf", policy("true"))],
        Form::Json => vec![("main.tf.json", POLICY_JSON.to_owned())],
        Form::Text => vec![("main.tf", TEXT.to_owned()), ("policy.yaml", POLICY_YAML.to_owned())],
        Form::Object => vec![("main.tf", OBJECT.to_owned()), ("policy.yaml", POLICY_YAML.to_owned())],
        Form::Tfvars => {
            vec![("main.tf", by_variable), ("terraform.tfvars", "# Of the nodes: é\nipc   = true\n".to_owned())]
        }
        Form::TfvarsJson => {
            let values = "{\n  \"note\": \"é\",\n  \"ipc\": true\n}\n";
            vec![("main.tf", by_variable), ("terraform.tfvars.json", values.to_owned())]
        }
        Form::Module => vec![("main.tf", CALL.to_owned()), ("agents/main.tf", by_variable)],
    }
}

/// A tree, and the names of the files in it that have a say.
pub fn tree(form: Form) -> (Files, Vec<&'static str>) {
    let planted = planted(form);
    let names = planted.iter().map(|(name, _)| *name).collect();
    let beside = BESIDE.iter().map(|(name, text)| (*name, (*text).to_owned()));
    let node = |text: String| Node::File(text.into_bytes());
    (planted.into_iter().chain(beside).map(|(name, text)| (name.into(), node(text))).collect(), names)
}

/// Makes the tree on the disk. Sockets stay as long as what is returned is kept.
pub fn lay_out(files: &Files, directory: &Path) -> Vec<UnixListener> {
    let mut sockets = Vec::new();
    for (name, node) in files {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory");
        match node {
            Node::File(bytes) => std::fs::write(path, bytes).expect("a file"),
            Node::Closed(bytes) => {
                std::fs::write(&path, bytes).expect("a file");
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("a mode");
            }
            Node::Directory => std::fs::create_dir(path).expect("a directory"),
            Node::Fifo => {
                let made = Command::new("mkfifo").arg(path).status().expect("mkfifo runs");
                assert!(made.success(), "a pipe");
            }
            Node::Socket => sockets.push(UnixListener::bind(path).expect("a socket")),
            Node::Link(target, _) => symlink(target, path).expect("a link"),
        }
    }
    sockets
}

/// A tree in words, for who looks at a failure.
pub fn shown(files: &Files, names: &[OsString]) -> String {
    let one = |name: &OsString| {
        let node = match files.get(name) {
            Some(Node::File(bytes) | Node::Closed(bytes)) => bytes.escape_ascii().to_string().replace("\\n", "\n"),
            other => format!("{other:?}"),
        };
        format!("-- {} --\n{node}\n", name.as_bytes().escape_ascii())
    };
    names.iter().map(one).collect()
}
