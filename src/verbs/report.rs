//! `report`: the season at a glance.
//!
//! What it finds is [`crate::season`]'s; here it is asked for, told as Markdown that can be read as plain text, and
//! cut into pages for whoever reads little at once.
//!
//! Absent on purpose: deciding. It says what the documents say, and whose turn it is by that.

use super::{Card, Needs, Trouble, Verb, known_sig, notices};
use crate::render::{self, Hand};
use crate::season::{
    Change, Changes, Counts, Dates, Entry, Group, Link, Overview, Risk, Scope, Succession, overview,
    succession,
};
use crate::text::{code, code_up_to, fenced, one_line};
use crate::vep::{Handle, Number, Release};
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Most bytes of text that the VEPs of a page have: with head and notes a page stays under 8 KiB.
const PAGE_TEXT: usize = 5_400;
/// The same as JSON, for programs: a usual release is one page.
const PAGE_JSON: usize = 9_800;
/// Most bytes, as JSON, of what changed; it stands on the first page.
const PAGE_CHANGES: usize = 2_400;
/// Most groups that a count names one by one.
const MOST_GROUPS: usize = 12;

/// Tells what targets a release.
#[derive(Debug)]
pub struct ReleaseReport;

/// Which part of the season.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// Release: v1.10; default: the season's
    release: Option<String>,
    /// Owning SIG, or `meta-VEPs`
    #[arg(long)]
    sig: Option<String>,
    /// Login of anybody it names
    #[arg(long)]
    person: Option<String>,
    /// Past day or commit
    #[arg(long, value_name = "DATE|REF")]
    as_of: Option<String>,
    /// Also what changed since then
    #[arg(long, value_name = "DATE|REF")]
    since: Option<String>,
    /// Instead: which VEP replaces which, drawn
    #[arg(long, conflicts_with_all = ["release", "sig", "person", "since"])]
    graph: bool,
    /// Page; without one the command line shows all
    // An assistant reads a page at a time, a person the whole: the two faces have defaults of their own.
    #[arg(long)]
    #[serde(default = "first_page")]
    #[schemars(range(min = 1))]
    page: Option<usize>,
}

#[expect(clippy::unnecessary_wraps, reason = "it is the default of a field that may be absent")]
fn first_page() -> Option<usize> {
    Some(1)
}

/// The season at a glance: counts, then a page of VEPs in groups.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    season: Option<Overview>,
    #[serde(skip_serializing_if = "Option::is_none")]
    succession: Option<Succession>,
    /// The next page
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip)]
    whole: Whole,
    /// Which page this is; none: everything.
    #[serde(skip)]
    page: Option<usize>,
}

/// What the answer is a page of.
#[derive(Debug)]
enum Whole {
    Season(Box<Overview>),
    Succession(Succession),
}

impl Verb for ReleaseReport {
    const CARD: Card = Card {
        hands: &[Hand::Csv, Hand::Mermaid, Hand::Dot, Hand::Html],
        ..Card::new(
            "report",
            "release_report",
            "Report on a release",
            "The season at a glance: what targets a release, what each VEP lacks, what is at risk, whose turn it is.",
            "Counts are of all pages.",
        )
    };
    type Ask = Ask;
    type Answer = Answer;

    fn needs(ask: &Ask) -> Needs {
        Needs { as_of: ask.as_of.clone(), since: ask.since.clone(), ..Needs::documents() }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        if ask.graph {
            return drawn(world, &ask);
        }
        let scope = scope(world, &ask)?;
        let whole = overview(world, &scope);
        let pages = pages(&whole);
        let (season, next_page) = match wanted(&pages, ask.page)? {
            None => (whole.clone(), None),
            Some((page, next)) => (cut(&whole, page), next),
        };
        let notes = notes(world, &scope, &whole);
        let whole = Whole::Season(Box::new(whole));
        Ok(Answer { season: Some(season), succession: None, next_page, notes, whole, page: ask.page })
    }

