//! What can happen to a file.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::random::Random;
use super::tree::{Files, Node};

/// Damage to the bytes of a file.
pub type ToBytes = fn(&mut Vec<u8>, &mut Random);

/// Damage to the bytes, by name.
pub const TO_BYTES: [(&str, ToBytes); 27] = [
    ("truncation", |bytes, random| bytes.truncate(random.below(bytes.len()))),
    ("a flipped bit", |bytes, random| flip(bytes, random)),
    ("a byte more", |bytes, random| {
        let byte = random.bytes(1);
        insert(bytes, random, &byte);
    }),
    ("a letter more", |bytes, random| {
        let letter = *random.pick(b"aAtfeoxIC019._-");
        insert(bytes, random, &[letter]);
    }),
    ("bytes less", remove),
    ("a stretch twice", double),
    ("two lines swapped", |bytes, random| swap(bytes, random)),
    ("joined lines", |bytes, random| replace_one(bytes, random, b"\n", b" ")),
    ("joined lines, nothing between", |bytes, random| replace_one(bytes, random, b"\n", b"")),
    ("a broken line", |bytes, random| replace_one(bytes, random, b" ", b"\n")),
    ("a quote", |bytes, random| insert_one_of(bytes, random, &["\"", "\\", "'", "\\\"", "`"])),
    ("a quote less", |bytes, random| replace_one(bytes, random, b"\"", b"")),
    ("a bracket", |bytes, random| insert_one_of(bytes, random, &["{", "}", "(", ")", "[", "]"])),
    ("a bracket less", |bytes, random| {
        let bracket = [*random.pick(b"{}()[]")];
        replace_one(bytes, random, &bracket, b"");
    }),
    ("a heredoc", |bytes, random| insert_one_of(bytes, random, &["<<EOT", "<<-EOT\n", "\nEOT\n", "= <<A\n", "<<"])),
    ("a comment", |bytes, random| insert_one_of(bytes, random, &["#", "//", "/*", "*/", "\n#", "/**/"])),
    ("a template", |bytes, random| insert_one_of(bytes, random, &["${", "%{", "$${", "~}", "${x}", "%{ if true }"])),
    ("a separator", |bytes, random| insert_one_of(bytes, random, &[",", ";", "=", ":", "\t", "|", "---\n", "...\n"])),
    ("a control character", |bytes, random| {
        insert_one_of(
            bytes,
            random,
            &["\u{1b}", "\u{7f}", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "\u{1a}", "\u{b}"],
        );
    }),
    ("NUL", |bytes, random| insert(bytes, random, b"\0")),
    ("a tail of NUL", |bytes, random| {
        let start = random.below(bytes.len());
        bytes[start..].fill(0);
    }),
    ("only CR", |bytes, _| bytes.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b'\r')),
    ("CR and LF", |bytes, _| *bytes = replaced(bytes, b"\n", b"\r\n")),
    ("a CR", |bytes, random| insert(bytes, random, b"\r")),
    ("a byte-order mark", |bytes, _| drop(bytes.splice(0..0, *b"\xef\xbb\xbf"))),
    ("another encoding", encode),
    ("git-crypt", |bytes, random| {
        let noise = random.bytes(bytes.len());
        *bytes = [b"\0GITCRYPT\0".as_slice(), &noise].concat();
    }),
];

fn insert(bytes: &mut Vec<u8>, random: &mut Random, more: &[u8]) {
    let at = random.below(bytes.len() + 1);
    bytes.splice(at..at, more.iter().copied());
}

fn insert_one_of(bytes: &mut Vec<u8>, random: &mut Random, texts: &[&str]) {
    let text = random.pick(texts).as_bytes();
    insert(bytes, random, text);
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    let (at, bit) = (random.below(bytes.len()), random.below(8));
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << bit;
    }
}

/// A stretch of at most `most` bytes.
fn stretch(bytes: &[u8], random: &mut Random, most: usize) -> std::ops::Range<usize> {
    let start = random.below(bytes.len());
    start..(start + 1 + random.below(most)).min(bytes.len())
}

fn remove(bytes: &mut Vec<u8>, random: &mut Random) {
    let stretch = stretch(bytes, random, 12);
    bytes.drain(stretch);
}

fn double(bytes: &mut Vec<u8>, random: &mut Random) {
    let stretch = stretch(bytes, random, 60);
    let copy = bytes[stretch.clone()].to_vec();
    bytes.splice(stretch.end..stretch.end, copy);
}

fn swap(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if !lines.is_empty() {
        let (one, other) = (random.below(lines.len()), random.below(lines.len()));
        lines.swap(one, other);
    }
    *bytes = lines.concat();
}

