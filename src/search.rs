//! Search: which proposals speak of some words, the likeliest first, and why.
//!
//! The ranking is BM25F (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009): a word counts
//! for more the rarer it is, for more in a title than in a text, and each further occurrence for less. Nothing
//! is kept between two questions: the parts of all proposals are read again for the words that are asked for,
//! which is fast enough for thousands of them, and nothing can be out of date.
//!
//! What users need beside: endings do not matter (`migrate`, `migrations`), nor case, hyphens and whether a word is
//! written in one (`hotplug`, `hot plug`, `HotPlug`); words of the field that mean the same find each other; a
//! word that no proposal has is read as the nearest one that some proposal has. Comments and what a
//! proposal still has from the template say nothing about it.
//!
//! Absent on purpose: meaning. Who wants to know whether two proposals are about the same thing reads them.

use crate::corpus::Corpus;
use crate::document::Document;
use crate::markdown::Block;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Most words of a question that are looked for.
const MOST_WORDS: usize = 60;
/// Up to so many words of a question are conditions: a proposal that has all goes before all others. In a longer
/// one, which is a sentence, a word that is missing says little.
const MOST_CONDITIONS: usize = 3;
/// Unless one that lacks a word fits clearly better: what the others have of the best one's score.
const CLEARLY_BETTER: f64 = 0.5;
/// How soon a further occurrence counts for less (BM25's `k1`).
const SATURATION: f64 = 2.0;
/// What a partial match has to reach of the best one's score to be listed.
const WORTH_LISTING: f64 = 0.35;

/// A part of a proposal in which a word can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The title.
    Title,
    /// The folder's name, with the number.
    Name,
    /// The feature gates of the front matter.
    Gate,
    /// Headings that are not the template's.
    Heading,
    /// What it is about: Overview, Motivation, Goals and User Stories.
    About,
    /// The rest of its text.
    Text,
    /// What it is not about: non-goals, alternatives, history, listings.
    Aside,
}

impl Part {
    const ALL: [Self; 7] =
        [Self::Title, Self::Name, Self::Gate, Self::Heading, Self::About, Self::Text, Self::Aside];

    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Name => "path",
            Self::Gate => "gate",
            Self::Heading => "heading",
            Self::About => "overview",
            Self::Text | Self::Aside => "text",
        }
    }

    /// What an occurrence counts, and how much the length of the part takes from that (BM25's `b`).
    fn weight(self) -> (f64, f64) {
        match self {
            Self::Title => (5.0, 0.4),
            Self::Name => (3.0, 0.4),
            Self::Gate => (2.0, 0.2),
            Self::Heading => (1.5, 0.6),
            Self::About => (2.0, 0.7),
            Self::Text => (1.0, 0.7),
            Self::Aside => (0.3, 0.7),
        }
    }
}

/// What was found for a question.
#[derive(Debug, Default)]
pub struct Found<'c> {
    /// The proposals, the likeliest first.
    pub hits: Vec<Hit<'c>>,
    /// How many of them have all words.
    pub whole: usize,
    /// Words that no proposal has, and as what they were read.
    pub read_as: Vec<(String, String)>,
    /// Words that no proposal has, nor one like them.
    pub unknown: Vec<String>,
}

/// A proposal that was found.
#[derive(Debug, Clone)]
pub struct Hit<'c> {
    /// The proposal.
    pub document: &'c Arc<Document>,
    /// How well it fits: 0 to 1, where 1 has every word in title and text as often as can matter.
    pub fit: f64,
    /// Which words stand where: each in the most telling part that has it.
    pub why: Vec<(Part, Vec<String>)>,
    /// How much of the words, by their rarity, stands in its title, path or gates: 0 to 1.
    pub named: f64,
    /// How many of the words it has.
    pub has: usize,
}

impl Hit<'_> {
    /// The reasons as an answer says them: `title: migration; text: pause`.
    pub fn reasons(&self) -> String {
        let mut said: Vec<(&str, Vec<&str>)> = Vec::new();
        for (part, words) in &self.why {
            let words = words.iter().map(String::as_str);
            match said.iter_mut().find(|(name, _)| *name == part.as_str()) {
                Some((_, known)) => known.extend(words),
                None => said.push((part.as_str(), words.collect())),
            }
        }
        said.iter()
            .map(|(part, words)| format!("{part}: {}", words.join(", ")))
            .collect::<Vec<_>>()
            .join("; ")
    }
}

