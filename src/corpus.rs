//! All proposals of a checkout together: by number, by path, by name.
//!
//! Absent on purpose: how they got here. The roof hands over documents that it has read.

use crate::document::{Document, Home};
use crate::text;
use crate::vep::{CANONICAL_SIGS, LABELLED_SIGS, Number, read_number};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The documents of one state of a checkout. A clone costs a few counters, and so does a state in which some documents
/// are other ones.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    index: Arc<Index>,
    /// Proposals that stand in the place of those of the index, by their places there.
    over: BTreeMap<usize, Arc<Document>>,
    notices: Arc<Vec<Notice>>,
    files: Arc<BTreeSet<String>>,
}

/// Documents, and where to find them.
#[derive(Debug, Default)]
struct Index {
    proposals: Vec<Arc<Document>>,
    others: Vec<Arc<Document>>,
    /// Which proposals have a number, by their places in `proposals`.
    numbers: BTreeMap<Number, Vec<usize>>,
    /// Which of `others` are companions, by the proposal they belong to.
    companions: BTreeMap<String, Vec<usize>>,
    folders: BTreeSet<String>,
    /// Where each document stands, by its path: in `proposals`, and behind them in `others`.
    paths: BTreeMap<String, usize>,
}

/// The proposals of a corpus, by number and then by path.
#[derive(Debug, Clone, Copy)]
pub struct Proposals<'c>(&'c Corpus);

impl<'c> Proposals<'c> {
    /// One after the other.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'c Arc<Document>> + ExactSizeIterator + Clone {
        let Corpus { index, over, .. } = self.0;
        index.proposals.iter().enumerate().map(|(at, own)| over.get(&at).unwrap_or(own))
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.index.proposals.len()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0.index.proposals.is_empty()
    }

    fn get(self, at: usize) -> Option<&'c Arc<Document>> {
        self.0.over.get(&at).or_else(|| self.0.index.proposals.get(at))
    }
}

/// Something about a file that an answer must not keep to itself: it was not read, or not as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The file.
    pub path: String,
    /// What about it.
    pub what: String,
}

/// How a notice of a file begins that was not read.
const NOT_READ: &str = "not read: ";

impl Notice {
    /// That a file was not read, and why.
    pub fn not_read(path: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self { path: path.into(), what: format!("{NOT_READ}{why}") }
    }

    /// Why the file was not read; none where it was.
    pub fn why_unread(&self) -> Option<&str> {
        self.what.strip_prefix(NOT_READ)
    }
}

impl Corpus {
    /// Sorts documents into proposals, by number and path, and what lies beside them.
    pub fn new(documents: Vec<Arc<Document>>, mut notices: Vec<Notice>) -> Self {
        let (mut proposals, mut others): (Vec<_>, Vec<_>) =
            settled(documents).into_iter().partition(|document| document.home.is_proposal());
        let by_number = |document: &Arc<Document>| {
            let number = document.number().unwrap_or(Number::MAX);
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
        let main: BTreeSet<&str> = proposals.iter().map(|document| document.path()).collect();
        for document in &others {
            let what = match &document.home {
                Home::Elsewhere => {
                    "lies outside a proposal's folder `veps/<folder>/<number>-<name>/` and does not say that it is a VEP; not listed"
                }
                Home::Companion { .. } if main_of(document.path(), &main).is_none() => {
                    "lies in a folder without a main document `vep.md` and does not say that it is a VEP; not listed"
                }
                _ => continue,
            };
            notices.push(Notice { path: document.path().into(), what: what.into() });
        }
        notices.sort_by(|a, b| a.path.cmp(&b.path));
        let index = Arc::new(Index::of(proposals, others));
        Self { index, notices: Arc::new(notices), ..Self::default() }
    }

    /// The same with the names of all files below `veps/`, documents or not.
    pub fn with_files(self, files: BTreeSet<String>) -> Self {
        Self { files: Arc::new(files), ..self }
    }

    /// The same with these documents in the place of those at their paths.
    pub fn with_documents(&self, documents: &[Document]) -> Self {
        if let Some(same) = self.with_edited(documents) {
            return same;
        }
        let kept = self.documents().filter(|old| !documents.iter().any(|new| new.path() == old.path()));
        let new = documents.iter().map(|new| Arc::new(new.clone()));
        let mut files = BTreeSet::clone(&self.files);
        files.extend(documents.iter().map(|new| new.path().to_owned()));
        Self::new(kept.cloned().chain(new).collect(), vec![]).with_files(files)
    }

    /// The same where every document is there already and stays what it is called: then the indexes are the same, too,
    /// and thousands of worlds with one edited document each cost little.
    fn with_edited(&self, documents: &[Document]) -> Option<Self> {
        let mut edited = self.clone();
        for document in documents {
            let at = *self.index.paths.get(document.path())?;
            if self.proposals().get(at)?.number() != document.number() {
                return None;
            }
            edited.over.insert(at, Arc::new(document.clone()));
        }
        Some(edited)
    }

    /// The same where each document that the other has just so is the other's own: then it is read once for both.
    pub fn sharing(&self, other: &Self) -> Self {
        let mut shared = self.clone();
        for (at, own) in self.proposals().iter().enumerate() {
            let same = other.at(own.path()).filter(|it| !Arc::ptr_eq(it, own) && *it == own);
            shared.over.extend(same.map(|it| (at, Arc::clone(it))));
        }
        shared
    }

    /// The same with more to say about files.
    pub fn with_notices(mut self, more: Vec<Notice>) -> Self {
        let notices = Arc::make_mut(&mut self.notices);
        notices.extend(more);
        notices.sort_by(|a, b| a.path.cmp(&b.path));
        self
    }

    /// The same with what is said about the files of another state of it.
    pub fn with_notices_of(self, other: &Self) -> Self {
        Self { notices: Arc::clone(&other.notices), ..self }
    }

    /// The names of all files below `veps/`, as far as they are known.
    pub fn files(&self) -> &BTreeSet<String> {
        &self.files
    }

    /// The proposals, by number and then by path.
    pub fn proposals(&self) -> Proposals<'_> {
        Proposals(self)
    }

