//! Target releases as legacy documents state them: bullets like `This VEP targets beta for version: v1.9`.
//!
//! Every bullet is kept with what it is about, as it was written; what it comes to is read from that. A bullet in a
//! comment is none. What stands elsewhere in the text (graduation headings, history) states no target.

use super::strip_word;
use crate::markdown::{Block as Kind, Outline, Passage};
use crate::text::{Span, Spanned};
use crate::vep::{Release, Stage};
use std::collections::BTreeMap;

/// What a bullet is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// One of the three stages.
    Stage(Stage),
    /// `Ship target version`: a feature without a gate, which has no stages before GA.
    Ship,
    /// A stage that the schema does not know: `alpha2`, `announcement`.
    Other(String),
    /// No stage is named.
    Unstaged,
}

impl Aim {
    /// As an answer says it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Stage(stage) => stage.as_str(),
            Self::Ship => "ship",
            Self::Other(name) => name,
            Self::Unstaged => "no stage",
        }
    }

    /// The stage that it is in the schema, if it is one.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::Stage(stage) => Some(*stage),
            Self::Ship => Some(Stage::Ga),
            Self::Other(_) | Self::Unstaged => None,
        }
    }
}

/// A bullet that states a target, or that says that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bullet {
    /// What it is about.
    pub aim: Aim,
    /// What stands behind its colon.
    pub raw: String,
    /// The release, where it begins with one.
    pub release: Option<Release>,
    /// What stands behind the release, or behind what says that there is none.
    pub rest: String,
    /// All of it is struck through: it is taken back.
    pub struck: bool,
    /// The whole bullet.
    pub span: Span,
}

impl Bullet {
    /// Whether front matter says all that it says: a release and no more, or nothing yet. That a stage does not
    /// apply says more, but for a VEP about the process, which has none.
    pub fn is_settled(&self, is_meta: bool) -> bool {
        let none = self.raw.eq_ignore_ascii_case("n/a") && is_meta;
        let said =
            self.release.is_some() || self.raw.is_empty() || self.raw.eq_ignore_ascii_case("tbd") || none;
        said && self.rest.is_empty() && !self.struck && self.aim.stage().is_some()
    }
}

/// The bullets under one heading. A document may have several such blocks, one for each gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetBlock {
    /// What the heading says in parentheses, such as a gate.
    pub label: Option<String>,
    /// The bullets in order.
    pub bullets: Vec<Bullet>,
}

/// All blocks of bullets, in the order of the file.
pub fn blocks(outline: &Outline) -> Vec<TargetBlock> {
    let mut blocks: Vec<TargetBlock> = Vec::new();
    let mut heading: Option<Option<String>> = None;
    let mut open = false;
    for passage in &outline.passages {
        match passage.kind {
            Kind::Heading(_) => {
                open = false;
                heading = target_heading(&passage.text);
            }
            Kind::Item { .. } => {
                let Some(bullet) = bullet(passage, heading.is_some()) else { continue };
                if !open {
                    blocks.push(TargetBlock { label: heading.clone().flatten(), bullets: vec![] });
                    open = true;
                }
                blocks.last_mut().into_iter().for_each(|block| block.bullets.push(bullet.clone()));
            }
            Kind::Paragraph | Kind::Cell => {}
        }
    }
    blocks
}

/// Whether a heading opens a block of targets, and what it says in parentheses.
fn target_heading(text: &str) -> Option<Option<String>> {
    let lower = text.to_lowercase();
    let is_one = lower.starts_with("target release") || lower == "vep status metadata";
    is_one.then(|| {
        let label =
            text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(label, _)| label.trim());
        label.filter(|label| !label.is_empty()).map(str::to_owned)
    })
}

fn bullet(passage: &Passage, under_heading: bool) -> Option<Bullet> {
    let text = passage.text.trim().trim_matches('~');
    let (what, value) = match text.split_once(':') {
        Some((what, value)) => (what, value),
        // A colon that was forgotten.
        None => text.char_indices().find_map(|(at, _)| {
            let (before, behind) = (text.get(..at)?, text.get(at..)?);
            let rest = strip_word(behind, "version").filter(|_| before.ends_with(' '))?;
            Some((text.get(..text.len() - rest.len())?, rest))
        })?,
    };
    let aim = aim(what, value, under_heading)?;
    let raw = value.trim().to_owned();
    let first = raw.split_whitespace().next().unwrap_or_default();
    let release = Release::read(first);
    let says_none =
        first.trim_end_matches([',', '.']).eq_ignore_ascii_case("tbd") || first.eq_ignore_ascii_case("n/a");
    let rest = match release.is_some() || says_none {
        true => raw.get(first.len()..).unwrap_or_default().trim().trim_matches('.').to_owned(),
        false => raw.clone(),
    };
    Some(Bullet { aim, raw, release, rest, struck: passage.struck, span: passage.span })
}