/// The proposals among the wanted ones that speak of the words. In a question of few words those with all of them
/// are the answer; in a longer one, and where no proposal has all, those that fit best.
pub fn search<'c>(corpus: &'c Corpus, words: &str, wanted: impl Fn(&Document) -> bool) -> Found<'c> {
    let mut question = Question::of(words);
    let mut ranked = rank(corpus, &question);
    let mut found = Found::default();
    let lost: Vec<usize> = (0..question.words.len()).filter(|word| !ranked.known.contains(word)).collect();
    for (word, near) in nearest(corpus, &question, &lost) {
        let Some(written) = question.words.get_mut(word) else { continue };
        match near {
            Some(near) => {
                found.read_as.push((std::mem::replace(written, near.clone()), near.clone()));
                question.form(stem(&near), word, 1.0);
            }
            None => found.unknown.push(written.clone()),
        }
    }
    if !found.read_as.is_empty() {
        ranked = rank(corpus, &question);
    }
    let mut hits = ranked.hits;
    hits.retain(|hit| wanted(hit.document));
    let has_all = |hit: &Hit<'_>| hit.has == question.words.len();
    let best = hits.first().map_or(0.0, |hit| hit.fit);
    let whole = hits.iter().find(|hit| has_all(hit)).map_or(0.0, |hit| hit.fit);
    let conditions = question.words.len() <= MOST_CONDITIONS && whole > 0.0 && whole >= best * CLEARLY_BETTER;
    hits.retain(|hit| if conditions { has_all(hit) } else { hit.fit >= best * WORTH_LISTING });
    found.whole = hits.iter().filter(|hit| has_all(hit)).count();
    found.hits = hits;
    found
}

/// From this share of a title's words on, by rarity, that stand in another's name, two proposals resemble each other;
/// half of it is enough where the other's text has nearly all of them.
const SAME_NAME: f64 = 0.5;
const NEARLY_ALL: f64 = 0.8;
/// From this fit on a proposal resembles a summary; one of few words fits too many.
const SAME_MATTER: f64 = 0.4;
const SUMMARY_WORDS: usize = 6;
/// What the others have to reach of the best one's fit.
const BESIDE: f64 = 0.6;

/// The proposals that a new one resembles, the likeliest first: by their names, or by what the summary speaks of. None
/// is the usual answer to a new idea. The bounds were set on the real proposals: of a dozen drafts about something
/// that a proposal has, each leads to it; of a dozen about something else, none leads anywhere (`tests/search.rs`).
pub fn resembling<'c>(corpus: &'c Corpus, title: &str, summary: &str) -> Vec<Hit<'c>> {
    let is_called_so =
        |hit: &Hit<'_>| hit.named >= SAME_NAME || hit.named >= SAME_NAME / 2.0 && hit.fit >= NEARLY_ALL;
    let mut by_name = rank(corpus, &Question::of(title)).hits;
    by_name.retain(is_called_so);
    let question = Question::of(&format!("{title} {summary}"));
    let by_matter = question.words.len() >= SUMMARY_WORDS && !summary.trim().is_empty();
    let mut hits = rank(corpus, &question).hits;
    hits.retain(|hit| {
        by_matter && hit.fit >= SAME_MATTER
            || by_name.iter().any(|named| named.document.path() == hit.document.path())
    });
    let best = hits.first().map_or(0.0, |hit| hit.fit);
    hits.retain(|hit| hit.fit >= best * BESIDE);
    hits
}

/// The words of a question, and the forms in which each is recognised.
#[derive(Debug)]
struct Question {
    /// As they were written.
    words: Vec<String>,
    /// Which words a stem stands for, and how surely.
    forms: HashMap<String, Vec<(usize, f64)>>,
    /// The same for two words of a text that make one of the question's.
    pairs: HashMap<String, usize>,
    /// With which two letters forms begin: by them most words of a text are passed over.
    heads: Heads,
    /// The same for words that may be written in two.
    pair_heads: Heads,
}

