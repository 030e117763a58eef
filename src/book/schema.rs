//! The schema of front matter as JSON Schema, for editors and for assistants that write it.
//!
//! It is made of the same table and the same words as the reader. What takes more than one look at the block
//! (folder, heading, freeze, other VEPs, who is a meta-VEP) is for the rules to say.

use crate::document::{Key, SCHEMA, Shape};
use crate::vep::{MOST_LOGIN, NOBODY, Stage, Status};
use serde_json::{Map, Value, json};

/// What says that an optional value is not set.
const UNSET: &str = "^(?:[Tt][Bb][Dd]|N/A|n/a|-|)$";
const RELEASE: &str = "^v[0-9]+\\.[0-9]+$";

/// The JSON Schema of a VEP's front matter (VEP-282, VEP Front Matter).
pub fn schema() -> Value {
    let properties: Map<String, Value> =
        SCHEMA.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<&str> = SCHEMA.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "vep://schema/front-matter",
        "title": "Front matter of a VEP",
        "description": "VEP-282's schema as vep-mcp reads it. What depends on folder, heading, calendar or other VEPs is judged by its rules.",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "if": { "properties": { "status": { "const": "replaced" } } },
        "then": { "required": ["superseded-by"] },
    })
}

fn property(key: &Key) -> Value {
    let mut property = shape(key);
    property.insert("description".into(), key.about.into());
    Value::Object(property)
}

fn shape(key: &Key) -> Map<String, Value> {
    let value = match (key.name, key.shape) {
        ("status", _) => json!({ "enum": Status::ALL.map(Status::as_str) }),
        ("stage", _) => {
            json!({ "anyOf": [{ "enum": Stage::ALL.map(Stage::as_str) }, { "type": "null" }, unset()] })
        }
        ("authors" | "reviewers" | "approvers", _) => {
            json!({ "type": "array", "items": { "type": "string", "pattern": handle() }, "minItems": 1 })
        }
        (_, Shape::Text) => json!({ "type": "string", "minLength": 1 }),
        (_, Shape::Number) => json!({ "type": "integer", "minimum": 1 }),
        (_, Shape::Date) => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        (_, Shape::List) => json!({ "type": ["array", "null"], "items": { "type": "string" } }),
        (_, Shape::TextOrList) => {
            json!({ "type": ["string", "array"], "items": { "type": "string", "minLength": 1 }, "minLength": 1 })
        }
        (_, Shape::Releases) => {
            let release =
                json!({ "anyOf": [{ "type": "string", "pattern": RELEASE }, { "type": "null" }, unset()] });
            let stages = Stage::ALL.map(|stage| (stage.as_str().to_owned(), release.clone()));
            json!({ "type": "object", "properties": Map::from_iter(stages), "additionalProperties": false })
        }
        (_, Shape::Reference) => {
            json!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "null" }, unset()] })
        }
    };
    value.as_object().cloned().unwrap_or_default()
}

/// What the reader takes for a login, or for nobody yet.
fn handle() -> String {
    let any_case = |c: char| match c {
        '/' => "/".to_owned(),
        c => format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()),
    };
    let nobody: Vec<String> = NOBODY.iter().map(|word| word.chars().map(any_case).collect()).collect();
    format!("^(?:@?[A-Za-z0-9_][A-Za-z0-9_-]{{0,{}}}|@?(?:{})|\\?|)$", MOST_LOGIN - 1, nobody.join("|"))
}

fn unset() -> Value {
    json!({ "type": "string", "pattern": UNSET })
}
