//! The state machine of VEP-282 as a table: every step from every beginning to every state.
//!
//! One table is judge, diagram and explanation. A step is lawful (the law names it), unsettled (the law is
//! silent or contradicts itself: the evidence for both sides is shown, and a SIG decides) or unlawful (the
//! law forbids it, or the meaning it gives the states excludes it: the nearest lawful way is shown).
//!
//! Absent on purpose: what a document still lacks for a step. That is asked of the rules.

use crate::law::{Cite, Law, cite, vep282};
use crate::vep::Status;
use std::fmt::Write as _;

/// Where a step begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With a new file.
    New,
    /// With a file from before VEP-282, without front matter.
    Legacy,
    /// In a state.
    At(Status),
}

impl Start {
    /// Every beginning, the two files first.
    pub const ALL: [Self; 9] = [
        Self::New,
        Self::Legacy,
        Self::At(Status::Provisional),
        Self::At(Status::Implementable),
        Self::At(Status::Implemented),
        Self::At(Status::Deferred),
        Self::At(Status::Rejected),
        Self::At(Status::Withdrawn),
        Self::At(Status::Replaced),
    ];

    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "(new file)",
            Self::Legacy => "(legacy file)",
            Self::At(status) => status.as_str(),
        }
    }
}

/// What the law says of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The law names it.
    Lawful,
    /// No step at all: the state stays what it is.
    Same,
    /// The law is silent or contradicts itself.
    Unsettled,
    /// The law forbids it, or the meaning of the states excludes it.
    Unlawful,
}

impl Standing {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lawful => "lawful",
            Self::Same => "same",
            Self::Unsettled => "unsettled",
            Self::Unlawful => "unlawful",
        }
    }
}

/// Why a step has its standing.
#[derive(Debug)]
pub struct Ground {
    /// The standing.
    pub standing: Standing,
    /// Whether the gate into `implementable` applies.
    pub gate: bool,
    /// The reason in a sentence.
    pub why: &'static str,
    /// The nearest lawful way; empty where the step itself is one.
    pub way: &'static str,
    /// What speaks for an unsettled step, and what against it.
    pub evidence: &'static [Evidence],
    /// Where the law says so.
    pub cites: &'static [Cite],
}

/// Something that speaks for or against a step that the law leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// Whether it speaks for the step.
    pub speaks_for: bool,
    /// Where it was found.
    pub source: Law,
    /// What was found.
    pub says: &'static str,
}

impl std::fmt::Display for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let side = if self.speaks_for { "for" } else { "against" };
        write!(f, "{side} it ({}): {}", self.source.name(), self.says)
    }
}

const fn pro(source: Law, says: &'static str) -> Evidence {
    Evidence { speaks_for: true, source, says }
}

const fn con(source: Law, says: &'static str) -> Evidence {
    Evidence { speaks_for: false, source, says }
}

const STATES: &str = "Proposal Governance States";
const CI: &str = "CI Enforcement";

/// The gate's own sentence.
const GATE: Cite =
    vep282(STATES, "The transition from `provisional` to `implementable` is the **critical gate**.");
const NO_SKIP: Cite = vep282(CI, "no skipped states, no revival from terminal states");
const ANY_POINT: Cite = vep282(STATES, "(at any point)");

const LAWFUL: Ground =
    Ground { standing: Standing::Lawful, gate: false, why: "", way: "", evidence: &[], cites: &[] };
const GATED: Ground = Ground { gate: true, ..LAWFUL };
const UNSETTLED: Ground = Ground { standing: Standing::Unsettled, ..LAWFUL };
const UNLAWFUL: Ground = Ground { standing: Standing::Unlawful, ..LAWFUL };

const STAYS: Ground = Ground {
    standing: Standing::Same,
    why: "The state stays what it is.",
    cites: &[vep282(STATES, "Front matter as single source of truth")],
    ..LAWFUL
};

const RETARGET: Ground = Ground {
    standing: Standing::Same,
    why: "The state stays; a new stage or release is a retarget or a graduation, judged by that release's freeze.",
    cites: &[cite(
        Law::Readme,
        "Release check-ins",
        "the VEP may need to be re-targeted to a different release",
    )],
    ..LAWFUL
};

const OPENS: Ground = Ground {
    why: "A proposal begins as provisional, when its pull request is opened.",
    cites: &[vep282(STATES, "VEP is open for design discussion")],
    ..LAWFUL
};

const OPENS_IMPLEMENTABLE: Ground = Ground {
    why: "Two merges are recommended, one is allowed where the gate is passed at once.",
    cites: &[vep282("Open Discussion", "be submitted directly as `implementable` in its first PR"), GATE],
    ..GATED
};

const OPENS_IMPLEMENTED: Ground = Ground {
    why: "A retroactive VEP: the feature exists before its proposal.",
    evidence: &[
        pro(Law::Practice, "retroactive VEPs are merged: VEP 277 describes a feature that was already GA"),
        con(Law::Vep282, "the transition check forbids skipped states, and nothing exempts a first merge"),
    ],
    way: "Begin as provisional or implementable; or declare that it is retroactive and let the SIG decide.",
    cites: &[NO_SKIP],
    ..UNSETTLED
};

