//! Tokens become an expression, by the grammar of expr-lang/expr v1.17.8 (`parser/parser.go`).

use std::collections::BTreeSet;

use super::Refusal;
use super::expression::{Expression, Operator};
use super::lexer::{Token, tokens};

/// As deep as formulas nest; the text comes from anybody.
const DEEPEST: usize = 100;
/// What expr-lang takes: `conf.DefaultMaxNodes`.
const LARGEST: usize = 10_000;

/// The expression that a text is, over these triggers.
pub(super) fn parse(text: &str, triggers: &BTreeSet<String>) -> Result<Expression, Refusal> {
    let mut parser = Parser { tokens: tokens(text)?, triggers, at: 0, predicates: 0, depth: 0, copied: 0 };
    let expression = parser.sequence()?;
    if *parser.peek() == Token::End { Ok(expression) } else { Err(parser.unexpected()) }
}

pub(super) struct Parser<'t> {
    tokens: Vec<Token>,
    /// A trigger takes its name away from a function.
    pub(super) triggers: &'t BTreeSet<String>,
    at: usize,
    /// How many predicates are open: `#` means something inside of one.
    pub(super) predicates: usize,
    depth: usize,
    /// Parts that stand twice in the expression.
    copied: usize,
}

impl Parser<'_> {
    pub(super) fn peek(&self) -> &Token {
        &self.tokens[self.at]
    }

    pub(super) fn next(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    pub(super) fn unexpected(&self) -> Refusal {
        Refusal::Refused(match self.peek() {
            Token::End => "it ends too early".to_owned(),
            Token::Number(text) | Token::Name(text) | Token::Operator(text) => {
                format!("{text} stands where it cannot")
            }
            Token::Bracket(bracket) => format!("{bracket} stands where it cannot"),
        })
    }

    fn takes(&mut self, token: &Token) -> bool {
        let takes = self.peek() == token;
        if takes {
            self.next();
        }
        takes
    }

    pub(super) fn operator(&mut self, text: &str) -> bool {
        self.takes(&Token::Operator(text.to_owned()))
    }

    pub(super) fn bracket(&mut self, bracket: char) -> bool {
        self.takes(&Token::Bracket(bracket))
    }

    fn expect(&mut self, found: bool) -> Result<(), Refusal> {
        if found { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn expect_operator(&mut self, text: &str) -> Result<(), Refusal> {
        let found = self.operator(text);
        self.expect(found)
    }

    pub(super) fn expect_bracket(&mut self, bracket: char) -> Result<(), Refusal> {
        let found = self.bracket(bracket);
        self.expect(found)
    }

    pub(super) fn sequence(&mut self) -> Result<Expression, Refusal> {
        let mut all = vec![self.expression(0)?];
        while self.operator(";") {
            if *self.peek() == Token::End {
                break;
            }
            all.push(self.expression(0)?);
        }
        // The parts have no effect but to be right; the last one is the value.
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::Sequence(all) })
    }

    pub(super) fn expression(&mut self, precedence: u32) -> Result<Expression, Refusal> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Refusal::Beyond("an expression nested this deep"));
        }
        let expression = self.expression_inside(precedence);
        self.depth -= 1;
        expression
    }

    fn expression_inside(&mut self, precedence: u32) -> Result<Expression, Refusal> {
        if precedence == 0 && self.peek().is_operator("let") {
            return self.declaration();
        }
        if precedence == 0 && self.operator("if") {
            return self.condition();
        }
        let mut left = self.primary()?;
        let mut before_is_default = false;
        while let Token::Operator(text) = self.peek().clone() {
            let (negated, text) = self.possibly_negated(text)?;
            let Some(binds) = strength(&text).filter(|binds| *binds >= precedence) else { break };
            self.at += usize::from(negated);
            self.next();
            if text == "|" {
                let Token::Name(name) = self.peek().clone() else { return Err(self.unexpected()) };
                self.next();
                left = self.call(&name, Some(left))?;
                before_is_default = false;
                continue;
            }
            if before_is_default && text != "??" {
                let why = format!("?? and {text} cannot be mixed without parentheses");
                return Err(Refusal::Refused(why));
            }
            before_is_default = text == "??";
            let Some(operator) = Operator::written(&text) else { return Err(self.unexpected()) };
            left = if operator.is_comparison() {
                self.comparison(left, operator, binds)?
            } else {
                let right = self.expression(if operator == Operator::Power { binds } else { binds + 1 })?;
                Expression::Binary(operator, Box::new(left), Box::new(right))
            };
            if negated {
                left = Expression::Not(Box::new(left));
            }
        }
        if precedence == 0 { self.ternary(left) } else { Ok(left) }
    }

    /// The operator that is next, and whether a `not` stands before it.
    fn possibly_negated(&mut self, text: String) -> Result<(bool, String), Refusal> {
        let negated = text == "not";
        let text = match (negated, self.tokens.get(self.at + 1)) {
            (false, _) => text,
            (true, Some(Token::Operator(next))) => next.clone(),
            (true, _) => {
                self.next();
                return Err(self.unexpected());
            }
        };
        if ["matches", "contains", "startsWith", "endsWith"].contains(&text.as_str()) {
            return Err(Refusal::Beyond("a text"));
        }
        if negated && text != "in" {
            self.next();
            return Err(self.unexpected());
        }
        Ok((negated, text))
    }

    /// `a < b < c` is `a < b && b < c`.
    fn comparison(&mut self, left: Expression, first: Operator, binds: u32) -> Result<Expression, Refusal> {
        let (mut left, mut operator, mut whole) = (left, first, None);
        loop {
            let right = self.expression(binds + 1)?;
            let again = self.copy(&right)?;
            let one = Expression::Binary(operator, Box::new(left), Box::new(again));
            let all = match whole {
                None => one,
                Some(before) => Expression::Binary(Operator::And, Box::new(before), Box::new(one)),
            };
            let next = match self.peek() {
                Token::Operator(text) => Operator::written(text).filter(|next| next.is_comparison()),
                Token::Number(_) | Token::Name(_) | Token::Bracket(_) | Token::End => None,
            };
            let Some(next) = next else { return Ok(all) };
            self.next();
            (left, operator, whole) = (right, next, Some(all));
        }
    }

    fn copy(&mut self, part: &Expression) -> Result<Expression, Refusal> {
        self.copied += part.size();
        if self.copied > LARGEST {
            return Err(Refusal::Beyond("an expression this large"));
        }
        Ok(part.clone())
    }

    fn declaration(&mut self) -> Result<Expression, Refusal> {
        self.next();
        let Token::Name(name) = self.peek().clone() else { return Err(self.unexpected()) };
        self.next();
        self.expect_operator("=")?;
        let value = self.expression(0)?;
        self.expect_operator(";")?;
        let rest = self.sequence()?;
        Ok(Expression::Let(name, Box::new(value), Box::new(rest)))
    }

    fn condition(&mut self) -> Result<Expression, Refusal> {
        let condition = self.expression(0)?;
        self.expect_bracket('{')?;
        let then = self.sequence()?;
        self.expect_bracket('}')?;
        self.expect_operator("else")?;
        let otherwise = if self.operator("if") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(Refusal::Beyond("an expression nested this deep"));
            }
            let otherwise = self.condition()?;
            self.depth -= 1;
            otherwise
        } else {
            self.expect_bracket('{')?;
            let otherwise = self.sequence()?;
            self.expect_bracket('}')?;
            otherwise
        };
        Ok(Expression::If(Box::new(condition), Box::new(then), Box::new(otherwise)))
    }

    fn ternary(&mut self, left: Expression) -> Result<Expression, Refusal> {
        let mut whole = left;
        while self.operator("?") {
            let own = self.operator(":");
            let then = if own { self.copy(&whole)? } else { self.expression(0)? };
            if !own {
                self.expect_operator(":")?;
            }
            let otherwise = self.expression(0)?;
            whole = Expression::If(Box::new(whole), Box::new(then), Box::new(otherwise));
        }
        Ok(whole)
    }
}

/// How strongly an operator binds (`parser/operator/operator.go`).
fn strength(text: &str) -> Option<u32> {
    Some(match text {
        "|" => 0,
        "or" | "||" => 10,
        "and" | "&&" => 15,
        "==" | "!=" | "<" | ">" | ">=" | "<=" | "in" => 20,
        ".." => 25,
        "+" | "-" => 30,
        "*" | "/" | "%" => 60,
        "**" | "^" => 100,
        "??" => 500,
        _ => return None,
    })
}
