//! A checkout that lies elsewhere: cloned, refreshed, reviewed, and read from the cache when nothing answers.

use crate::faces::{call, connect_with, text};
use crate::golden;
use crate::wild;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const DOCUMENT: &str = "veps/sig-compute/402-boot-time-budget/vep.md";

/// A remote repository with the example in it, and a person with a cache.
struct Elsewhere {
    folder: tempfile::TempDir,
}

impl Elsewhere {
    fn new() -> Self {
        let it = Self { folder: tempfile::tempdir().unwrap() };
        crate::bump::copy(&golden::root().join("examples/enhancements"), &it.work());
        it.git(&["init", "--quiet", "-b", "main"]);
        it.commit("the example");
        let bare = ["clone", "--quiet", "--bare", ".", "../remote.git"];
        it.git(&bare);
        it.git(&["remote", "add", "origin", "../remote.git"]);
        it
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn remote(&self) -> String {
        self.folder.path().join("remote.git").display().to_string()
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn git(&self, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.work()).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
        let out = command.args(args).output().unwrap();
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "--quiet", "-s", "-m", message]);
    }

    /// Changes the status of a VEP on a branch and pushes it under a name.
    fn push(&self, status: &str, to: &str) {
        let file = self.work().join(DOCUMENT);
        let text = fs::read_to_string(&file).unwrap();
        let from = text.lines().find(|line| line.starts_with("status: ")).unwrap().to_owned();
        fs::write(&file, text.replace(&from, &format!("status: {status}"))).unwrap();
        self.commit(&format!("VEP-402: {status}"));
        self.git(&["push", "--quiet", "--force", "origin", &format!("HEAD:{to}")]);
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vep-mcp"));
        command.args(args).env("XDG_CACHE_HOME", self.cache()).current_dir(self.folder.path());
        command.env_remove("VEP_ONLINE").env_remove("VEP_REPO");
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// The status that VEP-402 has there, and what was said beside the answer.
    fn status(&self, args: &[&str]) -> (String, String) {
        let remote = self.remote();
        let out = self.run(&[&["show", "402", "--format", "json", "--repo", &remote], args].concat());
        let err = String::from_utf8(out.stderr).unwrap();
        assert!(out.status.success(), "{err}");
        let answer: Value = serde_json::from_slice(&out.stdout).unwrap();
        let facts = answer["facts"].as_array().unwrap();
        let status = facts.iter().find(|fact| fact["name"] == "status").unwrap();
        (status["value"].as_str().unwrap().to_owned(), err)
    }

    fn clones(&self) -> Vec<PathBuf> {
        let clones = fs::read_dir(self.cache().join("vep-mcp/clones")).into_iter().flatten();
        // Beside a clone lies the file by which servers take turns.
        let clones = clones.map(|entry| entry.unwrap().path());
        clones.filter(|path| path.extension().is_none_or(|it| it != "turn")).collect()
    }

    /// Makes the clone as old as that.
    fn age(&self, hours: i64) {
        let then = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
        for clone in self.clones() {
            fs::write(clone.join("vep-mcp-refreshed"), then.to_string()).unwrap();
        }
    }
}

#[test]
fn a_clone_is_made_refreshed_now_and_then_and_serves_when_nothing_answers() {
    let elsewhere = Elsewhere::new();
    let (status, err) = elsewhere.status(&[]);
    assert_eq!(status, "provisional");
    assert!(err.contains("fetching `") && err.contains("read from `"), "{err}");
    assert_eq!(elsewhere.clones().len(), 1);
    elsewhere.push("deferred", "refs/heads/main");
    // For a few minutes the clone counts.
    let (status, err) = elsewhere.status(&[]);
    assert_eq!(status, "provisional");
    assert!(!err.contains("fetching") && err.contains(", just now"), "{err}");
    elsewhere.age(1);
    assert_eq!(elsewhere.status(&["--offline"]).0, "provisional", "nothing is fetched then");
    assert_eq!(elsewhere.status(&[]).0, "deferred");
    // Once it is gone, the clone answers with its age.
    elsewhere.age(72);
    fs::rename(elsewhere.folder.path().join("remote.git"), elsewhere.folder.path().join("gone.git")).unwrap();
    for (args, says) in [(&[][..], "not refreshed: `fatal"), (&["--offline"], "not refreshed: --offline")] {
        let (status, err) = elsewhere.status(args);
        assert_eq!(status, "deferred");
        assert!(err.contains("3 days ago") && err.contains(says), "{err}");
    }
}

