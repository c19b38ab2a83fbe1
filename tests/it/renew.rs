//! Renewing: the policy's own text moves to its next year, and what that does is said by season.

use std::process::Command;

use crate::cli::Workplace;

const CALENDAR: &str = "# The shop's year.
[plan]
from  = 2026-01-01
until = 2027-01-01            # exclusive

[seasons.black-friday]
title = \"Black Friday\"       # the day after Thanksgiving
from  = \"4th thu of 11 + 1d\"
to    = \"4th thu of 11 + 1d\"
floor = { checkout = 12 }

[seasons.summer]
title = \"Summer deals 2026\"
from  = \"2026-07-13\"
to    = \"2026-07-14\"
floor = { checkout = 8 }
";

const TERRITORIES: &str = "[workloads.checkout]
replicas = { min = 2, max = 20 }

[gates]
credit-checks-in-flight = 8   # agreed with the bureau
";

fn shop() -> Workplace {
    let place = Workplace::reference();
    place.write("shop/calendar.toml", CALENDAR.as_bytes());
    place.write("shop/territories.toml", TERRITORIES.as_bytes());
    place
}

#[test]
fn the_plan_moves_and_what_that_does_is_said_by_season() {
    let place = shop();
    let run = place.run(&["renew", "-i", "shop"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "The plan runs from Fri 1 Jan 2027 to Fri 31 Dec 2027.
  Black Friday: Fri 27 Nov 2026 -> Fri 26 Nov 2027
  Summer deals 2026: gone, it has no date in this plan; it was Mon 13 Jul 2026 - Tue 14 Jul 2026
Still of a year that is over:
  shop/calendar.toml:13: seasons.summer.title = \"Summer deals 2026\"
  shop/calendar.toml:14: seasons.summer.from = \"2026-07-13\"
  shop/calendar.toml:15: seasons.summer.to = \"2026-07-14\"
"
    );
    let moved = CALENDAR.replace("2027-01-01", "2028-01-01").replacen("2026-01-01", "2027-01-01", 1);
    assert_eq!(place.read("shop/calendar.toml"), moved, "comments and all else stay");
    let territories = place.read("shop/territories.toml");
    assert!(territories.contains("[limits.credit-checks-in-flight]"), "{territories}");
    assert!(territories.contains("most = 8   # agreed with the bureau"), "{territories}");
    assert!(run.stderr.contains("`[gates] credit-checks-in-flight` is"), "{}", run.stderr);
    assert!(run.stderr.contains("outside-horizon"), "{}", run.stderr);
}

#[test]
fn ends_of_lines_stay_and_a_file_without_a_new_word_is_not_written() {
    let place = shop();
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let territories = TERRITORIES.split("\n[gates]").next().unwrap();
    place.write("shop/calendar.toml", crlf(CALENDAR).as_bytes());
    place.write("shop/territories.toml", crlf(territories).as_bytes());
    let run = place.run(&["renew", "-i", "shop"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let moved = CALENDAR.replace("2027-01-01", "2028-01-01").replacen("2026-01-01", "2027-01-01", 1);
    assert_eq!(place.read("shop/calendar.toml"), crlf(&moved));
    assert_eq!(place.read("shop/territories.toml"), crlf(territories));
    let lines: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("updated")).collect();
    assert_eq!(lines, ["updated   shop/calendar.toml"], "{}", run.stderr);
    place.write("shop/territories.toml", crlf(TERRITORIES).as_bytes());
    assert_eq!(place.run(&["renew", "-i", "shop"]).status, 0);
    let rewritten = place.read("shop/territories.toml");
    assert_eq!(crlf(&rewritten.replace("\r\n", "\n")), rewritten);
    assert!(rewritten.contains("[limits.credit-checks-in-flight]\r\n"), "{rewritten}");
}

#[test]
fn any_days_can_be_asked_for_and_a_broken_policy_is_left_as_it_is() {
    let place = shop();
    let run = place.run(&["renew", "-i", "shop", "--from", "2026-07-01", "--until", "2027-07-01"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(place.read("shop/calendar.toml").contains("until = 2027-07-01            # exclusive"));
    assert!(run.stdout.contains("Mon 13 Jul 2026 - Tue 14 Jul 2026 -> Mon 13 Jul 2026 - Tue 14 Jul 2026"));
    assert_eq!(place.run(&["renew", "-i", "shop", "--until", "2026-01-01"]).status, 2);
    assert_eq!(place.run(&["renew", "-i", "nowhere"]).status, 3);
    for broken in ["floor = { checkuot = 12 }", "floor = { checkout = 12"] {
        let place = shop();
        place.edit("shop/calendar.toml", "floor = { checkout = 12 }", broken);
        let before = (place.read("shop/calendar.toml"), place.read("shop/territories.toml"));
        let run = place.run(&["renew", "-i", "shop"]);
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
        assert_eq!((place.read("shop/calendar.toml"), place.read("shop/territories.toml")), before);
    }
}

#[test]
fn a_review_of_a_renewed_plan_compares_seasons_in_every_form() {
    let place = shop();
    assert_eq!(place.run(&["renew", "-i", "shop", "--from", "2026-01-01"]).status, 0);
    place.write("old/calendar.toml", place.read("shop/calendar.toml").as_bytes());
    place.write("old/territories.toml", place.read("shop/territories.toml").as_bytes());
    assert_eq!(place.run(&["renew", "-i", "shop"]).status, 0);
    place.edit("shop/calendar.toml", "floor = { checkout = 12 }", "floor = { checkout = 14 }");
    let review = |format: &str| {
        let run = place.run(&["review", "-i", "shop", "--against", "old", "--format", format]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout
    };
    let season = "Black Friday: Fri 27 Nov 2026 -> Fri 26 Nov 2027; checkout 12 -> 14 replicas";
    let gone = "Summer deals 2026: gone, it was Mon 13 Jul 2026 - Tue 14 Jul 2026";
    let text = review("text");
    assert!(text.contains(season) && text.contains(gone) && !text.contains("none"), "{text}");
    assert!(text.lines().count() <= 6, "{text}");
    assert!(review("markdown").contains("Fri 26 Nov 2027; checkout 12"));
    let page = review("html");
    assert!(page.contains("Fri 27 Nov 2026 -&gt; Fri 26 Nov 2027; checkout 12 -&gt; 14 replicas"), "{page}");
    let json: serde_json::Value = serde_json::from_str(&review("json")).unwrap();
    assert_eq!(json["shifts"].as_array().map(Vec::len), Some(0));
    assert_eq!(json["seasons"][0]["name"], "black-friday");
    assert_eq!(json["seasons"][0]["after"][0]["from"], "2027-11-26");
    assert_eq!(json["seasons"][0]["floors"][0]["after"], 14);
    // Of the same days, floors are compared instant by instant as ever.
    place.edit("old/calendar.toml", "floor = { checkout = 12 }", "floor = { checkout = 11 }");
    place.write(
        "shop/calendar.toml",
        place.read("old/calendar.toml").replace("checkout = 11", "checkout = 12").as_bytes(),
    );
    assert!(review("text").contains("11 -> 12"));
}

#[test]
fn a_policy_that_a_revision_has_not_is_reviewed_as_new() {
    let place = shop();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
        let run = Command::new("git").arg("-C").arg(place.path("")).args(identity).args(arguments).output();
        assert!(run.unwrap().status.success());
    };
    git(&["init", "-q"]);
    git(&["add", "policies"]);
    git(&["commit", "-q", "-m", "x"]);
    place.edit("shop/territories.toml", "credit-checks-in-flight = 8   # agreed with the bureau\n", "");
    let run = place.run(&["review", "-i", "shop", "--against", "HEAD", "--today", "2026-06-01"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("there is no policy in `HEAD`: it is reviewed as new"), "{}", run.stderr);
    assert!(run.stdout.contains("Black Friday"), "{}", run.stdout);
    let known = place.run(&["review", "--against", "HEAD"]);
    assert_eq!((known.status, known.stdout.as_str()), (0, "Both policies mean the same.\n"));
    assert_eq!(place.run(&["review", "-i", "shop", "--against", "nosuch"]).status, 2);
}

#[test]
fn generate_warns_of_a_plan_that_has_ended_or_is_about_to() {
    let place = Workplace::reference();
    let on = |day: &str| place.run(&["generate", "--today", day]);
    let quiet = on("2026-06-01");
    assert_eq!(quiet.status, 0, "{}", quiet.stderr);
    assert!(!quiet.stderr.contains("warning"), "{}", quiet.stderr);
    assert!(on("2026-12-20").stderr.contains("plan-expires"));
    let ended = on("2027-02-01");
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("plan-expired"));
    assert!(
        !on("2025-12-01").stderr.contains("plan-not-begun"),
        "next year's files are made before its time"
    );
    assert_eq!(place.run(&["generate", "--today", "2026-12-20", "--fail-on", "warning"]).status, 1);
}

/// Dates of a season that differ from place to place are all of one season.
#[test]
fn a_season_that_is_gone_from_several_places_is_gone_once() {
    let place = shop();
    let territory = |code: &str| {
        format!(
            "[territories.{code}]\nzone = \"Europe/Berlin\"\n[territories.{code}.web]\nreplicas = {{ min = 2, max = 20 }}\nrps-per-replica = 50\n"
        )
    };
    let territories = ["DE", "AT", "CH"].map(territory).concat();
    let platform =
        "[platform]\nzone = \"Europe/Berlin\"\nprometheus-url = \"http://p:9090\"\n[workloads.web]\n";
    place.write("shop/territories.toml", format!("{platform}{territories}").as_bytes());
    let plan = "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n";
    let dates = |from: &str, to: &str| format!("from = \"{from}\"\nto = \"{to}\"\n");
    let season = |at: String| {
        let floor = "floor = { web = 8 }\n";
        let (all, austria) = (dates("2026-07-13", "2026-07-14"), dates("2026-07-20", "2026-07-21"));
        format!(
            "{plan}[seasons.summer]\n{all}{floor}[seasons.summer.in.AT]\n{austria}[seasons.summer.in.CH]\n{at}"
        )
    };
    place.write("shop/calendar.toml", season(dates("2026-08-01", "2026-08-02")).as_bytes());
    let run = place.run(&["renew", "-i", "shop"]);
    assert_eq!(run.stdout.matches("gone").count(), 1, "{}", run.stdout);
    assert!(run.stdout.contains("  summer: gone, it has no date in this plan; it was "), "{}", run.stdout);
    // Where one place keeps it, the others are named.
    place.write("shop/calendar.toml", season(dates("08-01", "08-02")).as_bytes());
    let run = place.run(&["renew", "-i", "shop"]);
    assert!(
        run.stdout.contains("  summer in DE, AT: gone, it has no date in this plan; it was "),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("  summer in CH: Sat 1 Aug 2026 - Sun 2 Aug 2026 -> "), "{}", run.stdout);
}

#[test]
fn a_season_of_the_whole_year_goes_on_as_before() {
    let place = Workplace::empty();
    for (name, dates) in [("hours", ["01-01", "12-31"]), ("fiscal", ["07-01", "06-30"])] {
        let [from, to] = dates;
        let calendar = format!(
            "[plan]\nfrom = 2026-11-01\nuntil = 2027-11-01\n\n[seasons.{name}]\nfrom = \"{from}\"\nto = \"{to}\"\nhours = \"08:00-18:00\"\nfloor = {{ checkout = 8 }}\n\n[seasons.winter]\nfrom = \"11-15\"\nto = \"01-07\"\nfloor = {{ checkout = 9 }}\n"
        );
        place.write("shop/calendar.toml", calendar.as_bytes());
        place.write("shop/territories.toml", b"[workloads.checkout]\nreplicas = { min = 2, max = 20 }\n");
        let run = place.run(&["renew", "-i", "shop"]);
        assert!(
            run.stdout.contains(&format!("  {name}: all year, as before\n")),
            "{}{}",
            run.stdout,
            run.stderr
        );
        assert!(run.stdout.contains("  winter: Sun 15 Nov 2026 - Thu 7 Jan 2027 -> "), "{}", run.stdout);
    }
}

/// As the runbook says it: on a working day before the plan's end, which is a public holiday's night. Nobody is woken then.
#[test]
fn the_plan_that_the_runbook_has_renewed_has_begun_before_the_old_one_ends() {
    let place = Workplace::reference();
    assert_eq!(place.run(&["generate"]).status, 0);
    let runbook = place.read("generated/runbook-seasonal.md");
    let (_, renewing) = runbook.split_once("## Renew the plan").unwrap();
    assert!(
        renewing.contains("working day on which the new files will be applied, 2026-12-31 at the latest")
    );
    assert!(renewing.contains("`seasonscale renew --from <day>`") && renewing.contains("on that day"));
    let guide = place.read("generated/README.md");
    assert!(
        guide.contains("`seasonscale renew --from DATE`") && guide.contains("a working day before that end")
    );
    let run = place.run(&["renew", "--from", "2026-12-28"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let run = place.run(&["generate", "--today", "2026-12-28"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let rules = place.read("generated/alerts-scaling.yml");
    // 00:00 on 28 December 2027, Europe/Berlin.
    assert!(rules.contains("expr: vector(1829948400)"), "{rules}");
    assert!(rules.contains("`seasonscale renew --from`"));
}

#[test]
fn a_plan_that_does_not_compile_can_be_moved_back() {
    let place = shop();
    place.edit(
        "shop/calendar.toml",
        "[seasons.summer]",
        "[holidays.feasts]\neid = [\"2026-05-27\"]\n\n[seasons.eid]\nfrom = \"01-01\"\nto = \"12-31\"\ndays = \"holidays\"\nfloor = { checkout = 9 }\n\n[seasons.summer]",
    );
    place.write(
        "shop/territories.toml",
        b"[platform]\nholidays = [\"feasts\"]\n[workloads.checkout]\nreplicas = { min = 2, max = 20 }\n",
    );
    let before = place.read("shop/calendar.toml");
    let run = place.run(&["renew", "-i", "shop"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let way = "seasonscale renew --from 2026-01-01 --until 2027-01-01";
    assert!(run.stderr.contains(way), "{}", run.stderr);
    let forth = place.run(&["renew", "-i", "shop"]);
    assert_eq!((forth.status, forth.stderr.contains("nothing was written")), (1, true), "{}", forth.stderr);
    let further = place.run(&["renew", "-i", "shop", "--from", "2030-01-01"]);
    assert_eq!((further.status, further.stderr.contains("nothing was written")), (1, true));
    let back = place.run(&["renew", "-i", "shop", "--from", "2026-01-01", "--until", "2027-01-01"]);
    assert_eq!(back.status, 0, "{}", back.stderr);
    assert_eq!(place.read("shop/calendar.toml"), before);
}
