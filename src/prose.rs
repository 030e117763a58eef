//! What a document says in prose: the heading that names the VEP, target releases, its own gates, and the sentences
//! that deny a feature gate or leave Alpha out.
//!
//! What is read keeps its place, and says how sure it is: stated (the text says just that), inferred (it follows from
//! what the text says), or a guess. What prose comes to as front matter is [`crate::migration`]'s.
//!
//! Absent on purpose: the calendar. What a release means depends on the day.

mod gates;
mod sections;
mod targets;

pub use gates::gates;
pub use sections::{Sections, sections};
pub use targets::{Aim, Bullet, TargetBlock, blocks, targets};

use crate::markdown::{Block, Outline};
use crate::text::{Source, Span, Spanned};

/// How sure something is that was read from prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The document says just that.
    Stated,
    /// It follows from what the document says.
    Inferred,
    /// It is likely, and nothing says so.
    Guess,
}

impl Certainty {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Inferred => "inferred",
            Self::Guess => "guess",
        }
    }
}

/// Something that was read from prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<T> {
    /// What.
    pub value: T,
    /// Where.
    pub span: Span,
    /// How sure.
    pub certainty: Certainty,
    /// Why that sure.
    pub why: &'static str,
}

/// `# VEP #307: Title`, in any of the forms that real documents have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The whole heading.
    pub span: Span,
    /// The digits behind `VEP`, or the template's `NNNN`.
    pub number: Option<Spanned<String>>,
    /// The title.
    pub title: Option<Spanned<String>>,
}

/// The heading that names the VEP: the first of the first rank that begins with `VEP`.
pub fn heading(outline: &Outline, source: &Source) -> Option<Heading> {
    let passage = outline
        .passages
        .iter()
        .filter(|passage| passage.kind == Block::Heading(1))
        .find(|passage| strip_word(&passage.text, "vep").is_some())?;
    let rest = strip_word(&passage.text, "vep")?.trim_start_matches([' ', '#', '-']);
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    // `3D` is a word.
    let is_word = rest.get(digits.len()..).is_some_and(|more| more.starts_with(char::is_alphabetic));
    let digits = if is_word { "" } else { digits };
    let digits = match rest.get(..4) {
        Some(four) if digits.is_empty() && four.eq_ignore_ascii_case("nnnn") => four,
        _ => digits,
    };
    let title =
        rest.get(digits.len()..).unwrap_or_default().trim_start_matches([' ', ':', '-', '–', '—']).trim();
    Some(Heading {
        span: passage.span,
        number: (!digits.is_empty()).then(|| Spanned::new(digits.into(), find(source, passage.span, digits))),
        title: (!title.is_empty()).then(|| Spanned::new(title.into(), find(source, passage.span, title))),
    })
}

/// `text` without its first word, where that is `word` in any case and no longer word goes on.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let head = text.get(..word.len())?;
    let rest = text.get(word.len()..)?;
    (head.eq_ignore_ascii_case(word) && !rest.starts_with(char::is_alphabetic)).then_some(rest)
}

/// Where `text` stands within a heading; the whole heading where markup breaks it up.
fn find(source: &Source, within: Span, text: &str) -> Span {
    // The title ends the heading; the number stands before it.
    let line = source.slice(within);
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && !line.ends_with(text);
    let found = if is_number { line.find(text) } else { line.rfind(text) };
    match found {
        Some(at) => Span::new(within.start + at, within.start + at + text.len()),
        None => within,
    }
}

/// The sentences of a text.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?']).map(str::trim)
}

/// Words between a negation and "feature gate" that turn the sense: "not … unless the feature gate is on"
/// denies none, and "the" gate is one that exists.
#[rustfmt::skip]
const TURNS: &[&str] = &[
    "unless", "until", "if", "when", "while", "beyond", "the", "this", "its", "that", "only", "about", "with", "and",
    "but", "questions", "issues", "changes", "other", "another", "relying", "rely", "enable", "enables", "disable",
    "disables", "depend",
];

