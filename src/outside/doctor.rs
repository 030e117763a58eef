//! `doctor`: is everything here that the tool lives on? Each thing is well, to be looked at, or wrong, with what mends
//! it.
//!
//! It says where things lie on this disk, so it is for the person at the command line and no tool of the server.

mod clients;

use super::git::Git;
use super::remote::{self, CLONES};
use super::{Outside, Place, Reach, now};
use crate::calendar::{Calendar, Freeze, days};
use crate::text::code;
use crate::world::{Work, World};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// The oldest git that knows everything that is asked of it.
const OLDEST_GIT: (u32, u32) = (2, 24);
/// A base whose last commit is so many days old has probably not been fetched for a while.
const OLD_BASE: i32 = 30;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// As it should be.
    Ok,
    /// Something is not had that can be done without.
    Warn,
    /// Nothing works without it.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What it is.
    pub name: &'static str,
    /// How it is.
    pub standing: Standing,
    /// What was found.
    pub says: String,
    /// What mends it, where something is to be mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examination {
    /// The version of this program.
    pub version: &'static str,
    /// The worst of it.
    pub standing: Standing,
    /// One by one.
    pub checks: Vec<Check>,
}

fn ok(name: &'static str, says: impl Into<String>) -> Check {
    Check { name, standing: Standing::Ok, says: says.into(), fix: None }
}

