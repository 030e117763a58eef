//! Writing: the one place that changes a file of a checkout, and only because a person asked for it.
//!
//! A patch is for the text that it was made from: a file that has changed since is refused, before anything
//! is written. A file is written whole beside its place and then moved there, so that nobody ever sees half
//! of it.
//!
//! Absent on purpose: pushing, posting, and signing off for anybody.

use super::Failure;
use super::git::Git;
use crate::patch::Patch;
use crate::verbs::Commit;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Writes patches into a checkout: all of them, or none where one does not fit. With a branch and a message they
/// become a local commit; git signs and signs off as the person has configured it, and not otherwise. Gives
/// back what was done, a line each.
pub fn apply(root: &Path, patches: &[Patch], commit: Option<(&str, &str)>) -> Result<Vec<String>, Failure> {
    let targets = patches.iter().map(|patch| Ok((target(root, patch)?, patch)));
    let targets: Vec<(PathBuf, &Patch)> = targets.collect::<Result<_, Failure>>()?;
    match commit {
        None => write_all(&targets),
        Some((branch, message)) => {
            let git = Git::around(root.to_owned());
            on_a_branch(&git, patches, branch)?;
            let done = write_all(&targets).and_then(|done| committed(&git, patches, branch, message, done));
            done.map_err(|failure| taken_back(&git, patches, branch, failure))
        }
    }
}

/// Makes each commit on a new branch that starts at the base; the checkout is left on the branch that it was on. What was
/// committed before is not committed again, and what does not fit is found before the first commit is made.
pub fn commit_each(root: &Path, commits: &[Commit]) -> Result<Vec<String>, Failure> {
    let git = Git::around(root.to_owned());
    let back = where_it_is(&git)?;
    for commit in commits {
        commit.patches.iter().try_for_each(|patch| target(root, patch).map(drop))?;
    }
    let mut done: Vec<String> = Vec::new();
    for commit in commits {
        let name = format!("refs/heads/{}", commit.branch);
        if git.act(&["show-ref", "--verify", "--quiet", &name], b"").is_ok() {
            done.push(format!("the branch {} is there already; nothing is committed for it", commit.branch));
            continue;
        }
        let told = apply(root, &commit.patches, Some((&commit.branch, &commit.message)));
        let told = told.map_err(|failure| match done.is_empty() {
            true => failure,
            false => Failure::Git(format!("{failure}; done before: {}", done.join(", "))),
        })?;
        // The last line speaks of the commands of a single answer.
        done.extend(told.into_iter().filter(|line| !line.starts_with(LEFT)));
        done.push(format!("push it with `git push -u origin {}`", commit.branch));
        let back: Vec<&str> =
            ["switch", "--quiet"].into_iter().chain(back.iter().map(String::as_str)).collect();
        git.act(&back, b"")?;
    }
    Ok(done)
}

/// What brings a checkout back to where it is: its branch, or its commit.
fn where_it_is(git: &Git) -> Result<Vec<String>, Failure> {
    match git.act(&["symbolic-ref", "--quiet", "--short", "HEAD"], b"") {
        Ok(branch) => Ok(vec![branch.trim().to_owned()]),
        Err(_) => {
            Ok(vec!["--detach".into(), git.act(&["rev-parse", "--verify", "HEAD"], b"")?.trim().to_owned()])
        }
    }
}

/// How the last line begins, which says what a person still has to do.
const LEFT: &str = "what is left";

/// Where a new branch starts: at the upstream default branch, else at the clone's own, if the files are there what the
/// patches were made from; else where the checkout is.
fn base(git: &Git, patches: &[Patch]) -> String {
    let upstream = git.default_branch().ok().flatten();
    let own = ["refs/heads/main", "refs/heads/master"];
    let is_so_there = |start: &str, patch: &Patch| {
        let text = git.ask(&["cat-file", "blob", &format!("{start}:{}", patch.path)], b"").ok();
        text.as_deref() == patch.before.as_deref().map(str::as_bytes)
    };
    let mut starts = upstream.into_iter().chain(own);
    let start = starts.find(|start| patches.iter().all(|patch| is_so_there(start, patch)));
    start.unwrap_or("HEAD").to_owned()
}

fn write_all(targets: &[(PathBuf, &Patch)]) -> Result<Vec<String>, Failure> {
    let mut done: Vec<String> = Vec::new();
    for (file, patch) in targets {
        if let Err(error) = write(file, patch) {
            let before = if done.is_empty() { "nothing".into() } else { done.join(", ") };
            let why = format!("{error}; done before: {before}");
            return Err(Failure::Unwritable { what: patch.path.clone(), why });
        }
        done.push(format!("wrote {}", patch.path));
    }
    Ok(done)
}

