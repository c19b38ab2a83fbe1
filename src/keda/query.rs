//! PromQL queries of load triggers: which series they look at, and how many elements they can give.
//!
//! The scaler wants an instant vector of exactly one element; `elements` counts them.

use std::collections::BTreeMap;

use promql_parser::parser;

use super::dialect::in_version_3;
use super::elements::{Shape, elements};
use super::measure::{self, Share};
use super::selector::{Selector, collect};

/// A query, as far as the model needs to know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What it gives.
    pub shape: Shape,
    /// Whether it can give nothing although all of its series are there: a comparison drops what it does not hold for.
    pub is_filtered: bool,
    /// Whether its value is a delay, which replicas do not share.
    pub is_delay: bool,
    /// Whether it is a share or an average, which they do not divide either.
    pub share: Option<Share>,
    /// Whether a part of it can be below 0.
    pub can_be_negative: bool,
    /// Whether a quantile in it is asked of buckets without their limits.
    pub lacks_buckets: bool,
    /// The series it looks at, in order.
    pub selectors: Vec<Selector>,
}

/// Reads queries. Those that differ in nothing but compared label values are parsed once: a fleet has thousands.
#[derive(Default)]
pub struct Queries {
    known: BTreeMap<String, Result<Query, String>>,
}

impl Queries {
    /// The query, or what the parser says against it.
    pub fn read(&mut self, text: &str) -> Result<Query, String> {
        let (masked, values) = mask(text);
        let known = self.known.entry(masked).or_insert_with_key(|masked| parse(masked));
        let mut query = known.clone()?;
        if !values.is_empty() {
            for selector in &mut query.selectors {
                selector.matchers.iter_mut().for_each(|matcher| unmask(matcher, &values));
                selector.matchers.sort();
            }
        }
        Ok(query)
    }
}

/// Stands before the number of a compared value; no label value of ours begins so.
const MASK: char = '\u{1}';

/// The text with each value that is compared for equality replaced by its number, and those values. Texts with other
/// quotes, escapes or the mask itself are left as they are: there `="` need not begin a value.
fn mask(text: &str) -> (String, Vec<&str>) {
    if text.contains(['\'', '`', '\\', '#', MASK]) {
        return (text.to_owned(), Vec::new());
    }
    let mut masked = String::with_capacity(text.len());
    let mut values = Vec::new();
    // Every second part lies between quotes.
    for (number, part) in text.split('"').enumerate() {
        if number > 0 {
            masked.push('"');
        }
        if number % 2 == 1 && masked.ends_with("=\"") && !part.is_empty() {
            masked.push(MASK);
            masked.push_str(&values.len().to_string());
            values.push(part);
        } else {
            masked.push_str(part);
        }
    }
    (masked, values)
}

fn unmask(matcher: &mut String, values: &[&str]) {
    if let Some((head, number)) = matcher.split_once(MASK) {
        let value = number.parse::<usize>().ok().and_then(|number| values.get(number));
        *matcher = format!("{head}{}", value.expect("internal error: every mask has its value"));
    }
}

