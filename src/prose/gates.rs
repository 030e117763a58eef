//! The feature gates that a document calls its own.
//!
//! A gate is its own where the text introduces, guards or graduates something by it; not where it mentions that of
//! another VEP or project, a rejected, a former or a deprecated one. What is found once and in passing is no gate.

use super::denial::{denied, is_joined_number};
use super::{Certainty, Claim, TargetBlock, gate_at, says_gate};
use crate::markdown::{Block, Outline, Passage, Sentence, Word};
use crate::template::{self, Aside};
use crate::text::Span;
use crate::vep::Number;
use std::collections::{BTreeMap, BTreeSet};

/// Sections whose gates are not the document's: what was rejected, what is left out, what once was.
const ELSEWHERE: [Aside; 4] = [Aside::Rejected, Aside::Excluded, Aside::Past, Aside::Elsewhere];

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

/// The gates in the order in which the text names them first.
pub fn gates(outline: &Outline, own: Option<Number>, blocks: &[TargetBlock]) -> Vec<Claim<String>> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let elsewhere = template::asides(outline, &ELSEWHERE);
    let mut beside = elsewhere.iter().peekable();
    let (mut has_own, mut talks) = (false, false);
    for passage in &outline.passages {
        while beside.next_if(|span| span.end <= passage.span.start).is_some() {}
        let is_beside = beside.peek().is_some_and(|span| span.start <= passage.span.start);
        // Most of a document speaks of no gate, and every document is read at every start.
        if is_beside || passage.struck || !says_gate(&passage.text) {
            continue;
        }
        let sentences = passage.sentences();
        let words: Vec<&Word<'_>> = sentences.iter().flat_map(|sentence| &sentence.words).collect();
        if names_another(&words, own) {
            continue;
        }
        has_own |= sentences.iter().any(puts_behind_one);
        talks |= sentences
            .iter()
            .any(|sentence| sentence.says(&["feature", "gate"]) || sentence.says(&["feature", "gates"]));
        mentions(&words, passage.span, &mut found);
    }
    let mut gates = labels(blocks);
    gates.extend(labelled(outline, &elsewhere, own));
    gates.extend(found.iter().filter_map(|(name, found)| found.claim(name.clone())));
    // Of what is said of one gate the surest counts, and of that what is said first.
    gates.sort_by_key(|claim| (claim.certainty, claim.span.start));
    let mut seen = BTreeSet::new();
    gates.retain(|claim| seen.insert(claim.value.clone()));
    gates.sort_by_key(|claim| claim.span.start);
    if gates.is_empty() && has_own {
        gates.extend(the_only_one(&found));
    }
    if gates.is_empty() && talks && denied(outline, own).is_none() {
        gates.extend(called_like_the_title(outline));
    }
    gates
}

/// The gates in whose names a document has several blocks of targets.
fn labels(blocks: &[TargetBlock]) -> Vec<Claim<String>> {
    let named = blocks.iter().filter_map(|block| {
        let label = block.label.as_deref()?;
        let span = block.bullets.first()?.span;
        let why = "a block of targets is in its name";
        let name = name(label.trim(), false)?.to_owned();
        Some(Claim { value: name, span, certainty: Certainty::Stated, why })
    });
    named.collect()
}

/// The gates that the text labels as such: in a line, below a heading, in a table.
fn labelled(outline: &Outline, elsewhere: &[Span], own: Option<Number>) -> Vec<Claim<String>> {
    let mut claims = Vec::new();
    for value in super::labels::gates(outline) {
        let passage = outline.passages.get(value.at);
        let next = elsewhere.partition_point(|span| span.end <= value.span.start);
        let is_beside = elsewhere.get(next).is_some_and(|span| span.start <= value.span.start);
        let Some(passage) = passage.filter(|_| !is_beside) else { continue };
        let words: Vec<&Word<'_>> = value.words.iter().collect();
        if names_another(&words, own) || says_rejected(&words) {
            continue;
        }
        for word in names(&value.words) {
            let why = "the text labels it as its gate";
            claims.push(Claim {
                value: word.to_owned(),
                span: passage.span,
                certainty: Certainty::Stated,
                why,
            });
        }
    }
    claims
}

/// The names with which a value begins: one, or several with commas or `and` between them.
fn names<'p>(words: &[Word<'p>]) -> Vec<&'p str> {
    let mut names = Vec::new();
    let alone = words.len() == 1
        || words.get(1).is_some_and(|word| word.opens)
        || words.first().is_some_and(|word| matches!(word.after, ',' | '.' | ';' | '-' | ')'));
    for word in words {
        let is_and = matches!(word.lower.as_ref(), "and" | "or") && !names.is_empty();
        if is_and {
            continue;
        }
        let plain = || (alone && names.is_empty()).then(|| plain_name(word.written)).flatten();
        let Some(name) = name(word.written, word.code).or_else(plain) else { break };
        names.push(name);
    }
    names
}

