//! Verdicts: one for every site, over all its instances and all the inputs that it is evaluated with.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem;
use std::ops::Range;
use std::path::Path;

use super::tally::{Source, Tally, Through};
use super::{Finding, Rule, Site, Undecided, Verdict, Wording};
use crate::source::{FileId, Sources, Span};
use crate::terraform::{Instances, Resource, Setting, Value};

/// What a tally is known by: the rule, and the place.
type Key = (&'static str, Span);

/// What the rules say about the sites of a module, and of the modules that it calls.
#[derive(Debug, Default)]
pub struct Verdicts {
    sites: BTreeMap<Key, Tally>,
    /// The names of the plans that were taken.
    plans: BTreeSet<String>,
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
        let new = || Tally::new(self.rule, site.clone(), self.source, wording, setting.expression);
        let tally = self.verdicts.sites.entry((self.rule.id, setting.span)).or_insert_with(new);
        tally.stands(&self.place, &self.files);
        let before = tally.says();
        let unknown = if let Instances::Unknown(unknown) = self.instances { Some(unknown) } else { None };
        for instance in &setting.values {
            let verdict = verdict(&instance.value, setting.expression);
            tally.take_verdict(verdict, &instance.address, &instance.value, unknown);
        }
        // Several resources may read one file: the site is that of the first which breaks the rule, or may.
        if tally.says() > before {
            tally.site = site;
        }
    }
}

impl Verdicts {
    /// Whether something is known to break a rule.
    #[must_use]
    pub fn has_violation(&self) -> bool {
        self.sites.values().any(|tally| !tally.ways.is_empty())
    }

    /// Takes what was found in a module that is called, or in one more evaluation.
    pub fn take(&mut self, other: &Self, through: &Through) {
        for (key, tally) in &other.sites {
            self.sites.entry(*key).or_insert_with(|| tally.emptied()).take(tally, through);
        }
    }

    /// Makes one of the sites that are at one place of one file: a file may have been read under several names, and for
    /// several root modules.
    pub fn unite(&mut self, sources: &Sources) {
        let mut places: HashMap<(&str, &Path, Range<usize>), Key> = HashMap::new();
        for (key, tally) in mem::take(&mut self.sites) {
            let (rule, span) = key;
            let first = *places.entry((rule, sources[span.file].path(), span.range())).or_insert(key);
            match self.sites.get_mut(&first) {
                Some(known) => known.take(&tally, &Through::default()),
                None => _ = self.sites.insert(key, tally),
            }
        }
    }

    /// Takes what was found in a plan, by the name of its file. It is said at the site of the configuration that sets the
    /// attribute, when there is one for that place in a tree of modules and no other; else in the plan, once for every
    /// resource of it.
    pub fn take_plan(&mut self, plan: &Self, name: &str) {
        let through = Through { inputs: Some(name.to_owned()), ..Through::default() };
        let mut at_places: HashMap<(&'static str, String), Vec<Key>> = HashMap::new();
        for (key, known) in &self.sites {
            for place in &known.places {
                at_places.entry((known.rule.id, place.clone())).or_default().push(*key);
            }
        }
        self.plans.insert(name.to_owned());
        for (key, planned) in &plan.sites {
            let places = planned.places.iter().map(|place| (planned.rule.id, place.clone()));
            let keys: BTreeSet<_> =
                places.clone().filter_map(|place| at_places.get(&place)).flatten().copied().collect();
            let is_of_plan = |key: &Key| self.sites[key].source == Source::Plan;
            let (of_plans, of_sources): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_of_plan);
            if let [site] = of_sources.as_slice() {
                let site = self.sites.get_mut(site).expect("it was just found");
                site.take_planned(planned, &through, &self.plans);
                continue;
            }
            let is_beside = |key: &&Key| self.sites[*key].site.span.file == planned.site.span.file;
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
        let (breaking, others): (Vec<_>, Vec<_>) = self.sites.into_values().partition(|tally| !tally.ways.is_empty());
        let findings = breaking.into_iter().map(|tally| tally.finding(sources)).collect();
        let (unanalysed, undecided) =
            others.into_iter().filter_map(Tally::undecided).partition(|undecided| undecided.because.is_flaw);
        (findings, undecided, unanalysed)
    }
}
