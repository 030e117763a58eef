//! Edit: exact changes to a document's front matter, and the removal of sections.
//!
//! A [`Change`] says what should be different; [`edited`] finds the bytes that have to go and to come. Quoting,
//! comments, blank lines, order, indentation and line ends stay. After each change, or after many that do not stand
//! in each other's way ([`together`]), the text is read again and compared with what was meant: what would not do
//! exactly that is refused with the reason.
//!
//! Left to people: values with an anchor or a tag, aliases, merge keys, block scalars, a block in one pair of
//! braces, lists to be emptied, and keys that are there twice.
//!
//! Absent on purpose: what should be changed. Rules and steps say that.

use crate::document::{Document, Front, SCHEMA, Shape};
use crate::patch::{self, Edit, Patch};
use crate::text::{Source, Span, code};
use crate::vep::Stage;
use crate::yaml::{Entry, Kind, Node, Plain, Style, encoded};
use std::collections::{BTreeMap, BTreeSet};

/// What should be different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A key has this text as its value; it is put in where it is not there.
    Set(&'static str, String),
    /// A key has the number of a VEP as its value.
    SetNumber(&'static str, u32),
    /// A key has a list of these texts.
    List(&'static str, Vec<String>),
    /// An item of a key's list, counted from 0, is this text; the other items stay.
    Item(&'static str, usize, String),
    /// A stage has this release, or what says that it has none yet.
    Target(Stage, String),
    /// A key of the milestones is this stage.
    Stage(String, Stage),
    /// A key is called otherwise.
    Rename(String, &'static str),
    /// A key and its value are gone.
    Remove(&'static str),
    /// A section with its heading is gone; its span.
    RemoveSection(Span),
    /// These bytes are others, in front matter that cannot be read as it stands.
    Raw(Edit),
}

/// Why a change is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What stands in the way.
    pub what: String,
    /// Where.
    pub span: Span,
}

fn refuse<T>(span: Span, what: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { what: what.into(), span })
}

/// The document with all changes made, one after the other.
pub fn edited(document: &Document, changes: &[Change]) -> Result<Patch, Refusal> {
    if let Some(at) = document.source.not_utf8() {
        return refuse(Span::at(at), "the file is not UTF-8");
    }
    let mut now = document.clone();
    for change in changes {
        let edits = edits(&now, change)?;
        let text = patch::edited(now.source.text(), &edits).unwrap_or_default();
        now = Document::parse(Source::new(document.path(), text));
    }
    Ok(Patch {
        path: document.path().into(),
        before: Some(document.source.text().into()),
        after: now.source.text().into(),
    })
}

/// The edits of one change, in the places of the document as it is.
fn edits(document: &Document, change: &Change) -> Result<Vec<Edit>, Refusal> {
    let edits = planned(document, &Block::of(document), change)?;
    let text = patch::edited(document.source.text(), &edits);
    match text {
        Some(text) if is_meant(document, &[change], &text) => Ok(edits),
        _ => refuse(place(document, change), "the edit would change something else as well"),
    }
}

/// How often many changes are proven, each time on half of them, before those are left out that do not do what is
/// meant.
const MOST_PROOFS: usize = 64;

/// A change and what it comes to.
type Planned<'c> = (&'c Change, Vec<Edit>);

/// The text with as many of the changes made as do not stand in each other's way and do exactly what is meant; none
/// where that is none of them.
pub fn together(document: &Document, changes: &[&Change]) -> Option<String> {
    let mut chosen: Vec<Planned<'_>> = apart(document, changes).into_iter().flatten().collect();
    let proven = proven(document, &mut chosen, &mut { MOST_PROOFS })?;
    (!chosen.is_empty()).then_some(proven)
}

/// What each change comes to, in the places of the document as it is; none where it cannot be made exactly.
pub fn each(document: &Document, changes: &[&Change]) -> Vec<Option<Vec<Edit>>> {
    let apart = apart(document, changes);
    let mut chosen: Vec<Planned<'_>> = apart.iter().flatten().cloned().collect();
    let mut left = MOST_PROOFS;
    let all = chosen.len();
    let _ = proven(document, &mut chosen, &mut left);
    let is_whole = chosen.len() == all;
    let alone = changes.iter().zip(apart).map(|(change, planned)| match planned {
        Some((_, edits)) if is_whole => Some(edits),
        _ if left == 0 => None,
        _ => {
            left -= 1;
            edits(document, change).ok()
        }
    });
    alone.collect()
}

/// What each change comes to where it can be planned and touches nothing that one before it touches.
fn apart<'c>(document: &Document, changes: &[&'c Change]) -> Vec<Option<Planned<'c>>> {
    if document.source.not_utf8().is_some() {
        return vec![None; changes.len()];
    }
    let block = Block::of(document);
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let is_free = |taken: &BTreeMap<usize, usize>, span: Span| {
        let before = taken.range(..=span.end).next_back();
        before.is_none_or(|(start, end)| *end < span.start || *start == *end && span.start == span.end)
    };
    let one = |change: &&'c Change| {
        let edits = planned(document, &block, change).ok().filter(|edits| !edits.is_empty())?;
        if !edits.iter().all(|edit| is_free(&taken, edit.span)) {
            return None;
        }
        taken.extend(edits.iter().map(|edit| (edit.span.start, edit.span.end)));
        Some((*change, edits))
    };
    changes.iter().map(one).collect()
}

