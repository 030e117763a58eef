//! The one reader of what a text says against a feature gate, and of a gate that it promises without a name.
//!
//! A sentence denies a gate where the negation belongs to the gate and the gate would be this VEP's: not that of a
//! stage, of another VEP or of the past, and under no condition. What was rejected, left out or has happened is not
//! read, nor is code, a comment, a question or a box that is not ticked.

use super::{Certainty, Claim, gate_at, labels, says_gate};
use crate::markdown::{Block, Outline, Passage, Sentence, Word};
use crate::template::{self, Aside};
use crate::text::{Span, Spanned};
use crate::vep::{Number, Release, Stage};

/// The sentence that says that this VEP has no feature gate; none where the text names a gate of its own.
pub fn denial(outline: &Outline, own: Option<Number>, named: &[Claim<String>]) -> Option<Spanned<String>> {
    let denied = denied(outline, own)?;
    named.iter().all(|gate| gate.certainty == Certainty::Guess).then_some(denied)
}

/// The sentence that promises a feature gate; none where the text names one of its own, or denies one.
pub fn promise(outline: &Outline, own: Option<Number>, named: &[Claim<String>]) -> Option<Spanned<String>> {
    if !named.is_empty() {
        return None;
    }
    let mut speakers = Speakers::new(outline);
    let promised =
        outline.passages.iter().filter(|it| says_gate(&it.text) && !it.struck).find_map(|passage| {
            speakers
                .lets(passage)
                .then(|| passage.sentences())
                .into_iter()
                .flatten()
                .find(|it| promises(it, own))
                .map(said)
        })?;
    denied(outline, own).is_none().then_some(promised)
}

/// The first sentence that denies a gate, whatever else the text says.
pub(super) fn denied(outline: &Outline, own: Option<Number>) -> Option<Spanned<String>> {
    let mut speakers = Speakers::new(outline);
    let sentence =
        outline.passages.iter().filter(|it| says_gate(&it.text) && !it.struck).find_map(|passage| {
            let counts = !is_open_task(passage) && speakers.lets(passage);
            counts.then(|| passage.sentences()).into_iter().flatten().find(|it| denies(it, own)).map(said)
        });
    let mut speakers = Speakers::new(outline);
    let mut labelled = labels::gates(outline);
    labelled.sort_by_key(|it| it.at);
    let label = labelled.into_iter().find_map(|it| {
        let passage = outline.passages.get(it.at)?;
        let counts = !is_open_task(passage)
            && speakers.lets(passage)
            && is_none(&it.words)
            && !is_partial(&it.words, own);
        counts.then(|| Spanned::new(words_text(&it, passage), it.span))
    });
    match (sentence, label) {
        (Some(one), Some(other)) if other.span.start < one.span.start => Some(other),
        (one, other) => one.or(other),
    }
}

fn is_open_task(passage: &Passage) -> bool {
    passage.kind == Block::Item { ticked: Some(false) }
}

fn said(sentence: Sentence<'_>) -> Spanned<String> {
    Spanned::new(sentence.text(), sentence.span)
}

fn words_text(value: &labels::Labelled<'_>, passage: &Passage) -> String {
    let sentence = Sentence { words: value.words.clone(), span: value.span };
    if value.alone { format!("Feature gate: {}", sentence.text()) } else { passage.unstruck().into_owned() }
}

/// Which passages may speak for the VEP as a whole, asked in the order of the file.
struct Speakers {
    silent: Vec<Span>,
    at: usize,
}

impl Speakers {
    fn new(outline: &Outline) -> Self {
        const ASIDES: [Aside; 4] = [Aside::Rejected, Aside::Excluded, Aside::Past, Aside::Elsewhere];
        let stages = stages(outline);
        let mut silent = template::asides(outline, &ASIDES);
        silent.extend(stages);
        silent.sort_unstable();
        Self { silent, at: 0 }
    }

    fn lets(&mut self, passage: &Passage) -> bool {
        let start = passage.span.start;
        while self.silent.get(self.at).is_some_and(|span| span.end <= start) {
            self.at += 1;
        }
        self.silent.get(self.at).is_none_or(|span| start < span.start)
    }
}

