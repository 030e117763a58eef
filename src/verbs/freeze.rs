//! `freeze`: until when may something be approved, and what then?

use super::{Card, Name, Needs, Trouble, Verb, label, one, release};
use crate::calendar::{Freeze, Phase, Season, days, last_safe_day};
use crate::document::Document;
use crate::text::{fenced, sentence};
use crate::vep::Release;
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Checks the freeze of a release, a VEP or the season.
#[derive(Debug)]
pub struct CheckFreeze;

/// Which freeze; neither: the season's.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// A release: v1.10
    release: Option<String>,
    /// A VEP: the freeze of the release it targets
    #[arg(long, conflicts_with = "release")]
    vep: Option<Name>,
}

/// Phases and freezes, what is blocked now, and the way out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The day the answer is for
    today: String,
    /// Where the dates come from, and how old that is
    calendar: String,
    /// The VEP that was asked about
    #[serde(skip_serializing_if = "Option::is_none")]
    vep: Option<String>,
    /// The season in a sentence
    season: String,
    releases: Vec<Dates>,
    /// What may not be merged now without an exception
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocked: Vec<String>,
    /// What may
    not_blocked: Vec<String>,
    /// The way to an exception, where one is needed or may be soon
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<Exception>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// The dates of one release. An absent date is not known.
#[derive(Debug, Serialize, JsonSchema)]
struct Dates {
    release: String,
    /// `design`, `implementation`, `stabilization`, `released` or `unknown`
    phase: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vep_freeze: Option<String>,
    /// Why the VEP Freeze is not known
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
    /// What the seasons before suggest where there is no schedule; no date
    #[serde(skip_serializing_if = "Option::is_none")]
    rhythm: Option<String>,
    /// Days to the VEP Freeze; 0 and below: too late
    #[serde(skip_serializing_if = "Option::is_none")]
    days_left: Option<i32>,
    /// The last day on which something may be approved
    #[serde(skip_serializing_if = "Option::is_none")]
    last_safe_day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_freeze: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_thaw: Option<String>,
    /// The planned GA of KubeVirt
    #[serde(skip_serializing_if = "Option::is_none")]
    planned_ga: Option<String>,
}

/// How to ask for an exception. The tool grants none.
#[derive(Debug, Serialize, JsonSchema)]
struct Exception {
    path: &'static str,
    /// The mail, with `<…>` where the person has to fill in
    mail: String,
}

impl Verb for CheckFreeze {
    const CARD: Card = Card::new(
        "freeze",
        "check_freeze",
        "Check a freeze",
        "VEP Freeze of a release, a VEP or the season: phase, days left, last safe day, what is blocked, exceptions.",
        "Unknown means unknown: never guess a date.",
    );
    type Ask = Ask;
    type Answer = Answer;

    fn needs(ask: &Ask) -> Needs {
        if ask.vep.is_some() { Needs::documents() } else { Needs::default() }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let season = world.calendar.season(world.today);
        let mut notes = Vec::new();
        let (vep, releases) = match (&ask.release, &ask.vep) {
            (Some(_), Some(_)) => {
                return Err(Trouble::new("a release and a VEP were both given", "Give one of the two."));
            }
            (Some(text), None) => (None, vec![release(text)?]),
            (None, Some(name)) => {
                let document = one(&world.head, &name.0)?;
                if document.home.is_meta() {
                    notes.push("It is a meta-VEP: the freeze only warns it.".into());
                }
                (Some(document), target(world, document, &mut notes))
            }
            (None, None) => {
                let open = season.open.or_else(|| world.calendar.next());
                (None, open.into_iter().chain(season.under_way.iter().copied()).collect())
            }
        };
        let dates: Vec<Dates> = releases.iter().map(|release| dates(world, *release)).collect();
        for release in &releases {
            let faults = world.calendar.schedule(*release).into_iter().flat_map(|schedule| &schedule.faults);
            notes.extend(
                faults
                    .take(5)
                    .map(|fault| format!("{release} schedule.yaml line {}: {}", fault.line, fault.what)),
            );
        }
        let urgent = |dates: &&Dates| {
            dates.days_left.is_some_and(|left| left <= world.in_force().near) && dates.phase != "released"
        };
        let exception =
            dates.iter().find(urgent).map(|dates| exception(&dates.release, vep.map(|it| it.as_ref())));
        Ok(Answer {
            today: world.today.to_string(),
            calendar: world.calendar.told(world.today),
            vep: vep.map(|document| label(document)),
            season: told(world, &season),
            blocked: blocked(&dates),
            not_blocked: not_blocked(&dates),
            exception,
            releases: dates,
            notes,
        })
    }
}

