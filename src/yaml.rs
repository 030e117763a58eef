//! YAML with places: as much of it as front matter needs.
//!
//! Front matter must know where every key and value stands, keep going after a mistake of meaning, and
//! stay small whatever it is fed. So this room turns the parser's events into a tree of [`Node`]s with
//! byte spans, under hard limits. An alias is followed as long as its copies stay within the same limits.
//! It is the only room that knows `granit-parser`.
//!
//! Absent on purpose: types. What a value should be is said by the schema in [`crate::document`].

use crate::text::{Span, code, one_line};
use granit_parser::{Event, Parser, ScalarStyle, Span as RawSpan, StructureStyle};
use std::collections::BTreeMap;

/// Most bytes of YAML that are read in one block.
pub const MOST_BYTES: usize = 64 << 10;
/// Most values in one block.
pub const MOST_NODES: usize = 4096;
/// Deepest nesting of lists and maps.
pub const MOST_DEPTH: usize = 16;

/// What is said where one of the limits is passed.
const AT_MOST_BYTES: &str = "at most 65536 are read";
const MORE_VALUES: &str = "the block has more than 4096 values";
const DEEPER: &str = "lists or maps are nested more than 16 deep";

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it stands. The value of a key with nothing behind it is an empty stretch at the key's end.
    pub span: Span,
    /// How it is written.
    pub style: Style,
    /// Whether it has an anchor or a tag: then more than its text hangs on it.
    pub bound: bool,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A scalar without quotes, or an alias.
    Plain,
    /// A scalar in `'`.
    Single,
    /// A scalar in `"`.
    Double,
    /// A scalar over several lines behind `|` or `>`.
    Text,
    /// A list or map line by line.
    Block,
    /// A list or map in brackets.
    Flow,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A single value.
    Scalar {
        /// Its text, with quotes and escapes resolved.
        text: String,
        /// Whether it was written without quotes, so that YAML gives it a type of its own.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
    /// An alias (`*name`), and a copy of what it stands for, in its places; none where that is not known, holds
    /// the alias itself, or would be too much.
    Alias(Option<Box<Node>>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Node,
    /// The value.
    pub value: Node,
}

/// What YAML takes an unquoted scalar for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plain {
    /// Nothing: empty, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// A number with a point or an exponent.
    Float,
    /// Text.
    Text,
}

/// Something that keeps a block from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, in words.
    pub what: String,
    /// How to mend it.
    pub fix: String,
    /// Where.
    pub span: Span,
}

impl Fault {
    /// Whether it speaks of a limit of this room: the YAML itself may be good.
    pub fn is_limit(&self) -> bool {
        self.what.ends_with(AT_MOST_BYTES) || [MORE_VALUES, DEEPER].contains(&self.what.as_str())
    }
}

/// What came of reading a block: the tree, or the fault that stopped it, and duplicate keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// The value of the whole block; none where it is empty or could not be read.
    pub root: Option<Node>,
    /// All that is wrong with it. With a root they are duplicate keys.
    pub faults: Vec<Fault>,
}

/// Reads `yaml`, which stands at byte `offset` of its file; all spans are the file's.
pub fn parse(yaml: &str, offset: usize) -> Parsed {
    if yaml.len() > MOST_BYTES {
        let fault = Fault {
            what: format!("the block has {} bytes; {AT_MOST_BYTES}", yaml.len()),
            fix: "Close the block with `---` right behind its last key.".into(),
            span: Span::at(offset),
        };
        return Parsed { root: None, faults: vec![fault] };
    }
    Builder { yaml, offset, ..Builder::default() }.build()
}

#[derive(Default)]
struct Builder<'a> {
    yaml: &'a str,
    offset: usize,
    open: Vec<Open>,
    root: Option<Node>,
    faults: Vec<Fault>,
    nodes: usize,
    /// What has an anchor, by the parser's number for it.
    anchored: BTreeMap<usize, Node>,
    /// How many values aliases have copied, and how many bytes of text.
    copied: (usize, usize),
}

/// A list or map that is still being read.
struct Open {
    node: Node,
    key: Option<Node>,
    anchor: Option<usize>,
}

