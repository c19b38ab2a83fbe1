//! Published dates: every table of `tests/resolve/` names a rule, and each of its lines a year, the date that somebody
//! published for it, and who. Holiday sets are compared in both directions.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use seasonscale::compile;
use seasonscale::dates::{DateRule, Workdays};
use seasonscale::policy;
use seasonscale::source::Sources;
use seasonscale::time::Date;

use crate::policies;

fn tables(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(policies::root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut tables: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "tsv")).collect();
    tables.sort();
    tables
}

fn header<'t>(text: &'t str, key: &str) -> &'t str {
    let value = text.lines().find_map(|line| line.strip_prefix(&format!("# {key}: ")));
    value.unwrap_or_else(|| panic!("a table has a `# {key}:` line"))
}

fn rows(text: &str) -> impl Iterator<Item = [&str; 3]> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [first, second, source] = fields[..] else { panic!("three fields: {line}") };
        assert!(!source.trim().is_empty(), "every line names its source: {line}");
        [first, second, source]
    })
}

/// Monday to Friday less the days of the table's `# holiday:` lines.
fn workdays(text: &str) -> Workdays {
    let plain = Workdays::monday_to_friday();
    let rules = text.lines().filter_map(|line| line.strip_prefix("# holiday: "));
    let days = rules.flat_map(|rule| {
        let rule = DateRule::parse(rule).unwrap();
        (2000..=2060).flat_map(|year| rule.in_year(year, &plain)).collect::<Vec<_>>()
    });
    plain.less(days.collect::<Vec<_>>())
}

#[test]
fn every_rule_gives_the_dates_that_were_published() {
    let mut checked = 0;
    for path in tables("tests/resolve") {
        let text = fs::read_to_string(&path).unwrap();
        let rule = DateRule::parse(header(&text, "rule")).unwrap();
        let workdays = workdays(&text);
        for [year, date, _] in rows(&text) {
            let found = rule.in_year(year.parse().unwrap(), &workdays);
            let found: Vec<String> = found.iter().map(Date::to_string).collect();
            let wanted: Vec<&str> = date.split(' ').collect();
            assert_eq!(found, wanted, "{} in {}", year, path.display());
            checked += 1;
        }
    }
    assert!(checked > 600, "only {checked} dates were compared");
}

/// Opening dates by name, each with a table of at least five published years under that name.
#[test]
fn every_name_of_an_opening_date_has_published_dates() {
    let rules = tables("tests/resolve").into_iter().map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        (header(&text, "rule").to_owned(), rows(&text).count())
    });
    let rules: Vec<(String, usize)> = rules.collect();
    for name in [
        "oktoberfest-munich",
        "black-friday",
        "cyber-monday",
        "thanksgiving-us",
        "super-bowl",
        "mothers-day-de",
        "mothers-day-us",
        "mothers-day-gb",
        "mothers-day-fr",
    ] {
        assert!(rules.iter().any(|(rule, years)| rule == name && *years >= 5), "{name}");
    }
    // By custom on 11 November: the name is the date itself.
    assert_eq!(DateRule::parse("singles-day"), DateRule::parse("11-11"));
}

#[test]
fn a_leap_day_has_no_date_in_other_years() {
    let text = fs::read_to_string(policies::root().join("tests/resolve/leap-day.tsv")).unwrap();
    let listed: BTreeSet<i32> = rows(&text).map(|[year, ..]| year.parse().unwrap()).collect();
    let rule = DateRule::parse(header(&text, "rule")).unwrap();
    let dated: BTreeSet<i32> =
        (2020..=2048).filter(|year| !rule.in_year(*year, &Workdays::monday_to_friday()).is_empty()).collect();
    assert_eq!(dated, listed);
}

#[test]
fn the_reference_oktoberfest_opening_is_not_the_third_saturday() {
    let opening = DateRule::parse("sat >= 09-16").unwrap();
    let naive = DateRule::parse("3rd sat of 09").unwrap();
    let dates = |rule: &DateRule, year| rule.in_year(year, &Workdays::monday_to_friday());
    let differ: Vec<i32> =
        (2010..=2030).filter(|year| dates(&opening, *year) != dates(&naive, *year)).collect();
    assert_eq!(differ, [2012, 2018, 2029]);
}

#[test]
fn the_holiday_sets_of_the_reference_case_are_the_published_holidays() {
    let sources = policies::reference();
    let (policy, _) = policy::read(&sources);
    let sets = policy.expect("the reference policy can be read").calendar.holidays;
    for path in tables("tests/resolve/holidays") {
        let text = fs::read_to_string(&path).unwrap();
        let name = header(&text, "set");
        let set =
            sets.iter().find(|set| set.name.as_str() == name).unwrap_or_else(|| panic!("a set `{name}`"));
        let published: BTreeSet<(String, String)> =
            rows(&text).map(|[date, id, _]| (date.to_owned(), id.to_owned())).collect();
        let years = (2020..=2035).flat_map(|year| set.days.iter().map(move |day| (year, day)));
        let ours: BTreeSet<(String, String)> = years
            .flat_map(|(year, (id, rule))| {
                let days = rule.value.in_years(year..=year, &Workdays::monday_to_friday());
                days.into_iter().map(move |day| (day.from.to_string(), id.to_string()))
            })
            .collect();
        assert_eq!(ours, published, "{name}");
    }
}

