//! The state that prose implies (governance, legacy documents).
//!
//! Implemented only where the GA (or ship) release is out and nothing in the text denies it; implementable where a
//! stage is targeted, shipped or under way; deferred, withdrawn or rejected only where the text says so of the VEP
//! itself; provisional otherwise. A release that is out confirms nothing by itself, and that is said.

mod plan;

pub use plan::Plan;

use crate::document::Document;
use crate::markdown::{Block, Passage, plain};
use crate::prose::{self, Aim, Bullet, Certainty};
use crate::template::{self, Role};
use crate::text::Span;
use crate::vep::{Release, Stage, Status};
use crate::world::World;

/// A state, with how sure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Implied {
    /// The state.
    pub status: Status,
    /// How sure.
    pub certainty: Certainty,
    /// Why.
    pub why: String,
    /// The line that says so.
    pub span: Option<Span>,
    /// What speaks against it, or has to be asked.
    pub doubts: Vec<(Option<Span>, String)>,
}

/// The state that the prose of a document implies on the day of the world.
pub fn implied(world: &World, document: &Document) -> Implied {
    let of = |status, certainty, why: String, span| Implied { status, certainty, why, span, doubts: vec![] };
    if let Some((status, passage)) = said(document) {
        return of(
            status,
            Certainty::Stated,
            format!("the text says that it is {status}"),
            Some(passage.span),
        );
    }
    let out = |release: Release| world.calendar.is_out(release, world.today);
    let targets = &document.facts.targets;
    if let Some(ga) = targets.get(&Stage::Ga).filter(|ga| out(ga.value) == Some(true)) {
        let release = ga.value;
        let confirmed = format!("{release} is out by plan; did it ship there?");
        if let Some(open) = open_criteria(document) {
            let why = format!(
                "GA was targeted for {release}, which is out by plan; its history is empty and its criteria are open"
            );
            let doubts = vec![(Some(open), format!("is GA reached? {confirmed}"))];
            return Implied { doubts, ..of(Status::Implementable, Certainty::Inferred, why, ga.span) };
        }
        let why =
            format!("GA was targeted for {release}, which is out by plan, and nothing in the text denies it");
        let doubts = vec![(ga.span, confirmed)];
        return Implied { doubts, ..of(Status::Implemented, Certainty::Inferred, why, ga.span) };
    }
    if let Some((stage, target)) = targets.iter().next_back() {
        let release = target.value;
        let (why, doubt) = match out(release) {
            Some(true) => (
                format!("{stage} was targeted for {release}, which is out by plan"),
                Some(format!(
                    "{release} is out by plan and nothing confirms {stage}: did it ship, or has it slipped?"
                )),
            ),
            _ => (format!("the design is merged and {stage} is targeted for {release}"), None),
        };
        // Of stages that are out the last one counts: who works towards the next has reached it, or has slipped.
        let before = targets.iter().rev().find(|(other, it)| **other < *stage && out(it.value) == Some(true));
        let before = before.filter(|_| doubt.is_none()).map(|(other, it)| {
            (it.span, format!("{} is out by plan: did {other} ship there, or has it slipped?", it.value))
        });
        let doubts = doubt.map(|what| (target.span, what)).into_iter().chain(before).collect();
        return Implied { doubts, ..of(Status::Implementable, Certainty::Inferred, why, target.span) };
    }
    untargeted(world, document)
}

/// The place that says that a stage shipped in a release that is out: a line of the Implementation History that names
/// both, or all boxes of that stage's criteria ticked.
pub fn confirmed(world: &World, document: &Document, stage: Stage, release: Release) -> Option<Span> {
    if !world.is_out(release) {
        return None;
    }
    let history = template::of_role(&document.outline, Role::History)?;
    let names = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '.');
        let stage = words.clone().any(|word| word.eq_ignore_ascii_case(stage.as_str()));
        stage && words.any(|word| word.starts_with(['v', 'V']) && Release::read(word) == Some(release))
    };
    let mut lines = document.outline.passages.iter().filter(|passage| {
        history.span.holds(passage.span) && !passage.struck && !prose::says_slipped(&passage.text)
    });
    lines.find(|passage| names(&passage.text)).map(|passage| passage.span)
}

