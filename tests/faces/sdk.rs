//! The official Python SDK as a client, in both of its modes.
//!
//! `VEP_PYTHON` names a Python that has the package `mcp` (default `python3`). Where Python or the package is
//! missing the test says so and passes; where `VEP_PYTHON` is set it fails.

use super::command_line::BINARY;
use std::process::Command;

/// A Python that has the package, or nothing.
fn python() -> Option<String> {
    let named = std::env::var("VEP_PYTHON").ok();
    let python = named.clone().unwrap_or_else(|| "python3".into());
    let found = Command::new(&python).args(["-c", "from mcp import Client"]).output();
    if found.is_ok_and(|out| out.status.success()) {
        return Some(python);
    }
    assert!(named.is_none(), "VEP_PYTHON is {python} and has no package mcp with a Client");
    println!("skipped: {python} has no package mcp (pip install mcp, or set VEP_PYTHON)");
    None
}

#[test]
fn the_python_sdk_lists_and_calls_all_tools_in_both_modes() {
    let Some(python) = python() else { return };
    let script = crate::golden::root().join("tests/faces/sdk.py");
    for mode in ["legacy", "2026-07-28"] {
        let out = Command::new(&python).arg(&script).arg(BINARY).arg(mode).output().unwrap();
        let (said, err) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(
            out.status.success() && said.trim_end().ends_with(&format!("ok {mode}")),
            "{mode}: {said}\n{err}"
        );
    }
}
