//! A measurement and what may be done to it.

use std::collections::BTreeSet;

use super::super::selector::Selector;

/// What a query measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// What is measured.
    pub signal: Signal,
    /// What the query's value is multiplied with: 1000 for seconds that it shows as milliseconds.
    pub factor: f64,
    /// How coarsely it is rounded, in units of the metric; 0 where it is not.
    pub step: f64,
    /// Below this, in units of the metric, the query gives nothing.
    pub least: Option<f64>,
    /// How series become one value, from the inside to the outside.
    pub aggregations: Vec<Aggregation>,
    /// How many elements are left.
    pub groups: Groups,
    /// The metric.
    pub metric: String,
    /// Its matchers, sorted: `job=freshplan`, `method=~GET`.
    pub matchers: Vec<String>,
    /// Seconds over which it looks back.
    pub window: Option<f64>,
    /// Whether it looks at the last two samples of its window only: `irate`.
    pub is_instant: bool,
    /// Whether it is a bare number.
    pub is_scalar: bool,
    /// Conditions beside it, in words.
    pub conditions: Vec<String>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Signal {
    /// How much a counter rises, in a second.
    Rate,
    /// A quantile of a histogram, in its metric's unit.
    Quantile(f64),
    /// The state of a gauge.
    Gauge,
}

/// How several series become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// `sum`
    Sum,
    /// `avg`
    Average,
    /// `max`
    Highest,
    /// `min`
    Lowest,
}

impl Aggregation {
    /// As PromQL writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "avg",
            Self::Highest => "max",
            Self::Lowest => "min",
        }
    }
}

/// Which elements a query gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Groups {
    /// One for each series.
    Series,
    /// One for each value of these labels.
    By(BTreeSet<String>),
    /// One for each value of labels that the query does not name.
    Others,
    /// One.
    One,
}

impl Groups {
    /// `by (..)`
    pub(super) fn by(labels: impl IntoIterator<Item = String>) -> Self {
        let labels: BTreeSet<String> = labels.into_iter().collect();
        if labels.is_empty() { Self::One } else { Self::By(labels) }
    }
}

impl Measured {
    /// Series as they are; `moved` where the query asks for another time than now.
    pub(super) fn of(selector: &Selector, moved: bool, signal: Signal) -> Result<Self, String> {
        let named = || selector.matchers.iter().find_map(|matcher| matcher.strip_prefix("__name__="));
        let metric = selector.metric.as_deref().or_else(named).filter(|name| !name.starts_with('~'));
        let metric = metric.ok_or("its query names no metric")?.to_owned();
        if moved {
            return Err("its query asks for another time than now (`offset`, `@`)".to_owned());
        }
        let matchers = selector.matchers.iter().filter(|matcher| !matcher.starts_with("__name__=")).cloned();
        Ok(Self {
            signal,
            factor: 1.0,
            step: 0.0,
            least: None,
            aggregations: Vec::new(),
            groups: Groups::Series,
            metric,
            matchers: matchers.collect(),
            window: None,
            is_instant: false,
            is_scalar: false,
            conditions: Vec::new(),
        })
    }

    pub(super) fn times(self, factor: f64) -> Self {
        Self { factor: self.factor * factor, ..self }
    }

    /// One value is its own sum; twice the same says nothing new.
    pub(super) fn aggregated(mut self, aggregation: Aggregation, groups: Groups) -> Self {
        if self.groups != Groups::One && self.aggregations.last() != Some(&aggregation) {
            self.aggregations.push(aggregation);
        }
        if self.groups != Groups::One {
            self.groups = groups;
        }
        self
    }

    /// Rounded to a multiple of `step`, in the query's own unit.
    pub(super) fn rounded(mut self, step: f64) -> Self {
        self.step = self.step.max((step / self.factor).abs());
        self
    }

    /// Nothing where it is not over `least`, in the query's own unit.
    pub(super) fn over(mut self, least: f64) -> Self {
        let own = least / self.factor;
        self.least = Some(self.least.map_or(own, |known| known.max(own)));
        self
    }
}
