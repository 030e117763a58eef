//! One `vep.md`, read whole and never refused.
//!
//! [`Document::parse`] takes any text. What could not be read is kept as a fault at its place, so that
//! a rule can report it; a bad proposal is a finding, never an error. Front matter is cut off before
//! Markdown is parsed (a YAML comment would be a heading otherwise), and both keep the offsets of the
//! whole file.
//!
//! Absent on purpose: judgement. Whether a status is a state, or a date a real one, is said by the
//! rules; this room says what stands where.

mod facts;
mod front_matter;
mod home;

pub use facts::{Fact, Facts, Origin};
pub use front_matter::{Field, FrontMatter, Key, Misshapen, SCHEMA, Shape, Target};
pub use home::{Home, Seat, TEMPLATE_FOLDER};

use crate::lifecycle::Start;
use crate::markdown::{self, Outline};
use crate::prose::{self, Heading};
use crate::template::{self, Match};
use crate::text::{Source, Span};
use crate::vep::Number;
use crate::yaml::{self, Fault, Kind};

/// Most bytes of one document that are read; the largest real one has 55 kB.
pub const MOST_BYTES: usize = 2 << 20;

/// A proposal, a companion or the template, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Path and text.
    pub source: Source,
    /// What the path says: folder, number, and which part the file plays there.
    pub home: Home,
    /// The front matter block.
    pub front: Front,
    /// The structure of the body.
    pub outline: Outline,
    /// The heading that names the VEP.
    pub heading: Option<Heading>,
    /// What the document says, from front matter or, without it, from its prose.
    pub facts: Facts,
}

/// What was found at the top of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Front {
    /// No block. `near` is a `---` that does not stand on the first line but has a key behind it.
    Absent {
        /// The misplaced line.
        near: Option<Span>,
    },
    /// A block that could not be read: not closed, not YAML, not a map, empty or over a limit.
    Unreadable {
        /// The opening line.
        open: Span,
        /// Why.
        fault: Fault,
    },
    /// A block that was read.
    Read {
        /// From the opening to the end of the closing line.
        block: Span,
        /// Its values.
        matter: Box<FrontMatter>,
        /// Duplicate keys.
        faults: Vec<Fault>,
    },
}

impl Front {
    /// What is found at the top of a file.
    pub fn of(source: &Source) -> Self {
        front(source).0
    }
}

impl Document {
    /// Reads a document. The path decides what it is, and where that says nothing, the text: what says itself that it
    /// is a VEP is one, however it is called. The text may be anything.
    pub fn parse(source: Source) -> Self {
        let (front, body_start) = front(&source);
        let body = source.text().get(body_start..).unwrap_or_default();
        let outline = markdown::outline(body, body_start);
        let heading = prose::heading(&outline, &source);
        let home = match Home::of(source.path()) {
            home @ (Home::Companion { .. } | Home::Elsewhere)
                if says_vep(&front, heading.as_ref(), &outline) =>
            {
                Home::astray(source.path()).unwrap_or(home)
            }
            home => home,
        };
        Self::put(source, home, front, outline, heading)
    }

    /// The same document with another part to play: a companion of the `vep.md` beside it, or a proposal.
    pub fn at_home(&self, home: Home) -> Self {
        let Self { source, front, outline, heading, .. } = self.clone();
        Self::put(source, home, front, outline, heading)
    }

    fn put(source: Source, home: Home, front: Front, outline: Outline, heading: Option<Heading>) -> Self {
        let facts = Facts::of(&home, &front, heading.as_ref(), &outline);
        Self { source, home, front, outline, heading, facts }
    }

    /// The number it goes by.
    pub fn number(&self) -> Option<Number> {
        self.facts.number.as_ref().map(|fact| fact.value)
    }

    /// The front matter, where it could be read.
    pub fn matter(&self) -> Option<&FrontMatter> {
        match &self.front {
            Front::Read { matter, .. } => Some(matter),
            _ => None,
        }
    }

    /// Whether it has no block at all, not even an unreadable or a misplaced one: a document from
    /// before VEP-282.
    pub fn is_legacy(&self) -> bool {
        matches!(self.front, Front::Absent { near: None })
    }