#[test]
fn what_is_not_there_is_said_and_nothing_is_left_behind() {
    let elsewhere = Elsewhere::new();
    let trap = elsewhere.folder.path().join("sprung");
    let helper = format!("ext::sh -c 'touch {}' ://", trap.display());
    for (place, says) in [
        ("file:///no/such/place", "does not appear to be a git repository"),
        ("https://127.0.0.1:1/enhancements", "127.0.0.1"),
        ("http://127.0.0.1:1/enhancements", "not allowed"),
        ("git://127.0.0.1:1/enhancements", "not allowed"),
        (helper.as_str(), "not allowed"),
        ("https://me:secret@127.0.0.1:1/enhancements", "127.0.0.1"),
        ("https://secret@127.0.0.1:1/enhancements", "127.0.0.1"),
        ("no/such/folder", "no folder `veps/`"),
    ] {
        let out = elsewhere.run(&["query", "--repo", place]);
        let err = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(3), "{place}: {err}");
        assert!(err.contains(says) && !err.contains("secret"), "{place}: {err}");
        assert_eq!(elsewhere.clones(), [""; 0].map(PathBuf::from), "{place}");
    }
    assert!(!trap.exists(), "a remote was made to run something");
    let out = elsewhere.run(&["query", "--offline", "--repo", "https://example.org/enhancements"]);
    let err = String::from_utf8(out.stderr).unwrap();
    assert!(err.contains("nothing was kept of `https://example.org/enhancements`"), "{err}");
}

#[test]
fn a_pull_request_is_judged_against_where_it_parted() {
    let elsewhere = Elsewhere::new();
    let remote = elsewhere.remote();
    elsewhere.git(&["checkout", "--quiet", "-b", "feature"]);
    elsewhere.push("implemented", "refs/pull/7/head");
    elsewhere.git(&["checkout", "--quiet", "main"]);
    elsewhere.push("deferred", "refs/heads/main");
    let review = |args: &[&str]| {
        let fixed = ["review", "--repo", &remote, "--format", "json", "--today", "2026-08-18"];
        let out = elsewhere.run(&[&fixed, args].concat());
        (out.status.code(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, told, err) = review(&["--pr", "7"]);
    assert_eq!(code, Some(1), "{err}");
    assert!(told.contains("step-lawful") && told.contains("provisional"), "{told}");
    // Without the network it is what was fetched before; another one is not there.
    let (code, again, err) = review(&["--pr", "7", "--offline"]);
    assert_eq!((code, &again), (Some(1), &told));
    assert!(err.contains("the pull request as it was fetched before"), "{err}");
    let (code, _, err) = review(&["--pr", "8"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("has no pull request 8"), "{err}");
    let (code, _, err) = review(&[]);
    assert_eq!(code, Some(2));
    assert!(err.contains("--head BRANCH or --pr NUMBER"), "{err}");
    // A checkout of somebody's own is no place to fetch into.
    let out = elsewhere.run(&["review", "--pr", "7", "--repo", "work"]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("never into your checkout"));
}

#[test]
fn branches_that_are_gone_or_pushed_anew_are_followed() {
    let elsewhere = Elsewhere::new();
    let remote = elsewhere.remote();
    elsewhere.git(&["checkout", "--quiet", "-b", "feature"]);
    elsewhere.push("withdrawn", "refs/heads/feature");
    let head = |name: &str| {
        let out = elsewhere.run(&["review", "--repo", &remote, "--head", name, "--format", "json"]);
        (out.status.code(), String::from_utf8_lossy(&out.stdout).contains("step-lawful"))
    };
    assert_eq!(head("feature"), (Some(0), true), "{:?}", head("feature"));
    elsewhere.git(&["reset", "--quiet", "--hard", "main"]);
    elsewhere.push("implemented", "refs/heads/feature");
    elsewhere.age(1);
    assert_eq!(head("feature").0, Some(1), "what was pushed by force counts");
    assert_eq!(head("origin/feature").0, Some(1), "under either name");
    elsewhere.git(&["push", "--quiet", "origin", ":feature"]);
    elsewhere.age(1);
    assert_eq!(head("feature").0, Some(2));
}

#[test]
fn many_at_once_share_a_clone_and_a_broken_one_is_made_anew() {
    let elsewhere = Elsewhere::new();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert_eq!(elsewhere.status(&[]).0, "provisional"));
        }
    });
    assert_eq!(elsewhere.clones().len(), 1, "{:?}", elsewhere.clones());
    for part in ["objects", "HEAD"] {
        let part = elsewhere.clones()[0].join(part);
        if part.is_dir() {
            fs::remove_dir_all(part).unwrap()
        } else {
            fs::remove_file(part).unwrap()
        }
        assert_eq!(elsewhere.status(&[]).0, "provisional");
        assert_eq!(elsewhere.clones().len(), 1, "{:?}", elsewhere.clones());
    }
}

