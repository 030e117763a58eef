//! Why upstream's drafts and our book differ: a sentence for each reason, and when it is the one.
//!
//! The first reason that fits is told. Each says who says so on either side, so that a reader can judge.
//!
//! Absent on purpose: who is right. Ours follows VEP-282 and departs from it on purpose here and there; the
//! drafts are their author's.

use super::{Look, Word};
use crate::calendar::Freeze;
use crate::law::Severity;
use crate::rule::Was;
use crate::vep::{Release, Stage, Status, is_unset};
use crate::yaml::Plain;

/// Why the two differ.
#[derive(Debug)]
pub struct Reason {
    /// The checks that it speaks of; none: all.
    checks: &'static [&'static str],
    /// In words.
    pub says: &'static str,
    /// When it is the reason.
    when: fn(&Look<'_>) -> bool,
}

impl Reason {
    pub(super) fn explains(&self, look: &Look<'_>) -> bool {
        (self.checks.is_empty() || self.checks.contains(&look.check)) && (self.when)(look)
    }
}

/// What is said of a difference that no reason fits. The tests see to it that none is found.
pub const UNEXPLAINED: &str = "Nobody has said why; please report it.";

const fn reason(checks: &'static [&'static str], when: fn(&Look<'_>) -> bool, says: &'static str) -> Reason {
    Reason { checks, says, when }
}

