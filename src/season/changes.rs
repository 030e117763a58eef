//! What changed since a day or a commit: VEPs that came, went or moved, and whose state, title, stage, SIGs, gates, targets or
//! people are others now.
//!
//! Both texts are read as of the same day, so that nothing changes because time passes: what a release that came out
//! means is a risk, and no change of the document.

use crate::document::{Document, Fact, Front};
use crate::matter::implied;
use crate::text::{code, one_line};
use crate::vep::{Handle, Number, Stage};
use crate::world::{Base, World};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most people of one part that are named.
const MOST_PEOPLE: usize = 10;

/// What changed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Changes {
    /// Since when, in words
    pub since: String,
    /// VEPs that were not there
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub came: Vec<Change>,
    /// VEPs that are not there any more
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub went: Vec<Change>,
    /// VEPs of which something is said differently
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Change>,
    /// How many more have another text that says the same
    #[serde(skip_serializing_if = "is_none")]
    pub only_text: usize,
    /// How many more there are than are listed here
    #[serde(skip_serializing_if = "is_none")]
    pub more: usize,
}

/// What changed about one VEP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// Its number
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// Its title
    pub title: String,
    /// Its path
    pub path: String,
    /// What, a line each
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub what: Vec<String>,
}

impl Changes {
    /// As many of them as have room, the ones that came first.
    pub fn within(&self, bytes: usize) -> Self {
        let mut room = bytes;
        let mut few = Self { came: vec![], went: vec![], changed: vec![], ..self.clone() };
        let lists =
            [(&self.came, &mut few.came), (&self.went, &mut few.went), (&self.changed, &mut few.changed)];
        for (all, shown) in lists {
            for change in all {
                let size = serde_json::to_string(change).map_or(0, |json| json.len());
                if size <= room {
                    room -= size;
                    shown.push(change.clone());
                } else {
                    room = 0;
                    few.more += 1;
                }
            }
        }
        few
    }
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// What changed since an earlier world, of the VEPs that are wanted.
pub fn changes(world: &World, earlier: &Base, wanted: impl Fn(&Document) -> bool) -> Changes {
    let mut changes = Changes {
        since: earlier.name.clone(),
        came: vec![],
        went: vec![],
        changed: vec![],
        only_text: 0,
        more: 0,
    };
    for now in world.head.proposals().iter() {
        let Some(was) = earlier.was(now.path()) else {
            if wanted(now) {
                changes.came.push(change(now, vec![format!("it is {}", status(world, now))]));
            }
            continue;
        };
        if was.source == now.source || !(wanted(now) || wanted(was)) {
            continue;
        }
        match differing(world, was, now) {
            what if what.is_empty() => changes.only_text += 1,
            what => changes.changed.push(change(now, what)),
        }
    }
    let gone = earlier.removed(&world.head).filter(|was| wanted(was));
    changes.went = gone.map(|was| change(was, vec![format!("it was {}", status(world, was))])).collect();
    for list in [&mut changes.came, &mut changes.went, &mut changes.changed] {
        list.sort_by_key(|it| (it.number, it.path.clone()));
    }
    changes
}

fn change(document: &Arc<Document>, what: Vec<String>) -> Change {
    let title = document.facts().title.as_ref().map_or("untitled", |title| &title.value);
    Change {
        number: document.number(),
        title: one_line(title, 80),
        path: one_line(document.path(), 200),
        what,
    }
}

/// The state; of a legacy document what its prose implies.
fn status(world: &World, document: &Document) -> String {
    match (&document.facts().status, &document.front) {
        (Some(status), _) => status.value.to_string(),
        (None, Front::Absent { .. }) => format!("{} (implied by prose)", implied(world, document).status),
        (None, _) => "unreadable".into(),
    }
}

/// The people of one part.
type People = fn(&Document) -> &[Fact<Handle>];

/// What two texts of a VEP say differently.
fn differing(world: &World, was: &Document, now: &Document) -> Vec<String> {
    let mut what = Vec::new();
    let is_legacy = |document: &Document| matches!(document.front, Front::Absent { .. });
    match (is_legacy(was), is_legacy(now)) {
        (true, false) => what.push("it has front matter now".into()),
        (false, true) => what.push("it lost its front matter".into()),
        _ => {}
    }
    let mut said = |part: &str, was: String, now: String| {
        if was != now {
            what.push(format!("{part}: {was}, now {now}"));
        }
    };
    let title = |document: &Document| {
        document.facts().title.as_ref().map_or("none".into(), |it| code(&one_line(&it.value, 80)))
    };
    said("state", status(world, was), status(world, now));
    said("title", title(was), title(now));
    // In prose the stage in flight is what the targets come to.
    if !(is_legacy(was) && is_legacy(now)) {
        said("stage in flight", stage(world, was), stage(world, now));
    }
    said("owning SIG", sigs(super::sig(was)), sigs(super::sig(now)));
    let others =
        |document: &Document| listed(document.facts().participating.iter().map(|it| it.value.clone()));
    said("participating SIGs", others(was), others(now));
    let gates = |document: &Document| listed(document.facts().gates.iter().map(|it| it.value.clone()));
    said("feature gate", gates(was), gates(now));
    let (before, after) = (targets(world, was), targets(world, now));
    for stage in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let release =
            |of: &BTreeMap<String, String>| of.get(stage).cloned().unwrap_or_else(|| "no release".into());
        let named = if Stage::read(stage).is_some() { stage.clone() } else { code(stage) };
        said(&named, release(&before), release(&after));
    }
    let parts: [(&str, People); 3] = [
        ("authors", |document| &document.facts().authors),
        ("reviewers", |document| &document.facts().reviewers),
        ("approvers", |document| &document.facts().approvers),
    ];
    for (part, people) in parts {
        said(part, named(people(was)), named(people(now)));
    }
    said("path", code(&one_line(was.path(), 200)), code(&one_line(now.path(), 200)));
    what
}

/// The stage in flight.
fn stage(world: &World, document: &Document) -> String {
    let stage = world.stage_in_flight(document);
    stage.map_or_else(|| "none".into(), |stage| stage.to_string())
}

/// A SIG, or that there is none.
fn sigs(sig: Option<&str>) -> String {
    sig.map_or_else(|| "none".into(), |sig| code(&one_line(sig, 40)))
}

/// Names as they are compared: each once, in the order of the alphabet.
fn listed(names: impl Iterator<Item = String>) -> String {
    let names: BTreeSet<String> = names.collect();
    let more = names.len().saturating_sub(MOST_PEOPLE);
    if names.is_empty() {
        return "none".into();
    }
    let shown = names.iter().take(MOST_PEOPLE).map(|name| code(&one_line(name, 60)));
    shown.chain((more > 0).then(|| format!("{more} more"))).collect::<Vec<_>>().join(", ")
}

/// The targets, stage by stage; also of what no key of the schema can say.
fn targets(world: &World, document: &Document) -> BTreeMap<String, String> {
    let targets = super::targets(world, document).into_iter();
    targets.map(|target| (target.stage, target.release)).collect()
}

/// People as they are compared: without `@` and case, in the order of the alphabet.
fn named(people: &[Fact<Handle>]) -> String {
    let logins: BTreeSet<String> = people.iter().map(|it| it.value.login().to_lowercase()).collect();
    if logins.is_empty() {
        return "nobody".into();
    }
    let more = logins.len().saturating_sub(MOST_PEOPLE);
    let shown = logins.iter().take(MOST_PEOPLE).map(|login| code(&one_line(login, 40)));
    shown.chain((more > 0).then(|| format!("{more} more"))).collect::<Vec<_>>().join(", ")
}
