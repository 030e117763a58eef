//! From a question to a commit: the example universe as a git repository, a real MCP client, the real git.

use crate::faces::command_line::command;
use crate::faces::stdio::{call, connect, text};
use crate::golden;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const BUDGET: &str = "veps/sig-compute/402-boot-time-budget/vep.md";
const TODAY: &str = "2026-08-18";

pub fn git(folder: &Path, args: &[&str]) -> String {
    let out = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=Di", "-c", "user.email=di@example.org"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}

/// The example universe as a checkout with history.
pub fn universe() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&golden::root().join("examples/enhancements"), folder.path());
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    for (key, value) in [("user.name", "Di"), ("user.email", "di@example.org")] {
        git(folder.path(), &["config", key, value]);
    }
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["commit", "--quiet", "-m", "All VEPs"]);
    folder
}

fn schedules() -> String {
    golden::root().join("examples/sig-release").to_str().unwrap().to_owned()
}

fn people() -> Value {
    json!(["reviewers=@rei-okafor", "approvers=@jo-lindqvist"])
}

/// Asks over MCP, as an assistant does.
async fn ask(folder: &Path, today: &str, tool: &'static str, arguments: Value) -> (Value, String) {
    let client = connect(folder, &["serve", "--today", today, "--schedules", &schedules()]).await;
    let result = call(&client, tool, arguments).await;
    let answer = (result.structured_content.clone().unwrap_or_default(), text(&result).to_owned());
    client.cancel().await.unwrap();
    answer
}

/// Runs the command line: exit code, what it said, what it complained of.
pub fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let schedules = schedules();
    let common = ["--today", TODAY, "--schedules", &schedules];
    let out = command(folder, &[args, &common[..]].concat())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

#[tokio::test]
async fn a_bump_over_mcp_is_applied_by_git_and_would_pass() {
    let folder = universe();
    let path = folder.path();
    let (found, _) = ask(path, TODAY, "query_veps", json!({ "words": "boot time" })).await;
    assert_eq!(found["veps"][0]["number"], 402);
    let (asked, _) =
        ask(path, TODAY, "propose_transition", json!({ "vep": 402, "to": "implementable" })).await;
    let asks = &asked["steps"][0]["detail"]["asks"];
    assert_eq!((&asks[0]["set"], &asks[1]["set"]), (&json!("reviewers"), &json!("approvers")));
    let given = json!({ "vep": 402, "to": "implementable", "set": people() });
    let (bump, _) = ask(path, TODAY, "prepare_status_bump", given).await;
    let pull = &bump["bumps"][0]["pull_request"];
    let diff = pull["patches"][0]["diff"].as_str().unwrap();
    fs::write(path.join("bump.patch"), diff).unwrap();
    git(path, &["switch", "--quiet", "--create", pull["branch"].as_str().unwrap()]);
    git(path, &["apply", "--check", "bump.patch"]);
    git(path, &["apply", "bump.patch"]);
    git(path, &["add", BUDGET]);
    git(path, &["commit", "--quiet", "-s", "-m", pull["message"].as_str().unwrap()]);
    let shown = git(path, &["show", "--format=", "--numstat", "HEAD"]);
    assert_eq!(shown.trim(), format!("3\t3\t{BUDGET}"));
    let title = pull["title"].as_str().unwrap();
    let labels = json!(["kind/vep", "sig/compute"]);
    fs::remove_file(path.join("bump.patch")).unwrap();
    let (review, told) =
        ask(path, TODAY, "review_changes", json!({ "base": "main", "title": title, "labels": labels })).await;
    assert_eq!(
        (review["verdict"].as_str(), review["warnings"].as_u64()),
        (Some("would pass"), Some(0)),
        "{told}"
    );
}

