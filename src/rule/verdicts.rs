//! Verdicts: one for every site, over all its instances and all the inputs that it is evaluated with.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::cause::{self, Cause};
use super::{Basis, Edit, Finding, Hop, Instance, Message, Rule, Site, Undecided, Verdict, Wording};
use crate::source::{FileId, Sources, Span};
use crate::terraform::{InstanceValue, Instances, Resource, Setting, Unknown, Value};

/// So many instances of a finding are listed.
const MOST_LISTED: usize = 1_000;

/// What the rules say about the sites of a module, and of the modules that it calls.
#[derive(Debug, Default)]
pub struct Verdicts {
    sites: BTreeMap<(&'static str, Span), Tally>,
}

/// What a rule says about one site.
#[derive(Debug, Clone)]
struct Tally {
    rule: &'static Rule,
    site: Site,
    /// What the site stands in.
    source: Source,
    /// Where a site that does not is reported: at the call that leads to it.
    shown_at: Option<Span>,
    /// Where the resource stands in trees of modules, by addresses without keys, as far as they are kept.
    places: BTreeSet<String>,
    wording: &'static Wording,
    expression: Span,
    /// The instances that break the rule, how many are not listed, and what the first of them is worth.
    violating: Vec<Instance>,
    unlisted: usize,
    value: Option<Value>,
    /// Why the first one that is not known is not.
    unknown: Option<Arc<Unknown>>,
    basis: Basis,
}

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

/// Takes what a rule says about one resource.
#[derive(Debug)]
pub struct Sink<'r> {
    rule: &'static Rule,
    resource_type: &'r str,
    resource_name: &'r str,
    instances: &'r Instances,
    header: Span,
    place: String,
    /// The files that have a say in which instances there are.
    files: BTreeSet<FileId>,
    source: Source,
    has_judged: bool,
    verdicts: &'r mut Verdicts,
}

/// How the verdicts of a called module become those of its caller.
#[derive(Debug, Clone, Default)]
pub struct Through {
    /// The call, as addresses without keys have it: `module.a.`.
    pub path: String,
    /// What the addresses of its instances start with: `module.a["x"].`.
    pub prefix: String,
    /// The file of values that they are evaluated with, if it was named for that.
    pub inputs: Option<String>,
    /// Why it is not known whether the module has instances.
    pub unknown: Option<Arc<Unknown>>,
    /// The call, when it stands in the repository: there sites are reported that do not.
    pub shown_at: Option<Span>,
    /// The files that have a say in the call: where it stands, and what decides which instances it has.
    pub files: BTreeSet<FileId>,
    /// Whether the root module was given values by, or has read, a file that the scan was asked about.
    pub is_fed: bool,
}

impl<'r> Sink<'r> {
    /// A sink for a rule's verdicts on a resource.
    pub fn new(
        rule: &'static Rule,
        resource: &'r Resource<'_, '_>,
        source: Source,
        verdicts: &'r mut Verdicts,
    ) -> Self {
        Self {
            rule,
            resource_type: resource.kind(),
            resource_name: resource.name(),
            instances: resource.instances(),
            header: resource.header(),
            place: resource.place_in_tree(),
            files: resource.instance_files(),
            source,
            has_judged: false,
            verdicts,
        }
    }

    /// Whether there was something to judge.
    #[must_use]
    pub fn has_judged(&self) -> bool {
        self.has_judged
    }

