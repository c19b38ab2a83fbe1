//! Markdown: how text of a policy is written so that it reads as that text and as nothing else. Every Markdown that is made
//! goes through here; `tests/it/markdown.rs` parses all of it and holds its form against that of harmless text.
//!
//! A bare address, as in `https://tracker.example/OPS-1`, stays one that GitHub makes a link of: such a link says where it goes.

/// Running text, inside a table cell, a heading or a list item too: it begins none of its own, no blank at its ends is lost,
/// and nothing in it is read as a link, code, emphasis, a formula or HTML. A hyphen alone is left, as it is what tables say
/// where there is nothing: no line of a template may begin with a text that can be one.
pub fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let bare = text.trim_matches(' ');
    let leading = text.len() - text.trim_start_matches(' ').len();
    escaped.push_str(&"&#32;".repeat(leading));
    let (mark, last) = (block_mark(bare), bare.char_indices().next_back().map(|(at, _)| at));
    for (at, c) in bare.char_indices() {
        match c {
            '\\' | '`' | '*' | '|' | '[' | ']' | '~' | '$' => escaped.extend(['\\', c]),
            '_' if !escaped.ends_with(|before: char| before.is_ascii_alphanumeric()) => {
                escaped.push_str("\\_");
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c if mark == Some(at) => escaped.extend(['\\', c]),
            // At the end of a heading it would be taken for its closing sequence.
            '#' if last == Some(at) => escaped.push_str("\\#"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    let trailing = if bare.is_empty() { 0 } else { text.len() - leading - bare.len() };
    escaped.push_str(&"&#32;".repeat(trailing));
    escaped
}

/// Running text of a comment on a pull request, where a mention would call somebody.
pub fn comment(said: &str) -> String {
    text(said).replace('@', "@&#8203;")
}

/// A code span, outside of tables: as many backticks around as it takes.
pub fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A reader takes one blank away at both ends, where both have one.
    let loses_blanks = text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
    let padded = text.is_empty() || text.starts_with('`') || text.ends_with('`') || loses_blanks;
    let pad = if padded { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A code span in a cell of a table, where a bar would end the cell, in code too. A backslash before a bar cannot be said in
/// code there: such a text is no code.
pub fn code_in_cell(said: &str) -> String {
    if said.contains("\\|") { text(said) } else { code(said).replace('|', "\\|") }
}

/// Where a text has the character by which it would begin a heading, a list item, a line below a heading or a table.
fn block_mark(text: &str) -> Option<usize> {
    let mut characters = text.chars();
    let first = characters.next()?;
    let rest = characters.as_str();
    if first.is_ascii_digit() {
        let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let after = number.strip_prefix(['.', ')'])?;
        return (after.is_empty() || after.starts_with(' ')).then_some(text.len() - number.len());
    }
    const MARKS: [char; 5] = ['#', '-', '+', '=', ':'];
    let is_mark = MARKS.contains(&first) && text != "-";
    (is_mark && (rest.is_empty() || rest.starts_with(' ') || rest.starts_with(MARKS))).then_some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_blanks_and_begins_nothing() {
        let cases = [
            (" a ", "&#32;a&#32;"),
            ("  ", "&#32;&#32;"),
            ("- a", "\\- a"),
            ("-", "-"),
            ("--", "\\--"),
            ("-5", "-5"),
            ("-, a", "-, a"),
            ("+", "\\+"),
            ("===", "\\==="),
            (":-:", "\\:-:"),
            ("#", "\\#"),
            ("#4 a", "#4 a"),
            ("## a ##", "\\## a #\\#"),
            ("1. May", "1\\. May"),
            ("1.", "1\\."),
            ("1.5", "1.5"),
            ("`a` <b> $c$ ~d~ _e", "\\`a\\` &lt;b&gt; \\$c\\$ \\~d\\~ \\_e"),
        ];
        for (said, written) in cases {
            assert_eq!(text(said), written, "{said}");
        }
    }

    #[test]
    fn code_has_more_backticks_around_than_inside_and_its_bars_end_no_cell() {
        let cases = [
            ("a", "`a`", "`a`"),
            ("a`b", "``a`b``", "``a`b``"),
            ("`", "`` ` ``", "`` ` ``"),
            (" a ", "`  a  `", "`  a  `"),
            ("", "`  `", "`  `"),
            ("a|b", "`a|b`", "`a\\|b`"),
            ("a\\|b", "`a\\|b`", "a\\\\\\|b"),
        ];
        for (said, outside, inside) in cases {
            assert_eq!((code(said).as_str(), code_in_cell(said).as_str()), (outside, inside), "{said}");
        }
    }
}