#[tokio::test]
async fn what_must_not_be_is_refused_with_its_rule_and_leaves_no_patch() {
    let folder = universe();
    let late = "2026-09-03";
    for (today, arguments, outcome, says) in [
        (TODAY, json!({ "vep": 402, "to": "implementable" }), "lacks something", "`reviewers-named`"),
        (
            late,
            json!({ "vep": 402, "to": "implementable", "set": people() }),
            "lacks something",
            "`before-freeze`",
        ),
        (TODAY, json!({ "vep": 402, "to": "implemented" }), "refused", "Go to implementable first"),
        (TODAY, json!({ "vep": 401, "to": "provisional" }), "refused", "Retarget it"),
    ] {
        let (bump, told) = ask(folder.path(), today, "prepare_status_bump", arguments.clone()).await;
        let bump = &bump["bumps"][0];
        assert_eq!(bump["outcome"], outcome, "{arguments}: {told}");
        assert!(told.contains(says) && bump["pull_request"].is_null() && !told.contains("```diff"), "{told}");
    }
    // After the freeze a granted exception leaves it to a person, with the patch.
    let declared = json!({ "vep": 402, "to": "implementable", "set": people(), "declare": ["exception=granted on the list"] });
    let (bump, told) = ask(folder.path(), late, "prepare_status_bump", declared).await;
    assert_eq!(bump["bumps"][0]["outcome"], "a person must decide", "{told}");
    assert!(
        told.contains("Declared as exception: `granted on the list`") && told.contains("/hold"),
        "{told}"
    );
}

#[test]
fn write_and_commit_do_what_was_shown_and_sign_for_nobody() {
    let folder = universe();
    let path = folder.path();
    let bump = ["bump", "402", "--to", "withdrawn"];
    let (code, shown, err) = run(path, &bump);
    assert_eq!(
        (code, err.as_str(), git(path, &["status", "--porcelain"]).as_str()),
        (0, "", ""),
        "nothing is written unasked"
    );
    let (code, told, err) = run(path, &[&bump[..], &["--commit"]].concat());
    assert_eq!((code, &told), (0, &shown), "{err}");
    assert!(
        err.contains(&format!("wrote {BUDGET}")) && err.contains("on the new branch vep-402-withdrawn"),
        "{err}"
    );
    let commit = git(path, &["log", "-1", "--format=%B"]);
    assert!(commit.starts_with("VEP-402: Withdraw\n") && !commit.contains("Assisted-by"), "{commit}");
    assert!(!commit.contains("Signed-off-by"), "{commit}");
    assert_eq!(git(path, &["status", "--porcelain"]), "");
    // The branch is there already: nothing is written again.
    git(path, &["switch", "--quiet", "main"]);
    let (code, _, err) = run(path, &[&bump[..], &["--commit"]].concat());
    assert!(code == 3 && err.contains("already exists"), "{err}");
    assert_eq!(git(path, &["status", "--porcelain"]), "");
    // A sign-off that git itself is configured to make is git's.
    git(path, &["config", "format.signOff", "true"]);
    let (code, _, err) = run(path, &["bump", "402", "--to", "implementable", "--commit"]);
    assert!(code == 1 && err.contains("nothing is written"), "{err}");
}

#[cfg(unix)]
#[test]
fn a_commit_that_a_hook_refuses_leaves_everything_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = universe();
    let path = folder.path();
    fs::write(path.join("notes.txt"), "mine\n").unwrap();
    git(path, &["add", "notes.txt"]);
    let hook = path.join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho not today >&2\nexit 1\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    for start in ["main", "HEAD~0"] {
        git(path, &["checkout", "--quiet", start]);
        let before = fs::read_to_string(path.join(BUDGET)).unwrap();
        let head = git(path, &["rev-parse", "--abbrev-ref", "HEAD"]);
        let (code, _, err) = run(path, &["bump", "402", "--to", "withdrawn", "--commit"]);
        assert!(code == 3 && err.contains("not today") && err.contains("are as they were"), "{err}");
        assert_eq!(fs::read_to_string(path.join(BUDGET)).unwrap(), before);
        assert_eq!(git(path, &["rev-parse", "--abbrev-ref", "HEAD"]), head);
        assert_eq!(git(path, &["status", "--porcelain"]), "A  notes.txt\n");
        assert!(!git(path, &["branch", "--list"]).contains("vep-402"));
    }
}

