//! Where dates come from, when there is more than one place: the first that has a release counts for it, and
//! what the others say differently is told.

use super::{Calendar, Freeze, Known, Schedule, days};
use crate::vep::Release;
use jiff::civil::Date;

/// Most disagreements that are told one by one.
const MOST_TOLD: usize = 4;

/// Where dates came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// In words.
    pub name: String,
    /// The day on which they were written down, fetched or last changed; none where nobody knows.
    pub recorded: Option<Date>,
}

impl Source {
    /// Its name and its age, as every answer about time says it.
    pub fn with_age(&self, today: Date) -> String {
        let name = &self.name;
        let Some(recorded) = self.recorded else { return format!("{name}, of unknown age") };
        match days(recorded, today) {
            days if days < 0 => format!("{name}, recorded {recorded}, after the day asked for"),
            0 => format!("{name}, recorded today"),
            1 => format!("{name}, recorded {recorded}, 1 day ago"),
            days => format!("{name}, recorded {recorded}, {days} days ago"),
        }
    }
}

impl Calendar {
    /// The same calendar, and for releases that it lacks another one. Where both know a release this one counts, and
    /// what the other says differently is told with every answer.
    pub fn or(mut self, other: Self) -> Self {
        let before = self.sources.len();
        for (release, theirs) in other.schedules {
            let Some(ours) = self.schedules.get(&release) else {
                self.schedules
                    .insert(release, Known { schedule: theirs.schedule, source: before + theirs.source });
                continue;
            };
            let ages = (self.sources.get(ours.source), other.sources.get(theirs.source));
            let (Some(our_source), Some(their_source)) = ages else { continue };
            let differing = differing(&ours.schedule, &theirs.schedule);
            if !differing.is_empty() {
                let age = compared(their_source.recorded, our_source.recorded);
                let what = differing.join(", ");
                self.disagreements
                    .push(format!("{release}: {what} according to {}, {age}", their_source.name));
            }
        }
        self.sources.extend(other.sources);
        self.disagreements.extend(other.disagreements);
        self.troubles.extend(other.troubles);
        self
    }

    /// The same calendar with a word on a source that did not answer.
    pub fn with_trouble(mut self, trouble: impl Into<String>) -> Self {
        self.troubles.push(trouble.into());
        self
    }

    /// The sources that are in use with their ages, what did not answer, and where another source disagrees; as every
    /// answer about time says it.
    pub fn told(&self, today: Date) -> String {
        let used = |source: usize| self.schedules.iter().filter(move |(_, known)| known.source == source);
        let mut told: Vec<String> = Vec::new();
        for (at, source) in self.sources.iter().enumerate() {
            let releases: Vec<String> = used(at).map(|(release, _)| release.to_string()).collect();
            match (releases.as_slice(), told.is_empty()) {
                ([], _) => {}
                (_, true) => told.push(source.with_age(today)),
                ([first, .., last], false) => {
                    told.push(format!("{first} to {last} from {}", source.with_age(today)));
                }
                ([only], false) => told.push(format!("{only} from {}", source.with_age(today))),
            }
        }
        if told.is_empty() {
            told.push("no schedule at all".into());
        }
        told.extend(self.troubles.iter().cloned());
        told.extend(self.disagreements.iter().take(MOST_TOLD).map(|what| format!("but {what}")));
        let more = self.disagreements.len().saturating_sub(MOST_TOLD);
        told.extend((more > 0).then(|| format!("and {more} more releases on which sources disagree")));
        told.join("; ")
    }

    /// The source of a release's dates with its age; that of all where the release is not known.
    pub fn told_of(&self, release: Release, today: Date) -> String {
        let source = self.schedules.get(&release).and_then(|known| self.sources.get(known.source));
        let Some(source) = source else { return self.told(today) };
        let about = format!("{release}: ");
        let mut told = vec![source.with_age(today)];
        let own = self.disagreements.iter().filter(|what| what.starts_with(&about));
        told.extend(own.map(|what| format!("but {what}")));
        told.join("; ")
    }

    /// The sources, those first that count first.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Where a source says something else than the one that counts.
    pub fn disagreements(&self) -> &[String] {
        &self.disagreements
    }

    /// What did not answer.
    pub fn troubles(&self) -> &[String] {
        &self.troubles
    }
}

/// How old a source is beside the one that counts.
fn compared(theirs: Option<Date>, ours: Option<Date>) -> String {
    match (theirs, ours) {
        (Some(theirs), Some(ours)) if theirs > ours => format!("which is newer ({theirs})"),
        (Some(theirs), Some(ours)) if theirs < ours => format!("which is older ({theirs})"),
        (Some(theirs), Some(_)) => format!("which is as old ({theirs})"),
        _ => "whose age beside it is not known".into(),
    }
}

/// What another schedule of the same release says differently. What one of them does not say is no difference.
fn differing(ours: &Schedule, theirs: &Schedule) -> Vec<String> {
    let freeze = |schedule: &Schedule| match schedule.freeze {
        Freeze::On(date) => Some(date),
        _ => None,
    };
    let dates = [
        ("VEP Freeze", freeze(ours), freeze(theirs)),
        ("code freeze", ours.code_freeze, theirs.code_freeze),
        ("thaw", ours.thaw, theirs.thaw),
        ("GA", ours.ga, theirs.ga),
    ];
    let mut differing = Vec::new();
    for (name, ours, theirs) in dates {
        match (ours, theirs) {
            (Some(ours), Some(theirs)) if ours != theirs => {
                differing.push(format!("{name} {theirs}, not {ours}"))
            }
            (None, Some(theirs)) if name == "VEP Freeze" => differing.push(format!("{name} {theirs}")),
            _ => {}
        }
    }
    differing
}
