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
use crate::markdown::Passage;
use crate::matter::confirmed;
use crate::prose;
use crate::rule::{Case, Finding, Judge, Judged, NotYet, Rule, optional, value};
use crate::text::{Span, Spanned, code, code_named, is_slip, is_spelt_alike, nearest, one_line};
use crate::vep::{Release, Stage, Status, is_unset};

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
    if case.is_prose() {
        return gate_in_prose(case);
    }
    if has_gate(case)? {
        return Ok(no_names(case)?.collect());
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
        None => match case.now.gate_promise() {
            Some(said) => Finding::must(case.key_or_top("feature-gate"), promised(case, said))
                .fix("Set `feature-gate` to its name."),
            None => {
                let what = "no gate is named and the body does not say why";
                Finding::must(case.key_or_top("feature-gate"), what)
            }
        },
    }])
}

/// What prose says of a gate. One that denies it is a justified opt-out, as far as anybody can see.
fn gate_in_prose(case: &Case<'_>) -> Judged {
    if case.plan_status()? == Status::Implemented {
        return Err(NotYet::because("prose implies the status implemented"));
    }
    if has_gate(case)? {
        return Ok(vec![]);
    }
    let document = case.now;
    let place = document.heading().map_or_else(|| document.first_line(), |heading| heading.span);
    Ok(vec![match opt_out(document) {
        Some((sentence, span)) => {
            Finding::may(span, format!("no gate; the text says: {}", code(&one_line(&sentence, 110))))
                .fix("If this sentence is the reason, change nothing. The SIG decides.")
        }
        None => match document.gate_promise() {
            Some(said) => Finding::should(said.span, promised(case, said)).fix("Name the gate."),
            None => Finding::should(place, "no feature gate is named, and the text does not say why")
                .fix("Name the gate in the Design, or say that there is no feature gate and why."),
        },
    }])
}

/// A gate that is to come and has no name yet.
fn promised(case: &Case<'_>, said: &Spanned<String>) -> String {
    let line = case.now.source.line(said.span.start);
    format!(
        "a feature gate is promised in line {line}, and has no name: {}",
        code(&one_line(&said.value, 110))
    )
}

/// Goes on only where there is a gate, or should be one: not where the text says why there is none.
fn not_opted_out(case: &Case<'_>) -> Result<(), NotYet> {
    if !has_gate(case)? && opt_out(case.now).is_some() {
        return Err(NotYet::because("there is no gate, so there is no stage behind one"));
    }
    Ok(())
}

/// Whether a gate is named. A word that denies one is no name.
fn has_gate(case: &Case<'_>) -> Result<bool, NotYet> {
    if case.is_prose() {
        return Ok(!case.now.facts().gates.is_empty());
    }
    let gates = optional(&case.matter()?.feature_gate, "feature-gate")?;
    Ok(gates.is_some_and(|gates| gates.value.iter().any(|gate| is_gate_name(&gate.value))))
}

/// What stands beside a gate in the list and cannot be the name of one.
fn no_names<'a>(case: &'a Case<'_>) -> Result<impl Iterator<Item = Finding> + 'a, NotYet> {
    let gates = optional(&case.matter()?.feature_gate, "feature-gate")?;
    let others = gates.into_iter().flat_map(|gates| &gates.value).filter(|gate| !is_gate_name(&gate.value));
    Ok(others.map(|gate| {
        let what = format!("{} is no name of a feature gate", code_named(&gate.value));
        Finding::must(gate.span, what).fix("Name it, or take it out of the list.")
    }))
}

/// Whether a value can be the name of a gate: one word, and not one that says that there is none, or none yet.
fn is_gate_name(value: &str) -> bool {
    #[rustfmt::skip]
    const NO_NAMES: [&str; 12] = [
        "none", "no", "false", "nil", "todo", "unknown", "notapplicable", "notyet", "tobedecided", "tobedefined",
        "tobedetermined", "tobeannounced",
    ];
    let letters: String = value.chars().filter(|c| !matches!(c, '-' | '_' | '/')).collect();
    let denies = NO_NAMES.iter().any(|word| letters.trim().eq_ignore_ascii_case(word));
    !is_unset(value) && !denies && !value.trim().contains(char::is_whitespace)
}

