//! The block at the top of a file: where it begins and ends, and what it says even where it is torn.
//!
//! A block that every reader of YAML takes is read once. Any other one is read a second time: where it really ends
//! is found, what no reader takes is named line by line and left out, and what can be read is read entry by entry.
//! So all faults are told at once, each with its place and its fix, and no key is dropped in silence. A torn block
//! stays one that does not parse, whatever of it could be read.

use super::front_matter::{FrontMatter, SCHEMA};
use super::{Front, MOST_SHOWN};
use crate::text::{Source, Span, Spanned, code, is_odd_blank, oddity, one_line};
use crate::yaml::{self, Fault, Kind, Node, Parsed};
use std::collections::BTreeMap;

/// What opens and closes a block, on a line of its own.
const FENCE: &str = "---";

/// A line of the text.
#[derive(Debug, Clone, Copy)]
struct Line<'t> {
    /// Where it begins.
    at: usize,
    /// Its text without the line end.
    text: &'t str,
    /// Where the next one begins.
    next: usize,
}

impl<'t> Line<'t> {
    fn span(&self) -> Span {
        Span::new(self.at, self.at + self.text.trim_end().len())
    }

    fn is_fence(&self) -> bool {
        self.text.trim_end() == FENCE
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn is_comment(&self) -> bool {
        self.text.trim_start_matches([' ', '\t']).starts_with('#')
    }

    /// How far it is indented; tabs count as one.
    fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches([' ', '\t']).len()
    }

    /// The key of the schema with which it begins, where a colon follows.
    fn schema_key(&self) -> Option<&'static str> {
        let (key, behind) = self.text.trim_start().split_once(':')?;
        let key = key.trim().trim_matches(['"', '\'']);
        let known = SCHEMA.iter().find(|known| known.name == key)?;
        (behind.is_empty() || behind.starts_with(char::is_whitespace)).then_some(known.name)
    }

    /// The key of the schema with which it begins, whatever follows.
    fn schema_word(&self) -> Option<&'static str> {
        let text = self.text.trim_start();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let word = text.split(|c| !is_word(c)).next()?;
        SCHEMA.iter().find(|known| known.name == word).map(|known| known.name)
    }

    /// Whether it reads `key: value`, with whatever key.
    fn is_entry(&self) -> bool {
        let text = self.text.trim_start();
        let Some((key, behind)) = text.split_once(':') else { return false };
        let is_name = |c: char| c.is_alphanumeric() || "-_ \"'<.".contains(c);
        !key.trim().is_empty()
            && key.len() <= 40
            && key.chars().all(is_name)
            && !key.starts_with("- ")
            && key.trim().split(' ').count() <= 2
            && (behind.is_empty() || behind.starts_with(char::is_whitespace))
    }

    /// Whether it is the heading of a VEP: `# VEP #7: …`.
    fn names_vep(&self) -> bool {
        let Some(title) = self.text.strip_prefix("# ") else { return false };
        let vep = title.trim_start().get(..3).is_some_and(|word| word.eq_ignore_ascii_case("vep"));
        let rest = title.trim_start().get(3..).unwrap_or_default().trim_start_matches([' ', '-', '#']);
        vep && (rest.starts_with(|c: char| c.is_ascii_digit()) || rest.starts_with("NNNN"))
    }

    fn is_heading(&self) -> bool {
        let level = self.text.len() - self.text.trim_start_matches('#').len();
        (1..=6).contains(&level) && self.text.get(level..).is_some_and(|rest| rest.starts_with(' '))
    }

    /// Whether it can only be Markdown: a heading of the second rank or below, a fence of code, a comment, a table,
    /// a link or a sentence.
    fn is_markdown(&self) -> bool {
        if self.is_heading() {
            return self.text.starts_with("##");
        }
        let marks = ["```", "~~~", "<!--", "|", "[", "![", "> ", "**"];
        marks.iter().any(|mark| self.text.starts_with(mark)) || self.is_sentence()
    }

    /// Words that begin in the first column and are neither key nor item.
    fn is_sentence(&self) -> bool {
        self.text.starts_with(char::is_alphabetic)
            && !self.is_entry()
            && self.schema_word().is_none()
            && self.text.split_whitespace().nth(1).is_some()
    }
}

/// The lines of a text from one place to another.
fn lines(text: &str, from: usize, to: usize) -> impl Iterator<Item = Line<'_>> {
    let mut at = from;
    text.get(from..to).unwrap_or_default().split_inclusive('\n').map(move |whole| {
        let line = Line { at, text: whole.trim_end_matches(['\n', '\r']), next: at + whole.len() };
        at = line.next;
        line
    })
}

/// Cuts the front matter off, and says where the body begins.
pub(super) fn cut(source: &Source) -> (Front, usize) {
    let (text, start) = (source.text(), source.start());
    let mut rest = lines(text, start, text.len());
    let Some(open) = rest.next().filter(Line::is_fence) else {
        return (Front::Absent { near: misplaced(source, start) }, start);
    };
    let inner = open.next;
    let Some(close) = rest.find(Line::is_fence) else {
        let body = body_begins(text, inner, text.len(), false);
        // Without a single key nobody can say that it is a block at all.
        let is_block = lines(text, inner, text.len()).any(|line| line.schema_key().is_some());
        let body = body.unwrap_or(if is_block { text.len() } else { inner });
        return Torn::unclosed(source, open, body).read(body);
    };
    let yaml = text.get(inner..close.at).unwrap_or_default();
    let parsed = yaml::parse(yaml, inner);
    let is_map = matches!(&parsed.root, Some(Node { kind: Kind::Map(_), .. }));
    if let Some(body) = swallowed(text, inner, close, is_map) {
        return Torn::unclosed(source, open, body).read(body);
    }
    let fallen = Fallen::behind(text, inner, close);
    if !fallen.keys.is_empty() {
        let mut torn = Torn::new(source, open, fallen.end);
        torn.fell_out(&fallen);
        return torn.read(fallen.body);
    }
    let block = Span::new(start, close.span().end);
    let front = match parsed {
        Parsed { root: Some(Node { kind: Kind::Map(entries), .. }), faults } => {
            Front::Read { block, matter: Box::new(FrontMatter::read(entries)), faults }
        }
        parsed => unread(source, open, close, parsed),
    };
    (front, close.next)
}

