//! Edit: exact changes to a document's front matter, and the removal of sections.
//!
//! A [`Change`] says what should be different; [`edited`] finds the bytes that have to go and to come. Quoting,
//! comments, blank lines, order, indentation and line ends stay. After each change the text is read again
//! and compared with what was meant: what would not do exactly that is refused with the reason.
//!
//! Left to people: values with an anchor or a tag, aliases, merge keys, block scalars, a block in one pair of
//! braces, lists to be emptied, and keys that are there twice.
//!
//! Absent on purpose: what should be changed. Rules and steps say that.

use crate::document::{Document, Front, SCHEMA};
use crate::patch::{self, Edit, Patch};
use crate::text::{Source, Span, code};
use crate::vep::Stage;
use crate::yaml::{Entry, Kind, Node, Plain, Style, resolve};

/// What should be different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A key has this text as its value; it is put in where it is not there.
    Set(&'static str, String),
    /// A key has the number of a VEP as its value.
    SetNumber(&'static str, u32),
    /// A key has a list of these texts.
    List(&'static str, Vec<String>),
    /// A stage has this release, or what says that it has none yet.
    Target(Stage, String),
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
        let text = changed(&now, change)?;
        now = Document::parse(Source::new(document.path(), text));
    }
    Ok(Patch {
        path: document.path().into(),
        before: Some(document.source.text().into()),
        after: now.source.text().into(),
    })
}

/// The edits of one change, in the places of the document as it is.
pub fn edits(document: &Document, change: &Change) -> Result<Vec<Edit>, Refusal> {
    let edits = planned(document, change)?;
    let text = patch::edited(document.source.text(), &edits);
    match text {
        Some(text) if is_meant(document, change, &edits, &text) => Ok(edits),
        _ => refuse(place(document, change), "the edit would change something else as well"),
    }
}

fn changed(document: &Document, change: &Change) -> Result<String, Refusal> {
    let edits = edits(document, change)?;
    Ok(patch::edited(document.source.text(), &edits).unwrap_or_default())
}

/// Where a change is about to be made.
fn place(document: &Document, change: &Change) -> Span {
    let key = match change {
        Change::Set(key, _) | Change::SetNumber(key, _) | Change::List(key, _) | Change::Remove(key) => *key,
        Change::Target(..) => "milestone",
        Change::Rename(key, _) => key.as_str(),
        Change::RemoveSection(span) => return *span,
        Change::Raw(edit) => return edit.span,
    };
    document.matter().and_then(|matter| matter.key_span(key)).unwrap_or_else(|| document.first_line())
}

fn planned(document: &Document, change: &Change) -> Result<Vec<Edit>, Refusal> {
    match change {
        Change::RemoveSection(span) => section(document, *span),
        Change::Raw(edit) => Ok(vec![edit.clone()]),
        Change::Set(key, value) => Block::of(document)?.set(key, value, false),
        Change::SetNumber(key, value) => Block::of(document)?.set(key, &value.to_string(), true),
        Change::List(key, items) => Block::of(document)?.list(key, items),
        Change::Target(stage, release) => Block::of(document)?.target(*stage, release),
        Change::Rename(from, to) => Block::of(document)?.rename(from, to),
        Change::Remove(key) => Block::of(document)?.remove(key),
    }
}

fn section(document: &Document, span: Span) -> Result<Vec<Edit>, Refusal> {
    match &document.front {
        Front::Unreadable { fault, .. } => refuse(fault.span, fault.what.clone()),
        _ if document.outline.sections.iter().any(|section| section.span == span) => {
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
                let style = if mistaken { Style::Double } else { node.style };
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

/// Keys whose values VEP-282 writes in quotes.
const QUOTED: &[&str] = &["creation-date"];

/// Whether a value is one that is edited here at all.
fn editable(node: &Node) -> Result<(), Refusal> {
    match node.kind {
        Kind::Alias => refuse(node.span, "the value is an alias of another one"),
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

/// A text as a value of YAML: as it stands where that is read as the same text, else in quotes.
pub fn as_yaml(text: &str) -> String {
    encoded(text, Style::Plain, false, false)
}

/// A value as YAML, in a style if that can say it.
fn encoded(value: &str, style: Style, number: bool, in_flow: bool) -> String {
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

/// A value without places and styles.
#[derive(Debug, PartialEq, Eq)]
enum Model {
    Text(String, Plain),
    List(Vec<Model>),
    Map(Vec<(Model, Model)>),
    Alias,
}

fn model(node: &Node) -> Model {
    match &node.kind {
        Kind::Scalar { text, .. } => Model::Text(text.clone(), node.resolved().unwrap_or(Plain::Text)),
        Kind::List(items) => Model::List(items.iter().map(model).collect()),
        Kind::Map(entries) => Model::Map(pairs(entries)),
        Kind::Alias => Model::Alias,
    }
}

fn pairs(entries: &[Entry]) -> Vec<(Model, Model)> {
    entries.iter().map(|entry| (model(&entry.key), model(&entry.value))).collect()
}

/// Whether a text is what was meant: the change is made, and nothing else is another.
fn is_meant(before: &Document, change: &Change, edits: &[Edit], text: &str) -> bool {
    // The prose is read again only where it is what changes: a document may be long.
    let elsewhere =
        |span: Span| same_elsewhere(before, &Document::parse(Source::new(before.path(), text)), span);
    let after = Front::of(&Source::new(before.path(), text));
    let (was, now, same_body) = match (&before.front, &after) {
        (Front::Read { block: was_block, matter: was, .. }, Front::Read { block, matter: now, faults })
            if faults.is_empty() =>
        {
            (was, now, before.source.text().get(was_block.end..) == text.get(block.end..))
        }
        // What could not be read before can be read now, or a fault that stands later is the next.
        (Front::Unreadable { fault, .. }, Front::Unreadable { fault: next, .. }) => {
            return matches!(change, Change::Raw(_)) && next.span.start > fault.span.start;
        }
        (Front::Unreadable { .. }, Front::Read { .. }) => return matches!(change, Change::Raw(_)),
        (Front::Absent { .. }, Front::Absent { .. }) => {
            return matches!(change, Change::RemoveSection(span) if elsewhere(*span));
        }
        _ => return false,
    };
    let (was, now) = (pairs(was.entries()), pairs(now.entries()));
    let others = |pairs: &[(Model, Model)], key: &str| -> Vec<String> {
        pairs.iter().filter(|(name, _)| !is_text(name, key)).map(|pair| format!("{pair:?}")).collect()
    };
    let alike = |key: &str| others(&was, key) == others(&now, key);
    let own = |pairs: &'_ [(Model, Model)], key: &str| -> Vec<String> {
        pairs.iter().filter(|(name, _)| is_text(name, key)).map(|(_, value)| format!("{value:?}")).collect()
    };
    let value = |key: &str| now.iter().find(|(name, _)| is_text(name, key)).map(|(_, value)| value);
    match change {
        Change::Set(key, text) => {
            alike(key) && same_body && value(key) == Some(&Model::Text(text.clone(), Plain::Text))
        }
        Change::SetNumber(key, number) => {
            alike(key) && same_body && value(key).is_some_and(|value| is_text(value, &number.to_string()))
        }
        Change::List(key, items) => {
            let wanted = items.iter().map(|item| Model::Text(item.clone(), Plain::Text)).collect();
            alike(key) && same_body && value(key) == Some(&Model::List(wanted))
        }
        Change::Target(stage, release) => {
            let stages =
                |pairs: &[(Model, Model)]| match pairs.iter().find(|(name, _)| is_text(name, MILESTONE)) {
                    Some((_, Model::Map(stages))) => others(stages, stage.as_str()),
                    _ => vec![],
                };
            let set = match value(MILESTONE) {
                Some(Model::Map(own)) => {
                    own.iter().find(|(name, _)| is_text(name, stage.as_str())).map(|(_, value)| value)
                }
                _ => None,
            };
            alike(MILESTONE)
                && same_body
                && stages(&was) == stages(&now)
                && set == Some(&Model::Text(release.clone(), Plain::Text))
        }
        Change::Rename(from, to) => {
            same_body && own(&was, from) == own(&now, to) && own(&now, from).is_empty() && {
                let rest = |pairs: &[(Model, Model)], key: &str| others(pairs, key);
                rest(&was, from) == rest(&now, to)
            }
        }
        Change::Remove(key) => same_body && alike(key) && value(key).is_none(),
        Change::RemoveSection(span) => was == now && elsewhere(*span),
        // A value in quotes that was the same without them.
        Change::Raw(_) => same_body && edits.len() == 1,
    }
}

fn is_text(model: &Model, wanted: &str) -> bool {
    matches!(model, Model::Text(text, _) if text == wanted)
}

/// Whether the prose outside of what went is read as before.
fn same_elsewhere(before: &Document, after: &Document, gone: Span) -> bool {
    let kept = before.outline.passages.iter().filter(|passage| !gone.holds(passage.span));
    kept.map(|passage| (passage.kind, &passage.text)).eq(after
        .outline
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
            let section = document.outline.sections.iter().find(|section| section.title == "A").unwrap();
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
