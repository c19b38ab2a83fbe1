//! `[territories.*]` and what each workload gets there.

use super::calendar::HolidaySet;
use super::decode::{Problems, Table};
use super::diags;
use super::platform;
use super::scalar;
use super::workload::{self, Measure, WorkloadDraft};
use crate::name::{SetName, TerritoryCode};
use crate::profile::{Guard, Territory, WorkloadId};
use crate::quantity::{Rate, Ratio, Replicas};
use crate::source::{Located, Span};
use crate::time::Zone;

/// A territory and its part of each workload.
pub(super) struct TerritoryDraft {
    pub(super) territory: Territory,
    pub(super) shares: Vec<(WorkloadId, Share)>,
    holidays: Vec<Located<SetName>>,
}

/// What one workload gets in one place: `[territories.DE.queries]`.
#[derive(Clone)]
pub(super) struct Share {
    pub(super) min: Located<Replicas>,
    pub(super) max: Located<Replicas>,
    pub(super) per_replica: Option<Rate>,
    pub(super) guard: Option<Guard>,
    pub(super) scale_up: Option<Located<Replicas>>,
    pub(super) base_load: Option<Located<Rate>>,
    pub(super) span: Span,
}

impl Share {
    /// Reads the keys of a share; one without a territory stands in the workload's own table, the rate of a queue
    /// elsewhere.
    pub(super) fn read(table: &mut Table<'_>, measure: Measure, problems: &mut Problems) -> Option<Self> {
        let range = workload::range(table, problems);
        let rate = match measure {
            Measure::Requests => table.need("rps-per-replica", problems),
            Measure::Queue | Measure::Nothing => None,
        };
        let per_replica = rate.map(|value| per_replica(&value, problems));
        let latency = if measure == Measure::Requests { table.get("scale-up-p95") } else { None };
        let guard =
            latency.and_then(|value| value.parsed("a latency such as \"200ms\"", scalar::millis, problems));
        let scale_up =
            table.get("scale-up-per-minute").and_then(|value| workload::replicas(&value, problems));
        if let Some(zero) = scale_up.filter(|count| count.value.0 == 0) {
            problems.push(diags::bad_value("scale-up-per-minute", "a whole number from 1 on", zero.span));
        }
        let base_load = match measure {
            Measure::Requests | Measure::Queue => table.get("base-load"),
            Measure::Nothing => None,
        };
        let base_load = base_load.and_then(|value| value.number(problems));
        let (min, max) = range?;
        Some(Self {
            min,
            max,
            per_replica: per_replica.unwrap_or(None).filter(|_| measure == Measure::Requests),
            guard: guard.map(|latency| Guard::Latency(latency.value)),
            scale_up,
            base_load: base_load.map(|load| load.map(Rate)),
            span: table.span,
        })
    }
}

/// The territories that can be read, and the names of all.
pub(super) fn read<'t>(
    root: &mut Table<'t>,
    workloads: &'t [WorkloadDraft],
    declared_workloads: &[&'t str],
    platform: &Zone,
    problems: &mut Problems,
) -> (Vec<TerritoryDraft>, Vec<&'t str>) {
    let children = root.children("territories", "territory", problems);
    for draft in workloads.iter().filter(|draft| draft.per_territory()) {
        let name = draft.workload.name.as_str();
        if !children.iter().any(|(_, table)| table.has(name)) {
            problems.push(diags::workload_nowhere(name, draft.workload.span));
        }
    }
    let mut drafts = Vec::new();
    let mut declared = Vec::new();
    for (value, mut table) in children {
        declared.push(value.key);
        for workload in declared_workloads {
            table.get(workload);
        }
        let code = if TerritoryCode::parse(&value.key.to_ascii_uppercase()).is_some() {
            let code = TerritoryCode::parse(value.key);
            if code.is_none() {
                problems.push(diags::lower_territory(value.key, value.key_span));
            }
            code
        } else {
            value.key_name(TerritoryCode::RULE, TerritoryCode::parse, problems)
        };
        let draft = read_one(code, &mut table, workloads, platform, problems);
        table.finish(problems);
        drafts.extend(draft);
    }
    share_out(&mut drafts, problems);
    if drafts.len() == declared.len() {
        check_shares(&drafts, problems);
    }
    let drafts = drafts.into_iter().map(|(draft, _)| draft).collect();
    (drafts, declared)
}