    /// All documents: the proposals, and what lies beside them.
    pub fn documents(&self) -> impl Iterator<Item = &Arc<Document>> {
        self.proposals().iter().chain(&self.index.others)
    }

    /// What answers have to say about files.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The template, where the checkout has one.
    pub fn template(&self) -> Option<&Arc<Document>> {
        let others = &self.index.others;
        others.iter().find(|document| document.home == Home::Template && document.path().ends_with("/vep.md"))
    }

    /// The proposal at a path.
    pub fn proposal_at(&self, path: &str) -> Option<&Arc<Document>> {
        self.proposals().get(*self.index.paths.get(path)?)
    }

    /// The companions of a proposal.
    pub fn companions(&self, path: &str) -> impl Iterator<Item = &Arc<Document>> {
        let places = self.index.companions.get(path).into_iter().flatten();
        places.filter_map(|at| self.index.others.get(*at))
    }

    /// The document at a path, whatever it is.
    pub fn at(&self, path: &str) -> Option<&Arc<Document>> {
        let at = *self.index.paths.get(path)?;
        let behind = || self.index.others.get(at.checked_sub(self.index.proposals.len())?);
        self.proposals().get(at).or_else(behind)
    }

    /// The proposals with a number; more than one where numbers collide.
    pub fn numbered(&self, number: Number) -> impl Iterator<Item = &Arc<Document>> {
        let places = self.index.numbers.get(&number).into_iter().flatten();
        places.filter_map(|at| self.proposals().get(*at))
    }

    /// The proposals that `name` means: a number in any dress (`307`, `#307`, `VEP-307`), the path of a
    /// document or of its folder, or the folder's name.
    pub fn named(&self, name: &str) -> Vec<&Arc<Document>> {
        if let Some(number) = read_number(name) {
            return self.numbered(number).collect();
        }
        let name = name.trim().trim_start_matches("./").trim_end_matches('/');
        // A path from somewhere else, or from within a folder of the checkout.
        let name = name.rfind("/veps/").and_then(|at| name.get(at + 1..)).unwrap_or(name);
        let name = name.strip_suffix("/vep.md").unwrap_or(name);
        self.proposals()
            .iter()
            .filter(|document| {
                let path = document.path();
                let folder = path.strip_suffix("/vep.md").unwrap_or(path);
                folder == name || matches!(&document.home, Home::Proposal { name: own, .. } if own == name)
            })
            .collect()
    }

