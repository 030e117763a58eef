//! The season at a glance: what targets a release, how ready it is, what is at risk, and whose turn it is.
//!
//! Nothing is judged here a second time. A legacy document is read as the front matter that its migration would
//! make ([`crate::migration`]), what it lacks for `implementable` is what its step would lack ([`crate::proposal`]),
//! and every risk but those of the calendar is a verdict of the book.
//!
//! Text of documents is cut to one visible line here, once for all that tell it.
//!
//! Absent on purpose: how it looks, and any guess at what shipped. A release that is out confirms nothing.

mod changes;
mod next;
mod risk;
mod succession;

pub use changes::{Change, Changes, changes};
pub use next::{Next, Who};
pub use risk::{At, Risk};
pub use succession::{Link, Node, Succession, succession};

use crate::calendar::{Freeze, days, last_safe_day};
use crate::document::{Document, Front};
use crate::lifecycle::{Start, step};
use crate::matter::implied;
use crate::migration::{Migration, migrate};
use crate::proposal::{Inputs, propose};
use crate::prose::{self, Aim};
use crate::rule::Was;
use crate::sheet::{Sheet, judge};
use crate::text::{code, one_line};
use crate::vep::{Handle, Number, Release, Stage, Status};
use crate::world::World;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most people of one part that are named.
const MOST_PEOPLE: usize = 10;

/// What is looked at.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Releases; none: all live VEPs.
    pub releases: Vec<Release>,
    /// Only the VEPs of this SIG, or of `meta-VEPs`.
    pub sig: Option<String>,
    /// Only those that name this person.
    pub person: Option<Handle>,
}

/// The season, or a part of it, as it is on one day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Overview {
    /// The day it is for
    pub today: String,
    /// Where the dates come from, and how old that is
    pub calendar: String,
    /// The commit it is for, where an earlier one was asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// What is looked at, in words
    pub scope: String,
    /// Their dates
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<Dates>,
    /// How many VEPs
    pub counts: Counts,
    /// What changed, where an earlier day or commit was asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// The VEPs
    pub groups: Vec<Group>,
}

/// The dates of a release. An absent date is not known.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Dates {
    /// Its name
    pub release: String,
    /// `design`, `implementation`, `stabilization`, `released` or `unknown`
    pub phase: &'static str,
    /// Since when it is planned for: the VEP Freeze of the release before it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_from: Option<String>,
    /// The VEP Freeze
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vep_freeze: Option<String>,
    /// Days to the VEP Freeze; 0 and below: too late
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i32>,
    /// The last day on which something may be approved
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_safe_day: Option<String>,
    /// The code freeze
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_freeze: Option<String>,
    /// The planned GA of KubeVirt
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_ga: Option<String>,
}

/// How many VEPs there are, by what; one that stands in two groups counts once.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Counts {
    /// All of them
    pub veps: usize,
    /// Feature VEPs with a standard target; meta-VEPs and other targets are counted apart
    pub features: usize,
    /// Meta-VEPs
    #[serde(skip_serializing_if = "is_none")]
    pub meta: usize,
    /// With a target that is no stage
    #[serde(skip_serializing_if = "is_none")]
    pub nonstandard: usize,
    /// With at least one risk
    pub at_risk: usize,
    /// Without front matter: read from prose
    #[serde(skip_serializing_if = "is_none")]
    pub legacy: usize,
    /// By state
    pub by_status: BTreeMap<String, usize>,
    /// By risk
    pub by_risk: BTreeMap<&'static str, usize>,
    /// By owning SIG
    pub by_sig: BTreeMap<String, usize>,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// VEPs that belong together.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Group {
    /// The release; none where VEPs are listed whatever they target
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// What they have in common
    pub kind: Kind,
    /// All of them
    pub veps: Vec<Entry>,
}

