//! What a document says in prose: the heading that names the VEP, target releases, its own gates, and the sentences
//! that deny a feature gate or leave Alpha out.
//!
//! What is read keeps its place, and says how sure it is: stated (the text says just that), inferred (it follows from
//! what the text says), or a guess. What prose comes to as front matter is [`crate::migration`]'s.
//!
//! Absent on purpose: the calendar. What a release means depends on the day.

mod denial;
mod gates;
mod labels;
mod progress;
mod sections;
mod stems;
mod targets;

pub use denial::{denial, promise};
pub use gates::gates;
pub use progress::{Standing, Tie, confirms, denies_stage, shipped, standings, ticked, ties};
pub use sections::{Sections, sections};
pub use targets::{Aim, Bullet, TargetBlock, blocks, targets};

use crate::markdown::{Block, Outline, Passage, Sentence, Word};
use crate::template::{self, Aside};
use crate::text::{Source, Span, Spanned};
use std::borrow::Borrow;
use stems::Stems;

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

/// A passage and its sentences.
struct Spoken<'o> {
    passage: &'o Passage,
    sentences: Vec<Sentence<'o>>,
}

impl<'o> Spoken<'o> {
    fn of(passage: &'o Passage) -> Self {
        Self { passage, sentences: passage.sentences() }
    }
}

/// Whether a text has the word `gate` at all, in any case.
fn says_gate(text: &str) -> bool {
    static STEMS: Stems = Stems::new(&["gate"]);
    STEMS.are_in(text)
}

/// Whether `feature gate`, in any spelling, begins at a word; how many words it has.
fn gate_at<'p, W: Borrow<Word<'p>>>(words: &[W], at: usize) -> Option<usize> {
    let word = |at: usize| words.get(at).map(Borrow::borrow);
    let first = word(at)?;
    match first.lower.as_ref() {
        "feature" if first.after == ' ' => {
            let next = word(at + 1)?;
            matches!(next.lower.as_ref(), "gate" | "gates" | "gated" | "gate(s").then_some(2)
        }
        "feature-gate" | "feature-gates" | "featuregate" | "featuregates" | "feature-gated"
        | "feature-gate(s" => Some(1),
        _ => None,
    }
}

/// What says that something did not make its release.
const SLIPS: [&str; 6] = ["slip", "postpon", "delay", "did not make", "didn't make", "missed"];

/// Whether a text speaks of something that did not make its release.
pub fn says_slipped(text: &str) -> bool {
    static STEMS: Stems = Stems::new(&SLIPS);
    STEMS.are_in(text)
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

/// What says that Alpha is left out: a clause of the text, or its target that is struck through. What was rejected
/// says nothing.
pub fn alpha_skipped(outline: &Outline) -> Option<Span> {
    let says = |passage: &&Passage| match passage.struck {
        true => passage.text.to_lowercase().contains("alpha"),
        false => skips_alpha(passage),
    };
    template::besides(outline, &[Aside::Rejected]).find(says).map(|passage| passage.span)
}

/// Whether a clause of a passage says that Alpha is left out, and does not take it back.
pub fn skips_alpha(passage: &Passage) -> bool {
    static STEMS: Stems = Stems::new(&["alph", "beta"]);
    if !STEMS.are_in(&passage.text) {
        return false;
    }
    passage.sentences().iter().any(|sentence| {
        sentence.words.split_inclusive(|word| word.after == ';').any(|clause| {
            let mut text = String::from(" ");
            for word in clause {
                for part in word.lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
                    text.push_str(part);
                    text.push(' ');
                }
            }
            let says = |phrases: &[&str]| {
                phrases
                    .iter()
                    .any(|phrase| text.match_indices(phrase).any(|(at, _)| is_whole(&text, at, phrase)))
            };
            says(SKIPS) && !says(NOT_SKIPPED)
        })
    })
}

fn is_whole(text: &str, at: usize, phrase: &str) -> bool {
    text.get(..at).is_some_and(|before| before.ends_with(' '))
        && text.get(at + phrase.len()..).is_some_and(|behind| behind.starts_with(' '))
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
            assert!(skips_alpha(&Passage::of_text(yes).unwrap()), "{yes}");
        }
        for no in [
            "In Alpha we skip validation.",
            "Alpha must not be skipped.",
            "We considered skipping Alpha and decided against it.",
            "No alphabetical order is kept; unknown keys are skipped.",
            "Alpha tests run nightly. Windows machines are skipped.",
        ] {
            assert!(!skips_alpha(&Passage::of_text(no).unwrap()), "{no}");
        }
    }
}
