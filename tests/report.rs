//! The season at a glance: on the real corpus, at every size, and told by every hand.

use crate::golden;
use crate::wild;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use vep_mcp::calendar::Calendar;
use vep_mcp::corpus::Corpus;
use vep_mcp::document::Document;
use vep_mcp::outside::{Outside, Place};
use vep_mcp::render::Hand;
use vep_mcp::settings::{FILE, Settings};
use vep_mcp::text::Source;
use vep_mcp::verbs::{ReleaseReport, Verb};
use vep_mcp::world::{Base, World};

type Answer = <ReleaseReport as Verb>::Answer;

fn ask(world: &World, ask: Value) -> Answer {
    let ask = serde_json::from_value(ask).unwrap();
    ReleaseReport::run(world, ask).unwrap_or_else(|trouble| panic!("{trouble}"))
}

fn example() -> World {
    Outside::new(Place::Example, None).load(None).unwrap()
}

/// All of a report, not a page of it.
fn whole(world: &World, mut of: Value) -> Value {
    of["page"] = Value::Null;
    serde_json::to_value(ask(world, of)).unwrap()["season"].clone()
}

fn numbers(groups: &[&Value]) -> Vec<u64> {
    let veps = groups.iter().flat_map(|group| group["veps"].as_array().unwrap());
    let mut numbers: Vec<u64> = veps.map(|vep| vep["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

/// The groups of a report: features, and what stands apart.
fn groups(season: &Value) -> (Vec<&Value>, Vec<&Value>) {
    let all = season["groups"].as_array().unwrap().iter();
    all.partition(|group| !["meta", "nonstandard"].contains(&group["kind"].as_str().unwrap()))
}

fn risks(season: &Value, number: u64) -> Vec<&str> {
    let veps = season["groups"].as_array().unwrap().iter().flat_map(|it| it["veps"].as_array().unwrap());
    let vep = veps.into_iter().find(|vep| vep["number"] == number).unwrap();
    vep["risks"].as_array().unwrap().iter().map(|at| at["risk"].as_str().unwrap()).collect()
}

#[test]
fn the_real_season_before_its_freeze_has_its_ten() {
    let Some(world) = wild::world() else { return };
    let season = whole(&world, json!({ "release": "v1.10" }));
    let (features, apart) = groups(&season);
    assert_eq!(numbers(&features), [31, 106, 111, 141, 156, 183, 191, 210, 222, 285]);
    assert_eq!(numbers(&apart), [233]);
    assert_eq!(apart[0]["kind"], "nonstandard");
    assert!(risks(&season, 191).contains(&"beyond-season"));
    assert!(!risks(&season, 31).contains(&"beyond-season"));
    assert!(risks(&season, 233).contains(&"nonstandard-target"));
    assert_eq!(season["counts"]["features"], 10);
    assert_eq!(whole(&world, json!({})), season, "the season's release is asked about where none is named");
    let text = ask(&world, json!({})).to_string();
    assert!(text.contains("15 days left") && text.contains("26 days ago"), "{text}");
}

#[test]
fn a_real_release_that_is_out_shows_what_nothing_confirms() {
    let Some(world) = wild::world() else { return };
    let world = World { today: date(2026, 11, 22), ..world };
    let unconfirmed = |release: &str| -> (BTreeSet<u64>, usize) {
        let season = whole(&world, json!({ "release": release }));
        let (features, _) = groups(&season);
        let veps: Vec<&Value> = features.iter().flat_map(|it| it["veps"].as_array().unwrap()).collect();
        let open = veps.iter().filter(|vep| {
            let mut targets = vep["targets"].as_array().unwrap().iter();
            let open = targets.any(|it| it["here"] == true && it["unconfirmed"] == true);
            let told = risks(&season, vep["number"].as_u64().unwrap()).contains(&"unconfirmed");
            assert_eq!(open, told, "{vep:#}");
            open
        });
        (open.map(|vep| vep["number"].as_u64().unwrap()).collect(), veps.len())
    };
    let (open, all) = unconfirmed("v1.9");
    assert_eq!((open.len(), all), (29, 33), "{open:?}");
    // The boxes of the stage are ticked.
    assert!([19, 80, 140, 285].iter().all(|number| !open.contains(number)), "{open:?}");
    // Their Implementation History names v1.9, and was written before that was out.
    assert!([14, 144, 172].iter().all(|number| open.contains(number)), "{open:?}");
    let (open, all) = unconfirmed("v1.10");
    assert_eq!((open.len(), all), (10, 10), "{open:?}");
    // Where no release is open, the last that is scheduled is told of.
    assert_eq!(whole(&world, json!({}))["releases"][0]["release"], "v1.10");
}

/// A corpus of as many documents, with and without front matter, and all that can be long as long as it may be.
fn many(count: usize) -> World {
    let documents = (1..=count).map(|number| {
        let title = "Ж😀 \u{202e} | ` long ".repeat(20);
        let people = (0..12).map(|it| format!("\"@{}{it:02}\"", "a".repeat(35))).collect::<Vec<_>>().join(", ");
        let stage = ["alpha", "beta", "ga"][number % 3];
        let sig = format!("sig-{}", ["compute", "network", "storage"][number % 3]);
        let text = match number % 2 {
            0 => format!("# VEP #{number}: {title}\n\n- This VEP targets {stage} for version: v1.10.0\n"),
            _ => format!(
                "---\ntitle: {}\nvep-number: {number}\nstatus: implementable\nowning-sig: {sig}\nauthors: [\"@jo\"]\n\
                 reviewers: [{people}]\napprovers: [{people}]\nstage: {stage}\nmilestone:\n  {stage}: \"v1.10\"\n\
                 superseded-by: {}\n---\n\n# VEP #{number}: {title}\n",
                json!(title),
                number + 2
            ),
        };
        Arc::new(Document::parse(Source::new(format!("veps/{sig}/{number}-x/vep.md"), text)))
    });
    World::unchanged(Corpus::new(documents.collect(), vec![]), Calendar::snapshot(), date(2026, 8, 18))
}

#[test]
fn a_page_stays_under_8_kib_at_any_size_and_pages_lose_nothing() {
    for count in [64, 2_000] {
        let world = many(count);
        for of in
            [json!({}), json!({ "sig": "compute" }), json!({ "person": "jo" }), json!({ "release": "v1.10" })]
        {
            let answer = ask(&world, of.clone());
            let json = serde_json::to_value(&answer).unwrap();
            let text = answer.to_string();
            assert!(text.len() <= 8192, "{count} {of}: {}", text.len());
            assert!(json.to_string().len() <= 12 << 10, "{count} {of}: {}", json.to_string().len());
            assert!(text.contains("The next page: page 2.") && json["next_page"] == 2, "{text}");
        }
    }
    let world = many(64);
    let (mut page, mut seen) = (json!(1), Vec::new());
    while page.is_u64() {
        let told = serde_json::to_value(ask(&world, json!({ "page": page }))).unwrap();
        let (features, _) = groups(&told["season"]);
        seen.extend(numbers(&features));
        page = told["next_page"].clone();
    }
    seen.sort_unstable();
    assert_eq!(seen, (1..=64).collect::<Vec<u64>>());
}

#[test]
fn the_same_question_has_the_same_answer() {
    let world = example();
    for of in [json!({}), json!({ "release": "v1.9" }), json!({ "sig": "network" })] {
        let told = |answer: &Answer| {
            (
                answer.to_string(),
                serde_json::to_string(answer).unwrap(),
                ReleaseReport::page(answer, Hand::Csv),
            )
        };
        assert_eq!(told(&ask(&world, of.clone())), told(&ask(&world, of)));
    }
}

/// A reader of RFC 4180, apart from the one that writes it.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(rest.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && row.is_empty() && !quoted, "the last line ends");
    rows
}

#[test]
fn csv_has_a_row_for_each_vep_and_stage_and_runs_nothing() {
    let hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "a,\"b\"", "=HYPERLINK(\"x\")"];
    let documents = hostile.iter().enumerate().map(|(index, title)| {
        let number = index + 1;
        let text = format!(
            "---\ntitle: {title:?}\nvep-number: {number}\nstatus: provisional\nowning-sig: sig-compute\nreviewers: [\"@jo\", TBD]\n\
             stage: beta\nmilestone:\n  alpha: \"v1.9\"\n  beta: \"v1.10\"\n---\n\n# VEP #{number}: x\n"
        );
        Arc::new(Document::parse(Source::new(format!("veps/sig-compute/{number}-x/vep.md"), text)))
    });
    let world =
        World::unchanged(Corpus::new(documents.collect(), vec![]), Calendar::snapshot(), date(2026, 8, 18));
    let rows = read_csv(&ReleaseReport::page(&ask(&world, json!({})), Hand::Csv).unwrap());
    let (head, rows) = rows.split_first().unwrap();
    assert_eq!(rows.len(), 2 * hostile.len());
    assert!(rows.iter().all(|row| row.len() == head.len()));
    assert!(
        rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])),
        "{rows:#?}"
    );
    let of = |name: &str| head.iter().position(|it| it == name).unwrap();
    for (row, title) in rows.chunks(2).zip(hostile) {
        assert_eq!(row[0][of("title")].trim_start_matches('\''), title);
        let told: Vec<[&str; 3]> =
            row.iter().map(|it| ["stage", "release", "in_group"].map(|name| it[of(name)].as_str())).collect();
        assert_eq!(told, [["alpha", "v1.9", "no"], ["beta", "v1.10", "yes"]]);
        assert_eq!(row[0][of("reviewers")], "'@jo");
    }
}

