//! What can keep a VEP from its release, as a table: which verdicts of the book, and which dates, make a risk.

use super::{Look, Target};
use crate::calendar::{Freeze, days};
use crate::law::Severity;
use crate::sheet::Verdict;
use crate::text::sentence;
use crate::vep::{Release, Status};
use schemars::JsonSchema;
use serde::Serialize;

/// Most findings of one rule that are told; the others are counted.
const MOST_TOLD: usize = 2;

/// A kind of risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// There is none, or it cannot be read.
    NoFrontMatter,
    /// Nobody is named to review or to approve.
    PeopleMissing,
    /// Sections are missing or empty.
    SectionsOpen,
    /// The stage in flight, or its release, is not set.
    TargetUnset,
    /// The freeze is near and the VEP is not implementable.
    FreezeNear,
    /// The freeze has passed and the VEP is not implementable.
    FreezePassed,
    /// A stage has taken longer than its time box.
    TimeboxExceeded,
    /// A release beyond the season is named.
    BeyondSeason,
    /// The release is out, and nothing confirms that it shipped there.
    Unconfirmed,
    /// A target is none of the three stages, or is not written as the schema has it.
    NonstandardTarget,
}

impl Risk {
    /// All kinds, in the order in which they are told.
    pub const ALL: [Self; 10] = [
        Self::FreezePassed,
        Self::FreezeNear,
        Self::Unconfirmed,
        Self::BeyondSeason,
        Self::TimeboxExceeded,
        Self::TargetUnset,
        Self::NonstandardTarget,
        Self::PeopleMissing,
        Self::SectionsOpen,
        Self::NoFrontMatter,
    ];

    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoFrontMatter => "no-front-matter",
            Self::PeopleMissing => "people-missing",
            Self::SectionsOpen => "sections-open",
            Self::TargetUnset => "target-unset",
            Self::FreezeNear => "freeze-near",
            Self::FreezePassed => "freeze-passed",
            Self::TimeboxExceeded => "timebox-exceeded",
            Self::BeyondSeason => "beyond-season",
            Self::Unconfirmed => "unconfirmed",
            Self::NonstandardTarget => "nonstandard-target",
        }
    }
}

/// A risk of one VEP, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct At {
    /// Which
    pub risk: Risk,
    /// Why
    pub why: String,
}

/// The risks that are verdicts of the book, with their rules, and from which severity on.
const BY_RULE: &[(Risk, &[&str], Severity)] = &[
    (Risk::PeopleMissing, &["reviewers-named", "approvers-named"], Severity::Warning),
    (Risk::SectionsOpen, &["sections-present", "sections-filled"], Severity::Warning),
    (Risk::TargetUnset, &["stage-present", "milestone-set"], Severity::Warning),
    (Risk::TimeboxExceeded, &["stage-within-timebox"], Severity::Warning),
    (Risk::BeyondSeason, &["target-upcoming"], Severity::Warning),
    (Risk::Unconfirmed, &["target-not-past"], Severity::Advice),
];

/// The risks of a VEP for these releases.
pub(super) fn of(look: &Look<'_>, targets: &[Target], releases: &[Release]) -> Vec<At> {
    let mut risks = by_rule(look, targets, releases);
    risks.extend(matter(look));
    risks.extend(unconfirmed(targets, releases));
    risks.extend(freezes(look, releases));
    risks.extend(nonstandard(targets));
    let rank = |at: &At| Risk::ALL.iter().position(|risk| *risk == at.risk);
    risks.sort_by_key(rank);
    risks.dedup_by_key(|at| at.risk);
    risks
}

fn by_rule(look: &Look<'_>, targets: &[Target], releases: &[Release]) -> Vec<At> {
    let checks = look.sheet.iter().flat_map(|sheet| &sheet.checks);
    let broken: Vec<_> = checks
        .filter_map(|check| match &check.verdict {
            Verdict::Broken(flaws) => Some((check.rule.id, flaws)),
            Verdict::Holds | Verdict::NotYet(_) => None,
        })
        .collect();
    let mut risks = Vec::new();
    for (risk, rules, from) in BY_RULE {
        let own = broken.iter().filter(|(rule, _)| rules.contains(rule));
        let flaws = own.flat_map(|(_, flaws)| flaws.iter()).filter(|flaw| flaw.severity <= *from);
        // Whether the release that is asked about is confirmed is told of its own target.
        let elsewhere = *risk == Risk::Unconfirmed && (is_confirmed(look) || !aims(look, targets, releases));
        let told: Vec<String> = flaws.map(|flaw| sentence(&flaw.what, 120)).collect();
        if !told.is_empty() && !elsewhere {
            risks.push(At { risk: *risk, why: joined(&told) });
        }
    }
    risks
}

/// Whether something confirms that the stage in flight shipped, although the document was not bumped.
fn is_confirmed(look: &Look<'_>) -> bool {
    let Some(target) = look.target else { return false };
    look.targets.iter().any(|it| it.known == Some(target) && !it.unconfirmed)
}

/// Whether the stage in flight is for one of the releases that are asked about.
fn aims(look: &Look<'_>, targets: &[Target], releases: &[Release]) -> bool {
    let asks = targets.iter().any(|target| target.here);
    !asks || look.target.is_some_and(|(_, release)| releases.contains(&release))
}

fn joined(told: &[String]) -> String {
    let more = told.len().saturating_sub(MOST_TOLD);
    let first = told.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join("; ");
    if more > 0 { format!("{first}; and {more} more") } else { first }
}

fn matter(look: &Look<'_>) -> Option<At> {
    let why = match (look.implied, look.document.matter()) {
        (Some(_), _) => "what it says is read from prose",
        (None, None) => "its front matter cannot be read",
        (None, Some(_)) => return None,
    };
    Some(At { risk: Risk::NoFrontMatter, why: why.into() })
}

fn unconfirmed(targets: &[Target], releases: &[Release]) -> Option<At> {
    let target = targets.iter().find(|it| it.unconfirmed && it.release_in(releases))?;
    let why = format!("{} is out by plan and nothing confirms {}", target.release, target.stage);
    Some(At { risk: Risk::Unconfirmed, why })
}

/// A provisional VEP before and after the freezes of the releases that it is for.
fn freezes(look: &Look<'_>, releases: &[Release]) -> Option<At> {
    if look.status != Some(Status::Provisional) {
        return None;
    }
    let (calendar, today) = (&look.world.calendar, look.world.today);
    releases.iter().find_map(|release| {
        let Freeze::On(freeze) = calendar.freeze(*release) else { return None };
        let left = days(today, freeze);
        let out = calendar.is_out(*release, today) == Some(true);
        let s = if left == 1 { "" } else { "s" };
        match left {
            ..=0 if !out => {
                let why = format!("the VEP Freeze of {release} was on {freeze}, and it is provisional");
                Some(At { risk: Risk::FreezePassed, why })
            }
            left if left > 0 && left <= look.world.in_force().near => {
                let why = format!("{left} day{s} to the VEP Freeze of {release}, and it is provisional");
                Some(At { risk: Risk::FreezeNear, why })
            }
            _ => None,
        }
    })
}

fn nonstandard(targets: &[Target]) -> Option<At> {
    let told: Vec<String> = targets
        .iter()
        .filter_map(|it| {
            Some(format!("{} {}: {}", crate::text::code(&it.stage), it.release, it.departs.as_ref()?))
        })
        .collect();
    (!told.is_empty()).then(|| At { risk: Risk::NonstandardTarget, why: joined(&told) })
}
