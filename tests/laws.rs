//! Properties that hold for every input.

use crate::rules::lawful;
use jiff::civil::date;
use proptest::prelude::*;
use std::sync::Arc;
use vep_mcp::calendar::Calendar;
use vep_mcp::corpus::Corpus;
use vep_mcp::document::{Document, Front};
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
    for section in &document.outline.sections {
        assert!(whole(section.heading) && whole(section.span) && section.span.holds(section.heading));
    }
    assert!(document.outline.passages.iter().all(|passage| whole(passage.span)));
    assert!(document.outline.comments.iter().chain(&document.outline.code).all(|span| whole(*span)));
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

/// A question with hostile text is answered, and quickly.
#[test]
fn hostile_drafts_are_answered_at_once() {
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
        ("emphasis", "*a _b ".repeat(100_000)),
        ("links", "[a](".repeat(100_000)),
        ("quotes", ">".repeat(100_000)),
        ("headings", "# a\n".repeat(100_000)),
        (
            "alternatives without a gate",
            format!("---\ntitle: x\n---\n{}{}", "# alternative\n".repeat(50_000), "a\n\n".repeat(200_000)),
        ),
        (
            "sections of one name",
            format!("---\ntitle: x\nstatus: provisional\n---\n{}", "## Goals\n".repeat(100_000)),
        ),
        ("table", "|a".repeat(100_000)),
        ("html comment", "<!-- ".repeat(100_000)),
        ("one line", "a".repeat(1_900_000)),
        ("lines", "\n".repeat(1_900_000)),
    ];
    for (name, text) in drafts {
        let begin = std::time::Instant::now();
        let ask = serde_json::from_value(serde_json::json!({ "draft": text, "path": PATH })).unwrap();
        let answer = Validate::run(&world, ask).unwrap();
        assert!(answer.to_string().len() < 8192, "{name}: {} bytes", answer.to_string().len());
        // A quadratic step would take minutes; a busy machine takes its time, too.
        assert!(begin.elapsed().as_millis() < 4000, "{name} took {:?}", begin.elapsed());
    }
}
