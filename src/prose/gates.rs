//! The feature gates that a document calls its own.
//!
//! A gate is its own where the text introduces, guards or graduates something by it; not where it mentions that of
//! another VEP or project, a rejected, a former or a deprecated one. What is found once and in passing is no gate.

use super::{Certainty, Claim};
use crate::markdown::{Block, Outline, Passage};
use crate::text::{Source, Span};
use crate::vep::Number;
use std::collections::BTreeMap;

/// Sections whose gates are not the document's: what was rejected, what is left out, what once was.
const ELSEWHERE: &[&str] =
    &["alternative", "non goals", "implementation history", "related veps", "references"];

/// Words beside a gate that make it somebody else's, or one of the past.
#[rustfmt::skip]
const FOREIGN: &[&str] = &[
    "legacy", "deprecated", "deprecate", "deprecates", "deprecating", "existing", "hco", "hyperconverged", "former", "formerly",
    "renamed", "instead",
];

/// Words that introduce a gate or put something behind it.
#[rustfmt::skip]
const OWNING: &[&str] = &[
    "introduce", "introduces", "introduced", "introducing", "new", "add", "added", "adds", "guard", "guards", "guarded",
    "gated", "behind", "protected", "protects", "named", "called", "proposed", "dedicated", "promoted", "promote", "graduate",
    "graduates", "graduated", "remove", "removal", "removed", "default", "own", "alpha", "beta",
];

/// A word of the text, and whether it stands in code marks.
struct Word<'a> {
    text: &'a str,
    code: bool,
}

/// The gates in the order in which the text names them first.
pub fn gates(source: &Source, outline: &Outline, own: Option<Number>) -> Vec<Claim<String>> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut elsewhere: Option<u8> = None;
    let (mut has_own, mut talks) = (false, false);
    for passage in &outline.passages {
        if let Block::Heading(level) = passage.kind {
            let name = crate::markdown::plain(&passage.text);
            if elsewhere.is_none_or(|above| level <= above) {
                let is =
                    ELSEWHERE.iter().any(|words| name.starts_with(words) || name.contains(" alternative"));
                elsewhere = is.then_some(level);
            }
        }
        // Most of a document speaks of no gate, and every document is read at every start.
        let speaks = says_gate(&passage.text) && elsewhere.is_none() && !passage.struck;
        if !speaks || names_another(&passage.text, own) {
            continue;
        }
        has_own |= puts_behind_one(&passage.text);
        talks |= passage.text.to_lowercase().contains("feature gate");
        mentions(source, passage, &mut found);
    }
    let mut gates = labels(outline);
    let named = found.iter().filter_map(|(name, found)| found.claim(name.clone()));
    gates.extend(named.filter(|claim| !labels(outline).iter().any(|label| label.value == claim.value)));
    gates.sort_by_key(|claim| claim.span.start);
    if gates.is_empty() && has_own {
        gates.extend(the_only_one(&found));
    }
    if gates.is_empty() && talks {
        gates.extend(called_like_the_title(outline));
    }
    gates
}

/// Whether a text has the word at all, in any case.
fn says_gate(text: &str) -> bool {
    text.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"gate"))
}

/// The gates in whose names a document has several blocks of targets.
fn labels(outline: &Outline) -> Vec<Claim<String>> {
    let blocks = super::blocks(outline).into_iter();
    let named = blocks.filter_map(|block| {
        let label = block.label?;
        let word = Word { text: &label, code: false };
        let span = block.bullets.first()?.span;
        let why = "a block of targets is in its name";
        name(&word).map(|name| Claim { value: name.to_owned(), span, certainty: Certainty::Stated, why })
    });
    named.collect()
}

/// Whether a passage says that the document has a gate, without naming it.
fn puts_behind_one(text: &str) -> bool {
    let text = text.to_lowercase();
    ["behind a feature gate", "behind a new feature gate", "by a feature gate", "feature gate guards"]
        .iter()
        .any(|words| text.contains(words))
}

/// The one gate that is named at all, where the document has one.
fn the_only_one(found: &BTreeMap<String, Found>) -> Option<Claim<String>> {
    let mut own = found.iter().filter(|(_, found)| found.foreign == 0);
    let (name, only) = own.next().filter(|_| own.next().is_none())?;
    let why = "it is the only gate that the text names, and something is put behind a gate";
    Some(Claim { value: name.clone(), span: only.span, certainty: Certainty::Inferred, why })
}

