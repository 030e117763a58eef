//! Properties that hold for every input.

use crate::rules::lawful;
use jiff::civil::date;
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use vep_mcp::calendar::Calendar;
use vep_mcp::corpus::Corpus;
use vep_mcp::document::{Document, Front};
use vep_mcp::migration::{Origin, migrate};
use vep_mcp::rule::Was;
use vep_mcp::sheet::judge;
use vep_mcp::text::{Source, Span};
use vep_mcp::verbs::{Validate, Verb};
use vep_mcp::world::World;

const PATH: &str = "veps/sig-compute/7-guest-clock/vep.md";

fn world() -> World {
    let documents =
        lawful().iter().map(|(path, text)| Arc::new(Document::parse(Source::new(path, text)))).collect();
    World::unchanged(Corpus::new(documents, vec![]), Calendar::snapshot(), date(2026, 8, 18))
}

fn clock() -> String {
    lawful().remove(PATH).unwrap()
}

/// Every place that a document names lies in its text, on character boundaries.
fn assert_places(document: &Document) {
    let source = &document.source;
    let whole = |span: Span| source.text().get(span.start..span.end).is_some();
    for section in &document.outline().sections {
        assert!(whole(section.heading) && whole(section.span) && section.span.holds(section.heading));
    }
    assert!(document.outline().passages.iter().all(|passage| whole(passage.span)));
    assert!(document.outline().comments.iter().chain(&document.outline().code).all(|span| whole(*span)));
    match &document.front {
        Front::Absent { near } => assert!(near.is_none_or(whole)),
        Front::Unreadable { open, fault } => assert!(whole(*open) && whole(fault.span), "{fault:?}"),
        Front::Read { block, matter, faults } => {
            assert!(whole(*block) && faults.iter().all(|fault| whole(fault.span)));
            assert!(matter.misshapen.iter().all(|wrong| whole(wrong.span)));
        }
    }
}

fn judged(world: &World, text: &str) -> Document {
    let document = Document::parse(Source::new(PATH, text));
    assert_places(&document);
    let sheet = judge(world, &document, Was::Unknown);
    for (_, flaw) in sheet.flaws() {
        assert!(
            flaw.spot.start.line >= 1
                && flaw.spot.start.column >= 1
                && !flaw.what.is_empty()
                && !flaw.fix.is_empty()
        );
    }
    document
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_is_read_and_judged(text in "(---\n)?(\\PC|\n|\t|\r\n){0,300}") {
        judged(&world(), &text);
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        assert_places(&Document::parse(Source::from_bytes(PATH, &bytes)));
    }

    /// A lawful document with a piece cut out, doubled or replaced.
    #[test]
    fn every_mutilation_is_read_and_judged(
        start in 0usize..900,
        length in 0usize..60,
        put in "[-\"'@:#\\[\\]{}&*!|>%`~ \n\ta-z0-9.]{0,8}",
    ) {
        let text = clock();
        let mut start = start.min(text.len());
        while !text.is_char_boundary(start) { start -= 1; }
        let mut end = (start + length).min(text.len());
        while !text.is_char_boundary(end) { end += 1; }
        judged(&world(), &format!("{}{put}{}", &text[..start], &text[end..]));
    }

    /// What the published schema takes for a handle is one to the reader and the rules, and the other way round.
    #[test]
    fn schema_and_reader_agree_on_handles(
        handle in prop_oneof![
            "@?[A-Za-z0-9_-]{0,41}",
            "[ @]{0,2}[A-Za-z0-9_/.?ä-]{0,5}[ @]?",
            "@?(?i:tbd|tba|none|nobody|n/a|na|[?])[?a]?",
        ],
    ) {
        let schema = vep_mcp::book::schema();
        let pattern = schema["properties"]["reviewers"]["items"]["pattern"].as_str().unwrap();
        let accepted = regex::Regex::new(pattern).unwrap().is_match(&handle);
        let text = clock().replacen("\"@bo-linde\"", &format!("{handle:?}"), 1);
        let document = judged(&world(), &text);
        let sheet = judge(&world(), &document, Was::Unknown);
        let rules = ["handles-wellformed", "values-typed", "front-matter-parses", "keys-present"];
        let wrong: Vec<_> = sheet
            .flaws()
            .into_iter()
            .filter(|(rule, flaw)| rules.contains(&rule.id) && flaw.severity == vep_mcp::law::Severity::Error)
            .map(|(_, flaw)| flaw.what.clone())
            .collect();
        prop_assert_eq!(accepted, wrong.is_empty(), "{:?}: {:?}", handle, wrong);
    }

    #[test]
    fn the_same_question_has_the_same_answer(cut in 0usize..800) {
        let text = clock();
        let cut = cut.min(text.len());
        let ask = || serde_json::from_value(serde_json::json!({ "draft": &text[..cut], "path": PATH })).unwrap();
        let world = world();
        let one = Validate::run(&world, ask()).unwrap().to_string();
        prop_assert_eq!(one, Validate::run(&world, ask()).unwrap().to_string());
    }
}