/// The text with all these changes made, where that does what is meant; else without those that do not.
fn proven(document: &Document, chosen: &mut Vec<Planned<'_>>, proofs: &mut usize) -> Option<String> {
    if chosen.is_empty() || *proofs == 0 {
        chosen.clear();
        return None;
    }
    *proofs -= 1;
    let edits: Vec<Edit> = chosen.iter().flat_map(|(_, edits)| edits).cloned().collect();
    let changes: Vec<&Change> = chosen.iter().map(|(change, _)| *change).collect();
    let text =
        patch::edited(document.source.text(), &edits).filter(|text| is_meant(document, &changes, text));
    if text.is_some() || chosen.len() == 1 {
        if text.is_none() {
            chosen.clear();
        }
        return text;
    }
    let mut second = chosen.split_off(chosen.len() / 2);
    let left = proven(document, chosen, proofs);
    let right = proven(document, &mut second, proofs);
    match (left, right) {
        (left, None) => left,
        (None, right) => {
            *chosen = second;
            right
        }
        // Both halves do what is meant. What they do together is for the next pass to see.
        (left, Some(_)) => left,
    }
}

/// Where a change is about to be made.
fn place(document: &Document, change: &Change) -> Span {
    let key = match change {
        Change::Set(key, _)
        | Change::SetNumber(key, _)
        | Change::List(key, _)
        | Change::Item(key, ..)
        | Change::Remove(key) => *key,
        Change::Target(..) | Change::Stage(..) => MILESTONE,
        Change::Rename(key, _) => key.as_str(),
        Change::RemoveSection(span) => return *span,
        Change::Raw(edit) => return edit.span,
    };
    document.matter().and_then(|matter| matter.key_span(key)).unwrap_or_else(|| document.first_line())
}

fn planned(
    document: &Document,
    block: &Result<Block<'_>, Refusal>,
    change: &Change,
) -> Result<Vec<Edit>, Refusal> {
    let block = || block.as_ref().map_err(Clone::clone);
    match change {
        Change::RemoveSection(span) => section(document, *span),
        Change::Raw(edit) => Ok(vec![edit.clone()]),
        Change::Set(key, value) => block()?.set(key, value, false),
        Change::SetNumber(key, value) => block()?.set(key, &value.to_string(), true),
        Change::List(key, items) => block()?.list(key, items),
        Change::Item(key, index, item) => block()?.item(key, *index, item),
        Change::Target(stage, release) => block()?.target(*stage, release),
        Change::Stage(from, to) => block()?.stage(from, *to),
        Change::Rename(from, to) => block()?.rename(from, to),
        Change::Remove(key) => block()?.remove(key),
    }
}

fn section(document: &Document, span: Span) -> Result<Vec<Edit>, Refusal> {
    match &document.front {
        Front::Unreadable { fault, .. } => refuse(fault.span, fault.what.clone()),
        _ if document.outline().sections.iter().any(|section| section.span == span) => {
            Ok(vec![Edit::remove(span)])
        }
        _ => refuse(span, "no section begins and ends here"),
    }
}

/// Front matter that can be edited.
struct Block<'d> {
    text: &'d str,
    entries: &'d [Entry],
    first: Span,
}

impl<'d> Block<'d> {
    fn of(document: &'d Document) -> Result<Self, Refusal> {
        match &document.front {
            Front::Read { matter, faults, .. } => {
                if let Some(fault) = faults.first() {
                    return refuse(fault.span, fault.what.clone());
                }
                let text = document.source.text();
                let block = Self { text, entries: matter.entries(), first: document.first_line() };
                if let Some(entry) = block.entries.iter().find(|entry| is_merge(&entry.key)) {
                    return refuse(entry.key.span, "a merge key brings in keys from elsewhere");
                }
                // A block in braces has its keys on one line.
                match block.entries.iter().find(|entry| block.lead(entry.key.span).is_none()) {
                    Some(entry) => {
                        refuse(entry.key.span, "the key does not stand at the beginning of its line")
                    }
                    None => Ok(block),
                }
            }
            Front::Absent { .. } => refuse(document.first_line(), "there is no front matter to edit"),
            Front::Unreadable { fault, .. } => refuse(fault.span, fault.what.clone()),
        }
    }

