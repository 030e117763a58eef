//! The outside: the one place that reads files, the clock and nothing else.
//!
//! [`Outside::load`] gathers a [`World`] for one question. A server calls it for every question, so a
//! change on disk is seen at once; what did not change is not parsed again.
//!
//! Absent on purpose: writing, and everything that could run a program or open a socket.

mod schedule;
mod tree;

use crate::calendar::Calendar;
use crate::world::World;
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub use tree::EXAMPLE;

/// The day on which the example universe is looked at, unless another one is asked for.
pub const EXAMPLE_TODAY: Date = Date::constant(2026, 8, 18);

/// Where worlds come from.
#[derive(Debug)]
pub struct Outside {
    place: Place,
    schedules: Option<PathBuf>,
    today: Option<Date>,
    cache: Mutex<tree::Cache>,
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

    /// Gathers the world as it is now.
    pub fn load(&self) -> Result<World, Failure> {
        let today = self.today.unwrap_or_else(|| match self.place {
            Place::Example => EXAMPLE_TODAY,
            _ => jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        });
        let head = match self.root()? {
            None => tree::example(),
            Some(root) => {
                // A reader that panicked left at worst an entry too few.
                let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
                cache.corpus(&root)?
            }
        };
        Ok(World::unchanged(head, self.calendar()?, today))
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
            Self::Unreadable { what, why } => write!(f, "{what} cannot be read: {why}"),
        }
    }
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
        Err(error) => Err(Failure::Unreadable { what: name.display().to_string(), why: error.to_string() }),
    }
}
