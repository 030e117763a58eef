//! Proposals: what a VEP would be after a step, and whether it may be proposed.
//!
//! The step's changes are made in memory ([`crate::edit`]), the result is read and the whole book is asked
//! about it: there is no second copy of the law. What the step lacks is asked for by name and never
//! invented; a step that is refused or that lacks something leaves no patch.
//!
//! Absent on purpose: writing, and opening a pull request.

mod mends;
mod pull_request;

pub use mends::mended;
pub use pull_request::{Prepared, prepare, with_trailer};

use crate::document::Document;
use crate::edit::{self, Change, Refusal};
use crate::law::Severity;
use crate::lifecycle::{Standing, Step};
use crate::migration::{Doubt, Origin, migrate};
use crate::patch::Patch;
use crate::rule::{Rule, Was};
use crate::sheet::{Age, Bar, Declaration, Flaw, Outcome, Sheet, conditions, judge};
use crate::text::{Source, code, one_line};
use crate::vep::{Handle, Number, Release, Stage, Status};
use crate::world::World;
use crate::yaml::Kind;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a step is given beside its state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The day on which it was first opened.
    pub created: Option<Date>,
    /// The stage in flight.
    pub stage: Option<Stage>,
    /// Releases for stages; none: not yet.
    pub targets: BTreeMap<Stage, Option<Release>>,
    /// The authors, all of them.
    pub authors: Vec<Handle>,
    /// The reviewers, all of them.
    pub reviewers: Vec<Handle>,
    /// The approvers, all of them.
    pub approvers: Vec<Handle>,
    /// The gates, all of them.
    pub gates: Vec<String>,
    /// The VEP that takes its place.
    pub successor: Option<Number>,
    /// Why a refused step is meant all the same, each with the rules that it speaks of.
    pub declared: Vec<(&'static [&'static str], Declaration)>,
}

impl Inputs {
    /// The keys whose values are given; the state's, too, where a person chose another one.
    fn answered(&self, is_moved: bool) -> Vec<&'static str> {
        let given = [
            ("status", is_moved),
            ("creation-date", self.created.is_some()),
            ("authors", !self.authors.is_empty()),
            ("reviewers", !self.reviewers.is_empty()),
            ("approvers", !self.approvers.is_empty()),
            ("feature-gate", !self.gates.is_empty()),
        ];
        given.into_iter().filter_map(|(key, is_given)| is_given.then_some(key)).collect()
    }
}

/// What can be declared, and the rules whose errors it speaks of.
pub const DECLARATIONS: [(&str, &[&str]); 4] = [
    ("correction", &["step-lawful"]),
    ("retroactive", &["step-lawful", "before-freeze"]),
    ("backfill", &["before-freeze"]),
    ("exception", &["before-freeze"]),
];

/// A step with what it comes to.
#[derive(Debug)]
pub struct Proposal {
    /// The step.
    pub step: Step,
    /// Whether it may be proposed.
    pub outcome: Readiness,
    /// What keeps it from that: flaws that the step makes, by rule.
    pub lacks: Vec<Lack>,
    /// Warnings that the document would have beside.
    pub warnings: Vec<Lack>,
    /// What has to be given, by name.
    pub asks: Vec<Ask>,
    /// What the book says of the document as it would be; none where it could not be made.
    pub sheet: Option<Sheet>,
    /// The document as it would be.
    pub then: Option<Document>,
    /// The files that change; empty unless the step is ready or for a person to decide.
    pub patches: Vec<Patch>,
}

/// Whether a step may be proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// It may.
    Ready,
    /// The law leaves it open, or somebody declared why it is meant: a person must decide.
    Undecided,
    /// Something is missing.
    Lacking,
    /// The law forbids it.
    Refused,
}

impl Readiness {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Undecided => "a person must decide",
            Self::Lacking => "lacks something",
            Self::Refused => "refused",
        }
    }

    /// Whether a patch is shown.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Ready | Self::Undecided)
    }
}

/// Something that a step lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// The rule that says so.
    pub rule: &'static str,
    /// The file, where it is another document's.
    pub file: Option<String>,
    /// Where, in the document as it is.
    pub line: usize,
    /// What is missing.
    pub what: String,
    /// How it is mended.
    pub fix: String,
}

