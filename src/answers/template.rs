//! The template of an answers file: what is known filled in, and blanks for the rest.
//!
//! Read back unchanged it answers nothing: a stated or inferred value says what the migration says anyway, and a guess
//! stands in a comment beside a blank.
//!
//! Absent on purpose: VEPs that have front matter.

use super::{KEYS, is_list};
use crate::document::Document;
use crate::migration::{Migration, TBD, Value};
use crate::prose::Certainty;
use crate::text::one_line;
use crate::vep::Stage;
use crate::world::World;
use crate::yaml::as_yaml;
use std::fmt::Write as _;
use std::sync::Arc;

const HEAD: &str = "# Answers for the migration of VEPs, by number. Fill in the blanks. A blank is not answered yet.\n\
                    # Quote handles: \"@login\". A value that stands here comes from the VEP's text; change it where it is wrong.\n";

/// Longest comment.
const MOST_WORDS: usize = 160;

/// The answers file for these migrations.
pub fn template(world: &World, migrations: &[(&Arc<Document>, &Migration)]) -> String {
    let mut out = HEAD.to_owned();
    for (document, migration) in migrations {
        let title = migration.values.iter().find(|value| value.key == "title");
        let title = one_line(title.and_then(|it| it.value.as_deref()).unwrap_or_default(), MOST_WORDS);
        let path = one_line(document.path(), MOST_WORDS);
        let number = document.number().filter(|number| world.head.numbered(*number).count() == 1);
        let Some(number) = number else {
            let _ = writeln!(out, "\n# {title} ({path}): its number is not its own; answer with `set`");
            continue;
        };
        let _ = writeln!(out, "\n# VEP-{number}: {title} ({path})\n{number}:");
        for (key, _) in KEYS {
            line(&mut out, world, document, migration, key);
        }
    }
    out
}

fn line(out: &mut String, world: &World, document: &Document, migration: &Migration, key: &str) {
    let is_meta = document.home.is_meta();
    let value = migration.values.iter().find(|value| value.key == key);
    match key {
        "stage" | "feature-gate" if is_meta => {}
        "owning-sig" if !is_meta => {}
        "milestone" => {
            let _ = writeln!(out, "  milestone:{}", value.map_or(String::new(), comment));
            for stage in Stage::ALL {
                let release = migration.then.facts().targets.get(&stage);
                let release = release.map_or(String::new(), |release| format!(" {}", release.value));
                let _ = writeln!(out, "    {stage}:{release}");
            }
        }
        _ => {
            // Nothing is dated into the future, whatever the history says.
            let today = world.today.to_string();
            let text = value.filter(|value| is_known(value)).and_then(|value| value.value.as_deref());
            let text = text.filter(|text| key != "creation-date" || *text <= today.as_str());
            let text = text.map_or(String::new(), |text| format!(" {}", written(key, text)));
            let _ = writeln!(out, "  {key}:{text}{}", value.map_or(String::new(), comment));
        }
    }
}

/// Whether a value is stated or inferred; a guess is for a person to confirm.
fn is_known(value: &Value) -> bool {
    let is_sure = matches!(value.certainty, Some(Certainty::Stated | Certainty::Inferred));
    is_sure && value.value.as_deref().is_some_and(|text| !text.is_empty() && text != TBD)
}

fn written(key: &str, text: &str) -> String {
    match is_list(key) && text.contains(", ") {
        true => format!("[{}]", text.split(", ").map(as_yaml).collect::<Vec<_>>().join(", ")),
        false => as_yaml(text),
    }
}

/// How sure a value is, and which line says so.
fn comment(value: &Value) -> String {
    let line = value.line.map_or(String::new(), |line| format!(", line {line}"));
    let told = match (value.certainty, value.value.as_deref()) {
        (Some(Certainty::Guess), Some(text)) => format!("perhaps {text}{line}: {}", value.why),
        (Some(certainty), _) => format!("{}{line}: {}", certainty.as_str(), value.why),
        (None, _) => value.why.clone(),
    };
    format!(" # {}", one_line(&told, MOST_WORDS))
}
