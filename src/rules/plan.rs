//! Plan: behind which gate, at which stage, for which release.
//!
//! Absent on purpose: whether code and gate exist in KubeVirt. The documents do not say, and the tool
//! looks at nothing else.

use super::shape::is_placeholder;
use crate::document::{Field, Target};
use crate::markdown::Passage;
use crate::rule::{Case, Finding, Judge, Judged, Law, NotYet, Rule, cite, optional, value, vep282};
use crate::text::{Span, Spanned, code, nearest, one_line};
use crate::vep::{Release, Stage, Status, is_not_applicable, is_unset};
use std::collections::BTreeMap;

pub(super) const RULES: &[Rule] = &[
    FEATURE_GATE_NAMED,
    STAGE_KNOWN,
    STAGE_PRESENT,
    MILESTONE_WELLFORMED,
    MILESTONE_SET,
    MILESTONES_ORDERED,
    ALPHA_NOT_SKIPPED,
    TARGET_UPCOMING,
    TARGET_NOT_PAST,
    STAGE_WITHIN_TIMEBOX,
];

const FEATURE_GATE_NAMED: Rule = Rule {
    id: "feature-gate-named",
    says: "a feature gate is named, or a sentence of the body says why there is none",
    why: "A gate is what makes it safe to merge a feature before it is ready.",
    fix: "Name the gate in `feature-gate`, or say in the body that there is no feature gate, and why.",
    cites: &[
        vep282("VEP Front Matter", "omit field only if VEP body contains explicit opt-out justification"),
        cite(Law::Lifecycle, "Feature Gates", "a VEP would not need a feature gate"),
    ],
    judge: Judge::Proposal(feature_gate_named),
};

fn feature_gate_named(case: &Case<'_>) -> Judged {
    case.not_meta()?;
    let gates = optional(&case.matter()?.feature_gate, "feature-gate")?;
    if gates.is_some_and(|gates| gates.value.iter().any(|gate| !is_unset(&gate.value))) {
        return Ok(vec![]);
    }
    Ok(vec![match opt_out(case) {
        Some((sentence, span)) => {
            Finding::should(span, format!("no gate; the text says: {}", code(&one_line(&sentence, 110))))
                .fix("If this sentence is the justification, nothing is to be mended; a SIG will weigh it.")
        }
        None => {
            Finding::must(case.key_or_top("feature-gate"), "no gate is named and the body does not say why")
        }
    }])
}

/// The sentence that denies a gate, and where it stands. Alternatives that were not taken do not count.
fn opt_out(case: &Case<'_>) -> Option<(String, Span)> {
    let document = case.now;
    let alternatives: Vec<Span> = document
        .outline
        .sections
        .iter()
        .filter(|section| section.title.to_lowercase().contains("alternative"))
        .map(|section| section.span)
        .collect();
    document
        .outline
        .passages
        .iter()
        .filter(|passage| !passage.struck && !alternatives.iter().any(|span| span.holds(passage.span)))
        .find_map(|passage| {
            Some((sentences(&passage.text).find(|it| denies_gate(it))?.to_owned(), passage.span))
        })
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?']).map(str::trim)
}

/// Whether a sentence says that there is no feature gate: a negation at most eight words before it,
/// with nothing between that turns the sense ("not … unless the feature gate is on"), and not of "the"
/// gate, which would be one that exists.
fn denies_gate(sentence: &str) -> bool {
    let lower = sentence
        .to_lowercase()
        .replace("feature-gate", "feature gate")
        .replace("featuregate", "feature gate");
    let words: Vec<&str> =
        lower.split_whitespace().map(|word| word.trim_matches(['*', '_', '`', '(', '"'])).collect();
    let is_gate = |pair: &[&str]| matches!(pair, [feature, gate] if *feature == "feature" && gate.trim_end_matches(|c: char| !c.is_alphabetic()).trim_end_matches('s') == "gate");
    let Some(at) = words.windows(2).position(is_gate) else { return false };
    let before = words.get(at.saturating_sub(9)..at).unwrap_or_default();
    let Some(negation) = before
        .iter()
        .rposition(|word| matches!(*word, "no" | "not" | "without" | "n't") || word.ends_with("n't"))
    else {
        return false;
    };
    let between = before.get(negation + 1..).unwrap_or_default();
    let turns = |word: &&str| {
        word.ends_with([',', ';', ':'])
            || matches!(
                *word,
                "unless"
                    | "until"
                    | "if"
                    | "when"
                    | "while"
                    | "beyond"
                    | "the"
                    | "this"
                    | "its"
                    | "that"
                    | "only"
            )
    };
    !between.iter().any(turns)
}

