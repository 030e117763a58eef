//! The hand of programs: the whole report as JSON, by a published schema (`schemas/report.schema.json`).
//!
//! Absent on purpose: brevity. What an assistant is told is the verbs' own answer.

use super::{Judged, Upstream, judged, upstream};
use crate::report::Report;
use crate::sheet::{Counts, Sheet};
use schemars::JsonSchema;
use serde::Serialize;

/// The form of the report; another number means that a reader has to look.
const FORM: &str = "vep-mcp/report/1";

/// A whole report.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Told {
    /// The form of this report: `vep-mcp/report/1`
    form: &'static str,
    /// The version of the program
    version: &'static str,
    /// `passes`, `fails`, or `a person must decide`
    outcome: &'static str,
    /// The day it is for, in UTC
    today: String,
    /// What the documents were compared with
    base: String,
    /// Where the dates come from, and how old that is
    calendar: String,
    /// From this severity on a finding fails the run
    fail_on: &'static str,
    /// New errors
    errors: usize,
    /// New warnings
    warnings: usize,
    /// New advice
    advice: usize,
    /// Findings that were there before
    before: usize,
    /// The checkout or the change as a whole
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<Judged>,
    /// That nothing differs from the base, where that is so
    #[serde(skip_serializing_if = "Option::is_none")]
    nothing: Option<String>,
    /// The documents, the gravest first
    documents: Vec<Judged>,
    /// What upstream's draft checks would say, where that was asked
    #[serde(skip_serializing_if = "Vec::is_empty")]
    upstream: Vec<Upstream>,
    /// What people owe before the merge
    people: Vec<String>,
    /// What else is to be known
    notes: Vec<String>,
}

/// The report as a value of its schema.
pub fn told(report: &Report) -> Told {
    let Counts { errors, warnings, advice } = report.counts();
    let told = |sheet: &Sheet| {
        let mut told = judged(sheet, report.bar, true);
        // Programs open files: paths are told as they are.
        told.path.clone_from(&sheet.path);
        for (found, (_, flaw)) in told.findings.iter_mut().zip(sheet.flaws()) {
            found.file.clone_from(&flaw.elsewhere);
        }
        told
    };
    Told {
        form: FORM,
        version: env!("CARGO_PKG_VERSION"),
        outcome: report.outcome().as_str(),
        today: report.today.to_string(),
        base: report.base.clone(),
        calendar: report.calendar.clone(),
        fail_on: report.bar.from.as_str(),
        errors,
        warnings,
        advice,
        before: report.before(),
        nothing: report.nothing(),
        whole: report.whole.as_ref().map(told),
        documents: report.sheets.iter().map(told).collect(),
        upstream: report.upstream.iter().map(upstream).collect(),
        people: report.people.clone(),
        notes: report.notes.clone(),
    }
}
