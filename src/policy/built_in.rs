//! The holiday sets that are built in: `seasonscale holidays` lists them, and a policy names them by their codes. A set of the
//! calendar's own that has the same name is taken instead.

use std::collections::BTreeSet;

use super::calendar;
use super::decode::Table;
use super::known::HolidaySet;
use super::season::Season;
use super::{Policy, syntax};
use crate::keys;
use crate::name::SetName;
use crate::source::{HOLIDAYS, Source, Sources};

/// A set as it is printed.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// `DE-BY`
    pub code: &'static str,
    /// `Bavaria`
    pub title: &'static str,
    /// Its table with the comments above it.
    pub text: &'static str,
}

/// All that are built in, countries first.
pub fn built_in() -> impl Iterator<Item = BuiltIn> {
    HOLIDAYS.split("\n\n").filter_map(|block| {
        let (_, table) = block.split_once("[holidays.")?;
        let (code, _) = table.split_once(']')?;
        let title = block.trim_start().strip_prefix("# ")?.lines().next()?.trim_end_matches('.');
        Some(BuiltIn { code, title, text: block.trim() })
    })
}

/// The same as a policy has them.
pub fn built_in_sets() -> Vec<HolidaySet> {
    let none = || Source { name: String::new(), text: String::new() };
    sets(&Sources::new(none(), none()))
}

pub(super) fn sets(sources: &Sources) -> Vec<HolidaySet> {
    let (table, flaws) = syntax::parse(&sources.get(Sources::HOLIDAYS).text, Sources::HOLIDAYS);
    let mut problems = flaws;
    let mut root = Table::root("the built-in holidays", Sources::HOLIDAYS, &table, &keys::CALENDAR);
    let sets = calendar::holiday_sets(&mut root, &mut problems);
    assert!(problems.is_empty(), "internal error: {problems:?}");
    sets
}

/// Leaves those sets out that nobody names.
pub(super) fn keep_used(policy: &mut Policy) {
    let calendar = &policy.calendar;
    let terms = |season: &Season| {
        let all = std::iter::once(&season.general).chain(season.territories.values());
        let sets = all.flat_map(|terms| terms.except.iter().chain(&terms.only));
        sets.map(|set| set.value.clone()).collect::<Vec<_>>()
    };
    let mut open: Vec<SetName> =
        calendar.seasons.iter().chain(&calendar.off.seasons).flat_map(terms).collect();
    open.extend(policy.platform_holidays.iter().map(|set| set.value.clone()));
    open.extend(policy.profile.territories.iter().flat_map(|territory| territory.holidays.iter().cloned()));
    let own = calendar.holidays.iter().filter(|set| set.span.source != Sources::HOLIDAYS);
    open.extend(own.map(|set| set.name.clone()));
    let mut used: BTreeSet<SetName> = BTreeSet::new();
    while let Some(name) = open.pop() {
        let set = calendar.holidays.iter().find(|set| set.name == name);
        if used.insert(name) {
            open.extend(set.iter().flat_map(|set| &set.include).map(|set| set.value.clone()));
        }
    }
    policy.calendar.holidays.retain(|set| used.contains(&set.name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_is_listed_and_every_line_says_where_it_is_from() {
        let sets = built_in_sets();
        let codes: Vec<&str> = built_in().map(|set| set.code).collect();
        assert_eq!(sets.iter().map(|set| set.name.as_str()).collect::<Vec<_>>(), codes);
        for (country, count) in [("DE-", 16), ("CH-", 26), ("CA-", 13), ("AU-", 8), ("GB-", 3), ("", 86 + 1)]
        {
            let found = codes.iter().filter(|code| code.starts_with(country)).count();
            assert_eq!(found, count, "{country}");
        }
        let lines = HOLIDAYS.lines().filter(|line| line.contains(" = ") && !line.starts_with("include"));
        for line in lines.filter(|line| !line.ends_with('[')) {
            assert!(line.contains("   # "), "{line}");
        }
    }
}
