//! `query`: which VEPs are there?

use super::{Card, Needs, Trouble, Verb, known_sig, notices, one_or_many};
use crate::document::{Document, Fact, Origin};
use crate::search::{Found, search};
use crate::season;
use crate::text::{code, in_cell, one_line};
use crate::vep::{Handle, Release, Stage, Status};
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Most VEPs on one page.
const MOST: usize = 100;
/// VEPs on a page where nobody says.
const PAGE: usize = 20;
/// Most groups that a count names one by one.
const MOST_GROUPS: usize = 12;
/// Most bytes of JSON on a page where nobody says how long it may be, so that text and JSON together stay
/// under 8 KiB whatever the titles are.
const PAGE_BYTES: usize = 2_800;

/// Lists proposals.
#[derive(Debug)]
pub struct Query;

/// Which VEPs, and what about them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// What it is about, in your words
    #[arg(value_name = "WORDS")]
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "String")]
    words: Vec<String>,
    /// State; `legacy`: no front matter yet
    #[arg(long, ignore_case = true)]
    status: Option<State>,
    /// Owning SIG, or `meta-VEPs`
    #[arg(long)]
    sig: Option<String>,
    /// Stage in flight; with release: the stage targeted in it
    #[arg(long, ignore_case = true)]
    stage: Option<Stage>,
    /// Release that any stage targets: v1.10
    #[arg(long)]
    release: Option<String>,
    /// Login of anybody it names
    #[arg(long)]
    person: Option<String>,
    /// Part of a feature gate's name
    #[arg(long)]
    gate: Option<String>,
    /// Order; default: number, or match
    #[arg(long)]
    sort: Option<Sort>,
    /// VEPs on a page; default 20
    #[arg(long)]
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
    /// VEPs to skip
    #[arg(long)]
    offset: Option<usize>,
    /// Past day or commit
    #[arg(long, value_name = "DATE|REF")]
    as_of: Option<String>,
    /// Columns; default: title, sig, status, target
    #[arg(long, value_delimiter = ',')]
    #[serde(deserialize_with = "one_or_many")]
    fields: Vec<Column>,
}

/// A state, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
enum State {
    Provisional,
    Implementable,
    Implemented,
    Deferred,
    Rejected,
    Withdrawn,
    Replaced,
    Legacy,
}

impl State {
    /// The state; none for a legacy document.
    fn status(self) -> Option<Status> {
        match self {
            Self::Provisional => Some(Status::Provisional),
            Self::Implementable => Some(Status::Implementable),
            Self::Implemented => Some(Status::Implemented),
            Self::Deferred => Some(Status::Deferred),
            Self::Rejected => Some(Status::Rejected),
            Self::Withdrawn => Some(Status::Withdrawn),
            Self::Replaced => Some(Status::Replaced),
            Self::Legacy => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Number,
    Title,
    Status,
    Sig,
    Release,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Column {
    Title,
    Sig,
    Status,
    Target,
    Targets,
    Authors,
    Reviewers,
    Approvers,
    Gates,
    Created,
    Path,
}

const DEFAULT: [Column; 4] = [Column::Title, Column::Sig, Column::Status, Column::Target];

/// The VEPs that were asked for: how many, then one page of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The day the answer is for
    today: String,
    /// VEPs in the checkout
    total: usize,
    /// VEPs that match
    matched: usize,
    /// Matches by state
    by_status: BTreeMap<String, usize>,
    /// Matches by owning SIG
    by_sig: BTreeMap<String, usize>,
    /// One page of matches
    veps: Vec<Row>,
    /// Offset of the next page
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    /// What the filters could not see, and files that were not read as they stand
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip)]
    offset: usize,
    #[serde(skip)]
    columns: Vec<Column>,
}

/// One VEP. Absent fields were not asked for or are not set.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sig: Option<String>,
    /// A state, `legacy` (no front matter) or `unreadable`
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// Stage in flight and its release
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    /// Release for each stage
    #[serde(skip_serializing_if = "Option::is_none")]
    targets: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authors: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approvers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gates: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Which words stand where
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The targets were read from prose, not from front matter
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    from_prose: bool,
}

impl Verb for Query {
    const CARD: Card = Card::new(
        "query",
        "query_veps",
        "Query VEPs",
        "Lists KubeVirt VEPs (enhancement proposals): counts first, then a page. All filters must match.",
        "Find a VEP's number here, then get_vep.",
    );
    type Ask = Ask;
    type Answer = Answer;

