//! Migrations that are answered: a template read back changes nothing, and what is committed passes a review.

use crate::bump::{git, run, universe};
use crate::wild;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use vep_mcp::outside::{Outside, Place};
use vep_mcp::verbs::{Migrate, Verb as _};
use vep_mcp::world::World;

fn asked(world: &World, ask: Value) -> Value {
    let ask = serde_json::from_value(ask).unwrap();
    serde_json::to_value(Migrate::run(world, ask).unwrap_or_else(|trouble| panic!("{trouble}"))).unwrap()
}

fn template(world: &World) -> String {
    let answer = asked(world, json!({ "all": true, "answers_template": true }));
    answer["template"].as_str().unwrap().to_owned()
}

/// The world of the real corpus with its history.
fn remembered() -> Option<World> {
    let place = Place::Given(wild::checkout()?.to_owned());
    let outside = Outside::new(place, Some("2026-08-20".parse().unwrap()));
    let world = outside.load(None).unwrap();
    Some(outside.with_history(world))
}

fn worlds() -> impl Iterator<Item = World> {
    let example = Outside::new(Place::Example, None).load(None).unwrap();
    // Without a history, too, and on a day on which other releases are out.
    [Some(example), wild::world(), remembered()].into_iter().flatten()
}

#[test]
fn a_template_read_back_unchanged_answers_nothing_and_changes_no_migration() {
    for world in worlds() {
        let template = template(&world);
        let plain = asked(&world, json!({ "all": true, "full": true }));
        let answered = asked(&world, json!({ "all": true, "full": true, "answers": template }));
        assert_eq!(plain, answered);
        // So does one with all its comments gone, and one with Windows line ends.
        let bare: String =
            template.lines().filter(|line| !line.starts_with('#')).fold(String::new(), |mut all, line| {
                let _ = write!(all, "{}\r\n", line.split(" # ").next().unwrap());
                all
            });
        assert_eq!(plain, asked(&world, json!({ "all": true, "full": true, "answers": bare })));
    }
}

#[test]
fn a_template_has_every_legacy_vep_and_no_other() {
    for world in worlds() {
        let template = template(&world);
        let written: BTreeSet<u32> =
            template.lines().filter_map(|line| line.strip_suffix(':')?.parse().ok()).collect();
        let legacy: BTreeSet<u32> =
            world.head.proposals().iter().filter(|it| it.is_legacy()).filter_map(|it| it.number()).collect();
        assert_eq!(written, legacy);
    }
}