/// What every reader of YAML makes of the block between the first two fences; nothing is mended.
pub(super) fn strictly(source: &Source) -> Front {
    let (text, start) = (source.text(), source.start());
    let mut rest = lines(text, start, text.len());
    let Some(open) = rest.next().filter(Line::is_fence) else {
        return Front::Absent { near: misplaced(source, start) };
    };
    let unreadable = |fault| Front::Unreadable { open: open.span(), fault };
    let Some(close) = rest.find(Line::is_fence) else {
        return unreadable(not_closed(source, open, text.len()));
    };
    let parsed = yaml::parse(text.get(open.next..close.at).unwrap_or_default(), open.next);
    match parsed {
        Parsed { root: Some(Node { kind: Kind::Map(entries), .. }), faults } => Front::Read {
            block: Span::new(start, close.span().end),
            matter: Box::new(FrontMatter::read(entries)),
            faults,
        },
        parsed => unreadable(no_map(open, parsed)),
    }
}

/// A block between two fences that is no map of keys to values.
fn unread(source: &Source, open: Line<'_>, close: Line<'_>, parsed: Parsed) -> Front {
    let is_limit = parsed.faults.first().is_some_and(Fault::is_limit);
    let has_entries = lines(source.text(), open.next, close.at)
        .any(|line| line.is_entry() || line.schema_word().is_some() || marks_conflict(line.text));
    if has_entries && !is_limit {
        let (front, _) = Torn::new(source, open, close.at).read_until(close.span().end);
        return front;
    }
    Front::Unreadable { open: open.span(), fault: no_map(open, parsed) }
}

fn no_map(open: Line<'_>, parsed: Parsed) -> Fault {
    let fault = |what: &str, fix: &str, span| Fault { what: what.into(), fix: fix.into(), span };
    match (parsed.faults.into_iter().next(), parsed.root) {
        (_, Some(node)) => {
            fault("the block is not a map of keys to values", "Write `key: value` lines.", node.span)
        }
        (Some(fault), None) => fault,
        (None, None) => fault("the block is empty", "Fill in the keys of VEP-282's schema.", open.span()),
    }
}

// Where a block ends.

/// Where the body begins, if a block that is closed somewhere has swallowed it: its own closing line is missing, and
/// a `---` of the body was taken for it.
fn swallowed(text: &str, inner: usize, close: Line<'_>, is_map: bool) -> Option<usize> {
    // The heading of the VEP stands behind the block: then that is where the body is.
    if lines(text, close.next, text.len()).any(|line| line.names_vep()) {
        return None;
    }
    body_begins(text, inner, close.at, is_map)
}

/// The first line of a stretch that looks like the body: a heading, a sentence or another piece of Markdown behind a
/// blank line, with no new key of the schema behind it. Where the stretch is YAML as it stands, only the heading of a
/// VEP or several headings can be meant: everything in it is a comment.
fn body_begins(text: &str, from: usize, to: usize, is_yaml: bool) -> Option<usize> {
    let all: Vec<Line<'_>> = lines(text, from, to).collect();
    let mut seen: Vec<&str> = Vec::new();
    let mut last_new = None;
    for (index, line) in all.iter().enumerate() {
        if let Some(key) = line.schema_key().filter(|key| !seen.contains(key)) {
            seen.push(key);
            last_new = Some(index);
        }
    }
    let heading = all.iter().position(Line::names_vep).filter(|at| {
        let behind = all.get(at + 1..).unwrap_or_default();
        behind.iter().any(|line| line.text.starts_with("## ")) || last_new.is_none_or(|last| last < *at)
    });
    let first_key = all.iter().position(|line| line.schema_key().is_some() || line.is_entry())?;
    let heading = heading.filter(|at| *at > first_key);
    let by_heading = heading.and_then(|at| all.get(at)).map(|line| line.at);
    let rest = all.get(last_new.unwrap_or(first_key)..).unwrap_or_default();
    [by_heading, markdown_begins(rest, is_yaml)].into_iter().flatten().min()
}

/// Where Markdown begins behind the line of a key, the first of these.
fn markdown_begins(lines: &[Line<'_>], is_yaml: bool) -> Option<usize> {
    let (key, rest) = lines.split_first()?;
    // A list can be the value of a key that has none on its own line; below any other key it is the body's.
    let has_value = !key.text.trim_end().ends_with(':');
    let is_list =
        |line: &Line<'_>| has_value && ["- ", "* ", "1. "].iter().any(|mark| line.text.starts_with(mark));
    let proves = |line: &&Line<'_>| match is_yaml {
        true => line.text.starts_with("## "),
        false => line.is_markdown() || is_list(line),
    };
    if is_yaml && rest.iter().filter(proves).count() < 2 {
        return None;
    }
    // A heading of the first rank before it belongs to the body, too; a comment beside a key does not.
    let mut first_heading = None;
    let mut blank = false;
    for line in rest {
        if line.is_heading() && blank && first_heading.is_none() {
            first_heading = Some(line.at);
        }
        if proves(&line) && (line.is_heading() || blank) {
            return first_heading.or(Some(line.at));
        }
        blank = line.is_blank();
    }
    None
}

/// Keys of the schema that stand behind the line that closes the block.
#[derive(Default)]
struct Fallen<'t> {
    /// The closing lines that stand too early.
    early: Vec<Line<'t>>,
    /// The keys.
    keys: Vec<&'static str>,
    /// Where their lines end.
    end: usize,
    /// Where the body begins.
    body: usize,
    /// Whether a closing line stands behind them.
    is_closed: bool,
}

impl<'t> Fallen<'t> {
    fn behind(text: &'t str, inner: usize, close: Line<'t>) -> Self {
        let mut known: Vec<&str> =
            lines(text, inner, close.at).filter_map(|line| line.schema_key()).collect();
        let mut fallen = Self::default();
        let mut close = close;
        while let Some(Run { opens, keys, end, close: next }) = run_of_keys(text, close.next, &known) {
            known.extend(keys.iter().copied());
            fallen.keys.extend(keys);
            fallen.early.push(close);
            fallen.early.extend(opens);
            fallen.end = end;
            fallen.is_closed = next.is_some();
            match next {
                Some(next) => {
                    fallen.body = next.next;
                    close = next;
                }
                None => {
                    fallen.body = end;
                    break;
                }
            }
        }
        fallen
    }
}