/// What changes no meaning changes no verdict.
/// Thousands of fixes are made in one pass, each of its own item, in every form of a list.
#[test]
fn thousands_of_fixes_take_no_time_and_touch_nothing_else() {
    let world = world();
    let logins = || (0..2_800).map(|at| format!("w{at:04}"));
    let lines: String = logins().map(|login| format!("  - {login} # {login}\n")).collect();
    let flow = logins().collect::<Vec<_>>().join(", ");
    let marks = regex::Regex::new("\"@(w[0-9]{4})\"").unwrap();
    for (list, item) in [
        (format!("\n{lines}"), "  - \"@w0007\" # w0007\n"),
        (format!(" [{flow}]\n"), ", \"@w0007\", "),
        (format!(" [\n{}  ]\n", lines.replace("- ", "").replace(" #", ", #")), "  \"@w0007\", # w0007\n"),
    ] {
        let text = clock().replacen("\n  - \"@ada-brook\"\n", &list, 1);
        let document = Document::parse(Source::new(PATH, text.as_str()));
        let start = std::time::Instant::now();
        let mended = vep_mcp::proposal::mended(&world, &document, Was::Unknown);
        let took = start.elapsed();
        assert!(took.as_secs() < 10, "{took:?}");
        let after = mended.source.text();
        assert_eq!(after.matches("\"@w").count(), 2_800);
        assert!(after.contains(item), "{}", after.chars().take(600).collect::<String>());
        let unmarked = marks.replace_all(after, "$1").into_owned();
        assert_eq!(unmarked, text, "nothing but the marks is another");
        let sheet = judge(&world, &mended, Was::Unknown);
        assert!(!sheet.flaws().iter().any(|(rule, _)| rule.id == "handles-wellformed"));
    }
}

#[test]
fn lawful_variations_raise_nothing() {
    let text = clock();
    let variations = [
        ("CRLF", text.replace('\n', "\r\n")),
        ("byte order mark", format!("\u{feff}{text}")),
        ("no final newline", text.trim_end().to_owned()),
        ("spaces behind the fences", text.replace("---\n", "---  \n")),
        ("flow lists", text.replace("reviewers:\n  - \"@bo-linde\"", "reviewers: [ '@bo-linde' ]")),
        ("single quotes", text.replace('"', "'")),
        (
            "comments",
            text.replace("status: implementable", "# merged in June\nstatus: implementable # by the SIG"),
        ),
        ("folded title", text.replace("title: Guest Clock Policy", "title: >-\n  Guest Clock\n  Policy")),
        ("quoted keys", text.replace("\nstatus:", "\n\"status\":")),
        ("blank lines", text.replace("\nstage:", "\n\n\nstage:")),
        ("an extra section", format!("{text}\n## Notes\n\nMore.\n")),
        ("a rule in the body", format!("{text}\n---\n\nMore.\n")),
        ("front matter shown in code", format!("{text}\n```yaml\n---\nstatus: nonsense\n---\n```\n")),
        ("deeper list indent", text.replace("  - \"@bo-linde\"", "      - \"@bo-linde\"")),
        ("lists without indent", text.replace("\n  - \"", "\n- \"")),
        (
            "milestone as a flow map",
            text.replace(
                "milestone:\n  alpha: \"v1.9\"\n  beta: \"v1.10\"",
                "milestone: {alpha: v1.9, beta: v1.10}",
            ),
        ),
        ("references as nothing", text.replace("replaces: \"\"", "replaces:")),
        ("heading without its sign", text.replace("# VEP #7:", "# VEP 7:")),
    ];
    let world = world();
    for (name, text) in variations {
        let document = judged(&world, &text);
        let sheet = judge(&world, &document, Was::Unknown);
        assert!(sheet.flaws().is_empty(), "{name}: {:?}\n{text}", sheet.flaws());
    }
}

/// A text of `n` parts that is hostile to one reader.
type Hostile = fn(usize) -> String;

fn numbered(n: usize, part: impl Fn(usize) -> String) -> String {
    (0..n).map(part).collect()
}