/// A name in the text that is the title in one word, where the text speaks of a gate.
fn called_like_the_title(outline: &Outline) -> Option<Claim<String>> {
    let heading = outline.passages.iter().find(|passage| passage.kind == Block::Heading(1))?;
    let title: String = heading.text.split_once(':')?.1.split_whitespace().collect();
    let word = Word { text: &title, code: false };
    let title = name(&word)?;
    let says = |passage: &&Passage| passage.text.split_whitespace().any(|word| bare(word) == title);
    let passage = outline.passages.iter().find(says)?;
    let why = "the text speaks of a gate, and of the feature under this name";
    Some(Claim { value: title.to_owned(), span: passage.span, certainty: Certainty::Guess, why })
}

/// What speaks for a gate.
struct Found {
    span: Span,
    /// Mentions as a gate.
    times: usize,
    /// Mentions beside a word that introduces it or puts something behind it.
    owned: usize,
    /// Mentions that make it somebody else's.
    foreign: usize,
}

impl Found {
    fn claim(&self, name: String) -> Option<Claim<String>> {
        if self.foreign * 2 >= self.times || (self.owned == 0 && self.times < 2) {
            return None;
        }
        let (certainty, why) = match self.owned {
            0 => (Certainty::Inferred, "the text names it as its gate, and introduces it nowhere"),
            _ => (Certainty::Stated, "the text introduces it, or puts something behind it"),
        };
        Some(Claim { value: name, span: self.span, certainty, why })
    }
}

/// Whether a passage speaks of another VEP's affairs.
fn names_another(text: &str, own: Option<Number>) -> bool {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let other = |pair: &[&str]| match pair {
        [vep, number] if vep.eq_ignore_ascii_case("vep") => {
            number.parse::<Number>().is_ok_and(|number| Some(number) != own)
        }
        _ => false,
    };
    // That features are on by default at Beta is VEP 229's rule, which others refer to.
    words.windows(2).any(other) && !text.contains("229")
}

fn mentions(source: &Source, passage: &Passage, found: &mut BTreeMap<String, Found>) {
    let words = words(source, passage);
    for at in 0..words.len() {
        let Some(length) = is_gate(&words, at) else { continue };
        for (candidate, from, to) in candidates(&words, at, at + length) {
            let near = words.get(from.saturating_sub(9)..(to + 10).min(words.len())).unwrap_or_default();
            let close = words.get(from.saturating_sub(5)..(to + 1).min(words.len())).unwrap_or_default();
            let says = |words: &[Word<'_>], list: &[&str]| {
                words.iter().any(|word| list.contains(&bare(word.text).to_lowercase().as_str()))
            };
            let entry = found.entry(candidate.to_owned()).or_insert(Found {
                span: passage.span,
                times: 0,
                owned: 0,
                foreign: 0,
            });
            entry.times += 1;
            if says(close, FOREIGN) || says(near, &["hco", "hyperconverged", "kubernetes"]) {
                entry.foreign += 1;
            } else if says(near, OWNING) {
                entry.owned += 1;
            }
        }
    }
}

/// Whether `feature gate`, in any spelling, begins here; how many words it has.
fn is_gate(words: &[Word<'_>], at: usize) -> Option<usize> {
    let word = |at: usize| words.get(at).map(|word| bare(word.text).to_lowercase()).unwrap_or_default();
    match word(at).as_str() {
        "feature" if matches!(word(at + 1).as_str(), "gate" | "gates" | "gated") => Some(2),
        "feature-gate" | "feature-gates" | "featuregate" | "featuregates" | "feature-gated" => Some(1),
        _ => None,
    }
}

/// The names that stand at a gate: right before it, or behind it with little between. With each the stretch of
/// words from the first to the last.
fn candidates<'a>(words: &[Word<'a>], start: usize, end: usize) -> Vec<(&'a str, usize, usize)> {
    let mut all = Vec::new();
    let before = (start.saturating_sub(2)..start).rev();
    for at in before {
        let Some(word) = words.get(at) else { break };
        if let Some(name) = name(word) {
            all.push((name, at, end));
            break;
        }
        // `X` Alpha feature gate
        if !matches!(bare(word.text).to_lowercase().as_str(), "alpha" | "beta" | "new" | "ga" | "") {
            break;
        }
    }
    for at in end..(end + 6).min(words.len()) {
        let Some(word) = words.get(at) else { break };
        if let Some(name) = name(word) {
            all.push((name, start, at));
            break;
        }
        #[rustfmt::skip]
        let goes_on = matches!(
            bare(word.text).to_lowercase().as_str(),
            "named" | "called" | "name" | "is" | "will" | "be" | "introduced" | "under" | "the" | ""
        );
        // A sentence that ends takes its gate with it.
        let ends = word.text.ends_with('.');
        if !goes_on || ends {
            break;
        }
    }
    all
}

