//! By default no socket is opened: the program and every program that it starts, traced.
//!
//! `strace` is needed (`VEP_STRACE` names it; where that is set and it does not work the test fails), else the test says
//! so and passes. A run under a network namespace of its own, without an interface, shows the same from the other side.

use crate::bump::universe;
use crate::faces::BINARY;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// What is asked of a checkout by default.
const QUESTIONS: &[&[&str]] = &[
    &["query"],
    &["query", "--as-of", "HEAD"],
    &["show", "402"],
    &["validate"],
    &["transition", "402"],
    &["freeze"],
    &["review", "--base", "HEAD"],
    &["explain"],
    &["bump", "402", "--to", "withdrawn"],
    &["draft", "Quiet Disks", "--sig", "storage"],
    &["migrate", "--status"],
    &["doctor"],
    &["demo"],
    &["reviewers", "402"],
    &["report"],
    &["report", "--since", "HEAD"],
    &["query", "--offline"],
    &["freeze", "--online", "--offline"],
];

/// A session of a server, as a client would begin one.
const SESSION: &str = concat!(
    r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#,
    "\n",
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    "\n",
    r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"check_freeze","arguments":{}}}"#,
    "\n",
    r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"get_vep","arguments":{"vep":"402"}}}"#,
    "\n",
);

/// How strace is started, where it works.
fn strace() -> Option<String> {
    let named = std::env::var("VEP_STRACE").ok().filter(|name| !name.is_empty());
    let program = named.clone().unwrap_or_else(|| "strace".into());
    let tried = Command::new(&program).args(["-f", "-o", "/dev/null", "true"]).output();
    if tried.is_ok_and(|out| out.status.success()) {
        return Some(program);
    }
    assert!(named.is_none(), "VEP_STRACE is {program}, which cannot trace here");
    println!("skipped: no strace that can trace here (set VEP_STRACE)");
    None
}

/// The sockets of a network that a run opens; those of this machine's own (AF_UNIX, AF_NETLINK) lead nowhere.
fn sockets(strace: &str, folder: &Path, args: &[&str], input: &str) -> Vec<String> {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(strace);
    command.args(["-f", "-e", "trace=socket,connect", "-o"]).arg(log.path()).arg(BINARY).args(args);
    command.current_dir(folder).env("XDG_CACHE_HOME", folder.join(".git/cache")).env_remove("VEP_ONLINE");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| line.unwrap());
    // Whoever asked waits for the last answer before hanging up.
    if input.contains("\"id\":3") {
        let answered: Vec<String> = lines.by_ref().take(3).collect();
        assert!(answered.iter().all(|line| line.contains("\"result\"")), "{answered:?}");
    }
    drop(stdin);
    lines.for_each(drop);
    assert!(child.wait().unwrap().code().is_some_and(|code| code < 2), "{args:?}");
    let log = fs::read_to_string(log.path()).unwrap();
    log.lines().filter(|line| line.contains("AF_INET")).map(str::to_owned).collect()
}

#[test]
fn by_default_no_socket_is_opened() {
    let Some(strace) = strace() else { return };
    let folder = universe();
    for question in QUESTIONS {
        assert_eq!(sockets(&strace, folder.path(), question, ""), [""; 0], "{question:?}");
    }
    assert_eq!(sockets(&strace, folder.path(), &["serve"], SESSION), [""; 0], "serve");
    // And the tracing sees one where it is asked for.
    let online = ["freeze", "--online", "--schedules-url", "http://127.0.0.1:1"];
    assert_ne!(sockets(&strace, folder.path(), &online, ""), [""; 0]);
}

/// Whoever is cut off from every network gets the same answers.
#[test]
fn without_any_interface_everything_is_the_same() {
    let alone = ["--net", "--map-root-user"];
    if !Command::new("unshare").args(alone).arg("true").output().is_ok_and(|out| out.status.success()) {
        println!("skipped: no network namespace can be made here");
        return;
    }
    let folder = universe();
    let fixed = |command: &mut Command| {
        let out = command.current_dir(folder.path()).output().unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap())
    };
    for question in QUESTIONS.iter().filter(|question| question[0] != "doctor") {
        let args = [question, &["--today", "2026-08-18"][..]].concat();
        let plain = fixed(Command::new(BINARY).args(&args));
        let cut = fixed(Command::new("unshare").args(alone).arg(BINARY).args(&args));
        assert_eq!(plain, cut, "{question:?}");
    }
}