    /// The proposals that somebody may have meant who wrote `name`, the likeliest first: numbers that
    /// differ in one digit or begin alike, then titles that share words.
    pub fn resembling(&self, name: &str, most: usize) -> Vec<&Arc<Document>> {
        let digits = read_number(name).map(|number| number.to_string());
        let mut ranked: Vec<(usize, &Arc<Document>)> = self
            .proposals()
            .iter()
            .filter_map(|document| Some((distance(document, name, digits.as_deref())?, document)))
            .collect();
        ranked.sort_by_key(|(distance, _)| *distance);
        ranked.into_iter().take(most).map(|(_, document)| document).collect()
    }

    /// The SIG folders under `veps/`.
    pub fn sig_folders(&self) -> impl Iterator<Item = &str> {
        self.index.folders.iter().map(String::as_str).filter(|folder| folder.starts_with("sig-"))
    }

    /// Every SIG that may own a VEP: VEP-282's three, those for which the organisation has a label, and
    /// those with a folder here.
    pub fn known_sigs(&self) -> impl Iterator<Item = &str> {
        CANONICAL_SIGS.into_iter().chain(LABELLED_SIGS).chain(self.sig_folders())
    }

    /// Whether a SIG is one that may own a VEP.
    pub fn knows_sig(&self, name: &str) -> bool {
        CANONICAL_SIGS.contains(&name)
            || LABELLED_SIGS.contains(&name)
            || (name.starts_with("sig-") && self.index.folders.contains(name))
    }

    /// The known SIG that was most probably meant: a near miss, or the name without its `sig-`.
    pub fn nearest_sig(&self, name: &str) -> Option<&str> {
        let prefixed =
            format!("sig-{}", name.trim_start_matches('@').trim_start_matches("sig/").to_lowercase());
        text::nearest(name, self.known_sigs()).or_else(|| text::nearest(&prefixed, self.known_sigs()))
    }
}

impl Index {
    fn of(proposals: Vec<Arc<Document>>, others: Vec<Arc<Document>>) -> Self {
        let documents = proposals.iter().chain(&others).enumerate();
        let paths = documents.map(|(at, document)| (document.path().to_owned(), at)).collect();
        let (mut numbers, mut folders) = (BTreeMap::<_, Vec<usize>>::new(), BTreeSet::new());
        for (at, document) in proposals.iter().enumerate() {
            if let Some(number) = document.number() {
                numbers.entry(number).or_default().push(at);
            }
            folders.extend(document.home.folder().map(str::to_owned));
        }
        let main: BTreeSet<&str> = proposals.iter().map(|document| document.path()).collect();
        let mut companions: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, document) in others.iter().enumerate() {
            if let (Home::Companion { .. }, Some(of)) = (&document.home, main_of(document.path(), &main)) {
                companions.entry(of.to_owned()).or_default().push(at);
            }
        }
        Self { numbers, companions, folders, paths, proposals, others }
    }
}

/// The documents with their parts settled: what lies beside a `vep.md` is its companion, whatever its text says.
fn settled(documents: Vec<Arc<Document>>) -> Vec<Arc<Document>> {
    let main: BTreeSet<String> = documents
        .iter()
        .filter(|document| document.home.is_proposal() && !document.home.is_astray())
        .map(|document| document.path().to_owned())
        .collect();
    let settle = |document: Arc<Document>| {
        let beside = document.home.is_astray().then(|| beside(document.path())).flatten();
        match beside.filter(|of| main.contains(of)) {
            Some(of) => Arc::new(document.at_home(Home::Companion { of })),
            None => document,
        }
    };
    documents.into_iter().map(settle).collect()
}

/// The `vep.md` of the folder in which a file lies.
fn beside(path: &str) -> Option<String> {
    path.rsplit_once('/').map(|(folder, _)| format!("{folder}/vep.md"))
}

/// The main document that a companion belongs to: that of its own folder, else of the nearest one above.
fn main_of<'m>(path: &str, main: &BTreeSet<&'m str>) -> Option<&'m str> {
    let mut folder = path;
    while let Some((above, _)) = folder.rsplit_once('/') {
        if let Some(found) = main.get(format!("{above}/vep.md").as_str()) {
            return Some(found);
        }
        folder = above;
    }
    None
}

/// How far a proposal is from what was asked for; none where it is no candidate.
fn distance(document: &Document, name: &str, digits: Option<&str>) -> Option<usize> {
    if let Some(digits) = digits {
        let own = document.number()?.to_string();
        let distance = strsim::damerau_levenshtein(&own, digits);
        return (distance <= 1).then_some(distance);
    }
    let title = document.facts().title.as_ref().map(|fact| fact.value.to_lowercase()).unwrap_or_default();
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
