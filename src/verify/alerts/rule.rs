//! A rule as Prometheus reads it.

use std::collections::BTreeMap;
use std::rc::Rc;

use promql_parser::parser::Expr;

/// A rule.
pub(super) struct Rule {
    pub(super) group: Rc<str>,
    pub(super) kind: Kind,
    /// Of the alert or of the recorded metric.
    pub(super) name: String,
    pub(super) text: String,
    pub(super) expr: Rc<Expr>,
    pub(super) held: Option<String>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) annotations: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Record,
    Alert,
}
