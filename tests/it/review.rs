//! Reviews: their arithmetic against a count by hand, what a change does, and every form of them.

use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;
use seasonscale::compile;
use seasonscale::plan::Plan;
use seasonscale::review::{PodTime, compare, review};
use seasonscale::source::Sources;
use seasonscale::time::{Date, Instant};
use serde_json::Value;

use crate::cli::Workplace;
use crate::policies::{self, root};
use crate::schedule;

const TODAY: [&str; 2] = ["--today", "2026-08-20"];

fn plan_of(calendar: &str, price: &str) -> Option<Plan> {
    let territories = policies::base("territories").text.replace("max = 6", "max = 12");
    let territories = territories.replace("pod-hour = 0.045", price);
    let sources =
        Sources::new(policies::source("calendar", calendar), policies::source("territories", &territories));
    compile::plan(&sources).0
}

fn reference() -> Plan {
    compile::plan(&policies::reference()).0.unwrap()
}

/// Replica-seconds, minute by minute on the wall.
fn counted(plan: &Plan) -> i64 {
    let of = |target: usize| -> i64 {
        let (zone, schedule) = (&plan.profile.targets[target].zone, &plan.schedules[target]);
        let (from, until) = (zone.start_of(plan.horizon.from), zone.start_of(plan.horizon.until));
        let minutes = (from.0..until.0).step_by(60).map(|at| schedule.floors.at(zone.local(Instant(at))));
        minutes.map(|step| i64::from(step.floor.0) * 60).sum()
    };
    (0..plan.profile.targets.len()).map(of).sum()
}

proptest! {
    #![proptest_config(crate::sample::of(6))]

    #[test]
    fn pod_hours_are_the_floors_counted_minute_by_minute(calendar in schedule::calendar()) {
        if let Some(plan) = plan_of(&calendar, "pod-hour = 0.045") {
            prop_assert_eq!(review(&plan).total().0, counted(&plan), "{}", calendar);
        }
    }
}

proptest! {
    #![proptest_config(crate::sample::of(96))]

    #[test]
    fn the_parts_of_a_change_sum_up_to_the_difference_of_the_totals(old in schedule::calendar(), new in schedule::calendar()) {
        if let Some((old, new)) = plan_of(&old, "pod-hour = 0.045").zip(plan_of(&new, "pod-hour = 0.06")) {
            let change = compare((&old, &new));
            // Plans of other days are compared season by season, and have no shifts.
            prop_assert_eq!(change.moves() && !change.shifts.is_empty(), false);
            prop_assume!(old.horizon == new.horizon);
            let parts: PodTime = change.shifts.iter().map(|shift| shift.time).sum();
            prop_assert_eq!(parts, review(&new).total() - review(&old).total());
            prop_assert!(compare((&new, &new)).is_none());
        }
    }

    #[test]
    fn the_highest_day_is_never_below_what_its_noon_takes(calendar in schedule::calendar(), day in 0..180_i32) {
        if let Some(plan) = plan_of(&calendar, "pod-hour = 0.045") {
            let days = review(&plan).days;
            let at = usize::try_from(day).unwrap().min(days.len() - 1);
            let noon = plan.profile.platform.zone.start_of(days[at].day).0 + 12 * 3600;
            let floors = plan.schedules.iter().map(|schedule| {
                let zone = &plan.profile.targets[schedule.target.0].zone;
                i64::from(schedule.floors.at(zone.local(Instant(noon))).floor.0)
            });
            prop_assert!(days[at].floors.replicas >= floors.sum::<i64>());
            let peaks: i64 = plan.schedules.iter().map(|schedule| i64::from(schedule.peak().0)).sum();
            prop_assert!(days[at].floors.replicas <= peaks);
        }
    }
}