/// An input that a step needs and that only a person can give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The input, as it is set: `reviewers`, `milestone.alpha`, …
    pub input: String,
    /// The question.
    pub question: &'static str,
}

/// Proposes a step of a document.
pub fn propose(world: &World, document: &Arc<Document>, step: Step, inputs: &Inputs) -> Proposal {
    let declared = inputs.declared.iter().any(|(rules, _)| rules.contains(&"step-lawful"));
    let forbidden = step.ground.standing == Standing::Unlawful && !declared;
    let nothing = |outcome, lacks| Proposal {
        step,
        outcome,
        lacks,
        warnings: vec![],
        asks: vec![],
        sheet: None,
        then: None,
        patches: vec![],
    };
    // A legacy document is answered for as it would be after its migration; both are one patch.
    let migration = match document.is_legacy() {
        false => None,
        true => match migrate(world, document, &Origin::of(world, document)) {
            Some(migration) => Some(migration),
            None => return nothing(Readiness::Lacking, vec![without_front_matter()]),
        },
    };
    let migrated = migration.as_ref().map(|migration| Arc::new(migration.then.clone()));
    let made =
        made(world, migrated.as_ref().unwrap_or(document), step.to, inputs).map(|made| from(document, made));
    let (documents, patches) = match made {
        Ok(made) => made,
        Err((path, refusal)) => {
            let outcome = if forbidden { Readiness::Refused } else { Readiness::Lacking };
            return nothing(outcome, vec![not_editable(document, &path, &refusal)]);
        }
    };
    let mut sheets = judged(world, &documents);
    let then = documents.into_iter().next();
    let bar = Bar { from: Severity::Error, all: false };
    sheets.iter_mut().for_each(|sheet| sheet.declare(&inputs.declared, bar));
    let mut lacks = lacks(&sheets, step.to, document);
    let mut warnings = sheets.first().map(|sheet| warnings(sheet, step.to)).unwrap_or_default();
    let doubts = sheets.first().map(doubts).unwrap_or_default();
    let succession = succession(world, document, step.to, inputs);
    lacks.extend(succession.lacks);
    let settled = inputs.answered(migration.as_ref().is_some_and(|it| it.implied.status != step.to));
    let migrating = migration.iter().flat_map(|migration| &migration.doubts);
    let migrating = migrating.filter(|doubt| !settled.iter().any(|key| doubt.is_settled_by(key)));
    let migrating = migrating.map(unsettled);
    let doubts: Vec<Lack> = doubts.into_iter().chain(succession.doubts).chain(migrating).collect();
    let in_doubt = !doubts.is_empty();
    warnings.extend(doubts);
    let outcome = match () {
        () if forbidden => Readiness::Refused,
        () if !lacks.is_empty() => Readiness::Lacking,
        () if step.ground.standing == Standing::Unsettled => Readiness::Undecided,
        () if in_doubt || warnings.iter().any(|it| FOR_A_PERSON.contains(&it.rule)) => Readiness::Undecided,
        () if sheets.iter().any(|sheet| sheet.outcome(bar) != Outcome::Passes) => Readiness::Undecided,
        () => Readiness::Ready,
    };
    let asks = asks(&lacks, then.as_ref());
    Proposal {
        step,
        outcome,
        lacks,
        warnings,
        asks,
        sheet: sheets.into_iter().next(),
        then,
        patches: if outcome.is_open() { patches } else { vec![] },
    }
}

/// Documents and patches that were made from a migrated document, as patches of the document as it is.
fn from(document: &Document, (documents, mut patches): Made) -> Made {
    for patch in patches.iter_mut().filter(|patch| patch.path == document.path()) {
        patch.before = Some(document.source.text().into());
    }
    patches.retain(|patch| !patch.is_empty());
    (documents, patches)
}

/// What a chair has to settle about a migration, as a warning of the step that brings it.
fn unsettled(doubt: &Doubt) -> Lack {
    Lack {
        rule: "front-matter-present",
        file: None,
        line: doubt.line.unwrap_or(1),
        what: format!("migrating it leaves a doubt: {}", doubt.what.trim_end_matches(['.', '?'])),
        fix: "A chair of the SIG settles it.".into(),
    }
}

