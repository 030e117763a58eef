//! The hand of code scanning: SARIF 2.1.0.
//!
//! Every rule that was asked is listed with its help, every finding is a result with a relative path and a
//! fingerprint that does not depend on the line it stands on. What was there before has the baseline
//! state `unchanged`; what is declared to be meant is suppressed under review.
//!
//! Absent on purpose: the parts of SARIF that nobody reads here (graphs, threads, invocations).

use crate::law::Severity;
use crate::report::Report;
use crate::rule::Rule;
use crate::sheet::{Age, Flaw, Replacements, Sheet};
use crate::text::{Place, json_shown, visible};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The schema that the log follows.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report as a SARIF log.
pub fn sarif(report: &Report) -> String {
    let mut rules: Vec<&'static Rule> = Vec::new();
    for check in report.all().flat_map(|sheet| &sheet.checks) {
        if !rules.iter().any(|known| known.id == check.rule.id) {
            rules.push(check.rule);
        }
    }
    // In the order of the book, whichever sheet came first.
    rules.sort_by_key(|rule| crate::rules::all().position(|it| it.id == rule.id));
    let mut seen = BTreeMap::new();
    let results: Vec<Value> = report
        .flaws()
        .zip(replacements(report))
        .map(|((sheet, rule, flaw), mend)| {
            let index = rules.iter().position(|known| known.id == rule.id);
            let mut result = result(report, sheet, rule, index, flaw, &mut seen);
            let fixes: Vec<Value> = mend.iter().map(|mend| fix(sheet, flaw, mend)).collect();
            result.as_object_mut().map(|result| result.insert("fixes".into(), fixes.into()));
            result
        })
        .collect();
    let outcome = report.nothing().unwrap_or_else(|| report.outcome().as_str().into());
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {
                "outcome": outcome,
                "today": report.today.to_string(),
                "base": report.base,
                "calendar": report.calendar,
            },
        }],
    });
    json_shown(&format!("{log:#}\n"))
}

/// What the mend of each flaw of the report comes to, worked out document by document.
fn replacements(report: &Report) -> Vec<Option<Replacements>> {
    let flaws: Vec<_> = report.flaws().collect();
    let same = |one: &&Sheet, other: &&Sheet| std::ptr::eq(*one, *other);
    let runs = flaws.chunk_by(|(one, ..), (other, ..)| same(one, other));
    let of_run = |run: &[(&Sheet, &'static Rule, &Flaw)]| {
        let all: Vec<&Flaw> = run.iter().map(|(.., flaw)| *flaw).collect();
        run.first().map(|(sheet, ..)| sheet.replacements(&all)).unwrap_or_default()
    };
    runs.flat_map(of_run).collect()
}

fn descriptor(rule: &Rule) -> Value {
    let cites: Vec<String> = rule.cites.iter().map(ToString::to_string).collect();
    let listed: String = cites.iter().map(|cite| format!("\n- {cite}")).collect();
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.says },
        "fullDescription": { "text": format!("{}. {}", rule.says, rule.why) },
        "help": {
            "text": format!("{} Law: {}.", rule.fix, cites.join("; ")),
            "markdown": format!("{}\n\n{}\n\nLaw:\n{listed}", rule.why, rule.fix),
        },
    })
}

fn result(
    report: &Report,
    sheet: &Sheet,
    rule: &Rule,
    index: Option<usize>,
    flaw: &Flaw,
    seen: &mut BTreeMap<String, usize>,
) -> Value {
    let suppressions: Vec<Value> = flaw
        .declared
        .iter()
        .map(|by| {
            let justification = format!("{}: {}", by.kind, by.reason);
            json!({ "kind": "external", "status": "underReview", "justification": justification })
        })
        .collect();
    json!({
        "ruleId": rule.id,
        "ruleIndex": index,
        "level": level(flaw.severity),
        "message": { "text": literal(&format!("{}. {}", flaw.what.trim_end_matches('.'), flaw.fix)) },
        "locations": [location(report, sheet, flaw)],
        "partialFingerprints": { "vepFinding/v1": fingerprint(sheet, rule, flaw, seen) },
        "baselineState": if flaw.age == Age::New { "new" } else { "unchanged" },
        "suppressions": suppressions,
    })
}

/// A mend that needs no thought, as the edits that make it.
fn fix(sheet: &Sheet, flaw: &Flaw, mend: &Replacements) -> Value {
    let replacements = mend.iter().map(|(from, to, put)| {
        json!({
            "deletedRegion": {
                "startLine": from.line, "startColumn": from.column, "endLine": to.line, "endColumn": to.column,
            },
            "insertedContent": { "text": put },
        })
    });
    json!({
        "description": { "text": literal(&flaw.fix) },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(&sheet.path), "uriBaseId": "%SRCROOT%" },
            "replacements": replacements.collect::<Vec<_>>(),
        }],
    })
}

/// Text that SARIF takes for no link and no placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6).
fn literal(text: &str) -> String {
    let text =
        if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text.to_owned() };
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('{') {
        let (before, behind) = rest.split_at(at);
        let digits = behind.chars().skip(1).take_while(char::is_ascii_digit).count();
        out.push_str(before);
        out.push_str(if digits > 0 { "{{" } else { "{" });
        rest = behind.get(1..).unwrap_or_default();
    }
    out + rest
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

/// Where a finding is. Code scanning takes none without a file, so what is wrong with a pull request itself is
/// laid at the first document's feet, and a logical location says what is meant.
fn location(report: &Report, sheet: &Sheet, flaw: &Flaw) -> Value {
    let Some(file) = sheet.file_of(flaw) else {
        let file = report.sheets.first().map_or("veps", |sheet| sheet.path.as_str());
        return json!({
            "physicalLocation": { "artifactLocation": { "uri": uri(file) } },
            "logicalLocations": [{ "name": sheet.path }],
        });
    };
    let (Place { line, column }, end) = (flaw.spot.start, flaw.spot.end);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(file), "uriBaseId": "%SRCROOT%" },
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": end.line,
                "endColumn": end.column,
                "snippet": { "text": visible(&flaw.spot.line) },
            },
        },
    })
}

/// A path as a relative address.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// What of a finding's words stays the same from day to day and from edit to edit: no numbers, no dates, and nothing
/// of what stands behind the first clause.
fn lasting(what: &str) -> String {
    let clause = what.split("; ").next().unwrap_or_default().split(" (").next().unwrap_or_default();
    clause.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The same for the same finding, wherever it has moved to in its file.
fn fingerprint(sheet: &Sheet, rule: &Rule, flaw: &Flaw, seen: &mut BTreeMap<String, usize>) -> String {
    let file = sheet.file_of(flaw).unwrap_or(&sheet.path);
    let name = [rule.id, file, &lasting(&flaw.what)].join("\0");
    let twin = seen.entry(name.clone()).or_default();
    *twin += 1;
    let digest = Sha256::digest(format!("{name}\0{twin}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
