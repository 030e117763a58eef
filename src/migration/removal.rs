//! What front matter replaces: the stretches of the prose that go.
//!
//! Statements whose value moved into a key, comments of the template beside them, the checklist, and headings left
//! empty by that, with the blank lines that would be left doubled. Only whole lines go, and only where every word on
//! them is one of those: a line with anything else on it stays as it is.

use crate::document::Document;
use crate::markdown::{Block, Passage, Section, plain};
use crate::prose::{Bullet, TargetBlock};
use crate::template;
use crate::text::Span;
use crate::vep::{Number, Release, Stage};
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};

/// The items of the checklist and the sentence above them, today's and those of older templates, as words.
#[rustfmt::skip]
const CHECKLIST: [&str; 8] = [
    "items marked with r are required prior to targeting to a milestone release",
    "r enhancement issue created which links to vep dir in kubevirt enhancements not the initial vep pr",
    "r enhancement issue created linking to vep directory in kubevirt enhancements not the initial vep pr",
    "r alpha target version is explicitly mentioned and approved",
    "r beta target version is explicitly mentioned and approved",
    "r ga target version is explicitly mentioned and approved",
    "r target version is explicitly mentioned and approved",
    "r graduation criteria filled",
];

/// Something that goes, if all of its lines can: the stretches of its words, and its lines.
struct Piece {
    words: Vec<Span>,
    first: usize,
    last: usize,
}

/// What moved into keys.
pub(super) struct Moved<'a> {
    /// The targets that front matter has.
    pub targets: &'a BTreeMap<Stage, Release>,
    /// The gates that front matter has, as titles are compared.
    pub gates: &'a BTreeSet<String>,
}

/// The stretches that go: whole lines with their ends, in the order of the file.
pub(super) fn cuts(
    world: &World,
    document: &Document,
    blocks: &[TargetBlock],
    moved: &Moved<'_>,
) -> Vec<Span> {
    let mut pieces = statements(document, blocks, moved);
    pieces.extend(checklist(world, document));
    pieces.extend(comments(world, document));
    pieces.sort_by_key(|piece| (piece.first, piece.last));
    let mut gone = whole_lines(document, &pieces);
    headings(document, moved, &mut gone);
    let gone = without_double_blanks(document, gone);
    gone.into_iter().filter_map(|line| whole(document, line)).collect()
}

/// A line with its end.
fn whole(document: &Document, line: usize) -> Option<Span> {
    let start = document.source.line_span(line)?.start;
    let end = document.source.line_span(line + 1).map_or(document.source.text().len(), |next| next.start);
    Some(Span::new(start, end))
}

/// The statements of the first block whose value is in a key.
fn statements(document: &Document, blocks: &[TargetBlock], moved: &Moved<'_>) -> Vec<Piece> {
    let mut by_passage: BTreeMap<Span, Vec<&Bullet>> = BTreeMap::new();
    for bullet in blocks.iter().take(1).flat_map(|block| &block.bullets) {
        by_passage.entry(bullet.passage).or_default().push(bullet);
    }
    let is_moved = |bullet: &&Bullet| {
        let in_key = bullet.release.is_none()
            || bullet.aim.stage().and_then(|stage| moved.targets.get(&stage)).copied() == bullet.release;
        bullet.is_settled(document.home.is_meta()) && in_key && !bullet.follows
    };
    let whole =
        by_passage.into_iter().filter(|(_, bullets)| bullets.iter().all(is_moved)).map(|(span, _)| span);
    whole
        .filter_map(|span| document.outline().within(span).first())
        .filter_map(|passage| piece(document, passage))
        .collect()
}

/// A passage as a piece; none where something hangs below it.
fn piece(document: &Document, passage: &Passage) -> Option<Piece> {
    let words: Vec<Span> = passage.pieces().collect();
    let first = document.source.line(passage.span.start);
    let last = document.source.line(words.last()?.end.max(passage.span.end).saturating_sub(1));
    let is_item = matches!(passage.kind, Block::Item { .. });
    (!is_item || !has_more(document, first, last)).then_some(Piece { words, first, last })
}

