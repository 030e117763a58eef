//! Steps: what a change does to the state of a VEP.
//!
//! The table is [`crate::lifecycle`]; here it is asked about one document and what that was.
//!
//! Absent on purpose: who agreed to the step. That is a social act.

use crate::law::{Law, cite, vep282};
use crate::lifecycle::{Ground, Standing, Start, step};
use crate::rule::{Case, Finding, Judge, Judged, NotYet, Rule, Was};
use crate::vep::{Stage, Status};

pub(super) const RULES: &[Rule] = &[STEP_LAWFUL, FRONT_MATTER_KEPT, IMPLEMENTED_AT_GA, DEFERRED_UNTARGETED];

const STEP_LAWFUL: Rule = Rule {
    id: "step-lawful",
    says: "the change of the status is a lawful step",
    why: "A state says what may still happen to a VEP; a step that skips or revives breaks that promise.",
    fix: "Take the nearest lawful way, or declare why the step is meant.",
    cites: &[
        vep282("CI Enforcement", "no skipped states, no revival from terminal states"),
        vep282("Proposal Governance States", "All status transitions"),
    ],
    judge: Judge::Proposal(step_lawful),
};

fn step_lawful(case: &Case<'_>) -> Judged {
    let status = case.status()?;
    let start = match case.was {
        Was::Unknown => return Err(NotYet::because("no base is known")),
        Was::Nothing => Start::New,
        Was::Known(was) => was.start().ok_or_else(|| NotYet::because("the state it had cannot be read"))?,
    };
    let ground = step(start, status.value).ground;
    let what = |standing: &str| {
        let why = ground.why.trim_end_matches('.');
        format!("{} to {} is {standing}. {why}", start.as_str(), status.value)
    };
    Ok(match ground.standing {
        Standing::Lawful | Standing::Same => vec![],
        Standing::Unlawful => vec![Finding::must(status.span, what("unlawful")).fix(ground.way)],
        Standing::Unsettled => {
            let what = format!("{}. {}", what("unsettled"), sides(ground));
            vec![Finding::should(status.span, what).fix(ground.way)]
        }
    })
}

const FRONT_MATTER_KEPT: Rule = Rule {
    id: "front-matter-kept",
    says: "an edit does not drop the front matter block",
    why: "Without the block nobody can say where the VEP stands.",
    fix: "Put the block back; change values in it, not the block.",
    cites: &[
        cite(Law::DraftCi, "validator, removed block", ""),
        vep282("Proposal Governance States", "The VEP front matter is the authoritative record"),
    ],
    judge: Judge::Proposal(front_matter_kept),
};

fn front_matter_kept(case: &Case<'_>) -> Judged {
    match case.was {
        Was::Unknown => Err(NotYet::because("no base is known")),
        Was::Nothing => Err(NotYet::because("the document is new")),
        Was::Known(was) if was.is_legacy() => Err(NotYet::because("it had no front matter")),
        Was::Known(_) if case.now.is_legacy() => {
            Ok(vec![Finding::must(case.now.first_line(), "the front matter block that was there is gone")])
        }
        Was::Known(_) => Ok(vec![]),
    }
}

/// Who speaks for an unsettled step and who against it, by name; the evidence itself is `transition`'s.
fn sides(ground: &Ground) -> String {
    let side = |wanted: bool| {
        let mut names: Vec<&str> =
            ground.evidence.iter().filter(|it| it.speaks_for == wanted).map(|it| it.source.name()).collect();
        names.dedup();
        names.join(", ")
    };
    format!("For it: {}; against it: {}; a SIG decides", side(true), side(false))
}

const IMPLEMENTED_AT_GA: Rule = Rule {
    id: "implemented-at-ga",
    says: "an implemented VEP names the release in which it became GA",
    why: "Implemented means that the feature has reached GA, and readers ask since when.",
    fix: "Set `milestone.ga`; whether its code merged is not seen here.",
    cites: &[
        vep282("Proposal Governance States", "Feature has reached GA; VEP is complete"),
        vep282("Proposal Governance States", "After GA code merges"),
    ],
    judge: Judge::Proposal(implemented_at_ga),
};

fn implemented_at_ga(case: &Case<'_>) -> Judged {
    let status = case.status_among(&[Status::Implemented])?;
    let Some(release) = case.now.facts().targets.get(&Stage::Ga) else {
        if case
            .matter()?
            .milestone
            .value()
            .is_some_and(|targets| targets.iter().any(|it| it.stage.value == "ga" && it.is_meant()))
        {
            return Err(NotYet::see("`milestone.ga` cannot be read", "milestone-wellformed"));
        }
        return Ok(vec![Finding::should(status.span, "the VEP is implemented and names no GA release")]);
    };
    if case.world.calendar.is_out(release.value, case.world.today) == Some(true) {
        return Ok(vec![]);
    }
    let what = format!("by plan {} is not out yet", release.value);
    let place = release.span.unwrap_or(status.span);
    Ok(vec![
        Finding::may(place, what).fix("Make sure that the code of GA has merged; that is not seen here."),
    ])
}

const DEFERRED_UNTARGETED: Rule = Rule {
    id: "deferred-untargeted",
    says: "a deferred VEP has no target left that is still to come",
    why: "Deferred means removed from release tracking; a target would put it back.",
    fix: "Set the target to \"TBD\", or remove it.",
    cites: &[
        vep282("Proposal Governance States", "Not actively progressing; removed from release tracking"),
        cite(Law::Ours, "releases that are out stay as history", ""),
    ],
    judge: Judge::Proposal(deferred_untargeted),
};

fn deferred_untargeted(case: &Case<'_>) -> Judged {
    case.status_among(&[Status::Deferred])?;
    let calendar = &case.world.calendar;
    let live = case
        .now
        .facts()
        .targets
        .iter()
        .filter(|(_, release)| calendar.is_out(release.value, case.world.today) != Some(true));
    let findings = live.map(|(stage, release)| {
        let what = format!("the VEP is deferred and still targets {stage} for {}", release.value);
        Finding::should(release.span.unwrap_or_else(|| case.now.first_line()), what)
    });
    Ok(findings.collect())
}