/// The sections of single stages, where the document has several: what they say is said of that stage.
fn stages(outline: &Outline) -> Vec<Span> {
    let of_stage = |name: &str| name.split(' ').next().and_then(Stage::read);
    let sections = || outline.sections.iter().filter_map(|it| Some((of_stage(&it.name)?, it.span)));
    let first = sections().next().map(|(stage, _)| stage);
    if sections().all(|(stage, _)| Some(stage) == first) {
        return vec![];
    }
    let mut spans: Vec<Span> = Vec::new();
    for (_, span) in sections() {
        if !spans.last().is_some_and(|last| last.holds(span)) {
            spans.push(span);
        }
    }
    // The readiness to be on by default stands below Beta and asks about the gate as such.
    for readiness in outline.sections.iter().filter(|it| it.name.starts_with("on by default")) {
        let Some(at) = spans.iter().position(|span| span.holds(readiness.span)) else { continue };
        let whole = spans.remove(at);
        spans.push(Span::new(whole.start, readiness.span.start));
        spans.push(Span::new(readiness.span.end, whole.end));
    }
    spans
}

/// Whether the words of a value say that there is none: `none`, `no`, `N/A (…)`, `not needed`.
pub(super) fn is_none(words: &[Word<'_>]) -> bool {
    let lower = |at: usize| words.get(at).map_or("", |word| word.lower.as_ref());
    let Some(first) = words.first().filter(|word| !word.code) else { return false };
    let ends = |at: usize| {
        let closed =
            words.get(at).is_none_or(|word| matches!(word.after, '.' | ';' | ',' | ':' | '-' | '!' | ')'));
        let next = words.get(at + 1);
        closed || next.is_none_or(|word| word.opens || GOES_ON.contains(&word.lower.as_ref()))
    };
    match first.lower.as_ref() {
        "none" | "n/a" | "na" | "nothing" | "nope" | "unnecessary" | "unneeded" => ends(0),
        "no" => ends(0) || gate_at(words, 1).is_some() || matches!(lower(1), "gate" | "new" | "need"),
        "not" => NOT_WANTED.contains(&lower(1)) && ends(1),
        _ => false,
    }
}

/// Words with which a value that says that there is none goes on.
const GOES_ON: [&str; 11] =
    ["because", "since", "as", "is", "needed", "required", "necessary", "for", "at", "here", "planned"];

/// Words that deny, by themselves.
fn negates(word: &str) -> bool {
    #[rustfmt::skip]
    const NEGATIONS: [&str; 15] = [
        "no", "not", "without", "neither", "never", "cannot", "nor", "skip", "skips", "skipping", "omit", "omits", "omitting",
        "forgo", "forgoes",
    ];
    NEGATIONS.contains(&word) || word.ends_with("n't")
}

/// What a gate is not, where the negation stands behind it.
const NOT_WANTED: &[&str] = &[
    "needed",
    "required",
    "necessary",
    "used",
    "planned",
    "added",
    "introduced",
    "proposed",
    "involved",
    "applicable",
    "wanted",
    "warranted",
    "justified",
];

/// What may stand between a negation and the gate that it denies.
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "a", "an", "any", "new", "own", "dedicated", "separate", "specific", "explicit", "kubevirt", "need", "needs", "needed", "require",
    "requires", "required", "requiring", "have", "has", "having", "add", "adds", "added", "adding", "introduce", "introduces",
    "introduced", "introducing", "introduction", "use", "uses", "used", "using", "propose", "proposes", "proposed", "proposing",
    "include", "includes", "involve", "involves", "plan", "plans", "planned", "planning", "to", "be", "been", "being", "is", "are",
    "it", "guarded", "gated", "protected", "hidden", "controlled", "covered", "put", "placed", "behind", "by", "with", "under",
    "through", "via", "graduation", "phases", "for", "of", "kind", "sort", "at", "all", "really", "actually", "itself", "strictly", "come", "comes",
    "ship", "ships", "shipping", "shipped", "get", "gets", "going", "want", "make", "makes", "sense", "define", "defines", "provide", "provides",
    "see", "think", "believe", "warrant", "warrants", "justify", "justifies", "necessitate", "necessitates", "call", "calls",
    "reason", "point", "necessary", "create", "creates", "creating", "there", "will", "should", "we", "that", "this", "feature", "vep",
    "proposal", "change", "enhancement",
];