/// The sentence that denies a gate, and where it stands.
fn opt_out(document: &Document) -> Option<(String, Span)> {
    let said = document.gate_denial()?;
    Some((around_gate(&said.value), said.span))
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
        Ok(vec![Finding::must(span, format!("an {} VEP needs a stage in flight: {why}", status.value))])
    };
    match &matter.stage {
        Field::Read(_) | Field::Unread | Field::Twice => Ok(vec![]),
        Field::Torn => Err(NotYet::see("`stage` cannot be read", "front-matter-parses")),
        Field::Empty(key) => lacks(*key, "`stage` is not set"),
        Field::Absent => match meant(matter, "stage") {
            Some((written, span)) => lacks(span, &format!("{} is not the key `stage`", code(written))),
            None => lacks(status.span, "`stage` is missing"),
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
    if case.is_prose() {
        return targets_in_prose(case);
    }
    let targets = value(&case.matter()?.milestone, "milestone")?;
    Ok(targets.value.iter().filter_map(flaw_of).collect())
}

/// What the lists of targets say of the three stages: a value that is not a release, and once for all the spellings that
/// are not canonical.
fn targets_in_prose(case: &Case<'_>) -> Judged {
    let bullets: Vec<&prose::Bullet> = case
        .now
        .target_blocks()
        .iter()
        .flat_map(|block| &block.bullets)
        .filter(|bullet| !bullet.struck && bullet.aim.stage().is_some())
        .collect();
    if bullets.is_empty() {
        return Err(NotYet::because("no target is stated"));
    }
    let first_word =
        |bullet: &prose::Bullet| bullet.raw.split_whitespace().next().unwrap_or_default().to_owned();
    let says_none = |bullet: &&prose::Bullet| is_unset(first_word(bullet).trim_end_matches([',', '.', ';']));
    let unread = bullets.iter().filter(|bullet| bullet.release.is_none() && !says_none(bullet));
    let mut findings: Vec<Finding> = unread
        .map(|bullet| {
            let what = format!("{} is not a release", code(&one_line(&bullet.raw, 60)));
            Finding::should(bullet.span, what).fix("Write the release as vX.Y.")
        })
        .collect();
    let odd: Vec<&prose::Bullet> = bullets
        .iter()
        .filter(|bullet| bullet.release.is_some_and(|release| !release.is_canonical(&first_word(bullet))))
        .copied()
        .collect();
    if let Some(first) = odd.first() {
        let told = odd.iter().map(|bullet| {
            let line = case.now.source.line(bullet.span.start);
            format!("{} in line {line}", code(&one_line(&first_word(bullet), 30)))
        });
        let what = format!("not the canonical spelling: {}", told.collect::<Vec<_>>().join(", "));
        findings.push(Finding::may(first.span, what).fix("Write the release as vX.Y."));
    }
    Ok(findings)
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
    if case.target()?.is_some() {
        return Ok(vec![]);
    }
    let stage = case.stage()?;
    let wanted: Vec<&Target> = targets(case)?
        .iter()
        .filter(|target| stage.is_none_or(|stage| target.stage.value == stage.value.as_str()))
        .collect();
    let place = wanted
        .first()
        .map(|target| target.stage.span)
        .or(case.now.matter().and_then(|it| it.key_span("milestone")));
    let what = match &stage {
        Some(stage) => {
            format!("an implementable VEP needs a target release: `milestone.{}` is not set", stage.value)
        }
        None => "an implementable VEP needs a target release".into(),
    };
    Ok(vec![Finding::must(place.unwrap_or(status.span), what)])
}

/// The lines of the milestone map; none where it is not there.
fn targets<'w>(case: &Case<'w>) -> Result<&'w [Target], NotYet> {
    case.milestones()
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
    let plans = case.plans()?;
    if plans.iter().all(|plan| plan.targets.len() < 2) {
        return Err(NotYet::because("fewer than two stages have a release"));
    }
    let findings = plans.iter().flat_map(|plan| {
        let releases: Vec<_> = plan.targets.iter().collect();
        let pairs = releases.windows(2).filter_map(|pair| {
            let [(earlier, first), (later, second)] = pair else { return None };
            (second.value <= first.value).then(|| {
                let whose = plan.whose();
                let what =
                    format!("{later} {} does not come after {earlier} {}{whose}", second.value, first.value);
                Finding::must(second.span, what)
            })
        });
        pairs.collect::<Vec<_>>()
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
    if !has_gate(case)? && (!case.is_prose() || opt_out(case.now).is_some()) {
        return Err(NotYet::because("there is no gate, so there is no Alpha behind one"));
    }
    let stage = if case.is_prose() { None } else { case.stage()? };
    let named = stage.filter(|stage| stage.value > Stage::Alpha).map(|stage| (stage.value, stage.span));
    let skipping: Vec<_> = case
        .plans()?
        .into_iter()
        .enumerate()
        .filter_map(|(at, plan)| {
            let later = plan.targets.iter().find(|(stage, _)| **stage > Stage::Alpha);
            let later = later.map(|(stage, release)| (*stage, release.span));
            Some((named.filter(|_| at == 0).or(later)?, plan))
        })
        .collect();
    if skipping.is_empty() {
        return Err(NotYet::because("no stage after Alpha is named"));
    }
    let without: Vec<_> =
        skipping.into_iter().filter(|(_, plan)| !plan.targets.contains_key(&Stage::Alpha)).collect();
    if without.is_empty() {
        return Ok(vec![]);
    }
    if alpha_is_unreadable(case)? {
        return Err(NotYet::see("the release of Alpha cannot be read", "milestone-wellformed"));
    }
    if says_alpha_is_skipped(case.now) {
        return Ok(vec![]);
    }
    let findings = without.into_iter().map(|((later, span), plan)| {
        Finding::should(span, format!("{later} is named, but no release had it as Alpha{}", plan.whose()))
    });
    Ok(findings.collect())
}

/// Whether something stands as the release of Alpha that cannot be read as one.
fn alpha_is_unreadable(case: &Case<'_>) -> Result<bool, NotYet> {
    if !case.is_prose() {
        let mut written = targets(case)?.iter().filter(|target| target.stage.value == Stage::Alpha.as_str());
        return Ok(written.any(|target| target.is_meant() && target.read().is_none()));
    }
    let bullets = case.now.target_blocks().iter().flat_map(|block| &block.bullets);
    let mut own = bullets.filter(|bullet| bullet.aim.stage() == Some(Stage::Alpha) && !bullet.struck);
    Ok(own.any(|bullet| {
        let first = bullet.raw.split_whitespace().next().unwrap_or_default();
        bullet.release.is_none() && !is_unset(first.trim_end_matches([',', '.', ';']))
    }))
}

/// Whether a clause of the text, or of a comment in the front matter, says that Alpha is left out.
fn says_alpha_is_skipped(document: &Document) -> bool {
    let block = match &document.front {
        Front::Read { block, .. } => document.source.slice(*block),
        _ => "",
    };
    let mut comments = block.lines().filter_map(comment).filter_map(Passage::of_text);
    prose::alpha_skipped(document.outline()).is_some() || comments.any(|comment| prose::skips_alpha(&comment))
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
    document.facts().targets.values().next().and_then(|target| target.span)
}

const TARGET_UPCOMING: Rule = Rule {
    id: "target-upcoming",
    says: "no target is later than the release being planned",
    why: "A target is a promise for the release that is being planned, not a wish for the ones after it.",
    fix: "Keep the upcoming release; name later ones when their season begins.",
    cites: &[cite(Law::Template, "Target releases", "Only capture the upcoming release.")],
    judge: Judge::Proposal(target_upcoming),
};

fn target_upcoming(case: &Case<'_>) -> Judged {
    // What a deferred VEP still targets is told by `deferred-untargeted`; closed ones target nothing.
    case.plan_at(&[Status::Provisional, Status::Implementable, Status::Implemented])?;
    let plans = case.plans()?;
    let Some(planned) = case.world.calendar.latest_planned(case.world.today) else {
        return Err(NotYet::because("no release is scheduled"));
    };
    let late = plans.iter().flat_map(|plan| {
        let late = plan.targets.iter().filter(|(_, release)| release.value > planned);
        late.map(|(stage, release)| {
            let whose = plan.whose();
            let what = format!(
                "{stage} is targeted for {}{whose}; the release being planned is {planned}",
                release.value
            );
            Finding::should(release.span, what)
        })
    });
    Ok(late.collect())
}

const TARGET_NOT_PAST: Rule = Rule {
    id: "target-not-past",
    says: "a live VEP whose last target is out names a later one, or says that the stage shipped",
    why: "Either it shipped and the document was not brought up to date, or it slipped and was not retargeted.",
    fix: "If it shipped, name the next stage or bump the status; if it slipped, retarget or defer.",
    cites: &[cite(Law::Readme, "Release check-ins", "Re-targeting of VEP")],
    judge: Judge::Proposal(target_not_past),
};

fn target_not_past(case: &Case<'_>) -> Judged {
    case.plan_at(&[Status::Provisional, Status::Implementable])?;
    if !case.is_prose() && case.target()?.is_none() {
        return Err(NotYet::because("no release is targeted"));
    }
    let plans = case.plans()?;
    let latest: Vec<_> = plans.iter().filter_map(|plan| Some((plan, plan.latest()?))).collect();
    if latest.is_empty() {
        return Err(NotYet::because("no release is targeted"));
    }
    if stage_within_timebox(case).is_ok_and(|findings| !findings.is_empty()) {
        return Err(NotYet::because("the time box speaks of it: see stage-within-timebox"));
    }
    let world = case.world;
    let mut unknown =
        latest.iter().filter(|(_, (_, it))| world.calendar.is_out(it.value, world.today).is_none());
    if let (Some((_, (_, release))), 1) = (unknown.next(), latest.len()) {
        return Err(NotYet::because(format!("no schedule says when {} is out", release.value)));
    }
    let past = latest.into_iter().filter(|(_, (_, release))| world.is_out(release.value));
    let open =
        past.filter(|(_, (stage, release))| confirmed(world, case.now, *stage, release.value).is_none());
    let findings = open.map(|(plan, (stage, release))| {
        let whose = plan.whose();
        let nothing =
            format!("nothing after {} is named{whose}, and its planned GA has passed", release.value);
        match slipped(case, stage, release.value) {
            Some(said) => {
                let what = format!("{nothing}; the text says that it slipped: {}", code(&said));
                Finding::should(release.span, what)
            }
            None => Finding::may(release.span, nothing),
        }
    });
    Ok(findings.collect())
}

/// What says that something planned for this release did not make it.
fn slipped(case: &Case<'_>, stage: Stage, release: Release) -> Option<String> {
    if let Some(said) = case.now.denial_of(stage, release) {
        return Some(one_line(&said.value, 80));
    }
    let names = [format!("{release}"), format!("{}.{}", release.major, release.minor)];
    let says = |passage: &&Passage| {
        if !prose::says_slipped(&passage.text) {
            return false;
        }
        let text = passage.text.to_lowercase();
        let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')'));
        words.any(|word| names.iter().any(|name| word.trim_end_matches(['.', ':']) == name))
    };
    let passage = case.now.outline().passages.iter().find(says)?;
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