    fn page(answer: &Answer, hand: Hand) -> Option<String> {
        match (&answer.whole, hand) {
            (Whole::Season(whole), Hand::Csv) => Some(render::season_csv(whole)),
            (Whole::Season(whole), Hand::Mermaid) => Some(render::season_mermaid(whole)),
            (Whole::Succession(whole), Hand::Mermaid) => {
                Some(fenced(&render::succession_mermaid(whole), "mermaid") + "\n")
            }
            (Whole::Succession(whole), Hand::Dot) => Some(render::succession_dot(whole)),
            (Whole::Season(whole), Hand::Html) => Some(render::season_html(whole, &answer.notes)),
            (Whole::Season(_), Hand::Dot) | (Whole::Succession(_), Hand::Csv | Hand::Html) => None,
        }
    }
}

/// The page that is wanted, and the number of the next one; none where everything is.
type Wanted = Option<(std::ops::Range<usize>, Option<usize>)>;

fn wanted(pages: &[std::ops::Range<usize>], page: Option<usize>) -> Result<Wanted, Trouble> {
    let Some(page) = page else { return Ok(None) };
    let of = page.checked_sub(1).and_then(|index| pages.get(index)).ok_or_else(|| {
        Trouble::new(format!("there is no page {page}"), format!("Ask for page 1 to {}.", pages.len()))
    })?;
    Ok(Some((of.clone(), Some(page + 1).filter(|next| *next <= pages.len()))))
}

/// The successions, drawn.
fn drawn(world: &World, ask: &Ask) -> Result<Answer, Trouble> {
    if [&ask.release, &ask.sig, &ask.person, &ask.since].into_iter().any(Option::is_some) {
        let what = "the graph is of the whole checkout";
        return Err(Trouble::new(what, "Ask for graph without release, sig, person and since."));
    }
    let whole = succession(world);
    let sizes = whole.links.iter().map(|link| {
        let one = links(&whole, std::slice::from_ref(link));
        (render::succession_mermaid(&one).len(), size(&one))
    });
    let pages = filled((0, 0), sizes);
    let (shown, next_page) = match wanted(&pages, ask.page)? {
        None => (whole.clone(), None),
        Some((page, next)) => (links(&whole, whole.links.get(page).unwrap_or_default()), next),
    };
    let mut notes: Vec<String> = world.as_of.iter().map(|commit| format!("As of {commit}.")).collect();
    let legacy = world.head.proposals().iter().filter(|document| document.is_legacy()).count();
    if legacy > 0 {
        notes.push(format!("Without front matter, and so without either key: {legacy}."));
    }
    let whole = Whole::Succession(whole);
    Ok(Answer { season: None, succession: Some(shown), next_page, notes, whole, page: ask.page })
}

/// Some of the links, with the VEPs that they join.
fn links(whole: &Succession, links: &[Link]) -> Succession {
    let joined: BTreeSet<Number> = links.iter().flat_map(|link| [link.old, link.new]).collect();
    let veps = whole.veps.iter().filter(|node| joined.contains(&node.number)).cloned();
    Succession { veps: veps.collect(), links: links.to_vec() }
}

fn scope(world: &World, ask: &Ask) -> Result<Scope, Trouble> {
    let sig = ask.sig.as_deref().map(|sig| known_sig(world, sig)).transpose()?;
    let person = ask.person.as_deref().map(Handle::new);
    let releases = match &ask.release {
        Some(text) => vec![super::release(text)?],
        None if sig.is_some() || person.is_some() => vec![],
        None => season(world),
    };
    Ok(Scope { releases, sig, person })
}

/// The releases of the season; where none is open, the last that is scheduled.
fn season(world: &World) -> Vec<Release> {
    let season = world.calendar.season(world.today);
    let mut releases: Vec<Release> = season.under_way.into_iter().chain(season.open).collect();
    releases.sort();
    if releases.is_empty() {
        releases.extend(world.calendar.releases().last().map(|(release, _)| release));
    }
    releases
}

