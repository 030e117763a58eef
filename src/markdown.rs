//! Markdown: headings, sections, comments, code and the passages of text between them, with places.
//!
//! A CommonMark parser does the reading, with the extensions that GitHub has switched on. Real VEPs
//! defeat line-based reading (fences inside list items, headings inside comments, `---` inside fences),
//! so no other room looks for Markdown structure by itself. It is the only room that knows
//! `pulldown-cmark`.
//!
//! Absent on purpose: what a section is for. That is governance and lives in the rules.

use crate::text::Span;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The structure of a body. All spans are offsets into the whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// The sections in the order of the file, one for each heading.
    pub sections: Vec<Section>,
    /// Everything that is text, in the order of the file; headings are among them.
    pub passages: Vec<Passage>,
    /// HTML comments.
    pub comments: Vec<Span>,
    /// Code blocks, fenced and indented.
    pub code: Vec<Span>,
}

/// A heading and what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading's text without markup.
    pub title: String,
    /// The same as titles are compared: without case and punctuation.
    pub name: String,
    /// 1 for `#`, 2 for `##`, and so on.
    pub level: u8,
    /// The heading itself.
    pub heading: Span,
    /// From the heading to the next heading of the same or a higher level.
    pub span: Span,
    /// Whether anything but headings and comments stands under it, its subsections included.
    pub filled: bool,
}

/// A piece of running text: one paragraph, list item, table cell or heading, without markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What kind of block it is.
    pub kind: Block,
    /// Its text on one line.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Whether all of it is struck through.
    pub struck: bool,
}

/// The kinds of block that carry text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// A heading and its level.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A list item; a task says whether it is ticked.
    Item {
        /// `[x]` or `[ ]`, where there is a box.
        ticked: Option<bool>,
    },
    /// A table cell.
    Cell,
}

/// Reads the Markdown in `body`, which stands at byte `offset` of its file.
pub fn outline(body: &str, offset: usize) -> Outline {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM;
    let mut reader = Reader { body, offset, ..Reader::default() };
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        reader.take(event, Span::new(range.start, range.end));
    }
    reader.flush();
    let end = offset + body.len();
    let Reader { mut outline, shown, .. } = reader;
    outline.sections = sections(&outline, shown, end);
    outline
}

#[derive(Default)]
struct Reader<'a> {
    body: &'a str,
    offset: usize,
    outline: Outline,
    leaf: Option<Leaf>,
    striking: usize,
    in_code: bool,
    /// Where things begin that fill a section without being text: images and HTML.
    shown: Vec<usize>,
}

/// The passage that is being read.
struct Leaf {
    kind: Block,
    text: String,
    span: Span,
    seen: bool,
    unstruck: bool,
}

