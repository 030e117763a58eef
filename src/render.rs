//! One report, many hands: a terminal's text, the pull request's comment, SARIF, workflow annotations, JSON.
//!
//! All tell the same findings by the same ids, and the same counts; the same report is told by the same bytes.
//! Here is what they and the verbs' own answers share: a judged document as a value.
//!
//! Absent on purpose: where it goes. The roof prints.

mod comment;
mod csv;
mod dot;
mod github;
mod json;
mod mermaid;
mod page;
mod sarif;
mod text;
mod upstream;

pub use comment::{MARKER, comment};
pub use csv::season_csv;
pub use dot::succession_dot;
pub use github::github;
pub use json::{Told, told};
pub use mermaid::{season_mermaid, succession_mermaid};
pub use page::season_html;
pub use sarif::sarif;
pub use text::text;
pub use upstream::{Upstream, upstream};

use crate::patch::Patch;
use crate::rule::Rule;
use crate::sheet::{Age, Bar, Counts, Flaw, Outcome, Sheet, Verdict};
use crate::text::{code, fenced, one_line};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// A hand that only some answers have: a page, a table or a drawing of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// A table for spreadsheets.
    Csv,
    /// Diagrams in Markdown.
    Mermaid,
    /// A drawing by Graphviz.
    Dot,
    /// A page for browsers.
    Html,
}

/// Whether a count need not be told.
pub fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A file as it becomes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FilePatch {
    path: String,
    /// SHA-256 of the text that it was made from, and is for
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// A unified diff, byte for byte so that it applies: what cannot be seen is in it as it is
    diff: String,
}

/// Patches, as they are told.
pub fn file_patches(patches: &[Patch]) -> Vec<FilePatch> {
    let told = |patch: &Patch| FilePatch {
        path: one_line(&patch.path, 200),
        digest: patch.digest(),
        diff: patch.diff(),
    };
    patches.iter().map(told).collect()
}

impl fmt::Display for FilePatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", fenced(&self.diff, "diff"))
    }
}

/// One document before the book.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Judged {
    /// Its path
    pub path: String,
    /// The VEP's number
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// `new`, `governed` or `legacy`
    pub class: &'static str,
    /// Nothing in it fails the run
    pub passes: bool,
    /// New errors
    pub errors: usize,
    /// New warnings
    pub warnings: usize,
    /// Advice
    pub advice: usize,
    /// Findings that were there before; they fail no run
    #[serde(skip_serializing_if = "is_zero")]
    pub before: usize,
    /// What breaks a rule
    pub findings: Vec<Found>,
    /// Rules that hold
    pub holds: usize,
    /// Rules that do not apply yet
    pub not_yet: usize,
    /// Every rule's verdict, in full detail
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<RuleVerdict>,
}

/// One thing that breaks a rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Found {
    /// The rule's id; it says what holds when all is well
    pub rule: &'static str,
    /// `error`, `warning` or `advice`
    pub severity: &'static str,
    /// `touched` or `old`: it was there before and fails no run
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<&'static str>,
    /// The file, where it is not the document itself
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where
    pub line: usize,
    /// Where in the line
    pub column: usize,
    /// What is wrong
    pub what: String,
    /// How to mend it
    pub fix: String,
    /// Where the law says so
    pub cite: String,
    /// Why it is meant all the same, by somebody's word: a person must decide
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
}

/// One rule's verdict.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleVerdict {
    /// The rule's id
    pub rule: &'static str,
    /// `holds`, `broken` or `not yet`
    pub verdict: &'static str,
    /// Why not yet
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A sheet as it is told; in full detail with every rule's verdict.
pub fn judged(sheet: &Sheet, bar: Bar, full: bool) -> Judged {
    let Counts { errors, warnings, advice } = sheet.counts();
    let before = sheet.before();
    Judged {
        path: one_line(&sheet.path, 200),
        number: sheet.number,
        class: sheet.class.as_str(),
        passes: sheet.outcome(bar) != Outcome::Fails,
        errors,
        warnings,
        advice,
        before,
        findings: sheet.flaws().into_iter().map(|(rule, flaw)| found(rule, flaw, full)).collect(),
        holds: sheet.holding(),
        not_yet: sheet.pending(),
        verdicts: if full {
            sheet.checks.iter().map(|check| rule_verdict(check.rule, &check.verdict)).collect()
        } else {
            vec![]
        },
    }
}

