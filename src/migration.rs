//! Migration: what a legacy document comes to as front matter, what of its prose that replaces, and what a chair
//! has to settle.
//!
//! Every value says where it comes from and how sure it is. What nobody knows stays `TBD`. Removed are the statements
//! whose value moved into a key, the template's comments beside them, the checklist, and headings left empty by
//! that, word by word: every other line stays, byte for byte, and is named as a doubt where it says what no key can say. The state
//! is proposed with its reason; the SIG's chairs decide (governance, legacy documents).
//!
//! Absent on purpose: handles. A name in the history is a name.

mod removal;

use crate::document::{self, Document};
use crate::law::Severity;
use crate::markdown::plain;
use crate::matter::{Implied, implied};
use crate::patch::Patch;
use crate::prose::{self, Aim, Bullet, Certainty, Claim};
use crate::rule::Was;
use crate::sheet::{Age, Sheet, judge};
use crate::template::{self, Role};
use crate::text::{Source, Span, Spanned, code, one_line};
use crate::vep::{Handle, Release, Stage, Status};
use crate::world::World;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What stands where nobody knows yet.
pub const TBD: &str = "TBD";

/// A migration, as it would be.
#[derive(Debug)]
pub struct Migration {
    /// The keys in the order of the schema.
    pub values: Vec<Value>,
    /// What a chair has to settle, in the order of the file.
    pub doubts: Vec<Doubt>,
    /// The document with front matter.
    pub then: Document,
    /// The change.
    pub patch: Patch,
    /// What the book says of it.
    pub sheet: Sheet,
    /// The state that the prose implies.
    pub implied: Implied,
}

/// A value of the front matter, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The key.
    pub key: &'static str,
    /// What it is set to, as one reads it; none where the key is left out.
    pub value: Option<String>,
    /// How sure it is; none where it is only a placeholder.
    pub certainty: Option<Certainty>,
    /// Where it comes from.
    pub why: String,
    /// The line that says so, in the document as it is.
    pub line: Option<usize>,
}

/// Something that a chair has to settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The line, in the document as it is; none where no line speaks of it.
    pub line: Option<usize>,
    /// What is in doubt, and what is to be settled.
    pub what: String,
}

impl Doubt {
    /// Whether a person who gives a value for a key settles it by that.
    pub fn is_settled_by(&self, key: &str) -> bool {
        SETTLES.iter().any(|(of, words)| *of == key && self.what.contains(words))
    }
}

/// Doubts that an answer settles: the key that is answered, and words of the doubt.
const SETTLES: &[(&str, &str)] = &[
    ("status", "is a guess: "),
    ("title", "is its title"),
    ("authors", "are they its authors?"),
    ("authors", "is it the author?"),
    ("owning-sig", "which SIG owns this meta-VEP?"),
    ("feature-gate", "no feature gate is named"),
    ("feature-gate", "the gate `"),
    ("feature-gate", "several gates are its own"),
];

/// What the history knows of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The day of its first commit, `YYYY-MM-DD`.
    pub created: Option<String>,
    /// Who made that commit, by name.
    pub author: Option<String>,
    /// What that commit was called.
    pub subject: Option<String>,
}

impl Origin {
    /// What the world's history knows of a document; nothing where the clone is shallow.
    pub fn of(world: &World, document: &Document) -> Self {
        let past = world.history.of(document.path()).filter(|_| !world.history.is_cut);
        past.map_or_else(Self::default, |past| Self {
            created: Some(past.created.clone()),
            author: Some(past.author.clone()),
            subject: Some(past.subject.clone()),
        })
    }
}

/// The rules whose errors only people can mend.
pub const FOR_PEOPLE: &[&str] = &[
    "authors-named",
    "reviewers-named",
    "approvers-named",
    "creation-date-real",
    "feature-gate-named",
    "sig-known",
    "sig-agrees",
    "placeholders-filled",
    "milestone-set",
    "stage-present",
    "number-agrees",
    "sections-filled",
    "succession-resolves",
    "succession-answers",
];

