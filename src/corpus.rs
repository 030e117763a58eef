//! All proposals of a checkout together: by number, by path, by words.
//!
//! Absent on purpose: how they got here. The roof hands over documents that it has read.

use crate::document::{Document, Home};
use crate::text;
use crate::vep::{CANONICAL_SIGS, LABELLED_SIGS, Number};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The documents of one state of a checkout.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    proposals: Vec<Arc<Document>>,
    others: Vec<Arc<Document>>,
    notices: Vec<Notice>,
}

/// Something about a file that an answer must not keep to itself: it was not read, or not as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The file.
    pub path: String,
    /// What about it.
    pub what: String,
}

impl Corpus {
    /// Sorts documents into proposals, by number and path, and what lies beside them.
    pub fn new(documents: Vec<Arc<Document>>, mut notices: Vec<Notice>) -> Self {
        let (mut proposals, mut others): (Vec<_>, Vec<_>) =
            documents.into_iter().partition(|document| document.home.is_proposal());
        let by_number = |document: &Arc<Document>| {
            let number = document.facts.number.as_ref().map_or(Number::MAX, |fact| fact.value);
            (number, document.path().to_owned())
        };
        proposals.sort_by_cached_key(by_number);
        others.sort_by(|a, b| a.path().cmp(b.path()));
        for document in proposals.iter().chain(&others) {
            if let Some(at) = document.source.not_utf8() {
                let line = document.source.line(at);
                let what = format!("line {line} is not UTF-8; such bytes are read as U+FFFD");
                notices.push(Notice { path: document.path().into(), what });
            }
        }
        for document in others.iter().filter(|document| document.home == Home::Elsewhere) {
            let what =
                "lies outside a proposal's folder `veps/<folder>/<number>-<name>/`; not listed as a VEP";
            notices.push(Notice { path: document.path().into(), what: what.into() });
        }
        notices.sort_by(|a, b| a.path.cmp(&b.path));
        Self { proposals, others, notices }
    }

    /// The proposals, by number and then by path.
    pub fn proposals(&self) -> &[Arc<Document>] {
        &self.proposals
    }

    /// What answers have to say about files.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The template, where the checkout has one.
    pub fn template(&self) -> Option<&Arc<Document>> {
        self.others
            .iter()
            .find(|document| document.home == Home::Template && document.path().ends_with("/vep.md"))
    }

    /// The companions of a proposal.
    pub fn companions<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Arc<Document>> {
        self.others
            .iter()
            .filter(move |document| matches!(&document.home, Home::Companion { of } if of == path))
    }

    /// The document at a path, whatever it is.
    pub fn at(&self, path: &str) -> Option<&Arc<Document>> {
        self.proposals.iter().chain(&self.others).find(|document| document.path() == path)
    }

    /// The proposals with a number; more than one where numbers collide.
    pub fn numbered(&self, number: Number) -> impl Iterator<Item = &Arc<Document>> {
        self.proposals
            .iter()
            .filter(move |document| document.facts.number.as_ref().is_some_and(|fact| fact.value == number))
    }

    /// The proposals that `name` means: a number in any dress (`307`, `#307`, `VEP-307`), the path of a
    /// document or of its folder, or the folder's name.
    pub fn named(&self, name: &str) -> Vec<&Arc<Document>> {
        if let Some(number) = read_number(name) {
            return self.numbered(number).collect();
        }
        let name = name.trim().trim_start_matches("./").trim_end_matches('/');
        self.proposals
            .iter()
            .filter(|document| {
                let path = document.path();
                let folder = path.strip_suffix("/vep.md").unwrap_or(path);
                path == name
                    || folder == name
                    || matches!(&document.home, Home::Proposal { name: own, .. } if own == name)
            })
            .collect()
    }

    /// The proposals that somebody may have meant who wrote `name`, the likeliest first: numbers that
    /// differ in one digit or begin alike, then titles that share words.
    pub fn resembling(&self, name: &str, most: usize) -> Vec<&Arc<Document>> {
        let digits = read_number(name).map(|number| number.to_string());
        let mut ranked: Vec<(usize, &Arc<Document>)> = self
            .proposals
            .iter()
            .filter_map(|document| Some((distance(document, name, digits.as_deref())?, document)))
            .collect();
        ranked.sort_by_key(|(distance, _)| *distance);
        ranked.into_iter().take(most).map(|(_, document)| document).collect()
    }

    /// The SIG folders under `veps/`.
    pub fn sig_folders(&self) -> BTreeSet<&str> {
        self.proposals
            .iter()
            .filter_map(|document| document.home.folder())
            .filter(|folder| folder.starts_with("sig-"))
            .collect()
    }

    /// Every SIG that may own a VEP: VEP-282's three, those with a folder here, and those for which the
    /// organisation has a label.
    pub fn known_sigs(&self) -> BTreeSet<&str> {
        self.sig_folders().into_iter().chain(CANONICAL_SIGS).chain(LABELLED_SIGS).collect()
    }

    /// The proposals in which every one of the words occurs, with those first whose title has the most
    /// of them. Case does not matter.
    pub fn search(&self, words: &str) -> Vec<&Arc<Document>> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let mut found: BTreeMap<std::cmp::Reverse<usize>, Vec<&Arc<Document>>> = BTreeMap::new();
        for document in &self.proposals {
            let text = document.source.text().to_lowercase();
            if !words.iter().all(|word| text.contains(word) || document.path().contains(word)) {
                continue;
            }
            let title =
                document.facts.title.as_ref().map(|fact| fact.value.to_lowercase()).unwrap_or_default();
            let in_title = words.iter().filter(|word| title.contains(*word)).count();
            found.entry(std::cmp::Reverse(in_title)).or_default().push(document);
        }
        found.into_values().flatten().collect()
    }
}

/// A VEP number in any dress: `307`, `0307`, `#307`, `VEP-307`, `VEP #307`.
pub fn read_number(name: &str) -> Option<Number> {
    let name = name.trim();
    let bare = match name.get(..3) {
        Some(vep) if vep.eq_ignore_ascii_case("vep") => name.get(3..).unwrap_or_default(),
        _ => name,
    };
    let digits = bare.trim_start_matches([' ', '-', '#']);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// How far a proposal is from what was asked for; none where it is no candidate.
fn distance(document: &Document, name: &str, digits: Option<&str>) -> Option<usize> {
    if let Some(digits) = digits {
        let own = document.facts.number.as_ref()?.value.to_string();
        let distance = strsim::damerau_levenshtein(&own, digits);
        return (distance <= 1).then_some(distance);
    }
    let title = document.facts.title.as_ref().map(|fact| fact.value.to_lowercase()).unwrap_or_default();
    let haystack = format!("{title} {}", document.path().replace(['/', '-'], " "));
    let words: Vec<String> = name
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2 && !matches!(*word, "vep" | "veps" | "sig" | "the" | "and"))
        .map(str::to_owned)
        .collect();
    let known: Vec<&str> = haystack.split_whitespace().collect();
    let occurs = |word: &&String| {
        known.iter().any(|it| it.contains(word.as_str()))
            || text::nearest(word, known.iter().copied()).is_some()
    };
    let hits = words.iter().filter(occurs).count();
    (hits > 0).then(|| words.len() - hits)
}
