//! The real corpus: documents that others wrote, where they are at hand.
//!
//! `VEP_CORPUS` names the folder (default `../shared/corpus`). It holds `enhancements.bundle`, a git
//! bundle of the real repository, and `labelled.jsonl`, facts about 14 of its documents verified by hand.
//! Where it is absent these tests say so and pass; where `VEP_CORPUS` is set they fail.

use jiff::civil::date;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use vep_mcp::book;
use vep_mcp::calendar::Calendar;
use vep_mcp::document::{Document, Front};
use vep_mcp::law::Law;
use vep_mcp::law::Severity;
use vep_mcp::lifecycle::{self, Standing};
use vep_mcp::outside::{Outside, Place};
use vep_mcp::owners::Owners;
use vep_mcp::proposal::{Inputs, Readiness, propose};
use vep_mcp::rule::Was;
use vep_mcp::sheet::{Age, Sheet, Verdict, judge, judge_change};
use vep_mcp::text::Source;
use vep_mcp::vep::{Handle, Release, Status};
use vep_mcp::verbs::{Compare, Validate};
use vep_mcp::world::{Work, World};

pub fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("VEP_CORPUS").map(PathBuf::from);
    let folder = named.clone().unwrap_or_else(|| crate::golden::root().join("../shared/corpus"));
    if folder.join("enhancements.bundle").is_file() {
        return Some(folder);
    }
    assert!(named.is_none(), "VEP_CORPUS is {} and has no enhancements.bundle", folder.display());
    println!("skipped: no corpus at {} (set VEP_CORPUS)", folder.display());
    None
}

/// A clone of the bundle, made once.
pub fn checkout() -> Option<&'static Path> {
    static CLONE: OnceLock<Option<tempfile::TempDir>> = OnceLock::new();
    let there = CLONE.get_or_init(|| folder().map(|_| clone()));
    there.as_ref().map(tempfile::TempDir::path)
}

/// A clone of the bundle that may be changed.
pub fn clone() -> tempfile::TempDir {
    let bundle = folder().unwrap().join("enhancements.bundle");
    let clone = tempfile::tempdir().unwrap();
    let mut git = Command::new("git");
    let git = git.args(["clone", "--quiet", "-b", "main"]).arg(&bundle).arg(clone.path()).output().unwrap();
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
    clone
}

pub(crate) fn world() -> Option<World> {
    let place = Place::Given(checkout()?.to_owned());
    Some(
        Outside::new(place, Some(date(2026, 8, 18))).load(None).unwrap_or_else(|failure| panic!("{failure}")),
    )
}