/// A new branch on which what will be committed is what was shown, and nothing of somebody's unfinished work.
fn on_a_branch(git: &Git, patches: &[Patch], branch: &str) -> Result<(), Failure> {
    for patch in patches {
        if git.act(&["diff", "--quiet", "HEAD", "--", &patch.path], b"").is_err() {
            let why = "it has changes of yours that are not committed, or there is no commit yet; commit or stash them first";
            git.act(&["rev-parse", "--git-dir"], b"")?;
            return Err(Failure::Unwritable { what: patch.path.clone(), why: why.into() });
        }
    }
    // A branch that is there already, or no repository at all, is found before anything is written.
    let base = base(git, patches);
    git.act(&["switch", "--quiet", "--no-track", "--create", branch, &base], b"")?;
    Ok(())
}

fn committed(
    git: &Git,
    patches: &[Patch],
    branch: &str,
    message: &str,
    mut done: Vec<String>,
) -> Result<Vec<String>, Failure> {
    let paths: Vec<&str> = patches.iter().map(|patch| patch.path.as_str()).collect();
    git.act(&[&["add", "--"], paths.as_slice()].concat(), b"")?;
    let commit = ["commit", "--quiet", "--only", "--file=-", "--"];
    git.act(&[&commit, paths.as_slice()].concat(), message.as_bytes())?;
    // It is done: what is only told about it must not take it back.
    let log = |format: &str| git.act(&["log", "--max-count=1", format], b"").unwrap_or_default();
    done.push(format!("committed {} on the new branch {branch}", log("--format=%h %s").trim()));
    let signed = !log("--format=%(trailers:key=Signed-off-by)").trim().is_empty();
    if !signed {
        done.push("it is not signed off: `git commit --amend -s` does that".into());
    }
    done.push(format!("{LEFT}: git push -u origin {branch}"));
    Ok(done)
}

/// Undoes a commit that could not be made, such as one that a hook refused: the files as they were, the branch that
/// was left, and no new one. What cannot be undone is told.
fn taken_back(git: &Git, patches: &[Patch], branch: &str, failure: Failure) -> Failure {
    let undo = || -> Result<(), Failure> {
        for patch in patches {
            let back: &[&str] = match patch.before {
                Some(_) => &["checkout", "--quiet", "HEAD", "--", &patch.path],
                None => &["rm", "--quiet", "--force", "--ignore-unmatch", "--", &patch.path],
            };
            git.act(back, b"")?;
        }
        git.act(&["checkout", "--quiet", "-"], b"")?;
        git.act(&["branch", "--quiet", "-D", branch], b"")?;
        Ok(())
    };
    Failure::Git(match undo() {
        Ok(()) => format!("{failure}; nothing was committed, and the files and the branch are as they were"),
        Err(left) => format!(
            "{failure}; nothing was committed, but the branch {branch} and changed files are left: {left}"
        ),
    })
}

/// The file that a patch is for, if it still has the text that the patch was made from.
fn target(root: &Path, patch: &Patch) -> Result<PathBuf, Failure> {
    let refuse = |why: &str| Failure::Unwritable { what: patch.path.clone(), why: why.into() };
    let is_plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\\');
    if !patch.path.split('/').all(is_plain) {
        return Err(refuse("it is no path within the checkout"));
    }
    let mut file = root.to_owned();
    for part in patch.path.split('/') {
        file.push(part);
        if fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(refuse("a symbolic link is not written through"));
        }
    }
    match (&patch.before, fs::read(&file)) {
        (Some(before), Ok(bytes)) if bytes == before.as_bytes() => Ok(file),
        (Some(_), Ok(_)) => Err(refuse("it has changed since; ask again")),
        (None, Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Ok(file),
        (None, Ok(_)) => Err(refuse("it is there already, and nothing is overwritten")),
        (_, Err(error)) => Err(refuse(&error.to_string())),
    }
}

fn write(file: &Path, patch: &Patch) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut whole = tempfile::NamedTempFile::new_in(folder)?;
    whole.write_all(patch.after.as_bytes())?;
    let permissions = fs::metadata(file).map(|metadata| metadata.permissions());
    match permissions {
        Ok(permissions) => whole.as_file().set_permissions(permissions)?,
        // A new file is one that everybody may read, as any editor makes it.
        Err(_) => readable(whole.as_file())?,
    }
    whole.as_file().sync_all()?;
    whole.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn readable(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &fs::File) -> std::io::Result<()> {
    Ok(())
}
