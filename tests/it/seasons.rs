//! `seasons.ics` for made-up years and hostile words; `tests/seasons/read.py` reads the reference's with another reader.

use proptest::prelude::*;
use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::compile;
use seasonscale::emit::{self, Templates};
use seasonscale::source::Sources;
use seasonscale::verify::verify;

use crate::policies::{self, base, source};
use crate::schedule;

/// The feed of a calendar in the base policy, with what verification says of it.
fn feed(calendar: &str) -> Option<(Artifact, Vec<String>)> {
    let plan = compile::plan(&Sources::new(source("calendar", calendar), base("territories"))).0?;
    let artifact = emit::emit_one(&plan, ArtifactKind::Seasons, &Templates::embedded()).unwrap();
    let found = verify(&plan, std::slice::from_ref(&artifact)).into_iter().map(|finding| finding.title);
    let found = found.collect();
    Some((artifact, found))
}

proptest! {
    #![proptest_config(crate::sample::of(48))]

    #[test]
    fn the_feed_of_any_calendar_expands_to_its_windows(calendar in schedule::calendar()) {
        if let Some((artifact, found)) = feed(&calendar) {
            prop_assert_eq!(found, Vec::<String>::new(), "{}\n{}", calendar, artifact.text);
        }
    }
}

#[test]
fn a_year_of_workdays_is_one_event_without_its_holidays() {
    let text = base("calendar")
        .text
        .replace("hours = \"08:00-18:00\"", "hours = \"22:00-06:00\"\ndays = \"workdays\"");
    let (artifact, found) = feed(&text).unwrap();
    assert_eq!(found, Vec::<String>::new());
    assert!(artifact.text.contains("RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=65"), "{}", artifact.text);
    assert!(artifact.text.contains("EXDATE;TZID=Europe/Berlin:20260403T220000"), "{}", artifact.text);
}

#[test]
fn words_of_the_policy_stay_words() {
    let title =
        "Spring; BEGIN:VEVENT, \\\\n ÄÖÜ 🍂 and a title that is longer than seventy-five octets of one line";
    let text = base("calendar").text.replace("\"Spring\"", &format!("\"{title}\""));
    let (artifact, found) = feed(&text).unwrap();
    assert_eq!(found, Vec::<String>::new());
    assert!(artifact.text.contains("SUMMARY:Spring\\; BEGIN:VEVENT\\, \\\\n"), "{}", artifact.text);
    assert!(artifact.text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
    assert_eq!(
        artifact.text.matches("\r\nBEGIN:VEVENT").count(),
        feed(&base("calendar").text).unwrap().0.text.matches("\r\nBEGIN:VEVENT").count()
    );
}

#[test]
fn the_reference_has_an_event_for_every_season_of_every_territory() {
    let plan = compile::plan(&policies::reference()).0.unwrap();
    let artifact = emit::emit_one(&plan, ArtifactKind::Seasons, &Templates::embedded()).unwrap();
    let events: Vec<&str> =
        artifact.text.lines().filter_map(|line| line.strip_prefix("UID:season-")).collect();
    for season in
        ["weihnachten-DE-0", "weihnachten-CH-0", "weihnachten-AT-0", "oktoberfest-DE-1", "spargel-DE-0"]
    {
        assert!(events.iter().any(|event| event.starts_with(season)), "{season}: {events:?}");
    }
    assert_eq!(artifact.text.matches("UID:campaign-autumn-mailing-DE").count(), 1);
}
