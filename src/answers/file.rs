//! An answers file: YAML by the number of a VEP, read with every mistake at its place.
//!
//! VEP by VEP, so that a mistake in one hides none in the next, and however many there are.
//!
//! Absent on purpose: half of an answer. Where there is a mistake nothing is taken.

use super::{Given, Wrong, expected, is_list, key};
use crate::document::{Document, MOST_BYTES};
use crate::text::{Source, Span, code, nearest, one_line};
use crate::vep::{Number, read_number};
use crate::world::World;
use crate::yaml::{self, Entry, Fault, Kind, Node, Plain};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// What was answered, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    by: BTreeMap<Number, Given>,
    /// VEPs that have front matter already, or cannot be migrated: their answers are of no use.
    pub spare: Vec<Number>,
}

/// Something in the file that cannot be read as an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What was expected, and how to fix it.
    pub fix: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}. {}", self.line, self.column, self.what, self.fix)
    }
}

impl Answers {
    /// What was answered for a VEP.
    pub fn of(&self, number: Option<Number>) -> Given {
        number.and_then(|number| self.by.get(&number)).cloned().unwrap_or_default()
    }

    /// The VEPs for which something was answered.
    pub fn numbers(&self) -> impl Iterator<Item = Number> {
        self.by.keys().copied()
    }

    /// Reads a file's bytes, or tells all that is wrong with it, in the order of the file.
    pub fn read(world: &World, bytes: &[u8]) -> Result<Self, Vec<Mistake>> {
        let source = Source::from_bytes("answers", bytes);
        let mut reading =
            Reading { world, source: &source, mistakes: vec![], found: Self::default(), seen: vec![] };
        if bytes.len() > MOST_BYTES {
            reading.mistake(Span::at(0), format!("the file has more than {MOST_BYTES} bytes"), "Split it.");
        } else if let Some(at) = source.not_utf8() {
            reading.mistake(Span::at(at), "this is not UTF-8", "Save the file as UTF-8.");
        } else {
            chunks(&source).into_iter().for_each(|chunk| reading.chunk(chunk));
        }
        let Reading { mut mistakes, found, .. } = reading;
        mistakes.sort();
        if mistakes.is_empty() { Ok(found) } else { Err(mistakes) }
    }
}

/// The pieces of a file that begin with a key at the margin.
fn chunks(source: &Source) -> Vec<Range<usize>> {
    let (text, start) = (source.text(), source.start());
    let mut chunks: Vec<Range<usize>> = Vec::new();
    let mut at = start;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        let end = at + line.len();
        let is_rule = ["---", "..."].contains(&line.trim_end());
        let begins = !line.starts_with([' ', '\t', '#', '}', ']', '\r', '\n']) && !is_rule;
        match chunks.last_mut() {
            _ if is_rule => chunks.push(end..end),
            _ if begins => chunks.push(at..end),
            Some(last) => last.end = end,
            None if line.trim().is_empty() || line.starts_with('#') => {}
            None => chunks.push(at..end),
        }
        at = end;
    }
    chunks.retain(|chunk| !chunk.is_empty());
    chunks
}

struct Reading<'a> {
    world: &'a World,
    source: &'a Source,
    mistakes: Vec<Mistake>,
    found: Answers,
    /// The numbers so far, and where they stand.
    seen: Vec<(Number, usize)>,
}

impl<'a> Reading<'a> {
    fn mistake(&mut self, at: Span, what: impl Into<String>, fix: impl Into<String>) {
        let place = self.source.place(at.start);
        self.mistakes.push(Mistake {
            line: place.line,
            column: place.column,
            what: what.into(),
            fix: fix.into(),
        });
    }

