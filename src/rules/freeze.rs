//! Freeze: until when a VEP may be approved for a release.
//!
//! On the day of the freeze it is too late, in UTC. What counts is an event: entering implementable, or
//! giving an implementable VEP a stage and release that its base did not have. Any other edit is lawful
//! after the freeze, as the lifecycle wants the document kept in sync.
//!
//! Absent on purpose: granting exceptions. A maintainer does, by a label.

use crate::calendar::{Freeze, days, last_safe_day};
use crate::document::Document;
use crate::law::{Law, cite, vep282};
use crate::rule::{Case, Finding, Gravity, Judge, Judged, NotYet, Rule, Was};
use crate::text::Span;
use crate::vep::{Release, Stage, Status};

pub(super) const RULES: &[Rule] = &[BEFORE_FREEZE, FREEZE_KNOWN, FREEZE_NOT_NEAR];

const BEFORE_FREEZE: Rule = Rule {
    id: "before-freeze",
    says: "what needs approval for a release comes before that release's VEP Freeze",
    why: "The freeze is what tells the release team what is in scope.",
    fix: "Name a release whose freeze is to come, or ask kubevirt-dev for an exception; a maintainer grants it.",
    cites: &[
        vep282("Proposal Governance States", "The merge happens before the VEP Freeze for that release."),
        vep282("CI Enforcement", "blocks merge with a comment explaining the freeze"),
    ],
    judge: Judge::Proposal(before_freeze),
};

fn before_freeze(case: &Case<'_>) -> Judged {
    // Prose has no state that says when it commits: what it newly targets is judged.
    case.plan_at(if case.is_prose() {
        &[Status::Provisional, Status::Implementable]
    } else {
        &[Status::Implementable]
    })?;
    let (stage, release, span) = in_flight(case)?;
    let mut findings: Vec<Finding> = planted(case, stage).collect();
    if !is_event(case, stage, release)? {
        return Ok(findings);
    }
    let Freeze::On(freeze) = case.world.calendar.freeze(release) else {
        // Unknown is unknown, and no mistake of the document: `freeze-known` says so, and a person decides.
        return Err(NotYet::because(format!("the VEP Freeze of {release} is not known: see freeze-known")));
    };
    let today = case.world.today;
    if today < freeze {
        return Ok(findings);
    }
    let what = format!(
        "this change commits {stage} to {release}, whose VEP Freeze is {freeze}; the last safe day was {}, today is {today} ({})",
        last_safe_day(freeze),
        case.world.calendar.told_of(release, today)
    );
    // Maintainers let a VEP about the process, with no code, move after the freeze.
    findings.insert(
        0,
        match is_meta(case) {
            _ if case.world.pull.is_labelled(EXCEPTION) => {
                let fix = "A maintainer has added `freeze-exception`; nothing is to be mended.";
                Finding { gravity: Gravity::Settled, ..Finding::may(span, what).fix(fix) }
            }
            true => Finding::should(span, what),
            false => Finding::must(span, what),
        },
    );
    Ok(findings)
}

/// Stages that are not in flight and newly get a release that is frozen and not out. A later switch to such a pair is no
/// event, so it is judged when it is written: an implementable VEP does not get a later stage past the freeze. An earlier
/// stage is history that is written down late, and what is out is history, too.
fn planted<'a>(case: &'a Case<'_>, in_flight: Stage) -> impl Iterator<Item = Finding> + 'a {
    let Was::Known(was) = case.was else { return None.into_iter().flatten() };
    let (calendar, today) = (&case.world.calendar, case.world.today);
    let targets = case.now.facts().targets.iter().filter(move |(stage, release)| {
        let had = was.facts().targets.get(stage).is_some_and(|it| it.value == release.value);
        **stage != in_flight
            && !had
            && !case.world.pull.is_labelled(EXCEPTION)
            && calendar.is_out(release.value, today) == Some(false)
    });
    let frozen = targets.filter_map(move |(stage, release)| match calendar.freeze(release.value) {
        Freeze::On(freeze) if today >= freeze => {
            let what = format!(
                "{stage} newly names {}, whose VEP Freeze was {freeze}; the last safe day was {}, today is {today}",
                release.value,
                last_safe_day(freeze)
            );
            let span = release.span.unwrap_or_else(|| case.now.first_line());
            if *stage > in_flight && !is_meta(case) {
                return Some(Finding::must(span, what));
            }
            let fix = "Name it with a reason, or leave it out.";
            Some(Finding::should(span, what).fix(fix))
        }
        _ => None,
    });
    Some(frozen).into_iter().flatten()
}

