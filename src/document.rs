//! One `vep.md`, read whole and never refused.
//!
//! [`Document::parse`] takes any text. What could not be read is kept as a fault at its place, so that
//! a rule can report it; a bad proposal is a finding, never an error. Front matter is cut off before
//! Markdown is parsed (a YAML comment would be a heading otherwise), and both keep the offsets of the
//! whole file.
//!
//! Absent on purpose: judgement. Whether a status is a state, or a date a real one, is said by the
//! rules; this room says what stands where.

mod block;
mod claims;
mod facts;
mod front_matter;
mod home;
mod write;

use claims::Claims;
pub use facts::{Fact, Facts, Origin};
pub use front_matter::{Field, FrontMatter, Key, Misshapen, SCHEMA, Shape, Target, nearest_key};
pub use home::{Home, Seat, TEMPLATE_FOLDER};
pub use write::{Value, write};

use crate::lifecycle::Start;
use crate::markdown::{self, Outline};
use crate::prose::{self, Heading};
use crate::template::{self, Match};
use crate::text::{Source, Span};
use crate::vep::Number;
use crate::yaml::Fault;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Most bytes of one document that are read; the largest real one has 55 kB.
pub const MOST_BYTES: usize = 2 << 20;

/// Most characters of a line that a fault shows.
const MOST_SHOWN: usize = 60;

/// A proposal, a companion or the template, as it was read.
///
/// The path and the block are read at once; the structure of the body and what it says when somebody looks, and then
/// once for all who share the document. Two are equal if their paths, parts and texts are.
#[derive(Debug, Clone)]
pub struct Document {
    /// Path and text.
    pub source: Source,
    /// What the path says: folder, number, and which part the file plays there.
    pub home: Home,
    /// The front matter block.
    pub front: Front,
    /// Where the body begins.
    body: usize,
    outline: OnceLock<Outline>,
    heading: OnceLock<Option<Heading>>,
    facts: OnceLock<Facts>,
    claims: Claims,
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.home == other.home && self.source == other.source && self.front == other.front
    }
}

impl Eq for Document {}

/// What was found at the top of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Front {
    /// No block. `near` is a `---` that does not stand on the first line but has a key behind it.
    Absent {
        /// The misplaced line.
        near: Option<Span>,
    },
    /// A block of which nothing could be read: not a map, empty or over a limit.
    Unreadable {
        /// The opening line.
        open: Span,
        /// Why.
        fault: Fault,
    },
    /// A block that was read, or as much of a torn one as can be.
    Read {
        /// From the opening to the end of the closing line.
        block: Span,
        /// Its values.
        matter: Box<FrontMatter>,
        /// All that keeps it from being what every reader of YAML takes: duplicate keys, and where it is torn
        /// ([`FrontMatter::is_torn`]) whatever tears it.
        faults: Vec<Fault>,
    },
}

impl Front {
    /// What is found at the top of a file.
    pub fn of(source: &Source) -> Self {
        block::cut(source).0
    }
}

impl Document {
    /// Reads a document. The path decides what it is, and where that says nothing, the text: what says itself that it
    /// is a VEP is one, however it is called. The text may be anything.
    pub fn parse(source: Source) -> Self {
        let (front, body) = block::cut(&source);
        let home = Home::of(source.path());
        let read = Self::put(source, home, front, body);
        // The template is its `vep.md` alone.
        let is_open = match read.home {
            Home::Companion { .. } | Home::Elsewhere => true,
            Home::Template => !read.path().ends_with("/vep.md"),
            Home::Proposal { .. } => false,
        };
        match Home::astray(read.path()).filter(|_| is_open && read.says_vep()) {
            Some(home) => read.at_home(home),
            None => read,
        }
    }

    /// The same document with another part to play: a companion of the `vep.md` beside it, or a proposal.
    pub fn at_home(&self, home: Home) -> Self {
        // Its number may come from its new place.
        Self { home, facts: OnceLock::new(), claims: Claims::default(), ..self.clone() }
    }

    fn put(source: Source, home: Home, front: Front, body: usize) -> Self {
        let (outline, heading, facts) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { source, home, front, body, outline, heading, facts, claims: Claims::default() }
    }

    /// The structure of the body.
    pub fn outline(&self) -> &Outline {
        self.outline.get_or_init(|| {
            let body = self.source.text().get(self.body..).unwrap_or_default();
            markdown::outline(body, self.body)
        })
    }

    /// The heading that names the VEP.
    pub fn heading(&self) -> Option<&Heading> {
        self.heading.get_or_init(|| prose::heading(self.outline(), &self.source)).as_ref()
    }

    /// What the document says, from front matter or, without it, from its prose.
    pub fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Facts::of(self))
    }

    /// The number it goes by.
    pub fn number(&self) -> Option<Number> {
        self.home.number().or_else(|| self.facts().number.as_ref().map(|fact| fact.value))
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
        self.facts().status.as_ref().map(|status| Start::At(status.value))
    }

    /// The same with the block that a strict reader sees: what stands between the first two lines `---`, or nothing
    /// where that is no YAML.
    pub fn strictly(&self) -> Cow<'_, Self> {
        if !self.matter().is_some_and(FrontMatter::is_torn) {
            return Cow::Borrowed(self);
        }
        let front = block::strictly(&self.source);
        Cow::Owned(Self { front, facts: OnceLock::new(), claims: Claims::default(), ..self.clone() })
    }

    /// The path within the repository.
    pub fn path(&self) -> &str {
        self.source.path()
    }

    /// Whether a text says itself that it is a VEP: it has a front matter block or a VEP's heading, or most of the
    /// template's sections.
    fn says_vep(&self) -> bool {
        if !matches!(self.front, Front::Absent { near: None }) || self.heading().is_some() {
            return true;
        }
        let wanted = template::wanted(None);
        let there = wanted.iter().filter(|title| template::find(self.outline(), title) != Match::Missing);
        there.count() * 2 > wanted.len()
    }

    /// The first line of the text: where a finding points that is about something missing.
    pub fn first_line(&self) -> Span {
        let start = self.source.start();
        let end = self.source.line_span(1).map_or(start, |line| line.end);
        Span::new(start.min(end), end)
    }
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
            Front::Read { faults, .. } if !faults.is_empty() => faults[0].clone(),
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
            let title = document.facts().title.clone().map(|fact| fact.value);
            assert_eq!(title.as_deref(), Some("Clock"), "{text:?}: {document:?}");
        }
    }

    #[test]
    fn a_comment_in_front_matter_is_no_heading() {
        let document = parse("---\ntitle: Clock\n# stage omitted\n---\n\n# VEP #7: Clock\n");
        assert_eq!(document.outline().sections.len(), 1);
        assert_eq!(document.source.slice(document.outline().sections[0].heading), "# VEP #7: Clock");
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