fn labels() -> Vec<Value> {
    let text = std::fs::read_to_string(folder().unwrap().join("labelled.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn all_64_veps_are_listed_and_none_fails() {
    let Some(world) = world() else { return };
    let numbers: Vec<u32> =
        world.head.proposals().iter().map(|it| it.facts().number.as_ref().unwrap().value).collect();
    assert_eq!(numbers.len(), 64);
    assert!(numbers.is_sorted());
    assert!(world.head.notices().is_empty(), "{:?}", world.head.notices());
    assert!(world.head.template().is_some());
    let mut by_rule: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for document in world.head.proposals().iter() {
        let sheet = judge(&world, document, Was::Unknown);
        assert_eq!(sheet.counts().errors, 0, "{}: {:?}", sheet.path, sheet.flaws());
        for (rule, _) in sheet.flaws() {
            by_rule.entry(rule.id).or_default().push(document.facts().number.as_ref().unwrap().value);
        }
        let governed = matches!(document.front, Front::Read { .. });
        assert_eq!(governed, document.path().contains("/307-"), "{}", document.path());
        assert!(
            document.facts().title.is_some() && document.facts().sig.is_some() || document.home.is_meta()
        );
    }
    assert_eq!(by_rule["front-matter-present"].len(), 63);
    // No title that names it (19), no number in it (24, 207), zeros before it (171, 176).
    assert_eq!(by_rule["number-agrees"], [19, 24, 171, 176, 207]);
    // Two phase-specific companions carry plans of their own.
    assert_eq!(by_rule["companions-appendices"], [21, 76]);
    // The rest is about the body, sections of older templates and advice, and what prose says of gates and targets.
    let others: BTreeSet<&str> = by_rule.keys().copied().collect();
    let expected = [
        "goals-unphased",
        "history-dated",
        "legacy-blocks-gone",
        "sections-filled",
        "sections-ordered",
        "sections-present",
        "stories-shaped",
        "template-comments-gone",
        "companions-appendices",
        "front-matter-present",
        "number-agrees",
        "alpha-not-skipped",
        "feature-gate-named",
        "milestone-wellformed",
        "stage-within-timebox",
        "target-not-past",
        "target-upcoming",
    ];
    assert_eq!(others, BTreeSet::from(expected));
    let ordered: Vec<u32> = by_rule["sections-ordered"].clone();
    assert_eq!(ordered, [35, 143]);
}

/// `milestone.alpha: "TBD"`, no stage and a YAML comment that looks like a heading are lawful in a
/// deferred VEP.
#[test]
fn the_one_real_front_matter_has_no_error_and_no_warning() {
    let Some(world) = world() else { return };
    let document = world.head.numbered(307).next().unwrap();
    let sheet = judge(&world, document, Was::Unknown);
    let found: Vec<_> = sheet
        .flaws()
        .into_iter()
        .map(|(rule, flaw)| (rule.id, flaw.severity, flaw.spot.start.line))
        .collect();
    // Its prose checklist is left over; that is all.
    assert_eq!(found, [("legacy-blocks-gone", Severity::Advice, 30)]);
}

#[test]
fn what_the_labels_say_is_read_from_prose() {
    let Some(world) = world() else { return };
    for label in labels() {
        let document = world.head.at(label["path"].as_str().unwrap()).unwrap();
        let facts = document.facts();
        let number = label["number"].as_u64().unwrap();
        assert_eq!(facts.number.as_ref().map(|fact| u64::from(fact.value)), Some(number));
        // VEP 19 has no title of its own; the label's comes from its commit.
        if number != 19 {
            assert_eq!(facts.title.as_ref().unwrap().value, label["title"].as_str().unwrap());
        }
        let mut expected: BTreeMap<String, String> = BTreeMap::new();
        for (stage, release) in label["targets"].as_object().unwrap() {
            release.as_str().map(|release| expected.insert(stage.clone(), release.into()));
        }
        if let Some(release) = label["other_targets"]["ship"]["version"].as_str() {
            expected.insert("ga".into(), release.into());
        }
        let read: BTreeMap<String, String> =
            facts.targets.iter().map(|(stage, fact)| (stage.to_string(), fact.value.to_string())).collect();
        assert_eq!(read, expected, "VEP {number}");
    }
}

/// The labelled documents with front matter made from their labels, and every finding that is expected.
#[test]
fn migrated_by_their_labels_they_are_judged_as_expected() {
    let Some(world) = world() else { return };
    // Beside what is listed, each has `legacy-blocks-gone`: the prose that front matter replaces is left in.
    let expected: BTreeMap<u64, &[&str]> = BTreeMap::from([
        // Opts out of the gate: "does not have graduation phases guarded by a feature gate".
        (3, &["advice history-dated", "warning feature-gate-named"][..]),
        // Beta was targeted for v1.9, which is out; there is no on-by-default readiness.
        (10, &["advice target-not-past", "advice template-comments-gone", "warning stage-criteria-present"]),
        // Its gate is never named, its heading is "Overview", and no sentence denies a gate.
        (19, &["error feature-gate-named", "error number-agrees"]),
        // "VEP #Decentralized live migration": no number, and a gate that is never named.
        (
            24,
            &[
                "advice history-dated",
                "advice target-not-past",
                "error feature-gate-named",
                "error number-agrees",
                "warning stage-criteria-present",
            ],
        ),
        (33, &["warning feature-gate-named", "warning stage-criteria-present"]),
        (62, &[]),
        // A line of its history says that Alpha shipped.
        (80, &["advice template-comments-gone", "warning stage-criteria-present"]),
        // Alpha is struck through in the prose.
        (106, &[]),
        (141, &[]),
        (190, &["advice target-not-past", "advice template-comments-gone"]),
        // Alpha since before v1.6.
        (222, &["warning stage-criteria-present", "warning stage-within-timebox"]),
        (277, &["advice history-dated"]),
        // A meta-VEP: no gate, no stage, GA only.
        (282, &["advice target-not-past"]),
        (307, &[]),
    ]);
    for label in labels() {
        let path = label["path"].as_str().unwrap();
        let number = label["number"].as_u64().unwrap();
        let body = world.head.at(path).unwrap().source.text();
        let text = if label["has_front_matter"].as_bool() == Some(true) {
            body.to_owned()
        } else {
            format!("{}{body}", front_matter(&label))
        };
        let document = Document::parse(Source::new(path, text));
        let sheet = judge(&world, &document, Was::Known(&document));
        assert_sections_as_labelled(&sheet, &label, &document);
        let mut found: Vec<String> = sheet
            .flaws()
            .iter()
            .filter(|(rule, _)| !SECTION_RULES.contains(&rule.id) && rule.id != "legacy-blocks-gone")
            .map(|(rule, flaw)| format!("{} {}", flaw.severity.as_str(), rule.id))
            .collect();
        found.sort();
        assert_eq!(found, expected[&number], "VEP {number}: {:#?}", sheet.flaws());
        assert!(sheet.flaws().iter().any(|(rule, _)| rule.id == "legacy-blocks-gone"), "VEP {number}");
    }
}

const SECTION_RULES: [&str; 2] = ["sections-present", "sections-filled"];

/// Sections that are missing, renamed or empty are those that the label names.
fn assert_sections_as_labelled(sheet: &Sheet, label: &Value, document: &Document) {
    let quoted = |what: &str| what.split('`').nth(1).unwrap_or_default().to_owned();
    let of = |id: &str, severity: Option<Severity>| -> BTreeSet<String> {
        let flaws = sheet.flaws();
        let flaws = flaws
            .iter()
            .filter(|(rule, flaw)| rule.id == id && severity.is_none_or(|it| flaw.severity == it));
        // A section at another rank (19) is no matter of the labels.
        let named = flaws.filter(|(_, flaw)| !flaw.what.contains("heading of rank"));
        named.map(|(_, flaw)| quoted(&flaw.what)).collect()
    };
    let list = |key: &str| -> BTreeSet<String> {
        label[key].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let renamed: BTreeMap<String, String> = label["renamed_sections"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(now, old)| (now.clone(), old.as_str().unwrap().to_owned()))
        .collect();
    let missing: BTreeSet<String> = list("missing_template_sections")
        .into_iter()
        .filter(|it| !renamed.contains_key(it) && it != "VEP Status Metadata")
        .collect();
    let elsewhere = document
        .outline()
        .sections
        .iter()
        .filter(|part| part.level != 2)
        .map(|part| part.title.clone())
        .collect();
    let missing: BTreeSet<String> = missing.difference(&elsewhere).cloned().collect();
    let expected: BTreeSet<String> = missing.into_iter().chain(renamed.into_values()).collect();
    assert_eq!(of("sections-present", Some(Severity::Warning)), expected, "{}", document.path());
    // The labels call a section empty where nothing stands in it; one with a placeholder only is as good as that.
    let mut empty = list("empty_sections");
    if label["number"] == 19 {
        empty.insert("User Stories".into());
    }
    assert_eq!(of("sections-filled", None), empty, "{}", document.path());
}

/// Front matter as VEP-282 has it, from a label.
fn front_matter(label: &Value) -> String {
    let text = |key: &str| label[key].as_str().unwrap_or_default();
    let mut out = String::from("---\n");
    writeln!(out, "title: {:?}", text("title")).unwrap();
    writeln!(out, "vep-number: {}", label["number"]).unwrap();
    writeln!(out, "creation-date: {:?}", text("first_commit_date")).unwrap();
    writeln!(out, "status: {}\n\nauthors:\n  - \"@someone\"\n", text("implied_status")).unwrap();
    writeln!(out, "owning-sig: {}\n", label["sig"].as_str().unwrap_or("sig-compute")).unwrap();
    writeln!(out, "reviewers:\n  - \"@one-more\"\napprovers:\n  - \"@a-chair\"\n").unwrap();
    let gates: Vec<&str> =
        label["feature_gates"].as_array().unwrap().iter().map(|gate| gate.as_str().unwrap()).collect();
    match gates.as_slice() {
        [] => {}
        [one] => writeln!(out, "feature-gate: {one}").unwrap(),
        several => writeln!(out, "feature-gate: [{}]", several.join(", ")).unwrap(),
    }
    let mut targets: Vec<(&str, &str)> = ["alpha", "beta", "ga"]
        .iter()
        .filter_map(|stage| Some((*stage, label["targets"][*stage].as_str()?)))
        .collect();
    targets.extend(label["other_targets"]["ship"]["version"].as_str().map(|release| ("ga", release)));
    if let Some((stage, _)) = targets.last().filter(|_| !label["sig"].is_null()) {
        writeln!(out, "stage: {stage}").unwrap();
    }
    writeln!(out, "milestone:").unwrap();
    targets.iter().for_each(|(stage, release)| writeln!(out, "  {stage}: \"{release}\"").unwrap());
    out + "---\n\n"
}

/// The words that the book cites stand in the real documents.
#[test]
fn the_cited_words_really_stand_there() {
    let Some(world) = world() else { return };
    let (mut found, mut files) = (0, BTreeSet::new());
    for page in book::pages() {
        for cite in &page.cites {
            let named = page.name.as_str();
            assert!(
                cite.source != Law::Vep282 || !cite.words.is_empty(),
                "{named} cites VEP-282 without words"
            );
            if cite.words.is_empty() {
                continue;
            }
            let (source, at) = world.find(cite).unwrap_or_else(|| panic!("{named}: {cite}"));
            let line = source.line_span(source.line(at)).unwrap();
            assert!(
                source.slice(line).contains(cite.words.split([' ', '`']).find(|it| !it.is_empty()).unwrap()),
                "{named}: {cite}"
            );
            found += 1;
            files.insert(source.path().to_owned());
        }
    }
    println!("{found} citations with words, all found, in {files:?}");
    assert!(found > 150 && files.len() == 4, "{found} in {files:?}");
}

/// The one real front matter: a bump is one line, and the comment about the omitted stage stays.
#[test]
fn vep_307_is_withdrawn_by_one_line() {
    let Some(world) = world() else { return };
    let document = world.head.numbered(307).next().unwrap();
    let step = lifecycle::step(document.start().unwrap(), Status::Withdrawn);
    let proposal = propose(&world, document, step, &Inputs::default());
    assert_eq!(proposal.outcome, Readiness::Ready);
    let [patch] = proposal.patches.as_slice() else { panic!("{proposal:?}") };
    let (before, after) = (document.source.text().lines(), patch.after.lines());
    let changed: Vec<_> = before.zip(after).filter(|(before, after)| before != after).collect();
    assert_eq!(changed, [("status: deferred", "status: withdrawn")]);
    assert_eq!(patch.after.lines().count(), document.source.text().lines().count());
    let comments =
        |text: &str| text.lines().filter(|line| line.starts_with('#') && line.contains("stage")).count();
    assert_eq!(comments(&patch.after), comments(document.source.text()));
    let back = lifecycle::step(document.start().unwrap(), Status::Provisional);
    let back = propose(&world, document, back, &Inputs::default());
    assert_eq!(back.outcome, Readiness::Undecided);
    assert!(
        back.step.ground.evidence.iter().any(|it| it.speaks_for)
            && back.step.ground.evidence.iter().any(|it| !it.speaks_for)
    );
}

/// Over the real corpus with front matter: what is ready and applied has nothing new that fails, and what is not
/// leaves no patch.
#[test]
fn a_step_that_is_ready_is_clean_and_a_refused_one_leaves_no_patch() {
    let Some(world) = world() else { return };
    let documents: Vec<Document> = world.head.proposals().iter().map(|it| governed(it)).collect();
    let world = World { head: world.head.with_documents(&documents), ..world };
    let release = Release::read("v1.10").unwrap();
    let mut inputs = Inputs {
        reviewers: vec![Handle::new("ada")],
        approvers: vec![Handle::new("bo")],
        ..Inputs::default()
    };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for document in world.head.proposals().iter() {
        for to in Status::ALL {
            let stage = document.facts().stage.as_ref().map(|it| it.value);
            inputs.targets = stage
                .map(|stage| (stage, Some(release)))
                .into_iter()
                .filter(|_| to == Status::Implementable)
                .collect();
            let Some(start) = document.start() else { panic!("{}", document.path()) };
            let step = lifecycle::step(start, to);
            let proposal = propose(&world, document, step, &inputs);
            *counts.entry(proposal.outcome.as_str()).or_default() += 1;
            if !proposal.outcome.is_open() {
                assert!(proposal.patches.is_empty(), "{} {to}", document.path());
                assert_eq!(
                    step.ground.standing == Standing::Unlawful,
                    proposal.outcome == Readiness::Refused
                );
                continue;
            }
            let [patch] = proposal.patches.as_slice() else {
                panic!("{} {to}: {proposal:?}", document.path())
            };
            let then = Document::parse(Source::new(document.path(), patch.after.as_str()));
            let after = world.after(std::slice::from_ref(&then));
            let sheet = judge(&after, &then, Was::Known(document));
            let failing: Vec<_> = sheet
                .flaws()
                .into_iter()
                .filter(|(_, flaw)| flaw.age == Age::New && flaw.severity == Severity::Error)
                .collect();
            assert!(failing.is_empty(), "{} {to}: {failing:?}", document.path());
            assert_eq!(then.facts().status.as_ref().unwrap().value, to);
        }
    }
    println!("{counts:?}");
    assert!(
        counts.values().sum::<usize>() == 64 * 7 && counts["ready"] > 100 && counts["refused"] > 30,
        "{counts:?}"
    );
}

/// Every real document, cut anywhere, is read without a panic and every place lies in it.
#[test]
fn every_mutilation_of_a_real_document_is_read() {
    let Some(world) = world() else { return };
    for document in world.head.proposals().iter() {
        let text = document.source.text();
        for part in 1..12 {
            let mut cut = text.len() * part / 12;
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            for text in [&text[..cut], &text[cut..]] {
                let piece = Document::parse(Source::new(document.path(), text));
                let sections = &piece.outline().sections;
                assert!(sections.iter().all(|it| text.get(it.span.start..it.span.end).is_some()));
                judge(&world, &piece, Was::Unknown);
            }
        }
    }
}

/// A legacy document that a pull request touches is held to its number, and else to nothing that only its
/// migration can mend.
#[test]
fn touched_legacy_documents_of_every_branch_fail_on_their_numbers_alone() {
    let Some(checkout) = checkout() else { return };
    let git = |args: &[&str]| {
        let out = Command::new("git").arg("-C").arg(checkout).args(args).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    let mut seen = BTreeSet::new();
    let mut errors: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for branch in git(&["for-each-ref", "--format=%(refname)", "refs/remotes/origin/pr"]).lines() {
        let listed = git(&["ls-tree", "-r", "--name-only", branch, "veps"]);
        for path in listed.lines().filter(|it| it.ends_with("/vep.md")) {
            let document = Document::parse(Source::new(path, git(&["show", &format!("{branch}:{path}")])));
            if !document.home.is_proposal()
                || !document.is_legacy()
                || !seen.insert(document.source.text().to_owned())
            {
                continue;
            }
            let head = vep_mcp::corpus::Corpus::new(vec![Arc::new(document.clone())], vec![]);
            let world = World::unchanged(head, Calendar::snapshot(), date(2026, 8, 18));
            let sheet = judge(&world, &document, Was::Known(&document));
            for (rule, _) in sheet.flaws().iter().filter(|(_, flaw)| flaw.severity == Severity::Error) {
                errors.entry(rule.id).or_default().insert(path.split('/').nth(2).unwrap_or_default().into());
            }
        }
    }
    assert!(seen.len() > 64, "{}", seen.len());
    println!("{errors:?}");
    assert!(errors.keys().all(|id| ["number-agrees", "placeholders-filled"].contains(id)), "{errors:?}");
}

/// Front matter as the prose of a legacy document has it, with a status and people so that the rules of the
/// calendar have something to say. Documents that deny a gate get none.
pub(crate) fn governed(document: &Document) -> Document {
    let facts = document.facts();
    let text = document.source.text();
    let title = facts.title.as_ref().unwrap();
    let number = facts.number.as_ref().unwrap();
    let gate = if text.contains("does not have graduation phases") { "" } else { "feature-gate: Gate\n" };
    let stage = facts.targets.keys().next_back().filter(|_| !document.home.is_meta());
    let stage = stage.map_or(String::new(), |stage| format!("stage: {stage}\n"));
    let mut front = format!(
        "---\ntitle: {:?}\nvep-number: {}\ncreation-date: \"2025-01-01\"\nstatus: implementable\nauthors: [\"@a\"]\n\
         owning-sig: {}\nreviewers: [\"@b\"]\napprovers: [\"@c\"]\n{gate}{stage}milestone:\n",
        title.value,
        number.value,
        facts.sig.as_ref().map_or("sig-compute", |sig| &sig.value),
    );
    facts
        .targets
        .iter()
        .for_each(|(stage, release)| writeln!(front, "  {stage}: \"{}\"", release.value).unwrap());
    let body = match &document.front {
        Front::Read { block, .. } => &text[block.end..],
        Front::Absent { .. } | Front::Unreadable { .. } => text,
    };
    Document::parse(Source::new(document.path(), format!("{front}---\n\n{body}")))
}

/// The rules that ask the calendar, over every real document that states a target: each finding was looked
/// at, and only those that one would defend to the author are here.
#[test]
fn the_calendar_rules_say_over_the_real_targets_what_one_would_defend() {
    let Some(world) = world() else { return };
    // The planned GA of v1.9 has passed: who names nothing after it has not said what became of it. Where a time box is
    // used up or exceeded, that says it.
    let august = BTreeMap::from([
        // VEP 191 targets v1.11 for GA: later than the release being planned, and without a schedule.
        ("freeze-known", vec![191]),
        ("target-upcoming", vec![191]),
        // VEP 29 plans GA in a paragraph, and no stage before it.
        ("alpha-not-skipped", vec![29]),
        // Used up: Beta since v1.7 (16), Alpha since v1.8 (76, 97, 165). Exceeded: Alpha since v1.6 (25, 41) and before it
        // (222, until its Beta in v1.10).
        ("stage-within-timebox", vec![16, 25, 41, 76, 97, 165, 222]),
        (
            "target-not-past",
            vec![
                3, 10, 14, 21, 24, 29, 33, 35, 62, 69, 90, 104, 109, 115, 127, 143, 144, 160, 168, 171, 172,
                190, 199, 241, 246, 248, 256, 266, 277, 282, 287, 291,
            ],
        ),
    ]);
    // v1.10 has passed, too, and no freeze is known to come: v1.11 is being planned by its number.
    let november = BTreeMap::from([
        ("freeze-known", vec![191]),
        ("alpha-not-skipped", vec![29]),
        (
            "stage-within-timebox",
            vec![
                16, 21, 25, 41, 76, 97, 109, 143, 165, 168, 172, 190, 199, 241, 246, 248, 256, 266, 287, 291,
            ],
        ),
        (
            "target-not-past",
            vec![
                3, 10, 14, 24, 29, 31, 33, 35, 62, 69, 90, 104, 106, 111, 115, 127, 141, 144, 156, 160, 171,
                183, 210, 222, 277, 282, 285,
            ],
        ),
    ]);
    let expected = |today: &str| if today == "2026-08-18" { august.clone() } else { november.clone() };
    for today in ["2026-08-18", "2026-11-22"] {
        let world = World { today: today.parse().unwrap(), ..world.clone() };
        let mut found: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for document in
            world.head.proposals().iter().filter(|it| it.is_legacy() && !it.facts().targets.is_empty())
        {
            let document = governed(document);
            let sheet = judge(&world, &document, Was::Known(&document));
            for (rule, _) in sheet.flaws().into_iter().filter(|(rule, _)| CALENDAR_RULES.contains(&rule.id)) {
                found.entry(rule.id).or_default().push(document.facts().number.as_ref().unwrap().value);
            }
        }
        assert_eq!(found, expected(today), "{today}");
    }
}

const CALENDAR_RULES: [&str; 10] = [
    "alpha-not-skipped",
    "target-upcoming",
    "target-not-past",
    "stage-within-timebox",
    "step-lawful",
    "implemented-at-ga",
    "deferred-untargeted",
    "before-freeze",
    "freeze-known",
    "freeze-not-near",
];

fn compared(outside: &Outside, base: &str, head: &str) -> World {
    let compare = Compare { base: Some(base.into()), head: Some(head.into()), pull: None };
    outside.load(Some(&compare)).unwrap_or_else(|failure| panic!("{base}..{head}: {failure}"))
}

/// Base equal to head: no document has a finding that is new, and none speaks of steps or freezes.
#[test]
fn compared_with_itself_the_corpus_has_nothing_new() {
    let Some(checkout) = checkout() else { return };
    let outside = Outside::new(Place::Given(checkout.to_owned()), Some(date(2026, 8, 18)));
    let world = compared(&outside, "main", "main");
    let base = world.base.as_ref().unwrap();
    for document in world.head.proposals().iter() {
        let sheet = judge(&world, document, Was::Known(base.was(document.path()).unwrap()));
        let new: Vec<_> = sheet.flaws().into_iter().filter(|(_, flaw)| flaw.age != Age::Old).collect();
        assert!(new.is_empty(), "{}: {new:?}", sheet.path);
        let of_the_change = ["step-lawful", "before-freeze", "front-matter-kept"];
        assert!(!sheet.flaws().iter().any(|(rule, _)| of_the_change.contains(&rule.id)), "{}", sheet.path);
    }
    assert!(judge_change(&world, base).flaws().is_empty());
}

/// The naming verdict over every commit of main, parent to child.
#[test]
fn the_naming_verdict_over_the_whole_history() {
    let Some(checkout) = checkout() else { return };
    let outside = Outside::new(Place::Given(checkout.to_owned()), Some(date(2026, 8, 18)));
    let listed = Command::new("git")
        .arg("-C")
        .arg(checkout)
        .args(["rev-list", "--parents", "--first-parent", "main"])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let pairs: Vec<(&str, &str)> = listed.lines().filter_map(|line| line.split_once(' ')).collect();
    let breaks = |sheet: &Sheet| {
        let flaws = sheet.flaws();
        flaws.iter().any(|(rule, flaw)| {
            rule.id == "path-conventional" && flaw.severity == Severity::Error && flaw.age == Age::New
        })
    };
    let mut broken = 0;
    for (child, parent) in &pairs {
        let world = compared(&outside, parent, child);
        let base = world.base.as_ref().unwrap();
        let new = world.head.proposals().iter().filter(|it| world.before().head.at(it.path()).is_none());
        let proposals: Vec<Sheet> = new.map(|it| judge(&world, it, Was::Nothing)).collect();
        broken += usize::from(proposals.iter().any(breaks) || breaks(&judge_change(&world, base)));
    }
    // Upstream's own script finds the same 54.
    assert_eq!((broken, pairs.len()), (54, 144));
}

/// The pull request branches of the bundle against main, as a reviewer would read them.
#[test]
fn the_real_pull_requests_are_reviewed() {
    let Some(checkout) = checkout() else { return };
    let outside = Outside::new(Place::Given(checkout.to_owned()), Some(date(2026, 8, 18)));
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for number in [331, 346, 350, 367, 378, 380, 384, 386, 390, 393, 398, 421, 423, 430] {
        let world = compared(&outside, "main", &format!("origin/pr/{number}"));
        let base = world.base.as_ref().unwrap();
        let mut errors: Vec<String> = judge_change(&world, base)
            .flaws()
            .iter()
            .map(|(rule, flaw)| format!("{} {}", flaw.severity.as_str(), rule.id))
            .collect();
        for document in world.head.proposals().iter() {
            let was = base.was(document.path());
            if was.is_some_and(|was| was.source == document.source) {
                continue;
            }
            let sheet = judge(&world, document, was.map_or(Was::Nothing, |was| Was::Known(was)));
            for (rule, flaw) in sheet
                .flaws()
                .into_iter()
                .filter(|(_, flaw)| flaw.age == Age::New && flaw.severity != Severity::Advice)
            {
                assert!(!flaw.from_prose || flaw.severity == Severity::Warning, "{number}: {flaw:?}");
                errors.push(format!("{} {}", flaw.severity.as_str(), rule.id));
            }
        }
        found.insert(number, errors);
    }
    // The template on main has no block yet: that a new VEP has none is a warning.
    const NO_BLOCK: &str = "warning front-matter-present";
    const NO_GATE: &str = "warning feature-gate-named";
    const AHEAD: &str = "warning target-upcoming";
    let expected = BTreeMap::from([
        // These change documents that are there, in prose, and break nothing anew.
        (331, vec![]),
        (398, vec![]),
        (421, vec![]),
        // The document is not called vep.md, and is judged all the same.
        (346, vec!["error path-conventional", "error sections-present", NO_BLOCK]),
        (
            384,
            vec![
                "error path-conventional",
                "error number-agrees",
                "error sections-present",
                "error sections-present",
                NO_BLOCK,
            ],
        ),
        (350, vec![NO_BLOCK, NO_GATE]),
        (367, vec![NO_BLOCK]),
        // Targets two seasons ahead.
        (378, vec![NO_BLOCK, AHEAD, AHEAD]),
        (380, vec![NO_BLOCK, AHEAD, AHEAD, "warning sections-filled"]),
        (386, vec![NO_BLOCK]),
        // Of two gates that it names, none is introduced.
        (390, vec![NO_BLOCK]),
        (393, vec![NO_BLOCK, "warning path-conventional", NO_GATE, AHEAD, "warning freeze-known"]),
        (423, vec![NO_BLOCK, AHEAD, AHEAD]),
        (430, vec![NO_BLOCK, NO_GATE]),
    ]);
    let expected: BTreeMap<u32, Vec<String>> = expected
        .into_iter()
        .map(|(number, findings)| (number, findings.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(found, expected);
}

/// The same branches with front matter made for the VEPs that they touch: what is left for their authors.
#[test]
fn the_real_pull_requests_with_front_matter_are_reviewed() {
    let Some(checkout) = checkout() else { return };
    let outside = Outside::new(Place::Given(checkout.to_owned()), Some(date(2026, 8, 18)));
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for number in [331, 350, 367, 378, 380, 386, 390, 393, 398, 421, 423, 430] {
        let world = compared(&outside, "main", &format!("origin/pr/{number}"));
        let base = world.base.as_ref().unwrap();
        let mut findings = Vec::new();
        for document in world.head.proposals().iter() {
            let was = base.was(document.path());
            if was.is_some_and(|was| was.source == document.source) {
                continue;
            }
            let document = governed(document);
            let sheet = judge(&world, &document, was.map_or(Was::Nothing, |was| Was::Known(was)));
            for (rule, flaw) in sheet.flaws().into_iter().filter(|(_, flaw)| flaw.age == Age::New) {
                if flaw.severity != Severity::Advice {
                    findings.push(format!("{} {}", flaw.severity.as_str(), rule.id));
                }
            }
        }
        found.insert(number, findings);
    }
    // Targets two seasons ahead: beyond the season, and the latest of them without a schedule.
    let ahead = ["warning target-upcoming", "warning target-upcoming", "warning freeze-known"];
    let expected: BTreeMap<u32, Vec<&str>> = BTreeMap::from([
        (331, vec![]),
        // They target nothing yet.
        (350, vec!["error stage-present", "error milestone-set"]),
        (367, vec!["error stage-present", "error milestone-set"]),
        (378, ahead.to_vec()),
        // Three sections say N/A and not why.
        (380, ["error sections-filled"; 3].into_iter().chain(ahead).collect()),
        (386, vec![]),
        (390, vec![]),
        (393, vec!["warning path-conventional", "warning target-upcoming", "warning freeze-known"]),
        // Alpha since v1.6.
        (398, vec!["warning stage-within-timebox"]),
        (421, vec![]),
        (423, ahead.to_vec()),
        (430, vec!["error sections-filled"]),
    ]);
    let found: BTreeMap<u32, Vec<&str>> = found
        .iter()
        .map(|(number, findings)| (*number, findings.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(found, expected);
}

/// The real OWNERS files as Prow resolves them.
#[test]
fn the_real_owners_are_resolved() {
    let Some(checkout) = checkout() else { return };
    let read = |folder: &Path, paths: &[&str]| {
        let text = |path: &&str| Some(((*path).to_owned(), std::fs::read_to_string(folder.join(path)).ok()?));
        Owners::read(paths.iter().filter_map(text).collect())
    };
    let names = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(" ");
    let enhancements = read(checkout, &["OWNERS", "veps/sig-compute/OWNERS", "veps/sig-network/OWNERS"]);
    assert!(enhancements.faults().is_empty());
    let path = "veps/sig-network/307-vhostuser-binding-plugin/vep.md";
    assert_eq!(names(enhancements.approvers(path)), "iholder101 vladikr xpivarc");
    // The SIG's file has labels only: Prow falls back to the root's reviewers.
    assert_eq!(names(enhancements.leaf_reviewers(path)), "0xfelix barakmor1 eddev enp0s3 lyarwood");
    let layers = enhancements.layers(path);
    assert_eq!(layers.len(), 2);
    assert_eq!(names(layers[0].labels.clone()), "sig/network");
    // sig-release has filters and aliases, one of them with a login twice.
    let release = read(&folder().unwrap().join("sig-release"), &["OWNERS", "OWNERS_ALIASES"]);
    assert!(release.faults().is_empty(), "{:?}", release.faults());
    let path = "releases/v1.10/schedule.yaml";
    assert_eq!(
        names(release.approvers(path)),
        "aburdenthehand davidvossel dhiller fabiand fossedihelm rthallisey xpivarc"
    );
    assert_eq!(
        names(release.reviewers(path)),
        "aburdenthehand dhiller fabiand fossedihelm rthallisey xpivarc"
    );
}

/// How often each rule breaks over the whole corpus, by class, as it stands; printed for who wants to know.
#[test]
fn the_counts_per_rule_and_class() {
    let Some(world) = world() else { return };
    let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for document in world.head.proposals().iter() {
        let sheet = judge(&world, document, Was::Unknown);
        for (rule, flaw) in sheet.flaws() {
            *counts.entry((rule.id, sheet.class.as_str(), flaw.severity.as_str())).or_default() += 1;
        }
    }
    for ((rule, class, severity), count) in &counts {
        println!("| {rule} | {class} | {severity} | {count} |");
        assert_ne!(*severity, "error", "{rule}");
    }
}

/// Two merged VEPs carry the number of a pull request; every other number is that of an issue, as far as the history says.
#[test]
fn two_real_veps_carry_the_number_of_a_pull_request() {
    let Some(checkout) = checkout() else { return };
    let outside = Outside::new(Place::Given(checkout.to_owned()), Some(date(2026, 8, 18)));
    let world = outside.world_of::<Validate>(&Default::default(), &Work::default()).unwrap();
    let mut found = Vec::new();
    for document in world.head.proposals().iter() {
        let sheet = judge(&world, document, Was::Unknown);
        let check = sheet.checks.iter().find(|check| check.rule.id == "number-is-issue").unwrap();
        match &check.verdict {
            Verdict::Holds => {}
            Verdict::Broken(flaws) => found.push((document.number().unwrap(), flaws[0].severity)),
            Verdict::NotYet(why) => panic!("{}: {why}", sheet.path),
        }
    }
    assert_eq!(found, [(107, Severity::Warning), (191, Severity::Warning)]);
}