/// One provisional VEP with everything but people, on different days.
fn lone(front: &str, today: Date) -> Value {
    let text = format!(
        "---\ntitle: Clock\nvep-number: 7\ncreation-date: \"2026-01-01\"\nauthors: [\"@a\"]\nowning-sig: sig-compute\n{front}---\n\n# VEP #7: Clock\n"
    );
    let document = Document::parse(Source::new("veps/sig-compute/7-clock/vep.md", text));
    let world = World::unchanged(Corpus::new(vec![Arc::new(document)], vec![]), Calendar::snapshot(), today);
    whole(&world, json!({ "release": "v1.10" }))
}

#[test]
fn each_risk_is_seen_where_it_is_and_nowhere_else() {
    const PROVISIONAL: &str = "status: provisional\nreviewers: [TBD]\napprovers: [TBD]\nstage: alpha\nmilestone:\n  alpha: \"v1.10\"\n";
    const IMPLEMENTABLE: &str = "status: implementable\nreviewers: [\"@b\"]\napprovers: [\"@c\"]\nfeature-gate: Clock\nstage: beta\nmilestone:\n";
    let cases: BTreeMap<&str, (String, Date, bool)> = [
        ("freeze-near", (PROVISIONAL.into(), date(2026, 8, 19), true)),
        ("freeze-near ", (PROVISIONAL.into(), date(2026, 8, 18), false)),
        ("freeze-near  ", (format!("{IMPLEMENTABLE}  beta: \"v1.10\"\n"), date(2026, 8, 25), false)),
        ("freeze-passed", (PROVISIONAL.into(), date(2026, 9, 2), true)),
        ("freeze-passed ", (PROVISIONAL.into(), date(2026, 9, 1), false)),
        ("people-missing", (PROVISIONAL.into(), date(2026, 5, 10), true)),
        ("people-missing ", (format!("{IMPLEMENTABLE}  beta: \"v1.10\"\n"), date(2026, 8, 1), false)),
        ("unconfirmed", (format!("{IMPLEMENTABLE}  beta: \"v1.10\"\n"), date(2026, 11, 19), true)),
        ("unconfirmed ", (format!("{IMPLEMENTABLE}  beta: \"v1.10\"\n"), date(2026, 11, 18), false)),
        (
            "unconfirmed  ",
            (format!("{IMPLEMENTABLE}  alpha: \"v1.10\"\n  beta: \"v1.11\"\n"), date(2026, 11, 19), false),
        ),
        (
            "beyond-season",
            (format!("{IMPLEMENTABLE}  beta: \"v1.10\"\n  ga: \"v1.11\"\n"), date(2026, 8, 1), true),
        ),
        (
            "timebox-exceeded",
            (format!("{IMPLEMENTABLE}  alpha: \"v1.7\"\n  beta: \"v1.10\"\n"), date(2026, 8, 1), true),
        ),
        (
            "timebox-exceeded ",
            (format!("{IMPLEMENTABLE}  alpha: \"v1.8\"\n  beta: \"v1.10\"\n"), date(2026, 8, 1), false),
        ),
        ("target-unset", (format!("{IMPLEMENTABLE}  alpha: \"v1.10\"\n"), date(2026, 8, 1), true)),
        ("nonstandard-target", (format!("{IMPLEMENTABLE}  beta: v1.10.0\n"), date(2026, 8, 1), true)),
        ("nonstandard-target ", (format!("{IMPLEMENTABLE}  alpha2: \"v1.10\"\n"), date(2026, 8, 1), true)),
        ("sections-open", (PROVISIONAL.into(), date(2026, 8, 1), true)),
    ]
    .into();
    for (risk, (front, today, there)) in cases {
        let season = lone(&front, today);
        let risks = risks(&season, 7);
        assert_eq!(risks.contains(&risk.trim()), there, "{risk:?} on {today}: {risks:?}\n{front}");
    }
}

