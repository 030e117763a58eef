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
use std::borrow::Cow;

/// The structure of a body. All spans are offsets into the whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// The sections in the order of the file, one for each heading.
    pub sections: Vec<Section>,
    /// Everything that is text, in the order of the file; headings are among them.
    pub passages: Vec<Passage>,
    /// HTML comments, each from `<!--` to its `-->`.
    pub comments: Vec<Span>,
    /// Code blocks, fenced and indented.
    pub code: Vec<Span>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Where things begin that show something without being text: images, HTML, and code that is not empty.
    pub shown: Vec<usize>,
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
    /// Whether anything but headings, comments and empty code blocks stands under it, its subsections included.
    pub filled: bool,
}

/// A piece of running text: one paragraph, list item, table cell or heading, without markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What kind of block it is.
    pub kind: Block,
    /// Its text on one line, with what is struck through.
    pub text: String,
    /// Where it stands: a list item without the blocks below its own text.
    pub span: Span,
    /// Whether all of it is struck through.
    pub struck: bool,
    /// How the text lies in the file.
    runs: Vec<Run>,
}

/// The kinds of block that carry text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// A heading and its level. A heading within a quote is a paragraph of the quote.
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

/// A table: its rows, of which the first has the names of the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The rows in order.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row as it is written.
    pub span: Span,
    /// For each column the place of its passage among the outline's; none where the cell is empty.
    pub cells: Vec<Option<usize>>,
}

/// A sentence of a passage, without what is struck through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence<'p> {
    /// Its words in order; at least one.
    pub words: Vec<Word<'p>>,
    /// From its first word to the end of its last.
    pub span: Span,
}

/// A word of a sentence: what stands between spaces, without the marks around it. Code and text are never one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word<'p> {
    /// As it is written.
    pub written: &'p str,
    /// In lower case, with plain apostrophes.
    pub lower: Cow<'p, str>,
    /// Where it stands.
    pub span: Span,
    /// Whether it stands in code marks.
    pub code: bool,
    /// The strongest mark behind it, up to the next word: one of `?!.;:,)` and `-` for a dash; else a space.
    pub after: char,
    /// Whether a parenthesis opens right before it.
    pub opens: bool,
    /// Whether it is joined to the word before it, without a space.
    joined: bool,
}

impl Sentence<'_> {
    /// The sentence as it reads, words with one space between them and the marks that are kept of them.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (at, word) in self.words.iter().enumerate() {
            if at > 0 && !word.joined {
                out.push(' ');
            }
            if word.opens {
                out.push('(');
            }
            out.push_str(word.written);
            match word.after {
                ' ' => {}
                '-' => out.push_str(" -"),
                mark => out.push(mark),
            }
        }
        out
    }

    /// Whether these words stand in the sentence, one behind the other.
    pub fn says(&self, phrase: &[&str]) -> bool {
        !phrase.is_empty()
            && self
                .words
                .windows(phrase.len())
                .any(|words| words.iter().zip(phrase).all(|(word, wanted)| word.lower == **wanted))
    }
}

impl Passage {
    /// A text that stands alone, such as a comment in YAML; its places are those within the text.
    pub fn of_text(text: &str) -> Option<Self> {
        let mut leaf = Leaf::new(Block::Paragraph, Span::new(0, text.len()));
        leaf.push(text, text, 0, Marks::default());
        leaf.passage(text, 0)
    }

