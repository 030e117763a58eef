//! The book against its cases.
//!
//! `tests/world` is a small world in which every rule holds that applies. `tests/rules/<id>/<case>/` has
//! `change.diff`, what the case changes in that world, and `report.txt`, what the whole book then says
//! of every document whose verdicts changed or whose text did. So a rule that talks out of turn is seen.
//! A case on another day than 2026-08-18 has it in `today.txt`; one whose base branch has a history has the subjects of
//! its commits in `merged.txt`.

use crate::golden;
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use vep_mcp::calendar::Calendar;
use vep_mcp::corpus::Corpus;
use vep_mcp::document::{Document, Home};
use vep_mcp::history::Merged;
use vep_mcp::owners::Owners;
use vep_mcp::patch::Patch;
use vep_mcp::proposal::mended;
use vep_mcp::rule::Was;
use vep_mcp::rules;
use vep_mcp::settings::{FILE, Settings};
use vep_mcp::sheet::{Age, Flaw, Sheet, Verdict, judge, judge_change};
use vep_mcp::text::Source;
use vep_mcp::world::{Base, Commit, PullRequest, World};

pub const TODAY: Date = date(2026, 8, 18);

pub type Files = BTreeMap<String, String>;

fn read(folder: &Path, path: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        let name = entry.file_name().into_string().unwrap();
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &path, files);
        } else {
            files.insert(path, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

/// The lawful world.
pub fn lawful() -> Files {
    let mut files = Files::new();
    read(&golden::root().join("tests/world"), "", &mut files);
    files
}

pub fn world(files: &Files, today: Date) -> World {
    let names = files.keys().cloned().collect();
    let is_owners = |path: &str| ["OWNERS", "OWNERS_ALIASES"].contains(&path.rsplit('/').next().unwrap());
    let owners =
        files.iter().filter(|(path, _)| is_owners(path)).map(|(path, text)| (path.clone(), text.clone()));
    let owners = Owners::read(owners.collect());
    let documents = files
        .iter()
        .filter(|(path, _)| Home::is_markdown(path))
        .map(|(path, text)| Arc::new(Document::parse(Source::new(path, text))))
        .collect();
    let head = Corpus::new(documents, vec![]).with_files(names);
    let settings = files.get(FILE).map(|text| Settings::read(Source::new(FILE, text))).unwrap_or_default();
    World {
        owners: owners.into(),
        settings: settings.into(),
        ..World::unchanged(head, Calendar::snapshot(), today)
    }
}

/// Applies a unified diff over several files.
pub fn apply(files: &Files, diff: &str) -> Files {
    let mut files = files.clone();
    let starts: Vec<usize> = diff
        .match_indices("--- ")
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || diff[..*at].ends_with('\n'))
        .collect();
    for (index, start) in starts.iter().enumerate() {
        let one = &diff[*start..starts.get(index + 1).copied().unwrap_or(diff.len())];
        let patch = diffy::Patch::from_str(one).unwrap_or_else(|error| panic!("{error}\n{one}"));
        let old = patch.original().unwrap().trim_start_matches("a/").to_owned();
        let new = patch.modified().unwrap().trim_start_matches("b/").to_owned();
        let before = files.remove(&old).unwrap_or_default();
        let after = diffy::apply(&before, &patch).unwrap_or_else(|error| panic!("{error}\n{one}"));
        if new != "/dev/null" {
            files.insert(new, after);
        }
    }
    files
}

fn sheets(now: &World, was: Option<&World>) -> BTreeMap<String, Sheet> {
    now.head
        .proposals()
        .iter()
        .map(|document| {
            let before = match was {
                None => Was::Unknown,
                Some(_) if now.base.is_some() => now
                    .base
                    .as_ref()
                    .unwrap()
                    .was(document.path())
                    .map_or(Was::Nothing, |before| Was::Known(before)),
                Some(was) => was.head.at(document.path()).map_or(Was::Nothing, |before| Was::Known(before)),
            };
            (document.path().to_owned(), judge(now, document, before))
        })
        .collect()
}

fn say(sheet: &Sheet) -> String {
    let mut out = format!("{}: {}, {}\n", sheet.path, sheet.class.as_str(), sheet.counts());
    for (rule, flaw) in sheet.flaws() {
        let file = flaw.elsewhere.as_ref().map_or(String::new(), |path| format!("{path}:"));
        let place = format!("{file}{}:{}", flaw.spot.start.line, flaw.spot.start.column);
        let before = if flaw.age == Age::New { "" } else { " (there before)" };
        writeln!(
            out,
            "{} {} {place}{before}\n  {}\n  fix: {}",
            flaw.severity.as_str(),
            rule.id,
            flaw.what,
            flaw.fix
        )
        .unwrap();
    }
    let mut not_yet: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut holds = Vec::new();
    for check in &sheet.checks {
        match &check.verdict {
            Verdict::NotYet(why) => not_yet.entry(why).or_default().push(check.rule.id),
            Verdict::Holds => holds.push(check.rule.id),
            Verdict::Broken(_) => {}
        }
    }
    for (why, ids) in not_yet {
        writeln!(out, "not yet ({why}): {}", ids.join(" ")).unwrap();
    }
    writeln!(out, "holds: {}", holds.join(" ")).unwrap();
    out
}

/// A case: what it is called, what it changes, what the book says then.
struct Case {
    name: String,
    diff: String,
    sheets: Vec<Sheet>,
}

/// The world before a case's change, and the one after it.
fn worlds(id: &str, name: &str) -> (World, World) {
    let folder = golden::root().join("tests/rules").join(id).join(name);
    let before = lawful();
    let after = apply(&before, &fs::read_to_string(folder.join("change.diff")).unwrap());
    let today = fs::read_to_string(folder.join("today.txt"));
    let today = today.map_or(TODAY, |day| day.trim().parse().unwrap());
    let was = world(&before, today);
    let mut now = world(&after, today);
    now.base = Some(Arc::new(Base::new("the lawful world".into(), was.clone(), &now.head)));
    let subjects = fs::read_to_string(folder.join("merged.txt")).ok();
    let merged = subjects.map(|subjects| Arc::new(Merged::read(subjects.lines(), false)));
    (was.with_merged(merged.clone()), now.with_merged(merged))
}

fn case(id: &str, name: &str) -> Case {
    let folder = golden::root().join("tests/rules").join(id).join(name);
    let diff = fs::read_to_string(folder.join("change.diff")).unwrap();
    let before = lawful();
    let after = apply(&before, &diff);
    let (was, mut now) = worlds(id, name);
    let base = Arc::clone(now.base.as_ref().unwrap());
    if let Ok(pull) = fs::read_to_string(folder.join("pull.json")) {
        now.pull = pull_request(&pull).into();
    }
    let edits = before.iter().filter(|(path, text)| after.get(*path) != Some(text));
    let whole = now.pull.title.is_some()
        || before.keys().ne(after.keys())
        || edits.into_iter().any(|(path, _)| !path.ends_with(".md"));
    let usual = sheets(&was, Some(&was));
    let sheets = sheets(&now, Some(&was))
        .into_iter()
        .filter(|(path, sheet)| {
            let verdicts =
                |sheet: &Sheet| sheet.checks.iter().map(|check| check.verdict.clone()).collect::<Vec<_>>();
            before.get(path) != after.get(path)
                || usual.get(path).is_none_or(|usual| verdicts(usual) != verdicts(sheet))
        })
        .map(|(_, sheet)| sheet)
        // The change as a whole is told where it is more than an edit of documents.
        .chain(whole.then(|| judge_change(&now, &base)))
        .collect();
    Case { name: name.into(), diff, sheets }
}

/// `pull.json`: title, labels and commit messages of the case's pull request.
fn pull_request(json: &str) -> PullRequest {
    let pull: serde_json::Value = serde_json::from_str(json).unwrap();
    let texts = |key: &str| -> Vec<String> {
        pull[key].as_array().into_iter().flatten().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let commits = texts("commits").into_iter().enumerate();
    PullRequest {
        title: pull["title"].as_str().map(str::to_owned),
        labels: pull["labels"].is_array().then(|| texts("labels")),
        commits: commits.map(commit).collect(),
    }
}

/// A commit; what git itself calls a merge has two parents.
fn commit((at, message): (usize, String)) -> Commit {
    let parents = if message.starts_with("Merge branch ") { 2 } else { 1 };
    Commit { id: format!("c{at}"), message, parents }
}

fn cases(id: &str) -> Vec<Case> {
    let folder = golden::root().join("tests/rules").join(id);
    golden::folders(&folder).iter().map(|name| case(id, name)).collect()
}

fn verdicts<'a>(case: &'a Case, id: &'a str) -> impl Iterator<Item = &'a Verdict> {
    let checks = case.sheets.iter().flat_map(|sheet| &sheet.checks);
    checks.filter(move |check| check.rule.id == id).map(|check| &check.verdict)
}

fn breaks(case: &Case, id: &str) -> bool {
    verdicts(case, id).any(|verdict| matches!(verdict, Verdict::Broken(_)))
}

fn flaws_of(verdict: &Verdict) -> &[Flaw] {
    match verdict {
        Verdict::Broken(flaws) => flaws,
        Verdict::Holds | Verdict::NotYet(_) => &[],
    }
}

#[test]
fn every_case_is_judged_as_its_report_says() {
    for id in golden::folders(&golden::root().join("tests/rules")) {
        for case in cases(&id) {
            let report = case.sheets.iter().map(say).collect::<Vec<_>>().join("\n");
            golden::check(&format!("tests/rules/{id}/{}/report.txt", case.name), &report);
        }
    }
}

#[test]
fn every_rule_has_a_case_that_breaks_it_and_a_near_miss_that_holds() {
    let folders: BTreeSet<String> =
        golden::folders(&golden::root().join("tests/rules")).into_iter().collect();
    let ids: BTreeSet<String> = rules::all().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(folders, ids, "the folders of tests/rules are the ids of the book");
    for id in &folders {
        let cases = cases(id);
        assert!(cases.iter().any(|case| breaks(case, id)), "no case breaks {id}");
        let holds =
            |case: &Case| !breaks(case, id) && verdicts(case, id).any(|verdict| *verdict == Verdict::Holds);
        assert!(cases.iter().any(holds), "no near miss holds {id}");
    }
}

/// One cause, one rule: a case under a rule's name breaks that rule or none.
#[test]
fn a_case_breaks_no_other_rule_than_its_own() {
    for rule in rules::all() {
        for case in cases(rule.id) {
            // A legacy document breaks one rule by being one.
            let legacy = case.sheets.iter().all(|sheet| sheet.class.as_str() == "legacy");
            let others = rules::all().filter(|other| other.id != rule.id);
            for other in others.filter(|other| !(legacy && other.id == "front-matter-present")) {
                // What prose says is said beside it, and fails nothing.
                let flaws = verdicts(&case, other.id).flat_map(flaws_of).filter(|flaw| !flaw.from_prose);
                assert_eq!(flaws.count(), 0, "{}/{} also breaks {}", rule.id, case.name, other.id);
            }
        }
    }
}

/// The cases together are the mutation suite: single changes of a lawful world, each caught by the rule of its
/// folder and by no other, and lawful ones that raise nothing.
#[test]
fn there_are_enough_mutations_and_lawful_variations() {
    let all: Vec<(bool, bool)> = rules::all()
        .flat_map(|rule| cases(rule.id).into_iter().map(move |case| (breaks(&case, rule.id), case)))
        .map(|(breaks, case)| {
            let new =
                case.sheets.iter().flat_map(|sheet| sheet.flaws()).any(|(_, flaw)| flaw.age == Age::New);
            (breaks, new)
        })
        .collect();
    let mutations = all.iter().filter(|(breaks, _)| *breaks).count();
    let variations = all.iter().filter(|(_, new)| !*new).count();
    println!("{mutations} mutations, {variations} lawful variations");
    assert!(mutations >= 80 && variations >= 25, "{mutations} mutations, {variations} lawful variations");
}

#[test]
fn the_lawful_world_is_lawful() {
    let world = world(&lawful(), TODAY);
    for sheet in sheets(&world, Some(&world)).values() {
        let legacy = sheet.class.as_str() == "legacy";
        let allowed = if legacy { 1 } else { 0 };
        let flaws = sheet.flaws().into_iter().filter(|(_, flaw)| !flaw.from_prose);
        assert_eq!(flaws.count(), allowed, "{}", say(sheet));
    }
}

#[test]
fn every_rule_says_why_and_where_the_law_says_so() {
    let mut seen = BTreeSet::new();
    for rule in rules::all() {
        assert!(seen.insert(rule.id), "{} is there twice", rule.id);
        assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.id);
        assert!(!rule.cites.is_empty(), "{} cites nothing", rule.id);
        for text in [rule.why, rule.fix] {
            assert!(text.ends_with('.'), "{}: {text}", rule.id);
        }
        assert!(!rule.says.ends_with('.') && rule.says.len() > 10, "{}: {}", rule.id, rule.says);
        for cite in rule.cites {
            assert!(cite.words.split_whitespace().count() <= 12, "{}: {}", rule.id, cite.words);
        }
    }
}

/// Every case whose mend needs no thought, mended: `tests/rules/mends.md` has the diffs, to be read by a person.
#[test]
fn mends_that_need_no_thought_leave_nothing_of_what_they_mend() {
    let mut told = String::from(
        "# Mends that need no thought\n\nMade from the cases beside this file by `UPDATE=1 cargo test`; do not edit.\n\
         Each is what `validate --fix` does to a case that breaks the rule, and what is left then.\n",
    );
    let mut count = 0;
    for rule in rules::all() {
        let folder = golden::root().join("tests/rules").join(rule.id);
        for name in golden::folders(&folder) {
            let (_, now) = worlds(rule.id, &name);
            for document in now.head.proposals().iter() {
                let before = now.base.as_ref().unwrap().was(document.path());
                let before = before.map_or(Was::Nothing, |before| Was::Known(before));
                let after = mended(&now, document, before);
                if after.source == document.source {
                    continue;
                }
                count += 1;
                let left = judge(&now, &after, before);
                let flaws = left.flaws();
                assert!(flaws.iter().all(|(_, flaw)| flaw.mend.is_none()), "{}/{name}: {flaws:?}", rule.id);
                assert_eq!(mended(&now, &after, before).source, after.source, "a second run changes nothing");
                let patch = Patch {
                    path: document.path().into(),
                    before: Some(document.source.text().into()),
                    after: after.source.text().into(),
                };
                let lines =
                    |sign: char| patch.diff().lines().skip(2).filter(|line| line.starts_with(sign)).count();
                assert!(lines('+') <= 3 && lines('-') <= 3, "{}/{name}: {}", rule.id, patch.diff());
                let left: Vec<&str> = flaws.iter().map(|(rule, _)| rule.id).collect();
                let left = if left.is_empty() {
                    "nothing is left".into()
                } else {
                    format!("left: {}", left.join(", "))
                };
                writeln!(
                    told,
                    "\n## {}, {}\n\n```diff\n{}```\n\n{left}",
                    rule.id,
                    name.replace('-', " "),
                    patch.diff()
                )
                .unwrap();
            }
        }
    }
    assert!(count > 15, "{count} mends");
    golden::check("tests/rules/mends.md", &told);
}

/// `tests/rules/README.md` is the book, made from the rules and their cases.
#[test]
fn the_rule_book_is_up_to_date() {
    let mut book = String::from(
        "# The rule book\n\nMade from `src/rules/` and the cases beside this file by `UPDATE=1 cargo test`; \
         do not edit.\nA rule's id says what holds when all is well. A verdict is one of: holds, broken, not yet.\n",
    );
    for chapter in rules::BOOK {
        let title = chapter.name[..1].to_uppercase() + &chapter.name[1..];
        write!(book, "\n## {title}: {}\n", chapter.about).unwrap();
        for rule in chapter.rules {
            write!(book, "\n### {}\n\n{}.\n\n", rule.id, capital(rule.says)).unwrap();
            write!(book, "Why: {}\nFix: {}\n", rule.why, rule.fix).unwrap();
            for cite in rule.cites {
                writeln!(book, "- {cite}").unwrap();
            }
            writeln!(book, "\nCases:").unwrap();
            for case in cases(rule.id) {
                let verdict = if breaks(&case, rule.id) { "broken" } else { "holds" };
                let name = &case.name;
                writeln!(book, "- [{name}]({}/{name}/change.diff): {verdict}", rule.id).unwrap();
                assert!(!case.diff.is_empty());
            }
        }
    }
    golden::check("tests/rules/README.md", &book);
}

fn capital(text: &str) -> String {
    text[..1].to_uppercase() + &text[1..]
}