/// Entries behind the line that closes the block.
struct Run<'t> {
    /// The line that opens them as a block of their own.
    opens: Option<Line<'t>>,
    /// Their keys of the schema.
    keys: Vec<&'static str>,
    /// Where they end.
    end: usize,
    /// The closing line behind them.
    close: Option<Line<'t>>,
}

/// A run of entries that begins right behind a closing line, also as a second block. A paragraph of the body that only looks like a key (`Note: …`, or a key that the block has
/// already) is none.
fn run_of_keys<'t>(text: &'t str, from: usize, known: &[&str]) -> Option<Run<'t>> {
    let mut opens = None;
    let mut keys: Vec<&'static str> = Vec::new();
    let mut end = from;
    let mut close = None;
    let mut comment_first = false;
    for line in lines(text, from, text.len()) {
        if line.is_fence() && keys.is_empty() && opens.is_none() {
            opens = Some(line);
            continue;
        }
        if line.is_fence() {
            close = Some(line);
            break;
        }
        match line.schema_key() {
            Some(key) => keys.push(key),
            None if line.is_blank() => continue,
            None if line.is_comment() && line.indent() == 0 => {
                if line.names_vep() || line.text.starts_with("## ") {
                    break;
                }
                comment_first |= keys.is_empty();
                continue;
            }
            None if keys.is_empty() => break,
            None if line.indent() > 0 || line.text.starts_with("- ") || line.is_entry() => {}
            None => break,
        }
        end = line.next;
    }
    let has_new = keys.iter().any(|key| !known.contains(key));
    let is_run = match close {
        Some(_) => opens.is_some() || has_new || keys.len() > 1,
        None => has_new && !comment_first,
    };
    let end = close.map_or(end, |close| close.at);
    (is_run && !keys.is_empty()).then_some(Run { opens, keys, end, close })
}

/// Where a line that was meant to close the block and does not may stand: `...`, `--- # end`, `----`, a dash that a
/// word processor made.
fn is_nearly_fence(line: &str) -> bool {
    let line = line.trim();
    let is_dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let dashes = line.trim_matches(is_dash).is_empty()
        && !line.is_empty()
        && (line.chars().count() >= 3 || line.contains(['\u{2014}', '\u{2015}']));
    let marked = line
        .strip_prefix(FENCE)
        .is_some_and(|rest| rest.trim_start().starts_with('#') && rest.starts_with(' '));
    line == "..." || line == "+++" || marked || dashes
}

fn not_closed(source: &Source, open: Line<'_>, end: usize) -> Fault {
    let text = source.text();
    let nearly = lines(text, open.next, end).filter(|line| is_nearly_fence(line.text)).last();
    let last = lines(text, open.next, end).filter(|line| !line.is_blank() && !line.is_comment()).last();
    let fix = match (nearly, text.get(end..)) {
        (Some(line), _) => format!(
            "Make line {} {}, and nothing else: it is {}.",
            source.line(line.at),
            code(FENCE),
            code(line.text.trim_end())
        ),
        (None, Some(rest)) if !rest.trim().is_empty() => {
            let line = rest.lines().next().unwrap_or_default();
            format!(
                "Put a line `---` before line {} ({}).",
                source.line(end),
                code(&one_line(line, MOST_SHOWN))
            )
        }
        _ => match last {
            Some(last) => {
                format!("Put a line `---` behind line {}, the last of the block.", source.line(last.at))
            }
            None => "Put a line `---` behind the last key.".into(),
        },
    };
    Fault { what: "the front matter block is not closed".into(), fix, span: open.span() }
}

// What a torn block says.

/// A block in its second reading.
struct Torn<'s> {
    source: &'s Source,
    open: Line<'s>,
    /// Where its entries end.
    end: usize,
    /// The entries with what no reader takes blanked out; every byte stays at its place.
    scratch: Vec<u8>,
    faults: Vec<Fault>,
    /// Keys whose values cannot be read.
    keys: Vec<Spanned<String>>,
    /// Lines on which blanks were put in the place of something else: they may stand further in than was meant.
    moved: Vec<usize>,
}

impl<'s> Torn<'s> {
    fn new(source: &'s Source, open: Line<'s>, end: usize) -> Self {
        let scratch = source.text().get(open.next..end).unwrap_or_default().as_bytes().to_vec();
        Self { source, open, end, scratch, faults: vec![], keys: vec![], moved: vec![] }
    }

    fn unclosed(source: &'s Source, open: Line<'s>, end: usize) -> Self {
        let mut torn = Self::new(source, open, end);
        let fault = not_closed(source, open, end);
        // What nearly closes it is a part of that fault.
        let nearly: Vec<Span> = lines(source.text(), open.next, end)
            .filter(|line| is_nearly_fence(line.text))
            .map(|line| line.span())
            .collect();
        if let Some(last) = nearly.last() {
            torn.blank(*last);
        }
        torn.faults.push(fault);
        torn
    }

    fn fell_out(&mut self, fallen: &Fallen<'_>) {
        let keys: Vec<String> = fallen.keys.iter().take(3).map(|key| code(key)).collect();
        let more = match fallen.keys.len().saturating_sub(keys.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let stand = if fallen.keys.len() == 1 { "stands" } else { "stand" };
        let what =
            format!("a line `---` inside the block ends it: {}{more} {stand} behind it", keys.join(", "));
        let (kept, gone) = match fallen.early.split_last() {
            Some((last, before)) if !fallen.is_closed => (Some(last), before),
            _ => (None, fallen.early.as_slice()),
        };
        let numbers: Vec<String> = gone.iter().map(|line| self.source.line(line.at).to_string()).collect();
        let mut fixes: Vec<String> = Vec::new();
        match numbers.as_slice() {
            [] => {}
            [one] => fixes.push(format!("Remove line {one}.")),
            several => fixes.push(format!("Remove lines {}.", several.join(", "))),
        }
        if let Some(kept) = kept {
            let mut behind = lines(self.source.text(), kept.next, fallen.end);
            let last = behind.by_ref().filter(|line| !line.is_blank()).last().unwrap_or(*kept);
            let (from, to) = (self.source.line(kept.at), self.source.line(last.at));
            fixes.push(format!("Move the `---` of line {from} behind line {to}, the last of the block."));
        }
        fallen.early.iter().for_each(|line| self.blank(line.span()));
        if let Some(first) = fallen.early.first() {
            self.faults.push(Fault { what, fix: fixes.join(" "), span: first.span() });
        }
    }

    fn text(&self) -> &'s str {
        self.source.text()
    }