    fn entry(&self, key: &str) -> Option<&'d Entry> {
        self.entries.iter().find(|entry| entry.key.text() == Some(key))
    }

    fn slice(&self, span: Span) -> &'d str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
    }

    /// Behind the end of the line of a place.
    fn line_end(&self, at: usize) -> usize {
        self.text
            .get(at..)
            .and_then(|rest| rest.find('\n'))
            .map_or(self.text.len(), |newline| at + newline + 1)
    }

    /// The blanks between the beginning of the line and a place; none where anything else stands there.
    fn lead(&self, at: Span) -> Option<&'d str> {
        let lead = self.text.get(self.line_start(at.start)..at.start)?;
        let lead = lead.trim_start_matches('\u{feff}');
        lead.bytes().all(|byte| byte == b' ').then_some(lead)
    }

    /// What stands before every key: they are all in one column.
    fn margin(&self) -> &'d str {
        self.entries.first().and_then(|first| self.lead(first.key.span)).unwrap_or_default()
    }

    /// How the lines end here.
    fn newline(&self) -> &'static str {
        let first = self.text.get(..self.line_end(self.first.end)).unwrap_or_default();
        if first.ends_with("\r\n") { "\r\n" } else { "\n" }
    }

    /// Behind an entry's last line and the comments below it that stand further in than its key.
    fn entry_end(&self, value_end: usize, indent: usize) -> usize {
        let mut end = self.line_end(value_end);
        loop {
            let line = self.text.get(end..self.line_end(end)).unwrap_or_default();
            let inner = line.trim_start_matches(' ');
            if !inner.starts_with('#') || line.len() - inner.len() <= indent {
                return end;
            }
            end += line.len();
        }
    }

    fn end_of(&self, entry: &Entry) -> usize {
        let indent = self.lead(entry.key.span).map_or(0, str::len);
        self.entry_end(entry.value.span.end.max(entry.key.span.end), indent)
    }

    fn set(&self, key: &'static str, value: &str, number: bool) -> Result<Vec<Edit>, Refusal> {
        match self.entry(key) {
            Some(entry) => self.scalar(entry, value, number, false),
            None => {
                let style = if QUOTED.contains(&key) { Style::Double } else { Style::Plain };
                Ok(vec![self.insert(key, &format!(" {}", encoded(value, style, number, false)))])
            }
        }
    }

    /// Sets the value of an entry that has, or should have, a single one.
    fn scalar(&self, entry: &Entry, value: &str, number: bool, in_flow: bool) -> Result<Vec<Edit>, Refusal> {
        let Entry { key, value: node } = entry;
        editable(node)?;
        match &node.kind {
            _ if node.is_missing() => {
                let colon = self.colon(key)?;
                Ok(vec![Edit::insert(colon, format!(" {}", encoded(value, Style::Plain, number, in_flow)))])
            }
            Kind::Scalar { .. } => {
                // Where YAML took the old value for something else than text, the new one is quoted.
                let mistaken = !number && node.resolved() != Some(Plain::Text);
                let is_number = number && key.text().is_some_and(wants_number);
                let style = match () {
                    () if mistaken => Style::Double,
                    () if is_number => Style::Plain,
                    () => node.style,
                };
                Ok(vec![Edit::replace(node.span, encoded(value, style, number, in_flow))])
            }
            _ => refuse(node.span, format!("the value of {} is no single one", code(self.slice(key.span)))),
        }
    }

    /// Behind the value of an entry, or behind its colon where there is none.
    fn value_end(&self, entry: &Entry) -> usize {
        let colon = || self.colon(&entry.key).unwrap_or(entry.key.span.end);
        if entry.value.is_missing() { colon() } else { entry.value.span.end }
    }

    /// Behind the colon of a key.
    fn colon(&self, key: &Node) -> Result<usize, Refusal> {
        let rest = self.text.get(key.span.end..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        match rest.get(blanks..).is_some_and(|rest| rest.starts_with(':')) {
            true => Ok(key.span.end + blanks + 1),
            false => refuse(key.span, "no colon stands behind the key"),
        }
    }

    /// Puts a key in behind the one that comes before it in the schema's order.
    fn insert(&self, key: &'static str, value: &str) -> Edit {
        let order = |name: &str| SCHEMA.iter().position(|known| known.name == name);
        let own = order(key);
        let before = self
            .entries
            .iter()
            .filter(|entry| entry.key.text().is_some_and(|name| order(name) < own && order(name).is_some()));
        let line = format!("{}{key}:{value}{}", self.margin(), self.newline());
        let behind = before.max_by_key(|entry| entry.key.text().and_then(order));
        Edit::insert(behind.map_or(self.line_end(self.first.end), |entry| self.end_of(entry)), line)
    }

    fn list(&self, key: &'static str, items: &[String]) -> Result<Vec<Edit>, Refusal> {
        if items.is_empty() {
            return refuse(self.first, format!("the list of {} is not emptied", code(key)));
        }
        let newline = self.newline();
        let lines = |lead: &str| -> String {
            items
                .iter()
                .map(|item| format!("{newline}{lead}{}", encoded(item, Style::Plain, false, false)))
                .collect()
        };
        let Some(entry) = self.entry(key) else {
            return Ok(vec![self.insert(key, &lines(&format!("{}  - ", self.margin())))]);
        };
        let node = &entry.value;
        editable(node)?;
        match &node.kind {
            _ if node.is_missing() => {
                let lead = self.lead(entry.key.span).unwrap_or_default();
                // Behind the colon and what is said there; the comment of the key stays on its line.
                let end = self.line_end(entry.key.span.end);
                let line = self.text.get(entry.key.span.end..end).unwrap_or_default();
                let at = entry.key.span.end + line.trim_end_matches(['\r', '\n']).len();
                Ok(vec![Edit::insert(at, lines(&format!("{lead}  - ")))])
            }
            Kind::List(own) if own.is_empty() => Ok(vec![Edit::replace(node.span, flow(items))]),
            Kind::List(own) => self.items(node, own, items),
            Kind::Scalar { .. } => Ok(vec![Edit::replace(node.span, flow(items))]),
            _ => refuse(node.span, format!("the value of {} is no list", code(key))),
        }
    }

    /// One item of a list; nothing else of it is touched.
    fn item(&self, key: &'static str, index: usize, item: &str) -> Result<Vec<Edit>, Refusal> {
        let Some(entry) = self.entry(key) else {
            return refuse(self.first, format!("there is no key {}", code(key)));
        };
        let node = &entry.value;
        editable(node)?;
        let (own, in_flow) = match &node.kind {
            Kind::List(items) => (items.get(index), node.style == Style::Flow),
            // A single value stands for a list of one.
            Kind::Scalar { .. } if index == 0 && node.resolved() == Some(Plain::Text) => (Some(node), false),
            _ => (None, false),
        };
        let Some(own) = own else { return refuse(node.span, "the list has no such item") };
        editable(own)?;
        if own.is_missing() || own.text().is_none() {
            return refuse(own.span, "an item of the list is not a single value");
        }
        Ok(vec![Edit::replace(own.span, encoded(item, own.style, false, in_flow))])
    }

    /// Item by item, so that the comment of each stays beside it.
    fn items(&self, node: &Node, own: &[Node], items: &[String]) -> Result<Vec<Edit>, Refusal> {
        if let Some(empty) = own.iter().find(|item| item.is_missing()) {
            return refuse(empty.span, "an item of the list is empty");
        }
        let in_flow = node.style == Style::Flow;
        let mut edits = Vec::new();
        for (node, item) in own.iter().zip(items).filter(|(node, item)| node.text() != Some(item)) {
            editable(node)?;
            if node.text().is_none() {
                return refuse(node.span, "an item of the list is no single value");
            }
            edits.push(Edit::replace(node.span, encoded(item, node.style, false, in_flow)));
        }
        let more = items.get(own.len()..).unwrap_or_default();
        let gone = own.get(items.len()..).unwrap_or_default();
        gone.iter().try_for_each(removable)?;
        let Some(last) = own.last() else { return Ok(edits) };
        if in_flow {
            let added: String =
                more.iter().map(|item| format!(", {}", encoded(item, last.style, false, true))).collect();
            if !added.is_empty() {
                edits.push(Edit::insert(last.span.end, added));
            }
            if let Some(kept) = own.get(items.len().saturating_sub(1)).filter(|_| !gone.is_empty()) {
                let mut between = kept.span.end;
                for node in gone {
                    let gap = Span::new(between, node.span.start);
                    if self.slice(gap).contains('#') {
                        return refuse(gap, "a comment stands inside the list");
                    }
                    between = node.span.end;
                }
                edits.push(Edit::remove(Span::new(kept.span.end, last.span.end)));
            }
            return Ok(edits);
        }
        let start = self.line_start(last.span.start);
        let lead = self.text.get(start..last.span.start).unwrap_or_default();
        let is_lead = lead
            .trim_start_matches(' ')
            .strip_prefix('-')
            .is_some_and(|rest| rest.trim_start_matches(' ').is_empty());
        if !is_lead {
            return refuse(last.span, "an item does not stand on a line of its own");
        }
        let indent = lead.len() - lead.trim_start_matches(' ').len();
        if !more.is_empty() {
            let newline = self.newline();
            let added: String = more
                .iter()
                .map(|item| format!("{lead}{}{newline}", encoded(item, last.style, false, false)))
                .collect();
            edits.push(Edit::insert(self.entry_end(last.span.end, indent), added));
        }
        for node in gone {
            let start = self.line_start(node.span.start);
            edits.push(Edit::remove(Span::new(start, self.entry_end(node.span.end, indent))));
        }
        Ok(edits)
    }

    fn target(&self, stage: Stage, release: &str) -> Result<Vec<Edit>, Refusal> {
        let quoted = encoded(release, Style::Double, false, false);
        let newline = self.newline();
        let Some(entry) = self.entry(MILESTONE) else {
            return Ok(vec![
                self.insert(MILESTONE, &format!("{newline}{}  {stage}: {quoted}", self.margin())),
            ]);
        };
        let node = &entry.value;
        editable(node)?;
        let Kind::Map(own) = &node.kind else {
            return match &node.kind {
                _ if node.is_missing() => {
                    let lead = self.lead(entry.key.span).unwrap_or_default();
                    let end = self.line_end(entry.key.span.end);
                    let line = self.text.get(entry.key.span.end..end).unwrap_or_default();
                    let at = entry.key.span.end + line.trim_end_matches(['\r', '\n']).len();
                    Ok(vec![Edit::insert(at, format!("{newline}{lead}  {stage}: {quoted}"))])
                }
                Kind::Scalar { .. } => Ok(vec![Edit::replace(node.span, format!("{{{stage}: {quoted}}}"))]),
                _ => refuse(node.span, "the value of `milestone` is no map"),
            };
        };
        let of = |entry: &&Entry| entry.key.text().and_then(Stage::read);
        if let Some(entry) = own.iter().find(|entry| of(entry) == Some(stage)) {
            return self.scalar(entry, release, false, node.style == Style::Flow);
        }
        let before = own.iter().filter(|entry| of(entry).is_some_and(|it| it < stage)).max_by_key(of);
        let flow = node.style == Style::Flow;
        Ok(vec![match (before, own.first()) {
            (Some(entry), _) if flow => Edit::insert(self.value_end(entry), format!(", {stage}: {quoted}")),
            (None, Some(first)) if flow => Edit::insert(first.key.span.start, format!("{stage}: {quoted}, ")),
            (Some(entry), _) => {
                let lead = self.lead(entry.key.span).unwrap_or_default();
                Edit::insert(self.end_of(entry), format!("{lead}{stage}: {quoted}{newline}"))
            }
            (None, Some(first)) => {
                let lead = self.lead(first.key.span).unwrap_or_default();
                Edit::insert(
                    self.line_start(first.key.span.start),
                    format!("{lead}{stage}: {quoted}{newline}"),
                )
            }
            (None, None) => Edit::replace(node.span, format!("{{{stage}: {quoted}}}")),
        }])
    }

    fn stage(&self, from: &str, to: Stage) -> Result<Vec<Edit>, Refusal> {
        let Some(Entry { value: node, .. }) = self.entry(MILESTONE) else {
            return refuse(self.first, "there is no key `milestone`");
        };
        editable(node)?;
        let Kind::Map(own) = &node.kind else {
            return refuse(node.span, "the value of `milestone` is no map");
        };
        if own.iter().any(|entry| entry.key.text() == Some(to.as_str())) {
            return refuse(node.span, format!("the stage {to} is there as well"));
        }
        let Some(entry) = own.iter().find(|entry| entry.key.text() == Some(from)) else {
            return refuse(node.span, format!("there is no stage {}", code(from)));
        };
        editable(&entry.key)?;
        Ok(vec![Edit::replace(entry.key.span, to.as_str())])
    }

    fn rename(&self, from: &str, to: &'static str) -> Result<Vec<Edit>, Refusal> {
        match self.entry(from) {
            Some(_) if self.entry(to).is_some() => {
                refuse(self.first, format!("the key {} is there as well", code(to)))
            }
            Some(entry) => {
                editable(&entry.key)?;
                Ok(vec![Edit::replace(entry.key.span, to)])
            }
            None => refuse(self.first, format!("there is no key {}", code(from))),
        }
    }

    fn remove(&self, key: &str) -> Result<Vec<Edit>, Refusal> {
        let Some(entry) = self.entry(key) else {
            return refuse(self.first, format!("there is no key {}", code(key)));
        };
        removable(&entry.value)?;
        if self.entries.len() == 1 {
            return refuse(entry.key.span, "the block would be empty without its only key");
        }
        let start = self.line_start(entry.key.span.start);
        Ok(vec![Edit::remove(Span::new(start, self.end_of(entry)))])
    }
}