/// A template with its blanks filled: invented people for everybody, a gate where none is known, an owner for meta-VEPs.
fn filled(template: &str, keys: &[&str]) -> String {
    let mut out = String::new();
    for line in template.lines() {
        let (key, rest) = line.trim().split_once(':').unwrap_or_default();
        let is_blank = rest.trim().is_empty() || rest.trim().starts_with('#');
        // A gate that the text denies stays out.
        let is_denied = rest.contains("says that there is none");
        let value = match key {
            _ if !keys.contains(&key) || !is_blank || is_denied => None,
            "authors" => Some("[\"@invented-author\"]"),
            "reviewers" => Some("\n    - \"@invented-reviewer\"\n    - \"@invented-second\""),
            "approvers" => Some("\"@invented-chair\""),
            "feature-gate" => Some("InventedGate"),
            "owning-sig" => Some("sig-compute"),
            "title" => Some("An Invented Title"),
            "stage" => Some("ga"),
            _ => None,
        };
        match value {
            Some(value) => {
                let _ = writeln!(out, "  {key}: {value}");
            }
            None => {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out
}

/// What fails a review of a branch, without the sign-offs, which are people's.
fn errors(folder: &Path, schedules: &str, branch: &str) -> Vec<String> {
    let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
        .args(["review", "--today", "2026-08-20", "--format", "json", "--base", "main", "--head", branch])
        .args(["--schedules", schedules])
        .current_dir(folder)
        .env_remove("VEP_REPO")
        .output()
        .unwrap();
    let review: Value = serde_json::from_slice(&out.stdout)
        .unwrap_or_else(|error| panic!("{branch}: {error}: {}", String::from_utf8_lossy(&out.stderr)));
    let documents = review["documents"].as_array().unwrap();
    assert!(!documents.is_empty(), "{branch}");
    let findings = documents.iter().chain([&review["whole"]]).flat_map(|it| {
        let path = it["path"].as_str().unwrap_or_default().to_owned();
        it["findings"].as_array().unwrap().iter().map(move |finding| (path.clone(), finding))
    });
    let failing = findings.filter(|(_, it)| it["severity"] == "error" && it["age"].is_null());
    let told = failing.map(|(path, it)| format!("{path}: {}: {}", it["rule"], it["what"]));
    told.filter(|it| !it.contains("pr-signed-off")).collect()
}

const LEGACY: &str = "# VEP: Port names\n\n## VEP Status Metadata\n\n### Target releases\n\n- This VEP targets alpha for \
                      version: v1.10\n- This VEP targets beta for version:\n- This VEP targets GA for version:\n\n\
                      ## Overview\n\nNames for ports, behind the feature gate `PortNames`.\n";

/// The example universe with a second SIG that has legacy VEPs.
fn two_sigs() -> tempfile::TempDir {
    let folder = universe();
    let vep = folder.path().join("veps/sig-network/431-port-names/vep.md");
    fs::create_dir_all(vep.parent().unwrap()).unwrap();
    fs::write(vep, LEGACY).unwrap();
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["commit", "--quiet", "-m", "Port names"]);
    folder
}

// The commits of these repositories are made later than the day for which is asked.
pub const COMPLETE: &str = "410:\n  creation-date: 2026-01-20\n  authors: [\"@mira-holt\"]\n  reviewers: rei-okafor\n  approvers: [\"@jo-lindqvist\"]\n\
                        431:\n  creation-date: 2026-01-21\n  authors: [\"@mira-holt\"]\n  reviewers: [\"@rei-okafor\"]\n  approvers: [\"@jo-lindqvist\"]\n";

fn schedules() -> String {
    crate::golden::root().join("examples/sig-release").to_str().unwrap().to_owned()
}

#[test]
fn each_sig_gets_a_branch_that_starts_at_the_base_and_passes_a_review() {
    let folder = two_sigs();
    let path = folder.path();
    git(path, &["switch", "--quiet", "--create", "work"]);
    fs::write(path.join("notes.txt"), "mine\n").unwrap();
    git(path, &["add", "notes.txt"]);
    git(path, &["commit", "--quiet", "-m", "Notes"]);
    fs::write(path.join("notes.txt"), "not committed\n").unwrap();
    let answers = tempfile::NamedTempFile::new().unwrap();
    fs::write(answers.path(), COMPLETE).unwrap();
    let file = answers.path().to_str().unwrap();
    // A change of a file that the other branches do not have stands in the way of git, before anything is done.
    let (code, _, err) = run(path, &["migrate", "--all", "--answers", file, "--commit"]);
    assert!(code == 3 && err.contains("local changes"), "{err}");
    assert_eq!(git(path, &["branch", "--list", "migrate-*"]), "");
    git(path, &["checkout", "--quiet", "--", "notes.txt"]);
    let (code, _, err) = run(path, &["migrate", "--all", "--answers", file, "--commit"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(git(path, &["branch", "--show-current"]).trim(), "work");
    assert_eq!(git(path, &["status", "--porcelain"]), "");
    for (branch, number) in [("migrate-sig-network", "431"), ("migrate-sig-storage", "410")] {
        let since = git(path, &["log", "--format=%s%n%b", &format!("main..{branch}")]);
        assert_eq!(since.matches("Add front matter to 1 VEP").count(), 1, "{since}");
        assert!(since.contains(&format!("- VEP-{number}: implementable (inferred)")), "{since}");
        assert_eq!(git(path, &["rev-parse", &format!("{branch}~1")]), git(path, &["rev-parse", "main"]));
        assert_eq!(errors(path, &schedules(), branch), [] as [String; 0]);
    }
    let network = git(path, &["show", "migrate-sig-network:veps/sig-network/431-port-names/vep.md"]);
    assert!(network.contains("\n# VEP #431: Port names\n"), "{network}");
    let message = git(path, &["log", "-1", "--format=%B", "migrate-sig-network"]);
    assert!(message.contains("the heading gets its number 431"), "{message}");
    // Once more: the branches are there already, and nothing is done.
    let (code, _, err) = run(path, &["migrate", "--all", "--answers", file, "--commit"]);
    assert!(
        code == 0 && err.contains("the branch migrate-sig-network is there already; nothing is committed"),
        "{err}"
    );
    assert_eq!(git(path, &["branch", "--show-current"]).trim(), "work");
}

#[test]
fn a_printed_template_is_the_file_itself() {
    let folder = universe();
    let (code, template, err) = run(folder.path(), &["migrate", "--all", "--answers-template"]);
    assert!(code == 0 && template.starts_with("# Answers") && !template.contains("```"), "{template}{err}");
    fs::write(folder.path().join("answers.yaml"), &template).unwrap();
    let (code, answered, err) =
        run(folder.path(), &["migrate", "--all", "--full", "--answers", "answers.yaml"]);
    assert_eq!((code, &answered), (0, &run(folder.path(), &["migrate", "--all", "--full"]).1), "{err}");
}

#[test]
fn sig_after_sig_no_branch_stands_on_another() {
    let folder = two_sigs();
    let path = folder.path();
    let answers = tempfile::NamedTempFile::new().unwrap();
    fs::write(answers.path(), COMPLETE).unwrap();
    for sig in ["network", "storage"] {
        let args = ["migrate", "--sig", sig, "--answers", answers.path().to_str().unwrap(), "--commit"];
        let (code, _, err) = run(path, &args);
        assert_eq!(code, 0, "{err}");
        let parent = git(path, &["rev-parse", &format!("migrate-sig-{sig}~1")]);
        assert_eq!(parent, git(path, &["rev-parse", "main"]), "{sig}");
    }
}

#[test]
fn a_commit_stops_with_the_rule_and_the_answer_until_they_are_given() {
    let folder = two_sigs();
    let path = folder.path();
    let stopped = |args: &[&str], says: &[&str], not: &[&str]| {
        let (code, told, err) = run(path, args);
        assert_eq!(code, 1, "{args:?}: {err}");
        says.iter().for_each(|words| assert!(err.contains(words), "{args:?}: {words}: {err}"));
        not.iter().for_each(|words| assert!(!err.contains(words), "{args:?}: {words}: {err}"));
        assert!(told.contains("A commit stops here"), "{told}");
        assert_eq!(git(path, &["branch", "--list"]), "* main\n");
        assert_eq!(git(path, &["status", "--porcelain"]), "");
    };
    let storage = ["migrate", "--sig", "storage", "--commit"];
    let people = [
        "`authors-named`",
        "`reviewers-named`",
        "`approvers-named`",
        "Answer `reviewers`",
        "--unnamed provisional",
    ];
    stopped(&storage, &people, &["VEP-431"]);
    stopped(&["migrate", "--all", "--commit"], &["VEP-410", "VEP-431"], &[]);
    // Authors are owed in every state.
    let unnamed = [&storage[..], &["--unnamed", "provisional"]].concat();
    stopped(&unnamed, &["`authors-named`"], &["`reviewers-named`"]);
    let set = [
        "--set",
        "authors=@mira-holt",
        "--set",
        "reviewers=@rei-okafor",
        "--set",
        "creation-date=2026-01-20",
    ];
    let one = [&["migrate", "410", "--commit"], &set[..]].concat();
    stopped(&one, &["`approvers-named`"], &["`authors-named`", "`reviewers-named`"]);
    // An answer that the law refuses stops as well.
    let frozen = [&one[..], &["--set", "approvers=@jo-lindqvist", "--set", "milestone.beta=v1.9"]].concat();
    stopped(&frozen, &["VEP-410"], &["`approvers-named`"]);
    // Without a commit the answer says what would stop it, and it is no failure.
    let (code, told, err) = run(path, &["migrate", "--sig", "storage"]);
    assert!(code == 0 && told.contains("`reviewers-named` (`reviewers`)"), "{told}{err}");
    // Mistakes in a file are told with its name, and nothing is done.
    fs::write(path.join("wrong.yaml"), "410:\n  authers: x\n  status: y\n").unwrap();
    let (code, _, err) = run(path, &["migrate", "--all", "--answers", "wrong.yaml", "--commit"]);
    assert!(code == 2 && err.contains("wrong.yaml:2:3: ") && err.contains("wrong.yaml:3:11: "), "{err}");
    fs::remove_file(path.join("wrong.yaml")).unwrap();
    let (code, _, err) = run(path, &[&one[..], &["--unnamed", "provisional"]].concat());
    assert_eq!(code, 0, "{err}");
    assert_eq!(errors(path, &schedules(), "vep-410-front-matter"), [] as [String; 0]);
    let message = git(path, &["log", "-1", "--format=%B"]);
    assert!(
        message.contains("- VEP-410: provisional; implementable is meant and waits for approvers"),
        "{message}"
    );
}

/// Every SIG of the real corpus, answered in full and only as far as no state can do without.
#[test]
fn every_real_sig_is_migrated_committed_and_passes_a_review() {
    let Some(world) = remembered() else { return };
    let template = template(&world);
    let owed = ["authors", "feature-gate", "owning-sig"];
    let all = ["authors", "feature-gate", "owning-sig", "reviewers", "approvers", "title", "stage"];
    let schedules = wild::folder().unwrap().join("sig-release").to_str().unwrap().to_owned();
    for (keys, args, statuses) in
        [(&owed[..], &["--unnamed", "provisional"][..], "waits for"), (&all, &[], "implementable (inferred)")]
    {
        let clone = wild::clone();
        let path = clone.path();
        git(path, &["config", "user.name", "Di"]);
        git(path, &["config", "user.email", "di@example.org"]);
        let answers = tempfile::NamedTempFile::new().unwrap();
        let mut text = filled(&template, keys);
        // What the template cannot know: a VEP without any stage, and targets that the text has only in prose.
        if args.is_empty() {
            text = text.replace("233:\n", "233:\n  milestone.ga: v1.11\n");
        }
        fs::write(answers.path(), &text).unwrap();
        let common = ["migrate", "--all", "--commit", "--today", "2026-08-20", "--schedules", &schedules];
        let out = crate::faces::command_line::command(path, &[&common[..], args].concat())
            .args(["--answers", answers.path().to_str().unwrap()])
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(0), "{err}");
        let branches = git(path, &["for-each-ref", "--format=%(refname:short)", "refs/heads/migrate-*"]);
        assert_eq!(branches.lines().count(), 6, "{branches}");
        for branch in branches.lines() {
            let parent = git(path, &["rev-parse", &format!("{branch}~1")]);
            assert_eq!(parent, git(path, &["rev-parse", "main"]), "{branch}");
            assert_eq!(errors(path, &schedules, branch), [] as [String; 0], "{branch}");
        }
        let message = git(path, &["log", "-1", "--format=%B", "migrate-sig-compute"]);
        assert!(
            message.contains(statuses) && message.contains("the heading's number 0171 becomes 171"),
            "{message}"
        );
    }
    // What was answered is in doubt no more.
    let answered = asked(&world, json!({ "all": true, "full": true, "answers": filled(&template, &all) }));
    for migration in answered["migrations"].as_array().unwrap() {
        for doubt in migration["detail"]["doubts"].as_array().unwrap() {
            let what = doubt["what"].as_str().unwrap();
            let settled =
                ["is it the author?", "are they its authors?", "no feature gate is named", "which SIG owns"];
            assert!(settled.iter().all(|words| !what.contains(words)), "{}: {what}", migration["vep"]);
        }
    }
}
