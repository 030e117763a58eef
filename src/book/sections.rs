//! The sections of a VEP: what each is for, and how it is written well.
//!
//! The template says in a few words what belongs where; the advice is ours, after README, template and the draft
//! of the writing guide. Nothing here is a verdict: the rules on the body judge.

use super::Own;
use crate::law::{Law, cite};
use crate::markdown::plain;

#[rustfmt::skip]
pub(super) const SECTIONS: &[Own] = &[
    Own {
        name: "Overview", says: "what will be possible that is not possible now",
        text: &["One paragraph that a reader of another SIG understands: what changes for whom. No history and no design."],
        cites: &[cite(Law::Template, "Overview", "Provide a brief overview of the topic")], see: &["sections-filled"],
    },
    Own {
        name: "Motivation", says: "why it is worth doing",
        text: &["Who is hurt by the lack of it, how they get by today, and why that is not enough. A number or a real case convinces more than an adjective."],
        cites: &[cite(Law::Template, "Motivation", "Why this enhancement is important")], see: &["sections-filled"],
    },
    Own {
        name: "Goals", says: "the results that a reader could check afterwards",
        text: &["A short list of outcomes, not of tasks. What comes in which stage belongs to the graduation requirements."],
        cites: &[cite(Law::Template, "Goals", "The desired outcome"), cite(Law::Guide, "goals", "")], see: &["goals-unphased"],
    },
    Own {
        name: "Non Goals", says: "what readers might expect and will not get",
        text: &["Name the neighbouring wishes that somebody will ask for, so that the review need not. “None” is rarely true."],
        cites: &[cite(Law::Template, "Non Goals", "Limitations to the scope of the design")], see: &["sections-filled"],
    },
    Own {
        name: "Definition of Users", says: "the roles that the user stories speak of",
        text: &["One line for each role: VM owner, cluster admin, platform developer, or who else it is, and what they may do."],
        cites: &[cite(Law::Template, "Definition of Users", "Who is this feature set intended for")], see: &["stories-shaped"],
    },
    Own {
        name: "User Stories", says: "who wants what, and what for",
        text: &["One sentence a story: As a (role), I want (something), so that (a reason). Each goal should serve one of them."],
        cites: &[cite(Law::Template, "User Stories", "List of user stories this design aims to solve"), cite(Law::Guide, "user stories", "")], see: &["stories-shaped"],
    },
    Own {
        name: "Repos", says: "the repositories that have to change",
        text: &["Each with a word on what changes there: kubevirt/kubevirt, and often the CDI, the user guide or the CI configuration."],
        cites: &[cite(Law::Template, "Repos", "this design impacts")], see: &["sections-present"],
    },
    Own {
        name: "Design", says: "how it works, in enough detail to disagree with",
        text: &["Behaviour first: which component does what, when, and what happens when it fails. Name the feature gate here; leave code to the code's review."],
        cites: &[cite(Law::Template, "Design", "This should be brief and concise."), cite(Law::Guide, "design", "")], see: &["design-abstract", "feature-gate"],
    },
    Own {
        name: "API Examples", says: "what a user writes and what a user sees",
        text: &["Short manifests with the new fields and the status that answers them. Where there is no API, say N/A and why."],
        cites: &[cite(Law::Template, "API Examples", "Tangible API examples used for discussion")], see: &["sections-filled"],
    },
    Own {
        name: "Alternatives", says: "other ways that were looked at",
        text: &["Each with what spoke against it, doing nothing among them. A reviewer's favourite that is missing here comes up in the review."],
        cites: &[cite(Law::Template, "Alternatives", "Outline any alternative designs that have been considered")], see: &["sections-filled"],
    },
    Own {
        name: "Scalability", says: "what grows, with what, and how fast",
        text: &["Think of a thousand nodes and ten thousand machines: API calls, watches, memory per machine. Say so where nothing grows, and why."],
        cites: &[cite(Law::Template, "Scalability", "Overview of how the design scales")], see: &["sections-filled"],
    },
    Own {
        name: "Update/Rollback Compatibility", says: "what happens while old and new run side by side, and after going back",
        text: &["Old virt-launchers under a new control plane, machines that migrate between both, objects that use the new field after a rollback or with the gate off again."],
        cites: &[cite(Law::Template, "Update/Rollback Compatibility", "Does this impact update compatibility and how?")], see: &["sections-filled"],
    },
    Own {
        name: "Functional Testing Approach", says: "which behaviour is proven end to end",
        text: &["The cases that matter, also the ones that have to be refused, and what a test lane needs for them: hardware, storage, a second cluster."],
        cites: &[cite(Law::Template, "Functional Testing Approach", "An overview on the approaches used to functional test this design")], see: &["sections-filled"],
    },
    Own {
        name: "Implementation History", says: "what has happened, by date",
        text: &["One dated line for each event, the oldest first, with a link. It may stay empty until code is merged."],
        cites: &[cite(Law::Template, "Implementation History", "01-02-1921: Implemented mechanism"), cite(Law::Guide, "implementation history", "")], see: &["history-dated"],
    },
    Own {
        name: "Graduation Requirements", says: "what has to be true before a stage is reached",
        text: &["Boxes under a heading for each stage; only the stage in flight has to be complete. Beta is on by default from v1.9: say what makes that safe."],
        cites: &[cite(Law::Template, "Graduation Requirements", "ready to be enabled by default"), cite(Law::Vep229, "beta features on by default", "")],
        see: &["stage-criteria-present", "graduation"],
    },
];

/// How a section of this title is written well; none for one that only a checkout's own template has.
pub fn advice(section: &str) -> Option<&'static str> {
    let name = plain(section);
    SECTIONS.iter().find(|told| plain(told.name) == name).and_then(|told| told.text.first().copied())
}