    /// Where a step from this document begins; none where its state cannot be read.
    pub fn start(&self) -> Option<Start> {
        if self.is_legacy() {
            return Some(Start::Legacy);
        }
        self.facts.status.as_ref().map(|status| Start::At(status.value))
    }

    /// The path within the repository.
    pub fn path(&self) -> &str {
        self.source.path()
    }

    /// The first line of the text: where a finding points that is about something missing.
    pub fn first_line(&self) -> Span {
        let start = self.source.start();
        let end = self.source.line_span(1).map_or(start, |line| line.end);
        Span::new(start.min(end), end)
    }
}

/// Whether a text says itself that it is a VEP: it has a front matter block or a VEP's heading, or most of the
/// template's sections.
fn says_vep(front: &Front, heading: Option<&Heading>, outline: &Outline) -> bool {
    if heading.is_some() || !matches!(front, Front::Absent { near: None }) {
        return true;
    }
    let wanted = template::wanted(None);
    let there = wanted.iter().filter(|title| template::find(outline, title) != Match::Missing).count();
    there * 2 > wanted.len()
}

/// Cuts the front matter off, and says where the body begins.
fn front(source: &Source) -> (Front, usize) {
    let text = source.text();
    let start = source.start();
    let mut at = start;
    let mut lines = text.get(start..).unwrap_or_default().split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != "---" {
        return (Front::Absent { near: misplaced(source, start) }, start);
    }
    let open = Span::new(start, start + first.trim_end().len());
    at += first.len();
    let yaml_start = at;
    for line in lines {
        if line.trim_end() == "---" {
            let yaml = text.get(yaml_start..at).unwrap_or_default();
            let block = Span::new(start, at + line.trim_end().len());
            return (read(source, open, block, yaml, yaml_start), at + line.len());
        }
        at += line.len();
    }
    let fault = Fault {
        what: "the front matter block is not closed".into(),
        fix: format!("Put a line `---` {}.", likely_end(source, yaml_start)),
        span: open,
    };
    (Front::Unreadable { open, fault }, yaml_start)
}

fn read(source: &Source, open: Span, block: Span, yaml: &str, offset: usize) -> Front {
    let parsed = yaml::parse(yaml, offset);
    let unreadable = |what: &str, fix: &str, span| Front::Unreadable {
        open,
        fault: Fault { what: what.into(), fix: fix.into(), span },
    };
    match parsed.root {
        Some(node) => match node.kind {
            Kind::Map(entries) => {
                let matter = Box::new(FrontMatter::read(entries));
                Front::Read { block, matter, faults: parsed.faults }
            }
            _ => unreadable("the block is no map of keys to values", "Write `key: value` lines.", node.span),
        },
        None => match parsed.faults.into_iter().next() {
            Some(mut fault) => {
                // A closing line that is missing shows as an error somewhere in the body.
                if let Some(heading) = first_heading_line(source, offset, block.end) {
                    let line = source.line(heading.start);
                    fault.fix = format!(
                        "{} If the block was meant to end before line {line}, its closing `---` is missing there.",
                        fault.fix
                    );
                }
                Front::Unreadable { open, fault }
            }
            None => unreadable("the block is empty", "Fill in the keys of VEP-282's schema.", open),
        },
    }
}

/// A `---` that looks as if it was meant to open front matter and does not: behind blank lines or a
/// comment, or with something else on its line. A key has to follow.
fn misplaced(source: &Source, start: usize) -> Option<Span> {
    let mut rest = source.text().get(start..)?.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->")?.1.trim_start();
    }
    let mut lines = rest.lines();
    let more = lines.next()?.strip_prefix("---")?;
    let opens = more.trim_matches('-').trim().is_empty() || more.starts_with(" #") || more.starts_with('\r');
    let is_key_line = |line: &&str| !line.trim_start().starts_with('#') && !line.trim().is_empty();
    let first = match more.strip_prefix('\r') {
        // Line ends of old Macs, which no reader of today takes for any.
        Some(rest) => rest.split('\r').next(),
        None => lines.find(is_key_line),
    };
    if !opens || !first.is_some_and(looks_like_key) {
        return None;
    }
    source.line_span(source.line(source.text().len() - rest.len()))
}

