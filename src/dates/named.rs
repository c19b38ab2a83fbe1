//! Opening dates of well-known seasons under names of their own, as rules of the language, each with its source.
//!
//! `audit` reads the same table: its feasts of these names are these rules.

/// A rule with a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// `black-friday`
    pub(super) name: &'static str,
    /// What it stands for.
    pub(super) rule: &'static str,
}

/// All of them.
pub(super) const NAMED: &[Named] = &[
    // The Saturday after 15 September: muenchen.de, Landeshauptstadt München, Oktoberfest.
    Named { name: "oktoberfest-munich", rule: "sat >= 09-16" },
    // The fourth Thursday of November: 5 U.S.C. 6103(a).
    Named { name: "thanksgiving-us", rule: "4th thu of 11" },
    // The day after Thanksgiving: by custom, and a state holiday in some states (California Government Code 19853).
    Named { name: "black-friday", rule: "4th thu of 11 + 1d" },
    // The Monday after Thanksgiving: by custom of the National Retail Federation since 2005.
    Named { name: "cyber-monday", rule: "4th thu of 11 + 4d" },
    // The second Sunday of February, since the season of 17 games in 2021: dates in tests/resolve/super-bowl.tsv; the league
    // announces each, and no rule of its own could be read.
    Named { name: "super-bowl", rule: "2nd sun of 02" },
    // The second Sunday of May: by custom of the trade since 1923; no source of that year could be read.
    Named { name: "mothers-day-de", rule: "2nd sun of 05" },
    // The second Sunday of May: 36 U.S.C. 117.
    Named { name: "mothers-day-us", rule: "2nd sun of 05" },
    // Mothering Sunday, the fourth one of Lent: Common Worship of the Church of England, Rules.
    Named { name: "mothers-day-gb", rule: "easter - 21d" },
    // 11 November: by custom of the trade since 2009; no source of that year could be read.
    Named { name: "singles-day", rule: "11-11" },
];

/// The one that is not a rule of other words: see `mothers_day.rs`.
pub(super) const MOTHERS_DAY_FR: &str = "mothers-day-fr";

/// What such names begin with.
pub(super) const MOTHERS_DAY: &str = "mothers-day";

/// All of them, and the rule that most countries have.
pub(super) const MOTHERS_DAYS: &str = "write `mothers-day-de` or `mothers-day-us`, both `2nd sun of 05`, which is the day in most countries, such as Brazil, Colombia and Italy; or `mothers-day-gb` (`easter - 21d`), or `mothers-day-fr`; elsewhere the rule itself, such as `last sun of 05`";

/// What a name stands for.
pub(super) fn rule(name: &str) -> Option<&'static str> {
    NAMED.iter().find(|named| named.name == name).map(|named| named.rule)
}
