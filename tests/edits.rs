//! Edits: what an exact change of front matter leaves as it was, judged without the editor's own reader.
//!
//! Blocks are rendered from a model in every hand that people write, before the bodies of the real corpus
//! where it is at hand. An edit must lie within the lines of its key, keep the comments, and be read by
//! other readers of YAML as the model that was meant; or it is refused for a reason that is known here.

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use vep_mcp::document::{Document, Front, SCHEMA};
use vep_mcp::edit::{Change, Refusal, edited};
use vep_mcp::outside::{Outside, Place};
use vep_mcp::patch::{Edit, Patch};
use vep_mcp::text::{Source, Span};
use vep_mcp::vep::Stage;
use yaml_edit::{Document as Oracle, Mapping, ScalarType, ScalarValue, YamlNode};

const PATH: &str = "veps/sig-compute/7-guest-clock/vep.md";

fn parsed(text: &str) -> Document {
    Document::parse(Source::new(PATH, text))
}

fn changed(text: &str, change: &Change) -> Result<String, Refusal> {
    edited(&parsed(text), std::slice::from_ref(change)).map(|patch| {
        assert_eq!(patch.before.as_deref(), Some(text));
        patch.after
    })
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

// What a block says, whatever hand wrote it.

/// A value.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Nothing,
    Text(String),
    Number(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// An alias, a tag: what the hands below do not write.
    Other(String),
}

type Model = Vec<(String, Value)>;

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn list(items: &[String]) -> Value {
    Value::List(items.iter().map(|item| text(item)).collect())
}

fn get<'m>(model: &'m Model, key: &str) -> Option<&'m Value> {
    model.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

fn put(model: &mut Model, key: &str, value: Value) {
    let order = |name: &str| SCHEMA.iter().position(|known| known.name == name);
    if let Some((_, slot)) = model.iter_mut().find(|(name, _)| name == key) {
        *slot = value;
        return;
    }
    // Behind the key that comes last before it in the order of the schema, wherever that stands.
    let before = (0..model.len()).filter(|at| order(&model[*at].0).is_some_and(|it| Some(it) < order(key)));
    let at = before.max_by_key(|at| order(&model[*at].0)).map_or(0, |at| at + 1);
    model.insert(at, (key.into(), value));
}

/// What a change should make of a block, or the words of the reason why it is not made.
fn meant(model: &Model, change: &Change) -> Result<Model, &'static str> {
    let mut model = model.clone();
    match change {
        Change::Set(key, value) => match get(&model, key) {
            Some(Value::List(_) | Value::Map(_)) => return Err("no single one"),
            _ => put(&mut model, key, text(value)),
        },
        Change::SetNumber(key, number) => match get(&model, key) {
            Some(Value::List(_) | Value::Map(_)) => return Err("no single one"),
            _ => put(&mut model, key, Value::Number(number.to_string())),
        },
        Change::List(key, items) => match get(&model, key) {
            _ if items.is_empty() => return Err("not emptied"),
            Some(Value::Map(_)) => return Err("no list"),
            _ => put(&mut model, key, list(items)),
        },
        Change::Item(key, index, item) => {
            let mut items = match get(&model, key) {
                Some(Value::List(items)) => items.clone(),
                None => return Err("there is no key"),
                Some(Value::Text(_)) if *index == 0 => {
                    put(&mut model, key, text(item));
                    return Ok(model);
                }
                _ => return Err("no such item"),
            };
            *items.get_mut(*index).ok_or("no such item")? = text(item);
            put(&mut model, key, Value::List(items));
        }
        Change::Stage(from, to) => {
            let Some(Value::Map(mut stages)) = get(&model, "milestone").cloned() else {
                return Err(if get(&model, "milestone").is_none() { "there is no key" } else { "no map" });
            };
            if stages.iter().any(|(name, _)| name == to.as_str()) {
                return Err("there as well");
            }
            stages.iter_mut().find(|(name, _)| name == from).ok_or("there is no stage")?.0 = to.to_string();
            put(&mut model, "milestone", Value::Map(stages));
        }
        Change::Target(stage, release) => {
            let mut stages = match get(&model, "milestone") {
                Some(Value::Map(stages)) => stages.clone(),
                Some(Value::List(_)) => return Err("no map"),
                _ => vec![],
            };
            let release = text(release);
            match stages.iter_mut().find(|(name, _)| name == stage.as_str()) {
                Some((_, slot)) => *slot = release,
                None => {
                    let is_before = |name: &str| Stage::read(name).is_some_and(|it| it < *stage);
                    let at = stages.iter().filter(|(name, _)| is_before(name)).count();
                    stages.insert(at, (stage.as_str().into(), release));
                }
            }
            put(&mut model, "milestone", Value::Map(stages));
        }
        Change::Rename(from, to) => match (get(&model, from), get(&model, to)) {
            (Some(_), Some(_)) => return Err("there as well"),
            (None, _) => return Err("there is no key"),
            _ => model.iter_mut().filter(|(name, _)| name == from).for_each(|(name, _)| *name = (*to).into()),
        },
        Change::Remove(key) => match get(&model, key) {
            None => return Err("there is no key"),
            _ => model.retain(|(name, _)| name != key),
        },
        Change::RemoveSection(_) | Change::Raw(_) => {}
    }
    Ok(model)
}

// Other readers.

/// The YAML between the fences, and where it begins.
fn block(text: &str) -> Option<(usize, &str)> {
    let start = text.find('\n')? + 1;
    let first = text[..start].trim_start_matches('\u{feff}').trim_end();
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim_end() == "---" && first == "---" {
            return Some((start, &text[start..at]));
        }
        at += line.len();
    }
    None
}

/// A block as `yaml-edit` reads it.
fn read(yaml: &str) -> Option<Model> {
    let document = Oracle::from_str_ignoring_comments(yaml).ok()?;
    model_of(&document.as_mapping()?)
}

fn model_of(mapping: &Mapping) -> Option<Model> {
    let entries = mapping.entries().map(|entry| {
        let key = match entry.key_node()? {
            YamlNode::Scalar(key) => key.as_string(),
            key => format!("{:?}", key.kind()),
        };
        Some((key, entry.value_node().map_or(Some(Value::Nothing), value_of)?))
    });
    entries.collect()
}

fn value_of(node: YamlNode) -> Option<Value> {
    Some(match node {
        YamlNode::Scalar(scalar) if scalar.is_null() => Value::Nothing,
        YamlNode::Scalar(scalar) if scalar.is_quoted() || scalar.is_block() => {
            Value::Text(scalar.as_string())
        }
        YamlNode::Scalar(scalar) => match ScalarValue::from_scalar(&scalar).scalar_type() {
            ScalarType::String | ScalarType::Timestamp => Value::Text(scalar.as_string()),
            _ => Value::Number(scalar.as_string()),
        },
        YamlNode::Sequence(items) => Value::List(items.values().map(value_of).collect::<Option<_>>()?),
        YamlNode::Mapping(mapping) => Value::Map(model_of(&mapping)?),
        node => Value::Other(format!("{:?}", node.kind())),
    })
}

/// A block as serde reads it.
fn read_typed(yaml: &str) -> Option<serde_json::Value> {
    serde_yaml::from_str(yaml).ok()
}

fn typed(value: &Value) -> serde_json::Value {
    match value {
        Value::Nothing => serde_json::Value::Null,
        Value::Text(text) | Value::Other(text) => text.as_str().into(),
        Value::Number(digits) => digits.parse::<u64>().unwrap().into(),
        Value::List(items) => items.iter().map(typed).collect(),
        Value::Map(entries) => serde_json::Value::Object(
            entries.iter().map(|(key, value)| (key.clone(), typed(value))).collect(),
        ),
    }
}

// The hands.

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }
}

/// The key on whose lines something stands, and the item of its list.
type Owner = Option<(String, Option<usize>)>;

