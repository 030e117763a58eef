//! What a text says of its own progress: that a stage shipped, slipped or has not come, that the VEP was deferred,
//! withdrawn, rejected or replaced, and whom it replaces.

use super::Spoken;
use super::stems::Stems;
use crate::markdown::{Block, Outline, Passage, Sentence, Word};
use crate::template::{self, Aside, Role};
use crate::text::{Span, Spanned};
use crate::vep::{Number, Release, Stage, Status};
use jiff::civil::{Date, date};

/// What says that a stage shipped in a release: a line of the history that speaks of the stage and was written after
/// the release was out (`ga` is its planned day), or a sentence that says so of the past.
pub fn confirms(outline: &Outline, stage: Stage, release: Release, ga: Option<Date>) -> Option<Span> {
    let history = template::of_role(outline, Role::History).map(|section| section.span);
    let says = |passage: &Passage| {
        stage_stems(stage).are_in(&passage.text)
            && (SHIPPED_STEMS.are_in(&passage.text) || history.is_some_and(|span| span.holds(passage.span)))
    };
    spoken(outline, says).find_map(|spoken| {
        let dated = dated(spoken.passage);
        let in_time = dated.is_none_or(|day| ga.is_some_and(|ga| day > ga));
        let in_history = history.is_some_and(|span| span.holds(spoken.passage.span));
        let is_heading = matches!(spoken.passage.kind, Block::Heading(_));
        if is_heading || !in_time || spoken.passage.kind == (Block::Item { ticked: Some(false) }) {
            return None;
        }
        // An entry of the history is one statement, whatever its sentences are.
        let passage: Vec<&Word<'_>> = spoken.sentences.iter().flat_map(|sentence| &sentence.words).collect();
        let entry =
            in_history && dated.is_some() && speaks_of(&passage, stage, release, false) && !is_open(&passage);
        if entry {
            return Some(spoken.passage.span);
        }
        spoken
            .sentences
            .iter()
            .find(|sentence| {
                let words: Vec<&Word<'_>> = sentence.words.iter().collect();
                speaks_of(&words, stage, release, true) && !is_open(&words) && says_shipped(&words)
            })
            .map(|sentence| sentence.span)
    })
}

/// What says that a stage shipped in a release, in a line of the text or by its ticked boxes.
pub fn shipped(outline: &Outline, stage: Stage, release: Release, ga: Option<Date>) -> Option<Span> {
    confirms(outline, stage, release, ga).or_else(|| ticked(outline, stage))
}

/// Whether words speak of a stage, and of no other release; with `named` the release has to be there.
fn speaks_of(words: &[&Word<'_>], stage: Stage, release: Release, named: bool) -> bool {
    let mut releases = words.iter().filter_map(|word| release_of(word)).peekable();
    let has_any = releases.peek().is_some();
    let has_it = releases.any(|it| it == release);
    words.iter().any(|word| is_stage(word, stage)) && (has_it || !has_any && !named)
}

fn is_stage(word: &Word<'_>, stage: Stage) -> bool {
    let ga = ["gaed", "ga'd", "ga'ed"];
    !word.code
        && (Stage::read(&word.lower) == Some(stage)
            || stage == Stage::Ga && ga.contains(&word.lower.as_ref()))
}

/// A release in a word of prose: `v1.9`, `1.10.0`; a bare number of two parts has to look like one of KubeVirt's.
pub(super) fn release_of(word: &Word<'_>) -> Option<Release> {
    let release = Release::read(&word.lower)?;
    (word.lower.starts_with('v') || release.major <= 1).then_some(release)
}

/// How the words of [`SHIPPED`] begin.
static SHIPPED_STEMS: Stems = Stems::new(&["releas", "ship", "out", "reach", "graduat", "gaed"]);

fn stage_stems(stage: Stage) -> &'static Stems {
    static ALPHA: Stems = Stems::new(&["alpha"]);
    static BETA: Stems = Stems::new(&["beta"]);
    static GA: Stems = Stems::new(&["ga"]);
    match stage {
        Stage::Alpha => &ALPHA,
        Stage::Beta => &BETA,
        Stage::Ga => &GA,
    }
}

/// Words of what has happened to a release.
const SHIPPED: [&str; 7] = ["released", "shipped", "ships", "out", "reached", "graduated", "gaed"];

