//! Several policies of one project, and what `generate` and `check` say of their files and of a cluster.

use std::fs;

use crate::cli::{Run, Workplace};
use crate::policies;

const TODAY: [&str; 2] = ["--today", "2027-06-01"];

/// Two policies, `shop` and `till`, and a project file that names them.
fn two() -> Workplace {
    let place = Workplace::reference();
    for (name, of) in [("shop", "shop-in-two-regions"), ("till", "smallest")] {
        for file in ["calendar.toml", "territories.toml"] {
            let text = fs::read(policies::root().join("tests/cases/partial").join(of).join(file)).unwrap();
            place.write(&format!("{name}/{file}"), &text);
        }
    }
    let project = "[policies.shop]\nfolder = \"shop\"\nout = \"made/shop\"\n\n[policies.till]\nfolder = \"till\"\nout = \"made/till\"\nown = [\"overlays/\", \"*.local.yaml\"]\n";
    place.write("seasonscale.toml", project.as_bytes());
    place
}

fn check(place: &Workplace, more: &[&str]) -> Run {
    place.run(&[&["check"], &TODAY[..], more].concat())
}

#[test]
fn all_policies_of_a_project_are_made_or_those_named_from_any_folder_of_it() {
    let place = two();
    assert_eq!(place.run(&["generate", "till"]).status, 0);
    assert!(place.path("made/till/keda-scalers.yaml").exists());
    assert!(!place.path("made/shop").exists());
    let run = place.run_in("shop", &["generate"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("created   ../made/shop/keda-scalers.yaml"), "{}", run.stderr);
    assert!(!place.path("shop/made").exists());
    assert_eq!(check(&place, &[]).status, 0);
    let review = place.run(&["review", "--today", "2027-06-01"]);
    assert_eq!(review.status, 0);
    assert!(review.stdout.starts_with("policy shop\n") && review.stdout.contains("\npolicy till\n"));
    let near = check(&place, &["tilt"]);
    assert_eq!((near.status, near.stderr.contains("did you mean `till`?")), (2, true), "{}", near.stderr);
}

#[test]
fn paths_of_the_command_line_win() {
    let place = two();
    assert_eq!(place.run(&["generate", "-i", "policies", "-o", "elsewhere"]).status, 0);
    assert!(place.path("elsewhere/keda-scalers.yaml").exists() && !place.path("made").exists());
    assert_eq!(place.run(&["generate", "-i", "till"]).status, 0);
    assert!(place.path("made/till/keda-scalers.yaml").exists());
    let both = place.run(&["generate", "-o", "elsewhere"]);
    assert_eq!((both.status, both.stderr.contains("one policy")), (2, true), "{}", both.stderr);
}

#[test]
fn two_policies_that_would_write_one_file_are_refused() {
    for out in ["made/till", "./made/till/", "made/till/deep", "made"] {
        let place = two();
        place.edit("seasonscale.toml", "made/shop", out);
        let run = place.run(&["generate"]);
        assert_eq!((run.status, run.stderr.contains("same-output")), (1, true), "{out}: {}", run.stderr);
        assert!(!place.path("made").exists());
    }
}

#[test]
fn a_wrong_project_file_is_a_finding_with_an_example() {
    let place = two();
    place.edit("seasonscale.toml", "folder = \"shop\"", "folder = 3\noutput = \"x\"");
    let run = place.run(&["check"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.stderr);
}

#[test]
fn where_one_policy_is_wrong_nothing_is_written_of_any() {
    let place = two();
    place.edit("shop/calendar.toml", "floor", "flor");
    assert_eq!(place.run(&["generate"]).status, 1);
    assert!(!place.path("made").exists());
}

#[test]
fn what_is_the_teams_own_is_named_once_and_is_nobodys_business_then() {
    let place = two();
    place.run(&["generate"]);
    place.write("made/till/overlays/kustomization.yaml", b"resources: []\n");
    place.write("made/till/a.local.yaml", b"a: b\n");
    assert_eq!(check(&place, &[]).status, 0);
    place.write("made/till/other.yaml", b"a: b\n");
    let run = check(&place, &[]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("not ours  made/till/other.yaml"), "{}", run.stderr);
    assert!(!run.stderr.contains("overlays") && !run.stderr.contains("a.local"), "{}", run.stderr);
}

#[test]
fn generate_lists_what_changed_and_is_silent_if_asked() {
    let place = two();
    let first = place.run(&["generate", "till", "--quiet"]);
    assert_eq!((first.status, first.stderr.as_str()), (0, ""));
    place.edit("till/calendar.toml", "checkout = 12", "checkout = 11");
    let second = place.run(&["generate", "till"]);
    assert!(second.stderr.contains("updated   made/till/keda-scalers.yaml"), "{}", second.stderr);
    assert!(!second.stderr.contains("kustomization.yaml"), "{}", second.stderr);
    let third = place.run(&["generate", "till"]);
    assert_eq!(third.stderr, "unchanged made/till: 5 files are as the policy says\n");
}

#[test]
fn check_is_silent_if_asked_but_for_what_differs() {
    let place = two();
    place.run(&["generate"]);
    assert!(check(&place, &[]).stderr.contains("say what the policy says"));
    let quiet = check(&place, &["-q"]);
    assert_eq!((quiet.status, quiet.stderr.as_str(), quiet.stdout.as_str()), (0, "", ""));
    let quiet = place.run(&["generate", "--check", "--quiet"]);
    assert!(quiet.status == 0 && !quiet.stderr.contains("what the policy says"), "{}", quiet.stderr);
    place.write("made/till/keda-scalers.yaml", b"a: b\n");
    let quiet = check(&place, &["--quiet"]);
    assert_eq!(quiet.status, 1);
    assert!(quiet.stderr.contains("stale     made/till/keda-scalers.yaml"), "{}", quiet.stderr);
}

#[test]
fn prune_removes_what_an_earlier_run_made_and_nothing_else() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    place.edit(
        "policies/territories.toml",
        "[gates]",
        "[artifacts]\nmake = [\"keda\", \"runbook\"]\n\n[gates]",
    );
    place.write("generated/own.yaml", b"a: b\n");
    let named = place.run(&["generate"]);
    assert!(named.stderr.contains("left over generated/deployments.yaml"), "{}", named.stderr);
    let pruned = place.run(&["generate", "--prune"]);
    assert_eq!(pruned.status, 0);
    assert!(pruned.stderr.contains("removed   generated/deployments.yaml"), "{}", pruned.stderr);
    assert!(
        !place.path("generated/deployments.yaml").exists() && !place.path("generated/dashboards").exists()
    );
    for kept in [
        "own.yaml",
        "V226__scaling_event_journal.sql",
        "U226__scaling_event_journal.sql",
        "keda-scalers.yaml",
    ] {
        assert!(place.path(&format!("generated/{kept}")).exists(), "{kept}");
    }
}

#[test]
fn prune_leaves_the_output_folder_of_another_policy_alone() {
    let place = two();
    place.remove("seasonscale.toml");
    place.run(&["generate", "-i", "shop", "-o", "made"]);
    place.run(&["generate", "-i", "till", "-o", "made/till"]);
    let run = place.run(&["generate", "-i", "shop", "-o", "made", "--prune"]);
    assert_eq!(run.status, 0);
    assert!(place.path("made/till/keda-scalers.yaml").exists(), "{}", run.stderr);
}

#[test]
fn an_object_that_is_gone_from_the_plan_is_named_with_the_command_that_removes_it() {
    let place = two();
    place.run(&["generate"]);
    for file in ["till/calendar.toml", "till/territories.toml"] {
        place.edit(file, "checkout", "basket");
    }
    let run = place.run(&["generate"]);
    let command = "gone from the plan: kubectl -n default delete scaledobject checkout\n";
    assert!(run.stderr.ends_with(command), "{}", run.stderr);
    assert!(!place.run(&["generate"]).stderr.contains("gone"), "once");
}

#[test]
fn a_file_that_is_not_made_is_a_finding_where_it_is_asked_for() {
    let place = two();
    for command in [["generate", "till", "-o", "-"], ["check", "till", "--today", "2027-06-01"]] {
        let run = place.run(&[&command[..], &["--only", "alerts"]].concat());
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
        assert!(run.stderr.contains("error[not-made]"), "{}", run.stderr);
    }
    assert_eq!(place.run(&["generate", "till", "-o", "-", "--only", "keda"]).status, 0);
}

#[test]
fn other_line_ends_are_one_line_and_a_long_diff_is_folded() {
    let place = two();
    place.run(&["generate"]);
    let file = "made/shop/keda-scalers.yaml";
    let text = place.read(file);
    place.write(file, text.replace('\n', "\r\n").as_bytes());
    let run = check(&place, &["shop"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stdout);
    assert!(
        run.stderr.starts_with("line ends made/shop/keda-scalers.yaml: its lines end in CRLF"),
        "{}",
        run.stderr
    );
    place.write(file, text.replace("e", "E").as_bytes());
    let folded = check(&place, &["shop"]).stdout;
    assert_eq!(folded.lines().count(), 201);
    assert!(folded.trim_end().ends_with("more lines of made/shop/keda-scalers.yaml: `--full` shows them"));
    assert!(check(&place, &["shop", "--full"]).stdout.lines().count() > 250);
}

#[test]
fn check_speaks_to_programs_as_audit_does() {
    let place = two();
    place.run(&["generate"]);
    place.edit("made/till/keda-scalers.yaml", "minReplicaCount: 2", "minReplicaCount: 3");
    place.edit("shop/calendar.toml", "floor = { checkout = 40 }", "flor = { checkout = 40 }");
    for format in ["github", "json", "sarif"] {
        let run = check(&place, &["--format", format]);
        assert_eq!(run.status, 1, "{format}");
        let text = if format == "sarif" {
            let log: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
            format!("{:#}", log["runs"][0]["results"])
        } else {
            run.stdout
        };
        insta::assert_snapshot!(format!("check_as_{format}"), text);
    }
    let in_actions = place.run_with(&[("GITHUB_ACTIONS", "true")], &["check", "--today", "2027-06-01"]);
    assert!(in_actions.stdout.starts_with("::error file=shop/calendar.toml"), "{}", in_actions.stdout);
}

#[test]
fn objects_of_a_cluster_that_differ_are_missing_or_are_left_over_are_named() {
    let place = two();
    place.run(&["generate"]);
    let made = place.read("made/shop/keda-scalers.yaml") + &place.read("made/till/keda-scalers.yaml");
    place.write("cluster.yaml", made.as_bytes());
    let same = check(&place, &["--cluster", "cluster.yaml"]);
    assert_eq!((same.status, same.stdout.as_str()), (0, ""), "{}", same.stderr);
    assert!(same.stderr.contains("6 objects are in the cluster as planned"), "{}", same.stderr);

    let other = made
        .replacen("maxReplicaCount: 60", "maxReplicaCount: 50", 1)
        .replace("name: worker\n", "name: runner\n");
    let kept = "---\nkind: ScaledObject\nmetadata: { name: feed, namespace: shop }\nspec:\n  triggers:\n    - { type: cron, name: seasonscale_christmas }\n";
    let of_others = kept.replace("feed", "own").replace("seasonscale_", "our_");
    let elsewhere = kept.replace("namespace: shop", "namespace: search");
    place.write("cluster.yaml", format!("{other}{kept}{of_others}{elsewhere}").as_bytes());
    let run = check(&place, &["--cluster", "cluster.yaml"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.stdout + &run.stderr);
}