fn target(world: &World, document: &Document, notes: &mut Vec<String>) -> Vec<Release> {
    match world.target(document) {
        Some((stage, release)) => {
            notes.push(format!(
                "It targets {stage} for {} (read from {}).",
                release.value,
                release.origin.as_str()
            ));
            vec![release.value]
        }
        None => {
            notes.push("It targets no release; no freeze concerns it yet.".into());
            vec![]
        }
    }
}

fn dates(world: &World, release: Release) -> Dates {
    let schedule = world.calendar.schedule(release);
    let written = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
    let (freeze, unknown) = match world.calendar.freeze(release) {
        Freeze::On(freeze) => (Some(freeze), None),
        Freeze::NotScheduled => (None, Some("its schedule has no row of a VEP Freeze".to_owned())),
        Freeze::NoSchedule => (None, Some("there is no schedule of it".to_owned())),
        Freeze::Unreadable(why) => (None, Some(sentence(&why, 200))),
    };
    Dates {
        release: release.to_string(),
        phase: world.calendar.phase(release, world.today).as_str(),
        vep_freeze: written(freeze),
        unknown,
        rhythm: world.calendar.rhythm(release).map(|rhythm| rhythm.to_string()),
        days_left: freeze.map(|freeze| days(world.today, freeze)),
        last_safe_day: written(freeze.map(last_safe_day)),
        code_freeze: written(schedule.and_then(|it| it.code_freeze)),
        code_thaw: written(schedule.and_then(|it| it.thaw)),
        planned_ga: written(schedule.and_then(|it| it.ga)),
    }
}

/// The season in a sentence. Nothing is invented for a release that nobody has scheduled.
fn told(world: &World, season: &Season) -> String {
    let under_way: Vec<String> = season.under_way.iter().map(ToString::to_string).collect();
    let building = match under_way.as_slice() {
        [] => "none is between its freeze and its GA".into(),
        some => format!("{} is between its VEP Freeze and its GA", some.join(", ")),
    };
    match season.open {
        Some(open) => format!("{open} is open for VEPs; {building}."),
        None => {
            let last = world.calendar.releases().last();
            let last = last
                .map_or(String::new(), |(release, _)| format!(" The last that is scheduled is {release}."));
            format!("No scheduled release is open for VEPs; {building}.{last}")
        }
    }
}

fn is_frozen(dates: &Dates) -> bool {
    dates.days_left.is_some_and(|left| left <= 0)
}

fn blocked(dates: &[Dates]) -> Vec<String> {
    dates
        .iter()
        .filter(|it| is_frozen(it))
        .flat_map(|Dates { release, .. }| {
            [
                format!("Making a VEP implementable for {release}."),
                format!("Giving an implementable VEP a stage for {release} that it did not have."),
            ]
        })
        .collect()
}

fn not_blocked(dates: &[Dates]) -> Vec<String> {
    let open = dates.iter().filter(|it| it.days_left.is_some_and(|left| left > 0));
    let mut lines: Vec<String> = open
        .map(|it| {
            format!("Everything for {}, until {}.", it.release, it.last_safe_day.as_deref().unwrap_or("?"))
        })
        .collect();
    if dates.iter().any(is_frozen) {
        lines.push("Merging a VEP as provisional, for discussion.".into());
        lines.push(
            "Keeping a VEP in sync with what was built, and writing down what its prose targeted before."
                .into(),
        );
        lines.push("Deferring, rejecting, withdrawing, replacing; implemented, once GA is reached.".into());
        lines.push("Moving a target to a later release: that release's own freeze decides.".into());
    }
    lines
}

