//! The words of the field, for whoever meets them in a verdict.

use super::Own;
use crate::law::{Law, cite, vep282};

const STATES: &str = "Proposal Governance States";

#[rustfmt::skip]
pub(super) const TERMS: &[Own] = &[
    Own {
        name: "VEP", says: "Virtualization Enhancement Proposal: the document `vep.md` by which a feature is planned",
        text: &["It lies in `veps/<sig>/<number>-<name>/`, where the number is that of its tracking issue."],
        cites: &[cite(Law::Readme, "Glossary", "VEP: Virtualization Enhancement Proposal")], see: &["path-conventional", "meta-VEP"],
    },
    Own {
        name: "meta-VEP", says: "a VEP about the process itself, under `veps/meta-VEPs/`",
        text: &["It has neither gate nor stage, any one release is its target, and the freeze only warns it."],
        cites: &[vep282("VEP Front Matter", "are exempt from the `feature-gate`")], see: &["feature-gate", "stage", "before-freeze"],
    },
    Own {
        name: "front matter", says: "the block of YAML between two `---` lines at the top of a VEP",
        text: &["It is the single source of truth; boards, issues and tools derive their view from it."],
        cites: &[vep282(STATES, "The VEP front matter is the authoritative record")], see: &["front-matter-present", "front-matter-parses", "status"],
    },
    Own {
        name: "the gate", says: "what a VEP passes into implementable: people, a target, in time",
        text: &["Named reviewers and approvers, none of them TBD; a target release; merged before that release's VEP Freeze. The name is the signal that somebody has the time."],
        cites: &[vep282(STATES, "The transition from `provisional` to `implementable` is the **critical gate**.")],
        see: &["implementable", "reviewers-named", "approvers-named", "milestone-set", "before-freeze"],
    },
    Own {
        name: "VEP Freeze", says: "the day from which nothing more is approved for a release; in UTC, the day itself is too late",
        text: &[
            "The README calls it Enhancement Freeze. What it blocks: entering implementable, and a new stage and release for an implementable VEP. Other edits stay lawful, for the document is kept in sync with what is built.",
            "The date comes from kubevirt/sig-release. A release without a readable date is unknown, which is never a yes.",
        ],
        cites: &[
            vep282(STATES, "The merge happens before the VEP Freeze for that release."),
            cite(Law::Readme, "Glossary", "EF: Enhancement Freeze, Deadline for merging a VEP for next release"),
            cite(Law::Lifecycle, "Kubevirt's release cycle", "The VEP freeze marks the end of this phase."),
        ],
        see: &["before-freeze", "freeze-known", "freeze-not-near", "exception"],
    },
    Own {
        name: "exception", says: "leave to be late: asked for on kubevirt-dev, granted by a maintainer",
        text: &["The mail has a justification, the time that is needed and the impact of a refusal. A maintainer who agrees adds the label `freeze-exception`; it is no Prow command, and this tool grants nothing."],
        cites: &[cite(Law::Readme, "Exceptions", "Exceptions can be asked before the actual EF/CF."), vep282("CI Enforcement", "exception path (a maintainer adds the `freeze-exception` label")],
        see: &["VEP Freeze", "before-freeze"],
    },
    Own {
        name: "season", says: "the releases that may be planned for today",
        text: &["The earliest release whose VEP Freeze is still to come and, between freeze and GA, also the one that is being implemented."],
        cites: &[cite(Law::Ours, "the season", "")], see: &["target-upcoming", "phase"],
    },
    Own {
        name: "phase", says: "where a release is on its way: design, implementation, stabilization, released",
        text: &["Design lasts until the VEP Freeze, implementation until the code freeze, stabilization until GA. Released means that the planned GA date has passed: a schedule is a plan, and real releases came a week late."],
        cites: &[cite(Law::Lifecycle, "Kubevirt's release cycle", "Each Kubevirt release cycle is split into 3 different phases")], see: &["VEP Freeze", "season"],
    },
    Own {
        name: "target", says: "the release of the stage in flight: `milestone[stage]`",
        text: &["Where there is no stage (a meta-VEP, no gate) any one release is the target."],
        cites: &[vep282(STATES, "A target milestone is set in the front matter."), cite(Law::Ours, "milestone.alpha is read as milestone[stage]", "")],
        see: &["milestone", "stage", "milestone-set"],
    },
    Own {
        name: "retarget", says: "another release for the same stage, while the state stays",
        text: &["It is judged by the new release's freeze. It is the way for a design that is approved and late: implementable does not go back to provisional."],
        cites: &[cite(Law::Readme, "Release check-ins", "the VEP may need to be re-targeted to a different release")], see: &["implementable to provisional", "before-freeze"],
    },
    Own {
        name: "graduation", says: "the next stage of an implementable VEP: alpha to beta to ga",
        text: &["A pull request in the design phase names the next stage and its release, and adds that stage's criteria. It is judged by that release's freeze."],
        cites: &[cite(Law::Readme, "Process", "This update PR also serves as additional review")], see: &["stage", "stage-criteria-present", "time box"],
    },
    Own {
        name: "alpha", says: "the first stage: behind a feature gate, off by default, open to breaking changes",
        text: &["It lasts one or two releases. Going straight to a later stage wants a reason in the text."],
        cites: &[cite(Law::Lifecycle, "Release Stage Transition Table", "| Alpha | 1 to 2 releases")],
        see: &["stage", "time box", "alpha-not-skipped"],
    },
    Own {
        name: "beta", says: "the second stage: behind a feature gate, to be evaluated in earnest; on by default from v1.9",
        text: &["It lasts one to three releases. VEP-229 turns Beta features on by default, so their graduation criteria say what that needs."],
        cites: &[cite(Law::Lifecycle, "Feature Stages", "The first release that can be evaluated with care in production."), cite(Law::Template, "Graduation Requirements", "ready to be enabled by default")],
        see: &["stage", "time box", "stage-criteria-present"],
    },
    Own {
        name: "ga", says: "general availability: part of the core, without a gate",
        text: &["When the code of GA has merged, the VEP becomes implemented."],
        cites: &[cite(Law::Lifecycle, "Feature Stages", "The feature graduated to general-availability (GA) and is now part of"), vep282(STATES, "After GA code merges")],
        see: &["stage", "implemented", "implemented-at-ga"],
    },
    Own {
        name: "time box", says: "how long a feature may stay in a stage: Alpha two releases, Beta three",
        text: &["Counted from the stage's release up to the next one's, or to the season's. By the lifecycle a feature that exceeds it should be removed automatically, unless two thirds of the active maintainers prolong it."],
        cites: &[
            cite(Law::Lifecycle, "Release Stage Transition Table", "| Alpha | 1 to 2 releases"),
            cite(Law::Lifecycle, "Release Stage Transition Table", "a feature is not able to transition to the next stage in"),
        ], see: &["stage-within-timebox"],
    },
    Own {
        name: "approver", says: "two kinds, never mixed up: who committed to the design, and who can merge",
        text: &["Front matter names chairs or leads who committed to approve the design. The root OWNERS name who can merge pull requests. Implementable is merged by the latter on the SIG's word."],
        cites: &[vep282("SIG OWNERS Files", "Who committed to approve the *design*"), vep282("SIG OWNERS Files", "Who can merge *PRs* into the repo")],
        see: &["approvers", "approvers-named", "OWNERS"],
    },
    Own {
        name: "OWNERS", says: "files that name, folder by folder, whom Prow asks for a review and who may approve",
        text: &["Those of the SIG folders have reviewers only; merging stays with the root's approvers. Prow takes them from the base branch, the nearest folder first."],
        cites: &[vep282("SIG OWNERS Files", "Each carries only a `reviewers:` block — no `approvers:` block.")],
        see: &["owners-suggest-only", "sig-has-reviewers", "leaf reviewer"],
    },
    Own {
        name: "leaf reviewer", says: "a reviewer named in the OWNERS file nearest to a changed file",
        text: &["Prow's blunderbuss asks leaf reviewers first, then fills up from the layers above, then from approvers; the author is left out."],
        cites: &[cite(Law::Prow, "blunderbuss", "")], see: &["OWNERS"],
    },
    Own {
        name: "terminal state", says: "a state out of which nothing comes back to life: rejected, withdrawn, replaced",
        text: &["VEP-282 forbids revival from terminal states and never lists them. Whether deferred is one is unsettled."],
        cites: &[vep282("CI Enforcement", "no skipped states, no revival from terminal states")], see: &["step-lawful", "deferred to provisional"],
    },
    Own {
        name: "declaration", says: "a person's word that a refused step is meant: retroactive, correction, backfill or exception",
        text: &["`review --declare correction=\"why\"`. It makes nothing lawful: the error becomes “a person must decide”, with the reason, in the report."],
        cites: &[cite(Law::Practice, "22 KEPs went back from implemented as corrections", "")], see: &["step-lawful", "before-freeze"],
    },
    Own {
        name: "legacy", says: "a document that was on the base without front matter; where no base is known, any without front matter",
        text: &["What its prose says is marked as read from prose. It never fails a run that does not touch it, and one that is touched is held to warnings on what only its migration can mend."],
        cites: &[vep282("Update/Rollback Compatibility", "the validator initially warns on existing VEPs")], see: &["front-matter-present", "governed", "new"],
    },
    Own {
        name: "governed", says: "a document that was on the base with front matter",
        text: &["All rules judge it in full."],
        cites: &[cite(Law::Ours, "classes of documents", "")], see: &["legacy", "new", "front-matter-kept"],
    },
    Own {
        name: "new", says: "a document that is not on the base",
        text: &["All rules judge it in full, and it has to have front matter."],
        cites: &[vep282("Update/Rollback Compatibility", "only enforces on new PRs")], see: &["legacy", "governed"],
    },
    Own {
        name: "base", says: "what a change is compared with: where its history parted from the branch it goes to",
        text: &["What was there before fails no run; only what the change made does. Without a base the rules that compare (step-lawful, front-matter-kept, before-freeze) do not apply yet."],
        cites: &[vep282("CI Enforcement", "Status transition from the base branch is valid")], see: &["step-lawful", "before-freeze"],
    },
    Own {
        name: "companion", says: "another Markdown file beside a VEP's `vep.md`",
        text: &["An appendix: it has no front matter, no targets and no VEP heading of its own."],
        cites: &[cite(Law::Guide, "appendices", "")], see: &["companions-appendices"],
    },
    Own {
        name: "sign-off", says: "two things: `Signed-off-by` on a commit, and the LGTM of each SIG",
        text: &["A commit without the first is not merged by Prow; only its author can give it. The second is an acknowledgement that Compute, Network and Storage each give, and every participating SIG."],
        cites: &[cite(Law::Readme, "SIG Review and Collaboration", "The sign-off works here as acknowledgment of the changes."), cite(Law::Prow, "dco", "")],
        see: &["pr-signed-off", "participating-sigs"],
    },
    Own {
        name: "tracking issue", says: "the issue whose number is the VEP's number, open until the feature is GA or dropped",
        text: &["Its “Proposal status” mirrors the front matter; the author keeps it so."],
        cites: &[cite(Law::Readme, "Process", "The Issue's ID is used to for the VEP ID"), vep282("Improved Tracking Issue Template", "mirroring the front matter `status:` field")],
        see: &["vep-number", "number-agrees"],
    },
    Own {
        name: "opt-out", says: "a VEP without a feature gate whose text says why",
        text: &["A sentence outside code that denies a gate; it is quoted with a warning at every status, for avoiding a gate is expected to be rare."],
        cites: &[cite(Law::Lifecycle, "Can a VEP choose to not include a feature gate?", "the VEP author has to provide a strong reasoning and justification")],
        see: &["feature-gate", "feature-gate-named"],
    },
    Own {
        name: "verdict", says: "what a rule says of a document: holds, broken, or not yet",
        text: &["Not yet has a reason: the rule does not apply, or another rule has already reported the cause. A verdict is not an approval; people approve."],
        cites: &[vep282("CI Enforcement", "Posts a single structured comment summarising each check as pass/fail")], see: &["base"],
    },
    Own {
        name: "authoring with an assistant", says: "what an AI assistant may do for a VEP, and what only people can",
        text: &["It may read, draft, validate, check steps and dates, and prepare text and patches. It never invents a handle, a number, a gate or a release, never says that somebody agreed, and never signs off."],
        cites: &[vep282("Agentic AI Assistance", "Validate front matter fields and flag missing or invalid values proactively"), vep282("Non Goals", "but the human agreement remains a social act")],
        see: &["AGENTS.md and CLAUDE.md"],
    },
];
