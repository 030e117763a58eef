//! What is kept on this disk of what was fetched, below the user's cache folder (XDG): a file for each address.
//!
//! A file is written whole or not at all, and carries a digest of what it keeps: one that was cut or scribbled
//! over counts as none and is replaced. So servers may share the folder without knowing of each other.

use super::Failure;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Most bytes of a file that are read; what is kept of a schedule has a few kB.
const MOST_BYTES: u64 = 1 << 20;

/// The folder of everything that is kept.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

/// What an address answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The address.
    pub url: String,
    /// When it was last asked and answered.
    pub checked: Timestamp,
    /// What it had; none: it had nothing.
    pub text: Option<String>,
    /// Its own names for what it had, to be asked whether that changed.
    pub etag: Option<String>,
    /// The same, as a date of HTTP.
    pub last_modified: Option<String>,
}

/// A file: what is kept, with a digest of it.
#[derive(Serialize, Deserialize)]
struct Sealed {
    sha256: String,
    kept: Kept,
}

/// A digest in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of what is kept, as a file has it.
fn seal(kept: &Kept) -> Option<String> {
    serde_json::to_vec(kept).ok().map(|bytes| digest(&bytes))
}

impl Cache {
    /// The user's own: `$XDG_CACHE_HOME/vep-mcp`, else `~/.cache/vep-mcp`, on Windows `%LOCALAPPDATA%\vep-mcp`. None
    /// where no home is known. As XDG has it a relative folder counts as none.
    pub fn of_the_user() -> Option<Self> {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|it| it.is_absolute());
        let base = folder("XDG_CACHE_HOME")
            .or_else(|| folder("LOCALAPPDATA").filter(|_| cfg!(windows)))
            .or_else(|| folder("HOME").map(|home| home.join(".cache")))?;
        Some(Self { folder: base.join("vep-mcp") })
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of one kind of thing.
    pub fn below(&self, kind: &str) -> PathBuf {
        self.folder.join(kind)
    }

    /// The folder of one kind of thing, made where it is not there; only its owner looks into it.
    pub fn made(&self, kind: &str) -> Result<PathBuf, Failure> {
        let folder = self.below(kind);
        private(&self.folder).and_then(|()| private(&folder)).map_err(|error| Failure::Unwritable {
            what: "the cache folder".into(),
            why: format!("{error}; name another one with XDG_CACHE_HOME"),
        })?;
        Ok(folder)
    }

    /// What is kept of an address; none also where that cannot be trusted.
    pub fn kept(&self, url: &str) -> Option<Kept> {
        let file = self.file(url);
        if fs::metadata(&file).ok()?.len() > MOST_BYTES {
            return None;
        }
        let Sealed { sha256, kept } = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        (kept.url == url && seal(&kept)? == sha256).then_some(kept)
    }

    /// Keeps what an address answered.
    pub fn keep(&self, kept: &Kept) -> Result<(), Failure> {
        let folder = self.made(SCHEDULES)?;
        let failed = |why: String| Failure::Unwritable { what: "the cache".into(), why };
        let sealed = Sealed { sha256: seal(kept).unwrap_or_default(), kept: kept.clone() };
        let bytes = serde_json::to_vec_pretty(&sealed).map_err(|error| failed(error.to_string()))?;
        let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(|error| failed(error.to_string()))?;
        file.write_all(&bytes).map_err(|error| failed(error.to_string()))?;
        file.persist(self.file(&kept.url)).map(drop).map_err(|error| failed(error.to_string()))
    }

    fn file(&self, url: &str) -> PathBuf {
        let name: String = digest(url.as_bytes()).chars().take(32).collect();
        self.below(SCHEDULES).join(format!("{name}.json"))
    }

    /// Every file of an address, with what is kept in it; none where that cannot be trusted.
    pub fn everything(&self) -> Vec<(PathBuf, Option<Kept>)> {
        let files = fs::read_dir(self.below(SCHEDULES)).into_iter().flatten().flatten();
        let read = |file: PathBuf| {
            let sealed = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Sealed>(&bytes).ok());
            let kept = sealed.and_then(|sealed| self.kept(&sealed.kept.url));
            (file, kept)
        };
        files
            .map(|entry| entry.path())
            .filter(|file| file.extension().is_some_and(|it| it == "json"))
            .map(read)
            .collect()
    }
}

/// The folder of schedules.
const SCHEDULES: &str = "schedules";

/// Makes a folder that only its owner looks into; one that is there stays as it is.
fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
