//! A value over time: linear pieces over a bounded stretch of instants, absent where a filter dropped it. A local clock is
//! such a curve with slope 1, everything that is compared with it becomes a step function.
//!
//! So one evaluation covers every second of the horizon, not a choice of them. It must not know PromQL's syntax.

/// What cannot be computed, in words.
pub(super) type Unsupported = String;

/// `slope * t + offset` at the Unix second `t`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    slope: f64,
    offset: f64,
}

impl Line {
    pub(super) const TIME: Self = Self { slope: 1.0, offset: 0.0 };

    pub(super) fn constant(offset: f64) -> Self {
        Self { slope: 0.0, offset }
    }

    /// The value, if it does not depend on time.
    pub(super) fn value(self) -> Option<f64> {
        (self.slope == 0.0).then_some(self.offset)
    }

    fn at(self, second: i64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "Unix seconds are far below 2^53")]
        let t = second as f64;
        self.slope * t + self.offset
    }
}

/// Arithmetic and comparison of PromQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Maximum,
    /// Keeps the left value where the comparison holds.
    Filter(Comparison),
    /// The same, but keeps the right value: for `scalar < vector`.
    FilterRight(Comparison),
    /// 1 where the comparison holds, else 0.
    Bool(Comparison),
    /// The left value where the right one is present.
    And,
    /// The left value where the right one is absent.
    Unless,
    /// The left value, or the right one where the left one is absent.
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

impl Comparison {
    fn holds(self, left: f64, right: f64) -> bool {
        #[expect(clippy::float_cmp, reason = "PromQL compares exactly")]
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
        }
    }
}

/// Pieces in order, the first at the beginning of the domain; neighbours differ.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curve {
    end: i64,
    pieces: Vec<(i64, Option<Line>)>,
}

impl Curve {
    /// The same line over `[start, end)`.
    pub(super) fn line(start: i64, end: i64, line: Line) -> Self {
        Self { end, pieces: vec![(start, Some(line))] }
    }

    /// A step function over `[start, end)`, absent before its first step; steps are in order.
    pub(super) fn steps(start: i64, end: i64, steps: impl Iterator<Item = (i64, Option<f64>)>) -> Self {
        let mut curve = Self { end, pieces: vec![(start, None)] };
        for (at, value) in steps.filter(|(at, _)| *at < end) {
            curve.push(at.max(start), value.map(Line::constant));
        }
        curve
    }

    fn push(&mut self, at: i64, line: Option<Line>) {
        if self.pieces.last().is_some_and(|last| last.0 == at) {
            self.pieces.pop();
        }
        if self.pieces.last().is_none_or(|last| last.1 != line) {
            self.pieces.push((at, line));
        }
    }

    /// The constant value over all of the domain, if it is that.
    pub(super) fn everywhere(&self) -> Option<f64> {
        match self.pieces.as_slice() {
            [(_, Some(line))] => line.value(),
            _ => None,
        }
    }

    /// The first second at which the curves differ, and both lines there.
    pub(super) fn first_difference(&self, other: &Self) -> Option<(i64, Option<Line>, Option<Line>)> {
        self.joint(other)
            .find(|(_, _, left, right)| left != right)
            .map(|(at, _, left, right)| (at, left, right))
    }

    /// Both curves' pieces, cut where either changes.
    fn joint(&self, other: &Self) -> impl Iterator<Item = (i64, i64, Option<Line>, Option<Line>)> {
        let (mut i, mut j) = (0, 0);
        let mut at = self.pieces[0].0;
        std::iter::from_fn(move || {
            if at >= self.end {
                return None;
            }
            let next = |pieces: &[(i64, Option<Line>)], n: usize| {
                pieces.get(n + 1).map_or(self.end, |piece| piece.0)
            };
            let (left, right) = (next(&self.pieces, i), next(&other.pieces, j));
            let until = left.min(right);
            let span = (at, until, self.pieces[i].1, other.pieces[j].1);
            i += usize::from(left == until);
            j += usize::from(right == until);
            at = until;
            Some(span)
        })
    }

    /// Both combined at every instant.
    pub(super) fn combine(&self, operator: Operator, other: &Self) -> Result<Self, Unsupported> {
        let mut made = Self { end: self.end, pieces: Vec::new() };
        for (from, until, left, right) in self.joint(other) {
            match operator {
                Operator::And => made.push(from, left.filter(|_| right.is_some())),
                Operator::Unless => made.push(from, left.filter(|_| right.is_none())),
                Operator::Or => made.push(from, left.or(right)),
                Operator::Maximum if left.is_none() || right.is_none() => made.push(from, left.or(right)),
                Operator::Add
                | Operator::Subtract
                | Operator::Multiply
                | Operator::Divide
                | Operator::Modulo
                | Operator::Maximum
                | Operator::Filter(_)
                | Operator::FilterRight(_)
                | Operator::Bool(_) => match left.zip(right) {
                    Some((left, right)) => made.piece(operator, from, until, left, right)?,
                    None => made.push(from, None),
                },
            }
        }
        Ok(made)
    }

