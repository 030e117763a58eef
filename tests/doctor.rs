//! What `doctor` finds, on machines that have everything and on machines that lack something.

use crate::bump::universe;
use crate::faces::BINARY;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What is said of each thing: how it is, and what was found.
type Told = BTreeMap<String, (String, String)>;

struct Machine {
    home: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.home.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.arg("doctor").args(args).args(["--format", "json"]).current_dir(self.home.path());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy().to_uppercase();
            if text.starts_with("VEP_")
                || text.starts_with("XDG_")
                || text.ends_with("_PROXY")
                || text == "SSL_CERT_FILE"
            {
                command.env_remove(name);
            }
        }
        command.env("HOME", self.home.path());
        command
    }

    fn told(&self, args: &[&str]) -> (Option<i32>, Told) {
        told(self.command(args))
    }
}

fn told(mut command: Command) -> (Option<i32>, Told) {
    let out = command.output().unwrap();
    let answer: Value = serde_json::from_slice(&out.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out.stderr)));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let checks = answer["checks"].as_array().unwrap();
    for check in checks {
        assert_eq!(
            check["standing"] == "ok",
            check["fix"].is_null(),
            "what is not well says what mends it: {check}"
        );
    }
    let told = checks.iter().map(|it| (text(&it["name"]), (text(&it["standing"]), text(&it["says"]))));
    (out.status.code(), told.collect())
}

fn is(told: &Told, name: &str, standing: &str, says: &str) {
    let (found, text) = &told[name];
    assert!(found == standing && text.contains(says), "{name} is {found}: {text}");
}

#[test]
fn a_machine_that_has_everything_is_well() {
    let machine = Machine::new();
    let folder = universe();
    let (code, told) = machine.told(&["--repo", folder.path().to_str().unwrap(), "--today", "2026-08-18"]);
    assert_eq!(code, Some(0));
    is(&told, "git", "ok", "2.");
    is(&told, "checkout", "ok", "12 VEPs");
    is(&told, "template", "ok", "NNNN-vep-template");
    is(&told, "OWNERS", "ok", "every SIG folder names reviewers");
    is(&told, "configuration", "ok", "no .vep-mcp.yaml; no variable is set");
    is(
        &told,
        "schedules",
        "ok",
        "recorded 2026-07-23, 26 days ago; next VEP Freeze: v1.10 on 2026-09-02, 15 days left",
    );
    is(&told, "cache", "ok", "is not there yet");
    is(&told, "client", "ok", "no known MCP client");
}

#[test]
fn what_is_lacking_is_said_with_what_mends_it() {
    let machine = Machine::new();
    let (code, told) = machine.told(&["--repo", "nowhere"]);
    assert_eq!(code, Some(1), "without a checkout nothing works");
    is(&told, "checkout", "fail", "has no folder `veps/`");
    machine.write("enhancements/veps/sig-compute/OWNERS", "reviewers: [");
    machine.write("enhancements/.vep-mcp.yaml", "severites: {}\n");
    machine.write(".cache/vep-mcp/schedules/cut.json", "{");
    let mut command = machine.command(&["--repo", "enhancements", "--today", "2026-11-22"]);
    command.env("VEP_LOG", "debug");
    let (code, told) = crate::doctor::told(command);
    assert_eq!(code, Some(0));
    is(&told, "checkout", "warn", "0 VEPs");
    is(&told, "base", "warn", "");
    is(&told, "template", "warn", "built-in");
    is(&told, "OWNERS", "warn", "`veps/sig-compute/OWNERS` cannot be read: line 1");
    is(&told, "configuration", "warn", "1 faults");
    is(&told, "configuration", "warn", "VEP_LOG=`debug`");
    is(&told, "schedules", "warn", "no release that is open for VEPs is scheduled");
    is(&told, "cache", "warn", "1 files that are cut or changed");
    let mut command = machine.command(&["--demo"]);
    command
        .env("HTTPS_PROXY", "me:secret@proxy.corp:3128")
        .env("VEP_SCHEDULES_URL", "https://me:secret@x.org/y?token=secret");
    let (_, told) = crate::doctor::told(command);
    let said = &told["configuration"].1;
    assert!(said.contains("HTTPS_PROXY=`proxy.corp:3128`") && said.contains("`https://x.org/y`"), "{said}");
    assert!(!said.contains("secret"), "{said}");
    let mut command = machine.command(&["--demo"]);
    command.env("PATH", machine.home.path());
    is(&crate::doctor::told(command).1, "git", "warn", "cannot be run");
}

#[test]
fn clients_are_looked_at_as_they_start_this_program() {
    let configured =
        |command: &str| json!({ "mcpServers": { "veps": { "command": command, "args": ["serve"] } } });
    for (command, standing, says) in [
        (BINARY, "ok", "Cursor starts this program"),
        ("/no/such/vep-mcp", "warn", "which is not there"),
        ("npx", "warn", "Cursor: not told of vep-mcp"),
    ] {
        let machine = Machine::new();
        machine.write(".cursor/mcp.json", &configured(command).to_string());
        let (code, told) = machine.told(&["--demo"]);
        assert_eq!(code, Some(0), "{command}: everything else works without a client");
        is(&told, "client", standing, says);
    }
    let machine = Machine::new();
    machine.write("bin/vep-mcp", "#!/bin/sh\n");
    machine.write(
        ".config/Code/User/mcp.json",
        "{ // mine\n \"servers\": { \"v\": {\n \"command\": \"vep-mcp\",\n }}}",
    );
    let mut command = machine.command(&["--demo"]);
    command.env("PATH", format!("{}:/usr/bin:/bin", machine.home.path().join("bin").display()));
    is(&told(command).1, "client", "warn", "another copy than this one");
}

/// The demonstration needs nothing of the machine.
#[test]
fn the_text_is_for_people() {
    let machine = Machine::new();
    let out =
        Command::new(BINARY).args(["doctor", "--demo"]).env("HOME", machine.home.path()).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.lines().any(|line| line.starts_with("ok    schedules: the example's schedules")), "{text}");
    assert!(!Path::new(&machine.home.path().join(".cache")).exists(), "looking changes nothing");
}
