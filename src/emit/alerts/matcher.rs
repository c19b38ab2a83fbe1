//! Label matchers, and things grouped by what is said about them: one rule for all territories that share a value, so
//! that the file grows with the number of values.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::emit::requests::one_of;

/// A value and the territories that share it; `None` is the platform.
pub(super) struct Group<'p, K> {
    pub(super) key: K,
    pub(super) territories: Vec<Option<&'p str>>,
}

/// Groups `items` by key, in order of first appearance; a territory is named once.
pub(super) fn grouped<'p, K: Ord + Clone>(
    items: impl IntoIterator<Item = (K, Option<&'p str>)>,
) -> Vec<Group<'p, K>> {
    let mut at: BTreeMap<(K, bool), usize> = BTreeMap::new();
    let mut groups: Vec<Group<'p, K>> = Vec::new();
    for (key, territory) in items {
        // The platform has no territory label, which no list of codes can match beside others.
        let index = *at.entry((key.clone(), territory.is_none())).or_insert_with(|| {
            groups.push(Group { key, territories: Vec::new() });
            groups.len() - 1
        });
        let members = &mut groups[index].territories;
        if members.last() != Some(&territory) {
            members.push(territory);
        }
    }
    groups
}

/// Territories as a matcher and as words.
#[derive(Serialize)]
pub(super) struct Territories {
    /// `territory="DE"`, `territory=~"CH|AT"`; `territory=""` for the platform.
    pub(super) matcher: String,
    /// `DE`, `CH, AT`; nothing for the platform.
    pub(super) names: Vec<String>,
    /// How many names were left out.
    pub(super) more: usize,
}

/// More names than these are counted, not listed.
const MOST_NAMES: usize = 8;

impl Territories {
    pub(super) fn of(members: &[Option<&str>]) -> Self {
        let codes: Vec<&str> = members.iter().copied().flatten().collect();
        let names = codes.iter().take(MOST_NAMES).map(|code| (*code).to_owned()).collect();
        Self { matcher: one_of("territory", &codes), names, more: codes.len().saturating_sub(MOST_NAMES) }
    }
}
