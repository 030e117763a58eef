//! What front matter replaces: the lines of the prose that go.
//!
//! Bullets whose value moved into a key, comments of the template beside them, the checklist, and headings left
//! empty by that, with the blank lines that would be left doubled. Every other line stays.

use crate::document::Document;
use crate::markdown::{Block, Section, plain};
use crate::prose::TargetBlock;
use crate::template;
use crate::text::Span;
use crate::world::World;
use std::collections::BTreeSet;

/// How alike a comment and one of the template are, at least, in percent of their words: the template's own words
/// changed over time.
const SAME_COMMENT: usize = 60;

/// The lines that go, counted from 1.
pub(super) fn lines(world: &World, document: &Document, blocks: &[TargetBlock]) -> BTreeSet<usize> {
    let mut gone = BTreeSet::new();
    let mut take = |span: Span| gone.extend(lines_of(document, span));
    for bullet in blocks.iter().take(1).flat_map(|block| &block.bullets) {
        let has_more = document
            .outline
            .passages
            .iter()
            .any(|it| it.span.start > bullet.span.start && it.span.start < bullet.span.end);
        if bullet.is_settled(document.home.is_meta()) && !has_more {
            take(bullet.span);
        }
    }
    let replaced: Vec<&Section> =
        document.outline.sections.iter().filter(|section| template::is_replaced(&section.name)).collect();
    for checklist in replaced.iter().filter(|section| section.name.starts_with("release signoff checklist")) {
        own_passages(document, checklist).for_each(&mut take);
    }
    let within = |span: &Span| replaced.iter().any(|section| own(document, section).holds(*span));
    for comment in document.outline.comments.iter().filter(|comment| within(comment)) {
        if of_the_template(world, document, *comment) {
            take(*comment);
        }
    }
    // From the last to the first, so that a heading that held only what is gone by now goes, too.
    for section in replaced.iter().rev() {
        let span = Span::new(section.heading.end, section.span.end);
        let text = document.source.slice(section.heading).lines().count();
        let first = document.source.line(section.heading.start) + text;
        let left = lines_of(document, span)
            .filter(|line| *line >= first)
            .any(|line| !gone.contains(&line) && !is_blank(document, line));
        if !left {
            gone.extend(lines_of(document, section.heading));
        }
    }
    without_double_blanks(document, gone)
}

/// A section without its subsections.
fn own(document: &Document, section: &Section) -> Span {
    let next = document.outline.sections.iter().find(|other| other.heading.start > section.heading.start);
    let end = next.map_or(section.span.end, |next| next.heading.start.min(section.span.end));
    Span::new(section.span.start, end)
}

/// The items and the opening sentence of a checklist.
fn own_passages<'d>(document: &'d Document, checklist: &Section) -> impl Iterator<Item = Span> + 'd {
    let own = own(document, checklist);
    let of_it = move |kind: Block, text: &str| match kind {
        Block::Item { ticked: Some(_) } => true,
        Block::Item { ticked: None } => text.contains("(R)") || text.trim_start_matches('~').starts_with('['),
        // The sentence that opens it says what its mark means.
        Block::Paragraph => text.contains("(R)"),
        Block::Heading(_) | Block::Cell => false,
    };
    let passages = document.outline.passages.iter();
    passages.filter(move |it| own.holds(it.span) && of_it(it.kind, &it.text)).map(|it| it.span)
}

/// Whether a comment is an instruction of the template, of today's or of an older one.
fn of_the_template(world: &World, document: &Document, comment: Span) -> bool {
    let words = |text: &str| plain(text).split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    let own = words(document.source.slice(comment));
    let template = world.head.template();
    let instructions = template.iter().flat_map(|template| {
        template.outline.comments.iter().map(|span| words(template.source.slice(*span)))
    });
    instructions.into_iter().any(|instruction| {
        let common = own.intersection(&instruction).count();
        common * 100 >= SAME_COMMENT * own.len().max(instruction.len())
    })
}

fn lines_of(document: &Document, span: Span) -> std::ops::RangeInclusive<usize> {
    let last = span.end.saturating_sub(1).max(span.start);
    document.source.line(span.start)..=document.source.line(last)
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
