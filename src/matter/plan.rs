//! What a VEP plans: which stage for which release. Front matter says it in one map; prose may say it in several lists,
//! one for each gate.
//!
//! The rules of plan and freeze judge a [`Plan`] and do not see where it was read; that what prose says weighs less is
//! settled once, where verdicts are weighed.

use crate::document::Document;
use crate::text::{Span, Spanned, code, one_line};
use crate::vep::{Release, Stage};
use crate::world::World;
use std::collections::BTreeMap;

/// Most lists of targets of one document that are judged: real ones have at most two, and each is compared with the
/// whole text.
const MAX_PLANS: usize = 8;

/// Stages and their releases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The gate or part that the list is for, where a document has several lists.
    pub label: Option<String>,
    /// The release of each stage, with the place that says so.
    pub targets: BTreeMap<Stage, Spanned<Release>>,
}

impl Plan {
    /// The plans of a document, the first being that which counts for its state: one from front matter, one for each
    /// list of targets in prose.
    pub fn of(document: &Document) -> Vec<Self> {
        let first_line = document.first_line();
        let targets = document.facts().targets.iter();
        let targets =
            targets.map(|(stage, it)| (*stage, Spanned::new(it.value, it.span.unwrap_or(first_line))));
        let first = Self { label: None, targets: targets.collect() };
        if !document.is_legacy() {
            return vec![first];
        }
        let blocks = document.target_blocks();
        let label = blocks.first().filter(|_| blocks.len() > 1).and_then(|block| block.label.clone());
        let more = blocks.iter().skip(1).take(MAX_PLANS - 1).map(|block| {
            let mut targets = BTreeMap::new();
            for bullet in block.bullets.iter().filter(|bullet| !bullet.struck) {
                if let (Some(stage), Some(release)) = (bullet.aim.stage(), bullet.release) {
                    targets.entry(stage).or_insert(Spanned::new(release, bullet.span));
                }
            }
            Self { label: block.label.clone(), targets }
        });
        std::iter::once(Self { label, ..first }).chain(more).collect()
    }

    /// The last of its stages whose release is out on the day asked, with that release.
    pub fn last_out(&self, world: &World) -> Option<(Stage, Spanned<Release>)> {
        let mut out = self.targets.iter().filter(|(_, release)| world.is_out(release.value));
        out.next_back().map(|(stage, release)| (*stage, *release))
    }

    /// The latest release that it names, with the stage; of several stages for one release the earliest line.
    pub fn latest(&self) -> Option<(Stage, Spanned<Release>)> {
        let latest = self.targets.values().map(|release| release.value).max()?;
        let named = self.targets.iter().filter(|(_, release)| release.value == latest);
        named.min_by_key(|(_, release)| release.span.start).map(|(stage, release)| (*stage, *release))
    }

    /// Where it stands.
    pub fn place(&self) -> Option<Span> {
        self.targets.values().map(|release| release.span).min()
    }

    /// For which gate it is, as a finding says it: nothing where a document has only one plan.
    pub fn whose(&self) -> String {
        self.label.as_ref().map_or(String::new(), |label| format!(" ({})", code(&one_line(label, 60))))
    }
}
