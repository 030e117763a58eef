//! Settings: what a checkout asks of this tool, in the file `.vep-mcp.yaml` at its root.
//!
//! Reading never fails: what could not be read is kept as a fault at its place, the rest counts, and the
//! rule `settings-understood` reports the faults. Where a change is judged, the settings of its base
//! count, so that no change can switch off its own judge.
//!
//! Absent on purpose: which rules there are. The book knows them; here they are names.

use crate::law::Severity;
use crate::text::{Source, Span, Spanned, code, nearest};
use crate::yaml::{self, Entry, Fault, Kind, Node, Plain};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the file.
pub const FILE: &str = ".vep-mcp.yaml";

/// How many days before a freeze it is near, where nobody says otherwise.
const NEAR: i32 = 14;
/// Most days that may be asked for.
const MOST_NEAR: i32 = 365;

/// What a checkout asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The file; none where there is none.
    pub source: Option<Source>,
    /// How severe the findings of a rule are, by its id.
    severities: BTreeMap<String, Severity>,
    /// Why a rule is switched off, by its id.
    off: BTreeMap<String, String>,
    /// Every rule that is named, with its place.
    pub rules: Vec<Spanned<String>>,
    /// SIGs that may own a VEP beside those that are known anyway.
    pub sigs: BTreeSet<String>,
    /// A VEP Freeze is near when it is at most so many days away.
    pub near: i32,
    /// From this severity on a finding fails a run.
    pub fail_on: Severity,
    /// A new document needs front matter, whatever the template has.
    pub front_matter_required: bool,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            source: None,
            severities: BTreeMap::new(),
            off: BTreeMap::new(),
            rules: vec![],
            sigs: BTreeSet::new(),
            near: NEAR,
            fail_on: Severity::Error,
            front_matter_required: false,
            faults: vec![],
        }
    }
}

/// A key of the file.
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// How it looks in the file.
    pub example: &'static str,
    read: fn(&mut Settings, &Node),
}

/// The keys of the file.
pub const KEYS: &[Key] = &[
    Key {
        name: "severities",
        about: "how severe the findings of a rule are: `error`, `warning` or `advice`, by rule id",
        example: "severities:\n  goals-unphased: warning",
        read: Settings::read_severities,
    },
    Key {
        name: "off",
        about: "rules that are switched off: the reason, by rule id",
        example: "off:\n  design-abstract: \"our SIG wants listings\"",
        read: Settings::read_off,
    },
    Key {
        name: "sigs",
        about: "more SIGs that may own a VEP, as `sig-name`",
        example: "sigs:\n  - sig-arm",
        read: Settings::read_sigs,
    },
    Key {
        name: "freeze-warning-days",
        about: "how many days before its VEP Freeze a provisional VEP is warned (14)",
        example: "freeze-warning-days: 21",
        read: Settings::read_near,
    },
    Key {
        name: "fail-on",
        about: "from which severity on a finding fails a run: `error` or `warning`",
        example: "fail-on: warning",
        read: Settings::read_fail_on,
    },
    Key {
        name: "front-matter",
        about: "`required`: a new VEP without front matter is an error even while the template has none",
        example: "front-matter: required",
        read: Settings::read_front_matter,
    },
];

impl Settings {
    /// Reads the file.
    pub fn read(source: Source) -> Self {
        let mut settings = Self::default();
        let start = source.start();
        let parsed = yaml::parse(source.text().get(start..).unwrap_or_default(), start);
        settings.faults = parsed.faults.into_iter().map(in_settings).collect();
        if let Some(at) = source.not_utf8() {
            settings.fault(Span::at(at), "the file is not UTF-8", "Save it as UTF-8.");
        }
        match parsed.root.map(|root| (root.span, root.kind)) {
            Some((_, Kind::Map(entries))) => entries.iter().for_each(|entry| settings.entry(entry)),
            Some((_, Kind::Scalar { text, plain: true })) if text.is_empty() => {}
            Some((span, _)) => settings.fault(span, "the file is no map", "Write `key: value` lines."),
            None => {}
        }
        settings.faults.sort_by_key(|fault| fault.span);
        settings.source = Some(source);
        settings
    }