/// A name of a gate of one part, such as `Plugins`: only where it is all that stands there.
fn plain_name(text: &str) -> Option<&str> {
    #[rustfmt::skip]
    const NO_NAMES: [&str; 20] = [
        "none", "no", "yes", "n/a", "na", "not", "nothing", "tbd", "alpha", "beta", "ga", "required", "needed", "optional", "new",
        "todo", "stage", "name", "status", "description",
    ];
    let lower = text.to_lowercase();
    let is_identifier = text.len() > 2
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|it| it.is_ascii_alphanumeric());
    (is_identifier && !NO_NAMES.contains(&lower.as_str())).then_some(text)
}

/// Whether a sentence says that the document has a gate, without naming it.
fn puts_behind_one(sentence: &Sentence<'_>) -> bool {
    const PHRASES: [&[&str]; 5] = [
        &["behind", "a", "feature", "gate"],
        &["behind", "a", "new", "feature", "gate"],
        &["by", "a", "feature", "gate"],
        &["feature", "gate", "guards"],
        &["behind", "a", "feature-gate"],
    ];
    PHRASES.iter().any(|phrase| sentence.says(phrase))
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
    let title = name(&title, false)?;
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

/// Whether a passage speaks of another VEP's affairs. That features are on by default at Beta is VEP 229's rule, which
/// others refer to.
fn names_another(words: &[&Word<'_>], own: Option<Number>) -> bool {
    const ON_BY_DEFAULT: Number = 229;
    let other = |number: Number| Some(number) != own && number != ON_BY_DEFAULT;
    words.windows(2).any(|pair| {
        let [vep, number] = pair else { return false };
        matches!(vep.lower.as_ref(), "vep" | "veps") && number.lower.parse::<Number>().is_ok_and(other)
    }) || words
        .iter()
        .any(|word| is_joined_number(&word.lower, own) && !is_joined_number_of(&word.lower, ON_BY_DEFAULT))
}

fn is_joined_number_of(word: &str, number: Number) -> bool {
    !is_joined_number(word, Some(number))
}

/// Words that take a gate back.
const REJECTED: &[&str] =
    &["rejected", "discarded", "abandoned", "dropped", "considered", "weighed", "obsolete", "withdrawn"];

/// Whether the words around a gate take it back: it is rejected, or not used.
fn says_rejected(words: &[&Word<'_>]) -> bool {
    let lower = |at: usize| words.get(at).map_or("", |word| word.lower.as_ref());
    let negates = |word: &str| matches!(word, "not" | "no" | "never" | "without") || word.ends_with("n't");
    const WANTED: &[&str] = &[
        "used",
        "needed",
        "required",
        "necessary",
        "added",
        "introduced",
        "proposed",
        "planned",
        "reused",
        "use",
        "need",
        "add",
        "introduce",
        "require",
        "reuse",
        "propose",
        "uses",
        "adds",
    ];
    (0..words.len()).any(|at| {
        REJECTED.contains(&lower(at))
            || negates(lower(at)) && (at + 1..at + 4).any(|next| WANTED.contains(&lower(next)))
    })
}

fn mentions(words: &[&Word<'_>], span: Span, found: &mut BTreeMap<String, Found>) {
    for at in 0..words.len() {
        let Some(length) = gate_at(words, at) else { continue };
        for (candidate, from, to) in candidates(words, at, at + length) {
            let near = words.get(from.saturating_sub(9)..(to + 10).min(words.len())).unwrap_or_default();
            let close = words.get(from.saturating_sub(5)..(to + 1).min(words.len())).unwrap_or_default();
            let around = words.get(from.saturating_sub(5)..(to + 6).min(words.len())).unwrap_or_default();
            let says = |words: &[&Word<'_>], list: &[&str]| {
                words.iter().any(|word| list.contains(&word.lower.as_ref()))
            };
            let entry =
                found.entry(candidate.to_owned()).or_insert(Found { span, times: 0, owned: 0, foreign: 0 });
            entry.times += 1;
            if says(close, FOREIGN)
                || says(near, &["hco", "hyperconverged", "kubernetes"])
                || says_rejected(around)
            {
                entry.foreign += 1;
            } else if says(near, OWNING) {
                entry.owned += 1;
            }
        }
    }
}

/// The names that stand at a gate: right before it, or behind it with little between. With each the stretch of
/// words from the first to the last.
fn candidates<'p>(words: &[&Word<'p>], start: usize, end: usize) -> Vec<(&'p str, usize, usize)> {
    let mut all = Vec::new();
    // `X` as a new feature gate
    let reach =
        if (start.saturating_sub(3)..start).any(|at| words.get(at).is_some_and(|word| word.lower == "as")) {
            4
        } else {
            2
        };
    let before = (start.saturating_sub(reach)..start).rev();
    for at in before {
        let Some(word) = words.get(at) else { break };
        if let Some(name) = name(word.written, word.code) {
            all.push((name, at, end));
            break;
        }
        // `X` Alpha feature gate
        let goes_on = match reach {
            4 => matches!(
                word.lower.as_ref(),
                "alpha" | "beta" | "new" | "ga" | "as" | "a" | "an" | "the" | "its"
            ),
            _ => matches!(word.lower.as_ref(), "alpha" | "beta" | "new" | "ga"),
        };
        if !goes_on {
            break;
        }
    }
    for at in end..(end + 6).min(words.len()) {
        let Some(word) = words.get(at) else { break };
        if let Some(name) = name(word.written, word.code) {
            all.push((name, start, at));
            break;
        }
        #[rustfmt::skip]
        let goes_on = matches!(
            word.lower.as_ref(),
            "named" | "called" | "name" | "is" | "will" | "be" | "introduced" | "under" | "the"
        );
        // A sentence that ends takes its gate with it.
        if !goes_on || word.after == '.' {
            break;
        }
    }
    all
}

/// Whether a word is written as one of several parts: `ClockPolicy`.
pub(super) fn is_camel(text: &str) -> bool {
    let uppers = text.bytes().filter(u8::is_ascii_uppercase).count();
    let lowers = text.bytes().filter(u8::is_ascii_lowercase).count();
    uppers >= 2 && lowers >= 2
}

/// The name of a gate, where a word can be one: in code marks an identifier, else one in CamelCase.
fn name(text: &str, code: bool) -> Option<&str> {
    let is_identifier = text.len() > 2
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let named = if code { text.bytes().any(|byte| byte.is_ascii_uppercase()) } else { is_camel(text) };
    let of_the_api =
        ["FeatureGates", "DisabledFeatureGates", "KubeVirt", "HyperConverged", "FeatureGate"].contains(&text);
    (is_identifier && named && !of_the_api).then_some(text)
}

/// A word without what stands around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::outline;

    fn read(text: &str) -> Vec<String> {
        let outline = outline(text, 0);
        gates(&outline, Some(7), &crate::prose::blocks(&outline))
            .into_iter()
            .map(|claim| claim.value)
            .collect()
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
            ("Feature gate: `Clock`", "Clock"),
            ("**Feature gate**: ClockPolicy", "ClockPolicy"),
            ("- Feature Gate: Clock (Alpha)", "Clock"),
            ("### Feature Gate: `ClockPolicy`", "ClockPolicy"),
            ("### Feature Gate\n\n`ClockPolicy`", "ClockPolicy"),
            ("### Feature Gates\n\n- `ClockPolicy`: guards all of it", "ClockPolicy"),
            ("Feature gate:\n\nClockPolicy", "ClockPolicy"),
            ("| Item | Value |\n| --- | --- |\n| Feature gate | `ClockPolicy` |", "ClockPolicy"),
            ("| Stage | Feature gate |\n| --- | --- |\n| Alpha | ClockPolicy |", "ClockPolicy"),
            ("| Feature gate | `ClockPolicy` |\n| --- | --- |\n| Stage | Alpha |", "ClockPolicy"),
            ("We add `ClockPolicy` as a feature gate.", "ClockPolicy"),
            ("We add ClockPolicy as a new feature gate.", "ClockPolicy"),
            ("The `ClockPolicy` feature gate will be added.", "ClockPolicy"),
            ("~~A new feature gate `OldClock`~~ A new feature gate `ClockPolicy`.", "ClockPolicy"),
            ("A new feature gate `ClockPolicy`, see issue 12290 of VEP 229.", "ClockPolicy"),
        ] {
            assert_eq!(read(text), [name], "{text}");
        }
    }

    #[test]
    fn two_gates_are_two() {
        for text in [
            "Feature gates: `ClockPolicy` and `ClockSource`",
            "Feature gates: ClockPolicy, ClockSource",
            "### Feature Gates\n\n- `ClockPolicy`\n- `ClockSource`",
            "A new feature gate `ClockPolicy` is added.\n\nFeature gate: `ClockSource`",
        ] {
            assert_eq!(read(text), ["ClockPolicy", "ClockSource"], "{text}");
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
            "~~A new feature gate `ClockPolicy`.~~",
            "A feature gate `ClockPolicy` was considered and rejected.",
            "The `ClockPolicy` feature gate is not used.",
            "We do not introduce a `ClockPolicy` feature gate.",
            "Feature gate: ~~`ClockPolicy`~~",
            "Feature gate: none",
            "Feature gate: TBD",
            "Feature gate: `ClockPolicy` of VEP 2290",
            "VEP-141 introduces a feature gate, `HookServer`, by issue 229.",
            "VEPs 12 and 13 have a new feature gate `ClockPolicy`.",
            "## Rejected ideas\n\nFeature gate: `ClockPolicy`",
            "# VEP #7: Clock Policy\n\nClockPolicy needs no feature gate.",
        ] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
    }
}
