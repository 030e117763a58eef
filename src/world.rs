//! Everything that a question may be asked about, as values.
//!
//! The roof gathers a [`World`] once for each question; below the roof nothing else is known.
//!
//! Absent on purpose: how any of it was fetched.

use crate::calendar::Calendar;
use crate::corpus::Corpus;
use crate::document::{Document, Fact};
use crate::history::{History, Merged};
use crate::law::Cite;
use crate::owners::Owners;
use crate::settings::{Selection, Settings};
use crate::text::Source;
use crate::vep::{Release, Stage};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How far the work on a question is, for whoever waits for the answer; and whether somebody still does.
#[derive(Debug, Default)]
pub struct Work {
    expected: AtomicUsize,
    done: AtomicUsize,
    stopped: AtomicBool,
    /// What is done before anything is judged, and how often that changed.
    said: Mutex<(usize, String)>,
    /// Hears it at once.
    hears: Option<fn(&str)>,
}

impl Work {
    /// Work that somebody hears of as it goes.
    pub fn heard_by(hears: fn(&str)) -> Self {
        Self { hears: Some(hears), ..Self::default() }
    }

    /// What is being done now, where that takes a while.
    pub fn say(&self, what: &str) {
        self.hears.iter().for_each(|hears| hears(what));
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        *said = (said.0 + 1, what.to_owned());
    }

    /// How often something was said, and the last of it.
    pub fn said(&self) -> (usize, String) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// So many documents more are to be judged.
    pub fn expect(&self, more: usize) {
        self.expected.fetch_add(more, Ordering::Relaxed);
    }

    /// One document more is judged.
    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Nobody waits any more: what is not judged yet need not be.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether nobody waits any more.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// How many documents are judged, and how many are to be as far as that is known.
    pub fn so_far(&self) -> (usize, Option<usize>) {
        let (done, expected) = (self.done.load(Ordering::Relaxed), self.expected.load(Ordering::Relaxed));
        (done, (expected >= done && expected > 0).then_some(expected))
    }
}

/// Who asks: what is written for people says so where an assistant had a hand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asker {
    /// A person, on the command line.
    #[default]
    Person,
    /// An assistant, over MCP.
    Assistant,
}

/// A checkout, a calendar, and the day on which they are looked at. What does not change from one step to the next is
/// shared, so that a world with one edited document costs little.
#[derive(Debug, Clone)]
pub struct World {
    /// The documents as they are.
    pub head: Corpus,
    /// What a change is compared with; none where nobody knows.
    pub base: Option<Arc<Base>>,
    /// What it was at a day or a commit that was asked for. No verdict looks at it.
    pub earlier: Option<Arc<Base>>,
    /// What is said about the change as a whole.
    pub pull: Arc<PullRequest>,
    /// Who owns what, in the state of the head.
    pub owners: Arc<Owners>,
    /// The law's documents that are no VEPs: README and feature lifecycle.
    pub law: Arc<Vec<Source>>,
    /// The form of a pull request's body, where the checkout has one.
    pub pull_template: Option<String>,
    /// What the checkout asks of this tool, in the state of the head.
    pub settings: Arc<Settings>,
    /// What the person asking wants to be told.
    pub selection: Arc<Selection>,
    /// The releases and their dates.
    pub calendar: Arc<Calendar>,
    /// The day for which every answer holds, in UTC.
    pub today: Date,
    /// What git knows of the documents' past, where it was asked.
    pub history: Arc<History>,
    /// The pull requests that the base branch has merged, where its commits could be read.
    pub merged: Option<Arc<Merged>>,
    /// Which commit this is the world of, where an earlier one was asked for.
    pub as_of: Option<String>,
    /// Which repository this is and how old it is, where it is not a folder of the person who asks.
    pub checkout: Option<String>,
    /// Who asks.
    pub asker: Asker,
    /// How far the answer is; shared with whoever waits for it.
    pub work: Arc<Work>,
}

/// The checkout before the change.
#[derive(Debug, Clone)]
pub struct Base {
    /// What it is, in words: `merge base of HEAD and origin/main, 6a3bb23`.
    pub name: String,
    /// The world as it was.
    pub world: World,
    /// Documents that lie elsewhere now: the path now, and the path they had.
    pub renamed: BTreeMap<String, String>,
    /// Whether anything differs beside the documents.
    pub others_differ: bool,
    /// The base branch as it is now, where it has moved on since.
    pub tip: Option<Arc<Tip>>,
}

