//! Tokens become an expression, by the grammar of expr-lang/expr v1.17.8 (`parser/parser.go`).

use super::Refusal;
use super::expression::{Builtin, Expression, Operator};
use super::lexer::{Token, tokens};

/// As deep as formulas nest; the text comes from anybody.
const DEEPEST: usize = 100;
/// What expr-lang takes: `conf.DefaultMaxNodes`.
const LARGEST: usize = 10_000;

/// Functions of expr-lang that are not worked out here.
const OTHER_BUILTINS: [&str; 51] = [
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "groupBy",
    "sortBy",
    "reduce",
    "type",
    "string",
    "trim",
    "trimPrefix",
    "trimSuffix",
    "upper",
    "lower",
    "split",
    "splitAfter",
    "replace",
    "repeat",
    "join",
    "indexOf",
    "lastIndexOf",
    "hasPrefix",
    "hasSuffix",
    "toJSON",
    "fromJSON",
    "toBase64",
    "fromBase64",
    "now",
    "duration",
    "date",
    "timezone",
    "first",
    "last",
    "get",
    "take",
    "keys",
    "values",
    "toPairs",
    "fromPairs",
    "reverse",
    "uniq",
    "concat",
    "flatten",
    "sort",
    "bitand",
    "bitor",
    "bitxor",
    "bitnand",
    "bitshl",
    "bitshr",
    "bitnot",
];

/// Whether expr-lang has a function of this name.
pub(super) fn is_builtin(name: &str) -> bool {
    Builtin::named(name).is_some() || OTHER_BUILTINS.contains(&name) || name == "bitushr"
}

/// The expression that a text is.
pub(super) fn parse(text: &str) -> Result<Expression, Refusal> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, predicates: 0, depth: 0, copied: 0 };
    let expression = parser.sequence()?;
    if *parser.peek() == Token::End { Ok(expression) } else { Err(parser.unexpected()) }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// How many predicates are open: `#` means something inside of one.
    predicates: usize,
    depth: usize,
    /// Parts that stand twice in the expression.
    copied: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at]
    }

    fn next(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    fn unexpected(&self) -> Refusal {
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

    fn operator(&mut self, text: &str) -> bool {
        self.takes(&Token::Operator(text.to_owned()))
    }

    fn bracket(&mut self, bracket: char) -> bool {
        self.takes(&Token::Bracket(bracket))
    }

    fn expect(&mut self, found: bool) -> Result<(), Refusal> {
        if found { Ok(()) } else { Err(self.unexpected()) }
    }

    fn expect_operator(&mut self, text: &str) -> Result<(), Refusal> {
        let found = self.operator(text);
        self.expect(found)
    }

    fn expect_bracket(&mut self, bracket: char) -> Result<(), Refusal> {
        let found = self.bracket(bracket);
        self.expect(found)
    }

    fn sequence(&mut self) -> Result<Expression, Refusal> {
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

    fn expression(&mut self, precedence: u32) -> Result<Expression, Refusal> {
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
            let Some(operator) = Operator::written(&text) else {
                return Err(Refusal::Beyond("a range"));
            };
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
            self.copied += right.size();
            if self.copied > LARGEST {
                return Err(Refusal::Beyond("an expression this large"));
            }
            let one = Expression::Binary(operator, Box::new(left), Box::new(right.clone()));
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
            if self.peek().is_operator(":") {
                return Err(Refusal::Beyond("a condition that is its own value"));
            }
            let then = self.expression(0)?;
            self.expect_operator(":")?;
            let otherwise = self.expression(0)?;
            whole = Expression::If(Box::new(whole), Box::new(then), Box::new(otherwise));
        }
        Ok(whole)
    }

    fn primary(&mut self) -> Result<Expression, Refusal> {
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

    fn call(&mut self, name: &str, piped: Option<Expression>) -> Result<Expression, Refusal> {
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
