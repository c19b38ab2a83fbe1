//! An expression of a formula.

use super::Refusal;
use super::builtin::Builtin;

/// Part of a formula, or all of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A trigger's value, or one of `let`.
    Name(String),
    /// `#` inside of a predicate.
    Element,
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Positive(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// A ternary or an if with its else.
    If(Box<Expression>, Box<Expression>, Box<Expression>),
    Let(String, Box<Expression>, Box<Expression>),
    Sequence(Vec<Expression>),
    Array(Vec<Expression>),
    Index(Box<Expression>, Box<Expression>),
    /// A predicate is the second argument of a function that takes one.
    Call(Builtin, Vec<Expression>),
}

impl Expression {
    /// How many parts it has, itself among them.
    pub(super) fn size(&self) -> usize {
        1 + self.parts().into_iter().map(Self::size).sum::<usize>()
    }

    /// Whether it is, or has a part that is like this.
    pub(super) fn any(&self, like: &dyn Fn(&Self) -> bool) -> bool {
        like(self) || self.parts().into_iter().any(|part| part.any(like))
    }

    /// Whether it depends on the element of a list around it.
    pub(super) fn has_element(&self) -> bool {
        self.any(&|part| *part == Self::Element)
    }

    /// What it is made of, in order.
    pub(super) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Nil | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Name(_) | Self::Element => {
                Vec::new()
            }
            Self::Not(inner) | Self::Negative(inner) | Self::Positive(inner) => vec![inner],
            Self::Binary(_, left, right) | Self::Let(_, left, right) | Self::Index(left, right) => {
                vec![left, right]
            }
            Self::If(condition, then, otherwise) => vec![condition, then, otherwise],
            Self::Sequence(all) | Self::Array(all) | Self::Call(_, all) => all.iter().collect(),
        }
    }

    /// Whether it is a number or a boolean that is known before anything runs.
    pub(super) fn is_literal(&self) -> bool {
        matches!(self, Self::Bool(_) | Self::Int(_) | Self::Float(_))
    }

    /// The same of other parts.
    pub(super) fn with_parts(self, make: fn(Self) -> Result<Self, Refusal>) -> Result<Self, Refusal> {
        let boxed = |part: Box<Self>| make(*part).map(Box::new);
        let each = |parts: Vec<Self>| parts.into_iter().map(make).collect::<Result<Vec<Self>, _>>();
        Ok(match self {
            leaf @ (Self::Nil
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Name(_)
            | Self::Element) => leaf,
            Self::Not(inner) => Self::Not(boxed(inner)?),
            Self::Negative(inner) => Self::Negative(boxed(inner)?),
            Self::Positive(inner) => Self::Positive(boxed(inner)?),
            Self::Binary(operator, left, right) => Self::Binary(operator, boxed(left)?, boxed(right)?),
            Self::If(condition, then, otherwise) => {
                Self::If(boxed(condition)?, boxed(then)?, boxed(otherwise)?)
            }
            Self::Let(name, value, rest) => Self::Let(name, boxed(value)?, boxed(rest)?),
            Self::Sequence(all) => Self::Sequence(each(all)?),
            Self::Array(all) => Self::Array(each(all)?),
            Self::Index(list, index) => Self::Index(boxed(list)?, boxed(index)?),
            Self::Call(builtin, all) => Self::Call(builtin, each(all)?),
        })
    }
}

/// What stands between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    /// `==` of what the compiler takes for two whole numbers: it fails where they are none.
    SameInt,
    Differs,
    /// `!=` of such.
    DiffersInt,
    Less,
    More,
    LessOrEqual,
    MoreOrEqual,
    In,
    /// `in` of what the compiler takes for a whole number, and a list of such as they are written: a key is looked up.
    InKeys,
    /// `in` of what the compiler takes for a whole number, and a range.
    InRange,
    /// `..`
    Range,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    /// `??`
    Default,
}

impl Operator {
    pub(super) fn written(text: &str) -> Option<Self> {
        Some(match text {
            "or" | "||" => Self::Or,
            "and" | "&&" => Self::And,
            "==" => Self::Equal,
            "!=" => Self::Differs,
            "<" => Self::Less,
            ">" => Self::More,
            "<=" => Self::LessOrEqual,
            ">=" => Self::MoreOrEqual,
            "in" => Self::In,
            ".." => Self::Range,
            "+" => Self::Add,
            "-" => Self::Subtract,
            "*" => Self::Multiply,
            "/" => Self::Divide,
            "%" => Self::Modulo,
            "**" | "^" => Self::Power,
            "??" => Self::Default,
            _ => return None,
        })
    }

    /// The comparison that holds where this one does not.
    pub(super) fn opposite(self) -> Self {
        let pairs = [(Self::Less, Self::MoreOrEqual), (Self::More, Self::LessOrEqual)];
        let both = pairs.into_iter().flat_map(|(one, other)| [(one, other), (other, one)]);
        both.into_iter().find(|(one, _)| *one == self).map_or(self, |(_, other)| other)
    }

    pub(super) fn is_comparison(self) -> bool {
        [Self::Less, Self::More, Self::LessOrEqual, Self::MoreOrEqual].contains(&self)
    }
}
