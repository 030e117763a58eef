//! The order of the house: floors, silence below the roof, names, and documents that cannot drift.

use crate::golden::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use vep_mcp::document::SCHEMA;
use vep_mcp::rules;
use vep_mcp::vep::Status;

/// The rooms, the bottom floor first. A room may use its own floor's earlier rooms and all floors below.
const FLOORS: &[&[&str]] = &[
    &["text", "patch", "yaml", "markdown"],
    &["vep", "law", "lifecycle", "template", "prose", "document", "edit"],
    &["calendar", "corpus", "search", "owners", "settings", "history", "world", "matter"],
    &["rule", "rules", "sheet", "upstream", "report"],
    &["migration", "proposal", "answers", "season", "render", "book", "verbs"],
    &["outside", "mcp", "cli"],
];

/// Who alone may say what.
const ALONE: &[(&str, &[&str])] = &[
    ("granit_parser", &["yaml"]),
    ("pulldown_cmark", &["markdown"]),
    ("serde_yaml", &["calendar", "owners", "mcp"]),
    ("minijinja", &["mcp"]),
    ("regex::", &["owners"]),
    ("aho_corasick", &["prose"]),
    ("rmcp", &["mcp"]),
    ("std::fs", &["outside"]),
    ("std::env::", &["outside", "main"]),
    ("Timestamp::now", &["outside"]),
    ("SystemTime::now", &["outside"]),
    ("std::io", &["outside", "mcp", "cli"]),
    ("tokio", &["mcp"]),
    ("std::process", &["cli", "main", "outside"]),
    ("std::net", &[]),
    ("ureq", &["outside"]),
    ("rustls", &["outside"]),
    ("std::thread", &["outside"]),
];

/// Every source file with its room and its text, without its tests and comments.
fn sources() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    collect(&root().join("src"), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), found);
            continue;
        }
        let path =
            entry.path().strip_prefix(root().join("src")).unwrap().to_str().unwrap().replace('\\', "/");
        let room = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(entry.path()).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        found.push((room, path, code.join("\n")));
    }
}

fn rank(room: &str) -> Option<usize> {
    FLOORS.iter().flat_map(|floor| floor.iter()).position(|known| *known == room)
}

#[test]
fn every_room_stands_on_its_floor_and_uses_only_what_is_below() {
    for (room, path, code) in sources() {
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let own = rank(&room).unwrap_or_else(|| panic!("{path}: the room {room} is on no floor"));
        for used in code.split("crate::").skip(1) {
            let braces = used.strip_prefix('{').map(|list| list.split('}').next().unwrap());
            let names = braces.unwrap_or(used).split(',').map(|name| name.trim());
            for name in names.take(if braces.is_some() { usize::MAX } else { 1 }) {
                let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let other = rank(&name).unwrap_or_else(|| panic!("{path} uses the unknown room {name}"));
                assert!(other <= own, "{path} stands below {name} and uses it");
            }
        }
    }
}

#[test]
fn each_dependency_and_each_noise_has_its_one_room() {
    for (room, path, code) in sources() {
        for (word, rooms) in ALONE {
            let said = code
                .match_indices(word)
                .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"'));
            assert!(!said || rooms.contains(&room.as_str()), "{path} says {word}; only {rooms:?} may");
        }
    }
}

#[test]
fn rooms_are_named_for_what_they_are() {
    let forbidden = ["utils", "util", "common", "helpers", "helper", "types", "misc", "mod"];
    for (_, path, _) in sources() {
        let name = path.rsplit('/').next().unwrap().trim_end_matches(".rs").to_owned();
        assert!(!forbidden.contains(&name.as_str()), "{path}");
        let text = fs::read_to_string(root().join("src").join(&path)).unwrap();
        let begins = match path.rsplit('.').next() {
            Some("rs") => "//!",
            Some("css") => "/*",
            _ => "//",
        };
        assert!(text.starts_with(begins), "{path} does not say what it is for");
    }
}

#[test]
fn the_map_names_every_room() {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for room in FLOORS.iter().flat_map(|floor| floor.iter()) {
        assert!(map.contains(&format!("[`{room}`]")), "the map in src/lib.rs does not name {room}");
    }
}

