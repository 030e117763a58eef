//! Answers: what people say where a document's prose does not, and the migration that it makes.
//!
//! An answer is read as `bump` reads what it is given, and takes the place of what the prose implies; one that says what
//! the prose states changes nothing. The answered migration is judged like any change: what fails a review stops a
//! commit, and is told with the answer that it waits for. Where a state has conditions that nobody has met, the VEP can
//! begin as provisional, with a doubt that names the state that is meant.
//!
//! Absent on purpose: inventing. A blank is not answered.

mod file;
mod heading;
mod template;

pub use file::{Answers, Mistake};
pub use template::template;

use crate::calendar::Freeze;
use crate::document::{Document, SCHEMA};
use crate::edit::{self, Change};
use crate::lifecycle;
use crate::migration::{Doubt, Migration, Origin, TBD, Value, migrate};
use crate::proposal::{self, Inputs};
use crate::prose::Certainty;
use crate::rule::Was;
use crate::sheet::{Bar, conditions, judge};
use crate::text::{Source, code, nearest, one_line};
use crate::vep::{Handle, Release, Stage, Status};
use crate::world::World;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What can be answered, in the order of the schema, and what is expected.
pub const KEYS: &[(&str, &str)] = &[
    ("title", "the VEP's title"),
    ("creation-date", "the day it was first opened, as YYYY-MM-DD"),
    ("status", "one of provisional, implementable, implemented, deferred, rejected, withdrawn, replaced"),
    ("authors", "GitHub handles"),
    ("owning-sig", "a SIG, such as sig-compute; for meta-VEPs only"),
    ("participating-sigs", "SIGs, without the owner"),
    ("reviewers", "GitHub handles"),
    ("approvers", "GitHub handles"),
    ("feature-gate", "the name of a gate, or several"),
    ("stage", "one of alpha, beta, ga"),
    ("milestone", "a release for each stage, such as `beta: v1.11`"),
];

/// A value where an answers file and `set` call a key otherwise.
const ALIASES: &[(&str, &str)] = &[("gate", "feature-gate")];

/// Keys whose values are lists.
const LISTS: &[&str] = &["authors", "participating-sigs", "reviewers", "approvers", "feature-gate"];

/// Which answer a broken rule waits for.
const ANSWERED_BY: &[(&str, &str)] = &[
    ("authors-named", "authors"),
    ("reviewers-named", "reviewers"),
    ("approvers-named", "approvers"),
    ("creation-date-real", "creation-date"),
    ("feature-gate-named", "feature-gate"),
    ("sig-known", "owning-sig"),
    ("stage-present", "stage"),
    ("milestone-set", "milestone.<stage>"),
    ("before-freeze", "milestone.<stage>"),
    ("implemented-at-ga", "milestone.ga"),
    ("number-agrees", "title"),
];

/// What was answered for one VEP. What is empty was not answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    title: Option<String>,
    status: Option<Status>,
    sig: Option<String>,
    participating: Vec<String>,
    /// The day of creation, people, gates, stage and targets, as `bump` has them.
    inputs: Inputs,
}

/// An answer that cannot be taken: which of its values, what is wrong, and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which of the values, counted from 0.
    pub at: usize,
    /// What is wrong.
    pub what: String,
    /// What was expected, or what was probably meant.
    pub fix: String,
}

fn wrong(at: usize, what: impl Into<String>, fix: impl Into<String>) -> Wrong {
    Wrong { at, what: what.into(), fix: fix.into() }
}

/// What is expected of a key.
fn expected(key: &str) -> String {
    let name = if key.starts_with("milestone") { "milestone" } else { key };
    let about = KEYS.iter().find(|(known, _)| *known == name).map_or("an answer", |(_, about)| about);
    format!("Expected {about}.")
}

