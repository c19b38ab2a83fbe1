//! The table as JSON Schema (2020-12), which editors and `tombi` read.
//!
//! Dates of TOML have no type in JSON: `date`, `date-time` and `partial-date-time` are the formats by which tombi knows them, and it
//! takes no string in their place (<https://tombi-toml.github.io/tombi/docs/json-schema>).

use serde_json::{Map, Value, json};

use super::{File, Key, Kind, LeftOut, Section};

/// The schema of a file.
pub fn schema(file: &File) -> Value {
    let mut schema = object(file.root);
    let more = [
        ("$schema", json!("https://json-schema.org/draft/2020-12/schema")),
        ("title", json!(file.name)),
        // TOML 1.1 has times without seconds.
        ("x-tombi-toml-version", json!("v1.1.0")),
    ];
    schema.extend(more.map(|(key, value)| (key.to_owned(), value)));
    Value::Object(schema)
}

fn object(section: &Section) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut others = json!(false);
    let mut required = Vec::new();
    for key in section.all() {
        if key.is_named_by_user() {
            others = schema_of(key);
            continue;
        }
        if matches!(key.left_out, LeftOut::Never) {
            required.push(key.name);
        }
        properties.insert(key.name.to_owned(), schema_of(key));
    }
    let mut object = Map::new();
    object.insert("type".to_owned(), json!("object"));
    object.insert("description".to_owned(), json!(section.about));
    object.insert("properties".to_owned(), Value::Object(properties));
    object.insert("additionalProperties".to_owned(), others);
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    object
}

/// The schema of a key's value.
pub fn schema_of(key: &Key) -> Value {
    let mut property = taken(key.kind);
    if matches!((key.kind, key.left_out), (Kind::Named(_), LeftOut::Never)) {
        property.insert("minProperties".to_owned(), json!(1));
    }
    let said = match key.left_out {
        LeftOut::Never | LeftOut::Is(_) | LeftOut::Nothing => String::new(),
        LeftOut::NeverWhere(_) | LeftOut::Means(_) => format!(" ({})", key.left_out.words()),
    };
    property.insert("description".to_owned(), json!(format!("{}{said}", key.about)));
    if let LeftOut::Is(value) = key.left_out {
        property.insert("default".to_owned(), json_of(value));
    }
    property.insert("examples".to_owned(), json!([json_of(key.example)]));
    Value::Object(property)
}

/// What a value must be.
fn taken(kind: Kind) -> Map<String, Value> {
    let text = || json!({ "type": "string" });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    let taken = match kind {
        Kind::Text(_) => text(),
        Kind::OneOf(words) => json!({ "type": "string", "enum": words }),
        Kind::Texts(_) => texts(),
        Kind::SomeOf(words) => json!({ "type": "array", "items": { "type": "string", "enum": words() } }),
        Kind::Whole => json!({ "type": "integer", "minimum": 0 }),
        Kind::Wholes => json!({ "type": "array", "items": { "type": "integer", "minimum": 0 } }),
        Kind::Floor => json!({ "oneOf": [{ "type": "integer", "minimum": 0 }, text()] }),
        Kind::Number => json!({ "type": "number", "minimum": 0 }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Moment => json!({ "oneOf": [
            { "type": "string", "format": "partial-date-time" },
            { "type": "string", "format": "date-time" },
        ] }),
        Kind::Either(_) => json!({ "oneOf": [text(), texts()] }),
        Kind::Any(_, section) => json!({ "oneOf": [text(), texts(), object(section)] }),
        Kind::TextOr(section) => json!({ "oneOf": [text(), object(section)] }),
        Kind::Table(section) => Value::Object(object(section)),
        Kind::Named(section) => json!({ "type": "object", "additionalProperties": object(section) }),
        Kind::Tables(section) => json!({ "type": "array", "items": object(section) }),
    };
    let Value::Object(taken) = taken else { return Map::new() };
    taken
}

/// A value of TOML as one of JSON; dates become their text.
fn json_of(value: &str) -> Value {
    let table: toml::Table = toml::from_str(&format!("value = {value}"))
        .unwrap_or_else(|error| panic!("internal error: `{value}` in the table of keys: {error}"));
    json(&table["value"])
}

fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(at) => json!(at.to_string()),
        toml::Value::Array(elements) => elements.iter().map(json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.clone(), json(value))).collect())
        }
    }
}