    fn needs(ask: &Ask) -> Needs {
        Needs { as_of: ask.as_of.clone(), ..Needs::documents() }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let limit = ask.limit.unwrap_or(PAGE);
        if !(1..=MOST).contains(&limit) {
            return Err(Trouble::new(
                format!("limit {limit} is out of range"),
                format!("Ask for 1 to {MOST} VEPs and go on with offset."),
            ));
        }
        let filter = Filter::of(world, &ask)?;
        let words = ask.words.join(" ");
        let sought = (!words.trim().is_empty()).then(|| search(&world.head, &words, |it| filter.takes(it)));
        let mut found: Vec<&Arc<Document>> = match &sought {
            Some(sought) => sought.hits.iter().map(|hit| hit.document).collect(),
            None => world.head.proposals().iter().filter(|document| filter.takes(document)).collect(),
        };
        if let Some(sort) = ask.sort {
            found.sort_by_cached_key(|document| sort_key(world, document, sort));
        }
        let asked = Asked { stage: ask.stage, release: filter.release };
        let columns = if ask.fields.is_empty() { DEFAULT.to_vec() } else { ask.fields.clone() };
        let offset = ask.offset.unwrap_or_default();
        let why = |document: &Document| {
            let hit = sought.as_ref()?.hits.iter().find(|hit| hit.document.path() == document.path())?;
            Some(one_line(&hit.reasons(), 90))
        };
        let rows = found.iter().skip(offset).take(limit);
        let rows = rows.map(|document| Row { why: why(document), ..row(world, document, &columns, &asked) });
        let veps = if ask.limit.is_some() { rows.collect() } else { fitting(rows) };
        let end = offset.saturating_add(veps.len());
        Ok(Answer {
            today: world.today.to_string(),
            total: world.head.proposals().len(),
            matched: found.len(),
            by_status: count(found.iter().map(|document| status(document).to_owned())),
            by_sig: count(found.iter().map(|document| sig(document).unwrap_or("none").to_owned())),
            next_offset: (end < found.len() && !veps.is_empty()).then_some(end),
            notes: sought.iter().flat_map(weighed).chain(notes(world, &ask, found.len())).collect(),
            veps,
            offset,
            columns,
        })
    }
}

/// The first rows, as many as a default page may hold; at least one.
fn fitting(rows: impl Iterator<Item = Row>) -> Vec<Row> {
    let mut room = PAGE_BYTES;
    let mut fitting = Vec::new();
    for row in rows {
        let bytes = serde_json::to_string(&row).map_or(0, |json| json.len());
        if bytes > room && !fitting.is_empty() {
            break;
        }
        room = room.saturating_sub(bytes);
        fitting.push(row);
    }
    fitting
}

/// The filters, read once.
struct Filter<'a> {
    world: &'a World,
    ask: &'a Ask,
    sig: Option<String>,
    release: Option<Release>,
    person: Option<Handle>,
    gate: Option<String>,
}

impl<'a> Filter<'a> {
    fn of(world: &'a World, ask: &'a Ask) -> Result<Self, Trouble> {
        let release = match &ask.release {
            None => None,
            Some(text) => Some(Release::read(text).ok_or_else(|| {
                Trouble::new(
                    format!("{} is no release", crate::text::code(text)),
                    "Write it as v1.10 (quoted where it is YAML or JSON).",
                )
            })?),
        };
        let sig = ask.sig.as_deref().map(|name| known_sig(world, name)).transpose()?;
        Ok(Self {
            world,
            ask,
            sig,
            release,
            person: ask.person.as_deref().map(Handle::new),
            gate: ask.gate.as_deref().map(str::to_lowercase),
        })
    }

    fn takes(&self, document: &Document) -> bool {
        let facts = document.facts();
        let status_fits = self.ask.status.is_none_or(|wanted| match wanted {
            State::Legacy => document.is_legacy(),
            state => facts.status.as_ref().map(|fact| fact.value) == state.status(),
        });
        let plan_fits = match (self.ask.stage, self.release) {
            (Some(stage), Some(release)) => facts.targets.get(&stage).is_some_and(|it| it.value == release),
            (Some(stage), None) => self.world.stage_in_flight(document) == Some(stage),
            (None, Some(release)) => season::is_for(self.world, document, &[release]),
            (None, None) => true,
        };
        let sig_fits = self.sig.as_deref().is_none_or(|wanted| season::is_of_sig(document, wanted));
        let person_fits = self.person.as_ref().is_none_or(|wanted| season::names_person(document, wanted));
        let gate_fits = self
            .gate
            .as_deref()
            .is_none_or(|wanted| facts.gates.iter().any(|gate| gate.value.to_lowercase().contains(wanted)));
        status_fits && plan_fits && sig_fits && person_fits && gate_fits
    }
}

/// The state, `legacy`, or `unreadable`.
pub(super) fn status(document: &Document) -> &'static str {
    match &document.facts().status {
        Some(status) => status.value.as_str(),
        None if document.is_legacy() => "legacy",
        None => "unreadable",
    }
}

