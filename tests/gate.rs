//! The gate asks everything: whatever was wrong before, a step makes its conditions its own; and what a document is does
//! not depend on where it lies or on what it is called.

use crate::golden;
use crate::rules::{Files, TODAY, apply, lawful, world};
use jiff::civil::{Date, date};
use serde_json::json;
use std::fs;
use std::sync::Arc;
use vep_mcp::law::Severity;
use vep_mcp::rule::{Class, Was};
use vep_mcp::sheet::{Age, Sheet, judge, judge_change};
use vep_mcp::verbs::{Validate, Verb};
use vep_mcp::world::{Base, World};

const MIRRORS: &str = "veps/sig-network/8-port-mirrors/vep.md";
const CLOCK: &str = "veps/sig-compute/7-guest-clock/vep.md";

/// The change from one state of the files to another.
fn change(before: &Files, after: &Files, today: Date) -> World {
    let was = world(before, today);
    let mut now = world(after, today);
    now.base = Some(Arc::new(Base::new("before".into(), was, &now.head)));
    now
}

fn sheet(world: &World, path: &str) -> Sheet {
    let base = world.base.as_ref().unwrap();
    let document = world.head.at(path).unwrap_or_else(|| panic!("there is no {path}"));
    assert!(document.home.is_proposal(), "{path} is not judged");
    judge(world, document, base.was(path).map_or(Was::Nothing, |was| Was::Known(was)))
}

/// The errors of a document that are new, by rule.
fn errors(world: &World, path: &str) -> Vec<&'static str> {
    let sheet = sheet(world, path);
    let new = |flaw: &&vep_mcp::sheet::Flaw| flaw.age == Age::New && flaw.severity == Severity::Error;
    let flaws = sheet.flaws().into_iter().filter(|(_, flaw)| new(flaw));
    let mut rules: Vec<&str> = flaws.map(|(rule, _)| rule.id).collect();
    rules.dedup();
    rules
}

/// The errors of a document, however long they have been there.
fn all_errors(world: &World, path: &str) -> Vec<&'static str> {
    let sheet = judge(world, world.head.at(path).unwrap(), Was::Unknown);
    let errors = sheet.flaws().into_iter().filter(|(_, flaw)| flaw.severity == Severity::Error);
    errors.filter(|(_, flaw)| flaw.elsewhere.is_none()).map(|(rule, _)| rule.id).collect()
}

fn edited(files: &Files, path: &str, edits: &[(&str, &str)]) -> Files {
    let mut files = files.clone();
    let text = files.get_mut(path).unwrap();
    for (from, to) in edits {
        assert!(text.contains(from), "{path} has no {from:?}");
        *text = text.replacen(from, to, 1);
    }
    files
}

/// What takes the provisional VEP of the lawful world through the gate.
const THROUGH: [(&str, &str); 3] = [
    ("status: provisional", "status: implementable"),
    ("reviewers:\n  - TBD", "reviewers:\n  - \"@bo-linde\""),
    ("approvers:\n  - TBD", "approvers:\n  - \"@cy-moran\""),
];

#[test]
fn a_lawful_step_through_the_gate_is_clean() {
    let before = lawful();
    let after = edited(&before, MIRRORS, &THROUGH);
    assert_eq!(errors(&change(&before, &after, TODAY), MIRRORS), [""; 0]);
}

/// A draft is judged against the base, also where it is saved at its place already: it says what its review will say.
#[test]
fn a_saved_draft_is_not_compared_with_itself() {
    let before = lawful();
    let broken = edited(&before, MIRRORS, &[THROUGH[0]]);
    let mut new = before.clone();
    new.insert("veps/sig-network/9-port-mirrors/vep.md".into(), broken[MIRRORS].clone());
    for (after, path) in [(broken, MIRRORS), (new, "veps/sig-network/9-port-mirrors/vep.md")] {
        let changed = change(&before, &after, TODAY);
        let ask = json!({ "draft": after[path], "path": path, "detail": "full" });
        let answer = Validate::run(&changed, serde_json::from_value(ask).unwrap()).unwrap().to_string();
        let missed: Vec<&str> = errors(&changed, path)
            .into_iter()
            .filter(|rule| !answer.contains(&format!("`{rule}`")))
            .collect();
        assert!(
            errors(&changed, path).contains(&"reviewers-named") && missed.is_empty(),
            "{missed:?}: {answer}"
        );
    }
    // Where no base is known, too.
    let alone = world(&edited(&before, MIRRORS, &[THROUGH[0]]), TODAY);
    let ask = json!({ "draft": alone.head.at(MIRRORS).unwrap().source.text(), "path": MIRRORS });
    let answer = Validate::run(&alone, serde_json::from_value(ask).unwrap()).unwrap().to_string();
    assert!(answer.contains("`reviewers-named`") && answer.contains("Base: none is known"), "{answer}");
}