/// A block as one hand wrote it.
struct Written {
    text: String,
    model: Model,
    /// The lines of each key, in bytes of the whole text.
    lines: BTreeMap<String, Span>,
    /// Comments with the key on whose lines they stand and the item of its list beside which they do.
    comments: Vec<(String, Owner)>,
    /// Keys with flow lists that have a comment before each of these items.
    guarded: BTreeMap<String, Vec<usize>>,
}

struct Hand<'d> {
    dice: &'d mut Dice,
    out: String,
    newline: &'static str,
    commented: bool,
    written: Written,
}

impl Hand<'_> {
    fn comment(&mut self, owner: Option<(&str, Option<usize>)>) -> String {
        let owner = owner.map(|(key, item)| (key.to_owned(), item));
        let words = ["", " [x", " \"y", " a: b", " — ü", " it's"][self.dice.roll(6)];
        let comment = format!("# c{}.{words}", self.written.comments.len());
        self.written.comments.push((comment.clone(), owner));
        comment
    }

    /// A comment behind something, sometimes.
    fn behind(&mut self, key: &str, item: Option<usize>) -> String {
        if !self.commented || !self.dice.one_in(3) {
            return [String::new(), String::new(), String::new(), "  ".into()][self.dice.roll(4)].clone();
        }
        let gap = [" ", "   ", "\t"][self.dice.roll(3)];
        format!("{gap}{}", self.comment(Some((key, item))))
    }

    fn scalar(&mut self, value: &str, in_flow: bool) -> String {
        let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "-. ".contains(c))
            && value.starts_with(|c: char| c.is_ascii_alphabetic())
            && !value.ends_with(' ')
            || value.len() == 10 && value.starts_with("20") && !in_flow;
        match self.dice.roll(3) {
            0 if plain => value.to_owned(),
            1 if !value.contains('\n') => format!("'{}'", value.replace('\'', "''")),
            _ => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        }
    }

    fn value(&mut self, value: &Value, in_flow: bool) -> String {
        match value {
            Value::Nothing => ["null", "~", "Null"][self.dice.roll(3)].into(),
            Value::Number(digits) => digits.clone(),
            Value::Text(text) | Value::Other(text) => self.scalar(text, in_flow),
            Value::List(_) | Value::Map(_) => unreachable!(),
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push_str(self.newline);
    }

    fn between(&mut self, indent: usize, owner: Option<(&str, Option<usize>)>) {
        if self.commented && self.dice.one_in(5) {
            let comment = self.comment(owner);
            self.line(&format!("{}{comment}", " ".repeat(indent)));
        }
        if self.dice.one_in(9) {
            self.line("");
        }
    }

    fn entry(&mut self, lead: usize, key: &str, value: &Value) {
        self.between(lead, None);
        let start = self.out.len();
        let quote = ["", "", "", "\"", "'"][self.dice.roll(5)];
        let colon = [":", ":", ":", " :"][self.dice.roll(4)];
        let head = format!("{}{quote}{key}{quote}{colon}", " ".repeat(lead));
        match value {
            Value::List(items) if items.is_empty() => self.closed(&head, key, "[]"),
            Value::Map(entries) if entries.is_empty() => self.closed(&head, key, "{}"),
            Value::List(items) => self.list(&head, lead, key, items),
            Value::Map(entries) => self.map(&head, lead, key, entries),
            Value::Nothing if self.dice.one_in(2) => self.closed(&head, key, ""),
            Value::Text(text) if self.dice.one_in(12) && !text.is_empty() => {
                // On the line below its key.
                let behind = self.behind(key, None);
                self.line(&format!("{head}{behind}"));
                let value = self.value(value, false);
                let behind = self.behind(key, None);
                self.line(&format!("{}{value}{behind}", " ".repeat(lead + 2)));
            }
            value => {
                let value = self.value(value, false);
                self.closed(&head, key, &value);
            }
        }
        self.written.lines.insert(key.into(), Span::new(start, self.out.len()));
    }

    fn closed(&mut self, head: &str, key: &str, value: &str) {
        let behind = self.behind(key, None);
        let gap = if value.is_empty() { "" } else { [" ", " ", "   "][self.dice.roll(3)] };
        self.line(&format!("{head}{gap}{value}{behind}"));
    }

    fn list(&mut self, head: &str, lead: usize, key: &str, items: &[Value]) {
        match self.dice.roll(5) {
            shape @ 0..=2 => {
                let indent = lead + [0, 2, 5][shape];
                let behind = self.behind(key, None);
                self.line(&format!("{head}{behind}"));
                for (at, item) in items.iter().enumerate() {
                    self.between(indent, Some((key, None)));
                    let item = self.value(item, false);
                    let behind = self.behind(key, Some(at));
                    self.line(&format!("{}- {item}{behind}", " ".repeat(indent)));
                    if self.commented && self.dice.one_in(8) {
                        let comment = self.comment(Some((key, Some(at))));
                        self.line(&format!("{}{comment}", " ".repeat(indent + 2)));
                    }
                }
            }
            3 => {
                let items: Vec<String> = items.iter().map(|item| self.value(item, true)).collect();
                let (pad, comma) = (["", " "][self.dice.roll(2)], [", ", ",  "][self.dice.roll(2)]);
                self.closed(head, key, &format!("[{pad}{}{pad}]", items.join(comma)));
            }
            _ => {
                let behind = self.behind(key, None);
                self.line(&format!("{head} [{behind}"));
                for (at, item) in items.iter().enumerate() {
                    let comma = if at + 1 < items.len() || self.dice.one_in(2) { "," } else { "" };
                    let item = self.value(item, true);
                    let known = self.written.comments.len();
                    let behind = self.behind(key, None);
                    if self.written.comments.len() > known {
                        self.written.guarded.entry(key.into()).or_default().push(at + 1);
                    }
                    self.line(&format!("{}{item}{comma}{behind}", " ".repeat(lead + 4)));
                }
                let behind = self.behind(key, None);
                self.line(&format!("{}]{behind}", " ".repeat(lead + 1)));
            }
        }
    }

    fn map(&mut self, head: &str, lead: usize, key: &str, entries: &[(String, Value)]) {
        if self.dice.one_in(3) {
            let lines = self.dice.one_in(2);
            let (gap, lead) = if lines { (self.newline, " ".repeat(lead + 3)) } else { (" ", String::new()) };
            let entries: Vec<String> = entries
                .iter()
                .map(|(name, value)| {
                    let name = [name.clone(), format!("\"{name}\"")][self.dice.roll(2)].clone();
                    format!("{lead}{name}: {}", self.value(value, true))
                })
                .collect();
            let open = if lines { self.newline } else { "" };
            return self.closed(head, key, &format!("{{{open}{}}}", entries.join(&format!(",{gap}"))));
        }
        let indent = lead + [2, 4][self.dice.roll(2)];
        let behind = self.behind(key, None);
        self.line(&format!("{head}{behind}"));
        for (name, value) in entries {
            self.between(indent, Some((key, None)));
            let value = self.value(value, false);
            let behind = self.behind(key, None);
            self.line(&format!("{}{name}: {value}{behind}", " ".repeat(indent)));
        }
    }
}

