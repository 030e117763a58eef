//! One report, many hands: the same findings, ids and counts in each, in the form that each reader expects.
//!
//! `tests/hands/` has what each hand says of one report that has everything: errors, warnings and advice, new
//! ones and some that were there before, one that is declared, a change as a whole, and text that would
//! like to leave its place.

use crate::golden;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use vep_mcp::calendar::Calendar;
use vep_mcp::corpus::Corpus;
use vep_mcp::document::Document;
use vep_mcp::mcp::schema_of;
use vep_mcp::render::{self, Told};
use vep_mcp::report::Report;
use vep_mcp::rule::Was;
use vep_mcp::sheet::{Age, Bar, Declaration, judge, judge_change};
use vep_mcp::text::Source;
use vep_mcp::upstream;
use vep_mcp::world::{Base, Commit, PullRequest, World};

const PATH: &str = "veps/sig-compute/7-guest-clock/vep.md";

/// The lawful world with an old mistake in it, and the same after a change that makes several new ones.
fn report(full: bool) -> Report {
    let mut before = crate::rules::lawful();
    let clock = before[PATH].replace("\"@bo-linde\"", "bo-linde");
    before.insert(PATH.into(), clock.clone());
    let mut after = before.clone();
    let clock = clock
        .replace("status: implementable", "status: provisional")
        .replace("title: Guest Clock Policy", "title: \"Guest | Clock <b> ` \u{202e}\"")
        .replace("alpha: \"v1.9\"", "alpha: v1.9.0\t")
        .replace("feature-gate:", "feature-gates:");
    after.insert(PATH.into(), clock);
    after.insert("veps/sig-compute/notes, 100%: a.txt".into(), "Notes.\n".into());
    let world = |files: &BTreeMap<String, String>| {
        let documents = files.iter().filter(|(path, _)| path.ends_with(".md"));
        let documents = documents.map(|(path, text)| Arc::new(Document::parse(Source::new(path, text))));
        let head = Corpus::new(documents.collect(), vec![]).with_files(files.keys().cloned().collect());
        World::unchanged(head, Calendar::snapshot(), jiff::civil::date(2026, 8, 18))
    };
    let (was, mut now) = (world(&before), world(&after));
    let base = Arc::new(Base::new("0123456, the merge base of main and a change".into(), was, &now.head));
    now.base = Some(Arc::clone(&base));
    now.pull = PullRequest {
        title: Some("Clock: 100% <better>".into()),
        labels: None,
        commits: vec![Commit { id: "89abcde".into(), message: "Fixes #7\n".into(), parents: 1 }],
    }
    .into();
    let touched = base.touched(&now.head).map(|it| judge(&now, it, Was::Known(base.was(it.path()).unwrap())));
    let sheets = touched.collect();
    let whole = Some(judge_change(&now, &base));
    let mut report = Report::new(&now, base.name.clone(), whole, sheets, Bar::of(&now, false));
    let edited = base.edited(&now.head).map(|it| {
        let ours = report.sheets.iter().find(|sheet| sheet.path == it.path());
        upstream::said(&now, it, Was::Known(base.was(it.path()).unwrap()), ours)
    });
    report.upstream = edited.collect();
    report.full = full;
    report.people =
        vec!["An LGTM from each of SIG compute, network and storage (README, SIG Review).".into()];
    report.notes = vec!["veps/x.md: not read: a symbolic link is not followed".into()];
    let meant =
        Declaration { kind: "correction", reason: "it was set by mistake | see <the> minutes".into() };
    report.declare(&[(&["step-lawful"], meant)]);
    report
}