fn looks_like_key(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, _)| SCHEMA.iter().any(|known| known.name == key.trim()))
}

/// Where the closing line should most probably go, in words.
fn likely_end(source: &Source, from: usize) -> String {
    match first_heading_line(source, from, source.text().len()) {
        Some(heading) => {
            let text = crate::text::one_line(source.slice(heading), 60);
            format!("before line {} ({})", source.line(heading.start), crate::text::code(&text))
        }
        None => "behind the last key".into(),
    }
}

/// The first line that looks like a Markdown heading and not like a YAML comment: it follows a blank
/// line and is followed by no key.
fn first_heading_line(source: &Source, from: usize, to: usize) -> Option<Span> {
    let first = source.line(from);
    let last = source.line(to);
    (first..=last).find_map(|number| {
        let span = source.line_span(number)?;
        let line = source.slice(span);
        let is_heading = line.starts_with("# ") || line.starts_with("## ");
        let before = number.checked_sub(1).and_then(|number| source.line_span(number));
        let after = source.line_span(number + 1).map(|span| source.slice(span)).unwrap_or_default();
        let alone = before.is_some_and(|span| source.slice(span).trim().is_empty());
        (is_heading && alone && !looks_like_key(after)).then_some(span)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Document {
        Document::parse(Source::new("veps/sig-compute/7-clock/vep.md", text))
    }

    fn fault(text: &str) -> Fault {
        match parse(text).front {
            Front::Unreadable { fault, .. } => fault,
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn an_unclosed_block_is_a_fault_and_not_a_legacy_document() {
        let text = "---\ntitle: Clock\n# why\nstatus: deferred\n\n# VEP #7: Clock\n\ntext\n";
        let fault = fault(text);
        assert_eq!(fault.fix, "Put a line `---` before line 6 (`# VEP #7: Clock`).");
        assert!(!parse(text).is_legacy());
        for near in
            ["\n---\n", "<!-- SPDX -->\n\n---\n", "--- # VEP\n", "----\n", "\n---\n# key follows\n", "---\r"]
        {
            assert!(!parse(&format!("{near}title: Clock\n---\n")).is_legacy(), "{near:?}");
        }
        assert!(parse("# VEP #7: Clock\n\n---\ntitle: x\n---\n").is_legacy());
    }

    #[test]
    fn a_block_that_swallows_the_body_says_where_it_should_have_ended() {
        let fault = fault("---\ntitle: Clock\n\n# VEP #7: Clock\n\nIt: is: so\n\n---\nmore\n");
        assert!(fault.fix.contains("before line 4"), "{fault:?}");
    }

    #[test]
    fn odd_bytes_do_not_hide_the_block() {
        for text in [
            "\u{feff}---\ntitle: Clock\n---\n",
            "---\r\ntitle: Clock\r\n---\r\n",
            "---  \ntitle: Clock\n--- ",
        ] {
            let document = parse(text);
            let title = document.facts.title.clone().map(|fact| fact.value);
            assert_eq!(title.as_deref(), Some("Clock"), "{text:?}: {document:?}");
        }
    }

    #[test]
    fn a_comment_in_front_matter_is_no_heading() {
        let document = parse("---\ntitle: Clock\n# stage omitted\n---\n\n# VEP #7: Clock\n");
        assert_eq!(document.outline.sections.len(), 1);
        assert_eq!(document.source.slice(document.outline.sections[0].heading), "# VEP #7: Clock");
    }

    #[test]
    fn anything_can_be_read() {
        for text in [
            "",
            "---",
            "---\n",
            "---\n---",
            "---\n---\n",
            "---\n[]\n---\n",
            "---\n- a\n---\n",
            "\u{feff}",
            "\0",
        ] {
            let document = parse(text);
            assert!(document.source.slice(document.first_line()).len() <= text.len(), "{text:?}");
        }
    }
}