/// The key that a name means, as it is answered: `milestone.beta` for a release.
pub fn key(name: &str) -> Result<String, Wrong> {
    let name = name.trim();
    if let Some((_, meant)) = ALIASES.iter().find(|(alias, _)| *alias == name) {
        return Ok((*meant).into());
    }
    let stage = name.strip_prefix("milestone.").and_then(Stage::read);
    if stage.is_some() || KEYS.iter().any(|(known, _)| *known == name) {
        return Ok(name.into());
    }
    let stages = ["milestone.alpha", "milestone.beta", "milestone.ga"];
    let known: Vec<&str> = KEYS.iter().map(|(known, _)| *known).chain(stages).collect();
    let fix = match nearest(name, known.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("Expected one of {}.", known.join(", ")),
    };
    Err(wrong(0, format!("{} is not a key that can be answered", code(&one_line(name, 60))), fix))
}

impl Given {
    /// Takes an answer, `KEY=VALUE`, with commas between several values.
    pub fn set(&mut self, world: &World, document: &Document, said: &str) -> Result<(), Wrong> {
        let Some((name, value)) = said.split_once('=') else {
            let what = format!("{} has no `=`", code(&one_line(said, 80)));
            return Err(wrong(0, what, "Write KEY=VALUE, such as reviewers=@login,@login."));
        };
        let key = key(name)?;
        let value = value.trim().trim_matches('"');
        let values: Vec<&str> =
            if is_list(&key) { value.split(',').map(str::trim).collect() } else { vec![value] };
        let values: Vec<&str> = values.into_iter().filter(|value| !value.is_empty()).collect();
        if values.is_empty() {
            return Err(wrong(0, format!("`{key}` is given without a value"), expected(&key)));
        }
        self.put(world, document, &key, &values)
    }

    /// Takes the values of a key. What says that it is not known yet is not an answer, except for a release.
    fn put(&mut self, world: &World, document: &Document, key: &str, values: &[&str]) -> Result<(), Wrong> {
        let Some(first) = values.first().copied() else { return Ok(()) };
        let is_unset = crate::vep::is_unset(first) && values.len() == 1;
        let is_meta = document.home.is_meta();
        match key {
            _ if is_meta && ["stage", "feature-gate"].contains(&key) => {
                return Err(wrong(0, format!("a meta-VEP does not have a `{key}`"), "Leave it out."));
            }
            _ if is_unset && !key.starts_with("milestone.") => {}
            // Over several lines in the file, one line in front matter.
            "title" => self.title = Some(first.lines().map(str::trim).collect::<Vec<_>>().join(" ")),
            "creation-date" => self.inputs.created = Some(day(world, first)?),
            "status" => self.status = Some(status(first)?),
            "authors" => self.inputs.authors = people(values)?,
            "owning-sig" => self.sig = owner(world, document, first)?,
            "participating-sigs" => self.participating = sigs(world, values)?,
            "reviewers" => self.inputs.reviewers = people(values)?,
            "approvers" => self.inputs.approvers = people(values)?,
            "stage" => self.inputs.stage = Some(stage(first)?),
            "milestone" => {
                return Err(wrong(0, "`milestone` needs a stage", "Set `milestone.beta`, for instance."));
            }
            _ if values.iter().any(|value| value.eq_ignore_ascii_case("none")) => {
                let fix = "Leave it blank, and say in the VEP's text that there is no feature gate and why.";
                return Err(wrong(0, "`none` is not the name of a gate", fix));
            }
            _ if key.starts_with("milestone.") && !is_unset && Release::read(first).is_none() => {
                let what = format!("{} is not a release", code(&one_line(first, 60)));
                return Err(wrong(0, what, "Write it as v1.11."));
            }
            _ => {
                let said = format!("{key}={}", values.join(","));
                proposal::set(&mut self.inputs, &said).map_err(|what| wrong(0, what, expected(key)))?;
            }
        }
        Ok(())
    }

    /// These answers, and others that come before them.
    pub fn or(self, other: Self) -> Self {
        let list = |own: Vec<Handle>, other| if own.is_empty() { other } else { own };
        let words = |own: Vec<String>, other| if own.is_empty() { other } else { own };
        let mut targets = other.inputs.targets;
        targets.extend(self.inputs.targets);
        Self {
            title: self.title.or(other.title),
            status: self.status.or(other.status),
            sig: self.sig.or(other.sig),
            participating: words(self.participating, other.participating),
            inputs: Inputs {
                created: self.inputs.created.or(other.inputs.created),
                stage: self.inputs.stage.or(other.inputs.stage),
                targets,
                authors: list(self.inputs.authors, other.inputs.authors),
                reviewers: list(self.inputs.reviewers, other.inputs.reviewers),
                approvers: list(self.inputs.approvers, other.inputs.approvers),
                gates: words(self.inputs.gates, other.inputs.gates),
                ..Inputs::default()
            },
        }
    }
}

