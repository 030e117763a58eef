//! Schemas that every client and model can read: self-contained, without nulls, number formats and
//! `$schema`, an object at the top.

use rmcp::model::JsonObject;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use schemars::{JsonSchema, Schema};
use serde_json::Value;
use std::sync::Arc;

/// The schema of what is asked.
pub(super) fn input<T: JsonSchema>() -> Arc<JsonObject> {
    tidied::<T>(SchemaSettings::draft2020_12())
}

/// The schema of what is answered.
pub fn output<T: JsonSchema>() -> Arc<JsonObject> {
    tidied::<T>(SchemaSettings::draft2020_12().for_serialize())
}

fn tidied<T: JsonSchema>(settings: SchemaSettings) -> Arc<JsonObject> {
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    RecursiveTransform(tidy).transform(&mut schema);
    let mut object = schema.as_object().cloned().unwrap_or_default();
    object.remove("title");
    object.remove("description");
    object.entry("properties").or_insert_with(|| Value::Object(JsonObject::new()));
    Arc::new(object)
}

/// What schemars writes for Rust's sake and no client needs: integer formats, null defaults, and null as
/// an alternative for what is optional anyway.
fn tidy(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if object.get("format").and_then(Value::as_str).is_some_and(|it| it.contains("int")) {
        object.remove("format");
    }
    if object.get("default").is_some_and(|it| it.is_null() || *it == Value::Array(vec![])) {
        object.remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|it| it != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            object.insert("type".into(), one);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|it| !it.is_null());
    }
    if let Some(Value::Array(mut options)) = object.remove("anyOf") {
        options.retain(|it| it.get("type").and_then(Value::as_str) != Some("null"));
        match options.as_slice() {
            [Value::Object(one)] => {
                for (key, value) in one.clone() {
                    object.entry(key).or_insert(value);
                }
            }
            _ => {
                object.insert("anyOf".into(), Value::Array(options));
            }
        }
    }
    // Words that Rust documents one by one are a plain enumeration to a client.
    let words: Option<Vec<Value>> = match object.get("oneOf") {
        Some(Value::Array(options)) => options.iter().map(|it| it.get("const").cloned()).collect(),
        _ => None,
    };
    if let Some(words) = words {
        object.remove("oneOf");
        object.insert("type".into(), "string".into());
        object.insert("enum".into(), Value::Array(words));
    }
}
