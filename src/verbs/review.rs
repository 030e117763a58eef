//! `review`: what will CI say of this change?
//!
//! The whole change against its base, before anybody else looks at it: every touched VEP judged against what
//! it was, the files it brings, and, where they are known, its title, labels and commits.
//!
//! Absent on purpose: the verdict of people. A change that would pass is not approved.

use super::{
    Card, Compare, Leaves, Needs, Text, Trouble, Verb, Want, declared, notices, one_or_many, owed, untold,
    was,
};
use crate::corpus::Notice;
use crate::document::Document;
use crate::law::Severity;
use crate::render::{self, Found, Judged, Upstream};
use crate::report::Report;
use crate::sheet::{Bar, Counts, Outcome, Sheet, judge, judge_change};
use crate::text::{code, code_up_to, one_line};
use crate::upstream::{self, Said};
use crate::world::{Base, Overtaken, PullRequest, Tip, World};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Most documents that an answer tells of.
const MOST_DOCUMENTS: usize = 20;
/// Most documents that are named as changed on the base branch meanwhile.
const MOST_OVERTAKEN: usize = 5;
/// Most findings that a brief answer tells.
const MOST_FINDINGS: usize = 40;

/// Reviews a whole change.
#[derive(Debug)]
pub struct Review;

/// Which change, and what is said of it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// Commit to compare with; default: upstream's default branch
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Commit to review; default: the working tree
    #[arg(long, value_name = "REF")]
    head: Option<String>,
    /// Pull request, of a remote repository
    #[arg(long, value_name = "NUMBER", conflicts_with = "head")]
    pr: Option<u32>,
    /// Title of the pull request
    #[arg(long)]
    title: Option<String>,
    /// Its labels
    #[arg(long, value_delimiter = ',')]
    #[serde(deserialize_with = "one_or_many")]
    labels: Vec<String>,
    /// Its body
    #[arg(long, value_name = "FILE")]
    body: Option<Text>,
    /// Login of its author
    #[arg(long)]
    author: Option<String>,
    /// Why an error is meant: correction, retroactive, backfill or exception, as kind=reason
    #[arg(long, value_name = "KIND=REASON")]
    #[serde(deserialize_with = "one_or_many")]
    declare: Vec<String>,
    /// Also what was there before fails the run
    #[arg(long)]
    all: bool,
    /// Also what upstream's draft checks would say, and why that differs
    #[arg(long)]
    upstream: bool,
    /// Every rule's verdict
    #[arg(long)]
    full: bool,
}

/// What CI would say, the verdict first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    #[serde(skip)]
    report: Report,
    /// `would pass`, `would fail`, `a person must decide`, or `nothing differs`
    verdict: &'static str,
    /// The day the answer is for
    today: String,
    /// What the change is compared with
    base: String,
    /// Where the dates come from, and how old that is
    calendar: String,
    /// VEPs that the change touches
    touched: usize,
    /// New findings
    errors: usize,
    warnings: usize,
    advice: usize,
    /// Findings that were there before
    before: usize,
    /// Errors that a declaration speaks of: a person must decide
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_decide: Vec<Declared>,
    /// The change as a whole
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Judged>,
    /// The touched VEPs, the gravest findings first
    documents: Vec<Judged>,
    /// Findings that were left out; ask with full
    #[serde(skip_serializing_if = "render::is_zero")]
    left_out: usize,
    /// What upstream's draft checks would say
    #[serde(skip_serializing_if = "Vec::is_empty")]
    upstream: Vec<Upstream>,
    /// What people owe before the merge
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// An error that is meant, by somebody's word.
#[derive(Debug, Serialize, JsonSchema)]
struct Declared {
    rule: &'static str,
    path: String,
    what: String,
    /// The declaration
    declared: String,
    /// Its reason
    reason: String,
}

impl Verb for Review {
    const CARD: Card = Card {
        judges: true,
        ..Card::new(
            "review",
            "review_changes",
            "Review a change",
            "Judges the checkout's whole change against its base, as CI will: touched VEPs, files, title, labels, commits.",
            "Ask before you propose a pull request; mend what blocks. Only new errors fail.",
        )
    };
    type Ask = Ask;
    type Answer = Answer;

    fn needs(ask: &Ask) -> Needs {
        let compare = Compare { base: ask.base.clone(), head: ask.head.clone(), pull: ask.pr };
        Needs { base: Want::Must, compare, ..Needs::verdicts() }
    }