#[test]
fn a_day_of_23_hours_counts_23_and_one_of_25_counts_25() {
    for (from, hours) in [("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-25", 25)] {
        let until = Date::parse(from).unwrap().next();
        let season = "[seasons.s]\nfrom = \"01-01\"\nto = \"12-31\"\nfloor = { web = 5 }\n";
        let plan = plan_of(
            &format!(
                "[plan]\nfrom = {from}\nuntil = {until}\n{season}[holidays.national]\nchristmas = \"12-25\"\n"
            ),
            "pod-hour = 1.0",
        )
        .unwrap();
        let replicas: u32 = plan.schedules.iter().map(|schedule| schedule.peak().0).sum();
        assert_eq!(review(&plan).total(), PodTime::of(replicas, hours * 3600), "{from}");
        assert_eq!(review(&plan).total(), review(&plan).always_peak, "{from}");
    }
}

#[test]
fn the_peak_of_the_reference_is_the_campaign_on_top_of_the_season() {
    let plan = reference();
    let days = review(&plan).days;
    let on = |day: &str| days.iter().find(|peak| peak.day == Date::parse(day).unwrap()).unwrap().floors;
    // DE 6 + 6, CH 1 + 1, AT 1 + 1, the worker 4; the day before without the mailing: DE 6 + 4, the worker 1.
    assert_eq!((on("2026-09-28").replicas, on("2026-09-27").replicas), (20, 15));
    // 16 replicas of 500m and 4 of 250m.
    assert_eq!(on("2026-09-28").millicores, 16 * 500 + 4 * 250);
}

