//! PromQL as a row of tokens: two expressions are the same when their tokens are, whatever their layout and comments.

/// The tokens of `text`, strings in one piece.
pub fn tokens(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'#' => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                continue;
            }
            b if b.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            quote @ (b'"' | b'\'' | b'`') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += if bytes[at] == b'\\' && quote != b'`' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
            }
            b if is_word(b) => {
                while at < bytes.len() && is_word(bytes[at]) {
                    at += 1;
                }
            }
            b'=' | b'!' | b'<' | b'>' if matches!(bytes.get(at + 1), Some(b'=' | b'~')) => at += 2,
            _ => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
        tokens.push(text.get(start..at).unwrap_or_default());
    }
    tokens
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.')
}

/// Where two expressions first differ.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference<'t> {
    /// Some tokens before it.
    pub after: String,
    /// Nothing where the expression ends.
    pub expected: Option<&'t str>,
    pub found: Option<&'t str>,
}

pub fn difference<'t>(expected: &'t str, found: &'t str) -> Option<Difference<'t>> {
    /// Enough to find the place.
    const CONTEXT: usize = 6;
    let (expected, found) = (tokens(expected), tokens(found));
    let longest = expected.len().max(found.len());
    let at = (0..longest).find(|at| expected.get(*at) != found.get(*at))?;
    Some(Difference {
        after: found[at.saturating_sub(CONTEXT).min(found.len())..at.min(found.len())].join(" "),
        expected: expected.get(at).copied(),
        found: found.get(at).copied(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_and_comments_make_no_difference_but_a_number_does() {
        let written = "a{b=\"# no\"}  # yes\n > 0.3\nand on (c)\n  d";
        assert_eq!(difference("a{b=\"# no\"} > 0.3 and on(c) d", written), None);
        let found = difference("a{b=\"# no\"} > 0.31 and on(c) d", written).unwrap();
        assert_eq!((found.expected, found.found), (Some("0.31"), Some("0.3")));
        assert_eq!(difference("a", "a b").unwrap().found, Some("b"));
        assert_eq!(tokens("x!~\"a\\\"b\"<=1"), ["x", "!~", "\"a\\\"b\"", "<=", "1"]);
    }
}
