//! Classes of characters as Go's regular expressions name them: by escapes, by POSIX names and by Unicode's properties.

use super::syntax::{Fault, write_range};

/// The last character there is.
const LAST: u32 = 0x10_ffff;

/// The general categories of Unicode that Go knows. `C` is without what is not assigned, and `Cs` is in no text.
const CATEGORIES: [&str; 37] = [
    "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P",
    "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs", "Any",
];

/// The scripts of Unicode 15.0, which Go 1.23 knows, sorted.
const SCRIPTS: [&str; 163] = [
    "Adlam",
    "Ahom",
    "Anatolian_Hieroglyphs",
    "Arabic",
    "Armenian",
    "Avestan",
    "Balinese",
    "Bamum",
    "Bassa_Vah",
    "Batak",
    "Bengali",
    "Bhaiksuki",
    "Bopomofo",
    "Brahmi",
    "Braille",
    "Buginese",
    "Buhid",
    "Canadian_Aboriginal",
    "Carian",
    "Caucasian_Albanian",
    "Chakma",
    "Cham",
    "Cherokee",
    "Chorasmian",
    "Common",
    "Coptic",
    "Cuneiform",
    "Cypriot",
    "Cypro_Minoan",
    "Cyrillic",
    "Deseret",
    "Devanagari",
    "Dives_Akuru",
    "Dogra",
    "Duployan",
    "Egyptian_Hieroglyphs",
    "Elbasan",
    "Elymaic",
    "Ethiopic",
    "Georgian",
    "Glagolitic",
    "Gothic",
    "Grantha",
    "Greek",
    "Gujarati",
    "Gunjala_Gondi",
    "Gurmukhi",
    "Han",
    "Hangul",
    "Hanifi_Rohingya",
    "Hanunoo",
    "Hatran",
    "Hebrew",
    "Hiragana",
    "Imperial_Aramaic",
    "Inherited",
    "Inscriptional_Pahlavi",
    "Inscriptional_Parthian",
    "Javanese",
    "Kaithi",
    "Kannada",
    "Katakana",
    "Kawi",
    "Kayah_Li",
    "Kharoshthi",
    "Khitan_Small_Script",
    "Khmer",
    "Khojki",
    "Khudawadi",
    "Lao",
    "Latin",
    "Lepcha",
    "Limbu",
    "Linear_A",
    "Linear_B",
    "Lisu",
    "Lycian",
    "Lydian",
    "Mahajani",
    "Makasar",
    "Malayalam",
    "Mandaic",
    "Manichaean",
    "Marchen",
    "Masaram_Gondi",
    "Medefaidrin",
    "Meetei_Mayek",
    "Mende_Kikakui",
    "Meroitic_Cursive",
    "Meroitic_Hieroglyphs",
    "Miao",
    "Modi",
    "Mongolian",
    "Mro",
    "Multani",
    "Myanmar",
    "Nabataean",
    "Nag_Mundari",
    "Nandinagari",
    "New_Tai_Lue",
    "Newa",
    "Nko",
    "Nushu",
    "Nyiakeng_Puachue_Hmong",
    "Ogham",
    "Ol_Chiki",
    "Old_Hungarian",
    "Old_Italic",
    "Old_North_Arabian",
    "Old_Permic",
    "Old_Persian",
    "Old_Sogdian",
    "Old_South_Arabian",
    "Old_Turkic",
    "Old_Uyghur",
    "Oriya",
    "Osage",
    "Osmanya",
    "Pahawh_Hmong",
    "Palmyrene",
    "Pau_Cin_Hau",
    "Phags_Pa",
    "Phoenician",
    "Psalter_Pahlavi",
    "Rejang",
    "Runic",
    "Samaritan",
    "Saurashtra",
    "Sharada",
    "Shavian",
    "Siddham",
    "SignWriting",
    "Sinhala",
    "Sogdian",
    "Sora_Sompeng",
    "Soyombo",
    "Sundanese",
    "Syloti_Nagri",
    "Syriac",
    "Tagalog",
    "Tagbanwa",
    "Tai_Le",
    "Tai_Tham",
    "Tai_Viet",
    "Takri",
    "Tamil",
    "Tangsa",
    "Tangut",
    "Telugu",
    "Thaana",
    "Thai",
    "Tibetan",
    "Tifinagh",
    "Tirhuta",
    "Toto",
    "Ugaritic",
    "Vai",
    "Vithkuqi",
    "Wancho",
    "Warang_Citi",
    "Yezidi",
    "Yi",
    "Zanabazar_Square",
];