/// A command in the folder of the reference.
pub fn said(place: &Workplace, arguments: &[&str]) -> String {
    let run = place.run(&[&["review"], arguments].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    run.stdout
}

#[test]
fn the_year_is_shown_in_80_columns_and_says_more_in_140() {
    let place = Workplace::reference();
    let narrow = said(&place, &[&TODAY[..], &["--width", "80"]].concat());
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    insta::assert_snapshot!("review_text", narrow);
    insta::assert_snapshot!("review_text_140", said(&place, &[&TODAY[..], &["--width", "140"]].concat()));
    assert_eq!(said(&place, &TODAY), narrow, "80 columns where there is no terminal");
}

#[test]
fn the_comment_begins_with_the_same_line_whatever_it_says() {
    let place = Workplace::reference();
    let year = said(&place, &[&TODAY[..], &["--format", "markdown"]].concat());
    insta::assert_snapshot!("review_markdown", year);
    let change = said(&place, &["--format", "markdown", "--against", "policies"]);
    let first = |text: &str| text.lines().next().unwrap().to_owned();
    assert_eq!((first(&year).as_str(), first(&change)), ("<!-- seasonscale review -->", first(&year)));
}

#[test]
fn a_comment_on_a_large_fleet_still_fits_and_says_what_it_leaves_out() {
    let place = Workplace::reference();
    let letter = |at: u16| char::from(b'A' + u8::try_from(at).unwrap());
    let new: String = (0..400_u16)
        .map(|at| {
            let (a, b) = (letter(at / 26), letter(at % 26));
            format!("[territories.X{a}{b}]\ntitle = \"T\"\nzone = \"Europe/Vaduz\"\nshare = 0.0\np95-target = \"350ms\"\n\
                holidays = []\nqueries = {{ replicas = {{ min = 1, max = 8 }}, rps-per-replica = 60 }}\n")
        })
        .collect();
    place.write("old/calendar.toml", place.read("policies/calendar.toml").as_bytes());
    place.write("old/territories.toml", place.read("policies/territories.toml").as_bytes());
    place.edit("policies/territories.toml", "# Limits beyond", &format!("{new}# Limits beyond"));
    for arguments in [&["--format", "markdown"][..], &["--format", "markdown", "--against", "old"]] {
        let comment = said(&place, arguments);
        assert!(comment.len() < 65_536 && comment.contains("more\n"), "{} octets", comment.len());
    }
}

#[test]
fn the_page_needs_no_network_and_no_hostile_title_breaks_it() {
    let place = Workplace::reference();
    let page = said(&place, &["--format", "html"]);
    assert!(page.len() < 300_000);
    for outside in ["http:", "https:", " src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("<figure").count(), 7 + 1, "each target, and all together");
    // Month by month until 28 September, on which a campaign has its own floor.
    assert!(page.contains(
        r#"{"name": "replicas", "runs": [[90, "8"], [91, "12"], [48, "8"], [14, "11"], [27, "15"], [1, "20"]"#
    ));
    assert!(page.contains("<h1>freshplan</h1>"), "without a title, what its series are called");
    place.edit("policies/calendar.toml", "[plan]\n", "[plan]\ntitle = \"Freshplan & Sons\"\n");
    place.edit("policies/calendar.toml", "\"Spargel\"", "\"</table><script>x()</script>|`@all\"");
    let hostile = said(&place, &["--format", "html"]);
    assert!(!hostile.contains("<script>x()") && hostile.contains("<h1>Freshplan &amp; Sons</h1>"));
    let markdown = said(&place, &["--format", "markdown"]);
    assert!(!markdown.contains("<script") && !markdown.contains("@all") && markdown.contains("\\|\\`"));
}

/// Where no workload says what its replicas ask of nodes, nothing is said of cores: `0.00 cores` would be wrong.
#[test]
fn cores_are_said_only_where_they_are_known() {
    let known = Workplace::reference();
    let unknown = Workplace::empty();
    for name in ["calendar.toml", "territories.toml"] {
        let text = fs::read(root().join("tests/cases/partial/smallest").join(name)).unwrap();
        unknown.write(&format!("policies/{name}"), &text);
    }
    for format in ["text", "markdown", "html"] {
        let shown = ["--format", format];
        assert!(said(&known, &shown).contains("cores"), "{format}");
        assert!(!said(&unknown, &shown).contains("cores"), "{format}");
    }
}

fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                names(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_json_has_the_fields_that_are_documented_and_its_parts_sum_up() {
    let place = Workplace::reference();
    let year: Value = serde_json::from_str(&said(&place, &["--format", "json"])).unwrap();
    let sum: f64 =
        year["spent"].as_array().unwrap().iter().map(|part| part["pod_hours"].as_f64().unwrap()).sum();
    assert!((sum - year["pod_hours"].as_f64().unwrap()).abs() < 1e-6);
    place.write("old/calendar.toml", place.read("policies/calendar.toml").as_bytes());
    place.write("old/territories.toml", place.read("policies/territories.toml").as_bytes());
    place.edit("policies/calendar.toml", "queries = 6", "queries = 8");
    let change: Value =
        serde_json::from_str(&said(&place, &["--format", "json", "--against", "old"])).unwrap();
    insta::assert_snapshot!("review_change_json", serde_json::to_string_pretty(&change).unwrap());
    let mut fields = BTreeSet::new();
    names(&year, &mut fields);
    names(&change, &mut fields);
    place.edit("policies/calendar.toml", "until = 2027-01-01", "until = 2026-12-30");
    let moved: Value =
        serde_json::from_str(&said(&place, &["--format", "json", "--against", "old"])).unwrap();
    names(&moved, &mut fields);
    let document = fs::read_to_string(root().join(".docs/review-json.md")).unwrap();
    let rows =
        document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" | ")).map(|row| row.0);
    let documented: BTreeSet<String> = rows
        .flat_map(|cell| cell.split("`, `"))
        .flat_map(|path| path.trim_end_matches('`').split('.'))
        .map(|name| name.trim_end_matches("[]").to_owned())
        .collect();
    assert_eq!(fields, documented, "the command on the left, .docs/review-json.md on the right");
}

/// Policy file, what to replace, with what.
type Edit<'a> = (&'a str, &'a str, &'a str);

const FORMATS: [&str; 4] = ["text", "markdown", "json", "html"];

/// What `review --against` says of edits to the reference, and how it ends with `--fail-on-change`.
fn changed(edits: &[Edit]) -> (String, i32) {
    changed_as(edits, "text")
}

fn changed_as(edits: &[Edit], format: &str) -> (String, i32) {
    let place = Workplace::reference();
    for name in ["calendar.toml", "territories.toml"] {
        place.write(&format!("old/{name}"), place.read(&format!("policies/{name}")).as_bytes());
    }
    for (file, replace, with) in edits {
        place.edit(&format!("policies/{file}.toml"), replace, with);
    }
    let run = place.run(&["review", "--against", "old", "--fail-on-change", "--format", format]);
    (format!("{}{}", run.stdout, run.stderr), run.status)
}