impl Group {
    /// What it is called.
    pub fn heading(&self) -> String {
        match (&self.release, self.kind) {
            (Some(release), Kind::Meta | Kind::Nonstandard) => {
                format!("{} for {release}", self.kind.as_str())
            }
            (Some(release), kind) => format!("{} in {release}", kind.as_str()),
            (None, kind) => kind.as_str().into(),
        }
    }
}

/// What VEPs have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Alpha is targeted.
    Alpha,
    /// Beta is targeted.
    Beta,
    /// GA is targeted.
    Ga,
    /// No release is targeted.
    Untargeted,
    /// VEPs about the process.
    Meta,
    /// A target that is none of the three stages.
    Nonstandard,
}

impl Kind {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alpha => "Alpha",
            Self::Beta => "Beta",
            Self::Ga => "GA",
            Self::Untargeted => "No target",
            Self::Meta => "Meta-VEPs",
            Self::Nonstandard => "Other targets",
        }
    }
}

impl From<Stage> for Kind {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Alpha => Self::Alpha,
            Stage::Beta => Self::Beta,
            Stage::Ga => Self::Ga,
        }
    }
}

/// One VEP at a glance.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Entry {
    /// Its number
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// Its title
    pub title: String,
    /// The owning SIG
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sig: Option<String>,
    /// A state, or `unreadable`
    pub status: &'static str,
    /// The state is implied by prose, and how sure that is: `stated`, `inferred` or `guess`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implied: Option<&'static str>,
    /// What it targets, stage by stage
    pub targets: Vec<Target>,
    /// Who wrote it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Who reviews it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reviewers: Vec<String>,
    /// Who approves it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// What it lacks for implementable; none where the gate is not the question
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
    /// What may keep it from its release
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<At>,
    /// What it needs next
    pub next: Next,
    /// Its path
    pub path: String,
}

impl Entry {
    /// `VEP-402`, or its path.
    pub fn name(&self) -> String {
        self.number.map_or_else(|| self.path.clone(), |number| format!("VEP-{number}"))
    }
}

/// A stage and its release, as a document targets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Target {
    /// `alpha`, `beta`, `ga`, or what else is written there
    pub stage: String,
    /// Its name
    pub release: String,
    /// It is for the release that is asked about
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub here: bool,
    /// The release is out and nothing confirms that it shipped there
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
    /// How it departs from a stage with a release in its canonical spelling
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departs: Option<String>,
    #[serde(skip)]
    known: Option<(Stage, Release)>,
}

/// Looks at a part of the season.
pub fn overview(world: &World, scope: &Scope) -> Overview {
    let documents: Vec<&Arc<Document>> =
        world.head.proposals().iter().filter(|document| concerns(world, scope, document)).collect();
    world.work.expect(documents.len());
    let waits = |_: &&&Arc<Document>| !world.work.is_stopped();
    let looked = documents.iter().take_while(waits).map(|document| {
        let look = Look::at(world, document);
        world.work.step();
        look
    });
    let looks: Vec<Look<'_>> = looked.collect();
    let groups = match scope.releases.as_slice() {
        [] => grouped(&looks, scope, None),
        some => some.iter().flat_map(|release| grouped(&looks, scope, Some(*release))).collect(),
    };
    Overview {
        today: world.today.to_string(),
        calendar: world.calendar.told(world.today),
        as_of: world.as_of.clone(),
        scope: told(scope),
        releases: scope.releases.iter().map(|release| dates(world, *release)).collect(),
        counts: counted(&groups),
        changes: world
            .earlier
            .as_ref()
            .map(|earlier| changes(world, earlier, |document| concerns(world, scope, document))),
        groups,
    }
}

fn told(scope: &Scope) -> String {
    let releases: Vec<String> = scope.releases.iter().map(ToString::to_string).collect();
    let what = if releases.is_empty() { "all live VEPs".into() } else { releases.join(" and ") };
    let sig = scope.sig.as_deref().map(|sig| format!(", {}", code(&one_line(sig, 60))));
    let person = scope.person.as_ref().map(|it| format!(", with {}", code(&handle(it))));
    [Some(what), sig, person].into_iter().flatten().collect()
}