impl Question {
    fn of(text: &str) -> Self {
        let mut written: Vec<String> = Vec::new();
        let mut asked: Vec<String> = Vec::new();
        each_word(text, |word, whole| {
            if !whole && asked.len() < MOST_WORDS {
                asked.push(word.to_lowercase());
            }
        });
        let telling: Vec<String> =
            asked.iter().filter(|word| !STOP_WORDS.contains(&word.as_str())).cloned().collect();
        let words = if telling.is_empty() { asked } else { telling };
        let mut question = Self {
            words: vec![],
            forms: HashMap::new(),
            pairs: HashMap::new(),
            heads: Heads::default(),
            pair_heads: Heads::default(),
        };
        for word in words {
            let stem = stem(&word);
            if !written.contains(&stem) {
                written.push(stem);
                question.words.push(word);
            }
        }
        for (at, word) in question.words.clone().iter().enumerate() {
            question.form(stem(word), at, 1.0);
            for (other, sure) in same(word) {
                question.form(stem(other), at, sure);
            }
            // `DRA in` is no `drain`.
            if word.len() >= 6 {
                question.pairs.insert(stem(word), at);
                question.pair_heads.insert(word);
            }
            // Two words of the question that a text may write in one.
            if let Some(next) = question.words.get(at + 1).cloned() {
                let joined = stem(&format!("{word}{next}"));
                question.form(joined.clone(), at, 1.0);
                question.form(joined, at + 1, 1.0);
            }
        }
        question
    }

    /// A stem by which a word is recognised, and how surely.
    fn form(&mut self, form: String, word: usize, sure: f64) {
        self.heads.insert(&form);
        let words = self.forms.entry(form).or_default();
        if !words.iter().any(|(known, _)| *known == word) {
            words.push((word, sure));
        }
    }
}

/// The first two letters of some words.
#[derive(Debug)]
struct Heads(Vec<bool>);

/// Letters that are told apart: those of ASCII, all others as one, for there case changes bytes.
const LETTERS: usize = 129;

impl Default for Heads {
    fn default() -> Self {
        Self(vec![false; LETTERS * LETTERS])
    }
}

impl Heads {
    fn place(word: &str) -> usize {
        let letter = |byte: Option<u8>| match byte {
            Some(byte) if byte.is_ascii() => usize::from(byte.to_ascii_lowercase()),
            Some(_) => LETTERS - 1,
            None => 0,
        };
        let mut bytes = word.bytes();
        letter(bytes.next()) * LETTERS + letter(bytes.next())
    }

    fn insert(&mut self, word: &str) {
        if let Some(head) = self.0.get_mut(Self::place(word)) {
            *head = true;
        }
    }

    fn has(&self, word: &str) -> bool {
        self.0.get(Self::place(word)) == Some(&true)
    }
}

/// How often the words of a question stand in each part of a proposal, and how long the parts are.
struct Tally<'c> {
    document: &'c Arc<Document>,
    counts: Vec<[f64; Part::ALL.len()]>,
    lengths: [f64; Part::ALL.len()],
}

/// All proposals that have a word, ranked, and which words any of them has.
struct Ranked<'c> {
    hits: Vec<Hit<'c>>,
    known: BTreeSet<usize>,
}