/// Words behind "feature gate" that make it a part of something else, or a gate that exists.
#[rustfmt::skip]
const COMPOUNDS: &[&str] = &[
    "state", "states", "check", "checks", "name", "names", "value", "values", "list", "api", "field", "fields", "config",
    "configuration", "mechanism", "changes", "documentation", "removal", "graduation", "machinery", "logic", "handling",
    "enabled", "disabled", "set", "configured", "active", "specified", "turned", "on", "off", "toggle", "exists", "with", "but",
    "except", "besides", "beyond", "other", "apart", "would", "could", "might", "may", "cannot", "until", "unless",
];

/// Words before the cause that make a sentence one about a time, a condition or a chance.
#[rustfmt::skip]
const TURNS: &[&str] = &[
    "if", "unless", "whether", "when", "whenever", "until", "once", "while", "might", "may", "maybe", "perhaps", "possibly",
    "probably", "unclear", "anymore", "yet", "currently", "now", "today", "initially", "temporarily", "still", "longer", "previously",
    "formerly", "originally", "earlier", "before", "after", "had", "only", "question", "questions", "issues", "considered", "suppose",
    "except", "argue", "argued", "suggested", "claimed", "another", "would", "could", "far", "past", "during", "phase", "initial", "stage",
];

/// Those of whom a sentence may speak that are not this VEP.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "kubernetes", "k8s", "libvirt", "qemu", "hco", "hyperconverged", "cdi", "upstream", "kubelet", "containerd", "multus", "others",
    "keps", "kep", "veps",
];

/// What opens a reason: what is said behind it is not the denial.
const CAUSES: &[&str] = &["because", "since", "as", "so", "given", "due"];

/// Whether a sentence says that this VEP has no feature gate.
fn denies(sentence: &Sentence<'_>, own: Option<Number>) -> bool {
    let words = &sentence.words;
    if words.last().is_some_and(|word| word.after == '?') || is_past(words) {
        return false;
    }
    (0..words.len()).any(|at| {
        let Some(length) = gate_at(words, at) else { return false };
        if words.get(at).is_some_and(|word| word.code) {
            return false;
        }
        let end = at + length;
        let negation = before(words, at).or_else(|| behind(words, at, end));
        let Some(negation) = negation else { return false };
        let next = words.get(end).map_or("", |word| word.lower.as_ref());
        let closed = words.get(end - 1).is_some_and(|word| word.after != ' ');
        if !closed && COMPOUNDS.contains(&next) {
            return false;
        }
        let clause = clause(words, at.min(negation), end);
        !is_partial(clause, own)
    })
}

/// How many words are read on each side of a gate: no clause of a person is longer.
const MAX_CLAUSE: usize = 40;

/// The clause around a denial: from the mark or conjunction before it to the cause or mark behind it.
fn clause<'w, 'p>(words: &'w [Word<'p>], from: usize, to: usize) -> &'w [Word<'p>] {
    let least = from.saturating_sub(MAX_CLAUSE);
    let before = words.get(least..from).unwrap_or_default();
    let start = before.iter().rposition(|word| {
        matches!(word.after, ';' | ':') || CAUSES.contains(&word.lower.as_ref()) && word.lower != "as"
    });
    let ends = |at: usize| {
        words.get(at - 1).is_some_and(|word| matches!(word.after, ';' | ':' | '-'))
            || words.get(at).is_some_and(|word| word.opens || CAUSES.contains(&word.lower.as_ref()))
    };
    let most = (to + MAX_CLAUSE).min(words.len());
    let end = (to..most).find(|at| ends(*at)).unwrap_or(most);
    words.get(start.map_or(least, |at| least + at + 1)..end).unwrap_or_default()
}