/// Every hand, with the name of its golden.
fn hands(report: &Report) -> [(&'static str, String); 6] {
    let json = serde_json::to_string_pretty(&render::told(report)).unwrap() + "\n";
    [
        ("text.txt", render::text(report, false)),
        ("colours.txt", render::text(report, true)),
        ("comment.md", render::comment(report)),
        ("report.sarif", render::sarif(report)),
        ("github.txt", render::github(report)),
        ("report.json", json),
    ]
}

#[test]
fn each_hand_tells_the_report_as_its_golden_says() {
    for (name, told) in hands(&report(false)) {
        golden::check(&format!("tests/hands/{name}"), &told);
    }
    for full in [false, true] {
        assert_eq!(hands(&report(full)), hands(&report(full)), "the same bytes on a re-run");
    }
}

/// How often each rule is broken by something new, by severity.
type Tally = BTreeMap<(String, String), usize>;

fn tally<'a>(found: impl Iterator<Item = (&'a str, &'a str)>) -> Tally {
    let mut tally = Tally::new();
    for (severity, rule) in found {
        *tally.entry((severity.to_owned(), rule.to_owned())).or_default() += 1;
    }
    tally
}

fn texts<'a>(value: &'a Value, keys: [&str; 2]) -> (&'a str, &'a str) {
    (value[keys[0]].as_str().unwrap(), value[keys[1]].as_str().unwrap())
}

#[test]
fn all_hands_have_the_same_ids_and_counts() {
    let report = report(false);
    let news = report.flaws().filter(|(_, _, flaw)| flaw.age == Age::New);
    let expected = tally(news.map(|(_, rule, flaw)| (flaw.severity.as_str(), rule.id)));
    assert!(expected.len() > 5 && report.before() > 0, "{expected:?}");
    let [text, _, comment, sarif, github, json] = hands(&report).map(|(_, told)| told);
    let heads = text.lines().filter(|line| !line.starts_with(' '));
    let heads = heads.filter_map(|line| line.split_once(']')?.0.split_once('['));
    assert_eq!(tally(heads), expected, "text");
    let commands = github.lines().filter_map(|line| {
        let (command, rest) = line.strip_prefix("::")?.split_once(' ')?;
        let rule = rest.split_once("title=")?.1.split("::").next()?;
        Some((if command == "notice" { "advice" } else { command }, rule))
    });
    assert_eq!(tally(commands), expected, "github");
    let log: Value = serde_json::from_str(&sarif).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let new = results.iter().filter(|result| result["baselineState"] == "new");
    let new = new.map(|result| texts(result, ["level", "ruleId"]));
    let new = new.map(|(level, rule)| (if level == "note" { "advice" } else { level }, rule));
    assert_eq!(tally(new), expected, "sarif");
    assert_eq!(results.len(), report.flaws().count(), "sarif");
    let json: Value = serde_json::from_str(&json).unwrap();
    let sheets = json["documents"].as_array().unwrap().iter().chain([&json["whole"]]);
    let found: Vec<&Value> = sheets.flat_map(|sheet| sheet["findings"].as_array().unwrap()).collect();
    let new = found.iter().filter(|it| it.get("age").is_none()).map(|it| texts(it, ["severity", "rule"]));
    assert_eq!(tally(new), expected, "json");
    assert_eq!(found.len(), report.flaws().count(), "json");
    let rows: Vec<&str> = comment.lines().filter(|line| line.starts_with("| `")).collect();
    for (_, rule) in expected.keys() {
        assert!(rows.iter().any(|row| row.starts_with(&format!("| `{rule}` | "))), "{rule}: {comment}");
    }
    // Every hand counts alike, also what was there before.
    let counts = report.counts();
    for told in [&text, &github, &comment] {
        assert!(told.contains(&counts.to_string()), "{counts}: {told}");
        assert!(told.contains(&format!("{} there before", report.before())), "{told}");
    }
    assert_eq!(
        (json["errors"].as_u64(), json["before"].as_u64()),
        (Some(counts.errors as u64), Some(report.before() as u64))
    );
}

#[test]
fn text_keeps_to_80_columns_and_hides_nothing() {
    let [(_, plain), (_, coloured), ..] = hands(&report(true));
    for line in plain.lines() {
        // Words that cannot be broken may stand out: a path, or a list of rules without a blank.
        assert!(line.chars().count() <= 80 || !line.trim().contains(' ') || line.contains("-->"), "{line}");
    }
    assert!(!plain.contains('\u{202e}') && plain.contains("\\u{202e}"));
    assert!(!plain.contains('\u{1b}') && coloured.contains("\u{1b}["));
    let stripped = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap().replace_all(&coloured, "").into_owned();
    assert_eq!(stripped, plain, "colours add nothing but colours");
}

