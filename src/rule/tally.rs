//! What a rule says about one site, over all its instances: which break the rule and why, and which may.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cause;
use super::{
    Basis, Because, Edit, Finding, Hop, Instance, Message, OpenInstance, Rule, Site, Undecided, Verdict, Way, Wording,
};
use crate::source::{FileId, Sources, Span};
use crate::terraform::{Detour, Unknown, Value};

/// So many instances of a finding are listed, and so many places of its resource in trees of modules are known.
pub(super) const MOST_LISTED: usize = 1_000;

/// So many instances that are undecided are listed.
const MOST_OPEN: usize = 100;

/// So many ways of a finding's values are kept.
const MOST_WAYS: usize = 8;

/// So many causes are named in a sentence.
const MOST_CAUSES: usize = 3;

/// So many files of values are named in a message.
const MOST_NAMED: usize = 3;

/// What a resource stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A file of the repository.
    Repository,
    /// A module that was installed.
    Installed,
    /// A plan.
    Plan,
}

/// How the verdicts of a called module become those of its caller.
#[derive(Debug, Clone, Default)]
pub struct Through {
    /// The call, as addresses without keys have it: `module.a.`.
    pub path: String,
    /// What the addresses of its instances start with: `module.a["x"].`.
    pub prefix: String,
    /// The directory of the root module, where that is what is evaluated.
    pub root: Option<Arc<str>>,
    /// The file of values that they are evaluated with, if it was named for that.
    pub inputs: Option<String>,
    /// How values come into a module that an earlier call shares.
    pub detour: Detour,
    /// Why it is not known whether the module has instances.
    pub unknown: Option<Arc<Unknown>>,
    /// The call, when it stands in the repository: there sites are reported that do not.
    pub shown_at: Option<Span>,
    /// The files that have a say in the call: where it stands, and what decides which instances it has.
    pub files: BTreeSet<FileId>,
    /// Whether the root module was given values by, or has read, a file that the scan was asked about.
    pub is_fed: bool,
}

/// What a rule says about one site.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    pub(super) rule: &'static Rule,
    pub(super) site: Site,
    /// What the site stands in.
    pub(super) source: Source,
    /// Where a site that does not is reported: at the call that leads to it.
    shown_at: Option<Span>,
    /// Where the resource stands in trees of modules, by addresses without keys, as far as they are kept.
    pub(super) places: BTreeSet<String>,
    wording: &'static Wording,
    expression: Span,
    /// The instances that break the rule, and how many are not listed.
    pub(super) violating: Vec<Instance>,
    pub(super) unlisted: usize,
    /// A value that breaks the rule for every way that one takes; whether there are more.
    pub(super) ways: Vec<Value>,
    has_more_ways: bool,
    /// The instances that are not known, and how many are not listed.
    pub(super) open: Vec<OpenInstance>,
    open_unlisted: usize,
    /// Why the first one that is not known is not.
    unknown: Option<Arc<Unknown>>,
    basis: Basis,
}

impl Tally {
    /// That of a site about which nothing is known so far.
    pub(super) fn new(rule: &'static Rule, site: Site, source: Source, wording: &'static Wording, at: Span) -> Self {
        Self {
            rule,
            site,
            source,
            shown_at: None,
            places: BTreeSet::new(),
            wording,
            expression: at,
            violating: Vec::new(),
            unlisted: 0,
            ways: Vec::new(),
            has_more_ways: false,
            open: Vec::new(),
            open_unlisted: 0,
            unknown: None,
            basis: Basis::default(),
        }
    }

    /// One of the same site that says nothing.
    pub(super) fn emptied(&self) -> Self {
        let mut empty = Self::new(self.rule, self.site.clone(), self.source, self.wording, self.expression);
        empty.shown_at = self.shown_at;
        empty
    }

    /// How much there is to say: that it is not known, or that the rule is broken.
    pub(super) fn says(&self) -> (bool, bool) {
        (!self.ways.is_empty(), self.unknown.is_some())
    }

    /// Notes where the resource stands in its tree, and which files have a say in what instances it has.
    pub(super) fn stands(&mut self, place: &str, files: &BTreeSet<FileId>) {
        self.basis.files.extend(files);
        self.places.insert(place.to_owned());
    }

    /// Takes the verdict on a value of an instance; `exists` says why it is not known whether there is one, if so.
    pub(super) fn take_verdict(
        &mut self,
        verdict: Verdict,
        address: &str,
        value: &Value,
        exists: Option<&Arc<Unknown>>,
    ) {
        let instance = || Instance { address: address.to_owned(), root: None, inputs: None };
        match (verdict, exists) {
            (Verdict::Violation, None) => {
                self.add(instance());
                self.basis.files.extend(value.origin.hops().map(|hop| hop.span.file));
                self.add_way(value);
            }
            (Verdict::Violation, Some(unknown)) => {
                self.add_open(OpenInstance { instance: instance(), because: unknown.clone() });
            }
            (Verdict::Undecided(because), _) => self.add_open(OpenInstance { instance: instance(), because }),
            (Verdict::Compliant, _) => {}
        }
    }

