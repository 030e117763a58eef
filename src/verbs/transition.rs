//! `transition`: where does a VEP stand, and what may happen next?
//!
//! What a step comes to is found by [`crate::proposal`]: the step is made in memory and the book is asked about
//! the result. Retargeting and graduation are steps that keep the state.
//!
//! Absent on purpose: the pull request around the patch, which `bump` prepares.

use super::{Card, Leaves, Name, Needs, Trouble, Verb, Writes, inputs, label, one, one_or_many};
use crate::calendar::{Freeze, days, last_safe_day};
use crate::document::{Document, Front};
use crate::lifecycle::{Standing, Start, Step, step, who};
use crate::patch::Patch;
use crate::proposal::{self, Proposal, propose};
use crate::render::{FilePatch, file_patches};
use crate::sheet::{Declaration, Sheet, Verdict, conditions};
use crate::text::{code, code_up_to, one_line, sentence};
use crate::vep::Status;
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Says what may happen to a VEP next.
#[derive(Debug)]
pub struct Transition;

/// Which VEP, and which step.
#[derive(Debug, Clone, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Number (307), path or folder name
    vep: Name,
    /// The state it should get; none: all steps
    #[arg(long)]
    #[serde(default)]
    to: Option<Status>,
    /// What the step needs, as key=value: stage, milestone.<stage>, authors, reviewers, approvers, feature-gate, superseded-by
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(default, deserialize_with = "one_or_many")]
    set: Vec<String>,
    /// Why a refused step is meant: correction, retroactive, backfill or exception, as kind=reason
    #[arg(long, value_name = "KIND=REASON")]
    #[serde(default, deserialize_with = "one_or_many")]
    declare: Vec<String>,
}

/// Where the VEP stands, and its steps, the lawful first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The day the answer is for
    today: String,
    /// Where the dates come from, and how old that is
    calendar: String,
    /// What is compared with what
    base: &'static str,
    vep: String,
    path: String,
    /// The state it has, or `(legacy file)`
    from: &'static str,
    steps: Vec<NextStep>,
    #[serde(skip)]
    patches: Vec<Patch>,
}

/// One step.
#[derive(Debug, Serialize, JsonSchema)]
struct NextStep {
    to: &'static str,
    /// `lawful`, `same`, `unsettled` or `unlawful`
    standing: &'static str,
    /// Who decides
    who: &'static str,
    /// The gate into implementable applies
    gate: bool,
    why: &'static str,
    /// `ready`, `a person must decide`, `lacks something` or `refused`
    outcome: &'static str,
    /// What it lacks: errors that the step makes, and the state's own conditions
    lacks: Vec<Lack>,
    /// The nearest lawful way
    #[serde(skip_serializing_if = "str::is_empty")]
    way: &'static str,
    /// What speaks for and against an unsettled step
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Side>,
    /// In full, where one step was asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Detail>,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Lack {
    rule: &'static str,
    /// The file, where it is another VEP's
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    line: usize,
    what: String,
    fix: String,
}

