//! The outside: the one place that reads files, the clock and, through the git program, history.
//!
//! [`Outside::load`] gathers a [`World`] for one question. A server calls it for every question, so a
//! change on disk is seen at once; what did not change is not parsed again.
//!
//! Nothing here opens a socket unless that was asked for: `online` for schedules, `remote` for a checkout that lies
//! elsewhere.
//!
//! Absent on purpose: running what a checkout configures. What is written into a checkout is written because a person
//! at the command line asked for it; a server only writes into its own cache.

mod cache;
mod doctor;
mod git;
mod online;
mod past;
mod process;
mod remote;
mod schedule;
mod tree;
mod write;

use crate::calendar::Calendar;
use crate::corpus::Corpus;
use crate::document::Document;
use crate::history::{History, Merged};
use crate::law::IN_FORCE_SINCE;
use crate::owners::Owners;
use crate::patch::Patch;
use crate::settings::{self, Settings};
use crate::text::{Source, code, one_line};
use crate::verbs::{Commit, Compare, Needs, Verb, Want};
use crate::world::{Base, Overtaken, PullRequest, Tip, Work, World};
use cache::Cache;
use jiff::civil::Date;
use online::Online;
use remote::{Clone, Remote};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use doctor::{Check, Examination, Standing};
pub use online::{BASE as SCHEDULES, Reach};
pub use tree::EXAMPLE;

/// The day on which the example universe is looked at, unless another one is asked for.
pub const EXAMPLE_TODAY: Date = Date::constant(2026, 8, 18);

/// Where worlds come from.
#[derive(Debug)]
pub struct Outside {
    place: Place,
    /// The place, where it has to be fetched.
    remote: Option<Remote>,
    schedules: Option<PathBuf>,
    reach: Reach,
    online: Online,
    today: Option<Date>,
    cache: Mutex<Caches>,
}

/// A checkout to read.
enum Checkout {
    /// The one that is built in.
    Example,
    /// The files in a folder.
    Folder(PathBuf),
    /// The commits of a clone.
    Clone(Clone),
}

/// What was read before.
#[derive(Debug, Default)]
struct Caches {
    files: tree::Cache,
    objects: git::Cache,
    /// The history as of a commit.
    history: Option<(String, Arc<History>)>,
    /// What a branch has merged as of a commit.
    merged: Option<(String, Arc<Merged>)>,
}

impl Caches {
    /// The pull requests that a branch has merged as of a commit; none where git does not say.
    fn merged(&mut self, git: &git::Git, commit: &str) -> Option<Arc<Merged>> {
        let known = self.merged.as_ref().filter(|(id, _)| id == commit).map(|(_, merged)| Arc::clone(merged));
        let merged = known.or_else(|| git.merged(commit).ok().map(Arc::new))?;
        self.merged = Some((commit.to_owned(), Arc::clone(&merged)));
        Some(merged)
    }
}

/// Which checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The one in this folder, or the repository at this address.
    Given(PathBuf),
    /// The nearest one, from the working folder upwards.
    Upwards,
    /// The example universe that is built in.
    Example,
}

impl Place {
    /// The folder that the variable `VEP_REPO` names; without one, or where it is empty, the nearest
    /// checkout upwards.
    pub fn from_environment() -> Self {
        match std::env::var_os("VEP_REPO").filter(|folder| !folder.is_empty()) {
            Some(folder) => Self::Given(folder.into()),
            None => Self::Upwards,
        }
    }
}

/// A world that could not be gathered. What it says names no path: it may go to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No folder `veps/` where one was looked for.
    NoCheckout(String),
    /// No schedule where some were looked for.
    NoSchedules,
    /// A commit was named that is none, and the way out.
    NoCommit(String),
    /// The git program did not answer the question, and the way out.
    Git(String),
    /// A file that the question names cannot be read.
    NoText {
        /// Its name.
        what: String,
        /// Why.
        why: String,
    },
    /// Something was not written.
    Unwritable {
        /// Which file.
        what: String,
        /// Why.
        why: String,
    },
    /// Something could not be read.
    Unreadable {
        /// What, as the person named it.
        what: String,
        /// Why.
        why: String,
    },
}