#[test]
fn gates_are_names_and_a_list_stays_a_list() {
    let folder = universe();
    let set =
        |gate: &str| run(folder.path(), &["transition", "402", "--set", &format!("feature-gate={gate}")]);
    for (gate, line) in [
        ("BootBudget", "+feature-gate: BootBudget\n"),
        ("BootBudget,BootBudgetReport", "+feature-gate: [BootBudget, BootBudgetReport]\n"),
    ] {
        let (code, told, err) = set(gate);
        assert!(code == 0 && told.contains(line), "{told}{err}");
    }
    for gate in ["", "TBD", "Boot Budget", "Boot;rm"] {
        let (code, _, err) = set(gate);
        assert!(code == 2 && err.contains("feature"), "{gate}: {err}");
    }
}

/// A legacy VEP is migrated and taken through the gate in one change: whom no prose names can be given.
#[test]
fn a_legacy_vep_is_taken_through_the_gate_with_what_people_give() {
    let folder = universe();
    let step = ["bump", "410", "--to", "implementable"];
    let (_, told, err) = run(folder.path(), &step);
    assert!(told.contains("**lacks something**"), "{told}{err}");
    for key in ["authors", "reviewers", "approvers"] {
        assert!(told.contains(&format!("to be given as `{key}`")), "{key}: {told}");
    }
    let given = [
        "--set",
        "authors=mira-holt",
        "--set",
        "reviewers=rei-okafor, bo-lind",
        "--set",
        "approvers=jo-lindqvist",
    ];
    let (_, told, err) = run(folder.path(), &[&step[..], &given].concat());
    for rule in ["authors-named", "reviewers-named", "approvers-named"] {
        assert!(!told.contains(&format!("- lacks `{rule}`")), "{rule}: {told}{err}");
    }
    let (_, _, err) = run(folder.path(), &[&step[..], &["--set", "authors=TBD"]].concat());
    assert!(err.contains("authors is given and names nobody"), "{err}");
}

#[test]
fn only_what_is_committed_is_the_bump() {
    let folder = universe();
    let path = folder.path();
    fs::write(path.join("notes.txt"), "mine\n").unwrap();
    git(path, &["add", "notes.txt"]);
    let (code, _, err) =
        run(path, &["bump", "402", "--to", "replaced", "--set", "superseded-by=404", "--commit"]);
    assert_eq!(code, 0, "{err}");
    let files = git(path, &["show", "--format=", "--name-only", "HEAD"]);
    assert_eq!(files.lines().count(), 2, "{files}");
    assert_eq!(git(path, &["status", "--porcelain"]), "A  notes.txt\n");
}

#[test]
fn what_is_not_committed_is_not_committed_along() {
    let folder = universe();
    let file = folder.path().join(BUDGET);
    let mine = fs::read_to_string(&file).unwrap().replace("BootTimeBudget", "BootTimeBudgetX");
    fs::write(&file, &mine).unwrap();
    let (code, _, err) = run(folder.path(), &["bump", "402", "--to", "withdrawn", "--commit"]);
    assert!(code == 3 && err.contains("commit or stash them first"), "{err}");
    assert_eq!(
        (fs::read_to_string(&file).unwrap(), git(folder.path(), &["branch", "--list"]).as_str()),
        (mine, "* main\n")
    );
}

#[test]
fn a_successor_that_cannot_be_one_is_told_and_nothing_is_written_over() {
    let folder = universe();
    for (args, outcome, says) in [
        (
            &["401", "--to", "replaced", "--set", "superseded-by=408"][..],
            "lacks something",
            "already replaces VEP 407",
        ),
        (
            &["402", "--to", "replaced", "--set", "superseded-by=410"],
            "lacks something",
            "Migrate VEP 410 first",
        ),
        (
            &["402", "--to", "rejected", "--set", "superseded-by=404"],
            "lacks something",
            "with replaced alone",
        ),
        (&["412", "--to", "implemented"], "a person must decide", "is not out yet"),
        (&["402", "--set", "milestone.alpha=v1.8"], "a person must decide", "has used up"),
    ] {
        let (_, told, err) = run(folder.path(), &[&["bump"], args].concat());
        assert!(told.contains(&format!("**{outcome}**")) && told.contains(says), "{args:?}: {told}{err}");
        assert_eq!(told.contains("```diff"), outcome == "a person must decide", "{told}");
    }
    assert_eq!(run(folder.path(), &["bump", "401", "--set", "reviewers="]).0, 2);
}