/// A base branch that has moved on since a change parted from it.
#[derive(Debug, Clone)]
pub struct Tip {
    /// What it is, in words: `origin/main`, 6a3bb23.
    pub name: String,
    /// Who owns what there.
    pub owners: Arc<Owners>,
    /// The documents that both the change and the branch have changed.
    pub overtaken: Vec<Overtaken>,
}

/// A document that a change and its base branch have both changed.
#[derive(Debug, Clone)]
pub struct Overtaken {
    /// Its path in the change.
    pub path: String,
    /// What it is on the base branch now; none where it was removed there.
    pub there: Option<Arc<Document>>,
    /// Its text as the merge would leave it; none where the two cannot be merged.
    pub merged: Option<String>,
}

/// A pull request, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullRequest {
    /// Its title.
    pub title: Option<String>,
    /// Its labels; none where nobody said which it has.
    pub labels: Option<Vec<String>>,
    /// The messages of its commits, the oldest first.
    pub commits: Vec<Commit>,
}

/// A commit of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its short name.
    pub id: String,
    /// Its whole message.
    pub message: String,
    /// How many parents it has: a merge has more than one.
    pub parents: usize,
}

impl PullRequest {
    /// Whether it has a label.
    pub fn is_labelled(&self, label: &str) -> bool {
        self.labels.iter().flatten().any(|own| own.eq_ignore_ascii_case(label))
    }
}

impl World {
    /// The world before the change; where nobody knows it, the one that is.
    pub fn before(&self) -> &Self {
        self.base.as_ref().map_or(self, |base| &base.world)
    }

    /// The settings that count: those of the base, so that no change switches off its own judge.
    pub fn in_force(&self) -> &Settings {
        &self.before().settings
    }

    /// The OWNERS that Prow would read, those of the base branch, and which state of the checkout that is.
    pub fn owners_in_force(&self) -> (&Owners, String) {
        match &self.base {
            None => (&self.owners, "as they are here; Prow reads those of the base branch".into()),
            Some(base) => match &base.tip {
                Some(tip) => (&tip.owners, format!("as they are in {}", tip.name)),
                None => (&base.world.owners, format!("as they are in {}", base.name)),
            },
        }
    }

    /// The same where each document that the base branch has changed since is what the merge would leave, and was what
    /// it is on the base branch now. Where the two cannot be merged it stays as the change has it.
    pub fn as_merged(&self) -> Self {
        let Some(base) = &self.base else { return self.clone() };
        let (mut now, mut was) = (self.head.clone(), base.world.head.clone());
        for overtaken in base.tip.iter().flat_map(|tip| &tip.overtaken) {
            let Some((text, there)) = overtaken.merged.as_ref().zip(overtaken.there.as_ref()) else {
                continue;
            };
            let merged = Document::parse(Source::new(overtaken.path.as_str(), text.as_str()));
            // What came of it on the base branch lies where it lay before the change.
            let path = base.renamed.get(&overtaken.path).unwrap_or(&overtaken.path).clone();
            let before = Document::parse(Source::new(path.as_str(), there.source.text()));
            now = now.with_documents(&[merged]).with_notices_of(&self.head);
            was = was.with_documents(&[before]).with_notices_of(&base.world.head);
        }
        let world = Self { head: was, ..base.world.clone() };
        let base = Base { world, ..Base::clone(base) };
        Self { head: now, base: Some(Arc::new(base)), ..self.clone() }
    }

    /// A world without a change.
    pub fn unchanged(head: Corpus, calendar: impl Into<Arc<Calendar>>, today: Date) -> Self {
        Self {
            head,
            base: None,
            earlier: None,
            pull: Arc::default(),
            owners: Arc::default(),
            law: Arc::default(),
            pull_template: None,
            settings: Arc::default(),
            selection: Arc::default(),
            calendar: calendar.into(),
            today,
            history: Arc::default(),
            merged: None,
            as_of: None,
            checkout: None,
            asker: Asker::Person,
            work: Arc::default(),
        }
    }

