//! The questions that the review of VEP-282 asked, and the one that comes before all: does this need a VEP?
//!
//! Authors ask them again. Where the law leaves something open, the answer says so.

use super::Own;
use crate::law::{Law, cite, vep282};

const REVIEW: &str = "the review of VEP-282";

#[rustfmt::skip]
pub(super) const QUESTIONS: &[Own] = &[
    Own {
        name: "vep-required",
        says: "does this change need a VEP? Guidance, not a verdict",
        text: &[
            "Usually yes: a new feature, a new or changed API, a new feature gate, the graduation, change of scope or removal of a feature that has a VEP (an update of that VEP), a change of the process (a meta-VEP).",
            "Usually no: a bug fix, a test, documentation, a refactoring that no user sees, a dependency's update, a backport.",
            "In between (a behaviour that users see changes a little, a metric is added, a default moves): ask the SIG that would own it; the answer is theirs.",
            "No document in force draws the line exactly. A draft that wants to (kubevirt/enhancements pull request 325, “When is a VEP required”) is not merged and counts as advice only.",
        ],
        cites: &[
            cite(Law::Lifecycle, "Virtualization Enhancement Proposal", "the first step for introducing a new feature, a formal proposal is"),
            cite(Law::Readme, "Common Questions", "It is always recommended to merge a VEP update before starting"),
            cite(Law::Ours, "the rest of this page", ""),
        ],
        see: &["VEP", "meta-VEP", "may the first pull request be implementable"],
    },
    Own {
        name: "why creation-date when git knows it",
        says: "for automation that reads only the document",
        text: &["Git knows the day, too; but a tool that has the text and no history, or a copy of it elsewhere, does not. A later rename or migration would move git's answer, and never this one."],
        cites: &[cite(Law::Pr283, REVIEW, ""), vep282("VEP Front Matter", "creation-date: \"YYYY-MM-DD\"")],
        see: &["creation-date"],
    },
    Own {
        name: "why no latest-milestone",
        says: "it is left out until it is needed",
        text: &[
            "KEPs have a `latest-milestone`. VEP-282 has `milestone` with a release for each stage, and `stage` says which of them is in flight; a third place would only be able to contradict them.",
            "So it is an unknown key here, and no misspelt key is ever taken for it.",
        ],
        cites: &[cite(Law::Pr283, REVIEW, "")],
        see: &["milestone", "stage", "keys-known"],
    },
    Own {
        name: "one gate or a list of gates",
        says: "the law leaves it open; a list is read",
        text: &["VEP-282's schema shows one name. VEP 80 has two gates, and nothing forbids that; both forms are read, and neither is reported."],
        cites: &[cite(Law::Pr283, REVIEW, ""), vep282("VEP Front Matter", "feature-gate: FeatureName")],
        see: &["feature-gate"],
    },
    Own {
        name: "gates of other VEPs",
        says: "there is no key for them; name them in the text",
        text: &["A feature may need another VEP's gate. A key for such dependencies was left for a follow-up; until then the Design section is the place."],
        cites: &[cite(Law::Pr283, REVIEW, "")],
        see: &["feature-gate"],
    },
    Own {
        name: "labels for the states",
        says: "there are none yet; they are a follow-up",
        text: &["Only `kind/vep` and the SIG labels are registered. The state is read from front matter; `freeze-exception` and `target/*` are not registered with Prow, so no command adds them."],
        cites: &[vep282("GitHub Labels", "A `kind/vep` label is introduced")],
        see: &["status", "pr-labels"],
    },
    Own {
        name: "nobody to implement an agreed design",
        says: "a matter of triage; there is no state for it",
        text: &["A design that all agree with and nobody has time for stays provisional, or becomes deferred; it is not implementable, because the gate asks for people. The SIG decides at triage."],
        cites: &[cite(Law::Pr283, REVIEW, ""), vep282("Proposal Governance States", "Without named people who have agreed to take responsibility")],
        see: &["provisional", "deferred", "the gate"],
    },
    Own {
        name: "who sets the status, and where",
        says: "only the front matter, by a pull request",
        text: &[
            "The board, the tracking issue and every tool derive their view from the front matter. After the merge the author brings the issue's “Proposal status” in line.",
            "Who decides depends on the state: ask for the state's page.",
        ],
        cites: &[vep282("Proposal Governance States", "MUST be done by updating the front matter via a PR")],
        see: &["status", "provisional", "implementable"],
    },
    Own {
        name: "AGENTS.md and CLAUDE.md",
        says: "AGENTS.md is the file; CLAUDE.md is a link to it",
        text: &["VEP-282 wants an authoring guide and an AGENTS.md that refers to it. Assistants that look for CLAUDE.md find the same text by a link, so that two files cannot disagree."],
        cites: &[cite(Law::Pr283, REVIEW, ""), vep282("Agentic AI Assistance", "so that AI coding assistants operating in this repository")],
        see: &["authoring with an assistant"],
    },
    Own {
        name: "may the first pull request be implementable",
        says: "yes, through the gate",
        text: &["Two merges are recommended: first provisional, which says that the SIG wants the problem solved, then implementable. One is allowed where named reviewers and approvers are in place and the merge comes before the VEP Freeze."],
        cites: &[vep282("Open Discussion", "be submitted directly as `implementable` in its first PR")],
        see: &["new file to implementable", "the gate"],
    },
];