fn rank<'c>(corpus: &'c Corpus, question: &Question) -> Ranked<'c> {
    let template = Template::of(corpus);
    let mut lengths = [0.0; Part::ALL.len()];
    let mut tallies = Vec::new();
    for document in corpus.proposals().iter() {
        let tally = tally(document, question, &template);
        lengths.iter_mut().zip(tally.lengths).for_each(|(all, own)| *all += own);
        if tally.counts.iter().flatten().any(|count| *count > 0.0) {
            tallies.push(tally);
        }
    }
    let total = corpus.proposals().len().max(1) as f64;
    let average = lengths.map(|length| (length / total).max(1.0));
    let holds = |tally: &Tally<'_>, word: usize| {
        tally.counts.get(word).is_some_and(|counts| counts.iter().any(|count| *count > 0.0))
    };
    let holders: Vec<f64> = (0..question.words.len())
        .map(|word| tallies.iter().filter(|tally| holds(tally, word)).count() as f64)
        .collect();
    let rarity: Vec<f64> =
        holders.iter().map(|holders| ((total - holders + 0.5) / (holders + 0.5)).ln_1p()).collect();
    let known = (0..holders.len()).filter(|word| holders.get(*word).is_some_and(|it| *it > 0.0)).collect();
    let mut hits: Vec<Hit<'_>> =
        tallies.iter().map(|tally| hit(tally, question, &rarity, &average)).collect();
    // Proposals come by number and path, and a stable sort keeps them so.
    hits.sort_by(|a, b| b.fit.total_cmp(&a.fit));
    Ranked { hits, known }
}

fn hit<'c>(tally: &Tally<'c>, question: &Question, rarity: &[f64], average: &[f64]) -> Hit<'c> {
    let (mut score, mut most, mut named, mut has) = (0.0, 0.0, 0.0, 0);
    let mut why: BTreeMap<Part, Vec<String>> = BTreeMap::new();
    for ((counts, rarity), word) in tally.counts.iter().zip(rarity).zip(&question.words) {
        most += rarity;
        let mut weighed = 0.0;
        let mut telling: Option<(f64, Part)> = None;
        for (((part, count), length), average) in
            Part::ALL.into_iter().zip(counts).zip(tally.lengths).zip(average)
        {
            if *count > 0.0 {
                let (weight, by_length) = part.weight();
                weighed += weight * count / (1.0 - by_length + by_length * length / average);
                if telling.is_none_or(|(best, _)| weight > best) {
                    telling = Some((weight, part));
                }
            }
        }
        score += rarity * weighed / (weighed + SATURATION);
        if let Some((_, part)) = telling {
            has += 1;
            named += if matches!(part, Part::Title | Part::Name | Part::Gate) { *rarity } else { 0.0 };
            why.entry(part).or_default().push(word.clone());
        }
    }
    let share = |of: f64| if most > 0.0 { of / most } else { 0.0 };
    Hit {
        document: tally.document,
        fit: share(score),
        why: why.into_iter().collect(),
        named: share(named),
        has,
    }
}

/// What every proposal has from the template: it says nothing about any of them.
struct Template<'c> {
    headings: BTreeSet<&'c str>,
    texts: Vec<&'c str>,
}

impl<'c> Template<'c> {
    fn of(corpus: &'c Corpus) -> Self {
        let outline = corpus.template().map(|template| template.outline());
        let headings = outline.into_iter().flat_map(|it| &it.sections).map(|it| it.name.as_str()).collect();
        let texts = outline
            .into_iter()
            .flat_map(|it| &it.passages)
            .filter(|it| !matches!(it.kind, Block::Heading(_)) && it.text.len() >= 20)
            .map(|it| it.text.as_str())
            .collect();
        Self { headings, texts }
    }

    fn has(&self, text: &str) -> bool {
        self.texts.iter().any(|own| text.starts_with(own))
    }
}

/// The parts of a proposal with their texts.
fn each_part(document: &Document, template: &Template<'_>, mut take: impl FnMut(Part, &str)) {
    let facts = document.facts();
    facts.title.iter().for_each(|title| take(Part::Title, &title.value));
    document.home.name().into_iter().for_each(|name| take(Part::Name, name));
    facts.gates.iter().for_each(|gate| take(Part::Gate, &gate.value));
    let outline = document.outline();
    let named = document.heading().map(|heading| heading.span);
    let mut sections = outline.sections.iter();
    let mut part = Part::Text;
    for passage in &outline.passages {
        let Block::Heading(level) = passage.kind else {
            if !template.has(&passage.text) {
                take(part, &passage.text);
            }
            continue;
        };
        let name = sections.next().map_or("", |section| section.name.as_str());
        if level <= 2 {
            part = part_of(name);
        }
        if named != Some(passage.span) && !template.headings.contains(name) {
            take(if part == Part::Aside { part } else { Part::Heading }, &passage.text);
        }
    }
    outline.code.iter().for_each(|code| take(Part::Aside, document.source.slice(*code)));
}