fn without_front_matter() -> Lack {
    Lack {
        rule: "front-matter-present",
        file: None,
        line: 1,
        what: "it has no front matter that could say so".into(),
        fix: "Migrate it first: front matter takes the place of the status section.".into(),
    }
}

fn not_editable(document: &Document, path: &str, refusal: &Refusal) -> Lack {
    Lack {
        rule: "front-matter-parses",
        file: (path != document.path()).then(|| path.to_owned()),
        line: if path == document.path() { document.source.line(refusal.span.start) } else { 1 },
        what: format!("it cannot be edited exactly: {}", refusal.what),
        fix: "Make this edit by hand, and ask again.".into(),
    }
}

/// The documents as they would be, the VEP itself first, and the patches that make them so.
type Made = (Vec<Document>, Vec<Patch>);

fn made(
    world: &World,
    document: &Arc<Document>,
    to: Status,
    inputs: &Inputs,
) -> Result<Made, (String, Refusal)> {
    let mut made = (Vec::new(), Vec::new());
    let mut make = |document: &Document, changes: &[Change]| {
        let patch =
            edit::edited(document, changes).map_err(|refusal| (document.path().to_owned(), refusal))?;
        made.0.push(Document::parse(Source::new(document.path(), patch.after.as_str())));
        made.1.push(patch);
        Ok(())
    };
    make(document, &changes(world, document, to, inputs))?;
    let successor = inputs.successor.and_then(|number| world.head.numbered(number).next());
    // What stands in the way of a successor is told by `succession`; nothing that it says is written over.
    if let (Some(successor), Some(number), Status::Replaced) = (successor, document.number(), to)
        && successor.facts().replaces.is_none()
        && successor.path() != document.path()
        && successor.matter().is_some()
    {
        make(successor, &[Change::SetNumber("replaces", number)])?;
    }
    Ok(made)
}

/// What a step changes in the document itself.
fn changes(world: &World, document: &Document, to: Status, inputs: &Inputs) -> Vec<Change> {
    let mut changes = Vec::new();
    if document.facts().status.as_ref().map(|fact| fact.value) != Some(to) {
        changes.push(Change::Set("status", to.as_str().into()));
    }
    changes.extend(inputs.created.iter().map(|day| Change::Set("creation-date", day.to_string())));
    let people =
        [("authors", &inputs.authors), ("reviewers", &inputs.reviewers), ("approvers", &inputs.approvers)];
    for (key, people) in people {
        if !people.is_empty() {
            let written =
                |it: &Handle| if it.is_tbd() { "TBD".to_owned() } else { format!("@{}", it.login()) };
            changes.push(Change::List(key, people.iter().map(written).collect()));
        }
    }
    changes.extend(gate(document, &inputs.gates));
    changes.extend(inputs.stage.iter().map(|stage| Change::Set("stage", stage.as_str().into())));
    let targets = inputs.targets.iter();
    changes.extend(targets.map(|(stage, release)| Change::Target(*stage, said(*release))));
    if to == Status::Deferred {
        // Deferred means removed from release tracking; what is out stays as history.
        let live = document.facts().targets.iter().filter(|(stage, release)| {
            !inputs.targets.contains_key(stage)
                && world.calendar.is_out(release.value, world.today) != Some(true)
        });
        changes.extend(live.map(|(stage, _)| Change::Target(*stage, said(None))));
    }
    changes.extend(inputs.successor.iter().map(|number| Change::SetNumber("superseded-by", *number)));
    changes
}

/// One gate is a text, unless the document has a list already.
fn gate(document: &Document, gates: &[String]) -> Option<Change> {
    let is_list = document
        .matter()
        .is_some_and(|matter| matter.written("feature-gate").any(|node| matches!(node.kind, Kind::List(_))));
    match gates {
        [] => None,
        [one] if !is_list => Some(Change::Set("feature-gate", one.clone())),
        all => Some(Change::List("feature-gate", all.to_vec())),
    }
}

fn said(release: Option<Release>) -> String {
    release.map_or("TBD".into(), |release| release.to_string())
}

