//! What a help says to write, written in that very place: it compiles. And what looks like the mistake and is none stays silent.

use crate::cli::Workplace;

const TERRITORIES: &str = "[workloads.shop]\nreplicas = { min = 2, max = 20 }\n";
const CAIRO: &str =
    "[platform]\nzone = \"Africa/Cairo\"\n\n[workloads.shop]\nreplicas = { min = 2, max = 20 }\n";

/// What is said of a calendar with these tables, and whether files are made.
fn of(tables: &str, territories: &str) -> (bool, String) {
    let place = Workplace::empty();
    place.write(
        "policies/calendar.toml",
        format!("[plan]\nfrom = 2027-01-01\nuntil = 2028-01-01\n\n{tables}\n").as_bytes(),
    );
    place.write("policies/territories.toml", territories.as_bytes());
    let run = place.run(&["generate"]);
    (run.status == 0, run.stderr)
}

fn season(keys: &str) -> String {
    let dates = if keys.contains("from") { "" } else { "from = \"03-01\"\nto = \"04-01\"\n" };
    let floor = if keys.contains("floor") { "" } else { "floor = { shop = 5 }\n" };
    format!("[seasons.s]\n{dates}{keys}\n{floor}")
}

#[test]
fn what_a_help_says_to_write_compiles_there() {
    for (wrong, said, right) in [
        ("days = [\"fri\"]", "write `days = \"fri\"`", "days = \"fri\""),
        ("days = [\"sat\", \"sun\"]", "write `days = \"sat,sun\"`", "days = \"sat,sun\""),
        ("floor = { shop = 5.5 }", "write `shop = 6`", "floor = { shop = 6 }"),
        ("from = 12-25\nto = \"12-26\"", "`\"12-25\"`", "from = \"12-25\"\nto = \"12-26\""),
        ("from = \"12-20\"", "`to = \"12-20\"`", "from = \"12-20\"\nto = \"12-20\""),
        (
            "from = \"easter - 2d 08:00\"",
            "`to = \"easter - 2d\"`",
            "from = \"easter - 2d 08:00\"\nto = \"easter - 2d\"",
        ),
        (
            "from = \"mothers-day\"\nto = \"mothers-day\"",
            "`mothers-day-de`",
            "from = \"mothers-day-de\"\nto = \"mothers-day-de\"",
        ),
        (
            "from = \"mothers-day-co\"\nto = \"2nd sun of 05\"",
            "`2nd sun of 05`",
            "from = \"2nd sun of 05\"\nto = \"2nd sun of 05\"",
        ),
        (
            "ramp = [{ before = \"1h\", share = 0.5 }]",
            "a season of their own, with earlier `hours`",
            "hours = \"07:00-08:00\"",
        ),
        (
            "from = \"04-15 or workday after - 2d\"\nto = \"04-20\"",
            "`due.from - 2d`",
            "from = \"due.from - 2d\"\nto = \"04-20\"\nfloor = { shop = 5 }\n[seasons.due]\nfrom = \"04-15 or workday after\"\nto = \"04-15 or workday after\"\nfloor = { shop = 4 }",
        ),
    ] {
        let (compiles, found) = of(&season(wrong), TERRITORIES);
        assert!(!compiles && found.contains(said), "{wrong}: {found}");
        let (compiles, found) = of(&season(right), TERRITORIES);
        assert!(compiles, "{right}: {found}");
    }
}

#[test]
fn every_name_of_mothers_day_is_offered_and_is_one() {
    let (_, found) = of(&season("from = \"mothers-day\"\nto = \"05-20\""), TERRITORIES);
    for name in ["mothers-day-de", "mothers-day-us", "mothers-day-gb", "mothers-day-fr", "last sun of 05"] {
        assert!(found.contains(&format!("`{name}`")), "{found}");
        let (compiles, found) = of(&season(&format!("from = \"{name}\"\nto = \"{name}\"")), TERRITORIES);
        assert!(compiles, "{name}: {found}");
    }
}

#[test]
fn a_territory_that_is_not_declared_is_declared_by_what_is_said() {
    let tables = season("territories = [\"DE\"]");
    let (_, found) = of(&tables, TERRITORIES);
    assert!(found.contains("write `[territories.DE]` in territories.toml"), "{found}");
    let (compiles, found) = of(&tables, &format!("{TERRITORIES}\n[territories.DE]\n"));
    assert!(compiles, "{found}");
}

#[test]
fn hours_beside_those_that_the_clocks_skip_or_repeat_are_found_at_once() {
    let year = |hours: &str| season(&format!("from = \"01-01\"\nto = \"12-31\"\nhours = \"{hours}\""));
    for hours in ["08:00-24:00", "08:00-23:30", "00:00-23:00"] {
        let (compiles, found) = of(&year(hours), CAIRO);
        assert!(!compiles && found.contains("use 01:00, or a time before 23:00"), "{hours}: {found}");
    }
    for hours in ["08:00-01:00", "08:00-22:59", "01:00-22:30"] {
        assert!(of(&year(hours), CAIRO).0, "{hours}");
    }
    let fridays = |hours: &str| season(&format!("from = \"01-01\"\nto = \"12-31\"\ndays = \"fri\"{hours}"));
    let (_, found) = of(&fridays(""), CAIRO);
    assert!(found.contains("`hours = \"01:00-22:30\"`"), "{found}");
    assert!(of(&fridays("\nhours = \"01:00-22:30\""), CAIRO).0);
    let (_, found) = of(&fridays("\nhours = \"11:30-24:00\""), CAIRO);
    assert!(found.contains("end at 23:59 in place of 24:00"), "{found}");
    let (compiles, found) = of(&fridays("\nhours = \"11:30-23:59\""), CAIRO);
    assert!(compiles && !found.contains("last-minute"), "{found}");
    // Where the clocks change once a night, the way is as it was.
    let berlin = CAIRO.replace("Africa/Cairo", "Europe/Berlin");
    let (_, found) = of(&year("02:30-08:00"), &berlin);
    assert!(found.contains("use 03:00, or a time before 02:00"), "{found}");
}