const STAGE_KNOWN: Rule = Rule {
    id: "stage-known",
    says: "the stage is alpha, beta or ga",
    why: "The gate and the freeze look at the stage in flight.",
    fix: "Write alpha, beta or ga.",
    cites: &[vep282("VEP Front Matter", "alpha | beta | ga — current implementation stage")],
    judge: Judge::Proposal(stage_known),
};

fn stage_known(case: &Case<'_>) -> Judged {
    let read = value(&case.matter()?.stage, "stage")?;
    if Stage::read(&read.value).is_some() {
        return Ok(vec![]);
    }
    let finding = Finding::must(read.span, format!("{} is none of the stages", code(&read.value)));
    Ok(vec![match nearest_stage(&read.value) {
        Some(stage) => finding.fix(format!("Write `{stage}`.")),
        None => finding,
    }])
}

fn nearest_stage(written: &str) -> Option<&'static str> {
    match written.trim().to_lowercase().as_str() {
        "stable" | "general availability" => Some("ga"),
        other => nearest(other, Stage::ALL.map(Stage::as_str)),
    }
}

const STAGE_PRESENT: Rule = Rule {
    id: "stage-present",
    says: "an implementable or implemented VEP says which stage is in flight",
    why: "Without it nobody knows which of the milestones is worked towards.",
    fix: "Add `stage:` with alpha, beta or ga.",
    cites: &[
        vep282("VEP Front Matter", "alpha | beta | ga — current implementation stage"),
        cite(Law::DraftCi, "validator, required at implementable", ""),
    ],
    judge: Judge::Proposal(stage_present),
};

fn stage_present(case: &Case<'_>) -> Judged {
    case.not_meta()?;
    let status = case.status_among(&[Status::Implementable, Status::Implemented])?;
    Ok(match &case.matter()?.stage {
        Field::Read(_) | Field::Unread | Field::Twice => vec![],
        Field::Absent => {
            vec![Finding::must(status.span, format!("the VEP is {} and has no `stage`", status.value))]
        }
        Field::Empty(key) => {
            vec![Finding::must(*key, format!("the VEP is {} and `stage` is not set", status.value))]
        }
    })
}

const MILESTONE_WELLFORMED: Rule = Rule {
    id: "milestone-wellformed",
    says: "the milestones map stages to releases in their canonical spelling",
    why: "The freeze is looked up by that text: `v1.9.0` finds no schedule, and an unquoted 1.10 is 1.1.",
    fix: "Write the release as \"vX.Y\", with quotes.",
    cites: &[vep282("VEP Front Matter", "alpha: \"v1.x\"")],
    judge: Judge::Proposal(milestone_wellformed),
};

fn milestone_wellformed(case: &Case<'_>) -> Judged {
    let targets = value(&case.matter()?.milestone, "milestone")?;
    Ok(targets.value.iter().filter_map(flaw_of).collect())
}

fn flaw_of(target: &Target) -> Option<Finding> {
    let (stage, release) = (&target.stage, &target.release);
    if Stage::read(&stage.value).is_none() {
        let finding = Finding::must(
            stage.span,
            format!("{} is none of the stages alpha, beta, ga", code(&stage.value)),
        );
        return Some(match nearest_stage(&stage.value) {
            Some(meant) => finding.fix(format!("Write `{meant}`.")),
            None => finding.fix("Keep alpha, beta and ga; say the rest in the body."),
        });
    }
    if is_unset(&release.value) || is_placeholder(&release.value) {
        return None;
    }
    if target.loses_a_zero() {
        let shorter = release.value.trim_end_matches('0');
        let what = format!("YAML reads the unquoted {} as the number {shorter}", code(&release.value));
        return Some(Finding::must(release.span, what).fix(format!("Write \"v{}\".", release.value)));
    }
    match target.read() {
        None => Some(Finding::must(release.span, format!("{} is no release", code(&release.value)))),
        Some(read) if read.is_canonical(&release.value) => None,
        Some(read) => Some(
            Finding::should(release.span, format!("{} is not the canonical spelling", code(&release.value)))
                .fix(format!("Write \"{read}\".")),
        ),
    }
}

