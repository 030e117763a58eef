//! A change against its base, in real git repositories.

use crate::rules::lawful;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const CLOCK: &str = "veps/sig-compute/7-guest-clock/vep.md";
const MIRRORS: &str = "veps/sig-network/8-port-mirrors/vep.md";
const TODAY: &str = "2026-08-18";

/// A repository with the lawful world on `main`, and a branch `work` checked out.
struct Repo {
    folder: tempfile::TempDir,
}

impl Repo {
    fn new() -> Self {
        let repo = Self { folder: tempfile::tempdir().unwrap() };
        repo.git(&["init", "--quiet", "-b", "main"]);
        for (path, text) in lawful() {
            repo.write(&path, &text);
        }
        repo.commit("the lawful world");
        repo.git(&["checkout", "--quiet", "-b", "work"]);
        repo
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, args: &[&str]) -> String {
        git(self.path(), args)
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path().join(path)).unwrap();
        assert!(text.contains(from), "{path}: {from}");
        self.write(path, &text.replacen(from, to, 1));
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "--quiet", "-s", "-m", message]);
    }

    fn review(&self, args: &[&str]) -> Answer {
        review(self.path(), args)
    }
}

fn git(folder: &Path, args: &[&str]) -> String {
    let out = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args([
            "-c",
            "user.name=A Person",
            "-c",
            "user.email=person@example.org",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(args)
        .output()
        .unwrap();
    assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// What the command line said.
struct Answer {
    code: i32,
    json: Value,
    err: String,
}

impl Answer {
    fn verdict(&self) -> &str {
        self.json["outcome"].as_str().unwrap_or(&self.err)
    }

    /// How many documents it tells of.
    fn documents(&self) -> usize {
        self.json["documents"].as_array().map_or(0, Vec::len)
    }

    /// All findings: rule, severity, and whether it is new.
    fn found(&self) -> Vec<(String, String, bool)> {
        let documents = self.json["documents"].as_array().into_iter().flatten().chain([&self.json["whole"]]);
        let findings = documents.flat_map(|it| it["findings"].as_array().into_iter().flatten());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        findings.map(|it| (text(&it["rule"]), text(&it["severity"]), it["age"].is_null())).collect()
    }

    fn errors(&self) -> Vec<String> {
        let mut errors: Vec<String> = self
            .found()
            .into_iter()
            .filter(|(_, severity, new)| severity == "error" && *new)
            .map(|(rule, ..)| rule)
            .collect();
        errors.sort();
        errors
    }
}

fn review(folder: &Path, args: &[&str]) -> Answer {
    let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
        .args(["review", "--today", TODAY, "--format", "json"])
        .args(args)
        .current_dir(folder)
        .env_remove("VEP_REPO")
        .output()
        .unwrap();
    let json = serde_json::from_slice(&out.stdout).unwrap_or_default();
    if out.status.code() < Some(2) {
        let told = serde_json::from_str(include_str!("../schemas/report.schema.json")).unwrap();
        let faults: Vec<_> =
            jsonschema::validator_for(&told).unwrap().iter_errors(&json).map(|it| it.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
    Answer { code: out.status.code().unwrap(), json, err: String::from_utf8(out.stderr).unwrap() }
}

#[test]
fn a_change_in_the_working_tree_is_reviewed_against_where_it_parted() {
    let repo = Repo::new();
    let nothing = repo.review(&["--base", "main"]);
    assert_eq!((nothing.code, nothing.verdict(), nothing.documents()), (0, "passes", 0));
    // A sync edit passes; main moves on meanwhile and does not matter.
    repo.edit(CLOCK, "guards the new field", "guards the new field, as merged");
    let synced = repo.review(&["--base", "main"]);
    assert_eq!((synced.code, synced.verdict(), synced.documents()), (0, "passes", 1), "{}", synced.err);
    repo.edit(CLOCK, "status: implementable", "status: provisional");
    let back = repo.review(&["--base", "main"]);
    assert_eq!((back.code, back.verdict(), back.errors()), (1, "fails", vec!["step-lawful".to_owned()]));
    repo.commit("VEP-7: step back");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.edit(MIRRORS, "Traffic of", "All traffic of");
    repo.commit("main moves on");
    // By name, with another branch checked out.
    let named = repo.review(&["--base", "main", "--head", "work"]);
    assert_eq!((named.documents(), named.errors()), (1, vec!["step-lawful".to_owned()]));
    assert!(
        named.json["base"].as_str().unwrap().ends_with("the merge base of `main` and `work`"),
        "{}",
        named.json["base"]
    );
}

#[test]
fn what_was_there_before_fails_no_run_unless_all_is_asked_for() {
    let repo = Repo::new();
    repo.git(&["checkout", "--quiet", "main"]);
    repo.edit(CLOCK, "owning-sig: sig-compute", "owning-sig: sig-storage");
    repo.commit("an old mistake");
    repo.git(&["checkout", "--quiet", "-b", "later"]);
    repo.edit(CLOCK, "guards the new field", "guards a new field");
    let review = repo.review(&["--base", "main"]);
    assert_eq!((review.code, review.verdict(), review.json["before"].as_u64()), (0, "passes", Some(1)));
    assert_eq!(repo.review(&["--base", "main", "--all"]).verdict(), "fails");
    let validate = |args: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
            .args(["validate", "7", "--base", "main", "--today", TODAY])
            .args(args)
            .current_dir(repo.path())
            .output()
            .unwrap();
        (out.status.code().unwrap(), String::from_utf8(out.stdout).unwrap())
    };
    let (code, said) = validate(&[]);
    assert_eq!((code, said.contains("; 1 there before")), (0, true), "{said}");
    let (code, said) = validate(&["--all"]);
    let told = said.contains("error[sig-agrees]: ") && said.contains("(there before)");
    assert_eq!((code, told), (1, true), "{said}");
    // Another mistake in its place is a new one.
    repo.edit(CLOCK, "owning-sig: sig-storage", "owning-sig: sig-release");
    assert_eq!(repo.review(&["--base", "main"]).errors(), ["sig-agrees"]);
}

#[test]
fn a_renamed_vep_is_the_same_vep_and_a_deleted_one_is_missed() {
    let repo = Repo::new();
    fs::create_dir_all(repo.path().join("veps/sig-network/8-traffic-mirrors")).unwrap();
    fs::rename(repo.path().join(MIRRORS), repo.path().join("veps/sig-network/8-traffic-mirrors/vep.md"))
        .unwrap();
    repo.edit("veps/sig-network/8-traffic-mirrors/vep.md", "Traffic of", "All traffic of");
    let renamed = repo.review(&["--base", "main"]);
    assert_eq!((renamed.verdict(), renamed.documents()), ("passes", 1), "{:?}", renamed.found());
    assert_eq!(renamed.json["documents"][0]["class"], "governed");
    fs::remove_file(repo.path().join(CLOCK)).unwrap();
    assert_eq!(repo.review(&["--base", "main"]).errors(), ["document-kept"]);
}

#[test]
fn a_declaration_leaves_the_error_to_a_person() {
    let repo = Repo::new();
    repo.edit(CLOCK, "status: implementable", "status: provisional");
    let declared = repo.review(&["--base", "main", "--declare", "correction=it was merged by mistake"]);
    assert_eq!((declared.code, declared.verdict()), (0, "a person must decide"));
    let meant = &declared.json["documents"][0]["findings"][0];
    assert_eq!(meant["rule"], "step-lawful");
    assert_eq!(meant["declared"], "correction: it was merged by mistake");
    // It speaks of its own error and of no other.
    assert_eq!(repo.review(&["--base", "main", "--declare", "backfill=old"]).verdict(), "fails");
    for (declaration, says) in [("correction", "without a reason"), ("mistake=x", "cannot be declared")] {
        let refused = repo.review(&["--base", "main", "--declare", declaration]);
        assert_eq!((refused.code, refused.err.contains(says)), (2, true), "{}", refused.err);
    }
}

#[test]
fn title_labels_and_commits_are_reviewed_where_they_are_known() {
    let repo = Repo::new();
    repo.edit(CLOCK, "guards the new field", "guards a new field");
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "--quiet", "-m", "say it shorter\n\nfixes #7"]);
    let review = repo.review(&["--base", "main", "--title", "Clock: say it shorter", "--labels", "kind/vep"]);
    assert_eq!(review.errors(), ["pr-signed-off", "pr-signed-off"]);
    let warned: Vec<_> = review
        .found()
        .into_iter()
        .filter(|(_, severity, _)| severity == "warning")
        .map(|(rule, ..)| rule)
        .collect();
    assert_eq!(warned, ["pr-title", "pr-labels"]);
    assert!(review.json["people"].to_string().contains("an LGTM from each participating SIG: `sig-network`"));
    let body = tempfile::NamedTempFile::new().unwrap();
    fs::write(body.path(), "**Tracking issue**: 7\n").unwrap();
    let args = ["--base", "main", "--author", "Bo-Linde", "--body", body.path().to_str().unwrap()];
    let review = repo.review(&args);
    assert!(
        review.json["people"].to_string().contains("`@Bo-Linde` opens it and is named to judge it"),
        "{}",
        review.json["people"]
    );
    let notes = review.json["notes"].to_string();
    assert!(notes.contains("no “SIG label”") && !notes.contains("no “Tracking issue”"), "{notes}");
}

#[test]
fn names_that_are_no_commits_are_refused_and_nothing_is_written() {
    let repo = Repo::new();
    let before = repo.git(&["status", "--porcelain", "--ignored"]);
    let long = "x".repeat(300);
    for name in [
        "nope",
        "--output=pwned",
        "-x",
        "main\nHEAD",
        "$(touch pwned)",
        "main:veps",
        "HEAD^{tree}",
        "",
        "ext::sh -c touch",
        "main..work",
        &long,
    ] {
        for option in ["--base", "--head"] {
            let refused = repo.review(&[&format!("{option}={name}")]);
            assert_eq!(refused.code, 2, "{option} {name}: {}", refused.err);
            assert!(refused.err.contains("git:"), "{}", refused.err);
        }
    }
    assert_eq!(repo.git(&["status", "--porcelain", "--ignored"]), before);
}

/// Worktrees, detached heads, folders below the top, sparse checkouts: all are reviewed alike.
#[test]
fn every_kind_of_checkout_is_reviewed() {
    let repo = Repo::new();
    repo.edit(CLOCK, "status: implementable", "status: provisional");
    repo.commit("VEP-7: step back");
    let expected = ["step-lawful"];
    let tree = tempfile::tempdir().unwrap();
    let tree = tree.path().join("tree");
    repo.git(&["worktree", "add", "--quiet", "--detach", tree.to_str().unwrap(), "work"]);
    assert_eq!(review(&tree, &["--base", "main"]).errors(), expected);
    assert_eq!(review(&tree.join("veps/sig-compute"), &["--base", "main"]).errors(), expected);
    repo.git(&["checkout", "--quiet", "--detach", "work"]);
    assert_eq!(repo.review(&["--base", "main"]).errors(), expected);
    // The tree of a repository that keeps the checkout in a folder of its own.
    let outer = tempfile::tempdir().unwrap();
    git(outer.path(), &["init", "--quiet", "-b", "main"]);
    for (path, text) in lawful() {
        let file = outer.path().join("inner").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    git(outer.path(), &["add", "-A"]);
    git(outer.path(), &["commit", "--quiet", "-m", "x"]);
    let inner = outer.path().join("inner");
    let text = fs::read_to_string(inner.join(CLOCK)).unwrap();
    fs::write(inner.join(CLOCK), text.replace("status: implementable", "status: provisional")).unwrap();
    assert_eq!(review(&inner, &["--base", "main"]).errors(), expected);
}

#[test]
fn clones_that_lack_history_or_objects_say_how_to_get_them() {
    let repo = Repo::new();
    repo.edit(CLOCK, "guards the new field", "guards a new field");
    repo.commit("VEP-7: one");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.edit(MIRRORS, "Traffic of", "All traffic of");
    repo.commit("VEP-8: two");
    repo.git(&["checkout", "--quiet", "-b", "other", "main"]);
    repo.edit(MIRRORS, "All traffic of", "Every bit of");
    repo.commit("VEP-8: three");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let source = format!("file://{}", repo.path().display());
    let clone = |args: &[&str]| -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("clone");
        let mut all = vec!["clone", "--quiet", "--no-single-branch"];
        all.extend(args);
        all.extend([source.as_str(), target.to_str().unwrap()]);
        git(folder.path(), &all);
        (folder, target)
    };
    let (_full, full) = clone(&[]);
    git(&full, &["checkout", "--quiet", "work"]);
    // Without --base: the upstream default branch.
    let review_full = review(&full, &[]);
    assert_eq!((review_full.verdict(), review_full.documents()), ("passes", 1), "{}", review_full.err);
    assert!(
        review_full.json["base"].as_str().unwrap().contains("merge base of `origin/"),
        "{}",
        review_full.json["base"]
    );
    let (_shallow, shallow) = clone(&["--depth", "1"]);
    git(&shallow, &["checkout", "--quiet", "work"]);
    let refused = review(&shallow, &[]);
    assert_eq!((refused.code, refused.err.contains("git fetch --unshallow")), (3, true), "{}", refused.err);
    let (_partial, partial) = clone(&["--filter=blob:none"]);
    git(&partial, &["checkout", "--quiet", "work"]);
    let refused = review(&partial, &["--base", "origin/main", "--head", "origin/other"]);
    assert_eq!((refused.code, refused.err.contains("git fetch --refetch")), (3, true), "{}", refused.err);
}

#[test]
fn upstreams_draft_checks_stand_beside_ours_where_they_are_asked_for() {
    let repo = Repo::new();
    repo.edit(MIRRORS, "Traffic of", "All traffic of");
    let notes = "veps/sig-network/8-port-mirrors/notes.md";
    repo.write(notes, "# Notes\n");
    assert_eq!(repo.review(&["--base", "main"]).json["upstream"], Value::Null);
    let review = repo.review(&["--base", "main", "--upstream"]);
    let said = |path: &str| {
        let all = review.json["upstream"].as_array().unwrap();
        all.iter().find(|said| said["path"] == path).unwrap_or_else(|| panic!("{path}: {all:#?}")).clone()
    };
    // The number is asked online, and nothing else stands in the way.
    assert_eq!(
        (said(MIRRORS)["word"].as_str(), said(MIRRORS)["remarks"][0]["check"].as_str()),
        (Some("unknown"), Some("number-is-issue"))
    );
    assert_eq!(said(notes)["word"], "fail");
    assert_eq!(said(notes)["differences"][0]["ours"], "not judged");
    assert_eq!(review.json["upstream"].as_array().unwrap().len(), 2);
}

#[test]
fn where_there_is_no_git_repository_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("veps")).unwrap();
    let refused = review(folder.path(), &["--base", "main"]);
    assert_eq!((refused.code, refused.err.contains("git:")), (3, true), "{}", refused.err);
    assert!(!refused.err.contains(folder.path().to_str().unwrap()), "{}", refused.err);
    git(folder.path(), &["init", "--quiet"]);
    let unborn = review(folder.path(), &[]);
    assert_eq!((unborn.code, unborn.err.contains("there is no commit `HEAD`")), (3, true), "{}", unborn.err);
    let repo = Repo::new();
    let no_upstream = repo.review(&[]);
    assert_eq!(
        (no_upstream.code, no_upstream.err.contains("name the base with --base")),
        (3, true),
        "{}",
        no_upstream.err
    );
    let no_git = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
        .args(["review", "--base", "main"])
        .current_dir(repo.path())
        .env("PATH", "")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&no_git.stderr).contains("the git program cannot be run"));
}