    /// The sentences of the passage, without what is struck through.
    pub fn sentences(&self) -> Vec<Sentence<'_>> {
        let mut sentences: Vec<Sentence<'_>> = Vec::new();
        let mut words: Vec<Word<'_>> = Vec::new();
        for token in self.tokens() {
            let bare = token.text.trim_matches(is_mark);
            if bare.is_empty() {
                if let Some(last) = words.last_mut() {
                    last.after = stronger(last.after, token.text);
                }
                continue;
            }
            if words.last().is_some_and(ends_sentence) && !token.joined {
                sentences.extend(sentence(std::mem::take(&mut words)));
            }
            words.push(word(&token, bare));
        }
        sentences.extend(sentence(words));
        sentences
    }

    /// The text on one line, without what is struck through.
    pub fn unstruck(&self) -> Cow<'_, str> {
        if !self.runs.iter().any(|run| run.struck) {
            return Cow::Borrowed(&self.text);
        }
        let mut kept = String::new();
        for run in self.runs.iter().filter(|run| !run.struck) {
            let text = self.text.get(run.at..run.at + run.len).unwrap_or_default();
            let spaced = self.text.get(..run.at).is_some_and(|before| before.ends_with(' '));
            if spaced && !kept.is_empty() && !kept.ends_with(' ') {
                kept.push(' ');
            }
            kept.push_str(text);
        }
        Cow::Owned(kept.trim().to_owned())
    }

    /// Whether a part of it is struck through, or all.
    pub fn has_struck(&self) -> bool {
        self.runs.iter().any(|run| run.struck)
    }

    /// The stretches of the file from which its text was read, struck ones among them: what else stands within its
    /// span is markup.
    pub fn pieces(&self) -> impl Iterator<Item = Span> {
        self.runs.iter().map(|run| run.span)
    }

    /// Pieces of the text between spaces that are written in one way, without what is struck.
    fn tokens(&self) -> impl Iterator<Item = Token<'_>> {
        self.runs.iter().filter(|run| !run.struck).flat_map(move |run| {
            let text = self.text.get(run.at..run.at + run.len).unwrap_or_default();
            let spaced = run.at == 0 || self.text.get(..run.at).is_some_and(|before| before.ends_with(' '));
            text.split(' ')
                .scan(0, move |at, part| {
                    let from = *at;
                    *at += part.len() + 1;
                    Some((from, part))
                })
                .filter(|(_, part)| !part.is_empty())
                .map(move |(from, part)| Token {
                    text: part,
                    span: run.part(from, part.len()),
                    code: run.code,
                    joined: from == 0 && !spaced,
                })
        })
    }
}

/// A stretch of a passage's text that stands in the file just so, in code marks or not, struck or not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    /// Where it begins in the text, and how long it is there.
    at: usize,
    len: usize,
    /// Where it stands in the file.
    span: Span,
    code: bool,
    struck: bool,
}

impl Run {
    /// A part of the run in the file; all of it where the file has it in other letters.
    fn part(&self, from: usize, len: usize) -> Span {
        if self.span.end - self.span.start != self.len {
            return self.span;
        }
        Span::new(self.span.start + from, self.span.start + from + len)
    }
}

struct Token<'p> {
    text: &'p str,
    span: Span,
    code: bool,
    joined: bool,
}

fn is_mark(c: char) -> bool {
    !c.is_alphanumeric()
}

fn word<'p>(token: &Token<'p>, bare: &'p str) -> Word<'p> {
    let before = token.text.len() - token.text.trim_start_matches(is_mark).len();
    let exact = token.span.end - token.span.start == token.text.len();
    let start = token.span.start + before;
    let changes = |c: char| c.is_uppercase() || c == '’';
    Word {
        written: bare,
        lower: match bare.contains(changes) {
            true => Cow::Owned(bare.to_lowercase().replace('’', "'")),
            false => Cow::Borrowed(bare),
        },
        span: if exact { Span::new(start, start + bare.len()) } else { token.span },
        code: token.code,
        after: stronger(' ', token.text.get(before + bare.len()..).unwrap_or_default()),
        opens: token.text.get(..before).is_some_and(|marks| marks.contains('(')),
        joined: token.joined,
    }
}

/// The marks that end something, the strongest first.
const MARKS: [char; 8] = ['?', '!', '.', ';', ':', ',', ')', '-'];

fn stronger(known: char, marks: &str) -> char {
    let strength = |mark: char| MARKS.iter().position(|it| *it == mark).unwrap_or(MARKS.len());
    let marks = marks.chars().map(|mark| if matches!(mark, '–' | '—') { '-' } else { mark });
    marks.chain([known]).min_by_key(|mark| strength(*mark)).filter(|mark| MARKS.contains(mark)).unwrap_or(' ')
}

/// Words whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 6] = ["e.g", "i.e", "etc", "vs", "cf", "resp"];

fn ends_sentence(word: &Word<'_>) -> bool {
    matches!(word.after, '.' | '!' | '?') && !ABBREVIATIONS.contains(&word.lower.as_ref())
}

