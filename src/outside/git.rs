//! The git program, as a reader of objects: what the documents were, and what the commits of a change say.
//!
//! Plumbing only, and few processes. Nothing that the repository configures is run: no hooks, no monitors,
//! no filters, no fetching behind one's back. What a person or a model names becomes an object id in
//! [`Git::commits_named`] and nowhere else.

use super::Failure;
use super::process::{Answer, fed};
use super::tree;
use crate::corpus::{Corpus, Notice};
use crate::document::{Document, MOST_BYTES};
use crate::text::{Source, code, code_up_to, one_line};
use crate::world::{Commit, Work};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Most commits of a change whose messages are read.
const MOST_COMMITS: usize = 250;
/// Where the upstream default branch is looked for, the likeliest first.
const DEFAULT_BRANCHES: [&str; 6] = [
    "refs/remotes/upstream/HEAD",
    "refs/remotes/upstream/main",
    "refs/remotes/upstream/master",
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
];

/// A repository, by a folder in it.
#[derive(Debug)]
pub struct Git {
    folder: PathBuf,
    /// The folder is the repository itself, a bare one of ours; else one around it is looked for.
    bare: bool,
}

/// Documents by the object that holds them, so that none is parsed twice.
pub type Cache = HashMap<(String, String), Arc<Document>>;

/// A file in a commit.
pub struct Entry {
    mode: String,
    id: String,
    /// In bytes.
    pub size: u64,
    /// Within the repository.
    pub path: String,
}

/// How a clone of ours names where it fetches from; nobody has configured anything for that.
const REMOTE: &str = "vep-mcp-elsewhere";

/// How long one question to git may take.
const MOST_TIME: Duration = Duration::from_secs(30);

impl Git {
    /// The repository around a folder.
    pub fn around(folder: PathBuf) -> Self {
        Self { folder, bare: false }
    }

    /// A bare repository of ours. It is named and never looked for, which works whatever the user allows of those that
    /// are found.
    pub fn bare(folder: PathBuf) -> Self {
        Self { folder, bare: true }
    }

    /// Reads: nothing that the repository configures is run.
    fn run(&self, args: &[&str], input: &[u8]) -> Result<Answer, Failure> {
        let guards = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
        let mut command = self.command();
        // An older git knows nothing of lazy fetching that is switched off, but every one knows this.
        command.env("GIT_ALLOW_PROTOCOL", "none").args(guards).args(args);
        fed(command, input, MOST_TIME, &mut |_| {})
    }

