//! Plan: behind which gate, at which stage, for which release.
//!
//! A release is out when its planned GA date has passed; what the calendar does not reach is not judged.
//!
//! Absent on purpose: whether code and gate exist in KubeVirt. The documents do not say, and the tool
//! looks at nothing else.

use super::shape::{is_placeholder, meant, renamed};
use crate::document::{Document, Field, Front, Target};
use crate::edit::Change;
use crate::law::{Law, cite, vep282};
use crate::markdown::{Block, Passage};
use crate::prose;
use crate::rule::{Case, Finding, Judge, Judged, NotYet, Rule, optional, value};
use crate::text::{Span, Spanned, code, code_named, is_slip, is_spelt_alike, nearest, one_line};
use crate::vep::{Release, Stage, Status, is_unset};
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
    if has_gate(case)? {
        return Ok(vec![]);
    }
    if let Some((written, span)) = meant(case.matter()?, "feature-gate") {
        let what = format!("no gate is named; {} is not a key", code(written));
        let finding = Finding::must(span, what).fix("Write `feature-gate`.");
        return Ok(vec![renamed(finding, written, "feature-gate")]);
    }
    Ok(vec![match opt_out(case.now) {
        Some((sentence, span)) => {
            Finding::should(span, format!("no gate; the text says: {}", code(&one_line(&sentence, 110))))
                .fix("If this sentence is the justification, nothing is to be mended; a SIG will weigh it.")
        }
        None => {
            Finding::must(case.key_or_top("feature-gate"), "no gate is named and the body does not say why")
        }
    }])
}

/// Whether a gate is named. A word that denies one is no name.
fn has_gate(case: &Case<'_>) -> Result<bool, NotYet> {
    let gates = optional(&case.matter()?.feature_gate, "feature-gate")?;
    Ok(gates.is_some_and(|gates| gates.value.iter().any(|gate| is_gate_name(&gate.value))))
}

/// Whether a value can be the name of a gate: one word, and not one that says that there is none.
fn is_gate_name(value: &str) -> bool {
    let denies = ["none", "no", "false", "nil"].iter().any(|word| value.trim().eq_ignore_ascii_case(word));
    !is_unset(value) && !denies && !value.trim().contains(char::is_whitespace)
}

/// The sentence that denies a gate, and where it stands. What was not chosen (alternatives), what is no goal,
/// and boxes still to be ticked do not count.
fn opt_out(document: &Document) -> Option<(String, Span)> {
    // Sections and passages both come in the order of the file, so one look at each is enough.
    let mut aside = document
        .outline
        .sections
        .iter()
        .filter(|section| {
            let title = section.title.to_lowercase();
            title.contains("alternative") || matches!(title.as_str(), "non goals" | "non-goals")
        })
        .map(|section| section.span)
        .peekable();
    let mut until = 0;
    document.outline.passages.iter().find_map(|passage| {
        while let Some(span) = aside.next_if(|span| span.start <= passage.span.start) {
            until = until.max(span.end);
        }
        let is_task = matches!(passage.kind, Block::Item { ticked: Some(_) });
        if passage.struck || is_task || passage.span.start < until {
            return None;
        }
        let text = without_code(document.source.slice(passage.span)).unwrap_or_else(|| passage.text.clone());
        let sentence = prose::sentences(&text).find(|it| prose::denies_gate(it))?;
        Some((around_gate(sentence), passage.span))
    })
}

