//! Legacy documents: what is read from the real ones, against labels that were verified by hand.
//!
//! The labels are `labelled.jsonl` of the corpus, and those that `VEP_LABELS` names, files of the same form with
//! colons between them.

use crate::wild;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use vep_mcp::document::Front;
use vep_mcp::migration::{Origin, migrate};
use vep_mcp::outside::{Outside, Place};
use vep_mcp::prose::{self, Aim, Certainty};
use vep_mcp::rules;
use vep_mcp::vep::Stage;
use vep_mcp::verbs::{Migrate, Verb as _};
use vep_mcp::world::World;

fn labels() -> Vec<Value> {
    let mut files = vec![wild::folder().unwrap().join("labelled.jsonl")];
    let more = std::env::var("VEP_LABELS").unwrap_or_default();
    files.extend(more.split(':').filter(|name| !name.is_empty()).map(Into::into));
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
        .collect()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// Where our reading and a label differ, field by field.
#[derive(Default)]
struct Score {
    fields: BTreeMap<&'static str, (usize, usize)>,
    differences: Vec<String>,
}

impl Score {
    fn compare<T: PartialEq + std::fmt::Debug>(
        &mut self,
        path: &str,
        field: &'static str,
        ours: T,
        label: T,
    ) {
        let (right, all) = self.fields.entry(field).or_default();
        *all += 1;
        if ours == label {
            *right += 1;
        } else {
            self.differences.push(format!("{path}: {field}: {ours:?}, and the label says {label:?}"));
        }
    }
}

#[test]
fn what_is_read_from_real_prose_is_what_the_labels_say() {
    let Some(world) = wild::world() else { return };
    let wanted = rules::legacy_sections(&world.head);
    let mut score = Score::default();
    for label in labels() {
        let path = label["path"].as_str().unwrap();
        let document = world.head.at(path).unwrap();
        let number = |value: &Value| value.as_u64().map(|number| u32::try_from(number).unwrap());
        score.compare(path, "number", document.number(), number(&label["number"]));
        let heading = document.heading.as_ref().and_then(|it| it.number.as_ref()?.value.parse().ok());
        score.compare(path, "number of the heading", heading, number(&label["title_number"]));
        if document.heading.is_some() {
            let title = document.facts.title.as_ref().map(|title| title.value.as_str());
            score.compare(path, "title", title, label["title"].as_str());
        }
        let sections = prose::sections(&document.outline, &wanted);
        if document.is_legacy() {
            for stage in Stage::ALL {
                let block = prose::blocks(&document.outline).into_iter().next();
                let stated = block.as_ref().and_then(|block| {
                    let of_stage = |it: &&prose::Bullet| it.aim == Aim::Stage(stage) && !it.struck;
                    block.bullets.iter().find(of_stage)?.release
                });
                let name = stage.as_str();
                let told = label["targets"][name].as_str().map(str::to_owned);
                score.compare(path, "targets", stated.map(|it| it.to_string()), told);
            }
            let gates: Vec<String> = document.facts.gates.iter().map(|gate| gate.value.clone()).collect();
            score.compare(path, "gates", gates, strings(&label["feature_gates"]));
        }
        if let Some(migration) = migrate(&world, document, &Origin::default()) {
            // Code has told the labels more than any text says; a guess is marked as one.
            let implied = migration.implied;
            let sure = implied.certainty != Certainty::Guess;
            let field = if sure { "implied status, not guessed" } else { "implied status, guessed" };
            score.compare(path, field, implied.status.as_str(), label["implied_status"].as_str().unwrap());
        }
        score.compare(
            path,
            "missing sections",
            sections.missing,
            strings(&label["missing_template_sections"]),
        );
        let renamed: BTreeMap<String, String> = sections.renamed.into_iter().collect();
        let told = label["renamed_sections"].as_object().unwrap().iter();
        let told = told.map(|(now, was)| (now.clone(), was.as_str().unwrap().to_owned())).collect();
        score.compare(path, "renamed sections", renamed, told);
        let empty: Vec<String> = sections.empty.into_iter().map(|(title, _)| title).collect();
        score.compare(path, "empty sections", empty, strings(&label["empty_sections"]));
        score.compare(path, "extra sections", sections.extra, strings(&label["extra_h2"]));
    }
    score.differences.iter().for_each(|difference| println!("{difference}"));
    for (field, (right, all)) in &score.fields {
        println!("{field}: {right} of {all}");
        let least = if field.ends_with("guessed") { 50 } else { 95 };
        assert!(right * 100 >= all * least, "{field}: {right} of {all}: {:#?}", score.differences);
    }
}

/// The real git makes of the file what was shown, and `-R` makes it again what it was.
fn applies(checkout: &Path, diff: &str, after: &str, path: &str) {
    let before = std::fs::read_to_string(checkout.join(path)).unwrap();
    for (args, expected) in [(&["apply"][..], after), (&["apply", "-R"], before.as_str())] {
        let mut git = Command::new("git");
        let git = git.arg("-C").arg(checkout).args(args).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut git = git.spawn().unwrap();
        git.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
        let out = git.wait_with_output().unwrap();
        assert!(out.status.success(), "{path}: {}", String::from_utf8_lossy(&out.stderr));
        assert_eq!(std::fs::read_to_string(checkout.join(path)).unwrap(), expected, "{path}");
    }
}

#[test]
fn every_real_migration_applies_and_takes_nothing_else_away() {
    let Some(world) = wild::world() else { return };
    let clone = wild::clone();
    let checkout = clone.path();
    let mut owed: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut doubts, mut ready, mut all) = (0, 0, 0);
    for document in world.head.proposals() {
        let Some(migration) = migrate(&world, document, &Origin::default()) else {
            assert!(!document.is_legacy(), "{}", document.path());
            continue;
        };
        all += 1;
        let path = document.path();
        assert_eq!(migration.wrong().collect::<Vec<_>>(), [], "{path}");
        assert!(matches!(migration.then.front, Front::Read { .. }), "{path}");
        migration.owed().for_each(|(rule, _)| *owed.entry(rule).or_default() += 1);
        doubts += migration.doubts.len();
        ready += usize::from(migration.is_ready());
        // What is left of the body is the body without some of its lines, in order.
        let (was, is) = (document.source.text(), migration.then.source.text());
        let body = is.split_once("\n---\n\n").unwrap().1;
        let mut rest = was.split_inclusive('\n');
        for line in body.split_inclusive('\n') {
            assert!(rest.any(|it| it == line), "{path}: {line:?} is new");
        }
        let gone = was.lines().count() - body.lines().count();
        assert!(gone <= 45, "{path}: {gone} lines are gone");
        applies(checkout, &migration.patch.diff(), migration.then.source.text(), path);
        // Migrating twice is migrating once.
        let again = world.after(std::slice::from_ref(&migration.then));
        assert!(migrate(&again, again.head.at(path).unwrap(), &Origin::default()).is_none(), "{path}");
        // What the prose targets is what front matter targets.
        let releases = |document: &vep_mcp::document::Document| {
            let targets = document.facts.targets.iter();
            targets.map(|(stage, release)| (*stage, release.value)).collect::<Vec<_>>()
        };
        assert_eq!(releases(document), releases(&migration.then), "{path}");
    }
    println!("{all} migrated, {ready} ready, {doubts} doubts; only people can mend: {owed:?}");
    assert_eq!(all, 63);
}