fn says_shipped(words: &[&Word<'_>]) -> bool {
    words.iter().any(|word| SHIPPED.contains(&word.lower.as_ref()))
}

/// Words of what is still to come, or did not come.
#[rustfmt::skip]
const OPEN: [&str; 31] = [
    "not", "no", "never", "will", "should", "would", "may", "might", "plan", "plans", "planned", "planning", "target", "targets",
    "targeted", "targeting", "propose", "proposes", "proposed", "criteria", "retarget", "retargeted", "expected", "aim", "until", "if",
    "once", "when", "after", "before", "slipped",
];

fn is_open(words: &[&Word<'_>]) -> bool {
    let open = |word: &str| OPEN.contains(&word) || word.ends_with("n't") || SLIPS.contains(&word);
    words.iter().any(|word| open(&word.lower))
}

/// The day with which an entry begins, in any of the forms that real documents have.
fn dated(passage: &Passage) -> Option<Date> {
    let text = passage.unstruck();
    text.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '(' | ')')).take(3).find_map(day)
}

fn day(word: &str) -> Option<Date> {
    let parts: Vec<&str> = word.trim_matches(|c: char| !c.is_ascii_digit()).split(['-', '/', '.']).collect();
    let [one, two, three] = parts.as_slice() else { return None };
    let number = |text: &str| text.parse::<i16>().ok();
    let (year, month, day) = match (one.len(), three.len()) {
        (4, _) => (one, two, three),
        (_, 4) => (three, two, one),
        _ => return None,
    };
    Date::new(number(year)?, i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?)
        .ok()
        .filter(|day| *day >= date(2000, 1, 1))
}

/// Where all boxes of a stage's criteria are ticked: the first of them.
pub fn ticked(outline: &Outline, stage: Stage) -> Option<Span> {
    let graduation = template::of_role(outline, Role::Graduation)?;
    let of_stage = |name: &str| {
        name.split(' ').next().and_then(Stage::read) == Some(stage)
            || stage == Stage::Ga && name.starts_with("general availability")
    };
    let section =
        outline.sections.iter().find(|it| graduation.span.holds(it.heading) && of_stage(&it.name))?;
    let mut boxes = outline.within(section.span).iter().filter_map(|it| match it.kind {
        Block::Item { ticked: Some(ticked) } if !it.struck => Some((ticked, it.span)),
        _ => None,
    });
    let first = boxes.next()?;
    (first.0 && boxes.all(|(ticked, _)| ticked)).then_some(first.1)
}

/// Words of what did not make its release.
const SLIPS: [&str; 10] = [
    "slipped",
    "slips",
    "slip",
    "postponed",
    "postpone",
    "delayed",
    "delay",
    "missed",
    "retargeted",
    "pushed",
];

/// What says that a stage has not come: it slipped, was postponed, has not shipped, or nothing is implemented yet.
/// `release` is the one it was targeted for.
pub fn denies_stage(outline: &Outline, stage: Stage, release: Release) -> Option<Spanned<String>> {
    let history = template::of_role(outline, Role::History).map(|section| section.span);
    let says = |passage: &Passage| DENIAL_STEMS.are_in(&passage.text);
    spoken(outline, says).filter(|it| it.passage.kind != (Block::Item { ticked: Some(false) })).find_map(
        |spoken| {
            let in_history = history.is_some_and(|span| span.holds(spoken.passage.span));
            let denies = |sentence: &&Sentence<'_>| denies_it(sentence, stage, release, in_history);
            spoken.sentences.iter().find(denies).map(|it| Spanned::new(it.text(), it.span))
        },
    )
}

fn denies_it(sentence: &Sentence<'_>, stage: Stage, release: Release, in_history: bool) -> bool {
    let words = &sentence.words;
    let lower = |at: usize| words.get(at).map_or("", |word| word.lower.as_ref());
    if words.last().is_some_and(|word| word.after == '?')
        || words.iter().any(|word| matches!(word.lower.as_ref(), "if" | "unless" | "when"))
    {
        return false;
    }
    let of_stage = words.iter().any(|word| is_stage(word, stage));
    let of_release = words.iter().any(|word| release_of(word) == Some(release));
    let of_another =
        words.iter().any(|word| !word.code && Stage::read(&word.lower).is_some_and(|it| it != stage));
    let of_it = of_stage || of_release || in_history && !of_another;
    let made = (0..words.len()).any(|at| lower(at) == "make" && negates(lower(at.wrapping_sub(1))));
    let slips = made
        || (0..words.len()).any(|at| {
            SLIPS.contains(&lower(at))
                && (lower(at) != "pushed" || matches!(lower(at + 1), "back" | "out" | "to"))
                && !(0..3).any(|back| negates(lower(at.wrapping_sub(back + 1))))
        });
    if slips && of_it {
        return true;
    }
    let begins = matches!(lower(0), "not" | "nothing");
    let yet = words.iter().any(|word| word.lower == "yet");
    let itself = matches!(lower(0), "the" | "this" | "implementation" | "work")
        && words.iter().take(2).any(|word| {
            matches!(word.lower.as_ref(), "implementation" | "vep" | "feature" | "work" | "proposal")
        });
    (0..words.len()).any(|at| {
        let not = negates(lower(at)) || lower(at) == "nothing";
        let done = (at + 1..at + 5).find(|next| DONE.contains(&lower(*next)));
        let is_work =
            done.is_some_and(|done| matches!(lower(done), "implemented" | "started" | "merged" | "begun"));
        not && done.is_some()
            && (of_stage
                || of_release && !of_another
                || is_work && !of_another && (in_history || begins || yet && itself))
    })
}