/// Nothing that a repository configures is run, and nothing in it is changed.
#[cfg(unix)]
#[test]
fn what_the_repository_configures_is_not_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let repo = Repo::new();
    // Whoever lists signed commits may be made to check them with a program of the repository's choice.
    sign(&repo);
    let trap = repo.path().join(".git/trap.sh");
    fs::write(&trap, format!("#!/bin/sh\ntouch {}\ncat\n", repo.path().join(".git/sprung").display()))
        .unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    for hook in ["post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"] {
        fs::create_dir_all(repo.path().join(".git/hooks")).unwrap();
        fs::copy(&trap, repo.path().join(".git/hooks").join(hook)).unwrap();
    }
    let trap = trap.to_str().unwrap();
    repo.write(".gitattributes", "*.md filter=trap diff=trap\n");
    for (key, value) in [
        ("core.fsmonitor", trap),
        ("filter.trap.clean", trap),
        ("filter.trap.smudge", trap),
        ("filter.trap.process", trap),
        ("diff.trap.textconv", trap),
        ("diff.trap.command", trap),
        ("diff.external", trap),
        ("core.pager", trap),
        ("gpg.program", trap),
        ("log.showSignature", "true"),
        ("core.alternateRefsCommand", trap),
    ] {
        fs::write(
            repo.path().join(".git/config"),
            fs::read_to_string(repo.path().join(".git/config")).unwrap() + &section(key, value),
        )
        .unwrap();
    }
    let text = fs::read_to_string(repo.path().join(CLOCK)).unwrap();
    repo.write(CLOCK, &text.replace("status: implementable", "status: provisional"));
    let index = fs::read(repo.path().join(".git/index")).unwrap();
    assert_eq!(repo.review(&["--base", "main"]).errors(), ["step-lawful"]);
    for past in [&["show", "7"][..], &["migrate", "--status"], &["query", "--as-of", "work"]] {
        let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp")).args(past).current_dir(repo.path()).output();
        let out = out.unwrap();
        assert!(out.status.success(), "{past:?}: {}", String::from_utf8_lossy(&out.stderr));
    }
    assert!(!repo.path().join(".git/sprung").exists(), "something of the repository's was run");
    assert_eq!(fs::read(repo.path().join(".git/index")).unwrap(), index);
}