#[test]
fn each_hand_tells_the_example_as_its_golden_says() {
    let world = example();
    let season = ask(&world, json!({}));
    let graph = ask(&world, json!({ "graph": true }));
    for (name, answer, hand) in [
        ("season.csv", &season, Hand::Csv),
        ("season.html", &season, Hand::Html),
        ("season.md", &season, Hand::Mermaid),
        ("succession.md", &graph, Hand::Mermaid),
        ("succession.dot", &graph, Hand::Dot),
    ] {
        golden::check(&format!("tests/hands/{name}"), &ReleaseReport::page(answer, hand).unwrap());
    }
    assert_eq!(ReleaseReport::page(&season, Hand::Dot), None);
    assert_eq!(ReleaseReport::page(&graph, Hand::Csv), None);
    assert_eq!(ReleaseReport::page(&graph, Hand::Html), None);
}

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "</style></script><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' autofocus onfocus='x",
    "&lt;b&gt; &#60;b&#62;",
    "--> ]]> <!-- x",
    "a\"] --> v9[\"b",
    "`x` #quot; ; %% end\\",
    "\\\" ]; v1 -> v2 [label=\"",
    "\\N \\G <b>HTML</b>",
];

/// VEPs with these titles, of which each replaces the one before it.
fn titled(titles: &[&str]) -> World {
    let documents = titles.iter().enumerate().map(|(index, title)| {
        let number = index + 1;
        let text = format!(
            "---\ntitle: {}\nvep-number: {number}\nstatus: provisional\nowning-sig: sig-compute\nreviewers: [{0}, TBD]\n\
             stage: alpha\nmilestone:\n  alpha: \"v1.10\"\n  {0}: \"v1.10\"\nreplaces: {index}\nsuperseded-by: {}\n---\n\n# VEP #{number}: x\n",
            json!(title),
            number + 1,
        );
        Arc::new(Document::parse(Source::new(format!("veps/sig-compute/{number}-x/vep.md"), text)))
    });
    World::unchanged(Corpus::new(documents.collect(), vec![]), Calendar::snapshot(), date(2026, 8, 18))
}