/// A model with what people leave out, leave empty, add and put elsewhere; as some hand writes it before a body.
fn write(model: &Model, body: &str, dice: &mut Dice) -> Written {
    let mut model = model.clone();
    for key in ["feature-gate", "stage", "milestone", "replaces", "superseded-by", "participating-sigs"] {
        match dice.roll(5) {
            0 => model.retain(|(name, _)| name != key),
            1 => put(&mut model, key, Value::Nothing),
            2 if dice.one_in(3) => put(&mut model, key, text("TBD")),
            _ => {}
        }
    }
    for key in ["reviewers", "approvers", "participating-sigs"] {
        match dice.roll(9) {
            0 => put(&mut model, key, text("TBD")),
            1 => put(&mut model, key, Value::Nothing),
            2 => put(&mut model, key, Value::List(vec![])),
            _ => {}
        }
    }
    if dice.one_in(8) {
        put(&mut model, "milestone", Value::Map(vec![]));
    }
    if dice.one_in(3) {
        model.insert(dice.roll(model.len() + 1), ("x-note".into(), list(&texts(&["a", "it's [b]", "#c"]))));
        model.insert(dice.roll(model.len() + 1), ("größe".into(), text("1 µm, \"or so\"")));
    }
    match dice.roll(4) {
        0 => model.reverse(),
        1 => {
            let (one, two) = (dice.roll(model.len()), dice.roll(model.len()));
            model.swap(one, two);
        }
        _ => {}
    }
    let written = Written {
        text: String::new(),
        model: model.clone(),
        lines: BTreeMap::new(),
        comments: vec![],
        guarded: BTreeMap::new(),
    };
    let newline = if dice.one_in(3) { "\r\n" } else { "\n" };
    let out = String::from(if dice.one_in(4) { "\u{feff}" } else { "" });
    let commented = !dice.one_in(4);
    let lead = if dice.one_in(10) { 2 } else { 0 };
    let mut hand = Hand { dice, out, newline, commented, written };
    let fence = ["---", "---", "---  "][hand.dice.roll(3)];
    hand.line(fence);
    for (key, value) in &model {
        hand.entry(lead, key, value);
    }
    hand.between(lead, None);
    hand.line(fence);
    let body = body.replace("\r\n", "\n").replace('\n', newline);
    let body = if hand.dice.one_in(4) { body.trim_end() } else { &body };
    let Hand { out, written, .. } = hand;
    Written { text: format!("{out}{body}"), ..written }
}

/// All that can be changed.
fn changes(model: &Model) -> Vec<Change> {
    let mut changes = Vec::new();
    for key in ["title", "creation-date", "status", "owning-sig", "feature-gate", "stage", "authors"] {
        let value = match key {
            "title" => "It's \"new\": [no] #7 — ü",
            "creation-date" => "2026-08-18",
            _ => "new-value",
        };
        changes.push(Change::Set(key, value.into()));
        changes.push(Change::Remove(key));
    }
    for key in ["vep-number", "replaces", "superseded-by", "milestone"] {
        changes.push(Change::SetNumber(key, 408));
        changes.push(Change::Remove(key));
    }
    for key in ["authors", "participating-sigs", "reviewers", "approvers", "milestone"] {
        let own = match get(model, key) {
            Some(Value::List(items)) => items
                .iter()
                .map(|item| match item {
                    Value::Text(text) => text.clone(),
                    other => panic!("{other:?}"),
                })
                .collect(),
            _ => vec![],
        };
        changes.push(Change::List(key, [own.as_slice(), &texts(&["@new", "TBD"])].concat()));
        if own.is_empty() {
            continue;
        }
        changes.push(Change::List(key, own.iter().map(|name| format!("{name}-too")).collect()));
        changes.push(Change::List(key, own.iter().take(1).cloned().collect()));
        changes.push(Change::List(key, vec![]));
    }
    for stage in Stage::ALL {
        changes.push(Change::Target(stage, "v1.11".into()));
    }
    for key in ["authors", "reviewers", "participating-sigs"] {
        for at in 0..4 {
            changes.push(Change::Item(key, at, ["@new", "TBD", "it's", "a, b"][at].into()));
        }
    }
    changes.push(Change::Stage("alpha".into(), Stage::Ga));
    changes.push(Change::Stage("delta".into(), Stage::Beta));
    changes.push(Change::Rename("x-note".into(), "replaces"));
    changes.push(Change::Rename("x-note".into(), "reviewers"));
    changes.push(Change::Rename("stage".into(), "feature-gate"));
    changes.push(Change::Rename("größe".into(), "stage"));
    changes
}

fn key_of(change: &Change) -> &str {
    match change {
        Change::Set(key, _)
        | Change::SetNumber(key, _)
        | Change::List(key, _)
        | Change::Item(key, ..)
        | Change::Remove(key) => key,
        Change::Target(..) | Change::Stage(..) => "milestone",
        Change::Rename(key, _) => key,
        Change::RemoveSection(_) | Change::Raw(_) => panic!("of no key"),
    }
}

/// Whether a reason is known that a change of this text is refused for, beside those of the model.
fn stands_in_the_way(written: &Written, change: &Change) -> Option<&'static str> {
    let Change::List(key, items) = change else { return None };
    let Some(Value::List(own)) = get(&written.model, key) else { return None };
    let guarded = written.guarded.get(*key)?;
    let gone = items.len()..own.len();
    guarded.iter().any(|at| gone.contains(at)).then_some("a comment stands inside the list")
}

/// An edit changed the lines of its key alone, byte by byte, and kept the comments.
fn assert_exact(written: &Written, change: &Change, after: &str) {
    let before = written.text.as_str();
    let key = key_of(change);
    let same = before.bytes().zip(after.bytes()).take_while(|(one, two)| one == two).count();
    match written.lines.get(key) {
        Some(lines) => {
            let rest = &before[lines.end..];
            assert!(same >= lines.start && after.ends_with(rest), "{change:?} leaves its lines\n{after}");
            assert!(after.len() >= lines.start + rest.len());
            let now = &after[lines.start..after.len() - rest.len()];
            match change {
                Change::Remove(_) => assert_eq!(now, "", "{change:?}\n{after}"),
                Change::Rename(_, to) => assert!(now.trim_start().starts_with(to)),
                _ => {
                    let was = &before[lines.start..lines.end];
                    let head = was.find(':').unwrap();
                    assert_eq!(now[..head], was[..head], "{change:?}");
                    let added = now.lines().count().checked_sub(was.lines().count());
                    let one_line = get(&written.model, key)
                        .is_none_or(|it| !matches!(it, Value::List(_) | Value::Map(_)));
                    if matches!(change, Change::Set(..) | Change::SetNumber(..)) && one_line {
                        assert_eq!(added, Some(0), "{change:?}\n{after}");
                    }
                }
            }
            let ends = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
            let (crlf, all) = ends(now);
            assert!(crlf == 0 || crlf == all, "{change:?} mixes line ends\n{now:?}");
        }
        None => {
            // Whole lines are put in, beginning with the key, between the lines of others.
            let put = after.len().checked_sub(before.len()).unwrap();
            let begins = (0..=same).rev().find(|at| {
                after.is_char_boundary(*at)
                    && after.get(at + put..) == before.get(*at..)
                    && after[*at..at + put].trim_start_matches(' ').starts_with(&format!("{key}:"))
                    && after[..*at].ends_with('\n')
            });
            let at = begins.unwrap_or_else(|| panic!("{change:?} puts no whole lines in\n{after}"));
            assert!(after[at..at + put].ends_with('\n'));
            let within = written.lines.iter().find(|(_, lines)| lines.start < at && at < lines.end);
            assert_eq!(within, None, "{change:?}\n{after}");
        }
    }
    for (comment, owner) in &written.comments {
        let gone = match (change, owner) {
            (Change::Remove(key), Some((owner, _))) => owner == key,
            (Change::List(key, items), Some((owner, Some(item)))) => owner == key && *item >= items.len(),
            _ => false,
        };
        assert!(gone || after.contains(comment.as_str()), "{change:?} loses {comment}\n{before}\n{after}");
    }
}

/// The number of a VEP in quotes stays in quotes.
fn alike(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Text(text), Value::Number(digits)) => text == digits,
        (found, wanted) => found == wanted,
    }
}

fn assert_model(found: &Model, wanted: &Model, context: &str) {
    let same = found.len() == wanted.len()
        && found.iter().zip(wanted).all(|(one, two)| one.0 == two.0 && alike(&one.1, &two.1));
    assert!(same, "{found:#?}\nis not\n{wanted:#?}\n{context}");
}

/// What came of many changes.
#[derive(Default, Debug)]
struct Tally {
    edits: usize,
    refusals: BTreeMap<String, usize>,
    /// How often another reader was asked and could answer.
    read: usize,
    typed: usize,
    oracle: usize,
    oracle_differs: BTreeMap<String, usize>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.edits += other.edits;
        self.read += other.read;
        self.typed += other.typed;
        self.oracle += other.oracle;
        for (reason, count) in other.refusals {
            *self.refusals.entry(reason).or_default() += count;
        }
        for (reason, count) in other.oracle_differs {
            *self.oracle_differs.entry(reason).or_default() += count;
        }
    }
}

