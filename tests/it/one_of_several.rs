//! A command about one policy of a project holds it against the others, which are not made: they are for the same cluster.

use crate::cli::{Run, Workplace};
use crate::project::two;

fn each(place: &Workplace, name: &str) -> Vec<Run> {
    let commands: [&[&str]; 3] =
        [&["generate", name, "-q"], &["check", name, "-q"], &["review", name, "--format", "markdown"]];
    commands.iter().map(|command| place.run(&[command, &["--today", "2027-06-01"][..]].concat())).collect()
}

/// Both policies are one.
fn alike() -> Workplace {
    let place = two();
    for file in ["calendar.toml", "territories.toml"] {
        place.write(&format!("till/{file}"), place.read(&format!("shop/{file}")).as_bytes());
    }
    place
}

#[test]
fn what_it_shares_with_the_others_is_found_by_every_command() {
    for name in ["shop", "till"] {
        for run in each(&alike(), name) {
            assert_eq!(run.status, 0, "{}", run.stderr);
            for rule in ["shared-object", "shared-plan-name"] {
                assert_eq!(
                    run.stderr.matches(&format!("warning[{rule}]")).count(),
                    1,
                    "{name}: {}",
                    run.stderr
                );
            }
        }
    }
    // Nothing is made or said of the other one.
    let place = alike();
    let made = place.run(&["generate", "till", "--today", "2027-06-01"]);
    assert!(!place.path("made/shop").exists() && !made.stderr.contains("made/shop"), "{}", made.stderr);
}

#[test]
fn what_has_nothing_in_common_with_it_is_silent() {
    let elsewhere = alike();
    let project = format!("{}cluster = \"staging\"\n", elsewhere.read("seasonscale.toml"));
    let shop = "[policies.shop]\n";
    let project = project.replacen(shop, &format!("{shop}cluster = \"production\"\n"), 1);
    elsewhere.write("seasonscale.toml", project.as_bytes());
    for place in [two(), elsewhere] {
        for run in each(&place, "shop") {
            assert!(run.status == 0 && !run.stderr.contains("shared-"), "{}", run.stderr);
        }
    }
    // A policy that is asked for by its folder alone is held against nothing.
    let place = alike();
    let run = place.run(&["review", "-i", "policies", "--today", "2026-06-01"]);
    assert!(!run.stderr.contains("shared-"), "{}", run.stderr);
}

#[test]
fn two_objects_that_would_own_one_hpa_are_found_across_policies() {
    let place = two();
    assert_eq!(place.run(&["generate", "shop", "-q"]).status, 0);
    let made = place.read("made/shop/keda-scalers.yaml");
    let target = made.lines().find_map(|line| line.strip_prefix("  name: ")).unwrap().to_owned();
    place.write(
        "till/territories.toml",
        b"[workloads.checkout]\nscaledobject = \"base.yaml\"\nzone = \"UTC\"\n",
    );
    for (namespace, hpa, expected) in [
        ("shop", format!("keda-hpa-{target}"), true),
        ("till", format!("keda-hpa-{target}"), false),
        ("shop", "another".to_owned(), false),
    ] {
        let object = format!(
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {{name: other, namespace: {namespace}}}\nspec:\n  scaleTargetRef: {{name: other}}\n  minReplicaCount: 2\n  maxReplicaCount: 20\n  advanced: {{horizontalPodAutoscalerConfig: {{name: {hpa}}}}}\n  triggers: []\n"
        );
        place.write("till/base.yaml", object.as_bytes());
        for run in each(&place, "till") {
            assert_eq!(run.status, 0, "{}", run.stderr);
            let found = run.stderr.contains(&format!("would have one HPA: `{namespace}/{hpa}`"));
            assert_eq!(found, expected, "{}", run.stderr);
        }
    }
}

#[test]
fn a_policy_that_cannot_be_read_is_named_and_stops_nothing() {
    let place = two();
    place.edit("shop/calendar.toml", "floor", "flor");
    for run in each(&place, "till") {
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stderr.contains("policy `shop` cannot be read"), "{}", run.stderr);
    }
}