#[test]
fn many_at_once_refresh_a_clone_and_none_says_that_it_is_older_than_it_is() {
    let elsewhere = Elsewhere::new();
    assert_eq!(elsewhere.status(&[]).0, "provisional");
    for status in ["deferred", "withdrawn"] {
        elsewhere.push(status, "refs/heads/main");
        elsewhere.age(96);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    let (found, err) = elsewhere.status(&[]);
                    assert_eq!(found, status);
                    assert!(err.contains(", just now") && !err.contains("not refreshed"), "{err}");
                });
            }
        });
    }
}

/// Git that cannot be asked says nothing of a clone, and nothing that a run which was killed left behind is in the way.
#[test]
fn a_clone_outlives_whatever_happens_to_git() {
    let elsewhere = Elsewhere::new();
    let remote = elsewhere.remote();
    assert_eq!(elsewhere.status(&[]).0, "provisional");
    let clone = elsewhere.clones().remove(0);
    let mut command = elsewhere.command(&["query", "--repo", &remote]);
    let out = command.env("PATH", elsewhere.folder.path()).output().unwrap();
    assert_eq!(out.status.code(), Some(3));
    assert!(clone.join("HEAD").is_file(), "{}", String::from_utf8_lossy(&out.stderr));
    // Locks and a half-made clone of hours ago.
    let hours_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3 * 3600);
    for left in [clone.join("HEAD.lock"), clone.join("refs/heads/main.lock")] {
        fs::write(&left, "").unwrap();
        fs::File::options().write(true).open(&left).unwrap().set_modified(hours_ago).unwrap();
    }
    elsewhere.push("deferred", "refs/heads/main");
    elsewhere.age(1);
    assert_eq!(elsewhere.status(&[]).0, "deferred");
    let half = clone.with_file_name("new-killed");
    fs::create_dir(&half).unwrap();
    fs::File::open(&half).unwrap().set_modified(hours_ago).unwrap();
    fs::remove_dir_all(&clone).unwrap();
    assert_eq!(elsewhere.status(&[]).0, "deferred");
    assert_eq!(elsewhere.clones(), [clone]);
}

/// What a user has configured for git as a whole does not change what a clone is.
#[test]
fn whatever_the_user_has_configured_a_clone_is_the_same() {
    for (config, variable) in [
        ("[safe]\n\tbareRepository = explicit\n", ""),
        ("[remote \"origin\"]\n\tfetch = +refs/pull/*/head:refs/remotes/origin/pr/*\n", ""),
        ("[fetch]\n\tprune = false\n\twriteCommitGraph = true\n[transfer]\n\tfsckObjects = true\n", ""),
        ("[init]\n\tdefaultBranch = trunk\n[core]\n\tbare = false\n", ""),
        ("", "GIT_CONFIG"),
        ("", "GIT_COMMON_DIR"),
    ] {
        let elsewhere = Elsewhere::new();
        elsewhere.git(&["push", "--quiet", "origin", "HEAD:refs/heads/pr/7", "HEAD:refs/pull/7/head"]);
        let file = elsewhere.folder.path().join("gitconfig");
        fs::write(&file, config).unwrap();
        let other = elsewhere.folder.path().join("other");
        for hours in [0, 1] {
            elsewhere.age(hours);
            let remote = elsewhere.remote();
            let mut command = elsewhere.command(&["query", "--repo", &remote, "--format", "json"]);
            command.env("GIT_CONFIG_GLOBAL", &file);
            if !variable.is_empty() {
                command.env(variable, &other);
            }
            let out = command.output().unwrap();
            let err = String::from_utf8_lossy(&out.stderr);
            assert!(out.status.success() && !err.contains("not refreshed"), "{config}{variable}: {err}");
            assert!(!other.exists(), "{variable} is somebody else's");
        }
    }
}