impl Outside {
    /// Worlds from a place; without `today` the clock says it, in UTC.
    pub fn new(place: Place, today: Option<Date>) -> Self {
        let reach = Reach::default();
        let online = Online::new(SCHEDULES, Cache::of_the_user());
        Self { remote: None, place, schedules: None, reach, online, today, cache: Mutex::default() }
            .reaching(reach, SCHEDULES)
    }

    /// The same where schedules may come from an address, and a repository that lies elsewhere is refreshed unless only
    /// what was kept may be used.
    pub fn reaching(self, reach: Reach, schedules: &str) -> Self {
        let remote = match &self.place {
            Place::Given(place) => Some(Remote::new(place, reach)).filter(|remote| remote.is_meant(place)),
            _ => None,
        };
        Self { remote, reach, online: Online::new(schedules, Cache::of_the_user()), ..self }
    }

    /// The same with the schedules of a folder: a checkout of kubevirt/sig-release, or a folder of
    /// `vX.Y/schedule.yaml`. Without one the example has its own, and everything else the built-in snapshot.
    pub fn with_schedules(self, schedules: Option<PathBuf>) -> Self {
        Self { schedules, ..self }
    }

    /// Gathers the world as it is now, and with it what it was, if that is to be compared.
    pub fn load(&self, compare: Option<&Compare>) -> Result<World, Failure> {
        self.gathered(compare, false, &Work::default())
    }

    /// The same, and what takes a while is said to whoever waits. Where no base can be found it may be done without.
    fn gathered(&self, compare: Option<&Compare>, or_without: bool, work: &Work) -> Result<World, Failure> {
        let (today, calendar) = (self.today(), Arc::new(self.calendar()?));
        let (root, clone) = match self.checkout(work)? {
            Checkout::Example => {
                let (head, beside) = tree::example();
                return Ok(with_beside(World::unchanged(head, calendar, today), beside));
            }
            Checkout::Folder(root) => (root, None),
            Checkout::Clone(clone) => (clone.folder.clone(), Some(clone)),
        };
        let pulled = match (compare.and_then(|compare| compare.pull), &self.remote) {
            (None, _) => None,
            (Some(number), Some(remote)) => Some(remote.pull(&root, number, work)?),
            (Some(_), None) => return Err(Failure::NoCommit(NO_PULLS.into())),
        };
        // A reader that panicked left at worst an entry too few.
        let mut caches = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let (pull, note) = pulled.unzip();
        // Where a base is welcome and not needed, none is looked for in a clone, whose head is the upstream branch itself.
        let compare = compare.filter(|_| !(or_without && clone.is_some()));
        let plain = |files: &mut tree::Cache, calendar: Arc<Calendar>| {
            let head = files.corpus(&root)?;
            let (beside, notices) = tree::beside(&root, &head);
            Ok(with_beside(World::unchanged(head.with_notices(notices), calendar, today), beside))
        };
        let world = match (compare, &clone) {
            (None, None) => plain(&mut caches.files, calendar)?,
            (None, Some(_)) => {
                let (head, beside) = self.git(root).tree("HEAD", None, &mut caches.objects)?;
                with_beside(World::unchanged(head, calendar, today), beside)
            }
            (Some(Compare { base: None, head: None, .. }), Some(_)) if pull.is_none() => {
                return Err(Failure::NoCommit(NO_HEAD.into()));
            }
            (Some(compare), clone) => {
                let named = pull.as_deref().or(compare.head.as_deref());
                let head = named.or(clone.is_some().then_some("HEAD"));
                match compared(
                    &self.git(root.clone()),
                    &root,
                    compare,
                    head,
                    &mut caches,
                    calendar.clone(),
                    today,
                ) {
                    Err(Failure::Git(_) | Failure::NoCommit(_)) if or_without => {
                        plain(&mut caches.files, calendar)?
                    }
                    world => world?,
                }
            }
        };
        let told = clone.map(|clone| match note.flatten() {
            Some(note) => format!("{}; {note}", clone.told),
            None => clone.told,
        });
        Ok(World { checkout: told, ..world })
    }

    /// The world that a question is about: what it needs, and nothing else. What takes a while is said to whoever waits.
    pub fn world_of<V: Verb>(&self, ask: &V::Ask, work: &Work) -> Result<World, Failure> {
        self.world_for(&V::needs(ask), work)
    }

