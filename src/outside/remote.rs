//! A checkout that lies elsewhere: a bare partial clone of it in the cache, refreshed now and then.
//!
//! Everything but the largest files is there, with the whole history, so that all questions are answered from the
//! clone: the network is asked only whether something is new. Where it does not answer the clone counts, with its
//! age. Several servers may share a clone: it is made beside its place and moved there whole.
//!
//! Absent on purpose: pushing, and titles and labels of pull requests, which git does not know.

use super::Failure;
use super::cache::{self, Cache};
use super::git::{self, Git};
use super::online::Reach;
use crate::document::MOST_BYTES;
use crate::text::{code, one_line};
use crate::world::Work;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For so long a clone is not refreshed again.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// For so long a remote that did not answer is not asked again by the same server.
const REST: Duration = Duration::from_secs(60);
/// How long a first clone may take.
const MOST_CLONE: Duration = Duration::from_secs(600);
/// How long a refresh may take before the clone counts as it is.
const MOST_REFRESH: Duration = Duration::from_secs(20);
/// The file in a clone that says when it was last refreshed.
const STAMP: &str = "vep-mcp-refreshed";
/// The folder of clones, below the cache.
pub const CLONES: &str = "clones";

/// A repository that lies elsewhere.
#[derive(Debug)]
pub struct Remote {
    url: String,
    cache: Option<Cache>,
    reach: Reach,
    /// When it last did not answer. Also the turn: who waits for it finds what the other fetched.
    failed: Mutex<Option<(Instant, String)>>,
}

/// A clone to read from.
pub struct Clone {
    /// Where it lies.
    pub folder: PathBuf,
    /// What it is of, and how old it is.
    pub told: String,
}

/// `https://…`, or `user@host:path` as ssh has it.
fn is_address(place: &Path) -> bool {
    let Some(text) = place.to_str() else { return false };
    let like_ssh = || text.split_once(':').is_some_and(|(host, _)| host.contains('@') && !host.contains('/'));
    text.contains("://") || like_ssh()
}

/// An address without whatever names a user, as it may be shown.
pub fn without_user(url: &str) -> String {
    let shown = match url.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.split('/').next().unwrap_or_default();
            let user = host.rfind('@').map_or(0, |at| at + 1);
            format!("{scheme}://{}", rest.get(user..).unwrap_or_default())
        }
        None => url.to_owned(),
    };
    one_line(&shown, 200)
}

impl Remote {
    /// A repository at an address or a path; what may be done to reach it.
    pub fn new(place: &Path, reach: Reach) -> Self {
        let url = match is_address(place) {
            true => place.to_string_lossy().into_owned(),
            false => {
                std::path::absolute(place).unwrap_or_else(|_| place.to_owned()).to_string_lossy().into_owned()
            }
        };
        Self { url, cache: Cache::of_the_user(), reach, failed: Mutex::default() }
    }

    /// Whether somebody who says where the checkout is means a place that has to be fetched: an address, something on
    /// this disk that git fetches from (a bundle, a bare repository), or something that was and of which a clone is kept.
    pub fn is_meant(&self, place: &Path) -> bool {
        let is_bare = || place.join("objects").is_dir() && place.join("HEAD").is_file();
        let is_kept = || !place.exists() && self.folder().is_ok_and(|clone| clone.exists());
        is_address(place) || place.is_file() || is_bare() || is_kept()
    }

    /// The address as it may be shown.
    pub fn shown(&self) -> String {
        code(&without_user(&self.url))
    }

