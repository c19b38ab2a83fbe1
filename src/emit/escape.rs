//! Escaping: how a string is written in YAML, SQL, PromQL and iCalendar so that it comes back as that string.

/// A YAML scalar: plain where every YAML reader, 1.1 and 1.2, agrees that it is a string; else double-quoted.
pub(super) fn yaml(text: &str) -> String {
    if is_plain_yaml(text) { text.to_owned() } else { yaml_quoted(text) }
}

/// A double-quoted YAML scalar. Beyond JSON's escapes, everything outside the printable set of YAML 1.1 is escaped
/// (DEL, C1 controls, NEL, the line separators, U+FEFF, the non-characters), because readers differ there.
pub(super) fn yaml_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c if u32::from(c) & 0xfffe == 0xfffe => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn is_plain_yaml(text: &str) -> bool {
    const READ_AS_SOMETHING_ELSE: &[&str] =
        &["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"];
    text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'))
        && !READ_AS_SOMETHING_ELSE.contains(&text.to_ascii_lowercase().as_str())
}

/// Text for the rest of a comment line: controls become blanks, so it cannot end the line; so do characters that YAML does not
/// allow anywhere.
pub(super) fn one_line(text: &str) -> String {
    let unfit =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || u32::from(c) & 0xfffe == 0xfffe;
    text.chars().map(|c| if unfit(c) { ' ' } else { c }).collect()
}

/// A SQL string literal under `standard_conforming_strings`; NUL, which PostgreSQL cannot hold, is dropped.
pub(super) fn sql_literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

/// A JSON string, quotes and all.
pub(super) fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A double-quoted PromQL string (Go escapes).
pub(super) fn promql(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            // A rule's expression stands in a block of YAML, where some of these would end the line.
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c if u32::from(c) & 0xfffe == 0xfffe => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Text of an iCalendar property (RFC 5545, 3.3.11).
pub(super) fn ics(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ',' | ';' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            _ if character.is_control() => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_string_comes_back_from_yaml(text in any::<String>()) {
            for written in [yaml(&text), yaml_quoted(&text)] {
                let back: Vec<String> = serde_yaml::from_str(&format!("- {written}")).unwrap();
                prop_assert_eq!(&back[0], &text);
            }
        }

        #[test]
        fn no_comment_text_can_end_its_line(text in any::<String>()) {
            prop_assert_eq!(one_line(&text).lines().count().max(1), 1);
        }
    }

    #[test]
    fn strings_that_yaml_reads_as_something_else_are_quoted() {
        for word in ["NO", "on", "1_000", "0 8 * 9 *", "12:30", "", "-", "~", "2026-01-01", "=", "<<"] {
            assert!(yaml(word).starts_with('"'), "{word}");
        }
        assert_eq!(yaml("freshplan-api-queries-de"), "freshplan-api-queries-de");
        assert_eq!(yaml("Europe/Berlin"), "Europe/Berlin");
    }
}
