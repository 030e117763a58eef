//! `reviewers`: who may be asked to review, whom Prow would ask, and who carries how much already.
//!
//! OWNERS decide who may be asked; the live VEPs decide who is named already. Neither decides who has time.
//!
//! Absent on purpose: a choice. A name in front matter is a promise that only that person can make.

use super::{Card, Leaves, Name, Needs, Trouble, Verb, Want, known_sig, label, one};
use crate::document::{Document, Front};
use crate::matter::implied;
use crate::owners::blunderbuss::{ANEW, Kind, RULE, WANTED};
use crate::owners::{self, Owners};
use crate::text::{code, in_cell, one_line};
use crate::vep::{Handle, META_FOLDER, Release};
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Most people on a page.
const MOST_PEOPLE: usize = 25;
/// Most VEPs that are listed for a person.
const MOST_VEPS: usize = 8;
/// Most logins that are listed of a pool.
const MOST_LOGINS: usize = 30;
/// Longest path that is asked about.
const MOST_PATH: usize = 400;
/// Most SIGs that are told of.
const MOST_SIGS: usize = 20;

/// How the uppermost folder is called.
const ROOT: &str = "the root";

/// Suggests where reviewers may be found.
#[derive(Debug)]
pub struct Reviewers;

/// For what; nothing: the load of everybody.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// A VEP
    vep: Option<Name>,
    /// Or a path
    #[arg(long, conflicts_with = "vep")]
    path: Option<String>,
    /// Who opens the pull request
    #[arg(long)]
    author: Option<String>,
    /// Load in this SIG only
    #[arg(long)]
    sig: Option<String>,
    /// Load for this release only
    #[arg(long)]
    release: Option<String>,
    /// People to skip
    #[arg(long)]
    offset: Option<usize>,
}

/// Pools and load. It is no commitment of anybody's.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The day the answer is for
    today: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pools: Option<Pools>,
    /// The live VEPs that name people, person by person
    load: Vec<Load>,
    /// How many people the load is of
    people: usize,
    /// The next page
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    /// Capacity, SIG by SIG
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sigs: Vec<Capacity>,
    notes: Vec<String>,
}

/// Who may be asked about a path.
#[derive(Debug, Serialize, JsonSchema)]
struct Pools {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vep: Option<String>,
    /// Left out: whoever opens the pull request
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// How many Prow asks
    asked: usize,
    /// In the order in which Prow draws
    draws: Vec<Draw>,
    /// OWNERS, the nearest folder first
    layers: Vec<Layer>,
    rule: &'static str,
}

/// One draw of Prow's.
#[derive(Debug, Serialize, JsonSchema)]
struct Draw {
    /// What they are: leaf reviewers, reviewers of a layer, approvers
    from: String,
    /// How many of them are asked
    count: usize,
    candidates: Vec<String>,
}

/// What one OWNERS file says about the path.
#[derive(Debug, Serialize, JsonSchema)]
struct Layer {
    folder: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviewers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    approvers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
}

/// How much somebody carries.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
struct Load {
    login: String,
    /// Live VEPs that name them as reviewer
    reviews: usize,
    /// Live VEPs that name them as approver
    approves: usize,
    /// Of both, by the release that is worked towards; `none`: no release
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    releases: BTreeMap<String, usize>,
    /// Their numbers
    #[serde(skip_serializing_if = "Vec::is_empty")]
    veps: Vec<u32>,
}

/// What a SIG has to do, and with whom.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Capacity {
    sig: String,
    /// Live VEPs
    live: usize,
    /// Of them those that name no reviewer yet
    without_reviewers: usize,
    /// Of them those that name no approver yet
    without_approvers: usize,
    /// Who may be drawn for a VEP in its folder
    pool: usize,
}

impl Verb for Reviewers {
    const CARD: Card = Card::new(
        "reviewers",
        "suggest_reviewers",
        "Suggest reviewers",
        "Shows who may review a VEP: OWNERS layers, the pools Prow draws from, and each person's load; or all load.",
        "Suggest, never name: a person has to agree.",
    );
    type Ask = Ask;
    type Answer = Answer;

