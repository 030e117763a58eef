//! Releases and their dates: freezes, phases, the season. Unknown is an answer of its own.
//!
//! A schedule is a plan (kubevirt/sig-release, `releases/vX.Y/schedule.yaml`): real releases came a week
//! late and nobody corrected the file. So "out" means that the planned GA date has passed, and every answer
//! names the source of its dates and how old that source is.
//!
//! Typed YAML is read here, with limits; the only room that says `serde_yaml`.
//!
//! Absent on purpose: fetching. The roof hands over texts, or nothing; then the snapshot is used.

mod rhythm;
mod sources;

pub use rhythm::Rhythm;
pub use sources::Source;

use crate::text::code_up_to;
use crate::vep::Release;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// The schedules that are known, and where they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    schedules: BTreeMap<Release, Known>,
    /// Those first that count first.
    sources: Vec<Source>,
    disagreements: Vec<String>,
    troubles: Vec<String>,
}

/// A schedule, and which source it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    schedule: Schedule,
    source: usize,
}

/// The dates of one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The VEP Freeze.
    pub freeze: Freeze,
    /// The code freeze, called feature freeze until v1.5.
    pub code_freeze: Option<Date>,
    /// When the main branch opens again.
    pub thaw: Option<Date>,
    /// The planned GA of KubeVirt; CDI's own GA does not count.
    pub ga: Option<Date>,
    /// What could not be read, and what was read in spite of a doubt.
    pub faults: Vec<RowFault>,
}

/// A row that could not be read as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Its line in the file.
    pub line: u64,
    /// What about it.
    pub what: String,
}

/// When a release's VEP Freeze is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freeze {
    /// On this day, in UTC; the day itself is too late.
    On(Date),
    /// The schedule has no such row.
    NotScheduled,
    /// Nobody has a schedule of this release.
    NoSchedule,
    /// There is a schedule or a row that cannot be read, and why.
    Unreadable(String),
}

/// Where a release is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Until the VEP Freeze.
    Design,
    /// Until the code freeze.
    Implementation,
    /// Until GA.
    Stabilization,
    /// The planned GA date has passed.
    Released,
    /// The schedule does not say.
    Unknown,
}

impl Phase {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Design => "design",
            Self::Implementation => "implementation",
            Self::Stabilization => "stabilization",
            Self::Released => "released",
            Self::Unknown => "unknown",
        }
    }
}

/// The releases that may be planned for today.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Season {
    /// The earliest release whose VEP Freeze is still to come.
    pub open: Option<Release>,
    /// The releases between their VEP Freeze and their GA.
    pub under_way: Vec<Release>,
}

impl Season {
    /// The latest release that may be named as a target; none where no release is known for today.
    pub fn latest(&self) -> Option<Release> {
        self.open.into_iter().chain(self.under_way.iter().copied()).max()
    }
}

/// The day on which the snapshot's facts were written down. v1.10's dates are those that sig-release's pull
/// request 67 proposed then.
const RECORDED: Date = Date::constant(2026, 7, 23);

/// The embedded snapshot: release, VEP Freeze, code freeze, thaw, planned GA.
#[rustfmt::skip]
const SNAPSHOT: &[(u32, Date, Date, Option<Date>, Date)] = &[
    (6,  Date::constant(2025, 4, 30), Date::constant(2025, 6, 25),  None, Date::constant(2025, 7, 30)),
    (7,  Date::constant(2025, 9, 3),  Date::constant(2025, 10, 29), None, Date::constant(2025, 11, 19)),
    (8,  Date::constant(2026, 1, 7),  Date::constant(2026, 2, 25),  None, Date::constant(2026, 3, 25)),
    (9,  Date::constant(2026, 4, 30), Date::constant(2026, 6, 24),  None, Date::constant(2026, 7, 22)),
    (10, Date::constant(2026, 9, 2),  Date::constant(2026, 10, 21), Some(Date::constant(2026, 10, 28)), Date::constant(2026, 11, 18)),
];

impl Calendar {
    /// A calendar from the schedules of one source.
    pub fn new(schedules: impl IntoIterator<Item = (Release, Schedule)>, source: Source) -> Self {
        let known = |(release, schedule)| (release, Known { schedule, source: 0 });
        let schedules = schedules.into_iter().map(known).collect();
        Self { schedules, sources: vec![source], disagreements: vec![], troubles: vec![] }
    }