/// What the book says of documents as they would be, against what they are.
fn judged(world: &World, documents: &[Document]) -> Vec<Sheet> {
    let after = world.after(documents);
    let sheets = documents.iter().map(|then| {
        let was = world.head.at(then.path()).map_or(Was::Nothing, |was| Was::Known(was));
        judge(&after, then, was)
    });
    sheets.collect()
}

/// Conditions whose warnings keep nothing from being proposed: a freeze that is not known, or that only warns, is
/// for a person to judge, and a gate that the text opts out of is lawful.
const LENIENT: [&str; 3] = ["freeze-known", "before-freeze", "feature-gate-named"];
/// Warnings that leave a step to a person.
const FOR_A_PERSON: [&str; 2] = ["freeze-known", "before-freeze"];

/// Whether a flaw keeps the step from being proposed: an error that the step makes, or what breaks one of the
/// state's own conditions. Another document's old mistakes, and the VEP's own, fail no run.
fn blocks(rule: &str, flaw: &Flaw, to: Status) -> bool {
    match flaw.severity {
        Severity::Error => flaw.age == Age::New || conditions(to).contains(&rule),
        Severity::Warning => conditions(to).contains(&rule) && !LENIENT.contains(&rule),
        Severity::Advice => false,
    }
}

fn lacks(sheets: &[Sheet], to: Status, document: &Document) -> Vec<Lack> {
    let own = sheets.iter().filter(|sheet| sheet.path == document.path());
    let others = sheets.iter().filter(|sheet| sheet.path != document.path());
    let own = own.flat_map(|sheet| told(sheet, None, |rule, flaw| blocks(rule, flaw, to)));
    let others = others.flat_map(|sheet| {
        told(sheet, Some(&sheet.path), |_, flaw| flaw.age == Age::New && flaw.severity == Severity::Error)
    });
    own.chain(others).collect()
}

fn warnings(sheet: &Sheet, to: Status) -> Vec<Lack> {
    told(sheet, None, |rule, flaw| flaw.severity <= Severity::Warning && !blocks(rule, flaw, to))
}

/// What is only advice in a document and a doubt in a proposal: a release that is not out yet is called GA, or one
/// that is out is newly targeted.
fn doubts(sheet: &Sheet) -> Vec<Lack> {
    told(sheet, None, |rule, flaw| {
        let of_a_release = ["implemented-at-ga", "target-not-past", "stage-within-timebox"].contains(&rule);
        of_a_release && flaw.age == Age::New && flaw.severity == Severity::Advice
    })
}

/// What stands in the way of a successor, and what a person has to look at.
#[derive(Default)]
struct Succession {
    lacks: Vec<Lack>,
    doubts: Vec<Lack>,
}

fn succession(world: &World, document: &Document, to: Status, inputs: &Inputs) -> Succession {
    let Some(number) = inputs.successor else { return Succession::default() };
    let lack = |rule, what: String, fix: String| Lack { rule, file: None, line: 1, what, fix };
    let lacks = |lack: Lack| Succession { lacks: vec![lack], doubts: vec![] };
    if to != Status::Replaced {
        let what = format!("VEP {number} is to take its place, and the state is {to}");
        return lacks(lack("superseded-by-set", what, "Give a successor with replaced alone.".into()));
    }
    let holders: Vec<_> = world.head.numbered(number).collect();
    let successor = match holders.as_slice() {
        // A successor that does not exist is told by the book.
        [] => return Succession::default(),
        [one] => one,
        several => {
            let paths: Vec<String> = several.iter().take(5).map(|it| code(it.path())).collect();
            let what = format!("{} VEPs have the number {number}: {}", several.len(), paths.join(", "));
            return lacks(lack("number-unique", what, "Mend the numbers first.".into()));
        }
    };
    if successor.matter().is_none() {
        let what = format!("VEP {number} has no front matter that could name this one");
        return lacks(lack("succession-answers", what, format!("Migrate VEP {number} first.")));
    }
    if let Some(other) = successor.facts().replaces.as_ref().filter(|it| Some(it.value) != document.number())
    {
        let what = format!("VEP {number} already replaces VEP {}", other.value);
        let fix = "One key names one VEP: ask the SIG which of the two it replaces.";
        return lacks(lack("succession-answers", what, fix.into()));
    }
    let state = successor.facts().status.as_ref().map(|it| it.value);
    let closed = state.filter(|it| matches!(it, Status::Rejected | Status::Withdrawn | Status::Replaced));
    let doubts = closed.map(|state| {
        let what = format!("VEP {number}, which is to take its place, is {state}");
        lack("succession-resolves", what, "Make sure that this is the one that is meant.".into())
    });
    Succession { lacks: vec![], doubts: doubts.into_iter().collect() }
}