/// Words behind "feature gate" that make it a part of something else.
const COMPOUNDS: &[&str] =
    &["state", "states", "check", "checks", "name", "names", "value", "values", "list", "api"];

/// What a gate is not, where the negation stands behind it.
const NOT_WANTED: &[&str] =
    &["needed", "required", "necessary", "used", "planned", "added", "introduced", "proposed", "involved"];

fn negates(word: &str) -> bool {
    matches!(word, "no" | "not" | "without" | "neither" | "never" | "cannot") || word.ends_with("n't")
}

/// Whether a sentence says that there is no feature gate: one negation at most eight words before it, with
/// nothing between that turns the sense; or "is not needed" and the like right behind it. A question and a
/// condition say nothing.
pub fn denies_gate(sentence: &str) -> bool {
    let lower = sentence
        .to_lowercase()
        .replace('’', "'")
        .replace("feature-gate", "feature gate")
        .replace("featuregate", "feature gate");
    let words: Vec<&str> =
        lower.split_whitespace().map(|word| word.trim_matches(['*', '_', '(', '"'])).collect();
    if lower.ends_with('?') {
        return false;
    }
    let bare =
        |at: usize| words.get(at).map_or("", |word| word.trim_end_matches(|c: char| !c.is_alphabetic()));
    let is_gate = |at: &usize| bare(*at) == "feature" && matches!(bare(at + 1), "gate" | "gates" | "gated");
    let denied = |at: usize| {
        let before = words.get(at.saturating_sub(9)..at).unwrap_or_default();
        let conditional =
            words.get(..at).unwrap_or_default().iter().any(|word| matches!(*word, "if" | "when" | "whether"));
        let Some(negation) = before.iter().rposition(|word| negates(word)) else { return false };
        let between = before.get(negation + 1..).unwrap_or_default();
        let twice = before.get(..negation).unwrap_or_default().iter().rev().take(4).any(|word| negates(word));
        !conditional
            && !twice
            && !COMPOUNDS.contains(&bare(at + 2))
            && !between.iter().any(|word| word.ends_with([',', ';', ':']) || TURNS.contains(word))
    };
    let denied_behind = |at: usize| {
        let behind: Vec<&str> = (at + 2..at + 7).map(bare).collect();
        let not = behind.iter().position(|word| negates(word));
        let existing = at > 0 && matches!(bare(at - 1), "the" | "this" | "its");
        !existing
            && not
                .is_some_and(|not| not <= 2 && behind.iter().skip(not).any(|word| NOT_WANTED.contains(word)))
    };
    (0..words.len()).filter(is_gate).any(|at| denied(at) || denied_behind(at))
}

/// What says that something did not make its release.
const SLIPS: [&str; 6] = ["slip", "postpon", "delay", "did not make", "didn't make", "missed"];

/// Whether a text speaks of something that did not make its release.
pub fn says_slipped(text: &str) -> bool {
    let text = text.to_lowercase();
    SLIPS.iter().any(|it| text.contains(it))
}

/// What a clause says that leaves Alpha out, as words.
#[rustfmt::skip]
const SKIPS: &[&str] = &[
    "skip alpha", "skips alpha", "skipping alpha", "skipped alpha", "skip the alpha", "skips the alpha",
    "skipping the alpha", "alpha skipped", "alpha is skipped", "alpha was skipped", "alpha stage is skipped",
    "alpha phase is skipped", "alpha is omitted", "alpha phase is omitted", "alpha stage is omitted", "alpha is left out",
    "no alpha", "without alpha", "without an alpha", "won t be an alpha", "alpha isn t needed", "alpha is not needed",
    "directly to beta", "directly in beta", "directly at beta", "straight to beta", "starting at beta", "starting in beta",
    "starts at beta", "starts in beta", "start at beta", "start in beta", "begins in beta", "begins at beta",
    "targets alpha for version n a",
];

/// What takes it back.
const NOT_SKIPPED: &[&str] =
    &["not be skipped", "not skipped", "decided against", "not skip", "should not", "must not"];

