//! Rust source as words, strings and marks, so that a rule about code never trips over a comment or a text.

/// A piece of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A name, a keyword or a number.
    Word(String),
    /// The inside of a string literal.
    Text(String),
    /// `::`, or any other single character.
    Mark(&'static str),
    /// A character of no interest to any rule.
    Other(char),
}

/// A piece with the line that it begins in, from 1.
#[derive(Clone, Debug)]
pub struct Token {
    pub piece: Piece,
    pub line: usize,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        match &self.piece {
            Piece::Word(word) => word == text,
            Piece::Mark(mark) => *mark == text,
            Piece::Text(_) | Piece::Other(_) => false,
        }
    }

    pub fn word(&self) -> Option<&str> {
        if let Piece::Word(word) = &self.piece { Some(word) } else { None }
    }
}

/// The tokens of a source, without comments and character literals.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (piece, length) = piece(rest, first);
        tokens.extend(piece.map(|piece| Token { piece, line }));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The same without what `#[cfg(test)]` stands before: code that is not shipped.
pub fn shipped(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        if ["#", "[", "cfg", "(", "test", ")", "]"]
            .iter()
            .enumerate()
            .all(|(i, text)| rest.get(i).is_some_and(|token| token.is(text)))
        {
            at += item_length(rest);
        } else {
            kept.push(rest[0].clone());
            at += 1;
        }
    }
    kept
}

/// How many tokens the first item has: up to its semicolon, or the end of its block.
fn item_length(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.is("{") {
            depth += 1;
        } else if token.is("}") {
            depth -= 1;
        }
        if depth == 0 && (token.is("}") || token.is(";")) {
            return at + 1;
        }
    }
    tokens.len()
}

/// The piece that `rest` begins with, if it is one, and its length in bytes.
fn piece(rest: &str, first: char) -> (Option<Piece>, usize) {
    if rest.starts_with("//") {
        return (None, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (None, rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    if let Some((text, length)) = string(rest) {
        return (Some(Piece::Text(text)), length);
    }
    if first == '\'' {
        return (None, character(rest));
    }
    if first.is_alphanumeric() || first == '_' {
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let length = word.len();
        return (Some(Piece::Word(word)), length);
    }
    if first.is_whitespace() {
        return (None, first.len_utf8());
    }
    let mark = ["::", "{", "}", "(", ")", "[", "]", ",", ";", "#", "!", "*"]
        .into_iter()
        .find(|mark| rest.starts_with(mark));
    mark.map_or((Some(Piece::Other(first)), first.len_utf8()), |mark| (Some(Piece::Mark(mark)), mark.len()))
}

/// A string literal at the very beginning: its inside and its length with the quotes.
fn string(rest: &str) -> Option<(String, usize)> {
    let body = rest.trim_start_matches(['b', 'c']);
    let raw = body.starts_with('r');
    let unprefixed = body.strip_prefix('r').unwrap_or(body);
    let hashes = if raw { unprefixed.len() - unprefixed.trim_start_matches('#').len() } else { 0 };
    let inside = unprefixed[hashes..].strip_prefix('"')?;
    let start = rest.len() - inside.len();
    if start > hashes + 3 {
        return None;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' && !raw {
            escaped = true;
        } else if inside[at..].starts_with(&close) {
            return Some((inside[..at].to_owned(), start + at + close.len()));
        }
    }
    Some((inside.to_owned(), rest.len()))
}

/// The length of a character literal, or of the quote of a lifetime.
fn character(rest: &str) -> usize {
    let mut inside = rest[1..].char_indices();
    match inside.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(rest.len(), |end| 3 + end + 1),
        Some(_) => match inside.next() {
            Some((at, '\'')) => 1 + at + 1,
            Some(_) | None => 1,
        },
        None => 1,
    }
}

#[test]
fn comments_strings_and_characters_are_told_from_code() {
    let source = r##"
        //! crate::a
        let x = 'c'; let y = '\''; let z = '"'; fn f<'a>(_: &'a str) {} /* crate::b */
        let t = "crate::\"c\""; let u = r#"crate::"d""#; let v = b"e";
        #[cfg(test)] mod tests { fn g() { { crate::f } } }
        crate::g
    "##;
    let tokens = tokens(source);
    let texts: Vec<&str> = tokens
        .iter()
        .filter_map(|token| if let Piece::Text(text) = &token.piece { Some(text.as_str()) } else { None })
        .collect();
    assert_eq!(texts, [r#"crate::\"c\""#, r#"crate::"d""#, "e"]);
    let words: Vec<&str> = tokens.iter().filter_map(Token::word).collect();
    assert!(!words.contains(&"b") && !words.contains(&"c") && words.contains(&"f"));
    let kept = shipped(&tokens);
    let words: Vec<&str> = kept.iter().filter_map(Token::word).collect();
    assert_eq!(words[words.len() - 2..], ["crate", "g"]);
    assert_eq!(kept.last().unwrap().line, 6);
    assert!(!words.contains(&"tests"));
}
