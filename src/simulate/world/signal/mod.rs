//! What a Prometheus query reads of the model: the rate of requests, a quantile of their time, and what is made of both.
//!
//! Every part of a query must be one that the model has a number for. Any other is refused by name.

mod read;

use promql_parser::parser;

use super::latency::Quantile;

/// A query whose every part is known to the model.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// A number, or a vector of one.
    Number(f64),
    /// Requests per second.
    Rate,
    /// The time within which a share of requests is answered; in seconds times `unit`.
    Time {
        /// Which share.
        share: Quantile,
        /// 1 for seconds, 1000 for milliseconds.
        unit: f64,
    },
    /// Messages of a queue that are not worked off yet.
    Backlog,
    /// The age of the oldest of them, in seconds.
    Age,
    /// There while a pod is, with a value that the model does not know.
    Alive,
    /// Both sides, element by element.
    Both(Operator, Box<(Self, Self)>),
}

/// An operator of PromQL between vectors of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Between numbers: both sides must have an element.
    Number(Arithmetic),
    /// A comparison with `bool`: 1 where it holds, else 0.
    YesOrNo(Arithmetic),
    /// Between the sides' elements, whatever their values.
    Set(Set),
}

/// Between two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `>`: the left side, where it holds.
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// Between two sides that may have no element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// The left side, where the right one has an element.
    And,
    /// The left side, or the right one where it has none.
    Or,
    /// The left side, where the right one has none.
    Unless,
}

/// A part of a query that the model has no number for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// As the query has it.
    pub part: String,
}

/// What the model knows at a moment.
pub trait Facts {
    /// Requests per second that are answered; none where no pod is.
    fn rate(&mut self) -> Option<f64>;
    /// The time within which that share is answered; none where nothing is.
    fn time(&mut self, share: Quantile) -> Option<f64>;
    /// Whether that time is longer than so many seconds: where only that counts, it can be quicker to say than the time.
    fn is_slower(&mut self, share: Quantile, seconds: f64) -> Option<bool> {
        self.time(share).map(|time| time > seconds)
    }
    /// Messages that are not worked off yet, and the age of the oldest in seconds.
    fn queue(&mut self) -> (f64, f64);
    /// Whether any pod reports.
    fn is_alive(&mut self) -> bool;
}

impl Signal {
    /// Reads a query.
    pub fn read(text: &str) -> Result<Self, Unknown> {
        let expr = parser::parse(text).map_err(|_| Unknown { part: text.to_owned() })?;
        let signal = read::read(&expr)?;
        // Its value counts only as times nothing.
        if signal.shows_alive() { Err(read::unknown(&expr)) } else { Ok(signal) }
    }

