//! Floor 4: the rules, one file each.

mod psp_allows_sharing_host_ipc;

use globset::GlobBuilder;

use crate::error::Error;
use crate::rule::Rule;

/// All rules, in the order of their ids. Help, reports and tests derive from this slice.
pub static ALL: &[&Rule] = &[&psp_allows_sharing_host_ipc::RULE];

/// The rules that `wanted` names (all when it names none) and `ignored` does not. Rules are named by id, alias or a
/// glob over both, in any case.
///
/// # Errors
///
/// When a name matches no rule or is no glob.
pub fn select(wanted: &[String], ignored: &[String]) -> Result<Vec<&'static Rule>, Error> {
    let wanted = matchers(wanted)?;
    let ignored = matchers(ignored)?;
    let named = |globs: &[globset::GlobMatcher], rule: &Rule| globs.iter().any(|glob| names(glob, rule));
    let rules = ALL.iter().copied();
    Ok(rules.filter(|rule| (wanted.is_empty() || named(&wanted, rule)) && !named(&ignored, rule)).collect())
}

/// The rule of an id or alias, in any case.
///
/// # Errors
///
/// When there is none.
pub fn find(name: &str) -> Result<&'static Rule, Error> {
    let called = |rule: &&&Rule| names_of(rule).any(|known| known.eq_ignore_ascii_case(name));
    ALL.iter().find(called).copied().ok_or_else(|| no_such_rule(name))
}

/// So alike a name must be to be suggested, by the measure of Jaro, as clap has it for its own suggestions.
const ALIKE: f64 = 0.7;

/// The error about a name that no rule has, with the one that is most like it.
fn no_such_rule(name: &str) -> Error {
    Error::NoSuchRule { name: name.to_owned(), meant: nearest(name, ALL.iter().flat_map(|rule| names_of(rule))) }
}

/// The known name that is most like another one, if any is like it.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_ascii_lowercase();
    let rated = known.into_iter().map(|known| (strsim::jaro(&name, &known.to_ascii_lowercase()), known));
    let best = rated.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(likeness, _)| *likeness > ALIKE).map(|(_, known)| known)
}

fn names_of(rule: &Rule) -> impl Iterator<Item = &'static str> {
    std::iter::once(rule.id).chain(rule.aliases.iter().copied())
}

fn names(glob: &globset::GlobMatcher, rule: &Rule) -> bool {
    names_of(rule).any(|name| glob.is_match(name))
}

/// The globs of a list of names, each of which matches a rule.
fn matchers(names_given: &[String]) -> Result<Vec<globset::GlobMatcher>, Error> {
    let matcher = |name: &String| {
        let glob = GlobBuilder::new(name).case_insensitive(true).build();
        let glob = glob.map_err(|error| Error::glob(name, &error))?;
        let matcher = glob.compile_matcher();
        let known = ALL.iter().any(|rule| names(&matcher, rule));
        if known { Ok(matcher) } else { Err(no_such_rule(name)) }
    };
    names_given.iter().map(matcher).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(wanted: &[&str], ignored: &[&str]) -> Result<usize, String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        select(&owned(wanted), &owned(ignored)).map(|rules| rules.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn rules_are_named_by_id_alias_or_glob_in_any_case() {
        for name in [
            "terraform-kubernetes-psp-allows-sharing-host-ipc",
            "TERRAFORM-COMMON-PSP-ALLOWS-SHARING-HOST-IPC",
            "51bed0ac-a8ae-407a-895e-90c6cb0610ce",
            "terraform-kubernetes-*",
        ] {
            assert_eq!(selected(&[name], &[]), Ok(1), "{name}");
            assert_eq!(selected(&[], &[name]), Ok(0), "{name}");
        }
    }

    #[test]
    fn an_unknown_rule_is_an_error() {
        assert!(selected(&["psp"], &[]).is_err_and(|message| message.contains("no rule is called `psp`")));
        assert!(selected(&[], &["[a"]).is_err_and(|message| message.contains("not a valid glob")));
    }
}