/// Since this release the stages are counted: earlier ones had no freeze and no boxes.
const COUNTED_SINCE: Release = Release { major: 1, minor: 6 };

fn stage_within_timebox(case: &Case<'_>) -> Judged {
    case.not_meta()?;
    case.plan_at(&[Status::Provisional, Status::Implementable])?;
    not_opted_out(case)?;
    let plans = case.plans()?;
    let mut findings = Vec::new();
    let mut is_asked = false;
    for plan in &plans {
        let Some((stage, since)) = plan.last_out(case.world) else { continue };
        let Some((_, most)) = TIMEBOXES.iter().find(|(boxed, _)| *boxed == stage) else { continue };
        let next =
            plan.targets.iter().filter(|(later, _)| **later > stage).map(|(_, release)| release.value).min();
        let Some(end) = next.or_else(|| case.world.calendar.latest_planned(case.world.today)) else {
            continue;
        };
        let begin = since.value.max(COUNTED_SINCE);
        if begin.major != end.major {
            continue;
        }
        is_asked = true;
        let lasts = end.minor.saturating_sub(begin.minor);
        let whose = plan.whose();
        let counted = if since.value < begin { format!(", counted from {begin},") } else { String::new() };
        if lasts > *most {
            let what = format!(
                "{stage} since {}{whose} lasts {lasts} releases{counted} before {end}; at most {most} are allowed",
                since.value
            );
            findings.push(Finding::should(since.span, what));
        } else if lasts == *most && next.is_none() {
            let what = format!(
                "{stage} since {}{whose} has used up its {most} releases: {end} is the last that can take the next stage",
                since.value
            );
            findings.push(
                Finding::may(since.span, what)
                    .fix("Target the next stage, retire it, or explain the delay to the SIG."),
            );
        }
    }
    if is_asked { Ok(findings) } else { Err(NotYet::because("no stage with a time box is under way")) }
}
