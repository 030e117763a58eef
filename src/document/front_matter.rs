//! The front matter of VEP-282: its schema as a table, and the values with their places.

use crate::text::{Span, Spanned, nearest};
use crate::vep::{Handle, Number, Release, is_unset, read_number};
use crate::yaml::{Entry, Kind, Node, Plain};

/// A key of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// Whether VEP-282 wants it in every document, whatever its status.
    pub required: bool,
    /// What its value looks like.
    pub shape: Shape,
    /// What it is for.
    pub about: &'static str,
}

/// The shapes that values have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text.
    Text,
    /// A positive whole number.
    Number,
    /// A date, quoted or not.
    Date,
    /// A list of texts.
    List,
    /// A text, or a list of texts.
    TextOrList,
    /// A map of stages to releases.
    Releases,
    /// The number of a VEP, or nothing.
    Reference,
}

impl Shape {
    /// What was expected, as a message says it.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "a positive whole number without quotes",
            Self::Date => "a date \"YYYY-MM-DD\"",
            Self::List => "a list of texts",
            Self::TextOrList => "text, or a list of texts",
            Self::Releases => "a map of stages to releases",
            Self::Reference => "the number of a VEP, or \"\"",
        }
    }
}

const fn key(name: &'static str, required: bool, shape: Shape, about: &'static str) -> Key {
    Key { name, required, shape, about }
}

/// The keys in the order of VEP-282's schema.
pub const SCHEMA: &[Key] = &[
    key("title", true, Shape::Text, "the VEP's title, as its heading has it"),
    key("vep-number", true, Shape::Number, "the number of the tracking issue"),
    key("creation-date", true, Shape::Date, "the day the proposal was first opened"),
    key("status", true, Shape::Text, "one of the seven states"),
    key("authors", true, Shape::List, "who writes it, as GitHub handles"),
    key("owning-sig", true, Shape::Text, "the one SIG that decides"),
    key("participating-sigs", false, Shape::List, "other SIGs that must agree before the merge"),
    key("reviewers", true, Shape::List, "who promised to review; TBD until triage"),
    key("approvers", true, Shape::List, "who promised to approve the design; TBD until triage"),
    key("feature-gate", false, Shape::TextOrList, "the gate; absent only with a reason in the body"),
    key("stage", false, Shape::Text, "alpha, beta or ga: the stage in flight"),
    key("milestone", false, Shape::Releases, "the release for each stage"),
    key("replaces", false, Shape::Reference, "the VEP that this one supersedes"),
    key("superseded-by", false, Shape::Reference, "the VEP that supersedes this one"),
];

/// The value of a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// The key is not there.
    #[default]
    Absent,
    /// The key is there without a value, or its value says that it is not set. The key's place.
    Empty(Span),
    /// There is a value of a shape that the key does not take; it is among the misshapen.
    Unread,
    /// The key is there twice, or a key within its value is; the parser's fault says so.
    Twice,
    /// The key is there, and no reader of YAML takes its value; a fault of the block says so.
    Torn,
    /// The value and its place.
    Read(Spanned<T>),
}

impl<T> Field<T> {
    /// The value and its place, if there is one.
    pub fn read(&self) -> Option<&Spanned<T>> {
        match self {
            Self::Read(value) => Some(value),
            _ => None,
        }
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        self.read().map(|read| &read.value)
    }
}

/// One line of the milestone map, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The key: a stage, if all is well.
    pub stage: Spanned<String>,
    /// The value: a release, if all is well.
    pub release: Spanned<String>,
    /// What YAML takes the value for: an unquoted `1.10` is the number 1.1.
    pub plain: Plain,
}

impl Target {
    /// The release, where one can be told from what was written. An unquoted `1.10` cannot: YAML has
    /// made it 1.1.
    pub fn read(&self) -> Option<Release> {
        if self.loses_a_zero() { None } else { Release::read(&self.release.value) }
    }

    /// Whether something is set at all, readable or not.
    pub fn is_meant(&self) -> bool {
        !is_unset(&self.release.value)
    }