#[test]
fn a_change_is_said_in_words_and_numbers() {
    let territory = "[territories.LI]\ntitle = \"Liechtenstein\"\nzone = \"Europe/Vaduz\"\nshare = 0.0\np95-target = \"350ms\"\n\
        holidays = [\"zurich\"]\nqueries = { replicas = { min = 1, max = 8 }, rps-per-replica = 60 }\n\n# Limits beyond";
    let cases: [(&str, &[Edit]); 5] = [
        ("one_floor", &[("calendar", "queries = 6", "queries = 8")]),
        (
            "season_moved_over_a_month_s_end",
            &[("calendar", "\"04-01\"", "\"03-25\""), ("calendar", "\"06-30\"", "\"07-03\"")],
        ),
        ("territory_added", &[("territories", "# Limits beyond", territory)]),
        (
            "journal_and_gate",
            &[("territories", "\"30d\"", "\"31d\""), ("territories", "\"300ms\"", "\"290ms\"")],
        ),
        (
            "released_journal",
            &[
                ("territories", "version           = 226", "version = 226\nreleased = [226]"),
                ("territories", "\"30d\"", "\"31d\""),
            ],
        ),
    ];
    for (name, edits) in cases {
        for format in FORMATS {
            let (text, status) = changed_as(edits, format);
            assert_eq!(status, 1, "{name}");
            insta::assert_snapshot!(format!("review_change_{name}_{format}"), text);
        }
    }
    for format in FORMATS {
        let (text, status) = changed_as(&[], format);
        assert_eq!(status, 0);
        insta::assert_snapshot!(format!("review_change_none_{format}"), text);
    }
}

/// A trigger that only moved, one that is another, and an alert with another limit are each named.
#[test]
fn triggers_and_alerts_that_are_others_are_named() {
    let (text, _) = changed(&[
        (
            "calendar",
            "[seasons.spargel]\ntitle       = \"Spargel\"\nfrom        = \"04-01\"",
            "[seasons.spargel]\ntitle = \"Spargel\"\nfrom = \"04-08\"",
        ),
        ("territories", "outbox-lag              = \"60s\"", "outbox-lag = \"90s\""),
    ]);
    let has = |line: &str| assert!(text.contains(line), "{line}\n{text}");
    has(
        "freshplan-api-commands-de, trigger `spargel_apr`, schedule: `0 7 8-30 4 *` to `0 18 8-30 4 *` Europe/Berlin, 3 replicas (new)",
    );
    has("freshplan-api-commands-de, trigger `autumn_mailing`, number: 6 -> 7");
    has(
        "alert OutboxLagHigh, counts: `max by (territory) (last_over_time(freshplan_scaling_outbox_lag_seconds[2m])) > 60 unless on ()",
    );
    assert!(!text.contains("alert OutboxDepthHigh"), "{text}");
}

/// A year in a format; of the hundreds of days in JSON the first two.
fn year_as(place: &Workplace, format: &str) -> String {
    let text = said(place, &[&TODAY[..], &["--format", format]].concat());
    if format != "json" {
        return text;
    }
    let mut year: Value = serde_json::from_str(&text).unwrap();
    year["days"].as_array_mut().unwrap().truncate(2);
    for target in year["targets"].as_array_mut().unwrap() {
        target["steps"].as_array_mut().unwrap().truncate(2);
    }
    serde_json::to_string_pretty(&year).unwrap()
}

#[test]
fn every_format_of_the_year_is_what_it_was() {
    let place = Workplace::reference();
    for format in FORMATS {
        insta::assert_snapshot!(format!("review_year_{format}"), year_as(&place, format));
    }
    place.edit("policies/calendar.toml", "from  = \"09-01\"", "from = \"sat >= 09-16\"");
    place.edit("policies/calendar.toml", "until = 2027-01-01", "until = 2028-01-01");
    for format in FORMATS {
        insta::assert_snapshot!(format!("review_movable_{format}"), year_as(&place, format));
    }
}