fn read_one<'t>(
    code: Option<TerritoryCode>,
    table: &mut Table<'t>,
    workloads: &'t [WorkloadDraft],
    platform: &Zone,
    problems: &mut Problems,
) -> Option<(TerritoryDraft, bool)> {
    let title = table.get("title").map(|value| platform::text(value, problems));
    let zone = table.get("zone").map(|value| platform::zone(value, problems));
    let share = table.get("share").map(|value| ratio(value, problems));
    let p95_target = table
        .get("p95-target")
        .map(|value| value.parsed("a latency such as \"300ms\"", scalar::millis, problems));
    let holidays = table.get("holidays").map(|value| platform::sets(value, problems)).unwrap_or_default();
    let workweek = table.get("workweek").and_then(|value| platform::workweek(value, problems));
    let note = table.get("note").and_then(|value| platform::text(value, problems));
    let mut shares = Vec::new();
    for (at, draft) in workloads.iter().enumerate().filter(|(_, draft)| draft.per_territory()) {
        let Some(value) = table.get(draft.workload.name.as_str()) else { continue };
        let title = format!("{} of {}", draft.workload.name, table.title);
        let Some(mut own) = value.table(title, problems) else { continue };
        shares.extend(Share::read(&mut own, draft.measure(), problems).map(|share| (WorkloadId(at), share)));
        own.finish(problems);
    }
    let territory = Territory {
        title: title.unwrap_or_else(|| Some(code.as_ref()?.to_string()))?,
        code: code?,
        says_zone: zone.is_some(),
        zone: zone.unwrap_or_else(|| Some(platform.clone()))?,
        share: share.unwrap_or(Some(Ratio(0.0)))?,
        p95_target: p95_target.map_or(Some(None), |target| Some(Some(target?.value)))?,
        holidays: holidays.iter().map(|set| set.value.clone()).collect(),
        workweek,
        note,
        span: table.span,
    };
    Some((TerritoryDraft { territory, shares, holidays }, share.is_some()))
}

/// What one replica carries.
pub(super) fn per_replica(value: &super::decode::Value<'_>, problems: &mut Problems) -> Option<Rate> {
    let rate = value.number(problems)?;
    // KEDA writes thresholds with three decimals, and the HPA wants them positive.
    if rate.value < 0.001 {
        problems.push(diags::bad_value(value.key, "a rate of at least 0.001", rate.span));
    }
    Some(Rate(rate.value))
}

/// A number from 0 to 1.
pub(super) fn ratio(value: super::decode::Value<'_>, problems: &mut Problems) -> Option<Ratio> {
    let number = value.number(problems)?;
    if number.value > 1.0 {
        problems.push(diags::bad_value(value.key, "a share from 0 to 1, such as 0.7", number.span));
        return None;
    }
    Some(Ratio(number.value))
}

/// Where no territory says its share, all carry the same.
fn share_out(drafts: &mut [(TerritoryDraft, bool)], problems: &mut Problems) {
    let says = |(_, says): &&(TerritoryDraft, bool)| *says;
    match (drafts.iter().find(says), drafts.iter().find(|draft| !says(draft))) {
        (Some((with, _)), Some((without, _))) => {
            problems.push(diags::shares_of_some(with.territory.span, without.territory.span));
        }
        (None, Some(_)) => {
            #[expect(clippy::cast_precision_loss, reason = "territories are few")]
            let share = Ratio(1.0 / drafts.len() as f64);
            drafts.iter_mut().for_each(|(draft, _)| draft.territory.share = share);
        }
        (Some(_) | None, None) => {}
    }
}

fn check_shares(drafts: &[(TerritoryDraft, bool)], problems: &mut Problems) {
    let sum: f64 = drafts.iter().map(|(draft, _)| draft.territory.share.0).sum();
    let are_said = drafts.iter().all(|(_, says)| *says);
    if let Some((last, _)) = drafts.last().filter(|_| are_said).filter(|_| (sum - 1.0).abs() > 0.005) {
        problems.push(diags::share_sum(sum, last.territory.span));
    }
}

/// Whether the holiday sets that territories name exist.
pub(super) fn check_holidays(drafts: &[TerritoryDraft], sets: &[HolidaySet], problems: &mut Problems) {
    for draft in drafts {
        check_sets(&draft.holidays, sets, problems);
    }
}

/// Whether all of `wanted` are among `sets`.
pub(super) fn check_sets(wanted: &[Located<SetName>], sets: &[HolidaySet], problems: &mut Problems) {
    let known: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
    for name in wanted {
        if !known.contains(&name.value.as_str()) {
            problems.push(diags::unknown_holidays(name.value.as_str(), name.span, &known));
        }
    }
}
