//! `transition`: where does a VEP stand, and what may happen next?
//!
//! What a step still lacks is found by asking the same book about the document as it would be: its status
//! is set to the target in memory, read and judged. There is no second copy of the law.
//!
//! Absent on purpose, until edits are exact: the patch.

use super::{Name, Trouble, Verb, label, one};
use crate::calendar::{Freeze, days, last_safe_day};
use crate::document::{Document, Front};
use crate::law::Severity;
use crate::lifecycle::{Standing, Start, Step, step, who};
use crate::rule::Was;
use crate::sheet::{Sheet, Verdict, judge};
use crate::text::{Source, Spanned, code, one_line};
use crate::vep::Status;
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

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
    #[serde(default)]
    to: Option<Status>,
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
    /// What the document would still lack: errors, and the state's own conditions
    lacks: Vec<Lack>,
    /// The nearest lawful way
    #[serde(skip_serializing_if = "str::is_empty")]
    way: &'static str,
    /// In full, where one step was asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Detail>,
}

#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Lack {
    rule: &'static str,
    line: usize,
    what: String,
    fix: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Detail {
    /// What speaks for and against an unsettled step
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Side>,
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
    /// What else has to happen
    also: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
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
    /// `met`, `missing` or `open`
    state: &'static str,
    /// What is missing, or why it is open
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Verb for Transition {
    const COMMAND: &'static str = "transition";
    const TOOL: &'static str = "propose_transition";
    const TITLE: &'static str = "Propose a transition";
    const ABOUT: &'static str =
        "Says where a VEP stands and which states it may go to: standing in law, who decides, what it lacks.";
    const GUIDANCE: &'static str =
        "Ask before you touch `status`. Unsettled: show both sides, a SIG decides.";
    type Ask = Ask;
    type Answer = Answer;

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let document = one(&world.head, &ask.vep.0)?;
        let start = start(document)?;
        let targets = ask.to.map_or(Status::ALL.to_vec(), |to| vec![to]);
        let mut steps: Vec<Step> = targets.into_iter().map(|to| step(start, to)).collect();
        steps.sort_by_key(|step| step.ground.standing);
        Ok(Answer {
            today: world.today.to_string(),
            calendar: world.calendar.source.with_age(world.today),
            base: "the file as it is",
            vep: label(document),
            path: one_line(document.path(), 200),
            from: start.as_str(),
            steps: steps.into_iter().map(|step| next_step(world, document, step, ask.to.is_some())).collect(),
        })
    }
}

/// Where the steps of this document begin.
fn start(document: &Document) -> Result<Start, Trouble> {
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

fn next_step(world: &World, document: &Document, step: Step, full: bool) -> NextStep {
    let sheet = as_it_would_be(document, step.to).map(|then| judge(world, &then, Was::Known(document)));
    let wanted = conditions(step.to);
    let lacks = match &sheet {
        Some(sheet) => flaws(sheet, |rule, severity| severity == Severity::Error || wanted.contains(&rule)),
        None => vec![Lack {
            rule: "front-matter-present",
            line: 1,
            what: "it has no front matter that could say so".into(),
            fix: "Migrate it first: front matter takes the place of the status section.".into(),
        }],
    };
    NextStep {
        to: step.to.as_str(),
        standing: step.ground.standing.as_str(),
        who: who(step.to),
        gate: step.ground.gate,
        why: step.ground.why,
        lacks,
        way: step.ground.way,
        detail: full.then(|| detail(world, document, step, sheet.as_ref())),
    }
}

/// The document with another status, as it would be read; none where it has no status to change.
fn as_it_would_be(document: &Document, to: Status) -> Option<Document> {
    let Spanned { span, .. } = document.matter()?.status.read()?;
    let text = document.source.text();
    let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
    Some(Document::parse(Source::new(document.path(), format!("{before}{to}{after}"))))
}

/// The flaws that are wanted, by rule and severity; the step itself is told by its standing.
fn flaws(sheet: &Sheet, wanted: impl Fn(&str, Severity) -> bool) -> Vec<Lack> {
    sheet
        .flaws()
        .into_iter()
        .filter(|(rule, flaw)| rule.id != "step-lawful" && wanted(rule.id, flaw.severity))
        .map(|(rule, flaw)| Lack {
            rule: rule.id,
            line: flaw.spot.start.line,
            what: flaw.what.clone(),
            fix: flaw.fix.clone(),
        })
        .collect()
}

/// The rules that are a state's own conditions.
fn conditions(to: Status) -> &'static [&'static str] {
    match to {
        Status::Implementable => &[
            "reviewers-named",
            "approvers-named",
            "feature-gate-named",
            "stage-present",
            "milestone-set",
            "freeze-known",
            "before-freeze",
        ],
        Status::Implemented => &["stage-present", "implemented-at-ga"],
        Status::Deferred => &["deferred-untargeted"],
        Status::Replaced => &["superseded-by-set", "succession-resolves", "succession-answers"],
        Status::Provisional | Status::Rejected | Status::Withdrawn => &[],
    }
}

