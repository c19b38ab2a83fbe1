//! Series and vectors: label sets with curves. Equal computations are made once, however many series share them, so that
//! a fleet costs as much as it has different calendars.

use std::collections::BTreeMap;

use super::curve::{Curve, Line, Operator, Unsupported};
use super::labels::Labels;

/// Which curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node(usize);

/// One series of a vector.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) labels: Labels,
    pub(super) node: Node,
}

/// All curves of an evaluation, each computed once.
pub(super) struct Curves {
    start: i64,
    end: i64,
    curves: Vec<Curve>,
    constants: BTreeMap<u64, Node>,
    made: BTreeMap<(Operator, Node, Node), Node>,
}

impl Curves {
    /// Over `[start, end)`, in Unix seconds.
    pub(super) fn over(start: i64, end: i64) -> Self {
        let time = Curve::line(start, end, Line::TIME);
        Self { start, end, curves: vec![time], constants: BTreeMap::new(), made: BTreeMap::new() }
    }

    pub(super) fn time(&self) -> Node {
        Node(0)
    }

    pub(super) fn get(&self, node: Node) -> &Curve {
        &self.curves[node.0]
    }

    pub(super) fn constant(&mut self, value: f64) -> Node {
        let (start, end, next) = (self.start, self.end, Node(self.curves.len()));
        let node = *self.constants.entry(value.to_bits()).or_insert(next);
        if node == next {
            self.curves.push(Curve::line(start, end, Line::constant(value)));
        }
        node
    }

    pub(super) fn combine(
        &mut self,
        operator: Operator,
        left: Node,
        right: Node,
    ) -> Result<Node, Unsupported> {
        if left == right && matches!(operator, Operator::Maximum | Operator::And | Operator::Or) {
            return Ok(left);
        }
        if let Some(node) = self.made.get(&(operator, left, right)) {
            return Ok(*node);
        }
        let curve = self.get(left).combine(operator, self.get(right))?;
        let node = Node(self.curves.len());
        self.curves.push(curve);
        self.made.insert((operator, left, right), node);
        Ok(node)
    }
}

/// Which labels two sides are compared by.
#[derive(Clone, Copy)]
pub(super) enum Matching<'e> {
    On(&'e [String]),
    Ignoring(&'e [String]),
}

impl Matching<'_> {
    pub(super) fn signature(self, labels: &Labels) -> Labels {
        labels.only(|name| match self {
            Matching::On(names) => names.iter().any(|on| on == name),
            Matching::Ignoring(names) => !names.iter().any(|out| out == name),
        })
    }
}

/// `and`, `or`, `unless`.
pub(super) fn set_operation(
    curves: &mut Curves,
    operator: Operator,
    left: Vec<Series>,
    right: Vec<Series>,
    matching: Matching<'_>,
) -> Result<Vec<Series>, Unsupported> {
    if operator == Operator::Or {
        let present = presence(curves, &left, matching)?;
        let mut all = left;
        for series in right {
            let node = match present.get(&matching.signature(&series.labels)) {
                Some(other) => curves.combine(Operator::Unless, series.node, *other)?,
                None => series.node,
            };
            all.push(Series { node, ..series });
        }
        return Ok(all);
    }
    let present = presence(curves, &right, matching)?;
    let mut kept = Vec::new();
    for series in left {
        match present.get(&matching.signature(&series.labels)) {
            Some(other) => {
                let node = curves.combine(operator, series.node, *other)?;
                kept.push(Series { node, ..series });
            }
            None if operator == Operator::Unless => kept.push(series),
            None => {}
        }
    }
    Ok(kept)
}

/// For each signature, a curve that is present where any series with it is.
fn presence(
    curves: &mut Curves,
    series: &[Series],
    matching: Matching<'_>,
) -> Result<BTreeMap<Labels, Node>, Unsupported> {
    let mut present: BTreeMap<Labels, Node> = BTreeMap::new();
    for one in series {
        let signature = matching.signature(&one.labels);
        let node = match present.get(&signature) {
            Some(other) => curves.combine(Operator::Or, *other, one.node)?,
            None => one.node,
        };
        present.insert(signature, node);
    }
    Ok(present)
}

/// How many series of each side may have the same signature.
pub(super) enum Cardinality<'e> {
    OneToOne,
    /// `group_left (labels of the right side)`
    ManyToOne(&'e [String]),
    /// `group_right (labels of the left side)`
    OneToMany(&'e [String]),
}

/// Arithmetic and comparison of two vectors.
pub(super) fn binary(
    curves: &mut Curves,
    operator: Operator,
    left: &[Series],
    right: &[Series],
    matching: Matching<'_>,
    cardinality: &Cardinality<'_>,
) -> Result<Vec<Series>, Unsupported> {
    let turned = matches!(cardinality, Cardinality::OneToMany(_));
    let (many, one) = if turned { (right, left) } else { (left, right) };
    let mut partners: BTreeMap<Labels, &Series> = BTreeMap::new();
    for series in one {
        if partners.insert(matching.signature(&series.labels), series).is_some() {
            return Err("several series on the side of which one is wanted".to_owned());
        }
    }
    let mut made: BTreeMap<Labels, Node> = BTreeMap::new();
    for series in many {
        let signature = matching.signature(&series.labels);
        let Some(partner) = partners.get(&signature) else { continue };
        let node = if turned {
            curves.combine(operator, partner.node, series.node)?
        } else {
            curves.combine(operator, series.node, partner.node)?
        };
        let labels = match cardinality {
            // A filter keeps the left side's labels only as far as they were matched.
            Cardinality::OneToOne => signature,
            Cardinality::ManyToOne(extra) | Cardinality::OneToMany(extra) => {
                let mut labels = series.labels.clone();
                for name in *extra {
                    match partner.labels.iter().find(|(known, _)| &**known == name) {
                        Some((name, value)) => labels.insert(name.clone(), value.clone()),
                        None => labels.remove(name),
                    }
                }
                labels
            }
        };
        if made.insert(labels, node).is_some() {
            return Err("two series with the same labels from one match".to_owned());
        }
    }
    Ok(made.into_iter().map(|(labels, node)| Series { labels, node }).collect())
}

/// `max by` and `max without`, `sum by` and `sum without`.
pub(super) fn aggregate(
    curves: &mut Curves,
    operator: Operator,
    series: &[Series],
    grouping: Matching<'_>,
) -> Result<Vec<Series>, Unsupported> {
    let mut groups: BTreeMap<Labels, Node> = BTreeMap::new();
    for one in series {
        let labels = grouping.signature(&one.labels);
        let node = match groups.get(&labels) {
            Some(other) => curves.combine(operator, *other, one.node)?,
            None => one.node,
        };
        groups.insert(labels, node);
    }
    Ok(groups.into_iter().map(|(labels, node)| Series { labels, node }).collect())
}