    /// Acts for the person who asked, with that person's configuration and hooks, as git itself would.
    pub fn act(&self, args: &[&str], input: &[u8]) -> Result<String, Failure> {
        let mut command = self.command();
        command.args(args);
        // A hook of that person's may take its time.
        let output = fed(command, input, 20 * MOST_TIME, &mut |_| {})?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(Failure::Git(self.said(&output))),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        match self.bare {
            true => command.arg("--git-dir").arg(&self.folder),
            false => command.arg("-C").arg(&self.folder),
        };
        command.args(["--no-pager", "--literal-pathspecs"]);
        // Set inside hooks, and meant for another repository than the one that was named.
        for variable in [
            "GIT_DIR",
            "GIT_WORK_TREE",
            "GIT_INDEX_FILE",
            "GIT_OBJECT_DIRECTORY",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            "GIT_NAMESPACE",
            "GIT_EXTERNAL_DIFF",
            "GIT_CONFIG_PARAMETERS",
            "GIT_CONFIG_COUNT",
            "GIT_CONFIG",
            "GIT_COMMON_DIR",
            "GIT_SHALLOW_FILE",
            "GIT_DEFAULT_HASH",
            "GIT_DEFAULT_REF_FORMAT",
        ] {
            command.env_remove(variable);
        }
        command
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Makes a bare repository here that fetches from an address.
    pub fn make(&self, url: &str) -> Result<(), Failure> {
        // Nothing of the user's template, which may hold hooks.
        self.ask(&["-c", "init.defaultBranch=main", "init", "--quiet", "--bare", "--template="], b"")?;
        self.ask(&["config", "--local", &format!("remote.{REMOTE}.url"), url], b"")?;
        Ok(())
    }

    /// Fetches into a clone of ours, with that person's credentials; nobody is asked for any. How far it is is told.
    pub fn fetch(&self, args: &[&str], refs: &[&str], within: Duration, work: &Work) -> Result<(), Failure> {
        let mut command = self.networked();
        command.args([
            "fetch",
            "--progress",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-tags",
        ]);
        // Said here and not configured: nothing that the user has configured for a remote is added to them.
        command.args(args).arg(REMOTE).args(refs);
        let mut line = String::new();
        let output = fed(command, b"", within, &mut |said| {
            line.push_str(&String::from_utf8_lossy(said));
            // Progress is written over and over into one line.
            let told = line.rsplit(['\r', '\n']).nth(1).filter(|told| told.contains('%')).map(str::to_owned);
            told.iter().for_each(|told| work.say(&one_line(told, 80)));
            if let Some(end) = line.rfind(['\r', '\n']) {
                line.drain(..=end);
            }
        })?;
        match output.status.success() {
            true => Ok(()),
            false => Err(Failure::Git(self.refused(&output))),
        }
    }

    /// A command that may go to a remote: of the ways that git knows only those that carry data and run nothing.
    fn networked(&self) -> Command {
        let mut command = self.command();
        for option in [
            "core.hooksPath=/dev/null",
            "core.fsmonitor=false",
            "core.askPass=",
            "gc.autoDetach=false",
            "protocol.ext.allow=never",
        ] {
            command.args(["-c", option]);
        }
        command
            .env("GIT_ALLOW_PROTOCOL", "https:ssh:file")
            .env_remove("GIT_ASKPASS")
            .env_remove("SSH_ASKPASS");
        if std::env::var_os("GIT_SSH_COMMAND").is_none() {
            command.env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
        }
        command
    }

    /// Of what git said about a remote the line that says why.
    fn refused(&self, output: &Answer) -> String {
        let text = String::from_utf8_lossy(&output.stderr);
        let said = |mark: &str| text.lines().find(|line| line.starts_with(mark)).map(str::to_owned);
        let line = said("fatal: ").or_else(|| said("error: ")).unwrap_or_else(|| self.said(output));
        code_up_to(&without_users(&line.replace(&self.folder.display().to_string(), "the clone")), 300)
    }

    /// What the remote says that its head is: the branch, where it says so, and the commit.
    pub fn remote_head(&self, within: Duration) -> Result<(Option<String>, String), Failure> {
        let mut command = self.networked();
        command.args(["ls-remote", "--symref", REMOTE, "HEAD"]);
        let output = fed(command, b"", within, &mut |_| {})?;
        if !output.status.success() {
            return Err(Failure::Git(self.refused(&output)));
        }
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let named = told.lines().find_map(|line| line.strip_prefix("ref: ")?.split('\t').next());
        let head = told.lines().find_map(|line| line.strip_suffix("\tHEAD")).unwrap_or_default();
        Ok((named.map(str::to_owned), head.to_owned()))
    }

    /// Makes the remote's default branch the one of the clone. A bundle says which commit its head is, but not which
    /// branch.
    pub fn set_default_branch(&self, (named, head): (Option<String>, String)) -> Result<(), Failure> {
        let listed = self.ask(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads"], b"")?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let branches = || listed.lines().filter_map(|line| line.split_once(' '));
        let known = |name: &str| branches().any(|(_, branch)| branch == name);
        let usual = ["refs/heads/main", "refs/heads/master"].into_iter().find(|name| known(name));
        let alike = || branches().find(|(id, _)| *id == head).map(|(_, branch)| branch);
        let branch =
            named.as_deref().filter(|name| known(name)).or(usual).or_else(alike).ok_or_else(|| {
                Failure::Git("the remote has no default branch: neither HEAD nor main is there".into())
            })?;
        for name in ["HEAD", "refs/remotes/origin/HEAD"] {
            self.ask(&["symbolic-ref", name, branch], b"")?;
        }
        Ok(())
    }

    /// Gives a commit of the clone another name.
    pub fn name(&self, commit: &str, name: &str) -> Result<(), Failure> {
        let id = self.commits_named(&[commit])?.into_iter().next().unwrap_or_default();
        self.ask(&["update-ref", name, &id], b"").map(drop)
    }

    /// Whether the head of a clone can be read; an error where git could not be asked.
    pub fn is_whole(&self) -> Result<bool, Failure> {
        Ok(self.run(&["cat-file", "-e", "HEAD^{tree}"], b"")?.status.success())
    }

    /// The commit of the head, and its day.
    pub fn head(&self) -> Option<(String, String)> {
        let told = self.ask(&["rev-list", "--max-count=1", "--format=%H %cs", "HEAD"], b"").ok()?;
        let told = String::from_utf8(told).ok()?;
        told.lines().last()?.split_once(' ').map(|(id, day)| (id.to_owned(), day.to_owned()))
    }

    /// The output of a command that has to succeed.
    pub(super) fn ask(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>, Failure> {
        let output = self.run(args, input)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(Failure::Git(self.said(&output)))
    }

    /// The first line of what git said, without the path of the folder.
    fn said(&self, output: &Answer) -> String {
        let text = String::from_utf8_lossy(&output.stderr);
        let line = text.lines().next().unwrap_or("git failed without a word");
        code_up_to(&without_users(&line.replace(&self.folder.display().to_string(), "the checkout")), 300)
    }

    /// The commits that names mean, in one process. Names go in as input, never as arguments.
    pub fn commits_named(&self, names: &[&str]) -> Result<Vec<String>, Failure> {
        let way = "name a branch, a tag or a commit of this clone, such as origin/main";
        let improper = |name: &&&str| {
            name.is_empty() || name.len() > 200 || name.starts_with('-') || name.contains(char::is_control)
        };
        if let Some(name) = names.iter().find(improper) {
            return Err(Failure::NoCommit(format!("{} is no name of a commit; {way}", code(name))));
        }
        let wanted: String = names.iter().map(|name| format!("{name}^{{commit}}\n")).collect();
        let answers = self.ask(&["cat-file", "--batch-check"], wanted.as_bytes())?;
        let answers = String::from_utf8_lossy(&answers).into_owned();
        let mut answers = answers.lines();
        let commit = |name: &&str| {
            let answer = answers.next().unwrap_or_default();
            let mut words = answer.split(' ');
            match (words.next(), words.next(), words.next(), words.next()) {
                (Some(id), Some("commit"), Some(_), None) => Ok(id.to_owned()),
                _ => {
                    let why = format!(
                        "there is no commit {} in this clone; {way}, or `git fetch` first",
                        code(name)
                    );
                    // Nobody named the head of a repository without commits.
                    Err(if *name == "HEAD" { Failure::Git(why) } else { Failure::NoCommit(why) })
                }
            }
        };
        names.iter().map(commit).collect()
    }

    /// The version of the git program, where there is one.
    pub fn version() -> Option<String> {
        let git = Self::around(".".into());
        let mut command = git.command();
        command.arg("--version");
        let output = fed(command, b"", MOST_TIME, &mut |_| {}).ok()?;
        String::from_utf8_lossy(&output.stdout).split(' ').nth(2).map(|version| version.trim().to_owned())
    }

    /// The day of the commit that a ref is at.
    pub fn day_of(&self, name: &str) -> Option<jiff::civil::Date> {
        let told = self.ask(&["rev-list", "--max-count=1", "--format=%cs", name], b"").ok()?;
        String::from_utf8_lossy(&told).lines().last()?.parse().ok()
    }

    /// The upstream default branch, where the clone has one.
    pub fn default_branch(&self) -> Result<Option<&'static str>, Failure> {
        let mut args = vec!["for-each-ref", "--format=%(refname)"];
        args.extend(DEFAULT_BRANCHES);
        let listed = self.ask(&args, b"")?;
        let listed = String::from_utf8_lossy(&listed);
        let there: Vec<&str> = listed.lines().collect();
        Ok(DEFAULT_BRANCHES.into_iter().find(|branch| there.contains(branch)))
    }

    /// The commit at which two histories parted.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<String, Failure> {
        let output = self.run(&["merge-base", one, other], b"")?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let shallow = self.ask(&["rev-parse", "--is-shallow-repository"], b"")?;
        Err(Failure::Git(match shallow.starts_with(b"true") {
            true => "no merge base: the clone is shallow; get more history with `git fetch --deepen=200`, or all of it \
                     with `git fetch --unshallow`"
                .into(),
            false => "no merge base: the two commits have no history in common; name another base".into(),
        }))
    }

    /// The documents below `veps/` in a commit, and the files beside them. What is the same text as a document of
    /// `known`, at the same path, is that document.
    pub fn tree(
        &self,
        commit: &str,
        known: Option<&Corpus>,
        cache: &mut Cache,
    ) -> Result<(Corpus, BTreeMap<String, Vec<u8>>), Failure> {
        let mut args = vec!["ls-tree", "-r", "-l", "-z", commit, "veps"];
        args.extend(tree::BESIDE);
        let listed = self.ask(&args, b"")?;
        let lines = listed.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        let mut notices: Vec<Notice> = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for line in lines {
            // A clone of ours leaves out what is too large to be read, and nothing else.
            match entry(line, self.bare) {
                Some(it) => entries.extend(tree::kept(it, &mut notices)),
                None => notices.push(unnamed(line)),
            }
        }
        let is_hidden = |path: &str| path.split('/').any(|part| part.starts_with('.'));
        let files: BTreeSet<String> = entries
            .iter()
            // A submodule is a folder of somebody else's.
            .filter(|it| it.path.starts_with("veps/") && !is_hidden(&it.path) && it.mode != "160000")
            .map(|it| it.path.clone())
            .collect();
        let (plain, links): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|it| it.mode.starts_with("100"));
        let is_read = |it: &&&Entry| files.contains(&it.path) && tree::is_document(&it.path);
        let hides = |it: &&&Entry| files.contains(&it.path) && tree::hides_documents(&it.path);
        let linked =
            links.iter().filter(|it| hides(it) || (tree::is_beside(&it.path) && it.mode == "120000"));
        notices.extend(linked.map(|it| Notice::not_read(&it.path, tree::LINK)));
        let documents: Vec<&Entry> = plain.iter().filter(is_read).copied().collect();
        let beside: Vec<&Entry> = plain.iter().filter(|it| tree::is_beside(&it.path)).copied().collect();
        let key = |it: &Entry| (it.id.clone(), it.path.clone());
        let unread: Vec<&Entry> =
            documents.iter().filter(|it| !cache.contains_key(&key(it))).copied().collect();
        let mut blobs = self.objects(unread.iter().chain(&beside).map(|it| it.id.as_str()))?;
        let others = blobs.split_off(unread.len());
        for (it, blob) in unread.iter().zip(blobs) {
            let same =
                known.and_then(|known| known.at(&it.path)).filter(|now| now.source.text().as_bytes() == blob);
            let parse = || Arc::new(Document::parse(Source::from_bytes(&it.path, &blob)));
            cache.insert(key(it), same.cloned().unwrap_or_else(parse));
        }
        let documents = documents.iter().filter_map(|it| cache.get(&key(it)).cloned()).collect();
        let beside = beside.iter().map(|it| it.path.clone()).zip(others);
        Ok((Corpus::new(documents, notices).with_files(files), beside.collect()))
    }