    /// The world that has what is needed.
    pub fn world_for(&self, needs: &Needs, work: &Work) -> Result<World, Failure> {
        if needs.checkout == Want::No {
            return self.without_documents();
        }
        let gathered = match &needs.as_of {
            Some(at) => self.gathered_as_of(at, work),
            None => {
                let compare = (needs.base > Want::No).then_some(&needs.compare);
                self.gathered(compare, needs.base == Want::IfThere, work)
            }
        };
        let world = match gathered {
            // A checkout that somebody named has to be there.
            Err(Failure::NoCheckout(_))
                if needs.checkout == Want::IfThere && matches!(self.place, Place::Upwards) =>
            {
                let checkout = Some(BUILT_IN.to_owned());
                return Ok(World { checkout, ..self.without_documents()? });
            }
            gathered => gathered?,
        };
        let world = match &needs.since {
            Some(since) => self.with_earlier(world, since, work)?,
            None => world,
        };
        let world = if needs.history { self.with_history(world) } else { world };
        Ok(if needs.merged { self.with_merged(world) } else { world })
    }

    /// What is known without a checkout: the law, the calendar and the template that are built in.
    fn without_documents(&self) -> Result<World, Failure> {
        Ok(World::unchanged(Corpus::default(), self.calendar()?, self.today()))
    }

    /// The same world with the pull requests that the upstream default branch has merged. A world that is compared has
    /// those of its base.
    fn with_merged(&self, world: World) -> World {
        let Some(git) = self.at_hand().filter(|_| world.merged.is_none()) else { return world };
        let branch = git.default_branch().ok().flatten();
        let Some(commit) = branch.and_then(|branch| git.commits_named(&[branch]).ok()?.into_iter().next())
        else {
            return world;
        };
        let mut caches = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let merged = caches.merged(&git, &commit);
        world.with_merged(merged)
    }

    /// The repository of the checkout. Whoever has a world has its checkout, and nothing is fetched again.
    fn at_hand(&self) -> Option<git::Git> {
        let root = match &self.remote {
            Some(remote) => remote.folder(),
            None => self.root(),
        };
        root.ok().map(|root| self.git(root))
    }

    /// The same world with what it was at the end of a day or at a commit, its documents found again wherever they lie.
    fn with_earlier(&self, world: World, since: &str, work: &Work) -> Result<World, Failure> {
        let earlier = self.gathered_as_of(since, work)?;
        let name = earlier.as_of.clone().unwrap_or_default();
        let earlier = Arc::new(Base::new(name, earlier, &world.head));
        Ok(World { earlier: Some(earlier), ..world })
    }

    /// The same world with what git knows of its documents' past; without git it stays as it is.
    pub fn with_history(&self, world: World) -> World {
        let Some(git) = self.at_hand() else { return world };
        let Some(head) = git.commits_named(&["HEAD"]).ok().and_then(|ids| ids.into_iter().next()) else {
            return world;
        };
        let mut caches = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let known =
            caches.history.as_ref().filter(|(id, _)| *id == head).map(|(_, history)| Arc::clone(history));
        let Some(history) = known.or_else(|| git.history(&head).ok().map(Arc::new)) else { return world };
        caches.history = Some((head, Arc::clone(&history)));
        World { history, ..world }
    }

    /// The world as it was at the end of a day (`YYYY-MM-DD`, UTC) or at a commit. Its today is that day.
    pub fn as_of(&self, at: &str) -> Result<World, Failure> {
        self.gathered_as_of(at, &Work::default())
    }

    fn gathered_as_of(&self, at: &str, work: &Work) -> Result<World, Failure> {
        let (root, told) = match self.checkout(work)? {
            Checkout::Example => {
                return Err(Failure::NoCommit("the built-in example has no history".into()));
            }
            Checkout::Folder(root) => (root, None),
            Checkout::Clone(clone) => (clone.folder, Some(clone.told)),
        };
        let git = self.git(root);
        let (commit, day) = git.as_of(at, self.today.unwrap_or_else(now))?;
        let mut caches = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let (head, beside) = git.tree(&commit, None, &mut caches.objects)?;
        // Documents used to lie in many places; today's path says which VEP one is.
        let head = under_todays_paths(head, &git.moved_since(&commit)?);
        // Everything is as of that day, whatever day it is for other questions.
        let today = day;
        let law =
            if day < IN_FORCE_SINCE { ", before VEP-282, whose rules are applied all the same" } else { "" };
        let as_of = Some(format!("commit {} of {day}{law}", git::short(&commit)));
        let world = with_beside(World::unchanged(head, self.calendar()?, today), beside);
        Ok(World { as_of, checkout: told, ..world })
    }

