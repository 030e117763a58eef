//! Whom Prow's blunderbuss would ask for a review: the pools it draws from, in order, and how many it takes of each.
//!
//! It asks for [`WANTED`]. From each folder whose OWNERS own a changed file it draws one leaf reviewer; then it fills
//! up from those leaves, then from the layers above, the nearest first, then from approvers. Whoever opens the pull
//! request is left out. A pool is reached only when everybody in the pools before it has been drawn, so every set of
//! candidates here is exact, though nobody knows who is drawn.
//!
//! Two is read as the most, too (governance, section 8). Among approvers Prow begins to count anew, so where it is
//! configured without a maximum it may ask one approver more; [`ANEW`] says so.
//!
//! Absent on purpose: chance, who is a collaborator, and who has set a status that they are busy.

use super::{Layer, Owners, normal};
use std::collections::BTreeSet;

/// How many reviewers are asked for.
pub const WANTED: usize = 2;

/// The rule in a sentence.
pub const RULE: &str = "Prow asks two: one leaf reviewer for each owned folder, then more leaves, then the layers above, then approvers; the author is left out, and a draft or a /cc in the body switches it off.";

/// What is to be said where approvers are reached.
pub const ANEW: &str =
    "Among approvers Prow counts anew: where it is configured without a maximum it may ask one more.";

/// A pool of people, and how many of them are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Which.
    pub kind: Kind,
    /// Who may be drawn, by login.
    pub candidates: BTreeSet<String>,
    /// How many are drawn at least. It differs from `most` only where folders share leaf reviewers.
    pub least: usize,
    /// How many are drawn at most.
    pub most: usize,
}

/// What a pool is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The leaf reviewers for the files that a folder owns.
    Leaf(String),
    /// The leaf reviewers of all folders, again.
    Leaves,
    /// The reviewers of a layer above the leaf.
    Layer(String),
    /// The approvers of a layer.
    Approvers(String),
}

/// All pools that something is drawn from, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draw {
    /// The pools.
    pub pools: Vec<Pool>,
    /// How many are asked at least.
    pub least: usize,
    /// How many are asked at most.
    pub most: usize,
}

impl Draw {
    /// Everybody who may be asked.
    pub fn candidates(&self) -> BTreeSet<&str> {
        self.pools.iter().flat_map(|pool| pool.candidates.iter().map(String::as_str)).collect()
    }

    /// Fills up from a pool of which nobody was drawn before, as far as somebody is wanted. By now it is certain how many
    /// were drawn: all leaf reviewers, or enough.
    fn fill(&mut self, kind: Kind, candidates: BTreeSet<String>) {
        let drawn = WANTED.saturating_sub(self.most).min(candidates.len());
        (self.least, self.most) = (self.least + drawn, self.most + drawn);
        if drawn > 0 {
            self.pools.push(Pool { kind, candidates, least: drawn, most: drawn });
        }
    }
}

impl Owners {
    /// The folder whose OWNERS name the leaf reviewers of a path.
    fn leaf(&self, path: &str) -> Option<Layer> {
        self.layers(path).into_iter().find(|layer| !layer.reviewers.is_empty())
    }

    /// Whom Prow would ask for a change of these files that somebody opens. The order of the files counts only where
    /// filters give one folder several leaves.
    pub fn draw(&self, paths: &[&str], author: Option<&str>) -> Draw {
        let author = author.map(normal);
        let others = |logins: BTreeSet<String>| -> BTreeSet<String> {
            logins.into_iter().filter(|login| Some(login) != author.as_ref()).collect()
        };
        let mut draw = Draw::default();
        let mut leaves: BTreeSet<String> = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for leaf in paths.iter().filter_map(|path| self.leaf(path)) {
            if !seen.insert(leaf.folder.clone()) {
                continue;
            }
            let candidates = others(leaf.reviewers);
            if candidates.is_empty() {
                continue;
            }
            // Somebody is left for certain where nobody can have been drawn from it, or fewer than it has.
            let is_certain = candidates.is_disjoint(&leaves) || candidates.len() > draw.most;
            leaves.extend(candidates.iter().cloned());
            if draw.most < leaves.len() {
                let least = usize::from(is_certain);
                (draw.least, draw.most) = (draw.least + least, draw.most + 1);
                draw.pools.push(Pool { kind: Kind::Leaf(leaf.folder), candidates, least, most: 1 });
            }
        }
        self.fill_from_leaves(&mut draw, &leaves);
        // From here on a pool is reached only where every leaf reviewer has been drawn.
        let mut drawn = leaves;
        type Part = (fn(&Layer) -> &BTreeSet<String>, fn(String) -> Kind);
        let parts: [Part; 2] =
            [(|layer| &layer.reviewers, Kind::Layer), (|layer| &layer.approvers, Kind::Approvers)];
        for (people, kind) in parts {
            for layer in paths.iter().flat_map(|path| self.layers(path)) {
                let fresh: BTreeSet<String> =
                    others(people(&layer).clone()).difference(&drawn).cloned().collect();
                drawn.extend(fresh.iter().cloned());
                draw.fill(kind(layer.folder), fresh);
            }
        }
        draw
    }

    /// All leaf reviewers once more: whoever was drawn is one of them.
    fn fill_from_leaves(&self, draw: &mut Draw, leaves: &BTreeSet<String>) {
        let wanted = WANTED.min(leaves.len());
        let (least, most) = (wanted.saturating_sub(draw.most), wanted.saturating_sub(draw.least));
        (draw.least, draw.most) = (draw.least.max(wanted), draw.most.max(wanted));
        if most > 0 {
            draw.pools.push(Pool { kind: Kind::Leaves, candidates: leaves.clone(), least, most });
        }
    }
}
