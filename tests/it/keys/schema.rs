//! As much of JSON Schema as the schemas here are written in; the dates of TOML as `tombi` takes them.

use serde_json::Value as Json;
use toml::Value;

/// Whether `value` is as `schema` says.
pub fn takes(schema: &Json, value: &Value) -> bool {
    holds(schema, value, true)
}

/// Without what stands inside of tables: an example shows what matters.
pub fn takes_at_the_surface(schema: &Json, value: &Value) -> bool {
    holds(schema, value, false)
}

fn holds(schema: &Json, value: &Value, deep: bool) -> bool {
    let known = [
        "$schema",
        "title",
        "description",
        "default",
        "examples",
        "x-tombi-toml-version",
        "type",
        "format",
        "enum",
        "minimum",
        "items",
        "oneOf",
        "properties",
        "additionalProperties",
        "required",
        "minProperties",
    ];
    let object = schema.as_object().unwrap();
    assert!(object.keys().all(|key| known.contains(&key.as_str())), "{:?}", object.keys());
    let one = object
        .get("oneOf")
        .and_then(Json::as_array)
        .is_none_or(|schemas| schemas.iter().filter(|schema| holds(schema, value, deep)).count() == 1);
    let listed = object
        .get("enum")
        .is_none_or(|words| words.as_array().unwrap().iter().any(|word| word.as_str() == value.as_str()));
    one && listed && is_of_type(object, value) && (!deep || is_right_inside(object, value))
}

fn is_of_type(schema: &serde_json::Map<String, Json>, value: &Value) -> bool {
    let Some(wanted) = schema.get("type").and_then(Json::as_str) else { return true };
    let least = schema.get("minimum").and_then(Json::as_f64).unwrap_or(f64::MIN);
    match (wanted, value) {
        ("string", Value::String(_)) => !schema.contains_key("format"),
        ("string", Value::Datetime(at)) => match schema.get("format").and_then(Json::as_str) {
            Some("date") => at.date.is_some() && at.time.is_none(),
            Some("partial-date-time") => at.date.is_some() && at.time.is_some() && at.offset.is_none(),
            Some("date-time") => at.offset.is_some(),
            _ => false,
        },
        ("integer" | "number", Value::Integer(number)) => *number as f64 >= least,
        ("number", Value::Float(number)) => *number >= least,
        ("boolean", Value::Boolean(_)) | ("array", Value::Array(_)) | ("object", Value::Table(_)) => true,
        _ => false,
    }
}

fn is_right_inside(schema: &serde_json::Map<String, Json>, value: &Value) -> bool {
    match value {
        Value::Array(elements) => schema
            .get("items")
            .is_none_or(|schema| elements.iter().all(|element| holds(schema, element, true))),
        Value::Table(table) => {
            let properties = schema.get("properties").and_then(Json::as_object);
            let others = schema.get("additionalProperties");
            let least = schema.get("minProperties").and_then(Json::as_u64).unwrap_or(0);
            let required = schema.get("required").and_then(Json::as_array);
            let entry = |(key, value): (&String, &Value)| match (
                properties.and_then(|properties| properties.get(key)),
                others,
            ) {
                (Some(schema), _) => holds(schema, value, true),
                (None, Some(Json::Bool(taken))) => *taken,
                (None, Some(schema)) => holds(schema, value, true),
                (None, None) => true,
            };
            table.len() as u64 >= least
                && required
                    .is_none_or(|keys| keys.iter().all(|key| table.contains_key(key.as_str().unwrap())))
                && table.iter().all(entry)
        }
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            true
        }
    }
}
