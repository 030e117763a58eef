//! The files of a checkout, read once and again only where they changed.
//!
//! Symbolic links are not followed: a link could lead out of the checkout, or round in a circle.

use super::Failure;
use super::git::Entry;
use crate::corpus::{Corpus, Notice};
use crate::document::{Document, Home, MOST_BYTES};
use crate::owners::{ALIASES, OWNERS};
use crate::settings;
use crate::text::Source;
use include_dir::{Dir, include_dir};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, DirEntry, Metadata};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The example universe: `enhancements/`, `sig-release/` and `drafts/`.
pub static EXAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/examples");

/// How deep below `veps/` files are looked for: folder, proposal, and a little more for companions.
const MOST_DEPTH: usize = 5;

/// The documents that were read, with what their files looked like then.
#[derive(Debug, Default)]
pub struct Cache {
    read: HashMap<String, Cached>,
}

#[derive(Debug)]
struct Cached {
    stamp: Stamp,
    document: Arc<Document>,
}

/// What tells a changed file from an unchanged one without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// Device, file and time of the last change of any kind, where the system has them.
    inode: [u64; 4],
    /// The file had been changed so shortly before that a second change could bear the same time.
    fresh: bool,
}

/// File systems tell times apart that are this far from each other.
const TICK: Duration = Duration::from_secs(2);

impl Cache {
    /// The documents below `veps/` as they are now.
    pub fn corpus(&mut self, root: &Path) -> Result<Corpus, Failure> {
        let mut walk = Walk { cache: self, seen: HashMap::new(), notices: vec![], files: BTreeSet::new() };
        walk.folder(&root.join("veps"), "veps", 0).map_err(|error| Failure::Unreadable {
            what: "the folder `veps/`".into(),
            why: error.to_string(),
        })?;
        let Walk { seen, notices, files, .. } = walk;
        let documents = seen.values().map(|cached| Arc::clone(&cached.document)).collect();
        self.read = seen;
        Ok(Corpus::new(documents, notices).with_files(files))
    }
}

struct Walk<'a> {
    cache: &'a mut Cache,
    seen: HashMap<String, Cached>,
    notices: Vec<Notice>,
    files: BTreeSet<String>,
}