    /// Replaces a stretch by blanks in the scratch.
    fn blank(&mut self, span: Span) {
        let from = span.start.saturating_sub(self.open.next);
        let to = span.end.saturating_sub(self.open.next).min(self.scratch.len());
        if let Some(bytes) = self.scratch.get_mut(from..to) {
            bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
        }
    }

    fn fault(&mut self, span: Span, what: impl Into<String>, fix: impl Into<String>) {
        self.faults.push(Fault { what: what.into(), fix: fix.into(), span });
    }

    /// The block, and where the body begins.
    fn read(self, body: usize) -> (Front, usize) {
        let end =
            self.text().get(..body).map_or(body, |before| before.trim_end().len()).max(self.open.span().end);
        (self.read_until(end).0, body)
    }

    fn read_until(mut self, block_end: usize) -> (Front, usize) {
        let open = self.open.span();
        if self.scratch.len() > yaml::MOST_BYTES {
            let fault = self.faults.into_iter().next();
            let parsed = yaml::parse(
                self.source.text().get(self.open.next..self.end).unwrap_or_default(),
                self.open.next,
            );
            let fault = fault.unwrap_or_else(|| no_map(self.open, parsed));
            return (Front::Unreadable { open, fault }, block_end);
        }
        self.mend_lines();
        let yaml = String::from_utf8_lossy(&self.scratch).into_owned();
        let parsed = yaml::parse(&yaml, self.open.next);
        let entries = match parsed.root {
            Some(Node { kind: Kind::Map(entries), .. }) => {
                self.faults.extend(parsed.faults);
                entries
            }
            _ => self.entry_by_entry(&yaml, parsed.faults.into_iter().next()),
        };
        self.faults.sort_by_key(|fault| fault.span.start);
        let entries = entries.into_iter().map(|mut entry| {
            as_written(&mut entry.value, self.source);
            entry
        });
        let matter = FrontMatter::torn(entries.collect(), &self.keys);
        let block = Span::new(open.start, block_end);
        if matter.has_keys() && !self.faults.is_empty() {
            return (Front::Read { block, matter: Box::new(matter), faults: self.faults }, block_end);
        }
        let empty = || no_map(self.open, Parsed::default());
        let fault = self.faults.into_iter().next().unwrap_or_else(empty);
        (Front::Unreadable { open, fault }, block_end)
    }

    /// Names what no reader takes, line by line, and blanks it out.
    fn mend_lines(&mut self) {
        let scratch = String::from_utf8_lossy(&self.scratch).into_owned();
        let from = self.open.next;
        let all: Vec<Line<'_>> = lines(&scratch, 0, scratch.len())
            .map(|line| Line { at: line.at + from, next: line.next + from, ..line })
            .collect();
        let mut skip_until = 0;
        for (index, line) in all.iter().enumerate() {
            if line.at < skip_until {
                continue;
            }
            if marks_conflict(line.text) {
                let rest = all.get(index..).unwrap_or_default();
                skip_until = self.conflict(rest);
                continue;
            }
            let is_last =
                all.get(index + 1..).unwrap_or_default().iter().all(|it| it.is_blank() || it.is_comment());
            let is_first =
                all.get(..index).unwrap_or_default().iter().all(|it| it.is_blank() || it.is_comment());
            let is_harmless =
                is_last && line.text.trim() == "..." || is_first && line.text.starts_with("--- #");
            if is_nearly_fence(line.text) && line.indent() == 0 && !is_harmless {
                let shown = code(&one_line(line.text.trim(), MOST_SHOWN));
                let ends = line.text.starts_with("...") || line.text.starts_with("--- ");
                let what = match ends {
                    true => format!("a line {shown} inside the block ends it"),
                    false => format!("a line of dashes stands in the block: {shown}"),
                };
                self.fault(line.span(), what, "Remove this line.");
                self.blank(line.span());
                continue;
            }
            self.mend_blanks(*line);
            self.quote_signs(*line);
        }
    }