#[test]
fn a_migration_is_written_committed_and_not_made_twice() {
    let folder = crate::bump::universe();
    let path = folder.path();
    let vep = path.join("veps/sig-storage/410-disk-error-policy-defaults/vep.md");
    let before = std::fs::read_to_string(&vep).unwrap();
    let (code, shown, err) = crate::bump::run(path, &["migrate", "410"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(&vep).unwrap(), before, "nothing is written unasked");
    let diff = shown.split_once("```diff\n").unwrap().1.split_once("```").unwrap().0;
    std::fs::write(path.join("x.patch"), diff).unwrap();
    crate::bump::git(path, &["apply", "--check", "x.patch"]);
    std::fs::remove_file(path.join("x.patch")).unwrap();
    let answers = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(answers.path(), crate::answers::COMPLETE.split("431:").next().unwrap()).unwrap();
    let args = ["migrate", "--sig", "storage", "--answers", answers.path().to_str().unwrap(), "--commit"];
    let (code, _, err) = crate::bump::run(path, &args);
    assert!(code == 0 && err.contains("on the new branch migrate-sig-storage"), "{err}");
    let message = crate::bump::git(path, &["log", "-1", "--format=%B"]);
    assert!(message.starts_with("sig-storage: Add front matter to 1 VEP\n"), "{message}");
    let after = std::fs::read_to_string(&vep).unwrap();
    assert!(after.starts_with("---\ntitle: ") && !after.contains("Signoff Checklist"), "{after}");
    // As a change it is judged like any other: what fails is the sign-off, which only a person can give.
    let (code, review, _) = crate::bump::run(path, &["review", "--base", "main", "--format", "json"]);
    let review: Value = serde_json::from_str(&review).unwrap();
    assert_eq!((code, review["errors"].as_u64()), (1, Some(1)), "{review:#}");
    let (code, _, err) = crate::bump::run(path, &["migrate", "410"]);
    assert!(code == 2 && err.contains("front matter"), "{err}");
    let (code, status, _) = crate::bump::run(path, &["migrate", "--status"]);
    assert!(code == 0 && status.contains("| sig-storage | 3 | 3 | 0 | 0 |"), "{status}");
}

/// The world of the real corpus with its history.
fn remembered() -> Option<(Outside, World)> {
    let place = Place::Given(wild::checkout()?.to_owned());
    let outside = Outside::new(place, Some("2026-08-18".parse().unwrap()));
    let world = outside.load(None).unwrap();
    let world = outside.with_history(world);
    Some((outside, world))
}

#[test]
fn the_history_knows_when_a_document_began_and_when_it_last_changed() {
    let Some((_, world)) = remembered() else { return };
    let mut score = Score::default();
    for label in labels() {
        let path = label["path"].as_str().unwrap();
        let past = world.history.of(path).unwrap_or_else(|| panic!("{path} has no past"));
        score.compare(
            path,
            "first commit",
            past.created.as_str(),
            label["first_commit_date"].as_str().unwrap(),
        );
        score.compare(
            path,
            "last change",
            past.changed.as_str(),
            label["last_content_commit_date"].as_str().unwrap(),
        );
        let document = world.head.at(path).unwrap();
        assert!(!past.author.is_empty() && !past.subject.is_empty(), "{path}");
        if document.is_legacy() {
            let ask = serde_json::from_value(serde_json::json!({ "vep": path })).unwrap();
            let answer = serde_json::to_value(Migrate::run(&world, ask).unwrap()).unwrap();
            let values = answer["migrations"][0]["detail"]["values"].as_array().unwrap().clone();
            let created = values.iter().find(|value| value["key"] == "creation-date").unwrap();
            assert_eq!(created["value"], past.created, "{path}");
        }
    }
    score.differences.iter().for_each(|difference| println!("{difference}"));
    score.fields.iter().for_each(|(field, (right, all))| println!("{field}: {right} of {all}"));
    assert!(score.differences.is_empty(), "{:#?}", score.differences);
}

/// The states and targets at the freeze days, as git shows the documents of that day.
#[test]
fn the_corpus_is_asked_as_of_each_freeze_day() {
    let Some((outside, _)) = remembered() else { return };
    for (day, count, number, targets) in
        [("2025-09-03", 17, 10, ""), ("2026-01-07", 30, 62, ""), ("2026-04-30", 55, 222, "alpha v1.9")]
    {
        let world = outside.as_of(day).unwrap();
        let read = world.head.numbered(number).next().map(|document| {
            let targets = document.facts.targets.iter();
            targets
                .map(|(stage, release)| format!("{stage} {}", release.value))
                .collect::<Vec<_>>()
                .join(", ")
        });
        println!("{day}: {} VEPs, {:?}, VEP {number}: {read:?}", world.head.proposals().len(), world.as_of);
        assert_eq!((world.head.proposals().len(), read.as_deref()), (count, Some(targets)), "{day}");
    }
    for (at, says) in [
        ("2019-01-01", "no commit as old as 2019-01-01"),
        ("2999-01-01", "still to come"),
        ("--output=x", "no name of a commit"),
        ("no-such-branch", "there is no commit"),
    ] {
        let failure = outside.as_of(at).unwrap_err();
        assert!(failure.is_of_the_question() && failure.to_string().contains(says), "{at}: {failure}");
    }
}