const MILESTONE: &str = "milestone";

/// Whether the schema wants the value of a key to be a number, and not a text that has one.
fn wants_number(name: &str) -> bool {
    SCHEMA.iter().any(|key| key.name == name && key.shape == Shape::Number)
}

/// Keys whose values VEP-282 writes in quotes.
const QUOTED: &[&str] = &["creation-date"];

/// Whether a value is one that is edited here at all.
fn editable(node: &Node) -> Result<(), Refusal> {
    match node.kind {
        Kind::Alias(_) => refuse(node.span, "the value is an alias of another one"),
        _ if node.bound => refuse(node.span, "the value has an anchor or a tag"),
        _ if node.style == Style::Text => refuse(node.span, "the value is a block of text"),
        _ => Ok(()),
    }
}

/// Whether a value can go with all that is in it: an alias elsewhere may mean an item of it.
fn removable(node: &Node) -> Result<(), Refusal> {
    editable(node)?;
    match &node.kind {
        Kind::List(items) => items.iter().try_for_each(removable),
        Kind::Map(entries) => {
            entries.iter().try_for_each(|entry| removable(&entry.key).and_then(|()| removable(&entry.value)))
        }
        _ => Ok(()),
    }
}

/// Whether a key is `<<`, by which many readers take over the keys of another map.
fn is_merge(key: &Node) -> bool {
    matches!(&key.kind, Kind::Scalar { text, plain: true } if text == "<<")
}