#[test]
fn nothing_that_strangers_write_becomes_markup_of_the_page() {
    let page = |titles: &[&str]| ReleaseReport::page(&ask(&titled(titles), json!({})), Hand::Html).unwrap();
    // Words of the same length are cut at the same place; they are no logins either.
    let plain = HOSTILE.iter().map(|title| format!("x {}", "x".repeat(title.chars().count() - 2)));
    let plain: Vec<String> = plain.collect();
    let (hostile, plain) = (page(HOSTILE), page(&plain.iter().map(String::as_str).collect::<Vec<_>>()));
    for mark in ['<', '>', '"'] {
        assert_eq!(hostile.matches(mark).count(), plain.matches(mark).count(), "{mark}");
    }
    for (what, is) in [(" on", false), ("://", false), ("style=", false), ("url(", false), ("@import", false)]
    {
        let outside = plain.split("<script>").next().unwrap();
        assert_eq!(
            outside.contains(&format!("{what}=")) || what != " on" && outside.contains(what),
            is,
            "{what}"
        );
    }
    assert!(plain.starts_with("<!doctype html>\n<html lang=\"en\">") && plain.contains("default-src 'none'"));
}

#[test]
fn a_graph_marks_what_dangles_what_one_end_says_and_circles() {
    let vep = |number: u32, replaces: &str, superseded: &str| {
        let text = format!(
            "---\ntitle: T{number}\nvep-number: {number}\nstatus: replaced\nreplaces: {replaces}\nsuperseded-by: {superseded}\n---\n\n# VEP #{number}: T\n"
        );
        Arc::new(Document::parse(Source::new(format!("veps/sig-compute/{number}-x/vep.md"), text)))
    };
    // 1 and 2 agree; 3 alone says that it replaces 2; 4 names 99, which is not there; 5, 6, 7 are a circle; 8 names itself.
    let documents = vec![
        vep(1, "\"\"", "2"),
        vep(2, "1", "\"\""),
        vep(3, "2", "\"\""),
        vep(4, "\"\"", "99"),
        vep(5, "7", "6"),
        vep(6, "5", "7"),
        vep(7, "6", "5"),
        vep(8, "\"\"", "8"),
    ];
    let world = World::unchanged(Corpus::new(documents, vec![]), Calendar::snapshot(), date(2026, 8, 18));
    let answer = ask(&world, json!({ "graph": true }));
    let told = serde_json::to_value(&answer).unwrap();
    let links: Vec<String> = told["succession"]["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {} {} {}", it["old"], it["new"], it["only"], it["circle"]))
        .collect();
    let expected = [
        "1 2 null null",
        "2 3 \"new\" null",
        "4 99 \"old\" null",
        "5 6 null true",
        "6 7 null true",
        "7 5 null true",
        "8 8 \"old\" true",
    ];
    assert_eq!(links, expected);
    let missing: Vec<&Value> =
        told["succession"]["veps"].as_array().unwrap().iter().filter(|it| it["missing"] == true).collect();
    assert_eq!((missing.len(), &missing[0]["number"]), (1, &json!(99)));
    let text = answer.to_string();
    for said in ["Successions: 7", "one end only: 3", "on a circle: 4", "not there: 1", "class v99 missing"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn graphs_keep_to_their_grammar_whatever_titles_hold() {
    let graph = ask(&titled(HOSTILE), json!({ "graph": true }));
    let dot = ReleaseReport::page(&graph, Hand::Dot).unwrap();
    let text = r#""(?:[^"\\]|\\["\\])*""#;
    let line = format!(
        r#"^    (?:v\d+ \[label={text}(?:, style=dashed)?\];|v\d+ -> v\d+ \[label={text}(?:, style=dashed)?\];|rankdir=LR;|node \[shape=box\];)$"#
    );
    let line = regex::Regex::new(&line).unwrap();
    let lines: Vec<&str> = dot.lines().collect();
    assert_eq!((lines[0], lines[lines.len() - 1]), ("digraph succession {", "}"));
    for found in &lines[1..lines.len() - 1] {
        assert!(line.is_match(found), "{found}");
    }
    let mermaid = ReleaseReport::page(&graph, Hand::Mermaid).unwrap();
    let line = regex::Regex::new(
        r#"^    (?:v\d+\["(?:[\p{Alphabetic}\p{Nd}\p{Nl}\p{No} ()]|#\d+;)*"\]|v\d+ (?:-->|-\. "[a-zA-Z0-9 ,]+" \.->|-- "[a-zA-Z0-9 ,]+" -->) v\d+|classDef missing stroke-dasharray: 4|class v\d+(?:,v\d+)* missing)$"#,
    )
    .unwrap();
    let lines: Vec<&str> = mermaid.lines().collect();
    assert_eq!(&lines[..2], ["```mermaid", "flowchart LR"]);
    for found in &lines[2..lines.len() - 1] {
        assert!(line.is_match(found), "{found}");
    }
}

#[test]
fn a_graph_stays_under_8_kib_and_its_pages_have_all_links() {
    let world = many(2_000);
    let (mut page, mut links, mut pages) = (json!(1), 0, 0);
    while page.is_u64() {
        let answer = ask(&world, json!({ "graph": true, "page": page }));
        assert!(answer.to_string().len() <= 8192, "{}", answer.to_string().len());
        let told = serde_json::to_value(&answer).unwrap();
        assert!(told.to_string().len() <= 12 << 10, "{}", told.to_string().len());
        links += told["succession"]["links"].as_array().unwrap().len();
        page = told["next_page"].clone();
        pages += 1;
    }
    assert!(links == 1_000 && pages > 1, "{links} {pages}");
}

/// The example with a past: what its front matter says differently, what came and went, and what only moved.
#[test]
fn what_changed_since_a_commit_is_told_and_nothing_that_only_time_changed() {
    use std::fs;
    use std::process::Command;
    let folder = crate::bump::universe();
    let git = |args: &[&str]| {
        let out = Command::new("git").arg("-C").arg(folder.path()).args(args).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    };
    let vep = |path: &str| folder.path().join("veps").join(path);
    let edit = |path: &str, from: &str, to: &str| {
        let text = fs::read_to_string(vep(path)).unwrap();
        assert!(text.contains(from), "{path}: {text}");
        fs::write(vep(path), text.replacen(from, to, 1)).unwrap();
    };
    edit("sig-compute/402-boot-time-budget/vep.md", "status: provisional", "status: deferred");
    edit("sig-network/408-interface-trust-zones/vep.md", "## Overview", "## Overview \n\nAnother word.\n");
    let names = fs::read_dir(vep("sig-network")).unwrap().map(|it| it.unwrap().path());
    let old = names.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with("405-"));
    fs::rename(old.unwrap(), vep("sig-network/405-elsewhere")).unwrap();
    let gone = fs::read_dir(vep("sig-storage")).unwrap().map(|it| it.unwrap().path());
    let mut gone = gone.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("411-"));
    fs::remove_dir_all(gone.next().unwrap()).unwrap();
    let new =
        fs::read_to_string(vep("sig-compute/402-boot-time-budget/vep.md")).unwrap().replace("402", "499");
    fs::create_dir_all(vep("sig-compute/499-brand-new")).unwrap();
    let new = new
        .replace("status: deferred", "status: provisional")
        .lines()
        .take(30)
        .collect::<Vec<_>>()
        .join("\n");
    fs::write(vep("sig-compute/499-brand-new/vep.md"), new).unwrap();
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "-m", "Changes"]);
    let report = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vep-mcp"));
        let out = command.arg("report").args(args).current_dir(folder.path()).output().unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    // However far ahead one looks, time alone changes nothing.
    for today in ["2026-08-18", "2031-01-01"] {
        let sigs = [("compute", "402"), ("network", "405"), ("storage", "")];
        let mut told: BTreeMap<&str, Value> = BTreeMap::new();
        for (sig, _) in sigs {
            let (code, out, err) =
                report(&["--sig", sig, "--since", "HEAD~1", "--today", today, "--format", "json"]);
            assert_eq!(code, Some(0), "{err}");
            let answer: Value = serde_json::from_str(&out).unwrap();
            told.insert(sig, answer["season"]["changes"].clone());
        }
        let numbers = |sig: &str, what: &str| -> Vec<u64> {
            let list = told[sig][what].as_array().into_iter().flatten();
            list.map(|it| it["number"].as_u64().unwrap()).collect()
        };
        assert_eq!(numbers("compute", "changed"), [402], "{today} {}", told["compute"]);
        assert_eq!(told["compute"]["changed"][0]["what"], json!(["state: provisional, now deferred"]));
        assert_eq!(numbers("compute", "came"), [499]);
        assert_eq!(told["network"]["changed"], Value::Null, "where it lies is nothing that it says");
        assert_eq!(told["network"]["only_text"], 1);
        assert_eq!(numbers("storage", "went"), [411]);
    }
    let (code, out, _) = report(&["--sig", "compute", "--since", "HEAD"]);
    assert!(
        code == Some(0) && out.contains("## Changed since commit ") && out.contains("\nNothing.\n"),
        "{out}"
    );
    let (code, _, err) = report(&["--since", "2001-01-01"]);
    assert!(code == Some(2) && err.contains("has no commit as old as 2001-01-01"), "{err}");
}