fn negates(word: &str) -> bool {
    matches!(word, "not" | "never" | "no") || word.ends_with("n't")
}

/// How the words begin without which nothing is denied: those of [`SLIPS`], `make`, and those of [`DONE`].
static DENIAL_STEMS: Stems = Stems::new(&[
    "slip",
    "postpon",
    "delay",
    "missed",
    "retarget",
    "pushed",
    "make",
    "shipped",
    "releas",
    "implement",
    "merged",
    "reached",
    "graduat",
    "landed",
    "started",
    "begun",
    "ready",
]);

/// What had to happen.
const DONE: [&str; 10] = [
    "shipped",
    "released",
    "implemented",
    "merged",
    "reached",
    "graduated",
    "landed",
    "started",
    "begun",
    "ready",
];

/// What a text says of the VEP's own state, in so many words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub status: Status,
    /// Whether the sentence speaks of this VEP and of nothing else; else it has to be asked.
    pub is_sure: bool,
    /// The sentence.
    pub said: Spanned<String>,
}

/// The words of the states that end or halt a VEP.
const STATES: [(&str, Status); 8] = [
    ("deferred", Status::Deferred),
    ("hold", Status::Deferred),
    ("withdrawn", Status::Withdrawn),
    ("abandoned", Status::Withdrawn),
    ("rejected", Status::Rejected),
    ("declined", Status::Rejected),
    ("superseded", Status::Replaced),
    ("replaced", Status::Replaced),
];

/// How the words of [`STATES`] begin.
static STATE_STEMS: Stems = Stems::new(&[
    "deferred",
    "hold",
    "withdrawn",
    "abandoned",
    "rejected",
    "declined",
    "superseded",
    "replaced",
]);

/// The states that a text says of its VEP.
pub fn standings(outline: &Outline) -> Vec<Standing> {
    let mut found = Vec::new();
    let says = |passage: &Passage| STATE_STEMS.are_in(&passage.text);
    for spoken in spoken(outline, says) {
        for sentence in &spoken.sentences {
            found.extend(standing(sentence));
        }
    }
    found
}

fn standing(sentence: &Sentence<'_>) -> Option<Standing> {
    let words = &sentence.words;
    let lower = |at: usize| words.get(at).map_or("", |word| word.lower.as_ref());
    let (at, status) = (0..words.len()).find_map(|at| {
        let (_, status) = STATES.iter().find(|(word, _)| *word == lower(at))?;
        let is_hold = lower(at) != "hold" || lower(at.wrapping_sub(1)) == "on";
        (is_hold && !words.get(at)?.code).then_some((at, *status))
    })?;
    let conditional = words.iter().any(|word| {
        matches!(
            word.lower.as_ref(),
            "if" | "unless" | "when" | "would" | "could" | "should" | "may" | "might" | "whether"
        )
    });
    let negated = (0..3).any(|back| negates(lower(at.wrapping_sub(back + 1))));
    let asked = words.last().is_some_and(|word| word.after == '?');
    if conditional || negated || asked {
        return None;
    }
    let begin = if lower(at) == "hold" { at.saturating_sub(1) } else { at };
    let said = || Spanned::new(sentence.text(), sentence.span);
    // `Status: deferred`
    let labelled =
        begin == 1 && lower(0) == "status" || begin == 2 && lower(0) == "proposal" && lower(1) == "status";
    let verb = match (lower(begin.wrapping_sub(2)), lower(begin.wrapping_sub(1))) {
        ("has", "been") => begin.checked_sub(2),
        (_, "is" | "was") => begin.checked_sub(1),
        (_, "currently" | "now") => begin.checked_sub(2).filter(|at| matches!(lower(*at), "is" | "was")),
        _ => None,
    };
    let subject = |end: usize| {
        end == 2
            && matches!(lower(0), "this" | "the")
            && matches!(lower(1), "vep" | "proposal" | "enhancement")
    };
    let itself = verb.is_some_and(subject);
    // A VEP that is deferred to a release is retargeted.
    let retargets = status == Status::Deferred && lower(at + 1) == "to";
    if itself || labelled {
        return Some(Standing { status, is_sure: !retargets && status != Status::Replaced, said: said() });
    }
    let speaks_of_one =
        words.get(begin.saturating_sub(7)..begin).unwrap_or_default().windows(2).any(|pair| {
            let [article, noun] = pair else { return false };
            matches!(article.lower.as_ref(), "this" | "the")
                && matches!(noun.lower.as_ref(), "vep" | "proposal" | "enhancement")
        });
    (verb.is_some() && speaks_of_one || begin == 0 && words.len() <= 8 && status != Status::Replaced)
        .then(|| Standing { status, is_sure: false, said: said() })
}