impl Builder<'_> {
    fn build(mut self) -> Parsed {
        let options = granit_parser::options! {
            disallow_directives: true,
            flow_nesting_limit: MOST_DEPTH,
            block_nesting_limit: MOST_DEPTH,
        };
        for event in Parser::new_from_str_with_options(self.yaml, options) {
            let step = match event {
                Ok((event, span)) => self.take(event, &span),
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or_default();
                    Err(self.syntax_fault(&error.info(), at))
                }
            };
            if let Err(fault) = step {
                return Parsed { root: None, faults: vec![fault] };
            }
        }
        Parsed { root: self.root, faults: self.faults }
    }

    fn take(&mut self, event: Event<'_>, raw: &RawSpan) -> Result<(), Fault> {
        let span = raw.byte_range().map(|range| Span::new(range.start, range.end)).unwrap_or_default();
        let span = span.shifted(self.offset);
        let anchor = event.anchor_id();
        let bound = anchor.is_some() || event.tag().is_some();
        match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                // The parser writes a missing value as `~` on an empty stretch.
                let text = if plain && raw.is_empty() { String::new() } else { text.into_owned() };
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Text,
                };
                let mut node = Node { kind: Kind::Scalar { text, plain }, span, style, bound };
                if style == Style::Text {
                    // The parser goes on to where the next thing begins.
                    let written = raw.byte_range().and_then(|range| self.yaml.get(range)).unwrap_or_default();
                    node.span.end = span.start + written.trim_end().len();
                }
                self.remember(anchor, &node);
                self.put(node)
            }
            Event::Alias(of) => {
                let meant = self.copy(of).map(Box::new);
                self.put(Node { kind: Kind::Alias(meant), span, style: Style::Plain, bound: true })
            }
            Event::SequenceStart(style, ..) => self.begin(Kind::List(vec![]), span, style, anchor, bound),
            Event::MappingStart(style, ..) => self.begin(Kind::Map(vec![]), span, style, anchor, bound),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::DocumentStart(..) if self.root.is_some() => Err(Fault {
                what: "a second YAML document begins here".into(),
                fix: "Keep one: remove the line `...` or `---` before it.".into(),
                span,
            }),
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        kind: Kind,
        span: Span,
        style: StructureStyle,
        anchor: Option<usize>,
        bound: bool,
    ) -> Result<(), Fault> {
        let style = if style == StructureStyle::Flow { Style::Flow } else { Style::Block };
        self.open.push(Open { node: Node { kind, span, style, bound }, key: None, anchor });
        Ok(())
    }

    fn remember(&mut self, anchor: Option<usize>, node: &Node) {
        if let Some(anchor) = anchor {
            self.anchored.insert(anchor, node.clone());
        }
    }

    /// A copy of what has an anchor, as long as all copies together stay within the limits of a block.
    fn copy(&mut self, anchor: usize) -> Option<Node> {
        let node = self.anchored.get(&anchor)?;
        let (nodes, bytes) = node.weight();
        let copied = (self.copied.0 + nodes, self.copied.1 + bytes);
        if copied.0 > MOST_NODES || copied.1 > MOST_BYTES {
            return None;
        }
        self.copied = copied;
        Some(node.clone())
    }

    fn end(&mut self, span: Span) -> Result<(), Fault> {
        let Some(Open { mut node, anchor, .. }) = self.open.pop() else { return Ok(()) };
        let last = match &node.kind {
            Kind::List(items) => items.last(),
            Kind::Map(entries) => entries.last().map(|entry| &entry.value),
            _ => None,
        };
        // A block ends with its last value; the parser says where the next thing begins.
        node.span.end = if node.style == Style::Flow {
            span.end
        } else {
            last.map_or(node.span.end, |last| last.span.end)
        };
        self.remember(anchor, &node);
        self.put(node)
    }

    fn put(&mut self, mut node: Node) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(Fault {
                what: MORE_VALUES.into(),
                fix: "Keep the front matter to the keys of the schema.".into(),
                span: node.span,
            });
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open { node: Node { kind: Kind::List(items), .. }, .. }) => items.push(node),
            Some(Open { node: Node { kind: Kind::Map(entries), .. }, key, .. }) => match key.take() {
                None => *key = Some(node),
                Some(key) => {
                    if node.is_missing() {
                        node.span = Span::at(key.span.end);
                    }
                    let twin =
                        entries.iter().find(|entry| key.text().is_some() && entry.key.text() == key.text());
                    if twin.is_some() {
                        self.faults.push(doubled(&key));
                    }
                    entries.push(Entry { key, value: node });
                }
            },
            Some(_) => {}
        }
        Ok(())
    }

    /// The parser's message, with the mend for the mistakes that people really make.
    fn syntax_fault(&self, info: &str, at: usize) -> Fault {
        let rest = self.yaml.get(at..).unwrap_or_default();
        let too_deep = ["recursion", "nesting", "depth"].iter().any(|word| info.contains(word));
        let bracket =
            self.open.last().filter(|open| open.node.style == Style::Flow).map(|open| open.node.span.start);
        let word = rest.split(|c: char| c.is_whitespace() || c == ',' || c == ']').next().unwrap_or_default();
        // Whatever the parser stumbled over, an open bracket is where the mistake began.
        if let Some(at) = bracket.filter(|_| !rest.starts_with(['@', '`', '%']) && !too_deep) {
            return Fault {
                what: "the bracket that opens here is not closed where it should be".into(),
                fix: "Close it, or write the list item by item with `- `.".into(),
                span: Span::at(at),
            };
        }
        let (what, fix) = match rest.chars().next() {
            Some(sign @ ('@' | '`' | '%')) => reserved(sign, word),
            _ if too_deep => {
                (DEEPER.into(), "Keep to the schema: nothing in it is deeper than two levels.".into())
            }
            Some('*') if info.contains("unknown anchor") => (
                format!("{} is an alias of an unknown anchor", code(word)),
                "Put the value in quotes, or write out what it stands for.".into(),
            ),
            _ if info.contains("escape") => (
                "a backslash in double quotes begins an escape that YAML does not know".into(),
                "Write the backslash twice, or put the value in single quotes.".into(),
            ),
            _ if info.contains("tabs disallowed") => {
                (info.into(), "Indent with spaces, not with tabs.".into())
            }
            _ if info.contains("mapping values") => (
                "a second `: ` in one line, or a key that is indented more than its neighbours".into(),
                "Quote a value that contains `: `, and align the keys.".into(),
            ),
            _ if info.contains("quote") => {
                (info.into(), "Close the quote on the line where it opens.".into())
            }
            _ => (info.into(), "Correct the YAML at this place.".into()),
        };
        Fault { what, fix, span: Span::at(self.offset + at) }
    }
}