    /// The clone as it is, made or refreshed where that is due.
    pub fn ready(&self, work: &Work) -> Result<Clone, Failure> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = self.folder()?;
        if !folder.join("HEAD").is_file() {
            self.make(&folder, work)?;
        }
        // A clone that lost something is made anew.
        if self.reach != Reach::Kept && Git::around(folder.clone()).head().is_none() {
            let _ = fs::remove_dir_all(&folder);
            self.make(&folder, work)?;
        }
        let mut why = None;
        let rests = failed.as_ref().filter(|(at, _)| at.elapsed() < REST).map(|(_, why)| why.clone());
        match (self.reach, rests) {
            _ if is_fresh(&folder) => {}
            (Reach::Kept, _) => why = Some("not refreshed: --offline".to_owned()),
            (_, Some(before)) => why = Some(before),
            (_, None) => {
                let refreshed = self.refresh(&folder, MOST_REFRESH, work);
                *failed = refreshed
                    .err()
                    .map(|failure| (Instant::now(), format!("not refreshed: {}", said(&failure))));
                why = failed.as_ref().map(|(_, why)| why.clone());
            }
        }
        let told = self.told(&folder, why);
        Ok(Clone { folder, told })
    }

    /// Where the clone lies, whether it is there or not.
    pub fn folder(&self) -> Result<PathBuf, Failure> {
        let cache = self.cache.as_ref().ok_or_else(|| Failure::Unwritable {
            what: "the cache".into(),
            why: "no home folder is known; name a folder with XDG_CACHE_HOME".into(),
        })?;
        let last = self.url.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
        let name: String = last.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
        let digest: String = cache::digest(self.url.as_bytes()).chars().take(16).collect();
        Ok(cache.below(CLONES).join(format!("{name}-{digest}.git")))
    }

    /// Makes the clone beside its place, and moves it there.
    fn make(&self, folder: &Path, work: &Work) -> Result<(), Failure> {
        if self.reach == Reach::Kept {
            return Err(Failure::NoCheckout(format!(
                "nothing was kept of {}, and --offline asks no network; run once without it",
                self.shown()
            )));
        }
        let unwritable = |error: std::io::Error| Failure::Unwritable {
            what: "the cache folder".into(),
            why: error.to_string(),
        };
        if let Some(cache) = &self.cache {
            let clones = cache.made(CLONES)?;
            let beside = tempfile::Builder::new().prefix("new-").tempdir_in(clones).map_err(unwritable)?;
            let git = Git::around(beside.path().to_owned());
            git.make(&self.url)?;
            self.refresh(beside.path(), MOST_CLONE, work)?;
            // Another server may have been quicker; then its clone is as good.
            if fs::rename(beside.path(), folder).is_err() && !folder.join("HEAD").is_file() {
                return Err(Failure::Unwritable {
                    what: "the clone".into(),
                    why: "it cannot be moved to its place".into(),
                });
            }
        }
        Ok(())
    }

    /// Fetches what is new, and says when that was.
    fn refresh(&self, folder: &Path, within: Duration, work: &Work) -> Result<(), Failure> {
        work.say(&format!("fetching {}", self.shown()));
        let git = Git::around(folder.to_owned());
        let filter = format!("--filter=blob:limit={}", MOST_BYTES + 1);
        git.fetch(&["--prune", &filter, "origin"], within, work).map_err(|failure| self.failed(failure))?;
        git.set_default_branch(within).map_err(|failure| self.failed(failure))?;
        let stamped = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
            file.write_all(Timestamp::now().to_string().as_bytes())?;
            file.persist(folder.join(STAMP)).map(drop).map_err(|error| error.error)
        });
        stamped.map_err(|error| Failure::Unwritable { what: "the clone".into(), why: error.to_string() })
    }

    /// The commit of a pull request, fetched where that can be; and what is to be known of it.
    pub fn pull(&self, folder: &Path, number: u32, work: &Work) -> Result<(String, Option<String>), Failure> {
        let git = Git::around(folder.to_owned());
        let name = format!("refs/pull/{number}/head");
        let fetched = match self.reach {
            Reach::Kept => Err(Failure::Git("--offline".into())),
            _ => git.fetch(&["origin", &format!("+{name}:{name}")], MOST_REFRESH, work),
        };
        let note = fetched
            .as_ref()
            .err()
            .map(|why| format!("the pull request as it was fetched before: {}", said(why)));
        if git.commits_named(&[&name]).is_ok() {
            return Ok((name, note));
        }
        // A copy of the repository may keep pull requests as branches.
        let branch = format!("refs/heads/pr/{number}");
        if git.commits_named(&[&branch]).is_ok() {
            return Ok((branch, None));
        }
        let why = fetched.err().map_or_else(String::new, |why| format!(" ({})", said(&why)));
        Err(Failure::NoCommit(format!("{} has no pull request {number}{why}", self.shown())))
    }

    fn failed(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Git(why) => Failure::Git(why.replace(&self.url, &without_user(&self.url))),
            other => other,
        }
    }

    /// What the clone is of, and how old it is.
    fn told(&self, folder: &Path, why: Option<String>) -> String {
        let mut told = self.shown();
        if let Some((commit, day)) = Git::around(folder.to_owned()).head() {
            told.push_str(&format!(" at {} of {day}", git::short(&commit)));
        }
        if let Some(at) = refreshed(folder) {
            told.push_str(&format!(", fetched {}", at.strftime("%Y-%m-%d %H:%M UTC")));
            told.push_str(&age(Timestamp::now().duration_since(at)));
        }
        why.into_iter().for_each(|why| told.push_str(&format!("; {why}")));
        told
    }
}

/// What went wrong, in a line that stands inside another one.
fn said(failure: &Failure) -> String {
    one_line(failure.to_string().trim_start_matches("git: "), 200)
}

/// When a clone was last refreshed.
fn refreshed(folder: &Path) -> Option<Timestamp> {
    fs::read_to_string(folder.join(STAMP)).ok()?.trim().parse().ok()
}

fn is_fresh(folder: &Path) -> bool {
    let now = Timestamp::now();
    refreshed(folder).is_some_and(|at| at <= now && now.duration_since(at) < FRESH)
}

/// An age as people say it.
fn age(age: SignedDuration) -> String {
    match (age.as_hours() / 24, age.as_hours(), age.as_mins()) {
        (days @ 2.., ..) => format!(", {days} days ago"),
        (_, hours @ 2.., _) => format!(", {hours} hours ago"),
        (.., minutes @ 2..) => format!(", {minutes} minutes ago"),
        _ => ", just now".into(),
    }
}
