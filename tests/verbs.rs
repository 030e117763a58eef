//! The verbs over the example universe, at its own day.
//!
//! `tests/verbs/<command>/<case>/` has `ask.json`, the question as an MCP client sends it, and what comes
//! of it: `answer.md` and `answer.json`, or `trouble.txt` where the question cannot be answered. A draft
//! is named in the question by a file below `examples/` (`{"file": "drafts/flawed.md"}`).

use crate::golden;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use vep_mcp::mcp::Server;
use vep_mcp::outside::{Outside, Place};
use vep_mcp::verbs::{self, Face, Verb};
use vep_mcp::world::World;

fn example() -> World {
    Outside::new(Place::Example, None).load(None).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Asks every case of the verb that comes along.
struct Cases {
    world: World,
    commands: BTreeSet<String>,
}

impl Face for Cases {
    fn add<V: Verb>(&mut self) {
        self.commands.insert(V::CARD.command.into());
        let folder = golden::root().join("tests/verbs").join(V::CARD.command);
        for case in golden::folders(&folder) {
            let ask = fs::read_to_string(folder.join(&case).join("ask.json")).unwrap();
            let path = format!("tests/verbs/{}/{case}", V::CARD.command);
            let mut ask: Value = serde_json::from_str(&ask).unwrap_or_else(|error| panic!("{path}: {error}"));
            fill_in(&mut ask);
            let ask: V::Ask = serde_json::from_value(ask).unwrap_or_else(|error| panic!("{path}: {error}"));
            match V::run(&self.world, ask) {
                Err(trouble) => golden::check(&format!("{path}/trouble.txt"), &format!("{trouble}\n")),
                Ok(answer) => {
                    let json = serde_json::to_value(&answer).unwrap();
                    assert_fits(V::CARD.tool, &json, &path);
                    golden::check(&format!("{path}/answer.md"), &answer.to_string());
                    golden::check(&format!("{path}/answer.json"), &format!("{json:#}\n"));
                }
            }
        }
    }
}

/// `{"file": …}` becomes the text of that file below `examples/`.
fn fill_in(ask: &mut Value) {
    for value in ask.as_object_mut().unwrap().values_mut() {
        if let Some(file) = value.get("file").and_then(Value::as_str) {
            *value = fs::read_to_string(golden::root().join("examples").join(file)).unwrap().into();
        }
    }
}

/// An answer satisfies the schema that the tool publishes for it.
pub fn assert_fits(tool: &str, answer: &Value, of: &str) {
    let tools = Server::new(Outside::new(Place::Example, None)).tools();
    let tool = tools.iter().find(|known| known.name == tool).unwrap();
    let schema = Value::Object(tool.output_schema.as_ref().unwrap().as_ref().clone());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(answer).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{of}: {errors:?}");
}

#[test]
fn every_verb_answers_as_its_goldens_say() {
    let mut cases = Cases { world: example(), commands: BTreeSet::new() };
    verbs::each(&mut cases);
    let folders: BTreeSet<String> =
        golden::folders(&golden::root().join("tests/verbs")).into_iter().collect();
    assert_eq!(folders, cases.commands, "the folders of tests/verbs are the commands");
}