/// A key that stands a second time in its map.
pub fn doubled(key: &Node) -> Fault {
    Fault {
        what: format!("the key {} is there twice", code(key.text().unwrap_or_default())),
        fix: "Keep one of the two.".into(),
        span: key.span,
    }
}

/// What is wrong with a value that begins with a sign that YAML reserves, and how to mend it.
pub fn reserved(sign: char, word: &str) -> (String, String) {
    match sign {
        '@' => (
            format!("a value may not begin with `@` unless it is quoted: {}", code(word)),
            format!("Write {} with quotes.", code(&format!("\"{}\"", one_line(word, 40)))),
        ),
        '`' => ("a value may not begin with a backtick".into(), "Put the value in quotes.".into()),
        sign => (format!("a value may not begin with `{sign}`"), "Put the value in quotes.".into()),
    }
}

impl Node {
    /// The value itself, or what an alias stands for where that is known.
    pub fn meant(&self) -> &Node {
        match &self.kind {
            Kind::Alias(Some(meant)) => meant.meant(),
            _ => self,
        }
    }

    /// How many values it has, itself among them, and how many bytes of text.
    fn weight(&self) -> (usize, usize) {
        let sum = |(nodes, bytes): (usize, usize), node: &Node| {
            let (more_nodes, more_bytes) = node.weight();
            (nodes + more_nodes, bytes + more_bytes)
        };
        match &self.kind {
            Kind::Scalar { text, .. } => (1, text.len()),
            Kind::List(items) => items.iter().fold((1, 0), sum),
            Kind::Map(entries) => {
                entries.iter().flat_map(|entry| [&entry.key, &entry.value]).fold((1, 0), sum)
            }
            Kind::Alias(meant) => meant.iter().map(AsRef::as_ref).fold((1, 0), sum),
        }
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What YAML takes the scalar for; a quoted scalar is always text. None for what is no scalar.
    pub fn resolved(&self) -> Option<Plain> {
        match &self.kind {
            Kind::Scalar { text, plain: true } => Some(resolve(text)),
            Kind::Scalar { plain: false, .. } => Some(Plain::Text),
            _ => None,
        }
    }

    /// Whether nothing at all was written for this value.
    pub fn is_missing(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if text.is_empty())
    }
}