fn sentence(words: Vec<Word<'_>>) -> Option<Sentence<'_>> {
    let span = Span::new(words.first()?.span.start, words.last()?.span.end);
    Some(Sentence { words, span })
}

impl Outline {
    /// The passages that begin within a stretch, headings among them.
    pub fn within(&self, span: Span) -> &[Passage] {
        let from = self.passages.partition_point(|passage| passage.span.start < span.start);
        let to = self.passages.partition_point(|passage| passage.span.start < span.end);
        self.passages.get(from..to).unwrap_or_default()
    }

    /// A section without its subsections.
    pub fn own(&self, section: &Section) -> Span {
        let next = self.sections.partition_point(|other| other.heading.start <= section.heading.start);
        let next = self.sections.get(next).map_or(section.span.end, |next| next.heading.start);
        Span::new(section.span.start, next.min(section.span.end))
    }
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
    let mut outline = reader.outline;
    outline.shown.sort_unstable();
    outline.sections = sections(&outline, end);
    outline
}

#[derive(Default)]
struct Reader<'a> {
    body: &'a str,
    offset: usize,
    outline: Outline,
    leaf: Option<Leaf>,
    striking: usize,
    quotes: usize,
    in_code: bool,
    html: Option<Html>,
    /// Whether a tag of HTML strikes what follows; it reaches no further than its passage.
    html_strikes: bool,
}

/// How text is marked.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Marks {
    code: bool,
    struck: bool,
}

/// A block of HTML that is being read.
#[derive(Default)]
struct Html {
    /// Where a comment began that has not ended.
    comment: Option<usize>,
    /// Where the last line ended, without the spaces at its end.
    end: usize,
    /// Whether a tag was opened that goes on in the next line.
    in_tag: bool,
    /// Whether it shows its text in another way, as `<pre>` and `<style>` do.
    raw: bool,
}

/// The passage that is being read.
struct Leaf {
    kind: Block,
    text: String,
    span: Span,
    seen: bool,
    unstruck: bool,
    spaced: bool,
    runs: Vec<Run>,
}

impl Leaf {
    fn new(kind: Block, span: Span) -> Self {
        Self { kind, text: String::new(), span, seen: false, unstruck: false, spaced: false, runs: vec![] }
    }

