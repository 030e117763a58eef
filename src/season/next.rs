//! What a VEP needs next, and whose turn it is, from a table: the first row that fits counts.

use super::{At, Look, Risk, Target};
use crate::calendar::{Freeze, Phase, last_safe_day};
use crate::vep::{Release, Status};
use schemars::JsonSchema;
use serde::Serialize;

/// The next action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Next {
    /// Whose turn it is
    pub who: Who,
    /// What is to be done
    pub what: String,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// Its author.
    Author,
    /// The approvers of its SIG.
    Approvers,
    /// Its reviewers.
    Reviewers,
    /// The release team.
    Release,
    /// Nobody.
    Nobody,
}

impl Who {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Approvers => "SIG approvers",
            Self::Reviewers => "reviewers",
            Self::Release => "release team",
            Self::Nobody => "nobody",
        }
    }
}

/// What a row looks at.
struct Case<'a> {
    status: Option<Status>,
    risks: &'a [At],
    lacks: Vec<&'static str>,
    phase: Phase,
    is_legacy: bool,
    /// A target that no stage of the schema can hold is for the release, and nothing else is.
    only_strange: bool,
}

impl Case<'_> {
    fn is_at(&self, risk: Risk) -> bool {
        self.risks.iter().any(|at| at.risk == risk)
    }

    fn lacks(&self, rules: &[&str]) -> bool {
        self.lacks.iter().any(|rule| rules.contains(rule))
    }

    fn is(&self, status: Status) -> bool {
        self.status == Some(status)
    }
}

/// A row: when it fits, who, and what; `{release}`, `{safe}` and `{code}` are filled in.
struct Row(fn(&Case<'_>) -> bool, Who, &'static str);

const TABLE: &[Row] = &[
    Row(|it| it.status.is_none(), Who::Author, "mend the front matter, so that it can be read"),
    Row(
        |it| it.is(Status::Implemented) && !it.is_at(Risk::Unconfirmed) && !it.is_legacy,
        Who::Nobody,
        "nothing: it is complete",
    ),
    Row(
        |it| it.is(Status::Implemented) && !it.is_at(Risk::Unconfirmed),
        Who::Approvers,
        "settle that it is complete, and have it migrated to front matter",
    ),
    Row(
        |it| it.is(Status::Implemented),
        Who::Author,
        "confirm that it shipped in {release}, and migrate it with the SIG's chairs",
    ),
    Row(
        |it| it.status.is_some_and(|status| !status.is_live()),
        Who::Approvers,
        "clear its target, for it is not live",
    ),
    Row(
        |it| it.is_at(Risk::Unconfirmed),
        Who::Author,
        "say whether it shipped in {release}: then bump it, else retarget or defer it",
    ),
    Row(
        |it| it.is_at(Risk::FreezePassed),
        Who::Author,
        "ask kubevirt-dev for an exception for {release}, or retarget it",
    ),
    Row(
        |it| it.only_strange && it.is_legacy,
        Who::Approvers,
        "settle what its target comes to as front matter, and migrate it",
    ),
    Row(|it| it.only_strange, Who::Author, "write its target as a stage with a release"),
    Row(
        |it| it.is_legacy && it.is_at(Risk::BeyondSeason),
        Who::Author,
        "migrate it to front matter, without the target beyond the season",
    ),
    Row(|it| it.is_legacy, Who::Author, "migrate it to front matter, with the names of people who agreed"),
    Row(
        |it| it.lacks(&["stage-present", "milestone-set", "milestone-wellformed"]),
        Who::Author,
        "name the stage in flight and its release",
    ),
    Row(
        |it| it.lacks(&["sections-present", "sections-filled"]),
        Who::Author,
        "write the sections that are missing or empty",
    ),
    Row(|it| it.lacks(&["reviewers-named"]), Who::Author, "find reviewers who agree, and name them{safe}"),
    Row(|it| it.lacks(&["approvers-named"]), Who::Approvers, "say who commits to approve the design{safe}"),
    Row(|it| !it.lacks.is_empty(), Who::Author, "mend what it lacks for implementable{safe}"),
    Row(|it| it.is(Status::Provisional), Who::Approvers, "review it, and merge it as implementable{safe}"),
    Row(|it| it.is_at(Risk::BeyondSeason), Who::Author, "drop the target beyond the season"),
    Row(
        |it| it.is_at(Risk::TimeboxExceeded),
        Who::Author,
        "graduate or retire it, or explain the delay to the SIG",
    ),
    Row(|it| it.phase == Phase::Design, Who::Author, "build it{code}"),
    Row(
        |it| it.phase == Phase::Implementation,
        Who::Reviewers,
        "review the code, so that it is merged{code}",
    ),
    Row(|it| it.phase == Phase::Stabilization, Who::Release, "confirm that it is in {release}"),
    Row(|it| it.phase == Phase::Released, Who::Author, "bump it to its next stage, or to implemented"),
];

const ELSE: Row = Row(|_| true, Who::Author, "go on with it");

/// The next action for these releases.
pub(super) fn of(look: &Look<'_>, targets: &[Target], risks: &[At], releases: &[Release]) -> Next {
    let calendar = &look.world.calendar;
    let release = releases.first().copied();
    let case = Case {
        status: look.status,
        risks,
        lacks: if look.at_gate { look.lacks.iter().map(|(rule, _)| *rule).collect() } else { vec![] },
        phase: release.map_or(Phase::Unknown, |release| calendar.phase(release, look.world.today)),
        is_legacy: look.implied.is_some(),
        only_strange: {
            let mut own = targets.iter().filter(|it| it.here || !targets.iter().any(|it| it.here)).peekable();
            own.peek().is_some() && own.all(|it| it.stage().is_none())
        },
    };
    let Row(_, who, what) = TABLE.iter().find(|Row(fits, ..)| fits(&case)).unwrap_or(&ELSE);
    let freeze = release.and_then(|release| match calendar.freeze(release) {
        Freeze::On(freeze) if freeze > look.world.today => Some(last_safe_day(freeze)),
        _ => None,
    });
    let code_freeze = release.and_then(|release| calendar.schedule(release)?.code_freeze);
    let what = what
        .replace("{release}", &release.map_or_else(|| "its release".into(), |it| it.to_string()))
        .replace("{safe}", &freeze.map_or_else(String::new, |day| format!(", by {day}")))
        .replace(
            "{code}",
            &code_freeze.map_or_else(String::new, |day| format!(" before the code freeze of {day}")),
        );
    Next { who: *who, what }
}