fn found(rule: &'static Rule, flaw: &Flaw, full: bool) -> Found {
    let cite = match (rule.cites.first(), full) {
        (Some(cite), false) => format!("{}, {}", cite.source.name(), cite.section),
        (Some(_), true) => rule.cites.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        (None, _) => String::new(),
    };
    Found {
        rule: rule.id,
        severity: flaw.severity.as_str(),
        age: (flaw.age != Age::New).then(|| flaw.age.as_str()),
        file: flaw.elsewhere.as_deref().map(|path| one_line(path, 200)),
        line: flaw.spot.start.line,
        column: flaw.spot.start.column,
        what: flaw.what.clone(),
        fix: flaw.fix.clone(),
        cite,
        declared: flaw.declared.as_ref().map(|by| format!("{}: {}", by.kind, by.reason)),
    }
}

fn rule_verdict(rule: &'static Rule, verdict: &Verdict) -> RuleVerdict {
    let (verdict, why) = match verdict {
        Verdict::Holds => ("holds", None),
        Verdict::Broken(_) => ("broken", None),
        Verdict::NotYet(why) => ("not yet", Some(why.clone())),
    };
    RuleVerdict { rule: rule.id, verdict, why }
}

impl Judged {
    /// Writes it as Markdown; among others it says its own verdict.
    pub fn write(&self, f: &mut fmt::Formatter<'_>, among_others: bool) -> fmt::Result {
        let Self { errors, warnings, advice, .. } = *self;
        let name = self.number.map_or(String::new(), |number| format!("VEP-{number} "));
        write!(f, "\n{name}{} ({})", code(&self.path), self.class)?;
        if among_others {
            let verdict = if self.passes { "passes" } else { "fails" };
            write!(f, " {verdict}: {}", Counts { errors, warnings, advice })?;
            if self.before > 0 {
                write!(f, ", {} there before", self.before)?;
            }
        }
        writeln!(f)?;
        for Found { rule, severity, age, file, line, column, what, fix, cite, .. } in &self.findings {
            let stop = if what.ends_with(['.', '?', '…']) { "" } else { "." };
            let before = if age.is_some() { " (there before)" } else { "" };
            let file = file.as_ref().map_or(String::new(), |file| format!("{}:", code(file)));
            writeln!(f, "- {severity}{before} `{rule}` {file}{line}:{column}: {what}{stop} {fix} ({cite})")?;
        }
        if self.verdicts.is_empty() {
            let rules = if self.holds == 1 { "rule holds" } else { "rules hold" };
            return writeln!(f, "- {} {rules}, {} do not apply yet", self.holds, self.not_yet);
        }
        let of =
            |verdict: &str| self.verdicts.iter().filter(move |it| it.verdict == verdict).collect::<Vec<_>>();
        let names = |rules: &[&RuleVerdict]| rules.iter().map(|it| it.rule).collect::<Vec<_>>().join(", ");
        writeln!(f, "- holds: {}", names(&of("holds")))?;
        let not_yet = of("not yet");
        let mut reasons: Vec<&str> = not_yet.iter().filter_map(|it| it.why.as_deref()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        for reason in reasons {
            let rules: Vec<_> =
                not_yet.iter().copied().filter(|it| it.why.as_deref() == Some(reason)).collect();
            writeln!(f, "- not yet ({reason}): {}", names(&rules))?;
        }
        Ok(())
    }
}
