//! Schedules from a folder: `vX.Y/schedule.yaml`, as kubevirt/sig-release keeps them.

use super::Failure;
use super::tree::EXAMPLE;
use crate::calendar::{Calendar, Freeze, RowFault, Schedule, Source};
use crate::vep::Release;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::fs;
use std::path::{Path, PathBuf};

/// Most bytes of one schedule that are read; real ones have 3 kB.
const MOST_BYTES: u64 = 256 << 10;

/// The schedules in a checkout of sig-release, or in a folder of `vX.Y/schedule.yaml`.
pub fn folder(folder: &Path, name: &str) -> Result<Calendar, Failure> {
    let releases = folder.join("releases");
    let within = if releases.is_dir() { releases } else { folder.to_owned() };
    let unreadable =
        |error: std::io::Error| Failure::Unreadable { what: name.into(), why: error.to_string() };
    let mut schedules = Vec::new();
    let mut recorded: Option<Date> = None;
    for entry in fs::read_dir(within).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let file = entry.path().join("schedule.yaml");
        let Some(release) = release_of(&entry.file_name().to_string_lossy()).filter(|_| file.is_file())
        else {
            continue;
        };
        schedules.push((release, read(&file)));
        recorded = recorded.max(changed(&file));
    }
    if schedules.is_empty() {
        return Err(Failure::NoSchedules);
    }
    let name = format!("{name} (last changed on this disk)");
    Ok(Calendar::new(schedules, Source { name, recorded }))
}

/// `v1.10`, and nothing that is only like it: a folder has the one canonical name.
fn release_of(name: &str) -> Option<Release> {
    Release::read(name).filter(|release| release.is_canonical(name))
}

fn read(file: &PathBuf) -> Schedule {
    let text = match fs::metadata(file).map(|metadata| metadata.len()) {
        Ok(length) if length > MOST_BYTES => Err(format!("{length} bytes; at most {MOST_BYTES} are read")),
        _ => fs::read_to_string(file).map_err(|error| error.to_string()),
    };
    match text {
        Ok(text) => Schedule::read(&text),
        Err(what) => Schedule {
            freeze: Freeze::Unreadable(what.clone()),
            code_freeze: None,
            thaw: None,
            ga: None,
            faults: vec![RowFault { line: 1, what }],
        },
    }
}

/// The schedules of a checkout of sig-release that lies beside a repository, where there is one with schedules.
pub fn beside(repository: &Path) -> Option<Calendar> {
    let beside = fs::canonicalize(repository).ok()?.parent()?.join("sig-release");
    beside
        .join("releases")
        .is_dir()
        .then(|| folder(&beside, "the checkout of sig-release beside this one").ok())?
}

/// The day on which the file was last changed on this disk.
fn changed(file: &Path) -> Option<Date> {
    let modified = fs::metadata(file).and_then(|metadata| metadata.modified()).ok()?;
    let timestamp = Timestamp::try_from(modified).ok()?;
    Some(timestamp.to_zoned(TimeZone::UTC).date())
}

/// The schedules of the example universe.
pub fn example() -> Calendar {
    let folders = EXAMPLE.get_dir("sig-release/releases").into_iter().flat_map(|releases| releases.dirs());
    let schedules = folders.filter_map(|folder| {
        let release = release_of(&folder.path().file_name()?.to_string_lossy())?;
        let text = folder.get_file(folder.path().join("schedule.yaml"))?.contents_utf8()?;
        Some((release, Schedule::read(text)))
    });
    let recorded = Some(super::EXAMPLE_TODAY);
    Calendar::new(schedules, Source { name: "the example's schedules".into(), recorded })
}