/// The POSIX classes, which hold ASCII only.
const NAMED: [(&str, &[(u8, u8)]); 14] = [
    ("alnum", &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')]),
    ("alpha", &[(b'A', b'Z'), (b'a', b'z')]),
    ("ascii", &[(0, 0x7f)]),
    ("blank", &[(b'\t', b'\t'), (b' ', b' ')]),
    ("cntrl", &[(0, 0x1f), (0x7f, 0x7f)]),
    ("digit", DIGIT),
    ("graph", &[(b'!', b'~')]),
    ("lower", &[(b'a', b'z')]),
    ("print", &[(b' ', b'~')]),
    ("punct", &[(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')]),
    ("space", &[(b'\t', b'\r'), (b' ', b' ')]),
    ("upper", &[(b'A', b'Z')]),
    ("word", WORD),
    ("xdigit", &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')]),
];

const DIGIT: &[(u8, u8)] = &[(b'0', b'9')];
const WORD: &[(u8, u8)] = &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')];

/// What `\s` stands for: white space but for the vertical tab.
const SPACE: &[(u8, u8)] = &[(b'\t', b'\n'), (0x0c, b'\r'), (b' ', b' ')];

/// A class of characters, as the crate `regex` writes what stands in its brackets.
#[derive(Debug, Default)]
pub(super) struct Class {
    members: String,
    is_of_unicode: bool,
}

impl Class {
    /// Whether a property of Unicode is in it.
    pub(super) fn is_of_unicode(&self) -> bool {
        self.is_of_unicode
    }

    /// Adds a range of characters, by their numbers.
    pub(super) fn add(&mut self, low: u32, high: u32) {
        write_range(low, high, &mut self.members);
    }

    /// The class in its brackets.
    pub(super) fn written(&self, is_negated: bool) -> String {
        match (self.members.as_str(), is_negated) {
            ("", true) => format!(r"[\x{{0}}-\x{{{LAST:x}}}]"),
            ("", false) => format!(r"[^\x{{0}}-\x{{{LAST:x}}}]"),
            (members, true) => format!("[^{members}]"),
            (members, false) => format!("[{members}]"),
        }
    }

    fn add_ranges(&mut self, ranges: &[(u8, u8)], is_negated: bool) {
        let mut class = Self::default();
        for (low, high) in ranges {
            class.add((*low).into(), (*high).into());
        }
        self.members.push_str(&if is_negated { class.written(true) } else { class.members });
    }

    /// Takes a class like `[:alpha:]` at the start of a text, and returns what is behind it.
    pub(super) fn take_named<'t>(&mut self, text: &'t str) -> Result<Option<&'t str>, Fault> {
        let Some((name, behind)) = text.strip_prefix("[:").and_then(|inside| inside.split_once(":]")) else {
            return Ok(None);
        };
        let (is_negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        let ranges = NAMED.iter().find(|(known, _)| *known == name).map(|(_, ranges)| *ranges);
        self.add_ranges(ranges.ok_or("the name of a class")?, is_negated);
        Ok(Some(behind))
    }

    /// Takes a class like `\d` or `\p{Greek}` at the start of a text, and returns what is behind it.
    pub(super) fn take_escape<'t>(&mut self, text: &'t str) -> Result<Option<&'t str>, Fault> {
        let Some(letter) = text.strip_prefix('\\').and_then(|text| text.chars().next()) else { return Ok(None) };
        let ranges = match letter {
            'd' | 'D' => DIGIT,
            's' | 'S' => SPACE,
            'w' | 'W' => WORD,
            'p' | 'P' => return self.take_property(&text[2..], letter == 'P').map(Some),
            _ => return Ok(None),
        };
        self.add_ranges(ranges, letter.is_ascii_uppercase());
        Ok(Some(&text[2..]))
    }

    /// Takes the name of a property of Unicode, in braces or a single letter.
    fn take_property<'t>(&mut self, text: &'t str, is_negated: bool) -> Result<&'t str, Fault> {
        const FAULT: Fault = "the name of a property";
        let first = text.chars().next().ok_or(FAULT)?;
        let (name, behind) = match text.strip_prefix('{') {
            Some(inside) => inside.split_once('}').ok_or(FAULT)?,
            None => text.split_at(first.len_utf8()),
        };
        let (is_turned, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        let is_negated = is_negated != is_turned;
        let letter = if is_negated { 'P' } else { 'p' };
        let members = match name {
            "Any" if is_negated => String::new(),
            "Any" => format!(r"\x{{0}}-\x{{{LAST:x}}}"),
            "Cs" if is_negated => format!(r"\x{{0}}-\x{{{LAST:x}}}"),
            "Cs" => String::new(),
            "C" if is_negated => r"[^\p{Cc}\p{Cf}\p{Co}]".to_owned(),
            "C" => r"\p{Cc}\p{Cf}\p{Co}".to_owned(),
            name if CATEGORIES.contains(&name) => format!(r"\{letter}{{gc={name}}}"),
            name if SCRIPTS.binary_search(&name).is_ok() => format!(r"\{letter}{{sc={name}}}"),
            _ => return Err(FAULT),
        };
        self.is_of_unicode = true;
        self.members.push_str(&members);
        Ok(behind)
    }
}

/// The number of the character at the start of a text, which may be an escape, and what is behind it.
pub(super) fn character(text: &str) -> Result<(u32, &str), Fault> {
    let first = text.chars().next().ok_or("a bracket that is not closed")?;
    let behind = &text[first.len_utf8()..];
    if first != '\\' {
        return Ok((u32::from(first), behind));
    }
    let letter = behind.chars().next().ok_or("a backslash at the end")?;
    let behind = &behind[letter.len_utf8()..];
    let code = match letter {
        'a' => 0x07,
        'f' => 0x0c,
        'n' => 0x0a,
        'r' => 0x0d,
        't' => 0x09,
        'v' => 0x0b,
        'x' => return hexadecimal(behind).ok_or("an escape"),
        '0'..='7' => return octal(letter, behind).ok_or("an escape"),
        letter if letter.is_ascii() && !letter.is_ascii_alphanumeric() => u32::from(letter),
        _ => return Err("an escape"),
    };
    Ok((code, behind))
}

/// Up to three octal digits. One alone that is not zero would refer to a group.
fn octal(first: char, behind: &str) -> Option<(u32, &str)> {
    let more = behind.bytes().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    if first != '0' && more == 0 {
        return None;
    }
    let digits = format!("{first}{}", &behind[..more]);
    Some((u32::from_str_radix(&digits, 8).ok()?, &behind[more..]))
}

/// Two hexadecimal digits, or any number of them in braces.
fn hexadecimal(text: &str) -> Option<(u32, &str)> {
    let (digits, behind) = match text.strip_prefix('{') {
        Some(inside) => inside.split_once('}')?,
        None => text.split_at_checked(2)?,
    };
    let is_sound = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let significant = digits.trim_start_matches('0');
    if !is_sound || significant.len() > 6 {
        return None;
    }
    let code = if significant.is_empty() { 0 } else { u32::from_str_radix(significant, 16).ok()? };
    (code <= LAST).then_some((code, behind))
}
