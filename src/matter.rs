//! The state that prose implies (governance, legacy documents).
//!
//! Implemented only where the GA (or ship) release is out, the text confirms it and nothing denies it, else as a guess;
//! implementable where a stage is targeted, shipped or under way; deferred, withdrawn, rejected or replaced only where
//! the text says so of the VEP itself; provisional otherwise. A release that is out confirms nothing by itself, and
//! that is said.

mod plan;

pub use plan::Plan;

use crate::document::Document;
use crate::markdown::{Block, Passage, plain};
use crate::prose::{self, Aim, Bullet, Certainty};
use crate::template::{self, Role};
use crate::text::{Span, code, one_line};
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
    let stated = standing(document);
    let implied = match stated.first {
        Some(implied) => implied,
        None => by_targets(world, document),
    };
    let doubts = implied.doubts.into_iter().chain(stated.doubts).collect();
    Implied { doubts, ..implied }
}

/// What the text says of the VEP's state: the first sentence that does, and those that have to be asked.
struct Stated {
    first: Option<Implied>,
    doubts: Vec<(Option<Span>, String)>,
}

fn standing(document: &Document) -> Stated {
    let mut stated = Stated { first: None, doubts: vec![] };
    let quote = |text: &str| code(&one_line(text, 100));
    for standing in document.standings() {
        let said = &standing.said;
        if standing.is_sure && stated.first.is_none() {
            stated.first = Some(Implied {
                status: standing.status,
                certainty: Certainty::Stated,
                why: format!("the text says that it is {}", standing.status),
                span: Some(said.span),
                doubts: vec![],
            });
        } else if standing.status != Status::Replaced && !standing.is_sure {
            let what = format!("the text says {}: is the VEP {}?", quote(&said.value), standing.status);
            stated.doubts.push((Some(said.span), what));
        }
    }
    for tie in document.ties() {
        let said = &tie.said;
        let other = tie.other;
        if tie.is_sure && tie.is_successor && stated.first.is_none() {
            stated.first = Some(Implied {
                status: Status::Replaced,
                certainty: Certainty::Stated,
                why: format!("the text says that VEP {other} replaces it"),
                span: Some(said.span),
                doubts: vec![],
            });
        } else if !tie.is_sure {
            let asks = match tie.is_successor {
                true => format!("does VEP {other} replace this one?"),
                false => format!("does this VEP replace VEP {other}?"),
            };
            stated.doubts.push((Some(said.span), format!("the text says {}: {asks}", quote(&said.value))));
        }
    }
    stated
}

fn by_targets(world: &World, document: &Document) -> Implied {
    let of = |status, certainty, why: String, span| Implied { status, certainty, why, span, doubts: vec![] };
    let out = |release: Release| world.calendar.is_out(release, world.today);
    let targets = &document.facts().targets;
    if let Some(ga) = targets.get(&Stage::Ga).filter(|ga| out(ga.value) == Some(true)) {
        return at_ga(world, document, ga.value, ga.span);
    }
    let confirmed = |stage: Stage, release: Release| {
        let ticked = || prose::ticked(document.outline(), stage).map(|_| "its boxes are ticked");
        confirms(world, document, stage, release).map(|_| "the text says that it shipped").or_else(ticked)
    };
    if let Some((stage, target)) = targets.iter().next_back() {
        let release = target.value;
        let denied = document.denial_of(*stage, release);
        let (why, doubt) = match out(release) {
            Some(true) if denied.is_none() && confirmed(*stage, release).is_some() => {
                let how = confirmed(*stage, release).unwrap_or_default();
                (format!("{stage} was targeted for {release}, which is out by plan, and {how}"), None)
            }
            Some(true) => {
                let asks = match &denied {
                    Some(said) => (
                        Some(said.span),
                        format!(
                            "{release} is out by plan and the text says {}: is {stage} still to come?",
                            code(&one_line(&said.value, 100))
                        ),
                    ),
                    None => (
                        target.span,
                        format!(
                            "{release} is out by plan and nothing confirms {stage}: did it ship, or has it slipped?"
                        ),
                    ),
                };
                (format!("{stage} was targeted for {release}, which is out by plan"), Some(asks))
            }
            _ => (format!("the design is merged and {stage} is targeted for {release}"), None),
        };
        // Of stages that are out the last one counts: who works towards the next has reached it, or has slipped.
        let before = targets.iter().rev().find(|(other, it)| **other < *stage && out(it.value) == Some(true));
        let before =
            before.filter(|(other, it)| out(release) != Some(true) && confirmed(**other, it.value).is_none());
        let before = before.map(|(other, it)| {
            (it.span, format!("{} is out by plan: did {other} ship there, or has it slipped?", it.value))
        });
        let doubts = doubt.into_iter().chain(before).collect();
        return Implied { doubts, ..of(Status::Implementable, Certainty::Inferred, why, target.span) };
    }
    untargeted(world, document)
}

