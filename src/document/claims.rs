//! What the prose of a document claims: each kind is read once, when somebody asks, and shared by all who do.
//!
//! Absent on purpose: what the claims come to. That takes a calendar, and is [`crate::matter`]'s.

use super::Document;
use crate::prose::{self, Claim, Standing, TargetBlock, Tie};
use crate::text::Spanned;
use crate::vep::{Number, Release, Stage};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What was read so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Claims {
    blocks: OnceLock<Vec<TargetBlock>>,
    targets: OnceLock<BTreeMap<Stage, Claim<Release>>>,
    gates: OnceLock<Vec<Claim<String>>>,
    denial: OnceLock<Option<Spanned<String>>>,
    promise: OnceLock<Option<Spanned<String>>>,
    standings: OnceLock<Vec<Standing>>,
    ties: OnceLock<Vec<Tie>>,
    /// For each stage what denies that it came in the release that was asked about first: the targeted one.
    denials: [OnceLock<(Release, Option<Spanned<String>>)>; 3],
}

impl Document {
    /// The number by which its prose knows it: that of the folder, else of the heading.
    fn prose_number(&self) -> Option<Number> {
        let heading = || self.heading()?.number.as_ref()?.value.parse().ok();
        self.home.number().or_else(heading)
    }

    /// The lists of targets in its prose, in the order of the file.
    pub fn target_blocks(&self) -> &[TargetBlock] {
        self.claims.blocks.get_or_init(|| prose::blocks(self.outline()))
    }

    /// The targets that its prose states, also where front matter states others.
    pub fn claimed_targets(&self) -> &BTreeMap<Stage, Claim<Release>> {
        self.claims.targets.get_or_init(|| prose::targets(self.outline(), self.target_blocks()))
    }

    /// The gates that its prose calls its own.
    pub fn claimed_gates(&self) -> &[Claim<String>] {
        let read = || prose::gates(self.outline(), self.prose_number(), self.target_blocks());
        self.claims.gates.get_or_init(read)
    }

    /// The sentence that says that this VEP has no feature gate; none where its text names one.
    pub fn gate_denial(&self) -> Option<&Spanned<String>> {
        let read = || prose::denial(self.outline(), self.number(), self.claimed_gates());
        self.claims.denial.get_or_init(read).as_ref()
    }

    /// The sentence that promises a feature gate and names none.
    pub fn gate_promise(&self) -> Option<&Spanned<String>> {
        let read = || prose::promise(self.outline(), self.number(), self.claimed_gates());
        self.claims.promise.get_or_init(read).as_ref()
    }

    /// The states that its text says of it.
    pub fn standings(&self) -> &[Standing] {
        self.claims.standings.get_or_init(|| prose::standings(self.outline()))
    }

    /// What its text says against a stage having come in a release.
    pub fn denial_of(&self, stage: Stage, release: Release) -> Option<Spanned<String>> {
        let read = || prose::denies_stage(self.outline(), stage, release);
        let [alpha, beta, ga] = &self.claims.denials;
        let first = match stage {
            Stage::Alpha => alpha,
            Stage::Beta => beta,
            Stage::Ga => ga,
        };
        match first.get_or_init(|| (release, read())) {
            (of, denial) if *of == release => denial.clone(),
            _ => read(),
        }
    }

    /// The VEPs that its text says it replaces, or is replaced by.
    pub fn ties(&self) -> &[Tie] {
        self.claims.ties.get_or_init(|| prose::ties(self.outline(), self.number()))
    }
}
