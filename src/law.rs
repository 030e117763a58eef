//! The law's own places: its sources, how they are cited, and how much a breach of it matters.
//!
//! Every rule and every step of the lifecycle carries at least one citation: a source, a section, and a
//! few words that really stand there, so that a checkout at hand can prove it.
//!
//! Absent on purpose: what the law says. That is told by the rules and the lifecycle, in our words.

use crate::vep::Number;
use jiff::civil::{Date, date};

/// The day on which VEP-282 was merged.
pub const IN_FORCE_SINCE: Date = date(2026, 5, 5);

/// A place in the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cite {
    /// Which document.
    pub source: Law,
    /// The section in it.
    pub section: &'static str,
    /// A few words that really stand there; empty where the source is not a text with sections.
    pub words: &'static str,
}

/// The sources of the law, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// VEP-282, "VEP Proposal Governance".
    Vep282,
    /// The repository's README.
    Readme,
    /// `docs/feature-lifecycle.md`.
    Lifecycle,
    /// VEP-229, "Beta features on by default".
    Vep229,
    /// `veps/NNNN-vep-template/vep.md`.
    Template,
    /// The upstream author's unmerged check scripts.
    DraftCi,
    /// The draft of a writing guide (pull request 431).
    Guide,
    /// The author's answers in the review of VEP-282 (pull request 283).
    Pr283,
    /// The dates: kubevirt/sig-release, `releases/vX.Y/schedule.yaml`.
    Calendar,
    /// The naming check in force: `.github/scripts/check-vep-naming.py`.
    Naming,
    /// OWNERS, labels, commands and sign-offs as kubevirt/project-infra configures Prow.
    Prow,
    /// What the real history shows. It breaks ties only.
    Practice,
    /// Our reading, where all others are silent.
    Ours,
}

impl Law {
    /// The short name under which it is cited.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vep282 => "VEP-282",
            Self::Readme => "README",
            Self::Lifecycle => "feature-lifecycle",
            Self::Vep229 => "VEP-229",
            Self::Template => "template",
            Self::DraftCi => "draft CI",
            Self::Guide => "writing guide (draft)",
            Self::Pr283 => "PR-283",
            Self::Calendar => "sig-release calendar",
            Self::Naming => "naming check",
            Self::Prow => "Prow",
            Self::Practice => "practice",
            Self::Ours => "our reading",
        }
    }

    /// Where it lies in kubevirt/enhancements, if it is a file there.
    pub fn path(self) -> Option<&'static str> {
        match self {
            Self::Vep282 => Some("veps/meta-VEPs/282-vep-proposal-governance/vep.md"),
            Self::Readme => Some("README.md"),
            Self::Lifecycle => Some("docs/feature-lifecycle.md"),
            Self::Template => Some("veps/NNNN-vep-template/vep.md"),
            Self::Vep229 => Some("veps/meta-VEPs/229-beta-features-on-by-default/vep.md"),
            Self::DraftCi
            | Self::Guide
            | Self::Pr283
            | Self::Calendar
            | Self::Naming
            | Self::Prow
            | Self::Practice
            | Self::Ours => None,
        }
    }
}

/// How much a finding matters in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Would fail the check.
    Error,
    /// Should be looked at.
    Warning,
    /// Worth knowing.
    Advice,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Advice];

    /// Reads the exact word.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text)
    }

    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

impl Law {
    /// The number of the VEP that it is: wherever its file lies, it is found by that.
    pub fn number(self) -> Option<Number> {
        match self {
            Self::Vep282 => Some(282),
            Self::Vep229 => Some(229),
            _ => None,
        }
    }
}

impl Cite {
    /// Where the cited words begin in a text: line ends, blanks and backticks do not matter. None where they do
    /// not stand there, and where no words are cited.
    pub fn find(&self, text: &str) -> Option<usize> {
        let (wanted, _) = words_of(self.words);
        if wanted.is_empty() {
            return None;
        }
        let (plain, places) = words_of(text);
        let at = plain.find(&wanted)?;
        let before = places.partition_point(|(plain, _)| *plain <= at);
        let (word, place) = places.get(before.checked_sub(1)?)?;
        Some(place + (at - word))
    }
}

/// The words of a text with single blanks between them and without backticks, and for each the place where it
/// stands in this form and in the text.
fn words_of(text: &str) -> (String, Vec<(usize, usize)>) {
    let mut plain = String::new();
    let mut places = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(|c: char| c.is_whitespace() || c == '`') {
        let word = piece.trim_end_matches(|c: char| c.is_whitespace() || c == '`');
        if !word.is_empty() {
            places.push((plain.len(), at));
            plain.push_str(word);
        }
        if piece.ends_with(char::is_whitespace) && !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
        at += piece.len();
    }
    plain.truncate(plain.trim_end().len());
    (plain, places)
}

impl std::fmt::Display for Cite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.source.name(), self.section)?;
        if self.words.is_empty() { Ok(()) } else { write!(f, ": “{}”", self.words) }
    }
}

/// A citation of VEP-282.
pub const fn vep282(section: &'static str, words: &'static str) -> Cite {
    Cite { source: Law::Vep282, section, words }
}

/// A citation of any other source.
pub const fn cite(source: Law, section: &'static str, words: &'static str) -> Cite {
    Cite { source, section, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cited_words_are_found_across_lines_and_marks() {
        let text = "One.\n\nTwo `three`\n   four, five.\n";
        let find = |words: &'static str| vep282("", words).find(text);
        assert_eq!(find("Two three four"), text.find("Two"));
        assert_eq!(find("three"), text.find("three"));
        assert_eq!(find("our, five"), text.find("our,"));
        assert_eq!((find("Two four"), find("")), (None, None));
    }
}