    /// Whether the release is still the template's.
    pub fn is_placeholder(&self) -> bool {
        self.release.value.trim().eq_ignore_ascii_case("v1.x")
    }

    /// Whether YAML reads the unquoted value as a number that ends in the zero it then drops.
    pub fn loses_a_zero(&self) -> bool {
        self.plain == Plain::Float
            && self.release.value.ends_with('0')
            && Release::read(&self.release.value).is_some()
    }
}

/// A value of the wrong shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misshapen {
    /// The key, or `key.part`.
    pub key: String,
    /// What stands there.
    pub found: &'static str,
    /// What should.
    pub expected: &'static str,
    /// Where.
    pub span: Span,
}

/// The values of a block. A value of the wrong shape is among the `misshapen`, a key outside the schema
/// among the `unknown`; nothing is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrontMatter {
    /// `title`.
    pub title: Field<String>,
    /// `vep-number`, with the zeros it was written with.
    pub vep_number: Field<String>,
    /// `creation-date`.
    pub creation_date: Field<String>,
    /// `status`.
    pub status: Field<String>,
    /// `authors`.
    pub authors: Field<Vec<Spanned<String>>>,
    /// `owning-sig`.
    pub owning_sig: Field<String>,
    /// `participating-sigs`.
    pub participating_sigs: Field<Vec<Spanned<String>>>,
    /// `reviewers`.
    pub reviewers: Field<Vec<Spanned<String>>>,
    /// `approvers`.
    pub approvers: Field<Vec<Spanned<String>>>,
    /// `feature-gate`; a single gate is a list of one.
    pub feature_gate: Field<Vec<Spanned<String>>>,
    /// `stage`.
    pub stage: Field<String>,
    /// `milestone`.
    pub milestone: Field<Vec<Target>>,
    /// `replaces`.
    pub replaces: Field<Number>,
    /// `superseded-by`.
    pub superseded_by: Field<Number>,
    /// Keys that the schema does not have.
    pub unknown: Vec<Spanned<String>>,
    /// Values that have not the shape of their key.
    pub misshapen: Vec<Misshapen>,
    /// The keys that are there, with their places.
    keys: Vec<Spanned<String>>,
    /// The keys that are there without a value.
    empty: Vec<&'static str>,
    /// The block as it was written.
    entries: Vec<Entry>,
    /// Whether it was read of a block that is torn.
    torn: bool,
}

impl FrontMatter {
    /// Reads the entries of a block's map.
    pub fn read(entries: Vec<Entry>) -> Self {
        let mut matter = Self::default();
        let doubled = doubled(&entries);
        for Entry { key, value } in &entries {
            let Some(name) = key.text() else {
                matter.misshapen.push(Misshapen {
                    key: "a key".into(),
                    found: found(key),
                    expected: "text",
                    span: key.span,
                });
                continue;
            };
            matter.keys.push(Spanned::new(name.into(), key.span));
            let Some(known) = SCHEMA.iter().find(|known| known.name == name) else {
                matter.unknown.push(Spanned::new(name.into(), key.span));
                continue;
            };
            let mut reading = Reading {
                key: known,
                at: key.span,
                twice: doubled.contains(&name),
                alias: None,
                matter: &mut matter,
            };
            let value = reading.behind(value);
            match name {
                "title" => matter.title = reading.text(value),
                "vep-number" => matter.vep_number = reading.number(value),
                "creation-date" => matter.creation_date = reading.text(value),
                "status" => matter.status = reading.text(value),
                "authors" => matter.authors = reading.list(value),
                "owning-sig" => matter.owning_sig = reading.text(value),
                "participating-sigs" => matter.participating_sigs = reading.list(value),
                "reviewers" => matter.reviewers = reading.list(value),
                "approvers" => matter.approvers = reading.list(value),
                "feature-gate" => matter.feature_gate = reading.gates(value),
                "stage" => matter.stage = reading.optional_text(value),
                "milestone" => matter.milestone = reading.releases(value),
                "replaces" => matter.replaces = reading.reference(value),
                "superseded-by" => matter.superseded_by = reading.reference(value),
                _ => {}
            }
        }
        matter.entries = entries;
        matter
    }