    /// Whether the checkout is fetched from elsewhere, and looking at it costs more than looking at files.
    pub fn is_remote(&self) -> bool {
        self.remote.is_some()
    }

    /// Whether a question may open a socket.
    pub fn reaches_out(&self) -> bool {
        self.reach == Reach::Network || (self.is_remote() && self.reach != Reach::Kept)
    }

    /// Writes patches into the checkout, because a person asked for it; with a branch and a message as a local
    /// commit. Gives back what was done, a line each.
    pub fn write(&self, patches: &[Patch], commit: Option<(&str, &str)>) -> Result<Vec<String>, Failure> {
        let unwritable = |what: &str, why: &str| {
            Err(Failure::Unwritable { what: what.into(), why: format!("{why}; work on a checkout") })
        };
        match (&self.place, &self.remote) {
            (Place::Example, _) => unwritable("the built-in example", "it is part of the program"),
            (_, Some(_)) => unwritable("the clone in the cache", "it is no place to work in"),
            _ => write::apply(&self.root()?, patches, commit),
        }
    }

    /// Makes each of several local commits on a branch of its own, which starts at the base; the checkout is left on the
    /// branch that it was on. Gives back what was done, a line each.
    pub fn commit_each(&self, commits: &[Commit]) -> Result<Vec<String>, Failure> {
        match (&self.place, &self.remote) {
            (Place::Example, _) | (_, Some(_)) => self.write(&[], None),
            _ => write::commit_each(&self.root()?, commits),
        }
    }

    /// The dates: of the folder that was named and of nothing else, unless the network may be asked; else of a checkout
    /// of sig-release beside the repository, then of the network, then of the snapshot.
    fn calendar(&self) -> Result<Calendar, Failure> {
        let built_in = Calendar::snapshot();
        let online = || self.online.calendar(self.reach, &built_in);
        if let Some(folder) = &self.schedules {
            let named = schedule::folder(folder, "the schedules named by --schedules")?;
            return Ok(online().into_iter().fold(named, Calendar::or));
        }
        if self.place == Place::Example {
            return Ok(schedule::example());
        }
        let beside = self.root().ok().and_then(|root| schedule::beside(&root));
        let found: Vec<Calendar> = beside.into_iter().chain(online()).collect();
        let found = found.into_iter().reduce(Calendar::or);
        Ok(match found {
            Some(found) => found.or(built_in),
            None => built_in,
        })
    }

    /// The day that is asked about.
    fn today(&self) -> Date {
        self.today.unwrap_or_else(|| match self.place {
            Place::Example => EXAMPLE_TODAY,
            _ => now(),
        })
    }

    /// The repository of a checkout.
    fn git(&self, root: PathBuf) -> git::Git {
        if self.is_remote() { git::Git::bare(root) } else { git::Git::around(root) }
    }

    /// What there is to read.
    fn checkout(&self, work: &Work) -> Result<Checkout, Failure> {
        match (&self.place, &self.remote) {
            (Place::Example, _) => Ok(Checkout::Example),
            (_, Some(remote)) => remote.ready(work).map(Checkout::Clone),
            _ => self.root().map(Checkout::Folder),
        }
    }

    /// The folder of a checkout on this disk.
    fn root(&self) -> Result<PathBuf, Failure> {
        match &self.place {
            Place::Example => Err(Failure::NoCheckout("the example is built in".into())),
            Place::Given(folder) if has_veps(folder) => Ok(folder.clone()),
            Place::Given(_) => {
                let looked = "the folder named by --repo or VEP_REPO has no folder `veps/`, or is not there";
                Err(Failure::NoCheckout(looked.into()))
            }
            Place::Upwards => upwards(),
        }
    }
}

/// The day in UTC.
fn now() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// What an answer is read from where there is no checkout.
const BUILT_IN: &str =
    "what is built in: no checkout is here; start it in a clone of kubevirt/enhancements, or name one";