fn exception(release: &str, vep: Option<&Document>) -> Exception {
    let (subject, name) = match vep {
        Some(document) => {
            let number =
                document.facts().number.as_ref().map_or("VEP".into(), |it| format!("VEP-{}", it.value));
            (number, label(document))
        }
        None => ("VEP-<number>".into(), "VEP-<number> “<title>”".into()),
    };
    let mail = format!(
        "To: kubevirt-dev@googlegroups.com\n\
         Subject: VEP Freeze exception for {subject} in {release}\n\n\
         Hello,\n\n\
         we ask for an exception from the VEP Freeze of {release} for {name}.\n\n\
         Justification: <why it could not be merged in time, and why it should be in {release}>\n\
         Additional time needed: <until which day>\n\
         Impact if it is not granted: <graduation, maturity of the feature, users>\n\n\
         Tracking issue: <link>\nPull request: <link>\n\n<your name>\n"
    );
    Exception {
        path: "Mail kubevirt-dev with justification, extra time needed and the impact if refused (README, Exceptions); \
               if a maintainer agrees, the maintainer adds the label freeze-exception, which is no Prow command.",
        mail,
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(vep) = &self.vep {
            writeln!(f, "{vep}")?;
        }
        writeln!(f, "Today is {} (UTC). Dates: {}.", self.today, self.calendar)?;
        writeln!(f, "{}", self.season)?;
        for dates in &self.releases {
            dates.fmt(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "- note: {note}"))?;
        if !self.blocked.is_empty() {
            writeln!(f, "\nBlocked now, without an exception:")?;
            self.blocked.iter().try_for_each(|it| writeln!(f, "- {it}"))?;
        }
        if !self.not_blocked.is_empty() {
            writeln!(f, "\nNot blocked:")?;
            self.not_blocked.iter().try_for_each(|it| writeln!(f, "- {it}"))?;
        }
        let Some(exception) = &self.exception else { return Ok(()) };
        writeln!(f, "\nException: {}\n\n{}", exception.path, fenced(&exception.mail, "text"))
    }
}

impl fmt::Display for Dates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "- **{}**: ", self.release)?;
        match (self.phase, &self.planned_ga) {
            (phase, Some(ga)) if phase == Phase::Released.as_str() => {
                write!(f, "released; its planned GA date, {ga}, has passed")?
            }
            (phase, Some(ga)) => write!(f, "phase {phase}, GA planned for {ga}")?,
            (phase, None) => write!(f, "phase {phase}")?,
        }
        match (&self.vep_freeze, self.days_left, &self.unknown) {
            (Some(freeze), Some(left), _) if left > 0 => {
                let s = if left == 1 { "" } else { "s" };
                write!(f, "; VEP Freeze {freeze}, {left} day{s} left")?;
            }
            (Some(freeze), Some(0), _) => write!(f, "; VEP Freeze {freeze}, today: it is too late")?,
            (Some(freeze), Some(left), _) => write!(f, "; VEP Freeze {freeze}, {} days ago", -left)?,
            (.., Some(why)) => write!(f, "; VEP Freeze unknown: {why}")?,
            _ => {}
        }
        let other = [
            ("last safe day", &self.last_safe_day),
            ("code freeze", &self.code_freeze),
            ("thaw", &self.code_thaw),
        ];
        for (name, date) in other {
            date.as_ref().map_or(Ok(()), |date| write!(f, "; {name} {date}"))?;
        }
        self.rhythm.as_ref().map_or(Ok(()), |rhythm| write!(f, ". What is known: {rhythm}"))?;
        writeln!(f)
    }
}
