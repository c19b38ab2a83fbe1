//! Escaping: how a string is written in YAML, SQL, PromQL and Markdown so that it comes back as that string.

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

/// Running text in Markdown, inside a table cell, a heading or a list item too: it begins none of its own, no blank at its
/// ends is lost, and nothing in it is read as a link, code, emphasis, a formula or HTML.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let bare = text.trim_matches(' ');
    let leading = text.len() - text.trim_start_matches(' ').len();
    escaped.push_str(&"&#32;".repeat(leading));
    let begins = bare.len() - after_block_mark(bare).len();
    for (at, c) in bare.char_indices() {
        match c {
            '\\' | '`' | '*' | '|' | '[' | ']' | '~' | '$' => escaped.extend(['\\', c]),
            '_' if !escaped.ends_with(|before: char| before.is_ascii_alphanumeric()) => {
                escaped.push_str("\\_")
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c if at + 1 == begins => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    let trailing = if bare.is_empty() { 0 } else { text.len() - leading - bare.len() };
    escaped.push_str(&"&#32;".repeat(trailing));
    escaped
}

/// What follows the mark of a heading or a list item at the beginning of a text: `- x`, `# x`, `1. x`. All of it where there
/// is none.
fn after_block_mark(text: &str) -> &str {
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if number.len() < text.len() {
        number.strip_prefix(['.', ')'])
    } else {
        let heading = text.trim_start_matches('#');
        if heading.len() < text.len() { Some(heading) } else { text.strip_prefix(['-', '+']) }
    };
    rest.filter(|rest| rest.starts_with(' ')).unwrap_or(text)
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

/// A Markdown code span: as many backticks around as it takes.
pub(super) fn markdown_code(text: &str) -> String {
    let text = one_line(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
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
    fn markdown_keeps_blanks_and_begins_nothing() {
        let cases = [
            (" a ", "&#32;a&#32;"),
            ("  ", "&#32;&#32;"),
            ("- a", "\\- a"),
            ("-", "-"),
            ("## a", "#\\# a"),
            ("1. May", "1\\. May"),
            ("1.5", "1.5"),
            ("`a` <b> $c$ ~d~ _e", "\\`a\\` &lt;b&gt; \\$c\\$ \\~d\\~ \\_e"),
        ];
        for (text, written) in cases {
            assert_eq!(markdown(text), written, "{text}");
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