/// One change of one block: exact, or refused for the reason that is expected.
fn check(written: &Written, change: &Change, tally: &mut Tally) {
    let wanted = meant(&written.model, change);
    let after = match (changed(&written.text, change), &wanted) {
        (Err(refusal), wanted) => {
            let expected = wanted.clone().err().or_else(|| stands_in_the_way(written, change));
            let expected = expected.unwrap_or_else(|| panic!("{change:?}: {refusal:?}\n{}", written.text));
            assert!(refusal.what.contains(expected), "{change:?}: {refusal:?}, not {expected}");
            *tally.refusals.entry(expected.into()).or_default() += 1;
            return;
        }
        (Ok(after), Err(reason)) => panic!("{change:?} is not refused: {reason}\n{after}"),
        (Ok(after), Ok(_)) => after,
    };
    tally.edits += 1;
    assert_exact(written, change, &after);
    let (wanted, (_, yaml)) = (wanted.unwrap(), block(&after).unwrap());
    let found = read(yaml).unwrap_or_else(|| panic!("{change:?} is not read by another reader\n{yaml}"));
    assert_model(&found, &wanted, &format!("{change:?}\n{yaml}"));
    tally.read += 1;
    if let Some(serde_json::Value::Object(found)) = read_typed(yaml) {
        tally.typed += 1;
        for (key, value) in &wanted {
            let (found, value) = (&found[key], typed(value));
            let same = *found == value || value.is_number() && found.as_str() == Some(&value.to_string());
            assert!(same, "{change:?}: {found} is not {value}\n{yaml}");
        }
        assert_eq!(found.len(), wanted.len());
    }
}

// Another editor.

/// The same change made by `yaml-edit`; none where it has no way to say it.
fn by_the_oracle(yaml: &str, change: &Change) -> Option<Model> {
    let document = Oracle::from_str_ignoring_comments(yaml).ok()?;
    let mapping = document.as_mapping()?;
    let string = |text: &String| ScalarValue::string(text.clone());
    match change {
        Change::Set(key, value) => mapping.set(*key, string(value)),
        Change::SetNumber(key, number) => mapping.set(*key, i64::from(*number)),
        Change::List(key, items) => {
            let items: Vec<yaml_edit::YamlValue> =
                items.iter().map(|item| yaml_edit::YamlValue::scalar(string(item))).collect();
            mapping.set(*key, items);
        }
        Change::Target(stage, release) => match mapping.get_mapping("milestone") {
            Some(stages) => stages.set(stage.as_str(), string(release)),
            None => {
                let stage = (stage.as_str().to_owned(), yaml_edit::YamlValue::scalar(string(release)));
                mapping.set("milestone", BTreeMap::from([stage]));
            }
        },
        Change::Rename(from, to) => assert!(mapping.rename_key(from.as_str(), *to)),
        Change::Remove(key) => drop(mapping.remove(*key)?),
        Change::Item(..) | Change::Stage(..) | Change::RemoveSection(_) | Change::Raw(_) => return None,
    }
    // What it wrote, not what it holds.
    read(&document.to_string())
}

fn sorted(model: &Model) -> Model {
    let mut model = model.clone();
    for (_, value) in &mut model {
        if let Value::Map(entries) = value {
            entries.sort_by(|one, two| one.0.cmp(&two.0));
        }
    }
    model.sort_by(|one, two| one.0.cmp(&two.0));
    model
}

/// Asks the other editor for the same change, and compares what both wrote.
fn ask_the_oracle(written: &Written, change: &Change, tally: &mut Tally) {
    // It has no way to change one item or the key of a map within another one.
    if matches!(change, Change::Item(..) | Change::Stage(..)) {
        return;
    }
    let Ok(after) = changed(&written.text, change) else { return };
    let (_, yaml) = block(&written.text).unwrap();
    let ours = sorted(&read(block(&after).unwrap().1).unwrap());
    tally.oracle += 1;
    let theirs = by_the_oracle(yaml, change).map(|model| sorted(&model));
    let same = theirs.as_ref().is_some_and(|theirs| {
        theirs.len() == ours.len()
            && theirs
                .iter()
                .zip(&ours)
                .all(|(one, two)| one.0 == two.0 && (alike(&one.1, &two.1) || alike(&two.1, &one.1)))
    });
    if !same {
        let kind = format!("{change:?}").split('(').next().unwrap().to_owned();
        println!("the other editor differs: {change:?}\n{yaml}\nours {ours:?}\ntheirs {theirs:?}");
        *tally.oracle_differs.entry(kind).or_default() += 1;
    }
}

// Where the blocks come from.

/// A model and the body that it stands before.
fn bases() -> Vec<(Model, String)> {
    let mut bases = Vec::new();
    // Without the real corpus the example's documents are as many bodies as a statistic needs.
    let example = || Outside::new(Place::Example, None).load(None).unwrap();
    let world = crate::wild::world().unwrap_or_else(example);
    for document in world.head.proposals().iter() {
        let facts = document.facts();
        let targets: Vec<(String, Value)> = facts
            .targets
            .iter()
            .map(|(stage, fact)| (stage.as_str().to_owned(), text(&fact.value.to_string())))
            .collect();
        let model = vec![
            ("title".into(), text(facts.title.as_ref().map_or("It's: a \"title\"", |it| it.value.trim()))),
            ("vep-number".into(), Value::Number(facts.number.as_ref().unwrap().value.to_string())),
            ("creation-date".into(), text("2025-01-31")),
            ("status".into(), text("implementable")),
            ("authors".into(), list(&texts(&["@a-b", "@c"]))),
            ("owning-sig".into(), text(facts.sig.as_ref().map_or("sig-compute", |it| &it.value))),
            ("participating-sigs".into(), list(&texts(&["sig-network", "sig-storage", "sig-x"]))),
            ("reviewers".into(), list(&texts(&["TBD", "@d", "@e-f"]))),
            ("approvers".into(), list(&texts(&["@g"]))),
            ("feature-gate".into(), text("Gate")),
            ("stage".into(), text("beta")),
            ("milestone".into(), Value::Map(targets)),
            ("replaces".into(), text("")),
            ("superseded-by".into(), Value::Number("99".into())),
        ];
        let source = document.source.text();
        let body = match &document.front {
            Front::Read { block, .. } => source[block.end..].trim_start_matches(['\r', '\n']),
            _ => source,
        };
        bases.push((model, format!("\n{}", body.trim_start_matches('\u{feff}'))));
    }
    bases
}

/// The beginning of a body: enough for front matter to stand before something.
fn short(body: &str) -> String {
    body.split_inclusive('\n').take(6).collect()
}

