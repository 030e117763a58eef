//! Goldens: bare files that the tests compare with what the program says now.
//!
//! `UPDATE=1 cargo test` rewrites them; a person reads the difference before it is committed.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's own folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares `now` with the golden at `path`, below the repository's folder.
#[track_caller]
pub fn check(path: &str, now: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, now).unwrap();
        return;
    }
    let golden = fs::read_to_string(&file);
    let golden = golden.unwrap_or_else(|error| panic!("no golden {path}: {error}; run UPDATE=1 cargo test"));
    if golden != now {
        let patch = diffy::create_patch(&golden, now);
        panic!("{path} is not what the program says now; read this, then run UPDATE=1 cargo test\n{patch}");
    }
}

/// The names of the folders in a folder, in order.
pub fn folders(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