/// What YAML takes an unquoted scalar for: the core schema of YAML 1.2, and `1_000`-like forms left as text.
pub fn resolve(text: &str) -> Plain {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Plain::Bool,
        _ if digits(unsigned) => Plain::Integer,
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && unsigned.contains(|c: char| c.is_ascii_digit())
            && unsigned.parse::<f64>().is_ok() =>
        {
            Plain::Float
        }
        _ => Plain::Text,
    }
}

/// A text as a value of YAML: as it stands where that is read as the same text, else in quotes.
pub fn as_yaml(text: &str) -> String {
    encoded(text, Style::Plain, false, false)
}

/// A value as YAML, in a style if that can say it.
pub fn encoded(value: &str, style: Style, number: bool, in_flow: bool) -> String {
    match style {
        Style::Single if !value.contains(is_unprintable) => format!("'{}'", value.replace('\'', "''")),
        Style::Plain if is_plain(value, number, in_flow) => value.to_owned(),
        _ => double(value),
    }
}

/// Whether a value can stand without quotes and be read as the same.
fn is_plain(value: &str, number: bool, in_flow: bool) -> bool {
    let kind = if number { Plain::Integer } else { Plain::Text };
    // What readers of YAML 1.1 or of other schemas take for a truth value or a number.
    let is_word = ["y", "yes", "n", "no", "on", "off"].iter().any(|word| value.eq_ignore_ascii_case(word));
    let is_date = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let is_like_number = value.starts_with(char::is_numeric) && !value.contains(' ') && !is_date;
    let is_safe = |c: char| c.is_alphanumeric() || " _-./()+".contains(c) || (!in_flow && ",".contains(c));
    resolve(value) == kind
        && (number || !is_word && !is_like_number)
        && value.starts_with(char::is_alphanumeric)
        && !value.ends_with(' ')
        && value.chars().all(is_safe)
}