fn detail(world: &World, document: &Document, step: Step, sheet: Option<&Sheet>) -> Detail {
    let evidence = step.ground.evidence.iter().map(|it| Side {
        side: if it.speaks_for { "for" } else { "against" },
        source: it.source.name(),
        says: it.says,
    });
    let is_other_warning =
        |rule: &str, severity| severity == Severity::Warning && !conditions(step.to).contains(&rule);
    let checks = sheet.into_iter().flat_map(|sheet| &sheet.checks);
    let own = checks.filter(|check| conditions(step.to).contains(&check.rule.id));
    Detail {
        evidence: evidence.collect(),
        cites: step.ground.cites.iter().map(ToString::to_string).collect(),
        conditions: own
            .map(|check| {
                let (state, why) = match &check.verdict {
                    Verdict::Holds => ("met", None),
                    Verdict::Broken(flaws) => ("missing", flaws.first().map(|flaw| flaw.what.clone())),
                    Verdict::NotYet(why) => ("open", Some(why.clone())),
                };
                Condition { rule: check.rule.id, says: check.rule.says, state, why }
            })
            .collect(),
        warnings: sheet.map(|sheet| flaws(sheet, is_other_warning)).unwrap_or_default(),
        freeze: freeze(world, document).filter(|_| step.to.is_live()),
        also: also(document, step),
    }
}

/// The freeze of the release that the stage in flight targets, in a sentence.
fn freeze(world: &World, document: &Document) -> Option<String> {
    let (stage, release) = document.facts.target()?;
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
        Freeze::Unreadable(why) => format!("{stage} {release}: unknown, {why}"),
    })
}

/// What the text of the law asks for beside the document.
fn also(document: &Document, step: Step) -> Vec<String> {
    if matches!(step.ground.standing, Standing::Unlawful | Standing::Same) {
        return vec![];
    }
    let number = document.facts.number.as_ref().map_or("<number>".into(), |fact| fact.value.to_string());
    let mut also = vec![format!("Set “Proposal status” in tracking issue #{number} to {}.", step.to)];
    match step.to {
        Status::Implementable => also.push(
            "An LGTM from each of SIG compute, network and storage and from every participating SIG; root OWNERS merge."
                .into(),
        ),
        Status::Replaced => also.push(format!("Set `replaces: {number}` in the successor, in the same pull request.")),
        Status::Deferred => also.push("Set the milestone of the stage in flight to \"TBD\".".into()),
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
        if is_step {
            for Lack { rule, line, what, fix } in &self.lacks {
                writeln!(f, "- lacks `{rule}` line {line}: {what}. {fix}")?;
            }
        }
        let Some(detail) = &self.detail else { return Ok(()) };
        for Side { side, source, says } in &detail.evidence {
            writeln!(f, "- {side} it ({source}): {says}")?;
        }
        // What is missing has been told as a lack.
        for Condition { rule, says, state, why } in
            detail.conditions.iter().filter(|it| it.state != "missing")
        {
            let why = why.as_ref().map_or(String::new(), |why| format!(": {why}"));
            writeln!(f, "- {state} `{rule}` ({says}){why}")?;
        }
        for Lack { rule, line, what, .. } in &detail.warnings {
            writeln!(f, "- warning `{rule}` line {line}: {what}")?;
        }
        if let Some(freeze) = &detail.freeze {
            writeln!(f, "- freeze: {freeze}")?;
        }
        detail.also.iter().try_for_each(|it| writeln!(f, "- also: {it}"))?;
        writeln!(f, "- law: {}", detail.cites.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::conditions;
    use crate::vep::Status;

    #[test]
    fn the_conditions_are_rules_of_the_book() {
        for id in Status::ALL.into_iter().flat_map(conditions) {
            assert!(crate::rules::all().any(|rule| rule.id == *id), "{id}");
        }
    }
}
