//! Keys that have another place since an earlier version.

use toml_edit::{Array, DocumentMut, Item, RawString, Table, TableLike, Value, value};

use super::replace;

/// A text whose keys are where this version wants them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// The whole file.
    pub text: String,
    /// What was done, a line each; empty: nothing.
    pub said: Vec<String>,
}

/// `territories.toml` in the spelling of this version.
///
/// # Errors
///
/// Where the text is no TOML.
pub fn rewritten(territories: &str) -> Result<Rewritten, String> {
    let mut document: DocumentMut =
        territories.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let mut said = Vec::new();
    if credit_checks(&mut document) {
        said.push("`[gates] credit-checks-in-flight` is `[limits.credit-checks-in-flight]` now".to_owned());
    }
    if released(&mut document) {
        said.push("`[journal] released = true` names its versions now".to_owned());
    }
    let text = if said.is_empty() {
        territories.to_owned()
    } else {
        with_ends_of((&document.to_string(), territories))
    };
    Ok(Rewritten { text, said })
}

/// A text that was written anew, with the ends of lines and the byte order mark that `before` has.
fn with_ends_of((text, before): (&str, &str)) -> String {
    let mark = if before.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let text = if before.contains("\r\n") { text.replace('\n', "\r\n") } else { text };
    format!("{mark}{text}")
}

fn table_of<'d>(document: &'d mut DocumentMut, key: &str) -> Option<&'d mut dyn TableLike> {
    document.get_mut(key).and_then(Item::as_table_like_mut)
}

/// A gate of 0.1 becomes a limit, the comments of its line with it.
fn credit_checks(document: &mut DocumentMut) -> bool {
    const KEY: &str = "credit-checks-in-flight";
    let Some(gates) = table_of(document, "gates") else { return false };
    let above = gates.key(KEY).and_then(|key| key.leaf_decor().prefix().cloned());
    let Some(Item::Value(most)) = gates.remove(KEY) else { return false };
    let above = above.as_ref().and_then(RawString::as_str).unwrap_or_default().trim_start().to_owned();
    let mut limit = Table::new();
    limit.decor_mut().set_prefix(format!("\n{above}"));
    limit.insert("metric", value("credit_check_requests_in_flight"));
    limit.insert("most", Item::Value(most));
    limit.insert("per", value("provider"));
    let limits = document.entry("limits").or_insert_with(|| {
        let mut limits = Table::new();
        limits.set_implicit(true);
        Item::Table(limits)
    });
    if let Some(limits) = limits.as_table_like_mut() {
        limits.insert(KEY, Item::Table(limit));
    }
    true
}

/// `released = true` was of the one version that there was; `false` says nothing.
fn released(document: &mut DocumentMut) -> bool {
    let Some(journal) = table_of(document, "journal") else { return false };
    let Some(is_released) = journal.get("released").and_then(Item::as_bool) else { return false };
    let version = journal.get("version").and_then(Item::as_integer);
    match version.filter(|_| is_released) {
        Some(version) => replace(journal, "released", Value::from(Array::from_iter([version]))).is_some(),
        None => !is_released && journal.remove("released").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_becomes_a_limit_with_its_comments() {
        let old = "[gates]\nminimal-rps = 0.2\n# of the bureau's contract\ncredit-checks-in-flight = 8   # agreed\nstart-up = \"2m\" # pods\n\n[cost]\npod-hour = 0.05\n";
        let new = rewritten(old).unwrap();
        assert_eq!(
            new.text,
            "[gates]\nminimal-rps = 0.2\nstart-up = \"2m\" # pods\n\n[cost]\npod-hour = 0.05\n\n# of the bureau's contract\n[limits.credit-checks-in-flight]\nmetric = \"credit_check_requests_in_flight\"\nmost = 8   # agreed\nper = \"provider\"\n"
        );
        assert_eq!(new.said.len(), 1);
        assert_eq!(rewritten(&new.text), Ok(Rewritten { text: new.text.clone(), said: Vec::new() }));
        let crlf = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(rewritten(&crlf(old)).unwrap().text, crlf(&new.text));
        assert_eq!(rewritten(&crlf(&new.text)).unwrap().text, crlf(&new.text));
    }

    #[test]
    fn a_release_names_its_version() {
        let text = |released: &str| format!("[journal]\nversion = 226\nreleased = {released} # since May\n");
        assert_eq!(rewritten(&text("true")).unwrap().text, text("[226]"));
        assert_eq!(rewritten(&text("[225, 226]")).unwrap().said, Vec::<String>::new());
        assert_eq!(rewritten(&text("false")).unwrap().text, "[journal]\nversion = 226\n");
    }
}