    /// The contents of objects, in one process.
    fn objects<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Result<Vec<Vec<u8>>, Failure> {
        let ids: Vec<&str> = ids.collect();
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let output = self.ask(&["cat-file", "--batch"], (ids.join("\n") + "\n").as_bytes())?;
        let mut rest = output.as_slice();
        let mut objects = Vec::with_capacity(ids.len());
        for id in ids {
            let (object, behind) = one_object(rest).ok_or_else(|| {
                Failure::Git(format!(
                    "the object {id} is not in this clone (a partial clone keeps only what was checked out); \
                     get it with `git fetch --refetch`, or work in a full clone"
                ))
            })?;
            objects.push(object.to_vec());
            rest = behind;
        }
        Ok(objects)
    }

    /// The paths that differ between a commit and another one, or the index. What is changed and not staged is not
    /// seen: to tell, git would run the filters that the repository configures.
    pub fn differing(&self, base: &str, head: Option<&str>) -> Result<Vec<String>, Failure> {
        let listed = match head {
            Some(head) => {
                self.ask(&["diff-tree", "-r", "-z", "--name-only", "--no-renames", base, head], b"")?
            }
            None => self.ask(
                &["diff-index", "--cached", "-z", "--name-only", "--no-renames", "--ignore-submodules", base],
                b"",
            )?,
        };
        let paths = listed.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect())
    }

    /// A text as the merge of two that came of one would leave it; none where they cannot be merged. Nothing of the
    /// repository is read or written for it.
    pub fn merged_text(&self, before: &str, ours: &str, theirs: &str) -> Result<Option<String>, Failure> {
        let kept = |error: std::io::Error| Failure::Git(format!("two texts cannot be merged: {error}"));
        let folder = tempfile::tempdir().map_err(kept)?;
        let mut args = vec!["merge-file".to_owned(), "--stdout".to_owned(), "--quiet".to_owned()];
        for (name, text) in [("ours", ours), ("before", before), ("theirs", theirs)] {
            let file = folder.path().join(name);
            std::fs::write(&file, text).map_err(kept)?;
            args.push(file.to_string_lossy().into_owned());
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = self.run(&args, b"")?;
        match output.status.code() {
            Some(0) => Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned())),
            // As many as there are conflicts.
            Some(1..=127) => Ok(None),
            _ => Err(Failure::Git(self.said(&output))),
        }
    }

    /// The commits between a base and a head, the oldest first, with their messages.
    pub fn commits(&self, base: &str, head: &str) -> Result<Vec<Commit>, Failure> {
        let most = format!("--max-count={MOST_COMMITS}");
        let range = format!("{base}..{head}");
        let listed = self.ask(&["rev-list", "--reverse", &most, &range], b"")?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let objects = self.objects(listed.lines())?;
        let commits = listed.lines().zip(objects).map(|(id, object)| {
            let text = String::from_utf8_lossy(&object).into_owned();
            let (head, message) = text.split_once("\n\n").unwrap_or((text.as_str(), ""));
            let parents = head.lines().filter(|line| line.starts_with("parent ")).count();
            Commit { id: short(id), message: message.to_owned(), parents }
        });
        Ok(commits.collect())
    }
}