fn is_list(key: &str) -> bool {
    LISTS.contains(&key)
}

fn status(text: &str) -> Result<Status, Wrong> {
    Status::read(text).ok_or_else(|| {
        let near = nearest(text, Status::ALL.iter().map(|status| status.as_str()));
        let near = near.map(|near| format!("Did you mean `{near}`? ")).unwrap_or_default();
        let what = format!("{} is not a status", code(&one_line(text, 60)));
        wrong(0, what, format!("{near}{}", expected("status")))
    })
}

fn stage(text: &str) -> Result<Stage, Wrong> {
    Stage::read(text)
        .ok_or_else(|| wrong(0, format!("{} is not a stage", code(&one_line(text, 60))), expected("stage")))
}

fn day(world: &World, text: &str) -> Result<Date, Wrong> {
    let Some(day) = proposal::day(text) else {
        let what = format!("{} is not a date", code(&one_line(text, 60)));
        return Err(wrong(0, what, expected("creation-date")));
    };
    if day > world.today {
        let what = format!("{day} is after today, {}", world.today);
        return Err(wrong(0, what, expected("creation-date")));
    }
    Ok(day)
}

fn people(values: &[&str]) -> Result<Vec<Handle>, Wrong> {
    let read = |(at, value): (usize, &&str)| {
        let handle = Handle::new(*value);
        if handle.could_be_login() || handle.is_tbd() {
            return Ok(handle);
        }
        let what = format!("{} is not a GitHub handle", code(&one_line(value, 60)));
        Err(wrong(at, what, "Write the login, such as \"@octocat\": a name is not a handle."))
    };
    values.iter().enumerate().map(read).collect()
}

fn sigs(world: &World, values: &[&str]) -> Result<Vec<String>, Wrong> {
    let read = |(at, value): (usize, &&str)| {
        let name = value.to_lowercase();
        if world.knows_sig(&name) {
            return Ok(name);
        }
        let near = world.nearest_sig(&name).map(|near| format!("Did you mean {}?", code(near)));
        let what = format!("{} is not a SIG that is known here", code(&one_line(value, 60)));
        Err(wrong(at, what, near.unwrap_or_else(|| "Write it as its folder under `veps/` is called.".into())))
    };
    values.iter().enumerate().map(read).collect()
}

/// The owner, which only a meta-VEP has to be told.
fn owner(world: &World, document: &Document, value: &str) -> Result<Option<String>, Wrong> {
    let sig = sigs(world, &[value])?.into_iter().next();
    let folder = document.home.folder().unwrap_or_default();
    if document.home.is_meta() || sig.as_deref() == Some(folder) {
        return Ok(sig.filter(|_| document.home.is_meta()));
    }
    let what = format!("the VEP lies in the folder {}, whose SIG owns it", code(folder));
    Err(wrong(0, what, "Leave `owning-sig` out; to change the owner, move the folder."))
}

/// A migration with what was answered, and what keeps it from being committed.
#[derive(Debug)]
pub struct Answered {
    /// The migration.
    pub migration: Migration,
    /// What a review of it would fail for.
    pub stops: Vec<Stop>,
    /// The state that is meant, where it begins as provisional instead.
    pub intended: Option<Status>,
    /// What that state waits for: answers, or rules.
    pub waits: Vec<&'static str>,
    /// What it changes in the heading, and not in front matter.
    pub heading: Option<String>,
}

/// Something that fails a review, and so stops a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The rule.
    pub rule: &'static str,
    /// What is wrong.
    pub what: String,
    /// How to fix it.
    pub fix: String,
    /// The answer that it waits for, where there is one.
    pub answer: Option<&'static str>,
    /// Whether it is a condition of the state: then the VEP can begin as provisional.
    pub is_condition: bool,
}

