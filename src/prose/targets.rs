//! Target releases as legacy documents state them: `This VEP targets beta for version: v1.9`.
//!
//! Bullets, paragraphs and rows of a table below the heading are read alike; a full sentence in a bullet counts
//! wherever it stands. Every statement is kept with what it is about, as it was written; what it comes to is read from
//! that. What is struck through or stands in a comment states nothing, and no heading does. Where a document has no
//! statement, the paragraph of a stage may plan its release.

use super::progress::release_of;
use super::stems::Stems;
use super::{Certainty, Claim, strip_word};
use crate::markdown::{Block as Kind, Outline, Passage, Row, Table, Word};
use crate::template::{self, Aside};
use crate::text::Span;
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

/// A statement of a target, or one that says that there is none: a bullet, a sentence of a paragraph, a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bullet {
    /// What it is about.
    pub aim: Aim,
    /// What stands behind its colon, without what is struck through.
    pub raw: String,
    /// The release, where it begins with one.
    pub release: Option<Release>,
    /// What stands behind the release, or behind what says that there is none.
    pub rest: String,
    /// All of it is struck through, or all of its value: it is taken back.
    pub struck: bool,
    /// A part of it is struck through.
    pub partly_struck: bool,
    /// It is a row or a cell of a table.
    pub in_table: bool,
    /// The whole statement.
    pub span: Span,
    /// The passage in which it stands.
    pub passage: Span,
    /// Something else stands before it in its passage.
    pub follows: bool,
}