    fn chunk(&mut self, chunk: Range<usize>) {
        let text = self.source.text().get(chunk.clone()).unwrap_or_default();
        let (root, faults) = parsed(text, chunk.start);
        for Fault { what, fix, span } in faults {
            self.mistake(span, what, fix);
        }
        let Some(root) = root.filter(|root| !root.is_missing()) else { return };
        let Kind::Map(entries) = &root.kind else {
            let fix = "Write the number of a VEP, a colon, and its answers below it, indented.";
            return self.mistake(root.span, "this is not the number of a VEP with its answers", fix);
        };
        entries.iter().for_each(|entry| self.vep(entry));
    }

    fn vep(&mut self, Entry { key: name, value }: &Entry) {
        let text = name.text().unwrap_or_default();
        let Some(number) = read_number(text) else {
            let what = format!("{} is not the number of a VEP", code(&one_line(text, 60)));
            let fix = match key(text) {
                Ok(_) => "Put it below the number of its VEP, indented.".into(),
                Err(_) => "Expected a number, such as `410:`.".to_owned(),
            };
            return self.mistake(name.span, what, fix);
        };
        if let Some((_, line)) = self.seen.iter().find(|(known, _)| *known == number) {
            let what = format!("VEP {number} appears twice, first in line {line}");
            return self.mistake(name.span, what, "Keep one of the two.");
        }
        self.seen.push((number, self.source.line(name.span.start)));
        let holders: Vec<&Arc<Document>> = self.world.head.numbered(number).collect();
        let document = match holders.as_slice() {
            [one] => *one,
            [] => {
                let fix = self.nearest_number(number);
                return self.mistake(name.span, format!("there is no VEP {number}"), fix);
            }
            several => {
                let what = format!("{} VEPs have the number {number}", several.len());
                let fix = "Fix the numbers first, or answer each by its path with `set`.";
                return self.mistake(name.span, what, fix);
            }
        };
        let mut given = Given::default();
        match &value.kind {
            _ if is_blank(value) => {}
            Kind::Map(entries) => self.answers(document, entries, &mut given),
            _ => {
                let what = format!("the answers for VEP {number} are {}", found(value));
                self.mistake(
                    value.span,
                    what,
                    "Expected keys and values, such as `reviewers: [\"@login\"]`.",
                );
            }
        }
        if !document.is_legacy() || document.source.not_utf8().is_some() {
            self.found.spare.push(number);
        } else if given != Given::default() {
            self.found.by.insert(number, given);
        }
    }

    fn nearest_number(&self, number: Number) -> String {
        let veps = self.world.head.proposals().iter().filter(|it| it.is_legacy());
        let known: Vec<String> = veps.filter_map(|it| Some(it.number()?.to_string())).collect();
        match nearest(&number.to_string(), known.iter().map(String::as_str)) {
            Some(near) => format!("Did you mean {near}?"),
            None => "Expected the number of a VEP that has no front matter yet.".into(),
        }
    }

    fn answers(&mut self, document: &Document, entries: &[Entry], given: &mut Given) {
        let mut seen: Vec<(String, String)> = Vec::new();
        for Entry { key: name, value } in entries {
            let text = name.text().unwrap_or_default();
            let key = match key(text) {
                Ok(key) => key,
                Err(Wrong { what, fix, .. }) => {
                    self.mistake(name.span, what, fix);
                    continue;
                }
            };
            // The same word twice is a fault of the YAML, and told as such.
            if let Some((_, other)) =
                seen.iter().find(|(known, as_written)| *known == key && as_written != text)
            {
                let what = format!("`{text}` and `{other}` are one key");
                self.mistake(name.span, what, "Keep one of the two.");
                continue;
            }
            seen.push((key.clone(), text.to_owned()));
            match (key.as_str(), &value.kind) {
                _ if is_blank(value) => {}
                ("milestone", Kind::Map(stages)) => self.stages(document, stages, given),
                ("milestone", _) => {
                    let what = format!("`milestone` is {}", found(value));
                    self.mistake(value.span, what, expected("milestone"));
                }
                _ => self.answer(document, &key, value, given),
            }
        }
    }

