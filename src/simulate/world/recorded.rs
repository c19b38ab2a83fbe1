//! Load from a file: CSV with the columns `time,target,rps`, or what a Prometheus range query answers.
//!
//! Nothing is guessed: a hole, a sample out of order, a time without a zone or an unknown target is named with its place.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::quantity::Rate;
use crate::step::StepFn;
use crate::time::{Instant, LocalTime, Window};

/// What is wrong with a file, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `line 7`, or `series 2, sample 14`.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// What fills a stretch without samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// Nothing: it is an error.
    Nothing,
    /// No requests.
    Zero,
    /// The last sample before it.
    Last,
}

/// The recorded load of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Requests per second.
    pub rates: StepFn<Instant, Rate>,
    /// From the first sample to one step after the last.
    pub window: Window<Instant>,
}

/// A target by the names that a file may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The workload's name.
    pub name: String,
    /// Its territory.
    pub place: String,
    /// What it does.
    pub workload: String,
}

impl Called {
    /// By its whole name, or short: `DE/queries`.
    pub fn is(&self, text: &str) -> bool {
        self.name == text || format!("{}/{}", self.place, self.workload) == text
    }
}

struct Sample {
    place: String,
    at: Instant,
    rate: f64,
}

/// Samples by target, by its place in the list.
type Samples = BTreeMap<usize, Vec<Sample>>;

/// Reads a file's text; the load of each target that it has.
pub fn read(
    text: &str,
    targets: &[Called],
    filling: Filling,
) -> Result<BTreeMap<usize, Recorded>, Vec<Fault>> {
    let mut faults = Vec::new();
    let samples = if text.trim_start().starts_with(['{', '[']) {
        series(text, targets, &mut faults)
    } else {
        rows(text, targets, &mut faults)
    };
    let mut recorded = BTreeMap::new();
    for (target, samples) in samples {
        check(&samples, &mut faults);
        recorded.extend(joined(&samples, filling, &mut faults).map(|recorded| (target, recorded)));
    }
    if recorded.is_empty() && faults.is_empty() {
        faults.push(fault(
            "the file",
            "there is no sample in it",
            "write `time,target,rps`, and a line for each sample",
        ));
    }
    if faults.is_empty() { Ok(recorded) } else { Err(faults) }
}

fn fault(place: &str, what: impl Into<String>, help: &str) -> Fault {
    Fault { place: place.to_owned(), what: what.into(), help: help.to_owned() }
}

fn rows(text: &str, targets: &[Called], faults: &mut Vec<Fault>) -> Samples {
    let mut samples = Samples::new();
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let head = lines.next().map_or("", |(_, line)| line.trim());
    if head != "time,target,rps" {
        faults.push(fault("line 1", format!("the head is `{head}`"), "write `time,target,rps`"));
        return samples;
    }
    for (number, line) in lines {
        let place = format!("line {}", number + 1);
        let columns: Vec<&str> = line.split(',').map(str::trim).collect();
        let [time, target, rate] = columns[..] else {
            faults.push(fault(
                &place,
                format!("{} columns", columns.len()),
                "three are wanted: time, target, rps",
            ));
            continue;
        };
        let found = targets.iter().position(|known| known.is(target));
        match (moment(time), found, number_of(rate)) {
            (None, _, _) => faults.push(fault(
                &place,
                format!("`{time}` is not a moment"),
                "write it with its zone, 2026-10-03T08:10:00Z or +02:00, or as seconds since 1970",
            )),
            (_, None, _) => faults.push(fault(
                &place,
                format!("no target is called `{target}`"),
                "write the Deployment's name, or its short form such as DE/queries",
            )),
            (_, _, None) => faults.push(not_a_rate(&place, rate)),
            (Some(at), Some(target), Some(rate)) => {
                samples.entry(target).or_default().push(Sample { place, at, rate });
            }
        }
    }
    samples
}

fn not_a_rate(place: &str, text: &str) -> Fault {
    fault(place, format!("`{text}` is not a rate"), "requests per second are a number from 0 on")
}

fn number_of(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|rate| rate.is_finite() && *rate >= 0.0)
}

