//! What a Prometheus answers to a range query: the document of its API, or the list that
//! `promtool query range --format json` prints. <https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Called, Fault, MOST_FAULTS, Sample, Samples, Spot, fault, not_a_rate, rate, second, start};

#[derive(Deserialize)]
struct Answer {
    error: Option<String>,
    #[serde(default)]
    warnings: Vec<String>,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    result: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    /// Absent in the answer of an instant query.
    values: Option<Vec<(f64, String)>>,
    /// Of a native histogram, which is not a rate.
    histograms: Option<IgnoredAny>,
}

const WHOLE: &str =
    "save the whole answer of /api/v1/query_range, or what `promtool query range --format json` prints";

/// Answers one after another, as `cat` puts the pieces of a long stretch together.
pub(super) fn all(text: &str, targets: &[Called], faults: &mut Vec<Fault>) -> Samples {
    let mut samples = Samples::new();
    let mut begun = 0;
    for answer in 1.. {
        let rest = &text[begun..];
        if rest.trim_start().is_empty() || faults.len() >= MOST_FAULTS {
            break;
        }
        let lines = text[..begun].matches('\n').count();
        match one(rest, lines) {
            Ok((series, length)) => {
                begun += length;
                sorted_in(&series, answer, targets, (&mut samples, faults));
            }
            Err(fault) => {
                faults.push(fault);
                break;
            }
        }
    }
    samples
}

/// The answer to a question about one target: its samples, of whatever series.
pub(super) fn of_one(text: &str) -> Result<Vec<Sample>, Vec<Fault>> {
    let (series, _) = one(text, 0).map_err(|fault| vec![fault])?;
    let mut faults = Vec::new();
    let mut samples = Vec::new();
    for (number, series) in series.iter().enumerate() {
        samples.extend(values(series, (1, number + 1), &mut faults));
    }
    // At one time one series, at another time another: KEDA takes that, too.
    samples.sort_by_key(|sample| sample.at);
    if faults.is_empty() { Ok(samples) } else { Err(faults) }
}

/// The series of the first answer of a text, and how long that is.
fn one(text: &str, lines_before: usize) -> Result<(Vec<Series>, usize), Fault> {
    if text.trim_start().starts_with('[') {
        return first::<Vec<Series>>(text, lines_before);
    }
    let (answer, length) = first::<Answer>(text, lines_before)?;
    if let Some(error) = answer.error {
        let what = format!("Prometheus answered with an error: {error}");
        return Err(fault("the answer", what, "ask again"));
    }
    // Before 2.55 a remark on a query stood among the warnings.
    let warning = answer.warnings.iter().find(|warning| !warning.starts_with("PromQL info:"));
    if let Some(warning) = warning {
        return Err(fault(
            "the answer",
            format!("Prometheus warns that it may not be whole: {warning}"),
            "ask again when what it speaks of is there",
        ));
    }
    let data =
        answer.data.ok_or_else(|| fault("the answer", "there is no result of a range query in it", WHOLE))?;
    Ok((data.result, length))
}

fn first<'t, T: Deserialize<'t>>(text: &'t str, lines_before: usize) -> Result<(T, usize), Fault> {
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<T>();
    match documents.next() {
        Some(Ok(document)) => Ok((document, documents.byte_offset())),
        Some(Err(error)) => {
            let place = format!("line {}, column {}", lines_before + error.line(), error.column());
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            let is = if error.is_data() { "it is not an answer to a range query" } else { "it is not JSON" };
            Err(fault(place, format!("{is}: {what}"), WHOLE))
        }
        None => Err(fault("the answer", "it is empty", WHOLE)),
    }
}

fn sorted_in(
    all: &[Series],
    answer: usize,
    targets: &[Called],
    (samples, faults): (&mut Samples, &mut Vec<Fault>),
) {
    let mut own = Samples::new();
    for (number, series) in all.iter().enumerate() {
        if let Some(target) = target_of(&series.metric, targets) {
            own.entry(target).or_default().extend(values(series, (answer, number + 1), faults));
        } else {
            let labels = serde_json::to_string(&series.metric).unwrap_or_default();
            faults.push(fault(
                format!("series {}", number + 1),
                format!("no target is named by its labels {}", start(&labels)),
                "keep a label with the Deployment's name, or both `territory` and `workload`: `sum by (territory, workload) (..)`",
            ));
        }
        if faults.len() >= MOST_FAULTS {
            break;
        }
    }
    for (target, mut own) in own {
        // Several series of a target may follow one another; of one series the order is its own.
        if own.iter().any(|sample| is_of_another(sample, &own[0])) {
            own.sort_by_key(|sample| sample.at);
        }
        samples.entry(target).or_default().extend(own);
    }
}

fn is_of_another(one: &Sample, other: &Sample) -> bool {
    match (one.spot, other.spot) {
        (Spot::Series { series, .. }, Spot::Series { series: other, .. }) => series != other,
        (Spot::Line(_) | Spot::Series { .. }, Spot::Line(_) | Spot::Series { .. }) => false,
    }
}

fn target_of(labels: &BTreeMap<String, String>, targets: &[Called]) -> Option<usize> {
    let by_name = |called: &Called| labels.values().any(|value| *value == called.name);
    let is = |label: &str, value: &str| labels.get(label).is_some_and(|own| own == value);
    let by_both = |called: &Called| is("territory", &called.place) && is("workload", &called.workload);
    targets.iter().position(by_name).or_else(|| targets.iter().position(by_both))
}

fn values(series: &Series, (answer, number): (usize, usize), faults: &mut Vec<Fault>) -> Vec<Sample> {
    let place = format!("series {number}");
    if series.histograms.is_some() {
        faults.push(fault(
            place,
            "it has histograms, which are not rates",
            "ask for `sum(rate(.._count[..]))`",
        ));
        return Vec::new();
    }
    let Some(values) = &series.values else {
        faults.push(fault(place, "it has no `values`: it is of an instant query", WHOLE));
        return Vec::new();
    };
    let mut samples = Vec::with_capacity(values.len());
    for (sample, (seconds, text)) in values.iter().enumerate() {
        let spot = Spot::Series { answer, series: number, sample: sample + 1 };
        match (second(*seconds), rate(text)) {
            (Some(at), Some(rate)) => samples.push(Sample { spot, at, rate }),
            (None, _) => {
                faults.push(fault(spot, format!("`{seconds}` is not a time in seconds since 1970"), WHOLE));
            }
            (Some(at), None) => faults.push(not_a_rate(format!("{spot}, of {at}"), text)),
        }
        if faults.len() >= MOST_FAULTS {
            break;
        }
    }
    samples
}