    /// The world after a change to these documents, with this one as its base.
    pub fn after(&self, documents: &[Document]) -> Self {
        let before = Self { base: None, ..self.clone() };
        let head = self.head.with_documents(documents);
        let base = Base {
            name: "the files as they are".into(),
            world: before,
            renamed: BTreeMap::new(),
            others_differ: false,
            tip: None,
        };
        Self { head, base: Some(Arc::new(base)), ..self.clone() }
    }

    /// The stage in flight of a document: the one that its front matter names; where only targets are known, the earliest
    /// targeted one whose release is not out on the day asked, else the latest (governance 3). One definition, for every
    /// answer.
    pub fn stage_in_flight(&self, document: &Document) -> Option<Stage> {
        if let Some(stage) = &document.facts().stage {
            return Some(stage.value);
        }
        let targets = &document.facts().targets;
        let to_come = targets.iter().find(|(_, release)| !self.is_out(release.value));
        to_come.or_else(|| targets.iter().next_back()).map(|(stage, _)| *stage)
    }

    /// Whether the planned GA of a release has passed on the day asked; not where nobody knows.
    pub fn is_out(&self, release: Release) -> bool {
        self.calendar.is_out(release, self.today) == Some(true)
    }

    /// The stage in flight and the release that it works towards; none where that has none.
    pub fn target<'d>(&self, document: &'d Document) -> Option<(Stage, &'d Fact<Release>)> {
        let stage = self.stage_in_flight(document)?;
        Some((stage, document.facts().targets.get(&stage)?))
    }

    /// The same where it is known which pull requests the base branch has merged. What the documents were is judged by
    /// the same evidence, so that nothing is new that only became known.
    pub fn with_merged(self, merged: Option<Arc<Merged>>) -> Self {
        let base = self.base.map(|base| {
            let world = base.world.clone().with_merged(merged.clone());
            Arc::new(Base { world, ..Base::clone(&base) })
        });
        Self { base, merged, ..self }
    }

    /// Where the words of a citation stand in the checkout's own documents: the file, and the place in it.
    pub fn find(&self, cite: &Cite) -> Option<(&Source, usize)> {
        let path = cite.source.path()?;
        let vep = cite.source.number().and_then(|number| self.head.numbered(number).next());
        let document = vep.or_else(|| self.head.at(path)).map(|document| &document.source);
        let source = document.or_else(|| self.law.iter().find(|source| source.path() == path))?;
        Some((source, cite.find(source.text())?))
    }

    /// Whether a SIG is one that may own a VEP here: one that the corpus knows, or that the settings add. The folders of
    /// the base count: no change makes its own SIG known.
    pub fn knows_sig(&self, name: &str) -> bool {
        self.before().head.knows_sig(name) || self.in_force().sigs.contains(name)
    }

    /// The known SIG that was most probably meant.
    pub fn nearest_sig(&self, name: &str) -> Option<&str> {
        let added = self.in_force().sigs.iter().map(String::as_str);
        self.before().head.nearest_sig(name).or_else(|| crate::text::nearest(name, added))
    }
}

impl Base {
    /// A base, with the documents that lie elsewhere now found again: by their text, by their number where
    /// enough of the text stayed, or where most of it did. A document keeps what it is when it moves, from whatever
    /// place: a single file beside the folders, a file of another name, another number or another case.
    pub fn new(name: String, world: World, head: &Corpus) -> Self {
        let world = World { head: world.head.sharing(head), ..world };
        let mut gone: Vec<&Arc<Document>> = world.head.documents().filter(|was| is_gone(was, head)).collect();
        // What was a proposal comes before what only lay beside one.
        gone.sort_by_key(|was| !was.home.is_proposal());
        let mut by_text: BTreeMap<&str, Vec<&Arc<Document>>> = BTreeMap::new();
        gone.iter().rev().for_each(|was| by_text.entry(was.source.text()).or_default().push(was));
        let mut renamed = BTreeMap::new();
        let mut taken = BTreeSet::new();
        let mut came: Vec<&Arc<Document>> = absent(head, &world.head).collect();
        came.retain(|now| match by_text.get_mut(now.source.text()).and_then(Vec::pop) {
            Some(was) => {
                taken.insert(was.path().to_owned());
                renamed.insert(now.path().to_owned(), was.path().to_owned());
                false
            }
            None => true,
        });
        for now in came {
            let free = gone.iter().filter(|was| !taken.contains(was.path()));
            let best = free
                .map(|was| (likeness(was, now), was))
                .filter(|(likeness, _)| *likeness >= SAME_DOCUMENT)
                .max_by_key(|(likeness, was)| (*likeness, was.home.is_proposal()));
            if let Some((_, was)) = best {
                taken.insert(was.path().to_owned());
                renamed.insert(now.path().to_owned(), was.path().to_owned());
            }
        }
        Self { name, world, renamed, others_differ: false, tip: None }
    }