/// Seconds since 1970, or a time with its offset. A time without one could be on anybody's clock.
fn moment(text: &str) -> Option<Instant> {
    if let Ok(seconds) = text.parse::<f64>() {
        return seconds.is_finite().then_some(Instant(seconds.floor() as i64));
    }
    let (wall, offset) = match text.strip_suffix('Z') {
        Some(wall) => (wall, 0),
        None => {
            let sign = text.rfind(['+', '-']).filter(|at| *at > 10)?;
            let (wall, offset) = text.split_at(sign);
            let (hours, minutes) = offset[1..].split_once(':')?;
            let seconds = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
            (wall, if offset.starts_with('-') { -seconds } else { seconds })
        }
    };
    let (minutes, seconds) = match wall.len() {
        16 => (wall, 0),
        19 => (wall.get(..16)?, wall.get(17..)?.parse::<i64>().ok().filter(|seconds| *seconds < 60)?),
        _ => return None,
    };
    let local = LocalTime::parse(&minutes.replace('T', " "))?;
    Some(Instant(local.wall_seconds() + seconds - offset))
}

/// The answer of `/api/v1/query_range`, or the list that `promtool query range --format json` prints.
fn series(text: &str, targets: &[Called], faults: &mut Vec<Fault>) -> Samples {
    let mut samples = Samples::new();
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            faults.push(fault(
                &format!("line {}", error.line()),
                format!("it is not JSON: {error}"),
                "save the whole answer",
            ));
            return samples;
        }
    };
    if let Some(error) = document["error"].as_str() {
        faults.push(fault("the file", format!("Prometheus answered with an error: {error}"), "ask again"));
        return samples;
    }
    let result = if document.is_array() { &document } else { &document["data"]["result"] };
    let Some(result) = result.as_array() else {
        faults.push(fault(
            "the file",
            "there is no result of a range query in it",
            "ask /api/v1/query_range",
        ));
        return samples;
    };
    for (number, series) in result.iter().enumerate() {
        let place = format!("series {}", number + 1);
        let labels = &series["metric"];
        match target_of(labels, targets) {
            None => faults.push(fault(
                &place,
                format!("no target is named by its labels {labels}"),
                "keep a label with the Deployment's name, or both `territory` and `workload`",
            )),
            Some(target) => {
                let values = series["values"].as_array().map_or(&[][..], Vec::as_slice);
                let own = samples.entry(target).or_default();
                for (number, value) in values.iter().enumerate() {
                    let place = format!("{place}, sample {}", number + 1);
                    let text = value[1].as_str().unwrap_or_default();
                    match (value[0].as_f64(), number_of(text)) {
                        (Some(seconds), Some(rate)) => {
                            own.push(Sample { place, at: Instant(seconds.floor() as i64), rate });
                        }
                        (None, _) => faults.push(fault(&place, "it has no time", "save the whole answer")),
                        (_, None) => faults.push(not_a_rate(&place, text)),
                    }
                }
            }
        }
    }
    samples
}

fn target_of(labels: &Value, targets: &[Called]) -> Option<usize> {
    let by_name = |called: &Called| {
        labels.as_object().is_some_and(|labels| labels.values().any(|value| value == called.name.as_str()))
    };
    let by_both = |called: &Called| {
        labels["territory"] == called.place.as_str() && labels["workload"] == called.workload.as_str()
    };
    targets.iter().position(by_name).or_else(|| targets.iter().position(by_both))
}

fn check(samples: &[Sample], faults: &mut Vec<Fault>) {
    for pair in samples.windows(2) {
        let place = pair[1].place.as_str();
        if pair[1].at == pair[0].at {
            let what = format!("a second sample of {}, which {} has already", pair[1].at, pair[0].place);
            faults.push(fault(place, what, "keep one of them"));
        } else if pair[1].at < pair[0].at {
            let what = format!("{} comes after {}", pair[1].at, pair[0].at);
            faults.push(fault(place, what, "sort the file by time"));
        }
    }
}

/// The usual distance of two samples, in seconds: the median.
fn step(samples: &[Sample]) -> i64 {
    let mut steps: Vec<i64> = samples.windows(2).map(|pair| pair[1].at.0 - pair[0].at.0).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(60)
}

