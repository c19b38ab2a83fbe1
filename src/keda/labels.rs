//! Selectors of labels as a text, as Kubernetes reads them (`labels.Parse`, apimachinery).

/// A piece of a selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Sign(&'static str),
    Word(&'t str),
    /// Signs that are none together.
    Wrong,
}

const SIGNS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", "<", ">"];

/// Whether Kubernetes reads it.
pub fn is_selector(text: &str) -> bool {
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens };
    if tokens.is_empty() {
        return true;
    }
    loop {
        if !reader.requirement() {
            return false;
        }
        match reader.next() {
            None => return true,
            Some(Token::Sign(",")) => {}
            Some(_) => return false,
        }
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let is_sign = |c: char| "=!(),<>".contains(c);
    let mut rest = text.trim_start_matches([' ', '\t', '\r', '\n']);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
        let length = match sign {
            Some(sign) => {
                found.push(Token::Sign(sign));
                sign.len()
            }
            None => {
                let end = rest.find(|c: char| is_sign(c) || c.is_ascii_whitespace()).unwrap_or(rest.len());
                found.push(if end == 0 { Token::Wrong } else { Token::Word(&rest[..end]) });
                end.max(1)
            }
        };
        rest = rest[length..].trim_start_matches([' ', '\t', '\r', '\n']);
    }
    found
}

struct Reader<'t> {
    tokens: &'t [Token<'t>],
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<Token<'t>> {
        self.tokens.first().copied()
    }

    fn next(&mut self) -> Option<Token<'t>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(*first)
    }

    /// `app`, `!app`, `app=web`, `app in (a, b)`, `count>3`
    fn requirement(&mut self) -> bool {
        let is_not = self.peek() == Some(Token::Sign("!"));
        if is_not {
            self.next();
        }
        let Some(Token::Word(key)) = self.next() else { return false };
        let ends = matches!(self.peek(), None | Some(Token::Sign(",")));
        if !is_key(key) || is_not || ends {
            return is_key(key) && ends;
        }
        match self.next() {
            Some(Token::Word("in" | "notin")) => self.values(),
            Some(Token::Sign("=" | "==" | "!=")) => self.value().is_some_and(is_value),
            Some(Token::Sign("<" | ">")) => {
                self.value().is_some_and(|value| is_value(value) && value.parse::<i64>().is_ok())
            }
            Some(_) | None => false,
        }
    }

    /// One that may be empty.
    fn value(&mut self) -> Option<&'t str> {
        match self.peek() {
            None | Some(Token::Sign(",")) => Some(""),
            Some(Token::Word(word)) => {
                self.next();
                Some(word)
            }
            Some(_) => None,
        }
    }

    fn values(&mut self) -> bool {
        if self.next() != Some(Token::Sign("(")) {
            return false;
        }
        loop {
            if let Some(Token::Word(word)) = self.peek() {
                self.next();
                if !is_value(word) {
                    return false;
                }
            }
            match self.next() {
                Some(Token::Sign(")")) => return true,
                Some(Token::Sign(",")) => {}
                Some(_) | None => return false,
            }
        }
    }
}

/// `example.com/name`
fn is_key(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let is_part = |part: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let (first, last) = (part.bytes().next(), part.bytes().last());
        first.is_some_and(plain)
            && last.is_some_and(plain)
            && part.bytes().all(|byte| plain(byte) || byte == b'-')
    };
    prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(is_part))
        && !name.is_empty()
        && is_value(name)
}

fn is_value(value: &str) -> bool {
    let ends = [value.bytes().next(), value.bytes().last()];
    value.len() <= 63
        && ends.into_iter().flatten().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_those_of_kubernetes() {
        for text in [
            "",
            "app",
            "!app",
            "app=web",
            "app==web,tier!=front",
            "app in (a, b),tier notin (c)",
            "app in (a,,b)",
            "app in ()",
            "app in (,)",
            "app=",
            "app!=,b",
            "count>3",
            "app.kubernetes.io/name=web",
            "in=1",
            " app = web ",
        ] {
            assert!(is_selector(text), "{text}");
        }
        for text in [
            "app in (x",
            "app=a b",
            "app in a",
            "=a",
            "app=web,",
            ",app",
            "!app=web",
            "app=-a",
            "count>x",
            "app===web",
            "Example.com/a=b",
            "app=a=b",
            "a/b/c",
            "app in (a b)",
        ] {
            assert!(!is_selector(text), "{text}");
        }
    }
}
