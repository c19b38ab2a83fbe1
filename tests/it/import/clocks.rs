//! Schedules at a change of the clocks, and on several clocks.

use super::*;

/// What the import says of an object with one cron trigger, from a day on to the end of its year.
fn of_one_cron(zone: &str, (start, end): (&str, &str), from: &str) -> (Imported, String) {
    let daily = DAILY.replace("Europe/Berlin", zone).replace("0 8 * * *", start).replace("0 18 * * *", end);
    let from = Date::parse(from).unwrap();
    let horizon = Window::new(from, Date::ymd(from.year() + 1, 1, 1).unwrap());
    let input = Input { name: "web.yaml".to_owned(), text: daily };
    let versions = terms(horizon, Version::new(2, 20)).versions;
    let imported = import::import(&[input], Terms { horizon, versions, as_is: false, form: Form::Kept });
    let report = import::report(&imported, horizon, true);
    (imported, report)
}

#[test]
fn every_second_day_of_a_year_is_equal_though_a_line_stands_for_each() {
    for days in ["1-31/2", "*/2"] {
        let (start, end) = (format!("0 6 {days} * *"), format!("0 7 {days} * *"));
        let (imported, report) = of_one_cron("UTC", (&start, &end), "2027-01-01");
        assert!(imported.is_equal(), "{report}");
    }
}

#[test]
fn a_schedule_that_meets_a_change_of_the_clocks_is_no_bug_of_ours() {
    for times in [("0 20 * * *", "15 2 * * *"), ("15 2 * * *", "45 8 * * *")] {
        let (imported, report) = of_one_cron("Australia/Lord_Howe", times, "2027-01-01");
        assert!(!imported.compiles() && !imported.is_equal() && imported.problems.is_empty(), "{report}");
        assert!(
            report.contains("web: trigger 1 (cron): its schedule meets a change of the clocks"),
            "{report}"
        );
    }
    let (imported, report) = of_one_cron("Australia/Lord_Howe", ("0 8 * * *", "0 18 * * *"), "2027-01-01");
    assert!(imported.is_equal() && !report.contains("change of the clocks"), "{report}");
}

#[test]
fn a_trigger_that_is_active_without_a_window_is_not_called_one_without() {
    let (_, report) = of_one_cron("UTC", ("0 23 * 9 *", "0 3 * 9-10 *"), "2027-10-31");
    assert!(!report.contains("it has no window"), "{report}");
    assert!(report.contains("it is active in 2027-10-31 to 2027-12-31, but by no window"), "{report}");
    let (_, report) = of_one_cron("UTC", ("0 8 1 9 *", "0 18 1 9 *"), "2027-10-31");
    assert!(report.contains("it has no window in 2027-10-31 to 2027-12-31"), "{report}");
}

#[test]
fn what_a_change_of_the_clocks_does_has_its_name() {
    let (_, report) = of_one_cron("Europe/Berlin", ("0 20 * * *", "30 2 * * *"), "2027-01-01");
    assert!(report.contains("30 min: cron-dst-fold"), "{report}");
    assert!(report.contains("6 h: cron-dst-gap"), "{report}");
    let (_, other) = of_one_cron("Australia/Lord_Howe", ("15 2 * * *", "45 8 * * *"), "2027-01-01");
    assert!(other.contains("cron-dst-fold: trigger 1 (cron)"), "{other}");
    assert!(other.contains("the clocks of Australia/Lord_Howe go back by 30 minutes"), "{other}");
    assert!(!report.contains("no known fault") && !other.contains("no known fault"), "{report}{other}");
}

#[test]
fn a_change_of_the_clocks_of_a_second_zone_has_its_name() {
    let trigger = |zone: &str, start: &str, end: &str, floor: u32| {
        format!(
            "    - type: cron\n      metadata: {{timezone: {zone}, start: \"{start}\", end: \"{end}\", desiredReplicas: \"{floor}\"}}\n"
        )
    };
    let morning = trigger("UTC", "0 7 * * *", "0 8 * * *", 4);
    let weekend = trigger("America/Santiago", "0 0 * * 6,0", "0 12 * * 6,0", 9);
    let place = Workplace::empty();
    place.write("odd.yaml", format!("{ODD}{morning}{weekend}").as_bytes());
    let run = place.run(&["import", "odd.yaml", "--today", "2026-06-01", "-o", "policies"]);
    assert!(run.stderr.contains("cron-dst-gap: trigger 2"), "{}", run.stderr);
    assert!(run.stderr.contains("not kept") && !run.stderr.contains("no known fault"), "{}", run.stderr);
    let made = place.run(&["generate", "--today", "2026-06-01"]).stderr;
    assert!(made.contains("error[clock-change]") && !made.contains("report this as a bug"), "{made}");
}