    // Prow reads OWNERS of the base branch, so a change cannot choose who reviews it.
    fn needs(_ask: &Ask) -> Needs {
        Needs { base: Want::IfThere, ..Needs::documents() }
    }

    fn leaves(answer: &Answer) -> Leaves<'_> {
        let of_veps = answer.pools.iter().filter(|pools| pools.vep.is_some());
        Leaves { documents: of_veps.map(|pools| pools.path.as_str()).collect(), ..Leaves::default() }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let within = Within::of(world, &ask)?;
        let live: Vec<&Arc<Document>> =
            world.head.proposals().iter().filter(|it| is_live(world, it)).collect();
        let mut notes = Vec::new();
        let pools = pools(world, &ask, &mut notes)?;
        let mut load = load(world, live.iter().copied().filter(|document| within.takes(world, document)));
        if let Some(pools) = &pools {
            let wanted: BTreeSet<String> = pools.everybody().map(owners::normal).collect();
            load.retain(|login, _| wanted.contains(login));
            // Who carries nothing is good to know of.
            for login in wanted {
                load.entry(login.clone()).or_insert_with(|| Load { login, ..Load::default() });
            }
        }
        let sigs = if pools.is_some() { vec![] } else { capacities(world, &live, &within) };
        notes.extend(unseen(&live));
        let mut load: Vec<Load> = load.into_values().collect();
        let carried = |it: &Load| it.reviews + it.approves;
        load.sort_by(|one, other| {
            carried(other).cmp(&carried(one)).then_with(|| one.login.cmp(&other.login))
        });
        let (people, offset) = (load.len(), ask.offset.unwrap_or_default());
        let load: Vec<Load> = load.into_iter().skip(offset).take(MOST_PEOPLE).collect();
        let end = offset.saturating_add(load.len());
        let next_offset = (end < people && !load.is_empty()).then_some(end);
        Ok(Answer { today: world.today.to_string(), pools, load, people, next_offset, sigs, notes })
    }
}

/// What load is counted.
struct Within {
    sig: Option<String>,
    release: Option<Release>,
}

impl Within {
    fn of(world: &World, ask: &Ask) -> Result<Self, Trouble> {
        let read = |text: &String| {
            Release::read(text)
                .ok_or_else(|| Trouble::new(format!("{} is no release", code(text)), "Write it as v1.10."))
        };
        let sig = ask.sig.as_deref().map(|name| known_sig(world, name)).transpose()?;
        Ok(Self { sig, release: ask.release.as_ref().map(read).transpose()? })
    }

    fn takes(&self, world: &World, document: &Document) -> bool {
        let release = target(world, document);
        self.sig.as_deref().is_none_or(|wanted| sig(document) == wanted)
            && self.release.is_none_or(|wanted| release == Some(wanted))
    }
}

/// Whether a VEP is on its way; of a legacy document what its prose implies.
fn is_live(world: &World, document: &Document) -> bool {
    match (&document.facts().status, &document.front) {
        (Some(status), _) => status.value.is_live(),
        (None, Front::Absent { .. }) => implied(world, document).status.is_live(),
        // A state that nobody can read needs somebody who reads it.
        (None, _) => true,
    }
}

fn sig(document: &Document) -> &str {
    match document.home.is_meta() {
        true => META_FOLDER,
        false => document.facts().sig.as_ref().map_or("none", |sig| &sig.value),
    }
}

/// The release that is worked towards.
fn target(world: &World, document: &Document) -> Option<Release> {
    world.target(document).map(|(_, release)| release.value)
}