const OPENS_DEFERRED: Ground = Ground {
    why: "A proposal may be kept on file without being worked on; VEP 307 was merged so.",
    cites: &[
        vep282(STATES, "Not actively progressing; removed from release tracking"),
        cite(Law::Practice, "VEP 307, merged as deferred", ""),
    ],
    ..LAWFUL
};

const OPENS_CLOSED: Ground = Ground {
    why: "A file that is closed from its first day.",
    evidence: &[
        pro(Law::Vep282, "the table of states says “Any time” of rejected and withdrawn"),
        con(Law::Practice, "there is no precedent; drafts that come to nothing are closed, not merged"),
    ],
    way: "Begin as provisional, or close the pull request.",
    cites: &[ANY_POINT],
    ..UNSETTLED
};

const MIGRATES: Ground = Ground {
    why: "The migration gives a legacy document the state that the SIG's chairs determine.",
    cites: &[vep282("Migration of Existing VEPs", "with SIG chairs determining the correct `status:`")],
    ..LAWFUL
};

const MIGRATES_TRACKED: Ground = Ground {
    why: "The migration gives an actively tracked VEP this state; its reviewers, approvers and target are needed.",
    cites: &[vep282("Migration of Existing VEPs", "(`implementable` for actively tracked VEPs"), GATE],
    ..GATED
};

const PASSES_THE_GATE: Ground = Ground {
    why: "The design is approved, people are named, and a release is targeted before its freeze.",
    cites: &[GATE],
    ..GATED
};

const REACHES_GA: Ground = Ground {
    why: "The feature has reached GA.",
    cites: &[vep282(STATES, "Feature has reached GA; VEP is complete")],
    ..LAWFUL
};

const STOPS: Ground = Ground {
    why: "A live VEP may be deferred at any time.",
    cites: &[vep282(STATES, "Not actively progressing; removed from release tracking")],
    ..LAWFUL
};

const IS_REJECTED: Ground = Ground {
    why: "SIG approvers and author may agree at any point that it will not proceed.",
    cites: &[ANY_POINT, vep282(STATES, "Will not proceed")],
    ..LAWFUL
};

const IS_WITHDRAWN: Ground = Ground {
    why: "The author may give the proposal up at any time.",
    cites: &[vep282(STATES, "Author has discontinued the proposal")],
    ..LAWFUL
};

const IS_REPLACED: Ground =
    Ground { why: "Another VEP supersedes it.", cites: &[vep282(STATES, "(when superseded)")], ..LAWFUL };

const SKIPS: Ground = Ground {
    why: "It skips implementable.",
    way: "Go to implementable first, through the gate; then to implemented.",
    cites: &[NO_SKIP],
    ..UNLAWFUL
};

const NO_WAY_BACK: Ground = Ground {
    why: "An approved design does not become a draft again; the author of VEP-282 does not see it getting back.",
    way: "Retarget it: keep the state and name another release; or defer it.",
    cites: &[
        cite(Law::Pr283, "the author's answer on implementable to provisional", ""),
        cite(Law::Readme, "Release check-ins", "the VEP may need to be re-targeted to a different release"),
    ],
    ..UNLAWFUL
};

const COMPLETE: Ground = Ground {
    why: "An implemented VEP is complete; a complete VEP cannot stop progressing.",
    way: "Write a new VEP that replaces it.",
    cites: &[vep282(STATES, "Feature has reached GA; VEP is complete")],
    ..UNLAWFUL
};

const DEFERRED_EVIDENCE: &[Evidence] = &[
    pro(Law::Vep282, "deferred means “Not actively progressing”, not “Will not proceed”"),
    pro(Law::Practice, "VEP 307 was merged as deferred and says that it can be revived"),
    pro(
        Law::Practice,
        "elsewhere parked proposals come back: 17 PEPs left deferred alive, 110 EIPs stagnant",
    ),
    con(Law::Vep282, "the diagram has no arrow out of deferred"),
    con(
        Law::Vep282,
        "revival from terminal states is forbidden; the Motivation speaks of terminal states beside the main line",
    ),
    con(Law::DraftCi, "the draft validator refuses every step out of deferred"),
];

const COMES_BACK: Ground = Ground {
    why: "Whether a deferred VEP may come back is not said.",
    way: "Ask the SIG; a new VEP that replaces this one is lawful in any case.",
    evidence: DEFERRED_EVIDENCE,
    cites: &[NO_SKIP, vep282(STATES, "Not actively progressing; removed from release tracking")],
    ..UNSETTLED
};

const COMES_BACK_GATED: Ground = Ground { gate: true, ..COMES_BACK };

const REVIVAL: Ground = Ground {
    why: "It revives a VEP from a terminal state.",
    way: "Write a new VEP; it may replace this one.",
    cites: &[NO_SKIP],
    ..UNLAWFUL
};

const CLOSED: Ground = Ground {
    why: "A closed VEP is not completed, deferred or closed in another way.",
    way: "Leave it as it is; a new VEP may replace it.",
    cites: &[NO_SKIP],
    ..UNLAWFUL
};

