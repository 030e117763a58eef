//! The server as real clients meet it: the official SDKs in Python and TypeScript, old and new, and the MCP Inspector.
//!
//! `VEP_CLIENTS` names the folder that `.ci/clients` fills (default `target/clients`). Where a client is missing the
//! test says so and passes; where `VEP_CLIENTS` is set it fails. All of them ask what `tests/clients/questions.json` has.

use super::command_line::BINARY;
use super::stdio::connect;
use crate::bump::copy;
use crate::golden;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A program of the clients, or nothing.
fn client(program: &str) -> Option<PathBuf> {
    let named = std::env::var_os("VEP_CLIENTS").map(PathBuf::from);
    let folder = named.clone().unwrap_or_else(|| golden::root().join("target/clients"));
    let program = folder.join(program);
    if program.exists() {
        return Some(program);
    }
    assert!(named.is_none(), "VEP_CLIENTS has no {}", program.display());
    println!("skipped: there is no {} (run .ci/clients)", program.display());
    None
}

fn script(name: &str) -> PathBuf {
    golden::root().join("tests/clients").join(name)
}

/// A copy of the example that a client may edit.
fn checkout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&golden::root().join("examples/enhancements"), folder.path());
    folder
}

/// A checkout of as many VEPs as the questions speak of: several pages of resources, and work that takes a while.
fn many() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    super::resources::alike(folder.path(), questions()["many"].as_u64().unwrap());
    folder
}

/// What all clients ask.
fn questions() -> Value {
    serde_json::from_str(&std::fs::read_to_string(script("questions.json")).unwrap()).unwrap()
}

fn well(out: &Output, says: &str, of: &str) {
    let (said, err) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success() && said.trim_end().ends_with(says), "{of}: {said}\n{err}");
}

#[test]
fn the_python_sdks_use_everything_in_each_of_their_modes() {
    let many = many();
    for mode in ["legacy", "auto", "2026-07-28"] {
        let Some(python) = client("python2/bin/python") else { return };
        let folder = checkout();
        let mut command = Command::new(python);
        command.arg(script("python2.py")).args([BINARY, mode]).arg(folder.path()).arg(many.path());
        well(&command.output().unwrap(), &format!("ok {mode}"), mode);
    }
    let Some(python) = client("python1/bin/python") else { return };
    let out = Command::new(python).arg(script("python1.py")).arg(BINARY).arg(many.path()).output().unwrap();
    well(&out, "ok", "the SDK 1.x");
}

#[test]
fn the_typescript_sdks_use_everything_in_each_of_their_modes() {
    let Some(modules) = client("node/node_modules") else { return };
    let many = many();
    for mode in ["v1", "legacy", "auto", "2026-07-28"] {
        let folder = checkout();
        let mut command = Command::new(modules.join(".bin/node"));
        command.arg(script("typescript.mjs")).arg(&modules).args([BINARY, mode]).arg(folder.path());
        command.arg(many.path());
        well(&command.output().unwrap(), &format!("ok {mode}"), mode);
    }
}

#[test]
fn the_inspector_finds_nothing_to_complain_of_in_any_era() {
    let Some(bin) = client("node/node_modules/.bin") else { return };
    let path = std::env::join_paths(
        std::iter::once(bin.clone())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let path = path.unwrap();
    for era in ["legacy", "auto", "modern"] {
        for args in [
            &["tools/list", "--strict"][..],
            &["prompts/list"],
            &["resources/list"],
            &["resources/templates/list"],
            &["tools/call", "--tool-name", "get_vep", "--tool-arg", "vep=405"],
            &["prompts/get", "--prompt-name", "review-vep", "--prompt-args", "vep=405"],
            &["resources/read", "--uri", "vep://lifecycle"],
        ] {
            let mut command = Command::new(bin.join("mcp-inspector"));
            command.env("PATH", &path).args([
                "--cli",
                BINARY,
                "serve",
                "--demo",
                "--protocol-era",
                era,
                "--method",
            ]);
            let out = command.args(args).output().unwrap();
            let err = String::from_utf8_lossy(&out.stderr);
            assert!(out.status.success() && err.is_empty(), "{era} {args:?}: {err}");
            assert!(out.stdout.len() > 1000, "{era} {args:?}");
        }
    }
}

/// A tool, a prompt or a template that nobody asks about would be tested by no client.
#[tokio::test]
async fn the_questions_leave_nothing_out() {
    let questions = questions();
    let asked = |kind: &str| questions[kind].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let client = connect(Path::new("/"), &["serve", "--demo"]).await;
    let tools = client.list_all_tools().await.unwrap().into_iter().map(|tool| tool.name.into_owned());
    assert_eq!(tools.collect::<BTreeSet<_>>(), asked("tools"));
    let prompts = client.list_all_prompts().await.unwrap().into_iter().map(|prompt| prompt.name);
    assert_eq!(prompts.collect::<BTreeSet<_>>(), asked("prompts"));
    let templates = client.list_all_resource_templates().await.unwrap().into_iter().map(|it| it.uri_template);
    assert_eq!(templates.collect::<BTreeSet<_>>(), asked("templates"));
    client.cancel().await.unwrap();
}
