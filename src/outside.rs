//! The outside: the one place that reads files, the clock and, through the git program, history.
//!
//! [`Outside::load`] gathers a [`World`] for one question. A server calls it for every question, so a
//! change on disk is seen at once; what did not change is not parsed again.
//!
//! Absent on purpose: everything that could open a socket, and running what a checkout configures. What is written
//! is written because a person at the command line asked for it; a server never does.

mod git;
mod past;
mod process;
mod schedule;
mod tree;
mod write;

use crate::calendar::Calendar;
use crate::corpus::Corpus;
use crate::document::Document;
use crate::history::History;
use crate::owners::Owners;
use crate::patch::Patch;
use crate::settings::{self, Settings};
use crate::text::{Source, code, one_line};
use crate::verbs::{Compare, Verb};
use crate::world::{Base, PullRequest, World};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use tree::EXAMPLE;

/// The day on which the example universe is looked at, unless another one is asked for.
pub const EXAMPLE_TODAY: Date = Date::constant(2026, 8, 18);

/// Where worlds come from.
#[derive(Debug)]
pub struct Outside {
    place: Place,
    schedules: Option<PathBuf>,
    today: Option<Date>,
    cache: Mutex<Caches>,
}

/// What was read before.
#[derive(Debug, Default)]
struct Caches {
    files: tree::Cache,
    objects: git::Cache,
    /// The history as of a commit.
    history: Option<(String, Arc<History>)>,
}

/// Which checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The one in this folder.
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
        Self { place, schedules: None, today, cache: Mutex::default() }
    }

    /// The same with the schedules of a folder: a checkout of kubevirt/sig-release, or a folder of
    /// `vX.Y/schedule.yaml`. Without one the example has its own, and everything else the built-in snapshot.
    pub fn with_schedules(self, schedules: Option<PathBuf>) -> Self {
        Self { schedules, ..self }
    }

    /// Gathers the world as it is now, and with it what it was, if that is to be compared.
    pub fn load(&self, compare: Option<&Compare>) -> Result<World, Failure> {
        let today = self.today.unwrap_or_else(|| match self.place {
            Place::Example => EXAMPLE_TODAY,
            _ => jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        });
        let calendar = self.calendar()?;
        let Some(root) = self.root()? else {
            let (head, beside) = tree::example();
            return Ok(with_beside(World::unchanged(head, calendar, today), beside));
        };
        // A reader that panicked left at worst an entry too few.
        let mut caches = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        match compare {
            None => {
                let head = caches.files.corpus(&root)?;
                let (beside, notices) = tree::beside(&root, &head);
                let head = head.with_notices(notices);
                Ok(with_beside(World::unchanged(head, calendar, today), beside))
            }
            Some(compare) => compared(&root, compare, &mut caches, calendar, today),
        }
    }

    /// The world that a question is about.
    pub fn world_of<V: Verb>(&self, ask: &V::Ask) -> Result<World, Failure> {
        if let Some(at) = V::as_of(ask) {
            return self.as_of(at);
        }
        let world = self.load(V::compares(ask).as_ref())?;
        Ok(if V::REMEMBERS { self.with_history(world) } else { world })
    }

    /// The same world with what git knows of its documents' past; without git it stays as it is.
    pub fn with_history(&self, world: World) -> World {
        let Ok(Some(root)) = self.root() else { return world };
        let git = git::Git::around(root);
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

    /// The world as it was at the end of a day (`YYYY-MM-DD`, UTC) or at a commit. Its today is that day, unless another
    /// one was asked for.
    pub fn as_of(&self, at: &str) -> Result<World, Failure> {
        let Some(root) = self.root()? else {
            return Err(Failure::NoCommit("the built-in example has no history".into()));
        };
        let git = git::Git::around(root);
        let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let (commit, day) = git.as_of(at, self.today.unwrap_or(now).max(now))?;
        let mut caches = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let (head, beside) = git.tree(&commit, None, &mut caches.objects)?;
        // Documents used to lie in many places; today's path says which VEP one is.
        let head = under_todays_paths(head, &git.moved_since(&commit)?);
        let today = self.today.unwrap_or(day);
        let as_of = Some(format!("commit {} of {day}", git::short(&commit)));
        Ok(World { as_of, ..with_beside(World::unchanged(head, self.calendar()?, today), beside) })
    }

    /// Writes patches into the checkout, because a person asked for it; with a branch and a message as a local
    /// commit. Gives back what was done, a line each.
    pub fn write(&self, patches: &[Patch], commit: Option<(&str, &str)>) -> Result<Vec<String>, Failure> {
        match self.root()? {
            Some(root) => write::apply(&root, patches, commit),
            None => Err(Failure::Unwritable {
                what: "the built-in example".into(),
                why: "it is part of the program; work on a checkout".into(),
            }),
        }
    }

    fn calendar(&self) -> Result<Calendar, Failure> {
        match (&self.schedules, &self.place) {
            (Some(folder), _) => schedule::folder(folder),
            (None, Place::Example) => Ok(schedule::example()),
            (None, _) => Ok(Calendar::snapshot()),
        }
    }

    /// The folder of the checkout; none for the example.
    fn root(&self) -> Result<Option<PathBuf>, Failure> {
        match &self.place {
            Place::Example => Ok(None),
            Place::Given(folder) if has_veps(folder) => Ok(Some(folder.clone())),
            Place::Given(_) => {
                let looked = "the folder named by --repo or VEP_REPO has no folder `veps/`, or is not there";
                Err(Failure::NoCheckout(looked.into()))
            }
            Place::Upwards => upwards().map(Some),
        }
    }
}

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
    root: &Path,
    compare: &Compare,
    caches: &mut Caches,
    calendar: Calendar,
    today: Date,
) -> Result<World, Failure> {
    let git = git::Git::around(root.to_owned());
    let head = compare.head.as_deref().unwrap_or("HEAD");
    // Whatever else is wrong, a head that is not there is told first.
    let base = match &compare.base {
        Some(name) => name.as_str(),
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
    let (now, beside) = match &compare.head {
        Some(_) => git.tree(head, None, &mut caches.objects)?,
        None => {
            let now = caches.files.corpus(root)?;
            let (beside, notices) = tree::beside(root, &now);
            (now.with_notices(notices), beside)
        }
    };
    let (before, beside_before) = git.tree(&parted, Some(&now), &mut caches.objects)?;
    let was = with_beside(World::unchanged(before, calendar.clone(), today), beside_before);
    let commits = git.commits(&parted, head)?;
    let head_name = compare.head.as_deref().map_or("the working tree".into(), code);
    let base = base.trim_start_matches("refs/remotes/");
    let name = format!("{}, the merge base of {} and {head_name}", git::short(&parted), code(base));
    let base = Base::new(name, was, &now);
    let pull = PullRequest { commits, ..PullRequest::default() };
    let now = with_beside(World::unchanged(now, calendar, today), beside);
    Ok(World { base: Some(Arc::new(base)), pull, ..now })
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
    World { owners: Owners::read(owners), settings, law, pull_template, ..world }
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