    fn stages(&mut self, document: &Document, entries: &[Entry], given: &mut Given) {
        for Entry { key: name, value } in entries {
            let text = name.text().unwrap_or_default();
            if crate::vep::Stage::read(text).is_none() {
                let what = format!("{} is not a stage", code(&one_line(text, 60)));
                let near =
                    nearest(text, ["alpha", "beta", "ga"]).map(|near| format!("Did you mean `{near}`?"));
                self.mistake(name.span, what, near.unwrap_or_else(|| expected("stage")));
            } else if !is_blank(value) {
                self.answer(document, &format!("milestone.{text}"), value, given);
            }
        }
    }

    fn answer(&mut self, document: &Document, key: &str, value: &Node, given: &mut Given) {
        let nodes: Vec<&Node> = match &value.kind {
            Kind::List(items) if is_list(key) => items.iter().filter(|item| !is_blank(item)).collect(),
            _ => vec![value],
        };
        let mut values: Vec<(&str, Span)> = Vec::new();
        for node in nodes {
            let is_text = matches!(node.resolved(), Some(Plain::Text | Plain::Null));
            let Some(text) = node.text().filter(|_| is_text) else {
                return self.mistake(node.span, format!("`{key}` is {}", found(node)), mistyped(key, node));
            };
            let parts: Vec<&str> = if is_list(key) { text.split(',').collect() } else { vec![text] };
            let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
            values.extend(parts.map(|part| (part, node.span)));
        }
        let texts: Vec<&str> = values.iter().map(|(text, _)| *text).collect();
        if let Err(Wrong { at, what, fix }) = given.put(self.world, document, key, &texts) {
            let span = values.get(at).map_or(value.span, |(_, span)| *span);
            self.mistake(span, what, fix);
        }
    }
}

/// The tree of a piece, and all that is wrong with it. A value that begins with a mark which YAML keeps for itself, such
/// as an unquoted `@login`, is told, and the rest is read all the same.
fn parsed(text: &str, offset: usize) -> (Option<Node>, Vec<Fault>) {
    const MOST: usize = 100;
    let mut text = text.to_owned();
    let mut faults = Vec::new();
    loop {
        let parsed = yaml::parse(&text, offset);
        let fault = parsed.faults.first().filter(|_| parsed.root.is_none());
        let at = fault.map(|fault| fault.span.start.saturating_sub(offset));
        let mark = at.filter(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(['@', '`', '%'])));
        faults.extend(parsed.faults.iter().cloned());
        match mark {
            Some(at) if faults.len() < MOST => text.replace_range(at..=at, "x"),
            _ => return (parsed.root, faults),
        }
    }
}

/// Whether nothing was answered.
fn is_blank(node: &Node) -> bool {
    node.resolved() == Some(Plain::Null) || node.text().is_some_and(|text| text.trim().is_empty())
}

/// What a value is, as a message says it.
fn found(node: &Node) -> String {
    let text = || code(&one_line(node.text().unwrap_or_default(), 60));
    match (&node.kind, node.resolved()) {
        (Kind::List(_), _) => "a list".into(),
        (Kind::Map(_), _) => "a map".into(),
        (Kind::Alias(_), _) => "an alias".into(),
        (_, Some(Plain::Bool)) => format!("{}, which YAML takes for a truth value", text()),
        (_, Some(Plain::Integer | Plain::Float)) => format!("{}, which YAML takes for a number", text()),
        _ => text(),
    }
}

/// How a value of the wrong type is fixed.
fn mistyped(key: &str, node: &Node) -> String {
    let release = node.text().filter(|_| key.starts_with("milestone.")).and_then(crate::vep::Release::read);
    match (release, &node.kind) {
        (Some(release), _) => format!("Write {release}."),
        (None, Kind::Scalar { .. }) => format!("{} Put it in quotes if it is meant.", expected(key)),
        (None, _) => expected(key),
    }
}
