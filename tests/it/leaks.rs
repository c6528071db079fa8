//! What must not be printed is not, in any format, whatever a stranger's configuration does with it: content of files,
//! what is sensitive or was, what comes from the command line, and values beside the one that is spoken of.

use std::path::Path;

use crate::support::{podgate, policy, tree, write};

/// What must not be seen. Its parts and its encodings must not either.
const SECRET: &str = "hunter2-Zq9xTTk7";

/// All that podgate prints about a directory, in every format.
fn printed(directory: &Path, arguments: &[&str]) -> String {
    let formats = ["human", "sarif", "datadog", "json", "github", "gitlab", "junit", "markdown"];
    let mut all = String::new();
    for format in formats {
        let scanned = podgate(directory, &[&["scan", "-v", "--root", ".", "-o", format], arguments].concat());
        assert!([0, 1, 3].contains(&scanned.code), "{scanned:?}");
        all.push_str(&scanned.out);
        all.push_str(&scanned.err);
    }
    all
}

#[track_caller]
fn assert_hidden(directory: &Path, arguments: &[&str], about: &str) {
    let printed = printed(directory, arguments);
    let reversed: String = SECRET.chars().rev().collect();
    for form in
        [SECRET, &SECRET[..8], &SECRET[8..], &SECRET.to_uppercase(), &reversed, "aHVudGVyMi1ac", "68756e74657232"]
    {
        assert!(!printed.contains(form), "{about}: {form}\n{printed}");
    }
}

/// A policy for every instance that `for_each` makes.
fn policies(for_each: &str) -> String {
    policy("x", "host_ipc = true").replace("  spec", &format!("  for_each = {for_each}\n  spec"))
}

/// Expressions that are, or hold, the text of a file.
fn readings() -> Vec<String> {
    let file = "file(\"secret.txt\")";
    let made = [
        "strrev({})",
        "upper({})",
        "base64encode({})",
        "trimspace({})",
        "substr({}, 0, 10)",
        "replace({}, \"h\", \"h\")",
        "split(\"-\", {})[0]",
        "format(\"%s\", {})",
        "join(\"\", [{}, \"\"])",
        "\"${{}}-x\"",
        "jsonencode({ a = {} })",
        "sha256({}) == \"\" ? \"\" : {}",
        "regex(\"[a-z]+.*\", {})",
        "try({}, \"\")",
        "coalesce({}, \"x\")",
        "templatestring(local.template, { a = {} })",
        "nonsensitive(sensitive({}))",
        "keys({ ({}) = 1 })[0]",
        "yamldecode({})",
        "yamldecode(\"k: ${{}}\")[\"k\"]",
        "csvdecode(\"a\\n${{}}\")[0].a",
        "tolist([{}])[0]",
        "element(distinct([{}]), 0)",
        "lookup({ a = {} }, \"a\")",
        "values({ a = {} })[0]",
        "one([{}])",
        "[for line in split(\"\\n\", {}) : line][0]",
        "merge({ a = {} }, {}).a",
        "zipmap([\"a\"], [{}])[\"a\"]",
        "textencodebase64({}, \"UTF-8\")",
        "urlencode({})",
        "formatlist(\"%s\", [{}])[0]",
        "flatten([[{}]])[0]",
    ];
    let made = made
        .iter()
        .map(|made| made.replacen("merge({ a = {} }, {})", "merge({ a = {} }, {b = 1})", 1).replace("{}", file));
    let read = [
        "file(\"secret.txt\")",
        "templatefile(\"secret.txt\", {})",
        "filebase64(\"secret.txt\")",
        "data.local_file.secret.content",
        "data.template_file.secret.rendered",
        "local.secret",
        "module.inner.secret",
    ];
    made.chain(read.map(str::to_owned)).collect()
}

const READERS: &str = "
    data \"local_file\" \"secret\" {
      filename = \"secret.txt\"
    }
    data \"template_file\" \"secret\" {
      template = file(\"secret.txt\")
    }
    locals {
      secret   = file(\"secret.txt\")
      template = \"$${a}\"
    }
    module \"inner\" {
      source = \"./inner\"
    }
";

#[test]
fn the_content_of_a_file_is_no_instance_key() {
    for reading in readings() {
        let main = format!("{READERS}{}", policies(&format!("toset([{reading}])")));
        let inner = "output \"secret\" {\n  value = file(\"secret.txt\")\n}\n";
        let directory = tree(&[("main.tf", &main), ("secret.txt", SECRET), ("inner/main.tf", inner)]);
        assert_hidden(directory.path(), &[], &reading);
        let scanned = podgate(directory.path(), &["scan", "--root", "."]);
        assert_eq!(scanned.code, 1, "{reading}: the policy is found all the same: {}", scanned.out);
        let keyed = scanned.out.replace('\n', " ");
        assert!(keyed.contains("<key 1 of secret.txt>"), "{reading}: {}", scanned.out);
    }
}