/// Puts a signed commit on top of the branch; who signed it is nobody's business here.
#[cfg(unix)]
fn sign(repo: &Repo) {
    let commit = repo.git(&["cat-file", "commit", "HEAD"]);
    let (head, message) = commit.split_once("\n\n").unwrap();
    let (tree, people) = head.split_once('\n').unwrap();
    let head = format!("{tree}\nparent {}\n{people}", repo.git(&["rev-parse", "HEAD"]));
    let signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----";
    repo.write(".git/signed", &format!("{head}\n{signature}\n\n{message}\n"));
    let signed = repo.git(&["hash-object", "-t", "commit", "-w", "--no-filters", ".git/signed"]);
    repo.git(&["update-ref", "refs/heads/work", &signed]);
}

/// One line of a git configuration, with its section.
#[cfg(unix)]
fn section(key: &str, value: &str) -> String {
    let (section, name) = key.rsplit_once('.').unwrap();
    let section = match section.split_once('.') {
        Some((section, sub)) => format!("{section} \"{sub}\""),
        None => section.to_owned(),
    };
    format!("[{section}]\n\t{name} = {value}\n")
}

/// A change can break a VEP that it does not touch, and need not answer for what was wrong before.
#[test]
fn what_a_change_breaks_elsewhere_is_its_own() {
    let repo = Repo::new();
    repo.git(&["checkout", "--quiet", "main"]);
    repo.edit(MIRRORS, "status: provisional", "status: replaced");
    repo.edit(
        MIRRORS,
        "milestone:\n  alpha: \"v1.10\"\n",
        "milestone:\n  alpha: \"v1.10\"\nsuperseded-by: 7\n",
    );
    repo.edit(CLOCK, "replaces: \"\"", "replaces: 8");
    repo.edit("veps/sig-network/OWNERS", "reviewers:", "approvers:\n  - cy-moran\nreviewers:");
    repo.commit("a pair, and an old mistake in OWNERS");
    repo.git(&["checkout", "--quiet", "-b", "later"]);
    repo.edit(CLOCK, "replaces: 8", "replaces: \"\"");
    let review = repo.review(&["--base", "main"]);
    let found: Vec<_> = review
        .found()
        .into_iter()
        .filter(|(_, severity, new)| *new && severity != "advice")
        .map(|(rule, ..)| rule)
        .collect();
    assert_eq!((found, review.documents()), (vec!["succession-answers".to_owned()], 2), "{}", review.json);
    repo.edit("veps/sig-network/OWNERS", "labels:", "# the SIG's own\nlabels:");
    assert_eq!(repo.review(&["--base", "main"]).verdict(), "passes");
    repo.edit("veps/sig-network/OWNERS", "  - cy-moran", "  - cy-moran\n  - ada-brook");
    assert_eq!(repo.review(&["--base", "main"]).errors(), ["owners-suggest-only"]);
    fs::remove_file(repo.path().join("veps/sig-network/OWNERS")).unwrap();
    let gone = repo.review(&["--base", "main"]);
    assert!(
        gone.found().contains(&("sig-has-reviewers".into(), "warning".into(), true)),
        "{:?}",
        gone.found()
    );
}