/// Who is named by how many of these VEPs, by login as it is compared.
fn load<'a>(world: &World, veps: impl Iterator<Item = &'a Arc<Document>>) -> BTreeMap<String, Load> {
    let mut loads: BTreeMap<String, Load> = BTreeMap::new();
    for document in veps {
        let release = target(world, document).map_or("none".into(), |release| release.to_string());
        let number = document.facts().number.as_ref().map(|number| number.value);
        // Who is named twice in one part is named once.
        let named: BTreeSet<(&str, String)> = document
            .facts()
            .people()
            .filter(|(part, it)| *part != "author" && !it.value.is_tbd() && it.value.could_be_login())
            .map(|(part, it)| (part, owners::normal(it.value.login())))
            .collect();
        let mut counted = BTreeSet::new();
        for (part, login) in named {
            let load = loads
                .entry(login.clone())
                .or_insert_with(|| Load { login: login.clone(), ..Load::default() });
            match part {
                "reviewer" => load.reviews += 1,
                _ => load.approves += 1,
            }
            if counted.insert(login) {
                *load.releases.entry(release.clone()).or_default() += 1;
                load.veps.extend(number);
            }
        }
    }
    loads
}

/// The pools of what is asked about; none where nothing is.
fn pools(world: &World, ask: &Ask, notes: &mut Vec<String>) -> Result<Option<Pools>, Trouble> {
    let (path, document) = match (&ask.vep, &ask.path) {
        (Some(_), Some(_)) => {
            return Err(Trouble::new("a VEP and a path were both given", "Give one of the two."));
        }
        (None, None) => return Ok(None),
        (Some(name), None) => {
            let document = one(&world.head, &name.0)?;
            (document.path().to_owned(), Some(document))
        }
        (None, Some(path)) => (proper(path)?, world.head.at(path)),
    };
    // Prow reads the base branch, so a change cannot choose who judges it.
    let (owners, of) = world.owners_in_force();
    notes.push(format!("OWNERS: {of}."));
    let author = author(ask, document.map(|it| it.as_ref()), notes)?;
    let draw = owners.draw(&[&path], author.as_deref());
    if draw.most < WANTED {
        notes.push(format!("Prow finds {} of the two it looks for; ask somebody yourself.", draw.most));
    }
    if draw.pools.iter().any(|pool| matches!(pool.kind, Kind::Approvers(_))) {
        notes.push(ANEW.into());
    }
    notes.extend(doubts(owners, &path));
    let draws = draw.pools.iter().map(|pool| Draw {
        from: told(&pool.kind),
        count: pool.most,
        candidates: logins(&pool.candidates),
    });
    let layers = owners.layers(&path).into_iter().map(|layer| Layer {
        folder: folder(&layer.folder),
        reviewers: logins(&layer.reviewers),
        approvers: logins(&layer.approvers),
        labels: layer.labels.iter().take(10).map(|label| one_line(label, 60)).collect(),
    });
    Ok(Some(Pools {
        vep: document.map(|document| label(document)),
        author,
        asked: draw.most,
        draws: draws.collect(),
        layers: layers.collect(),
        rule: RULE,
        path: one_line(&path, MOST_PATH),
    }))
}

impl Pools {
    /// Everybody who is in a pool, or may merge.
    fn everybody(&self) -> impl Iterator<Item = &str> {
        let layers = self.layers.iter().flat_map(|layer| layer.reviewers.iter().chain(&layer.approvers));
        let author = self.author.as_deref().map(owners::normal);
        layers.map(String::as_str).filter(move |login| Some(owners::normal(login)) != author)
    }
}

/// Who opens the pull request: who is said to, else the only author.
fn author(
    ask: &Ask,
    document: Option<&Document>,
    notes: &mut Vec<String>,
) -> Result<Option<String>, Trouble> {
    if let Some(said) = &ask.author {
        let handle = Handle::new(said.as_str());
        return match handle.could_be_login() {
            true => Ok(Some(owners::normal(handle.login()))),
            false => Err(Trouble::new(
                format!("{} is no login", code(said)),
                "Give a GitHub login: --author @login.",
            )),
        };
    }
    let authors = document.map_or(&[][..], |document| &document.facts().authors);
    let authors: Vec<&Handle> =
        authors.iter().map(|it| &it.value).filter(|it| it.could_be_login() && !it.is_tbd()).collect();
    Ok(match authors.as_slice() {
        [only] => Some(owners::normal(only.login())),
        [] => {
            notes.push("Whoever opens the pull request is left out; say who with author.".into());
            None
        }
        several => {
            let several: Vec<String> = several.iter().map(|it| code(&one_line(it.login(), 40))).collect();
            let several = several.join(", ");
            notes.push(format!(
                "Whichever author opens the pull request ({several}) is left out; say who with author."
            ));
            None
        }
    })
}