    /// Reads what could be read of a torn block, with the keys whose values could not.
    pub(super) fn torn(entries: Vec<Entry>, keys: &[Spanned<String>]) -> Self {
        let mut matter = Self { torn: true, ..Self::read(entries) };
        for key in keys {
            matter.tear(&key.value);
            matter.misshapen.retain(|wrong| wrong.key != key.value);
            if matter.key_span(&key.value).is_none() {
                matter.keys.push(key.clone());
            }
        }
        matter
    }

    fn tear(&mut self, name: &str) {
        match name {
            "title" => self.title = Field::Torn,
            "vep-number" => self.vep_number = Field::Torn,
            "creation-date" => self.creation_date = Field::Torn,
            "status" => self.status = Field::Torn,
            "authors" => self.authors = Field::Torn,
            "owning-sig" => self.owning_sig = Field::Torn,
            "participating-sigs" => self.participating_sigs = Field::Torn,
            "reviewers" => self.reviewers = Field::Torn,
            "approvers" => self.approvers = Field::Torn,
            "feature-gate" => self.feature_gate = Field::Torn,
            "stage" => self.stage = Field::Torn,
            "milestone" => self.milestone = Field::Torn,
            "replaces" => self.replaces = Field::Torn,
            "superseded-by" => self.superseded_by = Field::Torn,
            _ => {}
        }
        self.empty.retain(|key| *key != name);
    }

    /// Whether the block is torn: no reader of YAML takes it as a whole, and this is what can be read of it.
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// Whether any key is there.
    pub(super) fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// What was written for a key, whatever its shape: another reader may make something else of it. More
    /// than one value where the key is there twice.
    pub fn written<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.entries.iter().filter(move |entry| entry.key.text() == Some(name)).map(|entry| &entry.value)
    }

    /// All that was written, key by key.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where a key stands.
    pub fn key_span(&self, name: &str) -> Option<Span> {
        self.keys.iter().find(|key| key.value == name).map(|key| key.span)
    }

    /// Whether a key is there without a value.
    pub fn is_empty(&self, name: &str) -> bool {
        self.empty.contains(&name)
    }
}

/// The key of the schema that a misspelt one most probably means.
pub fn nearest_key(written: &str) -> Option<&'static str> {
    let dashed = written.trim().replace([' ', '_'], "-").to_lowercase();
    let other = OTHER_WORDS.iter().find(|(word, _)| *word == dashed).map(|(_, name)| *name);
    other.or_else(|| nearest(&dashed, SCHEMA.iter().map(|key| key.name)))
}

/// Words that people use for a key, and that look like another one or like none.
const OTHER_WORDS: [(&str, &str); 8] = [
    ("state", "status"),
    ("replaced", "superseded-by"),
    ("replaced-by", "superseded-by"),
    ("superseded", "superseded-by"),
    ("supersedes", "replaces"),
    ("gate", "feature-gate"),
    ("date", "creation-date"),
    ("sig", "owning-sig"),
];

fn doubled(entries: &[Entry]) -> Vec<&str> {
    let mut names: Vec<&str> = entries.iter().filter_map(|entry| entry.key.text()).collect();
    names.sort_unstable();
    names
        .windows(2)
        .filter(|pair| pair.first() == pair.last())
        .filter_map(|pair| pair.first().copied())
        .collect()
}

/// Digits alone, and not zero.
fn is_positive(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.parse::<Number>().is_ok_and(|number| number > 0)
}

/// What stands there, as a message says it.
fn found(node: &Node) -> &'static str {
    match (&node.kind, node.resolved()) {
        (Kind::List(_), _) => "a list",
        (Kind::Map(_), _) => "a map",
        (Kind::Alias(_), _) => "an alias",
        (_, Some(Plain::Null)) => "nothing",
        (_, Some(Plain::Bool)) => "a truth value",
        (_, Some(Plain::Integer)) => "a whole number",
        (_, Some(Plain::Float)) => "a number",
        _ => "text",
    }
}

