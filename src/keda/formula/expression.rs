//! An expression of a formula.

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

    /// Whether it depends on the element of a list around it.
    pub(super) fn has_element(&self) -> bool {
        matches!(self, Self::Element) || self.parts().into_iter().any(Self::has_element)
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

    /// Whether it is a number or a boolean as it is written, the sum of two such numbers, and so on: what the compiler of
    /// expr-lang works out beforehand (`optimizer/fold.go`).
    pub(super) fn literal(&self) -> Option<Literal> {
        use Literal::{Bool, Float, Int};
        match self {
            Self::Bool(value) => Some(Bool(*value)),
            Self::Int(value) => Some(Int(*value)),
            Self::Float(value) => Some(Float(*value)),
            Self::Negative(inner) => match inner.literal()? {
                Int(value) => Some(Int(value.wrapping_neg())),
                Float(value) => Some(Float(-value)),
                Bool(_) => None,
            },
            Self::Positive(inner) => inner.literal().filter(|inner| !matches!(inner, Bool(_))),
            Self::Not(inner) => match inner.literal()? {
                Bool(value) => Some(Bool(!value)),
                Int(_) | Float(_) => None,
            },
            Self::Binary(operator, left, right) => folded(*operator, left.literal(), right.literal()),
            Self::Nil
            | Self::Name(_)
            | Self::Element
            | Self::If(..)
            | Self::Let(..)
            | Self::Sequence(_)
            | Self::Array(_)
            | Self::Index(..)
            | Self::Call(..) => None,
        }
    }
}

/// A value that is known before anything runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Literal {
    Bool(bool),
    Int(i64),
    Float(f64),
}

fn folded(operator: Operator, left: Option<Literal>, right: Option<Literal>) -> Option<Literal> {
    use Literal::{Bool, Float, Int};
    match (operator, left, right) {
        (Operator::And, Some(Bool(false)), _) | (Operator::And, _, Some(Bool(false))) => Some(Bool(false)),
        (Operator::Or, Some(Bool(true)), _) | (Operator::Or, _, Some(Bool(true))) => Some(Bool(true)),
        (Operator::And, Some(Bool(true)), other) | (Operator::And, other, Some(Bool(true))) => other,
        (Operator::Or, Some(Bool(false)), other) | (Operator::Or, other, Some(Bool(false))) => other,
        (Operator::Equal, Some(Int(a)), Some(Int(b))) => Some(Bool(a == b)),
        (Operator::Equal, Some(Bool(a)), Some(Bool(b))) => Some(Bool(a == b)),
        (Operator::Add, Some(Int(a)), Some(Int(b))) => Some(Int(a.wrapping_add(b))),
        (Operator::Subtract, Some(Int(a)), Some(Int(b))) => Some(Int(a.wrapping_sub(b))),
        (Operator::Multiply, Some(Int(a)), Some(Int(b))) => Some(Int(a.wrapping_mul(b))),
        (Operator::Modulo, Some(Int(a)), Some(Int(b))) => (b != 0).then(|| Int(a.wrapping_rem(b))),
        (
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Power,
            Some(a),
            Some(b),
        ) => {
            let number = |literal| match literal {
                Int(value) => Some(value as f64),
                Float(value) => Some(value),
                Bool(_) => None,
            };
            Some(Float(super::number::exact(operator, number(a)?, number(b)?)))
        }
        _ => None,
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
    Less,
    More,
    LessOrEqual,
    MoreOrEqual,
    In,
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

/// A function of expr-lang that is worked out here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    Max,
    Min,
    Mean,
    Median,
    Abs,
    Ceil,
    Floor,
    Round,
    Int,
    Float,
    Len,
    Sum,
    Count,
    All,
    None,
    Any,
    One,
    Filter,
    Map,
}

impl Builtin {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "max" => Self::Max,
            "min" => Self::Min,
            "mean" => Self::Mean,
            "median" => Self::Median,
            "abs" => Self::Abs,
            "ceil" => Self::Ceil,
            "floor" => Self::Floor,
            "round" => Self::Round,
            "int" => Self::Int,
            "float" => Self::Float,
            "len" => Self::Len,
            "sum" => Self::Sum,
            "count" => Self::Count,
            "all" => Self::All,
            "none" => Self::None,
            "any" => Self::Any,
            "one" => Self::One,
            "filter" => Self::Filter,
            "map" => Self::Map,
            _ => return None,
        })
    }

    /// Whether it must have a predicate, of those that take one.
    pub(super) fn predicate(self) -> Option<bool> {
        match self {
            Self::Sum | Self::Count => Some(false),
            Self::All | Self::None | Self::Any | Self::One | Self::Filter | Self::Map => Some(true),
            Self::Max
            | Self::Min
            | Self::Mean
            | Self::Median
            | Self::Abs
            | Self::Ceil
            | Self::Floor
            | Self::Round
            | Self::Int
            | Self::Float
            | Self::Len => None,
        }
    }
}