/// Values that were there before and that nobody can read, or that name nothing: the run fails on the day before the
/// freeze and on the day after it.
#[test]
fn nothing_unreadable_rides_through_the_gate() {
    for (from, to) in [
        ("alpha: \"v1.10\"", "alpha: \"v1.10 (planned)\""),
        ("alpha: \"v1.10\"", "alpha: v1.x"),
        ("alpha: \"v1.10\"", "alpha: 1.10"),
        ("alpha: \"v1.10\"", "alpha: [v1.10]"),
        ("alpha: \"v1.10\"", "alpha: TBD"),
        ("alpha: \"v1.10\"", "alhpa: \"v1.10\""),
        ("  alpha: \"v1.10\"", "  alpha: \"v1.10\"\n  alpha: \"v1.11\""),
        ("milestone:\n  alpha: \"v1.10\"", "milestone: v1.10"),
        ("milestone:\n  alpha: \"v1.10\"", "milestones:\n  alpha: \"v1.10\""),
        ("stage: alpha", "stage: alhpa"),
        ("stage: alpha", "stage: [alpha]"),
        ("stage: alpha", "stage: Alpha"),
        ("stage: alpha\n", ""),
        ("stage: alpha", "stage: alpha\nstage: beta"),
        ("feature-gate: PortMirrors\n", ""),
        ("feature-gate: PortMirrors", "feature-gate: FeatureName"),
        ("feature-gate: PortMirrors", "feature-gate: {a: b}"),
        ("authors:\n  - \"@di-forsell\"", "authors:\n  - TBD"),
        ("owning-sig: sig-network", "owning-sig: sig-netwrok"),
        ("## Design\n", "## Desing\n"),
    ] {
        let before = edited(&lawful(), MIRRORS, &[(from, to)]);
        let after = edited(&before, MIRRORS, &THROUGH);
        for today in [TODAY, date(2026, 9, 10)] {
            assert_ne!(errors(&change(&before, &after, today), MIRRORS), [""; 0], "{to} on {today}");
        }
        // The same document that only has a word corrected is not blamed for it.
        let reworded = edited(&before, MIRRORS, &[("## Overview\n", "## Overview\n\nOne more word.\n")]);
        assert_eq!(errors(&change(&before, &reworded, TODAY), MIRRORS), [""; 0], "{to}, reworded");
    }
}

/// Every way in which the cases of the book break a rule with an error, there before: none rides through the gate, and
/// none through a new target of a VEP that has passed it.
#[test]
fn no_error_of_the_book_rides_through_a_commitment() {
    let mut asked = 0;
    for id in golden::folders(&golden::root().join("tests/rules")) {
        for name in golden::folders(&golden::root().join("tests/rules").join(&id)) {
            let folder = golden::root().join("tests/rules").join(&id).join(&name);
            let before = apply(&lawful(), &fs::read_to_string(folder.join("change.diff")).unwrap());
            for (path, commit) in [
                (MIRRORS, ("status: provisional", "status: implementable")),
                (CLOCK, ("beta: \"v1.10\"", "beta: \"v1.11\"")),
            ] {
                let at_rest = before.get(path).is_some_and(|text| {
                    text.contains(commit.0) && (path == MIRRORS || text.contains("status: implementable"))
                });
                if !at_rest {
                    continue;
                }
                let after = edited(&before, path, &[commit]);
                let new = errors(&change(&before, &after, TODAY), path);
                // What the commitment itself mends is no matter of it.
                let [old, left] = [&before, &after].map(|files| all_errors(&world(files, TODAY), path));
                let old: Vec<&str> = old.into_iter().filter(|rule| left.contains(rule)).collect();
                for rule in old {
                    asked += 1;
                    assert!(new.contains(&rule), "{id}/{name}: {rule} rides through: {new:?}");
                }
            }
        }
    }
    println!("{asked} errors asked");
    assert!(asked > 15, "{asked}");
}