impl Bullet {
    /// Whether front matter says all that it says: a release and no more, or nothing yet. That a stage does not
    /// apply says more, but for a VEP about the process, which has none.
    pub fn is_settled(&self, is_meta: bool) -> bool {
        let none = self.raw.eq_ignore_ascii_case("n/a") && is_meta;
        let said =
            self.release.is_some() || self.raw.is_empty() || self.raw.eq_ignore_ascii_case("tbd") || none;
        let whole = !self.struck && !self.partly_struck && !self.in_table;
        said && whole && self.rest.is_empty() && self.aim.stage().is_some()
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

/// All blocks of statements, in the order of the file.
pub fn blocks(outline: &Outline) -> Vec<TargetBlock> {
    let mut blocks: Vec<TargetBlock> = Vec::new();
    let mut heading: Option<Option<String>> = None;
    let mut open = false;
    let firsts = outline.tables.iter().filter_map(|table| Some((first_cell(table)?, table)));
    let mut tables = firsts.peekable();
    for (at, passage) in outline.passages.iter().enumerate() {
        let bullets = match passage.kind {
            Kind::Heading(_) => {
                open = false;
                heading = target_heading(&passage.text);
                continue;
            }
            Kind::Item { .. } => statements(passage, heading.is_some()),
            Kind::Paragraph if heading.is_some() => statements(passage, true),
            Kind::Paragraph => continue,
            Kind::Cell => {
                // The first cell of a table stands for all of it.
                match tables.next_if(|(first, _)| *first == at).filter(|_| heading.is_some()) {
                    Some((_, table)) => of_table(outline, table),
                    None => continue,
                }
            }
        };
        if bullets.is_empty() {
            continue;
        }
        if !open {
            blocks.push(TargetBlock { label: heading.clone().flatten(), bullets: vec![] });
            open = true;
        }
        blocks.last_mut().into_iter().for_each(|block| block.bullets.extend(bullets.iter().cloned()));
    }
    blocks
}

fn first_cell(table: &Table) -> Option<usize> {
    table.rows.iter().flat_map(|row| row.cells.iter().flatten()).next().copied()
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

/// The statements of one passage.
fn statements(passage: &Passage, under_heading: bool) -> Vec<Bullet> {
    // Most passages say nothing of a target.
    static STEMS: Stems = Stems::new(&["target"]);
    if !under_heading && !STEMS.are_in(&passage.text) {
        return vec![];
    }
    let is_item = matches!(passage.kind, Kind::Item { .. });
    let sentences = passage.sentences();
    let words: Vec<&Word<'_>> = sentences.iter().flat_map(|sentence| &sentence.words).collect();
    let starts = starts(&words, under_heading, is_item);
    let has_struck = passage.has_struck();
    if starts.len() < 2 && is_item && starts.first().is_none_or(|at| *at == 0) {
        let text = if passage.struck { passage.text.clone() } else { passage.unstruck().into_owned() };
        let place = Written { span: passage.span, passage, has_struck, follows: false };
        return statement(&text, under_heading, &place).into_iter().collect();
    }
    let mut found = Vec::new();
    for (at, start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(words.len());
        let Some(own) = words.get(*start..end) else { continue };
        let (Some(first), Some(last)) = (own.first(), own.last()) else { continue };
        let place = Written {
            span: Span::new(first.span.start, last.span.end),
            passage,
            has_struck,
            follows: at == 0 && *start > 0,
        };
        found.extend(statement(&joined(own), under_heading, &place));
    }
    found
}

/// Where a statement was read.
struct Written<'p> {
    span: Span,
    passage: &'p Passage,
    has_struck: bool,
    follows: bool,
}

/// Where statements begin among the words of a passage.
fn starts(words: &[&Word<'_>], under_heading: bool, is_item: bool) -> Vec<usize> {
    let lower = |at: usize| words.get(at).map_or("", |word| word.lower.as_ref());
    let targets = |at: usize| matches!(lower(at), "targets" | "targeted" | "target");
    let begins = |at: usize| {
        let whole = matches!(lower(at), "this" | "the")
            && lower(at + 1) == "vep"
            && (targets(at + 2) || lower(at + 2) == "will" && targets(at + 3));
        let ship = lower(at) == "ship" && lower(at + 1) == "target" && lower(at + 2) == "version";
        let ends = words.get(at).is_some_and(|word| matches!(word.after, ':' | '-'));
        let short = under_heading
            && ends
            && Stage::read(lower(at)).is_some()
            && (at == 0 || !is_item || words.get(at - 1).is_some_and(|word| word.after != ' '));
        // `targets alpha:` is no second statement.
        let within = (at.saturating_sub(3)..at).any(targets);
        whole || ship || short && !within
    };
    (0..words.len()).filter(|at| begins(*at)).collect()
}

/// Words as they read.
fn joined(words: &[&Word<'_>]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        if word.opens {
            text.push('(');
        }
        text.push_str(word.written);
        match word.after {
            ' ' => {}
            '-' => text.push_str(" -"),
            mark => text.push(mark),
        }
    }
    text.trim_end_matches(" -").to_owned()
}

fn statement(text: &str, under_heading: bool, place: &Written<'_>) -> Option<Bullet> {
    let text = text.trim().trim_matches('~');
    let (what, value) = match text.split_once(':') {
        Some((what, value)) => (what, value),
        // A colon that was forgotten.
        None => without_colon(text)?,
    };
    let aim = aim(what, value, under_heading)?;
    let raw = value.trim().to_owned();
    let (release, rest) = released(&raw);
    let struck = place.passage.struck || raw.is_empty() && place.has_struck;
    Some(Bullet {
        aim,
        raw,
        release,
        rest,
        struck,
        partly_struck: place.has_struck,
        in_table: false,
        span: place.span,
        passage: place.passage.span,
        follows: place.follows,
    })
}

/// A statement without a colon: the value stands behind the word `version`, or is the release itself.
fn without_colon(text: &str) -> Option<(&str, &str)> {
    let behind_version = text.char_indices().find_map(|(at, _)| {
        let (before, behind) = (text.get(..at)?, text.get(at..)?);
        let rest = strip_word(behind, "version").filter(|_| before.ends_with(' '))?;
        Some((text.get(..text.len() - rest.len())?, rest))
    });
    behind_version.or_else(|| {
        let at = text.match_indices(' ').map(|(at, _)| at + 1).find(|at| {
            let word = text.get(*at..).and_then(|rest| rest.split(' ').next());
            word.is_some_and(|word| Release::read(word.trim_end_matches(MARKS)).is_some())
        })?;
        Some((text.get(..at)?, text.get(at..)?))
    })
}

/// Marks that may stand behind a release.
const MARKS: [char; 6] = ['.', ',', ';', ')', '*', '`'];

/// The release with which a value begins, and what stands behind it or behind what says that there is none.
fn released(raw: &str) -> (Option<Release>, String) {
    let first = raw.split_whitespace().next().unwrap_or_default();
    let bare = first.trim_matches(['*', '`', '_']).trim_end_matches(MARKS);
    let release = Release::read(bare);
    let says_none = ["tbd", "n/a"].iter().any(|none| bare.eq_ignore_ascii_case(none));
    match release.is_some() || says_none {
        true => (release, raw.get(first.len()..).unwrap_or_default().trim().trim_matches('.').to_owned()),
        false => (None, raw.to_owned()),
    }
}

/// The statements of a table: a row has a stage and its release in columns of any order, or each column is a stage's.
fn of_table(outline: &Outline, table: &Table) -> Vec<Bullet> {
    let cell = |at: &Option<usize>| at.and_then(|at| outline.passages.get(at));
    let stage_of = |passage: &Passage| {
        let text = passage.unstruck();
        let name = crate::markdown::plain(&text);
        match name.as_str() {
            "general availability" | "stable" => Some(Aim::Stage(Stage::Ga)),
            "ship target version" | "ship" => Some(Aim::Ship),
            name => Stage::read(name).map(Aim::Stage),
        }
    };
    let head: Vec<Option<Aim>> = table
        .rows
        .first()
        .map(|row| row.cells.iter().map(|it| cell(it).and_then(stage_of)).collect())
        .unwrap_or_default();
    let columns = head.iter().flatten().count();
    let mut found = Vec::new();
    for (index, row) in table.rows.iter().enumerate() {
        if columns > 1 && index > 0 {
            for (aim, value) in head.iter().zip(&row.cells) {
                let Some((aim, passage)) = aim.clone().zip(cell(value)) else { continue };
                found.extend(of_cells(aim, passage, vec![], row));
            }
            continue;
        }
        let mut cells: Vec<&Passage> = row.cells.iter().filter_map(cell).collect();
        let Some(at) = cells.iter().position(|passage| stage_of(passage).is_some()).filter(|_| columns < 2)
        else {
            continue;
        };
        let named = cells.remove(at);
        let is_value = |passage: &&Passage| {
            let raw = passage.unstruck();
            let (release, rest) = released(&raw);
            release.is_some() || rest != raw.trim() || passage.struck && released(&passage.text).0.is_some()
        };
        let Some(value) = cells.iter().position(is_value) else { continue };
        let value = cells.remove(value);
        let Some(aim) = stage_of(named) else { continue };
        let struck = named.struck;
        found.extend(of_cells(aim, value, cells, row).map(|it| Bullet { struck: it.struck || struck, ..it }));
    }
    found
}

fn of_cells(aim: Aim, value: &Passage, others: Vec<&Passage>, row: &Row) -> Option<Bullet> {
    let raw = value.unstruck().into_owned();
    let (release, rest) = released(&raw);
    let others = others.into_iter().map(|it| it.text.as_str());
    let rest: Vec<&str> = [rest.as_str()].into_iter().chain(others).filter(|it| !it.is_empty()).collect();
    Some(Bullet {
        aim,
        release: release.filter(|_| !value.struck),
        rest: rest.join("; "),
        struck: value.struck || raw.is_empty() && value.has_struck(),
        partly_struck: value.has_struck(),
        in_table: true,
        span: row.span,
        passage: row.span,
        follows: false,
        raw,
    })
}

/// What the words before the colon are about.
fn aim(what: &str, value: &str, under_heading: bool) -> Option<Aim> {
    let what = what.to_lowercase();
    let words: Vec<&str> = what.split_whitespace().collect();
    // `will target` is `targets`.
    let words = match words.as_slice() {
        [this @ ("this" | "the"), "vep", "will", "target", rest @ ..] => {
            [&[*this, "vep", "targets"], rest].concat()
        }
        words => words.to_vec(),
    };
    let stage = match words.as_slice() {
        ["ship", "target", "version"] => return Some(Aim::Ship),
        ["this" | "the", "vep", "targets" | "targeted" | "target", stage @ .., "version" | "release"] => {
            stage
                .strip_suffix(&["for"])
                .or_else(|| stage.strip_suffix(&["for", "kubevirt"]))
                .unwrap_or(stage)
                .concat()
        }
        ["this" | "the", "vep", "targets" | "targeted" | "target", stage, rest @ ..]
            if Stage::read(stage).is_some()
                && rest.iter().all(|word| {
                    matches!(
                        *word,
                        "for" | "in" | "with" | "kubevirt" | "the" | "release" | "stage" | "version" | "at"
                    )
                }) =>
        {
            (*stage).to_owned()
        }
        [one] if under_heading => {
            let stated = Stage::read(one).map(Aim::Stage);
            let (release, _) = released(value.trim());
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
/// through, unset or without a stage of the schema states nothing. Where there is no statement at all, a sentence
/// elsewhere and the paragraph of a stage are read.
pub fn targets(outline: &Outline, blocks: &[TargetBlock]) -> BTreeMap<Stage, Claim<Release>> {
    let mut targets = BTreeMap::new();
    let has_blocks = !blocks.is_empty();
    for bullet in blocks.iter().take(1).flat_map(|block| &block.bullets) {
        if let (Some(stage), Some(value), false) = (bullet.aim.stage(), bullet.release, bullet.struck) {
            let why = "the target releases of the prose";
            targets.entry(stage).or_insert(stated(value, bullet.span, why));
        }
    }
    if !has_blocks {
        planned(outline, &mut targets);
    }
    targets
}

/// A release that a line of the text states.
fn stated(value: Release, span: Span, why: &'static str) -> Claim<Release> {
    Claim { value, span, certainty: Certainty::Stated, why }
}

/// The targets of a document without a block of them.
fn planned(outline: &Outline, targets: &mut BTreeMap<Stage, Claim<Release>>) {
    let mut stage: Option<Stage> = None;
    let mut first = false;
    for passage in
        template::besides(outline, &[Aside::Rejected, Aside::Excluded, Aside::Past, Aside::Elsewhere])
    {
        if let Kind::Heading(_) = passage.kind {
            let name = crate::markdown::plain(&passage.text);
            stage = match name.starts_with("general availability") {
                true => Some(Stage::Ga),
                false => name.split(' ').next().and_then(Stage::read),
            };
            first = true;
            continue;
        }
        if passage.struck {
            continue;
        }
        if passage.kind == Kind::Paragraph {
            for bullet in statements(passage, false).into_iter().filter(|it| !it.struck) {
                let Some((stage, value)) = bullet.aim.stage().zip(bullet.release) else { continue };
                let why = "a sentence of the text states it; there are no target releases";
                targets.entry(stage).or_insert(stated(value, bullet.span, why));
            }
        }
        let Some(of_stage) = stage.filter(|_| std::mem::take(&mut first)) else { continue };
        if let Some((value, span)) = plan_of(passage) {
            let why = "the paragraph of the stage plans it; there are no target releases";
            targets.entry(of_stage).or_insert(Claim { value, span, certainty: Certainty::Inferred, why });
        }
    }
}

/// `Planned for v1.6.` at the beginning of a stage's paragraph.
fn plan_of(passage: &Passage) -> Option<(Release, Span)> {
    let sentences = passage.sentences();
    let sentence = sentences.first()?;
    let word = |at: usize| sentence.words.get(at);
    let is_plan = word(0).is_some_and(|word| {
        matches!(
            word.lower.as_ref(),
            "planned" | "targeted" | "scheduled" | "targets" | "target" | "targeting" | "release"
        )
    });
    let between = |at: usize| {
        (1..at).all(|at| {
            word(at).is_some_and(|word| {
                matches!(
                    word.lower.as_ref(),
                    "for" | "in" | "release" | "version" | "kubevirt" | "is" | "the"
                )
            })
        })
    };
    let at = (1..5).find(|at| word(*at).and_then(release_of).is_some())?;
    // A sentence that goes on says more.
    let ends = word(at + 1).is_none();
    (is_plan && between(at) && ends)
        .then(|| word(at).and_then(release_of).map(|release| (release, passage.span)))
        .flatten()
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
            ("- This VEP targets alpha for version: **v1.9**", "alpha", "v1.9", Some("v1.9"), true),
            ("- This VEP targets alpha for version: `v1.9`", "alpha", "v1.9", Some("v1.9"), true),
            ("- This VEP targets alpha for version: [v1.9](x)", "alpha", "v1.9", Some("v1.9"), true),
            ("- This VEP targets alpha for version: v1.9,", "alpha", "v1.9,", Some("v1.9"), true),
            ("- This VEP targets alpha for version: 1.10", "alpha", "1.10", Some("v1.10"), true),
            ("- This VEP targets alpha in v1.10", "alpha", "v1.10", Some("v1.10"), true),
            ("- This VEP will target alpha for version: v1.10", "alpha", "v1.10", Some("v1.10"), true),
            ("- This VEP targets alpha for version: ~~v1.9~~ v1.10", "alpha", "v1.10", Some("v1.10"), false),
            ("- This VEP targets alpha for version: ~v1.9~", "alpha", "", None, false),
            (
                "- This VEP targets alpha for version: <del>v1.9</del> v1.10",
                "alpha",
                "v1.10",
                Some("v1.10"),
                false,
            ),
            ("- Ship target version: ~v1.9~", "ship", "", None, false),
            (
                "### Target releases\n\nThis VEP targets alpha for version: v1.10",
                "alpha",
                "v1.10",
                Some("v1.10"),
                true,
            ),
            ("### Target releases\n\nAlpha: v1.10", "alpha", "v1.10", Some("v1.10"), true),
            (
                "### Target releases\n\n<!-- c --> This VEP targets alpha for version: v1.10",
                "alpha",
                "v1.10",
                Some("v1.10"),
                true,
            ),
            (
                "### Target releases\n\n| Stage | Release |\n| --- | --- |\n| Alpha | v1.10 |",
                "alpha",
                "v1.10",
                Some("v1.10"),
                false,
            ),
            (
                "### Target releases\n\n| Notes | Release | Stage |\n| --- | --- | --- |\n| x | v1.10 | GA |",
                "ga",
                "v1.10",
                Some("v1.10"),
                false,
            ),
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
    fn several_statements_are_read_from_one_passage_and_from_tables() {
        let expected = [("alpha", Some("v1.9")), ("beta", Some("v1.10"))];
        for text in [
            "### Target releases\n\nThis VEP targets alpha for version: v1.9. This VEP targets beta for version: v1.10.",
            "### Target releases\n\nThis VEP targets alpha for version: v1.9\nThis VEP targets beta for version: v1.10",
            "### Target releases\n\nAlpha: v1.9\nBeta: v1.10",
            "- This VEP targets alpha for version: v1.9 - This VEP targets beta for version: v1.10",
            "### Target releases\n\n- Alpha: v1.9, Beta: v1.10",
            "### Target releases\n\n| Alpha | Beta |\n| --- | --- |\n| v1.9 | v1.10 |",
            "### Target releases\n\n| Stage | Release |\n| --- | --- |\n| Alpha | v1.9 |\n| Beta | v1.10 |",
            "### Target releases\n\n| Release | Stage |\n| --- | --- |\n| ~~v1.8~~ v1.9 | Alpha |\n| v1.10 | Beta |",
        ] {
            let read = read(text);
            let read: Vec<_> =
                read.iter().map(|(aim, _, release, _)| (aim.as_str(), release.as_deref())).collect();
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn without_a_block_a_sentence_or_the_paragraph_of_a_stage_is_read() {
        let read = |text: &str| {
            let outline = outline(text, 0);
            let targets = targets(&outline, &blocks(&outline));
            targets
                .into_iter()
                .map(|(stage, it)| format!("{stage} {} {}", it.value, it.certainty.as_str()))
                .collect::<Vec<_>>()
        };
        assert_eq!(read("## Plan\n\nThis VEP targets alpha for version: v1.10"), ["alpha v1.10 stated"]);
        assert_eq!(read("### GA\n\nPlanned for v1.6.\nIt is small."), ["ga v1.6 inferred"]);
        for text in [
            "### GA (v1.6)\n\nText.",
            "### GA\n\nPlanned for v1.6 if all goes well.",
            "### GA\n\nText.\n\nPlanned for v1.6.",
            "## Alternatives\n\nThis VEP targets alpha for version: v1.10",
            "### GA\n\n~~Planned for v1.6.~~",
            "- This VEP targets alpha for version: TBD\n\n### GA\n\nPlanned for v1.6.",
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
        let stated: Vec<_> = targets(&outline, &blocks(&outline))
            .into_iter()
            .map(|(stage, it)| format!("{stage} {}", it.value))
            .collect();
        assert_eq!(stated, ["alpha v1.7"]);
    }
}
