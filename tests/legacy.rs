//! Legacy documents: what is read from the real ones, against labels that were verified by hand.
//!
//! The labels are `labelled.jsonl` of the corpus, and those that `VEP_LABELS` names, files of the same form with
//! colons between them.

use crate::wild;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use vep_mcp::calendar::Calendar;
use vep_mcp::corpus::Corpus;
use vep_mcp::document::{Document, Front};
use vep_mcp::migration::{Migration, Origin, migrate};
use vep_mcp::outside::{Outside, Place};
use vep_mcp::prose::{self, Aim, Certainty};
use vep_mcp::rules;
use vep_mcp::text::Source;
use vep_mcp::vep::{Release, Stage};
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
        let heading = document.heading().and_then(|it| it.number.as_ref()?.value.parse().ok());
        score.compare(path, "number of the heading", heading, number(&label["title_number"]));
        if document.heading().is_some() {
            let title = document.facts().title.as_ref().map(|title| title.value.as_str());
            score.compare(path, "title", title, label["title"].as_str());
        }
        let sections = prose::sections(document.outline(), &wanted);
        if document.is_legacy() {
            for stage in Stage::ALL {
                let block = prose::blocks(document.outline()).into_iter().next();
                let stated = block.as_ref().and_then(|block| {
                    let of_stage = |it: &&prose::Bullet| it.aim == Aim::Stage(stage) && !it.struck;
                    block.bullets.iter().find(of_stage)?.release
                });
                let name = stage.as_str();
                let told = label["targets"][name].as_str().map(str::to_owned);
                score.compare(path, "targets", stated.map(|it| it.to_string()), told);
            }
            let gates: Vec<String> = document.facts().gates.iter().map(|gate| gate.value.clone()).collect();
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

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_lowercase).collect()
}

/// The words of a line, without the number of a list, and with releases as keys have them.
fn words_of_line(line: &str) -> Vec<String> {
    let text = line.trim_start_matches(['>', ' ', '\t']);
    let text = text.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(". ").unwrap_or(text);
    let marks = |c: char| !c.is_alphanumeric();
    text.split_whitespace()
        .flat_map(|word| {
            Release::read(word.trim_matches(marks)).map_or_else(|| words(word), |it| words(&it.to_string()))
        })
        .collect()
}

/// Every word that a migration removes is in a key's value, in a comment of the template or in the checklist.
fn never_lost(world: &World, document: &Document, migration: &Migration) {
    const STATEMENTS: &str = "This VEP targets targeted target will for version release in Ship alpha beta GA TBD N/A \
        VEP Status Metadata Target releases release Release Signoff Checklist";
    const CHECKLIST: &str = "Items marked with (R) are required prior to targeting to a milestone / release \
        Enhancement issue created, which links linking to VEP dir directory in kubevirt enhancements not the initial VEP PR \
        target version is explicitly mentioned and approved Graduation criteria filled https github com issues x \
        The tracking issue is there";
    let (path, was, is) = (document.path(), document.source.text(), migration.then.source.text());
    let (block, body) = is.split_once("\n---").unwrap();
    let (_, body) = body.split_once('\n').unwrap();
    let template = world.head.template();
    let comments =
        template.iter().flat_map(|it| it.outline().comments.iter().map(|span| it.source.slice(*span)));
    let known: BTreeSet<String> =
        [STATEMENTS, CHECKLIST, block].into_iter().chain(comments).flat_map(words).collect();
    let mut left = body.split_inclusive('\n').skip_while(|line| line.trim().is_empty()).peekable();
    let first = was.split_inclusive('\n').position(|line| Some(&line) == left.peek());
    for (at, line) in was.split_inclusive('\n').enumerate() {
        if first.is_some_and(|first| at >= first) && left.next_if(|it| *it == line).is_some() {
            continue;
        }
        // A removed line: what does it take with it?
        let lost: Vec<String> =
            words_of_line(line).into_iter().filter(|word| !known.contains(word)).collect();
        assert!(
            lost.is_empty(),
            "{path}:{}: {lost:?} of {line:?} are lost\n{}",
            at + 1,
            migration.patch.diff()
        );
    }
    assert_eq!(left.collect::<String>().trim(), "", "{path}: something is new\n{}", migration.patch.diff());
}