/// What is said to somebody who asks for a pull request of a folder.
const NO_PULLS: &str = "a pull request is fetched from where it was made, never into your checkout; add \
                        --repo https://github.com/kubevirt/enhancements";

/// What is said to somebody who asks what changed in a repository that nobody works in.
const NO_HEAD: &str =
    "a remote repository has no working tree; name what changes with --head BRANCH or --pr NUMBER";

/// A corpus with documents where they lie today.
fn under_todays_paths(corpus: Corpus, moved: &BTreeMap<String, String>) -> Corpus {
    let documents = corpus.documents().map(|document| match moved.get(document.path()) {
        Some(path) => Arc::new(Document::parse(Source::new(path.as_str(), document.source.text()))),
        None => Arc::clone(document),
    });
    let files = corpus.files().iter().map(|file| moved.get(file).unwrap_or(file).clone()).collect();
    Corpus::new(documents.collect(), vec![]).with_files(files)
}

/// A world with its base. The head is the working tree, unless a commit is named.
fn compared(
    git: &git::Git,
    root: &Path,
    compare: &Compare,
    given: Option<&str>,
    caches: &mut Caches,
    calendar: Arc<Calendar>,
    today: Date,
) -> Result<World, Failure> {
    let head = given.unwrap_or("HEAD");
    // Whatever else is wrong, a head that is not there is told first.
    let base = match compare.base.as_deref() {
        Some(name) => name,
        None => {
            git.commits_named(&[head])?;
            git.default_branch()?.ok_or_else(|| {
                Failure::Git("no upstream default branch is known here; name the base with --base".into())
            })?
        }
    };
    let named = git.commits_named(&[base, head])?;
    let [base_id, head] = named.as_slice() else {
        return Err(Failure::Git("git named no two commits".into()));
    };
    let parted = git.merge_base(base_id, head)?;
    let (now, beside) = match given {
        Some(_) => git.tree(head, None, &mut caches.objects)?,
        None => {
            let now = caches.files.corpus(root)?;
            let (beside, notices) = tree::beside(root, &now);
            (now.with_notices(notices), beside)
        }
    };
    let (before, beside_before) = git.tree(&parted, Some(&now), &mut caches.objects)?;
    let read = |path: &str| tree::is_beside(path) || (now.at(path).is_some() && before.at(path).is_some());
    let others_differ = beside != beside_before
        || git.differing(&parted, given.map(|_| head.as_str()))?.iter().any(|path| !read(path));
    let was = with_beside(World::unchanged(before, calendar.clone(), today), beside_before);
    let tip = match *base_id == parted {
        true => None,
        // What a partial clone lacks of it spoils no other answer.
        false => tip(git, base, base_id, (&was, &now), &mut caches.objects).ok().map(Arc::new),
    };
    let commits = git.commits(&parted, head)?;
    let head_name = given.map_or("the working tree".into(), |name| {
        code(name.trim_start_matches("refs/").trim_start_matches("vep-mcp/"))
    });
    let base = base.trim_start_matches("refs/remotes/");
    let name = format!("{}, the merge base of {} and {head_name}", git::short(&parted), code(base));
    let base = Base { others_differ, tip, ..Base::new(name, was, &now) };
    let pull = PullRequest { commits, ..PullRequest::default() };
    let now = with_beside(World::unchanged(now, calendar, today), beside);
    let world = World { base: Some(Arc::new(base)), pull: Arc::new(pull), ..now };
    Ok(world.with_merged(caches.merged(git, base_id)))
}

/// The base branch as it is now, and which documents it and the change have both changed since they parted. The change is
/// what it was and what it is.
fn tip(
    git: &git::Git,
    name: &str,
    id: &str,
    (before, now): (&World, &Corpus),
    objects: &mut git::Cache,
) -> Result<Tip, Failure> {
    let (there, beside) = git.tree(id, Some(now), objects)?;
    let owners = with_beside(before.clone(), beside).owners;
    let past = |corpus: &Corpus| Base::new(String::new(), before.clone(), corpus);
    let (ours, theirs) = (past(now), past(&there));
    let mut overtaken = Vec::new();
    for document in ours.edited(now) {
        let was = ours.was(document.path());
        let came_of = |it: &&Arc<Document>| match was {
            Some(was) => theirs.was(it.path()).is_some_and(|before| before.path() == was.path()),
            None => it.path() == document.path(),
        };
        let other = there.documents().find(came_of);
        let text = |it: &Arc<Document>| it.source.text().to_owned();
        let (was, other_text) = (was.map(text), other.map(text));
        // Nobody has changed it there, or both have made the same of it.
        if was == other_text || other_text.as_deref() == Some(document.source.text()) {
            continue;
        }
        let merged = match &other_text {
            Some(other) => {
                git.merged_text(was.as_deref().unwrap_or_default(), document.source.text(), other)?
            }
            None => None,
        };
        overtaken.push(Overtaken { path: document.path().into(), there: other.cloned(), merged });
    }
    let name = format!("{}, {}", code(name.trim_start_matches("refs/remotes/")), git::short(id));
    Ok(Tip { name, owners, overtaken })
}