const AFTER_WITHDRAWAL: Ground = Ground {
    why: "The author of VEP-282 sees a withdrawn VEP reset and evaluated again, in practice replaced or rejected.",
    way: "Leave it withdrawn, and write the new VEP.",
    evidence: &[
        pro(
            Law::Pr283,
            "the author: from withdrawn the process is reset, in practice a move to replaced or rejected",
        ),
        con(Law::Vep282, "no revival from terminal states; withdrawn looks like one"),
        con(Law::DraftCi, "the draft validator refuses every step out of withdrawn"),
    ],
    cites: &[cite(Law::Pr283, "the author's answer on withdrawn", ""), NO_SKIP],
    ..UNSETTLED
};

const AFTER_REJECTION: Ground = Ground {
    why: "Whether a rejected VEP can be superseded is not said.",
    way: "Leave it rejected, and name it in the new VEP's text.",
    evidence: &[
        pro(Law::Vep282, "the diagram's “(when superseded)” has no limit"),
        pro(Law::Vep282, "replaced is no revival: nothing comes back to life"),
        con(Law::DraftCi, "the draft validator refuses every step out of rejected"),
    ],
    cites: &[vep282(STATES, "(when superseded)"), NO_SKIP],
    ..UNSETTLED
};

/// The table: a row for each of [`Start::ALL`], a column for each of [`Status::ALL`].
#[rustfmt::skip]
const LIFECYCLE: [[&Ground; 7]; 9] = [
    //  provisional   implementable          implemented          deferred         rejected          withdrawn         replaced
    [&OPENS,       &OPENS_IMPLEMENTABLE, &OPENS_IMPLEMENTED, &OPENS_DEFERRED, &OPENS_CLOSED,     &OPENS_CLOSED, &OPENS_CLOSED],
    [&MIGRATES,    &MIGRATES_TRACKED,    &MIGRATES,          &MIGRATES,       &MIGRATES,         &MIGRATES,     &MIGRATES],
    [&STAYS,       &PASSES_THE_GATE,     &SKIPS,             &STOPS,          &IS_REJECTED,      &IS_WITHDRAWN, &IS_REPLACED],
    [&NO_WAY_BACK, &RETARGET,            &REACHES_GA,        &STOPS,          &IS_REJECTED,      &IS_WITHDRAWN, &IS_REPLACED],
    [&COMPLETE,    &COMPLETE,            &STAYS,             &COMPLETE,       &COMPLETE,         &COMPLETE,     &IS_REPLACED],
    [&COMES_BACK,  &COMES_BACK_GATED,    &SKIPS,             &STAYS,          &IS_REJECTED,      &IS_WITHDRAWN, &IS_REPLACED],
    [&REVIVAL,     &REVIVAL,             &CLOSED,            &CLOSED,         &STAYS,            &CLOSED,       &AFTER_REJECTION],
    [&REVIVAL,     &REVIVAL,             &CLOSED,            &CLOSED,         &AFTER_WITHDRAWAL, &STAYS,        &AFTER_WITHDRAWAL],
    [&REVIVAL,     &REVIVAL,             &CLOSED,            &CLOSED,         &CLOSED,           &CLOSED,       &STAYS],
];

/// A step and why it has its standing.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Where it begins.
    pub start: Start,
    /// Where it leads.
    pub to: Status,
    /// Why it has its standing.
    pub ground: &'static Ground,
}

/// All 63 steps, row by row.
pub fn steps() -> impl Iterator<Item = Step> {
    Start::ALL.into_iter().zip(LIFECYCLE).flat_map(|(start, row)| {
        Status::ALL.into_iter().zip(row).map(move |(to, ground)| Step { start, to, ground })
    })
}

/// The step from a beginning to a state. The table has every one.
pub fn step(start: Start, to: Status) -> Step {
    steps().find(|step| step.start == start && step.to == to).unwrap_or(Step { start, to, ground: &CLOSED })
}

/// Who sets a state (VEP-282, the table of states).
pub fn who(to: Status) -> &'static str {
    match to {
        Status::Provisional => "the author",
        Status::Implementable => "the SIG's approvers, by merging",
        Status::Implemented => "the author and the SIG",
        Status::Deferred => "the SIG",
        Status::Rejected => "SIG approvers and the author",
        Status::Withdrawn => "the author",
        Status::Replaced => "the author of the replacement",
    }
}

/// The table as a Mermaid state diagram. Lawful steps are arrows, unsettled ones say so; unlawful ones are
/// not drawn.
pub fn mermaid() -> String {
    let mut out = String::from("stateDiagram-v2\n");
    for Step { start, to, ground } in steps() {
        let from = match start {
            Start::New => "[*]",
            Start::Legacy => continue,
            Start::At(status) => status.as_str(),
        };
        let label = match (ground.standing, ground.gate) {
            (Standing::Lawful, true) => ": gate",
            (Standing::Lawful, false) => "",
            (Standing::Unsettled, true) => ": unsettled, gate",
            (Standing::Unsettled, false) => ": unsettled",
            (Standing::Same | Standing::Unlawful, _) => continue,
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "    {from} --> {to}{label}");
    }
    out
}