/// Whether a file below `veps/` is one that is read: Markdown, but for what a folder of folders says of itself.
pub fn is_document(path: &str) -> bool {
    Home::is_markdown(path) && !(path.ends_with("/README.md") && path.matches('/').count() < 3)
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, path: &str, depth: usize) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                self.not_read(&format!("{path}/{}", name.to_string_lossy()), "its name is not UTF-8");
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{path}/{name}");
            if let Err(error) = self.entry(&entry, &path, depth) {
                self.not_read(&path, &error.to_string());
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry, path: &str, depth: usize) -> std::io::Result<()> {
        let kind = entry.file_type()?;
        let markdown = is_document(path);
        if !kind.is_dir() {
            self.files.insert(path.into());
        }
        if kind.is_symlink() {
            if hides_documents(path) || entry.path().is_dir() {
                self.not_read(path, LINK);
            }
            return Ok(());
        }
        if kind.is_dir() {
            if depth == MOST_DEPTH {
                self.notices.push(Notice { path: path.into(), what: TOO_DEEP.into() });
                return Ok(());
            }
            return self.folder(&entry.path(), path, depth + 1);
        }
        if kind.is_file() && markdown { self.file(entry, path) } else { Ok(()) }
    }

    fn file(&mut self, entry: &DirEntry, path: &str) -> std::io::Result<()> {
        let metadata = entry.metadata()?;
        if metadata.len() > MOST_BYTES as u64 {
            self.not_read(path, &too_large(metadata.len()));
            return Ok(());
        }
        let stamp = Stamp::of(&metadata);
        let known = self.cache.read.remove(path);
        let document = match known {
            Some(known) if known.stamp == stamp && !stamp.fresh => known.document,
            known => {
                let bytes = fs::read(entry.path())?;
                match known {
                    // Touched, or too fresh to tell, but the same text: nothing to parse.
                    Some(known) if known.document.source.text().as_bytes() == bytes => known.document,
                    _ => Arc::new(Document::parse(Source::from_bytes(path, &bytes))),
                }
            }
        };
        self.seen.insert(path.into(), Cached { stamp, document });
        Ok(())
    }

    fn not_read(&mut self, path: &str, why: &str) {
        self.notices.push(Notice::not_read(path, why));
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok();
        let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
        Self {
            length: metadata.len(),
            modified,
            inode: inode(metadata),
            fresh: age.is_none_or(|age| age < TICK),
        }
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> [u64; 4] {
    use std::os::unix::fs::MetadataExt as _;
    [metadata.dev(), metadata.ino(), metadata.ctime().cast_unsigned(), metadata.ctime_nsec().cast_unsigned()]
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> [u64; 4] {
    [0; 4]
}

/// The files at the root that are read beside the documents.
pub const BESIDE: [&str; 6] = [OWNERS, ALIASES, settings::FILE, README, LIFECYCLE, PULL_TEMPLATE];

/// The form of a pull request's body.
pub const PULL_TEMPLATE: &str = ".github/PULL_REQUEST_TEMPLATE.md";

/// Two documents of the law that are no VEPs.
const README: &str = "README.md";
const LIFECYCLE: &str = "docs/feature-lifecycle.md";

/// Whether a path is that of a file that is read beside the documents: at the root, or OWNERS below `veps/`.
pub fn is_beside(path: &str) -> bool {
    BESIDE.contains(&path) || (path.starts_with("veps/") && path.rsplit('/').next() == Some(OWNERS))
}

/// A file of a commit, if it is one that would be read from a disk; what is not read is told.
pub fn kept(entry: Entry, notices: &mut Vec<Notice>) -> Option<Entry> {
    let is_read = (entry.path.starts_with("veps/") && is_document(&entry.path)) || is_beside(&entry.path);
    let mut folders = entry.path.match_indices('/').map(|(at, _)| at).skip(MOST_DEPTH + 1);
    if let Some(deep) = folders.next() {
        let path = entry.path.get(..deep).unwrap_or_default().to_owned();
        if !notices.iter().any(|notice| notice.path == path) {
            notices.push(Notice { path, what: TOO_DEEP.into() });
        }
        return None;
    }
    if is_read && entry.size > MOST_BYTES as u64 {
        notices.push(Notice::not_read(entry.path, too_large(entry.size)));
        return None;
    }
    Some(entry)
}

/// Why a link is not read.
pub const LINK: &str = "a symbolic link is not followed";

/// Why so large a file is not read.
fn too_large(size: u64) -> String {
    format!("{size} bytes; at most {MOST_BYTES} are read")
}

/// Whether a link at this path hides a document, or a folder of documents.
pub fn hides_documents(path: &str) -> bool {
    is_document(path) || Home::is_folder(path)
}

/// What is said of a folder that lies too deep.
const TOO_DEEP: &str = "not looked into: so deep below `veps/` no document belongs";

/// What a checkout has beside its documents: files by path, and what was not read of them.
pub fn beside(root: &Path, corpus: &Corpus) -> (BTreeMap<String, Vec<u8>>, Vec<Notice>) {
    let below = corpus.files().iter().map(String::as_str).filter(|path| is_beside(path));
    let (mut files, mut notices) = (BTreeMap::new(), Vec::new());
    for path in BESIDE.into_iter().chain(below) {
        match plain_file(&root.join(path)) {
            Ok(Some(bytes)) => {
                files.insert(path.to_owned(), bytes);
            }
            Ok(None) => {}
            Err(why) => notices.push(Notice::not_read(path, why)),
        }
    }
    (files, notices)
}

/// The bytes of a file; none where there is none, or why it is not read.
fn plain_file(file: &Path) -> Result<Option<Vec<u8>>, String> {
    let Ok(metadata) = fs::symlink_metadata(file) else { return Ok(None) };
    if metadata.is_symlink() {
        return Err(LINK.into());
    }
    if !metadata.is_file() {
        return Err("it is not a file".into());
    }
    if metadata.len() > MOST_BYTES as u64 {
        return Err(too_large(metadata.len()));
    }
    fs::read(file).map(Some).map_err(|error| error.to_string())
}

/// How many folders with such an end of the name lie in a folder; none also where it is not there.
pub fn folders(folder: &Path, end: &str) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_one = |entry: &DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    entries.filter(|entry| is_one(entry) && entry.file_name().to_string_lossy().ends_with(end)).count()
}

/// The example universe as a corpus, with what lies beside it.
pub fn example() -> (Corpus, BTreeMap<String, Vec<u8>>) {
    let mut files = BTreeMap::new();
    collect(&EXAMPLE, &mut files);
    let is_read = |path: &String| path.starts_with("veps/") && is_document(path);
    let documents = files.iter().filter(|(path, _)| is_read(path));
    let documents = documents.map(|(path, bytes)| Arc::new(Document::parse(Source::from_bytes(path, bytes))));
    let names = files.keys().filter(|path| path.starts_with("veps/")).cloned();
    let corpus = Corpus::new(documents.collect(), vec![]).with_files(names.collect());
    let beside = files.iter().filter(|(path, _)| is_beside(path));
    (corpus, beside.map(|(path, bytes)| (path.clone(), bytes.to_vec())).collect())
}

/// The files of the example's checkout, by their paths within it.
fn collect(folder: &Dir<'static>, files: &mut BTreeMap<String, &'static [u8]>) {
    for file in folder.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let Some(path) = path.strip_prefix("enhancements/") {
            files.insert(path.to_owned(), file.contents());
        }
    }
    folder.dirs().for_each(|folder| collect(folder, files));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &[u8]) {
        let file = root.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn text_of(corpus: &Corpus, path: &str) -> Arc<Document> {
        Arc::clone(corpus.at(path).unwrap())
    }

    #[test]
    fn a_change_is_seen_and_what_stayed_is_not_parsed_again() {
        let root = tempfile::tempdir().unwrap();
        let (one, two) = ("veps/sig-compute/1-a/vep.md", "veps/sig-compute/2-b/vep.md");
        write(root.path(), one, b"# VEP #1: A\n");
        write(root.path(), two, b"# VEP #2: B\n");
        let mut cache = Cache::default();
        let before = cache.corpus(root.path()).unwrap();
        // Same length, written in the same instant: only the text tells.
        write(root.path(), one, b"# VEP #1: Z\n");
        let after = cache.corpus(root.path()).unwrap();
        assert_eq!(text_of(&after, one).source.text(), "# VEP #1: Z\n");
        assert!(Arc::ptr_eq(&text_of(&before, two), &text_of(&after, two)));
        fs::remove_file(root.path().join(two)).unwrap();
        assert!(cache.corpus(root.path()).unwrap().at(two).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_read_is_named_and_hides_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "veps/sig-compute/1-a/vep.md", b"# VEP #1: A\n");
        write(root.path(), "veps/sig-compute/3-c/vep.md", b"caf\xe9\n");
        write(root.path(), "veps/sig-compute/4-d/vep.md", &vec![b'x'; MOST_BYTES + 1]);
        write(root.path(), "veps/README.md", b"no VEP\n");
        write(root.path(), "veps/sig-compute/stray.md", b"no VEP\n");
        std::os::unix::fs::symlink("..", root.path().join("veps/sig-compute/1-a/loop")).unwrap();
        std::os::unix::fs::symlink("/etc", root.path().join("veps/sig-etc")).unwrap();
        let corpus = Cache::default().corpus(root.path()).unwrap();
        let noticed: Vec<_> = corpus.notices().iter().map(|notice| notice.path.as_str()).collect();
        assert_eq!(
            noticed,
            [
                "veps/sig-compute/1-a/loop",
                "veps/sig-compute/3-c/vep.md",
                "veps/sig-compute/4-d/vep.md",
                "veps/sig-compute/stray.md",
                "veps/sig-etc",
            ]
        );
        assert_eq!(corpus.proposals().len(), 2);
    }

    #[test]
    fn the_example_is_built_in() {
        let (corpus, beside) = example();
        assert_eq!(corpus.proposals().len(), 12);
        assert!(beside.contains_key(OWNERS) && beside.contains_key("veps/sig-network/OWNERS"));
        assert!(corpus.template().is_some() && corpus.notices().is_empty());
    }
}