/// Something that only a person can give.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Question {
    /// The key to set
    pub(super) set: String,
    pub(super) question: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Detail {
    /// Where the law says so
    cites: Vec<String>,
    /// The step's own conditions
    conditions: Vec<Condition>,
    /// Other warnings that the document would have after it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Lack>,
    /// The freeze of the release it targets
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze: Option<String>,
    /// What only a person can give
    #[serde(skip_serializing_if = "Vec::is_empty")]
    asks: Vec<Question>,
    /// The files that change; none unless the step is ready or for a person to decide
    #[serde(skip_serializing_if = "Vec::is_empty")]
    patches: Vec<FilePatch>,
    /// What was declared, and why
    #[serde(skip_serializing_if = "Vec::is_empty")]
    declared: Vec<String>,
    /// What else has to happen
    also: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Side {
    /// `for` or `against`
    side: &'static str,
    source: &'static str,
    says: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Condition {
    rule: &'static str,
    says: &'static str,
    /// `met`, `missing`, `declared` or `open`
    state: &'static str,
    /// What is missing, or why it is open
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Verb for Transition {
    const CARD: Card = Card {
        writes: Writes::Files,
        ..Card::new(
            "transition",
            "propose_transition",
            "Propose a transition",
            "Says where a VEP stands and which states it may go to: standing in law, who decides, what it lacks; for one state the patch.",
            "Ask before you touch `status`. Unsettled: show both sides, a SIG decides.",
        )
    };
    type Ask = Ask;
    type Answer = Answer;

    // A legacy VEP's step includes its migration, whose day of creation the history knows.
    fn needs(_ask: &Ask) -> Needs {
        Needs { history: true, ..Needs::verdicts() }
    }

    fn leaves(answer: &Answer) -> Leaves<'_> {
        Leaves { patches: &answer.patches, ..Leaves::default() }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let document = one(&world.head, &ask.vep.0)?;
        let start = start(document)?;
        let inputs = inputs(&ask.set, &ask.declare)?;
        // What is set without a state is a retarget or a graduation: the state stays.
        let same = document.facts().status.as_ref().map(|fact| fact.value).filter(|_| !ask.set.is_empty());
        let to = ask.to.or(same);
        let targets = to.map_or(Status::ALL.to_vec(), |to| vec![to]);
        let mut steps: Vec<Step> = targets.into_iter().map(|to| step(start, to)).collect();
        steps.sort_by_key(|step| step.ground.standing);
        let mut patches = Vec::new();
        let told = steps.into_iter().map(|step| {
            let proposal = propose(world, document, step, &inputs);
            let told = next_step(world, document, &proposal, to.map(|_| inputs.declared.as_slice()));
            if to.is_some() {
                patches.extend(proposal.patches);
            }
            told
        });
        let steps = told.collect();
        Ok(Answer {
            today: world.today.to_string(),
            calendar: world.calendar.told(world.today),
            base: "the file as it is",
            vep: label(document),
            path: one_line(document.path(), 200),
            from: start.as_str(),
            steps,
            patches,
        })
    }
}

/// Where the steps of this document begin.
pub(super) fn start(document: &Document) -> Result<Start, Trouble> {
    if let Some(start) = document.start() {
        return Ok(start);
    }
    let (line, fix) = match &document.front {
        Front::Unreadable { fault, .. } => (document.source.line(fault.span.start), fault.fix.clone()),
        Front::Absent { near } => {
            let line = near.map_or(1, |near| document.source.line(near.start));
            (line, "Make `---` the first line of the file.".into())
        }
        Front::Read { matter, .. } => {
            let line = matter.key_span("status").map_or(1, |span| document.source.line(span.start));
            (line, "Give `status` one of the seven states.".into())
        }
    };
    let what = format!("the state of {} cannot be read (line {line})", label(document));
    Err(Trouble { what, ways: vec![fix, "validate says all that is wrong with it.".into()] })
}

/// The declarations that were made, with the rules that they speak of.
type Declared = [(&'static [&'static str], Declaration)];

fn next_step(
    world: &World,
    document: &Arc<Document>,
    proposal: &Proposal,
    full: Option<&Declared>,
) -> NextStep {
    let step = proposal.step;
    NextStep {
        to: step.to.as_str(),
        standing: step.ground.standing.as_str(),
        who: who(step.to),
        gate: step.ground.gate,
        why: step.ground.why,
        outcome: proposal.outcome.as_str(),
        lacks: lacks(&proposal.lacks),
        way: step.ground.way,
        evidence: evidence(step),
        detail: full.map(|declared| detail(world, document, proposal, declared)),
    }
}

fn evidence(step: Step) -> Vec<Side> {
    let told = step.ground.evidence.iter().map(|it| Side {
        side: if it.speaks_for { "for" } else { "against" },
        source: it.source.name(),
        says: it.says,
    });
    told.collect()
}

/// What a proposal lacks, as it is told.
pub(super) fn lacks(lacks: &[proposal::Lack]) -> Vec<Lack> {
    let told = |lack: &proposal::Lack| Lack {
        rule: lack.rule,
        file: lack.file.as_deref().map(|file| one_line(file, 200)),
        line: lack.line,
        what: lack.what.clone(),
        fix: lack.fix.clone(),
    };
    lacks.iter().map(told).collect()
}

/// What only a person can give, as it is told.
pub(super) fn questions(proposal: &Proposal) -> Vec<Question> {
    proposal.asks.iter().map(|ask| Question { set: ask.input.clone(), question: ask.question }).collect()
}

fn detail(world: &World, document: &Arc<Document>, proposal: &Proposal, declared: &Declared) -> Detail {
    let step = proposal.step;
    let then = proposal.then.as_ref().unwrap_or(document);
    Detail {
        cites: step.ground.cites.iter().map(ToString::to_string).collect(),
        conditions: proposal.sheet.as_ref().map(|sheet| met(sheet, step.to)).unwrap_or_default(),
        warnings: lacks(&proposal.warnings),
        freeze: freeze(world, then).filter(|_| step.to.is_live()),
        asks: questions(proposal),
        patches: file_patches(&proposal.patches),
        declared: declared
            .iter()
            .map(|(_, by)| format!("{}: {}", by.kind, code_up_to(&by.reason, 300)))
            .collect(),
        also: also(document, step),
    }
}

/// A state's own conditions, met or not.
fn met(sheet: &Sheet, to: Status) -> Vec<Condition> {
    let own = sheet.checks.iter().filter(|check| conditions(to).contains(&check.rule.id));
    own.map(|check| {
        let (state, why) = match &check.verdict {
            Verdict::Holds => ("met", None),
            Verdict::Broken(flaws) if flaws.iter().all(|flaw| flaw.declared.is_some()) => {
                ("declared", flaws.first().map(|flaw| flaw.what.clone()))
            }
            Verdict::Broken(flaws) => ("missing", flaws.first().map(|flaw| flaw.what.clone())),
            Verdict::NotYet(why) => ("open", Some(why.clone())),
        };
        Condition { rule: check.rule.id, says: check.rule.says, state, why }
    })
    .collect()
}

/// The freeze of the release that the stage in flight targets, in a sentence.
pub(super) fn freeze(world: &World, document: &Document) -> Option<String> {
    let (stage, release) = world.target(document)?;
    let release = release.value;
    Some(match world.calendar.freeze(release) {
        Freeze::On(freeze) => {
            let safe = last_safe_day(freeze);
            match days(world.today, freeze) {
                left if left > 0 => {
                    let s = if left == 1 { "" } else { "s" };
                    format!(
                        "{stage} {release}: VEP Freeze on {freeze}, {left} day{s} left, last safe day {safe}"
                    )
                }
                0 => format!(
                    "{stage} {release}: VEP Freeze is today: it is too late; the last safe day was {safe}"
                ),
                late => format!(
                    "{stage} {release}: VEP Freeze was {freeze}, {} days ago; the last safe day was {safe}",
                    -late
                ),
            }
        }
        Freeze::NoSchedule => format!("{stage} {release}: unknown, there is no schedule of {release}"),
        Freeze::NotScheduled => format!("{stage} {release}: unknown, the schedule has no VEP Freeze"),
        Freeze::Unreadable(why) => format!("{stage} {release}: unknown, {}", sentence(&why, 200)),
    })
}

/// What the text of the law asks for beside the document.
pub(super) fn also(document: &Document, step: Step) -> Vec<String> {
    if matches!(step.ground.standing, Standing::Unlawful | Standing::Same) {
        return vec![];
    }
    let number = document.number().map_or("<number>".into(), |number| number.to_string());
    let mut also = vec![format!("Set “Proposal status” in tracking issue #{number} to {}.", step.to)];
    match step.to {
        Status::Implementable => also.push(
            "An LGTM from each of SIG compute, network and storage and from every participating SIG; root OWNERS merge."
                .into(),
        ),
        Status::Replaced => {
            also.push(format!("`replaces: {number}` stands in the successor, in the same pull request."));
        }
        Status::Deferred => also.push("A target that was still to come is \"TBD\" now.".into()),
        Status::Implemented => also.push("Bring the Implementation History up to date.".into()),
        Status::Provisional | Status::Rejected | Status::Withdrawn => {}
    }
    also
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = if self.from == Start::Legacy.as_str() { "a legacy file" } else { self.from };
        writeln!(f, "{} is **{from}** ({}).", self.vep, code(&self.path))?;
        writeln!(f, "Today is {}. Dates: {}. Base: {}.", self.today, self.calendar, self.base)?;
        // Steps of which the same is to be said are told together.
        for alike in self.steps.chunk_by(|one, other| one.tells_the_same(other)) {
            let names: Vec<&str> = alike.iter().map(|step| step.to).collect();
            let Some(step) = alike.first() else { continue };
            writeln!(f)?;
            step.write(f, &names.join(", "), alike.len() == 1)?;
        }
        Ok(())
    }
}

