//! Parsed files as values: where two of them differ.

use seasonscale::artifact::Artifact;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use super::tokens;

/// The documents of a YAML file.
pub(super) fn documents(file: &Artifact) -> Vec<Value> {
    let documents = serde_yaml::Deserializer::from_str(&file.text);
    documents.map(|document| Value::deserialize(document).unwrap_or_default()).collect()
}

/// Where the values below `way` differ, each place by its own way; queries by their tokens.
pub(super) fn differing(way: &str, wanted: &Value, found: &Value) -> Vec<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let added = found.keys().filter(|name| !wanted.contains_key(*name));
            let of = |fields: &Map<String, Value>, name: &str| {
                fields.get(name).cloned().unwrap_or_else(|| "(nothing)".into())
            };
            let names = wanted.keys().chain(added);
            names
                .flat_map(|name| differing(&format!("{way}.{name}"), &of(wanted, name), &of(found, name)))
                .collect()
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            let pairs = wanted.iter().zip(found).enumerate();
            pairs
                .flat_map(|(at, (wanted, found))| differing(&format!("{way}[{at}]"), wanted, found))
                .collect()
        }
        (Value::Number(one), Value::Number(other)) if is_near(one, other) => Vec::new(),
        (Value::String(wanted), Value::String(found)) if way.ends_with(".expr") => {
            tokens::difference(wanted, found).map(|found| format!("{way}: {found:?}")).into_iter().collect()
        }
        (wanted, found) if wanted == found => Vec::new(),
        (wanted, found) => vec![format!("{way} is {found}, not {wanted}")],
    }
}

/// Whether two numbers are one, but for how a product was rounded.
fn is_near(one: &Number, other: &Number) -> bool {
    let both = one.as_f64().zip(other.as_f64());
    both.is_some_and(|(one, other)| (one - other).abs() <= 1e-12 * one.abs().max(other.abs()))
}