/// Whether it is about the process, and was that before: a VEP that moves there brings its freeze along.
fn is_meta(case: &Case<'_>) -> bool {
    let was_other = matches!(case.was, Was::Known(was) if was.home.is_proposal() && !was.home.is_meta());
    case.now.home.is_meta() && !was_other
}

/// The label by which a maintainer grants an exception (VEP-282, CI Enforcement).
const EXCEPTION: &str = "freeze-exception";

/// The stage in flight with its release, and where that stands.
fn in_flight(case: &Case<'_>) -> Result<(Stage, Release, Span), NotYet> {
    let Some((stage, release)) = case.target()? else {
        return Err(NotYet::because("no release is targeted"));
    };
    Ok((stage, release.value, release.span))
}

/// Whether the change needs approval for this stage and release.
fn is_event(case: &Case<'_>, stage: Stage, release: Release) -> Result<bool, NotYet> {
    match case.was {
        Was::Unknown => Err(NotYet::because("no base is known")),
        Was::Nothing => Ok(true),
        Was::Known(was) => Ok(!has_pair(was, stage, release)),
    }
}

/// Whether a document committed to this stage and release already: it was implementable with the pair. A migration
/// that only writes down what the prose already targeted approves nothing anew.
fn has_pair(was: &Document, stage: Stage, release: Release) -> bool {
    let had = was.facts().targets.get(&stage).is_some_and(|it| it.value == release);
    let was_implementable =
        was.facts().status.as_ref().is_some_and(|status| status.value == Status::Implementable);
    had && (was_implementable || was.is_legacy())
}

const FREEZE_KNOWN: Rule = Rule {
    id: "freeze-known",
    says: "the VEP Freeze of the targeted release is known",
    why: "Where the date is not known nobody can say that it is not too late.",
    fix: "Give the schedule with --schedules, or ask the release team for the date.",
    cites: &[
        cite(Law::Ours, "never a silent pass", ""),
        cite(Law::Calendar, "releases/vX.Y/schedule.yaml", ""),
    ],
    judge: Judge::Proposal(freeze_known),
};

fn freeze_known(case: &Case<'_>) -> Judged {
    case.plan_at(&[Status::Provisional, Status::Implementable])?;
    let (_, release, span) = in_flight(case)?;
    let calendar = &case.world.calendar;
    if calendar.is_out(release, case.world.today) == Some(true) {
        return Err(NotYet::because(format!("the planned GA of {release} has passed")));
    }
    let why = match calendar.freeze(release) {
        Freeze::On(_) => return Ok(vec![]),
        Freeze::NotScheduled => "its schedule has no such row".to_owned(),
        Freeze::NoSchedule => "there is no schedule of it".to_owned(),
        Freeze::Unreadable(why) => why,
    };
    let source = calendar.told_of(release, case.world.today);
    Ok(vec![Finding::should(span, format!("the VEP Freeze of {release} is not known: {why} ({source})"))])
}

const FREEZE_NOT_NEAR: Rule = Rule {
    id: "freeze-not-near",
    says: "a provisional VEP with a target has more than 14 days (or as the settings say) to that VEP Freeze",
    why: "Finding reviewers and agreeing on a design takes weeks.",
    fix: "Have it made implementable before the freeze, or name a later release.",
    cites: &[vep282("Agentic AI Assistance", "VEP Freeze is approaching for the targeted milestone")],
    judge: Judge::Proposal(freeze_not_near),
};

fn freeze_not_near(case: &Case<'_>) -> Judged {
    case.plan_at(&[Status::Provisional])?;
    let (_, release, span) = in_flight(case)?;
    let Freeze::On(freeze) = case.world.calendar.freeze(release) else {
        return Err(NotYet::because(format!("the VEP Freeze of {release} is not known: see freeze-known")));
    };
    match days(case.world.today, freeze) {
        left if left <= 0 => Err(NotYet::because(format!("the VEP Freeze of {release} is past"))),
        left if left > case.world.in_force().near => Ok(vec![]),
        left => {
            let s = if left == 1 { "" } else { "s" };
            let safe = last_safe_day(freeze);
            let what = format!(
                "{left} day{s} to the VEP Freeze of {release} on {freeze}; the last safe day is {safe}"
            );
            Ok(vec![Finding::should(span, what)])
        }
    }
}