fn flow(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| encoded(item, Style::Plain, false, true)).collect();
    format!("[{}]", items.join(", "))
}

/// A value without places and styles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Model {
    Text(String, Plain),
    /// A number as it is meant, in quotes or not.
    Digits(String),
    List(Vec<Model>),
    Map(Vec<(Model, Model)>),
    Alias(Option<Box<Model>>),
}

fn model(node: &Node) -> Model {
    match &node.kind {
        Kind::Scalar { text, .. } => Model::Text(text.clone(), node.resolved().unwrap_or(Plain::Text)),
        Kind::List(items) => Model::List(items.iter().map(model).collect()),
        Kind::Map(entries) => Model::Map(pairs(entries)),
        Kind::Alias(meant) => Model::Alias(meant.as_ref().map(|meant| Box::new(model(meant)))),
    }
}

fn pairs(entries: &[Entry]) -> Pairs {
    entries.iter().map(|entry| (model(&entry.key), model(&entry.value))).collect()
}

/// The keys of a map, in their order, with their values.
type Pairs = Vec<(Model, Model)>;

fn text(text: &str) -> Model {
    Model::Text(text.to_owned(), Plain::Text)
}

fn slot<'m>(pairs: &'m mut Pairs, key: &str) -> Option<&'m mut Model> {
    pairs.iter_mut().find(|(name, _)| is_text(name, key)).map(|(_, value)| value)
}

