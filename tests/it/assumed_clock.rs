//! A clock that nobody has said: UTC holds, and both `generate` and the head of what it makes say so.

use std::fs;

use crate::cli::{Run, Workplace};
use crate::policies;

const SAID: &str = "nobody says a `zone`";
const HEAD: &str = "# Windows whose time zone nobody has said are on UTC";

/// The smallest policy with this in its two files.
fn smallest(season: &str, territories: &str) -> Workplace {
    let place = Workplace::empty();
    let folder = policies::root().join("tests/cases/partial/smallest");
    let calendar = fs::read_to_string(folder.join("calendar.toml")).unwrap();
    place.write("policies/calendar.toml", (calendar + season).as_bytes());
    place.write("policies/territories.toml", territories.as_bytes());
    place
}

fn made(place: &Workplace) -> Run {
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run
}

const CHECKOUT: &str = "[workloads.checkout]\nreplicas = { min = 2, max = 20 }\n";

#[test]
fn utc_that_nobody_has_said_is_said_once_and_in_the_manifest() {
    for (floor, territories, whose) in [
        ("", CHECKOUT.to_owned(), "all windows are on UTC"),
        (
            "search = 9\n",
            CHECKOUT.to_owned() + "[workloads.search]\nreplicas = { min = 2, max = 20 }\n",
            "all windows are on UTC",
        ),
        (
            "",
            CHECKOUT.to_owned()
                + "rps-per-replica = 9\n[workloads.search]\nreplicas = { min = 2, max = 20 }\nrps-per-replica = 9\n[platform]\nprometheus-url = \"http://p:9090\"\n",
            "windows of `checkout` are on UTC",
        ),
    ] {
        let more = if floor.is_empty() {
            String::new()
        } else {
            format!("[seasons.more]\nfrom = \"03-01\"\nto = \"03-02\"\n[seasons.more.floor]\n{floor}")
        };
        let place = smallest(&more, &territories);
        let run = made(&place);
        assert_eq!(run.stderr.matches(SAID).count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains(whose), "{}", run.stderr);
        assert_eq!(place.read("generated/keda-scalers.yaml").matches(HEAD).count(), 1);
        assert_eq!(
            made(&place).stderr.matches(SAID).count(),
            1,
            "files that are there already change nothing"
        );
        let quiet = place.run(&["generate", "-q"]);
        assert_eq!((quiet.status, quiet.stderr.as_str()), (0, ""));
    }
}

#[test]
fn a_clock_that_somebody_has_said_is_not_spoken_of() {
    let zones = "[territories.EAST]\nzone = \"America/New_York\"\n[territories.WEST]\nzone = \"America/Los_Angeles\"\n";
    for (season, territories) in [
        ("", "[platform]\nzone = \"UTC\"\n".to_owned() + CHECKOUT),
        // One Deployment for territories that all have a clock: each season comes on theirs.
        ("", CHECKOUT.to_owned() + zones),
        ("zone = \"America/New_York\"\n", CHECKOUT.to_owned()),
    ] {
        let place = smallest(season, &territories);
        let run = made(&place);
        assert!(!run.stderr.contains(SAID), "{territories}\n{}", run.stderr);
        assert!(!place.read("generated/keda-scalers.yaml").contains(HEAD), "{territories}");
    }
}

#[test]
fn one_territory_without_a_clock_among_others_is_enough() {
    let zones = "[territories.EAST]\nzone = \"America/New_York\"\n[territories.WEST]\n";
    let place = smallest("", &(CHECKOUT.to_owned() + zones));
    assert!(made(&place).stderr.contains(SAID));
    assert!(place.read("generated/keda-scalers.yaml").contains(HEAD));
}

#[test]
fn each_form_of_triggers_for_objects_of_others_says_it_in_its_head() {
    for (form, file) in [
        ("objects", "keda-scalers.yaml"),
        ("patches", "keda-patches/kustomization.yaml"),
        ("triggers", "keda-triggers.yaml"),
    ] {
        for (zone, says) in [("", true), ("zone = \"Europe/Berlin\"\n", false)] {
            let territories = format!(
                "[workloads.checkout]\nscaledobject = \"base/kept.yaml\"\n{zone}[platform]\nkeda-form = \"{form}\"\n"
            );
            let place = smallest("", &territories);
            let kept = fs::read_to_string(policies::root().join("tests/cases/base/kept.yaml")).unwrap();
            let kept = kept.replace("maxReplicaCount: 8", "maxReplicaCount: 20");
            place.write("policies/base/kept.yaml", kept.as_bytes());
            let run = made(&place);
            assert_eq!(run.stderr.contains(SAID), says, "{form}: {}", run.stderr);
            assert_eq!(place.read(&format!("generated/{file}")).contains(HEAD), says, "{form}");
        }
    }
}
