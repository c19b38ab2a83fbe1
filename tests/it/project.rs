//! Several policies of one project, and what `generate` and `check` say of their files.

use std::fs;

use crate::cli::{Run, Workplace};
use crate::policies;

const TODAY: [&str; 2] = ["--today", "2027-06-01"];

/// Two policies, `shop` and `till`, and a project file that names them.
pub(crate) fn two() -> Workplace {
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

pub(crate) fn check(place: &Workplace, more: &[&str]) -> Run {
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

/// Two policies with these texts in the place of others in the second, both made of one, and what `generate` says of them.
fn beside(project: &str, changes: &[(&str, &str, &str)]) -> Run {
    let place = two();
    for file in ["calendar.toml", "territories.toml"] {
        place.write(&format!("till/{file}"), place.read(&format!("shop/{file}")).as_bytes());
    }
    for (file, from, to) in changes {
        place.edit(file, from, to);
    }
    place.write("seasonscale.toml", format!("{}{project}", place.read("seasonscale.toml")).as_bytes());
    let run = place.run(&["generate", "--today", "2027-06-01"]);
    let checked = check(&place, &["--quiet"]);
    for rule in ["shared-object", "shared-plan-name"] {
        assert_eq!(checked.stderr.contains(rule), run.stderr.contains(rule), "{}", checked.stderr);
    }
    run
}

#[test]
fn what_two_policies_of_one_cluster_have_in_common_is_found() {
    let found = |run: &Run| ["shared-object", "shared-plan-name"].map(|rule| run.stderr.contains(rule));
    let same = beside("", &[]);
    assert_eq!((same.status, found(&same)), (0, [true, true]), "{}", same.stderr);
    insta::assert_snapshot!(
        same.stderr.lines().filter(|line| !line.starts_with("created ")).collect::<Vec<_>>().join("\n")
    );
    // Other objects, a name of its own, another Prometheus, another cluster.
    let namespace = ("till/territories.toml", "\"shop\"\nprometheus", "\"till\"\nprometheus");
    assert_eq!(found(&beside("", &[namespace])), [false, false]);
    let named = ("till/calendar.toml", "[plan]\n", "[plan]\nname = \"till\"\n");
    assert_eq!(found(&beside("", &[named])), [true, false]);
    let elsewhere = ("till/territories.toml", "http://prometheus.", "http://other.");
    assert_eq!(found(&beside("", &[elsewhere])), [true, false]);
    // One that names no cluster may be for the same one.
    assert_eq!(found(&beside("cluster = \"staging\"\n", &[])), [true, true]);
    let both = ("seasonscale.toml", "[policies.shop]\n", "[policies.shop]\ncluster = \"production\"\n");
    assert_eq!(found(&beside("cluster = \"staging\"\n", &[both])), [false, false]);
}

#[test]
fn one_workload_by_two_objects_is_found_across_policies() {
    let place = two();
    let own = "[workloads.checkout]\nscaledobject = \"base.yaml\"\nzone = \"UTC\"\n";
    place.write("till/territories.toml", own.as_bytes());
    let object = |namespace: &str, target: &str| {
        format!(
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {{name: other, namespace: {namespace}}}\n\
             spec:\n  scaleTargetRef: {{name: {target}}}\n  minReplicaCount: 2\n  maxReplicaCount: 20\n  triggers: []\n"
        )
    };
    let manifest = place.run(&["generate", "shop", "-q"]);
    assert_eq!(manifest.status, 0, "{}", manifest.stderr);
    let made = place.read("made/shop/keda-scalers.yaml");
    let target = made.lines().find_map(|line| line.strip_prefix("  name: ")).unwrap().to_owned();
    for (namespace, target, expected) in
        [("shop", target.as_str(), true), ("till", target.as_str(), false), ("shop", "some-other", false)]
    {
        place.write("till/base.yaml", object(namespace, target).as_bytes());
        let run = place.run(&["generate", "--today", "2027-06-01"]);
        assert_eq!((run.status, run.stderr.contains("shared-object")), (0, expected), "{}", run.stderr);
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
    let lines: Vec<&str> = third.stderr.lines().collect();
    assert_eq!(lines.last(), Some(&"unchanged made/till: 5 files are as the policy says"), "{lines:?}");
    assert!(lines.len() == 2 && lines[0].contains("on UTC"), "{lines:?}");
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
fn what_is_about_one_policy_takes_the_only_one_of_a_project_from_any_folder_of_it() {
    let place = two();
    let project = "[policies.till]\nfolder = \"till\"\nout = \"made/till\"\n";
    place.write("seasonscale.toml", project.as_bytes());
    let explain = place.run_in("shop", &["explain", "checkout", "--at", "2027-11-26 12:00"]);
    assert_eq!(explain.status, 0, "{}", explain.stderr);
    assert!(explain.stdout.contains("black-friday"), "{}", explain.stdout);
    let simulate = place.run_in("shop", &["simulate"]);
    assert!(simulate.stderr.contains("nothing in the policy measures its load"), "{}", simulate.stderr);
    place.write("shop/one.ics", CALENDAR.as_bytes());
    let import = place.run_in("shop", &["import", "one.ics"]);
    assert!(import.stderr.contains("`Launch`: the policy has no territories"), "{}", import.stderr);
    let renew = place.run_in("shop", &["renew"]);
    assert_eq!(renew.status, 0, "{}", renew.stderr);
    assert!(place.read("till/calendar.toml").contains("until = 2029-01-01"));
    assert!(place.read("shop/calendar.toml").contains("until = 2028-01-01"));
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Launch\r\nDTSTART:20270928T090000Z\r\nDTEND:20270928T120000Z\r\nDESCRIPTION:floor: checkout=9\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn what_is_about_one_policy_wants_its_name_where_a_project_has_several() {
    let place = two();
    place.write("one.ics", CALENDAR.as_bytes());
    let asked: [(&[&str], &[&str], &str); 4] = [
        (
            &["explain", "checkout", "--at", "2027-11-26 12:00"],
            &["--policy", "till"],
            "seasonscale explain checkout --policy shop",
        ),
        (&["simulate"], &["till"], "seasonscale simulate shop"),
        (&["import", "one.ics"], &["--policy", "till"], "seasonscale import FILE --policy shop"),
        (&["renew"], &["till"], "seasonscale renew shop"),
    ];
    for (command, named, example) in asked {
        let run = place.run(command);
        assert_eq!(run.status, 2, "{command:?}: {}", run.stderr);
        assert!(
            run.stderr.contains(example) && run.stderr.contains("there are: shop, till"),
            "{}",
            run.stderr
        );
        let run = place.run(&[command, named].concat());
        assert_ne!(run.status, 2, "{command:?}: {}", run.stderr);
        let near = place.run(&[command, &named[..named.len() - 1], &["tilt"]].concat());
        assert_eq!((near.status, near.stderr.contains("did you mean `till`?")), (2, true), "{}", near.stderr);
    }
    // A finding that is nearly named needs no policy either.
    let near = place.run(&["explain", "cron-coverd"]);
    assert_eq!(
        (near.status, near.stderr.contains("the nearest is `cron-covered`")),
        (2, true),
        "{}",
        near.stderr
    );
    // Manifests need no policy, and the folder of the command line wins.
    let manifests = place.run(&["import", "--owned", "-"]);
    assert!(!manifests.stderr.contains("several policies"), "{}", manifests.stderr);
    let folder = place.run(&["explain", "checkout", "-i", "till", "--at", "2028-11-24 12:00"]);
    assert_eq!(folder.status, 0, "{}", folder.stderr);
    let both = place.run(&["renew", "shop", "till"]);
    assert_eq!(both.status, 0, "{}", both.stderr);
    for (name, until) in [("shop", "until = 2029-01-01"), ("till", "until = 2030-01-01")] {
        assert!(place.read(&format!("{name}/calendar.toml")).contains(until), "{name}");
    }
}

#[test]
fn files_are_not_made_among_those_that_they_are_made_of() {
    let place = two();
    let run = place.run(&["generate", "-i", "policies", "-o", "./policies/"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("the folder of the policy itself"), "{}", run.stderr);
    assert_eq!(place.run(&["generate", "-i", "policies", "-o", "policies/made"]).status, 0);
    place.edit("seasonscale.toml", "made/till", "till");
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("out = \"generated/till\""), "{}", run.stderr);
    assert!(!place.path("till/keda-scalers.yaml").exists());
}