/// The flaws that are wanted; the step itself is told by its standing, and what is declared by its reason.
fn told(sheet: &Sheet, file: Option<&String>, wanted: impl Fn(&str, &Flaw) -> bool) -> Vec<Lack> {
    let flaws = sheet.flaws().into_iter();
    let flaws = flaws
        .filter(|(rule, flaw)| flaw.declared.is_none() && rule.id != "step-lawful" && wanted(rule.id, flaw));
    let lack = |(rule, flaw): (&'static Rule, &Flaw)| Lack {
        rule: rule.id,
        file: flaw.elsewhere.clone().or(file.cloned()),
        line: flaw.spot.start.line,
        what: flaw.what.clone(),
        fix: flaw.fix.clone(),
    };
    flaws.map(lack).collect()
}

/// What a person has to give for a broken rule: the input, where `*` is the stage in flight, and the question.
const ASKS: &[(&str, &str, &str)] = &[
    ("creation-date-real", "creation-date", "On which day was it first opened?"),
    ("authors-named", "authors", "Which handles have its authors?"),
    ("reviewers-named", "reviewers", "Who has agreed to review it?"),
    ("approvers-named", "approvers", "Which SIG chairs or leads have committed to approve the design?"),
    ("stage-present", "stage", "Which stage is worked towards: alpha, beta or ga?"),
    ("milestone-set", "milestone.*", "In which release is that stage to be?"),
    ("implemented-at-ga", "milestone.ga", "In which release did it become GA?"),
    (
        "before-freeze",
        "milestone.*",
        "Which release, whose VEP Freeze is still to come? Or was an exception granted?",
    ),
    (
        "feature-gate-named",
        "feature-gate",
        "Which feature gate guards it? Without one the text has to say why.",
    ),
    ("superseded-by-set", "superseded-by", "Which VEP takes its place?"),
    ("succession-resolves", "superseded-by", "Which existing VEP takes its place?"),
];

fn asks(lacks: &[Lack], then: Option<&Document>) -> Vec<Ask> {
    let stage =
        then.and_then(|then| then.facts().stage.as_ref()).map_or("<stage>", |stage| stage.value.as_str());
    let mut asks: Vec<Ask> = Vec::new();
    for lack in lacks.iter().filter(|lack| lack.file.is_none()) {
        let Some((_, input, question)) = ASKS.iter().find(|(rule, ..)| *rule == lack.rule) else { continue };
        let input = input.replace('*', stage);
        if !asks.iter().any(|ask| ask.input == input) {
            asks.push(Ask { input, question });
        }
    }
    asks
}

/// Reads a declaration, `kind=reason`, with the rules that it speaks of.
pub fn declaration(said: &str) -> Result<(&'static [&'static str], Declaration), String> {
    let (kind, reason) = said.split_once('=').unwrap_or((said, ""));
    let Some((kind, rules)) = DECLARATIONS.iter().find(|(known, _)| *known == kind.trim()) else {
        let kinds: Vec<&str> = DECLARATIONS.iter().map(|(kind, _)| *kind).collect();
        return Err(format!("{} cannot be declared; {} can, as kind=reason", code(kind), kinds.join(", ")));
    };
    if reason.trim().is_empty() {
        return Err(format!("{kind} is declared without a reason; write {kind}=reason"));
    }
    Ok((rules, Declaration { kind, reason: one_line(reason.trim().trim_matches('"'), 300) }))
}

/// Reads the names of gates.
fn gates(value: &str) -> Result<Vec<String>, String> {
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    let read = |name: &str| {
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let way = "letters and digits, such as LiveUpdateNADRef; without a gate leave the key out and say why in the text";
        match is_name && !crate::vep::is_unset(name) {
            true => Ok(name.to_owned()),
            false => Err(format!("{} is no name of a feature gate: {way}", code(name))),
        }
    };
    match names.map(read).collect::<Result<Vec<_>, _>>()? {
        none if none.is_empty() => Err("feature-gate is given and names none".into()),
        gates => Ok(gates),
    }
}