    /// Takes the verdicts on a setting: `verdict` judges one value, as it would be for an instance that exists.
    /// Whether one does, and what all of them come to, is decided here.
    pub fn judge(&mut self, setting: &Setting, verdict: fn(&Value, Span) -> Verdict, wording: &'static Wording) {
        self.has_judged = true;
        let site = Site {
            span: setting.span,
            resource: self.header,
            attribute: wording.attribute,
            resource_type: self.resource_type.to_owned(),
            resource_name: self.resource_name.to_owned(),
            address: self.place.clone(),
        };
        let tally = self.verdicts.sites.entry((self.rule.id, setting.span)).or_insert_with(|| Tally {
            rule: self.rule,
            site: site.clone(),
            source: self.source,
            shown_at: None,
            places: BTreeSet::new(),
            wording,
            expression: setting.expression,
            violating: Vec::new(),
            unlisted: 0,
            value: None,
            unknown: None,
            basis: Basis::default(),
        });
        tally.basis.files.extend(&self.files);
        tally.places.insert(self.place.clone());
        let before = tally.says();
        for InstanceValue { address, value } in &setting.values {
            match (verdict(value, setting.expression), self.instances) {
                (Verdict::Violation, Instances::Unknown(unknown)) => tally.leave_open(unknown.clone()),
                (Verdict::Violation, Instances::Known(_) | Instances::Many(_)) => {
                    tally.add(Instance { address: address.clone(), inputs: None });
                    tally.basis.files.extend(value.origin.hops().map(|hop| hop.span.file));
                    tally.value.get_or_insert_with(|| value.clone());
                }
                (Verdict::Undecided(unknown), _) => tally.leave_open(unknown),
                (Verdict::Compliant, _) => {}
            }
        }
        // Several resources may read one file: the site is that of the first which breaks the rule, or may.
        if tally.says() > before {
            tally.site = site;
        }
    }
}

impl Tally {
    /// How much there is to say: that it is not known, or that the rule is broken.
    fn says(&self) -> (bool, bool) {
        (self.value.is_some(), self.unknown.is_some())
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

    fn add(&mut self, instance: Instance) {
        if self.violating.len() < MOST_LISTED {
            self.violating.push(instance);
        } else {
            self.unlisted = self.unlisted.saturating_add(1);
        }
    }

    /// Takes what was found about the site in one evaluation of its module.
    fn take(&mut self, other: &Self, through: &Through) {
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
            Some(unknown) if other.value.is_some() => self.leave_open(unknown.clone()),
            Some(_) => {}
            None => {
                // Those that are not listed are counted, and their addresses not made.
                let (listed, rest) = other
                    .violating
                    .split_at(other.violating.len().min(MOST_LISTED.saturating_sub(self.violating.len())));
                self.unlisted = self.unlisted.saturating_add(rest.len());
                for Instance { address, inputs } in listed {
                    let address = format!("{}{address}", through.prefix);
                    self.add(Instance { address, inputs: inputs.clone().or_else(|| through.inputs.clone()) });
                }
                self.unlisted = self.unlisted.saturating_add(other.unlisted);
                self.value = self.value.take().or_else(|| other.value.clone());
            }
        }
        other.unknown.iter().for_each(|unknown| self.leave_open(unknown.clone()));
        if self.says() > before && self.site.span == other.site.span {
            self.site = other.site.clone();
        }
    }

    /// Takes what a plan says of one more instance. The first that breaks the rule, or else is not known, is where it is
    /// said.
    fn take_instance(&mut self, other: &Self) {
        if other.says() > self.says() {
            self.site = other.site.clone();
            self.expression = other.expression;
        }
        self.take(other, &Through::default());
    }

    fn finding(self, value: &Value, sources: &Sources) -> Finding {
        let Self { rule, mut site, source, shown_at, wording, expression, violating, unlisted, mut basis, .. } = self;
        basis.files.extend([site.span.file, site.resource.file]);
        let Cause { why, mut place, mut hops } = cause::explain(value, &site, wording, sources);
        let what = format!("`{}` {}{}", site.address, wording.effect, with_values(&violating));
        let literal = source == Source::Repository && matches!(sources.text(expression), "true" | "\"true\"" | "\"1\"");
        let edit = Edit { span: expression, replacement: wording.replacement, description: wording.fix };
        if let Some(shown_at) = shown_at {
            place = place.or(Some(site.span));
            let label = format!("`{}` is set here", wording.attribute);
            hops.insert(0, Hop { span: site.span, label, sensitive: false });
            site.span = shown_at;
            site.resource = shown_at;
        }
        Finding {
            rule,
            site,
            message: Message { what, why, place },
            label: wording.label.to_owned(),
            hops,
            instances: violating,
            unlisted,
            fix: literal.then_some(edit),
            basis,
        }
    }