/// A path within the repository.
fn proper(path: &str) -> Result<String, Trouble> {
    let is_odd = |part: &str| part.is_empty() || part == "." || part == "..";
    if path.len() > MOST_PATH
        || path.contains(char::is_control)
        || path.contains('\\')
        || path.split('/').any(is_odd)
    {
        let what = format!("{} is no path within the repository", code(&one_line(path, 100)));
        return Err(Trouble::new(what, "Write it as veps/sig-compute/500-name/vep.md."));
    }
    Ok(path.to_owned())
}

/// What is odd about the OWNERS of a path.
fn doubts(owners: &Owners, path: &str) -> Vec<String> {
    let mut doubts = Vec::new();
    let mut parts = path.split('/');
    let folder = match (parts.next(), parts.next(), parts.next()) {
        (Some("veps"), Some(folder), Some(_)) => format!("veps/{folder}"),
        _ => return doubts,
    };
    let (approvers, reviewers) = owners.said_in(&folder).unwrap_or_default();
    if reviewers.is_empty() {
        doubts.push(format!(
            "{} names no reviewers (sig-has-reviewers), so the root's are drawn from.",
            code(&format!("{folder}/OWNERS"))
        ));
    }
    if !approvers.is_empty() {
        doubts.push(format!(
            "{} names approvers, which it must not (owners-suggest-only).",
            code(&format!("{folder}/OWNERS"))
        ));
    }
    doubts
}

fn folder(folder: &str) -> String {
    if folder.is_empty() { ROOT.into() } else { one_line(folder, 200) }
}

fn told(kind: &Kind) -> String {
    match kind {
        Kind::Leaf(of) => format!("leaf reviewers ({})", folder(of)),
        Kind::Leaves => "leaf reviewers again".into(),
        Kind::Layer(of) => format!("reviewers of {}", folder(of)),
        Kind::Approvers(of) => format!("approvers of {}", folder(of)),
    }
}

fn logins(logins: &BTreeSet<String>) -> Vec<String> {
    logins.iter().map(|login| one_line(login, 40)).collect()
}

/// What each SIG has to do.
fn capacities(world: &World, live: &[&Arc<Document>], within: &Within) -> Vec<Capacity> {
    let mut capacities: BTreeMap<&str, Capacity> = BTreeMap::new();
    for document in live.iter().filter(|document| within.takes(world, document)) {
        let capacity = capacities.entry(sig(document)).or_default();
        let facts = document.facts();
        let is_named = |people: &[crate::document::Fact<Handle>]| people.iter().any(|it| !it.value.is_tbd());
        capacity.live += 1;
        capacity.without_reviewers += usize::from(!is_named(&facts.reviewers));
        capacity.without_approvers += usize::from(!is_named(&facts.approvers));
        if capacity.pool == 0 {
            capacity.pool = world.owners_in_force().0.draw(&[document.path()], None).candidates().len();
        }
    }
    let mut capacities: Vec<Capacity> = capacities
        .into_iter()
        .map(|(sig, capacity)| Capacity { sig: one_line(sig, 60), ..capacity })
        .collect();
    capacities.sort_by_key(|it| std::cmp::Reverse(it.live));
    capacities.truncate(MOST_SIGS);
    capacities
}

