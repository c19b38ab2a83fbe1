//! Importing calendars: cases in `tests/feed/` through the binary, and our own feed's campaigns back to what they were.

use std::fs;

use seasonscale::compile;
use seasonscale::emit::{self, Templates};
use seasonscale::import::{self, Input};
use seasonscale::plan::{OccasionKind, Plan};
use seasonscale::source::Sources;
use seasonscale::time::Hours;

use crate::cli::Workplace;
use crate::{golden, policies};

/// Each file is imported into the reference policy.
#[test]
fn each_calendar_gives_its_campaigns_and_says_what_it_refuses() {
    let folder = policies::root().join("tests/feed");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|end| end == "ics"));
    cases.sort();
    assert!(cases.len() >= 3);
    for path in cases {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let place = Workplace::reference();
        let file = format!("{name}.ics");
        place.write(&file, &fs::read(&path).unwrap());
        let run = place.run(&["import", &file]);
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            snapshot_path => "../feed",
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, format!("exit {}\n{}\n{}", run.status, run.stderr, run.stdout));
        });
    }
}

#[test]
fn what_is_printed_can_be_added_as_it_is_and_generates() {
    let place = Workplace::reference();
    let feed = fs::read(policies::root().join("tests/feed/campaigns.ics")).unwrap();
    place.write("sales.ics", &feed);
    let run = place.run(&["import", "sales.ics"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let calendar = place.read("policies/calendar.toml") + "\n" + &run.stdout;
    place.write("policies/calendar.toml", calendar.as_bytes());
    let generated = place.run(&["generate"]);
    assert_eq!(generated.status, 0, "{}", generated.stderr);
    assert!(place.read("generated/keda-scalers.yaml").contains("Sommer-Aktion"));
    // The same calendar once more: all of it is there already.
    let again = place.run(&["import", "sales.ics"]);
    assert_eq!((again.status, again.stdout.as_str()), (0, ""), "{}", again.stderr);
    assert!(again.stderr.contains("0 windows, 3 there already"), "{}", again.stderr);
    // One of its events is changed: its table comes anew, under its own key, with the line of the old one.
    let changed = String::from_utf8(feed).unwrap().replace("DURATION:PT2H30M", "DURATION:PT3H");
    place.write("sales.ics", changed.as_bytes());
    let again = place.run(&["import", "sales.ics"]);
    let header = calendar.lines().position(|line| line == "[campaigns.sommer-aktion-2]").unwrap() + 1;
    assert_eq!(again.stdout.matches("[campaigns.").count(), 1, "{}", again.stdout);
    assert!(again.stdout.contains("[campaigns.sommer-aktion-2]"), "{}", again.stdout);
    let said = format!("calendar.toml:{header}: take `sommer-aktion-2` out there");
    assert!(again.status == 0 && again.stderr.contains(&said), "{} {}", again.status, again.stderr);
    // It is cancelled: what an earlier import made of it is still there.
    let cancelled = changed.replace("DURATION:PT3H", "DURATION:PT3H\nSTATUS:CANCELLED");
    place.write("sales.ics", cancelled.as_bytes());
    let again = place.run(&["import", "sales.ics"]);
    let said = format!("`sommer-aktion-2`; take that out, calendar.toml:{header}");
    assert!(again.status == 1 && again.stderr.contains(&said), "{} {}", again.status, again.stderr);
}

/// A calendar with these events, each of which says a floor.
fn calendar(head: &str, events: &[&str]) -> String {
    let event = |lines: &&str| {
        format!(
            "BEGIN:VEVENT\nDTSTAMP:20260301T090000Z\nSUMMARY:Montags\n{lines}\nDESCRIPTION:territory: DE\\nfloor: queries=8\nEND:VEVENT\n"
        )
    };
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//by hand//EN\n{head}{events}END:VCALENDAR\n")
}

const MONDAYS: &str = "UID:1\nDTSTART;TZID=Europe/Berlin:20261005T090000\nDTEND;TZID=Europe/Berlin:20261005T120000\nRRULE:FREQ=WEEKLY;COUNT=4";
const TUESDAY: &str = "UID:1\nRECURRENCE-ID;TZID=Europe/Berlin:20261012T090000\nDTSTART;TZID=Europe/Berlin:20261013T090000\nDTEND;TZID=Europe/Berlin:20261013T120000";

/// A workplace whose policy has what came of a calendar.
fn imported(calendar: &str) -> Workplace {
    let place = Workplace::reference();
    place.write("sales.ics", calendar.as_bytes());
    let run = place.run(&["import", "sales.ics"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let policy = place.read("policies/calendar.toml") + "\n" + &run.stdout;
    place.write("policies/calendar.toml", policy.as_bytes());
    place
}

#[test]
fn a_day_that_has_no_event_of_its_own_any_more_is_named_while_the_policy_has_it() {
    let place = imported(&calendar("", &[MONDAYS, TUESDAY]));
    let policy = place.read("policies/calendar.toml");
    let header = policy.lines().position(|line| line == "[campaigns.montags]").unwrap() + 1;
    let again = place.run(&["import", "sales.ics"]);
    assert!(again.status == 0 && again.stderr.contains("2 there already"), "{}", again.stderr);
    // The same day, named on another clock, is the same day.
    let in_utc = TUESDAY.replace(";TZID=Europe/Berlin:20261012T090000", ":20261012T070000Z");
    place.write("sales.ics", calendar("", &[MONDAYS, &in_utc]).as_bytes());
    let again = place.run(&["import", "sales.ics"]);
    assert!(again.status == 0 && again.stderr.contains("2 there already"), "{}", again.stderr);
    // Moved back: programs take its event out.
    place.write("sales.ics", calendar("", &[MONDAYS]).as_bytes());
    let again = place.run(&["import", "sales.ics"]);
    let said = format!(
        "its day 2026-10-12 has no event of its own any more, and the policy still has `montags`; take that out, calendar.toml:{header}"
    );
    assert!(again.status == 1 && again.stderr.contains(&said), "{}", again.stderr);
    // A file that says nothing of the days of the event is no word on them.
    place.write("sales.ics", calendar("", &[&MONDAYS.replace("UID:1", "UID:2")]).as_bytes());
    let again = place.run(&["import", "sales.ics"]);
    assert!(again.status == 0 && !again.stderr.contains("any more"), "{}", again.stderr);
}

#[test]
fn a_day_of_an_earlier_import_is_known_however_its_calendar_wrote_it() {
    let place = imported(&calendar("", &[MONDAYS, TUESDAY]));
    let policy = place.read("policies/calendar.toml");
    let older = policy.replace("# event 1 20261012T090000", "# event 1 20261012T070000Z");
    assert_ne!(older, policy);
    place.write("policies/calendar.toml", older.as_bytes());
    let again = place.run(&["import", "sales.ics"]);
    assert!(again.status == 0 && again.stdout.contains("[campaigns.montags]"), "{}", again.stderr);
    assert!(again.stderr.contains("take `montags` out there"), "{}", again.stderr);
}

#[test]
fn an_event_that_is_gone_from_its_calendar_is_named_while_the_policy_has_it() {
    const AUTUMN: &str =
        "UID:2\nDTSTART;TZID=Europe/Berlin:20261124T090000\nDTEND;TZID=Europe/Berlin:20261124T120000";
    let sales = "X-WR-CALNAME:Sales\n";
    let place = imported(&calendar(sales, &[MONDAYS, TUESDAY, AUTUMN]));
    let policy = place.read("policies/calendar.toml");
    let line = |header: &str| policy.lines().position(|line| line == header).unwrap() + 1;
    let import = |day: &str, files: &[&str]| place.run(&[&["import", "--today", day], files].concat());
    let silent = |day: &str, files: &[&str]| {
        let run = import(day, files);
        assert!(run.status != 1 && !run.stderr.contains("gone"), "{files:?}: {}", run.stderr);
    };
    silent("2026-06-01", &["sales.ics"]);
    place.write("sales.ics", calendar(sales, &[AUTUMN]).as_bytes());
    let run = import("2026-06-01", &["sales.ics"]);
    let said = format!(
        "sales.ics (Sales): 1 event is gone from it since an earlier import, and the policy still has `[campaigns.montags]` (policies/calendar.toml:{}), `[seasons.montags-3]` (policies/calendar.toml:{}); take out what is off",
        line("[campaigns.montags]"),
        line("[seasons.montags-3]")
    );
    // A person decides: it may be of another time than the file.
    assert!(run.status == 0 && run.stderr.contains(&said), "{}", run.stderr);
    // What is over is not missed.
    silent("2026-10-27", &["sales.ics"]);
    let none = calendar(sales, &[]);
    place.write("downloads/sales.ics", none.as_bytes());
    let run = import("2026-06-01", &["downloads/sales.ics"]);
    assert!(run.stderr.contains("(Sales): 2 events are gone from it"), "{}", run.stderr);
    // Others have not lost what they never had, nor has a message that is about one event, nor a file that cannot be read.
    place.write("other.ics", none.as_bytes());
    place.write("unnamed/sales.ics", calendar("", &[]).as_bytes());
    place.write("message/sales.ics", calendar(&format!("{sales}METHOD:REQUEST\n"), &[]).as_bytes());
    for file in ["other.ics", "unnamed/sales.ics", "message/sales.ics"] {
        silent("2026-06-01", &[file]);
    }
    place.write("cut/sales.ics", none.replace("END:VCALENDAR", "BEGIN:VEVENT").as_bytes());
    assert!(!import("2026-06-01", &["cut/sales.ics"]).stderr.contains("gone"));
    // It is in another file now.
    place.write("moved.ics", calendar("", &[MONDAYS, TUESDAY]).as_bytes());
    silent("2026-06-01", &["sales.ics", "moved.ics"]);
    // What a person writes, or an older version took, is of no calendar that is known.
    place.write("policies/calendar.toml", policy.replace("# from sales.ics (Sales)\n", "").as_bytes());
    silent("2026-06-01", &["sales.ics"]);
}

#[test]
fn all_that_is_left_of_a_cancelled_event_is_named() {
    let place = imported(&calendar("", &[MONDAYS, TUESDAY]));
    for (head, status) in [("", "\nSTATUS:CANCELLED"), ("METHOD:CANCEL\n", "")] {
        place.write("sales.ics", calendar(head, &[&format!("{MONDAYS}{status}")]).as_bytes());
        let run = place.run(&["import", "sales.ics"]);
        for key in ["montags", "montags-2"] {
            let said = format!("it is cancelled, and the policy still has `{key}`");
            assert!(run.status == 1 && run.stderr.contains(&said), "{head}{key}: {}", run.stderr);
        }
    }
    // One day alone.
    place.write("sales.ics", calendar("METHOD:CANCEL\n", &[TUESDAY]).as_bytes());
    let run = place.run(&["import", "sales.ics"]);
    assert!(run.status == 1 && run.stderr.contains("still has `montags`;"), "{}", run.stderr);
    assert!(!run.stderr.contains("montags-2"), "{}", run.stderr);
}

#[test]
fn of_the_same_event_in_two_files_the_newest_counts() {
    let place = Workplace::reference();
    let moved = MONDAYS.replace("T090000", "T100000");
    let file = |name: &str, head: &str, event: &str| {
        place.write(name, calendar(head, &[event]).as_bytes());
    };
    file("old.ics", "", &format!("{MONDAYS}\nSEQUENCE:1"));
    file("new.ics", "", &format!("{moved}\nSEQUENCE:2"));
    for order in [["old.ics", "new.ics"], ["new.ics", "old.ics"]] {
        let run = place.run(&["import", order[0], order[1]]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stdout.contains("10:00-12:00") && !run.stdout.contains("09:00"), "{}", run.stdout);
        assert!(run.stderr.contains("1 passed over"), "{}", run.stderr);
    }
    // A day that is moved, and one that is called off, each in the file that was sent for it.
    file("moved.ics", "", TUESDAY);
    let cancelled = TUESDAY.replace("20261012T", "20261019T").replace("20261013T", "20261019T");
    file("cancelled.ics", "METHOD:CANCEL\n", &cancelled);
    let run = place.run(&["import", "old.ics", "moved.ics", "cancelled.ics"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("from        = 2026-10-13T09:00"), "{}", run.stdout);
    assert!(run.stdout.contains(r#"from        = ["2026-10-05", "2026-10-26"]"#), "{}", run.stdout);
}

#[test]
fn our_own_feed_is_not_read_as_new_campaigns() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    let run = place.run(&["import", "generated/seasons.ics"]);
    assert_eq!((run.status, run.stdout.as_str()), (3, ""), "{}", run.stderr);
}

#[test]
fn a_calendar_without_a_policy_or_beside_a_manifest_is_refused() {
    let place = Workplace::reference();
    place.write("sales.ics", &fs::read(policies::root().join("tests/feed/campaigns.ics")).unwrap());
    let run = place.run(&["import", "sales.ics", "--policies", "nowhere"]);
    assert!(run.status == 2 && run.stderr.contains("give `--policies DIR`"), "{} {}", run.status, run.stderr);
    place.run(&["generate"]);
    let run = place.run(&["import", "sales.ics", "generated/keda-scalers.yaml"]);
    assert!(run.status == 2 && run.stderr.contains("one after the other"), "{} {}", run.status, run.stderr);
}

/// Windows, territories and floors of a plan's campaigns, whatever they are called.
fn campaigns(plan: &Plan) -> Vec<String> {
    let mut all = Vec::new();
    for schedule in &plan.schedules {
        let target = &plan.profile.targets[schedule.target.0];
        for layer in &schedule.layers {
            let origin = plan.origin(layer.origin);
            let Hours::Exact(window) = origin.hours else { continue };
            assert_eq!(plan.occasion(origin).kind, OccasionKind::Campaign);
            // A campaign may be on a clock of its own, and comes back on another at the same instants.
            let [from, until] = [window.from, window.until].map(|at| origin.zone.first_instant(at));
            all.push(format!("{} {from} to {until}: {}", target.name, layer.floor));
        }
    }
    all.sort();
    all
}

/// A feed with its campaigns alone, as if a person had written them.
fn as_by_hand(feed: &str) -> String {
    let Some((head, rest)) = feed.split_once("BEGIN:VEVENT") else { return String::new() };
    let events = format!("BEGIN:VEVENT{rest}");
    let mut kept = String::from(head);
    for event in events.split_inclusive("END:VEVENT\r\n") {
        let joined = event.replace("\r\n ", "");
        // What has no territory has no campaign of its own: it goes along with one.
        if joined.contains("CATEGORIES:campaign") && !joined.contains("territory: everywhere") {
            kept.push_str(
                &joined.replace("Made by seasonscale from the policy: change it there.", "By hand."),
            );
        }
    }
    kept + "END:VCALENDAR\r\n"
}

#[test]
fn campaigns_that_went_out_into_a_calendar_come_back_as_they_were() {
    let mut seen = 0;
    for (name, sources) in
        golden::policies().into_iter().chain([("reference".to_owned(), policies::reference())])
    {
        // The feed ends with the plan, and so does a campaign that goes over its end.
        if name == "campaign-over-new-year" {
            continue;
        }
        let (plan, _) = compile::plan(&sources);
        let Some(plan) = plan else { continue };
        let kind = seasonscale::artifact::ArtifactKind::Seasons;
        let feed = emit::emit_one(&plan, kind, &Templates::embedded()).unwrap();
        let by_hand = as_by_hand(&feed.text);
        if !by_hand.contains("BEGIN:VEVENT") {
            continue;
        }
        // Into the same policy without any campaign.
        let calendar = sources.get(Sources::CALENDAR).clone();
        let mut read: toml::Table = calendar.text.parse().unwrap();
        read.remove("campaigns");
        let bare = policies::source("calendar", &read.to_string());
        let bare = Sources::new(bare, sources.get(Sources::TERRITORIES).clone());
        let input = Input { name: "sales.ics".to_owned(), text: by_hand };
        let feed = import::feed(&[input], &bare, plan.horizon.from)
            .unwrap_or_else(|found| panic!("{name}: {found:#?}"));
        assert_eq!(feed.refused, [], "{name}");
        let back = compile::plan(&feed.policy).0.unwrap();
        let own = |plan: &Plan| -> Vec<String> {
            let platform = |one: &&String| !one.starts_with("freshplan-outbox") && !one.contains("worker");
            campaigns(plan).iter().filter(platform).cloned().collect()
        };
        assert_eq!(own(&back), own(&plan), "{name}");
        seen += own(&plan).len();
    }
    assert!(seen >= 3, "{seen}");
}

#[test]
fn a_policy_that_has_nothing_but_workloads_yet_takes_its_first_campaigns() {
    let place = Workplace::empty();
    place.write("policies/calendar.toml", b"[plan]\nfrom = 2027-01-01\nuntil = 2028-01-01\n");
    let territories =
        "[territories.DE]\nzone = \"Europe/Berlin\"\n\n[workloads.web]\nreplicas = { min = 2, max = 20 }\n";
    place.write("policies/territories.toml", territories.as_bytes());
    let calendar = |floor: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTART:20270310T090000Z\r\nDTEND:20270310T120000Z\r\nSUMMARY:Flash sale\r\nDESCRIPTION:floor: {floor}\\nterritory: DE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    place.write("sales.ics", calendar("web=9").as_bytes());
    let run = place.run(&["import", "sales.ics"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("[campaigns.flash-sale]"), "{}", run.stdout);
    // What would still scale nothing is an error with the campaigns in it.
    place.write("sales.ics", calendar("web=2").as_bytes());
    let run = place.run(&["import", "sales.ics"]);
    assert!(run.status == 1 && run.stderr.contains("error[nothing-to-scale]"), "{}", run.stderr);
}

#[test]
fn a_policy_without_territories_is_told_what_can_be_written_there() {
    let place = Workplace::empty();
    place.write("policies/calendar.toml", b"[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n");
    place.write("policies/territories.toml", b"[workloads.web]\nreplicas = { min = 2, max = 20 }\n");
    let event = "UID:1\nDTSTART:20260310T090000Z\nDTEND:20260310T120000Z";
    for territory in ["territory: DE\\n", ""] {
        let text = calendar("", &[event])
            .replace("territory: DE\\nfloor: queries=8", &format!("{territory}floor: web=8"));
        place.write("sales.ics", text.as_bytes());
        let run = place.run(&["import", "sales.ics"]);
        let said = "the policy has no territories, and an event is imported for some of them: write `[campaigns.NAME]`";
        assert!(run.status == 1 && run.stderr.contains(said), "{}", run.stderr);
        assert!(!run.stderr.contains("territory: DE"), "{}", run.stderr);
    }
    let by_hand = "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n\n[campaigns.sale]\nfrom = 2026-03-10T10:00\nto = 2026-03-10T13:00\nzone = \"Europe/Berlin\"\nfloor = { web = 8 }\n";
    place.write("policies/calendar.toml", by_hand.as_bytes());
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}