    /// The embedded snapshot, v1.6 to v1.10.
    pub fn snapshot() -> Self {
        let schedules = SNAPSHOT.iter().map(|(minor, freeze, code_freeze, thaw, ga)| {
            let schedule = Schedule {
                freeze: Freeze::On(*freeze),
                code_freeze: Some(*code_freeze),
                thaw: *thaw,
                ga: Some(*ga),
                faults: vec![],
            };
            (Release { major: 1, minor: *minor }, schedule)
        });
        let name = "built-in snapshot of kubevirt/sig-release (v1.10 as proposed in its pull request 67)";
        Self::new(schedules, Source { name: name.into(), recorded: Some(RECORDED) })
    }

    /// All releases that have a schedule, the earliest first.
    pub fn releases(&self) -> impl Iterator<Item = (Release, &Schedule)> {
        self.schedules.iter().map(|(release, known)| (*release, &known.schedule))
    }

    /// The schedule of a release.
    pub fn schedule(&self, release: Release) -> Option<&Schedule> {
        self.schedules.get(&release).map(|known| &known.schedule)
    }

    /// When a release's VEP Freeze is, or why nobody knows.
    pub fn freeze(&self, release: Release) -> Freeze {
        self.schedule(release).map_or(Freeze::NoSchedule, |schedule| schedule.freeze.clone())
    }

    /// Whether a release is out: its planned GA date, or that of a later release, has passed. None where
    /// the calendar does not reach so far.
    pub fn is_out(&self, release: Release, today: Date) -> Option<bool> {
        let passed = |schedule: &Schedule| schedule.ga.is_some_and(|ga| ga < today);
        if self.schedules.range(release..).any(|(_, known)| passed(&known.schedule)) {
            return Some(true);
        }
        self.schedule(release)?.ga.map(|_| false)
    }

    /// Where a release is on its way.
    pub fn phase(&self, release: Release, today: Date) -> Phase {
        let Some(schedule) = self.schedule(release) else { return Phase::Unknown };
        let begun = |date: Option<Date>| date.is_some_and(|date| date <= today);
        match &schedule.freeze {
            _ if schedule.ga.is_some_and(|ga| ga < today) => Phase::Released,
            _ if begun(schedule.code_freeze) => Phase::Stabilization,
            Freeze::On(freeze) if *freeze <= today => Phase::Implementation,
            Freeze::On(_) => Phase::Design,
            _ => Phase::Unknown,
        }
    }

    /// The releases that may be planned for today.
    pub fn season(&self, today: Date) -> Season {
        let frozen = |schedule: &Schedule| matches!(schedule.freeze, Freeze::On(freeze) if freeze <= today);
        let open = self
            .releases()
            .find(|(_, schedule)| matches!(schedule.freeze, Freeze::On(freeze) if freeze > today))
            .map(|(release, _)| release);
        let under_way = self
            .releases()
            .filter(|(_, schedule)| frozen(schedule) && schedule.ga.is_some_and(|ga| ga >= today))
            .map(|(release, _)| release)
            .collect();
        Season { open, under_way }
    }

    /// The latest release that may be named as a target: that of the season, and where no known calendar has a freeze to
    /// come, the release after the last known one, by its number alone. None without any schedule.
    pub fn latest_planned(&self, today: Date) -> Option<Release> {
        let season = self.season(today);
        let by_number = || self.schedules.keys().next_back().map(|last| last.next());
        season.open.or_else(by_number).into_iter().chain(season.under_way).max()
    }
}

/// The last day on which something can be approved before a freeze: the day before it.
pub fn last_safe_day(freeze: Date) -> Date {
    freeze.yesterday().unwrap_or(freeze)
}

/// How many days lie between two days.
pub fn days(from: Date, to: Date) -> i32 {
    // Two civil dates always have a span of days.
    from.until(to).map_or(0, |span| span.get_days())
}