    /// A merge conflict: one fault, and its lines are not read. Gives back where it ends.
    fn conflict(&mut self, rest: &[Line<'_>]) -> usize {
        let Some(first) = rest.first() else { return 0 };
        let end = rest.iter().position(|line| line.text.starts_with(">>>>>>>"));
        let opens = first.text.starts_with("<<<<<<<");
        let count = end.filter(|_| opens).map_or(1, |end| end + 1);
        let lines = rest.get(..count).unwrap_or_default();
        let mark = code(&one_line(first.text.trim(), MOST_SHOWN));
        let fix = match lines.last().filter(|_| count > 1) {
            Some(last) => format!(
                "Keep one side of lines {} to {}, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`.",
                self.source.line(first.at),
                self.source.line(last.at)
            ),
            None => "Remove this line, and keep one side of the conflict.".into(),
        };
        self.fault(first.span(), format!("a merge conflict is not resolved: {mark}"), fix);
        for line in lines {
            self.tear(*line);
            self.blank(line.span());
        }
        lines.last().map_or(first.next, |last| last.next)
    }

    /// Remembers that the key of a line cannot be read.
    fn tear(&mut self, line: Line<'_>) {
        let nearest = || {
            let word = line.text.trim_start().split([':', ' ', '=']).next().unwrap_or_default();
            super::nearest_key(word)
        };
        if let Some(key) = line.schema_word().or_else(nearest) {
            self.keys.push(Spanned::new(key.to_owned(), line.span()));
        }
    }

    /// Names tabs and blanks that are none of YAML's where only blanks count, and puts blanks in their place.
    fn mend_blanks(&mut self, line: Line<'_>) {
        let lead = line.text.len()
            - line.text.trim_start_matches(|c: char| c == ' ' || c == '\t' || is_odd_blank(c)).len();
        if let Some(tab) = line.text.get(..lead).and_then(|lead| lead.find('\t')) {
            if !line.is_blank() {
                self.fault(
                    Span::new(line.at + tab, line.at + tab + 1),
                    "a tab indents this line",
                    "Indent with spaces, not with tabs.",
                );
            }
            self.blank(Span::new(line.at, line.at + lead));
            self.moved.push(line.at);
        }
        let structure = line.text.get(..structure(line.text)).unwrap_or_default();
        let mut odd = structure.char_indices().filter(|(_, c)| is_odd_blank(*c)).peekable();
        if let Some((at, c)) = odd.peek().copied() {
            let name = oddity(&c.to_string()).unwrap_or("a blank that is none of YAML's");
            let span = Span::new(line.at + at, line.at + at + c.len_utf8());
            self.fault(
                span,
                format!("{name} stands where YAML wants a space or nothing"),
                "Type this line anew.",
            );
            self.moved.push(line.at);
        }
        for (at, c) in odd {
            self.blank(Span::new(line.at + at, line.at + at + c.len_utf8()));
        }
    }

    /// Names values that begin with a sign that YAML reserves, and puts a letter in its place.
    fn quote_signs(&mut self, line: Line<'_>) {
        for at in value_starts(line.text) {
            let rest = line.text.get(at..).unwrap_or_default();
            let Some(sign) = rest.chars().next().filter(|sign| ['@', '`', '%'].contains(sign)) else {
                continue;
            };
            let word =
                rest.split(|c: char| c.is_whitespace() || c == ',' || c == ']').next().unwrap_or_default();
            let (what, fix) = yaml::reserved(sign, word);
            let span = Span::at(line.at + at);
            self.fault(span, what, fix);
            let inside = span.start.saturating_sub(self.open.next);
            if let Some(byte) = self.scratch.get_mut(inside) {
                *byte = b'x';
            }
        }
    }

    /// What can be read of a block that is no YAML as a whole.
    fn entry_by_entry(&mut self, yaml: &str, whole: Option<Fault>) -> Vec<yaml::Entry> {
        let mut entries: Vec<yaml::Entry> = Vec::new();
        let known = self.faults.len();
        let mut is_explained = false;
        let margin = margin(yaml);
        for stretch in stretches(yaml, margin) {
            let text = yaml.get(stretch.start..stretch.end).unwrap_or_default();
            let offset = self.open.next + stretch.start;
            if let Some(key) = lines(yaml, stretch.start, stretch.end)
                .find(|line| !line.is_blank() && !line.is_comment())
                .filter(|line| line.indent() != margin && line.schema_key().is_some())
            {
                let span = Span::new(
                    key.span().start + self.open.next + key.indent(),
                    key.span().end + self.open.next,
                );
                let name = code(key.schema_key().unwrap_or_default());
                self.fault(
                    span,
                    format!("{name} is not aligned with the other keys"),
                    "Begin all keys in one column.",
                );
                self.moved.push(offset);
            }
            let parsed = yaml::parse(text, offset);
            match (parsed.root, parsed.faults.into_iter().next()) {
                (Some(Node { kind: Kind::Map(own), .. }), None) => {
                    for entry in own {
                        let twin = entries.iter().find(|it| it.key.text() == entry.key.text());
                        if twin.is_some() {
                            self.faults.push(yaml::doubled(&entry.key));
                        }
                        entries.push(entry);
                    }
                }
                (None, None) => {}
                (_, fault) => {
                    let all: Vec<Line<'_>> = lines(yaml, stretch.start, stretch.end)
                        .map(|line| Line {
                            at: line.at + self.open.next,
                            next: line.next + self.open.next,
                            ..line
                        })
                        .collect();
                    all.iter().filter(|line| !line.is_comment()).for_each(|line| {
                        if line.schema_word().is_some() || line.at == offset {
                            self.tear(*line);
                        }
                    });
                    // An alias of another entry is good; its meaning is not known here.
                    if fault.as_ref().is_some_and(|fault| fault.what.contains("unknown anchor")) {
                        continue;
                    }
                    if all.iter().any(|line| self.moved.contains(&line.at)) {
                        is_explained = true;
                        continue;
                    }
                    let fault = self.named(&all, fault);
                    self.faults.push(fault);
                }
            }
        }
        // Entries that are good one by one, and not together.
        if self.faults.len() == known
            && !is_explained
            && let Some(whole) = whole
        {
            self.faults.push(whole);
        }
        entries
    }

    /// The fault of an entry, called what it is.
    fn named(&self, entry: &[Line<'_>], fault: Option<Fault>) -> Fault {
        let Some(first) = entry.iter().find(|line| !line.is_blank() && !line.is_comment()) else {
            return fault.unwrap_or_else(|| no_map(self.open, Parsed::default()));
        };
        let new = |span, what: String, fix: String| Fault { what, fix, span };
        let shown = code(&one_line(first.text.trim(), MOST_SHOWN));
        if let Some(key) = first.schema_word().filter(|_| first.schema_key().is_none()) {
            let rest = first.text.trim_start().get(key.len()..).unwrap_or_default();
            return match rest.strip_prefix(':') {
                Some(value) => new(
                    first.span(),
                    format!("a space is missing behind the colon: {shown}"),
                    format!("Write {}.", code(&one_line(&format!("{key}: {value}"), MOST_SHOWN))),
                ),
                None => new(
                    first.span(),
                    format!("no colon stands behind the key: {shown}"),
                    format!("Write {}.", code(&format!("{key}: …"))),
                ),
            };
        }
        if !first.is_entry() {
            let what = format!("{shown} is neither a key with its value nor a comment");
            let fix = "Write `key: value`, begin the line with `# `, or move it into the body.";
            return new(first.span(), what, fix.into());
        }
        let quoted = entry.iter().find_map(|line| {
            let at = value_starts(line.text).into_iter().find(|at| {
                line.text.get(*at..).is_some_and(|value| value.starts_with(is_typographic_quote))
            })?;
            let value = line.text.get(at..)?;
            let c = value.chars().next()?;
            Some((Span::new(line.at + at, line.at + at + c.len_utf8()), c))
        });
        if let Some((span, c)) = quoted {
            let what = format!("{c} is a typographic quote, which YAML does not take for a quote");
            return new(span, what, "Write the value between straight quotes: \"…\".".into());
        }
        fault.unwrap_or_else(|| {
            new(first.span(), format!("{shown} cannot be read"), "Write `key: value`.".into())
        })
    }
}

fn is_typographic_quote(c: char) -> bool {
    matches!(c, '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}')
}

/// Whether a line is one that git writes into a file whose merge it leaves to people.
fn marks_conflict(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| {
        line.strip_prefix(mark).is_some_and(|rest| rest.trim_end().is_empty() || rest.starts_with(' '))
    })
}

/// How much of a line is made of blanks, dashes of items, and a key with its colon: where YAML looks at every blank.
fn structure(line: &str) -> usize {
    let is_blank = |c: char| c.is_whitespace() || is_odd_blank(c);
    let behind_blanks = |at: usize| {
        let rest = line.get(at..).unwrap_or_default();
        at + rest.len() - rest.trim_start_matches(is_blank).len()
    };
    let mut at = behind_blanks(0);
    while line
        .get(at..)
        .is_some_and(|rest| rest.starts_with('-') && rest.get(1..).is_some_and(|it| it.starts_with(is_blank)))
    {
        at = behind_blanks(at + 1);
    }
    let rest = line.get(at..).unwrap_or_default();
    let is_key = |key: &str| key.chars().all(|c| c.is_alphanumeric() || "-_\"'".contains(c) || is_blank(c));
    match rest.find(':').filter(|colon| rest.get(..*colon).is_some_and(is_key)) {
        Some(colon) => behind_blanks(at + colon + 1),
        None => at,
    }
}

/// Where values begin on a line: behind a key, behind the dash of an item, and in a list in brackets.
fn value_starts(line: &str) -> Vec<usize> {
    let start = structure(line);
    let mut starts = vec![start];
    if !line.get(start..).is_some_and(|rest| rest.starts_with(['[', '{'])) {
        return starts;
    }
    let mut quote = None;
    let mut fresh = false;
    let mut before = ' ';
    for (at, c) in line.char_indices().filter(|(at, _)| *at >= start) {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '#') if before == ' ' => break,
            (None, '[' | '{' | ',') => fresh = true,
            (None, ':') => fresh = line.get(at + 1..).is_some_and(|rest| rest.starts_with(' ')),
            (None, c) if fresh && !c.is_whitespace() => {
                fresh = false;
                starts.push(at);
                if matches!(c, '"' | '\'') {
                    quote = Some(c);
                }
            }
            (None, _) => {}
        }
        before = c;
    }
    starts
}