    fn undecided(self, because: Arc<Unknown>) -> Undecided {
        let Self { rule, mut site, shown_at, wording, mut basis, .. } = self;
        basis.files.extend([site.span.file, site.resource.file]);
        let open = if because.is_flaw { "analysed" } else { "decided" };
        let what = format!("Whether `{}` {} could not be {open}", site.address, wording.effect);
        site.resource = shown_at.unwrap_or(site.resource);
        site.span = shown_at.unwrap_or(site.span);
        let elsewhere = !because.span.is_empty() && !site.span.holds(because.span);
        let message = Message { what, why: because.reason.clone(), place: elsewhere.then_some(because.span) };
        Undecided { rule, site, message, because, basis }
    }
}

/// So many files of values are named in a message.
const MOST_NAMED: usize = 3;

/// The files of values with which instances break a rule, unless they do without any.
fn with_values(violating: &[Instance]) -> String {
    let named = violating.iter().map(|instance| instance.inputs.as_deref());
    let Some(named) = named.collect::<Option<BTreeSet<&str>>>() else { return String::new() };
    let shown: Vec<&str> = named.iter().copied().take(MOST_NAMED).collect();
    let more = named.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more files") } else { String::new() };
    format!(" with the values of {}{more}", shown.join(", "))
}

impl Verdicts {
    /// Takes what was found in a module that is called, or in one more evaluation.
    pub fn take(&mut self, other: &Self, through: &Through) {
        for (key, tally) in &other.sites {
            let empty = || Tally {
                places: BTreeSet::new(),
                violating: Vec::new(),
                unlisted: 0,
                value: None,
                unknown: None,
                basis: Basis::default(),
                ..tally.clone()
            };
            self.sites.entry(*key).or_insert_with(empty).take(tally, through);
        }
    }

    /// Takes what was found in a plan, by the name of its file. It is said at the site of the configuration that sets the
    /// attribute, when there is one for that place in a tree of modules and no other; else in the plan, once for every
    /// resource of it.
    pub fn take_plan(&mut self, plan: &Self, name: &str) {
        let through = Through { inputs: Some(name.to_owned()), ..Through::default() };
        let mut at_places: HashMap<(&'static str, String), Vec<(&'static str, Span)>> = HashMap::new();
        for (key, known) in &self.sites {
            for place in &known.places {
                at_places.entry((known.rule.id, place.clone())).or_default().push(*key);
            }
        }
        for (key, planned) in &plan.sites {
            let places = planned.places.iter().map(|place| (planned.rule.id, place.clone()));
            let keys: BTreeSet<_> =
                places.clone().filter_map(|place| at_places.get(&place)).flatten().copied().collect();
            let is_of_plan = |key: &(&'static str, Span)| self.sites[key].source == Source::Plan;
            let (of_plans, of_sources): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_of_plan);
            if let [site] = of_sources.as_slice() {
                self.sites.get_mut(site).expect("it was just found").take(planned, &through);
                continue;
            }
            let is_beside = |key: &&(&'static str, Span)| self.sites[*key].site.span.file == planned.site.span.file;
            if let Some(known) = of_plans.iter().find(is_beside) {
                self.sites.get_mut(known).expect("it was just found").take_instance(planned);
                continue;
            }
            self.sites.insert(*key, planned.clone());
            for place in places {
                at_places.entry(place).or_default().push(*key);
            }
        }
    }

    /// What all verdicts come to: a site of which an instance breaks the rule is a finding; one of which none is known
    /// to, and one is not known, is undecided. The last ones were not analysed: something that they hang on is broken,
    /// missing or contradictory.
    #[must_use]
    pub fn finish(self, sources: &Sources) -> (Vec<Finding>, Vec<Undecided>, Vec<Undecided>) {
        let (mut findings, mut undecided, mut unanalysed) = (Vec::new(), Vec::new(), Vec::new());
        for mut tally in self.sites.into_values() {
            match (tally.value.take(), tally.unknown.take()) {
                (Some(value), _) => findings.push(tally.finding(&value, sources)),
                (None, Some(unknown)) if unknown.is_flaw => unanalysed.push(tally.undecided(unknown)),
                (None, Some(unknown)) => undecided.push(tally.undecided(unknown)),
                (None, None) => {}
            }
        }
        (findings, undecided, unanalysed)
    }
}
