//! Any bytes as a list of files, as `git diff --name-only` prints one.

use std::os::unix::ffi::OsStrExt;

use podgate::discover::list::entries;

/// No entry is empty; entries that are listed again, as `git diff -z` does it, are the same; and so are any paths that
/// are listed as git quotes them.
pub fn holds(data: &[u8]) {
    let read = paths(data);
    assert!(read.iter().all(|path| !path.is_empty()));
    let is_listed_by_nul = read.iter().all(|path| !path.contains(&0));
    if is_listed_by_nul && !read.is_empty() {
        assert_eq!(paths(&[read.join(&0), vec![0]].concat()), read, "the same list, separated by NUL");
    }
    let any: Vec<Vec<u8>> = data.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(<[u8]>::to_vec).collect();
    let list: Vec<u8> = any.iter().flat_map(|path| quoted(path)).collect();
    assert_eq!(paths(&list), any, "what git quotes: {}", list.escape_ascii());
}

fn paths(list: &[u8]) -> Vec<Vec<u8>> {
    entries(list).into_iter().map(|path| path.as_os_str().as_bytes().to_vec()).collect()
}

/// A path on a line, as git writes it: in quotes where a byte is unusual.
fn quoted(path: &[u8]) -> Vec<u8> {
    let is_usual = |byte: &u8| (0x20..0x7f).contains(byte) && !b"\"\\".contains(byte);
    if path.iter().all(is_usual) {
        return [path, b"\n"].concat();
    }
    let bytes = path.iter().map(|byte| match byte {
        byte if is_usual(byte) => char::from(*byte).to_string(),
        b'"' | b'\\' => format!("\\{}", char::from(*byte)),
        byte => format!("\\{byte:03o}"),
    });
    format!("\"{}\"\n", bytes.collect::<String>()).into_bytes()
}