/// Whether a document belongs to what is looked at; cheap, for there may be thousands.
fn concerns(world: &World, scope: &Scope, document: &Document) -> bool {
    let person_fits = scope.person.as_ref().is_none_or(|wanted| names_person(document, wanted));
    let sig_fits = scope.sig.as_deref().is_none_or(|wanted| is_of_sig(document, wanted));
    let scope_fits = || match scope.releases.as_slice() {
        [] => status_of(world, document).is_none_or(Status::is_live),
        some => is_for(world, document, some),
    };
    person_fits && sig_fits && scope_fits()
}

/// Whether a VEP names somebody, in whichever part.
pub fn names_person(document: &Document, wanted: &Handle) -> bool {
    document.facts().people().any(|(_, it)| it.value.is(wanted))
}

/// Whether a SIG owns a VEP, or it lies in that SIG's folder or among the meta-VEPs.
pub fn is_of_sig(document: &Document, wanted: &str) -> bool {
    sig(document) == Some(wanted) || document.home.folder() == Some(wanted)
}

/// Whether a VEP targets one of these releases, with a stage or with something that is none.
pub fn is_for(world: &World, document: &Document, releases: &[Release]) -> bool {
    targets(world, document).iter().any(|it| it.release_in(releases))
}

/// The state, written or implied; none where it cannot be read.
fn status_of(world: &World, document: &Document) -> Option<Status> {
    let written = document.facts().status.as_ref().map(|fact| fact.value);
    written.or_else(|| document.is_legacy().then(|| implied(world, document).status))
}

fn sig(document: &Document) -> Option<&str> {
    document.facts().sig.as_ref().map(|fact| fact.value.as_str()).or_else(|| document.home.folder())
}

fn handle(handle: &Handle) -> String {
    format!("@{}", one_line(handle.login(), 40))
}

impl Target {
    fn release_in(&self, releases: &[Release]) -> bool {
        let release = self.known.map(|(_, release)| release).or_else(|| Release::read(&self.release));
        release.is_some_and(|release| releases.contains(&release))
    }

    /// The stage, where it is one of the three and its target counts.
    pub fn stage(&self) -> Option<Stage> {
        self.known.map(|(stage, _)| stage)
    }
}

/// Everything that a document targets: the stages first, then what no key of the schema can say.
fn targets(world: &World, document: &Document) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for (stage, fact) in &document.facts().targets {
        targets.push(Target {
            stage: stage.to_string(),
            release: fact.value.to_string(),
            here: false,
            unconfirmed: is_unconfirmed(world, document, Some(*stage), fact.value),
            departs: None,
            known: Some((*stage, fact.value)),
        });
    }
    let strange = match &document.front {
        Front::Read { matter, .. } => {
            let written = matter.milestone.value().into_iter().flatten();
            written.filter_map(|it| strange_key(&it.stage.value, &it.release.value)).collect()
        }
        _ => strange_bullets(document),
    };
    for (known, stage, release, departs) in strange {
        let same = targets.iter_mut().find(|it| known.is_some() && it.known == known);
        match same {
            Some(target) => target.departs = Some(departs),
            None => targets.push(Target {
                stage: one_line(&stage, 30),
                release: release.to_string(),
                here: false,
                unconfirmed: is_unconfirmed(world, document, None, release),
                departs: Some(departs),
                known: None,
            }),
        }
    }
    targets
}

/// What departs from a target as the schema has it: the target that it comes to, if any, what is written for the
/// stage, the release, and in which way.
type Strange = (Option<(Stage, Release)>, String, Release, String);

fn strange_key(stage: &str, release: &str) -> Option<Strange> {
    let read = Release::read(release)?;
    match Stage::read(stage) {
        Some(_) if read.is_canonical(release) => None,
        Some(known) => {
            let departs = format!("written as {}", code(&one_line(release, 30)));
            Some((Some((known, read)), stage.into(), read, departs))
        }
        None => Some((None, stage.into(), read, format!("{} is no stage", code(&one_line(stage, 30))))),
    }
}