/// The number of a pull request that the base branch has merged is not that of an issue; a number that its subjects
/// only speak of is.
#[test]
fn a_number_of_a_merged_pull_request_is_told_from_the_history() {
    let repo = Repo::new();
    repo.git(&["commit", "--quiet", "--allow-empty", "-m", "VEP #11: port copies (#12) (#13)"]);
    repo.git(&["branch", "--force", "main", "work"]);
    let new = fs::read_to_string(repo.path().join(MIRRORS)).unwrap();
    let new = new.replace("vep-number: 8", "vep-number: 13").replace("VEP #8", "VEP #13");
    repo.write("veps/sig-network/13-port-copies/vep.md", &new);
    let merged = repo.review(&["--base", "main"]);
    assert_eq!(merged.errors(), ["number-is-issue"]);
    for number in ["11", "12", "14"] {
        fs::remove_dir_all(repo.path().join("veps/sig-network")).unwrap();
        repo.git(&["checkout", "--quiet", "--", "veps"]);
        let new = new.replace("vep-number: 13", &format!("vep-number: {number}"));
        let new = new.replace("VEP #13", &format!("VEP #{number}"));
        repo.write(&format!("veps/sig-network/{number}-port-copies/vep.md"), &new);
        assert!(repo.review(&["--base", "main"]).errors().is_empty(), "{number}");
    }
    // The subject of the branch itself is no evidence: it is not merged.
    repo.commit("Propose port copies (#14)");
    assert!(repo.review(&["--base", "main"]).errors().is_empty());
}

