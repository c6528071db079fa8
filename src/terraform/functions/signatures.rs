//! What functions take and what they make: the types of parameters and results.
//!
//! The parameters are those of `terraform metadata functions` of version 1.11; [`results`](super::results) has the types
//! that depend on the arguments. As in Terraform, arguments are converted before a function sees them, and the type of a
//! result is known before its value: of `null`, of an unknown value and of an empty collection nothing else tells it.

use super::results::{
    chunklist, coalesce, coalescelist, concat, element, first, keys, lookup, merge, one, reverse, set_operation,
    setproduct, slice, values, zipmap,
};
use super::{Call, Data, Refusal, Type, Value};

/// What a parameter takes. Only [`Takes::AnyOrNull`] takes `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// A value of any type.
    Any,
    /// A value of any type, or `null`.
    AnyOrNull,
    /// A string.
    Text,
    /// A number.
    Number,
    /// A list of bools.
    Bools,
    /// A list of strings.
    Texts,
    /// A list of elements of any one type.
    List,
    /// A set of elements of any one type.
    Set,
    /// A map to lists of strings.
    TextLists,
}

use Takes::{Any, AnyOrNull, Bools, List, Number, Set, Text, TextLists, Texts};

/// The type of a result.
#[derive(Debug, Clone, Copy)]
pub(super) enum Makes {
    /// Always this one.
    Always(fn() -> Type),
    /// Always this one, when the argument's type converts to it.
    Converted(fn() -> Type),
    /// One that the arguments have a say in.
    By(fn(&Call<'_>) -> Result<Type, Refusal>),
    /// That of the value, which the function knows alone.
    ByValue,
}

impl Makes {
    const BOOL: Self = Self::Always(|| Type::Bool);
    const NUMBER: Self = Self::Always(|| Type::Number);
    const TEXT: Self = Self::Always(|| Type::String);
    const TEXTS: Self = Self::Always(|| Type::list_of(Type::String));
    const NUMBERS: Self = Self::Always(|| Type::list_of(Type::Number));
    const TEXT_SET: Self = Self::Always(|| Type::set_of(Type::String));
    const TEXT_LISTS: Self = Self::Always(|| Type::map_of(Type::list_of(Type::String)));
    const TO_BOOL: Self = Self::Converted(|| Type::Bool);
    const TO_NUMBER: Self = Self::Converted(|| Type::Number);
    const TO_TEXT: Self = Self::Converted(|| Type::String);
    const TO_LIST: Self = Self::Converted(|| Type::list_of(Type::Any));
    const TO_SET: Self = Self::Converted(|| Type::set_of(Type::Any));
    const TO_MAP: Self = Self::Converted(|| Type::map_of(Type::Any));

    /// The type of what a call makes.
    ///
    /// # Errors
    ///
    /// When Terraform refuses the types of the arguments.
    pub(super) fn of(self, call: &Call<'_>) -> Result<Type, Refusal> {
        match self {
            Self::Always(of) => Ok(of()),
            Self::Converted(of) => {
                let of = of();
                let refused = call.arguments.iter().find(|argument| !Type::of(argument).converts_to(&of));
                refused.map_or(Ok(of), |argument| Err(call.wrong_type(argument)))
            }
            Self::By(of) => of(call),
            Self::ByValue => Ok(Type::Any),
        }
    }
}

/// A function's parameters, what any number of further arguments must be, and the type of its result.
type Signature = (&'static str, &'static [Takes], Option<Takes>, Makes);

/// The signatures of all functions, sorted by name.
pub(super) const SIGNATURES: &[Signature] = &[
    ("abs", &[Number], None, Makes::NUMBER),
    ("abspath", &[Text], None, Makes::TEXT),
    ("alltrue", &[Bools], None, Makes::BOOL),
    ("anytrue", &[Bools], None, Makes::BOOL),
    ("base64decode", &[Text], None, Makes::TEXT),
    ("base64encode", &[Text], None, Makes::TEXT),
    ("base64gzip", &[Text], None, Makes::TEXT),
    ("base64sha256", &[Text], None, Makes::TEXT),
    ("base64sha512", &[Text], None, Makes::TEXT),
    ("basename", &[Text], None, Makes::TEXT),
    ("bcrypt", &[Text], Some(Number), Makes::TEXT),
    ("ceil", &[Number], None, Makes::NUMBER),
    ("chomp", &[Text], None, Makes::TEXT),
    ("chunklist", &[List, Number], None, Makes::By(chunklist)),
    ("cidrhost", &[Text, Number], None, Makes::TEXT),
    ("cidrnetmask", &[Text], None, Makes::TEXT),
    ("cidrsubnet", &[Text, Number, Number], None, Makes::TEXT),
    ("cidrsubnets", &[Text], Some(Number), Makes::TEXTS),
    ("coalesce", &[], Some(AnyOrNull), Makes::By(coalesce)),
    ("coalescelist", &[], Some(AnyOrNull), Makes::By(coalescelist)),
    ("compact", &[Texts], None, Makes::TEXTS),
    ("concat", &[], Some(Any), Makes::By(concat)),
    ("contains", &[Any, Any], None, Makes::BOOL),
    ("csvdecode", &[Text], None, Makes::ByValue),
    ("dirname", &[Text], None, Makes::TEXT),
    ("distinct", &[List], None, Makes::By(first)),
    ("element", &[Any, Number], None, Makes::By(element)),
    ("endswith", &[Text, Text], None, Makes::BOOL),
    ("ephemeralasnull", &[AnyOrNull], None, Makes::By(first)),
    ("file", &[Text], None, Makes::TEXT),
    ("filebase64", &[Text], None, Makes::TEXT),
    ("filebase64sha256", &[Text], None, Makes::TEXT),
    ("filebase64sha512", &[Text], None, Makes::TEXT),
    ("fileexists", &[Text], None, Makes::BOOL),
    ("filemd5", &[Text], None, Makes::TEXT),
    ("fileset", &[Text, Text], None, Makes::TEXT_SET),
    ("filesha1", &[Text], None, Makes::TEXT),
    ("filesha256", &[Text], None, Makes::TEXT),
    ("filesha512", &[Text], None, Makes::TEXT),
    ("flatten", &[Any], None, Makes::ByValue),
    ("floor", &[Number], None, Makes::NUMBER),
    ("format", &[Text], Some(AnyOrNull), Makes::TEXT),
    ("formatdate", &[Text, Text], None, Makes::TEXT),
    ("formatlist", &[Text], Some(AnyOrNull), Makes::TEXTS),
    ("indent", &[Number, Text], None, Makes::TEXT),
    ("index", &[Any, Any], None, Makes::NUMBER),
    ("issensitive", &[AnyOrNull], None, Makes::BOOL),
    ("join", &[Text], Some(Texts), Makes::TEXT),
    ("jsondecode", &[Text], None, Makes::ByValue),
    ("jsonencode", &[AnyOrNull], None, Makes::TEXT),
    ("keys", &[Any], None, Makes::By(keys)),
    ("length", &[Any], None, Makes::NUMBER),
    ("log", &[Number, Number], None, Makes::NUMBER),
    ("lookup", &[Any, Text], Some(AnyOrNull), Makes::By(lookup)),
    ("lower", &[Text], None, Makes::TEXT),
    ("matchkeys", &[List, List, List], None, Makes::By(first)),
    ("max", &[], Some(Number), Makes::NUMBER),
    ("md5", &[Text], None, Makes::TEXT),
    ("merge", &[], Some(AnyOrNull), Makes::By(merge)),
    ("min", &[], Some(Number), Makes::NUMBER),
    ("nonsensitive", &[AnyOrNull], None, Makes::By(first)),
    ("one", &[Any], None, Makes::By(one)),
    ("parseint", &[Any, Number], None, Makes::NUMBER),
    ("pathexpand", &[Text], None, Makes::TEXT),
    ("plantimestamp", &[], None, Makes::TEXT),
    ("pow", &[Number, Number], None, Makes::NUMBER),
    ("provider::kubernetes::manifest_decode", &[Text], None, Makes::ByValue),
    ("provider::kubernetes::manifest_decode_multi", &[Text], None, Makes::ByValue),
    ("provider::kubernetes::manifest_encode", &[Any], None, Makes::TEXT),
    ("range", &[], Some(Number), Makes::NUMBERS),
    ("regex", &[Text, Text], None, Makes::ByValue),
    ("regexall", &[Text, Text], None, Makes::ByValue),
    ("replace", &[Text, Text, Text], None, Makes::TEXT),
    ("reverse", &[Any], None, Makes::By(reverse)),
    ("rsadecrypt", &[Text, Text], None, Makes::TEXT),
    ("sensitive", &[AnyOrNull], None, Makes::By(first)),
    ("setintersection", &[Set], Some(Set), Makes::By(set_operation)),
    ("setproduct", &[], Some(Any), Makes::By(setproduct)),
    ("setsubtract", &[Set, Set], None, Makes::By(set_operation)),
    ("setunion", &[Set], Some(Set), Makes::By(set_operation)),
    ("sha1", &[Text], None, Makes::TEXT),
    ("sha256", &[Text], None, Makes::TEXT),
    ("sha512", &[Text], None, Makes::TEXT),
    ("signum", &[Number], None, Makes::NUMBER),
    ("slice", &[Any, Number, Number], None, Makes::By(slice)),
    ("sort", &[Texts], None, Makes::TEXTS),
    ("split", &[Text, Text], None, Makes::TEXTS),
    ("startswith", &[Text, Text], None, Makes::BOOL),
    ("strcontains", &[Text, Text], None, Makes::BOOL),
    ("strrev", &[Text], None, Makes::TEXT),
    ("substr", &[Text, Number, Number], None, Makes::TEXT),
    ("sum", &[Any], None, Makes::NUMBER),
    ("templatefile", &[Text, Any], None, Makes::ByValue),
    ("templatestring", &[Text, Any], None, Makes::TEXT),
    ("textdecodebase64", &[Text, Text], None, Makes::TEXT),
    ("textencodebase64", &[Text, Text], None, Makes::TEXT),
    ("timeadd", &[Text, Text], None, Makes::TEXT),
    ("timecmp", &[Text, Text], None, Makes::NUMBER),
    ("timestamp", &[], None, Makes::TEXT),
    ("title", &[Text], None, Makes::TEXT),
    ("tobool", &[AnyOrNull], None, Makes::TO_BOOL),
    ("tolist", &[AnyOrNull], None, Makes::TO_LIST),
    ("tomap", &[AnyOrNull], None, Makes::TO_MAP),
    ("tonumber", &[AnyOrNull], None, Makes::TO_NUMBER),
    ("toset", &[AnyOrNull], None, Makes::TO_SET),
    ("tostring", &[AnyOrNull], None, Makes::TO_TEXT),
    ("transpose", &[TextLists], None, Makes::TEXT_LISTS),
    ("trim", &[Text, Text], None, Makes::TEXT),
    ("trimprefix", &[Text, Text], None, Makes::TEXT),
    ("trimspace", &[Text], None, Makes::TEXT),
    ("trimsuffix", &[Text, Text], None, Makes::TEXT),
    ("upper", &[Text], None, Makes::TEXT),
    ("urlencode", &[Text], None, Makes::TEXT),
    ("uuid", &[], None, Makes::TEXT),
    ("uuidv5", &[Text, Text], None, Makes::TEXT),
    ("values", &[Any], None, Makes::By(values)),
    ("yamldecode", &[Text], None, Makes::ByValue),
    ("yamlencode", &[AnyOrNull], None, Makes::TEXT),
    ("zipmap", &[Texts, Any], None, Makes::By(zipmap)),
];

/// The signature of a function.
pub(super) fn signature(name: &str) -> Option<&'static Signature> {
    SIGNATURES.binary_search_by_key(&name, |(known, ..)| known).ok().map(|at| &SIGNATURES[at])
}

impl Takes {
    /// The type that an argument is converted to; `None` when it is taken as it is.
    pub(super) fn wanted(self, argument: &Value) -> Option<Type> {
        let is_list_of = |is: fn(&Data) -> bool| matches!(&argument.data, Data::List(elements) if elements.first().is_some_and(|first| is(&first.data)));
        let (fits, wanted): (bool, fn() -> Type) = match self {
            Any | AnyOrNull => return None,
            Text => (matches!(argument.data, Data::String(_)), || Type::String),
            Number => (matches!(argument.data, Data::Number(_)), || Type::Number),
            Bools => (is_list_of(|first| matches!(first, Data::Bool(_))), || Type::list_of(Type::Bool)),
            Texts => (is_list_of(|first| matches!(first, Data::String(_))), || Type::list_of(Type::String)),
            List => (matches!(argument.data, Data::List(_)), || Type::list_of(Type::Any)),
            Set => (matches!(argument.data, Data::Set(_)), || Type::set_of(Type::Any)),
            TextLists => (false, || Type::map_of(Type::list_of(Type::String))),
        };
        (!fits).then(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{COMPUTED, READING, UNKNOWN};
    use super::super::yaml::PROVIDED;
    use super::*;

    #[test]
    fn every_function_has_a_signature() {
        assert!(SIGNATURES.is_sorted_by_key(|(name, ..)| name));
        let named = |name: &&str| signature(name).is_some();
        assert!(COMPUTED.iter().map(|(name, ..)| *name).all(|name| named(&name)));
        assert!(READING.iter().map(|(name, ..)| *name).all(|name| named(&name)));
        assert!(UNKNOWN.iter().map(|(name, _)| *name).all(|name| named(&name)));
        assert_eq!(SIGNATURES.len(), 116 + PROVIDED.len());
    }
}