    /// The value of its one element; none where it has none.
    pub fn value(&self, facts: &mut impl Facts) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Rate => facts.rate(),
            Self::Time { share, unit } => facts.time(*share).map(|seconds| seconds * unit),
            Self::Backlog => Some(facts.queue().0),
            Self::Age => Some(facts.queue().1),
            Self::Alive => facts.is_alive().then_some(1.0),
            Self::Both(operator, sides) => {
                if let Some(slower) = Self::is_slower(*operator, sides, facts) {
                    return slower;
                }
                let left = sides.0.value(facts);
                match operator {
                    Operator::Set(Set::Or) => left.or_else(|| sides.1.value(facts)),
                    Operator::Set(Set::And) => left.filter(|_| sides.1.value(facts).is_some()),
                    Operator::Set(Set::Unless) => left.filter(|_| sides.1.value(facts).is_none()),
                    Operator::Number(operator) => operator.between(left?, sides.1.value(facts)?),
                    Operator::YesOrNo(operator) => {
                        let holds = operator.between(left?, sides.1.value(facts)?).is_some();
                        Some(f64::from(u8::from(holds)))
                    }
                }
            }
        }
    }

    /// The value of `time > bool number`, if it is one.
    #[expect(clippy::option_option, reason = "a comparison of a time may have no value")]
    fn is_slower(operator: Operator, sides: &(Self, Self), facts: &mut impl Facts) -> Option<Option<f64>> {
        let (Operator::YesOrNo(Arithmetic::Greater), Self::Time { share, unit }, Self::Number(limit)) =
            (operator, &sides.0, &sides.1)
        else {
            return None;
        };
        let slower = facts.is_slower(*share, limit / unit);
        Some(slower.map(|slower| f64::from(u8::from(slower))))
    }

    /// Whether it is the request rate and nothing else: where there is no rate, it may say 0 in its place.
    pub fn is_request_rate(&self) -> bool {
        match self {
            Self::Rate => true,
            Self::Both(Operator::Set(Set::Or), sides) => sides.0.is_request_rate() && sides.1.is_zero(),
            Self::Number(_)
            | Self::Time { .. }
            | Self::Backlog
            | Self::Age
            | Self::Alive
            | Self::Both(..) => false,
        }
    }

    /// Whether it is 0 wherever it has a value.
    fn is_zero(&self) -> bool {
        match self {
            Self::Number(number) => *number == 0.0,
            Self::Both(Operator::Number(Arithmetic::Multiply), sides) => {
                [&sides.0, &sides.1].into_iter().any(|side| matches!(side, Self::Number(0.0)))
            }
            Self::Both(Operator::Set(Set::Or), sides) => sides.0.is_zero() && sides.1.is_zero(),
            Self::Rate | Self::Time { .. } | Self::Backlog | Self::Age | Self::Alive | Self::Both(..) => {
                false
            }
        }
    }

    /// Whether it is never negative, and where more is asked for it has no smaller value, nor none.
    pub fn grows(&self) -> bool {
        let Self::Both(operator, sides) = self else {
            return !matches!(self, Self::Number(number) if number.is_nan() || *number < 0.0);
        };
        let (left, right) = (&sides.0, &sides.1);
        let is_positive = |signal: &Self| matches!(signal, Self::Number(number) if *number > 0.0);
        match operator {
            _ if self.is_nothing() => true,
            Operator::Number(Arithmetic::Add | Arithmetic::Multiply) | Operator::Set(Set::And) => {
                left.grows() && right.grows()
            }
            Operator::Number(Arithmetic::Divide) => left.grows() && is_positive(right),
            Operator::Number(Arithmetic::Greater | Arithmetic::GreaterOrEqual)
            | Operator::YesOrNo(Arithmetic::Greater | Arithmetic::GreaterOrEqual) => {
                left.grows() && matches!(right, Self::Number(_))
            }
            Operator::Set(Set::Or) => left.grows() && right.is_nothing(),
            Operator::Number(Arithmetic::Subtract | Arithmetic::Less | Arithmetic::LessOrEqual)
            | Operator::YesOrNo(_)
            | Operator::Set(Set::Unless) => false,
        }
    }

    /// Whether it is 0, or there only while something is, which does not depend on what is asked for.
    fn is_nothing(&self) -> bool {
        match self {
            Self::Number(number) => *number == 0.0,
            Self::Both(Operator::Number(Arithmetic::Multiply), sides) => {
                let (zero, other) = (Self::Number(0.0), [&sides.0, &sides.1]);
                other.contains(&&zero) && (other.contains(&&Self::Alive) || other == [&zero, &zero])
            }
            Self::Both(..) | Self::Rate | Self::Time { .. } | Self::Backlog | Self::Age | Self::Alive => {
                false
            }
        }
    }

    /// Whether its value is a rate of requests.
    pub fn reads_rate(&self) -> bool {
        match self {
            Self::Rate => true,
            Self::Number(_) | Self::Time { .. } | Self::Backlog | Self::Age | Self::Alive => false,
            Self::Both(_, sides) => sides.0.reads_rate(),
        }
    }

    /// Whether it reads a queue.
    pub fn reads_queue(&self) -> bool {
        match self {
            Self::Backlog | Self::Age => true,
            Self::Number(_) | Self::Rate | Self::Time { .. } | Self::Alive => false,
            Self::Both(_, sides) => sides.0.reads_queue() || sides.1.reads_queue(),
        }
    }

    /// Whether the value of something that is only known to be there would show.
    fn shows_alive(&self) -> bool {
        match self {
            Self::Number(_) | Self::Rate | Self::Time { .. } | Self::Backlog | Self::Age => false,
            Self::Alive => true,
            Self::Both(operator, sides) => {
                let nothing = [&sides.0, &sides.1].contains(&&Self::Number(0.0));
                match operator {
                    Operator::Number(Arithmetic::Multiply) if nothing => false,
                    Operator::Set(Set::And | Set::Unless) => sides.0.shows_alive(),
                    Operator::Set(Set::Or) | Operator::Number(_) | Operator::YesOrNo(_) => {
                        sides.0.shows_alive() || sides.1.shows_alive()
                    }
                }
            }
        }
    }
}