/// A small world with a template of its own, whose only comment has invented words.
fn small(text: &str) -> (World, Arc<Document>) {
    let template = "# VEP #NNNN: Title\n\n## VEP Status Metadata\n\n### Target releases\n\n<!--\nName the next release here, \
        and leave later ones out.\n-->\n\n- This VEP targets alpha for version:\n\n### Release Signoff Checklist\n\n\
        - [ ] (R) The tracking issue is there\n";
    let path = "veps/sig-compute/7-clock/vep.md";
    let documents = [("veps/NNNN-vep-template/vep.md", template), (path, text)];
    let documents = documents.map(|(path, text)| Arc::new(Document::parse(Source::new(path, text))));
    let world =
        World::unchanged(Corpus::new(documents.to_vec(), vec![]), Calendar::snapshot(), date(2026, 8, 18));
    let document = Arc::clone(world.head.at(path).unwrap());
    (world, document)
}

/// Lines of which hostile documents are made; what the author says has `zz` in it.
#[rustfmt::skip]
const LINES: &[&str] = &[
    "# VEP #7: Clock", "## VEP Status Metadata", "### Target releases", "### Target releases (zzGate)", "### Release Signoff Checklist",
    "## Overview", "Release Signoff Checklist zza\n---", "Target releases\n===",
    "- This VEP targets alpha for version: v1.9", "- This VEP targets alpha for version: v1.10", "- This VEP targets beta for version:",
    "- This VEP targets GA for version: TBD", "- This VEP targets GA for version: v1.11 (zzb)", "- Alpha: v1.10", "* Beta: v1.11",
    "- This VEP targets alpha for version: v1.9 - This VEP targets beta for version: v1.10",
    "- This VEP targets alpha for version: v1.9 <!-- zzc -->", "- This VEP targets alpha for version: [v1.9](https://zzd)",
    "- This VEP targets alpha for version: ~~v1.8~~ v1.9", "- ~This VEP targets alpha for version: v1.9~", "- ~This VEP targets alpha for version:~ zze",
    "- This VEP targets alpha for version: v1.9\n\n  zzf goes on", "- This VEP targets alpha for version: v1.9\n  zzg goes on",
    "- This VEP targets alpha for version: v1.9\n  - zzh", "  - This VEP targets beta for version: v1.9", "\t- This VEP targets beta for version: v1.9",
    "1. This VEP targets alpha for version: v1.9", "> - This VEP targets alpha for version: v1.9", "> zzi",
    "This VEP targets alpha for version: v1.9", "zzj: This VEP targets alpha for version: v1.9. zzk", "This VEP targets beta for version: v1.10\nzzl",
    "| Stage | Release |\n| --- | --- |\n| Alpha | v1.9 |\n| Beta zzm | v1.10 |", "- Ship target version: v1.9", "- Ship target version: ~v1.9~ zzn",
    "<!-- Name the next release here, and leave later ones out. -->", "<!--\nName the next release here,\n--> zzo",
    "<!-- Name the zzp release here, and leave later ones out. -->", "<!-- Name the next release here --> <!-- zzq -->", "<!-- zzr",
    "zzs <!-- leave later ones out -->", "<!-- leave ones --> <!-- later -->",
    "Items marked with (R) are required *prior to targeting to a milestone / release*.", "Items marked with (R) are zzt.",
    "- [x] (R) Alpha target version is explicitly mentioned and approved", "- [ ] (R) The tracking issue is there",
    "- [x] (R) Alpha target version is explicitly mentioned and approved by zzu", "- [ ] ~(R) Beta target version is explicitly mentioned and approved~ zzv",
    "- ~[ ] (R) Target version is explicitly mentioned and approved~", "- [x] (R) Enhancement issue created: https://github.com/kubevirt/enhancements/issues/7",
    "- [x] (R) Enhancement issue created: https://github.com/kubevirt/enhancements/issues/7zz", "- [x] (R) Enhancement issue [#7](https://github.com/kubevirt/enhancements/issues/7) created",
    "- [x] (R) Enhancement issue [#8](https://github.com/kubevirt/enhancements/issues/8) created", "- [x] (R) Graduation criteria filled\n  - zzw",
    "- [x] (R) Graduation criteria filled\n  zzx", "- [x] zzy", "zzaa", "---", "```\nzzbb\n```", "", "", "",
];