#[test]
fn a_bump_without_a_repository_can_be_written_and_not_committed() {
    let folder = tempfile::tempdir().unwrap();
    copy(&golden::root().join("examples/enhancements"), folder.path());
    let bump = ["bump", "402", "--to", "withdrawn"];
    let (code, _, err) = run(folder.path(), &[&bump[..], &["--commit"]].concat());
    assert!(code == 3 && err.contains("not a git repository"), "{err}");
    let file = folder.path().join(BUDGET);
    assert!(fs::read_to_string(&file).unwrap().contains("status: provisional"));
    assert_eq!(run(folder.path(), &[&bump[..], &["--write"]].concat()).0, 0);
    assert!(fs::read_to_string(&file).unwrap().contains("status: withdrawn"));
    let names: Vec<_> =
        fs::read_dir(file.parent().unwrap()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["vep.md"], "nothing else is left behind");
}

#[test]
fn the_example_itself_is_not_written() {
    let (code, _, err) = run(Path::new("/"), &["--demo", "bump", "402", "--to", "withdrawn", "--write"]);
    assert!(code == 3 && err.contains("the built-in example is not written"), "{err}");
}

#[test]
fn what_is_due_is_found_and_each_says_why() {
    let folder = universe();
    let path = folder.path();
    let edit = |file: &str, pairs: &[(&str, &str)]| {
        let file = path.join(file);
        let mut text = fs::read_to_string(&file).unwrap();
        for (from, to) in pairs {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        fs::write(file, text).unwrap();
    };
    // A complete gate.
    edit(BUDGET, &[("  - TBD", "  - \"@rei-okafor\""), ("  - TBD", "  - \"@jo-lindqvist\"")]);
    // A GA release that is out.
    let watchdog = "veps/sig-compute/401-watchdog-escalation/vep.md";
    edit(
        watchdog,
        &[
            ("stage: alpha", "stage: ga"),
            ("  alpha: \"v1.10\"", "  alpha: \"v1.7\"\n  beta: \"v1.8\"\n  ga: \"v1.9\""),
        ],
    );
    let (code, told, err) = run(path, &["bump", "--due", "--format", "json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let told: Value = serde_json::from_str(&told).unwrap();
    let due = told["bumps"].as_array().unwrap().iter().map(|bump| {
        let number = bump["vep"].as_str().unwrap().split(' ').next().unwrap().to_owned();
        (number, bump["to"].as_str().unwrap().to_owned(), bump["outcome"].as_str().unwrap().to_owned())
    });
    let due: Vec<_> = due.collect();
    // That a release is out by plan confirms nothing.
    for (number, to, outcome) in
        [("VEP-402", "implementable", "ready"), ("VEP-401", "implemented", "a person must decide")]
    {
        assert!(due.contains(&(number.into(), to.into(), outcome.into())), "{due:?}");
    }
    let all = told["bumps"].as_array().unwrap();
    assert!(all.iter().all(|bump| bump["due"].is_string() && bump["pull_request"].is_null()));
    // The batch of whole pull requests, as a bot runs it.
    let (_, full, _) = run(path, &["bump", "--due", "--full", "--format", "json"]);
    let full: Value = serde_json::from_str(&full).unwrap();
    let whole = full["bumps"].as_array().unwrap().iter().filter(|bump| bump["pull_request"].is_object());
    assert_eq!((full["bumps"].as_array().unwrap().len(), whole.count()), (all.len(), 1));
}

const WATCHDOG: &str = "veps/sig-compute/401-watchdog-escalation/vep.md";
const ZONES: &str = "veps/sig-network/408-interface-trust-zones/vep.md";

fn edit(folder: &Path, file: &str, pairs: &[(&str, &str)]) {
    let file = folder.join(file);
    let mut text = fs::read_to_string(&file).unwrap();
    for (from, to) in pairs {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    fs::write(file, text).unwrap();
}

/// What is due is what the single bump says of it, patch for patch; and a release that is out asks a person, whatever the
/// stage and the state, and changes nothing.
#[test]
fn what_is_due_and_the_single_bump_are_one_verdict() {
    let folder = universe();
    let path = folder.path();
    let people = [("  - TBD", "  - \"@rei-okafor\""), ("  - TBD", "  - \"@jo-lindqvist\"")];
    edit(path, BUDGET, &people);
    git(path, &["commit", "--quiet", "-am", "People"]);
    let ask = |args: &[&str]| -> Value {
        let (_, told, _) = run(path, &[args, &["--format", "json"]].concat());
        serde_json::from_str(&told).unwrap()
    };
    let of = |answer: &Value, number: &str| -> Option<Value> {
        let bumps = answer["bumps"].as_array().unwrap();
        bumps.iter().find(|bump| bump["vep"].as_str().unwrap().starts_with(number)).cloned()
    };
    let due = of(&ask(&["bump", "--due", "--full"]), "VEP-402").unwrap();
    let single = of(&ask(&["bump", "402", "--to", "implementable"]), "VEP-402").unwrap();
    for key in ["to", "outcome", "lacks", "asks", "pull_request"] {
        assert_eq!(due[key], single[key], "{key}");
    }
    assert_eq!((due["outcome"].as_str(), due["pull_request"].is_object()), (Some("ready"), true));
    // Months later all of it is out, and nobody has said what shipped.
    let later = |args: &[&str]| {
        let schedules = schedules();
        let out = command(path, &[args, &["--today", "2027-01-05", "--schedules", &schedules]].concat())
            .output()
            .unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, told, _) = later(&["bump", "--due", "--full", "--format", "json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let bumps = told["bumps"].as_array().unwrap();
    assert_eq!((code, bumps.is_empty()), (Some(0), false));
    for bump in bumps {
        let ways = bump["ways"].as_array().unwrap();
        assert_eq!(
            (bump["outcome"].as_str(), &bump["pull_request"]),
            (Some("a person must decide"), &Value::Null)
        );
        assert_ne!(bump["to"], "deferred");
        let shipped = bump["from"] == "implementable";
        assert_eq!(ways.len(), if shipped { 3 } else { 2 }, "{bump}");
    }
    let (code, _, err) = later(&["bump", "--due", "--commit"]);
    assert!(code == Some(0) && err.contains("nothing is written"), "{err}");
    assert_eq!(git(path, &["branch", "--list"]).lines().count(), 1);
}

/// Each ready bump is committed on a branch of its own that starts at the base; what a person has to decide is not, and a
/// second run does nothing.
#[test]
fn a_batch_commits_what_is_ready_each_on_its_branch() {
    let folder = universe();
    let path = folder.path();
    let (code, _, err) = run(path, &["bump", "--due", "--commit"]);
    assert!(code == 0 && err.contains("nothing is written"), "nothing is due: {err}");
    let people = [("  - TBD", "  - \"@rei-okafor\""), ("  - TBD", "  - \"@jo-lindqvist\"")];
    edit(path, BUDGET, &people);
    edit(path, ZONES, &people[1..]);
    edit(
        path,
        WATCHDOG,
        &[
            ("stage: alpha", "stage: ga"),
            ("  alpha: \"v1.10\"", "  alpha: \"v1.7\"\n  beta: \"v1.8\"\n  ga: \"v1.9\""),
        ],
    );
    git(path, &["commit", "--quiet", "-am", "People"]);
    let base = git(path, &["rev-parse", "HEAD"]);
    let (code, _, err) = run(path, &["bump", "--due", "--commit"]);
    assert_eq!(code, 0, "{err}");
    let branches = git(path, &["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
    assert_eq!(
        branches.lines().collect::<Vec<_>>(),
        ["main", "vep-402-implementable", "vep-408-implementable"]
    );
    for (branch, file) in [("vep-402-implementable", BUDGET), ("vep-408-implementable", ZONES)] {
        assert_eq!(git(path, &["rev-parse", &format!("{branch}~1")]), base);
        assert_eq!(git(path, &["diff", "--name-only", "main", branch]).trim(), file);
    }
    assert_eq!(git(path, &["symbolic-ref", "--short", "HEAD"]).trim(), "main");
    assert_eq!(git(path, &["status", "--porcelain"]), "");
    let (code, _, err) = run(path, &["bump", "--due", "--commit"]);
    assert!(code == 0 && err.contains("vep-402-implementable is there already"), "{err}");
}

/// What is so already is no failure, over both faces.
#[tokio::test]
async fn what_is_so_already_is_said_and_is_no_failure() {
    let folder = universe();
    let (code, told, err) = run(folder.path(), &["bump", "402", "--to", "provisional"]);
    assert!(code == 0 && told.contains("is so already"), "{told}{err}");
    let (code, _, err) = run(folder.path(), &["bump", "402", "--to", "provisional", "--commit"]);
    assert_eq!(code, 0, "{err}");
    let client = connect(folder.path(), &["serve", "--today", TODAY, "--schedules", &schedules()]).await;
    let result = call(&client, "prepare_status_bump", json!({ "vep": 402, "to": "provisional" })).await;
    assert_ne!(result.is_error, Some(true));
    client.cancel().await.unwrap();
}

/// A change cannot choose who reviews it: both verbs read OWNERS of the base branch, as it is now, and say so.
#[test]
fn owners_are_those_of_the_base_branch() {
    let origin = universe();
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    git(folder.path(), &["clone", "--quiet", origin.path().to_str().unwrap(), clone.to_str().unwrap()]);
    fs::write(clone.join("veps/sig-compute/OWNERS"), "reviewers:\n- a-friend\n").unwrap();
    for args in [&["reviewers", "402"][..], &["bump", "402", "--to", "withdrawn"]] {
        let (_, told, err) = run(&clone, args);
        assert!(!told.contains("a-friend"), "{told}{err}");
        assert!(told.contains("as they are in ") && told.contains("`origin/"), "{told}{err}");
        let (_, told, _) = run(origin.path(), args);
        assert!(told.contains("as they are here; Prow reads those of the base branch"), "{told}");
    }
    // The base branch has moved on: Prow reads it as it is now.
    git(&clone, &["checkout", "--quiet", "--", "."]);
    git(&clone, &["commit", "--quiet", "--allow-empty", "-m", "a change"]);
    fs::write(origin.path().join("veps/sig-compute/OWNERS"), "reviewers:\n- newcomer\n").unwrap();
    git(origin.path(), &["commit", "--quiet", "-am", "OWNERS"]);
    git(&clone, &["fetch", "--quiet"]);
    let (_, told, err) = run(&clone, &["reviewers", "402"]);
    assert!(told.contains("newcomer"), "{told}{err}");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_safely_is_not_written() {
    use std::os::unix::fs::PermissionsExt as _;
    use vep_mcp::outside::{Outside, Place};
    use vep_mcp::patch::Patch;
    let folder = universe();
    let outside = Outside::new(Place::Given(folder.path().to_owned()), None);
    let before = fs::read_to_string(folder.path().join(BUDGET)).unwrap();
    let patch = |path: &str, before: Option<&str>| Patch {
        path: path.into(),
        before: before.map(str::to_owned),
        after: "x\n".into(),
    };
    fs::create_dir_all(folder.path().join("veps/sig-compute/9-link")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("veps/sig-compute/9-link/vep.md"))
        .unwrap();
    for (bad, why) in [
        (patch(BUDGET, Some("another text\n")), "changed since"),
        (patch(BUDGET, None), "there already"),
        (patch("../outside.md", None), "no path within"),
        (patch("veps//x.md", None), "no path within"),
        (patch("veps/sig-compute/9-link/vep.md", Some("x")), "symbolic link"),
        (patch("veps/sig-compute/none/vep.md", Some("x")), "No such file"),
    ] {
        let good = Patch { after: "y\n".into(), ..patch(BUDGET, Some(&before)) };
        let failure = outside.write(&[good, bad], None).unwrap_err().to_string();
        assert!(failure.contains(why), "{failure}");
        assert_eq!(fs::read_to_string(folder.path().join(BUDGET)).unwrap(), before, "all or nothing");
    }
    let file = folder.path().join(BUDGET);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    outside.write(&[patch(BUDGET, Some(&before))], None).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}