#[test]
fn the_end_of_a_campaign_is_shown_where_it_is_the_end_that_is_meant() {
    let london = CAIRO.replace("Africa/Cairo", "Europe/London");
    let gig = |from: &str, to: &str| {
        format!("[campaigns.gig]\nfrom = 2027-03-28T{from}\nto = 2027-03-28T{to}\nfloor = {{ shop = 5 }}")
    };
    let (_, found) = of(&gig("00:50", "01:10"), &london);
    assert!(found.contains("calendar.toml:7:") && found.contains("use 02:00"), "{found}");
    assert!(of(&gig("00:50", "02:00"), &london).0);
    let (_, found) = of(&gig("01:10", "05:00"), &london);
    assert!(found.contains("calendar.toml:6:"), "{found}");
    let zoned = |zone: &str| of(&(gig("01:30", "05:00") + &format!("\nzone = \"{zone}\"")), CAIRO);
    let (compiles, found) = zoned("Europe/London");
    assert!(!compiles && found.contains("skipped-hour"), "{found}");
    assert!(zoned("Asia/Tokyo").0);
    let (_, found) = of(&gig("03:00", "03:00"), &london);
    assert!(found.contains("ends as it begins"), "{found}");
    let (_, found) = of(&gig("04:00", "03:00"), &london);
    assert!(found.contains("ends before it begins"), "{found}");
}

#[test]
fn a_territory_without_a_day_is_named_with_the_way_to_leave_it_out() {
    let feasts = "[holidays.feasts]\neid = \"2027-03-09\"\n\n[seasons.everywhere]\nfrom = \"10-01\"\nto = \"10-15\"\nfloor = { shop = 4 }\n\n";
    let platform = "[workloads.shop]\n[territories.EG]\nholidays = [\"feasts\"]\nshop = { replicas = { min = 2, max = 20 } }\n[territories.NP]\nshop = { replicas = { min = 2, max = 20 } }\n";
    let eid = |more: &str| {
        format!("{feasts}{}", season(&format!("from = \"01-01\"\nto = \"12-31\"\ndays = \"holidays\"{more}")))
    };
    let (compiles, found) = of(&eid("\nterritories = [\"EG\", \"NP\"]"), platform);
    assert!(!compiles && found.contains("has no day in NP that `days` selects"), "{found}");
    assert!(found.contains("leave NP out of `territories`"), "{found}");
    assert!(of(&eid("\nterritories = [\"EG\"]"), platform).0);
}

/// A floor of one territory is not that of all, and where nothing runs there is none to write.
#[test]
fn a_floor_of_one_territory_is_missed_in_the_others_that_run_something() {
    let two = "[workloads.shop]\n[territories.CH]\nzone = \"Europe/Zurich\"\nshop = { replicas = { min = 2, max = 20 } }\n[territories.DE]\nzone = \"Europe/Berlin\"\n";
    let sale = "[seasons.sale]\nfrom = \"05-03\"\nto = \"05-07\"\n[seasons.sale.in.CH]\nfloor = { \"*\" = \"150%\" }\n";
    let (compiles, found) = of(sale, two);
    assert!(compiles && !found.contains("floor-missing"), "{found}");
    let fair = format!("{sale}[seasons.fair]\nfrom = \"06-03\"\nto = \"06-07\"\nfloor = {{ shop = 4 }}\n");
    let both = format!("{two}shop = {{ replicas = {{ min = 2, max = 20 }} }}\n");
    let (_, found) = of(&fair, &both);
    assert!(found.contains("`sale` sets neither `floor` nor `load` in DE"), "{found}");
    let (_, found) = of(
        &fair.replace("[seasons.sale.in.CH]", "[seasons.sale.in.DE]\nfloor = {}\n[seasons.sale.in.CH]"),
        &both,
    );
    assert!(!found.contains("floor-missing"), "{found}");
}

#[test]
fn a_fixed_offset_leads_to_a_city_that_has_it_all_year() {
    for (name, city) in [
        ("Etc/GMT+1", "Atlantic/Cape_Verde"),
        ("Etc/GMT-2", "Africa/Johannesburg"),
        ("Etc/GMT+5", "America/Bogota"),
    ] {
        let (_, found) = of(&season(""), &CAIRO.replace("Africa/Cairo", name));
        assert!(found.contains("zone-sign") && found.contains(city), "{name}: {found}");
        let summer = ["Azores", "Athens", "New_York", "London"];
        assert!(!summer.iter().any(|other| found.contains(other)), "{name}: {found}");
    }
    assert!(!of(&season(""), &CAIRO.replace("Africa/Cairo", "UTC")).1.contains("zone-sign"));
}

#[test]
fn hours_that_end_a_minute_before_the_day_are_said_where_midnight_is_there() {
    let (compiles, found) = of(&season("hours = \"06:00-23:59\""), TERRITORIES);
    assert!(compiles && found.contains("last-minute-left-out") && found.contains("`06:00-24:00`"), "{found}");
    for right in ["06:00-24:00", "06:00-23:58", "23:59-06:00"] {
        let (compiles, found) = of(&season(&format!("hours = \"{right}\"")), TERRITORIES);
        assert!(compiles && !found.contains("last-minute"), "{right}: {found}");
    }
}