fn warn(name: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Check {
    Check { name, standing: Standing::Warn, says: says.into(), fix: Some(fix.into()) }
}

fn fail(name: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Check {
    Check { name, standing: Standing::Fail, says: says.into(), fix: Some(fix.into()) }
}

impl Outside {
    /// Looks at everything that the tool lives on. What takes a while is said to whoever waits.
    pub fn examined(&self, work: &Work) -> Examination {
        let mut checks = vec![git()];
        let world = self.gathered(None, false, work);
        checks.push(self.checkout_check(&world));
        if let Ok(world) = &world {
            checks.extend(self.base());
            checks.extend([template(world), owners(world), configuration(world)]);
        }
        checks.push(self.schedules_check());
        checks.push(self.cache_check());
        let root = self.root().ok();
        checks.extend(clients::checks(root.as_deref()));
        let standing = checks.iter().map(|check| check.standing).max().unwrap_or(Standing::Ok);
        Examination { version: env!("CARGO_PKG_VERSION"), standing, checks }
    }

    fn checkout_check(&self, world: &Result<World, super::Failure>) -> Check {
        const NAME: &str = "checkout";
        let world = match world {
            Ok(world) => world,
            Err(failure) => {
                let text = failure.to_string();
                let what = text.lines().next().unwrap_or_default().to_owned();
                let way = "start in a checkout of kubevirt/enhancements, or name one with --repo or VEP_REPO; \
                           --repo https://github.com/kubevirt/enhancements fetches one";
                return fail(NAME, what, way);
            }
        };
        let place = match (&self.place, &world.checkout) {
            (Place::Example, _) => "the built-in example".into(),
            (_, Some(told)) => told.clone(),
            _ => self.root().map_or_else(|_| String::new(), |root| shown(&root)),
        };
        let (proposals, unread) = (world.head.proposals().len(), world.head.notices().len());
        let says = format!("{place}: {proposals} VEPs");
        match (proposals, unread) {
            (0, _) => warn(NAME, says, "there is no VEP in it; is it a checkout of kubevirt/enhancements?"),
            (_, 0) => ok(NAME, says),
            (_, unread) => {
                let first = world.head.notices().first();
                let first = first.map_or_else(String::new, |it| format!("{}: {}", code(&it.path), it.what));
                warn(NAME, format!("{says}; {unread} files are not read as they stand"), first)
            }
        }
    }

    /// The base that a change is compared with, where the checkout can have one.
    fn base(&self) -> Option<Check> {
        const NAME: &str = "base";
        const WAY: &str = "git remote add upstream https://github.com/kubevirt/enhancements && git fetch upstream; \
                           or name a base with --base";
        if self.place == Place::Example {
            return None;
        }
        let folder = match &self.remote {
            Some(remote) => remote.folder().ok()?,
            None => self.root().ok()?,
        };
        let git = self.git(folder);
        Some(match git.default_branch() {
            Err(failure) => warn(NAME, failure.to_string(), "review and --base need a git repository"),
            Ok(None) => warn(NAME, "no upstream default branch is known here", WAY),
            Ok(Some(branch)) => {
                let name = branch.trim_start_matches("refs/remotes/");
                let day = git.day_of(branch);
                let says = match day {
                    Some(day) => format!("{name}, its last commit is of {day}"),
                    None => name.to_owned(),
                };
                match day.map(|day| days(day, now())) {
                    Some(age) if age > OLD_BASE => {
                        warn(NAME, format!("{says}, {age} days ago"), "git fetch, if that is not the newest")
                    }
                    _ => ok(NAME, says),
                }
            }
        })
    }

    fn schedules_check(&self) -> Check {
        const NAME: &str = "schedules";
        let calendar = match self.calendar() {
            Ok(calendar) => calendar,
            Err(failure) => {
                let text = failure.to_string();
                return fail(NAME, text.lines().next().unwrap_or_default(), "mend or leave out --schedules");
            }
        };
        let today = self.today();
        let says = format!("{}; {}", calendar.told(today), next_freeze(&calendar, today));
        let way = match self.reach {
            Reach::Network => "see whether the address of --schedules-url answers",
            _ => "add --online, or clone kubevirt/sig-release beside the checkout",
        };
        let is_well = calendar.season(today).open.is_some()
            && calendar.troubles().is_empty()
            && calendar.disagreements().is_empty();
        if is_well { ok(NAME, says) } else { warn(NAME, says, way) }
    }

    fn cache_check(&self) -> Check {
        const NAME: &str = "cache";
        let way = "name a folder that can be written with XDG_CACHE_HOME";
        let Some(cache) = super::Cache::of_the_user() else {
            return warn(NAME, "no home folder is known, so nothing is kept of what is fetched", way);
        };
        let folder = shown(cache.folder());
        if !cache.folder().exists() {
            return ok(NAME, format!("{folder} is not there yet; it is made when something is fetched"));
        }
        if let Err(error) = tempfile::tempfile_in(cache.folder()) {
            return warn(NAME, format!("{folder} cannot be written: {error}"), way);
        }
        let kept = cache.everything();
        let broken = kept.iter().filter(|(_, kept)| kept.is_none()).count();
        let clones = super::tree::folders(&cache.below(CLONES), ".git");
        let says = format!("{folder}: {} schedules, {clones} clones", kept.len() - broken);
        match broken {
            0 => ok(NAME, says),
            _ => warn(
                NAME,
                format!("{says}, {broken} files that are cut or changed"),
                "nothing; they count as none and are replaced",
            ),
        }
    }
}

/// The next VEP Freeze, or what is known of it.
fn next_freeze(calendar: &Calendar, today: jiff::civil::Date) -> String {
    let open = calendar.season(today).open;
    let next = open.and_then(|release| match calendar.freeze(release) {
        Freeze::On(freeze) => Some((release, freeze)),
        _ => None,
    });
    match next {
        Some((release, freeze)) => {
            format!("next VEP Freeze: {release} on {freeze}, {} days left", days(today, freeze))
        }
        None => "no release that is open for VEPs is scheduled".into(),
    }
}

fn git() -> Check {
    const NAME: &str = "git";
    let way = "install git 2.24 or newer; review, --base, --as-of and --repo URL need it";
    let Some(version) = Git::version() else {
        return warn(NAME, "the git program cannot be run", way);
    };
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    let number = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match number >= OLDEST_GIT {
        true => ok(NAME, version),
        false => warn(NAME, format!("{version} is older than what is asked of it"), way),
    }
}

fn template(world: &World) -> Check {
    match world.head.template() {
        Some(template) => ok("template", code(template.path())),
        None => warn(
            "template",
            "the checkout has none; a built-in one says which sections a VEP has",
            "restore veps/NNNN-vep-template/vep.md from kubevirt/enhancements",
        ),
    }
}

fn owners(world: &World) -> Check {
    const NAME: &str = "OWNERS";
    let faults = world.owners.faults();
    if let Some(fault) = faults.first() {
        let says = format!("{} cannot be read: line {}, {}", code(&fault.path), fault.line, fault.what);
        return warn(NAME, says, "mend it; Prow reads it no better");
    }
    if world.owners.approvers("").is_empty() {
        let way = "restore OWNERS and OWNERS_ALIASES from kubevirt/enhancements";
        return warn(NAME, "no OWNERS at the root names approvers", way);
    }
    let without: Vec<String> = world
        .head
        .sig_folders()
        .filter(|sig| {
            world.owners.said_in(&format!("veps/{sig}")).is_none_or(|(_, reviewers)| reviewers.is_empty())
        })
        .map(code)
        .collect();
    let count = world.owners.texts().len();
    match without.as_slice() {
        [] => ok(NAME, format!("{count} files; every SIG folder names reviewers")),
        some => warn(
            NAME,
            format!("{count} files; no reviewers in {}", some.join(", ")),
            "add reviewers to their OWNERS, or leave it to the root's",
        ),
    }
}

fn configuration(world: &World) -> Check {
    const NAME: &str = "configuration";
    let file = crate::settings::FILE;
    let variables: BTreeMap<&str, String> = VARIABLES
        .iter()
        .filter_map(|name| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
            Some((*name, harmless(&value.to_string_lossy())))
        })
        .collect();
    let variables: Vec<String> =
        variables.iter().map(|(name, value)| format!("{name}={}", code(value))).collect();
    let variables = match variables.as_slice() {
        [] => "no variable is set".into(),
        some => some.join(", "),
    };
    match world.settings.faults.first() {
        Some(fault) => warn(
            NAME,
            format!("{file} has {} faults: {}; {variables}", world.settings.faults.len(), fault.what),
            format!("`vep-mcp explain settings` says what {file} may hold"),
        ),
        None if world.settings.source.is_some() => ok(NAME, format!("{file} is understood; {variables}")),
        None => ok(NAME, format!("no {file}; {variables}")),
    }
}

/// The variables that change what the program does.
const VARIABLES: [&str; 14] = [
    "VEP_REPO",
    "VEP_ONLINE",
    "VEP_SCHEDULES_URL",
    "VEP_LOG",
    "XDG_CACHE_HOME",
    "SSL_CERT_FILE",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// A value without what may be a secret in it: it will be pasted into an issue.
fn harmless(value: &str) -> String {
    let shown = remote::without_user(value);
    match shown.contains("://") {
        true => shown,
        // A proxy may be named without a scheme.
        false => shown.rsplit('@').next().unwrap_or_default().to_owned(),
    }
}

/// A place on this disk, as its owner reads it.
fn shown(path: &Path) -> String {
    let path: PathBuf = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    code(&path.display().to_string())
}

impl fmt::Display for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Check { name, standing, says, fix } in &self.checks {
            let standing = match standing {
                Standing::Ok => "ok",
                Standing::Warn => "warn",
                Standing::Fail => "FAIL",
            };
            writeln!(f, "{standing:<5} {name}: {says}")?;
            fix.iter().try_for_each(|fix| writeln!(f, "      fix: {fix}"))?;
        }
        Ok(())
    }
}