/// A remote that filters, as GitHub does: what is too large to be read is left out, and only that.
#[test]
fn one_large_file_takes_no_question_away() {
    let elsewhere = Elsewhere::new();
    let large = "veps/sig-compute/402-boot-time-budget/appendix.md";
    fs::write(elsewhere.work().join(large), "word \n".repeat(500_000)).unwrap();
    elsewhere.commit("A large appendix");
    elsewhere.git(&["push", "--quiet", "origin", "HEAD:main"]);
    elsewhere.git(&["--git-dir", "../remote.git", "config", "uploadpack.allowFilter", "true"]);
    let remote = format!("file://{}", elsewhere.remote());
    for args in [&["query"][..], &["validate"], &["show", "402"], &["review", "--head", "main"]] {
        let out = elsewhere.run(&[args, &["--repo", &remote]].concat());
        assert!(out.status.code() < Some(2), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    }
    let out = elsewhere.run(&["query", "--repo", &remote]);
    assert!(String::from_utf8_lossy(&out.stdout).contains("at most 2097152 are read"), "it is told");
}

/// Somebody who listens waits for a slow remote, and nobody else does.
#[cfg(unix)]
#[test]
fn a_listener_holds_nobody_up() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::Stdio;
    let elsewhere = Elsewhere::new();
    let ssh = elsewhere.folder.path().join("ssh.sh");
    fs::write(&ssh, "#!/bin/sh\nshift\nsleep 8\nexec sh -c \"$*\"\n").unwrap();
    fs::set_permissions(&ssh, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = elsewhere.command(&["serve", "--repo"]);
    command.arg(format!("ssh://somewhere{}", elsewhere.remote()));
    command.env("GIT_SSH_COMMAND", &ssh).env("GIT_SSH_VARIANT", "simple");
    let mut server =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let begun = std::time::Instant::now();
    let meta = json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} });
    let listen = json!({ "jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": { "_meta": meta, "notifications": { "resourceSubscriptions": ["vep://proposals/402"] } } });
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": { "_meta": meta } });
    let stdin = server.stdin.as_mut().unwrap();
    writeln!(stdin, "{listen}\n{list}").unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let answered = lines.by_ref().map(|line| line.unwrap()).find(|line| line.contains("\"id\":2"));
    assert!(
        answered.is_some() && begun.elapsed() < std::time::Duration::from_secs(7),
        "{:?}",
        begun.elapsed()
    );
    server.kill().unwrap();
    server.wait().unwrap();
}

#[test]
fn nothing_of_the_users_templates_is_run_and_nothing_is_written_where_nobody_works() {
    let elsewhere = Elsewhere::new();
    let template = elsewhere.folder.path().join("template/hooks");
    fs::create_dir_all(&template).unwrap();
    let sprung = elsewhere.folder.path().join("sprung");
    for hook in ["reference-transaction", "post-checkout"] {
        fs::write(template.join(hook), format!("#!/bin/sh\ntouch {}\n", sprung.display())).unwrap();
        #[cfg(unix)]
        fs::set_permissions(template.join(hook), std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
    }
    let remote = elsewhere.remote();
    let mut command = elsewhere.command(&["query", "--repo", &remote]);
    let out = command.env("GIT_TEMPLATE_DIR", template.parent().unwrap()).output().unwrap();
    assert!(out.status.success() && !sprung.exists());
    let out = elsewhere.run(&["bump", "402", "--to", "withdrawn", "--write", "--repo", &remote]);
    let err = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.code() == Some(3) && err.contains("it is no place to work in"), "{err}");
}

#[tokio::test]
async fn a_server_tells_which_state_it_read() {
    let elsewhere = Elsewhere::new();
    let (remote, cache) = (elsewhere.remote(), elsewhere.cache());
    let variables = [("XDG_CACHE_HOME", cache.as_path())];
    let client = connect_with(Path::new("/"), &["serve", "--repo", &remote], &variables).await;
    for arguments in [json!({}), json!({ "as_of": "main" })] {
        let answer = call(&client, "query_veps", arguments).await;
        assert!(
            text(&answer).contains("\nRead from `") && text(&answer).contains("UTC, just now"),
            "{answer:?}"
        );
    }
    let tools = client.list_all_tools().await.unwrap();
    assert!(tools.iter().all(|tool| tool.annotations.as_ref().unwrap().open_world_hint == Some(true)));
    let wrong = call(&client, "review_changes", json!({ "pr": 9 })).await;
    assert!(wrong.is_error == Some(true) && text(&wrong).contains("has no pull request 9"), "{wrong:?}");
    client.cancel().await.unwrap();
}