    fn leaves(answer: &Answer) -> Leaves<'_> {
        Leaves { report: Some(&answer.report), ..Leaves::default() }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let Some(base) = &world.base else {
            let way = "Review works on a git checkout; the built-in example has no history.";
            return Err(Trouble::new("there is nothing to compare with", way));
        };
        let declarations = declared(&ask.declare)?;
        // A title and labels belong to the change; the world is what the roof found, and this is added to it.
        let labels = (!ask.labels.is_empty()).then(|| ask.labels.clone());
        let pull = PullRequest { title: ask.title.clone(), labels, ..PullRequest::clone(&world.pull) };
        let world = World { pull: Arc::new(pull), ..world.clone() };
        let is_empty = !base.differs(&world);
        let notes = notes(base, ask.body.as_ref());
        let world = world.as_merged();
        let Some(base) = &world.base else {
            return Err(Trouble::new("there is nothing to compare with", "Name the base."));
        };
        let touched: Vec<&Arc<Document>> = base.touched(&world.head).collect();
        let is_touched = |sheet: &Sheet| touched.iter().any(|it| it.path() == sheet.path);
        world.work.expect(world.head.proposals().len());
        // A change can break a VEP that it does not touch, by what it takes away from it.
        let sheets: Vec<Sheet> = world
            .head
            .proposals()
            .iter()
            .map(|now| judge(&world, now, was(&world, now.path())))
            .filter(|sheet| is_touched(sheet) || sheet.has_news())
            .collect();
        let whole = Some(judge_change(&world, base));
        let mut report = Report::new(&world, base.name.clone(), whole, sheets, Bar::of(&world, ask.all));
        report.declare(&declarations);
        report.people = owed(&touched, ask.author.as_deref());
        let is_conflict = |note: &&String| note.starts_with(NO_MERGE);
        report.conflicts = notes.iter().filter(is_conflict).cloned().collect();
        report.notes = notes;
        report.notes.extend(notices(untold(unread_news(&world, base), report.whole.as_ref())));
        report.is_empty = is_empty;
        if ask.upstream {
            report.upstream = upstream(&world, base, &report.sheets);
        }
        report.full = ask.full;
        Ok(answer(report, touched.len()))
    }

    fn texts(ask: &mut Ask) -> Vec<&mut Text> {
        ask.body.iter_mut().collect()
    }
}

/// How an outcome is told before anybody has decided anything.
fn would(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passes => "would pass",
        Outcome::Undecided => Outcome::Undecided.as_str(),
        Outcome::Fails => "would fail",
    }
}

fn answer(report: Report, touched: usize) -> Answer {
    let full = report.full;
    let declared = report.flaws().filter_map(|(sheet, rule, flaw)| {
        let by = flaw.declared.as_ref()?;
        Some(Declared {
            rule: rule.id,
            path: one_line(&sheet.path, 200),
            what: flaw.what.clone(),
            declared: by.kind.into(),
            reason: by.reason.clone(),
        })
    });
    let to_decide = declared.collect();
    let told = |sheet: &Sheet| render::judged(sheet, report.bar, full);
    let mut documents: Vec<Judged> = report.sheets.iter().map(told).collect();
    let mut change = report.whole.as_ref().map(told);
    let left_out = if full { 0 } else { shorten(&mut change, &mut documents, report.bar) };
    let Counts { errors, warnings, advice } = report.counts();
    Answer {
        verdict: if report.nothing().is_some() { "nothing differs" } else { would(report.outcome()) },
        today: report.today.to_string(),
        base: report.base.clone(),
        calendar: report.calendar.clone(),
        touched,
        errors,
        warnings,
        advice,
        before: report.before(),
        to_decide,
        change,
        documents,
        left_out,
        upstream: report.upstream.iter().map(render::upstream).collect(),
        people: report.people.clone(),
        notes: report.notes.clone(),
        report,
    }
}

/// What upstream's draft checks would say of each file that the change edits.
fn upstream(world: &World, base: &Base, sheets: &[Sheet]) -> Vec<Said> {
    let said = |now: &Arc<Document>| {
        let ours = sheets.iter().find(|sheet| sheet.path == now.path());
        upstream::said(world, now, was(world, now.path()), ours)
    };
    base.edited(&world.head).map(said).collect()
}

/// What else is to be known of a change: what its body lacks, and what the base branch has changed meanwhile.
fn notes(base: &Base, body: Option<&Text>) -> Vec<String> {
    let tip = base.tip.iter().flat_map(|tip| tip.overtaken.iter().map(move |it| (tip, it)));
    let mut notes: Vec<String> =
        tip.clone().take(MOST_OVERTAKEN).map(|(tip, it)| meanwhile(tip, it)).collect();
    let more = tip.count().saturating_sub(MOST_OVERTAKEN);
    if more > 0 {
        notes.push(format!("{more} more documents were changed on the base branch meanwhile."));
    }
    notes.extend(body_notes(body));
    notes
}