/// Does the work for all bases on the cores that there are.
fn each_base(work: impl Fn(usize, &Model, &str, &mut Tally) + Sync) -> Tally {
    let bases = bases();
    let mut whole = Tally::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = [0, 1]
            .into_iter()
            .map(|part| {
                let (bases, work) = (&bases, &work);
                scope.spawn(move || {
                    let mut tally = Tally::default();
                    for (at, (model, body)) in bases.iter().enumerate().filter(|(at, _)| at % 2 == part) {
                        work(at, model, body, &mut tally);
                    }
                    tally
                })
            })
            .collect();
        for thread in threads {
            whole.add(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    whole
}

fn dice(seed: usize) -> Dice {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (u64::try_from(seed).unwrap() << 20));
    for _ in 0..8 {
        dice.roll(2);
    }
    dice
}

// The specification.

/// Every change of every hand's block: exact to the byte and in what it says, or refused for a known reason.
#[test]
fn every_change_is_exact_or_refused() {
    let tally = each_base(|at, model, body, tally| {
        for hand in 0..4 {
            let mut dice = dice(at * 100 + hand);
            let written = write(model, &short(body), &mut dice);
            assert_eq!(
                read(block(&written.text).unwrap().1).as_ref(),
                Some(&written.model),
                "{}",
                written.text
            );
            for change in changes(&written.model) {
                check(&written, &change, tally);
            }
        }
    });
    println!("{} edits, {} read by serde as well", tally.edits, tally.typed);
    let refused: usize = tally.refusals.values().sum();
    println!("{refused} refusals: {:#?}", tally.refusals);
    assert!(refused * 2 < tally.edits, "{refused} refusals of {} edits", tally.edits);
    assert!(tally.typed * 10 > tally.edits * 9, "{} of {}", tally.typed, tally.edits);
    // A list that loses items among comments is the only thing that the hand, and not the question, forbids.
    assert!(tally.refusals.get("a comment stands inside the list").is_none_or(|it| it * 50 < tally.edits));
}

/// Before the whole bodies, too; and sections go alone.
#[test]
fn the_real_bodies_stay_as_they_are() {
    let tally = each_base(|at, model, body, tally| {
        let mut dice = dice(at + 7);
        let written = write(model, body, &mut dice);
        let all = changes(&written.model);
        check(&written, &all[dice.roll(all.len())], tally);
        let document = parsed(&written.text);
        let sections = &document.outline().sections;
        if sections.is_empty() {
            return;
        }
        let section = &sections[dice.roll(sections.len())];
        match changed(&written.text, &Change::RemoveSection(section.span)) {
            Ok(after) => {
                tally.edits += 1;
                let text = &written.text;
                assert_eq!(after, format!("{}{}", &text[..section.span.start], &text[section.span.end..]));
            }
            Err(refusal) => *tally.refusals.entry(refusal.what).or_default() += 1,
        }
        let askew = Span::new(section.span.start, section.span.end - 1);
        let refusal = changed(&written.text, &Change::RemoveSection(askew)).unwrap_err();
        assert!(refusal.what.contains("no section"));
    });
    println!("{} edits, refusals: {:?}", tally.edits, tally.refusals);
    assert!(tally.edits > tally.refusals.values().sum());
}

/// What another editor of YAML makes of the same change says the same.
#[test]
fn another_editor_means_the_same() {
    let tally = each_base(|at, model, body, tally| {
        let mut dice = dice(at * 3 + 1);
        let written = write(model, &short(body), &mut dice);
        for change in changes(&written.model) {
            ask_the_oracle(&written, &change, tally);
        }
    });
    println!("{} changes asked, {:?} differ", tally.oracle, tally.oracle_differs);
    assert!(tally.oracle_differs.is_empty(), "{:?} of {}", tally.oracle_differs, tally.oracle);
}

/// Where the other editor is known to do something else, and why ours does not.
#[test]
fn what_another_editor_does_otherwise() {
    let theirs = |yaml: &str, key: &str| {
        let document = Oracle::from_str_ignoring_comments(yaml).unwrap();
        document.as_mapping().unwrap().set(key, "deferred");
        document.to_string()
    };
    let ours = |yaml: &str| changed(&format!("---\n{yaml}---\n"), &Change::Set("status", "deferred".into()));
    for (yaml, by_it, by_us) in [
        // It changes what the alias means along with the anchored value.
        ("status: &s x\nstage: *s\n", "status: &s deferred\nstage: *s\n", Err("anchor or a tag")),
        // It drops the comment between a key and its value.
        ("status:\n  # why\n  x\n", "status: deferred\n", Ok("status:\n  # why\n  deferred\n")),
        // It takes the first of two keys; most readers take the last, or none.
        ("status: x\nstatus: y\n", "status: deferred\nstatus: y\n", Err("twice")),
    ] {
        assert_eq!(theirs(yaml, "status"), by_it);
        match (ours(yaml), by_us) {
            (Ok(ours), Ok(by_us)) => assert_eq!(ours, format!("---\n{by_us}---\n")),
            (Err(refusal), Err(reason)) => assert!(refusal.what.contains(reason), "{refusal:?}"),
            (ours, _) => panic!("{yaml:?}: {ours:?}"),
        }
    }
}

/// A program in a folder, deaf to the settings of whoever runs the tests.
fn run(folder: &Path, program: &str, args: &[&str]) -> Result<(), String> {
    let out = Command::new(program)
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", folder.join("none"))
        .env("GIT_CEILING_DIRECTORIES", folder)
        .output()
        .map_err(|error| error.to_string())?;
    let said = [out.stdout, out.stderr].concat();
    if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&said).into_owned()) }
}

const PATHS: [&str; 8] = [
    "veps/sig-compute/7-guest-clock/vep.md",
    "veps/sig compute/8 with  blanks/vep one.md",
    "veps/sig-größe/9-時計/vep ü.md",
    "vep.md",
    "a/b/c d",
    "it's/(odd) [name] #1 & $HOME.md",
    "quote\"d/back\\slash.md",
    "tab\there/vep.md",
];

