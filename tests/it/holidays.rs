//! Holiday sets that are built in: taken by their codes, and replaced by a set of the calendar's own.
//! `tests/holidays/compare.py` holds their dates against others'.

use seasonscale::compile;
use seasonscale::finding::any_error;
use seasonscale::plan::Plan;
use seasonscale::report;
use seasonscale::source::Sources;

use crate::policies::source;

const CALENDAR: &str = r#"
[plan]
from  = 2027-01-01
until = 2028-01-01

[seasons.year]
from  = "01-01"
to    = "12-31"
days  = "workdays"
floor = { web = 4 }
"#;

fn sources(calendar: &str, sets: &str) -> Sources {
    let territories = format!(
        "[workloads.web]\n[territories.X]\nweb = {{ replicas = {{ min = 1, max = 9 }} }}\nholidays = {sets}\n"
    );
    Sources::new(source("calendar", &format!("{CALENDAR}{calendar}")), source("territories", &territories))
}

fn plan(calendar: &str, sets: &str) -> Plan {
    let sources = sources(calendar, sets);
    let (plan, found) = compile::plan(&sources);
    assert!(!any_error(&found), "{}", report::terminal(&found, &sources, false));
    plan.unwrap()
}

/// The working days that holidays take.
fn left_out(plan: &Plan) -> Vec<String> {
    let all = plan.origins.iter().flat_map(|origin| &origin.left_out);
    all.map(|left_out| format!("{} {}", left_out.day, left_out.holidays[0].name)).collect()
}

#[test]
fn a_built_in_set_is_taken_by_its_code_with_what_it_includes() {
    let bavaria = [
        "2027-01-01 new-years-day",
        "2027-01-06 epiphany",
        "2027-03-26 good-friday",
        "2027-03-29 easter-monday",
        "2027-05-06 ascension-day",
        "2027-05-17 whit-monday",
        "2027-05-27 corpus-christi",
        "2027-11-01 all-saints-day",
    ];
    assert_eq!(left_out(&plan("", r#"["DE-BY"]"#)), bavaria);
}

#[test]
fn a_set_of_the_calendar_goes_before_a_built_in_one_of_its_name() {
    let own = "[holidays.DE-BY]\nonly-day = \"07-01\"\n";
    assert_eq!(left_out(&plan(own, r#"["DE-BY"]"#)), ["2027-07-01 only-day"]);
    let more = "[holidays.own]\ninclude = [\"US\"]\nday-after = \"4th thu of 11 + 1d\"\n";
    let found = left_out(&plan(more, r#"["own"]"#));
    assert!(found.contains(&"2027-11-26 day-after".to_owned()), "{found:?}");
    // 4 July 2027 is a Sunday, and 19 June a Saturday.
    for day in ["2027-07-05 independence-day-observed", "2027-06-18 juneteenth-observed"] {
        assert!(found.contains(&day.to_owned()), "{found:?}");
    }
}

#[test]
fn only_sets_that_are_named_are_kept() {
    let (policy, _) = seasonscale::policy::read(&sources("", r#"["CH-ZH"]"#));
    let sets = policy.unwrap().calendar.holidays;
    let names: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(names, ["CH-ZH"]);
}

#[test]
fn an_unknown_code_is_refused_with_the_one_that_is_meant() {
    for (written, meant) in [("DE-BA", "DE-BW"), ("de-by", "DE-BY"), ("GB", "GB-EAW")] {
        let sources = sources("", &format!("[\"{written}\"]"));
        let found = report::terminal(&compile::plan(&sources).1, &sources, false);
        assert!(found.contains("there is no holiday set"), "{found}");
        assert!(
            found.contains("did you mean `") || found.contains("seasonscale holidays"),
            "{written}, {meant}: {found}"
        );
    }
}

#[test]
fn a_holiday_may_be_one_in_some_years_only_or_on_listed_dates() {
    let own = "[holidays.own]\n\
        past = { day = \"07-01\", until-year = 2026 }\n\
        new = { day = \"07-02\", since = 2027 }\n\
        later = { day = \"07-06\", since = 2028 }\n\
        listed = [\"2026-07-07\", \"2027-07-08\"]\n";
    assert_eq!(left_out(&plan(own, r#"["own"]"#)), ["2027-07-02 new", "2027-07-08 listed"]);
}