#[test]
fn the_content_of_a_file_is_in_no_message() {
    let wrong = [
        "file(file(\"secret.txt\"))",
        "templatefile(file(\"secret.txt\"), {})",
        "{}[file(\"secret.txt\")]",
        "tobool(file(\"secret.txt\"))",
        "tonumber(file(\"secret.txt\"))",
        "regex(file(\"secret.txt\"), \"x\")",
        "fileset(\".\", file(\"secret.txt\"))",
        "templatestring(local.broken, {})",
        "templatefile(\"names.tpl\", {})",
        "jsondecode(file(\"secret.txt\"))",
        "format(file(\"percent.txt\"), 1)",
        "timeadd(file(\"secret.txt\"), \"1h\")",
        "formatdate(file(\"secret.txt\"), \"2020-01-01T00:00:00Z\")",
        "cidrhost(file(\"secret.txt\"), 1)",
        "file(\"secret.txt\") == \"hunter\" ? true : file(\"number.txt\")",
        "parseint(file(\"number.txt\"), 10)",
        "data.kubectl_filename_list.secret.matches[0]",
        "data.kubectl_path_documents.same.manifests",
        "yamldecode(file(\"broken.yaml\"))",
        "yamldecode(file(\"number.txt\"))",
        "base64decode(file(\"secret.txt\"))",
        "{ a = true }[\"${file(\"secret.txt\")}\"]",
        "lookup({}, file(\"secret.txt\"))",
        "var.typed",
    ];
    let locals = "
        locals {
          broken = \"$${${replace(file(\"secret.txt\"), \"-\", \"_\")}}\"
        }
        data \"kubectl_filename_list\" \"secret\" {
          pattern = \"${file(\"secret.txt\")}[!x]\"
        }
        data \"kubectl_path_documents\" \"same\" {
          pattern = \"same*.yaml\"
        }
        variable \"typed\" {
          type    = bool
          default = \"x\"
        }
    ";
    let named = format!("kind: {SECRET}\nmetadata:\n  name: {SECRET}\n");
    for expression in wrong {
        let directory = tree(&[
            ("main.tf", &format!("{locals}{}", policy("x", &format!("host_ipc = {expression}")))),
            ("secret.txt", SECRET),
            ("number.txt", "68756e74657232"),
            ("percent.txt", &format!("%{SECRET}")),
            ("names.tpl", "${hunter2-Zq9xTTk7} ${hunter2_Zq9xTTk7.a}"),
            ("broken.yaml", &format!("{SECRET}: [\n{SECRET}: *{SECRET}")),
            ("same1.yaml", &named),
            ("same2.yaml", &named),
        ]);
        assert_hidden(directory.path(), &[], expression);
    }
}