    /// How severe the findings of a rule are wanted to be.
    pub fn severity(&self, rule: &str) -> Option<Severity> {
        self.severities.get(rule).copied()
    }

    /// Why a rule is switched off, if it is.
    pub fn off(&self, rule: &str) -> Option<&str> {
        self.off.get(rule).map(String::as_str)
    }

    fn fault(&mut self, span: Span, what: impl Into<String>, fix: impl Into<String>) {
        self.faults.push(Fault { what: what.into(), fix: fix.into(), span });
    }

    fn entry(&mut self, entry: &Entry) {
        let name = entry.key.text().unwrap_or_default();
        if let Some(key) = KEYS.iter().find(|key| key.name == name) {
            // A key whose lines are all commented out says nothing.
            if entry.value.resolved() != Some(Plain::Null) {
                (key.read)(self, &entry.value);
            }
            return;
        }
        let names = KEYS.iter().map(|key| key.name);
        let fix = match nearest(name, names.clone()) {
            Some(known) => format!("Did you mean `{known}`?"),
            None => format!("The keys are {}.", names.collect::<Vec<_>>().join(", ")),
        };
        self.fault(entry.key.span, format!("{} is no setting", code(name)), fix);
    }

    /// The lines of a map from rule ids to texts.
    fn by_rule<'n>(&mut self, node: &'n Node, key: &str) -> Vec<(Spanned<String>, &'n Node)> {
        let Kind::Map(entries) = &node.kind else {
            self.fault(
                node.span,
                format!("`{key}` is no map"),
                "Write a rule's id and a value on each line.",
            );
            return vec![];
        };
        let named = entries.iter().map(|entry| {
            let id = entry.key.text().unwrap_or_default().trim().to_owned();
            (Spanned::new(id, entry.key.span), &entry.value)
        });
        let named: Vec<_> = named.collect();
        self.rules.extend(named.iter().map(|(id, _)| id.clone()));
        named
    }

    fn read_severities(&mut self, node: &Node) {
        for (id, value) in self.by_rule(node, "severities") {
            let word = value.text().unwrap_or_default();
            match Severity::read(word) {
                Some(severity) => {
                    self.severities.insert(id.value, severity);
                }
                None if matches!(word, "off" | "false") => {
                    let fix = format!(
                        "Switch it off with a reason: {} under `off`.",
                        code(&format!("{}: \"...\"", id.value))
                    );
                    self.fault(value.span, format!("{} is no severity", code(word)), fix);
                }
                None => self.fault(
                    value.span,
                    format!("{} is no severity", code(word)),
                    "Write error, warning or advice.",
                ),
            }
        }
    }

    fn read_off(&mut self, node: &Node) {
        for (id, value) in self.by_rule(node, "off") {
            match value.text().map(str::trim).filter(|reason| !reason.is_empty()) {
                Some(reason) => {
                    self.off.insert(id.value, reason.to_owned());
                }
                None => self.fault(
                    id.span,
                    format!("{} is switched off without a reason", code(&id.value)),
                    "Write the reason as the value; until then the rule counts.",
                ),
            }
        }
    }

    fn read_sigs(&mut self, node: &Node) {
        let Kind::List(items) = &node.kind else {
            return self.fault(
                node.span,
                "`sigs` is no list",
                "Write each SIG on a line of its own: `- sig-name`.",
            );
        };
        for item in items {
            match item.text().map(str::trim).filter(|sig| is_sig(sig)) {
                Some(sig) => {
                    self.sigs.insert(sig.to_owned());
                }
                None => self.fault(
                    item.span,
                    format!("{} is no name of a SIG", code(item.text().unwrap_or("a list or map"))),
                    "Write it as its folder under `veps/` is called: `sig-` and lower-case words.",
                ),
            }
        }
    }

    fn read_near(&mut self, node: &Node) {
        let days = node.text().and_then(|text| text.parse().ok());
        match days.filter(|days| (0..=MOST_NEAR).contains(days)) {
            Some(days) => self.near = days,
            None => self.fault(
                node.span,
                "`freeze-warning-days` is no number of days",
                format!("Write a whole number from 0 to {MOST_NEAR}."),
            ),
        }
    }

    fn read_front_matter(&mut self, node: &Node) {
        match node.text() {
            Some("required") => self.front_matter_required = true,
            _ => self.fault(
                node.span,
                "`front-matter` is not a known setting",
                "Write `required`, or leave it out.",
            ),
        }
    }

    fn read_fail_on(&mut self, node: &Node) {
        match node.text().and_then(Severity::read).filter(|severity| *severity != Severity::Advice) {
            Some(severity) => self.fail_on = severity,
            None => self.fault(
                node.span,
                "`fail-on` is no severity that can fail a run",
                "Write error or warning.",
            ),
        }
    }
}