/// A passage without its inline code; none where it has none.
fn without_code(written: &str) -> Option<String> {
    if !written.contains('`') {
        return None;
    }
    let outside = written.split('`').step_by(2).collect::<Vec<_>>().join("…");
    Some(outside.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The part of a long sentence that speaks of the gate.
fn around_gate(sentence: &str) -> String {
    let chars: Vec<char> = sentence.chars().collect();
    let at = sentence.to_lowercase().find("feature").unwrap_or_default();
    let at = sentence.get(..at).map_or(0, |before| before.chars().count());
    if chars.len() <= 110 || at < 60 {
        return sentence.to_owned();
    }
    format!("…{}", chars.into_iter().skip(at - 60).collect::<String>())
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
    let finding = Finding::must(read.span, format!("{} is none of the stages", code_named(&read.value)));
    Ok(vec![match nearest_stage(&read.value) {
        Some(stage) if is_spelling(&read.value) => {
            finding.fix(format!("Write `{stage}`.")).mend(Change::Set("stage", stage.into()))
        }
        Some(stage) => finding.fix(format!("Did you mean `{stage}`? Say the rest in the body.")),
        None => finding,
    }])
}

/// Whether a word is only spelt otherwise: `alpha2` says more than `alpha`, and a person has to say where that goes.
fn is_spelling(written: &str) -> bool {
    let other_name = ["stable", "general availability"].iter().any(|name| is_spelt_alike(written, name));
    other_name || Stage::ALL.iter().any(|stage| is_slip(written, stage.as_str()))
}

fn nearest_stage(written: &str) -> Option<&'static str> {
    if let Some(stage) = Stage::ALL.iter().find(|stage| is_slip(written, stage.as_str())) {
        return Some(stage.as_str());
    }
    match written.trim().to_lowercase().as_str() {
        "stable" | "general availability" | "general-availability" => Some("ga"),
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
    let matter = case.matter()?;
    let lacks = |span: Span, why: &str| {
        Ok(vec![Finding::must(span, format!("the VEP is {} and {why}", status.value))])
    };
    match &matter.stage {
        Field::Read(_) | Field::Unread | Field::Twice => Ok(vec![]),
        Field::Torn => Err(NotYet::see("`stage` cannot be read", "front-matter-parses")),
        Field::Empty(key) => lacks(*key, "`stage` is not set"),
        Field::Absent => match meant(matter, "stage") {
            Some((written, span)) => lacks(span, &format!("{} is not the key `stage`", code(written))),
            None => lacks(status.span, "has no `stage`"),
        },
    }
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
    let Some(known) = Stage::read(&stage.value) else {
        let finding = Finding::must(
            stage.span,
            format!("{} is none of the stages alpha, beta, ga", code(&stage.value)),
        );
        return Some(match nearest_stage(&stage.value) {
            Some(meant) if is_spelling(&stage.value) => {
                let finding = finding.fix(format!("Write `{meant}`."));
                match Stage::read(meant) {
                    Some(meant) => finding.mend(Change::Stage(stage.value.clone(), meant)),
                    None => finding,
                }
            }
            _ => finding.fix("Keep alpha, beta and ga; say the rest in the body."),
        });
    };
    if is_unset(&release.value) || is_placeholder(&release.value) {
        return None;
    }
    if target.loses_a_zero() {
        let shorter = release.value.trim_end_matches('0');
        let what = format!("YAML reads the unquoted {} as the number {shorter}", code(&release.value));
        let canonical = format!("v{}", release.value);
        let finding = Finding::must(release.span, what).fix(format!("Write \"{canonical}\"."));
        return Some(finding.mend(Change::Target(known, canonical)));
    }
    match target.read() {
        None => Some(Finding::must(release.span, format!("{} is no release", code_named(&release.value)))),
        Some(read) if read.is_canonical(&release.value) => None,
        Some(read) => {
            let what = format!("{} is not the canonical spelling", code_named(&release.value));
            let finding = Finding::should(release.span, what).fix(format!("Write \"{read}\"."));
            // A patch release is more than a spelling: a person has to say which minor one is meant.
            let is_patch =
                release.value.trim().trim_end_matches('.').split('.').nth(2).is_some_and(|it| it != "0");
            Some(if is_patch { finding } else { finding.mend(Change::Target(known, read.to_string())) })
        }
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
    if targets.iter().any(|target| Stage::read(&target.stage.value).is_none()) {
        return Err(NotYet::see("a stage of the milestones is none of the three", "milestone-wellformed"));
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
    if !has_gate(case)? {
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
        Some(alpha) if alpha.read().is_some() => return Ok(vec![]),
        Some(alpha) if alpha.is_meant() => {
            return Err(NotYet::see("`milestone.alpha` cannot be read", "milestone-wellformed"));
        }
        _ if says_alpha_is_skipped(case.now) => return Ok(vec![]),
        _ => {}
    }
    Ok(vec![Finding::should(span, format!("{later} is named, but no release had it as Alpha"))])
}

/// Whether a clause of the text, or of a comment in the front matter, says that Alpha is left out. The
/// struck-through target line of the prose form says so, too; an alternative that was not taken does not.
fn says_alpha_is_skipped(document: &Document) -> bool {
    let alternatives: Vec<Span> = document
        .outline
        .sections
        .iter()
        .filter(|section| section.level == 2 && section.title.to_lowercase().contains("alternative"))
        .map(|section| section.span)
        .collect();
    let struck = |passage: &Passage| passage.struck && passage.text.to_lowercase().contains("alpha");
    let block = match &document.front {
        Front::Read { block, .. } => document.source.slice(*block),
        _ => "",
    };
    let mut passages = document.outline.passages.iter();
    passages.any(|passage| {
        let aside = alternatives.iter().take(4).any(|span| span.holds(passage.span));
        !aside && (struck(passage) || prose::skips_alpha(&passage.text))
    }) || block.lines().filter_map(comment).any(prose::skips_alpha)
}

/// The comment of a line of YAML: behind a `#` that stands at the beginning or after a space, and not
/// within quotes.
fn comment(line: &str) -> Option<&str> {
    line.match_indices('#').find_map(|(at, _)| {
        let before = line.get(..at)?;
        let outside = |quote: char| before.matches(quote).count() % 2 == 0;
        let begins = before.is_empty() || before.ends_with([' ', '\t']);
        (begins && outside('"') && outside('\'')).then(|| line.get(at + 1..)).flatten()
    })
}

/// Where a document states a target release in prose, or in front matter.
pub(super) fn says_targets(document: &Document) -> Option<Span> {
    document.facts.targets.values().next().and_then(|target| target.span)
}

const TARGET_UPCOMING: Rule = Rule {
    id: "target-upcoming",
    says: "no release later than the season's is named",
    why: "A target is a promise for the release that is being planned, not a wish for the ones after it.",
    fix: "Keep the upcoming release; name later ones when their season begins.",
    cites: &[cite(Law::Template, "Target releases", "Only capture the upcoming release.")],
    judge: Judge::Proposal(target_upcoming),
};

fn target_upcoming(case: &Case<'_>) -> Judged {
    // What a deferred VEP still targets is told by `deferred-untargeted`; closed ones target nothing.
    case.status_among(&[Status::Provisional, Status::Implementable, Status::Implemented])?;
    let releases = releases(case)?;
    let season = case.world.calendar.season(case.world.today);
    let (Some(_), Some(season)) = (season.open, season.latest()) else {
        return Err(NotYet::because("no release that is open for VEPs is scheduled"));
    };
    let late = releases.into_iter().filter(|(_, release)| release.value > season);
    let findings = late.map(|(stage, release)| {
        Finding::should(
            release.span,
            format!("{stage} is targeted for {}; the season is that of {season}", release.value),
        )
    });
    Ok(findings.collect())
}

const TARGET_NOT_PAST: Rule = Rule {
    id: "target-not-past",
    says: "the target of a live VEP is not a release that is out",
    why: "Either it shipped and the document was not brought up to date, or it slipped and was not retargeted.",
    fix: "If it shipped, name the next stage or bump the status; if it slipped, retarget or defer.",
    cites: &[cite(Law::Readme, "Release check-ins", "Re-targeting of VEP")],
    judge: Judge::Proposal(target_not_past),
};

fn target_not_past(case: &Case<'_>) -> Judged {
    case.status_among(&[Status::Provisional, Status::Implementable])?;
    case.stage()?;
    targets(case)?;
    let Some((stage, release)) = case.now.facts.target() else {
        return Err(NotYet::because("no release is targeted"));
    };
    let span = release.span.unwrap_or_else(|| case.now.first_line());
    match case.world.calendar.is_out(release.value, case.world.today) {
        None => Err(NotYet::because(format!("no schedule says when {} is out", release.value))),
        Some(false) => Ok(vec![]),
        Some(true) => {
            let out = format!("{stage} is targeted for {}, whose planned GA date has passed", release.value);
            Ok(vec![match slipped(case, release.value) {
                Some(said) => Finding::should(
                    span,
                    format!("{out}, and the text says that it slipped: {}", code(&said)),
                ),
                None => Finding::may(span, format!("{out}: shipped, or slipped?")),
            }])
        }
    }
}

/// What says that something planned for this release did not make it.
fn slipped(case: &Case<'_>, release: Release) -> Option<String> {
    let names = [format!("{release}"), format!("{}.{}", release.major, release.minor)];
    let says = |passage: &&Passage| {
        let text = passage.text.to_lowercase();
        let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')'));
        let named = words.any(|word| names.iter().any(|name| word.trim_end_matches(['.', ':']) == name));
        named && prose::says_slipped(&text)
    };
    let passage = case.now.outline.passages.iter().find(says)?;
    Some(one_line(&passage.text, 80))
}

const STAGE_WITHIN_TIMEBOX: Rule = Rule {
    id: "stage-within-timebox",
    says: "Alpha lasts at most two releases and Beta at most three",
    why: "A feature that stays half-ready costs everybody who has to keep it working.",
    fix: "Graduate it, retire it, or explain the delay to the SIG.",
    cites: &[
        cite(Law::Lifecycle, "Release Stage Transition Table", "1 to 2 releases"),
        cite(Law::Lifecycle, "Release Stage Transition Table", "1 to 3 releases"),
    ],
    judge: Judge::Proposal(stage_within_timebox),
};

/// The stages that have a box, and how many releases it holds.
const TIMEBOXES: [(Stage, u32); 2] = [(Stage::Alpha, 2), (Stage::Beta, 3)];

fn stage_within_timebox(case: &Case<'_>) -> Judged {
    case.not_meta()?;
    case.status_among(&[Status::Provisional, Status::Implementable])?;
    if !has_gate(case)? {
        return Err(NotYet::because("there is no gate, so there is no stage behind one"));
    }
    let releases = releases(case)?;
    let (calendar, today) = (&case.world.calendar, case.world.today);
    let season = calendar.season(today).latest();
    let boxes = TIMEBOXES.iter().filter_map(|(stage, most)| {
        let begin = releases.get(stage)?;
        let next = releases.iter().find(|(later, _)| *later > stage).map(|(_, release)| release.value);
        // A box that has been left is history: the next stage is out and nothing can mend it.
        if next.is_some_and(|next| calendar.is_out(next, today) == Some(true)) {
            return None;
        }
        Some((*stage, *most, begin, next.or(season)?))
    });
    let boxes: Vec<_> = boxes.filter(|(.., begin, end)| begin.value.major == end.major).collect();
    if boxes.is_empty() {
        return Err(NotYet::because("no stage with a time box is under way"));
    }
    let findings = boxes.into_iter().filter_map(|(stage, most, begin, end)| {
        let lasts = end.minor.saturating_sub(begin.value.minor);
        (lasts > most).then(|| {
            let what = format!(
                "{stage} since {} lasts {lasts} releases until {end}; at most {most} are allowed",
                begin.value
            );
            Finding::should(begin.span, what)
        })
    });
    Ok(findings.collect())
}