const MILESTONE_SET: Rule = Rule {
    id: "milestone-set",
    says: "an implementable VEP names the release of the stage in flight",
    why: "Implementable means tracked for a release; the freeze is that release's.",
    fix: "Set the milestone of the stage in flight to a release.",
    cites: &[
        vep282("Proposal Governance States", "A target milestone is set in the front matter."),
        cite(Law::Ours, "`milestone[stage]` for `milestone.alpha`: VEPs start at Beta, too", ""),
    ],
    judge: Judge::Proposal(milestone_set),
};

fn milestone_set(case: &Case<'_>) -> Judged {
    let status = case.status_among(&[Status::Implementable])?;
    let stage = case.stage()?;
    let targets = targets(case)?;
    let wanted: Vec<&Target> = targets
        .iter()
        .filter(|target| match &stage {
            Some(stage) => target.stage.value == stage.value.as_str(),
            None => true,
        })
        .collect();
    if wanted.iter().any(|target| target.read().is_some()) {
        return Ok(vec![]);
    }
    if let Some(other) = wanted.iter().find(|target| !is_unset(&target.release.value)) {
        let rule =
            if is_placeholder(&other.release.value) { "placeholders-filled" } else { "milestone-wellformed" };
        return Err(NotYet::see("the release cannot be read", rule));
    }
    let place = wanted
        .first()
        .map(|target| target.stage.span)
        .or(case.now.matter().and_then(|it| it.key_span("milestone")));
    let what = match &stage {
        Some(stage) => format!("the VEP is implementable and `milestone.{}` is not set", stage.value),
        None => "the VEP is implementable and names no release".into(),
    };
    Ok(vec![Finding::must(place.unwrap_or(status.span), what)])
}

/// The lines of the milestone map; none where it is not there.
fn targets<'w>(case: &Case<'w>) -> Result<&'w [Target], NotYet> {
    let targets = optional(&case.matter()?.milestone, "milestone")?;
    Ok(targets.map_or(&[], |targets| &targets.value))
}

/// The releases that can be read, by stage.
fn releases(case: &Case<'_>) -> Result<BTreeMap<Stage, Spanned<Release>>, NotYet> {
    let read = targets(case)?.iter().filter_map(|target| {
        Some((Stage::read(&target.stage.value)?, Spanned::new(target.read()?, target.release.span)))
    });
    Ok(read.collect())
}

const MILESTONES_ORDERED: Rule = Rule {
    id: "milestones-ordered",
    says: "alpha comes before beta, and beta before ga",
    why: "A feature matures stage by stage, one release after the other.",
    fix: "Put the later stage into a later release.",
    cites: &[cite(Law::Lifecycle, "Release Stage Transition Table", "1 to 2 releases")],
    judge: Judge::Proposal(milestones_ordered),
};

fn milestones_ordered(case: &Case<'_>) -> Judged {
    let releases: Vec<_> = releases(case)?.into_iter().collect();
    if releases.len() < 2 {
        return Err(NotYet::because("fewer than two stages have a release"));
    }
    let findings = releases.windows(2).filter_map(|pair| {
        let [(earlier, first), (later, second)] = pair else { return None };
        (second.value <= first.value).then(|| {
            let what = format!("{later} {} does not come after {earlier} {}", second.value, first.value);
            Finding::must(second.span, what)
        })
    });
    Ok(findings.collect())
}

const ALPHA_NOT_SKIPPED: Rule = Rule {
    id: "alpha-not-skipped",
    says: "a later stage comes after an Alpha release, or a line of the text says that Alpha is skipped",
    why: "Alpha is where a feature may still change; who leaves it out should say why.",
    fix: "Set `milestone.alpha` to the release that had it, or say in the text why Alpha is skipped.",
    cites: &[vep282("CI Enforcement", "`milestone.alpha` set"), cite(Law::Guide, "stages", "")],
    judge: Judge::Proposal(alpha_not_skipped),
};