fn strange_bullets(document: &Document) -> Vec<Strange> {
    let blocks = document.target_blocks();
    let bullets = blocks.iter().enumerate().flat_map(|(index, block)| {
        block.bullets.iter().filter(|bullet| !bullet.struck).map(move |bullet| (index, block, bullet))
    });
    let strange = bullets.filter_map(|(index, block, bullet)| {
        let release = bullet.release?;
        let written = bullet.raw.split_whitespace().next().unwrap_or_default();
        let known = bullet.aim.stage().map(|stage| (stage, release)).filter(|_| index == 0);
        let departs = match &bullet.aim {
            Aim::Ship => "written as a ship target, which has no stage".to_owned(),
            Aim::Other(name) => format!("{} is no stage", code(&one_line(name, 30))),
            Aim::Unstaged => "it names no stage".into(),
            Aim::Stage(_) if index > 0 => match &block.label {
                Some(label) => format!("a second list of targets ({})", code(&one_line(label, 60))),
                None => "a second list of targets".into(),
            },
            Aim::Stage(_) if !release.is_canonical(written) => {
                format!("written as {}", code(&one_line(written, 30)))
            }
            Aim::Stage(_) => return None,
        };
        Some((known, bullet.aim.as_str().to_owned(), release, departs))
    });
    strange.collect()
}

/// Whether a target's release is out while nothing confirms that it shipped there: neither the state, nor a later
/// stage in flight in front matter, nor the text by a line that says so or by the stage's ticked boxes.
fn is_unconfirmed(world: &World, document: &Document, stage: Option<Stage>, release: Release) -> bool {
    if world.calendar.is_out(release, world.today) != Some(true) {
        return false;
    }
    let facts = document.facts();
    let implemented = facts.status.as_ref().is_some_and(|fact| fact.value == Status::Implemented);
    let in_flight = facts.stage.as_ref();
    let moved_on = in_flight.zip(stage).is_some_and(|(fact, stage)| fact.value > stage);
    let ga = world.calendar.schedule(release).and_then(|schedule| schedule.ga);
    let outline = document.outline();
    let confirmed = match stage {
        Some(stage) => prose::shipped(outline, stage, release, ga).is_some(),
        None => Stage::ALL.iter().any(|stage| prose::confirms(outline, *stage, release, ga).is_some()),
    };
    !implemented && !moved_on && !confirmed
}

/// A document, read once.
struct Look<'w> {
    world: &'w World,
    document: &'w Arc<Document>,
    status: Option<Status>,
    implied: Option<&'static str>,
    targets: Vec<Target>,
    /// The stage in flight and its release.
    target: Option<(Stage, Release)>,
    /// What it lacks for implementable: the rule, and the finding.
    lacks: Vec<(&'static str, String)>,
    /// Whether the gate is a question: not where a VEP is complete or closed.
    at_gate: bool,
    /// What the book says of it, as it would be with front matter and at its state or the next one.
    sheet: Option<Sheet>,
}

impl<'w> Look<'w> {
    fn at(world: &'w World, document: &'w Arc<Document>) -> Self {
        let migration = migrate(world, document, &crate::migration::Origin::default());
        let status = match &migration {
            Some(migration) => Some(migration.implied.status),
            None => document.facts().status.as_ref().map(|fact| fact.value),
        };
        let then = migration.as_ref().map_or_else(|| Arc::clone(document), |it| Arc::new(it.then.clone()));
        let mut look = Self {
            world,
            document,
            status,
            implied: migration.as_ref().map(|it| it.implied.certainty.as_str()),
            targets: targets(world, document),
            target: world.target(&then).map(|(stage, fact)| (stage, fact.value)),
            lacks: vec![],
            at_gate: status.is_none_or(|it| it.is_live() || it == Status::Deferred),
            sheet: None,
        };
        look.judge(&then, migration);
        look
    }