/// How the note on a change begins that cannot be merged.
const NO_MERGE: &str = "does not merge";

/// What the base branch has done to a document since the change parted from it.
fn meanwhile(tip: &Tip, overtaken: &Overtaken) -> String {
    let (path, name) = (code(&overtaken.path), &tip.name);
    let changed = format!("was changed on the base branch ({name}) since this change parted from it");
    match (&overtaken.merged, &overtaken.there) {
        (Some(_), _) => {
            format!("{path} {changed}. The two merge; it is checked as the merge would leave it.")
        }
        (None, Some(_)) => format!(
            "{NO_MERGE}: {path} {changed}, and the two conflict. It is checked as this change has it. Rebase or \
             merge, and resolve the conflict."
        ),
        (None, None) => format!(
            "{NO_MERGE}: {path} was removed from the base branch ({name}) since this change parted from it. It \
             is checked as this change has it."
        ),
    }
}

/// The notices that are this change's: what the base's files are like as well is not its matter.
fn unread_news<'w>(world: &'w World, base: &'w Base) -> impl Iterator<Item = &'w Notice> {
    let old = base.world.head.notices();
    world.head.notices().iter().filter(move |notice| !old.contains(notice))
}

/// Keeps the answer readable: what was there before is counted and not told, and only so many documents and
/// findings are. Gives back how many findings went.
fn shorten(change: &mut Option<Judged>, documents: &mut Vec<Judged>, bar: Bar) -> usize {
    // What was there before is told only where it fails the run.
    let is_told = |found: &Found| {
        found.age.is_none() || (bar.all && Severity::read(found.severity).is_some_and(|it| it <= bar.from))
    };
    documents.iter_mut().for_each(|document| document.findings.retain(is_told));
    let all: usize = change.iter().chain(&*documents).map(|it| it.findings.len()).sum();
    documents.truncate(MOST_DOCUMENTS);
    let mut room = MOST_FINDINGS;
    for judged in change.iter_mut().chain(documents) {
        judged.findings.truncate(room);
        room -= judged.findings.len();
    }
    all - (MOST_FINDINGS - room)
}

/// What the repository's own pull request template asks for and the body lacks.
fn body_notes(body: Option<&Text>) -> Vec<String> {
    let Some(Text::Given(bytes)) = body else { return vec![] };
    let body = String::from_utf8_lossy(bytes).to_lowercase();
    ["Tracking issue", "SIG label", "What this PR does"]
        .into_iter()
        .filter(|wanted| !body.contains(&wanted.to_lowercase()))
        .map(|wanted| {
            format!("The body has no “{wanted}”, which the repository's pull request template asks for.")
        })
        .collect()
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nothing) = self.report.nothing() {
            return writeln!(f, "Verdict: **{}**. Today is {}.", nothing, self.today);
        }
        let counts = Counts { errors: self.errors, warnings: self.warnings, advice: self.advice };
        let s = if self.touched == 1 { "" } else { "s" };
        let merges = if self.report.conflicts.is_empty() { "" } else { ", but it does not merge" };
        let before = self.report.told_before();
        writeln!(
            f,
            "Verdict: **{}**{merges}. {} VEP{s} touched; new: {counts}; {before}.",
            self.verdict, self.touched
        )?;
        writeln!(f, "Today is {}. Base: {}. Dates: {}.", self.today, self.base, self.calendar)?;
        for Declared { rule, path, what, declared, reason } in &self.to_decide {
            writeln!(
                f,
                "\nA person must decide: `{rule}` in {}: {what}. Declared as {declared}: {}.",
                code(path),
                code_up_to(reason, 300)
            )?;
        }
        let change = self.change.iter();
        let told = change.filter(|change| !change.findings.is_empty() || !change.verdicts.is_empty());
        told.into_iter().try_for_each(|change| change.write(f, false))?;
        for document in &self.documents {
            document.write(f, true)?;
        }
        if self.left_out > 0 {
            writeln!(f, "\n{} more findings; ask with full.", self.left_out)?;
        }
        self.upstream.iter().try_for_each(|said| said.fmt(f))?;
        if !self.people.is_empty() {
            writeln!(f, "\nOwed by people:")?;
            self.people.iter().try_for_each(|it| writeln!(f, "- {it}"))?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "\nNote: {note}"))
    }
}
