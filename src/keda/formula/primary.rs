//! What stands between two operators of a formula: names, numbers, lists, calls and what follows them (expr-lang/expr v1.17.8:
//! `parser/parser.go`).

use super::Refusal;
use super::builtin::{Builtin, is_builtin};
use super::expression::Expression;
use super::lexer::Token;
use super::parse::Parser;

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Result<Expression, Refusal> {
        let token = self.peek().clone();
        if let Token::Operator(text) = &token {
            let binds = match text.as_str() {
                "not" | "!" => Some(50),
                "-" | "+" => Some(90),
                _ => None,
            };
            if let Some(binds) = binds {
                self.next();
                let inner = Box::new(self.expression(binds)?);
                return self.postfix(match text.as_str() {
                    "-" => Expression::Negative(inner),
                    "+" => Expression::Positive(inner),
                    _ => Expression::Not(inner),
                });
            }
            if self.predicates > 0 && text == "#" {
                self.next();
                return self.postfix(Expression::Element);
            }
            let beyond = self.predicates > 0 && text == "." || text == "::";
            return Err(if beyond { Refusal::Beyond("a member") } else { self.unexpected() });
        }
        if self.bracket('(') {
            let inner = self.sequence()?;
            self.expect_bracket(')')?;
            return self.postfix(inner);
        }
        self.secondary(token)
    }

    fn secondary(&mut self, token: Token) -> Result<Expression, Refusal> {
        match token {
            Token::Name(name) => {
                self.next();
                match name.as_str() {
                    "true" => return Ok(Expression::Bool(true)),
                    "false" => return Ok(Expression::Bool(false)),
                    "nil" => return Ok(Expression::Nil),
                    _ => {}
                }
                let node = if *self.peek() == Token::Bracket('(') {
                    self.call(&name, None)?
                } else {
                    Expression::Name(name)
                };
                self.postfix(node)
            }
            Token::Number(text) => {
                self.next();
                number(&text)
            }
            Token::Bracket('[') => {
                self.next();
                let items = self.list(']', 0)?;
                self.postfix(Expression::Array(items))
            }
            Token::Bracket('{') => Err(Refusal::Beyond("a map")),
            Token::Bracket(_) | Token::Operator(_) | Token::End => Err(self.unexpected()),
        }
    }

    /// Expressions with commas between, a last comma allowed, to the end of a bracket that is open.
    fn list(&mut self, end: char, before: usize) -> Result<Vec<Expression>, Refusal> {
        let mut items = Vec::new();
        while *self.peek() != Token::Bracket(end) {
            if items.len() > before {
                self.expect_operator(",")?;
                if *self.peek() == Token::Bracket(end) {
                    break;
                }
            }
            items.push(self.expression(0)?);
        }
        self.expect_bracket(end)?;
        Ok(items)
    }

    pub(super) fn call(&mut self, name: &str, piped: Option<Expression>) -> Result<Expression, Refusal> {
        if self.triggers.contains(name) {
            return Err(Refusal::Refused(format!("{name} is a trigger, and no function any more")));
        }
        let Some(builtin) = Builtin::named(name) else {
            if is_builtin(name) {
                return Err(Refusal::Beyond("one of its functions"));
            }
            return Err(Refusal::Refused(format!("it has no function {name}")));
        };
        self.expect_bracket('(')?;
        let mut arguments: Vec<Expression> = piped.into_iter().collect();
        let Some(needs_predicate) = builtin.predicate() else {
            arguments.extend(self.list(')', 0)?);
            return Ok(Expression::Call(builtin, arguments));
        };
        if arguments.is_empty() {
            if *self.peek() == Token::Bracket(')') {
                return Err(self.unexpected());
            }
            arguments.push(self.expression(0)?);
            if *self.peek() == Token::Bracket(')') {
                if needs_predicate {
                    return Err(self.unexpected());
                }
            } else {
                self.expect_operator(",")?;
                arguments.push(self.predicate()?);
            }
        } else if *self.peek() != Token::Bracket(')') {
            arguments.push(self.predicate()?);
        } else if needs_predicate {
            return Err(self.unexpected());
        }
        self.operator(",");
        self.expect_bracket(')')?;
        Ok(Expression::Call(builtin, arguments))
    }

    fn predicate(&mut self) -> Result<Expression, Refusal> {
        let braces = self.bracket('{');
        self.predicates += 1;
        let inner = if braces { self.sequence()? } else { self.expression(0)? };
        self.predicates -= 1;
        if braces {
            self.expect_bracket('}')?;
        } else if self.peek().is_operator(";") {
            return Err(self.unexpected());
        }
        Ok(inner)
    }

    fn postfix(&mut self, node: Expression) -> Result<Expression, Refusal> {
        let mut node = node;
        loop {
            if self.peek().is_operator(".") || self.peek().is_operator("?.") {
                return Err(Refusal::Beyond("a member"));
            }
            if !self.bracket('[') {
                return Ok(node);
            }
            if self.peek().is_operator(":") {
                return Err(Refusal::Beyond("a slice"));
            }
            let index = self.expression(0)?;
            if self.peek().is_operator(":") {
                return Err(Refusal::Beyond("a slice"));
            }
            self.expect_bracket(']')?;
            node = Expression::Index(Box::new(node), Box::new(index));
        }
    }
}

fn number(text: &str) -> Result<Expression, Refusal> {
    let plain = text.replace('_', "").to_lowercase();
    let refused = || Refusal::Refused(format!("{text} is not a number"));
    let whole = |digits: &str, base| i64::from_str_radix(digits, base).ok().map(Expression::Int);
    let read = if let Some(digits) = plain.strip_prefix("0x") {
        whole(digits, 16)
    } else if plain.contains(['.', 'e']) {
        plain.parse().ok().filter(|number: &f64| number.is_finite()).map(Expression::Float)
    } else if let Some(digits) = plain.strip_prefix("0b") {
        whole(digits, 2)
    } else if let Some(digits) = plain.strip_prefix("0o") {
        whole(digits, 8)
    } else {
        whole(&plain, 10)
    };
    read.ok_or_else(refused)
}