/// The SIG under which a VEP is listed; a meta-VEP that names none has only its folder.
fn sig(document: &Document) -> Option<&str> {
    document.facts().sig.as_ref().map(|fact| fact.value.as_str()).or_else(|| document.home.folder())
}

fn sort_key(world: &World, document: &Document, sort: Sort) -> (String, u32) {
    let number = document.number().unwrap_or(u32::MAX);
    let key = match sort {
        Sort::Number => String::new(),
        Sort::Title => {
            document.facts().title.as_ref().map(|fact| fact.value.to_lowercase()).unwrap_or_default()
        }
        Sort::Status => {
            let rank = Status::ALL.iter().position(|state| state.as_str() == status(document));
            format!("{}", rank.unwrap_or(Status::ALL.len()))
        }
        Sort::Sig => sig(document).unwrap_or("~").to_owned(),
        Sort::Release => release_key(world, document),
    };
    (key, number)
}

/// Releases as they sort; what has no target comes last.
fn release_key(world: &World, document: &Document) -> String {
    let Some((_, release)) = world.target(document) else { return "~".into() };
    format!("{:05}.{:05}", release.value.major, release.value.minor)
}

fn count(names: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    names.for_each(|name| *counts.entry(one_line(&name, 40)).or_default() += 1);
    if counts.len() <= MOST_GROUPS {
        return counts;
    }
    let mut ranked: Vec<(String, usize)> = counts.into_iter().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let others = ranked.split_off(MOST_GROUPS);
    let rest = (format!("{} others", others.len()), others.iter().map(|(_, count)| count).sum());
    ranked.into_iter().chain([rest]).collect()
}

/// What was asked about targets: then it is that target that is shown.
struct Asked {
    stage: Option<Stage>,
    release: Option<Release>,
}

fn shown_target<'a>(
    world: &World,
    document: &'a Document,
    asked: &Asked,
) -> Option<(Stage, &'a Fact<Release>)> {
    let matching = document.facts().targets.iter().find(|(stage, release)| {
        asked.release.is_some_and(|wanted| release.value == wanted)
            && asked.stage.is_none_or(|wanted| wanted == **stage)
    });
    matching.map(|(stage, release)| (*stage, release)).or_else(|| world.target(document))
}

fn row(world: &World, document: &Document, columns: &[Column], ask: &Asked) -> Row {
    let facts = document.facts();
    let names = |people: &[Fact<Handle>]| {
        Some(people.iter().take(10).map(|fact| one_line(&format!("@{}", fact.value.login()), 40)).collect())
    };
    let mut row = Row { number: document.number(), ..Row::default() };
    for column in columns {
        match column {
            Column::Title => row.title = facts.title.as_ref().map(|fact| one_line(&fact.value, 70)),
            Column::Sig => row.sig = sig(document).map(|sig| one_line(sig, 40)),
            Column::Status => row.status = Some(status(document).into()),
            Column::Target => {
                row.target = shown_target(world, document, ask)
                    .map(|(stage, release)| format!("{stage} {}", release.value));
            }
            Column::Targets => {
                let targets =
                    facts.targets.iter().map(|(stage, fact)| (stage.to_string(), fact.value.to_string()));
                row.targets = Some(targets.collect());
            }
            Column::Authors => row.authors = names(&facts.authors),
            Column::Reviewers => row.reviewers = names(&facts.reviewers),
            Column::Approvers => row.approvers = names(&facts.approvers),
            Column::Gates => {
                row.gates = Some(facts.gates.iter().take(10).map(|fact| one_line(&fact.value, 60)).collect());
            }
            Column::Created => row.created = facts.created.as_ref().map(|fact| one_line(&fact.value, 20)),
            Column::Path => row.path = Some(one_line(document.path(), 200)),
        }
    }
    let shown = row.target.is_some() || row.targets.as_ref().is_some_and(|targets| !targets.is_empty());
    row.from_prose = shown && facts.targets.values().any(|fact| fact.origin == Origin::Prose);
    row
}

/// What is worth knowing about how the words were taken.
fn weighed(found: &Found<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for (word, read) in found.read_as.iter().take(5) {
        notes.push(format!("No VEP has {}; it was read as {}.", code(word), code(read)));
    }
    if !found.unknown.is_empty() {
        let unknown: Vec<String> = found.unknown.iter().take(5).map(|word| code(word)).collect();
        notes.push(format!("No VEP has {}.", unknown.join(", ")));
    }
    if found.whole == 0 && !found.hits.is_empty() {
        notes.push("No VEP has all the words; those that fit best are listed.".into());
    } else if found.whole < found.hits.len() {
        notes.push(format!("The best fit first; {} of them have all the words.", found.whole));
    }
    notes
}

