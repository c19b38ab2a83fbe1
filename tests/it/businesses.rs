//! Two businesses that are not the reference: each wish of theirs about dates, with the dates that they named. Both compile and
//! prove themselves.

use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::plan::{Part, Plan};
use seasonscale::report;
use seasonscale::source::Sources;
use seasonscale::time::Window;

use crate::policies::{self, source};

fn plan(name: &str, edit: impl Fn(String) -> String) -> Plan {
    let folder = policies::root().join("tests/cases/businesses").join(name);
    let text = |file: &str| std::fs::read_to_string(folder.join(format!("{file}.toml"))).unwrap();
    let sources = Sources::new(
        source("calendar", &edit(text("calendar"))),
        source("territories", &text("territories")),
    );
    let compiled = compile(&sources, &Templates::embedded());
    compiled.unwrap_or_else(|found| panic!("{}", report::terminal(&found, &sources, false))).plan
}

/// The windows of a season or campaign on its clock, neighbours merged; the place is a territory or the platform.
fn windows(plan: &Plan, name: &str, place: &str, part: Part) -> Vec<String> {
    let code = |id: seasonscale::profile::TerritoryId| plan.profile.territories[id.0].code.as_str();
    let own = plan.origins.iter().filter(|origin| {
        origin.part == part
            && plan.occasion(origin).name.as_str() == name
            && origin.territory.map_or("platform", code) == place
    });
    let mut all: Vec<Window<_>> = Vec::new();
    for window in own.flat_map(|origin| origin.windows()) {
        match all.last_mut() {
            Some(last) if last.until == window.from => last.until = window.until,
            Some(_) | None => all.push(window),
        }
    }
    all.iter().map(|window| format!("{} to {}", window.from, window.until)).collect()
}

fn main_windows(plan: &Plan, name: &str, place: &str) -> Vec<String> {
    windows(plan, name, place, Part::Main)
}

#[test]
fn a_web_shop_in_the_united_states_has_the_dates_that_it_wishes_for() {
    let plan = plan("web-shop-in-the-united-states", |text| text);
    for region in ["EAST", "WEST"] {
        let of = |name: &str| main_windows(&plan, name, region);
        assert_eq!(of("black-friday-week"), ["2027-11-25 00:00 to 2027-11-30 00:00"]);
        let lead_in = windows(&plan, "black-friday-week", region, Part::LeadIn(1));
        assert_eq!(lead_in, ["2027-11-22 00:00 to 2027-11-25 00:00"]);
        assert_eq!(of("cyber-monday"), ["2027-11-29 18:00 to 2027-11-30 02:00"]);
        assert_eq!(of("super-bowl"), ["2027-02-14 15:00 to 2027-02-14 23:00"]);
        assert_eq!(of("mothers-day"), ["2027-05-02 00:00 to 2027-05-10 00:00"]);
    }
    assert_eq!(main_windows(&plan, "tax-free-weekend", "EAST"), ["2027-08-06 00:00 to 2027-08-09 00:00"]);
    assert!(main_windows(&plan, "tax-free-weekend", "WEST").is_empty());
    // One instant for everybody, 07:00 UTC, on three clocks.
    for (place, from, until) in [
        ("EAST", "2027-07-13 03:00", "2027-07-15 03:00"),
        ("WEST", "2027-07-13 00:00", "2027-07-15 00:00"),
        ("platform", "2027-07-13 07:00", "2027-07-15 07:00"),
    ] {
        assert_eq!(main_windows(&plan, "summer-sale", place), [format!("{from} to {until}")]);
    }
    // The worker begins with the east and ends with the west.
    let worker = plan.schedules.iter().find(|schedule| schedule.peak().0 == 20).unwrap();
    let steps: Vec<String> =
        worker.floors.steps().iter().map(|(at, step)| format!("{at} {}", step.floor)).collect();
    let all = ["2027-11-22 05:00 10", "2027-11-25 05:00 20", "2027-11-30 08:00 2"];
    assert!(all.iter().all(|step| steps.contains(&(*step).to_owned())), "{steps:?}");
}

#[test]
fn a_business_from_adelaide_to_dubai_has_the_dates_that_it_wishes_for() {
    let plan = plan("adelaide-to-dubai", |text| text);
    let of = |name: &str, place: &str| main_windows(&plan, name, place);
    let nights = of("ramadan-nights", "AE");
    assert_eq!(nights.len(), 30);
    assert_eq!(nights[0], "2027-02-08 20:00 to 2027-02-09 03:00");
    // The night of a Thursday ends on Friday morning.
    assert!(nights.contains(&"2027-02-11 20:00 to 2027-02-12 03:00".to_owned()));
    assert_eq!(nights[29], "2027-03-09 20:00 to 2027-03-10 03:00");
    assert_eq!(of("diwali", "IN"), ["2027-10-29 00:00 to 2027-10-30 00:00"]);
    for place in ["SA", "LH", "IN", "AE", "EG"] {
        assert_eq!(of("lunar-new-year", place), ["2027-02-06 00:00 to 2027-02-07 00:00"]);
        assert_eq!(of("payroll", place).len(), 26);
        assert_eq!(of("payroll", place)[0], "2027-01-08 04:00 to 2027-01-08 10:00");
        assert_eq!(of("closing", place).len(), 36, "{place}");
    }
    for place in ["SA", "LH"] {
        assert_eq!(of("financial-year", place), ["2027-06-15 00:00 to 2027-07-01 00:00"]);
    }
    let january =
        |place: &str| of("closing", place)[..3].iter().map(|one| one[..10].to_owned()).collect::<Vec<_>>();
    assert_eq!(january("AE"), ["2027-01-27", "2027-01-28", "2027-01-29"]);
    // People work from Sunday to Thursday there, and 31 January is a Sunday.
    assert_eq!(january("EG"), ["2027-01-27", "2027-01-28", "2027-01-31"]);
    let term = of("term", "SA");
    assert!(term.contains(&"2027-04-09 22:30 to 2027-04-09 23:30".to_owned()), "{term:?}");
    let is_free = |day: &str| !term.iter().any(|one| one.starts_with(day));
    // School holidays, and Good Friday of the set that is built in.
    assert!(is_free("2027-04-12") && is_free("2027-03-26") && !is_free("2027-04-28"));
}

#[test]
fn dates_by_hand_of_two_years_are_those_of_each_years_plan() {
    let last_year =
        |text: String| text.replace("2028-01-01", "2027-01-01").replacen("2027-01-01", "2026-01-01", 1);
    let without_payroll = |text: String| {
        let (before, rest) = text.split_once("[seasons.payroll]").unwrap();
        format!("{before}{}", &rest[rest.find("[seasons.term]").unwrap()..])
    };
    let plan = plan("adelaide-to-dubai", |text| without_payroll(last_year(text)));
    let nights = main_windows(&plan, "ramadan-nights", "AE");
    assert_eq!((nights.len(), nights[0].as_str()), (30, "2026-02-18 20:00 to 2026-02-19 03:00"));
    assert_eq!(nights[29], "2026-03-19 20:00 to 2026-03-20 03:00");
    assert_eq!(main_windows(&plan, "diwali", "IN"), ["2026-11-08 00:00 to 2026-11-09 00:00"]);
}