/// Whether a clause says that Alpha is left out, and does not take it back.
pub fn skips_alpha(text: &str) -> bool {
    text.split(['.', ';', '!', '?']).any(|clause| {
        let words: Vec<String> = clause
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let clause = format!(" {} ", words.join(" "));
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| clause.contains(&format!(" {phrase} ")));
        says(SKIPS) && !says(NOT_SKIPPED)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::outline;

    #[test]
    fn headings_of_every_form_are_read() {
        for (text, number, title) in [
            ("# VEP #307: Binding plugin", Some("307"), Some("Binding plugin")),
            ("# VEP 14: Firmware ", Some("14"), Some("Firmware")),
            ("# VEP #0171: Cold reboot", Some("0171"), Some("Cold reboot")),
            ("# VEP: Pause probes", None, Some("Pause probes")),
            ("# VEP #Decentralized migration", None, Some("Decentralized migration")),
            ("# VEP-258: Quotas", Some("258"), Some("Quotas")),
            ("# VEP #NNNN: Your title", Some("NNNN"), Some("Your title")),
            ("# VEP #9 - `Image` volumes", Some("9"), Some("Image volumes")),
            ("# VEP 3D acceleration", None, Some("3D acceleration")),
        ] {
            let heading = heading(&outline(text, 0), &Source::new("x", text)).unwrap();
            assert_eq!(heading.number.as_ref().map(|number| number.value.as_str()), number, "{text}");
            assert_eq!(heading.title.as_ref().map(|title| title.value.as_str()), title, "{text}");
        }
        for text in ["# Overview", "## VEP #3: x", "# VEPs are fun", "text"] {
            assert_eq!(heading(&outline(text, 0), &Source::new("x", text)), None, "{text}");
        }
    }

    #[test]
    fn alpha_is_skipped_where_a_clause_says_so() {
        for yes in [
            "Alpha is skipped: the code was in use.",
            "This VEP starts in Beta, skipping Alpha.",
            "- This VEP targets alpha for version: N/A",
            "There won't be an Alpha release",
            "The Alpha phase is omitted because nobody needs it.",
        ] {
            assert!(skips_alpha(yes), "{yes}");
        }
        for no in [
            "In Alpha we skip validation.",
            "Alpha must not be skipped.",
            "We considered skipping Alpha and decided against it.",
            "No alphabetical order is kept; unknown keys are skipped.",
            "Alpha tests run nightly. Windows machines are skipped.",
        ] {
            assert!(!skips_alpha(no), "{no}");
        }
    }

    #[test]
    fn a_denial_of_a_gate_is_told_from_talk_about_one() {
        for yes in [
            "This VEP does not have graduation phases guarded by a feature gate.",
            "No feature gate (feature is transparent and always enabled).",
            "It ships without a Feature Gate.",
            "This adds no feature-gate, because nothing changes.",
            "We don't need a FeatureGate here.",
            "A feature gate is not needed because nothing changes.",
            "Feature gates are not used: it is a fix.",
            "The feature-gate field is omitted: this VEP needs no feature gate.",
            "It cannot be guarded by a feature gate.",
            "The field is not feature gated.",
            "It doesn’t have a feature gate.",
            "A feature gate was weighed, but no feature gate is needed.",
        ] {
            assert!(denies_gate(yes), "{yes}");
        }
        for no in [
            "virt-handler will not run unless the feature gate is enabled.",
            "The proxy does not condition the feature gate.",
            "In case no issues are reported, the feature gate graduates.",
            "No API change is required beyond the feature gate.",
            "A feature gate guards it.",
            "There are no open questions about a feature gate.",
            "The gate does not implicitly enable any other feature gate.",
            "It works without relying on protobuf for feature gate state.",
            "This must not ship without a feature gate.",
            "If no feature gate is set, the API rejects the field.",
            "The feature is not enabled by default and a feature gate controls it.",
            "Is there no feature gate?",
            "The feature gate is not needed by Alpha users.",
            "There is not much to say.",
        ] {
            assert!(!denies_gate(no), "{no}");
        }
    }
}
