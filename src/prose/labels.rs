//! What stands behind a label: `Feature gate: X` as a line or an item, as a heading, with the value below it, or in a
//! table, beside its name or below it.

use crate::markdown::{Block, Outline, Passage, Sentence, Word};
use crate::text::Span;

/// The words of a value, and where label and value stand.
#[derive(Debug)]
pub(super) struct Labelled<'o> {
    /// The passage of the value, by its place among the outline's.
    pub at: usize,
    /// The words of the value's first sentence.
    pub words: Vec<Word<'o>>,
    /// From the label, where that is in the same passage, to the end of the value.
    pub span: Span,
    /// The value has a line or cell of its own.
    pub alone: bool,
}

/// How many items below a heading are read as its values.
const MAX_ITEMS: usize = 16;

/// All values that are labelled as the feature gate, in the order of their labels.
pub(super) fn gates(outline: &Outline) -> Vec<Labelled<'_>> {
    let mut found = Vec::new();
    for (at, passage) in outline.passages.iter().enumerate() {
        if passage.struck || !super::says_gate(&passage.text) {
            continue;
        }
        let sentences = passage.sentences();
        let Some(first) = sentences.first() else { continue };
        let Some(length) = label(&first.words) else { continue };
        let behind = first.words.get(length..).unwrap_or_default();
        let ends = first.words.get(length - 1).map_or(' ', |word| word.after);
        if !behind.is_empty() {
            let is_value = matches!(ends, ':' | '-' | '?');
            found.extend(is_value.then(|| Labelled {
                at,
                words: behind.to_vec(),
                span: Span::new(first.span.start, behind.last().map_or(first.span.end, |it| it.span.end)),
                alone: false,
            }));
        } else if let Some(second) = sentences.get(1).filter(|_| ends == '?') {
            found.push(Labelled {
                at,
                words: second.words.clone(),
                span: Span::new(first.span.start, second.span.end),
                alone: false,
            });
        } else if passage.kind == Block::Cell {
            // Tables are read by their rows and columns.
        } else if matches!(passage.kind, Block::Heading(_)) || ends == ':' {
            found.extend(below(outline, at));
        }
    }
    found.extend(in_tables(outline));
    found
}

/// The words of a label at the beginning, if they are one: `Feature gate`, `New feature gates needed`.
fn label(words: &[Word<'_>]) -> Option<usize> {
    const BEFORE: [&str; 6] = ["kubevirt", "new", "the", "proposed", "related", "associated"];
    const BEHIND: [&str; 9] =
        ["name", "names", "needed", "required", "necessary", "introduced", "used", "s", "status"];
    let mut at = words.iter().take(2).take_while(|word| BEFORE.contains(&word.lower.as_ref())).count();
    at += super::gate_at(words, at)?;
    let marks = |at: usize| words.get(at - 1).is_some_and(|word| matches!(word.after, ':' | '-' | '?'));
    while !marks(at) && words.get(at).is_some_and(|word| BEHIND.contains(&word.lower.as_ref()) && !word.code)
    {
        at += 1;
    }
    Some(at)
}

/// What stands below a heading: the items that come next, or the first sentence.
fn below(outline: &Outline, at: usize) -> Vec<Labelled<'_>> {
    let whole =
        |(at, passage): (usize, &'_ Passage)| -> Option<Labelled<'_>> { value(outline, at, passage.span) };
    let next = outline.passages.iter().enumerate().skip(at + 1);
    let items: Vec<_> =
        next.clone().take_while(|(_, it)| matches!(it.kind, Block::Item { .. })).take(MAX_ITEMS).collect();
    if !items.is_empty() {
        return items.into_iter().filter_map(|(at, it)| value(outline, at, it.span)).collect();
    }
    next.take(1).filter(|(_, it)| it.kind == Block::Paragraph).filter_map(whole).collect()
}

/// Of a table the cell behind the label, and the cells below it where it names a column.
fn in_tables(outline: &Outline) -> Vec<Labelled<'_>> {
    let mut found = Vec::new();
    for table in &outline.tables {
        for (index, row) in table.rows.iter().enumerate() {
            let at_label = row.cells.iter().position(|cell| is_label(outline, *cell));
            let Some(column) = at_label else { continue };
            let beside =
                row.cells.get(column + 1).copied().flatten().and_then(|at| value(outline, at, row.span));
            let is_head =
                index == 0 && table.rows.len() > 1 && !beside.as_ref().is_some_and(|it| is_answer(&it.words));
            if !is_head {
                found.extend(beside);
                continue;
            }
            for row in table.rows.iter().skip(1).take(MAX_ITEMS) {
                let cell = row.cells.get(column).copied().flatten();
                found.extend(cell.and_then(|at| value(outline, at, row.span)));
            }
        }
    }
    found
}

/// Whether a cell beside a label in the first row is its value and no name of the next column.
fn is_answer(words: &[Word<'_>]) -> bool {
    words.first().is_some_and(|word| {
        word.code || super::denial::is_none(words) || super::gates::is_camel(word.written)
    })
}

fn is_label(outline: &Outline, cell: Option<usize>) -> bool {
    let Some(passage) = cell.and_then(|at| outline.passages.get(at)) else { return false };
    if passage.struck || !super::says_gate(&passage.text) {
        return false;
    }
    let sentences = passage.sentences();
    matches!(sentences.as_slice(), [only] if label(&only.words) == Some(only.words.len()))
}

fn value(outline: &Outline, at: usize, span: Span) -> Option<Labelled<'_>> {
    let passage = outline.passages.get(at).filter(|passage| !passage.struck)?;
    let Sentence { words, .. } = passage.sentences().into_iter().next()?;
    Some(Labelled { at, words, span, alone: true })
}