/// What a verb says of a checkout, by the command line.
fn run(folder: &Path, args: &[&str]) -> Answer {
    let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
        .args(args)
        .args(["--today", TODAY, "--format", "json"])
        .current_dir(folder)
        .env_remove("VEP_REPO")
        .output()
        .unwrap();
    let json = serde_json::from_slice(&out.stdout).unwrap_or_default();
    Answer { code: out.status.code().unwrap(), json, err: String::from_utf8(out.stderr).unwrap() }
}

/// Every format says that there is no change, and by which base.
#[test]
fn nothing_differs_is_said_in_every_format() {
    let repo = Repo::new();
    let id = repo.git(&["rev-parse", "--short=9", "HEAD"]);
    let said = format!("nothing differs from {id}, the merge base of `main` and the working tree");
    // A file that was written again, and stayed as it is, does not differ.
    let text = fs::read_to_string(repo.path().join(CLOCK)).unwrap();
    repo.write(CLOCK, &text);
    for format in ["text", "markdown", "json", "sarif", "github"] {
        let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
            .args(["review", "--base", "main", "--today", TODAY, "--format", format])
            .current_dir(repo.path())
            .output()
            .unwrap();
        let told = String::from_utf8(out.stdout).unwrap().to_lowercase();
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(out.status.code(), Some(0), "{format}: {told}");
        assert!(told.contains(&said.to_lowercase()), "{format}: {told}");
        assert!(!told.contains("0 documents"), "{format}: {told}");
    }
    // A change of any file is one: an image, OWNERS, a file beside the VEPs.
    repo.write("veps/sig-compute/7-guest-clock/clock.png", "one");
    repo.write("tools/check.sh", "one");
    repo.commit("files");
    repo.git(&["branch", "--force", "main", "work"]);
    let is_said = || repo.review(&["--base", "main"]).json["nothing"].is_string();
    assert!(is_said());
    for path in ["veps/sig-compute/7-guest-clock/clock.png", "tools/check.sh", "OWNERS", CLOCK] {
        let before = fs::read_to_string(repo.path().join(path)).unwrap();
        repo.write(path, &format!("{before}\n# more\n"));
        repo.git(&["add", "-A"]);
        assert!(!is_said(), "{path}");
        repo.write(path, &before);
        repo.git(&["add", "-A"]);
    }
    repo.write("veps/sig-compute/7-guest-clock/other.png", "two");
    assert!(!is_said());
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "--quiet", "-s", "-m", "VEP-7: an image"]);
    assert!(repo.review(&["--base", "main", "--head", "work"]).json["nothing"].is_null());
}