/// GitHub's grammar: `::command name=value,…::data`, nothing unescaped in between.
#[test]
fn annotations_keep_to_githubs_grammar() {
    let told = render::github(&report(false));
    let value = "(?:[^%,:\r\n]|%25|%0D|%0A|%3A|%2C)*";
    let property = format!("(?:file|line|endLine|col|endColumn|title)={value}");
    let grammar = format!("^::(error|warning|notice) {property}(?:,{property})*::(?:[^%\r\n]|%25|%0D|%0A)+$");
    let grammar = regex::Regex::new(&grammar).unwrap();
    let (last, commands) = told
        .trim_end()
        .lines()
        .collect::<Vec<_>>()
        .split_last()
        .map(|(last, rest)| (*last, rest.to_vec()))
        .unwrap();
    assert!(!commands.is_empty() && !last.starts_with("::"));
    for line in &commands {
        assert!(grammar.is_match(line), "{line}");
    }
    assert!(commands.iter().any(|line| line.contains("notes%2C 100%25%3A a.txt")), "{commands:#?}");
}

#[test]
fn the_log_satisfies_the_published_schema_of_sarif() {
    let Ok(path) = std::env::var("VEP_SARIF_SCHEMA") else {
        return println!("skipped: VEP_SARIF_SCHEMA names no schema of SARIF 2.1.0");
    };
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    // The one pattern of the published schema that is no regular expression: a bracket too many.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        assert!(
            language.as_object_mut().unwrap().remove("pattern").unwrap().as_str().unwrap().contains("]?$")
        );
    }
    let schema = jsonschema::validator_for(&schema).unwrap();
    for full in [false, true] {
        let log: Value = serde_json::from_str(&render::sarif(&report(full))).unwrap();
        let faults: Vec<String> =
            schema.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

#[test]
fn sarif_paths_are_relative_and_fingerprints_outlive_a_move() {
    let log: Value = serde_json::from_str(&render::sarif(&report(false))).unwrap();
    let run = &log["runs"][0];
    let mut prints = BTreeMap::new();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.starts_with('/') && !uri.contains([' ', ':', '%']) || uri.contains("%20"), "{uri}");
        let print = result["partialFingerprints"]["vepFinding/v1"].as_str().unwrap();
        assert!(prints.insert(print.to_owned(), ()).is_none(), "two findings with one fingerprint");
    }
    let document = |text: &str| Document::parse(Source::new(PATH, text));
    let world =
        World::unchanged(Corpus::new(vec![], vec![]), Calendar::snapshot(), jiff::civil::date(2026, 8, 18));
    let prints = |text: &str| -> Vec<String> {
        let sheet = judge(&world, &document(text), Was::Nothing);
        let report = Report::new(&world, "nothing".into(), None, vec![sheet], Bar::of(&world, false));
        let log: Value = serde_json::from_str(&render::sarif(&report)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|it| it["partialFingerprints"]["vepFinding/v1"].to_string()).collect()
    };
    let text = "---\ntitle: Clock\n---\n\n# VEP #7: Clock\n";
    assert_eq!(prints(text), prints(&text.replace("---\n\n#", "---\n\n\n\n#")));
}

#[test]
fn json_satisfies_its_own_published_schema() {
    let schema = Value::Object(schema_of::<Told>().as_ref().clone());
    golden::check("schemas/report.schema.json", &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for full in [false, true] {
        let told = serde_json::to_value(render::told(&report(full))).unwrap();
        let faults: Vec<String> = validator.iter_errors(&told).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
}

#[test]
fn a_comment_begins_with_its_marker_and_fits() {
    let comment = render::comment(&report(true));
    assert!(comment.starts_with(&format!("{}\n", render::MARKER)));
    let mut many = report(true);
    let sheet = many.sheets[0].clone();
    many.sheets = vec![sheet; 60];
    let comment = render::comment(&many);
    assert!(comment.chars().count() < 65_536 && comment.contains("do not fit into a comment"));
}
