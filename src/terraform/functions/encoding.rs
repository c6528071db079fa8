//! Encodings and hashes.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Digest;

use super::{Call, Evaluated, Value};

/// What Go's `url.QueryEscape` leaves as it is, besides letters and digits; a space becomes a plus.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b' ');

/// Go's decoder does not look at bits that do not count.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// The digits of bytes, two each.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("a string takes everything");
        digits
    })
}

/// A hash of bytes, in hexadecimal digits or in base 64.
pub(super) fn hashed(name: &str, bytes: &[u8]) -> String {
    match name.trim_start_matches("file") {
        "md5" => hex(&md5::Md5::digest(bytes)),
        "sha1" => hex(&sha1::Sha1::digest(bytes)),
        "sha256" => hex(&sha2::Sha256::digest(bytes)),
        "sha512" => hex(&sha2::Sha512::digest(bytes)),
        "base64sha256" => STANDARD.encode(sha2::Sha256::digest(bytes)),
        "base64sha512" => STANDARD.encode(sha2::Sha512::digest(bytes)),
        _ => STANDARD.encode(bytes),
    }
}

fn of_text(call: &Call<'_>) -> Evaluated {
    Ok(Value::string(&hashed(call.name, call.only_string()?.as_bytes())))
}

pub(super) fn md5(call: &Call<'_>) -> Evaluated {
    of_text(call)
}

pub(super) fn sha1(call: &Call<'_>) -> Evaluated {
    of_text(call)
}

pub(super) fn sha256(call: &Call<'_>) -> Evaluated {
    of_text(call)
}

pub(super) fn sha512(call: &Call<'_>) -> Evaluated {
    of_text(call)
}

pub(super) fn base64sha256(call: &Call<'_>) -> Evaluated {
    of_text(call)
}

pub(super) fn base64sha512(call: &Call<'_>) -> Evaluated {
    of_text(call)
}

pub(super) fn base64encode(call: &Call<'_>) -> Evaluated {
    of_text(call)
}

fn decoded(call: &Call<'_>, text: &str) -> Result<Vec<u8>, super::Refusal> {
    // Go's decoder passes over line ends.
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    LENIENT.decode(text).or_else(|_| call.refused("what is not base 64"))
}

pub(super) fn base64decode(call: &Call<'_>) -> Evaluated {
    match String::from_utf8(decoded(call, &call.only_string()?)?) {
        Ok(text) => Ok(Value::string(&text)),
        Err(_) => call.refused("bytes that are not UTF-8"),
    }
}

pub(super) fn urlencode(call: &Call<'_>) -> Evaluated {
    let text = call.only_string()?;
    Ok(Value::string(&utf8_percent_encode(&text, QUERY).to_string().replace(' ', "+")))
}

/// An encoding of text that podgate knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16(Order),
}

/// Which byte of a unit comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Encoding {
    fn named(name: &str) -> Option<Self> {
        match &*name.to_ascii_uppercase() {
            "UTF-8" => Some(Self::Utf8),
            "UTF-16LE" => Some(Self::Utf16(Order::Little)),
            "UTF-16BE" => Some(Self::Utf16(Order::Big)),
            _ => None,
        }
    }
}

const OTHER_ENCODING: &str = "it depends on an encoding that podgate does not support";

pub(super) fn textencodebase64(call: &Call<'_>) -> Evaluated {
    let [text, name] = call.exactly()?;
    let (text, name) = (call.string(text)?, call.string(name)?);
    let Some(encoding) = Encoding::named(&name) else { return Ok(call.unknown(OTHER_ENCODING)) };
    let bytes: Vec<u8> = match encoding {
        Encoding::Utf8 => text.bytes().collect(),
        Encoding::Utf16(Order::Little) => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16(Order::Big) => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    };
    Ok(Value::string(&STANDARD.encode(bytes)))
}

pub(super) fn textdecodebase64(call: &Call<'_>) -> Evaluated {
    let [text, name] = call.exactly()?;
    let (text, name) = (call.string(text)?, call.string(name)?);
    let Some(encoding) = Encoding::named(&name) else { return Ok(call.unknown(OTHER_ENCODING)) };
    let bytes = decoded(call, &text)?;
    let Encoding::Utf16(order) = encoding else {
        let text = String::from_utf8(bytes).ok().filter(|text| !text.contains(char::REPLACEMENT_CHARACTER));
        return text.map_or_else(|| call.refused("bytes that are not UTF-8"), |text| Ok(Value::string(&text)));
    };
    if bytes.len() % 2 == 1 {
        return call.refused("half of a unit of UTF-16");
    }
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if order == Order::Little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    });
    // What stands for bytes that mean nothing is taken for such bytes.
    let text = char::decode_utf16(units).collect::<Result<String, _>>().ok();
    let text = text.filter(|text| !text.contains(char::REPLACEMENT_CHARACTER));
    text.map_or_else(|| call.refused("bytes that are not UTF-16"), |text| Ok(Value::string(&text)))
}

/// `uuidv5(namespace, name)`: a namespace of RFC 4122 by name, or any by its UUID.
pub(super) fn uuidv5(call: &Call<'_>) -> Evaluated {
    let [namespace, name] = call.exactly()?;
    let namespace = match &*call.string(namespace)? {
        "dns" => uuid::Uuid::NAMESPACE_DNS,
        "url" => uuid::Uuid::NAMESPACE_URL,
        "oid" => uuid::Uuid::NAMESPACE_OID,
        "x500" => uuid::Uuid::NAMESPACE_X500,
        other => match uuid::Uuid::try_parse(other) {
            Ok(namespace) => namespace,
            Err(_) => return call.refused("this namespace"),
        },
    };
    Ok(Value::string(&uuid::Uuid::new_v5(&namespace, call.string(name)?.as_bytes()).to_string()))
}
