//! Markdown: how text of a policy is written so that it reads as that text and as nothing else. Every Markdown that is made
//! goes through here; `tests/it/markdown.rs` parses all of it and holds its form against that of harmless text.
//!
//! In a file, a bare address, as in `https://tracker.example/OPS-1`, stays one that GitHub makes a link of: such a link says
//! where it goes, and whoever is on call wants to follow it. In a comment nothing becomes a link, a mention or an emoji: the
//! policy of a pull request may be anybody's.

/// Running text, inside a table cell, a heading or a list item too: it begins none of its own, no blank at its ends is lost,
/// and nothing in it is read as a link, code, emphasis, a formula or HTML. A hyphen alone is left, as it is what tables say
/// where there is nothing: no line of a template may begin with a text that can be one.
pub fn text(text: &str) -> String {
    escaped(text, |_, _| false)
}

/// Running text of a comment on a pull request, where a mention would call somebody, a number would lead to another issue and
/// an address anywhere.
pub fn comment(text: &str) -> String {
    escaped(text, |text, at| {
        let (until, rest) = text.split_at(at + 1);
        let before = |word: &str| ends_with_word(until, word);
        let digit = rest.starts_with(|c: char| c.is_ascii_digit());
        match text.as_bytes()[at] {
            b'@' => true,
            b'#' => digit,
            b'-' => digit && before("gh-"),
            b':' => rest.starts_with("//") || is_emoji(text, at),
            b'w' | b'W' => rest.starts_with('.') && before("www"),
            _ => false,
        }
    })
}

/// Whether a text ends in this word of ASCII letters and signs, in whatever case, that goes on no other word.
fn ends_with_word(text: &str, word: &str) -> bool {
    let begin = text.len().checked_sub(word.len()).filter(|begin| text.is_char_boundary(*begin));
    begin.is_some_and(|begin| {
        let (before, end) = text.split_at(begin);
        end.eq_ignore_ascii_case(word) && !before.ends_with(|c: char| c.is_ascii_alphanumeric())
    })
}

/// Whether the colon at a byte begins a name that GitHub shows as an emoji. The hours of `08:00-20:00` are none.
fn is_emoji(text: &str, at: usize) -> bool {
    let Some((name, _)) = text[at..].strip_prefix(':').and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c));
    is_name
        && (["+1", "-1", "100", "1234"].contains(&name) || name.contains(|c: char| c.is_ascii_alphabetic()))
}

/// With an empty gap behind every byte, of an ASCII character, where `breaks` says so: what reads the text for links finds none.
fn escaped(text: &str, breaks: impl Fn(&str, usize) -> bool) -> String {
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
        if c.is_ascii() && breaks(bare, at) {
            escaped.push_str("&#8203;");
        }
    }
    let trailing = if bare.is_empty() { 0 } else { text.len() - leading - bare.len() };
    escaped.push_str(&"&#32;".repeat(trailing));
    escaped
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
/// code there: such a text is not code.
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
    fn a_comment_links_nowhere_and_calls_nobody() {
        let cases = [
            ("ask @me, a@b.example", "ask @&#8203;me, a@&#8203;b.example"),
            ("#12 no. #, #a", "#&#8203;12 no. #, #a"),
            ("GH-12 gh-1 high-1", "GH-&#8203;12 gh-&#8203;1 high-1"),
            ("https://a.example", "https:&#8203;//a.example"),
            ("www.a.example WWW.b awww.c", "www&#8203;.a.example WWW&#8203;.b awww.c"),
            (":tada: :100: 08:00-20:00 a: b:", ":&#8203;tada: :&#8203;100: 08:00-20:00 a: b:"),
            ("é: :é:", "é: :é:"),
        ];
        for (said, written) in cases {
            assert_eq!(comment(said), written, "{said}");
        }
        assert_eq!(text("https://a.example :+1: @me #1"), "https://a.example :+1: @me #1");
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
