//! `required_version`: which versions of Terraform a configuration is for
//! (<https://developer.hashicorp.com/terraform/language/expressions/version-constraints>).

use std::cmp::Ordering;

use super::{Check, refuse};
use crate::terraform::value::{Data, Type};

/// The version of Terraform whose language podgate evaluates.
const TERRAFORM: [u64; 3] = [1, 11, 4];

/// Checks that the configuration is for this version.
pub(super) const REQUIRED_VERSION: Check = |checked| {
    let settings = checked.blocks().filter(|(_, block)| &*block.kind == "terraform");
    for (_, block) in settings {
        let Some(required) = block.body.attribute("required_version") else { continue };
        let text = checked.evaluator.constants().at(required.expression, None)?.convert(&Type::String);
        let Ok(Data::String(text)) = text.map(|text| text.data) else {
            return refuse("`required_version` is no string", required.expression);
        };
        match admits(&text) {
            Some(true) => {}
            Some(false) => {
                let [major, minor, _] = TERRAFORM;
                let written = checked.evaluator.sources().quotable(required.expression).filter(|text| text.len() < 60);
                let asks = written.map_or(String::new(), |written| format!(" {written}"));
                let reason = format!(
                    "the configuration asks for Terraform{asks}, and podgate evaluates as Terraform {major}.{minor} does"
                );
                return refuse(reason, required.expression);
            }
            None => return refuse("`required_version` is no constraint of releases", required.expression),
        }
    }
    Ok(())
};

/// Whether constraints admit the version; `None` if Terraform does not understand them, or they name a prerelease, which
/// it refuses here.
fn admits(constraints: &str) -> Option<bool> {
    let all: Option<Vec<bool>> = constraints.split(',').map(admits_one).collect();
    Some(all?.into_iter().all(|admitted| admitted))
}

fn admits_one(constraint: &str) -> Option<bool> {
    let constraint = constraint.trim();
    let version = constraint.trim_start_matches(['=', '!', '<', '>', '~']);
    let operator = &constraint[..constraint.len() - version.len()];
    let segments = segments(version.trim())?;
    let length = segments.len().max(TERRAFORM.len());
    let at = |segments: &[u64], index: usize| segments.get(index).copied().unwrap_or(0);
    let order = (0..length).map(|index| at(&TERRAFORM, index).cmp(&at(&segments, index)));
    let order = order.fold(Ordering::Equal, Ordering::then);
    Some(match operator {
        "" | "=" => order.is_eq(),
        "!=" => order.is_ne(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        // All but the last of the segments that are written stay as they are.
        "~>" => {
            let kept = &segments[..segments.len() - 1];
            order.is_ge() && segments.len() <= TERRAFORM.len() && TERRAFORM.starts_with(kept)
        }
        _ => return None,
    })
}

/// The numbers of a version, without what is said about its build; `None` if it is none, or a prerelease.
fn segments(version: &str) -> Option<Vec<u64>> {
    let (version, build) = version.split_once('+').map_or((version, None), |(version, build)| (version, Some(build)));
    let is_build = |build: &str| {
        let is_part =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-~".contains(c));
        build.split('.').all(is_part)
    };
    if build.is_some_and(|build| !is_build(build)) {
        return None;
    }
    let version = version.strip_prefix('v').unwrap_or(version);
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten();
    version.split('.').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_admit_the_version_as_terraform_reads_them() {
        for admitting in
            ["1.11.4", "v1.11.4", ">= 1.0", "~> 1.5", "~> 1", ">=1.0,<2.0", " != 1.11.3 ", "<= 1.11.4+x", "~> 1.11.0"]
        {
            assert_eq!(admits(admitting), Some(true), "{admitting}");
        }
        for excluding in
            ["< 1.0", "1.11", "= 0.12.31", "~> 1.5.0", ">= 1.0, < 1.9", "!= 1.11.4", "~> 1.11.4.0", "> 1.11.4"]
        {
            assert_eq!(admits(excluding), Some(false), "{excluding}");
        }
        for wrong in
            ["", "latest", "1.x", ">= 1.0,", "> = 1.0", "=> 1.0", ">= 1.11.0-beta1", "1.11.4-rc1", "== 1.0", "1."]
        {
            assert_eq!(admits(wrong), None, "{wrong}");
        }
    }
}