fn part_of(section: &str) -> Part {
    match section {
        "overview" | "summary" | "motivation" | "goals" | "user stories" => Part::About,
        "vep status metadata" | "non goals" | "implementation history" | "functional testing approach" => {
            Part::Aside
        }
        _ if section.starts_with("alternative") => Part::Aside,
        _ => Part::Text,
    }
}

fn tally<'c>(document: &'c Arc<Document>, question: &Question, template: &Template<'_>) -> Tally<'c> {
    let mut counts = vec![[0.0; Part::ALL.len()]; question.words.len()];
    let mut lengths = [0.0; Part::ALL.len()];
    let mut lower = String::new();
    each_part(document, template, |part, text| {
        let place = part as usize;
        let mut before = "";
        let mut length = 0.0;
        let mut count = |word: usize, sure: f64| {
            if let Some(count) = counts.get_mut(word).and_then(|counts| counts.get_mut(place)) {
                *count += sure;
            }
        };
        each_word(text, |word, whole| {
            if question.heads.has(word) {
                lowered(word, &mut lower);
                let words = question.forms.get(stemmed(&mut lower)).into_iter().flatten();
                words.for_each(|(word, sure)| count(*word, *sure));
            }
            if whole {
                return;
            }
            length += 1.0;
            if before.len() >= 3 && word.len() >= 3 && question.pair_heads.has(before) {
                lowered(before, &mut lower);
                lower.push_str(word);
                lower.make_ascii_lowercase();
                question.pairs.get(stemmed(&mut lower)).into_iter().for_each(|word| count(*word, 1.0));
            }
            before = word;
        });
        if let Some(all) = lengths.get_mut(place) {
            *all += length;
        }
    });
    Tally { document, counts, lengths }
}

fn lowered(word: &str, into: &mut String) {
    into.clear();
    if word.is_ascii() {
        into.push_str(word);
        into.make_ascii_lowercase();
    } else {
        into.extend(word.chars().flat_map(char::to_lowercase));
    }
}

/// A word that a misspelt one may be.
struct Candidate {
    distance: usize,
    /// How often proposals have it.
    count: usize,
}

/// For each lost word the nearest one that some proposal has, if any is near enough; of several the most frequent.
fn nearest(corpus: &Corpus, question: &Question, lost: &[usize]) -> Vec<(usize, Option<String>)> {
    if lost.is_empty() {
        return vec![];
    }
    let asked: Vec<&String> = lost.iter().filter_map(|word| question.words.get(*word)).collect();
    let template = Template::of(corpus);
    // Every word of the proposals that was looked at, by which of the lost ones it may be.
    let mut seen: HashMap<String, Vec<(usize, Candidate)>> = HashMap::new();
    let mut lower = String::new();
    for document in corpus.proposals().iter() {
        each_part(document, &template, |_, text| {
            each_word(text, |word, _| {
                // No slip makes a word much longer or shorter.
                if asked.iter().all(|asked| asked.len().abs_diff(word.len()) > 2) {
                    return;
                }
                lowered(word, &mut lower);
                if let Some(known) = seen.get_mut(&lower) {
                    known.iter_mut().for_each(|(_, candidate)| candidate.count += 1);
                    return;
                }
                let slips = asked.iter().map(|asked| slip(asked, &lower)).enumerate();
                let may_be = slips
                    .filter_map(|(at, slip)| Some((at, Candidate { distance: slip?, count: 1 })))
                    .collect();
                seen.insert(lower.clone(), may_be);
            });
        });
    }
    let mut best: Vec<Option<(usize, usize, String)>> = asked.iter().map(|_| None).collect();
    for (word, candidates) in seen {
        for (at, Candidate { distance, count }) in candidates {
            let found = (distance, usize::MAX - count, word.clone());
            if let Some(best) = best.get_mut(at).filter(|best| best.as_ref().is_none_or(|best| found < *best))
            {
                *best = Some(found);
            }
        }
    }
    lost.iter().copied().zip(best.into_iter().map(|best| best.map(|(.., word)| word))).collect()
}