/// The name of a gate, where a word can be one: in code marks an identifier, else one in CamelCase.
fn name<'a>(word: &Word<'a>) -> Option<&'a str> {
    let text = bare(word.text);
    let is_identifier = text.len() > 2
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let uppers = text.bytes().filter(u8::is_ascii_uppercase).count();
    let lowers = text.bytes().filter(u8::is_ascii_lowercase).count();
    let is_camel = uppers >= 2 && lowers >= 2;
    let named = if word.code { uppers >= 1 } else { is_camel };
    let of_the_api =
        ["FeatureGates", "DisabledFeatureGates", "KubeVirt", "HyperConverged", "FeatureGate"].contains(&text);
    (is_identifier && named && !of_the_api).then_some(text)
}

/// A word without what stands around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

/// The words of a passage, told apart by code marks.
fn words<'a>(source: &'a Source, passage: &Passage) -> Vec<Word<'a>> {
    let text = source.slice(passage.span);
    let mut words = Vec::new();
    for (at, part) in text.split('`').enumerate() {
        let code = at % 2 == 1;
        words.extend(part.split_whitespace().map(|text| Word { text, code }));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::outline;

    fn read(text: &str) -> Vec<String> {
        let source = Source::new("x.md", text);
        gates(&source, &outline(text, 0), Some(7)).into_iter().map(|claim| claim.value).collect()
    }

    #[test]
    fn own_gates_are_found_in_every_form() {
        for (text, name) in [
            ("This design introduces a new feature gate: `ClockPolicy`.", "ClockPolicy"),
            ("All of it is gated behind the `ClockPolicy` feature gate.", "ClockPolicy"),
            ("It is protected by a feature gate called ClockPolicy that is off.", "ClockPolicy"),
            ("A new Feature Gate will be introduced named `ClockPolicy`, in time.", "ClockPolicy"),
            ("It is introduced behind a feature gate named\n`ClockPolicy`.", "ClockPolicy"),
            ("- Add `Clock` FeatureGate to the CRD", "Clock"),
            ("Proposed Feature Gate name: `ClockPolicy`.", "ClockPolicy"),
            ("- [ ] Feature gate `ClockPolicy` guards all code changes", "ClockPolicy"),
            ("- [ ] `ClockPolicy` Alpha feature gate", "ClockPolicy"),
            ("It sits behind its own Alpha feature gate, `ClockPolicy`.", "ClockPolicy"),
            (
                "### Target releases (ClockPolicy)\n\n- This VEP targets alpha for version: v1.9",
                "ClockPolicy",
            ),
            (
                "Everything is behind a feature gate.\n\nEnable the `ClockPolicy` feature gate in tests.",
                "ClockPolicy",
            ),
            ("# VEP #7: Clock Policy\n\nClockPolicy is stable. The feature gate is ignored.", "ClockPolicy"),
            ("A feature-gate named `clockPolicy` will be introduced.", "clockPolicy"),
        ] {
            assert_eq!(read(text), [name], "{text}");
        }
    }

    #[test]
    fn what_is_not_its_own_is_left_out() {
        for text in [
            "VEP 141 introduces a feature gate, `HookServer`, which we use.",
            "The legacy `OldClock` feature gate is kept.",
            "## Alternatives\n\nAdd a new feature gate `OtherClock`.\n\n### Second\n\nA new `ThirdClock` feature gate.",
            "## Implementation History\n\n- Added the feature gate `FormerClock`.",
            "The `DeclarativeVolumes` feature gate must be enabled.",
            "A new TDX Feature Gate should be added first.",
            "Deprecate and then remove the `OldClock` feature gate.",
            "The new `enableClock` feature gate in the `HyperConverged` CR.",
            "It needs no feature gate. `Clock` is a field.",
        ] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
    }
}