#[test]
fn what_changed_since_the_summer_on_the_real_corpus() {
    use std::process::Command;
    let Some(checkout) = wild::checkout() else { return };
    let args = ["report", "v1.10", "--since", "2026-06-01", "--today", "2026-08-18", "--format", "json"];
    let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp")).args(args).current_dir(checkout).output().unwrap();
    let answer: Value = serde_json::from_slice(&out.stdout).unwrap();
    let changes = &answer["season"]["changes"];
    let changed = changes["changed"].as_array().unwrap();
    let numbers: Vec<u64> = changed.iter().map(|it| it["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [106, 111, 141, 156, 183, 210, 222, 285]);
    assert_eq!(changed[0]["what"], json!(["ga: no release, now v1.10"]));
}

#[test]
fn a_page_with_what_changed_stays_under_8_kib() {
    use vep_mcp::world::Base;
    let (world, earlier) = (many(300), many(10));
    let base = Base::new("commit 123456789 of 2026-01-01".into(), earlier, &world.head);
    let world = World { earlier: Some(Arc::new(base)), ..world };
    let (mut page, mut seen) = (json!(1), 0);
    while page.is_u64() {
        let answer = ask(&world, json!({ "release": "v1.10", "page": page }));
        assert!(answer.to_string().len() <= 8192, "{}", answer.to_string().len());
        let told = serde_json::to_value(&answer).unwrap();
        assert_eq!(told["season"]["changes"].is_null(), page != 1, "it stands on the first page");
        if page == 1 {
            let listed = told["season"]["changes"]["came"].as_array().unwrap().len();
            let more = told["season"]["changes"]["more"].as_u64().unwrap();
            assert_eq!(listed as u64 + more, 290);
            assert!(answer.to_string().contains("more; the command line lists all"));
        }
        page = told["next_page"].clone();
        seen += 1;
        if seen > 3 {
            break;
        }
    }
}

#[test]
fn a_line_of_the_history_confirms_a_stage_where_it_was_written_after_the_release() {
    for (line, unconfirmed) in [
        ("", true),
        ("- v1.9 (Alpha): merged in kubevirt/kubevirt#1.", true),
        ("- 2026-07-01: Alpha merged for v1.9.", true),
        ("- 2026-07-30: released with v1.9.0.", true),
        ("- 2026-07-30: Beta released with v1.9.0.", true),
        ("- 2026-07-30: Alpha released with v1.9.0.", false),
        ("- v1.9 released with the feature in Alpha.", false),
        ("- Alpha slipped from v1.9 to v1.10.", true),
        ("- It was postponed beyond v1.9.", true),
        ("- ~~v1.9 (Alpha): merged.~~", true),
        ("- v1.90: merged.", true),
    ] {
        let text = format!(
            "# VEP #7: Clock\n\n- This VEP targets alpha for version: v1.9\n\n## Implementation History\n\n{line}\n\n## Other\n\nv1.9\n"
        );
        let document = Document::parse(Source::new("veps/sig-compute/7-clock/vep.md", text));
        let corpus = Corpus::new(vec![Arc::new(document)], vec![]);
        let world = World::unchanged(corpus, Calendar::snapshot(), date(2026, 8, 18));
        let season = whole(&world, json!({ "release": "v1.9" }));
        assert_eq!(risks(&season, 7).contains(&"unconfirmed"), unconfirmed, "{line}");
    }
}

/// An assistant reads a page at a time; a person at the command line has the whole at once.
#[test]
fn the_command_line_tells_all_and_a_page_where_one_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=64 {
        let place = folder.path().join(format!("veps/sig-compute/{number}-x"));
        fs::create_dir_all(&place).unwrap();
        let text = format!("# VEP #{number}: Clock\n\n- This VEP targets alpha for version: v1.10\n");
        fs::write(place.join("vep.md"), text).unwrap();
    }
    let told = |args: &[&str]| {
        let args = [&["--today", "2026-08-18", "report"], args].concat();
        let out = crate::faces::command_line::command(folder.path(), &args).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let veps = |text: &str| text.lines().filter(|line| line.starts_with("- VEP-")).count();
    let all = told(&[]);
    assert!(veps(&all) == 64 && !all.contains("The next page"), "{all}");
    let page = told(&["--page", "2"]);
    assert!(veps(&page) < 64 && page.contains("The next page: page 3."), "{page}");
    // The other hands tell the whole in any case.
    assert_eq!(read_csv(&told(&["--page", "2", "--format", "csv"])).len(), 65);
}

/// What a risk says is true of the state that stands beside it: no risk says that a VEP is in another one.
#[test]
fn no_risk_contradicts_the_state_beside_it() {
    let mut worlds = vec![example()];
    if let Some(checkout) = wild::checkout() {
        for today in [date(2026, 8, 20), date(2026, 11, 26)] {
            worlds.push(Outside::new(Place::Given(checkout.to_owned()), Some(today)).load(None).unwrap());
        }
    }
    let states =
        ["provisional", "implementable", "implemented", "deferred", "rejected", "withdrawn", "replaced"];
    for world in &worlds {
        for of in
            [json!({}), json!({ "sig": "compute" }), json!({ "sig": "network" }), json!({ "sig": "storage" })]
        {
            let season = whole(world, of);
            let veps =
                season["groups"].as_array().unwrap().iter().flat_map(|it| it["veps"].as_array().unwrap());
            for vep in veps {
                let own = vep["status"].as_str().unwrap();
                for at in vep["risks"].as_array().into_iter().flatten() {
                    let why = at["why"].as_str().unwrap();
                    let others = states.iter().filter(|state| **state != own);
                    for said in others.map(|state| format!("is {state}")) {
                        assert!(!why.contains(&said), "{}: {own}, but {why}", vep["number"]);
                    }
                }
            }
        }
    }
    let season = lone(
        "status: provisional\nreviewers: [\"@b\"]\napprovers: [\"@c\"]\nmilestone:\n  alpha: \"v1.10\"\n",
        date(2026, 8, 1),
    );
    let told = season.to_string();
    assert!(
        told.contains("an implementable VEP needs a stage") && !told.contains("is implementable and"),
        "{told}"
    );
}

/// From how many days on a freeze is near is the checkout's to say.
#[test]
fn the_settings_say_when_a_freeze_is_near() {
    let text = "---\ntitle: Clock\nvep-number: 7\nstatus: provisional\nstage: alpha\nmilestone: {alpha: \"v1.10\"}\n---\n\n# VEP #7: Clock\n";
    let document = Document::parse(Source::new("veps/sig-compute/7-clock/vep.md", text));
    let corpus = Corpus::new(vec![Arc::new(document)], vec![]);
    for (days, near) in [("30", true), ("7", false), ("14", false)] {
        let settings = Settings::read(Source::new(FILE, format!("freeze-warning-days: {days}\n")));
        let world = World::unchanged(corpus.clone(), Calendar::snapshot(), date(2026, 8, 13));
        let season = whole(&World { settings: settings.into(), ..world }, json!({ "release": "v1.10" }));
        assert_eq!(risks(&season, 7).contains(&"freeze-near"), near, "{days}");
    }
}

/// A gate, a stage and a SIG are told apart from other words.
#[test]
fn changed_gates_stages_and_sigs_are_told() {
    let text = |gate: &str, stage: &str, sig: &str, others: &str| {
        format!(
            "---\ntitle: Clock\nvep-number: 7\nstatus: provisional\nowning-sig: {sig}\nparticipating-sigs: [{others}]\nfeature-gate: {gate}\nstage: {stage}\nmilestone: {{alpha: \"v1.9\", beta: \"v1.10\"}}\n---\n\n# VEP #7: Clock\n"
        )
    };
    let world = |text: String| {
        let document = Document::parse(Source::new("veps/sig-compute/7-clock/vep.md", text));
        World::unchanged(
            Corpus::new(vec![Arc::new(document)], vec![]),
            Calendar::snapshot(),
            date(2026, 8, 13),
        )
    };
    let was = world(text("Clock", "alpha", "sig-compute", ""));
    let mut now = world(text("BetterClock", "beta", "sig-network", "sig-storage"));
    now.earlier = Some(Arc::new(Base::new("then".into(), was, &now.head)));
    let changes = whole(&now, json!({ "release": "v1.10" }))["changes"].clone();
    assert_eq!(
        changes["changed"][0]["what"],
        json!([
            "stage in flight: alpha, now beta",
            "owning SIG: `sig-compute`, now `sig-network`",
            "participating SIGs: none, now `sig-storage`",
            "feature gate: `Clock`, now `BetterClock`",
        ])
    );
}

/// As of a day everything is as of that day, and both verbs take the same days and commits.
#[test]
fn as_of_a_day_everything_is_of_that_day() {
    use std::process::Command;
    let Some(checkout) = wild::checkout() else { return };
    for verb in ["report", "query"] {
        let ask = |args: &[&str]| {
            let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
                .arg(verb)
                .args(args)
                .args(["--format", "json"])
                .current_dir(checkout)
                .output()
                .unwrap();
            (out.status.code(), String::from_utf8(out.stdout).unwrap())
        };
        let (code, then) = ask(&["--as-of", "2026-05-20"]);
        assert_eq!(code, Some(0));
        assert!(then.contains("\"today\": \"2026-05-20\""), "{verb}");
        assert_eq!(then, ask(&["--as-of", "2026-05-20", "--today", "2026-08-18"]).1, "{verb}");
        for at in ["main", "HEAD~3", "2026-08-18"] {
            assert_eq!(ask(&["--as-of", at]).0, Some(0), "{verb} {at}");
        }
        for at in ["soon", "2001-01-01"] {
            assert_eq!(ask(&["--as-of", at]).0, Some(2), "{verb} {at}");
        }
    }
    let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
        .args(["report", "--as-of", "2026-05-20"])
        .current_dir(checkout)
        .output()
        .unwrap();
    let told = String::from_utf8(out.stdout).unwrap();
    assert!(told.contains("after the day asked for"), "{told}");
}