#[test]
fn a_movable_feast_is_shown_where_it_lies_in_each_year() {
    let place = Workplace::reference();
    place.edit("policies/calendar.toml", "from  = \"09-01\"", "from = \"sat >= 09-16\"");
    place.edit("policies/calendar.toml", "until = 2027-01-01", "until = 2028-01-01");
    let year = said(&place, &TODAY);
    assert!(year.contains("Sat 19 Sep 2026 - Thu 15 Oct 2026; Sat 18 Sep 2027 - Fri 15 Oct 2027"), "{year}");
    assert!(year.contains("Sep 2026") && year.contains("Sep 2027"));
    assert!(year.lines().all(|line| line.chars().count() <= 80), "{year}");
}

/// Four working days of a week do not show that the fifth would be one of them too.
#[test]
fn a_season_on_working_days_says_which_holiday_it_leaves_out_be_it_the_only_one_of_its_weekday() {
    let place = Workplace::reference();
    let season = "\n[seasons.fair]\nfrom = \"2026-05-11\"\nto = \"2026-05-15\"\ndays = \"workdays\"\n\
                  hours = \"08:00-18:00\"\nfloor = { queries = 5 }\nterritories = [\"DE\"]\n";
    place.edit(
        "policies/calendar.toml",
        "[seasons.oktoberfest]",
        &format!("{season}\n[seasons.oktoberfest]"),
    );
    let year = said(&place, &TODAY);
    assert!(year.contains("without 14 May"), "{year}");
    let json: Value = serde_json::from_str(&year_as(&place, "json")).unwrap();
    assert_eq!(json["targets"][0]["layers"][1]["without"], "without 14 May");
}

#[test]
fn policies_that_mean_the_same_are_equal_in_one_line_however_they_are_written() {
    let equal = ("Both policies mean the same.\n".to_owned(), 0);
    assert_eq!(changed(&[]), equal);
    let season = "[seasons.first]\n";
    assert_ne!(changed(&[("calendar", "# Short bursts", &format!("{season}# "))]), equal);
    let rewritten: &[(&str, &str, &str)] = &[
        ("calendar", "floor = { queries = 6, commands = 4 }", "floor.commands = 4\nfloor.queries = 6"),
        ("territories", "pod-hour = 0.045", "pod-hour = 0.0450 # a comment"),
        ("territories", "[cost]", "# moved\n[cost]"),
    ];
    assert_eq!(changed(rewritten), equal);
    // Seasons in another order.
    let place = Workplace::reference();
    let text = place.read("policies/calendar.toml");
    let (head, rest) = text.split_once("[seasons.oktoberfest]").unwrap();
    let (oktoberfest, rest) = rest.split_once("[seasons.weihnachten]").unwrap();
    let (weihnachten, rest) = rest.split_once("[seasons.spargel]").unwrap();
    let moved = format!(
        "{head}[seasons.weihnachten]{weihnachten}[seasons.oktoberfest]{oktoberfest}[seasons.spargel]{rest}"
    );
    place.write("old/calendar.toml", moved.as_bytes());
    place.write("old/territories.toml", place.read("policies/territories.toml").as_bytes());
    assert_eq!(said(&place, &["--against", "old"]), equal.0);
}

/// What a change of one season says, and how it exits.
fn of_season(old: &str, new: &str) -> (String, i32) {
    let place = Workplace::empty();
    let territories =
        "[platform]\nzone = \"Europe/London\"\n[workloads.shop]\nreplicas = { min = 2, max = 50 }\n";
    for (folder, season) in [("old", old), ("policies", new)] {
        let (plan, season) = season.split_once('|').unwrap_or(("2028-01-01", season));
        let calendar = format!(
            "[plan]\nfrom = 2027-01-01\nuntil = {plan}\n[holidays.GB]\nxmas = \"12-25\"\n[holidays.IE]\nxmas = \"12-25\"\nst-patrick = \"03-17\"\n[seasons.a]\nfrom = \"01-01\"\nto = \"12-31\"\nfloor = {{ shop = 5 }}\n{season}\n"
        );
        place.write(&format!("{folder}/calendar.toml"), calendar.as_bytes());
        place.write(&format!("{folder}/territories.toml"), territories.as_bytes());
    }
    let run = place.run(&["review", "--against", "old", "--fail-on-change"]);
    (format!("{}{}", run.stdout, run.stderr), run.status)
}