fn alpha_not_skipped(case: &Case<'_>) -> Judged {
    case.not_meta()?;
    let matter = case.matter()?;
    if matches!(matter.feature_gate, Field::Absent | Field::Empty(_)) {
        return Err(NotYet::because("there is no gate, so there is no Alpha behind one"));
    }
    let stage = case.stage()?;
    let written = targets(case)?;
    let releases = releases(case)?;
    let later_stage =
        stage.as_ref().filter(|stage| stage.value > Stage::Alpha).map(|stage| (stage.value, stage.span));
    let later_release =
        releases.iter().find(|(stage, _)| **stage > Stage::Alpha).map(|(stage, read)| (*stage, read.span));
    let Some((later, span)) = later_stage.or(later_release) else {
        return Err(NotYet::because("no stage after Alpha is named"));
    };
    match written.iter().find(|target| target.stage.value == Stage::Alpha.as_str()) {
        Some(alpha) if alpha.read().is_some() || is_not_applicable(&alpha.release.value) => {
            return Ok(vec![]);
        }
        Some(alpha) if !is_unset(&alpha.release.value) => {
            return Err(NotYet::see("`milestone.alpha` cannot be read", "milestone-wellformed"));
        }
        _ if says_alpha_is_skipped(case) => return Ok(vec![]),
        _ => {}
    }
    Ok(vec![Finding::should(span, format!("{later} is named, but no release had it as Alpha"))])
}

/// Whether a passage, or a comment in the front matter, says that Alpha is left out. The struck-through
/// target line of the prose form says so, too.
fn says_alpha_is_skipped(case: &Case<'_>) -> bool {
    let says = |text: &str| {
        let text = text.to_lowercase();
        text.contains("alpha")
            && [
                "skip",
                "no alpha",
                "without alpha",
                "without an alpha",
                "directly to beta",
                "straight to beta",
                "directly in beta",
            ]
            .iter()
            .any(|words| text.contains(words))
    };
    let struck = |passage: &Passage| passage.struck && passage.text.to_lowercase().contains("alpha");
    let comments = match &case.now.front {
        crate::document::Front::Read { block, .. } => case.now.source.slice(*block),
        _ => "",
    };
    case.now.outline.passages.iter().any(|passage| struck(passage) || says(&passage.text))
        || comments.lines().filter_map(|line| line.split_once('#')).any(|(_, comment)| says(comment))
}

const NO_CALENDAR: &str = "no release calendar is at hand";

const TARGET_UPCOMING: Rule = Rule {
    id: "target-upcoming",
    says: "no release later than the season's is named",
    why: "A target is a promise for the release that is being planned, not a wish for the ones after it.",
    fix: "Keep the upcoming release; name later ones when their season begins.",
    cites: &[cite(Law::Template, "Target releases", "Only capture the upcoming release.")],
    judge: Judge::Proposal(awaits_calendar),
};

const TARGET_NOT_PAST: Rule = Rule {
    id: "target-not-past",
    says: "the target of a live VEP is not a release that is out",
    why: "Either it shipped and the status was not bumped, or it slipped and the target was not moved.",
    fix: "Bump the status if it shipped; retarget or defer if it slipped.",
    cites: &[cite(Law::Readme, "Release check-ins", "Re-targeting of VEP")],
    judge: Judge::Proposal(awaits_calendar),
};

const STAGE_WITHIN_TIMEBOX: Rule = Rule {
    id: "stage-within-timebox",
    says: "Alpha lasts at most two releases and Beta at most three",
    why: "A feature that stays half-ready costs everybody who has to keep it working.",
    fix: "Graduate it, retire it, or explain the delay to the SIG.",
    cites: &[cite(Law::Lifecycle, "Release Stage Transition Table", "1 to 3 releases")],
    judge: Judge::Proposal(awaits_calendar),
};

/// The rules that need to know which releases are out answer so, until a calendar is part of the world.
fn awaits_calendar(case: &Case<'_>) -> Judged {
    case.matter()?;
    Err(NotYet::because(NO_CALENDAR))
}

#[cfg(test)]
mod tests {
    use super::denies_gate;

    #[test]
    fn a_denial_of_a_gate_is_told_from_talk_about_one() {
        for yes in [
            "This VEP does not have graduation phases guarded by a feature gate.",
            "No feature gate (feature is transparent and always enabled).",
            "It ships without a Feature Gate.",
            "This adds no feature-gate, because nothing changes.",
            "We don't need a `FeatureGate` here.",
        ] {
            assert!(denies_gate(yes), "{yes}");
        }
        for no in [
            "virt-handler will not run unless the feature gate is enabled.",
            "The proxy does not condition the feature gate.",
            "In case no issues are reported, the feature gate graduates.",
            "No API change is required beyond the feature gate.",
            "A feature gate guards it.",
            "There is not much to say.",
        ] {
            assert!(!denies_gate(no), "{no}");
        }
    }
}