/// The unified diff of a patch, as two programs of the world apply it.
#[test]
fn git_and_patch_apply_the_diff_byte_by_byte() {
    let mut patches = Vec::new();
    for (at, (model, body)) in bases().iter().enumerate().take(48) {
        let mut dice = dice(at * 11 + 5);
        let body = if dice.one_in(2) { short(body) } else { String::new() };
        let written = write(model, &body, &mut dice);
        let all = changes(&written.model);
        let path = PATHS[at % PATHS.len()].replace("vep", &format!("vep{at}"));
        let path = if path.contains("vep") { path } else { format!("{at}/{path}") };
        let document = Document::parse(Source::new(path, written.text.as_str()));
        // Several changes at once, those that are refused left out.
        let mut wanted: Vec<Change> = Vec::new();
        for _ in 0..3 {
            let change = all[dice.roll(all.len())].clone();
            let more = [wanted.as_slice(), &[change]].concat();
            if edited(&document, &more).is_ok() {
                wanted = more;
            }
        }
        let patch = edited(&document, &wanted).unwrap();
        if !patch.is_empty() {
            patches.push(patch);
        }
    }
    let new = |path: &str, after: &str| Patch { path: path.into(), before: None, after: after.into() };
    patches.push(new("new/a vep.md", "---\r\ntitle: x\r\n---"));
    patches.push(new("new/ü.md", "\u{feff}x\n"));
    let odd = |before: &str, after: &str| Patch {
        path: format!("odd/{}.md", before.len()),
        before: Some(before.into()),
        after: after.into(),
    };
    patches.push(odd("a\rb\nc\rd", "a\rb\nc\re"));
    patches.push(odd("-- a\n++ b\n", "-- a\n-- c\n"));
    let last = "---\nstatus: x\n---\n\n# A\n\n## B\n\nno end";
    let section = parsed(last).outline().sections[1].span;
    patches.push(odd(last, &changed(last, &Change::RemoveSection(section)).unwrap()));
    let has_patch = Command::new("patch").arg("--version").output().is_ok_and(|out| out.status.success());
    if !has_patch {
        println!("half of it skipped: there is no program `patch`");
    }
    let mut applied = 0;
    for program in ["git", "patch"].iter().filter(|it| has_patch || **it == "git") {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        run(folder, "git", &["init", "--quiet"]).unwrap();
        // `patch` refuses names that begin with a quote or hold a tab in some versions; git has both.
        let named = |patch: &&Patch| *program == "git" || !patch.path.contains(['"', '\\', '\t']);
        let mut diff = String::new();
        for patch in patches.iter().filter(named) {
            let file = folder.join(&patch.path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            if let Some(before) = &patch.before {
                std::fs::write(&file, before).unwrap();
            }
            diff.push_str(&patch.diff());
        }
        std::fs::write(folder.join("the.diff"), &diff).unwrap();
        match *program {
            "git" => {
                run(folder, "git", &["apply", "--check", "the.diff"])
                    .unwrap_or_else(|said| panic!("{said}\n{diff}"));
                run(folder, "git", &["apply", "the.diff"]).unwrap_or_else(|said| panic!("{said}\n{diff}"));
            }
            _ => run(folder, "patch", &["-p1", "-i", "the.diff"])
                .unwrap_or_else(|said| panic!("{said}\n{diff}")),
        }
        for patch in patches.iter().filter(named) {
            let now = std::fs::read_to_string(folder.join(&patch.path)).unwrap();
            assert_eq!(now, patch.after, "{program} {}", patch.path);
            applied += 1;
        }
    }
    println!("{applied} diffs applied");
    assert!(applied >= patches.len());
}

/// Sets the status of a document and sets it back: one line is another, then none is.
fn assert_there_and_back(path: &str, text: &str) -> Result<(), String> {
    let document = Document::parse(Source::new(path, text));
    let Some(matter) = document.matter() else { return Err("no front matter that can be read".into()) };
    let was = match matter.written("status").next() {
        Some(node) if node.text() == Some("given-up") => return Err("given up already".into()),
        Some(node) => Some(node.text().unwrap_or_default().to_owned()),
        None => None,
    };
    let is_missing = matter
        .written("status")
        .next()
        .is_some_and(|node| node.resolved() == Some(vep_mcp::yaml::Plain::Null));
    let there = edited(&document, &[Change::Set("status", "given-up".into())]).map_err(|it| it.what)?;
    let (before, after): (Vec<&str>, Vec<&str>) =
        (text.split_inclusive('\n').collect(), there.after.split_inclusive('\n').collect());
    match &was {
        Some(_) => {
            let other = before.iter().zip(&after).filter(|(one, two)| one != two).count();
            assert_eq!((before.len(), other), (after.len(), 1), "{path}\n{}", there.diff());
        }
        None => {
            let at = before.iter().zip(&after).take_while(|(one, two)| one == two).count();
            assert_eq!((&before[at..], before.len() + 1), (&after[at + 1..], after.len()), "{path}");
        }
    }
    let back = match was {
        Some(was) if !is_missing => Change::Set("status", was),
        // Nothing can be set to be nothing again.
        Some(_) => return Ok(()),
        None => Change::Remove("status"),
    };
    let there = Document::parse(Source::new(path, there.after));
    let back = edited(&there, &[back]).map_err(|it| it.what)?;
    // A value without quotes that holds signs is written with quotes, which says the same.
    let quoted = |text: &str| text.replace('"', "");
    if back.after != text && quoted(&back.after) == quoted(text) {
        return Err("the same, in quotes".into());
    }
    assert_eq!(back.after, text, "{path}");
    Ok(())
}

#[test]
fn a_status_that_is_set_and_set_back_leaves_no_trace() {
    let mut there_and_back = 0;
    for (at, (model, body)) in bases().iter().enumerate() {
        let mut dice = dice(at * 5 + 2);
        let body = if dice.one_in(4) { body.clone() } else { short(body) };
        let written = write(model, &body, &mut dice);
        assert_there_and_back(PATH, &written.text).unwrap();
        there_and_back += 1;
    }
    println!("{there_and_back} documents there and back");
}

/// The same for whatever corpus somebody names.
#[test]
fn foreign_documents_are_set_and_set_back() {
    let Some(folder) = std::env::var_os("VEP_FOREIGN") else {
        println!("skipped: no foreign corpus (set VEP_FOREIGN to a folder of *.md and *.yaml)");
        return;
    };
    let (mut done, mut refusals) = (0, BTreeMap::<String, usize>::new());
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default().to_owned();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && ["md", "yaml"].contains(&ending.as_str()) {
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                let text = if ending == "yaml" && !text.starts_with("---") {
                    format!("---\n{text}{}---\n", if text.ends_with('\n') { "" } else { "\n" })
                } else {
                    text
                };
                if matches!(parsed(&text).front, Front::Absent { .. }) {
                    continue;
                }
                match assert_there_and_back(&path.to_string_lossy(), &text) {
                    Ok(()) => done += 1,
                    Err(reason) => *refusals.entry(reason).or_default() += 1,
                }
            }
        }
    }
    println!("{done} foreign documents there and back; not: {refusals:#?}");
}