/// The place that says that a stage shipped in a release that is out: a line of the text that was written after it, or
/// the ticked boxes of that stage's criteria.
pub fn confirmed(world: &World, document: &Document, stage: Stage, release: Release) -> Option<Span> {
    if !world.is_out(release) {
        return None;
    }
    confirms(world, document, stage, release).or_else(|| prose::ticked(document.outline(), stage))
}

/// What says that a stage shipped in a release.
fn confirms(world: &World, document: &Document, stage: Stage, release: Release) -> Option<Span> {
    let ga = world.calendar.schedule(release).and_then(|schedule| schedule.ga);
    prose::confirms(document.outline(), stage, release, ga)
}

/// A document whose release for GA is out.
fn at_ga(world: &World, document: &Document, release: Release, span: Option<Span>) -> Implied {
    let of = |status, certainty, why: String, doubt: (Option<Span>, String)| Implied {
        status,
        certainty,
        why,
        span,
        doubts: vec![doubt],
    };
    let out = format!("GA was targeted for {release}, which is out by plan");
    if let Some(open) = open_criteria(document) {
        let why = format!("{out}; its history is empty and its criteria are open");
        let doubt = format!("is GA reached? {release} is out by plan; did it ship there?");
        return of(Status::Implementable, Certainty::Inferred, why, (Some(open), doubt));
    }
    if let Some(said) = document.denial_of(Stage::Ga, release) {
        let quote = code(&one_line(&said.value, 100));
        let why = format!("{out}, and the text says {quote}");
        let doubt =
            format!("the text says {quote}: did GA ship in {release}, or which release is it for now?");
        return of(Status::Implementable, Certainty::Inferred, why, (Some(said.span), doubt));
    }
    let asks = |at: Option<Span>| (at, format!("{release} is out by plan; did it ship there?"));
    let ticked =
        prose::ticked(document.outline(), Stage::Ga).map(|it| (it, "its criteria for GA are ticked"));
    let told = confirms(world, document, Stage::Ga, release).map(|it| (it, "the text says that it shipped"));
    match told.or(ticked) {
        Some((_, how)) => {
            let why = format!("{out}, {how}, and no line says that it slipped");
            of(Status::Implemented, Certainty::Inferred, why, asks(span))
        }
        None => {
            let why = format!("{out}; no line of the text confirms it, and none says that it slipped");
            of(Status::Implemented, Certainty::Guess, why, asks(span))
        }
    }
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
    let bullets: Vec<&Bullet> = document.target_blocks().iter().flat_map(|block| &block.bullets).collect();
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
    let passages = document.outline().passages.iter().filter(says);
    passages.filter_map(|passage| Some((passage, release(&passage.text)?))).next()
}

/// Where the text itself leaves GA open: its Implementation History is there and empty, and a criterion is not ticked.
fn open_criteria(document: &Document) -> Option<Span> {
    let history = template::of_role(document.outline(), Role::History).filter(|section| !section.filled)?;
    let graduation = template::of_role(document.outline(), Role::Graduation)?;
    let mut boxes = document.outline().passages.iter().filter(|passage| graduation.span.holds(passage.span));
    let open = boxes.find(|passage| passage.kind == Block::Item { ticked: Some(false) });
    open.map(|open| open.span).or_else(|| document.home.is_meta().then_some(history.heading))
}

/// Whether the text speaks of stages in headings.
fn has_stages(document: &Document) -> bool {
    let named = |name: &str| {
        ["alpha", "beta", "ga"].iter().any(|stage| name == *stage || name.starts_with(&format!("{stage} ")))
    };
    document.outline().sections.iter().any(|section| named(&section.name))
}

/// A release for GA that stands only under the graduation, where there are no bullets.
fn planned_ga(document: &Document) -> Option<(&Passage, Release)> {
    let passages = &document.outline().passages;
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