/// Front matter and a body of `n` parts.
fn governed(n: usize, matter: &str, part: impl Fn(usize) -> String) -> String {
    format!("---\ntitle: x\nstatus: provisional\n{matter}---\n\n# VEP #7: x\n\n{}", numbered(n, part))
}

const METADATA: &str = "# VEP #7: x\n\n## VEP Status Metadata\n\n### Target releases\n\n";
const CHECKLIST: &str = "# VEP #7: x\n\n## VEP Status Metadata\n\n### Release Signoff Checklist\n\n";
const HISTORY: &str = "# VEP #7: x\n\n- This VEP targets alpha for version: v1.6\n- This VEP targets GA for version: v1.9\n\n## Implementation History\n\n";

/// A generator for every reader of prose and every rule over a list, and for the parsers below them.
#[rustfmt::skip]
const HOSTILE: &[(&str, Hostile)] = &[
    ("markdown: emphasis", |n| "*a _b ".repeat(n)),
    ("markdown: links", |n| "[a](".repeat(n)),
    ("markdown: quotes", |n| ">".repeat(n)),
    ("markdown: headings", |n| "# a\n".repeat(n)),
    ("markdown: table", |n| "|a".repeat(n)),
    ("markdown: tables", |n| "|a|b|\n|-|-|\n|c|d|\n\n".repeat(n)),
    ("markdown: rows", |n| format!("|a|b|\n|-|-|\n{}", "|c||\n".repeat(n))),
    ("markdown: html comment", |n| "<!-- ".repeat(n)),
    ("markdown: comments on a line", |n| "<!-- a --> b ".repeat(n)),
    ("markdown: comments", |n| "<!-- a -->\n\n".repeat(n)),
    ("markdown: tags", |n| format!("<div>\n{}", "<a <b\n".repeat(n))),
    ("markdown: struck words", |n| "~~a~~ b ".repeat(n)),
    ("markdown: code words", |n| "`a` b ".repeat(n)),
    ("markdown: one line", |n| "a".repeat(n * 8)),
    ("markdown: lines", |n| "\n".repeat(n * 8)),
    ("markdown: nested items", |n| numbered(n, |at| format!("{}- a\n", " ".repeat((at % 50) * 2)))),
    ("headings: a title of many words", |n| format!("# VEP #7: {}", "a ".repeat(n))),
    ("headings: many that name a VEP", |n| "# VEP 7: a\n\n".repeat(n)),
    ("gates: a new feature gate", |n| "a new feature gate\n".repeat(n)),
    ("gates: many names", |n| numbered(n, |at| format!("It is behind a new feature gate `GateNumber{at}`.\n\n"))),
    ("gates: one line of names", |n| numbered(n, |at| format!("the new feature gate `GateNumber{at}` and "))),
    ("gates: labels", |n| numbered(n, |at| format!("Feature gate: `GateNumber{at}`\n\n"))),
    ("gates: labels without a value", |n| "### Feature gate\n\n".repeat(n)),
    ("gates: a label with many items", |n| format!("### Feature gate\n\n{}", "- `GateNumber`\n".repeat(n))),
    ("gates: a table of labels", |n| format!("|a|b|\n|-|-|\n{}", "|Feature gate|`GateNumber`|\n".repeat(n))),
    ("gates: a row of labels", |n| format!("{}\n{}\n{}\n", "|Feature gate".repeat(n), "|-".repeat(n), "|none".repeat(n))),
    ("gates: blocks in their names", |n| numbered(n, |at| format!("### Target releases (GateNumber{at})\n\n- This VEP targets alpha for version: v1.9\n\n"))),
    ("gates: beside alternatives", |n| "## Alternatives\n\na new feature gate `GateNumber`\n\n".repeat(n)),
    ("denial: of a stage", |n| "At GA there is no feature gate any more.\n\n".repeat(n)),
    ("denial: one sentence", |n| "at GA no feature gate ".repeat(n)),
    ("denial: negations", |n| format!("{} feature gate", "not no ".repeat(n))),
    ("denial: of other VEPs", |n| "VEP 12 has no feature gate; ".repeat(n)),
    ("denial: promises", |n| "VEP 12 will be behind a feature gate ".repeat(n)),
    ("denial: stages", |n| "### Alpha\n\n### GA\n\nno feature gate\n\n".repeat(n)),
    ("denial: governed", |n| governed(n, "", |_| "At GA there is no feature gate any more.\n\n".into())),
    ("skips: Alpha", |n| governed(n, "feature-gate: X\nstage: beta\nmilestone:\n  beta: v1.10\n", |_| "Alpha must not be skipped.\n\n".into())),
    ("skips: one line", |n| governed(n, "feature-gate: X\nstage: beta\nmilestone:\n  beta: v1.10\n", |_| "alpha must not skip ".into())),
    ("targets: one said often", |n| format!("{METADATA}{}", "- This VEP targets alpha for version: v1.9\n".repeat(n))),
    ("targets: many values", |n| format!("{METADATA}{}", numbered(n, |at| format!("- This VEP targets alpha for version: v1.{at}\n")))),
    ("targets: bullets with more", |n| format!("{METADATA}{}", "- This VEP targets alpha for version: v1.9\n  - more\n".repeat(n))),
    ("targets: blocks", |n| "### Target releases\n\n- This VEP targets alpha for version: v1.9\n\n".repeat(n)),
    ("targets: a paragraph", |n| format!("{METADATA}{}", "This VEP targets alpha for version: ~~v1.8~~ `v1.9`\n".repeat(n))),
    ("targets: a table", |n| format!("{METADATA}|Stage|Release|\n|-|-|\n{}", "|Alpha|v1.9|\n".repeat(n))),
    ("targets: a row", |n| format!("{METADATA}{}\n{}\n{}\n", "|Alpha".repeat(n), "|-".repeat(n), "|v1.9".repeat(n))),
    ("targets: sentences without a block", |n| "This VEP targets alpha for version.\n\n".repeat(n)),
    ("targets: paragraphs of stages", |n| "### GA\n\nPlanned for v1.6 or so.\n\n".repeat(n)),
    ("progress: history", |n| format!("{HISTORY}{}", "- 2026-08-01: GA is planned for v1.9\n".repeat(n))),
    ("progress: one entry", |n| format!("{HISTORY}- {}", "GA will be released in v1.9 ".repeat(n))),
    ("progress: slips", |n| format!("{HISTORY}{}", "- Beta slipped to v1.9\n".repeat(n))),
    ("progress: not yet", |n| format!("{HISTORY}- {}", "not yet implemented in libvirt when GA ".repeat(n))),
    ("progress: states", |n| "The request is deferred, on hold, rejected and withdrawn. ".repeat(n)),
    ("progress: states to ask for", |n| "Work on this VEP is on hold.\n\n".repeat(n)),
    ("progress: ties", |n| "Superseded by VEP 12. It replaces VEP 13.\n\n".repeat(n)),
    ("progress: boxes", |n| format!("{HISTORY}\n## Graduation Requirements\n\n### GA\n\n{}", "- [x] done\n".repeat(n))),
    ("removal: checklist", |n| format!("{CHECKLIST}{}", "- [x] (R) GA target version is explicitly mentioned and approved\n".repeat(n))),
    ("removal: checklist with notes", |n| format!("{CHECKLIST}{}", "- [x] (R) GA target version is explicitly mentioned (see #7, #8)\n".repeat(n))),
    ("removal: checklists", |n| "### Release Signoff Checklist\n\n- [ ] (R) Graduation criteria filled\n\n".repeat(n)),
    ("removal: comments", |n| format!("{METADATA}{}", "<!-- a word -->\n\n".repeat(n))),
    ("removal: a line of comments", |n| format!("{METADATA}{}", "<!-- a word --> ".repeat(n))),
    ("removal: headings", |n| "## Target releases\n".repeat(n)),
    ("removal: blank lines", |n| format!("{METADATA}- This VEP targets alpha for version: v1.9\n{}", "\n".repeat(n * 8))),
    ("people: owners", |n| format!("Owners: {}", "@a-b, ".repeat(n))),
    ("sections: of one name", |n| governed(n, "", |_| "## Goals\n".into())),
    ("sections: placeholders", |n| governed(n, "", |_| "## Goals\n\nTBD\n\n".into())),
    ("sections: placeholder items", |n| format!("{}## Goals\n\n{}", governed(0, "", |_| String::new()), "- TBD\n".repeat(n))),
    ("sections: alternatives without a gate", |n| format!("---\ntitle: x\n---\n{}{}", "# alternative\n".repeat(n), "a\n\n".repeat(n * 4))),
    ("sections: goals", |n| format!("{}## Goals\n\n{}", governed(0, "", |_| String::new()), "- a goal\n".repeat(n))),
    ("sections: stories", |n| format!("{}## User Stories\n\n{}", governed(0, "", |_| String::new()), "- a story\n".repeat(n))),
    ("sections: history", |n| format!("{}## Implementation History\n\n{}", governed(0, "", |_| String::new()), "- 2026-01-01: x\n".repeat(n))),
    ("sections: criteria", |n| format!("{}## Graduation Requirements\n\n{}", governed(0, "stage: beta\n", |_| String::new()), "- an item\n".repeat(n))),
    ("sections: listings", |n| format!("{}## Design\n\n{}", governed(0, "", |_| String::new()), "```go\na\n```\n".repeat(n))),
];