/// How many letters a misspelt word is from a known one, where it can be that one: one slip, in long words two.
fn slip(word: &str, known: &str) -> Option<usize> {
    let (letters, other) = (word.chars().count(), known.chars().count());
    let most = if letters >= 8 { 2 } else { 1 };
    if letters < 4 || letters.abs_diff(other) > most || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let distance = strsim::damerau_levenshtein(word, known);
    (distance <= most).then_some(distance)
}

/// The words of a text: what stands between marks and blanks. Of a name in humps (`LiveMigration`) first the parts, then
/// the whole, which is told apart; single letters are left out.
fn each_word<'t>(text: &'t str, mut take: impl FnMut(&'t str, bool)) {
    let bytes = text.as_bytes();
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let mut at = 0;
    while let Some(start) = bytes.get(at..).and_then(|rest| rest.iter().position(is_letter)) {
        let start = at + start;
        let rest = bytes.get(start..).unwrap_or_default();
        let end = start + rest.iter().position(|byte| !is_letter(byte)).unwrap_or(rest.len());
        at = end;
        let run = text.get(start..end).unwrap_or_default();
        if run.is_ascii() {
            words_of(run, &mut take);
        } else {
            run.split(|c: char| !c.is_alphanumeric()).for_each(|run| words_of(run, &mut take));
        }
    }
}

/// The words of a text without marks and blanks.
fn words_of<'t>(run: &'t str, take: &mut impl FnMut(&'t str, bool)) {
    let is_number = run.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && !run.is_empty() {
        let number = run.trim_start_matches('0');
        return take(if number.is_empty() { "0" } else { number }, false);
    }
    if run.len() < 2 {
        return;
    }
    if !run.bytes().skip(1).any(|byte| byte.is_ascii_uppercase()) {
        return take(run, false);
    }
    let mut start = 0;
    for end in humps(run).chain([run.len()]) {
        let part = run.get(start..end).unwrap_or_default();
        if part.len() > 1 {
            take(part, false);
        }
        start = end;
    }
    if humps(run).next().is_some() {
        take(run, true);
    }
}

/// Where the parts of a name in humps begin, but for the first: `Live|Migration`, `API|Server`, `v|GPU`; not `VM|s`.
fn humps(run: &str) -> impl Iterator<Item = usize> {
    let bytes = run.as_bytes();
    let upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
    let lower = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
    (1..bytes.len()).filter(move |at| {
        let after_lower = upper(*at) && lower(at - 1);
        let after_acronym = upper(*at) && upper(at - 1) && lower(at + 1) && lower(at + 2);
        after_lower || after_acronym
    })
}

/// A word without its ending.
fn stem(word: &str) -> String {
    let mut lower = word.to_lowercase();
    stemmed(&mut lower).to_owned()
}

/// The same in place; the word is in lower case. Endings go where enough of the word stays to be told.
fn stemmed(word: &mut String) -> &str {
    if !word.is_ascii() || word.len() < 4 {
        // `VMs`, `IPs`.
        if word.len() == 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") {
            word.pop();
        }
        return word;
    }
    let cut = |word: &mut String, ending: &str, least: usize| {
        let fits = word.len() >= ending.len() + least && word.ends_with(ending);
        if fits {
            word.truncate(word.len() - ending.len());
        }
        fits
    };
    if cut(word, "ies", 2) {
        word.push('y');
    } else if !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is") {
        cut(word, "s", 2);
    }
    if (cut(word, "ing", 3) || cut(word, "ed", 3)) && !word.ends_with("ss") && !word.ends_with("ll") {
        let [.., before, last] = word.as_bytes() else { return word };
        if before == last && !b"aeiou".contains(last) {
            word.pop();
        }
    }
    cut(word, "e", 3);
    cut(word, "ion", 4);
    cut(word, "at", 4);
    word
}