fn notes(world: &World, scope: &Scope, whole: &Overview) -> Vec<String> {
    let mut notes = Vec::new();
    let legacy = world.head.proposals().iter().filter(|document| document.is_legacy()).count();
    if scope.person.is_some() && legacy > 0 {
        notes.push(format!("Left out: {legacy} without front matter, which name nobody."));
    }
    if whole.counts.legacy > 0 {
        notes.push(
            "* read from prose, not from front matter: less certain, and a chair decides the state.".into(),
        );
    }
    let doubtful = whole.groups.iter().flat_map(|group| &group.veps).flat_map(|entry| &entry.targets);
    if doubtful.into_iter().any(|target| target.unconfirmed) {
        notes.push(
            "(?): the release is out by plan, and nothing in the document confirms that it shipped there."
                .into(),
        );
    }
    if whole.counts.veps == 0 {
        notes.push("Nothing is there; another release, or no filter, may have more.".into());
    }
    notes.extend(notices(world.head.notices()));
    notes
}

/// Which VEPs stand on which page, counted over all groups.
fn pages(whole: &Overview) -> Vec<std::ops::Range<usize>> {
    let entries = whole.groups.iter().flat_map(|group| &group.veps);
    let changes = whole.changes.iter().map(|changes| changes.within(PAGE_CHANGES));
    let taken = changes.map(|changes| (changes_told(&changes).len(), size(&changes))).next();
    filled(taken.unwrap_or_default(), entries.map(|entry| (told(entry).len(), size(entry))))
}

fn size(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(0, |json| json.len())
}

/// Pages, each as full as it may be, of things with these sizes as text and as JSON; at least one. Something else takes
/// room on the first.
fn filled(taken: (usize, usize), sizes: impl Iterator<Item = (usize, usize)>) -> Vec<std::ops::Range<usize>> {
    let mut pages = Vec::new();
    let (mut text, mut json) = taken;
    let (mut begin, mut all) = (0, 0);
    for (index, (more_text, more_json)) in sizes.enumerate() {
        if index > begin && (text + more_text > PAGE_TEXT || json + more_json > PAGE_JSON) {
            pages.push(begin..index);
            (begin, text, json) = (index, 0, 0);
        }
        text += more_text;
        json += more_json;
        all = index + 1;
    }
    pages.push(begin..all);
    pages
}

/// The VEPs of one page, in their groups; dates and counts stay those of the whole.
fn cut(whole: &Overview, page: std::ops::Range<usize>) -> Overview {
    let mut at = 0;
    let mut groups = Vec::new();
    for group in &whole.groups {
        let veps: Vec<Entry> = group
            .veps
            .iter()
            .zip(at..)
            .filter(|(_, at)| page.contains(at))
            .map(|(it, _)| it.clone())
            .collect();
        at += group.veps.len();
        if !veps.is_empty() {
            groups.push(Group { veps, ..group.clone() });
        }
    }
    let changes = whole.changes.as_ref().filter(|_| page.start == 0);
    let changes = changes.map(|changes| changes.within(PAGE_CHANGES));
    Overview { groups, changes, counts: few(&whole.counts), ..whole.clone() }
}

/// Counts with only the largest SIGs named one by one.
fn few(counts: &Counts) -> Counts {
    let mut counts = counts.clone();
    if counts.by_sig.len() > MOST_GROUPS {
        let mut ranked: Vec<(String, usize)> = std::mem::take(&mut counts.by_sig).into_iter().collect();
        ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let others = ranked.split_off(MOST_GROUPS);
        let rest = (format!("{} others", others.len()), others.iter().map(|(_, count)| count).sum());
        counts.by_sig = ranked.into_iter().chain([rest]).collect();
    }
    counts
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.season, &self.whole, &self.succession) {
            (Some(season), Whole::Season(whole), _) => self.glance(f, season, whole)?,
            (_, Whole::Succession(whole), Some(shown)) => drawing(f, whole, shown)?,
            _ => {}
        }
        if let Some(next) = self.next_page {
            writeln!(f, "\nThe next page: page {next}.")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "\nNote: {}", starred(note)))
    }
}

