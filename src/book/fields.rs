//! What the pages of front matter's keys say beyond the schema: the law's words, and the rules that judge them.

use crate::law::{Cite, vep282};

/// What is told of a key.
pub(super) struct Told {
    key: &'static str,
    /// What is worth knowing.
    pub(super) text: &'static str,
    /// Where the law has it.
    pub(super) cite: Cite,
    /// The rules that judge it, the first one with the most telling cases.
    pub(super) rules: &'static [&'static str],
}

const FRONT: &str = "VEP Front Matter";

const fn key(key: &'static str, text: &'static str, cite: Cite, rules: &'static [&'static str]) -> Told {
    Told { key, text, cite, rules }
}

#[rustfmt::skip]
const TOLD: &[Told] = &[
    key("title", "The heading says the same: `# VEP #<number>: <title>`.",
        vep282(FRONT, "title: Short descriptive title"), &["title-agrees", "placeholders-filled"]),
    key("vep-number", "The number of the tracking issue, without quotes and leading zeros. Folder and heading carry it, too.",
        vep282(FRONT, "equals the tracking issue number; set on issue creation"), &["number-agrees", "number-unique", "number-is-issue"]),
    key("creation-date", "The day the proposal was first opened, quoted or not; never after today.",
        vep282(FRONT, "creation-date: \"YYYY-MM-DD\""), &["creation-date-real"]),
    key("status", "The single source of truth: a board or an issue only mirrors it. It changes by a pull request.",
        vep282("Proposal Governance States", "The VEP front matter is the authoritative record"), &["status-known", "step-lawful"]),
    key("authors", "GitHub logins, quoted because of the `@`. None is TBD.",
        vep282(FRONT, "\"@github-handle\""), &["authors-named", "handles-wellformed"]),
    key("owning-sig", "VEP-282 names three; SIG folders of the checkout and the organisation's SIG labels are known, too. It is that of the folder, but for meta-VEPs.",
        vep282(FRONT, "sig-compute | sig-network | sig-storage"), &["sig-known", "sig-agrees"]),
    key("participating-sigs", "Each of them gives an LGTM before the merge. The owner is not among them.",
        vep282(FRONT, "other SIGs that must LGTM before merge"), &["sig-known", "sig-agrees"]),
    key("reviewers", "TBD until somebody has agreed; a name is that person's promise. At implementable no TBD is left.",
        vep282(FRONT, "no TBD allowed when transitioning to implementable"), &["reviewers-named", "handles-wellformed", "reviewers-independent"]),
    key("approvers", "SIG chairs or leads who committed to the design. Not those who can merge: these are in the root OWNERS.",
        vep282(FRONT, "SIG chairs/leads who commit to approving the design;"), &["approvers-named", "handles-wellformed", "reviewers-independent"]),
    key("feature-gate", "One gate, or a list of them. Left out only where the body says why there is none, or in a meta-VEP.",
        vep282(FRONT, "omit field only if VEP body contains explicit opt-out justification"), &["feature-gate-named"]),
    key("stage", "The stage in flight: the one whose release is worked towards. VEP-282 says current; gate and freeze need the targeted one.",
        vep282(FRONT, "alpha | beta | ga — current implementation stage"), &["stage-known", "stage-present", "stage-criteria-present", "stage-within-timebox"]),
    key("milestone", "Stages to quoted releases: `beta: \"v1.10\"`, for YAML reads an unquoted 1.10 as 1.1. VEP-282 requires `milestone.alpha` at implementable; we read that as the stage in flight, for some VEPs begin at Beta or at GA.",
        vep282(FRONT, "alpha: \"v1.x\""), &["milestone-wellformed", "milestone-set", "milestones-ordered", "alpha-not-skipped", "target-upcoming", "target-not-past"]),
    key("replaces", "The other one's `superseded-by` answers it; one pull request may change both.",
        vep282(FRONT, "VEP number this supersedes, if any"), &["succession-resolves", "succession-answers"]),
    key("superseded-by", "Needed at replaced. The other one's `replaces` answers it.",
        vep282(FRONT, "VEP number that supersedes this, if any"), &["superseded-by-set", "succession-resolves", "succession-answers"]),
];

/// What is told of a key.
pub(super) fn told(name: &str) -> Option<&'static Told> {
    TOLD.iter().find(|told| told.key == name)
}

/// The keys that a rule judges.
pub(super) fn of_rule(rule: &str) -> Vec<&'static str> {
    TOLD.iter().filter(|told| told.rules.contains(&rule)).map(|told| told.key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_schema_is_told_and_no_other() {
        let schema: Vec<_> = crate::document::SCHEMA.iter().map(|key| key.name).collect();
        let told: Vec<_> = TOLD.iter().map(|told| told.key).collect();
        assert_eq!(told, schema);
    }
}