/// Gives a key a value, behind all others where it is new.
fn put(pairs: &mut Pairs, key: &str, value: Model) {
    match slot(pairs, key) {
        Some(old) => *old = value,
        None => pairs.push((text(key), value)),
    }
}

/// Makes a change where nothing has places; none where it does not fit.
fn apply(pairs: &mut Pairs, change: &Change) -> Option<()> {
    match change {
        Change::Set(key, value) => put(pairs, key, text(value)),
        Change::SetNumber(key, number) => put(pairs, key, Model::Digits(number.to_string())),
        Change::List(key, items) => put(pairs, key, Model::List(items.iter().map(|it| text(it)).collect())),
        Change::Item(key, index, item) => match slot(pairs, key)? {
            Model::List(items) => *items.get_mut(*index)? = text(item),
            single @ Model::Text(..) if *index == 0 => *single = text(item),
            _ => return None,
        },
        Change::Target(stage, release) => match slot(pairs, MILESTONE) {
            Some(Model::Map(stages)) => put(stages, stage.as_str(), text(release)),
            _ => put(pairs, MILESTONE, Model::Map(vec![(text(stage.as_str()), text(release))])),
        },
        Change::Stage(from, to) => {
            let Some(Model::Map(stages)) = slot(pairs, MILESTONE) else { return None };
            stages.iter_mut().find(|(name, _)| is_text(name, from))?.0 = text(to.as_str());
        }
        Change::Rename(from, to) => {
            pairs.iter_mut().find(|(name, _)| is_text(name, from))?.0 = text(to);
        }
        Change::Remove(key) => {
            slot(pairs, key)?;
            pairs.retain(|(name, _)| !is_text(name, key));
        }
        Change::RemoveSection(_) | Change::Raw(_) => {}
    }
    Some(())
}

/// Whether a value is the one that is expected.
fn fits(expected: &Model, found: &Model) -> bool {
    match (expected, found) {
        (Model::Digits(digits), found) => is_text(found, digits),
        (Model::Map(expected), Model::Map(found)) => same_values(expected, found),
        (expected, found) => expected == found,
    }
}

/// Whether a block is the one that is expected: the keys that were there before (the first `old`) in their order, the
/// new ones wherever they are.
fn same_pairs(expected: &[(Model, Model)], found: &[(Model, Model)], old: usize) -> bool {
    let new: BTreeSet<&Model> = expected.get(old..).unwrap_or_default().iter().map(|(key, _)| key).collect();
    let others = found.iter().filter(|(key, _)| !new.contains(key)).map(|(key, _)| key);
    let in_order = expected.iter().take(old).map(|(key, _)| name(key)).eq(others.map(name));
    in_order && same_values(expected, found)
}

/// Whether two maps say the same, in whatever order.
fn same_values(expected: &[(Model, Model)], found: &[(Model, Model)]) -> bool {
    let by_key = |pairs: &'_ [(Model, Model)]| -> BTreeMap<String, Model> {
        pairs.iter().map(|(key, value)| (name(key), value.clone())).collect()
    };
    let (expected_by, found_by) = (by_key(expected), by_key(found));
    expected.len() == found.len()
        && expected_by.len() == found_by.len()
        && expected_by.iter().zip(&found_by).all(|(one, other)| one.0 == other.0 && fits(one.1, other.1))
}

/// A key as a name: keys are texts, whatever YAML takes them for.
fn name(key: &Model) -> String {
    match key {
        Model::Text(text, _) => text.clone(),
        other => format!("{other:?}"),
    }
}

/// Whether a text is what was meant: the changes are made, and nothing else is another.
fn is_meant(before: &Document, changes: &[&Change], text: &str) -> bool {
    let after = Front::of(&Source::new(before.path(), text));
    let is_raw = changes.iter().all(|change| matches!(change, Change::Raw(_)));
    let (was, now, body) = match (&before.front, &after) {
        (
            Front::Read { block: was_block, matter: was, faults: known },
            Front::Read { block, matter: now, faults },
        ) => {
            let same_body = before.source.text().get(was_block.end..) == text.get(block.end..);
            // A fault less for each edit of a torn block, and no new one.
            let is_whole =
                if known.is_empty() { faults.is_empty() } else { is_raw && faults.len() < known.len() };
            if !is_whole || known.is_empty() && changes.iter().any(|change| matches!(change, Change::Raw(_)))
            {
                return false;
            }
            (was, now, same_body)
        }
        // What could not be read before can be read now, or a fault that stands later is the next.
        (Front::Unreadable { fault, .. }, Front::Unreadable { fault: next, .. }) => {
            return is_raw && next.span.start > fault.span.start;
        }
        (Front::Unreadable { .. }, Front::Read { .. }) => return is_raw,
        (Front::Absent { .. }, Front::Absent { .. }) => {
            return changes.iter().all(|change| removes_a_section(before, change, text));
        }
        _ => return false,
    };
    if is_raw {
        // What could be read before is read as the same.
        let now = pairs(now.entries());
        return body && pairs(was.entries()).iter().all(|pair| now.contains(pair));
    }
    let mut expected = pairs(was.entries());
    let old = expected.len();
    let removed = changes.iter().filter(|change| matches!(change, Change::Remove(_))).count();
    let sections = changes.iter().filter(|change| matches!(change, Change::RemoveSection(_)));
    let mut sections = sections.peekable();
    if sections.peek().is_some() {
        return changes.len() == 1
            && sections.all(|change| removes_a_section(before, change, text))
            && same_pairs(&expected, &pairs(now.entries()), old);
    }
    body && changes.iter().all(|change| apply(&mut expected, change).is_some())
        && same_pairs(&expected, &pairs(now.entries()), old - removed.min(old))
}