fn joined(samples: &[Sample], filling: Filling, faults: &mut Vec<Fault>) -> Option<Recorded> {
    let (first, last) = (samples.first()?, samples.last()?);
    let step = step(samples);
    if !faults.is_empty() {
        return None;
    }
    let mut rates = StepFn::constant(Rate(first.rate));
    for pair in samples.windows(2) {
        let gap = pair[1].at.0 - pair[0].at.0;
        if gap > step + step / 2 {
            match filling {
                Filling::Nothing => faults.push(fault(
                    &pair[1].place,
                    format!("no samples from {} to {}, which come every {step} s", pair[0].at, pair[1].at),
                    "fetch them, or say what fills holes: --fill-holes zero, --fill-holes last",
                )),
                Filling::Zero => rates.push(Instant(pair[0].at.0 + step), Rate(0.0)),
                Filling::Last => {}
            }
        }
        rates.push(pair[1].at, Rate(pair[1].rate));
    }
    Some(Recorded { rates, window: Window::new(first.at, Instant(last.at.0 + step)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets() -> Vec<Called> {
        let called = |place: &str| Called {
            name: format!("api-{}", place.to_lowercase()),
            place: place.to_owned(),
            workload: "queries".to_owned(),
        };
        vec![called("DE"), called("CH")]
    }

    fn faults(text: &str) -> Vec<(String, String)> {
        let faults = read(text, &targets(), Filling::Nothing).unwrap_err();
        faults.into_iter().map(|fault| (fault.place, fault.what)).collect()
    }

    const GOOD: &str = "time,target,rps\n2026-10-03T08:00:00Z,DE/queries,80\n2026-10-03T10:05:00+02:00,api-de,90.5\n1791015000,DE/queries,0\n";

    #[test]
    fn a_table_and_an_answer_of_prometheus_read_the_same() {
        let table = read(GOOD, &targets(), Filling::Nothing).unwrap();
        let answer = r#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"territory":"DE","workload":"queries"},"values":[[1791014400,"80"],[1791014700,"90.5"],[1791015000,"0"]]}]}}"#;
        let list = r#"[{"metric":{"deployment":"api-de"},"values":[[1791014400,"80"],[1791014700,"90.5"],[1791015000,"0"]]}]"#;
        assert_eq!(read(answer, &targets(), Filling::Nothing).unwrap(), table);
        assert_eq!(read(list, &targets(), Filling::Nothing).unwrap(), table);
        let recorded = &table[&0];
        assert_eq!(recorded.window, Window::new(Instant(1_791_014_400), Instant(1_791_015_300)));
        assert_eq!(recorded.rates.at(Instant(1_791_014_800)).0, 90.5);
    }

    #[test]
    fn each_thing_that_is_wrong_is_named_with_its_line() {
        let head = "time,target,rps\n";
        for (text, place, what) in [
            ("time,rps\n", "line 1", "head"),
            ("time,target,rps\n2026-10-03 08:00,DE/queries,1\n", "line 2", "not a moment"),
            ("time,target,rps\n2026-10-03T08:00:00Z,FR/queries,1\n", "line 2", "FR/queries"),
            ("time,target,rps\n2026-10-03T08:00:00Z,DE/queries,-1\n", "line 2", "not a rate"),
            ("time,target,rps\n2026-10-03T08:00:00Z,DE/queries\n", "line 2", "columns"),
            ("time,target,rps\n100,api-de,1\n100,api-de,2\n", "line 3", "second sample"),
            ("time,target,rps\n160,api-de,1\n100,api-de,2\n", "line 3", "comes after"),
            (
                "time,target,rps\n0,api-de,1\n60,api-de,1\n120,api-de,1\n600,api-de,1\n",
                "line 5",
                "no samples",
            ),
            (r#"{"status":"error","error":"too many points"}"#, "the file", "too many points"),
            (r#"{"status":"success"}"#, "the file", "no result"),
            (r#"[{"metric":{},"values":[]}]"#, "series 1", "no target"),
            ("{", "line 1", "not JSON"),
            (head, "the file", "no sample"),
        ] {
            let found = faults(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].0 == place && found[0].1.contains(what), "{text}: {found:?}");
        }
    }

    #[test]
    fn holes_are_filled_only_as_told() {
        let text = "time,target,rps\n0,api-de,5\n60,api-de,6\n120,api-de,7\n600,api-de,8\n";
        let at = |filling, second| *read(text, &targets(), filling).unwrap()[&0].rates.at(Instant(second));
        assert_eq!(
            [at(Filling::Zero, 170), at(Filling::Zero, 180), at(Filling::Zero, 600)].map(|rate| rate.0),
            [7.0, 0.0, 8.0]
        );
        assert_eq!(at(Filling::Last, 180).0, 7.0);
    }
}