fn double(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_unprintable(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether YAML has no place for a character, or some reader takes it for the end of a line.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only_fault(yaml: &str) -> Fault {
        let parsed = parse(yaml, 0);
        assert_eq!(parsed.faults.len(), 1, "{yaml:?}: {parsed:?}");
        parsed.faults.into_iter().next().unwrap()
    }

    #[test]
    fn every_value_says_where_it_stands() {
        let yaml = "a: \"x\"\nb:\n  - one  # why\n  - {c: [2]}\nd:\n";
        let Some(Node { kind: Kind::Map(entries), .. }) = parse(yaml, 4).root else { panic!() };
        let slices: Vec<_> = entries
            .iter()
            .map(|entry| {
                (entry.key.text().unwrap(), &yaml[entry.value.span.start - 4..entry.value.span.end - 4])
            })
            .collect();
        assert_eq!(slices, [("a", "\"x\""), ("b", "- one  # why\n  - {c: [2]}"), ("d", "")]);
        assert_eq!(entries[2].value.span, Span::at(entries[2].key.span.end));
        assert_eq!(entries[2].value.resolved(), Some(Plain::Null));
        let Some(Node { kind: Kind::Map(entries), .. }) = parse("a: |\n  x\n\n# c\nb:\n", 0).root else {
            panic!()
        };
        assert_eq!(entries[0].value.span, Span::new(7, 8));
    }

    #[test]
    fn an_unquoted_scalar_has_the_type_that_yaml_gives_it() {
        for (text, plain) in [
            ("1.10", Plain::Float),
            ("v1.10", Plain::Text),
            ("0171", Plain::Integer),
            ("307", Plain::Integer),
            ("2026-05-01", Plain::Text),
            ("null", Plain::Null),
            ("true", Plain::Bool),
            ("TBD", Plain::Text),
            ("1e3", Plain::Float),
            ("inf", Plain::Text),
        ] {
            assert_eq!(resolve(text), plain, "{text}");
        }
    }

    #[test]
    fn mistakes_that_people_make_are_told_with_their_mend() {
        assert!(only_fault("authors:\n  - @mira\n").fix.contains("\"@mira\""));
        assert!(only_fault("a:\n\t- b\n").fix.contains("spaces"));
        assert!(only_fault("title: VEP: x\n").fix.contains("Quote"));
        assert!(only_fault("a: 1\na: 2\n").what.contains("twice"));
        assert!(only_fault("a: \"x\nb: c\n").fix.contains("quote"));
        assert!(only_fault("a: [x\nb: c\n").span.start <= 4);
    }

    #[test]
    fn bombs_are_refused_at_once() {
        let laughs = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n";
        assert!(parse(laughs, 0).root.is_some(), "a small one is followed");
        let mut more = String::from("a0: &a0 [x,x,x,x,x,x,x,x]\n");
        (1..60).for_each(|at| {
            let last = at - 1;
            more.push_str(&format!(
                "a{at}: &a{at} [*a{last},*a{last},*a{last},*a{last},*a{last},*a{last}]\n"
            ));
        });
        let whole = parse(&more, 0).root.unwrap();
        assert!(whole.weight().0 <= 2 * MOST_NODES, "{:?}", whole.weight());
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(50_000), "*a,".repeat(2_000));
        assert!(parse(&long, 0).root.unwrap().weight().1 <= 2 * MOST_BYTES);
        assert!(parse("a: &a [*a]\n", 0).root.is_some(), "what holds itself is not followed");
        assert!(
            only_fault(&"[".repeat(60_000)).what.contains("deep"),
            "{:?}",
            only_fault(&"[".repeat(60_000))
        );
        assert!(only_fault(&"- ".repeat(30_000)).what.contains("deep"));
        assert!(only_fault(&"- x\n".repeat(5_000)).what.contains("more than 4096"));
        assert!(only_fault(&"#".repeat(70_000)).what.contains("65536"));
        for (yaml, limit) in [("- ".repeat(30_000), MOST_DEPTH), ("- x\n".repeat(5_000), MOST_NODES)] {
            let fault = only_fault(&yaml);
            assert!(fault.is_limit() && fault.what.contains(&limit.to_string()), "{fault:?}");
        }
        assert!(only_fault(&"#".repeat(70_000)).is_limit() && !only_fault("a: [x\nb: c\n").is_limit());
    }

    #[test]
    fn a_value_is_quoted_where_it_has_to_be() {
        for (value, plain) in [
            ("deferred", "deferred"),
            ("v1.10", "v1.10"),
            ("1.10", "\"1.10\""),
            ("@a", "\"@a\""),
            ("true", "\"true\""),
            ("a: b", "\"a: b\""),
            ("", "\"\""),
            ("x ", "\"x \""),
            ("- a", "\"- a\""),
            // What older readers take for a truth value or a number.
            ("no", "\"no\""),
            ("0x1F", "\"0x1F\""),
            ("1_000", "\"1_000\""),
            ("2026-05-01", "2026-05-01"),
            ("a\u{2028}\u{feff}", "\"a\\u2028\\ufeff\""),
        ] {
            assert_eq!(encoded(value, Style::Plain, false, false), plain, "{value}");
        }
        assert_eq!(encoded("it's", Style::Single, false, false), "'it''s'");
    }
}