/// How a text ties its VEP to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The other VEP.
    pub other: Number,
    /// Whether the other one takes this one's place, not this one the other's.
    pub is_successor: bool,
    /// Whether the sentence says it of this VEP itself; else it has to be asked.
    pub is_sure: bool,
    /// The sentence.
    pub said: Spanned<String>,
}

/// How the words begin that tie one VEP to another.
static TIE_STEMS: Stems = Stems::new(&["supersede", "replace", "obsolete"]);

/// The VEPs that a text says this one replaces, or is replaced by.
pub fn ties(outline: &Outline, own: Option<Number>) -> Vec<Tie> {
    let mut found = Vec::new();
    let says = |passage: &Passage| TIE_STEMS.are_in(&passage.text);
    for spoken in spoken(outline, says) {
        let mut of_this = false;
        for sentence in &spoken.sentences {
            let lower = |at: usize| sentence.words.get(at).map_or("", |word| word.lower.as_ref());
            let this =
                matches!(lower(0), "this" | "the") && matches!(lower(1), "vep" | "proposal" | "enhancement");
            let it = lower(0) == "it" && of_this;
            of_this = this || it;
            found.extend(tie(sentence, own, this || it));
        }
    }
    found
}

fn tie(sentence: &Sentence<'_>, own: Option<Number>, of_this: bool) -> Option<Tie> {
    let words = &sentence.words;
    let lower = |at: usize| words.get(at).map_or("", |word| word.lower.as_ref());
    let asked = words.last().is_some_and(|word| word.after == '?')
        || words.iter().any(|word| {
            matches!(word.lower.as_ref(), "if" | "would" | "could" | "might" | "may" | "not" | "should")
        });
    if asked {
        return None;
    }
    let number = |at: usize| match lower(at) {
        "vep" => lower(at + 1).parse::<Number>().ok(),
        word => word.strip_prefix("vep")?.trim_start_matches(['-', '#']).parse().ok(),
    };
    (0..words.len()).find_map(|at| {
        let (is_successor, behind) = match (lower(at), lower(at + 1)) {
            ("superseded" | "replaced" | "obsoleted", "by") => (true, at + 2),
            ("supersedes" | "replaces" | "obsoletes", _) => (false, at + 1),
            _ => return None,
        };
        let other = number(behind).filter(|number| Some(*number) != own)?;
        // Only what stands right behind its subject is said of it.
        let near = at <= if is_successor { 5 } else { 3 };
        let said = Spanned::new(sentence.text(), sentence.span);
        Some(Tie { other, is_successor, is_sure: of_this && near, said })
    })
}