/// The successions as Markdown: how many there are, what is wrong with them, and the drawing.
fn drawing(f: &mut fmt::Formatter<'_>, whole: &Succession, shown: &Succession) -> fmt::Result {
    let count = |is: &dyn Fn(&Link) -> bool| whole.links.iter().filter(|link| is(link)).count();
    let missing = whole.veps.iter().filter(|node| node.missing).count();
    writeln!(f, "# Which VEP takes the place of which\n")?;
    writeln!(
        f,
        "Successions: {}; said by one end only: {}; on a circle: {}; VEPs that are named and not there: {missing}.",
        whole.links.len(),
        count(&|link| link.only.is_some()),
        count(&|link| link.circle),
    )?;
    if shown.links.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{}", fenced(&render::succession_mermaid(shown), "mermaid"))
}

impl Answer {
    fn glance(&self, f: &mut fmt::Formatter<'_>, season: &Overview, whole: &Overview) -> fmt::Result {
        let releases: Vec<&str> = season.releases.iter().map(|dates| dates.release.as_str()).collect();
        match releases.as_slice() {
            [] => writeln!(f, "# Live VEPs\n")?,
            some => writeln!(f, "# {} at a glance\n", some.join(" and "))?,
        }
        if season.scope != releases.join(" and ") {
            writeln!(f, "What is looked at: {}.", season.scope)?;
        }
        write!(f, "Today is {} (UTC).", season.today)?;
        season.as_of.as_ref().map_or(Ok(()), |commit| write!(f, " As of {commit}."))?;
        writeln!(f, " Dates: {}.", season.calendar)?;
        if !season.releases.is_empty() {
            writeln!(f)?;
        }
        season.releases.iter().try_for_each(|dates| write!(f, "{dates}"))?;
        if self.page.is_none_or(|page| page == 1) {
            write!(f, "{}", season.counts)?;
        }
        season.changes.iter().try_for_each(|changes| write!(f, "\n{}", changes_told(changes)))?;
        for group in &season.groups {
            let all = whole.groups.iter().find(|it| (it.kind, &it.release) == (group.kind, &group.release));
            let count = all.map_or(0, |all| all.veps.len());
            writeln!(f, "\n## {} ({count})\n", group.heading())?;
            group.veps.iter().try_for_each(|entry| f.write_str(&told(entry)))?;
        }
        Ok(())
    }
}

/// What changed, as Markdown.
fn changes_told(changes: &Changes) -> String {
    let mut lines = vec![format!("## Changed since {}\n", one_line(&changes.since, 120))];
    for (what, list) in [("new", &changes.came), ("gone", &changes.went), ("changed", &changes.changed)] {
        for Change { number, title, path, what: details } in list {
            let name = number.map_or_else(|| code(path), |number| format!("VEP-{number}"));
            lines.push(format!("- {what}: {name} {}: {}", code_up_to(title, 80), details.join("; ")));
        }
    }
    if changes.more > 0 {
        lines.push(format!(
            "- and {} more; the command line lists all, or narrow it with sig or person",
            changes.more
        ));
    }
    if changes.only_text > 0 {
        lines.push(format!("- only the text, of {} VEPs", changes.only_text));
    }
    if lines.len() == 1 {
        lines.push("Nothing.".into());
    }
    lines.join("\n") + "\n"
}

/// A star that begins a note opens no emphasis.
fn starred(note: &str) -> String {
    note.strip_prefix('*').map_or_else(|| note.to_owned(), |rest| format!("\\*{rest}"))
}