/// A finding that the step makes graver is new, and one that it leaves as it was is not.
#[test]
fn an_empty_section_is_advice_before_the_gate_and_an_error_at_it() {
    let text = lawful().remove(MIRRORS).unwrap();
    let start = text.find("## Scalability\n").unwrap() + "## Scalability\n".len();
    let end = start + text[start..].find("\n## ").unwrap();
    let words = text[start..end].to_owned();
    let before = edited(&lawful(), MIRRORS, &[(words.as_str(), "\n<!-- later -->\n")]);
    let after = edited(&before, MIRRORS, &THROUGH);
    assert_eq!(errors(&change(&before, &after, TODAY), MIRRORS), ["sections-filled"]);
}

#[test]
fn a_document_is_the_same_wherever_it_is_moved() {
    let legacy =
        "# VEP #501: Quiet Disk\n\n## Overview\n\nWords.\n\n- This VEP targets alpha for version: v1.9\n";
    let governed = lawful().remove(CLOCK).unwrap();
    let to = "veps/sig-storage/501-quiet-disk/vep.md";
    for from in [
        "veps/sig-storage/quiet-disk.md",
        "veps/sig-storage/501-quiet-disk.md",
        "veps/sig-storage/501-quiet-disk/proposal.md",
        "veps/sig-storage/501-quiet-disk/Vep.md",
        "veps/sig-storage/501-quiet-disk/VEP.md",
        "veps/sig-storage/0501_quiet/vep.md",
        "veps/sig-compute/501-quiet-disk/vep.md",
        "veps/sig-storage/501-quiet disk/quiet.md",
        "veps/sig-storage/25-backup/501-quiet-disk/vep.md",
        "veps/sig-storage/25-backup/501-quiet-disk/quiet.md",
        "veps/501-quiet-disk/vep.md",
    ] {
        let moved = |text: &str| {
            let (mut before, mut after) = (lawful(), lawful());
            before.insert(from.into(), text.into());
            after.insert(to.into(), text.into());
            change(&before, &after, date(2026, 9, 10))
        };
        let world = moved(legacy);
        assert_eq!(sheet(&world, to).class, Class::LegacyTouched, "{from}");
        assert_eq!(errors(&world, to), [""; 0], "{from}");
        let world =
            moved(&governed.replace("vep-number: 7", "vep-number: 501").replace("VEP #7", "VEP #501"));
        assert_eq!(sheet(&world, to).class, Class::Governed, "{from}");
        let new = errors(&world, to);
        assert!(!new.contains(&"before-freeze") && !new.contains(&"front-matter-present"), "{from}: {new:?}");
        let whole = judge_change(&world, world.base.as_ref().unwrap());
        let deleted = whole.flaws().into_iter().filter(|(rule, _)| rule.id == "document-kept").count();
        assert_eq!(deleted, 0, "{from}");
    }
}

/// The other way round: away from its place it is judged, its place is wrong, and nothing is deleted.
#[test]
fn a_document_that_is_moved_away_is_judged_and_kept() {
    for to in [
        "veps/sig-compute/7-guest-clock/Vep.md",
        "veps/sig-compute/7-guest-clock/VEP.md",
        "veps/sig-compute/7-guest-clock/clock.md",
        "veps/sig-compute/7-guest-clock.md",
        "veps/sig-compute/guest-clock.md",
        "veps/7-guest-clock/vep.md",
    ] {
        let before = lawful();
        let mut after = before.clone();
        let text = after.remove(CLOCK).unwrap();
        after.insert(to.into(), text);
        let world = change(&before, &after, TODAY);
        let place = ["path-conventional"];
        let others = errors(&world, to);
        assert!(
            others.iter().all(|rule| ["path-conventional", "sig-agrees"].contains(rule)),
            "{to}: {others:?}"
        );
        assert!(others.contains(&place[0]), "{to}: {others:?}");
        let whole = judge_change(&world, world.base.as_ref().unwrap());
        let gone: Vec<_> =
            whole.flaws().into_iter().map(|(rule, flaw)| (rule.id, flaw.what.clone())).collect();
        assert!(gone.iter().all(|(rule, _)| *rule != "document-kept"), "{to}: {gone:?}");
    }
}