/// The negation before the gate, with nothing between the two that it could belong to.
fn before(words: &[Word<'_>], at: usize) -> Option<usize> {
    let from = at.saturating_sub(12);
    let near = words.get(from..at)?;
    let negation = near.iter().rposition(|word| negates(&word.lower) && !word.code)?;
    let between = near.get(negation + 1..)?;
    // A mark ends what the negation belongs to; `no API, no feature gate` has one of its own.
    let marked = near
        .get(negation..)?
        .iter()
        .any(|word| matches!(word.after, ',' | ';' | ':' | '.' | '-' | ')') || word.opens);
    let listed = between.iter().rposition(|word| matches!(word.lower.as_ref(), "or" | "nor"));
    let allowed =
        |words: &[Word<'_>]| words.iter().all(|word| !word.code && BETWEEN.contains(&word.lower.as_ref()));
    let belongs = match listed {
        // `no new API or feature gate`
        Some(or) => {
            or <= 4
                && allowed(between.get(or + 1..)?)
                && !between.get(..or)?.iter().any(|word| is_turn(&word.lower))
        }
        None => allowed(between),
    };
    let twice = near
        .get(negation.saturating_sub(4)..negation)?
        .iter()
        .any(|word| negates(&word.lower) && word.after != ',');
    (belongs && !marked && !twice).then_some(from + negation)
}

/// `is not needed`, `are unnecessary` behind the gate.
fn behind(words: &[Word<'_>], at: usize, end: usize) -> Option<usize> {
    let lower = |at: usize| words.get(at).map_or("", |word| word.lower.as_ref());
    let existing =
        at > 0 && matches!(lower(at - 1), "the" | "its" | "that" | "other" | "another" | "existing");
    let is_name =
        at > 0 && words.get(at - 1).is_some_and(|word| word.code || super::gates::is_camel(word.written));
    let marked = words.get(end - 1).is_some_and(|word| word.after != ' ');
    if existing || is_name || marked {
        return None;
    }
    let verb = matches!(
        lower(end),
        "is" | "are"
            | "will"
            | "would"
            | "do"
            | "does"
            | "should"
            | "seems"
            | "seem"
            | "isn't"
            | "aren't"
            | "won't"
            | "don't"
            | "doesn't"
    );
    if !verb {
        return None;
    }
    let rest =
        (end..end + 5).take_while(|at| *at == end || words.get(at - 1).is_some_and(|word| word.after == ' '));
    let rest: Vec<&str> = rest.map(lower).collect();
    if rest.iter().any(|word| matches!(*word, "unnecessary" | "unneeded" | "superfluous")) {
        return Some(at);
    }
    let not = rest.iter().position(|word| negates(word))?;
    let wanted = rest.iter().skip(not).any(|word| NOT_WANTED.contains(word) || *word == "apply");
    (not <= 2 && wanted).then_some(at)
}

fn is_turn(word: &str) -> bool {
    TURNS.contains(&word)
}

/// Whether a clause speaks of less than this VEP as a whole: a stage, a time, a condition, another VEP.
fn is_partial(clause: &[Word<'_>], own: Option<Number>) -> bool {
    let lower = |at: usize| clause.get(at).map_or("", |word| word.lower.as_ref());
    let cause = clause.iter().position(|word| CAUSES.contains(&word.lower.as_ref()) || word.opens);
    let said = clause.get(..cause.filter(|at| *at > 0).unwrap_or(clause.len())).unwrap_or_default();
    let more = |at: usize| matches!(lower(at), "any") && lower(at + 1) == "more";
    let whole = |at: usize| {
        let before = [at.wrapping_sub(1), at.wrapping_sub(2)];
        before.iter().any(|at| {
            matches!(lower(*at), "to" | "as" | "directly" | "straight" | "immediately" | "guarded" | "into")
        })
    };
    let of_stage = |at: usize| Stage::read(lower(at)).is_some() && !whole(at);
    let of_time = |at: usize| {
        Release::read(lower(at)).is_some()
            && at > 0
            && matches!(
                lower(at - 1),
                "since" | "from" | "until" | "before" | "after" | "in" | "for" | "with"
            )
    };
    (0..said.len()).any(|at| is_turn(lower(at)) || more(at) || of_stage(at) || of_time(at))
        || is_anothers(said, own)
}

/// Whether a clause is about somebody else: the last of whom it speaks before its verb, or for whom it says it.
fn is_anothers(clause: &[Word<'_>], own: Option<Number>) -> bool {
    let lower = |at: usize| clause.get(at).map_or("", |word| word.lower.as_ref());
    let other_vep = |at: usize| {
        matches!(lower(at), "vep" | "veps")
            && lower(at + 1).parse::<Number>().is_ok_and(|number| Some(number) != own)
            || is_joined_number(lower(at), own)
    };
    let this = |at: usize| matches!(lower(at), "this" | "we" | "our" | "i");
    let mut theirs = false;
    for at in 0..clause.len() {
        // Whom it is compared with is not whom it speaks of.
        if at > 0 && matches!(lower(at - 1), "like" | "unlike" | "than") {
            continue;
        }
        if other_vep(at) || OTHERS.contains(&lower(at)) {
            theirs = true;
        } else if this(at) {
            theirs = false;
        }
    }
    theirs
}

/// `vep-12`, where that is another.
pub(super) fn is_joined_number(word: &str, own: Option<Number>) -> bool {
    let number = word.strip_prefix("vep").map(|rest| rest.trim_start_matches(['-', '#']));
    number.and_then(|rest| rest.parse::<Number>().ok()).is_some_and(|number| Some(number) != own)
}

/// Whether what is denied was so once: `had no`, `was not guarded by`, `did not have`.
fn is_past(words: &[Word<'_>]) -> bool {
    let lower = |at: usize| words.get(at).map_or("", |word| word.lower.as_ref());
    (0..words.len()).any(|at| match lower(at) {
        "had" => negates(lower(at + 1)),
        "was" | "were" => negates(lower(at + 1)),
        "wasn't" | "weren't" | "hadn't" => true,
        "did" => lower(at + 1) == "not" && matches!(lower(at + 2), "have" | "need" | "require" | "exist"),
        "didn't" => matches!(lower(at + 1), "have" | "need" | "require" | "exist"),
        _ => false,
    })
}

/// Words between which a gate without a name is promised.
#[rustfmt::skip]
const PUTS: &[&str] = &[
    "behind", "guarded", "gated", "protected", "controlled", "hidden", "under", "add", "adds", "adding", "added", "introduce", "introduces",
    "introducing", "introduced", "have", "has", "need", "needs", "require", "requires", "create", "creates", "creating", "use",
    "uses", "through", "via", "by", "with",
];

/// Whether a sentence promises this VEP a gate.
fn promises(sentence: &Sentence<'_>, own: Option<Number>) -> bool {
    let words = &sentence.words;
    if words.last().is_some_and(|word| word.after == '?') || is_past(words) || denies(sentence, own) {
        return false;
    }
    let lower = |at: usize| words.get(at).map_or("", |word| word.lower.as_ref());
    (0..words.len()).any(|at| {
        let Some(length) = gate_at(words, at) else { return false };
        let from = at.saturating_sub(6);
        let before = words.get(from..at).unwrap_or_default();
        let one = before
            .iter()
            .rev()
            .take(3)
            .any(|word| matches!(word.lower.as_ref(), "a" | "new" | "own" | "dedicated"));
        let puts = before.iter().any(|word| PUTS.contains(&word.lower.as_ref()));
        let will = matches!(lower(at + length), "will" | "guards" | "controls" | "protects");
        let negated = before.iter().any(|word| negates(&word.lower)) || negates(lower(at + length + 1));
        let clause = clause(words, from, at + length);
        one && (puts || will)
            && !negated
            && !is_anothers(clause, own)
            && !clause.iter().any(|word| {
                matches!(
                    word.lower.as_ref(),
                    "if" | "whether" | "unless" | "could" | "might" | "instead" | "rejected"
                )
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::outline;

    type Reader = fn(&Outline, Option<Number>, &[Claim<String>]) -> Option<Spanned<String>>;

    fn read_by(text: &str, reader: Reader) -> Option<Spanned<String>> {
        let outline = outline(text, 0);
        let gates = crate::prose::gates(&outline, Some(7), &crate::prose::blocks(&outline));
        reader(&outline, Some(7), &gates)
    }

    fn read(text: &str) -> Option<String> {
        read_by(text, denial).map(|said| said.value)
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
            "Feature gate: none",
            "Feature gate needed: no.",
            "Feature gate required? No.",
            "**Feature gate**: N/A (nothing changes at run time)",
            "- Feature gate - none, it is a fix",
            "Feature gates are unnecessary here.",
            "# Feature Gate\n\nNone. It is a fix.",
            "| Stage | Feature gate |\n| --- | --- |\n| GA | none |",
            "| Item | Value |\n| --- | --- |\n| Feature gate | not needed |",
            "There is no need for a feature gate.",
            "The change goes directly to GA without a feature gate.",
            "It goes straight to GA, so no feature gate is needed.",
            "No new API or feature gate is introduced.",
            "No feature gate is needed, since nothing changes when the field is not set.",
            "Like VEP 12, this VEP needs no feature gate.",
            "This VEP, unlike VEP 12, has no feature gate.",
            "This proposal does not need to be guarded by a feature gate.",
            "Feature Gate: No",
            "We believe that a feature gate is not necessary.",
            "- [x] No feature gate is needed",
            "VEP 7 has no feature gate.",
            "It was decided that no feature gate is needed.",
            "No feature gate is required for this VEP.",
        ] {
            assert!(read(yes).is_some(), "{yes}");
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
            "At GA there is no feature gate any more.",
            "Once it is stable no feature gate is needed.",
            "In Beta there is no feature gate.",
            "The feature has no feature gate at GA.",
            "VEP 12 has no feature gate; this one will have one.",
            "VEP-12 needs no feature gate.",
            "VEP 12, unlike this one, has no feature gate.",
            "No feature gate is needed in the first phase.",
            "Kubernetes has no feature gate for it.",
            "The API had no feature gate before.",
            "It was not guarded by a feature gate.",
            "There is no feature gate yet.",
            "There is currently no feature gate.",
            "- [ ] No feature gate is needed",
            "We may not need a feature gate.",
            "With no feature gate enabled the field is dropped.",
            "No feature gate but the one of the API is needed.",
            "~~No feature gate is needed.~~",
            "<!-- No feature gate is needed. -->",
            "`No feature gate is needed.`",
            "## Alternatives\n\nNo feature gate is needed.",
            "## Non Goals\n\n- No feature gate",
            "## Implementation History\n\n- No feature gate is needed.",
            "### Alpha\n\nx\n\n### GA\n\n- No feature gate",
            "Feature gate: none of the existing ones is enough.",
            "Feature gate: TBD",
            "Feature gate for GA: none",
            "Feature gate: none at GA",
            "No feature gate is needed.\n\nFeature gate: `ClockPolicy`",
            "This does not change the behaviour of a feature gate.",
            "It needs no `ClockPolicy` feature gate.",
            "No additional feature gate is needed.",
        ] {
            assert_eq!(read(no), None, "{no}");
        }
    }

    #[test]
    fn a_gate_that_is_promised_without_a_name_is_told_apart() {
        for yes in [
            "It will be behind a feature gate.",
            "A new feature gate will be added.",
            "- [ ] Add a feature gate",
            "All of it is guarded by a new Alpha feature gate.",
        ] {
            assert!(read_by(yes, promise).is_some(), "{yes}");
            assert_eq!(read(yes), None, "{yes}");
        }
        for no in [
            "It will be behind a feature gate named `ClockPolicy`.",
            "No feature gate is needed.",
            "It was behind a feature gate before, which was not needed.",
            "VEP 12 is behind a feature gate.",
            "## Alternatives\n\nPut it behind a feature gate.",
            "Is it behind a feature gate?",
        ] {
            assert!(read_by(no, promise).is_none(), "{no}");
        }
    }
}