/// The reading of one value.
struct Reading<'a> {
    key: &'a Key,
    at: Span,
    twice: bool,
    /// Where the alias stands whose meaning is read.
    alias: Option<Span>,
    matter: &'a mut FrontMatter,
}

impl Reading<'_> {
    /// What a value means: itself, or what its alias stands for.
    fn behind<'n>(&mut self, value: &'n Node) -> &'n Node {
        let meant = value.meant();
        self.alias = (!std::ptr::eq(meant, value)).then_some(value.span);
        meant
    }

    fn wrong<T>(&mut self, node: &Node) -> Field<T> {
        self.misshape(self.key.name, node, self.key.shape.expected());
        Field::Unread
    }

    /// A value of the wrong shape is told where it stands, and where an alias brings it in there.
    fn misshape(&mut self, name: &str, node: &Node, expected: &'static str) {
        let (found, span) = (found(node), self.alias.unwrap_or(node.span));
        self.matter.misshapen.push(Misshapen { key: name.into(), found, expected, span });
    }

    fn is_of_people(&self) -> bool {
        matches!(self.key.name, "authors" | "reviewers" | "approvers")
    }

    fn empty<T>(&mut self) -> Field<T> {
        self.matter.empty.push(self.key.name);
        Field::Empty(self.at)
    }

    fn is_null(node: &Node) -> bool {
        node.resolved() == Some(Plain::Null)
    }

    fn text(&mut self, node: &Node) -> Field<String> {
        match (node.text(), node.resolved()) {
            _ if self.twice => Field::Twice,
            (Some(text), Some(Plain::Text)) if !text.trim().is_empty() => {
                Field::Read(Spanned::new(text.into(), node.span))
            }
            (Some(_), Some(Plain::Text | Plain::Null)) => self.empty(),
            _ => self.wrong(node),
        }
    }

    fn optional_text(&mut self, node: &Node) -> Field<String> {
        match self.text(node) {
            Field::Read(read) if is_unset(&read.value) => self.empty(),
            field => field,
        }
    }

    fn number(&mut self, node: &Node) -> Field<String> {
        match (node.text(), node.resolved()) {
            _ if self.twice => Field::Twice,
            _ if Self::is_null(node) || node.text() == Some("") => self.empty(),
            (Some(text), Some(Plain::Integer)) if is_positive(text) => {
                Field::Read(Spanned::new(text.into(), node.span))
            }
            // The template's own placeholder is judged as one.
            (Some(text), _) if text.eq_ignore_ascii_case("nnnn") => {
                Field::Read(Spanned::new(text.into(), node.span))
            }
            _ => self.wrong(node),
        }
    }

    /// A value that says that an optional list or map is not set.
    fn says_unset(node: &Node) -> bool {
        node.text().is_some_and(is_unset)
    }

    fn list(&mut self, node: &Node) -> Field<Vec<Spanned<String>>> {
        match &node.kind {
            _ if self.twice => Field::Twice,
            _ if Self::is_null(node) => self.empty(),
            _ if !self.key.required && Self::says_unset(node) => self.empty(),
            _ if node.text().is_some_and(|text| text.trim().is_empty()) => self.empty(),
            // Of reviewers and approvers one may say TBD without a list.
            _ if self.is_of_people() && node.text().is_some_and(|text| Handle::new(text).is_tbd()) => {
                let tbd = Spanned::new(node.text().unwrap_or_default().into(), node.span);
                Field::Read(Spanned::new(vec![tbd], node.span))
            }
            Kind::List(items) if items.is_empty() => self.empty(),
            Kind::List(items) => self.items(items, node.span),
            _ => self.wrong(node),
        }
    }

    fn items(&mut self, items: &[Node], span: Span) -> Field<Vec<Spanned<String>>> {
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let meant = item.meant();
            match (meant.text(), meant.resolved()) {
                (Some(text), Some(Plain::Text)) => texts.push(Spanned::new(text.to_owned(), meant.span)),
                _ => {
                    let name = format!("{}[{index}]", self.key.name);
                    let inner = (!std::ptr::eq(meant, item)).then_some(item.span);
                    let outer = self.alias;
                    self.alias = outer.or(inner);
                    self.misshape(&name, meant, "text");
                    self.alias = outer;
                }
            }
        }
        if texts.len() < items.len() {
            return Field::Unread;
        }
        // Among people an empty text is somebody who is still to be found; elsewhere it is nothing.
        if !self.is_of_people() && texts.iter().all(|text| is_unset(&text.value)) {
            return self.empty();
        }
        Field::Read(Spanned::new(texts, span))
    }

    fn gates(&mut self, node: &Node) -> Field<Vec<Spanned<String>>> {
        if matches!(node.kind, Kind::List(_)) {
            return self.list(node);
        }
        match self.optional_text(node) {
            Field::Read(read) => {
                let span = read.span;
                Field::Read(Spanned::new(vec![read], span))
            }
            Field::Empty(at) => Field::Empty(at),
            Field::Absent => Field::Absent,
            Field::Unread => Field::Unread,
            Field::Twice => Field::Twice,
            Field::Torn => Field::Torn,
        }
    }

    fn releases(&mut self, node: &Node) -> Field<Vec<Target>> {
        let entries = match &node.kind {
            _ if self.twice => return Field::Twice,
            _ if Self::is_null(node) || Self::says_unset(node) => return self.empty(),
            Kind::Map(entries) if entries.is_empty() => return self.empty(),
            Kind::Map(entries) => entries,
            _ => return self.wrong(node),
        };
        let doubled = doubled(entries);
        if !doubled.is_empty() {
            return Field::Twice;
        }
        let mut targets = Vec::new();
        let mut whole = true;
        for Entry { key, value } in entries {
            let value = value.meant();
            match (key.text(), value.text(), value.resolved()) {
                (Some(stage), Some(release), Some(plain)) => targets.push(Target {
                    stage: Spanned::new(stage.into(), key.span),
                    // `null` is written out and means nothing all the same.
                    release: Spanned::new(if plain == Plain::Null { "" } else { release }.into(), value.span),
                    plain,
                }),
                (stage, ..) => {
                    let name = format!("{}.{}", self.key.name, stage.unwrap_or("?"));
                    self.misshape(&name, value, "a release like \"v1.10\"");
                    whole = false;
                }
            }
        }
        if whole { Field::Read(Spanned::new(targets, node.span)) } else { Field::Unread }
    }

    fn reference(&mut self, node: &Node) -> Field<Number> {
        let Some(text) = node.text().filter(|_| !self.twice) else {
            return if self.twice { Field::Twice } else { self.wrong(node) };
        };
        if Self::is_null(node) || is_unset(text) {
            return self.empty();
        }
        match read_number(text) {
            Some(number) if number > 0 => Field::Read(Spanned::new(number, node.span)),
            _ => self.wrong(node),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> FrontMatter {
        match crate::yaml::parse(yaml, 0).root {
            Some(Node { kind: Kind::Map(entries), .. }) => FrontMatter::read(entries),
            other => panic!("{yaml}: {other:?}"),
        }
    }

    #[test]
    fn nothing_that_was_written_is_lost() {
        let matter =
            read("title: [a]\nvep-number: x\ncreation-date: 20260501\nauthors: \"@a\"\nstaus: x\n7: y\n");
        let wrong: Vec<_> = matter.misshapen.iter().map(|wrong| (wrong.key.as_str(), wrong.found)).collect();
        assert_eq!(
            wrong,
            [
                ("title", "a list"),
                ("vep-number", "text"),
                ("creation-date", "a whole number"),
                ("authors", "text")
            ]
        );
        let unknown: Vec<_> = matter.unknown.iter().map(|key| key.value.as_str()).collect();
        assert_eq!(unknown, ["staus", "7"]);
    }

    #[test]
    fn an_optional_value_may_say_that_it_is_not_set() {
        for value in ["", "\"\"", "TBD", "n/a", "-", "null", "~"] {
            let value = if value == "-" { "\"-\"" } else { value };
            let matter = read(&format!("feature-gate: {value}\nstage: {value}\nreplaces: {value}\n"));
            assert!(matches!(matter.feature_gate, Field::Empty(_)), "{value}");
            assert!(matches!(matter.stage, Field::Empty(_)), "{value}");
            assert!(matches!(matter.replaces, Field::Empty(_)), "{value}");
            assert!(matter.misshapen.is_empty(), "{value}");
        }
    }

    #[test]
    fn an_empty_text_in_a_list_is_nobody_or_nothing() {
        let matter = read(
            "authors: \"\"\nreviewers: [\"\"]\napprovers:\n  - \"@a\"\n  - ''\nparticipating-sigs: [\"\"]\nfeature-gate: [\"\", TBD]\n",
        );
        assert!(matter.misshapen.is_empty(), "{:?}", matter.misshapen);
        let texts = |field: &Field<Vec<Spanned<String>>>| {
            field.value().map(|all| all.iter().map(|it| it.value.clone()).collect::<Vec<_>>())
        };
        assert!(matches!(matter.authors, Field::Empty(_)));
        assert_eq!(texts(&matter.reviewers), Some(vec![String::new()]));
        assert_eq!(texts(&matter.approvers), Some(vec!["@a".into(), String::new()]));
        assert!(matches!(matter.participating_sigs, Field::Empty(_)));
        assert!(matches!(matter.feature_gate, Field::Empty(_)));
        for nobody in ["TBA", "none", "Nobody", "n/a", "\"?\"", "TBD"] {
            let matter = read(&format!("reviewers: {nobody}\napprovers: [{nobody}]\n"));
            assert!(matter.misshapen.is_empty() && matter.reviewers.read().is_some(), "{nobody}");
        }
    }

    #[test]
    fn an_alias_means_what_its_anchor_says_in_its_place() {
        let yaml = "authors: &people\n  - &a \"@a\"\n  - \"@b\"\nreviewers: *people\napprovers: [*a]\nmilestone: {alpha: &r v1.9, beta: *r}\nowning-sig: *people\n";
        let matter = read(yaml);
        let texts = |field: &Field<Vec<Spanned<String>>>| {
            let all = field.value().unwrap().iter();
            all.map(|it| (it.value.clone(), it.span.start)).collect::<Vec<_>>()
        };
        assert_eq!(texts(&matter.reviewers), texts(&matter.authors));
        assert_eq!(texts(&matter.approvers), texts(&matter.authors)[..1]);
        assert_eq!(matter.milestone.value().unwrap()[1].release.value, "v1.9");
        let wrong: Vec<_> =
            matter.misshapen.iter().map(|it| (it.found, &yaml[it.span.start..it.span.end])).collect();
        assert_eq!(wrong, [("a list", "*people")], "the key that has the wrong shape is pointed at");
    }

    #[test]
    fn a_reference_is_a_number_in_any_dress() {
        for value in ["408", "\"408\"", "'#408'", "VEP-408", "\"VEP #408\""] {
            assert_eq!(read(&format!("replaces: {value}\n")).replaces.value(), Some(&408), "{value}");
        }
        for value in ["[408]", "four", "-1.5", "true"] {
            assert_eq!(read(&format!("replaces: {value}\n")).misshapen.len(), 1, "{value}");
        }
    }

    #[test]
    fn a_key_that_is_there_twice_is_not_guessed() {
        let matter = read("status: deferred\nstatus: rejected\nmilestone:\n  ga: v1.9\n  ga: v1.10\n");
        assert_eq!((matter.status, matter.milestone), (Field::Twice, Field::Twice));
        assert!(matter.misshapen.is_empty(), "the duplicate is the parser's finding");
    }
}