/// The column in which most keys of the schema begin.
fn margin(yaml: &str) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for line in lines(yaml, 0, yaml.len()).filter(|line| line.schema_key().is_some()) {
        *counts.entry(line.indent()).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(0, |(indent, _)| indent)
}

/// The stretches of a block that each hold one entry: a line with a key and what stands below it further in. A key of
/// the schema begins one wherever it stands.
fn stretches(yaml: &str, margin: usize) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    let mut open = Open::default();
    let mut was_entry = false;
    for line in lines(yaml, 0, yaml.len()) {
        let in_margin = line.indent() <= margin && !line.is_blank() && !line.is_comment();
        let is_item = line.text.trim_start().starts_with("- ") || line.text.trim() == "-";
        let is_entry = line.is_entry() || line.schema_word().is_some();
        let is_junk = !is_entry && !is_item && !open.is_open() && was_entry;
        let begins = in_margin && (is_entry || is_junk) || line.schema_key().is_some();
        match out.last_mut().filter(|_| !begins) {
            Some(last) => last.end = line.next,
            None => {
                out.push(Span::new(line.at, line.next));
                open = Open::default();
            }
        }
        if begins || out.len() == 1 && in_margin {
            was_entry = is_entry;
        }
        open.take(line.text);
    }
    out
}

/// Whether a quote or a bracket is still open, roughly.
#[derive(Default)]
struct Open {
    quote: Option<char>,
    depth: usize,
}

impl Open {
    fn is_open(&self) -> bool {
        self.quote.is_some() || self.depth > 0
    }

    fn take(&mut self, line: &str) {
        let mut before = ' ';
        for c in line.chars() {
            match (self.quote, c) {
                (Some(open), c) if c == open && before != '\\' => self.quote = None,
                (Some(_), _) => {}
                (None, '#') if before == ' ' => return,
                (None, '"' | '\'') if " [{,:".contains(before) => self.quote = Some(c),
                (None, '[' | '{') if " [{,".contains(before) => self.depth += 1,
                (None, ']' | '}') => self.depth = self.depth.saturating_sub(1),
                (None, _) => {}
            }
            before = c;
        }
    }
}

/// Puts back what the second reading wrote in the place of a reserved sign.
fn as_written(node: &mut Node, source: &Source) {
    match &mut node.kind {
        Kind::Scalar { text, plain: true } => {
            let written = source.slice(node.span);
            if written.len() == text.len() && written.starts_with(['@', '`', '%']) {
                *text = written.to_owned();
            }
        }
        Kind::List(items) => items.iter_mut().for_each(|item| as_written(item, source)),
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| as_written(&mut entry.value, source)),
        Kind::Alias(Some(meant)) => as_written(meant, source),
        Kind::Scalar { .. } | Kind::Alias(None) => {}
    }
}

/// A line that looks as if it was meant to open front matter and does not: behind blank lines, a comment, a conflict
/// marker or characters that cannot be seen, or with something else on it. A key has to follow.
fn misplaced(source: &Source, start: usize) -> Option<Span> {
    let is_nothing = |c: char| c.is_whitespace() || is_odd_blank(c);
    let mut rest = source.text().get(start..)?.trim_start_matches(is_nothing);
    let begin = source.text().len() - rest.len();
    let mut conflict = None;
    loop {
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1.trim_start_matches(is_nothing);
        } else if marks_conflict(rest.lines().next().unwrap_or_default()) {
            conflict = Some(begin);
            rest = rest.split_once('\n')?.1.trim_start_matches(is_nothing);
        } else {
            break;
        }
    }
    let mut lines = rest.lines();
    let first = lines.next()?;
    let is_dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let more = first.trim_start_matches(is_dash);
    let dashes = first.get(..first.len() - more.len()).unwrap_or_default();
    if dashes.chars().count() < 3 && !dashes.contains(['\u{2014}', '\u{2015}']) {
        return None;
    }
    let opens = more.trim().is_empty() || more.starts_with(" #") || more.starts_with('\r');
    let is_key_line = |line: &&str| !line.trim_start().starts_with('#') && !line.trim().is_empty();
    let key = match more.strip_prefix('\r') {
        // Line ends of old Macs, which no reader of today takes for any.
        Some(rest) => rest.split('\r').next(),
        None => lines.find(is_key_line),
    };
    if !opens || !key.is_some_and(looks_like_key) {
        return None;
    }
    source.line_span(source.line(conflict.unwrap_or(source.text().len() - rest.len())))
}