/// A document of which no stage of the schema is targeted.
fn untargeted(world: &World, document: &Document) -> Implied {
    let of = |status, why: String, span| Implied {
        status,
        certainty: Certainty::Guess,
        why,
        span,
        doubts: vec![],
    };
    let bullets: Vec<Bullet> =
        prose::blocks(&document.outline).into_iter().flat_map(|block| block.bullets).collect();
    let aimed = bullets.iter().find_map(|bullet| Some((bullet, bullet.release?)));
    if let Some((bullet, release)) = aimed.filter(|(bullet, _)| !bullet.struck) {
        let is_out = world.calendar.is_out(release, world.today) == Some(true);
        if bullet.aim == Aim::Unstaged && is_out && !has_stages(document) {
            let why =
                format!("{release} is targeted without a stage, is out by plan, and the text has no stages");
            return of(Status::Implemented, why, Some(bullet.span));
        }
        let why = format!("the design is merged and {} is targeted for {release}", bullet.aim.as_str());
        return of(Status::Implementable, why, Some(bullet.span));
    }
    if let Some((passage, release)) =
        planned_ga(document).filter(|(_, it)| world.calendar.is_out(*it, world.today) == Some(true))
    {
        let why = format!("only the graduation names a release for GA, {release}, which is out by plan");
        return of(Status::Implemented, why, Some(passage.span));
    }
    if let Some((passage, release)) =
        in_effect(document).filter(|(_, it)| world.calendar.is_out(*it, world.today) == Some(true))
    {
        let why = format!("the text says that it is in effect from {release}, which is out by plan");
        return of(Status::Implemented, why, Some(passage.span));
    }
    of(Status::Provisional, "no stage is targeted for a release".into(), None)
}

/// A release from which on a document says that it is in effect: a policy has no stages.
fn in_effect(document: &Document) -> Option<(&Passage, Release)> {
    let says = |passage: &&Passage| {
        let text = plain(&passage.text);
        text.contains("effective") && text.contains("onwards") && document.home.is_meta()
    };
    let release =
        |text: &str| text.split_whitespace().filter(|word| word.starts_with('v')).find_map(Release::read);
    let passages = document.outline.passages.iter().filter(says);
    passages.filter_map(|passage| Some((passage, release(&passage.text)?))).next()
}

/// What the text says of the VEP itself, in so many words.
fn said(document: &Document) -> Option<(Status, &Passage)> {
    let states = [
        (Status::Deferred, ["deferred", "on hold"]),
        (Status::Withdrawn, ["withdrawn", "abandoned"]),
        (Status::Rejected, ["rejected", "declined"]),
    ];
    document.outline.passages.iter().filter(|passage| !passage.struck).find_map(|passage| {
        let text = plain(&passage.text);
        let says = |word: &str| {
            [
                "this vep is",
                "this vep was",
                "this vep has been",
                "the vep is",
                "the vep was",
                "the vep has been",
                "status",
            ]
            .iter()
            .any(|begin| text == format!("{begin} {word}") || text.starts_with(&format!("{begin} {word} ")))
        };
        let (status, _) = states.iter().find(|(_, words)| words.iter().any(|word| says(word)))?;
        Some((*status, passage))
    })
}

/// Where the text itself leaves GA open: its Implementation History is there and empty, and a criterion is not ticked.
fn open_criteria(document: &Document) -> Option<Span> {
    let history = template::of_role(&document.outline, Role::History).filter(|section| !section.filled)?;
    let graduation = template::of_role(&document.outline, Role::Graduation)?;
    let mut boxes = document.outline.passages.iter().filter(|passage| graduation.span.holds(passage.span));
    let open = boxes.find(|passage| passage.kind == Block::Item { ticked: Some(false) });
    open.map(|open| open.span).or_else(|| document.home.is_meta().then_some(history.heading))
}

/// Whether the text speaks of stages in headings.
fn has_stages(document: &Document) -> bool {
    let named = |name: &str| {
        ["alpha", "beta", "ga"].iter().any(|stage| name == *stage || name.starts_with(&format!("{stage} ")))
    };
    document.outline.sections.iter().any(|section| named(&section.name))
}

/// A release for GA that stands only under the graduation, where there are no bullets.
fn planned_ga(document: &Document) -> Option<(&Passage, Release)> {
    let passages = &document.outline.passages;
    let of_ga = |passage: &Passage| {
        let text = plain(&passage.text);
        text == "ga" || text.starts_with("ga ") || text.starts_with("general availability")
    };
    let release = |text: &str| {
        let words = text.split(|c: char| c.is_whitespace() || c == '(' || c == ')' || c == ',');
        words.filter(|word| word.starts_with('v')).find_map(Release::read)
    };
    passages.iter().enumerate().filter(|(_, passage)| of_ga(passage)).find_map(|(at, passage)| {
        let next = passages.get(at + 1).filter(|next| !matches!(next.kind, Block::Heading(_)));
        let planned = next.filter(|next| plain(&next.text).starts_with("planned for"));
        release(&passage.text)
            .or_else(|| planned.and_then(|next| release(&next.text)))
            .map(|release| (passage, release))
    })
}
