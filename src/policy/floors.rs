//! `floor`: what each workload is to have at least, as replicas or as a part of its own limits.

use std::collections::BTreeMap;
use std::fmt;

use super::decode::{Problems, Value};
use super::diags;
use super::known::Known;
use crate::profile::{Target, WorkloadId};
use crate::quantity::Replicas;
use crate::source::Located;

/// How high a floor is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloorSize {
    /// `6`
    Replicas(Replicas),
    /// A part of each target's own limit: `"150%"`, `"60% of max"`.
    Share(FloorShare),
}

/// Per cent of a target's limit, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloorShare {
    /// At least one.
    pub percent: u32,
    /// Of which limit.
    pub of: TargetLimit,
}

/// A limit of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetLimit {
    /// Its minimum.
    Minimum,
    /// Its maximum.
    Maximum,
}

impl fmt::Display for FloorShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.of {
            TargetLimit::Minimum => "",
            TargetLimit::Maximum => " of max",
        };
        write!(f, "{}%{of}", self.percent)
    }
}

impl FloorShare {
    /// `"150%"` is of the minimum; `"150% of min"` says so.
    fn parse(text: &str) -> Option<Self> {
        let (percent, of) = text.trim().split_once('%')?;
        let of = match of.split_whitespace().collect::<Vec<_>>().as_slice() {
            [] | ["of", "min"] => TargetLimit::Minimum,
            ["of", "max"] => TargetLimit::Maximum,
            _ => return None,
        };
        let percent = percent.trim_end().parse().ok().filter(|percent| (1..=1_000_000).contains(percent))?;
        Some(Self { percent, of })
    }

    /// The replicas at a target.
    pub fn at(self, target: &Target) -> Replicas {
        let limit = self.limit(target);
        let share = u64::from(limit.0) * u64::from(self.percent);
        Replicas(u32::try_from(share.div_ceil(100)).unwrap_or(u32::MAX))
    }

    /// The limit that it is a part of.
    pub fn limit(self, target: &Target) -> Replicas {
        match self.of {
            TargetLimit::Minimum => target.minimum().value,
            TargetLimit::Maximum => target.max.value,
        }
    }
}

/// What is written in `floor`.
#[derive(Clone, Debug, Default)]
pub struct Floors {
    own: BTreeMap<WorkloadId, Located<FloorSize>>,
    /// `"*"`: of every workload that is not named.
    others: Option<Located<FloorSize>>,
}

impl Floors {
    /// What is asked for a workload.
    pub fn of(&self, workload: WorkloadId) -> Option<Located<FloorSize>> {
        self.own.get(&workload).copied().or(self.others)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.others.is_none()
    }

    /// The floors of workloads that are named.
    pub fn named(&self) -> impl Iterator<Item = (WorkloadId, Located<FloorSize>)> {
        self.own.iter().map(|(workload, size)| (*workload, *size))
    }
}

/// `floor = { queries = 6, "*" = "150%" }`
pub(super) fn floors(value: Value<'_>, known: &Known<'_>, problems: &mut Problems) -> Floors {
    const OTHERS: &str = "*";
    let names: Vec<&str> = known.workloads.iter().map(|draft| draft.workload.name.as_str()).collect();
    let mut floors = Floors::default();
    let Some(table) = value.table("`floor`", problems) else {
        let size =
            (value.is_text() || value.is_whole()).then(|| size(&value, &mut Problems::new())).flatten();
        if let (Some(size), Some(problem)) = (size, problems.last_mut()) {
            problem.help = Some(diags::floor_of_all(&names, size.value));
        }
        return floors;
    };
    for entry in table.values() {
        let size = size(&entry, problems);
        if entry.key == OTHERS {
            floors.others = size;
            continue;
        }
        if !known.workload_names.contains(&entry.key) {
            problems.push(diags::unknown_workload(entry.key, entry.key_span, known.workload_names));
        }
        let at = names.iter().position(|name| *name == entry.key);
        if let Some((at, size)) = at.zip(size) {
            floors.own.insert(WorkloadId(at), size);
        }
    }
    floors
}

fn size(entry: &Value<'_>, problems: &mut Problems) -> Option<Located<FloorSize>> {
    if !entry.is_text() {
        return Some(entry.whole(problems)?.map(|count| FloorSize::Replicas(Replicas(count))));
    }
    let text = entry.text(problems)?;
    let share = FloorShare::parse(text.value);
    if share.is_none() {
        problems.push(diags::bad_value(
            entry.key,
            "a whole number, `\"150%\"` (of the minimum) or `\"60% of max\"`, from 1 % to 1000000 %",
            text.span,
        ));
    }
    Some(Located::new(FloorSize::Share(share?), text.span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_the_minimum_unless_it_says_otherwise() {
        let share = |percent, of| Some(FloorShare { percent, of });
        assert_eq!(FloorShare::parse("150%"), share(150, TargetLimit::Minimum));
        assert_eq!(FloorShare::parse("150 % of min"), share(150, TargetLimit::Minimum));
        assert_eq!(FloorShare::parse("60% of max"), share(60, TargetLimit::Maximum));
        for wrong in ["", "%", "0%", "-5%", "1.5%", "60", "60% max", "60% of maximum", "60% of max of min"] {
            assert_eq!(FloorShare::parse(wrong), None, "{wrong}");
        }
    }
}