fn looks_like_key(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, _)| SCHEMA.iter().any(|known| known.name == key.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Field};

    const KEYS: &str = "title: Clock\nvep-number: 7\nstatus: provisional\n\nauthors:\n  - \"@ada\"\n\nowning-sig: sig-compute\nreviewers:\n  - TBD\napprovers:\n  - TBD\n\nfeature-gate: Clock\nstage: alpha\nmilestone:\n  alpha: \"v1.10\"\n\nreplaces: \"\"\n";
    const BODY: &str = "\n# VEP #7: Clock\n\n## Overview\n\nWords: many of them.\n\n```yaml\nkind: A\n---\nstatus:\n  phase: B\n```\n\n## Design\n\n---\n\nMore words.\n";

    fn parse(text: &str) -> Document {
        Document::parse(Source::new("veps/sig-compute/7-clock/vep.md", text))
    }

    /// What is told of a block: where, what, and the fix.
    fn told(text: &str) -> Vec<(usize, String, String)> {
        let document = parse(text);
        let line =
            |fault: &Fault| (document.source.line(fault.span.start), fault.what.clone(), fault.fix.clone());
        match &document.front {
            Front::Read { faults, .. } => faults.iter().map(line).collect(),
            Front::Unreadable { fault, .. } => vec![line(fault)],
            Front::Absent { .. } => panic!("no block: {text}"),
        }
    }

    fn whole(keys: &str) -> String {
        format!("---\n{keys}---\n{BODY}")
    }

    /// The same text with the line ends of Windows, and behind a byte order mark.
    fn dresses(text: &str) -> [String; 3] {
        [text.into(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")]
    }

    #[test]
    fn an_unclosed_block_is_one_fault_and_the_body_is_read_from_where_it_should_end() {
        let bodies = [
            BODY.to_owned(),
            BODY.trim_start().to_owned(),
            BODY.replace("# VEP #7: Clock", "# Clock"),
            BODY.replace("\n# VEP #7: Clock\n", ""),
            BODY.replace("## ", "### "),
            "\n# VEP #7: Clock\n\n## Overview\n\n---\n".to_owned(),
            "\n# VEP #7: Clock\n\nNo rule anywhere.\n".to_owned(),
            "\nSome words first.\n\n---\n\n## Overview\n\nx\n".to_owned(),
            "\n- an item: of some\n- kind\n\n---\n\n## Overview\n\nx\n".to_owned(),
            "\n<!-- a comment -->\n\n## Overview\n\nwords\n\n---\n".to_owned(),
        ];
        for body in bodies {
            for text in dresses(&format!("---\n{KEYS}{body}")) {
                let told = told(&text);
                assert_eq!(told.len(), 1, "{text}\n{told:?}");
                assert!(told[0].1.contains("not closed") && told[0].0 == 1, "{told:?}");
                let line = 2 + KEYS.lines().count();
                let after: Vec<usize> = (line..line + 2).collect();
                assert!(
                    after.iter().any(|at| told[0].2.contains(&format!("line {at} ("))),
                    "{told:?}\n{text}"
                );
                let document = parse(&text);
                let titles: Vec<&str> =
                    document.outline().sections.iter().map(|section| section.title.as_str()).collect();
                assert_eq!(
                    titles.iter().filter(|title| **title == "Overview").count() > 0,
                    body.contains("Overview")
                );
                assert_eq!(document.matter().unwrap().title.value().map(String::as_str), Some("Clock"));
                assert!(document.facts().status.is_none(), "no step begins at a torn block");
            }
        }
    }

    #[test]
    fn what_nearly_closes_a_block_is_named() {
        for end in ["...", "--- # end", "----", "\u{2014}", "\u{2013}-", "+++", "- - -"] {
            let told = told(&format!("---\n{KEYS}{end}\n{BODY}"));
            let named = format!("line {} `---`, and nothing else", KEYS.lines().count() + 2);
            match end {
                "\u{2013}-" | "- - -" => assert!(told[0].1.contains("not closed"), "{end}: {told:?}"),
                _ => assert!(told.len() == 1 && told[0].2.contains(&named), "{end}: {told:?}"),
            }
        }
    }

    #[test]
    fn a_rule_inside_the_block_is_one_fault_that_names_its_line() {
        let places = ["title:", "status:", "\nauthors:", "stage:", "milestone:", "\nreplaces:"];
        for place in places {
            for rule in
                ["---\n", "---  \n", "# comment\n---\n", "---\n\n", "---\n# comment\n", "...\n", "--- # x\n"]
            {
                // A block may begin with a mark of YAML's own.
                let is_lawful = place == "title:" && (rule.starts_with("--- #") || rule == "...\n");
                for text in
                    dresses(&whole(&KEYS.replacen(place, &format!("{rule}{}", place.trim_start()), 1)))
                {
                    let told = told(&text);
                    let at = text
                        .lines()
                        .skip(1)
                        .position(|line| line.starts_with("---") || line.starts_with("..."));
                    let document = parse(&text);
                    let matter = document.matter().unwrap();
                    if is_lawful {
                        assert!(told.is_empty(), "{text}");
                    } else {
                        assert_eq!(
                            told.iter().map(|it| it.0).collect::<Vec<_>>(),
                            [at.unwrap() + 2],
                            "{text}\n{told:?}"
                        );
                        assert!(told[0].1.contains("ends it"), "{told:?}");
                        assert!(matter.is_torn());
                    }
                    assert_eq!(matter.stage.value().map(String::as_str), Some("alpha"), "{text}");
                    assert!(
                        matter.replaces.read().is_none() && matter.key_span("replaces").is_some(),
                        "{text}"
                    );
                    assert!(document.heading().is_some(), "{text}");
                }
            }
        }
        // Without a line that closes it behind the keys that fell out.
        let text = format!("---\n{}{BODY}", KEYS.replacen("stage:", "---\nstage:", 1));
        let told = told(&text);
        assert!(
            told.len() == 1 && told[0].2.starts_with("Move the `---` of line 16 behind line 21"),
            "{told:?}"
        );
        assert!(parse(&text).heading().is_some());
    }

    #[test]
    fn a_lawful_body_begins_however_it_likes() {
        for body in [
            "\n---\n\n# VEP #7: Clock\n",
            "\nNote: this is a text.\n\n# VEP #7: Clock\n",
            "\nStatus: see above.\n\n---\n",
            "\nstatus: a word that the block has, too.\n\nMore.\n",
            "\n# Title\nstatus: x\n\nwords\n",
            "***\n\ntitle\n---\n",
            "\n- title: x\n- stage: y\n",
        ] {
            let text = format!("---\n{KEYS}---\n{body}");
            assert!(told(&text).is_empty(), "{text}");
            assert_eq!(
                parse(&text).source.slice(Span::new(0, text.find(body).unwrap())),
                format!("---\n{KEYS}---\n")
            );
        }
        for comment in ["# the end\n", "\n# VEP-282 names the keys\n", "\n## People\n# none\n"] {
            assert!(told(&whole(&format!("{KEYS}{comment}"))).is_empty(), "{comment}");
        }
    }

    #[test]
    fn all_faults_are_told_at_once_each_for_what_it_is() {
        let breaks: [(&str, &str, &str); 21] = [
            ("  - \"@ada\"", "  - @ada", "may not begin with `@`"),
            ("  - \"@ada\"", "  - @ada\n  - \"@bo\"\n  - @cy # later", "may not begin with `@`"),
            ("title: Clock", "title: VEP: Clock", "a second `: `"),
            ("title: Clock", "title: \"Clock", "quote"),
            ("title: Clock", "title: \u{201c}Clock: a\u{201d}", "typographic quote"),
            ("title: Clock", "title: \"C:\\dir\"", "backslash"),
            ("title: Clock", "title: Clock\ntitle: Watch", "twice"),
            ("status: provisional", "status:provisional", "a space is missing"),
            ("status: provisional", "status provisional", "no colon"),
            ("status: provisional", "status:\u{a0}provisional", "no-break space (U+00A0)"),
            ("title: Clock", "title: Clock\n\u{200b}", "zero-width space"),
            ("  alpha: \"v1.10\"", "\talpha: \"v1.9\"\n  beta: \"v1.10\"", "a tab indents"),
            ("  - TBD\napprovers", "\t- TBD\napprovers", "a tab indents"),
            ("feature-gate: Clock", "feature-gate: [Clock", "bracket"),
            ("stage: alpha", "stage: `alpha`", "backtick"),
            ("  alpha: \"v1.10\"", "  alpha: \"v1.9\"\n beta: \"v1.10\"", ""),
            ("status: provisional", " status: provisional", "not aligned"),
            ("title: Clock", "  title: Clock", "not aligned"),
            (
                "stage: alpha",
                "<<<<<<< HEAD\nstage: alpha\n=======\nstage: beta\n>>>>>>> mine",
                "merge conflict",
            ),
            ("stage: alpha", "stage: alpha\nwhatever this is", "neither a key"),
            ("replaces: \"\"", "replaces: *old", "unknown anchor"),
        ];
        for (from, to, what) in breaks {
            for text in dresses(&whole(&KEYS.replacen(from, to, 1))) {
                let told = told(&text);
                let count = to.matches("- @").count().max(1);
                assert_eq!(told.len(), count, "{to}: {told:?}");
                assert!(told.iter().all(|it| it.1.contains(what) && !it.2.is_empty()), "{to}: {told:?}");
                let first = KEYS.lines().zip(to.lines()).count();
                let changed = text
                    .lines()
                    .zip(whole(KEYS).lines())
                    .position(|(now, was)| now.trim_start_matches('\u{feff}') != was);
                let around = changed.unwrap() + 1..=changed.unwrap() + 1 + first;
                assert!(around.contains(&told[0].0), "{to}: {told:?}");
                let document = parse(&text);
                let matter = document.matter().unwrap();
                assert!(matter.is_torn() || what == "twice");
                // Every key is there: what is torn is told once, here.
                for key in [
                    "title",
                    "vep-number",
                    "status",
                    "authors",
                    "owning-sig",
                    "reviewers",
                    "stage",
                    "milestone",
                    "replaces",
                ] {
                    assert!(matter.key_span(key).is_some(), "{to}: {key} is lost");
                }
                assert!(matter.unknown.is_empty(), "{to}: {:?}", matter.unknown);
                assert!(document.heading().is_some(), "{to}");
            }
        }
        // All of those that do not stand in each other's way.
        let mut keys = KEYS.to_owned();
        for at in [0, 2, 7, 12, 14] {
            keys = keys.replacen(breaks[at].0, breaks[at].1, 1);
        }
        let told = told(&whole(&keys));
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(told.is_sorted_by_key(|it| it.0));
    }

    #[test]
    fn what_can_be_read_of_a_torn_block_is_what_stands_there() {
        let text = whole(&KEYS.replace("\"@ada\"", "@ada").replace("title: Clock", "title: a: b"));
        let matter = parse(&text).matter().unwrap().clone();
        assert_eq!(matter.title, Field::Torn);
        assert_eq!(matter.authors.value().unwrap()[0].value, "@ada");
        assert_eq!(matter.vep_number.value().map(String::as_str), Some("7"));
    }

    #[test]
    fn a_block_around_which_something_stands_is_near() {
        for before in ["<<<<<<< HEAD\n", "\u{200b}", "\u{a0}", "\n"] {
            let document = parse(&format!("{before}{}", whole(KEYS)));
            assert!(matches!(document.front, Front::Absent { near: Some(_) }), "{before:?}");
        }
        assert!(parse("---\n\nwords\n\n---\n").matter().is_none());
    }

    #[test]
    fn many_faults_take_little_time() {
        for (keys, count) in [
            (format!("authors:\n{}", "  - @ada\n".repeat(4_000)), 4_000),
            (format!("title: x\n{}", "junk\n".repeat(8_000)), 1),
            (format!("authors: [\n{}", "x\n".repeat(20_000)), 1),
            ("title: a: b\n".repeat(4_000), 4_000),
            ("<<<<<<< x\n".repeat(4_000), 4_000),
            (format!("title: x\n{}", "---\nstage: x\n".repeat(3_000)), 1),
        ] {
            let start = std::time::Instant::now();
            let told = told(&format!("---\ntitle: x: y\n{keys}---\n\n# VEP #7: Clock\n"));
            assert!(told.len() >= count, "{}: {}", told.len(), &keys[..40]);
            assert!(start.elapsed().as_secs() < 3, "{:?}: {}", start.elapsed(), &keys[..40]);
        }
    }
}
