//! Which days an import plans, and the feasts that it finds on them.

use super::*;

fn object(name: &str, from: &str, until: &str) -> String {
    let said = format!("seasonscale/valid-from: \"{from}\", seasonscale/valid-until: \"{until}\"");
    let metadata = format!("metadata: {{name: {name}, annotations: {{{said}}}}}");
    DAILY.replace("metadata: {name: web}", &metadata).replace("{name: web}", &format!("{{name: {name}}}"))
}

/// The days that are planned of some objects, and what is said.
fn planned(objects: &[&str], more: &[&str]) -> (String, String) {
    let place = Workplace::empty();
    place.write("all.yaml", objects.join("---\n").as_bytes());
    let run = place.run(&[&["import", "all.yaml", "--today", "2031-06-01"], more].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let lines = run.stdout.lines().skip_while(|line| *line != "[plan]").skip(1).take(2);
    (lines.filter_map(|line| line.split_whitespace().nth(2)).collect::<Vec<_>>().join(" "), run.stderr)
}

#[test]
fn what_objects_say_of_their_days_is_followed_or_said() {
    let (web, other) =
        (object("web", "2026-02-01", "2026-12-31"), object("other", "2025-02-01", "2025-12-31"));
    let (days, said) = planned(&[&web, &other], &[]);
    assert_eq!(days, "2031-01-01 2032-01-01");
    let both = "all.yaml:3:18: 2026-02-01 to 2026-12-31; all.yaml:13:18: 2025-02-01 to 2025-12-31";
    assert!(said.contains("objects are of plans for different days") && said.contains(both), "{said}");
    let (_, said) = planned(&[&web, &other], &["--from", "2026-01-01", "--until", "2027-01-01"]);
    assert!(!said.contains("different days"), "{said}");
    let endless = object("web", "2026-01-01", "2099-12-31");
    let (days, said) = planned(&[&endless], &[]);
    assert_eq!(days, "2031-01-01 2032-01-01");
    assert!(said.contains("all.yaml:3:18: 2026-01-01 to 2099-12-31 by its annotations"), "{said}");
    // One day of the two may be asked for.
    assert_eq!(planned(&[&web], &["--until", "2026-08-01"]).0, "2026-02-01 2026-08-01");
    assert_eq!(planned(&[&web], &["--from", "2026-08-01"]).0, "2026-08-01 2027-01-01");
    let (days, said) = planned(&[&web], &[]);
    assert_eq!((days.as_str(), said.contains("annotations")), ("2026-02-01 2027-01-01", false));
}

/// What is written above the season of one day.
fn feast(zone: &str, day: &str, month: &str) -> Option<String> {
    let text = DAILY
        .replace("Europe/Berlin", zone)
        .replace("0 8 * * *", &format!("0 8 {day} {month} *"))
        .replace("0 18 * * *", &format!("0 18 {day} {month} *"));
    let input = Input { name: "day.yaml".to_owned(), text };
    let imported =
        import::import(&[input], Terms { form: Form::Kept, ..terms(year(2026), Version::new(2, 20)) });
    let proposal = imported.proposal.unwrap();
    let calendar = &proposal.get(Sources::CALENDAR).text;
    let calendar = calendar.lines().map(|line| line.trim_start_matches("# ")).collect::<Vec<_>>().join(" ");
    let (_, rest) = calendar.split_once(", which moves: ")?;
    Some(rest.split_once("write `")?.1.split('`').next()?.to_owned())
}

#[test]
fn the_feast_of_a_day_is_that_of_the_country() {
    for (zone, day, month, rule) in [
        ("Europe/Athens", "12", "4", Some("orthodox-easter")),
        ("Europe/Berlin", "25", "5", Some("easter + 50d")),
        ("America/New_York", "25", "5", Some("last mon of 05")),
        ("Europe/Paris", "31", "5", Some("mothers-day-fr")),
        ("Europe/Berlin", "10", "5", Some("mothers-day-de")),
        ("America/Chicago", "10", "5", Some("mothers-day-us")),
        ("Europe/Rome", "10", "5", Some("2nd sun of 05")),
        ("Europe/Berlin", "12", "5", None),
    ] {
        assert_eq!(feast(zone, day, month).as_deref(), rule, "{zone} {day}.{month}.");
    }
}