/// Migrates a legacy document with what was answered. None for one that is not migrated. With `provisional` a VEP whose
/// state has conditions that nobody has met begins as provisional.
pub fn answered(
    world: &World,
    document: &Arc<Document>,
    origin: &Origin,
    given: &Given,
    provisional: bool,
) -> Option<Answered> {
    let migration = migrate(world, document, origin)?;
    let was = migration.patch.after.clone();
    let mut making = Making { world, document, migration, changes: vec![], refused: None };
    making.take(given);
    let heading = making.heading(given);
    if making.migration.patch.after != was {
        making.judge();
    }
    let status = making.migration.implied.status;
    let mut waits: Vec<&str> = Vec::new();
    for stop in making.stops().iter().filter(|stop| provisional && stop.is_condition) {
        let what = stop.answer.unwrap_or(stop.rule);
        waits.extend((!waits.contains(&what)).then_some(what));
    }
    let intended = Some(status).filter(|_| !waits.is_empty());
    if !waits.is_empty() {
        making.begin_as_provisional(status, &waits);
    }
    let stops = making.stops();
    Some(Answered { migration: making.migration, stops, intended, waits, heading })
}

/// A migration that is being answered.
struct Making<'a> {
    world: &'a World,
    document: &'a Document,
    migration: Migration,
    /// What has still to be written into the front matter.
    changes: Vec<Change>,
    /// Why something could not be written.
    refused: Option<String>,
}