/// YAML that few write: what is made of it, or the words of the refusal.
#[test]
fn awkward_yaml_is_edited_exactly_or_refused_with_the_reason() {
    let status = || Change::Set("status", "deferred".into());
    let reviewers = |items: &[&str]| Change::List("reviewers", texts(items));
    let long = "x".repeat(20_000);
    let one_long = format!("title: {long}\nstatus: {long}\n");
    let long_after = format!("title: {long}\nstatus: deferred\n");
    #[rustfmt::skip]
    let cases: Vec<(&str, Change, Result<&str, &str>)> = vec![
        // Anchors, aliases, tags, merge keys.
        ("status: &a x\nstage: *a\n", status(), Err("anchor or a tag")),
        ("title: &a x\nstatus: *a\n", status(), Err("alias")),
        ("title: &a x\nstage: *a\nstatus: y\n", status(), Ok("title: &a x\nstage: *a\nstatus: deferred\n")),
        ("status: !!str x\n", status(), Err("anchor or a tag")),
        ("status: !mine\n", status(), Err("anchor or a tag")),
        ("&k status: x\n", status(), Err("beginning of its line")),
        ("reviewers: [&x a, b]\nstage: *x\n", reviewers(&["c", "b"]), Err("anchor or a tag")),
        ("reviewers: [&x a, b]\nstage: *x\n", reviewers(&["a", "c"]), Ok("reviewers: [&x a, c]\nstage: *x\n")),
        ("reviewers:\n- a\n- &x b\napprovers: [*x]\n", reviewers(&["a"]), Err("anchor or a tag")),
        ("authors: [&x a]\nreviewers: [&x b]\napprovers: [*x]\n", Change::Remove("reviewers"), Err("anchor or a tag")),
        ("base: &b {stage: x}\n<<: *b\nstatus: x\n", status(), Err("merge key")),
        ("\"<<\": x\nstatus: x\n", status(), Ok("\"<<\": x\nstatus: deferred\n")),
        // Text over several lines.
        ("status: |\n  x\n", status(), Err("block of text")),
        ("status: >-\n  x\n", status(), Err("block of text")),
        ("title: >-\n  x\n  # y\n", status(), Ok("title: >-\n  x\n  # y\nstatus: deferred\n")),
        ("creation-date: |\n  x\nstage: y\n", status(), Ok("creation-date: |\n  x\nstatus: deferred\nstage: y\n")),
        ("title: |+\n  x\n\nstage: y\n", status(), Err("something else")),
        ("status: a\n  b\n  c # d\n", status(), Ok("status: deferred # d\n")),
        ("status: 'a\n\n  b' # c\nstage: y\n", status(), Ok("status: 'deferred' # c\nstage: y\n")),
        ("status: \"a\\\n  b\"\n", status(), Ok("status: \"deferred\"\n")),
        ("title: a\n  b\nstage: y\n", status(), Ok("title: a\n  b\nstatus: deferred\nstage: y\n")),
        ("title: 'a\n\n  b'\nstage: y\n", status(), Ok("title: 'a\n\n  b'\nstatus: deferred\nstage: y\n")),
        // Brackets over several lines, with comments.
        ("reviewers: [a, # one\n  b] # two\n", reviewers(&["a"]), Err("comment stands inside")),
        ("reviewers: [a, # one\n  b] # two\n", reviewers(&["a", "b", "@c"]), Ok("reviewers: [a, # one\n  b, \"@c\"] # two\n")),
        ("reviewers: [a,\n  'b # c',\n  ]\n", reviewers(&["a"]), Ok("reviewers: [a,\n  ]\n")),
        ("reviewers: [a, {b: c}]\n", reviewers(&["a", "d"]), Err("no single value")),
        ("reviewers: [a, [b]]\n", reviewers(&["a", "d"]), Err("no single value")),
        ("reviewers: {a: b}\n", reviewers(&["a"]), Err("no list")),
        ("milestone: {\n  alpha: v1.9, # a\n  ga: x\n  }\n", Change::Target(Stage::Beta, "v1.10".into()), Ok("milestone: {\n  alpha: v1.9, beta: \"v1.10\", # a\n  ga: x\n  }\n")),
        ("milestone: {\n  beta: v1.9 }\n", Change::Target(Stage::Alpha, "v1.8".into()), Ok("milestone: {\n  alpha: \"v1.8\", beta: v1.9 }\n")),
        ("milestone: {beta}\n", Change::Target(Stage::Beta, "v1.10".into()), Err("no colon")),
        ("milestone: {beta: , ga: x}\n", Change::Target(Stage::Beta, "v1.10".into()), Ok("milestone: {beta: v1.10 , ga: x}\n")),
        ("milestone: {alpha: , ga: x}\n", Change::Target(Stage::Beta, "v1.10".into()), Ok("milestone: {alpha:, beta: \"v1.10\" , ga: x}\n")),
        ("milestone: {\"beta\":v1.9}\n", Change::Target(Stage::Beta, "a, b".into()), Ok("milestone: {\"beta\":\"a, b\"}\n")),
        ("milestone:\n  alpha: x\n  alpha: y\n", Change::Target(Stage::Alpha, "v1.9".into()), Err("twice")),
        ("milestone:\n  alpha: {x: y}\n", Change::Target(Stage::Alpha, "v1.9".into()), Err("no single one")),
        ("milestone:\n  # none yet\nstage: x\n", Change::Target(Stage::Alpha, "v1.9".into()), Ok("milestone:\n  alpha: \"v1.9\"\n  # none yet\nstage: x\n")),
        ("{status: x}\n", status(), Err("beginning of its line")),
        ("{\n  title: a,\n  status: x\n}\n", status(), Ok("{\n  title: a,\n  status: deferred\n}\n")),
        // Keys.
        ("\"status\": x\n", status(), Ok("\"status\": deferred\n")),
        ("'status' : x\n", status(), Ok("'status' : deferred\n")),
        ("'st\"x': x\n", Change::Rename("st\"x".into(), "status"), Ok("status: x\n")),
        ("? status\n: x\n", status(), Err("beginning of its line")),
        ("? [a, b]\n: x\nstatus: y\n", status(), Err("beginning of its line")),
        ("[a, b]: x\nstatus: y\n", status(), Ok("[a, b]: x\nstatus: deferred\n")),
        ("status: x\nstatus: y\n", status(), Err("twice")),
        ("status: x\n\"status\": y\n", Change::Remove("status"), Err("twice")),
        ("größe: x\nstatus: ü # ß\n時計: y\n", status(), Ok("größe: x\nstatus: deferred # ß\n時計: y\n")),
        ("  title: x\n  stage: y\n", status(), Ok("  title: x\n  status: deferred\n  stage: y\n")),
        ("  status: x\n", Change::Set("title", "A".into()), Ok("  title: A\n  status: x\n")),
        ("status: x\n", Change::Remove("status"), Err("only key")),
        ("status: x\n", Change::Rename("stage".into(), "title"), Err("there is no key")),
        ("status: x\nstage: y\n", Change::Rename("stage".into(), "status"), Err("there as well")),
        // Blanks and tabs.
        ("status:\tx\t# c\n", status(), Ok("status:\tdeferred\t# c\n")),
        ("status\t: x\n", status(), Ok("status\t: deferred\n")),
        ("status\t:\n", status(), Err("no colon")),
        ("status:\t# c\n", status(), Ok("status: deferred\t# c\n")),
        ("reviewers:\n\t- a\n", reviewers(&["a"]), Err("tab")),
        ("status: x   \nstage:   \n", status(), Ok("status: deferred   \nstage:   \n")),
        ("status: x\nstage:   \n", Change::Set("stage", "beta".into()), Ok("status: x\nstage: beta   \n")),
        ("status:\n\n  # why\n  x # c\n", status(), Ok("status:\n\n  # why\n  deferred # c\n")),
        ("status:\n  # why\nstage: x\n", status(), Ok("status: deferred\n  # why\nstage: x\n")),
        ("status: x # a: b # c\n", status(), Ok("status: deferred # a: b # c\n")),
        ("status: x#y\n", status(), Ok("status: deferred\n")),
        ("status: \"x\"# c\n", status(), Err("separated")),
        ("\u{feff}status: x\nstage: y\n", status(), Ok("\u{feff}status: deferred\nstage: y\n")),
        // Items.
        ("reviewers:\n  -\n  - b\n", reviewers(&["a", "b"]), Err("item of the list is empty")),
        ("reviewers:\n  - # who\n    a\n", reviewers(&["b"]), Err("line of its own")),
        ("reviewers:\n  - a: b\n", reviewers(&["c"]), Err("no single value")),
        ("reviewers:\n  - - a\n", reviewers(&["c"]), Err("no single value")),
        ("reviewers:\n  - a\n   # deep\n  # level\napprovers: x\n", reviewers(&["a", "b"]), Ok("reviewers:\n  - a\n   # deep\n  - b\n  # level\napprovers: x\n")),
        ("reviewers: # who\n- a\n# b is away\n- b # until May\n- c\nstage: x\n", reviewers(&["a", "c"]), Ok("reviewers: # who\n- a\n# b is away\n- c # until May\nstage: x\n")),
        ("reviewers:\n", reviewers(&[]), Err("not emptied")),
        // The end.
        ("status: x\n...\n", Change::Set("stage", "beta".into()), Ok("status: x\nstage: beta\n...\n")),
        ("title: x\n...\nstatus: y\n", status(), Err("inside the block ends it")),
        ("%YAML 1.2\n", status(), Err("begin with `%`")),
        ("--- # x\ntitle: y\n", Change::SetNumber("replaces", 1), Ok("--- # x\ntitle: y\nreplaces: 1\n")),
        ("- status\n", status(), Err("not a map")),
        ("# only this\n", status(), Err("empty")),
        (&one_long, status(), Ok(&long_after)),
    ];
    let (mut edits, mut refusals) = (0, 0);
    for (head, change, expected) in cases {
        for newline in ["\n", "\r\n"] {
            let whole = |head: &str| format!("---\n{head}---\n\n# VEP #7: A\n").replace('\n', newline);
            let found = changed(&whole(head), &change).map_err(|refusal| refusal.what);
            match (&found, expected) {
                (Ok(found), Ok(expected)) => {
                    assert_eq!(*found, whole(expected), "{head:?} {change:?}");
                    edits += 1;
                }
                (Err(found), Err(expected)) => {
                    assert!(found.contains(expected), "{head:?} {change:?}: {found}");
                    refusals += 1;
                }
                _ => panic!("{head:?} {change:?}: {found:?} and not {expected:?}"),
            }
        }
    }
    println!("{edits} awkward edits, {refusals} refusals");
}

/// Bytes that no editor of front matter is asked about.
#[test]
fn documents_without_a_block_are_refused_with_the_reason() {
    for (text, reason) in [
        ("", "no front matter"),
        ("# VEP #7: A\n", "no front matter"),
        ("---", "not closed"),
        ("---\nstatus: x\n", "not closed"),
        ("---\n---\n", "empty"),
        ("---\nstatus: [x\n---\n", "bracket"),
        ("---\nstatus: @x\n---\n", "quoted"),
    ] {
        let refusal = changed(text, &Change::Set("status", "deferred".into())).unwrap_err();
        assert!(refusal.what.contains(reason), "{text:?}: {refusal:?}");
    }
}

