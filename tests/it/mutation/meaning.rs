//! What a file means: its parsed form without comments, and without the words that only people read.

use seasonscale::artifact::Artifact;
use serde::Deserialize;
use serde_json::Value;

/// Keys whose texts only people read.
const WORDS: [&str; 4] = ["summary", "description", "title", "help"];

pub(super) fn of(artifact: &Artifact) -> Vec<Value> {
    let text = &artifact.text;
    let mut parsed = match artifact.path.rsplit('.').next() {
        Some("yaml" | "yml") => serde_yaml::Deserializer::from_str(text)
            .map(|document| Value::deserialize(document).unwrap_or(Value::Null))
            .collect(),
        Some("json") => vec![serde_json::from_str(text).unwrap()],
        // Words for people, line by line: their tables are proven, their sections are designed.
        Some("md") => Vec::new(),
        _ => vec![Value::String(uncommented(artifact))],
    };
    parsed.iter_mut().for_each(without_words);
    parsed
}

fn without_words(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !WORDS.contains(&name.as_str()));
            fields.values_mut().for_each(without_words);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_words),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A script without its comments.
fn uncommented(artifact: &Artifact) -> String {
    let mark = match artifact.path.rsplit('.').next() {
        Some("sql") => "--",
        Some("js") => "//",
        Some("properties") => "#",
        Some(_) | None => "\n",
    };
    let statements =
        artifact.text.split(";\n").filter(|statement| !statement.trim().starts_with("COMMENT ON"));
    let lines = statements.flat_map(str::lines);
    let lines = lines.map(|line| line.split(mark).next().unwrap_or_default().trim());
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('*') && !line.starts_with("/*"))
        .collect::<Vec<_>>()
        .join("\n")
}
