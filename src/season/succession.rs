//! Which VEP takes the place of which: what `replaces` and `superseded-by` say, and where the two ends disagree.
//!
//! Absent on purpose: legacy documents, which have no such keys, and any judgement: the rules have it.

use crate::document::Document;
use crate::text::one_line;
use crate::vep::Number;
use crate::world::World;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// All successions of a checkout.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Succession {
    /// The VEPs that replace or are replaced, and those that are only named
    pub veps: Vec<Node>,
    /// Who takes whose place
    pub links: Vec<Link>,
}

/// A VEP in a succession.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Node {
    /// Its number
    pub number: Number,
    /// Its title; none where no VEP has this number
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its state, where it can be read
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    /// It is named and not there
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
}

/// One VEP takes the place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Link {
    /// The old one
    pub old: Number,
    /// The new one
    pub new: Number,
    /// Which end says so, where the other does not: `old` or `new`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<&'static str>,
    /// It is part of a circle
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub circle: bool,
}

/// Reads all successions.
pub fn succession(world: &World) -> Succession {
    let mut said: BTreeMap<(Number, Number), (bool, bool)> = BTreeMap::new();
    for document in world.head.proposals().iter() {
        let Some(own) = document.number() else { continue };
        if let Some(new) = &document.facts().superseded_by {
            said.entry((own, new.value)).or_default().0 = true;
        }
        if let Some(old) = &document.facts().replaces {
            said.entry((old.value, own)).or_default().1 = true;
        }
    }
    let on_circle = circles(&said.keys().copied().collect());
    let numbers: BTreeSet<Number> = said.keys().flat_map(|(old, new)| [*old, *new]).collect();
    let links = said.into_iter().map(|((old, new), ends)| Link {
        old,
        new,
        only: match ends {
            (true, true) => None,
            (true, false) => Some("old"),
            _ => Some("new"),
        },
        circle: on_circle.contains(&(old, new)),
    });
    Succession { links: links.collect(), veps: numbers.into_iter().map(|it| node(world, it)).collect() }
}

fn node(world: &World, number: Number) -> Node {
    let document = world.head.numbered(number).next();
    let title = |document: &Document| document.facts().title.as_ref().map(|fact| one_line(&fact.value, 60));
    Node {
        number,
        title: document.and_then(|it| title(it)),
        status: document.and_then(|it| it.facts().status.as_ref()).map(|fact| fact.value.as_str()),
        missing: document.is_none(),
    }
}

/// The links on circles: those from which one comes back to where they begin.
fn circles(links: &BTreeSet<(Number, Number)>) -> BTreeSet<(Number, Number)> {
    let mut left = links.clone();
    // Whoever has nobody before, or nobody behind, is on no circle: taking them away, again and again, leaves few.
    let mut ends: Vec<Number> = left.iter().flat_map(|(old, new)| [*old, *new]).collect();
    while let Some(end) = ends.pop() {
        let behind: Vec<_> = left.range((end, 0)..=(end, Number::MAX)).copied().collect();
        let before: Vec<_> = left.iter().filter(|(_, new)| *new == end).copied().collect();
        if !behind.is_empty() && !before.is_empty() {
            continue;
        }
        for (old, new) in behind.into_iter().chain(before) {
            left.remove(&(old, new));
            ends.push(if old == end { new } else { old });
        }
    }
    left.iter().filter(|(old, new)| leads(&left, *new, *old)).copied().collect()
}

/// Whether one comes from one VEP to another.
fn leads(links: &BTreeSet<(Number, Number)>, from: Number, to: Number) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(links.range((at, 0)..=(at, Number::MAX)).map(|(_, new)| *new));
        }
    }
    false
}
