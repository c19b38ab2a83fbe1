//! What a part of a formula can come to, while a load is anything from nothing up.

use super::number::Span;

/// More lists than this for one part are too many to follow.
pub(super) const MOST_LISTS: usize = 256;

/// It is not worked out here how this ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Undecided;

/// Everything that a value can be, kind by kind; of nothing at all where no way leads there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Possible {
    pub nil: bool,
    pub yes: bool,
    pub no: bool,
    pub int: Option<(i64, i64)>,
    pub float: Option<Span>,
    pub arrays: Vec<Vec<Possible>>,
    /// Whether it may also end in an error, which takes the whole formula with it.
    pub fails: bool,
}

/// A number of one of the two kinds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Int(i64, i64),
    Float(Span),
}

impl Number {
    pub(super) fn span(self) -> Span {
        match self {
            Self::Int(lo, hi) => Span::new(lo as f64, hi as f64),
            Self::Float(span) => span,
        }
    }
}

impl Possible {
    pub(super) fn nil() -> Self {
        Self { nil: true, ..Self::default() }
    }

    pub(super) fn bool(value: bool) -> Self {
        Self::bools(value, !value)
    }

    pub(super) fn bools(yes: bool, no: bool) -> Self {
        Self { yes, no, ..Self::default() }
    }

    pub(super) fn int(lo: i64, hi: i64) -> Self {
        Self { int: Some((lo, hi)), ..Self::default() }
    }

    pub(super) fn float(span: Span) -> Self {
        Self { float: Some(span), ..Self::default() }
    }

    pub(super) fn array(items: Vec<Self>) -> Self {
        Self { arrays: vec![items], ..Self::default() }
    }

    pub(super) fn failure() -> Self {
        Self { fails: true, ..Self::default() }
    }

    /// Whether it can be anything but an error.
    pub(super) fn is_reached(&self) -> bool {
        self.nil || self.is_bool() || self.is_number() || !self.arrays.is_empty()
    }

    pub(super) fn is_bool(&self) -> bool {
        self.yes || self.no
    }

    pub(super) fn is_number(&self) -> bool {
        self.int.is_some() || self.float.is_some()
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = Number> + use<> {
        let int = self.int.map(|(lo, hi)| Number::Int(lo, hi));
        int.into_iter().chain(self.float.map(Number::Float))
    }

    /// The same where it can be anything but a number: there it fails.
    pub(super) fn only_numbers(&self) -> Self {
        let other = self.nil || self.is_bool() || !self.arrays.is_empty();
        Self { int: self.int, float: self.float, fails: self.fails || other, ..Self::default() }
    }

    pub(super) fn failing_if(self, fails: bool) -> Self {
        Self { fails: self.fails || fails, ..self }
    }

    /// One or the other.
    pub(super) fn or(self, other: Self) -> Self {
        let int = match (self.int, other.int) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, two) => one.or(two),
        };
        let float = match (self.float, other.float) {
            (Some(one), Some(two)) => Some(one.or(two)),
            (one, two) => one.or(two),
        };
        let mut arrays = self.arrays;
        for array in other.arrays {
            if !arrays.contains(&array) {
                arrays.push(array);
            }
        }
        Self {
            nil: self.nil || other.nil,
            yes: self.yes || other.yes,
            no: self.no || other.no,
            int,
            float,
            arrays,
            fails: self.fails || other.fails,
        }
    }
}