impl Making<'_> {
    fn take(&mut self, given: &Given) {
        self.text("title", given.title.as_deref());
        self.text("creation-date", given.inputs.created.map(|day| day.to_string()).as_deref());
        let status_before = self.migration.implied.status;
        self.status(given.status);
        self.list("authors", &handles(&given.inputs.authors));
        self.text("owning-sig", given.sig.as_deref());
        self.list("participating-sigs", &given.participating);
        self.list("reviewers", &handles(&given.inputs.reviewers));
        self.list("approvers", &handles(&given.inputs.approvers));
        self.gates(&given.inputs.gates);
        let retargeted = self.targets(&given.inputs.targets);
        match given.inputs.stage {
            Some(stage) => self.text("stage", Some(stage.as_str())),
            None if retargeted || status_before != self.migration.implied.status => self.stage_of_targets(),
            None => {}
        }
        self.write();
    }

    /// Sets a value, unless the prose says the same already; gives back whether it is another one.
    fn value(&mut self, key: &'static str, text: &str) -> bool {
        let known = self.migration.values.iter().position(|value| value.key == key);
        let before = known.and_then(|at| self.migration.values.get(at));
        let is_sure = |value: &Value| value.certainty.is_some_and(|it| it != Certainty::Guess);
        let says_so = before.is_some_and(|value| value.value.as_deref() == Some(text));
        if says_so && before.is_some_and(is_sure) {
            return false;
        }
        let other = before.filter(|value| is_sure(value) && !says_so);
        let said = other.and_then(|value| value.value.as_deref()).map(|text| one_line(text, 80));
        let value = Value {
            key,
            value: Some(text.to_owned()),
            certainty: Some(Certainty::Stated),
            why: said.map_or("answered".into(), |said| format!("answered, in place of {}", code(&said))),
            line: other.and_then(|value| value.line),
        };
        match known.and_then(|at| self.migration.values.get_mut(at)) {
            Some(place) => *place = value,
            None => {
                let rank = |key: &str| SCHEMA.iter().position(|known| known.name == key);
                let at = self.migration.values.iter().position(|other| rank(other.key) > rank(key));
                self.migration.values.insert(at.unwrap_or(self.migration.values.len()), value);
            }
        }
        self.settle(key);
        !says_so
    }

    /// Takes the doubts away that an answer settles.
    fn settle(&mut self, key: &str) {
        self.migration.doubts.retain(|doubt| !doubt.is_settled_by(key));
    }

    fn text(&mut self, key: &'static str, text: Option<&str>) {
        let Some(text) = text else { return };
        if self.value(key, text) {
            self.changes.push(Change::Set(key, text.into()));
        }
    }

    fn list(&mut self, key: &'static str, items: &[String]) {
        if !items.is_empty() && self.value(key, &items.join(", ")) {
            self.changes.push(Change::List(key, items.to_vec()));
        }
    }

    fn gates(&mut self, gates: &[String]) {
        let matter = self.migration.then.matter();
        let is_list = matter.is_some_and(|matter| {
            matter.written("feature-gate").any(|node| matches!(node.kind, crate::yaml::Kind::List(_)))
        });
        match gates {
            [one] if !is_list => self.text("feature-gate", Some(one)),
            several => self.list("feature-gate", several),
        }
    }

    fn status(&mut self, status: Option<Status>) {
        let Some(status) = status else { return };
        let implied = &self.migration.implied;
        if implied.status == status && implied.certainty != Certainty::Guess {
            return;
        }
        let settled: Vec<&String> = implied.doubts.iter().map(|(_, what)| what).collect();
        let is_open = |it: &Doubt| !settled.contains(&&it.what) && !it.is_settled_by("status");
        self.migration.doubts.retain(is_open);
        self.text("status", Some(status.as_str()));
        let implied = &mut self.migration.implied;
        implied.status = status;
        implied.certainty = Certainty::Stated;
        implied.why = "answered".into();
        implied.span = None;
        implied.doubts.clear();
    }

    /// Sets releases; gives back whether one of them is another.
    fn targets(&mut self, given: &BTreeMap<Stage, Option<Release>>) -> bool {
        let before = self.known_targets();
        let mut now = before.clone();
        now.extend(given.iter().map(|(stage, release)| (*stage, *release)));
        if now == before {
            return false;
        }
        let said = |release: Option<Release>| release.map_or(TBD.into(), |release| release.to_string());
        let told: Vec<String> =
            now.iter().map(|(stage, release)| format!("{stage}: {}", said(*release))).collect();
        self.value("milestone", &told.join(", "));
        if self.migration.implied.certainty != Certainty::Stated {
            self.migration.implied.why.push_str(" (read before the targets were answered)");
        }
        if before.is_empty() {
            // What stands there is a placeholder for want of any release.
            self.changes.push(Change::Remove("milestone"));
        }
        let changed = now.iter().filter(|(stage, release)| before.get(stage) != Some(release));
        self.changes.extend(changed.map(|(stage, release)| Change::Target(*stage, said(*release))));
        true
    }

    fn known_targets(&self) -> BTreeMap<Stage, Option<Release>> {
        let targets = &self.migration.then.facts().targets;
        targets.iter().map(|(stage, release)| (*stage, Some(release.value))).collect()
    }

    /// The stage in flight of other targets, or in another state.
    fn stage_of_targets(&mut self) {
        self.write();
        let targets = &self.migration.then.facts().targets;
        let is_out = |release| self.world.calendar.is_out(release, self.world.today) == Some(true);
        let to_come = targets.iter().find(|(_, release)| !is_out(release.value));
        let target = to_come.filter(|_| self.migration.implied.status != Status::Implemented);
        let stage = target.or_else(|| targets.iter().next_back()).map(|(stage, _)| *stage);
        let Some(stage) = stage.filter(|_| !self.document.home.is_meta()) else { return };
        self.text("stage", Some(stage.as_str()));
        if let Some(value) = self.migration.values.iter_mut().find(|value| value.key == "stage") {
            value.certainty = Some(Certainty::Inferred);
            value.why = "the first targeted stage whose release is not out, else the last one".into();
            value.line = None;
        }
    }

    /// Writes what has changed into the document.
    fn write(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        if changes.is_empty() {
            return;
        }
        match edit::edited(&self.migration.then, &changes) {
            Ok(patch) => self.becomes(patch.after),
            Err(refusal) => self.refused = Some(refusal.what),
        }
    }

    fn becomes(&mut self, text: String) {
        self.migration.then = Document::parse(Source::new(self.document.path(), text.as_str()));
        self.migration.patch.after = text;
    }

    /// Gives the heading the number, where that is exact; gives back what was done.
    fn heading(&mut self, given: &Given) -> Option<String> {
        let title = self.migration.values.iter().find(|value| value.key == "title");
        let is_sure = title.is_some_and(|title| title.certainty != Some(Certainty::Guess));
        let fixed = heading::numbered(&self.migration.then, is_sure || given.title.is_some())?;
        let line = self.document.heading().map(|it| self.document.source.line(it.span.start));
        let is_of_it = |what: &str| {
            what.starts_with("the heading has no number") || what.starts_with("the heading says")
        };
        self.migration.doubts.retain(|doubt| !is_of_it(&doubt.what));
        let what = format!("{}: is that the number of the tracking issue?", fixed.what);
        self.migration.doubts.push(Doubt { line, what });
        self.migration.doubts.sort_by_key(|doubt| doubt.line);
        self.becomes(fixed.text);
        Some(fixed.what)
    }

    fn judge(&mut self) {
        let then = &self.migration.then;
        self.world.work.expect(1);
        let world = self.world.after(std::slice::from_ref(then));
        self.migration.sheet = judge(&world, then, Was::Known(self.document));
    }

    /// What a review would fail for.
    fn stops(&self) -> Vec<Stop> {
        let sheet = &self.migration.sheet;
        let bar = Bar::of(self.world, false);
        let of_the_state = conditions(self.migration.implied.status);
        let failing = sheet.flaws().into_iter().filter(|(_, flaw)| sheet.fails(flaw, bar));
        // A title is what a heading that is missing waits for; a number that is wrong is not a matter of answers.
        let is_answered = |key: &&str| *key != "title" || self.document.heading().is_none();
        let stops = failing.map(|(rule, flaw)| Stop {
            rule: rule.id,
            what: flaw.what.clone(),
            fix: flaw.fix.clone(),
            answer: ANSWERED_BY
                .iter()
                .find(|(id, _)| *id == rule.id)
                .map(|(_, key)| *key)
                .filter(is_answered),
            is_condition: of_the_state.contains(&rule.id),
        });
        let refused = self.refused.iter().map(|what| Stop {
            rule: "front-matter-parses",
            what: format!("an answer cannot be written exactly: {what}"),
            fix: "Migrate without it, and edit the file by hand.".into(),
            answer: None,
            is_condition: false,
        });
        stops.chain(refused).collect()
    }

    /// What the step that is meant asks beside the answers, where the freeze of its release is past: prose has the target
    /// already, and a state that is set later names it anew.
    fn past_freeze(&self) -> Option<String> {
        let (_, release) = self.world.target(&self.migration.then)?;
        let freeze = self.world.calendar.freeze(release.value);
        let is_past = matches!(freeze, Freeze::On(day) if day <= self.world.today);
        is_past.then(|| {
            let release = release.value;
            format!("; the VEP Freeze of {release} is past, so that step declares `backfill` or names another release")
        })
    }

    fn begin_as_provisional(&mut self, intended: Status, waits: &[&str]) {
        let waits: Vec<String> = waits.iter().map(|what| code(what)).collect();
        let what = format!(
            "it begins as provisional; {intended} is meant and waits for {} (who decides: {}){}",
            waits.join(", "),
            lifecycle::who(intended),
            self.past_freeze().filter(|_| intended == Status::Implementable).unwrap_or_default(),
        );
        let line = self.migration.values.iter().find(|it| it.key == "status").and_then(|it| it.line);
        self.migration.doubts.push(Doubt { line, what });
        self.migration.doubts.sort_by_key(|doubt| doubt.line);
        let implied = &mut self.migration.implied;
        implied.status = Status::Provisional;
        implied.why = format!("{intended} is meant; its conditions are not met yet");
        if let Some(value) = self.migration.values.iter_mut().find(|it| it.key == "status") {
            value.value = Some(Status::Provisional.to_string());
            value.why = format!("{intended} is meant; its conditions are not met yet");
        }
        self.changes.push(Change::Set("status", Status::Provisional.to_string()));
        self.write();
        self.judge();
    }
}

/// Handles as front matter has them.
fn handles(people: &[Handle]) -> Vec<String> {
    let written = |it: &Handle| if it.is_tbd() { TBD.to_owned() } else { format!("@{}", it.login()) };
    people.iter().map(written).collect()
}
