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
use std::fs::{self, File, TryLockError};
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
const MOST_REFRESH: Duration = Duration::from_secs(12);
/// How the names of folders begin in which something is made or given up.
const UNFINISHED: &str = "new-";
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
    // What is there is there, whatever it is called.
    text.contains("://") || (like_ssh() && !place.exists())
}

/// An address as it may be shown: without whatever names a user, and without a query, either of which may be a secret.
pub fn without_user(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    one_line(&git::without_users(plain), 200)
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
        if !is_whole(&folder)? {
            self.make(&folder, work)?;
        }
        let mut why = None;
        let rests = failed.as_ref().filter(|(at, _)| at.elapsed() < REST).map(|(_, why)| why.clone());
        match (self.reach, rests) {
            _ if is_fresh(&folder) => {}
            (Reach::Kept, _) => why = Some("not refreshed: --offline".to_owned()),
            (_, Some(before)) => why = Some(before),
            (_, None) => {
                let refreshed = self.refresh_in_turn(&folder, work);
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
        let shown = without_user(&self.url);
        let last = shown.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
        let name: String = last.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
        let digest: String = cache::digest(self.url.as_bytes()).chars().take(16).collect();
        Ok(cache.below(CLONES).join(format!("{name}-{digest}.git")))
    }

    /// Makes the clone beside its place, and moves it there. What lies there already is given up only then.
    fn make(&self, folder: &Path, work: &Work) -> Result<(), Failure> {
        if self.reach == Reach::Kept {
            return Err(Failure::NoCheckout(format!(
                "nothing was kept of {}, and --offline asks no network; run once without it",
                self.shown()
            )));
        }
        let unwritable =
            |error: std::io::Error| Failure::Unwritable { what: "the clone".into(), why: error.to_string() };
        let Some(cache) = &self.cache else { return Ok(()) };
        let clones = cache.made(CLONES)?;
        let Some(_turn) = turn(folder, MOST_CLONE)? else {
            return Err(Failure::Git("another run has been cloning it for too long; try again".into()));
        };
        // Whoever had the turn before may have made it.
        if is_whole(folder)? {
            return Ok(());
        }
        sweep(&clones);
        let beside = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&clones).map_err(unwritable)?;
        Git::bare(beside.path().to_owned()).make(&self.url)?;
        self.refresh(beside.path(), MOST_CLONE, work)?;
        let broken = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&clones).map_err(unwritable)?;
        if folder.exists() {
            fs::rename(folder, broken.path().join("broken")).map_err(unwritable)?;
        }
        fs::rename(beside.path(), folder).map_err(unwritable)
    }

    /// Refreshes the clone, unless another run does that now or just has.
    fn refresh_in_turn(&self, folder: &Path, work: &Work) -> Result<(), Failure> {
        let Some(_turn) = turn(folder, MOST_REFRESH)? else {
            return Err(Failure::Git("another run is refreshing it".into()));
        };
        if is_fresh(folder) {
            return Ok(());
        }
        unlock(folder, 0);
        self.refresh(folder, MOST_REFRESH, work)
    }

    /// Fetches what is new, and says when that was.
    fn refresh(&self, folder: &Path, within: Duration, work: &Work) -> Result<(), Failure> {
        work.say(&format!("fetching {}", self.shown()));
        let (git, until) = (Git::bare(folder.to_owned()), Instant::now() + within);
        let head = git.remote_head(within)?;
        let filter = format!("--filter=blob:limit={}", MOST_BYTES + 1);
        let left = until.saturating_duration_since(Instant::now());
        // Under their own names, and as a clone would name them.
        let branches = ["+refs/heads/*:refs/heads/*", "+refs/heads/*:refs/remotes/origin/*"];
        git.fetch(&["--prune", &filter], &branches, left, work)?;
        git.set_default_branch(head)?;
        let stamped = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
            file.write_all(Timestamp::now().to_string().as_bytes())?;
            file.persist(folder.join(STAMP)).map(drop).map_err(|error| error.error)
        });
        stamped.map_err(|error| Failure::Unwritable { what: "the clone".into(), why: error.to_string() })
    }

    /// The commit of a pull request, fetched where that can be; and what is to be known of it.
    pub fn pull(&self, folder: &Path, number: u32, work: &Work) -> Result<(String, Option<String>), Failure> {
        let git = Git::bare(folder.to_owned());
        let name = format!("refs/pull/{number}/head");
        let rests = self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rests = rests.filter(|(at, _)| at.elapsed() < REST).map(|(_, why)| why);
        let filter = format!("--filter=blob:limit={}", MOST_BYTES + 1);
        let fetched = match (self.reach, rests) {
            (Reach::Kept, _) => Err(Failure::Git("--offline".into())),
            (_, Some(why)) => Err(Failure::Git(why)),
            _ => git.fetch(&[&filter], &[&format!("+{name}:{name}")], MOST_REFRESH, work),
        };
        let is_known = |name: &str| git.commits_named(&[name]).is_ok();
        let Err(why) = fetched else { return Ok((name, None)) };
        let why = said(&why);
        let instead = format!("refs/vep-mcp/pull/{number}");
        let told = format!("it has no pull request {number}; its branch `pr/{number}` was read");
        if !why.contains("couldn't find remote ref") {
            return match (is_known(&name), is_known(&instead)) {
                (true, _) => Ok((name, Some(format!("the pull request as it was fetched before: {why}")))),
                (_, true) => Ok((instead, Some(format!("{told} before: {why}")))),
                _ => Err(Failure::Git(format!(
                    "pull request {number} of {} is not known here, and could not be fetched: {why}",
                    self.shown()
                ))),
            };
        }
        // A copy of the repository may keep pull requests as branches.
        let branch = format!("refs/heads/pr/{number}");
        if is_known(&branch) {
            // Only what the remote itself said is believed when it cannot be asked: anybody may push such a branch.
            git.name(&branch, &instead)?;
            return Ok((instead, Some(told)));
        }
        Err(Failure::NoCommit(format!("{} has no pull request {number}", self.shown())))
    }

    /// What the clone is of, and how old it is.
    fn told(&self, folder: &Path, why: Option<String>) -> String {
        let mut told = self.shown();
        if let Some((commit, day)) = Git::bare(folder.to_owned()).head() {
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

/// Whether a clone is there and can be read; an error where git could not be asked, which says nothing of the clone.
fn is_whole(folder: &Path) -> Result<bool, Failure> {
    if !folder.join("HEAD").is_file() {
        return Ok(false);
    }
    Git::bare(folder.to_owned()).is_whole()
}

/// The turn to change a clone, shared with other servers; none where another one has it for longer than that. It ends
/// with the value, and with the program.
fn turn(folder: &Path, within: Duration) -> Result<Option<File>, Failure> {
    let unwritable = |error: std::io::Error| Failure::Unwritable {
        what: "the cache folder".into(),
        why: error.to_string(),
    };
    let file = File::create(folder.with_extension("turn")).map_err(unwritable)?;
    let until = Instant::now() + within;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(50))
            }
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(unwritable(error)),
        }
    }
}