/// What the words before the colon are about.
fn aim(what: &str, value: &str, under_heading: bool) -> Option<Aim> {
    let what = what.to_lowercase();
    let words: Vec<&str> = what.split_whitespace().collect();
    let stage = match words.as_slice() {
        ["ship", "target", "version"] => return Some(Aim::Ship),
        ["this", "vep", "targets" | "targeted" | "target", stage @ .., "version" | "release"] => {
            stage.strip_suffix(&["for"]).unwrap_or(stage).concat()
        }
        [one] if under_heading => {
            let stated = Stage::read(one).map(Aim::Stage);
            let release = value.split_whitespace().next().and_then(Release::read);
            return stated.or_else(|| release.map(|_| Aim::Other((*one).to_owned())));
        }
        _ => return None,
    };
    Some(match Stage::read(&stage) {
        Some(stage) => Aim::Stage(stage),
        None if stage.is_empty() => Aim::Unstaged,
        None => Aim::Other(stage),
    })
}

/// The targets that a document states: those of its first block, the first statement of each stage. What is struck
/// through, unset or without a stage of the schema states nothing.
pub fn targets(outline: &Outline) -> BTreeMap<Stage, Spanned<Release>> {
    let mut targets = BTreeMap::new();
    for bullet in blocks(outline).into_iter().next().into_iter().flat_map(|block| block.bullets) {
        if let (Some(stage), Some(release), false) = (bullet.aim.stage(), bullet.release, bullet.struck) {
            targets.entry(stage).or_insert(Spanned::new(release, bullet.span));
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::outline;

    fn read(text: &str) -> Vec<(String, String, Option<String>, bool)> {
        let all = blocks(&outline(text, 0)).into_iter().flat_map(|block| block.bullets);
        all.map(|it| {
            (
                it.aim.as_str().into(),
                it.raw.clone(),
                it.release.map(|it| it.to_string()),
                it.is_settled(false),
            )
        })
        .collect()
    }

    #[test]
    fn bullets_are_read_in_every_form_that_real_documents_have() {
        for (text, aim, raw, release, settled) in [
            ("- This VEP targets alpha for version: v1.7", "alpha", "v1.7", Some("v1.7"), true),
            ("-  This VEP targeted GA for version: 1.11.0", "ga", "1.11.0", Some("v1.11"), true),
            ("- This VEP targets beta for version: v1.9.", "beta", "v1.9.", Some("v1.9"), true),
            ("- This VEP targets beta for version: v0.59.0", "beta", "v0.59.0", Some("v0.59"), true),
            ("- This VEP targets beta\n  for version:\n  v1.9", "beta", "v1.9", Some("v1.9"), true),
            (
                "- This VEP targets beta for version: v1.8 (some design)",
                "beta",
                "v1.8 (some design)",
                Some("v1.8"),
                false,
            ),
            ("- This VEP targets alpha2 for version: v1.8", "alpha2", "v1.8", Some("v1.8"), false),
            ("- This VEP targets alpha 2 for version: v1.8", "alpha2", "v1.8", Some("v1.8"), false),
            ("- This VEP targets enforcement for version: v1.8", "enforcement", "v1.8", Some("v1.8"), false),
            ("- This VEP targets version: v1.9", "no stage", "v1.9", Some("v1.9"), false),
            ("- This VEP targets GA for version:", "ga", "", None, true),
            ("- This VEP targets GA for version: TBD", "ga", "TBD", None, true),
            ("- This VEP targets GA for version: N/A", "ga", "N/A", None, false),
            (
                "- This VEP targets GA for version: TBD (next release)",
                "ga",
                "TBD (next release)",
                None,
                false,
            ),
            ("- This VEP targets GA for version v1.9", "ga", "v1.9", Some("v1.9"), true),
            ("- Ship target version: v1.6", "ship", "v1.6", Some("v1.6"), true),
            ("- ~This VEP targets alpha for version:~", "alpha", "", None, false),
            ("### Target releases\n\n- Alpha: v1.10", "alpha", "v1.10", Some("v1.10"), true),
        ] {
            let expected = (aim.to_owned(), raw.to_owned(), release.map(str::to_owned), settled);
            assert_eq!(read(text), [expected], "{text}");
        }
        for text in [
            "<!-- - This VEP targets ga for version: v9.9 -->",
            "This VEP targets alpha for version: v1.5",
            "- Alpha: v1.10",
            "- Target: v1.10",
            "```\n- This VEP targets alpha for version: v1.5\n```",
        ] {
            assert!(read(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_first_of_two_blocks_states_the_targets() {
        let text = "### Target releases (GateA)\n\n- This VEP targets alpha for version: v1.7\n\n\
            ### Target releases (GateB)\n\n- This VEP targets alpha for version: v1.8\n- This VEP targets beta for version: v1.9\n";
        let outline = outline(text, 0);
        let labels: Vec<_> =
            blocks(&outline).into_iter().map(|block| block.label.unwrap_or_default()).collect();
        assert_eq!(labels, ["GateA", "GateB"]);
        let stated: Vec<_> =
            targets(&outline).into_iter().map(|(stage, it)| format!("{stage} {}", it.value)).collect();
        assert_eq!(stated, ["alpha v1.7"]);
    }
}