impl Migration {
    /// What only people can mend: errors of the result, by rule.
    pub fn owed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.errors().filter(|(rule, _)| FOR_PEOPLE.contains(rule))
    }

    /// Errors that the migration itself would make: there should be none.
    pub fn wrong(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.errors().filter(|(rule, _)| !FOR_PEOPLE.contains(rule))
    }

    fn errors(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let flaws = self.sheet.flaws().into_iter();
        let errors = flaws.filter(|(_, flaw)| flaw.severity == Severity::Error && flaw.age != Age::Old);
        errors.map(|(rule, flaw)| (rule.id, flaw.what.as_str()))
    }

    /// Whether nothing is in doubt but what people have to give.
    pub fn is_ready(&self) -> bool {
        self.doubts.is_empty() && self.implied.certainty != Certainty::Guess && self.wrong().next().is_none()
    }
}

/// Migrates a legacy document. None for one that has a block already, or is no text.
pub fn migrate(world: &World, document: &Arc<Document>, origin: &Origin) -> Option<Migration> {
    if !document.is_legacy() || document.source.not_utf8().is_some() {
        return None;
    }
    let implied = implied(world, document);
    let plan = Plan {
        world,
        document,
        origin,
        implied: &implied,
        blocks: document.target_blocks(),
        targets: document.claimed_targets(),
        gates: document.claimed_gates(),
        denial: document.gate_denial(),
        ties: document.ties(),
    };
    let values = plan.values();
    let (then, cuts) = plan.then(&values);
    let judged = world.after(std::slice::from_ref(&then));
    let sheet = judge(&judged, &then, Was::Known(document));
    let mut doubts = plan.doubts(&values, &cuts);
    doubts.sort_by_key(|doubt| doubt.line);
    let after = then.source.text().to_owned();
    let patch = Patch { path: document.path().into(), before: Some(document.source.text().into()), after };
    Some(Migration { values, doubts, then, patch, sheet, implied })
}

/// The days `YYYY-MM-DD` that a text names, also at a sentence's end.
fn days_in(text: &str) -> impl Iterator<Item = Date> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '-'));
    words.filter(|word| word.len() == 10).filter_map(|word| Date::strptime("%Y-%m-%d", word).ok())
}

/// What a migration is made of.
struct Plan<'a> {
    world: &'a World,
    document: &'a Document,
    origin: &'a Origin,
    implied: &'a Implied,
    blocks: &'a [prose::TargetBlock],
    targets: &'a BTreeMap<Stage, Claim<Release>>,
    gates: &'a [Claim<String>],
    denial: Option<&'a Spanned<String>>,
    ties: &'a [prose::Tie],
}

