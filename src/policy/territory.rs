//! `[territories.*]` and what each workload gets there.

use super::decode::{Problems, Table};
use super::draft::{TerritoryDraft, WorkloadDraft};
use super::known::{self, HolidaySet};
use super::share::Share;
use super::{diags, reader, scalar};
use crate::name::TerritoryCode;
use crate::profile::{Territory, WorkloadId};
use crate::quantity::Ratio;
use crate::time::Zone;

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
    let title = table.get("title").map(|value| reader::text(value, problems));
    let zone = table.get("zone").map(|value| reader::zone(value, problems));
    let share = table.get("share").map(|value| reader::ratio(value, problems));
    let p95_target = table
        .get("p95-target")
        .map(|value| value.parsed("a latency such as \"300ms\"", scalar::millis, problems));
    let holidays = table.get("holidays").map(|value| reader::sets(value, problems)).unwrap_or_default();
    let workweek = table.get("workweek").and_then(|value| reader::workweek(value, problems));
    let note = table.get("note").and_then(|value| reader::text(value, problems));
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
        says_share: share.is_some(),
        share: share.unwrap_or(Some(Ratio(0.0)))?,
        p95_target: p95_target.map_or(Some(None), |target| Some(Some(target?.value)))?,
        holidays: holidays.iter().map(|set| set.value.clone()).collect(),
        workweek,
        note,
        span: table.span,
    };
    Some((TerritoryDraft { territory, shares, holidays }, share.is_some()))
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
        known::check_sets(&draft.holidays, sets, problems);
    }
}
