//! The pages of the seven states, from the lifecycle.

use super::{Kind, Page};
use crate::law::{Cite, vep282};
use crate::lifecycle::{self, Standing, Start, Step};
use crate::vep::Status;

const STATES: &str = "Proposal Governance States";

/// What a state means and where the law says it.
pub(super) fn meaning(status: Status) -> (&'static str, Cite) {
    let (says, words) = match status {
        Status::Provisional => ("open for design discussion", "VEP is open for design discussion"),
        Status::Implementable => (
            "the design is approved, and the VEP is tracked for a release",
            "Design approved; VEP is tracked for a release",
        ),
        Status::Implemented => {
            ("the feature has reached GA; the VEP is complete", "Feature has reached GA; VEP is complete")
        }
        Status::Deferred => (
            "not actively progressing; out of release tracking",
            "Not actively progressing; removed from release tracking",
        ),
        Status::Rejected => ("it will not proceed", "Will not proceed"),
        Status::Withdrawn => ("its author has given it up", "Author has discontinued the proposal"),
        Status::Replaced => ("another VEP has taken its place", "Superseded by another VEP"),
    };
    (says, vep282(STATES, words))
}

/// The page of a state.
pub(super) fn page(status: Status) -> Page {
    let (says, cite) = meaning(status);
    let mut text = vec![format!("Who sets it: {}.", lifecycle::who(status))];
    let into: Vec<String> = lifecycle::steps()
        .filter(|step| step.to == status)
        .filter_map(|step| Some(format!("{}{}", step.start.as_str(), standing(&step)?)))
        .collect();
    let out: Vec<String> = lifecycle::steps()
        .filter(|step| step.start == Start::At(status))
        .filter_map(|step| Some(format!("{}{}", step.to, standing(&step)?)))
        .collect();
    text.push(format!("Into it: {}.", into.join(", ")));
    text.push(match out.is_empty() {
        true => "Out of it: no step is lawful; a new VEP may take its place.".into(),
        false => format!("Out of it: {}.", out.join(", ")),
    });
    let see = match status {
        Status::Implementable => {
            vec!["the gate", "VEP Freeze", "reviewers-named", "approvers-named", "milestone-set"]
        }
        Status::Implemented => vec!["implemented-at-ga"],
        Status::Deferred => vec!["deferred-untargeted"],
        Status::Replaced => vec!["superseded-by-set", "succession-answers"],
        Status::Provisional | Status::Rejected | Status::Withdrawn => vec!["step-lawful"],
    };
    Page {
        kind: Kind::State,
        name: status.as_str().into(),
        says: says.into(),
        text,
        cites: vec![cite],
        rule: None,
        see,
    }
}

/// How a step that may be taken is told; none for the others.
fn standing(step: &Step) -> Option<&'static str> {
    match (step.ground.standing, step.ground.gate) {
        (Standing::Lawful, false) => Some(""),
        (Standing::Lawful, true) => Some(" (through the gate)"),
        (Standing::Unsettled, false) => Some(" (unsettled)"),
        (Standing::Unsettled, true) => Some(" (unsettled, through the gate)"),
        (Standing::Same | Standing::Unlawful, _) => None,
    }
}