#[test]
fn workdays_leave_out_the_holidays_of_every_set_that_a_territory_names() {
    let base = policies::base("calendar")
        .text
        .replace("hours = \"08:00-18:00\"", "hours = \"08:00-18:00\"\ndays = \"workdays\"");
    let sources = Sources::new(
        policies::source("calendar", &base.replace("\"06-30\"", "\"04-10\"")),
        policies::base("territories"),
    );
    let plan = compile::plan(&sources).0.unwrap();
    let days = |territory: &str| -> Vec<String> {
        let at = plan.profile.territories.iter().position(|t| t.code.as_str() == territory).unwrap();
        let main = plan.origins.iter().filter(|origin| origin.part == seasonscale::plan::Part::Main);
        let origin = main.into_iter().find(|origin| origin.territory.is_some_and(|id| id.0 == at)).unwrap();
        origin.days.iter().map(Date::to_string).collect()
    };
    // Good Friday 2026 is 3 April: a holiday in the set that DE names, a plain Friday in CH, which names none.
    assert!(!days("DE").contains(&"2026-04-03".to_owned()) && days("CH").contains(&"2026-04-03".to_owned()));
    assert_eq!((days("DE").len(), days("CH").len()), (7, 8));
}

#[test]
fn substitutes_are_the_bank_holidays_that_were_published() {
    let text = fs::read_to_string(policies::root().join("tests/resolve/substitutes/england.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let published: BTreeSet<&str> = lines.filter_map(|line| line.split('\t').next()).collect();
    let rules = header(&text, "set").split(';').map(|rule| rule.trim().to_owned());
    let set: String = rules.map(|rule| format!("{rule}\n")).collect();
    for year in [2021, 2024, 2025, 2026, 2027, 2028, 2029, 2030, 2031, 2032, 2033] {
        let calendar = format!("[plan]\nfrom = {year}-01-01\nuntil = {}-01-01\n", year + 1);
        let season =
            "[seasons.year]\nfrom = \"01-01\"\nto = \"12-31\"\ndays = \"workdays\"\nfloor = { web = 4 }\n";
        let sources = Sources::new(
            policies::source("calendar", &format!("{calendar}{season}[holidays.national]\n{set}")),
            policies::base("territories"),
        );
        let (plan, found) = compile::plan(&sources);
        assert!(!seasonscale::finding::any_error(&found), "{found:?}");
        let plan = plan.unwrap();
        let germany =
            plan.origins.iter().find(|origin| origin.territory.is_some_and(|id| id.0 == 0)).unwrap();
        let free: Vec<String> = germany.left_out.iter().map(|left_out| left_out.day.to_string()).collect();
        let wanted: Vec<&str> =
            published.iter().copied().filter(|day| day.starts_with(&year.to_string())).collect();
        assert_eq!(free, wanted, "{year}");
    }
}

/// What is not a date rule but a key of a season, `days` or `every`: the days of a season over each year.
#[test]
fn every_season_has_the_days_that_were_published() {
    let mut checked = 0;
    for path in tables("tests/resolve/seasons") {
        let text = fs::read_to_string(&path).unwrap();
        let keys = header(&text, "season").replace("; ", "\n");
        let holidays = text.lines().find_map(|line| line.strip_prefix("# holidays: ")).unwrap_or_default();
        let days = holidays.split(", ").filter(|rule| !rule.is_empty()).enumerate();
        let set: String = days.map(|(at, rule)| format!("day-{at} = {rule}\n")).collect();
        for [year, dates, _] in rows(&text) {
            let next = year.parse::<i32>().unwrap() + 1;
            let calendar = format!(
                "[plan]\nfrom = {year}-01-01\nuntil = {next}-01-01\n[seasons.days]\nterritories = [\"DE\"]\n{keys}\nfloor = {{ web = 4 }}\n[holidays.national]\n{set}"
            );
            let sources =
                Sources::new(policies::source("calendar", &calendar), policies::base("territories"));
            let (plan, found) = compile::plan(&sources);
            assert!(!seasonscale::finding::any_error(&found), "{found:?}");
            let plan = plan.unwrap();
            let germany = plan.origins.iter().find(|origin| origin.territory.is_some_and(|id| id.0 == 0));
            let found: Vec<String> =
                germany.unwrap().windows().map(|window| window.from.date().to_string()).collect();
            let wanted: Vec<&str> = dates.split(' ').collect();
            assert_eq!(found, wanted, "{year} in {}", path.display());
            checked += 1;
        }
    }
    assert!(checked >= 18, "only {checked} years were compared");
}