/// A world with what its checkout has beside the documents.
fn with_beside(world: World, beside: BTreeMap<String, Vec<u8>>) -> World {
    let (mut owners, mut settings, mut law) = (BTreeMap::new(), Settings::default(), Vec::new());
    let mut pull_template = None;
    for (path, bytes) in beside {
        match path.as_str() {
            settings::FILE => settings = Settings::read(Source::from_bytes(path, &bytes)),
            tree::PULL_TEMPLATE => pull_template = Some(String::from_utf8_lossy(&bytes).into_owned()),
            _ if path.ends_with(".md") => law.push(Source::from_bytes(path, &bytes)),
            _ => {
                owners.insert(path, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    let (owners, settings, law) = (Arc::new(Owners::read(owners)), Arc::new(settings), Arc::new(law));
    World { owners, settings, law, pull_template, ..world }
}

fn has_veps(folder: &Path) -> bool {
    folder.join("veps").is_dir()
}

fn upwards() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::Unreadable { what: "the working folder".into(), why: error.to_string() })?;
    if let Some(root) = here.ancestors().find(|folder| has_veps(folder)) {
        return Ok(root.to_owned());
    }
    Err(Failure::NoCheckout(match here.ancestors().count() - 1 {
        0 => "the working folder is the root of the file system and has no folder `veps/`".into(),
        above => {
            format!("neither the working folder nor any of the {above} folders above it has a folder `veps/`")
        }
    }))
}

impl Failure {
    /// Whether the question named what is not there: another question has an answer.
    pub fn is_of_the_question(&self) -> bool {
        matches!(self, Self::NoSchedules | Self::NoCommit(_) | Self::NoText { .. })
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoCheckout(looked) => write!(
                f,
                "no checkout of kubevirt/enhancements: {looked}\n\
                 - Start vep-mcp in a checkout, or name one with --repo DIR or the variable VEP_REPO.\n\
                 - `--repo https://github.com/kubevirt/enhancements` fetches one.\n\
                 - Without one, `--demo` serves the built-in example."
            ),
            Self::NoSchedules => write!(
                f,
                "no schedules: the folder named by --schedules has no `vX.Y/schedule.yaml`, neither itself nor below `releases/`\n\
                 - Name a checkout of kubevirt/sig-release, or a folder of `vX.Y/schedule.yaml`.\n\
                 - Without --schedules the built-in snapshot is used."
            ),
            Self::Git(why) | Self::NoCommit(why) => write!(f, "git: {why}"),
            Self::Unwritable { what, why } => write!(f, "{what} is not written: {why}"),
            Self::Unreadable { what, why } | Self::NoText { what, why } => {
                write!(f, "{what} cannot be read: {why}")
            }
        }
    }
}

/// Appends a summary to the file that GitHub's runner names for it; elsewhere it does nothing.
pub fn append_step_summary(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let Some(name) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    let file = std::fs::OpenOptions::new().create(true).append(true).open(name);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| Failure::Unwritable {
        what: "the file named by GITHUB_STEP_SUMMARY".into(),
        why: error.to_string(),
    })
}

/// Reads the text that a question names by a file, or by `-` for the standard input.
pub fn text(name: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::Read as _;
    // One byte more than is read of a document, so that too long a text is told from one that fits.
    let most = crate::document::MOST_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let read = if name == Path::new("-") {
        std::io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(name).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => {
            let what = one_line(&name.display().to_string(), 300);
            Err(Failure::NoText { what, why: error.to_string() })
        }
    }
}