impl Arithmetic {
    fn between(self, left: f64, right: f64) -> Option<f64> {
        let holds = match self {
            Self::Add => return Some(left + right),
            Self::Subtract => return Some(left - right),
            Self::Multiply => return Some(left * right),
            Self::Divide => return Some(left / right),
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
        };
        holds.then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Model {
        rate: Option<f64>,
        time: Option<f64>,
        alive: bool,
    }

    impl Facts for Model {
        fn rate(&mut self) -> Option<f64> {
            self.rate
        }

        fn time(&mut self, share: Quantile) -> Option<f64> {
            self.time.map(|time| time * share.0)
        }

        fn queue(&mut self) -> (f64, f64) {
            (70.0, 20.0)
        }

        fn is_alive(&mut self) -> bool {
            self.alive
        }
    }

    const RPS: &str = "sum(rate(http_server_requests_seconds_count{job=\"x\"}[2m]))";
    const P50: &str = "histogram_quantile(0.5, sum by (le) (rate(http_server_requests_seconds_bucket[5m])))";

    fn value(query: &str, rate: Option<f64>, time: Option<f64>, alive: bool) -> Option<f64> {
        Signal::read(query).unwrap().value(&mut Model { rate, time, alive })
    }

    #[test]
    fn queries_of_load_and_time_read_the_model() {
        assert_eq!(value(RPS, Some(90.0), None, true), Some(90.0));
        assert_eq!(value(&format!("{RPS} / 2"), Some(90.0), None, true), Some(45.0));
        assert_eq!(value(P50, None, Some(0.4), true), Some(0.2));
        let milli = P50.replace("_seconds_", "_milliseconds_");
        assert_eq!(value(&milli, None, Some(0.4), true), Some(200.0));
        let alive = format!("{RPS} or 0 * sum(process_uptime_seconds{{job=\"x\"}})");
        assert_eq!(value(&alive, None, None, true), Some(0.0));
        assert_eq!(value(&alive, None, None, false), None);
        let guard = format!("({P50} > 0 and on () {RPS} > 0.2) or 0 * sum(up)");
        assert_eq!(value(&guard, Some(0.1), Some(0.4), true), Some(0.0));
        assert_eq!(value(&guard, Some(9.0), Some(0.4), true), Some(0.2));
        let bounded = format!("{RPS} * (1.5 * ({P50} > bool 0.2) + 0.5 * ({P50} > bool 0.3)) or 0 * sum(up)");
        for (time, asked) in [(0.4, 0.0), (0.41, 15.0), (0.6, 15.0), (0.61, 20.0), (9.0, 20.0)] {
            assert_eq!(value(&bounded, Some(10.0), Some(time), true), Some(asked), "{time}");
        }
        assert_eq!(value(&bounded, None, None, true), Some(0.0));
        assert_eq!(value(&bounded, None, None, false), None);
        assert_eq!(value("vector(4) unless sum(up)", None, None, true), None);
        let backlog = "sum(max by (territory) (shop_outbox_pending_events))";
        assert_eq!(value(backlog, None, None, true), Some(70.0));
        assert_eq!(value("max(shop_outbox_lag_seconds)", None, None, true), Some(20.0));
        assert!(Signal::read(backlog).unwrap().reads_queue() && !Signal::read(RPS).unwrap().reads_queue());
    }

    #[test]
    fn what_grows_with_the_load_is_known_by_its_form() {
        let grows = |query: &str| Signal::read(query).unwrap().grows();
        let guard = format!("({P50} > 0 and on () {RPS} > 0.2) or 0 * sum(up)");
        let bounded = format!("{RPS} * (1.5 * ({P50} > bool 0.2) + 0.5 * ({P50} > bool 0.3)) or 0 * sum(up)");
        for query in [RPS, P50, &guard, &bounded, &format!("{RPS} / 2 + 1"), &format!("{RPS} or vector(0)")] {
            assert!(grows(query), "{query}");
        }
        for query in [
            format!("{RPS} * ({P50} < bool 0.2)"),
            format!("{RPS} > bool {RPS}"),
            format!("100 - {RPS}"),
            format!("{RPS} - 3"),
            format!("{RPS} < 9"),
            format!("{RPS} > 1 unless {RPS} > 5"),
            format!("{RPS} / {RPS}"),
            format!("{RPS} > 50 or {RPS}"),
            format!("{RPS} > 50 or vector(1)"),
            format!("{RPS} * -2"),
        ] {
            assert!(!grows(&query), "{query}");
        }
    }

    #[test]
    fn what_the_model_has_no_number_for_is_named() {
        for (query, part) in [
            ("sum(rabbitmq_queue_messages)", "sum(rabbitmq_queue_messages)"),
            ("sum(rate(http_requests_total{code=~\"5..\"}[2m]))", "http_requests_total"),
            ("sum(rate(http_request_errors_total[2m]))", "errors"),
            ("sum(rate(jobs_total[2m]))", "jobs_total"),
            ("sum by (pod) (rate(http_requests_total[2m]))", "by (pod)"),
            ("sum(increase(http_requests_total[2m]))", "increase"),
            ("sum(up)", "sum(up)"),
            ("sum(shop_outbox_pending_events)", "sum(shop_outbox_pending_events)"),
            ("max(shop_outbox_lag_seconds{territory=\"DE\"})", "territory"),
            ("sum(rate(http_requests_total[2m] offset 1d))", "offset"),
            ("max_over_time(x[5m])", "max_over_time"),
            ("nonsense(", "nonsense("),
        ] {
            let refused = Signal::read(query).unwrap_err();
            assert!(refused.part.contains(part), "{query}: {refused:?}");
        }
    }
}