    fn add(&mut self, instance: Instance) {
        if self.violating.len() < MOST_LISTED {
            self.violating.push(instance);
        } else {
            self.unlisted = self.unlisted.saturating_add(1);
        }
    }

    fn add_way(&mut self, value: &Value) {
        if self.ways.iter().any(|known| known.origin.is_same_way(&value.origin)) {
            return;
        }
        if self.ways.len() < MOST_WAYS {
            self.ways.push(value.clone());
        } else {
            self.has_more_ways = true;
        }
    }

    fn add_open(&mut self, open: OpenInstance) {
        self.leave_open(open.because.clone());
        if self.open.len() < MOST_OPEN {
            self.open.push(open);
        } else {
            self.open_unlisted = self.open_unlisted.saturating_add(1);
        }
    }

    /// Takes a reason why an instance is not known. The first one stands, but for one that says that something was not
    /// analysed, which could hide a finding.
    fn leave_open(&mut self, unknown: Arc<Unknown>) {
        self.basis.files.insert(unknown.span.file);
        if unknown.is_flaw && self.unknown.as_ref().is_some_and(|known| !known.is_flaw) {
            self.unknown = Some(unknown);
        } else {
            self.unknown.get_or_insert(unknown);
        }
    }

    /// Takes what was found about the site in one evaluation of its module.
    pub(super) fn take(&mut self, other: &Self, through: &Through) {
        for place in &other.places {
            if self.places.len() < MOST_LISTED {
                self.places.insert(format!("{}{place}", through.path));
            }
        }
        self.basis.files.extend(other.basis.files.iter().chain(&through.files));
        self.basis.is_fed |= other.basis.is_fed || through.is_fed;
        if self.source == Source::Installed {
            self.shown_at = self.shown_at.or(other.shown_at).or(through.shown_at);
        }
        let before = self.says();
        match &through.unknown {
            Some(unknown) if !other.ways.is_empty() => self.leave_open(unknown.clone()),
            Some(_) => {}
            None => self.take_violating(other, through),
        }
        self.take_open(other, through);
        if self.says() > before && self.site.span == other.site.span {
            self.site = other.site.clone();
        }
    }

    /// Takes the instances that break the rule. Those that are not listed are counted, and their addresses not made.
    fn take_violating(&mut self, other: &Self, through: &Through) {
        let room = MOST_LISTED.saturating_sub(self.violating.len());
        let (listed, rest) = other.violating.split_at(other.violating.len().min(room));
        self.violating.extend(listed.iter().map(|instance| through.passed(instance, &through.prefix)));
        self.unlisted = self.unlisted.saturating_add(rest.len()).saturating_add(other.unlisted);
        if !self.has_more_ways {
            other.ways.iter().for_each(|value| self.add_way(&through.detour.taken(value)));
        }
        self.has_more_ways |= other.has_more_ways;
    }

    /// Takes the instances that are not known: all that there may be, of a call that may have none.
    fn take_open(&mut self, other: &Self, through: &Through) {
        other.unknown.iter().for_each(|unknown| self.leave_open(unknown.clone()));
        let (prefix, uncertain) = match &through.unknown {
            Some(unknown) => (&through.path, Some((unknown, &other.violating))),
            None => (&through.prefix, None),
        };
        let more = uncertain.map_or(0, |(_, violating)| violating.len().saturating_add(other.unlisted));
        let all = other.open.len().saturating_add(other.open_unlisted).saturating_add(more);
        let uncertain =
            uncertain.into_iter().flat_map(|(unknown, violating)| violating.iter().map(move |one| (one, unknown)));
        let open = other.open.iter().map(|open| (&open.instance, &open.because));
        let before = self.open.len();
        let room = MOST_OPEN.saturating_sub(before);
        let open = uncertain.chain(open).take(room);
        self.open.extend(open.map(|(instance, because)| OpenInstance {
            instance: through.passed(instance, prefix),
            because: because.clone(),
        }));
        self.open_unlisted = self.open_unlisted.saturating_add(all - (self.open.len() - before));
    }

    /// Takes what a plan says of one more instance. The first that breaks the rule, or else is not known, is where it is
    /// said.
    pub(super) fn take_instance(&mut self, other: &Self) {
        if other.says() > self.says() {
            self.site = other.site.clone();
            self.expression = other.expression;
        }
        self.take(other, &Through::default());
    }