/// What this answer cannot see.
fn unseen(live: &[&Arc<Document>]) -> Vec<String> {
    let mut notes = Vec::new();
    let legacy = live.iter().filter(|document| matches!(document.front, Front::Absent { .. })).count();
    if legacy > 0 {
        notes.push(format!(
            "{legacy} of {} live VEPs have no front matter, so they name nobody; migrate_vep gives them one.",
            live.len()
        ));
    }
    notes.push(
        "A suggestion is no commitment: a name in front matter is a promise that this person made. Who is a \
         collaborator and who is busy is not seen here."
            .into(),
    );
    notes.push(
        "Approvers in front matter committed to the design; those of the root OWNERS can merge, on the SIG's word."
            .into(),
    );
    notes
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(pools) = &self.pools {
            pools.fmt(f)?;
        }
        if !self.sigs.is_empty() {
            writeln!(
                f,
                "| SIG | live VEPs | without reviewers | without approvers | pool |\n|---|---|---|---|---|"
            )?;
            for Capacity { sig, live, without_reviewers, without_approvers, pool } in &self.sigs {
                writeln!(
                    f,
                    "| {} | {live} | {without_reviewers} | {without_approvers} | {pool} |",
                    in_cell(sig)
                )?;
            }
            writeln!(f)?;
        }
        match self.load.as_slice() {
            [] if self.people > 0 => {
                writeln!(f, "There is no such page; {} people are listed in all.", self.people)?
            }
            [] => writeln!(f, "No live VEP names anybody as reviewer or approver.")?,
            load => {
                let shown = if load.len() < self.people {
                    format!(" (of {} people)", self.people)
                } else {
                    String::new()
                };
                writeln!(f, "Load on {}{shown}: live VEPs that name them.\n", self.today)?;
                writeln!(f, "| login | reviews | approves | by release | VEPs |\n|---|---|---|---|---|")?;
                load.iter().try_for_each(|it| it.fmt(f))?;
            }
        }
        if let Some(next) = self.next_offset {
            writeln!(f, "\nThe next page: offset {next}; or narrow it with sig or release.")?;
        }
        writeln!(f)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "- {note}"))
    }
}

impl fmt::Display for Pools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let candidates: BTreeSet<&String> = self.draws.iter().flat_map(|draw| &draw.candidates).collect();
        writeln!(
            f,
            "Prow would ask **{}** of {} people for {}.",
            self.asked,
            candidates.len(),
            code(&self.path)
        )?;
        if let Some(vep) = &self.vep {
            writeln!(f, "{vep}")?;
        }
        if let Some(author) = &self.author {
            writeln!(f, "Left out, for opening it: {}.", code(&one_line(author, 40)))?;
        }
        writeln!(f)?;
        let mut before: &[String] = &[];
        for (at, Draw { from, count, candidates }) in self.draws.iter().enumerate() {
            match candidates == before {
                true => writeln!(f, "{}. {count} more of the same", at + 1)?,
                false => {
                    writeln!(
                        f,
                        "{}. {count} of the {}: {}",
                        at + 1,
                        one_line(from, 240),
                        listed(candidates)
                    )?;
                }
            }
            before = candidates;
        }
        writeln!(f, "\n{}\n\nOWNERS, the nearest first:", self.rule)?;
        for Layer { folder, reviewers, approvers, labels } in &self.layers {
            let parts = [("reviewers", reviewers), ("approvers", approvers), ("labels", labels)];
            let parts = parts.iter().filter(|(_, who)| !who.is_empty());
            let parts: Vec<String> = parts.map(|(part, who)| format!("{part} {}", listed(who))).collect();
            let folder = if folder == ROOT { folder.clone() } else { code(folder) };
            writeln!(f, "- {folder}: {}", parts.join("; "))?;
        }
        writeln!(f)
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let releases: Vec<String> =
            self.releases.iter().map(|(release, count)| format!("{release}: {count}")).collect();
        let veps: Vec<String> = self.veps.iter().take(MOST_VEPS).map(ToString::to_string).collect();
        let more = self.veps.len().saturating_sub(MOST_VEPS);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        writeln!(
            f,
            "| {} | {} | {} | {} | {}{more} |",
            in_cell(&self.login),
            self.reviews,
            self.approves,
            releases.join(", "),
            veps.join(", ")
        )
    }
}

/// Logins as they are listed: the first ones, and how many more.
fn listed(logins: &[String]) -> String {
    let more = logins.len().saturating_sub(MOST_LOGINS);
    let shown = logins.iter().take(MOST_LOGINS).map(|login| code(login));
    shown.chain((more > 0).then(|| format!("and {more} more"))).collect::<Vec<_>>().join(", ")
}