fn notes(world: &World, ask: &Ask, matched: usize) -> Vec<String> {
    let as_of = world.as_of.iter().map(|commit| format!("As of {commit}."));
    as_of.chain(other_notes(world, ask, matched)).collect()
}

fn other_notes(world: &World, ask: &Ask, matched: usize) -> Vec<String> {
    let mut notes = Vec::new();
    let legacy = world.head.proposals().iter().filter(|document| document.is_legacy()).count();
    let unseen: Vec<&str> = [
        ("status", ask.status.is_some_and(|status| status != State::Legacy)),
        ("people", ask.person.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, asked)| asked.then_some(name))
    .collect();
    if legacy > 0 && !unseen.is_empty() {
        let unseen = unseen.join(", ");
        notes.push(format!("Left out: {legacy} without front matter, of which {unseen} cannot be known."));
    }
    if legacy > 0 && (ask.release.is_some() || ask.stage.is_some() || ask.gate.is_some()) {
        notes.push("Targets and gates of VEPs without front matter are read from the common forms of prose; others are not seen.".into());
    }
    let offset = ask.offset.unwrap_or_default();
    if matched == 0 {
        notes.push("Nothing matches; drop a filter, or ask without any for the counts.".into());
    } else if offset >= matched {
        notes.push(format!("Offset {offset} is behind the last match; begin again with 0."));
    }
    notes.extend(notices(world.head.notices()));
    notes
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} of {} VEPs match. Today is {}.", self.matched, self.total, self.today)?;
        let list = |counts: &BTreeMap<String, usize>, shown: fn(&str) -> String| {
            let told = counts.iter().map(|(name, count)| format!("{} {count}", shown(name)));
            told.collect::<Vec<_>>().join(", ")
        };
        if self.matched > 0 {
            writeln!(f, "By status: {}.", list(&self.by_status, str::to_owned))?;
            writeln!(f, "By SIG: {}.", list(&self.by_sig, code))?;
        }
        if !self.veps.is_empty() {
            self.table(f)?;
        }
        if self.veps.iter().any(|row| row.from_prose) {
            writeln!(f, "\n\\* read from prose, not from front matter")?;
        }
        if let Some(next) = self.next_offset {
            writeln!(f, "\nShown: {} to {next}. The next page: offset {next}.", self.offset + 1)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "\nNote: {note}"))
    }
}

impl Answer {
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut heads: Vec<&str> = self.columns.iter().map(|column| head(*column)).collect();
        let with_why = self.veps.iter().any(|row| row.why.is_some());
        heads.extend(with_why.then_some("why"));
        writeln!(f, "\n| VEP | {} |\n|---|{}", heads.join(" | "), "---|".repeat(heads.len()))?;
        for row in &self.veps {
            let cells = self.columns.iter().map(|column| cell(row, *column));
            let why = with_why.then(|| in_cell(row.why.as_deref().unwrap_or_default()));
            let cells: Vec<String> = cells.chain(why).collect();
            let number = row.number.map_or("?".into(), |number| number.to_string());
            writeln!(f, "| {number} | {} |", cells.join(" | "))?;
        }
        Ok(())
    }
}

fn head(column: Column) -> &'static str {
    match column {
        Column::Title => "title",
        Column::Sig => "SIG",
        Column::Status => "status",
        Column::Target => "target",
        Column::Targets => "targets",
        Column::Authors => "authors",
        Column::Reviewers => "reviewers",
        Column::Approvers => "approvers",
        Column::Gates => "gates",
        Column::Created => "created",
        Column::Path => "path",
    }
}

fn cell(row: &Row, column: Column) -> String {
    let foreign = |text: &Option<String>| text.as_deref().map(in_cell);
    let joined = |list: &Option<Vec<String>>| {
        let list = list.as_ref()?.iter().map(|it| in_cell(it));
        Some(list.collect::<Vec<_>>().join(", "))
    };
    let mark = if row.from_prose { "*" } else { "" };
    let text = match column {
        Column::Title => foreign(&row.title),
        Column::Sig => foreign(&row.sig),
        Column::Status => row.status.clone(),
        Column::Target => row.target.as_ref().map(|target| format!("{target}{mark}")),
        Column::Targets => row.targets.as_ref().map(|targets| {
            let all: Vec<String> =
                targets.iter().map(|(stage, release)| format!("{stage} {release}{mark}")).collect();
            all.join(", ")
        }),
        Column::Authors => joined(&row.authors),
        Column::Reviewers => joined(&row.reviewers),
        Column::Approvers => joined(&row.approvers),
        Column::Gates => joined(&row.gates),
        Column::Created => foreign(&row.created),
        Column::Path => foreign(&row.path),
    };
    text.unwrap_or_default()
}