fn parse(text: &str) -> Result<Query, String> {
    let expr = parser::parse(&in_version_3(text))?;
    let mut selectors = Vec::new();
    collect(&expr, &mut selectors);
    let elements = elements(&expr);
    Ok(Query {
        shape: elements.shape,
        is_filtered: elements.is_filtered,
        is_delay: measure::gives_delay(text),
        share: measure::gives_share(text),
        can_be_negative: measure::below_zero(text).is_some(),
        lacks_buckets: measure::lacks_buckets(text),
        selectors,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn shape_of(query: &str) -> Result<Shape, String> {
        Queries::default().read(query).map(|query| query.shape)
    }

    fn one(query: &str) -> bool {
        shape_of(query) == Ok(Shape::Labelled(BTreeSet::new()))
    }

    const ONE: &[&str] = &[
        "sum(rate(x[2m]))",
        "max(x)",
        "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))",
        "(histogram_quantile(0.95, sum by (le) (rate(x[5m]))) > 0 and on () sum(rate(y[5m])) > 1) or 0 * sum(rate(y[5m]))",
        "sum(a) / sum(b)",
        "vector(1)",
        "absent(up{job=\"x\"}) * 4",
        "-sum(a)",
        "max_over_time(sum(rate(x[5m]))[10m:1m])",
        "deriv(sum(x)[10m:])",
        "quantile_over_time(0.95, (sum(a and b > 0))[15m:]) * 1000",
        "holt_winters(sum(x)[1h:1m], 0.5, 0.5)",
        "topk(1, rate(x[5m]))",
        "bottomk(1, x)",
        "limitk(1, x)",
        "topk(3, sum(x))",
        "topk by (job) (1, x{job=\"a\"})",
        "label_replace(sum(x), \"a\", \"$1\", \"b\", \"(.*)\")",
        "sort_desc(sum(x))",
        "vector(scalar(sum(x)))",
        "sum(x) * on () group_left sum(y)",
        "sum(a) and sum(b)",
        "sum(a) unless sum(b)",
        "sum(a) or sum(b) or vector(0)",
        "topk(1, a) or on () vector(0)",
        "sum by (job) (rate(x{job=\"a\"}[5m]))",
        "histogram_quantile(0.9, sum by (job, le) (rate(x_bucket{job=\"a\"}[5m])))",
        "sum(sum by (pod) (a) * on (pod) group_left () b)",
        "sum(a) / on () sum(b)",
        "count_values(\"v\", sum(x))",
        "avg(a) > bool 3",
        "hour()",
    ];

    const MANY: &[&str] = &[
        "rate(x[2m])",
        "x",
        "scalar(sum(x))",
        "1",
        "x[5m]",
        "sum by (pod) (x)",
        "topk(2, x)",
        "topk by (job) (1, x)",
        "topk(1, a) or vector(0)",
        "max_over_time(x[10m:1m])",
        "max_over_time(sum by (a) (x)[10m:1m])",
        "sum(x)[10m:1m]",
        "sum by (job) (x{job=~\"a|b\"})",
        "sum by (job) (x{job!=\"a\"})",
        "count_values(\"v\", x)",
        "sort(x)",
        "sum by (pod) (a) * on (pod) group_left () b",
        "sum by (pod) (a) / sum by (pod) (b)",
        "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
        "sum by (a) (label_replace(x{a=\"1\"}, \"a\", \"$1\", \"b\", \"(.*)\"))",
        "rate(a[5m]) and on () sum(b)",
        "rate(a[5m]) unless on (pod) b",
        "histogram_quantile(0.95, rate(x_bucket[5m]))",
        "sum(a) or sum by (b) (c)",
        "avg_over_time(x[5m])",
        "sum without (pod) (x)",
    ];

    #[test]
    fn only_queries_of_exactly_one_element_pass() {
        for query in ONE {
            assert!(one(query), "{query}: {:?}", shape_of(query));
        }
        for query in MANY {
            assert!(!one(query), "{query}: {:?}", shape_of(query));
        }
        assert!(shape_of("sum(rate(x[2m])").is_err());
    }

    #[test]
    fn a_comparison_that_drops_elements_is_seen_wherever_it_stands() {
        let filtered = |query: &str| Queries::default().read(query).unwrap().is_filtered;
        for query in [
            "sum(x) > 0",
            "0 < sum(x)",
            "sum(x > 5)",
            "(sum(x) >= 3) * 2",
            "max_over_time((sum(x) > 0)[5m:])",
            "sum(a) and sum(b) == 1",
            "sum(a) unless sum(b)",
            "absent(up)",
            "sum(a) / (sum(b) > 0)",
            "sum(a) > sum(b)",
        ] {
            assert!(filtered(query), "{query}");
        }
        for query in [
            "sum(x)",
            "sum(x) > bool 0",
            "sum(x) >= 0",
            "sum(x) > -1",
            "-0.5 < sum(x)",
            "sum(x) > 0 or vector(0)",
            "sum(x > 5) or 0 * sum(x)",
            "sum(a) and sum(b)",
            "sum(a and on (pod) b > 0)",
            "clamp_min(sum(x), 0)",
            "scalar(sum(x)) > bool 0",
            "vector(scalar(sum(x) > 0))",
            "rate(a[5m]) unless on (pod) b",
        ] {
            assert!(!filtered(query), "{query}");
        }
    }

    #[test]
    fn a_query_known_with_other_values_is_read_as_if_it_were_not_known() {
        let texts = [
            r#"sum(rate(x{a="1", b!="2", c=~"d|e"}[2m]))"#,
            r#"sum(rate(x{a="9", b!="8", c=~"d|e"}[2m]))"#,
            r#"sum(rate(x{a="", b!="8", c=~"d|f"}[2m]))"#,
            r#"sum(label_replace(x{a="1"}, "b", "$1", "c", "d=(.*)"))"#,
            r#"sum(label_replace(x{a="2"}, "b", "$1", "c", "e=(.*)"))"#,
            r#"sum(x{a="2"", b='="'})"#,
        ];
        let mut queries = Queries::default();
        for text in texts {
            assert_eq!(queries.read(text), parse(text), "{text}");
        }
        assert!(queries.known.len() < texts.len(), "nothing was shared");
        assert_eq!(queries.read(texts[1]).unwrap().selectors[0].matchers, ["a=9", "b!=8", "c=~d|e"]);
    }
}
