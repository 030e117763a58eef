//! Schedules over the network, where that was asked for: kubevirt/sig-release as it is now.
//!
//! What answered is kept, and asked for again only by whether it changed. Where nothing answers in time, what is kept
//! counts, and that is told. Only this room opens a socket, and only for these schedules.

use super::cache::{Cache, Kept};
use crate::calendar::{Calendar, Freeze, Schedule, Source, days};
use crate::text::one_line;
use crate::vep::Release;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use ureq::tls::{RootCerts, TlsConfig};

/// Where kubevirt/sig-release is read.
pub const BASE: &str = "https://raw.githubusercontent.com/kubevirt/sig-release/main";

/// How long all requests of one question may take together.
const MOST_WAIT: Duration = Duration::from_secs(5);
/// Most bytes of one schedule; real ones have 3 kB.
const MOST_BYTES: u64 = 256 << 10;
/// For so long what was fetched is not asked for again.
const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// For so long a network that did not answer is not asked again by the same server.
const REST: Duration = Duration::from_secs(60);
/// Most releases that are looked at: those of several years.
const MOST_RELEASES: usize = 16;
/// How many days after its GA nobody asks for a release's schedule again.
const LONG_OUT: i32 = 60;
/// Most redirects that are followed.
const MOST_REDIRECTS: u32 = 3;

/// Whether schedules come over the network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// No: what is on this disk and built in.
    #[default]
    Disk,
    /// Only what an earlier run kept; no socket is opened.
    Kept,
    /// Yes.
    Network,
}

/// The schedules at an address.
#[derive(Debug)]
pub struct Online {
    base: String,
    cache: Option<Cache>,
    /// Also the turn: who waits for it finds what the other fetched.
    state: Mutex<State>,
}

/// What a server remembers of the network.
#[derive(Debug, Default)]
struct State {
    /// When it last did not answer.
    failed: Option<Instant>,
    /// What it answered, also where nothing can be kept on the disk.
    kept: HashMap<String, Kept>,
}

/// What an address has.
enum Fetched {
    Found { text: String, etag: Option<String>, last_modified: Option<String> },
    Unchanged,
    Missing,
}

impl Online {
    /// The schedules below an address: `BASE/releases/vX.Y/schedule.yaml`.
    pub fn new(base: &str, cache: Option<Cache>) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), cache, state: Mutex::default() }
    }

    /// The address as it may be shown: without whatever names a user.
    pub fn shown(&self) -> String {
        super::remote::without_user(&self.base)
    }

    /// The schedules that the network has, or had: of the releases that are not out by `built_in`, and of those after
    /// them that are there. Nothing that goes wrong here is a failure: it is told with every answer.
    pub fn calendar(&self, reach: Reach, built_in: &Calendar) -> Option<Calendar> {
        if reach == Reach::Disk {
            return None;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let rests = state.failed.is_some_and(|at| at.elapsed() < REST);
        let until = Instant::now() + MOST_WAIT;
        let mut asks = reach == Reach::Network && !rests;
        let mut schedules = Vec::new();
        let mut troubles = Vec::new();
        if reach == Reach::Network && rests {
            troubles.push("the network did not answer a moment ago and is not asked again yet".to_owned());
        }
        let mut oldest: Option<Timestamp> = None;
        for release in wanted(built_in).take(MOST_RELEASES) {
            let url = format!("{}/releases/{release}/schedule.yaml", self.base);
            let on_disk = self.cache.as_ref().and_then(|cache| cache.kept(&url));
            let kept =
                on_disk.into_iter().chain(state.kept.get(&url).cloned()).max_by_key(|kept| kept.checked);
            let had_text = kept.as_ref().is_some_and(|kept| kept.text.is_some());
            let known = match self.asked(&url, kept.clone(), asks, until) {
                Ok(known) => {
                    if had_text && known.as_ref().is_some_and(|known| known.text.is_none()) {
                        troubles.push(format!("{} has no schedule of {release} any more", self.shown()));
                    }
                    state.kept.extend(known.iter().map(|known| (url.clone(), known.clone())));
                    known
                }
                Err(Trouble::Network(why)) => {
                    // What does not answer once is not asked for the next release.
                    asks = false;
                    state.failed = Some(Instant::now());
                    troubles.push(format!("{} did not answer: {why}", self.shown()));
                    kept
                }
                Err(Trouble::Text(why)) => {
                    troubles.push(format!("{release} at {} cannot be used: {why}", self.shown()));
                    kept
                }
            };
            // A release that is not there ends the row, and so does one of which nothing is known.
            let Some((text, checked)) = known.and_then(|kept| Some((kept.text?, kept.checked))) else {
                break;
            };
            let schedule = Schedule::read(&text);
            // How long ago nobody asked for what is settled makes nothing else older.
            if !is_long_out(&schedule) {
                oldest = Some(oldest.map_or(checked, |oldest| oldest.min(checked)));
            }
            schedules.push((release, schedule));
        }
        if asks {
            state.failed = None;
            if schedules.is_empty() && troubles.is_empty() {
                troubles.push(format!(
                    "{} has no schedule of what comes; is it the right address?",
                    self.shown()
                ));
            }
        }
        let recorded = oldest.map(|at| at.to_zoned(TimeZone::UTC).date());
        // A mirror is told as what it is.
        let whose = if self.base == BASE { "kubevirt/sig-release" } else { "the schedules" };
        let name = match (reach, asks) {
            (Reach::Network, true) => format!("{whose} at {}", self.shown()),
            _ => format!("what was kept of {whose} at {}", self.shown()),
        };
        let calendar = Calendar::new(schedules, Source { name, recorded });
        Some(troubles.into_iter().fold(calendar, Calendar::with_trouble))
    }

    /// What an address has; what is kept of it where that is fresh or nothing may be asked.
    fn asked(
        &self,
        url: &str,
        kept: Option<Kept>,
        asks: bool,
        until: Instant,
    ) -> Result<Option<Kept>, Trouble> {
        let now = Timestamp::now();
        let is_fresh = |kept: &Kept| kept.checked <= now && now.duration_since(kept.checked) < FRESH;
        let is_over = |kept: &Kept| kept.text.as_ref().is_some_and(|text| is_long_out(&Schedule::read(text)));
        if !asks || kept.as_ref().is_some_and(|kept| is_fresh(kept) || is_over(kept)) {
            return Ok(kept);
        }
        let answer = get(url, kept.as_ref(), until.saturating_duration_since(Instant::now()))
            .map_err(Trouble::Network)?;
        let now_kept = match (answer, kept) {
            (Fetched::Unchanged, Some(kept)) => Kept { checked: now, ..kept },
            (Fetched::Unchanged, None) => {
                return Err(Trouble::Network("it says that nothing changed, and nothing is kept".into()));
            }
            (Fetched::Missing, _) => {
                Kept { url: url.into(), checked: now, text: None, etag: None, last_modified: None }
            }
            (Fetched::Found { text, etag, last_modified }, _) => {
                usable(&text).map_err(Trouble::Text)?;
                Kept { url: url.into(), checked: now, text: Some(text), etag, last_modified }
            }
        };
        // What cannot be kept can be used all the same; doctor tells of a folder that cannot be written.
        if let Some(Err(failure)) = self.cache.as_ref().map(|cache| cache.keep(&now_kept)) {
            tracing::warn!(%failure, "not kept");
        }
        Ok(Some(now_kept))
    }
}