impl NextStep {
    /// Whether it is a step that may be taken, and not one that is none or that is refused.
    fn is_open(&self) -> bool {
        [Standing::Lawful, Standing::Unsettled].iter().any(|open| open.as_str() == self.standing)
    }

    fn tells_the_same(&self, other: &Self) -> bool {
        (self.standing, self.gate, self.why, self.way) == (other.standing, other.gate, other.why, other.way)
            && self.evidence == other.evidence
            && (!self.is_open() || self.lacks == other.lacks)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, names: &str, alone: bool) -> fmt::Result {
        let gate = if self.gate { ", through the gate" } else { "" };
        write!(f, "**{names}**: {}{gate}. {}", self.standing, self.why)?;
        let is_step = self.is_open();
        writeln!(
            f,
            "{}",
            if alone && is_step { format!(" Who decides: {}.", self.who) } else { String::new() }
        )?;
        if !self.way.is_empty() {
            writeln!(f, "- The lawful way: {}", self.way)?;
        }
        // A retarget is no step, and may lack something all the same.
        if is_step || (self.detail.is_some() && self.standing == Standing::Same.as_str()) {
            self.lacks.iter().try_for_each(|lack| writeln!(f, "- lacks {lack}"))?;
        }
        for Side { side, source, says } in &self.evidence {
            writeln!(f, "- {side} it ({source}): {says}")?;
        }
        let Some(detail) = &self.detail else { return Ok(()) };
        // What is missing has been told as a lack.
        for Condition { rule, says, state, why } in
            detail.conditions.iter().filter(|it| it.state != "missing")
        {
            let why = why.as_ref().map_or(String::new(), |why| format!(": {why}"));
            writeln!(f, "- {state} `{rule}` ({says}){why}")?;
        }
        detail.warnings.iter().try_for_each(|warning| writeln!(f, "- warning {warning}"))?;
        detail.asks.iter().try_for_each(|ask| writeln!(f, "- {ask}"))?;
        for declared in &detail.declared {
            writeln!(f, "- declared as {declared}; it makes nothing lawful, a person must decide")?;
        }
        if let Some(freeze) = &detail.freeze {
            writeln!(f, "- freeze: {freeze}")?;
        }
        detail.also.iter().try_for_each(|it| writeln!(f, "- also: {it}"))?;
        writeln!(f, "- law: {}", detail.cites.join("; "))?;
        writeln!(f, "- outcome: **{}**", self.outcome)?;
        detail.patches.iter().try_for_each(|patch| write!(f, "\n{patch}"))
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to be given as `{}`: {}", self.set, self.question)
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, file, line, what, fix } = self;
        let file = file.as_ref().map_or(String::new(), |file| format!("{} ", code(file)));
        let stop = if what.ends_with('.') { "" } else { "." };
        write!(f, "`{rule}` {file}line {line}: {what}{stop} {fix}")
    }
}