/// A slow way to a remote: whoever waits hears of it, and is not asked for a password.
#[cfg(unix)]
#[tokio::test]
async fn a_slow_remote_is_heard_of() {
    use rmcp::handler::client::ClientHandler;
    use rmcp::model::{CallToolRequestParams, ClientConfig, ProgressNotificationParam};
    use rmcp::service::{NotificationContext, RoleClient, ServiceExt as _};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Hears(Arc<Mutex<Vec<(f64, String)>>>);

    impl ClientHandler for Hears {
        fn get_info(&self) -> ClientConfig {
            ClientConfig::default()
        }

        async fn on_progress(&self, told: ProgressNotificationParam, _: NotificationContext<RoleClient>) {
            self.0.lock().unwrap().push((told.progress, told.message.unwrap_or_default()));
        }
    }

    let elsewhere = Elsewhere::new();
    let ssh = elsewhere.folder.path().join("ssh.sh");
    fs::write(&ssh, "#!/bin/sh\nshift\nsleep 2\nexec sh -c \"$*\"\n").unwrap();
    fs::set_permissions(&ssh, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = tokio::process::Command::from(elsewhere.command(&["serve", "--repo"]));
    command
        .arg(format!("ssh://somewhere{}", elsewhere.remote()))
        .env("GIT_SSH_COMMAND", &ssh)
        .env("GIT_SSH_VARIANT", "simple");
    let child = rmcp::transport::TokioChildProcess::new(command).unwrap();
    let hears = Hears::default();
    let client = hears.clone().serve(child).await.unwrap();
    let answer = client.call_tool(CallToolRequestParams::new("query_veps")).await.unwrap();
    assert_eq!(answer.is_error, Some(false), "{answer:?}");
    let told = hears.0.lock().unwrap().clone();
    assert!(told.first().is_some_and(|(_, what)| what.contains("fetching `ssh://somewhere")), "{told:?}");
    assert!(told.is_sorted_by(|one, next| one.0 < next.0), "{told:?}");
    client.cancel().await.unwrap();
}

/// The real repository as a remote, with its pull requests as branches; afterwards everything offline.
#[test]
fn the_real_repository_is_a_remote() {
    let Some(corpus) = wild::folder() else { return };
    let elsewhere = Elsewhere::new();
    let bundle = elsewhere.folder.path().join("enhancements.bundle");
    fs::copy(corpus.join("enhancements.bundle"), &bundle).unwrap();
    let place = bundle.display().to_string();
    let run = |args: &[&str]| {
        let out =
            elsewhere.run(&[args, &["--repo", &place, "--today", "2026-08-18", "--format", "json"]].concat());
        (out.status.code(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let questions: &[&[&str]] = &[
        &["query"],
        &["query", "--as-of", "2026-04-30"],
        &["show", "307"],
        &["validate"],
        &["migrate", "--status"],
        &["review", "--pr", "350"],
        &["review", "--head", "pr/346"],
        &["review", "--head", "origin/pr/331", "--base", "main"],
    ];
    let online: Vec<_> = questions.iter().map(|question| run(question)).collect();
    for (question, (code, out, err)) in questions.iter().zip(&online) {
        assert!(code.is_some_and(|code| code < 2) && out.len() > 100, "{question:?}: {err}");
    }
    fs::remove_file(&bundle).unwrap();
    for (question, (code, out, _)) in questions.iter().zip(&online) {
        let (now, again, err) = run(&[question, &["--offline"][..]].concat());
        assert_eq!((now, &again), (*code, out), "{question:?}: {err}");
    }
    // And the same as in a plain clone of it.
    let plain = elsewhere.folder.path().join("plain");
    let bundle = corpus.join("enhancements.bundle").display().to_string();
    elsewhere.git(&["clone", "--quiet", "-b", "main", &bundle, plain.to_str().unwrap()]);
    let out = elsewhere.run(&[
        "query",
        "--today",
        "2026-08-18",
        "--format",
        "json",
        "--repo",
        plain.to_str().unwrap(),
    ]);
    assert_eq!(String::from_utf8(out.stdout).unwrap(), online[0].1);
}
