//! What several tests use.

pub mod agreement;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use podgate::discover::Request;
use podgate::rules;
use podgate::scan::{Scan, scan};

/// How large a thread's stack is, in bytes.
const STACK: usize = 64 << 20;

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Scans a directory with all rules, paths relative to it.
pub fn scan_directory(directory: &Path) -> Scan {
    let request = Request { paths: vec![directory.to_owned()], root: Some(directory.to_owned()), ..Request::default() };
    scan(&request, rules::ALL).expect("a directory can be scanned")
}

/// The `.tf` files below a directory.
pub fn terraform_files(directory: &Path) -> Vec<PathBuf> {
    let walk = ignore::WalkBuilder::new(directory).standard_filters(false).build();
    let paths = walk.map(|entry| entry.expect("an entry").into_path());
    paths.filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "tf")).collect()
}

/// The files below a directory in which marks can stand: those of HCL and YAML.
pub fn marked_files(directory: &Path) -> Vec<PathBuf> {
    let walk = ignore::WalkBuilder::new(directory).standard_filters(false).build();
    let paths = walk.map(|entry| entry.expect("an entry").into_path());
    let is_hcl = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| ["tf", "tfvars", "tpl", "yaml"].iter().any(|known| extension == *known))
    };
    paths.filter(|path| path.is_file() && is_hcl(path)).collect()
}

/// A temporary directory with these files.
pub fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (path, text) in files {
        write(directory.path(), path, text.as_bytes());
    }
    directory
}

/// Writes a file below a directory.
pub fn write(directory: &Path, path: &str, bytes: &[u8]) {
    let path = directory.join(path);
    std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory can be made");
    std::fs::write(path, bytes).expect("a file can be written");
}

/// A policy of this name with this line in its `spec`.
pub fn policy(name: &str, line: &str) -> String {
    format!("resource \"kubernetes_pod_security_policy\" \"{name}\" {{\n  spec {{\n    {line}\n  }}\n}}\n")
}

/// What a function makes of each of these, in their order, computed by as many threads as the machine has.
pub fn in_parallel<T: Sync, R: Send>(all: &[T], function: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let results = std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(threads).max(1));
        let function = &function;
        let started: Vec<_> = parts
            .map(|part| {
                let thread = std::thread::Builder::new().stack_size(STACK);
                thread
                    .spawn_scoped(scope, move || part.iter().map(function).collect::<Vec<_>>())
                    .expect("a thread starts")
            })
            .collect();
        started.into_iter().map(|thread| thread.join().expect("the function does not panic")).collect::<Vec<_>>()
    });
    results.into_iter().flatten().collect()
}

/// What running the program came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs podgate in a directory, without the environment of the test.
pub fn podgate(directory: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podgate"));
    command.args(arguments).current_dir(directory).env_clear();
    ran(&command.output().expect("podgate runs"))
}

pub fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("podgate prints UTF-8");
    Ran { code: output.status.code().expect("podgate exits"), out: text(&output.stdout), err: text(&output.stderr) }
}
