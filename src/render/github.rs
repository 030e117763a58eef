//! GitHub's hand: workflow commands that put each new finding beside its line.
//!
//! The grammar is that of GitHub's "Workflow commands": `::error file=…,line=…::message`, with `%`, line ends
//! and, in properties, `:` and `,` written as `%XX`. What was there before is counted and not put beside
//! anybody's lines. The step's summary is the comment ([`super::comment`]).
//!
//! Absent on purpose: GitHub itself. The roof writes the summary where the runner asks for it.

use crate::law::Severity;
use crate::report::Report;
use crate::sheet::Age;
use crate::text::{is_plain, one_line, path_shown};

/// The report as workflow commands, the gravest first; then one plain line with the outcome.
pub fn github(report: &Report) -> String {
    let mut told: Vec<_> = report
        .flaws()
        .filter(|(sheet, _, flaw)| flaw.age == Age::New || sheet.fails(flaw, report.bar))
        .collect();
    // A runner shows no more than ten of a kind for each step; those should be the gravest.
    told.sort_by_key(|(_, _, flaw)| flaw.severity);
    let mut out = String::new();
    for (sheet, rule, flaw) in told {
        let (start, end) = (flaw.spot.start, flaw.spot.end);
        let mut properties = Vec::new();
        // A path that cannot be written plainly is told in the message, and names no file to GitHub.
        let file = sheet.file_of(flaw);
        let odd = file
            .filter(|file| !is_plain(file))
            .map_or(String::new(), |file| format!("{}: ", path_shown(file)));
        if let Some(file) = file.filter(|file| is_plain(file)) {
            properties.push(("file", file.to_owned()));
            properties.push(("line", start.line.to_string()));
            properties.push(("endLine", end.line.to_string()));
            // Columns mean nothing to GitHub where the stretch has several lines.
            if start.line == end.line {
                properties.push(("col", start.column.to_string()));
                properties.push(("endColumn", end.column.to_string()));
            }
        }
        properties.push(("title", rule.id.to_owned()));
        let properties: Vec<String> =
            properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
        let cite = rule.cites.first().map_or(String::new(), |cite| format!("\n{cite}"));
        let declared = flaw.declared.as_ref().map_or(String::new(), |by| {
            format!("\nDeclared as {}: {}; a person must decide", by.kind, by.reason)
        });
        let message = format!("{odd}{}{declared}\n{}{cite}", flaw.what, flaw.fix);
        out.push_str(&format!("::{} {}::{}\n", command(flaw.severity), properties.join(","), data(&message)));
    }
    if let Some(nothing) = report.nothing() {
        out.push_str(&format!("vep-mcp: {}. Today is {}.\n", one_line(&nothing, 250), report.today));
        return out;
    }
    for note in &report.conflicts {
        out.push_str(&format!("::warning title=does not merge::{}\n", data(&one_line(note, 400))));
    }
    let before = report.told_before();
    out.push_str(&format!(
        "vep-mcp: {}; {}; {before}. Today is {}. Base: {}.\n",
        report.outcome().as_str(),
        report.counts(),
        report.today,
        one_line(&report.base, 200),
    ));
    out
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "notice",
    }
}

/// A message as GitHub reads it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property's value as GitHub reads it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