    fn piece(
        &mut self,
        operator: Operator,
        from: i64,
        until: i64,
        left: Line,
        right: Line,
    ) -> Result<(), Unsupported> {
        let both = left.value().zip(right.value());
        match operator {
            Operator::Add => self.push(from, Some(sum(left, right, 1.0))),
            Operator::Subtract => self.push(from, Some(sum(left, right, -1.0))),
            Operator::Multiply => {
                let (line, factor) = match (left.value(), right.value()) {
                    (_, Some(factor)) => (left, factor),
                    (Some(factor), None) => (right, factor),
                    (None, None) => return Err("the product of two clocks".to_owned()),
                };
                self.push(from, Some(Line { slope: line.slope * factor, offset: line.offset * factor }));
            }
            Operator::Divide => {
                let (left, right) = both.ok_or("a clock in a division")?;
                self.push(from, Some(Line::constant(left / right)));
            }
            Operator::Modulo => self.modulo(from, until, left, right)?,
            Operator::Maximum => match both {
                Some((left, right)) => self.push(from, Some(Line::constant(left.max(right)))),
                None if left == right => self.push(from, Some(left)),
                None => return Err("the maximum of different clocks".to_owned()),
            },
            Operator::Filter(comparison) => {
                self.compare(comparison, (from, until), (left, right), |holds| holds.then_some(left))?;
            }
            Operator::FilterRight(comparison) => {
                self.compare(comparison, (from, until), (left, right), |holds| holds.then_some(right))?;
            }
            Operator::Bool(comparison) => {
                let number = |holds| Some(Line::constant(f64::from(u8::from(holds))));
                self.compare(comparison, (from, until), (left, right), number)?;
            }
            Operator::And | Operator::Unless | Operator::Or => unreachable!("internal error: no arithmetic"),
        }
        Ok(())
    }

    /// A clock's remainder starts again at every multiple.
    fn modulo(&mut self, from: i64, until: i64, left: Line, right: Line) -> Result<(), Unsupported> {
        let divisor = right.value().ok_or("a clock as a divisor")?;
        if let Some(left) = left.value() {
            self.push(from, Some(Line::constant(left % divisor)));
            return Ok(());
        }
        if left.slope != 1.0 || divisor < 1.0 || divisor.fract() != 0.0 || left.offset.fract() != 0.0 {
            return Err("the remainder of something that is not a clock".to_owned());
        }
        let mut at = from;
        while at < until {
            let rest = left.at(at) % divisor;
            if rest < 0.0 {
                return Err("the remainder of a negative clock".to_owned());
            }
            #[expect(clippy::cast_precision_loss, reason = "Unix seconds are far below 2^53")]
            let start = at as f64;
            self.push(at, Some(Line { slope: 1.0, offset: rest - start }));
            #[expect(clippy::cast_possible_truncation, reason = "whole seconds below the divisor")]
            let step = (divisor - rest) as i64;
            at += step;
        }
        Ok(())
    }

    /// A comparison of lines changes at most once inside a piece; where, is found by halving.
    fn compare(
        &mut self,
        comparison: Comparison,
        (from, until): (i64, i64),
        (left, right): (Line, Line),
        line: impl Fn(bool) -> Option<Line>,
    ) -> Result<(), Unsupported> {
        let holds = |at: i64| comparison.holds(left.at(at), right.at(at));
        let moving = left.slope != right.slope;
        if moving && matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            return Err("a clock compared for equality".to_owned());
        }
        self.push(from, line(holds(from)));
        if moving && holds(from) != holds(until - 1) {
            let (mut before, mut after) = (from, until - 1);
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                if holds(middle) == holds(from) { before = middle } else { after = middle }
            }
            self.push(after, line(holds(after)));
        }
        Ok(())
    }
}

fn sum(left: Line, right: Line, sign: f64) -> Line {
    Line { slope: left.slope + sign * right.slope, offset: left.offset + sign * right.offset }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(curve: &Curve, second: i64) -> Option<f64> {
        let after = curve.pieces.partition_point(|(from, _)| *from <= second);
        curve.pieces[after - 1].1.map(|line| line.at(second))
    }

    const DAY: i64 = 86_400;

    fn constant(value: f64) -> Curve {
        Curve::line(0, 10 * DAY, Line::constant(value))
    }

    fn clock() -> Curve {
        Curve::line(0, 10 * DAY, Line::TIME)
    }

    #[test]
    fn hours_of_a_clock_are_found_to_the_second() {
        let second_of_day = clock().combine(Operator::Modulo, &constant(86_400.0)).unwrap();
        let open = Operator::Bool(Comparison::GreaterOrEqual);
        let close = Operator::Bool(Comparison::Less);
        let from = second_of_day.combine(open, &constant(28_800.0)).unwrap();
        let until = second_of_day.combine(close, &constant(72_000.0)).unwrap();
        let active = from.combine(Operator::Multiply, &until).unwrap();
        for day in 0..10 {
            for (second, value) in [(28_799, 0.0), (28_800, 1.0), (71_999, 1.0), (72_000, 0.0)] {
                assert_eq!(at(&active, day * DAY + second), Some(value), "day {day}, second {second}");
            }
        }
    }

    #[test]
    fn a_filter_leaves_nothing_where_it_does_not_hold() {
        let kept = clock().combine(Operator::Filter(Comparison::Less), &constant(100.0)).unwrap();
        assert_eq!((at(&kept, 99), at(&kept, 100)), (Some(99.0), None));
        let other = clock().combine(Operator::Unless, &kept).unwrap();
        assert_eq!((at(&other, 99), at(&other, 100)), (None, Some(100.0)));
        assert_eq!(kept.combine(Operator::Or, &other).unwrap(), clock());
    }

    #[test]
    fn what_is_no_step_function_is_refused_and_not_guessed() {
        assert!(clock().combine(Operator::Multiply, &clock()).is_err());
        assert!(clock().combine(Operator::Bool(Comparison::Equal), &constant(5.0)).is_err());
        assert!(clock().combine(Operator::Maximum, &constant(5.0)).is_err());
    }
}