impl Leaf {
    fn new(kind: Block, span: Span) -> Self {
        Self { kind, text: String::new(), span, seen: false, unstruck: false }
    }
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(tag) => self.begin(&tag, span),
            Event::End(tag) => self.end(tag),
            Event::Text(_) if self.in_code => {}
            Event::Text(text) | Event::Code(text) => self.push(&text, span),
            Event::SoftBreak | Event::HardBreak => self.push(" ", span),
            Event::TaskListMarker(ticked) => {
                if let Some(Leaf { kind: Block::Item { ticked: slot }, .. }) = &mut self.leaf {
                    *slot = Some(ticked);
                }
            }
            Event::InlineHtml(html) if html.starts_with("<!--") => {
                self.outline.comments.push(span.shifted(self.offset));
            }
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag<'_>, span: Span) {
        match tag {
            Tag::Heading { level, .. } => self.open(Block::Heading(depth(*level)), span),
            // The first paragraph of a loose list item is the item's own text.
            Tag::Paragraph if self.leaf.as_ref().is_some_and(|leaf| leaf.text.is_empty()) => {}
            Tag::Paragraph => self.open(Block::Paragraph, span),
            Tag::Item => self.open(Block::Item { ticked: None }, span),
            Tag::TableCell => self.open(Block::Cell, span),
            Tag::Strikethrough => self.striking += 1,
            Tag::Image { .. } => self.shown.push(self.offset + span.start),
            Tag::CodeBlock(_) => {
                self.flush();
                self.in_code = true;
                self.outline.code.push(span.shifted(self.offset));
            }
            Tag::HtmlBlock => {
                self.flush();
                let html = self.body.get(span.start..span.end).unwrap_or_default();
                if html.trim_start().starts_with("<!--") {
                    let end = span.start + html.trim_end().len();
                    self.outline.comments.push(Span::new(span.start, end).shifted(self.offset));
                } else {
                    self.shown.push(self.offset + span.start);
                }
            }
            Tag::List(_) | Tag::BlockQuote(_) | Tag::Table(_) => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strikethrough => self.striking = self.striking.saturating_sub(1),
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell => self.flush(),
            _ => {}
        }
    }

    fn open(&mut self, kind: Block, span: Span) {
        self.flush();
        self.leaf = Some(Leaf::new(kind, span));
    }

    fn push(&mut self, text: &str, span: Span) {
        // Text behind a code block in a tight list item begins no block of its own.
        let leaf = self.leaf.get_or_insert_with(|| Leaf::new(Block::Paragraph, span));
        leaf.span.end = leaf.span.end.max(span.end);
        leaf.text.push_str(text);
        if !text.trim().is_empty() {
            leaf.seen = true;
            leaf.unstruck |= self.striking == 0;
        }
    }

    fn flush(&mut self) {
        let Some(leaf) = self.leaf.take() else { return };
        if !leaf.seen && !matches!(leaf.kind, Block::Heading(_)) {
            return;
        }
        let raw = self.body.get(leaf.span.start..leaf.span.end).unwrap_or_default();
        let end = leaf.span.start + raw.trim_end().len();
        self.outline.passages.push(Passage {
            kind: leaf.kind,
            text: leaf.text.split_whitespace().collect::<Vec<_>>().join(" "),
            span: Span::new(leaf.span.start, end).shifted(self.offset),
            struck: leaf.seen && !leaf.unstruck,
        });
    }
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// A text as titles are compared: its words in lower case, without marks and punctuation.
pub fn plain(text: &str) -> String {
    let letters: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    letters.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sections from headings, in one pass from the end: for each level, where the nearest heading that
/// closes it begins.
fn sections(outline: &Outline, shown: Vec<usize>, end: usize) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut closes = [end; 7];
    // The last filling thing seen so far, by its start: passages and code are each in file order.
    let mut filling: Vec<usize> = outline
        .passages
        .iter()
        .filter(|passage| !matches!(passage.kind, Block::Heading(_)))
        .map(|passage| passage.span.start)
        .chain(outline.code.iter().map(|code| code.start))
        .chain(shown)
        .collect();
    filling.sort_unstable();
    for passage in outline.passages.iter().rev() {
        let Block::Heading(level) = passage.kind else { continue };
        let close = closes.get(usize::from(level)).copied().unwrap_or(end);
        for deeper in closes.iter_mut().skip(usize::from(level)) {
            *deeper = passage.span.start;
        }
        let next = filling.partition_point(|start| *start < passage.span.end);
        sections.push(Section {
            title: passage.text.clone(),
            name: plain(&passage.text),
            level,
            heading: passage.span,
            span: Span::new(passage.span.start, close),
            filled: filling.get(next).is_some_and(|start| *start < close),
        });
    }
    sections.reverse();
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(body: &str) -> Vec<(u8, String)> {
        outline(body, 0).sections.into_iter().map(|section| (section.level, section.title)).collect()
    }

    #[test]
    fn headings_in_code_and_comments_are_no_headings() {
        let body = "# A\n\n```bash\n# not\n```\n<!--\n## not\n-->\n\n- x\n  ```yaml\n  # never closed\n\n## **B** `c`\n";
        assert_eq!(titles(body), [(1, "A".to_owned()), (2, "B c".to_owned())]);
    }

    #[test]
    fn a_section_reaches_to_the_next_heading_of_its_rank() {
        let body = "# A\n\n## B\n\ntext\n\n### C\n\n## D\n\n<!-- only this -->\n";
        let outline = outline(body, 10);
        let found: Vec<_> = outline
            .sections
            .iter()
            .map(|section| (section.title.as_str(), section.span.end - 10, section.filled))
            .collect();
        let d = body.find("## D").unwrap();
        assert_eq!(
            found,
            [("A", body.len(), true), ("B", d, true), ("C", d, false), ("D", body.len(), false)]
        );
        assert_eq!(outline.comments.len(), 1);
    }

    #[test]
    fn text_behind_code_in_an_item_is_read_and_a_picture_fills_a_section() {
        let body = "## A\n\n- one:\n  ```\n  code\n  ```\n  No feature gate.\n\n## B\n\n![](x.png)\n";
        let outline = outline(body, 0);
        assert!(outline.passages.iter().any(|passage| passage.text == "No feature gate."));
        assert!(outline.sections.iter().all(|section| section.filled));
    }

    #[test]
    fn items_are_read_whether_tight_loose_ticked_or_struck() {
        let body =
            "- ~This VEP targets alpha:~\n- This VEP\n  targets beta\n- [x] done\n\n- [ ] open\n\n  more\n";
        let read: Vec<_> = outline(body, 0)
            .passages
            .into_iter()
            .map(|passage| (passage.kind, passage.text, passage.struck))
            .collect();
        let item = |ticked| Block::Item { ticked };
        assert_eq!(
            read,
            [
                (item(None), "This VEP targets alpha:".to_owned(), true),
                (item(None), "This VEP targets beta".to_owned(), false),
                (item(Some(true)), "done".to_owned(), false),
                (item(Some(false)), "open".to_owned(), false),
                (Block::Paragraph, "more".to_owned(), false),
            ]
        );
    }
}