impl Plan<'_> {
    /// The document with front matter, and what of its prose went. Where taking lines away would change how the rest
    /// is read, none goes.
    fn then(&self, values: &[Value]) -> (Document, Vec<Span>) {
        let document = self.document;
        let targets = self.targets.iter().map(|(stage, claim)| (*stage, claim.value)).collect();
        let gates = self.gates.iter().map(|gate| plain(&gate.value)).collect();
        let moved = removal::Moved { targets: &targets, gates: &gates };
        let cuts = removal::cuts(self.world, document, self.blocks, &moved);
        let written = |cuts: &[Span]| {
            Document::parse(Source::new(document.path(), with_front_matter(&document.source, values, cuts)))
        };
        let then = written(&cuts);
        let is_cut = |at: usize| {
            let next = cuts.partition_point(|cut| cut.end <= at);
            cuts.get(next).is_some_and(|cut| cut.start <= at)
        };
        let kept = document.outline().passages.iter().filter(|it| !is_cut(it.span.start));
        let is_same = kept.map(|it| (it.kind, &it.text)).eq(then
            .outline()
            .passages
            .iter()
            .map(|it| (it.kind, &it.text)));
        if is_same { (then, cuts) } else { (written(&[]), vec![]) }
    }

    fn line(&self, span: Span) -> usize {
        self.document.source.line(span.start)
    }

    /// The stage in flight: the first whose release is still to come, else the last that is targeted.
    fn stage(&self) -> Option<(Stage, Span)> {
        let (stage, release) = self.world.target(self.document)?;
        Some((stage, release.span.unwrap_or_else(|| self.document.first_line())))
    }

    fn values(&self) -> Vec<Value> {
        let document = self.document;
        let is_meta = document.home.is_meta();
        let value = |key, value: Option<String>, certainty, why: &str, span: Option<Span>| Value {
            key,
            value,
            certainty,
            why: why.into(),
            line: span.map(|span| self.line(span)),
        };
        let unknown = |key, why: &str| value(key, Some(TBD.into()), None, why, None);
        let mut values = vec![self.title()];
        values.push(match document.number() {
            Some(number) => {
                let heading = document.heading().and_then(|heading| heading.number.as_ref());
                let span = heading.map(|heading| heading.span);
                value(
                    "vep-number",
                    Some(number.to_string()),
                    Some(Certainty::Stated),
                    "the number of the folder",
                    span,
                )
            }
            None => unknown("vep-number", "neither folder nor heading has a number"),
        });
        values.push(self.created());
        let implied = self.implied;
        values.push(Value {
            key: "status",
            value: Some(implied.status.to_string()),
            certainty: Some(implied.certainty),
            why: implied.why.clone(),
            line: implied.span.map(|span| self.line(span)),
        });
        values.push(unknown("authors", "handles are not read from prose"));
        values.push(match document.home.folder() {
            Some(folder) if !is_meta => {
                value("owning-sig", Some(folder.into()), Some(Certainty::Stated), "the folder", None)
            }
            _ => unknown("owning-sig", "a meta-VEP's folder names no SIG"),
        });
        values.push(value(
            "participating-sigs",
            Some(String::new()),
            None,
            "it is not read from prose",
            None,
        ));
        values.push(unknown("reviewers", "they are not read from prose"));
        values.push(unknown("approvers", "they are not read from prose"));
        values.extend((!is_meta).then(|| self.gate()));
        if let Some((stage, span)) = self.stage().filter(|_| !is_meta) {
            let why = match self.implied.status {
                Status::Implemented => "the last stage that is targeted",
                _ => "the first targeted stage whose release is not out, else the last one",
            };
            values.push(value("stage", Some(stage.to_string()), Some(Certainty::Inferred), why, Some(span)));
        }
        values.push(self.milestone());
        values.push(self.tied("replaces", false));
        values.push(self.tied("superseded-by", true));
        values
    }

    fn title(&self) -> Value {
        let title = self.document.heading().and_then(|heading| heading.title.as_ref());
        let (value, certainty, why, line) = match title {
            Some(title) => {
                (title.value.clone(), Certainty::Stated, "the heading", Some(self.line(title.span)))
            }
            None => match self.origin.subject.as_deref().map(title_of_subject).filter(|it| !it.is_empty()) {
                Some(subject) => {
                    (subject, Certainty::Guess, "the subject of the first commit; no heading has one", None)
                }
                None => (
                    title_of_folder(self.document),
                    Certainty::Guess,
                    "the folder's name; no heading has one",
                    None,
                ),
            },
        };
        Value { key: "title", value: Some(value), certainty: Some(certainty), why: why.into(), line }
    }

    fn created(&self) -> Value {
        let of = |value: &str, certainty, why: &str| Value {
            key: "creation-date",
            value: Some(value.into()),
            certainty,
            why: why.into(),
            line: None,
        };
        let today = self.world.today;
        let is_later = |day: &String| day.parse::<Date>().is_ok_and(|day| day > today);
        match (&self.origin.created, self.first_of_history()) {
            (Some(day), _) if !is_later(day) => {
                of(day, Some(Certainty::Inferred), "the first commit that has the document")
            }
            (_, Some((day, span))) => Value {
                line: Some(self.line(span)),
                ..of(&day.to_string(), Some(Certainty::Inferred), "the earliest line of its history")
            },
            // Nothing is dated into the future.
            (Some(day), None) => of(
                TBD,
                None,
                &format!("the first commit that has it is of {day}, after the day asked for, {today}"),
            ),
            (None, None) => of(TBD, None, "no history is at hand"),
        }
    }

    /// The earliest day that a line of the Implementation History names, up to today, and where.
    fn first_of_history(&self) -> Option<(Date, Span)> {
        let history = template::of_role(self.document.outline(), Role::History)?;
        let lines = self.document.outline().passages.iter().filter(|passage| {
            history.span.holds(passage.span) && passage.span != history.heading && !passage.struck
        });
        let dated = lines.filter_map(|passage| Some((days_in(&passage.text).min()?, passage.span)));
        dated.filter(|(day, _)| *day <= self.world.today).min_by_key(|(day, _)| *day)
    }

    /// The gate, or why there is none.
    fn gate(&self) -> Value {
        let of = |value: Option<String>, certainty, why: &str, span: Option<Span>| Value {
            key: "feature-gate",
            value,
            certainty,
            why: why.into(),
            line: span.map(|span| self.line(span)),
        };
        match self.gates {
            [] => match &self.denial {
                Some(said) => {
                    of(None, Some(Certainty::Stated), "the text says that there is none", Some(said.span))
                }
                None => of(Some(TBD.into()), None, "the text names none and does not say why", None),
            },
            [one] => of(Some(one.value.clone()), Some(one.certainty), one.why, Some(one.span)),
            several => {
                let names: Vec<&str> = several.iter().map(|gate| gate.value.as_str()).collect();
                let least = several.iter().map(|gate| gate.certainty).max();
                of(
                    Some(names.join(", ")),
                    least,
                    "the text has several of its own",
                    several.first().map(|it| it.span),
                )
            }
        }
    }

    /// The VEP that takes this one's place, or the other way round, where the text says so of this VEP itself.
    fn tied(&self, key: &'static str, is_successor: bool) -> Value {
        let tie = self.ties.iter().find(|tie| tie.is_sure && tie.is_successor == is_successor);
        Value {
            key,
            value: Some(tie.map_or_else(String::new, |tie| tie.other.to_string())),
            certainty: tie.map(|_| Certainty::Stated),
            why: if tie.is_some() { "the text says so" } else { "no sentence says so of this VEP" }.into(),
            line: tie.map(|tie| self.line(tie.said.span)),
        }
    }

    fn milestone(&self) -> Value {
        let targets = &self.targets;
        let told: Vec<String> =
            targets.iter().map(|(stage, release)| format!("{stage}: {}", release.value)).collect();
        let first = targets.values().next();
        let span = first.map(|claim| claim.span);
        let (value, certainty, why) = match first {
            None => (format!("{}: {TBD}", self.first_stage()), None, "no release is stated"),
            Some(first) => (told.join(", "), targets.values().map(|it| it.certainty).max(), first.why),
        };
        Value {
            key: "milestone",
            value: Some(value),
            certainty,
            why: why.into(),
            line: span.map(|span| self.line(span)),
        }
    }

    /// The stage that a document without a target would begin with.
    fn first_stage(&self) -> Stage {
        let mut bullets = self.blocks.iter().take(1).flat_map(|block| &block.bullets).filter(|it| !it.struck);
        bullets.find_map(|bullet| bullet.aim.stage()).unwrap_or(Stage::Alpha)
    }

    fn doubts(&self, values: &[Value], cuts: &[Span]) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        let mut say = |span: Option<Span>, what: String| {
            doubts.push(Doubt { line: span.map(|span| self.line(span)), what });
        };
        if self.implied.certainty == Certainty::Guess {
            say(
                self.implied.span,
                format!("status {} is a guess: {}", self.implied.status, self.implied.why),
            );
        }
        self.implied.doubts.iter().for_each(|(span, what)| say(*span, what.clone()));
        for (at, block) in self.blocks.iter().enumerate() {
            let of = block
                .label
                .as_ref()
                .map_or(String::new(), |label| format!(" of {}", code(&one_line(label, 60))));
            if at > 0 {
                let stated: Vec<String> = block.bullets.iter().map(told).collect();
                let span = block.bullets.first().map(|bullet| bullet.span);
                say(
                    span,
                    format!(
                        "a second block of targets{of} stays in the text: {}. Front matter has one stage and one map",
                        stated.join(", ")
                    ),
                );
                continue;
            }
            self.statements(block, cuts, &mut say);
        }
        if self.blocks.is_empty() {
            for (stage, claim) in self.targets {
                say(
                    Some(claim.span),
                    format!("{stage} {} is {}: {}", claim.value, claim.certainty.as_str(), claim.why),
                );
            }
        }
        let gates = &self.gates;
        if gates.len() > 1 {
            say(
                gates.first().map(|gate| gate.span),
                "several gates are its own: a list is read, and one stage has to stand for all of them"
                    .into(),
            );
        }
        for gate in gates.iter().filter(|gate| gate.certainty != Certainty::Stated) {
            say(
                Some(gate.span),
                format!("the gate {} is {}: {}", code(&gate.value), gate.certainty.as_str(), gate.why),
            );
        }
        let is_meta = self.document.home.is_meta();
        if gates.is_empty() && !is_meta && self.denial.is_none() {
            let promise = self.document.gate_promise();
            let what = match &promise {
                Some(_) => {
                    "a feature gate is promised here, and its name is not in the text: which one is it?"
                }
                None => "no feature gate is named, and no sentence says why there is none: which one is it?",
            };
            say(promise.map(|said| said.span), what.into());
        }
        if is_meta {
            say(None, "which SIG owns this meta-VEP?".into());
        }
        for value in values.iter().filter(|it| it.key == "title" && it.certainty == Some(Certainty::Guess)) {
            say(
                None,
                format!(
                    "no heading names the VEP: is its title {}?",
                    code(value.value.as_deref().unwrap_or_default())
                ),
            );
        }
        self.planned_headings(&mut say);
        self.numbers(&mut say);
        self.people(&mut say);
        self.companions(&mut say);
        doubts
    }

    /// What the statements of the first block say that no key says, and which of their lines stay.
    fn statements(
        &self,
        block: &prose::TargetBlock,
        cuts: &[Span],
        say: &mut impl FnMut(Option<Span>, String),
    ) {
        let mut firsts: BTreeMap<Stage, &Bullet> = BTreeMap::new();
        let is_cut = |at: usize| {
            let next = cuts.partition_point(|cut| cut.end <= at);
            cuts.get(next).is_some_and(|cut| cut.start <= at)
        };
        for bullet in &block.bullets {
            let stage = bullet.aim.stage().filter(|_| bullet.release.is_some() && !bullet.struck);
            if let Some(stage) = stage {
                if let Some(first) = firsts.get(&stage) {
                    let line = self.line(first.span);
                    let raw = |bullet: &Bullet| code(&one_line(&bullet.raw, 80));
                    let what = match first.release == bullet.release {
                        true => format!(
                            "{stage} is said twice, in line {line} and here: both times {}",
                            raw(bullet)
                        ),
                        false => format!(
                            "{stage} is said twice: {} in line {line}, and {} here; front matter has the first. Which one is it?",
                            raw(first),
                            raw(bullet),
                        ),
                    };
                    say(Some(bullet.span), what);
                    continue;
                }
                firsts.insert(stage, bullet);
            }
            match doubt_of(bullet, self.document.home.is_meta()) {
                Some(what) => say(Some(bullet.span), what),
                None if !is_cut(bullet.span.start) => {
                    let what = format!(
                        "{}: {} is not all that its line says; the line stays",
                        bullet.aim.as_str(),
                        code(&one_line(&bullet.raw, 80))
                    );
                    say(Some(bullet.span), what);
                }
                None => {}
            }
        }
    }

    /// Headings that name a release of the season for a stage that has no target: no heading states one.
    fn planned_headings(&self, say: &mut impl FnMut(Option<Span>, String)) {
        let season = self.world.calendar.season(self.world.today);
        let open: Vec<Release> = season.open.into_iter().chain(season.under_way).collect();
        let last = self.targets.keys().next_back().copied();
        for section in &self.document.outline().sections {
            let stage = section.name.split(' ').next().and_then(Stage::read);
            let Some(stage) = stage.filter(|stage| last.is_none_or(|last| *stage > last)) else { continue };
            let words =
                section.title.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ':'));
            let named = words.filter_map(Release::read).find(|release| open.contains(release));
            if let Some(release) = named {
                let what =
                    format!("the heading names {release} for {stage}, and no target does: is it targeted?");
                say(Some(section.heading), what);
            }
        }
    }

    /// A heading without a number, or with another one.
    fn numbers(&self, say: &mut impl FnMut(Option<Span>, String)) {
        let (Some(heading), Some(number)) = (self.document.heading(), self.document.number()) else {
            return;
        };
        match &heading.number {
            None => say(Some(heading.span), format!("the heading has no number; the folder says {number}")),
            Some(written) if written.value != number.to_string() => {
                let what = format!("the heading says {}, the folder {number}", code(&written.value));
                say(Some(written.span), what);
            }
            Some(_) => {}
        }
    }

    /// Names that the text or the history has, none of which is taken for a handle.
    fn people(&self, say: &mut impl FnMut(Option<Span>, String)) {
        let owners = self
            .document
            .outline()
            .passages
            .iter()
            .skip_while(|passage| !passage.text.starts_with("Owners:"));
        let mut handles = owners.take(8).flat_map(|passage| {
            let words = passage.text.split(|c: char| c.is_whitespace() || c == ',');
            let named = words.filter(|word| word.starts_with('@')).map(Handle::new);
            named.filter(Handle::could_be_login).map(|handle| (passage.span, handle)).collect::<Vec<_>>()
        });
        if let Some((span, first)) = handles.next() {
            let names: Vec<String> = std::iter::once(first)
                .chain(handles.map(|(_, handle)| handle))
                .map(|it| code(it.login()))
                .collect();
            say(Some(span), format!("the text names {} as owners: are they its authors?", names.join(", ")));
        }
        if let Some(author) = &self.origin.author {
            say(
                None,
                format!(
                    "the first commit is by {}: which handle is that, and is it the author?",
                    code(&one_line(author, 80))
                ),
            );
        }
    }

    /// Targets in a file beside it.
    fn companions(&self, say: &mut impl FnMut(Option<Span>, String)) {
        for companion in self.world.head.companions(self.document.path()) {
            let blocks = companion.target_blocks();
            let stated: Vec<String> = blocks
                .iter()
                .flat_map(|block| &block.bullets)
                .filter(|it| it.release.is_some())
                .map(told)
                .collect();
            if !stated.is_empty() {
                say(
                    None,
                    format!("{} states targets of its own: {}", code(companion.path()), stated.join(", ")),
                );
            }
        }
    }
}