/// Why something was not fetched.
enum Trouble {
    /// Nothing answered as it should.
    Network(String),
    /// What was answered is no schedule.
    Text(String),
}

/// The releases whose schedules may have changed: those that are not out by plan, at least the last one, and then
/// whatever comes.
fn wanted(built_in: &Calendar) -> impl Iterator<Item = Release> {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let running = built_in.releases().find(|(_, schedule)| schedule.ga.is_none_or(|ga| ga >= today));
    let first = running.or_else(|| built_in.releases().last()).map(|(release, _)| release);
    std::iter::successors(first, |release| Some(release.next()))
}

/// Whether a release is so long out that nobody moves its dates any more.
fn is_long_out(schedule: &Schedule) -> bool {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    schedule.ga.is_some_and(|ga| days(ga, today) > LONG_OUT)
}

/// Whether a text is a schedule; one row that cannot be read spoils none.
fn usable(text: &str) -> Result<(), String> {
    let schedule = Schedule::read(text);
    let is_empty = schedule.code_freeze.is_none() && schedule.ga.is_none() && schedule.thaw.is_none();
    match schedule.freeze {
        Freeze::Unreadable(why) if is_empty => Err(why),
        Freeze::NotScheduled if is_empty => Err("it has no row that could be used".into()),
        _ => Ok(()),
    }
}

/// Asks an address, by whether it changed where something is kept.
fn get(url: &str, kept: Option<&Kept>, within: Duration) -> Result<Fetched, String> {
    if within.is_zero() {
        return Err(format!("it took over {} s", MOST_WAIT.as_secs()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    let config = ureq::Agent::config_builder()
        .tls_config(tls)
        // An address that is safe leads to no place that is not.
        .https_only(url.to_ascii_lowercase().starts_with("https://"))
        .http_status_as_error(false)
        .max_redirects(MOST_REDIRECTS)
        .max_redirects_will_error(true)
        .user_agent(concat!("vep-mcp/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(within))
        .build();
    let mut request = config.new_agent().get(url);
    if let Some(kept) = kept.filter(|kept| kept.text.is_some()) {
        let named = [("If-None-Match", &kept.etag), ("If-Modified-Since", &kept.last_modified)];
        for (name, value) in named {
            request = value.iter().fold(request, |request, value| request.header(name, value));
        }
    }
    let said = |error: ureq::Error| one_line(&told(&error), 200);
    let mut response = request.call().map_err(said)?;
    match response.status().as_u16() {
        200 => {}
        304 => return Ok(Fetched::Unchanged),
        404 | 410 => return Ok(Fetched::Missing),
        status => return Err(format!("status {status}")),
    }
    let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    let (etag, last_modified) = (header("etag"), header("last-modified"));
    let bytes = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(said)?;
    let text = String::from_utf8(bytes).map_err(|_| "what it sent is not UTF-8".to_owned())?;
    Ok(Fetched::Found { text, etag, last_modified })
}

/// What went wrong, in words of this place.
fn told(error: &ureq::Error) -> String {
    use ureq::Error;
    match error {
        Error::Timeout(_) => format!("it took over {} s", MOST_WAIT.as_secs()),
        Error::BodyExceedsLimit(_) => format!("what it sends has more than {MOST_BYTES} bytes"),
        Error::TooManyRedirects => format!("it leads on more than {MOST_REDIRECTS} times"),
        Error::RequireHttpsOnly(_) => "it leads from https to plain http, which is not followed".into(),
        Error::HostNotFound => "no such host is found; is there a network?".into(),
        other => other.to_string(),
    }
}