/// Without --base both verbs take where the checkout parted from the upstream branch, and say so; where there is none
/// `validate` judges the files as they are.
#[test]
fn validate_takes_the_base_that_review_takes() {
    let repo = Repo::new();
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    git(
        folder.path(),
        &["clone", "--quiet", "-b", "work", repo.path().to_str().unwrap(), clone.to_str().unwrap()],
    );
    let text = fs::read_to_string(clone.join(CLOCK)).unwrap();
    fs::write(clone.join(CLOCK), text.replace("status: implementable", "status: provisional")).unwrap();
    let (reviewed, validated) = (run(&clone, &["review"]), run(&clone, &["validate"]));
    assert_eq!(reviewed.errors(), ["step-lawful"]);
    assert_eq!((validated.code, validated.errors()), (1, reviewed.errors()));
    assert_eq!(validated.json["base"], reviewed.json["base"]);
    assert!(validated.json["base"].as_str().unwrap().contains("the merge base of `origin/"));
    // Of a VEP that was asked for by name what was there before is told, too.
    let named = run(&clone, &["validate", "5"]);
    assert_eq!(named.code, 0);
    let text = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
        .args(["validate", "5", "--today", TODAY])
        .current_dir(&clone)
        .output()
        .unwrap();
    assert!(String::from_utf8(text.stdout).unwrap().contains("front-matter-present"));
    // No upstream branch; a shallow clone; no merge base; no repository.
    let none = "none is known";
    let is_plain =
        |folder: &Path| run(folder, &["validate"]).json["base"].as_str().unwrap().starts_with(none);
    assert!(is_plain(repo.path()));
    let shallow = folder.path().join("shallow");
    let source = format!("file://{}", repo.path().display());
    repo.git(&["checkout", "--quiet", "main"]);
    repo.edit(MIRRORS, "Traffic of", "All traffic of");
    repo.commit("main moves on");
    repo.git(&["checkout", "--quiet", "work"]);
    repo.edit(CLOCK, "guards the new field", "guards a new field");
    repo.commit("work moves on");
    repo.git(&["checkout", "--quiet", "main"]);
    let depth =
        ["clone", "--quiet", "--depth", "1", "--no-single-branch", &source, shallow.to_str().unwrap()];
    git(folder.path(), &depth);
    git(&shallow, &["checkout", "--quiet", "work"]);
    assert!(is_plain(&shallow));
    git(&clone, &["checkout", "--quiet", "--force", "--orphan", "other"]);
    git(&clone, &["commit", "--quiet", "-m", "of its own"]);
    assert!(is_plain(&clone));
    fs::remove_dir_all(clone.join(".git")).unwrap();
    assert!(is_plain(&clone));
}