/// All reasons; the first that fits counts.
#[rustfmt::skip]
pub const REASONS: &[Reason] = &[
    reason(&[], |it| !it.ours.judged,
        "Ours judges proposals; appendices and the template are none. The draft looks at every changed Markdown file under `veps/`."),
    reason(&[], |it| it.ours.new.is_none() && match it.word {
            Word::Fail => it.ours.any == Some(Severity::Error),
            Word::Warn => it.ours.any == Some(Severity::Warning),
            Word::Pass | Word::Unknown => false,
        },
        "It was there before. Ours blames a change for what it made itself; the draft judges the whole file whenever a change touches it."),
    reason(&[], |it| it.ours.left_out,
        "The question left rules of ours out; the draft asks everything."),
    reason(&[], is_set,
        "This checkout's settings switch a rule of ours off or give it another severity; the draft knows no settings."),
    reason(&[], |it| it.torn,
        "The block is torn. The draft goes by what a strict reader of YAML takes between the first two lines `---`; ours also reads what stands beyond the fault, so that all faults are told at once."),
    reason(&[], |it| passes(it) && it.breaks("placeholders-filled"),
        "The draft takes the template's placeholders for values (NNNN on purpose, until the issue has a number); the template means them to be replaced, and ours says so."),
    reason(&[], |it| passes(it) && it.breaks("values-typed"),
        "The draft asks whether there is a value; ours also whether it has the type that VEP-282's schema gives its key."),

    reason(&["block-present"], |it| it.word == Word::Fail && it.ours.any == Some(Severity::Warning),
        "Every open pull request follows the template of its base, which has no block yet, so ours warns until it has one; VEP-282 and the draft want a block in every new file."),

    reason(&["owning-sig-known"], |it| it.word == Word::Fail && it.ours.any != Some(Severity::Warning),
        "VEP-282 names three SIGs and the draft takes no other; SIG folders and settings of the checkout and the org's labels are SIGs to ours, because others own VEPs on main."),

    reason(&["number-is-issue"], |it| it.word == Word::Fail && it.ours.any == Some(Severity::Warning),
        "Ours warns of a document that was merged before VEP-282, because only its migration can give it another number; the draft makes no such difference."),

    reason(&["gate-present"], |it| it.word == Word::Fail && it.ours.any == Some(Severity::Warning),
        "VEP-282's schema lets the gate be left out where the body justifies it, so ours warns; the draft wants the key in every file."),
    reason(&["gate-present"], passes,
        "The draft takes any text for a gate; to ours TBD, “none” and words with blanks name no gate (VEP-282 wants a gate or a justification)."),

    reason(&["stage-present", "milestone-of-stage", "freeze"], |it| stage(it).is_some_and(|stage| Stage::read(stage).is_none()),
        "The draft takes any word for a stage, TBD too; to VEP-282 and ours there are alpha, beta and ga."),
    reason(&["stage-present"], |it| passes(it) && it.draft.status() == Some(Status::Implemented),
        "The draft asks for a stage at implementable; ours at implemented, too, where the file says which stage has been reached."),

    reason(&["milestone-of-stage"], |it| it.word == Word::Fail && it.draft.status().is_none(),
        "The draft goes on when the status is no state; ours asks what depends on the status once that is mended."),
    reason(&["milestone-of-stage"], |it| it.word == Word::Fail,
        "The draft asks for the release as soon as a stage is named; VEP-282 asks for it at the gate into implementable, and so does ours."),
    reason(&["milestone-of-stage"], |it| it.draft.is_meta() && it.breaks("milestone-set"),
        "The draft asks meta-VEPs for no gate, no stage and no milestone; VEP-282 exempts them from gate and stage alone, so ours wants a release at implementable."),
    reason(&["milestone-of-stage"], |it| it.breaks("milestone-set") && stage(it).is_none(),
        "Without a stage the draft asks for no milestone; the gate of VEP-282 wants a target release all the same, and so does ours."),
    reason(&["milestone-of-stage", "freeze"], is_tbd,
        "The draft takes TBD for a release, finds no schedule of it and passes; to ours a value that says TBD is not set, and the gate wants a release."),
    reason(&["milestone-of-stage"], |it| it.breaks("milestone-wellformed") || it.breaks("milestone-set"),
        "The draft asks whether `milestone[stage]` has a value; ours whether every stage and release in the map can be read and found: v1.9.0 has no schedule, and an unquoted 1.10 is 1.1."),

    reason(&["people-named"], passes,
        "The draft knows TBD alone for nobody; to ours TBA, none, nobody, n/a, ? and an empty text name nobody either, and the gate wants names."),

    reason(&["successor-named"], passes,
        "The draft takes TBD for a successor; to ours a value that says TBD is not set."),

    reason(&["transition"], |it| it.word == Word::Fail && from(it) == Some(Status::Deferred) && closes(it),
        "VEP-282's “any time” lets a deferred VEP be rejected, withdrawn or replaced; the draft lets nothing out of deferred."),
    reason(&["transition"], |it| it.word == Word::Fail && from(it) == Some(Status::Deferred),
        "VEP-282 does not say whether a deferred VEP may come back, so ours warns and leaves it to the SIG; the draft lets nothing out of deferred."),
    reason(&["transition"], |it| it.word == Word::Fail && from(it) == Some(Status::Withdrawn),
        "The author of VEP-282 says in PR-283 that a withdrawn VEP is evaluated again, in practice replaced or rejected, so ours warns; the draft lets nothing out of withdrawn."),
    reason(&["transition"], |it| it.word == Word::Fail && from(it) == Some(Status::Rejected),
        "VEP-282's “when superseded” names no limit, so ours warns; the draft lets nothing out of rejected."),
    reason(&["transition"], |it| passes(it) && matches!(it.draft.was, Was::Nothing),
        "The draft asks a new file for no step; VEP-282 forbids skipped states and knows no file that is closed from its first day, so ours warns."),

    reason(&["freeze"], |it| passes(it) && is_excepted(it),
        "The label `freeze-exception` switches the draft off; ours still says that the freeze of the release is not known."),
    reason(&["freeze"], |it| passes(it) && it.draft.status() == Some(Status::Provisional),
        "The draft looks at implementable files alone; ours tells the author of a provisional VEP, too, that the freeze of its release is not known."),
    reason(&["freeze"], |it| passes(it) && stage(it).is_none(),
        "Without a stage the draft looks up no freeze; ours takes the release that is targeted: VEP-282's freeze is that of the release."),
    reason(&["freeze"], |it| it.word == Word::Warn && loses_a_zero(it),
        "To YAML an unquoted 1.10 is 1.1, of which the draft finds no schedule, so it warns and passes; ours calls it an error at `milestone` and asks for quotes."),
    reason(&["freeze"], |it| it.word == Word::Warn && looked_up(it).is_none() && is_readable(it),
        "The draft looks the release up as it is written and finds no schedule of spellings such as v1.9.0, so it warns and passes; ours reads the release that is meant."),
    reason(&["freeze"], |it| it.word == Word::Warn && looked_up(it).is_some_and(|release| is_out(it, release)),
        "The draft warns of every release without a known freeze; ours does not where the release is out by plan, because nothing is left to be frozen."),
    reason(&["freeze"], |it| it.word == Word::Fail && matches!(it.draft.was, Was::Unknown),
        "The draft freezes every edit; the law freezes entering implementable or a new stage and release, which cannot be told while the base is not known."),
    reason(&["freeze"], |it| !passes(it) && (!it.ours.asked || looked_up(it).is_none()),
        "The draft looks at `milestone[stage]` alone and looks up any text; where ours cannot read the map's stages and releases, it says so at `milestone` and looks up no freeze."),
    reason(&["freeze"], |it| it.word == Word::Fail && it.ours.any == Some(Severity::Warning) && it.draft.is_meta(),
        "Maintainers let a meta-VEP, which has no code, move after the freeze, so ours warns; the draft makes no such difference."),
    reason(&["freeze"], |it| it.word == Word::Fail && matches!(it.draft.was, Was::Known(was) if was.is_legacy()) && it.ours.asked,
        "The draft freezes every edit; to ours a migration that writes down the release that the prose already targeted approves nothing anew."),
    reason(&["freeze"], |it| it.word == Word::Fail && it.ours.asked,
        "The draft freezes every edit; the law freezes entering implementable or a new stage and release, and the lifecycle wants the document kept in sync."),
];