#[test]
fn days_and_hours_that_come_to_the_same_windows_are_equal_and_others_are_told_as_they_are() {
    let equal = ("Both policies mean the same.\n".to_owned(), 0);
    for (old, new) in [
        ("days = \"mon-fri\"", "days = \"mon,tue,wed,thu,fri\""),
        ("days = \"sat,sun\"", "days = \"sun,sat\""),
        ("days = \"workdays\"", "days = \"mon-fri\""),
        ("except = [\"GB\", \"IE\"]", "except = [\"IE\", \"GB\"]"),
        ("only = [\"GB\", \"IE\"]", "only = [\"IE\", \"GB\"]"),
        ("hours = \"00:00-24:00\"", ""),
        ("hours = \"08:00-18:00\"", "hours = [\"08:00-12:00\", \"12:00-18:00\"]"),
        ("hours = \"08:00-18:00\"", "hours = { mon-fri = \"08:00-18:00\", sat-sun = \"08:00-18:00\" }"),
    ] {
        assert_eq!(of_season(old, new), equal, "{old} -> {new}");
        assert_eq!(of_season(new, old), equal, "{new} -> {old}");
    }
    for (old, new, said) in [
        (
            "hours = \"08:00-18:00\"",
            "hours = [\"08:00-18:00\", \"20:00-21:00\"]",
            "a in the platform, hours: 08:00-18:00 -> 08:00-18:00, 20:00-21:00",
        ),
        (
            "hours = [\"08:00-12:00\", \"12:00-18:00\"]",
            "hours = [\"08:00-11:00\", \"12:00-18:00\"]",
            "a in the platform, hours: 08:00-18:00 -> 08:00-11:00, 12:00-18:00",
        ),
        ("days = \"mon-fri\"", "days = \"mon-sat\"", "a in the platform, days: mon-fri -> mon-sat"),
    ] {
        let (text, status) = of_season(old, new);
        assert!(status == 1 && text.contains(said), "{old} -> {new}: {text}");
    }
}

#[test]
fn a_plan_that_ends_later_names_the_seasons_whose_dates_are_others() {
    let (text, status) = of_season("2027-12-01|", "2027-12-15|");
    assert!(status == 1 && text.contains("until") && !text.contains("a: "), "{text}");
    let other = "[seasons.b]\nfrom = \"12-03\"\nto = \"12-04\"\nfloor = { shop = 6 }";
    let (text, _) = of_season(&format!("2027-12-01|{other}"), &format!("2027-12-15|{other}"));
    assert!(text.contains("4 Dec 2027 (new)"), "{text}");
}

#[test]
fn over_budget_is_a_finding_of_check_and_review_and_names_what_drives_it() {
    let place = Workplace::reference();
    assert_eq!(place.run(&["generate"]).status, 0);
    let text = place.read("policies/territories.toml");
    let with = |budget: &str| {
        place.write("policies/territories.toml", format!("{text}\n{budget}\n").as_bytes());
        (place.run(&["review"]), place.run(&["check", "--today", "2026-06-01"]))
    };
    let (review, check) =
        with("[budget]\nmonth = { cost = 510 }\n[budget.in.DE]\nhorizon = { pod-hours = 39000 }");
    assert_eq!((review.status, check.status), (1, 1));
    insta::assert_snapshot!("over_budget", review.stderr);
    assert!(check.stderr.contains("error[over-budget]"));
    assert_eq!(place.run(&["generate"]).status, 0, "the files say what the calendar says");
    // To the pod-hour: what is taken is allowed.
    let (review, check) = with("[budget]\nhorizon = { pod-hours = 89363 }\nmonth = { pod-hours = 11532 }");
    assert_eq!((review.status, check.status), (0, 0), "{}{}", review.stderr, check.stderr);
    for wrong in ["month = { pods = 5 }", "month = { cost = 0 }", "in.XX = { month = { cost = 5 } }"] {
        let (review, _) = with(&format!("[budget]\n{wrong}"));
        assert_eq!(review.status, 1, "{wrong}");
        assert!(!review.stderr.contains("over-budget"), "{wrong}: {}", review.stderr);
    }
}