    /// Whether anything differs from it.
    pub fn differs(&self, now: &World) -> bool {
        let was = &self.world;
        self.others_differ
            || was.head.files() != now.head.files()
            || was.head.notices() != now.head.notices()
            || texts(was) != texts(now)
    }

    /// What a document was, whatever it is called now.
    pub fn was(&self, path: &str) -> Option<&Arc<Document>> {
        let path = self.renamed.get(path).map_or(path, String::as_str);
        self.world.head.at(path)
    }

    /// The proposals that the change touches: their text, their path, or a file beside them.
    pub fn touched<'a>(&'a self, head: &'a Corpus) -> impl Iterator<Item = &'a Arc<Document>> {
        let texts = |corpus: &'a Corpus, path: &str| {
            corpus.companions(path).map(|it| it.source.text()).collect::<Vec<_>>()
        };
        head.proposals().iter().filter(move |now| {
            self.was(now.path()).is_none_or(|was| {
                was.source != now.source || texts(head, now.path()) != texts(&self.world.head, was.path())
            })
        })
    }

    /// The documents of any kind that the change brings, edits or moves.
    pub fn edited<'a>(&'a self, head: &'a Corpus) -> impl Iterator<Item = &'a Arc<Document>> {
        head.documents().filter(|now| self.was(now.path()).is_none_or(|was| was.source != now.source))
    }

    /// The proposals that are there no more, not even under another name.
    pub fn removed<'a>(&'a self, head: &'a Corpus) -> impl Iterator<Item = &'a Arc<Document>> {
        let kept: BTreeSet<&str> = self.renamed.values().map(String::as_str).collect();
        let all = self.world.head.proposals().iter();
        all.filter(move |was| is_gone(was, head) && !kept.contains(was.path()))
    }

    /// The files below `veps/` that were not there before, or not under this name.
    pub fn added<'a>(&'a self, head: &'a Corpus) -> impl Iterator<Item = &'a str> {
        head.files().difference(self.world.head.files()).map(String::as_str)
    }
}

/// Whether a document lies no more where it lay, or is a proposal no more.
fn is_gone(was: &Document, head: &Corpus) -> bool {
    match head.at(was.path()) {
        Some(now) => was.home.is_proposal() && !now.home.is_proposal(),
        None => true,
    }
}

/// The proposals of one corpus at whose path the other has nothing.
fn absent<'a>(from: &'a Corpus, other: &'a Corpus) -> impl Iterator<Item = &'a Arc<Document>> {
    from.proposals().iter().filter(|document| other.at(document.path()).is_none())
}

/// Every document by its path.
fn texts(world: &World) -> BTreeMap<&str, &Source> {
    let documents = world.head.documents().map(|document| &document.source);
    documents.map(|source| (source.path(), source)).collect()
}

/// From this likeness on two documents are one.
const SAME_DOCUMENT: usize = 50;

/// How alike two documents are, in percent of their lines; a common number counts for a quarter more.
fn likeness(was: &Document, now: &Document) -> usize {
    if was.source.text() == now.source.text() {
        return 200;
    }
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    lines(was).for_each(|line| *left.entry(line).or_default() += 1);
    let common = lines(now).filter(|line| {
        let left = left.get_mut(line).filter(|left| **left > 0);
        left.map(|left| *left -= 1).is_some()
    });
    let common = common.count();
    let same_number = was.number().is_some() && was.number() == now.number();
    let longer = lines(was).count().max(lines(now).count()).max(1);
    common * 100 / longer + if same_number { 25 } else { 0 }
}

/// The lines that say something.
fn lines(document: &Document) -> impl Iterator<Item = &str> {
    document.source.text().lines().map(str::trim_end).filter(|line| !line.is_empty())
}