/// Removes what runs that were killed left behind.
fn sweep(clones: &Path) {
    for entry in fs::read_dir(clones).into_iter().flatten().flatten() {
        let is_unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        if is_unfinished && is_older(&entry.path(), MOST_CLONE) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// How deep below a clone names lie; deeper ones are nobody's.
const MOST_DEPTH: usize = 8;

/// Removes the locks that a killed git left in a clone: nobody but whoever has the turn writes into it.
fn unlock(folder: &Path, depth: usize) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && name != "objects" && depth < MOST_DEPTH => unlock(&path, depth + 1),
            Ok(kind)
                if kind.is_file()
                    && name.to_string_lossy().ends_with(".lock")
                    && is_older(&path, MOST_REFRESH) =>
            {
                let _ = fs::remove_file(path);
            }
            _ => {}
        }
    }
}

fn is_older(path: &Path, age: Duration) -> bool {
    let modified = fs::symlink_metadata(path).and_then(|it| it.modified()).ok();
    modified.and_then(|it| it.elapsed().ok()).is_some_and(|elapsed| elapsed > age)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_names_a_user_is_shown() {
        for (url, shown) in [
            ("https://github.com/kubevirt/enhancements", "https://github.com/kubevirt/enhancements"),
            ("https://me:secret@github.com/a/b", "https://github.com/a/b"),
            ("https://secret@github.com/a/b", "https://github.com/a/b"),
            ("https://a@b:secret@github.com", "https://github.com"),
            ("ssh://git@github.com/a/b", "ssh://github.com/a/b"),
            ("https://x.org/a?token=secret", "https://x.org/a"),
            ("https://x.org/a@b", "https://x.org/a@b"),
        ] {
            assert_eq!(without_user(url), shown);
        }
        let line = "fatal: could not read Password for 'https://secret@x.org': no, nor for https://me:secret@y.org/z";
        let told = git::without_users(line);
        assert_eq!(told, "fatal: could not read Password for 'https://x.org': no, nor for https://y.org/z");
    }
}