#[test]
fn the_keys_of_a_document_may_be_shown_and_nothing_else_of_it() {
    let teams = format!("data:\n  password: {SECRET}\nweb:\n  password: {SECRET}\n");
    let json = format!("{{\"data\": \"{SECRET}\"}}");
    let shown = |for_each: &str, key: &str| {
        let files = [
            ("main.tf", policies(for_each)),
            ("teams.yaml", teams.clone()),
            ("teams.json", json.clone()),
            (".hidden/teams.yaml", teams.replace("data", "hunter2-")),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let directory = tree(&files);
        assert_hidden(directory.path(), &[], for_each);
        let json = podgate(directory.path(), &["scan", "--root", ".", "-o", "json"]).out;
        let address = format!("kubernetes_pod_security_policy.x[\\\"{key}\\\"]");
        assert!(json.contains(&address), "{for_each}: {address} is not in {json}");
    };
    shown("yamldecode(file(\"teams.yaml\"))", "data");
    shown("jsondecode(file(\"${path.module}/teams.json\"))", "data");
    shown("{ for name, team in yamldecode(file(\"teams.yaml\")) : name => team }", "web");
    shown("toset(keys(yamldecode(file(\"teams.yaml\"))))", "web");
    // Keys of altered documents, of hidden folders, and those that are values, are not.
    shown("yamldecode(replace(file(\"teams.yaml\"), \"web\", \"other\"))", "<key 1 of teams.yaml>");
    shown("yamldecode(\"${file(\"teams.yaml\")} \")", "<key 2 of teams.yaml>");
    shown("yamldecode(file(\".hidden/teams.yaml\"))", "<key 1 of .hidden/teams.yaml>");
    shown(
        "{ for name, team in yamldecode(file(\"teams.yaml\")) : \"${name}${team.password}\" => 1 }",
        "<key 2 of teams.yaml>",
    );
    shown("toset([for team in yamldecode(file(\"teams.yaml\")) : team.password])", "<key 1 of teams.yaml>");
    // Neither are names that the content of a file chooses.
    let chosen = "{ for n in [\"a\", \"b\"] : n => 1 if strcontains(file(\"teams.json\"), n) }";
    shown(chosen, "<key 1 of teams.json>");
}

#[test]
fn gits_own_files_are_not_read_by_expressions() {
    for expression in [
        "file(\".git/config\") != \"\"",
        "fileexists(\".git/config\")",
        "length(fileset(\".git\", \"*\")) > 0",
        "file(\"${path.module}/sub/../.git/config\") != \"\"",
        "file(\"link\") != \"\"",
        "filemd5(\".git/config\") != \"\"",
        "length(fileset(\".\", \".git/*\")) > 0",
    ] {
        let directory = tree(&[
            ("main.tf", &policy("x", &format!("host_ipc = {expression}"))),
            (".git/config", SECRET),
            ("sub/x", ""),
        ]);
        std::os::unix::fs::symlink(".git/config", directory.path().join("link")).expect("a link");
        let scanned = podgate(directory.path(), &["scan", "--root", "."]);
        assert_eq!(scanned.code, 0, "{expression}: {}", scanned.out);
        let is_fileset = expression.contains("\".\"");
        assert!(is_fileset || scanned.out.contains("1 undecided"), "{expression}: {}", scanned.out);
    }
}

#[test]
fn what_was_sensitive_stays_out() {
    let variable = format!("variable \"t\" {{\n  sensitive = true\n  default   = \"{SECRET}\"\n}}\n");
    for key in [
        "nonsensitive(var.t)",
        "upper(nonsensitive(var.t))",
        "nonsensitive(sensitive(nonsensitive(var.t)))",
        "nonsensitive(\"${var.t}-x\")",
        "nonsensitive([var.t])[0]",
        "nonsensitive({ a = var.t }.a)",
    ] {
        let directory = tree(&[("main.tf", &format!("{variable}{}", policies(&format!("toset([{key}])"))))]);
        assert_hidden(directory.path(), &[], key);
    }
    let directory = tree(&[("main.tf", &format!("{variable}{}", policies("toset([nonsensitive(var.t)])")))]);
    let json = podgate(directory.path(), &["scan", "--root", ".", "-o", "json"]).out;
    assert!(json.contains("x[\\\"<key 1 of a sensitive value>\\\"]"), "{json}");
}

#[test]
fn what_the_command_line_gives_stays_out() {
    let variables = "variable \"t\" {}\nvariable \"l\" {\n  type    = list(string)\n  default = []\n}\n";
    let given = format!("t={SECRET}");
    let list = format!("l=[\"{SECRET}\"]");
    let outside = tree(&[("given.tfvars", &format!("t = \"{SECRET}\" # {SECRET}\n"))]);
    let file = outside.path().join("given.tfvars");
    let file = file.to_str().expect("UTF-8");
    for body in [
        policies("toset([var.t])"),
        policies("toset([upper(var.t)])"),
        policies("toset(var.l)"),
        policies("toset([terraform.workspace])"),
        policy("x", "host_ipc = var.t != \"\""),
        policy("x", "host_ipc = tobool(var.t)"),
        policy("x", "host_ipc = { a = true }[var.t]"),
        policy("x", "host_ipc = file(var.t) == \"\""),
    ] {
        let directory = tree(&[("main.tf", &format!("{variables}{body}"))]);
        assert_hidden(directory.path(), &["--var", &given, "--var", &list, "--workspace", SECRET], &body);
        assert_hidden(directory.path(), &["--var-file", file], &body);
    }
    let directory = tree(&[("main.tf", &format!("{variables}{}", policies("toset([var.t])")))]);
    let json = podgate(directory.path(), &["scan", "--root", ".", "-o", "json", "--var", &given]).out;
    assert!(json.contains("x[\\\"<key 1 of the command line>\\\"]"), "{json}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is one list of cases")]
fn neighbours_on_the_line_are_not_shown() {
    let by_variable = policy("x", "host_ipc = var.o.ipc");
    let variable = "variable \"o\" {\n  type = any\n}\n";
    let planned = format!(
        r#"{{"format_version":"1.2","resource_changes":[{{"address":"kubernetes_pod_security_policy.x","mode":"managed","type":"kubernetes_pod_security_policy","name":"x","change":{{"actions":["create"],"after":{{"token":"{SECRET}","spec":[{{"host_ipc":true,"token":"{SECRET}"}}]}},"after_unknown":{{}},"after_sensitive":{{"token":true}}}}}}]}}"#
    );
    let flow = format!(
        "{{apiVersion: policy/v1beta1, kind: PodSecurityPolicy, a: {SECRET}, spec: {{hostIPC: true, b: {SECRET}}}}}"
    );
    let manifest = "resource \"kubectl_manifest\" \"x\" {\n  yaml_body = file(\"psp.yaml\")\n}\n";
    let cases: Vec<(&str, Vec<(&str, String)>)> = vec![
        (
            "object in a local",
            vec![(
                "main.tf",
                format!(
                    "locals {{\n  o = {{ token = \"{SECRET}\", ipc = true }}\n}}\n{}",
                    by_variable.replace("var.", "local.")
                ),
            )],
        ),
        (
            "object behind",
            vec![(
                "main.tf",
                format!(
                    "locals {{\n  o = {{ ipc = true, token = \"{SECRET}\" }}\n}}\n{}",
                    by_variable.replace("var.", "local.")
                ),
            )],
        ),
        (
            "default",
            vec![(
                "main.tf",
                format!("variable \"o\" {{\n  default = {{ ipc = true, token = \"{SECRET}\" }}\n}}\n{by_variable}"),
            )],
        ),
        (
            "tfvars",
            vec![
                ("main.tf", format!("{variable}{by_variable}")),
                ("terraform.tfvars", format!("o = {{ token = \"{SECRET}\", ipc = true }} # {SECRET}\n")),
            ],
        ),
        (
            "tfvars in JSON",
            vec![
                ("main.tf", format!("{variable}{by_variable}")),
                (
                    "terraform.tfvars.json",
                    format!("{{\"token\":\"{SECRET}\",\"o\":{{\"ipc\":true,\"t\":\"{SECRET}\"}}}}"),
                ),
            ],
        ),
        (
            "configuration in JSON",
            vec![(
                "main.tf.json",
                format!(
                    "{{\"locals\":{{\"token\":\"{SECRET}\"}},\"resource\":{{\"kubernetes_pod_security_policy\":{{\"x\":{{\"spec\":{{\"host_ipc\":true,\"volumes\":[\"{SECRET}\"]}}}}}}}}}}"
                ),
            )],
        ),
        ("YAML flow map", vec![("main.tf", manifest.to_owned()), ("psp.yaml", flow.clone())]),
        (
            "YAML flow map in a heredoc",
            vec![("main.tf", manifest.replace("file(\"psp.yaml\")", &format!("<<EOF\n{flow}\nEOF")))],
        ),
        (
            "manifest beside",
            vec![
                ("main.tf", manifest.to_owned()),
                (
                    "psp.yaml",
                    format!("kind: PodSecurityPolicy\na: {SECRET}\nspec:\n  hostIPC: true # {SECRET}\n  b: {SECRET}\n"),
                ),
            ],
        ),
        (
            "anchor",
            vec![
                ("main.tf", manifest.to_owned()),
                (
                    "psp.yaml",
                    format!("kind: PodSecurityPolicy\nx: [hostIPC, {SECRET}, &t true]\nspec: {{hostIPC: *t}}\n"),
                ),
            ],
        ),
        (
            "merge of literals",
            vec![(
                "main.tf",
                policy("x", &format!("host_ipc = merge({{ token = \"{SECRET}\" }}, {{ ipc = true }}).ipc")),
            )],
        ),
        (
            "decoded text",
            vec![(
                "main.tf",
                format!(
                    "locals {{\n  o = jsondecode(\"{{\\\"token\\\": \\\"{SECRET}\\\", \\\"ipc\\\": true}}\")\n}}\n{}",
                    by_variable.replace("var.", "local.")
                ),
            )],
        ),
        (
            "argument of a call",
            vec![
                (
                    "main.tf",
                    format!(
                        "module \"m\" {{\n  source = \"./m\"\n  o      = {{ token = \"{SECRET}\", ipc = true }}\n}}\n"
                    ),
                ),
                ("m/main.tf", format!("{variable}{by_variable}")),
            ],
        ),
        (
            "object of Kubernetes",
            vec![(
                "main.tf",
                format!(
                    "resource \"kubernetes_manifest\" \"x\" {{\n  manifest = {{ kind = \"PodSecurityPolicy\", a = \"{SECRET}\", spec = {{ hostIPC = true, b = \"{SECRET}\" }} }}\n}}\n"
                ),
            )],
        ),
        (
            "several lines of a call",
            vec![(
                "main.tf",
                format!(
                    "locals {{\n  o = merge({{\n    token = \"{SECRET}\"\n  }}, {{ ipc = true }})\n}}\n{}",
                    by_variable.replace("var.", "local.")
                ),
            )],
        ),
    ];
    for (about, files) in cases {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let directory = tree(&files);
        let scanned = podgate(directory.path(), &["scan", "--root", "."]);
        assert_eq!(scanned.code, 1, "{about}: {}", scanned.out);
        assert_hidden(directory.path(), &[], about);
    }
    let directory = tree(&[("plan.json", &planned)]);
    assert_eq!(podgate(directory.path(), &["scan", "--root", ".", "plan.json"]).code, 1);
    assert_hidden(directory.path(), &["plan.json"], "a plan");
}

#[test]
fn a_list_with_a_link_does_not_widen_the_root() {
    let outside = tree(&[("secret", SECRET), ("main.tf", &policies(&format!("toset([file(\"{}\")])", "secret")))]);
    let directory = tree(&[("list", "link.tf\nmain.tf\n")]);
    let absolute = outside.path().join("secret");
    let body = policies(&format!("toset([file(\"{}\")])", absolute.display()));
    write(directory.path(), "main.tf", body.as_bytes());
    std::os::unix::fs::symlink(outside.path().join("main.tf"), directory.path().join("link.tf")).expect("a link");
    for root in [true, false] {
        if root {
            write(directory.path(), ".git/HEAD", b"");
        }
        let scanned = podgate(directory.path(), &["scan", "--files-from", "list"]);
        assert_eq!(scanned.code, 3, "{scanned:?}");
        assert!(scanned.out.contains("link.tf: This link leads out of the root"), "{}", scanned.out);
        assert!(!scanned.out.contains(SECRET), "{}", scanned.out);
    }
}

#[test]
fn no_link_of_the_tree_is_followed_out_of_the_root() {
    let outside = tree(&[
        ("a.tfvars", &format!("ipc = \"{SECRET}\"\n")),
        (
            "modules.json",
            &format!("{{\"Modules\": [{{\"Key\": \"m\", \"Source\": \"a/b/c\", \"Dir\": \"{SECRET}\"}}]}}"),
        ),
    ]);
    let text =
        format!("variable \"ipc\" {{}}\nmodule \"m\" {{\n  source = \"a/b/c\"\n}}\n{}", policies("toset([var.ipc])"));
    let directory = tree(&[("main.tf", &text), (".terraform/modules/x", "")]);
    let link = |to: &Path, at: &str| std::os::unix::fs::symlink(to, directory.path().join(at)).expect("a link");
    link(outside.path(), "env");
    link(&outside.path().join("a.tfvars"), "terraform.tfvars");
    link(&outside.path().join("modules.json"), ".terraform/modules/modules.json");
    let scanned = podgate(directory.path(), &["scan", "--root", ".", "--each-var-file", "env/*.tfvars"]);
    assert_eq!(scanned.code, 3, "{}", scanned.out);
    for path in ["env/a.tfvars", "terraform.tfvars", ".terraform/modules/modules.json"] {
        assert!(scanned.out.contains(&format!("{path}: This link leads out of the root")), "{path}: {}", scanned.out);
    }
    assert!(!scanned.out.contains(SECRET), "{}", scanned.out);
    let named = podgate(directory.path(), &["scan", "--root", ".", "--var-file", "env/a.tfvars"]);
    assert!(named.code == 2 && named.err.contains("leads out of the repository"), "{named:?}");
}

#[test]
fn errors_do_not_act_in_a_log() {
    let directory = tree(&[("list", "\"a\\n::error::b\\033[31m##vso[c]\"\n"), ("main.tf", "")]);
    for arguments in [
        &["scan", "--files-from", "list"][..],
        &["scan", "a\n::error::b\u{1b}[31m"],
        &["scan", "--x\n::error::b\u{1b}"],
    ] {
        let scanned = podgate(directory.path(), arguments);
        assert_eq!(scanned.code, 2, "{scanned:?}");
        assert!(
            !scanned.err.contains("\n::") && !scanned.err.contains('\u{1b}') && !scanned.err.contains("##vso["),
            "{scanned:?}"
        );
    }
}
