//! A formula's text becomes tokens, as expr-lang/expr v1.17.8 cuts it (`parser/lexer`).

use super::Refusal;

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(String),
    Name(String),
    Operator(String),
    Bracket(char),
    End,
}

impl Token {
    pub(super) fn is_operator(&self, text: &str) -> bool {
        matches!(self, Self::Operator(operator) if operator == text)
    }
}

const WORDS: [&str; 11] =
    ["not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else"];

/// All tokens, the last one [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut lexer = Lexer { letters: text.chars().collect(), at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    tokens.push(Token::End);
    Ok(tokens)
}

struct Lexer {
    letters: Vec<char>,
    at: usize,
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn accept(&mut self, valid: &str) -> bool {
        let accepted = self.peek().is_some_and(|letter| valid.contains(letter));
        self.at += usize::from(accepted);
        accepted
    }

    fn run(&mut self, valid: &str) {
        while self.accept(valid) {}
    }

    fn word(&self, from: usize) -> String {
        self.letters[from..self.at].iter().collect()
    }

    fn next(&mut self) -> Result<Option<Token>, Refusal> {
        loop {
            let from = self.at;
            let Some(letter) = self.peek() else { return Ok(None) };
            self.at += 1;
            match letter {
                letter if letter.is_whitespace() => {}
                '/' if self.accept("/") => {
                    while self.peek().is_some_and(|letter| letter != '\n') {
                        self.at += 1;
                    }
                }
                '/' if self.accept("*") => self.comment()?,
                '0'..='9' => {
                    self.at = from;
                    return self.number(from).map(Some);
                }
                '.' if self.peek().is_some_and(|next| next.is_ascii_digit()) => {
                    return self.number(from).map(Some);
                }
                '"' | '\'' | '`' | '#' if letter != '#' => {
                    return Err(Refusal::Beyond("a text"));
                }
                '#' => {
                    if self.peek().is_some_and(is_name) {
                        return Err(Refusal::Beyond("a named element"));
                    }
                    self.accept("#");
                    return Ok(Some(Token::Operator(self.word(from))));
                }
                '(' | '[' | '{' | ')' | ']' | '}' => return Ok(Some(Token::Bracket(letter))),
                '?' | '|' | ':' | '.' | '&' | '!' | '=' | '*' | '<' | '>' | '/' | ',' | ';' | '%' | '+'
                | '-' | '^' => {
                    self.second(letter);
                    return Ok(Some(Token::Operator(self.word(from))));
                }
                letter if is_name(letter) => {
                    while self.peek().is_some_and(is_name) {
                        self.at += 1;
                    }
                    let word = self.word(from);
                    let is_operator = WORDS.contains(&word.as_str());
                    return Ok(Some(if is_operator { Token::Operator(word) } else { Token::Name(word) }));
                }
                letter if letter.is_ascii() => {
                    return Err(Refusal::Refused(format!("{letter:?} is not a character of a formula")));
                }
                _ => return Err(Refusal::Beyond("a letter beyond ASCII")),
            }
        }
    }

    /// What may follow the first character of an operator.
    fn second(&mut self, first: char) {
        self.accept(match first {
            '?' => ".?",
            '|' => "|",
            ':' => ":",
            '.' => ".",
            '&' | '!' | '=' | '*' | '<' | '>' => "&=*",
            _ => "",
        });
    }

    fn comment(&mut self) -> Result<(), Refusal> {
        loop {
            match self.peek() {
                None => return Err(Refusal::Refused("a comment does not end".to_owned())),
                Some('*') => {
                    self.at += 1;
                    if self.accept("/") {
                        return Ok(());
                    }
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn number(&mut self, from: usize) -> Result<Token, Refusal> {
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.run(digits);
        let end = self.at;
        if self.accept(".") {
            // `1..2` is a range.
            if self.peek() == Some('.') {
                self.at = end;
                return Ok(Token::Number(self.word(from)));
            }
            self.run(digits);
        }
        if self.accept("eE") {
            self.accept("+-");
            self.run(digits);
        }
        if self.peek().is_some_and(is_name) {
            return Err(Refusal::Refused(format!("{} is followed by a letter", self.word(from))));
        }
        Ok(Token::Number(self.word(from)))
    }
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '$'
}