/// Whatever it is called and wherever it lies: what says that it is a VEP is judged as one.
#[test]
fn what_says_that_it_is_a_vep_is_judged() {
    let new = lawful()
        .remove(MIRRORS)
        .unwrap()
        .replace("vep-number: 8", "vep-number: 502")
        .replace("VEP #8", "VEP #502")
        .replace("status: provisional", "status: implementable");
    let headed = new.split("---\n").nth(2).unwrap();
    for path in [
        "veps/sig-network/port-mirrors.md",
        "veps/sig-network/502-port-mirrors/proposal.md",
        "veps/sig-network/502-port-mirrors/Vep.md",
        "veps/sig-network/8-port-mirrors/502-more/vep.md",
        "veps/sig-network/8-port-mirrors/502-more/proposal.md",
        "veps/sig-network/8-port-mirrors/notes/502-more/vep.md",
        "veps/sig-network/README-502/README.md",
        "veps/NNNN-vep-template/502-more/vep.md",
        "veps/502-more/vep.md",
        "veps/502-more.md",
        "veps/vep.md",
        "veps/NNNN-vep-template/502.md",
        "veps/sig-network/502-port-mirrors/vep.MD",
    ] {
        let before = lawful();
        let mut after = before.clone();
        after.insert(path.into(), new.clone());
        let errors_of_block = errors(&change(&before, &after, date(2026, 9, 10)), path);
        for rule in ["reviewers-named", "approvers-named", "before-freeze"] {
            assert!(errors_of_block.contains(&rule), "{path}: {errors_of_block:?}");
        }
        after.insert(path.into(), headed.to_owned());
        sheet(&change(&before, &after, TODAY), path);
    }
    // What lies beside a vep.md is its companion; what says nothing of the kind is nobody's.
    for (path, text) in [
        ("veps/sig-network/8-port-mirrors/part-2.md", new.as_str()),
        ("veps/sig-network/8-port-mirrors/images/notes.md", "# Notes\n"),
        ("veps/sig-network/notes.md", "# Notes\n\n## Design\n"),
    ] {
        let mut after = lawful();
        after.insert(path.into(), text.into());
        let world = world(&after, TODAY);
        assert!(!world.head.at(path).unwrap().home.is_proposal(), "{path}");
    }
}

/// What is approved for a release past its freeze comes in no two steps, and no folder takes it along.
#[test]
fn no_detour_leads_past_the_freeze() {
    let late = date(2026, 9, 3);
    let base = edited(
        &lawful(),
        CLOCK,
        &[("stage: beta", "stage: alpha"), ("  alpha: \"v1.9\"\n  beta: \"v1.10\"", "  alpha: \"v1.9\"")],
    );
    let named = edited(&base, CLOCK, &[("  alpha: \"v1.9\"", "  alpha: \"v1.9\"\n  beta: \"v1.10\"")]);
    assert_eq!(errors(&change(&base, &named, late), CLOCK), ["before-freeze"]);
    assert_eq!(errors(&change(&base, &named, TODAY), CLOCK), [""; 0]);

    let meta = "veps/meta-VEPs/8-port-mirrors/vep.md";
    let mut moved = edited(&lawful(), MIRRORS, &THROUGH);
    let text = moved.remove(MIRRORS).unwrap();
    moved.insert(meta.into(), text);
    assert!(errors(&change(&lawful(), &moved, late), meta).contains(&"before-freeze"));
}

#[test]
fn a_change_does_not_make_its_own_sig_known() {
    let before = lawful();
    let mut after = before.clone();
    let text =
        before[MIRRORS].replace("sig-network", "sig-netwrok").replace(": 8", ": 502").replace("#8", "#502");
    let path = "veps/sig-netwrok/502-port-mirrors/vep.md";
    after.insert(path.into(), text);
    assert!(errors(&change(&before, &after, TODAY), path).contains(&"sig-known"));
    // A folder that the base has is known.
    assert!(!errors(&change(&after, &after, TODAY), path).contains(&"sig-known"));
}

