//! A table: CSV with the columns `time,target,rps`.

use std::collections::BTreeMap;

use super::{Called, Fault, MOST_FAULTS, Sample, Samples, Spot, fault, not_a_rate, rate, second, start};
use crate::time::{Instant, LocalTime};

const HEAD: [&str; 3] = ["time", "target", "rps"];

pub(super) fn rows(text: &str, targets: &[Called], faults: &mut Vec<Fault>) -> Samples {
    let mut samples = Samples::new();
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((number, head)) = lines.next() else { return samples };
    if columns(head).map(|names| names.map(str::to_ascii_lowercase)) != Some(HEAD.map(str::to_owned)) {
        faults.push(not_the_head(number, head));
        return samples;
    }
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (at, target) in targets.iter().enumerate() {
        known.insert(target.short(), at);
        known.insert(target.name.clone(), at);
    }
    for (number, line) in lines {
        match row(number, line, &known) {
            Ok((target, sample)) => samples.entry(target).or_default().push(sample),
            Err(fault) => faults.push(fault),
        }
        if faults.len() >= MOST_FAULTS {
            break;
        }
    }
    samples
}

/// The three columns of a line. Quotes around one are a spreadsheet's; no column here has a comma in it.
fn columns(line: &str) -> Option<[&str; 3]> {
    let mut columns = line.split(',').map(|column| {
        let column = column.trim();
        column.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(column)
    });
    let three = [columns.next()?, columns.next()?, columns.next()?];
    columns.next().is_none().then_some(three)
}

fn not_the_head(number: usize, head: &str) -> Fault {
    let help = if head.contains([';', '\t']) {
        "separate columns by commas, and write numbers with a point: the first line is `time,target,rps`"
    } else {
        "write `time,target,rps` as the first line"
    };
    fault(Spot::Line(number + 1), format!("the head is `{}`", start(head)), help)
}

fn row(number: usize, line: &str, known: &BTreeMap<String, usize>) -> Result<(usize, Sample), Fault> {
    let spot = Spot::Line(number + 1);
    let Some([time, target, written]) = columns(line) else {
        let count = line.split(',').count();
        let columns = if count == 1 { "column" } else { "columns" };
        return Err(fault(
            spot,
            format!("{count} {columns}"),
            "three are wanted: time, target, rps; a number has a point, not a comma",
        ));
    };
    let at = moment(time).ok_or_else(|| {
        fault(
            spot,
            format!("`{}` is not a moment", start(time)),
            "write it with its zone, 2026-10-03T08:10:00Z or +02:00, or as seconds since 1970",
        )
    })?;
    let target = known.get(target).ok_or_else(|| {
        fault(
            spot,
            format!("no target is called `{}`", start(target)),
            "write the Deployment's name, or its short form such as DE/queries",
        )
    })?;
    let rate = rate(written).ok_or_else(|| not_a_rate(spot, written))?;
    Ok((*target, Sample { spot, at, rate }))
}

/// Seconds since 1970, or a time with its offset. A time without one could be on anybody's clock.
fn moment(text: &str) -> Option<Instant> {
    if let Ok(seconds) = text.parse::<f64>() {
        return second(seconds);
    }
    let (wall, offset) = match text.strip_suffix('Z') {
        Some(wall) => (wall, 0),
        None => {
            let sign = text.rfind(['+', '-']).filter(|at| *at > 10)?;
            let (wall, written) = text.split_at(sign);
            match written.strip_prefix('-') {
                Some(west) => (wall, -offset(west)?),
                None => (wall, offset(&written[1..])?),
            }
        }
    };
    // Grafana writes milliseconds.
    let wall = match wall.split_once('.') {
        Some((whole, part)) if digits(part) && whole.len() == 19 => whole,
        Some(_) => return None,
        None => wall,
    };
    let (minutes, seconds) = match wall.len() {
        16 => (wall, 0),
        19 => {
            let written = wall.get(16..)?.strip_prefix(':').filter(|written| digits(written))?;
            (wall.get(..16)?, written.parse::<i64>().ok().filter(|seconds| *seconds < 60)?)
        }
        _ => return None,
    };
    let local = LocalTime::parse(&minutes.replace('T', " "))?;
    second((local.wall_seconds() + seconds - offset) as f64)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `02:00` or `0200`, in seconds; no clock is more than 14 hours ahead.
fn offset(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':').or_else(|| text.split_at_checked(2))?;
    let number = |text: &str| (digits(text) && text.len() == 2).then(|| text.parse::<i64>().ok())?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 14 && minutes < 60).then_some(hours * 3600 + minutes * 60)
}
