//! What a file means: its parsed form without comments, and without the words that only people read.

use std::collections::BTreeMap;

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

/// A script as a row of tokens, without its comments.
fn uncommented(artifact: &Artifact) -> String {
    let text = &artifact.text;
    match artifact.path.rsplit('.').next() {
        Some("sql") => {
            let tokens = tokens(text, "--");
            let statements = tokens.split(|token| *token == ";");
            let meant = statements.filter(|statement| !statement.starts_with(&["COMMENT", "ON"]));
            meant.map(|statement| statement.join("\n")).collect::<Vec<_>>().join("\n;\n")
        }
        Some("js") => tokens(text, "//").join("\n"),
        Some("properties") => {
            // The last value of a name holds.
            let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
            let pairs: BTreeMap<&str, &str> = lines.filter_map(|line| line.split_once('=')).collect();
            format!("{pairs:?}")
        }
        Some(_) | None => text.clone(),
    }
}

/// The tokens of SQL or of JavaScript: words, strings in one piece, and single signs.
fn tokens<'t>(text: &'t str, comment: &str) -> Vec<&'t str> {
    let (mut tokens, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = if rest.starts_with(comment) {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if matches!(first, '\'' | '"' | '`') {
            rest[1..].find(first).map_or(rest.len(), |at| at + 2)
        } else {
            word.max(first.len_utf8())
        };
        let (token, after) = rest.split_at(length);
        if !token.starts_with(comment) && !token.starts_with("/*") {
            tokens.push(token);
        }
        rest = after.trim_start();
    }
    tokens
}

#[test]
fn layout_and_comments_mean_nothing_but_what_stands_in_quotes_does() {
    let same = |one: &str, other: &str| tokens(one, "--") == tokens(other, "--");
    assert!(same("SELECT a -- it's\n  FROM b;", "SELECT a FROM /* 'b' */ b ;"));
    assert!(!same("SELECT 'a--b'", "SELECT 'a'"));
    assert!(!same("SELECT 'a b'", "SELECT 'a  b'"));
    assert_eq!(tokens("f(`a // b`) // c", "//"), ["f", "(", "`a // b`", ")"]);
}