    /// Asks what the step into implementable would lack. A document that stays as it is is only judged.
    fn judge(&mut self, then: &Arc<Document>, migration: Option<Migration>) {
        let at = match &migration {
            Some(_) => self.world.after(std::slice::from_ref(then.as_ref())),
            None => self.world.clone(),
        };
        let live = self.status.is_none_or(Status::is_live);
        if !live {
            self.sheet = Some(judge(&at, then, Was::Unknown));
            self.at_gate = false;
            return;
        }
        let start = Start::At(self.status.unwrap_or(Status::Provisional));
        let proposal = propose(&at, then, step(start, Status::Implementable), &Inputs::default());
        if migration.is_some() {
            self.lacks.push(("front-matter-present", "it has no front matter".into()));
        }
        // The day of creation is in the history, from which the migration takes it.
        let is_told = |rule: &str| migration.is_none() || rule != "creation-date-real";
        let lacks = proposal.lacks.iter().filter(|lack| is_told(lack.rule));
        self.lacks.extend(lacks.map(|lack| (lack.rule, lack.what.clone())));
        // What only people can mend in a migrated document was there before; a step would not name it.
        let owed = migration.iter().flat_map(Migration::owed);
        for (rule, what) in owed.filter(|(rule, _)| is_told(rule)) {
            if !self.lacks.iter().any(|(known, _)| *known == rule) {
                self.lacks.push((rule, what.to_owned()));
            }
        }
        self.sheet = proposal.sheet;
    }

    fn entry(&self, releases: &[Release], here: Option<&[Release]>) -> Entry {
        let facts = self.document.facts();
        let people = |all: &[crate::document::Fact<Handle>]| {
            all.iter().take(MOST_PEOPLE).map(|fact| handle(&fact.value)).collect()
        };
        let mut targets = self.targets.clone();
        for target in &mut targets {
            target.here = here.is_some_and(|here| target.release_in(here));
        }
        let risks = risk::of(self, &targets, releases);
        let next = next::of(self, &targets, &risks, releases);
        Entry {
            number: self.document.number(),
            title: facts.title.as_ref().map_or_else(|| "untitled".into(), |fact| one_line(&fact.value, 80)),
            sig: sig(self.document).map(|sig| one_line(sig, 40)),
            status: self.status.map_or("unreadable", Status::as_str),
            implied: self.implied,
            targets,
            authors: people(&facts.authors),
            reviewers: people(&facts.reviewers),
            approvers: people(&facts.approvers),
            lacks: if self.at_gate { lacking(&self.lacks) } else { vec![] },
            risks,
            next,
            path: one_line(self.document.path(), 200),
        }
    }

    /// The groups to which it belongs for a release; for none, the one group of what it works towards.
    fn kinds(&self, release: Option<Release>) -> Vec<Kind> {
        let meta = self.document.home.is_meta();
        let Some(release) = release else {
            let strange = self.targets.iter().any(|it| it.known.is_none());
            return vec![match self.target {
                _ if meta => Kind::Meta,
                Some((stage, _)) => stage.into(),
                None if strange => Kind::Nonstandard,
                None => Kind::Untargeted,
            }];
        };
        let own = self.targets.iter().filter_map(|it| it.known);
        let stages: Vec<Kind> = own.filter(|(_, it)| *it == release).map(|(stage, _)| stage.into()).collect();
        let strange = self.targets.iter().any(|it| it.known.is_none() && it.release_in(&[release]));
        match stages.as_slice() {
            [_, ..] if meta => vec![Kind::Meta],
            // Two stages for one release are an error of their own; it is listed with the first.
            [first, ..] => vec![*first],
            [] if strange => vec![Kind::Nonstandard],
            [] => vec![],
        }
    }
}