/// Reads a day as `YYYY-MM-DD`, and in no other form.
pub fn day(text: &str) -> Option<Date> {
    Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok())
}

/// Reads `key=value` inputs; what cannot be set this way is told with what can.
pub fn set(inputs: &mut Inputs, said: &str) -> Result<(), String> {
    let Some((key, value)) = said.split_once('=') else {
        return Err(format!("{} is no `key=value`", code(said)));
    };
    let (key, value) = (key.trim(), value.trim().trim_matches('"'));
    let people = || -> Vec<Handle> {
        value.split(',').map(str::trim).filter(|it| !it.is_empty()).map(Handle::new).collect()
    };
    match key {
        "stage" => {
            let stage = Stage::read(value)
                .ok_or_else(|| format!("{} is no stage; alpha, beta or ga", code(value)))?;
            inputs.stage = Some(stage);
        }
        "creation-date" => {
            let day = day(value).ok_or_else(|| format!("{} is no date like 2026-08-19", code(value)))?;
            inputs.created = Some(day);
        }
        "authors" if people().iter().all(Handle::is_tbd) => {
            return Err("authors is given and names nobody".into());
        }
        "authors" => inputs.authors = people(),
        "reviewers" | "approvers" if people().is_empty() => {
            return Err(format!("{key} is given and names nobody; write TBD where nobody has agreed yet"));
        }
        "reviewers" => inputs.reviewers = people(),
        "approvers" => inputs.approvers = people(),
        "feature-gate" => inputs.gates = gates(value)?,
        "superseded-by" => {
            let number = crate::vep::read_number(value)
                .ok_or_else(|| format!("{} is no number of a VEP", code(value)))?;
            inputs.successor = Some(number);
        }
        _ => {
            let stage = key.strip_prefix("milestone.").and_then(Stage::read);
            let stage = stage.ok_or_else(|| {
                let keys = "stage, milestone.alpha, milestone.beta, milestone.ga, creation-date, authors, reviewers, approvers, feature-gate, superseded-by";
                format!("{} cannot be set here; {keys} can", code(key))
            })?;
            let release = match crate::vep::is_unset(value) {
                true => None,
                false => Some(
                    Release::read(value)
                        .ok_or_else(|| format!("{} is no release like v1.11", code(value)))?,
                ),
            };
            inputs.targets.insert(stage, release);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_and_questions_speak_of_rules_of_the_book() {
        for id in Status::ALL.into_iter().flat_map(conditions).chain(ASKS.iter().map(|(rule, ..)| rule)) {
            assert!(crate::rules::named(id).is_some(), "{id}");
        }
        for id in DECLARATIONS.iter().flat_map(|(_, rules)| *rules) {
            assert!(crate::rules::named(id).is_some(), "{id}");
        }
    }

    #[test]
    fn inputs_are_read_or_told_what_they_could_be() {
        let mut inputs = Inputs::default();
        for said in
            ["stage=beta", "milestone.beta=1.11", "milestone.ga=TBD", "reviewers=@a, b", "superseded-by=#408"]
        {
            set(&mut inputs, said).unwrap();
        }
        assert_eq!(inputs.stage, Some(Stage::Beta));
        assert_eq!(inputs.targets[&Stage::Beta], Release::read("v1.11"));
        assert_eq!(inputs.targets[&Stage::Ga], None);
        assert_eq!((inputs.reviewers.len(), inputs.successor), (2, Some(408)));
        for (said, what) in [
            ("stage", "key=value"),
            ("stage=delta", "no stage"),
            ("milestone.beta=soon", "no release"),
            ("status=deferred", "cannot be set here"),
            ("superseded-by=x", "no number"),
            ("feature-gate=", "names none"),
            ("feature-gate=TBD", "no name of a feature gate"),
            ("feature-gate=My Gate", "no name of a feature gate"),
        ] {
            assert!(set(&mut Inputs::default(), said).unwrap_err().contains(what), "{said}");
        }
    }
}