#[test]
fn agents_md_is_short_and_says_what_the_tables_say() {
    let text = fs::read_to_string(root().join("AGENTS.md")).unwrap();
    assert!(text.lines().count() <= 120, "AGENTS.md has {} lines", text.lines().count());
    for status in Status::ALL {
        assert!(text.contains(&format!("`{status}`")), "AGENTS.md does not name the state {status}");
    }
    for key in SCHEMA {
        assert!(text.contains(&format!("`{}`", key.name)), "AGENTS.md does not name the key {}", key.name);
    }
    let ids: BTreeSet<&str> = rules::all().map(|rule| rule.id).collect();
    let keys: BTreeSet<&str> = SCHEMA.iter().map(|key| key.name).collect();
    let hyphened = text.split('`').skip(1).step_by(2).filter(|word| {
        word.contains('-')
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            && !word.starts_with('-')
    });
    for word in hyphened.filter(|word| !word.starts_with("sig-") && *word != "vep-mcp") {
        assert!(
            ids.contains(word) || keys.contains(word),
            "AGENTS.md speaks of `{word}`, which is no rule and no key"
        );
    }
    for path in text.split('`').skip(1).step_by(2).filter(|word| {
        ["src/", "tests/", "examples/", ".ci/"].iter().any(|folder| word.starts_with(folder))
            && !word.contains(['<', '*'])
    }) {
        assert!(root().join(path).exists(), "AGENTS.md names {path}, which is not there");
    }
}

#[test]
fn the_readme_names_every_command_and_its_two_own() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    for command in vep_mcp::cli::command().get_subcommands() {
        assert!(text.contains(command.get_name()), "README.md does not name {}", command.get_name());
    }
    for command in ["cargo run --release -- demo", "cargo test"] {
        assert!(text.contains(command), "README.md does not say {command}");
    }
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(ci.contains("cargo test"), ".ci/run does not call the README's test command");
}

/// The answer that the README shows is the one that the program gives.
#[test]
fn the_readme_shows_a_real_answer() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let (before, rest) = text.split_once("<!-- answer: ").unwrap();
    let (path, rest) = rest.split_once(" -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let answer = fs::read_to_string(root().join(path)).unwrap();
    let now = format!("{before}<!-- answer: {path} -->\n```text\n{answer}```\n<!-- end -->{after}");
    crate::golden::check("README.md", &now);
}

/// The workplace of whoever writes this is nobody's business.
#[test]
fn no_file_names_a_machine_path() {
    fn look(path: &Path) {
        if path.is_dir() {
            return fs::read_dir(path).unwrap().for_each(|entry| look(&entry.unwrap().path()));
        }
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        for place in ["home", "root", "work", "tmp"] {
            let place = format!("/{place}/");
            let named = text
                .match_indices(&place)
                .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric()));
            assert!(!named, "{} names {place}", path.display());
        }
    }
    for name in ["src", "tests", "examples", "docs", "README.md", "AGENTS.md", ".ci/run", "Cargo.toml"] {
        look(&root().join(name));
    }
}

/// A golden that no test compares any more would stay for ever, and be read as if it held.
#[test]
fn every_golden_has_its_test() {
    let tests = root().join("tests");
    for verb in crate::golden::folders(&tests.join("verbs")) {
        for case in crate::golden::folders(&tests.join("verbs").join(&verb)) {
            let has = |name: &str| tests.join("verbs").join(&verb).join(&case).join(name).exists();
            let (answer, trouble) = (has("answer.md") && has("answer.json"), has("trouble.txt"));
            assert!(has("ask.json") && answer != trouble, "tests/verbs/{verb}/{case}");
        }
    }
    let mut sources = String::new();
    let mut folders = vec![tests.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|it| it == "rs") {
                sources.push_str(&fs::read_to_string(entry).unwrap());
            }
        }
    }
    for folder in ["faces", "faces/resources", "hands"] {
        for entry in fs::read_dir(tests.join(folder)).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_str().unwrap().to_owned();
            let stem = name.split('.').next().unwrap().trim_start_matches("prompt-");
            let is_golden = entry.is_file() && !name.ends_with(".rs");
            assert!(!is_golden || sources.contains(stem), "no test speaks of tests/{folder}/{name}");
        }
    }
}