    /// Takes what a plan says of instances of which the configuration says something, too. An instance is listed once: what
    /// is known from the configuration to break the rule does; what is not known there is as the plan has it. `plans` are
    /// the names of the plans, each of which has instances of its own.
    pub(super) fn take_planned(&mut self, planned: &Self, through: &Through, plans: &BTreeSet<String>) {
        let is_of_plan = |instance: &Instance| instance.inputs.as_ref().is_some_and(|name| plans.contains(name));
        let of_sources = self.violating.iter().filter(|instance| !is_of_plan(instance));
        let known: BTreeSet<&str> = of_sources.map(|instance| &*instance.address).collect();
        let mut rest = planned.clone();
        rest.violating.retain(|instance| !known.contains(&*instance.address));
        rest.open.retain(|open| !known.contains(&*open.instance.address));
        if rest.violating.is_empty() {
            rest.ways.clear();
        }
        if rest.open.is_empty() {
            rest.unknown = None;
        }
        let decided: BTreeSet<&str> = rest.violating.iter().map(|instance| &*instance.address).collect();
        let is_open = |open: &OpenInstance| !decided.contains(&*open.instance.address) || is_of_plan(&open.instance);
        self.open.retain(is_open);
        self.take(&rest, through);
    }

    /// The finding, if an instance breaks the rule.
    pub(super) fn finding(self, sources: &Sources) -> Finding {
        let Self { rule, mut site, source, shown_at, wording, expression, mut violating, mut open, mut basis, .. } =
            self;
        basis.files.extend([site.span.file, site.resource.file]);
        tell_roots_apart(&mut violating, &mut open);
        let mut ways: Vec<Way> = self.ways.iter().map(|value| cause::explain(value, &site, wording, sources)).collect();
        let what = format!("`{}` {}{}", site.address, wording.effect, with_values(&violating));
        let literal = source == Source::Repository && matches!(sources.text(expression), "true" | "\"true\"" | "\"1\"");
        let edit = Edit { span: expression, replacement: wording.replacement, description: wording.fix };
        if let Some(shown_at) = shown_at {
            for way in &mut ways {
                way.because.place = way.because.place.or(Some(site.span));
                let label = format!("`{}` is set here", wording.attribute);
                way.hops.insert(0, Hop { span: site.span, label, sensitive: false });
            }
            site.span = shown_at;
            site.resource = shown_at;
        }
        Finding {
            rule,
            site,
            message: because_of(what, &ways, self.has_more_ways),
            label: wording.label.to_owned(),
            ways,
            instances: violating,
            unlisted: self.unlisted,
            open,
            open_unlisted: self.open_unlisted,
            fix: literal.then_some(edit),
            basis,
        }
    }

    /// What could not be decided, if no instance is known to break the rule and one is not known.
    pub(super) fn undecided(mut self) -> Option<Undecided> {
        let because = self.unknown.take()?;
        let Self { rule, mut site, shown_at, wording, mut basis, .. } = self;
        basis.files.extend([site.span.file, site.resource.file]);
        let open = if because.is_flaw { "analysed" } else { "decided" };
        let what = format!("Whether `{}` {} could not be {open}", site.address, wording.effect);
        site.resource = shown_at.unwrap_or(site.resource);
        site.span = shown_at.unwrap_or(site.span);
        let elsewhere = !because.span.is_empty() && !site.span.holds(because.span);
        let cause = Because { why: because.reason.clone(), place: elsewhere.then_some(because.span) };
        let message = Message { what, because: vec![cause], has_more: false };
        Some(Undecided { rule, site, message, because, basis })
    }
}

impl Through {
    /// An instance as it is one of the caller.
    fn passed(&self, instance: &Instance, prefix: &str) -> Instance {
        Instance {
            address: format!("{prefix}{}", instance.address),
            root: instance.root.clone().or_else(|| self.root.clone()),
            inputs: instance.inputs.clone().or_else(|| self.inputs.clone()),
        }
    }
}

/// Leaves the root modules out where all instances are of one.
fn tell_roots_apart(violating: &mut [Instance], open: &mut [OpenInstance]) {
    let all = violating.iter().chain(open.iter().map(|open| &open.instance));
    let roots: BTreeSet<&str> = all.filter_map(|instance| instance.root.as_deref()).collect();
    if roots.len() < 2 {
        let all = violating.iter_mut().chain(open.iter_mut().map(|open| &mut open.instance));
        all.for_each(|instance| instance.root = None);
    }
}

/// What is said, and every cause of some ways once.
fn because_of(what: String, ways: &[Way], has_more_ways: bool) -> Message {
    let mut because: Vec<Because> = Vec::new();
    for way in ways {
        if !because.contains(&way.because) {
            because.push(way.because.clone());
        }
    }
    let has_more = has_more_ways || because.len() > MOST_CAUSES;
    because.truncate(MOST_CAUSES);
    Message { what, because, has_more }
}

/// The files of values with which instances break a rule, unless they do without any.
fn with_values(violating: &[Instance]) -> String {
    let named = violating.iter().map(|instance| instance.inputs.as_deref());
    let Some(named) = named.collect::<Option<BTreeSet<&str>>>() else { return String::new() };
    let shown: Vec<&str> = named.iter().copied().take(MOST_NAMED).collect();
    let more = named.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more files") } else { String::new() };
    format!(" with the values of {}{more}", shown.join(", "))
}
