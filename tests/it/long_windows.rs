//! Windows of most of a year with clock times at both ends, and campaigns on a clock of their own: the triggers that they become.

use crate::cli::Workplace;

fn made(keys: &str, platform: &str) -> String {
    let place = Workplace::empty();
    let calendar =
        format!("[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n\n{keys}\nfloor = {{ shop = 5 }}\n");
    let territories = format!("{platform}[workloads.shop]\nreplicas = {{ min = 1, max = 20 }}\n");
    place.write("policies/calendar.toml", calendar.as_bytes());
    place.write("policies/territories.toml", territories.as_bytes());
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 0, "{keys}: {}", run.stderr);
    place.read("generated/keda-scalers.yaml")
}

/// The starts and ends of the triggers.
fn sides(manifest: &str) -> Vec<&str> {
    let lines = manifest.lines().map(str::trim);
    lines
        .filter_map(|line| line.strip_prefix("start: ").or_else(|| line.strip_prefix("end: ")))
        .map(|text| text.trim_matches('"'))
        .collect()
}

#[test]
fn a_window_of_most_of_a_year_is_one_trigger() {
    for (from, to, wanted) in [
        ("01-02 08:00", "12-30 20:00", ["0 8 2 1 *", "0 20 30 12 *"]),
        ("02-01 08:00", "11-30 20:00", ["0 8 1 2 *", "0 20 30 11 *"]),
        ("02-15 08:00", "12-15 20:00", ["0 8 15 2 *", "0 20 15 12 *"]),
        ("03-01 08:00", "12-05 20:00", ["0 8 1 3 *", "0 20 5 12 *"]),
        ("01-01 00:00", "12-31 20:00", ["0 0 1 1 *", "0 20 31 12 *"]),
    ] {
        let keys = format!("[seasons.y]\nfrom = \"{from}\"\nto = \"{to}\"");
        assert_eq!(sides(&made(&keys, "")), wanted, "{from} {to}");
    }
    // Two neighbours are the same window.
    let keys = "[seasons.y]\nfrom = \"01-02 08:00\"\nto = \"07-01 08:00\"\nfloor = { shop = 5 }\n\n[seasons.z]\nfrom = \"07-01 08:00\"\nto = \"12-30 20:00\"";
    assert_eq!(sides(&made(keys, "")), ["0 8 2 1 *", "0 20 30 12 *"]);
    // Without clock times the halves of the year stay as they were, and so does the whole year.
    let keys = "[seasons.y]\nfrom = \"01-02\"\nto = \"12-30\"";
    assert_eq!(sides(&made(keys, "")).len(), 4);
    assert!(!sides(&made("[seasons.y]\nfrom = \"01-01\"\nto = \"12-31\"", "")).is_empty());
}

#[test]
fn a_campaign_on_a_clock_of_its_own_is_held_against_the_changes_of_that_one_alone() {
    let sydney = "[platform]\nzone = \"Australia/Sydney\"\n\n";
    // 02:40 in Sydney, which the clocks there show twice on that day.
    let gig = "[campaigns.gig]\nfrom = 2026-04-04T16:40\nto = 2026-04-04T17:00";
    let own = made(&format!("{gig}\nzone = \"UTC\""), sydney);
    assert_eq!(sides(&own), ["40 16 4 4 *", "0 17 4 4 *"]);
    assert!(own.contains("timezone: \"UTC\"") && !own.contains("timezone: \"Australia/Sydney\""), "{own}");
    // On the platform's own clock it is another time, and the changes of its own clock count.
    assert_eq!(sides(&made(gig, sydney)), ["40 16 4 4 *", "0 17 4 4 *"]);
    let place = Workplace::empty();
    place.write(
        "policies/calendar.toml",
        b"[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n[campaigns.gig]\nfrom = 2026-04-05T02:40\nto = 2026-04-05T04:00\nzone = \"Australia/Sydney\"\nfloor = { shop = 5 }\n",
    );
    place.write("policies/territories.toml", b"[workloads.shop]\nreplicas = { min = 1, max = 20 }\n");
    let run = place.run(&["generate"]);
    assert!(run.status == 1 && run.stderr.contains("repeated-hour"), "{}", run.stderr);
}
