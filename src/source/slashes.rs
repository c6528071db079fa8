//! Paths as text: with `/` between their names on every system, as Terraform, SARIF and globs have them.

use std::path::Path;

/// A path as text. What is not UTF-8 is replaced by U+FFFD.
#[must_use]
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { from_windows(&text) } else { text.into_owned() }
}

/// A path of Windows, also one with the prefix that [`std::fs::canonicalize`] gives it there.
fn from_windows(path: &str) -> String {
    let path = match path.strip_prefix(r"\\?\UNC\") {
        Some(share) => format!(r"\\{share}"),
        None => path.strip_prefix(r"\\?\").unwrap_or(path).to_owned(),
    };
    path.replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_windows_have_slashes() {
        for (path, shown) in [
            (r"a\b.tf", "a/b.tf"),
            (r"C:\work\a.tf", "C:/work/a.tf"),
            (r"\\?\C:\work\a.tf", "C:/work/a.tf"),
            (r"\\?\UNC\server\share\a.tf", "//server/share/a.tf"),
        ] {
            assert_eq!(from_windows(path), shown);
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_backslash_is_part_of_a_name_elsewhere() {
        assert_eq!(slashed(Path::new(r"a\b/c")), r"a\b/c");
    }
}