/// What is lacking in a few words: a rule once, with the number of its findings.
fn lacking(lacks: &[(&'static str, String)]) -> Vec<String> {
    let mut told: Vec<(&str, String, usize)> = Vec::new();
    for (rule, what) in lacks {
        match told.iter_mut().find(|(known, ..)| known == rule) {
            Some((.., count)) => *count += 1,
            None => told.push((rule, short(rule, what), 1)),
        }
    }
    told.into_iter()
        .map(
            |(_, what, count)| {
                if count > 1 { format!("{what}, and {} more like it", count - 1) } else { what }
            },
        )
        .collect()
}

/// What is lacking, where the rule alone says it all.
const SHORT: &[(&str, &str)] = &[
    ("front-matter-present", "front matter"),
    ("reviewers-named", "named reviewers"),
    ("approvers-named", "named approvers"),
    ("authors-named", "named authors"),
    ("feature-gate-named", "a feature gate, or why there is none"),
    ("stage-present", "the stage in flight"),
    ("milestone-set", "a release for the stage in flight"),
];

fn short(rule: &str, what: &str) -> String {
    let known = SHORT.iter().find(|(known, _)| *known == rule);
    known.map_or_else(|| crate::text::sentence(what, 100), |(_, short)| (*short).to_owned())
}

fn grouped(looks: &[Look<'_>], scope: &Scope, release: Option<Release>) -> Vec<Group> {
    let asked = scope.releases.as_slice();
    let mut kinds: BTreeMap<Kind, Vec<Entry>> = BTreeMap::new();
    for look in looks {
        for kind in look.kinds(release) {
            let of: Vec<Release> = match release {
                Some(release) => vec![release],
                None => look.target.iter().map(|(_, release)| *release).collect(),
            };
            kinds.entry(kind).or_default().push(look.entry(&of, release.map(|_| asked)));
        }
    }
    let release = release.map(|release| release.to_string());
    kinds.into_iter().map(|(kind, veps)| Group { release: release.clone(), kind, veps }).collect()
}

fn counted(groups: &[Group]) -> Counts {
    let mut counts = Counts::default();
    let mut seen = std::collections::BTreeSet::new();
    for (kind, entry) in groups.iter().flat_map(|group| group.veps.iter().map(|entry| (group.kind, entry))) {
        if !seen.insert(&entry.path) {
            continue;
        }
        counts.veps += 1;
        match kind {
            Kind::Meta => counts.meta += 1,
            Kind::Nonstandard => counts.nonstandard += 1,
            _ => counts.features += 1,
        }
        counts.at_risk += usize::from(!entry.risks.is_empty());
        counts.legacy += usize::from(entry.implied.is_some());
        *counts.by_status.entry(entry.status.into()).or_default() += 1;
        *counts.by_sig.entry(entry.sig.clone().unwrap_or_else(|| "none".into())).or_default() += 1;
        for at in &entry.risks {
            *counts.by_risk.entry(at.risk.as_str()).or_default() += 1;
        }
    }
    counts
}

fn dates(world: &World, release: Release) -> Dates {
    let schedule = world.calendar.schedule(release);
    let written = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
    let freeze = match world.calendar.freeze(release) {
        Freeze::On(freeze) => Some(freeze),
        _ => None,
    };
    let before = world.calendar.releases().filter(|(other, _)| *other < release).last();
    let planned_from = before.and_then(|(_, before)| match before.freeze {
        Freeze::On(day) => Some(day),
        _ => None,
    });
    Dates {
        release: release.to_string(),
        planned_from: written(planned_from),
        phase: world.calendar.phase(release, world.today).as_str(),
        vep_freeze: written(freeze),
        days_left: freeze.map(|freeze| days(world.today, freeze)),
        last_safe_day: written(freeze.map(last_safe_day)),
        code_freeze: written(schedule.and_then(|it| it.code_freeze)),
        planned_ga: written(schedule.and_then(|it| it.ga)),
    }
}
