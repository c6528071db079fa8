//! Floor 5: what a scan came to. Output formats render it; the exit code follows from it and never from a format.

use std::collections::{HashMap, HashSet};

use crate::rule::{Finding, Rule, Severity, Site, Undecided};
use crate::source::{Level, Notification, Place, Sources, Span};

/// Everything that a scan has to say.
#[derive(Debug, Default)]
pub struct Report {
    /// The rules that were enabled, in the order of the registry.
    pub rules: Vec<&'static Rule>,
    /// The findings, by file and place.
    pub findings: Vec<Finding>,
    /// What could not be decided, by file and place.
    pub undecided: Vec<Undecided>,
    /// Resources that are known to have no instance, by file and place.
    pub inactive: Vec<Inactive>,
    /// Calls of modules that are not there, by file and place: what they create is not decided.
    pub missing: Vec<Missing>,
    /// What else there is to say, by file and place.
    pub notifications: Vec<Notification>,
    /// How much was looked at.
    pub counts: Counts,
}

/// A resource that is known to have no instance: `count` is 0, or `for_each` is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inactive {
    /// The resource's address in its module.
    pub address: String,
    /// Its block's kind and labels.
    pub span: Span,
}

/// A call of a module that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The name that the configuration gives the call.
    pub name: String,
    /// Why nothing is there.
    pub absence: Absence,
    /// The call's kind and label.
    pub span: Span,
}

/// Why a module is not there. Each with the source as the call gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Absence {
    /// It would come from elsewhere, and no `terraform init` has brought it.
    NotInstalled(String),
    /// Its relative path leads to no directory.
    NoDirectory(String),
    /// Its relative path leads out of the root.
    Outside(String),
    /// Its source is no text that is known without evaluating anything, which Terraform refuses.
    NotConstant(String),
}

impl Absence {
    /// Why the module is not there, in words.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Self::NotInstalled(source) => format!("the module {source} is not installed"),
            Self::NoDirectory(source) => format!("there is no directory {source}"),
            Self::Outside(source) => format!("{source} is outside of the root"),
            Self::NotConstant(source) => format!("its source, `{source}`, is not a literal string"),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotInstalled(_) => "Run `terraform init` before the scan.",
            Self::NoDirectory(_) => "Correct the `source`.",
            Self::Outside(_) => "Set `--root` to a directory that contains both.",
            Self::NotConstant(_) => "Write the `source` as a literal string.",
        }
    }
}

impl Missing {
    /// What is to be said about it.
    #[must_use]
    pub fn message(&self) -> String {
        let (why, remedy) = (self.absence.why(), self.absence.remedy());
        format!("What `module.{}` creates could not be decided because {why}. {remedy}", self.name)
    }
}

/// How much a scan looked at.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Files that were read and searched for resources of interest.
    pub files: usize,
    /// Resources that a rule looked at, those without instances included.
    pub resources: usize,
    /// Places that could not be decided, also when they are not listed.
    pub undecided: usize,
    /// Terraform files in directories that are passed over as such, if somebody wants to know.
    pub passed_over: Option<usize>,
}

/// How the run is to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// Findings of this severity or worse fail the run; `None`: never.
    pub fail_on: Option<Severity>,
    /// Whether an undecided site fails the run.
    pub undecided_fails: bool,
}

/// What the run as a whole came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was analysed, and nothing fails the run.
    Clean,
    /// Something fails the run.
    Failed,
    /// Nothing fails the run, but something that could hide a finding was not analysed.
    Incomplete,
}

impl Report {
    /// Puts everything into the order of paths and places and drops what is said twice, so that equal trees give
    /// equal reports.
    pub fn sort(&mut self, sources: &Sources) {
        let site = |rule: &Rule, site: &Site| {
            (sources[site.span.file].path().to_owned(), site.span.range().start, rule.id, site.address.clone())
        };
        self.findings.sort_by_cached_key(|finding| site(finding.rule, &finding.site));
        self.findings.dedup_by_key(|finding| site(finding.rule, &finding.site));
        self.undecided.sort_by_cached_key(|undecided| site(undecided.rule, &undecided.site));
        self.undecided.dedup_by_key(|undecided| site(undecided.rule, &undecided.site));
        let inactive = |inactive: &Inactive| {
            (sources[inactive.span.file].path().to_owned(), inactive.span.start, inactive.address.clone())
        };
        self.inactive.sort_by_cached_key(inactive);
        self.inactive.dedup_by_key(|resource| inactive(resource));
        let call = |missing: &Missing| {
            (sources[missing.span.file].path().to_owned(), missing.span.start, missing.name.clone())
        };
        // An error at the call says the same, and more.
        let errors = self.notifications.iter().filter(|notification| notification.level == Level::Error);
        // One file may have been read twice.
        let place_of = |span: Span| (sources[span.file].path().to_owned(), span.range());
        let errors: HashSet<_> = errors.filter_map(|error| error.place.span()).map(place_of).collect();
        self.missing.retain(|missing| !errors.contains(&place_of(missing.span)));
        self.missing.sort_by_cached_key(call);
        self.missing.dedup_by_key(|missing| call(missing));
        self.counts.undecided = self.undecided.len() + self.missing.len();
        let place = |notification: &Notification| {
            let (path, at) = match &notification.place {
                Place::Span(span) => (sources[span.file].path().to_owned(), span.range().start),
                Place::Path(path) => (path.clone(), 0),
            };
            (path, at, notification.level, notification.message.clone())
        };
        self.notifications.sort_by_cached_key(place);
        self.notifications.dedup_by_key(|notification| place(notification));
    }

    /// The calls of modules that are not there, by module: what is absent for one reason from one source.
    #[must_use]
    pub fn missing_modules(&self) -> Vec<Vec<&Missing>> {
        let mut modules: Vec<Vec<&Missing>> = Vec::new();
        let mut known: HashMap<&Absence, usize> = HashMap::new();
        for missing in &self.missing {
            let at = *known.entry(&missing.absence).or_insert(modules.len());
            match modules.get_mut(at) {
                Some(calls) => calls.push(missing),
                None => modules.push(vec![missing]),
            }
        }
        modules
    }

    /// How many places were not analysed that could hide a finding.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.notifications.iter().filter(|notification| notification.level == Level::Error).count()
    }

    /// Whether something that could hide a finding was not analysed.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.errors() > 0
    }

    /// What the run came to.
    #[must_use]
    pub fn outcome(&self, judgement: Judgement) -> Outcome {
        let fails = |severity| judgement.fail_on.is_some_and(|least| severity >= least);
        let undecided_fails = judgement.undecided_fails && self.counts.undecided > 0;
        if undecided_fails || self.findings.iter().any(|finding| fails(finding.rule.severity)) {
            Outcome::Failed
        } else if self.is_incomplete() {
            Outcome::Incomplete
        } else {
            Outcome::Clean
        }
    }
}