/// A section that the template gains is said once, and fails nobody but who takes one away or comes anew.
#[test]
fn a_section_that_the_template_gains_is_said_once() {
    let template = "veps/NNNN-vep-template/vep.md";
    let mut before = lawful();
    let sections: String =
        before[CLOCK].lines().filter(|line| line.starts_with("## ")).map(|it| format!("{it}\n\n")).collect();
    before.insert(template.into(), format!("# VEP #NNNN: Title\n\n{sections}"));
    let after =
        edited(&before, template, &[("## Scalability\n", "## Does it belong here?\n\n## Scalability\n")]);
    let world = change(&before, &after, TODAY);
    for document in world.head.proposals().iter() {
        let sheet = sheet(&world, document.path());
        assert!(!sheet.has_news(), "{}: {:?}", sheet.path, sheet.flaws());
    }
    let whole = judge_change(&world, world.base.as_ref().unwrap());
    let said: Vec<_> = whole.flaws().into_iter().map(|(rule, flaw)| (rule.id, flaw.severity)).collect();
    assert_eq!(said, [("sections-present", Severity::Advice)]);
    // What comes anew, or enters implementable, has to have it.
    let through = edited(&after, MIRRORS, &THROUGH);
    assert_eq!(errors(&change(&after, &through, TODAY), MIRRORS), ["sections-present"]);
}

/// A new VEP follows the template of the base: without a block there it is warned, and its prose is judged and fails
/// nothing, whatever a checkout's settings make of the rules.
#[test]
fn a_new_vep_in_prose_is_warned_until_the_template_has_a_block() {
    let template = "veps/NNNN-vep-template/vep.md";
    let path = "veps/sig-storage/501-quiet-disk/vep.md";
    let prose = lawful().remove("veps/sig-storage/5-thin-snapshots/vep.md").unwrap();
    let prose = prose.replace("#5", "#501").replace("alpha for version: v1.9", "alpha for version: v1.10");
    let asked = |block: &str, settings: &str, today: Date| {
        let mut before = lawful();
        let sections: String = before[CLOCK]
            .lines()
            .filter(|line| line.starts_with("## "))
            .map(|it| format!("{it}\n\n"))
            .collect();
        before.insert(template.into(), format!("{block}# VEP #NNNN: Title\n\n{sections}"));
        before.insert(vep_mcp::settings::FILE.into(), settings.into());
        let mut after = before.clone();
        after.insert(path.into(), prose.clone());
        change(&before, &after, today)
    };
    let near = date(2026, 8, 25);
    let world = asked("", "", near);
    assert_eq!(errors(&world, path), [""; 0]);
    let told: Vec<_> =
        sheet(&world, path).flaws().into_iter().map(|(rule, flaw)| (rule.id, flaw.severity)).collect();
    for rule in ["front-matter-present", "feature-gate-named", "freeze-not-near"] {
        assert!(told.contains(&(rule, Severity::Warning)), "{rule}: {told:?}");
    }
    assert_eq!(errors(&asked("---\ntitle: x\n---\n\n", "", near), path), ["front-matter-present"]);
    assert_eq!(errors(&asked("", "front-matter: required\n", near), path), ["front-matter-present"]);
    // After the freeze the change targets a frozen release, and that is a warning, even where it is wanted graver.
    let late = date(2026, 9, 10);
    let settings = "severities:\n  before-freeze: error\n  feature-gate-named: error\nfail-on: warning\n";
    let world = asked("", settings, late);
    let sheet = sheet(&world, path);
    let frozen = sheet.flaws().into_iter().find(|(rule, _)| rule.id == "before-freeze").unwrap().1;
    assert!(frozen.from_prose && frozen.severity == Severity::Warning, "{frozen:?}");
    let bar = vep_mcp::sheet::Bar::of(&world, true);
    assert!(sheet.flaws().iter().all(|(_, flaw)| !flaw.from_prose || !sheet.fails(flaw, bar)));
}