    /// Takes a text that stands at `start` as `raw`, with runs of spaces as one.
    fn push(&mut self, text: &str, raw: &str, start: usize, marks: Marks) {
        if raw.len() == text.len() && is_even(text) {
            self.push_even(text, start, marks);
            return;
        }
        let whole = Span::new(start, start + raw.len());
        let found = if raw.len() == text.len() { Some(0) } else { raw.find(text) };
        let mut from = 0;
        for part in text.split(char::is_whitespace) {
            if from > 0 {
                self.spaced = true;
            }
            let at = from;
            from += part.len()
                + text.get(at + part.len()..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            if part.is_empty() {
                continue;
            }
            if self.spaced && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.spaced = false;
            let span =
                found.map_or(whole, |found| Span::new(start + found + at, start + found + at + part.len()));
            self.run(part.len(), span, found.is_some(), marks);
            self.text.push_str(part);
            self.seen = true;
            self.unstruck |= !marks.struck;
        }
    }

    /// The same for a text with nothing to make one of: most texts are so, and every document is read at every start.
    fn push_even(&mut self, text: &str, start: usize, marks: Marks) {
        let part = text.trim_matches(' ');
        let begin = start + usize::from(text.starts_with(' '));
        self.spaced |= text.starts_with(' ');
        if !part.is_empty() {
            if self.spaced && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.run(part.len(), Span::new(begin, begin + part.len()), true, marks);
            self.text.push_str(part);
            self.seen = true;
            self.unstruck |= !marks.struck;
            self.spaced = text.ends_with(' ');
        }
    }

    /// Notes where the next `len` bytes of the text stand; what goes on just so is one run.
    fn run(&mut self, len: usize, span: Span, exact: bool, marks: Marks) {
        let at = self.text.len();
        if let Some(last) = self.runs.last_mut() {
            let alike = last.code == marks.code && last.struck == marks.struck;
            let goes_on = last.span.end - last.span.start == last.len && span.start >= last.span.start;
            if alike && exact && goes_on && span.start - last.span.start == at - last.at {
                last.len = at + len - last.at;
                last.span.end = span.end;
                return;
            }
        }
        self.runs.push(Run { at, len, span, code: marks.code, struck: marks.struck });
    }

    fn passage(self, body: &str, offset: usize) -> Option<Passage> {
        if !self.seen && !matches!(self.kind, Block::Heading(_)) {
            return None;
        }
        let raw = body.get(self.span.start..self.span.end).unwrap_or_default();
        let end = self.span.start + raw.trim_end().len();
        let shifted = |run: Run| Run { span: run.span.shifted(offset), ..run };
        Some(Passage {
            kind: self.kind,
            text: self.text,
            span: Span::new(self.span.start, end).shifted(offset),
            struck: self.seen && !self.unstruck,
            runs: self.runs.into_iter().map(shifted).collect(),
        })
    }
}

/// Whether a text is of visible ASCII, with single spaces.
fn is_even(text: &str) -> bool {
    let mut before = b'.';
    text.bytes().all(|byte| {
        let is_even = (b' '..=b'~').contains(&byte) && (byte != b' ' || before != b' ');
        before = byte;
        is_even
    })
}

/// Whether a tag shows something by itself, and not only by the text within it.
fn shows(html: &str) -> bool {
    const SHOWN: [&str; 12] = [
        "img", "picture", "svg", "video", "audio", "iframe", "object", "embed", "canvas", "math", "input",
        "meter",
    ];
    let name = html.trim_start_matches('<').split(|c: char| !c.is_ascii_alphanumeric()).next();
    name.is_some_and(|name| SHOWN.iter().any(|shown| name.eq_ignore_ascii_case(shown)))
}

/// Whether a tag begins (or ends) text that is struck through; none for another tag.
fn strikes(html: &str) -> Option<bool> {
    let name = html.trim_start_matches(['<', '/']).trim_end_matches('>').trim();
    let is_one = ["del", "s", "strike"].iter().any(|tag| name.eq_ignore_ascii_case(tag));
    is_one.then(|| !html.starts_with("</"))
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(tag) => self.begin(&tag, span),
            Event::End(tag) => self.end(tag, span),
            Event::Text(text) if self.in_code && text.trim().is_empty() => {}
            Event::Text(_) if self.in_code => self.outline.shown.push(self.offset + span.start),
            Event::Text(text) => self.push(&text, span, false),
            Event::Code(text) => self.push(&text, span, true),
            Event::SoftBreak | Event::HardBreak => self.push(" ", span, false),
            Event::TaskListMarker(ticked) => {
                if let Some(Leaf { kind: Block::Item { ticked: slot }, .. }) = &mut self.leaf {
                    *slot = Some(ticked);
                }
            }
            Event::InlineHtml(html) => self.inline_html(&html, span),
            Event::Html(html) => self.html(&html, span),
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag<'_>, span: Span) {
        match tag {
            Tag::Heading { .. } if self.quotes > 0 => self.open(Block::Paragraph, span),
            Tag::Heading { level, .. } => self.open(Block::Heading(depth(*level)), span),
            // The first paragraph of a loose list item is the item's own text.
            Tag::Paragraph if self.leaf.as_ref().is_some_and(|leaf| leaf.text.is_empty()) => {}
            Tag::Paragraph => self.open(Block::Paragraph, span),
            // The item's own text ends before the blocks below it: its end grows with what is read.
            Tag::Item => self.open(Block::Item { ticked: None }, Span::at(span.start)),
            Tag::TableCell => self.open(Block::Cell, span),
            Tag::Strikethrough => self.striking += 1,
            Tag::Image { .. } => self.outline.shown.push(self.offset + span.start),
            Tag::CodeBlock(_) => {
                self.flush();
                self.in_code = true;
                self.outline.code.push(span.shifted(self.offset));
            }
            Tag::HtmlBlock => {
                // Text behind a comment that opens an item is the item's own.
                if self.leaf.as_ref().is_some_and(|leaf| leaf.seen) {
                    self.flush();
                }
                let html = self.body.get(span.start..span.end).unwrap_or_default().trim_start();
                let begins =
                    |tag: &&str| html.get(1..=tag.len()).is_some_and(|it| it.eq_ignore_ascii_case(tag));
                let raw = ["pre", "script", "style", "textarea"].iter().any(begins);
                self.html = Some(Html { raw, ..Html::default() });
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes += 1;
            }
            Tag::List(_) => self.flush(),
            Tag::Table(_) => {
                self.flush();
                self.outline.tables.push(Table { rows: vec![] });
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = self.outline.tables.last_mut() {
                    table.rows.push(Row { span: span.shifted(self.offset), cells: vec![] });
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, span: Span) {
        match tag {
            TagEnd::Strikethrough => {
                self.striking = self.striking.saturating_sub(1);
                self.reach(span.end);
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image => self.reach(span.end),
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::TableCell => {
                let before = self.outline.passages.len();
                self.flush();
                let cell = (self.outline.passages.len() > before).then_some(before);
                if let Some(row) = self.outline.tables.last_mut().and_then(|table| table.rows.last_mut()) {
                    row.cells.push(cell);
                }
            }
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item => self.flush(),
            _ => {}
        }
    }

    fn open(&mut self, kind: Block, span: Span) {
        self.flush();
        self.leaf = Some(Leaf::new(kind, span));
    }

    /// The passage that is being read goes on to this place at least.
    fn reach(&mut self, end: usize) {
        if let Some(leaf) = self.leaf.as_mut().filter(|leaf| leaf.seen) {
            leaf.span.end = leaf.span.end.max(end);
        }
    }

    fn push(&mut self, text: &str, span: Span, code: bool) {
        let raw = self.body.get(span.start..span.end).unwrap_or_default();
        let marks = Marks { code, struck: self.striking > 0 || self.html_strikes };
        // Text behind a code block in a tight list item begins no block of its own.
        let leaf = self.leaf.get_or_insert_with(|| Leaf::new(Block::Paragraph, span));
        if text == " " {
            leaf.spaced = true;
            return;
        }
        leaf.span.end = leaf.span.end.max(span.end);
        leaf.push(text, raw, span.start, marks);
    }

    fn inline_html(&mut self, html: &str, span: Span) {
        if html.starts_with("<!--") {
            self.outline.comments.push(span.shifted(self.offset));
        } else if let Some(begins) = strikes(html) {
            self.html_strikes = begins;
        }
        self.reach(span.end);
    }

    /// A line of a block of HTML: comments end at `-->`, and what is neither comment nor tag is text.
    fn html(&mut self, text: &str, span: Span) {
        let line = self.body.get(span.start..span.end).unwrap_or(text);
        let mut at = match &mut self.html {
            Some(html) if html.in_tag => {
                html.in_tag = !line.contains('>');
                line.find('>').map_or(line.len(), |end| end + 1)
            }
            _ => 0,
        };
        while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
            let begun = self.html.as_ref().and_then(|html| html.comment);
            at += match begun {
                Some(start) => self.comment_goes_on(rest, start, span.start + at),
                None if rest.starts_with("<!--") => {
                    let short = ["<!-->", "<!--->"].iter().find(|it| rest.starts_with(**it));
                    if let Some(short) = short {
                        let start = span.start + at;
                        self.outline
                            .comments
                            .push(Span::new(start, start + short.len()).shifted(self.offset));
                    } else if let Some(html) = &mut self.html {
                        html.comment = Some(span.start + at);
                    }
                    short.map_or(4, |short| short.len())
                }
                None => self.loose_html(rest, span.start + at),
            };
        }
        if let Some(leaf) = &mut self.leaf {
            leaf.spaced = true;
        }
        let end = span.start + line.trim_end().len();
        if let Some(html) = self.html.as_mut().filter(|_| !line.trim().is_empty()) {
            html.end = end;
        }
    }

    fn comment_goes_on(&mut self, rest: &str, start: usize, at: usize) -> usize {
        let Some(end) = rest.find("-->").map(|end| end + 3) else { return rest.len() };
        self.outline.comments.push(Span::new(start, at + end).shifted(self.offset));
        if let Some(html) = &mut self.html {
            html.comment = None;
        }
        end
    }

    /// What stands outside of comments up to the next tag or comment, or one tag.
    fn loose_html(&mut self, rest: &str, at: usize) -> usize {
        let is_tag = |text: &str| {
            text.as_bytes().get(1).is_some_and(|it| it.is_ascii_alphabetic() || b"/!?".contains(it))
        };
        if rest.starts_with('<') && is_tag(rest) {
            let end = rest.find('>');
            if let Some(html) = &mut self.html {
                html.in_tag = end.is_none();
            }
            let length = end.map_or(rest.len(), |end| end + 1);
            let html = rest.get(..length).unwrap_or(rest);
            match strikes(html) {
                Some(begins) => self.html_strikes = begins,
                None if !shows(html) => {}
                None => self.outline.shown.push(self.offset + at),
            }
            return length;
        }
        let next = rest
            .match_indices('<')
            .map(|(at, _)| at)
            .find(|at| *at > 0 && rest.get(*at..).is_some_and(is_tag));
        let text = rest.get(..next.unwrap_or(rest.len())).unwrap_or(rest);
        let raw = self.html.as_ref().is_some_and(|html| html.raw);
        if text.trim().is_empty() {
            return text.len();
        }
        if raw {
            self.outline.shown.push(self.offset + at);
            return text.len();
        }
        let before = text.len() - text.trim_start().len();
        let trimmed = text.trim();
        if let Some(leaf) = &mut self.leaf {
            leaf.spaced |= before > 0;
        }
        self.push(trimmed, Span::new(at + before, at + before + trimmed.len()), false);
        if let Some(leaf) = &mut self.leaf {
            leaf.spaced |= text.ends_with(char::is_whitespace);
        }
        text.len()
    }

    fn end_html(&mut self) {
        let Some(html) = self.html.take() else { return };
        // A comment that nothing ends runs to the end of its block.
        if let Some(start) = html.comment {
            self.outline.comments.push(Span::new(start, html.end.max(start + 4)).shifted(self.offset));
        }
        // An item of which only a comment was read so far goes on below.
        if self.leaf.as_ref().is_some_and(|leaf| leaf.seen) {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.html_strikes = false;
        let Some(leaf) = self.leaf.take() else { return };
        self.outline.passages.extend(leaf.passage(self.body, self.offset));
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

/// A heading without its own numbering (`1. `, `2.3) `) and its anchor (`{#overview}`): tools and people put them there,
/// and the title is the same.
fn titled(heading: &str) -> &str {
    let text = heading.trim();
    let text = match text.rsplit_once("{#") {
        Some((before, anchor)) if anchor.ends_with('}') && !anchor.contains(' ') => before.trim_end(),
        _ => text,
    };
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = text.strip_suffix(behind).unwrap_or_default();
    let behind = behind.strip_prefix(')').unwrap_or(behind);
    let is_numbering = number.starts_with(|c: char| c.is_ascii_digit())
        && (number.contains('.') || behind.len() + number.len() < text.len());
    let title = behind.trim_start();
    if is_numbering && title.len() < behind.len() && !title.is_empty() { title } else { text }
}

/// A text as titles are compared: its words in lower case, without marks and punctuation.
pub fn plain(text: &str) -> String {
    if text.is_ascii() {
        return plain_ascii(text);
    }
    let letters: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    letters.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same for most texts, in one pass.
fn plain_ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            plain.push(char::from(byte.to_ascii_lowercase()));
        } else if !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// Sections from headings, in one pass from the end: for each level, where the nearest heading that
/// closes it begins.
fn sections(outline: &Outline, end: usize) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut closes = [end; 7];
    // The last filling thing seen so far, by its start.
    let mut filling: Vec<usize> = outline
        .passages
        .iter()
        .filter(|passage| !matches!(passage.kind, Block::Heading(_)))
        .map(|passage| passage.span.start)
        .chain(outline.shown.iter().copied())
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
            name: plain(titled(&passage.text)),
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

    fn texts(body: &str) -> Vec<String> {
        outline(body, 0).passages.into_iter().map(|passage| passage.text).collect()
    }

    fn comments(body: &str) -> Vec<&str> {
        outline(body, 0).comments.into_iter().map(|span| &body[span.start..span.end]).collect()
    }

    #[test]
    fn a_comment_ends_at_its_end_and_what_stands_behind_it_is_text() {
        for (body, found, read) in [
            ("<!-- a --> text", vec!["<!-- a -->"], vec!["text"]),
            ("<!--\na\n--> text\nmore", vec!["<!--\na\n-->"], vec!["text", "more"]),
            ("<!-- a --> one <!-- b --> two", vec!["<!-- a -->", "<!-- b -->"], vec!["one two"]),
            ("<!-- a --><!-- b -->", vec!["<!-- a -->", "<!-- b -->"], vec![]),
            ("before <!-- a --> behind", vec!["<!-- a -->"], vec!["before behind"]),
            ("<div>\nbefore <!-- a -->\nbehind\n</div>", vec!["<!-- a -->"], vec!["before behind"]),
            ("<!-- never\n\nclosed", vec!["<!-- never\n\nclosed"], vec![]),
            ("> <!-- a\n> b --> text", vec!["<!-- a\n> b -->"], vec!["text"]),
            ("- <!-- a --> text", vec!["<!-- a -->"], vec!["text"]),
            ("- text <!-- a -->", vec!["<!-- a -->"], vec!["text"]),
            ("<!-- a -->\ttab\r\n", vec!["<!-- a -->"], vec!["tab"]),
            ("<!--> text", vec!["<!-->"], vec!["text"]),
            ("A --> B", vec![], vec!["A --> B"]),
            ("```mermaid\nA --> B <!-- c -->\n```", vec![], vec![]),
            ("<img\n src=x> seen", vec![], vec!["seen"]),
            ("<pre>\nraw\n</pre>", vec![], vec![]),
        ] {
            assert_eq!(
                (comments(body), texts(body)),
                (found, read.iter().map(|it| (*it).to_owned()).collect()),
                "{body}"
            );
        }
    }

    #[test]
    fn a_heading_within_a_quote_is_no_section() {
        assert_eq!(titles("> ## Design\n> text\n\n## Goals\n"), [(2, "Goals".to_owned())]);
    }

    #[test]
    fn code_without_content_fills_nothing() {
        for (body, filled) in
            [("## A\n\n```\n```", false), ("## A\n\n```\n \n```", false), ("## A\n\n```\nx\n```", true)]
        {
            assert_eq!(outline(body, 0).sections[0].filled, filled, "{body}");
        }
    }

    #[test]
    fn what_is_struck_is_told_from_what_is_not() {
        for (body, kept, struck) in [
            ("~~v1.9~~ v1.10", "v1.10", false),
            ("- for: ~v1.9~", "for:", false),
            ("~~all of it~~", "", true),
            ("~~v1.9~~v1.10", "v1.10", false),
            ("a <s>b</s> c", "a c", false),
            ("a ~~b~~ c", "a c", false),
            ("plain", "plain", false),
        ] {
            let outline = outline(body, 0);
            let passage = &outline.passages[0];
            assert_eq!((passage.unstruck().as_ref(), passage.struck), (kept, struck), "{body}");
        }
        assert!(
            !outline("<s>a\n\nb", 0).passages[1].has_struck(),
            "a tag reaches no further than its passage"
        );
    }

    #[test]
    fn sentences_have_words_with_places() {
        let body = "> # **It** uses `fooBar`, e.g. here\n> and  there. Don’t (see\tv1.9)? ~~No.~~ Yes";
        let outline = outline(body, 0);
        let read: Vec<Vec<&str>> = outline
            .passages
            .iter()
            .flat_map(Passage::sentences)
            .map(|sentence| sentence.words.iter().map(|word| &body[word.span.start..word.span.end]).collect())
            .collect();
        assert_eq!(
            read,
            [
                vec!["It", "uses", "fooBar", "e.g", "here"],
                vec!["and", "there"],
                vec!["Don’t", "see", "v1.9"],
                vec!["Yes"]
            ]
        );
        let sentences: Vec<Sentence<'_>> = outline.passages.iter().flat_map(Passage::sentences).collect();
        assert!(
            sentences[0].words[2].code
                && sentences[0].words[2].after == ','
                && sentences[0].says(&["it", "uses"])
        );
        assert_eq!(sentences[2].words[0].lower, "don't");
        assert_eq!(sentences[2].text(), "Don’t (see v1.9?");
    }

    #[test]
    fn an_item_ends_with_its_own_text_and_tables_have_rows() {
        let body = "- one **two**\n  - three\n\n| a | b |\n| - | - |\n| | c |\n";
        let outline = outline(body, 0);
        let spans: Vec<&str> = outline.passages.iter().map(|it| &body[it.span.start..it.span.end]).collect();
        assert_eq!(&spans[..2], ["- one **two**", "- three"]);
        let rows: Vec<Vec<Option<usize>>> =
            outline.tables[0].rows.iter().map(|row| row.cells.clone()).collect();
        assert_eq!(rows, [vec![Some(2), Some(3)], vec![None, Some(4)]]);
    }
}