/// One VEP as Markdown: a line that says what it is, and a few about what it needs.
fn told(entry: &Entry) -> String {
    let mark = if entry.implied.is_some() { "\\*" } else { "" };
    let name = entry.number.map_or_else(|| code(&entry.path), |number| format!("VEP-{number}"));
    let sig = entry.sig.as_deref().map_or_else(String::new, |sig| format!(", {}", code(sig)));
    let targets = entry.targets.iter().map(|target| {
        let doubt = if target.unconfirmed { " (?)" } else { "" };
        let stage = if target.stage().is_some() { target.stage.clone() } else { code(&target.stage) };
        let told = format!("{stage} {}{doubt}", target.release);
        if target.here { format!("**{told}**") } else { told }
    });
    let targets: Vec<String> = targets.collect();
    let targets = if targets.is_empty() { "no target".into() } else { targets.join(", ") };
    let mut lines = vec![
        format!("- {name} {}{sig}", code_up_to(&entry.title, 80)),
        format!("  - {}{mark}; {targets}", entry.status),
    ];
    let people =
        [("authors", &entry.authors), ("reviewers", &entry.reviewers), ("approvers", &entry.approvers)];
    let named: Vec<String> = people
        .into_iter()
        .filter(|(_, all)| !all.is_empty())
        .map(|(part, all)| format!("{part} {}", all.iter().map(|it| code(it)).collect::<Vec<_>>().join(", ")))
        .collect();
    lines.extend((!named.is_empty()).then(|| format!("  - {}", named.join("; "))));
    lines.extend((!entry.lacks.is_empty()).then(|| format!("  - lacks {}", entry.lacks.join("; "))));
    // What it lacks is told above; the risk only names it.
    let risks =
        entry.risks.iter().filter(|at| !["no-front-matter", "people-missing"].contains(&at.risk.as_str()));
    let risks: Vec<String> = risks.map(|at| format!("{}: {}", at.risk.as_str(), at.why)).collect();
    lines.extend(risks.iter().map(|risk| format!("  - at risk, {risk}")));
    lines.push(format!("  - next, {}: {}", entry.next.who.as_str(), entry.next.what));
    lines.join("\n") + "\n"
}

impl fmt::Display for Dates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "- {}: phase {}", self.release, self.phase)?;
        match (&self.vep_freeze, self.days_left) {
            (Some(freeze), Some(left)) if left > 0 => {
                let s = if left == 1 { "" } else { "s" };
                write!(f, "; VEP Freeze {freeze}, {left} day{s} left")?;
            }
            (Some(freeze), _) => write!(f, "; VEP Freeze {freeze}, over")?,
            (None, _) => write!(f, "; VEP Freeze unknown")?,
        }
        self.code_freeze.as_ref().map_or(Ok(()), |date| write!(f, "; code freeze {date}"))?;
        self.planned_ga.as_ref().map_or(Ok(()), |date| write!(f, "; planned GA {date}"))?;
        writeln!(f)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.features == 1 { "" } else { "s" };
        write!(f, "\n{} feature VEP{s}", self.features)?;
        let apart = [(self.meta, "meta-VEP"), (self.nonstandard, "with another target")];
        let apart: Vec<String> = apart
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if !apart.is_empty() {
            write!(f, ", and apart from them {}", apart.join(", "))?;
        }
        writeln!(f, "; {} of {} at risk.", self.at_risk, self.veps)?;
        if self.veps == 0 {
            return Ok(());
        }
        let list = |counts: &BTreeMap<String, usize>, shown: fn(&str) -> String| {
            counts
                .iter()
                .map(|(name, count)| format!("{} {count}", shown(name)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let mark = if self.legacy > 0 { format!(" ({} of them\\*)", self.legacy) } else { String::new() };
        writeln!(f, "By state: {}{mark}.", list(&self.by_status, str::to_owned))?;
        let risks: Vec<String> = Risk::ALL
            .iter()
            .filter_map(|risk| Some(format!("{} {}", risk.as_str(), self.by_risk.get(risk.as_str())?)))
            .collect();
        if !risks.is_empty() {
            writeln!(f, "By risk: {}.", risks.join(", "))?;
        }
        writeln!(f, "By SIG: {}.", list(&self.by_sig, |sig| code(&one_line(sig, 40))))
    }
}