/// The passages that speak for the VEP or of what happened to it and may say what is looked for, with their sentences.
fn spoken(outline: &Outline, says: impl Fn(&Passage) -> bool) -> impl Iterator<Item = Spoken<'_>> {
    template::besides(outline, &[Aside::Rejected, Aside::Elsewhere, Aside::Excluded])
        .filter(move |passage| !passage.struck && says(passage))
        .map(Spoken::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::outline;

    const V19: Release = Release { major: 1, minor: 9 };

    fn history(line: &str) -> String {
        format!("## Implementation History\n\n- {line}\n")
    }

    #[test]
    fn a_line_confirms_a_stage_only_where_it_was_written_after_the_release() {
        let ga = Some(date(2026, 7, 22));
        let confirmed = |text: &str, stage| confirms(&outline(text, 0), stage, V19, ga).is_some();
        for yes in [
            "2026-07-30: GA shipped in v1.9",
            "2026-08-01: the feature is GA",
            "01-08-2026: GA released with v1.9.0",
            "v1.9 released with the feature in GA.",
        ] {
            assert!(confirmed(&history(yes), Stage::Ga), "{yes}");
        }
        assert!(confirmed("## Overview\n\nv1.9 released with the feature in Alpha.", Stage::Alpha));
        for no in [
            "2026-06-25: Promoted Feature to GA. PR: x",
            "**v1.9 (GA)**: legacy code removed",
            "2026-08-01: GA slipped to v1.10",
            "2026-08-01: GA criteria updated",
            "2026-08-01: Beta shipped in v1.9",
            "2026-08-01: GA shipped in v1.8",
            "2026-08-01: GA is planned",
            "GA will be released in v1.9.",
            "v1.9 was released.",
            "~~2026-08-01: GA shipped in v1.9~~",
        ] {
            assert!(!confirmed(&history(no), Stage::Ga), "{no}");
        }
    }

    #[test]
    fn what_denies_a_stage_is_read() {
        let denied = |text: &str| denies_stage(&outline(&history(text), 0), Stage::Ga, V19).is_some();
        for yes in [
            "GA has not shipped.",
            "Not implemented yet.",
            "2026-07-20: GA slipped to v1.10.",
            "GA was postponed.",
            "GA is delayed.",
            "GA did not make v1.9.",
            "The implementation has not started.",
            "GA isn't released yet.",
            "v1.9 was missed.",
            "2026-08-01: postponed to v1.10",
        ] {
            assert!(denied(yes), "{yes}");
        }
        for no in [
            "GA shipped.",
            "Beta slipped to v1.8.",
            "GA has not slipped.",
            "If GA is delayed, tell the SIG.",
            "2026-07-20: GA",
        ] {
            assert!(!denied(no), "{no}");
        }
        let elsewhere = |text: &str| denies_stage(&outline(text, 0), Stage::Ga, V19).is_some();
        assert!(!elsewhere(
            "## Design\n\nPackets are delayed by the proxy. It is not implemented in libvirt yet, which we need to have in time."
        ));
        assert!(!elsewhere("## Beta\n\n- KEP-5304 is not yet merged in Kubernetes"));
        assert!(elsewhere("## Overview\n\nNot implemented yet."));
    }

    #[test]
    fn a_state_is_said_of_the_vep_itself() {
        let read = |text: &str| {
            let found = standings(&outline(text, 0));
            found.first().map(|it| (it.status, it.is_sure))
        };
        for (text, status, sure) in [
            ("This VEP is deferred.", Status::Deferred, true),
            ("This VEP is on hold until somebody has time.", Status::Deferred, true),
            ("This proposal was withdrawn by its author.", Status::Withdrawn, true),
            ("The VEP has been rejected.", Status::Rejected, true),
            ("Status: Deferred", Status::Deferred, true),
            ("This VEP is deferred to v1.10.", Status::Deferred, false),
            ("Work on this VEP is on hold.", Status::Deferred, false),
            ("Withdrawn by its author.", Status::Withdrawn, false),
            ("This VEP is superseded by VEP 502.", Status::Replaced, false),
        ] {
            assert_eq!(read(text), Some((status, sure)), "{text}");
        }
        for text in [
            "vCMDQ is deferred to a follow-up VEP.",
            "This VEP is not deferred.",
            "The request is rejected.",
            "If this VEP is rejected, nothing changes.",
            "Is this VEP deferred?",
            "## Alternatives\n\nThis proposal was rejected.",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn whom_a_vep_replaces_is_read_where_it_is_said_of_itself() {
        let read = |text: &str| {
            ties(&outline(text, 0), Some(7))
                .into_iter()
                .map(|it| (it.other, it.is_successor, it.is_sure))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            read("This VEP is superseded by VEP 502. It replaces VEP 400."),
            [(502, true, true), (400, false, true)]
        );
        assert_eq!(read("This VEP replaces VEP-40."), [(40, false, true)]);
        assert_eq!(read("Superseded by VEP #502."), [(502, true, false)]);
        assert_eq!(read("The old API of VEP 3 was replaced by VEP 4."), [(4, true, false)]);
        assert_eq!(
            read("It replaces the old name. Should it replace VEP 4? VEP 7 is replaced by VEP 7."),
            []
        );
    }
}