/// Words of the field that mean the same, or nearly: one finds the other, and counts for less than itself.
const SAME: &[&[&str]] = &[
    &["nic", "vnic", "interface"],
    &["disk", "volume"],
    &["attach", "plug", "hotplug"],
    &["detach", "unplug", "hotunplug"],
    &["arm", "arm64", "aarch64"],
    &["x86", "amd64"],
    &["s390x", "mainframe", "ibm"],
    &["architecture", "arch"],
    &["disable", "off"],
    &["move", "migrate"],
    &["drain", "evict", "evacuate"],
    &["destination", "target"],
    &["reboot", "restart"],
    &["permission", "rbac", "role"],
    &["metric", "monitoring", "prometheus"],
    &["memory", "ram"],
    &["cpu", "vcpu"],
    &["gpu", "vgpu"],
    &["bios", "firmware", "uefi", "efi"],
    &["confidential", "encrypted"],
    &["pool", "group", "replica"],
    &["autoscale", "scale"],
    &["delete", "remove"],
    &["vm", "vmi", "guest", "virtualmachine"],
];

fn same(word: &str) -> impl Iterator<Item = (&'static str, f64)> {
    let stem = stem(word);
    SAME.iter()
        .filter(move |group| group.iter().any(|own| self::stem(own) == stem))
        .flat_map(|group| group.iter().map(|other| (*other, 0.6)))
}

/// Words that say nothing about what is looked for.
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "an", "and", "any", "are", "as", "at", "be", "been", "before", "by", "can",
    "could", "did", "do", "does", "for", "from", "get", "getting", "had", "has", "have", "how", "i", "if",
    "in", "into", "is", "it", "its", "itself", "like", "long", "many", "me", "much", "my", "no", "not", "of",
    "on", "or", "our", "own", "should", "so", "some", "than", "that", "the", "their", "them", "then",
    "there", "they", "this", "to", "too", "up", "us", "vep", "veps", "want", "was", "we", "what", "when",
    "where", "which", "while", "without", "who", "why", "will", "with", "would", "you", "your",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each_word(text, |word, whole| words.push(if whole { format!("={word}") } else { word.to_owned() }));
        words
    }

    #[test]
    fn words_are_told_apart_by_marks_and_humps() {
        assert_eq!(
            words("DecentralizedLiveMigration"),
            ["Decentralized", "Live", "Migration", "=DecentralizedLiveMigration"]
        );
        assert_eq!(words("VMs, vGPU & APIServer"), ["VMs", "GPU", "=vGPU", "API", "Server", "=APIServer"]);
        assert_eq!(words("0171-cold_reboot 64-bit x 0 00"), ["171", "cold", "reboot", "64", "bit", "0", "0"]);
        assert_eq!(words("— Größe “ÄÖ” don’t"), ["Größe", "ÄÖ", "don"]);
        assert!(words("").is_empty() && words("-- ’ —").is_empty());
    }

    #[test]
    fn endings_do_not_matter() {
        for group in [
            &["migrate", "migrates", "migrated", "migrating", "migration", "Migrations"][..],
            &["plug", "plugs", "plugged", "plugging"],
            &["policy", "policies"],
            &["volume", "volumes"],
            &["VM", "vms"],
            &["isolate", "isolation", "isolated"],
            &["install", "installed", "installing"],
        ] {
            let stems: BTreeSet<String> = group.iter().map(|word| stem(word)).collect();
            assert_eq!(stems.len(), 1, "{stems:?}");
        }
        for word in ["status", "class", "bus", "this", "ring", "ion", "größe", "s", ""] {
            assert!(
                word.starts_with(&stem(word)) && stem(word).len() + 1 >= word.len().min(4),
                "{word}: {}",
                stem(word)
            );
        }
        assert_ne!(stem("status"), stem("state"));
    }

    #[test]
    fn a_slip_is_forgiven_and_another_word_is_not() {
        assert_eq!(slip("hotplg", "hotplug"), Some(1));
        assert_eq!(slip("incremantal", "incremental"), Some(1));
        assert_eq!(slip("disk", "desk"), Some(1));
        assert_eq!((slip("nic", "nix"), slip("z15a", "z15b"), slip("zebra", "libra")), (None, None, None));
    }
}
