//! What the git program tells of the past: the commits of all documents in one process, and the commit of a day.

use super::Failure;
use super::git::Git;
use crate::document::Home;
use crate::history::{History, Merged, Touch};
use crate::text::code;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Between commits, and between the words of one; neither can stand in them.
const COMMIT: char = '\u{1}';
const WORD: char = '\u{2}';

impl Git {
    /// What the commits of a range did below `veps/`, the oldest first, in one listing. `log` would do the same, but it
    /// checks signatures with whatever program the repository names.
    fn told(&self, range: &str, args: &[&str]) -> Result<String, Failure> {
        let commits = self.ask(&["rev-list", "--reverse", range, "--", "veps"], b"")?;
        let told = |alike: &str| {
            let mut asked = vec!["-c", "core.quotePath=false", "diff-tree", "--stdin", "--root", "-r"];
            asked.extend(["--no-ext-diff", "--no-textconv", "--name-status", "--no-color", alike]);
            asked.extend(args);
            asked.extend(["--", "veps"]);
            self.ask(&asked, &commits)
        };
        // A partial clone lacks the texts that tell a moved document from another one; then only what was moved as it
        // was is followed.
        let told = told("--find-renames=50%").or_else(|_| told("--find-renames=100%"))?;
        Ok(String::from_utf8_lossy(&told).into_owned())
    }

    /// The past of every document below `veps/` as of a commit. Names that git has to quote (with a quotation mark, a
    /// backslash or a control character) are left out.
    pub fn history(&self, commit: &str) -> Result<History, Failure> {
        let told = self.told(commit, &[&format!("--format={COMMIT}%as{WORD}%an{WORD}%s")])?;
        let mut history = History::default();
        for commit in told.split(COMMIT).skip(1) {
            let mut lines = commit.lines();
            let mut words = lines.next().unwrap_or_default().split(WORD);
            let (Some(day), Some(author), Some(subject)) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            let touches: Vec<Touch<'_>> = lines.filter_map(touch).collect();
            history.take(day, author, subject, &touches);
        }
        history.is_cut = self.is_shallow()?;
        Ok(history)
    }

    /// The pull requests that a branch has merged. Its own line of commits counts: what was merged into it may have been
    /// called anything.
    pub fn merged(&self, commit: &str) -> Result<Merged, Failure> {
        let format = format!("--format={COMMIT}%s");
        let told = self.ask(&["rev-list", "--first-parent", &format, commit], b"")?;
        let told = String::from_utf8_lossy(&told);
        let subjects = told.lines().filter_map(|line| line.strip_prefix(COMMIT));
        Ok(Merged::read(subjects, self.is_shallow()?))
    }

    /// Whether the clone was cut off somewhere, so that what came before is not known.
    pub fn is_shallow(&self) -> Result<bool, Failure> {
        Ok(self.ask(&["rev-parse", "--is-shallow-repository"], b"")?.starts_with(b"true"))
    }

    /// Where the documents of a commit lie today: of those that were moved since, the path then and the path now.
    pub fn moved_since(&self, commit: &str) -> Result<BTreeMap<String, String>, Failure> {
        let told = self.told(&format!("{commit}..HEAD"), &["--diff-filter=R", "--format="])?;
        let mut moved: BTreeMap<String, String> = BTreeMap::new();
        for touch in told.lines().filter_map(touch) {
            let Touch::Moved { from, to, .. } = touch else { continue };
            match moved.values_mut().find(|now| *now == from) {
                Some(now) => *now = to.into(),
                None => {
                    moved.insert(from.into(), to.into());
                }
            }
        }
        Ok(moved)
    }

    /// The commit that a day or a name means, and its day. The end of a day counts, in UTC, on the upstream default
    /// branch where there is one.
    pub fn as_of(&self, at: &str, today: Date) -> Result<(String, Date), Failure> {
        let Ok(day) = at.parse::<Date>() else {
            let id = self.commits_named(&[at])?.into_iter().next().unwrap_or_default();
            let told = self.ask(&["rev-list", "--max-count=1", "--format=%cs", &id], b"")?;
            let told = String::from_utf8_lossy(&told);
            let day = told.lines().last().and_then(|day| day.parse().ok()).unwrap_or(today);
            return Ok((id, day));
        };
        if day > today {
            return Err(Failure::NoCommit(format!("{day} is still to come; today is {today}")));
        }
        let branch = self.default_branch()?.unwrap_or("HEAD");
        let head = self.commits_named(&[branch])?.into_iter().next().unwrap_or_default();
        let before = format!("--before={day}T23:59:59Z");
        let found = self.ask(&["rev-list", "--first-parent", "--max-count=1", &before, &head], b"")?;
        match String::from_utf8_lossy(&found).trim() {
            "" => Err(Failure::NoCommit(format!(
                "{} has no commit as old as {day}; name a later day",
                code(branch.trim_start_matches("refs/remotes/"))
            ))),
            id => Ok((id.to_owned(), day)),
        }
    }
}

/// A line of what a commit does.
fn touch(line: &str) -> Option<Touch<'_>> {
    let mut words = line.split('\t');
    let kind = words.next()?;
    let path = words.next().filter(|path| is_document(path))?;
    match kind.chars().next()? {
        'A' => Some(Touch::Added(path)),
        'M' | 'T' => Some(Touch::Changed(path)),
        'C' => words.next().map(Touch::Added),
        'R' => Some(Touch::Moved { from: path, to: words.next()?, changed: kind != "R100" }),
        _ => None,
    }
}

fn is_document(path: &str) -> bool {
    Home::is_markdown(path) && !path.starts_with('"')
}