/// A fault of the YAML, with a mend that fits this file.
fn in_settings(fault: Fault) -> Fault {
    if fault.is_limit() {
        return Fault { fix: "Keep the file to the settings that the README lists.".into(), ..fault };
    }
    fault
}

fn is_sig(name: &str) -> bool {
    let rest = name.strip_prefix("sig-").unwrap_or_default();
    !rest.is_empty()
        && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// What a person asked to be told, beside what the checkout wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these rules; all where it is empty.
    pub only: BTreeSet<&'static str>,
    /// Not these rules.
    pub skip: BTreeSet<&'static str>,
    /// From which severity on a finding fails the run.
    pub fail_on: Option<Severity>,
}

impl Selection {
    /// Whether a rule is to be asked.
    pub fn wants(&self, rule: &str) -> bool {
        (self.only.is_empty() || self.only.contains(rule)) && !self.skip.contains(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Settings {
        Settings::read(Source::new(FILE, yaml))
    }

    #[test]
    fn every_key_is_read() {
        let settings = read(
            "severities:\n  goals-unphased: warning\noff:\n  design-abstract: we like YAML\n\
             sigs: [sig-arm]\nfreeze-warning-days: 21\nfail-on: warning\nfront-matter: required\n",
        );
        assert_eq!(settings.faults, []);
        assert_eq!(settings.severity("goals-unphased"), Some(Severity::Warning));
        assert_eq!(settings.off("design-abstract"), Some("we like YAML"));
        assert!(settings.sigs.contains("sig-arm"));
        assert_eq!((settings.near, settings.fail_on), (21, Severity::Warning));
        assert!(settings.front_matter_required);
        let ids: Vec<_> = settings.rules.iter().map(|id| id.value.as_str()).collect();
        assert_eq!(ids, ["goals-unphased", "design-abstract"]);
    }

    #[test]
    fn what_cannot_be_read_is_a_fault_and_the_rest_counts() {
        for (yaml, what, fix) in [
            ("severites:\n  a: error\n", "`severites` is no setting", "Did you mean `severities`?"),
            ("severities:\n  a: fatal\n", "`fatal` is no severity", "Write error"),
            ("severities:\n  a: off\n", "`off` is no severity", "under `off`"),
            ("off:\n  a:\n", "without a reason", "until then the rule counts"),
            ("off: a\n", "`off` is no map", "rule's id"),
            ("sigs: sig-arm\n", "`sigs` is no list", "- sig-name"),
            ("sigs: [ARM]\n", "`ARM` is no name", "lower-case"),
            ("freeze-warning-days: soon\n", "no number of days", "0 to 365"),
            ("front-matter: optional\n", "`front-matter`", "required"),
            ("fail-on: advice\n", "`fail-on`", "error or warning"),
            ("- a\n", "no map", "key: value"),
            ("off: {\n", "", ""),
        ] {
            let settings = read(yaml);
            let [fault] = settings.faults.as_slice() else { panic!("{yaml}: {:?}", settings.faults) };
            assert!(fault.what.contains(what) && fault.fix.contains(fix), "{yaml}: {fault:?}");
        }
        assert_eq!(read("bogus: 1\nfreeze-warning-days: 7\n").near, 7);
        for nothing in ["", "# only words\n", "\u{feff}", "severities:\n", "sigs:\nfail-on:\noff: ~\n"] {
            assert_eq!(read(nothing).faults, [], "{nothing:?}");
        }
    }
}