/// The processor time that this thread has had, where the system tells it; a busy machine takes nothing of it.
fn spent() -> Duration {
    static BEGIN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| BEGIN.get_or_init(std::time::Instant::now).elapsed(), Duration::from_nanos)
}

/// What it takes to read and judge a draft, and to migrate it, so many times.
fn cost(world: &World, text: &str, times: u32) -> Duration {
    let begin = spent();
    for _ in 0..times {
        let ask = serde_json::from_value(serde_json::json!({ "draft": text, "path": PATH })).unwrap();
        let answer = Validate::run(world, ask).unwrap();
        let document = Arc::new(Document::parse(Source::new(PATH, text)));
        migrate(world, &document, &Origin::default());
        assert!(answer.to_string().len() < 8192, "{} bytes", answer.to_string().len());
    }
    spent().saturating_sub(begin)
}

/// Twice the text takes at most about twice the time: no reader of prose and no rule over a list is quadratic.
#[test]
fn twice_the_text_takes_less_than_three_times_as_long() {
    let world = world();
    // What takes less is lost in what the clock can tell.
    let least = Duration::from_millis(40);
    let most = 2_000_000;
    let mut slow = Vec::new();
    for (name, hostile) in HOSTILE {
        let mut n = 200;
        // Four times as much has to be a draft that is read at all.
        while hostile(8 * n).len() < most && cost(&world, &hostile(n), 1) < least {
            n *= 2;
        }
        let texts = [hostile(n), hostile(2 * n), hostile(4 * n)];
        let once = cost(&world, &texts[0], 1).max(Duration::from_millis(1));
        let times = u32::try_from(least.as_micros() / once.as_micros()).unwrap() + 1;
        // The least of several runs is what the work takes; what a busy machine adds goes.
        let mut best = [Duration::MAX; 3];
        let mut ratios = [f64::MAX; 2];
        for _ in 0..24 {
            for (best, text) in best.iter_mut().zip(&texts) {
                *best = (*best).min(cost(&world, text, times));
            }
            let [one, two, four] = best.map(|it| it.as_secs_f64());
            ratios = [two / one, four / two];
            if ratios.iter().all(|ratio| *ratio < 2.6) {
                break;
            }
        }
        let [one, two] = ratios;
        println!("{name}: n {n}, {:?}; {one:.2}, {two:.2}", best[0] / times);
        if one >= 3.0 || two >= 3.0 {
            slow.push(format!("{name}: n {n}, {best:?}: {one:.2}, {two:.2}"));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}

/// YAML that means more than it says is refused or read, and no answer grows with it.
#[test]
fn hostile_front_matter_is_answered() {
    let world = world();
    let bomb = format!("---\na: &a [x, x]\n{}---\n", "b: [*a, *a, *a, *a, *a, *a, *a, *a]\n".repeat(3000));
    let aliases = format!("---\na: &a {}\nb: [{}]\n---\n", "x".repeat(30_000), "*a, ".repeat(8_000));
    let drafts = [
        ("opening brackets", format!("---\na: {}\n---\n", "[".repeat(100_000))),
        ("opening brackets within the limit", format!("---\na: {}\n---\n", "[".repeat(60_000))),
        ("closed brackets", format!("---\na: {}{}\n---\n", "[".repeat(30_000), "]".repeat(30_000))),
        ("dashes", format!("---\n{}\n---\n", "- ".repeat(30_000))),
        ("aliases", bomb),
        ("long alias", aliases),
    ];
    for (name, text) in drafts {
        let begin = spent();
        let ask = serde_json::from_value(serde_json::json!({ "draft": text, "path": PATH })).unwrap();
        let answer = Validate::run(&world, ask).unwrap();
        assert!(answer.to_string().len() < 8192, "{name}: {} bytes", answer.to_string().len());
        // The parser has limits instead of a line to grow along; without them these would take minutes.
        let took = spent().saturating_sub(begin);
        assert!(took.as_millis() < 4000, "{name} took {took:?}");
    }
}