/// A bullet as a doubt tells it.
fn told(bullet: &Bullet) -> String {
    let raw = if bullet.raw.is_empty() { "nothing".into() } else { code(&one_line(&bullet.raw, 80)) };
    let struck = if bullet.struck { ", struck through" } else { "" };
    format!("{} {raw}{struck}", bullet.aim.as_str())
}

/// What a bullet says that no key can say.
fn doubt_of(bullet: &Bullet, is_meta: bool) -> Option<String> {
    let raw = code(&one_line(&bullet.raw, 120));
    let stays = "the line stays";
    Some(match &bullet.aim {
        _ if bullet.is_settled(is_meta) => return None,
        Aim::Other(name) => format!("{} for {raw} has no key in the schema; {stays}", code(name)),
        Aim::Unstaged => format!("{raw} is targeted without a stage; {stays}: which stage is it?"),
        aim if bullet.struck => {
            format!(
                "{} is struck through; {stays}: where the text says why it is left out, remove it",
                aim.as_str()
            )
        }
        aim if bullet.in_table => {
            format!("{} {raw} stands in a table; its lines stay: remove them by hand", aim.as_str())
        }
        aim if bullet.partly_struck => {
            format!("{}: {raw} stands beside what is struck through; {stays}", aim.as_str())
        }
        aim if bullet.release.is_none() && bullet.rest == bullet.raw => {
            format!("{raw} is no release that {} could have; {stays}", aim.as_str())
        }
        aim if bullet.release.is_none() => {
            format!("{}: {raw}; {stays}, for it says more than that there is none", aim.as_str())
        }
        aim => format!("{}: {raw} says more than a release; {stays}", aim.as_str()),
    })
}