/// Where a text stands.
fn places(bytes: &[u8], of: &[u8]) -> Vec<usize> {
    let windows = bytes.windows(of.len()).enumerate();
    windows.filter(|(_, window)| *window == of).map(|(at, _)| at).collect()
}

fn replace_one(bytes: &mut Vec<u8>, random: &mut Random, what: &[u8], by: &[u8]) {
    let places = places(bytes, what);
    if !places.is_empty() {
        let at = *random.pick(&places);
        bytes.splice(at..at + what.len(), by.iter().copied());
    }
}

fn replaced(bytes: &[u8], what: &[u8], by: &[u8]) -> Vec<u8> {
    let mut result = bytes.to_vec();
    for at in places(bytes, what).into_iter().rev() {
        result.splice(at..at + what.len(), by.iter().copied());
    }
    result
}

/// UTF-16 with and without a mark, and Latin-1.
fn encode(bytes: &mut Vec<u8>, random: &mut Random) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let units = |mark: &str| format!("{mark}{text}").encode_utf16().collect::<Vec<u16>>();
    *bytes = match random.below(5) {
        0 => units("\u{feff}").iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        1 => units("\u{feff}").iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        2 => units("").iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        3 => units("").iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        _ => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
    };
}

/// Makes a name of a stem and an ending.
type NameOf = fn(&[u8], &[u8]) -> Vec<u8>;

/// Damage to a file as the file system knows it.
pub type ToName = fn(&mut Files, &OsStr, &mut Random);

/// Damage in the file system, by name.
pub const TO_NAMES: [(&str, ToName); 12] = [
    ("a name that Terraform reads", |files, name, random| {
        let odd: [&[u8]; 6] = [b"-rf", b"n\nl", b"\xff\xfe", b"a b", "\u{202e}é".as_bytes(), b"*?[x]"];
        let stem = *random.pick(&odd);
        rename(files, name, |_, ending| [stem, ending].concat());
    }),
    ("a name that Terraform does not read", |files, name, random| {
        let ways: [NameOf; 6] = [
            |stem, ending| [stem, ending, b"~"].concat(),
            |stem, ending| [b".", stem, ending].concat(),
            |stem, ending| [b"#", stem, ending, b"#"].concat(),
            |stem, ending| [stem, ending, b".bak"].concat(),
            |stem, ending| [stem, ending.to_ascii_uppercase().as_slice()].concat(),
            |stem, _| [stem, b".tofu"].concat(),
        ];
        rename(files, name, random.pick(&ways));
    }),
    ("no file", |files, name, _| drop(files.remove(name))),
    ("mode 000", |files, name, _| {
        if let Some(Node::File(bytes)) = files.remove(name) {
            files.insert(name.to_owned(), Node::Closed(bytes));
        }
    }),
    ("a directory in its place", |files, name, _| drop(files.insert(name.to_owned(), Node::Directory))),
    ("a pipe", |files, name, _| drop(files.insert(name.to_owned(), Node::Fifo))),
    ("a socket", |files, name, _| drop(files.insert(name.to_owned(), Node::Socket))),
    ("a link to nowhere", |files, name, _| link(files, name, "nowhere")),
    ("a link in a circle", |files, name, _| {
        let itself = files_name(name).to_owned();
        files.insert(name.to_owned(), Node::Link(itself.into(), None));
    }),
    ("a link out of the root", |files, name, _| link(files, name, "/etc/hostname")),
    ("a link to /dev/zero", |files, name, _| link(files, name, "/dev/zero")),
    ("a link to a file of the tree", |files, name, _| {
        if let Some(Node::File(bytes)) = files.remove(name) {
            let mut kept = name.to_owned();
            kept.push(".kept");
            let target = files_name(&kept).into();
            files.insert(name.to_owned(), Node::Link(target, Some(bytes.clone())));
            files.insert(kept, Node::File(bytes));
        }
    }),
];

fn link(files: &mut Files, name: &OsStr, target: &str) {
    files.insert(name.to_owned(), Node::Link(target.into(), None));
}

/// The last part of a path.
fn files_name(path: &OsStr) -> &OsStr {
    std::path::Path::new(path).file_name().expect("a name")
}

/// Gives a file another name, made of the stem and the ending, in the same directory.
fn rename(files: &mut Files, path: &OsStr, way: impl FnOnce(&[u8], &[u8]) -> Vec<u8>) {
    let bytes = path.as_bytes();
    let start = bytes.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (directory, name) = bytes.split_at(start);
    let (stem, ending) = name.split_at(name.iter().position(|byte| *byte == b'.').unwrap_or(name.len()));
    let renamed: OsString = OsStr::from_bytes(&[directory, &way(stem, ending)].concat()).to_owned();
    if let Some(node) = files.remove(path) {
        files.insert(renamed, node);
    }
}