/// What nobody could read has not passed: whatever the reason, with and without a base, in both verbs.
#[cfg(unix)]
#[test]
fn what_was_not_read_has_not_passed() {
    use std::os::unix::fs::symlink;
    type Break = fn(&Path);
    let large = |path: &Path| fs::write(path, "x".repeat((2 << 20) + 1)).unwrap();
    let link = |path: &Path| {
        let elsewhere = path.ancestors().nth(4).unwrap().join("moved.md");
        fs::rename(path, &elsewhere).unwrap();
        symlink(&elsewhere, path).unwrap();
    };
    let latin = |path: &Path| {
        let mut bytes = fs::read(path).unwrap();
        bytes.extend(b"caf\xe9\n");
        fs::write(path, bytes).unwrap();
    };
    let folder = |path: &Path| {
        let folder = path.parent().unwrap();
        let elsewhere = folder.ancestors().nth(3).unwrap().join("moved");
        fs::rename(folder, &elsewhere).unwrap();
        symlink(&elsewhere, folder).unwrap();
    };
    let kinds: [(&str, Break); 4] = [("large", large), ("link", link), ("latin", latin), ("folder", folder)];
    for (kind, make) in kinds {
        let repo = Repo::new();
        make(&repo.path().join(CLOCK));
        let validated = run(repo.path(), &["validate"]);
        // A link in the place of a folder lies in no VEP's folder, too.
        let told = |answer: &Answer| {
            let errors =
                answer.errors().into_iter().filter(|rule| kind != "folder" || rule != "path-conventional");
            (answer.code, errors.collect::<Vec<_>>()) == (1, vec!["front-matter-parses".to_owned()])
        };
        assert!(told(&validated), "{kind}: {:?}", validated.errors());
        let reviewed = repo.review(&["--base", "main"]);
        assert!(told(&reviewed), "{kind}: {:?}", reviewed.errors());
        let finding = reviewed.json.to_string();
        assert!(finding.contains("veps/sig-compute/7-guest-clock"), "{kind}");
        // Other VEPs that are asked for by name have nothing to do with it.
        assert_eq!(run(repo.path(), &["validate", "8"]).code, 0, "{kind}");
        assert_ne!(run(repo.path(), &["validate", "7"]).code, 0, "{kind}");
        // The same as a commit.
        repo.commit("VEP-7: unread");
        let reviewed = repo.review(&["--base", "main", "--head", "work"]);
        assert!(told(&reviewed), "{kind}: {:?}", reviewed.errors());
        // What was unread before is not this change's.
        repo.git(&["branch", "--force", "main", "work"]);
        repo.edit(MIRRORS, "Traffic of", "All traffic of");
        let later = repo.review(&["--base", "main"]);
        assert_eq!((later.code, later.errors().len()), (0, 0), "{kind}: {:?}", later.json);
    }
    // A file beside a VEP has to be read where the change brings it.
    let repo = Repo::new();
    large(&repo.path().join("veps/sig-compute/7-guest-clock/appendix.md"));
    assert_eq!(repo.review(&["--base", "main"]).errors(), ["front-matter-parses"]);
    let alone = run(repo.path(), &["validate"]);
    assert_eq!((alone.code, alone.errors().len(), alone.found().len() > 1), (0, 0, true));
}

