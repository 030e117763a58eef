//! The state machine: the table, the diagram made from it, and every step as a client is told of it.

use crate::faces::{call, connect, text};
use crate::golden;
use serde_json::json;
use std::fmt::Write as _;
use std::fs;
use vep_mcp::lifecycle::{Start, mermaid, step, steps};
use vep_mcp::vep::Status;

/// The table of the governance, written down once more by hand: L lawful, = same, ? unsettled, X unlawful,
/// and `!` where the gate applies. Rows: [`Start::ALL`]; columns: [`Status::ALL`].
const TABLE: [[&str; 7]; 9] = [
    ["L", "L!", "?", "L", "?", "?", "?"],
    ["L", "L!", "L", "L", "L", "L", "L"],
    ["=", "L!", "X", "L", "L", "L", "L"],
    ["X", "=", "L", "L", "L", "L", "L"],
    ["X", "X", "=", "X", "X", "X", "L"],
    ["?", "?!", "X", "=", "L", "L", "L"],
    ["X", "X", "X", "X", "=", "X", "?"],
    ["X", "X", "X", "X", "?", "=", "?"],
    ["X", "X", "X", "X", "X", "X", "="],
];

fn standing(mark: &str) -> (&'static str, bool) {
    let standing = match mark.trim_end_matches('!') {
        "L" => "lawful",
        "=" => "same",
        "?" => "unsettled",
        _ => "unlawful",
    };
    (standing, mark.ends_with('!'))
}

/// All cells of the table: where it begins, where it leads, what is said of it.
fn cells() -> impl Iterator<Item = (Start, Status, &'static str, bool)> {
    Start::ALL.into_iter().zip(TABLE).flat_map(|(start, row)| {
        Status::ALL.into_iter().zip(row).map(move |(to, mark)| {
            let (standing, gate) = standing(mark);
            (start, to, standing, gate)
        })
    })
}

#[test]
fn every_step_stands_as_the_governance_says() {
    assert_eq!(steps().count(), 63);
    for (start, to, standing, gate) in cells() {
        let ground = step(start, to).ground;
        let name = format!("{} to {to}", start.as_str());
        assert_eq!((ground.standing.as_str(), ground.gate), (standing, gate), "{name}");
        assert!(!ground.cites.is_empty() && ground.why.ends_with('.'), "{name}");
        // What is refused or open names the nearest lawful way; what is open shows both sides.
        assert_eq!(ground.way.is_empty(), ["lawful", "same"].contains(&standing), "{name}");
        for side in [true, false] {
            let shown = ground.evidence.iter().any(|it| it.speaks_for == side);
            assert_eq!(shown, standing == "unsettled", "{name}");
        }
        for cite in ground.cites {
            assert!(cite.words.split_whitespace().count() <= 12, "{name}: {}", cite.words);
        }
    }
}

#[test]
fn the_diagram_and_the_table_are_made_from_one_table() {
    let mut page = String::from(
        "# The states of a VEP\n\nMade from `src/lifecycle.rs` by `UPDATE=1 cargo test`; do not edit.\n\n```mermaid\n",
    );
    page.push_str(&mermaid());
    page.push_str("```\n\n| from \\ to | ");
    page.push_str(&Status::ALL.map(Status::as_str).join(" | "));
    page.push_str(" |\n|---|---|---|---|---|---|---|---|\n");
    for start in Start::ALL {
        let row = Status::ALL.map(|to| {
            let ground = step(start, to).ground;
            format!("{}{}", ground.standing.as_str(), if ground.gate { " + gate" } else { "" })
        });
        writeln!(page, "| {} | {} |", start.as_str(), row.join(" | ")).unwrap();
    }
    golden::check("tests/lifecycle.md", &page);
    let arrows = page.matches("-->").count();
    let drawn = cells().filter(|(start, _, standing, _)| {
        *start != Start::Legacy && ["lawful", "unsettled"].contains(standing)
    });
    assert_eq!(arrows, drawn.count());
}

/// A document in a state, lawful but for what that state itself would need.
fn document(number: u32, status: Status) -> String {
    format!(
        "---\ntitle: Clock\nvep-number: {number}\ncreation-date: \"2026-03-02\"\nstatus: {status}\nauthors: [\"@ada\"]\n\
         owning-sig: sig-compute\nreviewers: [\"@bo\"]\napprovers: [\"@cy\"]\nfeature-gate: Clock\nstage: alpha\n\
         milestone: {{alpha: v1.10}}\n---\n\n# VEP #{number}: Clock\n"
    )
}

/// Every one of the 49 steps and 14 beginnings, through a real client.
#[tokio::test]
async fn a_client_is_told_the_standing_of_every_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = |number: usize| format!("veps/sig-compute/{number}-clock/vep.md");
    let write = |number: usize, text: &str| {
        let file = folder.path().join(path(number));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write(1, "# VEP #1: Clock\n\n- This VEP targets alpha for version: v1.10\n");
    for (index, status) in Status::ALL.into_iter().enumerate() {
        write(index + 10, &document(index as u32 + 10, status));
    }
    let client = connect(folder.path(), &["serve", "--today", "2026-08-18"]).await;
    for (start, to, standing, gate) in cells() {
        let name = format!("{} to {to}", start.as_str());
        let number = match start {
            Start::New => {
                // A file that is not there yet: its draft is judged.
                let ask = json!({ "draft": document(99, to), "path": path(99), "detail": "full" });
                let answer = call(&client, "validate_vep", ask).await.structured_content.unwrap();
                let document = &answer["documents"][0];
                let found =
                    document["findings"].as_array().unwrap().iter().find(|it| it["rule"] == "step-lawful");
                let expected = (standing == "unsettled").then_some("warning");
                assert_eq!(found.and_then(|it| it["severity"].as_str()), expected, "{name}: {document:#}");
                continue;
            }
            Start::Legacy => 1,
            Start::At(status) => Status::ALL.iter().position(|it| *it == status).unwrap() + 10,
        };
        let result = call(&client, "propose_transition", json!({ "vep": number, "to": to.as_str() })).await;
        let answer = result.structured_content.as_ref().unwrap();
        assert_eq!(answer["from"], start.as_str());
        let told = &answer["steps"][0];
        assert_eq!(
            (told["to"].as_str(), told["standing"].as_str()),
            (Some(to.as_str()), Some(standing)),
            "{name}"
        );
        assert_eq!(told["gate"], gate, "{name}");
        assert!(text(&result).contains(standing), "{name}");
        assert_eq!(told["evidence"].is_array(), standing == "unsettled", "{name}");
    }
    client.cancel().await.unwrap();
}
