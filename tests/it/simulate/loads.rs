//! What a season brings, a burst beside it, and what nobody has said or run.

use super::command::{simulate, text};
use crate::cli::{Run, Workplace};

/// A season in November and one target; what more the season says.
fn sale(season: &str, workload: &str) -> Workplace {
    let place = Workplace::empty();
    let calendar = format!(
        "[plan]\nfrom = 2027-01-01\nuntil = 2028-01-01\n[seasons.sale]\nfloor = {{ shop = 4 }}\n{season}\n"
    );
    place.write("policies/calendar.toml", calendar.as_bytes());
    let territories = format!(
        "[platform]\nprometheus-url = \"http://p:9090\"\n[workloads.shop]\nreplicas = {{ min = 2, max = 20 }}\n{workload}\n"
    );
    place.write("policies/territories.toml", territories.as_bytes());
    place
}

const NOVEMBER: &str = "from = \"11-01\"\nto = \"11-30\"";
const MEASURED: &str = "rps-per-replica = 30\nbase-load = 50\np95-gate = \"300ms\"";

fn expects(place: &Workplace, line: &str, more: &[&str]) -> Run {
    place.write("e.toml", format!("expect = [\"{line}\"]\n").as_bytes());
    simulate(place, &[&["--expect", "e.toml"], more].concat())
}

#[test]
fn a_burst_is_put_on_whether_or_not_the_season_states_a_load() {
    let stated = sale(&format!("{NOVEMBER}\nload = 30.0"), MEASURED);
    let unstated = sale(NOVEMBER, MEASURED);
    for place in [&stated, &unstated] {
        let run = expects(place, "sale in-time >= 0.95", &["--burst", "sale=30"]);
        assert!(run.status == 1 && run.stdout.starts_with("FAILS:"), "{}{}", run.stdout, run.stderr);
    }
    // A campaign within a season that brings more.
    let within = sale(
        &format!(
            "{NOVEMBER}\nload = 2.0\n[campaigns.drop]\nfrom = 2027-11-03T10:00\nto = 2027-11-03T10:20\nfloor = {{ shop = 5 }}\n"
        ),
        MEASURED,
    );
    let run = expects(&within, "drop in-time >= 0.95", &["--burst", "drop=40"]);
    assert!(run.status == 1 && run.stdout.starts_with("FAILS:"), "{}{}", run.stdout, run.stderr);
    // One that changes nothing is no test.
    let run = simulate(&within, &["--burst", "drop=1.5"]);
    assert!(run.status == 2 && run.stderr.contains("changes nothing"), "{}", run.stderr);
}

#[test]
fn a_promise_about_what_was_not_run_is_refused() {
    let unstated = sale(NOVEMBER, MEASURED);
    let run = expects(&unstated, "sale in-time >= 0.95", &[]);
    assert!(
        run.status == 2 && run.stderr.contains("write `load = 3.0` in `[seasons.sale]`"),
        "{}",
        run.stderr
    );
    let text = text(&unstated, &[]);
    assert!(text.contains("Not judged") && text.contains("sale"), "{text}");

    let stated = sale(&format!("{NOVEMBER}\nload = 30.0"), MEASURED);
    let rows = |rps: &str| {
        let hours =
            (0..48).map(|hour| format!("2027-01-{:02}T{:02}:00:00Z,shop,{rps}\n", 1 + hour / 24, hour % 24));
        format!("time,target,rps\n{}", hours.collect::<String>())
    };
    stated.write("jan.csv", rows("40").as_bytes());
    let january = ["--load", "jan.csv"];
    let run = expects(&stated, "sale minutes-over-gate < 1", &january);
    assert!(run.status == 2 && run.stderr.contains("outside of what was run"), "{}", run.stderr);
    let run = simulate(&stated, &january);
    assert!(run.stdout.starts_with("2027-01-01 to 2027-01-02,"), "{}", run.stdout);
    // What was run is held against as ever, and of no requests nothing is late.
    assert_eq!(expects(&stated, "shop in-time >= 0.95", &january).status, 0);
    stated.write("jan.csv", rows("0").as_bytes());
    let run = expects(&stated, "in-time >= 0.95", &january);
    assert!(run.status == 2 && run.stderr.contains("no request was run"), "{}", run.stderr);
    assert_eq!(expects(&stated, "pod-hours < 500", &january).status, 0);
}

#[test]
fn a_season_brings_its_load_on_its_days_and_a_short_one_in_its_hours() {
    let load = |season: &str, at: &str| {
        let place = sale(&format!("from = \"01-01\"\nto = \"12-31\"\nload = 20.0\n{season}"), MEASURED);
        let pass = text(&place, &["--why", at]);
        let before = pass.split(" requests/s").next().unwrap();
        before.split_whitespace().last().unwrap().parse::<f64>().unwrap()
    };
    let sale = "days = \"fri\"\nhours = \"10:00-10:20\"";
    // A Tuesday; the Friday before, in and after the sale.
    assert_eq!(load(sale, "2027-03-02 10:10"), 50.0);
    assert_eq!(load(sale, "2027-03-05 09:55"), 50.0);
    assert_eq!(load(sale, "2027-03-05 10:10"), 1000.0);
    assert_eq!(load(sale, "2027-03-05 10:25"), 50.0);
    // Of a season of business people come before its floor, too, on its days.
    let business = "days = \"fri\"\nhours = \"12:00-20:00\"";
    assert_eq!(load(business, "2027-03-05 10:10"), 1000.0);
    assert_eq!(load(business, "2027-03-04 10:10"), 50.0);
    // Both halves of a day are one.
    let halves = "hours = [\"08:00-12:00\", \"13:00-17:00\"]";
    assert_eq!(load(halves, "2027-03-04 12:30"), 1000.0);
    // A short Friday does not make a season of business a sale; what goes over midnight is an event, however long it is.
    let short = "hours = { mon-thu = \"08:00-18:00\", fri = \"08:00-14:00\" }";
    assert_eq!(load(short, "2027-03-05 16:00"), 1000.0);
    let nights = "hours = \"22:00-06:00\"";
    assert_eq!(load(nights, "2027-03-04 12:00"), 50.0);
    assert_eq!(load(nights, "2027-03-04 23:00"), 20.0 * 5.0);
}

#[test]
fn what_a_policy_must_say_to_be_run_is_said_at_once() {
    let place = sale(&format!("{NOVEMBER}\nload = 3.0"), "");
    let run = simulate(&place, &[]);
    assert_eq!(run.status, 3);
    for key in ["`rps-per-replica = 30`", "`p95-gate = \"300ms\"`", "`prometheus-url`"] {
        assert!(run.stderr.contains(key), "{key}: {}", run.stderr);
    }
    let both = "rps-per-replica = 30\np95-gate = \"300ms\"";
    assert_eq!(simulate(&sale(&format!("{NOVEMBER}\nload = 3.0"), both), &[]).status, 0);
}