/// A line without whatever names a user in its addresses: that may be a token.
pub fn without_users(line: &str) -> String {
    let mut parts = line.split("://");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '\'' | '"' | '`'))
            .unwrap_or(part.len());
        let host = part.get(..end).unwrap_or_default();
        let user = host.rfind('@').map_or(0, |at| at + 1);
        out.push_str("://");
        out.push_str(part.get(user..).unwrap_or_default());
    }
    out
}

/// The first letters of an object id, as people write them.
pub fn short(id: &str) -> String {
    id.chars().take(9).collect()
}

/// One line of `ls-tree -l -z`: mode, kind, id, size, tab, path. None for a path that is not UTF-8.
fn entry(line: &[u8], lacks_only_large: bool) -> Option<Entry> {
    let (meta, path) = std::str::from_utf8(line).ok()?.split_once('\t')?;
    let mut meta = meta.split_ascii_whitespace();
    let (mode, _, id) = (meta.next()?, meta.next()?, meta.next()?);
    // Of what is not in the clone git says that its size is bad; a folder of somebody else's (a submodule) has a dash.
    let size = match meta.next()? {
        "BAD" if lacks_only_large => MOST_BYTES as u64 + 1,
        size => size.parse().unwrap_or_default(),
    };
    Some(Entry { mode: mode.into(), id: id.into(), size, path: path.into() })
}

/// What is said of a path that is not UTF-8.
fn unnamed(line: &[u8]) -> Notice {
    let path = line.splitn(2, |byte| *byte == b'\t').nth(1).unwrap_or_default();
    Notice::not_read(String::from_utf8_lossy(path), "its name is not UTF-8")
}

/// One answer of `cat-file --batch`, and what comes behind it; none for an object that is missing.
fn one_object(output: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = output.iter().position(|byte| *byte == b'\n')?;
    let header = std::str::from_utf8(output.get(..end)?).ok()?;
    let size: usize = header.rsplit(' ').next()?.parse().ok()?;
    let object = output.get(end + 1..end + 1 + size)?;
    Some((object, output.get(end + 2 + size..)?))
}