/// Whether a text is the same without a section. The prose is read again only here: a document may be long.
fn removes_a_section(before: &Document, change: &Change, text: &str) -> bool {
    let Change::RemoveSection(span) = change else { return false };
    same_elsewhere(before, &Document::parse(Source::new(before.path(), text)), *span)
}

fn is_text(model: &Model, wanted: &str) -> bool {
    matches!(model, Model::Text(text, _) if text == wanted)
}

/// Whether the prose outside of what went is read as before.
fn same_elsewhere(before: &Document, after: &Document, gone: Span) -> bool {
    let kept = before.outline().passages.iter().filter(|passage| !gone.holds(passage.span));
    kept.map(|passage| (passage.kind, &passage.text)).eq(after
        .outline()
        .passages
        .iter()
        .map(|passage| (passage.kind, &passage.text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "---\ntitle: \"A: b\"   # kept\nvep-number: 7\nstatus: 'provisional'  # until May\n\nauthors: ['@a']\nreviewers:\n  - TBD   # asked\n  # and another one\n  - \"@b\"\napprovers:\nstage:\nmilestone: {alpha: v1.9}\nsuperseded-by: \"\"\n---\n";

    fn document(text: &str) -> Document {
        Document::parse(Source::new("veps/sig-compute/7-a/vep.md", text))
    }

    fn made(text: &str, change: Change) -> String {
        edited(&document(text), &[change]).unwrap_or_else(|refusal| panic!("{refusal:?}")).after
    }

    #[test]
    fn only_what_is_meant_is_another() {
        let whole = format!("{HEAD}\n# VEP #7: A\n");
        for (change, from, to) in [
            (Change::Set("status", "deferred".into()), "'provisional'", "'deferred'"),
            (Change::Set("title", "It's \"x\"".into()), "\"A: b\"", "\"It's \\\"x\\\"\""),
            (Change::Set("stage", "beta".into()), "stage:", "stage: beta"),
            (Change::SetNumber("superseded-by", 9), "\"\"", "\"9\""),
            (Change::SetNumber("replaces", 9), "superseded-by", "replaces: 9\nsuperseded-by"),
            (
                Change::Set("owning-sig", "sig-compute".into()),
                "reviewers:",
                "owning-sig: sig-compute\nreviewers:",
            ),
            (Change::Target(Stage::Alpha, "v1.11".into()), "v1.9", "v1.11"),
            (Change::Target(Stage::Beta, "v1.11".into()), "v1.9}", "v1.9, beta: \"v1.11\"}"),
            (Change::List("reviewers", vec!["@c".into(), "@b".into(), "@d".into()]), "", ""),
            (Change::List("authors", vec!["@a".into(), "@c".into()]), "['@a']", "['@a', '@c']"),
            (Change::List("approvers", vec!["@c".into()]), "approvers:", "approvers:\n  - \"@c\""),
            (Change::Remove("stage"), "stage:\n", ""),
            (Change::Rename("stage".into(), "feature-gate"), "stage:", "feature-gate:"),
        ] {
            let expected = match from {
                "" => whole.replace("- TBD ", "- \"@c\" ").replace("- \"@b\"\n", "- \"@b\"\n  - \"@d\"\n"),
                from => whole.replacen(from, to, 1),
            };
            assert_eq!(made(&whole, change.clone()), expected, "{change:?}");
            // The same with the line ends of Windows, behind a byte order mark, and without a final newline.
            let other = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n").trim_end());
            assert_eq!(made(&other(&whole), change.clone()), other(&expected), "{change:?}");
        }
    }

    #[test]
    fn many_changes_are_made_in_one_pass_where_they_do_not_touch() {
        let document = document(&format!("{HEAD}\n# VEP #7: A\n"));
        let changes = [
            Change::Item("authors", 0, "@c".into()),
            Change::Item("reviewers", 1, "@d".into()),
            Change::Item("reviewers", 0, "@e".into()),
            Change::Set("status", "deferred".into()),
            // It touches what is changed already, is refused, or has no such item.
            Change::Set("status", "rejected".into()),
            Change::Item("reviewers", 9, "@f".into()),
            Change::Set("milestone", "x".into()),
            Change::Rename("stage".into(), "feature-gate"),
        ];
        let wanted: Vec<&Change> = changes.iter().collect();
        let text = together(&document, &wanted).unwrap();
        let expected = document
            .source
            .text()
            .replace("['@a']", "['@c']")
            .replace("- \"@b\"", "- \"@d\"")
            .replace("- TBD ", "- \"@e\" ")
            .replace("'provisional'", "'deferred'")
            .replace("stage:", "feature-gate:");
        assert_eq!(text, expected);
        let each: Vec<bool> = each(&document, &wanted).iter().map(Option::is_some).collect();
        assert_eq!(each, [true, true, true, true, true, false, false, true]);
        assert_eq!(together(&document, &[]), None);
        // An item that an alias means elsewhere, too, is left to people.
        let shared = self::document("---\nauthors: &a [a]\nreviewers: *a\napprovers: [&b b, *b]\n---\n");
        for change in [
            Change::Item("authors", 0, "@a".into()),
            Change::Item("reviewers", 0, "@a".into()),
            Change::Item("approvers", 0, "@b".into()),
            Change::Item("approvers", 1, "@b".into()),
        ] {
            assert_eq!(together(&shared, &[&change]), None, "{change:?}");
        }
    }

    #[test]
    fn what_cannot_be_edited_exactly_is_refused() {
        let refused = |head: &str, change: Change| {
            let refusal = edited(&document(&format!("---\n{head}---\n")), &[change]).unwrap_err();
            assert!(!refusal.what.is_empty());
            refusal.what
        };
        let status = || Change::Set("status", "deferred".into());
        assert!(refused("status: &a x\nstage: *a\n", status()).contains("anchor"));
        assert!(refused("title: &a x\nstatus: *a\n", status()).contains("alias"));
        assert!(refused("status: |\n  x\n", status()).contains("block of text"));
        assert!(refused("status: [x]\n", status()).contains("no single one"));
        assert!(refused("status: x\nstatus: y\n", status()).contains("twice"));
        assert!(refused("{status: x}\n", status()).contains("beginning of its line"));
        assert!(refused("a: &a {stage: x}\n<<: *a\n", status()).contains("merge key"));
        // Without the second anchor the alias would be the first one's.
        let twice = "authors: [&x a]\nreviewers: [b, &x c]\napprovers: [*x]\n";
        assert!(refused(twice, Change::Remove("reviewers")).contains("anchor"));
        let reviewers =
            |names: &[&str]| Change::List("reviewers", names.iter().map(|name| (*name).to_owned()).collect());
        assert!(refused(twice, reviewers(&["b"])).contains("anchor"));
        assert!(refused("reviewers:\n  -\n", reviewers(&["b"])).contains("empty"));
        assert!(refused("reviewers:\n", reviewers(&[])).contains("not emptied"));
        assert!(refused("status: x\n", Change::Remove("status")).contains("only key"));
        assert!(refused("status: x\n", Change::RemoveSection(Span::new(4, 8))).contains("no section"));
        assert!(refused("status: [x\n", status()).contains("bracket"));
        assert!(refused("milestone: [x]\n", Change::Target(Stage::Ga, "v1.11".into())).contains("no map"));
        assert!(
            edited(&document("# VEP #7: A\n"), &[status()]).unwrap_err().what.contains("no front matter")
        );
    }

    #[test]
    fn a_key_finds_its_place_beside_any_neighbour() {
        for (head, change, expected) in [
            (
                "title: |\n  a\n\nstage: x\n",
                Change::Set("status", "deferred".into()),
                "title: |\n  a\nstatus: deferred\n\nstage: x\n",
            ),
            ("  status: x\n", Change::Set("title", "A".into()), "  title: A\n  status: x\n"),
            (
                "  status: x\n",
                Change::Target(Stage::Ga, "v1.11".into()),
                "  status: x\n  milestone:\n    ga: \"v1.11\"\n",
            ),
            (
                "  status: x\n",
                Change::List("reviewers", vec!["@a".into()]),
                "  status: x\n  reviewers:\n    - \"@a\"\n",
            ),
            (
                "milestone: {alpha: , ga: x}\n",
                Change::Target(Stage::Beta, "v1.11".into()),
                "milestone: {alpha:, beta: \"v1.11\" , ga: x}\n",
            ),
        ] {
            assert_eq!(made(&format!("---\n{head}---\n"), change), format!("---\n{expected}---\n"));
        }
    }

    #[test]
    fn a_section_goes_only_where_the_rest_is_read_as_before() {
        let remove = |text: &str| {
            let document = document(text);
            let section = document.outline().sections.iter().find(|section| section.title == "A").unwrap();
            edited(&document, &[Change::RemoveSection(section.span)]).map(|patch| patch.after)
        };
        assert_eq!(remove("x\n\n## A\n\ny\n\n## B\n").as_deref(), Ok("x\n\n## B\n"));
        // The line above would become a part of the heading.
        assert!(remove("x\n## A\n\nB\n---\n").is_err());
        // A link would lose its target.
        assert!(remove("[x]\n\n## A\n\n[x]: https://example.org\n").is_err());
    }

    #[test]
    fn a_file_that_is_no_text_is_not_edited() {
        let source = Source::from_bytes("veps/sig-compute/7-a/vep.md", b"---\nstatus: x\n---\n\xff\n");
        let refusal =
            edited(&Document::parse(source), &[Change::Set("status", "deferred".into())]).unwrap_err();
        assert!(refusal.what.contains("not UTF-8"));
    }
}