/// Whether the next line that is not blank is indented below an item.
fn has_more(document: &Document, first: usize, last: usize) -> bool {
    let text = |line: usize| document.source.line_span(line).map(|span| document.source.slice(span));
    let indent = |line: &str| {
        let spaces = line.chars().take_while(|c| matches!(c, ' ' | '\t' | '>'));
        spaces.map(|c| if c == '\t' { 4 } else { 1 }).sum::<usize>()
    };
    let own = text(first).map_or(0, indent);
    let next = (last + 1..=document.source.line_count())
        .filter_map(text)
        .find(|line| !line.trim_matches([' ', '\t', '>']).is_empty());
    next.is_some_and(|next| indent(next) >= own + 2)
}

/// The items and the opening sentence of the checklists.
fn checklist(world: &World, document: &Document) -> Vec<Piece> {
    let own = checklists(document).map(|section| document.outline().own(section));
    let mut known: Vec<Vec<String>> = CHECKLIST.iter().map(|text| words(text)).collect();
    if let Some(template) = world.head.template() {
        let items = checklists(template)
            .flat_map(|section| template.outline().within(template.outline().own(section)));
        known.extend(items.filter(|it| !matches!(it.kind, Block::Heading(_))).map(|it| words(&it.text)));
    }
    let passages = own.flat_map(|span| document.outline().within(span));
    passages
        .filter(|it| is_of_it(document.number(), it, &known))
        .filter_map(|it| piece(document, it))
        .collect()
}

fn checklists(document: &Document) -> impl Iterator<Item = &Section> {
    document.outline().sections.iter().filter(|section| section.name.starts_with("release signoff checklist"))
}

fn words(text: &str) -> Vec<String> {
    plain(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a passage says no more than an item of the checklist, beside where the VEP's own issue is.
fn is_of_it(number: Option<Number>, passage: &Passage, known: &[Vec<String>]) -> bool {
    if matches!(passage.kind, Block::Heading(_) | Block::Cell) {
        return false;
    }
    let text = without_own_links(&passage.text, number);
    let mut own = words(&text);
    // A box that is struck through is no box.
    if own.first().is_some_and(|first| first == "x") {
        own.remove(0);
    }
    !own.is_empty() && known.iter().any(|known| is_part(&own, known))
}

/// A text without what leads to the VEP's own issue, which `vep-number` says.
fn without_own_links(text: &str, number: Option<Number>) -> String {
    let mut text = text.to_owned();
    for link in own_links(number) {
        let mut kept = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find(&link) {
            let behind = rest.get(at + link.len()..).unwrap_or_default();
            kept.push_str(rest.get(..at).unwrap_or_default());
            // `issues/41` is not `issues/410`.
            if behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/') {
                kept.push_str(&link);
            }
            rest = behind;
        }
        kept.push_str(rest);
        text = kept;
    }
    text
}

fn own_links(number: Option<Number>) -> Vec<String> {
    let repository = "https://github.com/kubevirt/enhancements";
    let issue = number.map(|number| format!("{repository}/issues/{number}"));
    let short = number.map(|number| format!("#{number}"));
    issue.into_iter().chain(short).chain([repository.to_owned()]).collect()
}

/// Whether all words are among the known ones, in their order.
fn is_part(own: &[String], known: &[String]) -> bool {
    let mut known = known.iter();
    own.iter().all(|word| known.any(|it| it == word))
}

/// The comments in sections that front matter replaces that have no word which the template's do not have.
fn comments(world: &World, document: &Document) -> Vec<Piece> {
    let Some(template) = world.head.template() else { return vec![] };
    let known: Vec<Vec<String>> =
        template.outline().comments.iter().map(|span| words(template.source.slice(*span))).collect();
    let sections = document.outline().sections.iter().filter(|section| template::is_replaced(&section.name));
    let stretches: Vec<Span> = sections.map(|section| document.outline().own(section)).collect();
    let within = |comment: &&Span| {
        let next = stretches.partition_point(|span| span.end <= comment.start);
        stretches.get(next).is_some_and(|span| span.holds(**comment))
    };
    let is_known = |comment: &&Span| {
        let own = words(document.source.slice(**comment));
        known.iter().any(|known| is_part(&own, known))
    };
    let found = document.outline().comments.iter().filter(within).filter(is_known);
    found
        .map(|span| Piece {
            words: vec![*span],
            first: document.source.line(span.start),
            last: document.source.line(span.end.saturating_sub(1)),
        })
        .collect()
}

/// The lines of the pieces of which every line has nothing else on it. Pieces that share a line go together.
fn whole_lines(document: &Document, pieces: &[Piece]) -> BTreeSet<usize> {
    let mut gone = BTreeSet::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let (first, mut last) = (piece.first, piece.last);
        let mut covered: Vec<Span> = Vec::new();
        while let Some(piece) = pieces.get(at).filter(|piece| piece.first <= last) {
            last = last.max(piece.last);
            covered.extend(&piece.words);
            at += 1;
        }
        covered.sort_unstable();
        if (first..=last).all(|line| is_covered(document, line, &covered)) {
            gone.extend(first..=last);
        }
    }
    gone
}