/// A title from the subject of a commit: without the number of its pull request and a word before a colon.
fn title_of_subject(subject: &str) -> String {
    let subject = subject.trim();
    let subject = match subject.rfind(" (#") {
        Some(at) if subject.ends_with(')') => subject.get(..at).unwrap_or(subject),
        _ => subject,
    };
    let title = subject.split_once(": ").map_or(subject, |(_, title)| title);
    one_line(title, 150)
}

/// A title from a folder's name, for want of anything better.
fn title_of_folder(document: &Document) -> String {
    let name = document.home.name().unwrap_or_default();
    let words =
        name.split('-').filter(|word| !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()));
    let words: Vec<String> = words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
        })
        .collect();
    one_line(&words.join(" "), 150)
}

/// The text with front matter before it, and without some of its stretches.
fn with_front_matter(source: &Source, values: &[Value], cuts: &[Span]) -> String {
    let text = source.text();
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (mark, rest) = text.split_at(source.start());
    let block = front_matter(values).replace('\n', eol);
    let mut body = String::with_capacity(rest.len());
    let mut at = source.start();
    for cut in cuts {
        body.push_str(text.get(at..cut.start).unwrap_or_default());
        at = at.max(cut.end);
    }
    body.push_str(text.get(at..).unwrap_or_default());
    format!("{mark}{block}{eol}{body}")
}