impl Look<'_> {
    fn breaks(&self, rule: &str) -> bool {
        self.ours.broken.contains(&rule)
    }
}

fn passes(it: &Look<'_>) -> bool {
    it.word == Word::Pass
}

/// Whether the settings in force have a hand in what ours says. What is not known of a freeze is a warning
/// to both, and no other rule has a part in it.
fn is_set(it: &Look<'_>) -> bool {
    let settings = it.draft.world.in_force();
    let rules = super::CHECKS.iter().filter(|check| check.id == it.check).flat_map(|check| check.rules);
    let mut speaking =
        rules.filter(|rule| (**rule == "freeze-known") == (it.word == Word::Warn) || it.check != "freeze");
    // Also where it passes upstream: what a rule that is off or softened would have reported keeps a condition of a step
    // from being checked.
    speaking.any(|rule| settings.off(rule).is_some() || settings.severity(rule).is_some())
        || it.ours.broken.iter().any(|rule| settings.severity(rule).is_some())
}

/// The word for the stage, where there is one.
fn stage<'a>(it: &Look<'a>) -> Option<&'a str> {
    it.draft.text("stage")
}

/// The value that the freeze is looked up by, as it is written, and what YAML takes it for.
fn target<'a>(it: &Look<'a>) -> Option<&'a crate::yaml::Node> {
    match it.draft.target() {
        super::checks::Value::Written(node) => Some(node),
        _ => None,
    }
}

fn is_tbd(it: &Look<'_>) -> bool {
    target(it).and_then(|node| node.text()).is_some_and(is_unset)
}

/// Whether YAML takes the release for a number that drops its last zero.
fn loses_a_zero(it: &Look<'_>) -> bool {
    target(it).is_some_and(|node| {
        node.resolved() == Some(Plain::Float) && node.text().is_some_and(|text| text.ends_with('0'))
    })
}

/// Whether a release can be told from what is written.
fn is_readable(it: &Look<'_>) -> bool {
    target(it).and_then(|node| node.text()).is_some_and(|text| Release::read(text).is_some())
}

/// The release whose schedule the draft looks up, if there can be such a one.
fn looked_up(it: &Look<'_>) -> Option<Release> {
    let name = super::checks::looked_up(target(it)?)?;
    Release::read(&name).filter(|release| release.is_canonical(&name))
}

fn is_out(it: &Look<'_>, release: Release) -> bool {
    let world = it.draft.world;
    let calendar = &world.calendar;
    !matches!(calendar.freeze(release), Freeze::On(_)) && calendar.is_out(release, world.today) == Some(true)
}

fn is_excepted(it: &Look<'_>) -> bool {
    it.draft.world.pull.is_labelled(super::checks::EXCEPTION)
}

/// The state before the change.
fn from(it: &Look<'_>) -> Option<Status> {
    match it.draft.was {
        Was::Known(was) => was.facts().status.as_ref().map(|status| status.value),
        Was::Nothing | Was::Unknown => None,
    }
}

fn closes(it: &Look<'_>) -> bool {
    matches!(it.draft.status(), Some(Status::Rejected | Status::Withdrawn | Status::Replaced))
}