impl Schedule {
    /// Reads a `schedule.yaml`. Every row is read by itself: one that cannot be read is a fault and loses
    /// no other.
    pub fn read(yaml: &str) -> Self {
        let rows = match rows(yaml) {
            Ok(rows) => rows,
            Err(fault) => {
                let freeze = Freeze::Unreadable(fault.what.clone());
                return Self { freeze, code_freeze: None, thaw: None, ga: None, faults: vec![fault] };
            }
        };
        let mut faults: Vec<RowFault> = Vec::new();
        let mut of = |wanted: fn(&Row) -> bool| {
            let found: Vec<&Row> = rows.iter().filter(|row| wanted(row)).collect();
            faults.extend(found.iter().filter_map(|row| row.when.as_ref().err().cloned()));
            let dates: Vec<Date> = found.iter().filter_map(|row| row.when.as_ref().ok().copied()).collect();
            (found.len(), dates)
        };
        let (frozen, freezes) = of(Row::is_vep_freeze);
        let earliest = |(_, dates): (usize, Vec<Date>)| dates.into_iter().min();
        let (code_freeze, thaw, ga) =
            (earliest(of(Row::is_code_freeze)), earliest(of(Row::is_thaw)), earliest(of(Row::is_ga)));
        faults.extend(
            rows.iter()
                .filter(|row| !row.speaks_of_a_date_we_use())
                .filter_map(|row| row.when.as_ref().err().cloned()),
        );
        let freeze = match (freezes.iter().min(), frozen) {
            (Some(date), 1) => Freeze::On(*date),
            (Some(date), count) => {
                let what = format!("{count} rows speak of a VEP Freeze; the earliest counts, {date}");
                faults.push(RowFault { line: 1, what });
                Freeze::On(*date)
            }
            (None, 0) => Freeze::NotScheduled,
            (None, _) => Freeze::Unreadable("the row of the VEP Freeze has no readable date".into()),
        };
        faults.sort_by_key(|fault| fault.line);
        Self { freeze, code_freeze, thaw, ga, faults }
    }
}

/// One row, with its date or why there is none.
struct Row {
    when: Result<Date, RowFault>,
    /// The words of `what` and of `milestone`, in lower case and without marks.
    what: Vec<String>,
    milestone: Vec<String>,
    cdi: bool,
}

impl Row {
    /// Words that stand one behind the other.
    fn says(words: &[String], wanted: &[&str]) -> bool {
        words.windows(wanted.len()).any(|window| window.iter().map(String::as_str).eq(wanted.iter().copied()))
    }

    /// The real text is `Virtualization Enhancement Proposal (VEP) Freeze`; VEP-282's own words "VEP
    /// Freeze" are no part of it, and the README says Enhancement Freeze.
    fn is_vep_freeze(&self) -> bool {
        ["vep", "veps", "proposal", "proposals", "enhancement", "enhancements"]
            .iter()
            .any(|word| Self::says(&self.what, &[word, "freeze"]))
    }

    fn is_code_freeze(&self) -> bool {
        ["code", "feature"].iter().any(|word| Self::says(&self.milestone, &[word, "freeze"]))
    }

    fn is_thaw(&self) -> bool {
        Self::says(&self.milestone, &["code", "thaw"])
    }

    /// Whatever stands behind it: `KubeVirt GA v1.11` is GA, too. A row about the time before or after it is not.
    fn is_ga(&self) -> bool {
        const BESIDE: [&str; 9] = ["pre", "post", "before", "after", "until", "since", "to", "for", "no"];
        let Some(at) = self.milestone.iter().position(|word| word == "ga") else { return false };
        let before = self.milestone.get(..at).unwrap_or_default();
        !self.cdi && !before.iter().any(|word| BESIDE.contains(&word.as_str()))
    }

    fn speaks_of_a_date_we_use(&self) -> bool {
        self.is_vep_freeze() || self.is_code_freeze() || self.is_thaw() || self.is_ga()
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// `2026/04/30` since v1.6, `2026-04-30` before.
fn read_date(text: &str) -> Option<Date> {
    ["%Y/%m/%d", "%Y-%m-%d"].iter().find_map(|form| Date::strptime(form, text.trim()).ok())
}

/// The rows of a file, or why it has none.
fn rows(yaml: &str) -> Result<Vec<Row>, RowFault> {
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! { max_depth: 8, max_nodes: 8_000, max_aliases: 0, max_total_scalar_bytes: 1 << 18 },
    };
    let raw: Vec<serde_yaml::Spanned<Loose>> =
        serde_yaml::from_str_with_options(yaml, options).map_err(|error| RowFault {
            line: error.location().map_or(1, |place| place.line()),
            what: format!("no list of rows: {}", code_up_to(&error.without_snippet().to_string(), 160)),
        })?;
    Ok(raw.iter().map(|raw| row(raw.referenced.line(), &raw.value)).collect())
}

fn row(line: u64, raw: &Loose) -> Row {
    let text = |key: &str| match raw {
        Loose::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
        _ => None,
    };
    let words_of = |key: &str| match text(key) {
        Some(Loose::Text(text)) => words(text),
        _ => vec![],
    };
    let when = match text("when") {
        Some(Loose::Text(when)) => read_date(when)
            .ok_or_else(|| format!("`when` is {}, not a date like 2026/04/30", crate::text::code(when))),
        Some(_) => Err("`when` is no date like 2026/04/30".into()),
        None if matches!(raw, Loose::Map(_)) => Err("the row has no `when`".into()),
        None => Err("the row is no map".into()),
    };
    let (what, milestone) = (words_of("what"), words_of("milestone"));
    let cdi = words_of("who").iter().chain(&milestone).any(|word| word == "cdi");
    Row { when: when.map_err(|what| RowFault { line, what }), what, milestone, cdi }
}

/// Any YAML, as far as a row can use it: a wrong type is kept as such and spoils nothing else.
enum Loose {
    Text(String),
    Map(Vec<(String, Loose)>),
    Other,
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Loose;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row of a schedule")
            }

            fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
                Ok(Loose::Text(text.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Loose>()? {
                    let value = map.next_value::<Loose>()?;
                    if let Loose::Text(key) = key {
                        entries.push((key, value));
                    }
                }
                Ok(Loose::Map(entries))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_unit<E>(self) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_none<E>(self) -> Result<Loose, E> {
                Ok(Loose::Other)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn v(minor: u32) -> Release {
        Release { major: 1, minor }
    }

    #[test]
    fn a_row_is_found_by_its_words() {
        let schedule = Schedule::read(
            "- {when: 2026/09/02, milestone: KubeVirt Alpha 0, what: Tag v1.10.0-alpha.0}\n\
             - {when: 2026/09/02, milestone: KubeVirt Alpha 0, what: Virtualization Enhancement Proposal (VEP) Freeze}\n\
             - {when: 2026/10/21, milestone: KubeVirt Code Freeze, what: Only tracked VEPs merge}\n\
             - {when: 2026/10/28, milestone: KubeVirt Code Thaw, what: main is open}\n\
             - {when: 2026/11/18, milestone: \"**KubeVirt GA**\", who: KubeVirt}\n\
             - {when: 2026/11/11, milestone: \"**CDI GA**\", who: CDI, notes: null}\n",
        );
        assert_eq!(schedule.faults, []);
        assert_eq!(schedule.freeze, Freeze::On(date(2026, 9, 2)));
        assert_eq!(schedule.code_freeze, Some(date(2026, 10, 21)));
        assert_eq!(schedule.thaw, Some(date(2026, 10, 28)));
        assert_eq!(schedule.ga, Some(date(2026, 11, 18)));
    }

    #[test]
    fn ga_is_ga_whatever_stands_behind_it() {
        let ga = |row: &str| Schedule::read(&format!("- {{when: 2026/11/18, {row}}}\n")).ga.is_some();
        for row in [
            "milestone: GA",
            "milestone: \"**KubeVirt GA**\"",
            "milestone: KubeVirt GA v1.11",
            "milestone: \"KubeVirt GA (v1.11.0), planned\"",
            "milestone: v1.11 GA release",
            "milestone: GA 🎉",
        ] {
            assert!(ga(row), "{row}");
        }
        for row in [
            "milestone: CDI GA",
            "milestone: CDI GA v1.64",
            "milestone: GA v1.64, who: CDI",
            "milestone: Before KubeVirt GA",
            "milestone: Post GA",
            "milestone: Gadget freeze",
            "milestone: KubeVirt RC 1, what: the last one before GA",
        ] {
            assert!(!ga(row), "{row}");
        }
    }

    #[test]
    fn a_bad_row_is_a_fault_and_loses_no_other() {
        let schedule = Schedule::read(
            "- when: 2026/02/30\n  what: Something\n\
             - just text\n\
             - when: [2026/01/01]\n  what: x\n\
             - what: no date\n\
             - when: 2026/09/02\n  what: VEP Freeze\n  notes: {a: [b]}\n",
        );
        assert_eq!(schedule.freeze, Freeze::On(date(2026, 9, 2)));
        let lines: Vec<u64> = schedule.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [1, 3, 4, 6], "{:?}", schedule.faults);
    }

    #[test]
    fn what_cannot_be_known_is_said_to_be_unknown() {
        let freeze = |yaml: &str| Schedule::read(yaml).freeze;
        assert_eq!(freeze("- {when: 2023-02-14, milestone: GA, what: Tag}\n"), Freeze::NotScheduled);
        assert!(matches!(freeze("- {when: soon, what: VEP Freeze}\n"), Freeze::Unreadable(_)));
        assert!(matches!(freeze("rows: none\n"), Freeze::Unreadable(_)));
        assert!(matches!(freeze(""), Freeze::Unreadable(_) | Freeze::NotScheduled));
        assert!(matches!(freeze(&"[".repeat(100_000)), Freeze::Unreadable(_)));
        assert_eq!(Calendar::snapshot().freeze(v(11)), Freeze::NoSchedule);
        let twice = Schedule::read(
            "- {when: 2026/09/09, what: VEP Freeze}\n- {when: 2026/09/02, what: (VEP) freeze}\n",
        );
        assert_eq!((twice.freeze, twice.faults.len()), (Freeze::On(date(2026, 9, 2)), 1));
    }

    #[test]
    fn a_season_is_what_may_be_planned_for() {
        let calendar = Calendar::snapshot();
        let season = |day| calendar.season(day);
        assert_eq!(season(date(2026, 8, 18)), Season { open: Some(v(10)), under_way: vec![] });
        assert_eq!(season(date(2026, 9, 2)), Season { open: None, under_way: vec![v(10)] });
        assert_eq!(season(date(2026, 11, 18)), Season { open: None, under_way: vec![v(10)] });
        assert_eq!(season(date(2026, 11, 22)), Season::default());
        assert_eq!(season(date(2026, 6, 1)), Season { open: Some(v(10)), under_way: vec![v(9)] });
        assert_eq!(season(date(2026, 6, 1)).latest(), Some(v(10)));
        for (day, planned) in [(date(2026, 6, 1), 10), (date(2026, 9, 2), 11), (date(2026, 11, 22), 11)] {
            assert_eq!(calendar.latest_planned(day), Some(v(planned)), "{day}");
        }
    }

    #[test]
    fn phases_follow_each_other() {
        let calendar = Calendar::snapshot();
        for (day, phase) in [
            (date(2026, 9, 1), Phase::Design),
            (date(2026, 9, 2), Phase::Implementation),
            (date(2026, 10, 20), Phase::Implementation),
            (date(2026, 10, 21), Phase::Stabilization),
            (date(2026, 11, 18), Phase::Stabilization),
            (date(2026, 11, 19), Phase::Released),
        ] {
            assert_eq!(calendar.phase(v(10), day), phase, "{day}");
        }
        assert_eq!(calendar.phase(v(11), date(2026, 9, 1)), Phase::Unknown);
        assert_eq!(calendar.is_out(Release { major: 0, minor: 59 }, date(2026, 9, 1)), Some(true));
        assert_eq!(calendar.is_out(v(10), date(2026, 9, 1)), Some(false));
        assert_eq!(calendar.is_out(v(11), date(2026, 9, 1)), None);
    }

    #[test]
    fn a_source_says_how_old_it_is() {
        let calendar = Calendar::snapshot();
        assert!(calendar.told(date(2026, 8, 18)).ends_with("recorded 2026-07-23, 26 days ago"));
        assert!(calendar.told_of(v(10), date(2026, 7, 24)).ends_with("1 day ago"));
    }

    fn only(minor: u32, yaml: &str, name: &str, recorded: Date) -> Calendar {
        let source = Source { name: name.into(), recorded: Some(recorded) };
        Calendar::new([(v(minor), Schedule::read(yaml))], source)
    }

    #[test]
    fn the_first_source_that_has_a_release_counts_and_disagreement_is_told() {
        let ours = only(10, "- {when: 2026/09/09, what: VEP Freeze}\n", "a checkout", date(2026, 8, 1));
        let both = ours.or(Calendar::snapshot());
        assert_eq!(both.freeze(v(10)), Freeze::On(date(2026, 9, 9)));
        assert_eq!(both.freeze(v(9)), Freeze::On(date(2026, 4, 30)));
        let told = both.told(date(2026, 8, 18));
        assert!(
            told.starts_with("a checkout, recorded 2026-08-01, 17 days ago; v1.6 to v1.9 from built-in"),
            "{told}"
        );
        assert!(
            told.contains("but v1.10: VEP Freeze 2026-09-02, not 2026-09-09 according to built-in"),
            "{told}"
        );
        assert!(told.ends_with("which is older (2026-07-23)"), "{told}");
        assert!(!both.told_of(v(9), date(2026, 8, 18)).contains("but"));
        let same = only(10, "- {when: 2026/09/02, what: VEP Freeze}\n", "a checkout", date(2026, 8, 1));
        assert_eq!(same.or(Calendar::snapshot()).disagreements(), [""; 0]);
    }
}