/// The block, by the one writer of front matter.
fn front_matter(values: &[Value]) -> String {
    let block =
        values.iter().filter_map(|value| Some((value.key, typed(value.key, value.value.as_deref()?))));
    document::write(&block.collect::<Vec<_>>(), "\n")
}

/// A value as the writer takes it.
fn typed<'v>(key: &str, text: &'v str) -> document::Value<'v> {
    use document::Value as Typed;
    let number = |text: &str| text.parse().map(Typed::Number).ok();
    match key {
        "authors" | "reviewers" | "approvers" => Typed::People(text.split(", ").map(Handle::new).collect()),
        "participating-sigs" => Typed::Words(vec![]),
        "milestone" => {
            let targets = text.split(", ").filter_map(|target| target.split_once(": "));
            let typed = |(stage, release)| Some((Stage::read(stage)?, Release::read(release)));
            Typed::Releases(targets.filter_map(typed).collect())
        }
        "feature-gate" if text.contains(", ") => Typed::Words(text.split(", ").map(Into::into).collect()),
        "replaces" | "superseded-by" => number(text).unwrap_or(Typed::Nothing),
        "vep-number" => number(text).unwrap_or(Typed::Text(text.into())),
        "creation-date" => Typed::Date(text.into()),
        _ => Typed::Text(text.into()),
    }
}

/// The certainty of each of a migration's values, for counting.
pub fn certainties(migration: &Migration) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for value in &migration.values {
        *counts.entry(value.certainty.map_or("unknown", Certainty::as_str)).or_default() += 1;
    }
    counts
}