/// Whether nothing of a line is left but markup.
fn is_covered(document: &Document, line: usize, covered: &[Span]) -> bool {
    let Some(line) = document.source.line_span(line) else { return false };
    let mut at = line.start;
    let mut is_first = true;
    let from = covered.partition_point(|span| span.end <= line.start);
    for span in covered.get(from..).unwrap_or_default() {
        if span.start >= line.end {
            break;
        }
        if span.start > at && !is_markup(document, Span::new(at, span.start), is_first) {
            return false;
        }
        is_first = false;
        at = at.max(span.end);
    }
    at >= line.end || is_markup(document, Span::new(at, line.end), is_first)
}

/// Whether a stretch between words is only markup; the first of a line may mark an item and its box.
fn is_markup(document: &Document, span: Span, is_first: bool) -> bool {
    let mut text = document.source.slice(span).trim_start_matches(['>', ' ', '\t']);
    if is_first {
        let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
        text = match digits.starts_with(['.', ')']) {
            true => digits,
            false => text,
        };
        let boxed = text.trim_start_matches(['-', '*', '+', '.', ')', ' ', '\t']);
        if let Some(rest) =
            ["[x]", "[X]", "[ ]", "[+]", "[]"].iter().find_map(|mark| boxed.strip_prefix(mark))
        {
            text = rest;
        }
    }
    let text = without_own_links(text, document.number());
    text.chars().all(|c| c.is_whitespace() || "-*+_~`[]()>.,;:|#=\\".contains(c))
}

/// Takes the headings, too, under which nothing is left: from the last to the first, so that a heading that held only
/// what is gone by now goes as well.
fn headings(document: &Document, moved: &Moved<'_>, gone: &mut BTreeSet<usize>) {
    for section in document.outline().sections.iter().rev().filter(|it| template::is_replaced(&it.name)) {
        if !says_nothing_else(section, moved) {
            continue;
        }
        let (first, last) = lines_of(document, section.heading);
        let (_, end) = lines_of(document, section.span);
        let Some(passage) = document.outline().within(section.heading).first() else { continue };
        let words: Vec<Span> = passage.pieces().collect();
        let left = (last + 1..=end).any(|line| !gone.contains(&line) && !is_blank(document, line));
        if !left && (first..=last).all(|line| is_covered(document, line, &words)) {
            gone.extend(first..=last);
        }
    }
}

/// Whether a heading has no word beside its own but those that moved into keys.
fn says_nothing_else(section: &Section, moved: &Moved<'_>) -> bool {
    const OWN: [&str; 4] =
        ["vep status metadata", "target releases", "target release", "release signoff checklist"];
    let more = OWN.iter().find_map(|own| {
        section.name.strip_prefix(own).filter(|more| more.is_empty() || more.starts_with(' '))
    });
    more.is_some_and(|more| more.split_whitespace().all(|word| moved.gates.contains(word)))
}

fn lines_of(document: &Document, span: Span) -> (usize, usize) {
    let last = span.end.saturating_sub(1).max(span.start);
    (document.source.line(span.start), document.source.line(last))
}

fn is_blank(document: &Document, line: usize) -> bool {
    document.source.line_span(line).is_none_or(|span| document.source.slice(span).trim().is_empty())
}

/// The lines, and of the blank ones around them those that would stand beside another blank one.
fn without_double_blanks(document: &Document, mut gone: BTreeSet<usize>) -> BTreeSet<usize> {
    let count = document.source.line_count();
    let mut before_is_blank = true;
    let mut touched = false;
    for line in 1..=count {
        if gone.contains(&line) {
            touched = true;
        } else if is_blank(document, line) {
            if touched && before_is_blank {
                gone.insert(line);
            }
            before_is_blank = true;
        } else {
            before_is_blank = false;
            touched = false;
        }
    }
    gone
}
