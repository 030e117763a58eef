//! The one writer of front matter: typed values in the layout of VEP-282's example.

use crate::vep::{Handle, Number, Release, Stage, Status};
use crate::yaml::{Style, as_yaml, encoded};
use std::borrow::Cow;

/// What stands where nobody knows yet.
const TBD: &str = "TBD";

/// A value of the schema, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'v> {
    /// A text, or the template's placeholder for something else.
    Text(Cow<'v, str>),
    /// A number.
    Number(Number),
    /// A date, as it is written.
    Date(Cow<'v, str>),
    /// A state.
    Status(Status),
    /// A stage.
    Stage(Stage),
    /// People, or nobody yet where there are none.
    People(Vec<Handle>),
    /// A list of texts; empty where there are none.
    Words(Vec<Cow<'v, str>>),
    /// Stages with their releases; none: not yet.
    Releases(Vec<(Stage, Option<Release>)>),
    /// Not set.
    Nothing,
    /// Nobody knows yet.
    Tbd,
}

/// The keys behind which VEP-282's example begins anew, group by group.
const GROUPS: [&[&str]; 6] = [
    &["title", "vep-number", "creation-date", "status"],
    &["authors"],
    &["owning-sig", "participating-sigs"],
    &["reviewers", "approvers"],
    &["feature-gate", "stage", "milestone"],
    &["replaces", "superseded-by"],
];

/// A whole block between its two fences, with these line ends.
pub fn write(block: &[(&'static str, Value<'_>)], eol: &str) -> String {
    let group = |key: &str| GROUPS.iter().position(|keys| keys.contains(&key));
    let mut lines = vec!["---".to_owned()];
    let mut last = None;
    for (key, value) in block {
        let own = group(key);
        if last.is_some() && last != own {
            lines.push(String::new());
        }
        last = own;
        entry(key, value, &mut lines);
    }
    lines.push("---".into());
    lines.iter().map(|line| format!("{line}{eol}")).collect()
}

/// The lines of a key and its value.
fn entry(key: &str, value: &Value<'_>, lines: &mut Vec<String>) {
    let one = |text: String| format!("{key}: {text}");
    let head = format!("{key}:");
    let items = |all: Vec<String>| all.into_iter().map(|item| format!("  - {item}"));
    match value {
        Value::Text(text) => lines.push(one(as_yaml(text))),
        Value::Number(number) => lines.push(one(number.to_string())),
        Value::Date(date) => lines.push(one(encoded(date, Style::Double, false, false))),
        Value::Status(status) => lines.push(one(status.to_string())),
        Value::Stage(stage) => lines.push(one(stage.to_string())),
        Value::People(people) if people.is_empty() => {
            lines.push(head);
            lines.push(format!("  - {TBD}"));
        }
        Value::People(people) => {
            lines.push(head);
            lines.extend(items(people.iter().map(person).collect()));
        }
        Value::Words(words) if words.is_empty() => lines.push(one("[]".into())),
        Value::Words(words) => {
            lines.push(head);
            lines.extend(items(words.iter().map(|word| as_yaml(word)).collect()));
        }
        Value::Releases(releases) if releases.is_empty() => lines.push(one("{}".into())),
        Value::Releases(releases) => {
            lines.push(head);
            let release = |release: &Option<Release>| release.map_or(TBD.into(), |it| it.to_string());
            lines.extend(releases.iter().map(|(stage, it)| format!("  {stage}: \"{}\"", release(it))));
        }
        Value::Nothing => lines.push(one("\"\"".into())),
        Value::Tbd => lines.push(one(TBD.into())),
    }
}

/// A person as front matter names one; `TBD` where it is nobody yet.
fn person(person: &Handle) -> String {
    if person.is_tbd() { TBD.into() } else { as_yaml(&format!("@{}", person.login())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Front, SCHEMA};
    use crate::text::Source;

    fn block() -> Vec<(&'static str, Value<'static>)> {
        vec![
            ("title", Value::Text("A: \"b\", c".into())),
            ("vep-number", Value::Number(7)),
            ("creation-date", Value::Date("2026-05-01".into())),
            ("status", Value::Status(Status::Provisional)),
            ("authors", Value::People(vec![Handle::new("ada"), Handle::new("@bo")])),
            ("owning-sig", Value::Text("sig-compute".into())),
            ("participating-sigs", Value::Words(vec![])),
            ("reviewers", Value::People(vec![])),
            ("approvers", Value::People(vec![Handle::new("none")])),
            ("feature-gate", Value::Words(vec!["A".into(), "B, C".into()])),
            ("stage", Value::Stage(Stage::Beta)),
            ("milestone", Value::Releases(vec![(Stage::Alpha, Release::read("v1.10")), (Stage::Beta, None)])),
            ("replaces", Value::Number(4)),
            ("superseded-by", Value::Nothing),
        ]
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let text = write(&block(), "\n");
        let document = Document::parse(Source::new("veps/sig-compute/7-a/vep.md", text.as_str()));
        let Front::Read { matter, faults, .. } = &document.front else { panic!("{text}") };
        assert!(faults.is_empty() && matter.misshapen.is_empty() && matter.unknown.is_empty(), "{text}");
        assert_eq!(matter.title.value().map(String::as_str), Some("A: \"b\", c"));
        let gates: Vec<_> = matter.feature_gate.value().unwrap().iter().map(|gate| &gate.value).collect();
        assert_eq!(gates, ["A", "B, C"]);
        assert_eq!(document.facts().replaces.as_ref().map(|it| it.value), Some(4));
        assert!(document.facts().approvers.is_empty() && document.facts().authors.len() == 2);
        assert_eq!(write(&block(), "\r\n"), text.replace('\n', "\r\n"));
    }

    #[test]
    fn every_key_belongs_to_a_group_in_the_order_of_the_schema() {
        let groups: Vec<&str> = GROUPS.concat();
        assert_eq!(groups, SCHEMA.iter().map(|key| key.name).collect::<Vec<_>>());
    }
}
