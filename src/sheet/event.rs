//! What a change does to a VEP that the law attaches conditions to: a step to another state, or a stage and release that
//! it newly names.
//!
//! A step makes its conditions its own (governance 4, classes): what breaks them is new, wherever its line stands and
//! however long it was there. What a document says of its state, stage and releases is compared as it is read, and as
//! it was written where it cannot be read, so that no step hides behind a value that nobody can read.

use crate::document::{Document, Front};
use crate::law::Severity;
use crate::rule::Was;
use crate::vep::{Release, Stage, Status};
use crate::world::World;

/// What a change does to one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Event {
    /// The state that it has newly.
    into: Option<Status>,
    /// The state cannot be read, and front matter is written otherwise than before.
    unclear: bool,
    /// The stage in flight and its release are a pair that the base did not have.
    new_target: bool,
    /// The state that it has.
    at: Option<Status>,
    /// It had no front matter: there is a first state, and whatever is new about it was mostly there in prose.
    from_legacy: bool,
}

impl Event {
    /// What the change makes of the document. Nothing where nobody knows what it was.
    pub fn of(world: &World, now: &Document, was: Was<'_>) -> Self {
        let at = status(now);
        match was {
            Was::Unknown => Self::default(),
            Was::Nothing => {
                Self { into: at, unclear: at.is_none(), new_target: true, at, from_legacy: false }
            }
            Was::Known(was) => {
                let same_words = |key| written(was, key) == written(now, key);
                Self {
                    into: at.filter(|_| status(was) != at),
                    unclear: at.is_none() && !now.is_legacy() && block(was) != block(now),
                    new_target: match pair(world, now) {
                        Some(pair) => !had(was, pair),
                        None => !(same_words("stage") && same_words("milestone")),
                    },
                    at,
                    from_legacy: was.is_legacy(),
                }
            }
        }
    }

    /// Whether a finding of this rule belongs to what the change does, and is new for that. A commitment asks for
    /// everything: whatever fails the check of an implementable VEP fails this change.
    pub fn asks(&self, rule: &str, severity: Severity) -> bool {
        let is_condition = self.conditions().any(|id| id == rule);
        match severity {
            Severity::Error => is_condition || self.commits() || (self.unclear && UNCLEAR.contains(&rule)),
            // What only a migration can mend was there in prose, too.
            Severity::Warning | Severity::Advice => is_condition && !self.from_legacy,
        }
    }

    /// The rules that are conditions of what the change does.
    pub fn conditions(&self) -> impl Iterator<Item = &'static str> {
        let into = self.into.map_or(&[][..], conditions);
        let stays =
            self.at.filter(|at| self.new_target && *at == Status::Implementable).map_or(&[][..], conditions);
        let target = if self.new_target { TARGET } else { &[] };
        into.iter().chain(stays).chain(target).copied()
    }

    /// Whether the change commits to a release: it enters implementable, or newly names a release there.
    fn commits(&self) -> bool {
        self.into == Some(Status::Implementable)
            || (self.new_target && self.at == Some(Status::Implementable))
    }
}

/// What is asked of every stage and release that is newly named.
const TARGET: &[&str] = &["stage-known", "milestone-wellformed", "milestones-ordered"];

/// What reports a state that cannot be read.
const UNCLEAR: &[&str] =
    &["front-matter-present", "front-matter-parses", "keys-present", "values-typed", "status-known"];

/// The rules that are a state's own conditions.
pub fn conditions(to: Status) -> &'static [&'static str] {
    match to {
        Status::Implementable => &[
            "reviewers-named",
            "approvers-named",
            "feature-gate-named",
            "stage-present",
            "milestone-set",
            "freeze-known",
            "before-freeze",
        ],
        Status::Implemented => &["stage-present", "implemented-at-ga"],
        Status::Deferred => &["deferred-untargeted"],
        Status::Replaced => &["superseded-by-set", "succession-resolves", "succession-answers"],
        Status::Provisional | Status::Rejected | Status::Withdrawn => &[],
    }
}

fn status(document: &Document) -> Option<Status> {
    document.facts().status.as_ref().map(|fact| fact.value)
}

/// The stage in flight with its release.
fn pair(world: &World, document: &Document) -> Option<(Stage, Release)> {
    world.target(document).map(|(stage, release)| (stage, release.value))
}

fn had(was: &Document, (stage, release): (Stage, Release)) -> bool {
    was.facts().targets.get(&stage).is_some_and(|it| it.value == release)
}

/// The block as it was written; the whole text where it cannot be read.
fn block(document: &Document) -> &str {
    match &document.front {
        Front::Read { block, .. } => document.source.slice(*block),
        Front::Unreadable { .. } | Front::Absent { .. } => document.source.text(),
    }
}

/// What stands behind a key, as it was written.
fn written<'d>(document: &'d Document, key: &'d str) -> Vec<&'d str> {
    let matter = document.matter().into_iter();
    matter
        .flat_map(|matter| matter.written(key))
        .map(|node| document.source.slice(node.span).trim())
        .collect()
}
