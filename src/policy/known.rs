//! What seasons, campaigns and holidays may name.

use super::decode::{Problems, Table};
use super::diags;
use super::draft::{TerritoryDraft, WorkloadDraft};
use crate::dates::Stretch;
use crate::name::{SetName, Slug};
use crate::profile::TerritoryId;
use crate::source::{Located, Span};

/// Named holidays, each a date rule.
#[derive(Clone, Debug)]
pub struct HolidaySet {
    /// `bavaria`
    pub name: SetName,
    /// Sets whose days it has as well.
    pub include: Vec<Located<SetName>>,
    /// Each holiday's name and rule, or those of a stretch of days.
    pub days: Vec<(Slug, Located<Stretch>)>,
    /// Its header.
    pub span: Span,
}

/// What seasons and campaigns may name.
pub(super) struct Known<'p> {
    pub(super) territories: &'p [TerritoryDraft],
    /// All that are declared, those that cannot be read among them: naming one of these is not a mistake of its own.
    pub(super) territory_names: &'p [&'p str],
    pub(super) workloads: &'p [WorkloadDraft],
    /// All that are declared, those that cannot be read among them.
    pub(super) workload_names: &'p [&'p str],
    pub(super) holidays: &'p [HolidaySet],
}

/// `territories = ["DE"]`; all of them where the key is absent.
pub(super) fn territories(
    table: &mut Table<'_>,
    known: &Known<'_>,
    problems: &mut Problems,
) -> Vec<TerritoryId> {
    let Some(value) = table.get("territories") else {
        return (0..known.territories.len()).map(TerritoryId).collect();
    };
    let names = value.texts(problems).unwrap_or_default();
    names.iter().filter_map(|name| territory_id(name.value, name.span, known, problems)).collect()
}

/// The territory called `name`.
pub(super) fn territory_id(
    name: &str,
    span: Span,
    known: &Known<'_>,
    problems: &mut Problems,
) -> Option<TerritoryId> {
    let codes: Vec<&str> = known.territories.iter().map(|draft| draft.territory.code.as_str()).collect();
    let found = codes.iter().position(|code| *code == name);
    // A territory that is declared in lower case is reported where it is declared.
    let is_declared = known.territory_names.iter().any(|declared| {
        *declared == name
            || found.is_none() && declared.eq_ignore_ascii_case(name) && !codes.contains(declared)
    });
    if !is_declared {
        problems.push(diags::unknown_territory(name, span, known.territory_names));
    }
    found.map(TerritoryId)
}

/// Whether all of `wanted` are among `sets`.
pub(super) fn check_sets(wanted: &[Located<SetName>], sets: &[HolidaySet], problems: &mut Problems) {
    let known: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
    for name in wanted {
        if !known.contains(&name.value.as_str()) {
            problems.push(diags::dates::unknown_holidays(name.value.as_str(), name.span, &known));
        }
    }
}