fn assert_never_lost(text: &str) {
    let (world, document) = small(text);
    if let Some(migration) = migrate(&world, &document, &Origin::default()) {
        never_lost(&world, &document, &migration);
    }
}

#[test]
fn no_line_alone_or_beside_another_loses_a_word() {
    for first in LINES {
        for second in LINES {
            let text = format!(
                "# VEP #7: Clock\n\n## VEP Status Metadata\n\n### Target releases\n\n{first}\n{second}\n\n### Release Signoff Checklist\n\n{first}\n{second}\n\n## Overview\n\nText.\n"
            );
            assert_never_lost(&text);
            assert_never_lost(&text.replace('\n', "\r\n"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn no_document_of_hostile_lines_loses_a_word(lines in proptest::collection::vec(0..LINES.len(), 0..24), crlf: bool, quoted in 0u8..8) {
        let mut text = lines.iter().map(|at| LINES[*at]).collect::<Vec<_>>().join("\n");
        if quoted == 0 {
            text = text.lines().map(|line| format!("> {line}\n")).collect();
        }
        assert_never_lost(&if crlf { text.replace('\n', "\r\n") } else { text });
    }
}

#[test]
fn what_is_said_twice_struck_or_beside_something_else_keeps_its_line() {
    let migrated = |lines: &str| {
        let text = format!(
            "# VEP #7: Clock\n\n## VEP Status Metadata\n\n### Target releases\n\n{lines}\n\n## Overview\n\nText.\n"
        );
        let (world, document) = small(&text);
        let migration = migrate(&world, &document, &Origin::default()).unwrap();
        let targets =
            migration.values.iter().find(|it| it.key == "milestone").unwrap().value.clone().unwrap();
        let doubts: Vec<String> = migration.doubts.iter().map(|it| it.what.clone()).collect();
        (targets, migration.then.source.text().contains(lines.lines().last().unwrap()), doubts.join("\n"))
    };
    for (lines, target, stays, doubt) in [
        ("- This VEP targets alpha for version: v1.10", "alpha: v1.10", false, ""),
        ("This VEP targets alpha for version: v1.10", "alpha: v1.10", false, ""),
        (
            "- This VEP targets alpha for version: v1.9\n- This VEP targets alpha for version: v1.10",
            "alpha: v1.9",
            true,
            "alpha is said twice: `v1.9` in line 7, and `v1.10` here",
        ),
        (
            "- This VEP targets alpha for version: ~~v1.9~~ v1.10",
            "alpha: v1.10",
            true,
            "beside what is struck through",
        ),
        ("- Ship target version: ~v1.9~", "alpha: TBD", true, "ship is struck through"),
        (
            "- This VEP targets alpha for version: v1.10 (or later)",
            "alpha: v1.10",
            true,
            "says more than a release",
        ),
        ("| Alpha | v1.10 |\n| --- | --- |\n| Beta | TBD |", "alpha: v1.10", true, "stands in a table"),
        (
            "- This VEP targets alpha for version: TBD (next release)",
            "alpha: TBD",
            true,
            "says more than that there is none",
        ),
        (
            "- ~This VEP targets alpha for version:~ it is a fix\n- This VEP targets beta for version: v1.10",
            "beta: v1.10",
            false,
            "",
        ),
    ] {
        let (targets, kept, doubts) = migrated(lines);
        assert_eq!((targets.as_str(), kept), (target, stays), "{lines}\n{doubts}");
        assert!(doubts.contains(doubt), "{lines}\n{doubts}");
    }
}

#[test]
fn what_the_text_says_of_its_state_is_read_and_nothing_else_is_claimed() {
    let implied = |target: &str, history: &str| {
        let text = format!("# VEP #7: Clock\n\n{target}\n\n## Implementation History\n\n- {history}\n");
        let (world, document) = small(&text);
        let migration = migrate(&world, &document, &Origin::default()).unwrap();
        let value =
            |key| migration.values.iter().find(|it| it.key == key).unwrap().value.clone().unwrap_or_default();
        let doubts: Vec<String> = migration.doubts.iter().map(|it| it.what.clone()).collect();
        let state = format!("{} {}", migration.implied.status, migration.implied.certainty.as_str());
        (state, value("replaces"), value("superseded-by"), doubts.join("\n"))
    };
    let ga = "- This VEP targets GA for version: v1.9";
    let alpha = "- This VEP targets alpha for version: v1.9";
    let next = "- This VEP targets alpha for version: v1.10";
    for (target, history, state, replaces, successor, doubt) in [
        (ga, "2026-08-03: proposal opened", "implemented guess", "", "", "no line of the text confirms it"),
        (ga, "2026-07-30: GA released with v1.9", "implemented inferred", "", "", ""),
        (ga, "GA has not shipped.", "implementable inferred", "", "", "the text says `GA has not shipped.`"),
        (ga, "Not implemented yet.", "implementable inferred", "", "", "`Not implemented yet.`"),
        (ga, "2026-07-20: GA slipped to v1.10.", "implementable inferred", "", "", "GA slipped to v1.10"),
        (ga, "GA was postponed.", "implementable inferred", "", "", "GA was postponed"),
        (alpha, "2026-08-03: proposal opened", "implementable inferred", "", "", "nothing confirms alpha"),
        (alpha, "Alpha was delayed.", "implementable inferred", "", "", "`Alpha was delayed.`"),
        (
            next,
            "This VEP is superseded by VEP 502. It replaces VEP 400.",
            "replaced stated",
            "400",
            "502",
            "",
        ),
        (next, "Superseded by VEP 502.", "implementable inferred", "", "", "does VEP 502 replace this one?"),
        (next, "This proposal was withdrawn by its author.", "withdrawn stated", "", "", ""),
        (next, "This VEP is on hold.", "deferred stated", "", "", ""),
        (next, "This VEP is deferred to v1.11.", "implementable inferred", "", "", "is the VEP deferred?"),
        (next, "The proposal was rejected.", "rejected stated", "", "", ""),
    ] {
        let (is, of, by, doubts) = implied(target, history);
        assert_eq!(
            (is.as_str(), of.as_str(), by.as_str()),
            (state, replaces, successor),
            "{history}\n{doubts}"
        );
        assert!(doubts.contains(doubt), "{history}\n{doubts}");
    }
    let (_, _, _, doubts) = implied(alpha, "v1.9 released with the feature in Alpha.");
    assert!(!doubts.contains("alpha"), "{doubts}");
    let (_, _, _, doubts) = implied(
        &format!("{alpha}\n- This VEP targets beta for version: v1.10"),
        "v1.9 released with the feature in Alpha.",
    );
    assert!(!doubts.contains("alpha"), "{doubts}");
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
    for document in world.head.proposals().iter() {
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
        never_lost(&world, document, &migration);
        // Migrating twice is migrating once.
        let again = world.after(std::slice::from_ref(&migration.then));
        assert!(migrate(&again, again.head.at(path).unwrap(), &Origin::default()).is_none(), "{path}");
        // What the prose targets is what front matter targets.
        let releases = |document: &vep_mcp::document::Document| {
            let targets = document.facts().targets.iter();
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
            let targets = document.facts().targets.iter();
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