/// A document that the base branch has changed meanwhile is told, with whether the two merge; where they do, what the merge
/// would leave is judged, against what stands on the base branch.
#[test]
fn what_the_base_branch_has_changed_meanwhile_is_told() {
    let repo = Repo::new();
    let notes = |answer: &Answer| answer.json["notes"].to_string();
    let on_main = |from: &str, to: &str| {
        repo.git(&["checkout", "--quiet", "--force", "main"]);
        repo.edit(CLOCK, from, to);
        repo.commit("main moves on");
        repo.git(&["checkout", "--quiet", "work"]);
    };
    repo.edit(CLOCK, "guards the new field", "guards the field");
    repo.commit("VEP-7: words");
    // Another document, or the same words, is no news.
    repo.git(&["checkout", "--quiet", "main"]);
    repo.edit(MIRRORS, "Traffic of", "All traffic of");
    repo.commit("another VEP");
    repo.git(&["checkout", "--quiet", "work"]);
    assert!(!notes(&repo.review(&["--base", "main"])).contains("base branch"));
    // Far from the change: it merges. What was wrong on main alone is not this change's.
    on_main("status: implementable", "status: implementible");
    let merges = repo.review(&["--base", "main"]);
    assert!(notes(&merges).contains("The two merge"), "{}", notes(&merges));
    assert_eq!((merges.code, merges.errors().len()), (0, 0), "{:?}", merges.json);
    let before = repo.review(&["--base", "main", "--all"]);
    assert!(before.found().contains(&("status-known".into(), "error".into(), false)), "{:?}", before.found());
    // The same lines: it does not, and the branch's own file is judged.
    on_main("guards the new field", "guards some field");
    let conflicts = repo.review(&["--base", "main"]);
    assert!(notes(&conflicts).contains("does not merge"), "{}", notes(&conflicts));
    assert_eq!(conflicts.verdict(), "passes");
    let id = repo.git(&["rev-parse", "--short=9", "main"]);
    assert!(notes(&conflicts).contains(&id));
    // Removed there.
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["rm", "--quiet", "-r", "veps/sig-compute/7-guest-clock"]);
    repo.commit("gone");
    repo.git(&["checkout", "--quiet", "work"]);
    assert!(notes(&repo.review(&["--base", "main"])).contains("was removed from the base branch"));
    let objects = repo.git(&["count-objects", "-v"]);
    repo.review(&["--base", "main"]);
    assert_eq!(repo.git(&["count-objects", "-v"]), objects, "nothing is written");
}

/// The one pull request of the real corpus that conflicts with main says so, and no other does.
#[test]
fn the_real_pull_request_that_conflicts_says_so() {
    let Some(checkout) = crate::wild::checkout() else { return };
    let mut conflicting = Vec::new();
    for number in [331, 346, 350, 367, 378, 380, 384, 386, 390, 393, 398, 421, 423, 430] {
        let answer = review(checkout, &["--base", "main", "--head", &format!("origin/pr/{number}")]);
        if answer.json["notes"].to_string().contains("does not merge") {
            conflicting.push(number);
        }
    }
    assert_eq!(conflicting, [331]);
}

/// On a day before the commits of a branch nothing is dated into the future.
#[test]
fn nothing_is_dated_into_the_future() {
    let repo = Repo::new();
    let ask = |today: &str| -> Value {
        let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
            .args(["migrate", "5", "--today", today, "--format", "json"])
            .current_dir(repo.path())
            .output()
            .unwrap();
        let answer: Value = serde_json::from_slice(&out.stdout).unwrap();
        let values = answer["migrations"][0]["detail"]["values"].as_array().unwrap().clone();
        values.into_iter().find(|value| value["key"] == "creation-date").unwrap()
    };
    let day = repo.git(&["log", "-1", "--format=%as"]);
    assert_eq!(ask("2031-01-01")["value"], day.as_str());
    let before = ask("2020-01-01");
    assert_eq!(before["value"], "TBD");
    assert!(before.to_string().contains(&day), "it says why: {before}");
}