/// What a change was meant to set, as the document reads it afterwards.
fn holds(document: &Document, change: &Change) -> bool {
    let written = |key: &str| {
        document.matter().and_then(|it| it.entries().iter().find(|entry| entry.key.text() == Some(key)))
    };
    let items = |key: &str| -> Option<Vec<String>> {
        match &written(key)?.value.kind {
            vep_mcp::yaml::Kind::List(items) => items.iter().map(|it| it.text().map(str::to_owned)).collect(),
            _ => None,
        }
    };
    let value = |key: &str| written(key).and_then(|entry| entry.value.text());
    match change {
        Change::Set(key, wanted) => value(key) == Some(wanted),
        Change::SetNumber(key, wanted) => value(key) == Some(&wanted.to_string()),
        Change::List(key, wanted) => items(key).as_ref() == Some(wanted),
        Change::Item(key, at, wanted) => match items(key) {
            Some(items) => items.get(*at) == Some(wanted),
            None => *at == 0 && value(key) == Some(wanted),
        },
        Change::Stage(from, to) => match written("milestone").map(|entry| &entry.value.kind) {
            Some(vep_mcp::yaml::Kind::Map(stages)) => {
                let has = |name: &str| stages.iter().any(|entry| entry.key.text() == Some(name));
                has(to.as_str()) && !has(from)
            }
            _ => false,
        },
        Change::Remove(key) => written(key).is_none(),
        Change::Rename(from, to) => written(from).is_none() && written(to).is_some(),
        Change::Target(stage, wanted) => match written("milestone").map(|entry| &entry.value.kind) {
            Some(vep_mcp::yaml::Kind::Map(stages)) => stages
                .iter()
                .any(|entry| entry.key.text() == Some(stage.as_str()) && entry.value.text() == Some(wanted)),
            _ => false,
        },
        Change::RemoveSection(_) | Change::Raw(_) => false,
    }
}

/// The change that takes another one back, where one can be said.
fn inverse(before: &Document, change: &Change) -> Option<Change> {
    let node = |key: &str| {
        before.matter()?.entries().iter().find(|it| it.key.text() == Some(key)).map(|it| &it.value)
    };
    match change {
        Change::Set(key, _) | Change::SetNumber(key, _) => match node(key) {
            None => Some(Change::Remove(key)),
            Some(node) if node.resolved() == Some(vep_mcp::yaml::Plain::Text) => {
                Some(Change::Set(key, node.text()?.into()))
            }
            _ => None,
        },
        Change::List(key, _) | Change::Remove(key) if node(key).is_none() => Some(Change::Remove(key)),
        Change::Target(..) if node("milestone").is_none() => Some(Change::Remove("milestone")),
        Change::Target(stage, _) => match &node("milestone")?.kind {
            vep_mcp::yaml::Kind::Map(stages) => {
                let was = stages.iter().find(|it| it.key.text() == Some(stage.as_str()))?;
                (was.value.resolved() == Some(vep_mcp::yaml::Plain::Text))
                    .then(|| Some(Change::Target(*stage, was.value.text()?.into())))?
            }
            _ => None,
        },
        _ => None,
    }
}

/// Something that lands in front matter.
fn piece() -> impl Strategy<Value = String> {
    let awkward = [
        "&a ",
        "*a",
        "|\n  ",
        ">-\n  ",
        "|+\n  x\n\n",
        "? ",
        "\n  # c\n",
        " # c",
        "\n- ",
        "\n  - ",
        "{",
        "}",
        "[",
        "]",
        ": ",
        ", ",
        "!!str ",
        "<<: ",
        "...\n",
        "---\n",
        "\n\n",
        "\t",
        "\r\n",
        "\"",
        "'",
        "~",
        "null",
        "status: x\n",
        "stage:\n",
        "{a: ",
        "[a, ",
        "\n  ",
        "\n    ",
        "\u{feff}",
        "\u{2028}",
        "reviewers:\n",
        "milestone: {",
        "{}",
        "[]",
    ];
    prop_oneof![
        "[-\"'@:#\\[\\]{}&*!|>%?,`~ \r\n\ta-z0-9.\u{feff}ü]{0,6}",
        prop::sample::select(awkward.to_vec()).prop_map(str::to_owned),
    ]
}

fn any_change() -> impl Strategy<Value = Change> {
    let word = prop_oneof!["[a-z]{1,6}", "\\PC{0,8}", Just("v1.10".to_owned()), Just("no".to_owned())];
    let key = prop::sample::select(SCHEMA.iter().map(|key| key.name).collect::<Vec<_>>());
    let other = prop::sample::select(SCHEMA.iter().map(|key| key.name).collect::<Vec<_>>());
    let stage = prop::sample::select(Stage::ALL.to_vec());
    let words = prop::collection::vec(word.clone(), 0..4);
    (0..6usize, key, other, word, words, stage, any::<u16>()).prop_map(
        |(kind, key, other, word, words, stage, number)| match kind {
            0 => Change::Set(key, word),
            1 => Change::SetNumber(key, number.into()),
            2 => Change::List(key, words),
            3 => Change::Target(stage, word),
            4 => Change::Rename(other.into(), key),
            _ => Change::Remove(key),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(800) })]

    /// A lawful document with pieces cut out, put in or replaced: whatever is edited is what was meant.
    #[test]
    fn no_mutilation_is_edited_wrongly(
        cuts in prop::collection::vec((0usize..480, prop_oneof![Just(0), 0usize..14], piece()), 1..4),
        change in any_change(),
    ) {
        let mut whole = crate::rules::lawful().remove(PATH).unwrap();
        whole.truncate(whole.find("## Motivation").unwrap());
        for (start, length, put) in cuts {
            let mut start = start.min(whole.len());
            while !whole.is_char_boundary(start) { start -= 1; }
            let mut end = (start + length).min(whole.len());
            while !whole.is_char_boundary(end) { end += 1; }
            whole.replace_range(start..end, &put);
        }
        let before = parsed(&whole);
        if let Ok(after) = changed(&whole, &change) {
            let now = parsed(&after);
            prop_assert!(holds(&now, &change), "{change:?}\n{whole}\n{after}");
            let (was, is) = (block(&whole).unwrap(), block(&after).unwrap());
            // Both fences and the body.
            prop_assert_eq!(&whole[..was.0], &after[..is.0]);
            prop_assert_eq!(&whole[was.0 + was.1.len()..], &after[is.0 + is.1.len()..]);
            // Serde sees nothing else changed either.
            if let (Some(serde_json::Value::Object(was)), Some(serde_json::Value::Object(is))) = (read_typed(was.1), read_typed(is.1)) {
                let touched = |key: &str| key == key_of(&change) || matches!(&change, Change::Rename(_, to) if key == *to);
                let others = |map: &serde_json::Map<String, serde_json::Value>| -> Vec<(String, serde_json::Value)> {
                    map.iter().filter(|(key, _)| !touched(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
                };
                prop_assert_eq!(others(&was), others(&is), "{:?}\n{}\n{}", change, whole, after);
            }
            // Nor does a reader that shares nothing with ours, where it takes the original for a block with the same
            // keys: it mends what is broken in its own way, and may take half of the block for one string.
            let keys = before.matter().map_or(0, |matter| matter.entries().len());
            if let (Some(was), Some(is)) = (read(was.1).filter(|was| was.len() == keys), read(is.1)) {
                let touched = |key: &str| key == key_of(&change) || matches!(&change, Change::Rename(_, to) if key == *to);
                let others = |model: Model| -> Model { model.into_iter().filter(|(key, _)| !touched(key)).collect() };
                prop_assert_eq!(others(was), others(is), "{:?}\n{}\n{}", change, whole, after);
            }
            // Back again: the original, or the same said with other quotes, or a refusal.
            let back = inverse(&before, &change);
            if let Some(Ok(text)) = back.map(|back| changed(&after, &back)) {
                let same = text == whole || read_typed(block(&text).unwrap().1) == read_typed(was.1);
                prop_assert!(same, "{change:?} and back\n{whole}\n{text}");
            }
        }
    }

    /// Bytes put into front matter that cannot be read: made as said, or refused.
    #[test]
    fn a_raw_edit_is_made_as_said_or_refused(start in 0usize..700, length in 0usize..9, put in "[-\"':#\\[\\] \n\ta-z]{0,8}", bad in 4usize..300) {
        let mut whole = crate::rules::lawful().remove(PATH).unwrap();
        whole.insert(bad, '[');
        let change = Change::Raw(Edit::replace(Span::new(start, start + length), put.clone()));
        if let Ok(after) = changed(&whole, &change) {
            prop_assert_eq!(after, format!("{}{put}{}", &whole[..start], &whole[start + length..]));
        }
    }
}
