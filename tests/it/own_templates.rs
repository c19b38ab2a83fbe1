//! Templates of the user's own: what they may change, what verification refuses, and what is said of them.

use crate::cli::Workplace;

#[test]
fn a_template_is_replaced_one_by_one_and_a_broken_one_is_a_finding() {
    let place = Workplace::reference();
    let original = place.run(&["templates", "scaledobjects.yaml.j2"]).stdout;
    let changed = original.replace("# KEDA ScaledObjects", "# Our ScaledObjects");
    place.write("own/scaledobjects.yaml.j2", changed.as_bytes());
    let run = place.run(&["generate", "--templates", "own", "--only", "keda", "-o", "-"]);
    assert!(run.stdout.starts_with("# Our ScaledObjects"), "{}", run.stderr);
    let object = place.run(&["templates", "scaledobject.yaml.j2"]).stdout;
    place.write("own/scaledobject.yaml.j2", object.replace("object.name", "object.nam").as_bytes());
    let broken = place.run(&["generate", "--templates", "own"]);
    assert_eq!(broken.status, 1);
    insta::assert_snapshot!(broken.stderr);
    place.write("own/scaledobjcts.yaml.j2", b"");
    assert!(
        place
            .run(&["generate", "--templates", "own"])
            .stderr
            .contains("no template is called `scaledobjcts.yaml.j2`")
    );
}

#[test]
fn a_template_that_breaks_a_promise_is_refused_by_verification() {
    let place = Workplace::reference();
    let original = place.run(&["templates", "scaledobject.yaml.j2"]).stdout;
    place.write(
        "own/scaledobject.yaml.j2",
        original.replace("minReplicaCount: << object.min >>", "minReplicaCount: 0").as_bytes(),
    );
    let run = place.run(&["generate", "--templates", "own"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(!place.path("generated").exists());
}

#[test]
fn what_no_policy_says_is_a_users_to_change_and_every_run_says_so() {
    let place = Workplace::reference();
    let own = |name: &str, from: &str, to: &str| {
        let original = place.run(&["templates", name]).stdout;
        assert!(original.contains(from), "{name}: {from}");
        place.write(&format!("own/{name}"), original.replacen(from, to, 1).as_bytes());
    };
    own("alerts/scaling.yml.j2", "[3m])) > 3", "[3m])) > 5");
    own(
        "deployment.yaml.j2",
        "            - name: WORKLOAD",
        "            - {name: OWN, value: x}\n            - name: WORKLOAD",
    );
    own(
        "runbook/alerts/scaling.md.j2",
        "* **Escalate**: when the database is the limit, to its owner.\n",
        "",
    );
    let run = place.run(&["generate", "--templates", "own"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said: Vec<&str> = run.stderr.lines().filter(|line| line.contains("is yours")).collect();
    insta::assert_snapshot!(said.join("\n"));
    assert!(place.read("generated/alerts-scaling.yml").contains("> 5"));
    let check = place.run(&["check", "--templates", "own", "--today", "2026-06-01"]);
    assert_eq!(
        (check.status, check.stderr.contains("alerts/scaling.yml.j2 is yours")),
        (0, true),
        "{}",
        check.stderr
    );
    // A limit of the policy is not a template's to change.
    own("alerts/journal.yml.j2", "> << gates.outbox_lag >>", "> 2 * << gates.outbox_lag >>");
    let refused = place.run(&["generate", "--templates", "own"]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("the lag of the outbox"), "{}", refused.stderr);
}

#[test]
fn what_an_own_template_breaks_elsewhere_is_not_called_a_bug() {
    let place = Workplace::reference();
    let name = "alerts/business.yml.j2";
    let own = "      - alert: Own\n        expr: vector(1) > 2\n        labels: {severity: warning}\n        annotations: {summary: x}\n";
    let original = place.run(&["templates", name]).stdout;
    place.write(&format!("own/{name}"), format!("{original}{own}").as_bytes());
    let run = place.run(&["generate", "--templates", "own"]);
    assert_eq!(run.status, 1);
    // The tests of the alerts are made by templates of ours.
    assert!(run.stderr.contains("no test makes Own fire"), "{}", run.stderr);
    assert!(run.stderr.contains("alerts/business.yml.j2 is yours, and this comes of"), "{}", run.stderr);
    assert!(!run.stderr.contains("report this as a bug"), "{}", run.stderr);
    assert!(run.stderr.contains("write its tests into `alert-tests/alerts.test.yml.j2`"), "{}", run.stderr);
}

#[test]
fn what_becomes_of_alerts_that_an_own_template_doubles_or_leaves_out_is_said() {
    let place = Workplace::reference();
    let name = "alerts/scaling.yml.j2";
    let original = place.run(&["templates", name]).stdout;
    let (before, last) = original.split_once("      - alert: ScheduleDrift\n").unwrap();
    let generate = |text: &str| {
        place.write(&format!("own/{name}"), text.as_bytes());
        place.run(&["generate", "--templates", "own"])
    };
    let again = |change: &dyn Fn(&str) -> String| {
        format!("{original}{}", change(&format!("      - alert: ScheduleDrift\n{last}")))
    };
    let run = generate(&again(&|alert| alert.replace("for: 10m", "for: 20m")));
    let said = "two alerts are called ScheduleDrift and have the same labels";
    assert!(run.stderr.contains(said) && run.stderr.contains("call it otherwise"), "{}", run.stderr);
    let run = generate(before);
    let said = "a link leads to `#scheduledrift`, which is not a section";
    assert_eq!(run.stderr.matches(said).count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("the runbook's templates as well"), "{}", run.stderr);
    // With the links taken out it is whole again.
    for name in place.run(&["templates"]).stdout.lines().filter(|name| name.starts_with("runbook/")) {
        let text = place.run(&["templates", name]).stdout;
        if text.contains("(#scheduledrift)") {
            let text = text.replace("(#scheduledrift)", "(#changing-a-floor)");
            place.write(&format!("own/{name}"), text.as_bytes());
        }
    }
    let run = generate(before);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

/// An alert of the user's own under a name that there is already.
#[test]
fn a_second_alert_of_one_name_is_found_and_said_to_be_yours() {
    let place = Workplace::reference();
    let name = "alerts/scaling.yml.j2";
    let own = "      - alert: ReplicasBelowFloor\n        expr: vector(1) > 2\n        labels: {severity: info, category: scaling, cause: serving, team: pay}\n        annotations: {summary: x, description: x, runbook_url: \"<< runbook_url|safe >>#replicasbelowfloor\"}\n";
    let original = place.run(&["templates", name]).stdout;
    assert!(original.contains("- alert: ReplicasBelowFloor"), "{original}");
    place.write(&format!("own/{name}"), format!("{original}{own}").as_bytes());
    let run = place.run(&["generate", "--templates", "own"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    insta::assert_snapshot!(run.stderr);
    // With a test of its own it is only said.
    let tests = "alert-tests/alerts.test.yml.j2";
    let test = "  - name: ours\n    alert_rule_test:\n      - eval_time: 5m\n        alertname: ReplicasBelowFloor\n        exp_alerts:\n          - exp_labels: {severity: info, category: scaling, cause: serving, team: pay, plan: freshplan, namespace: freshplan}\n";
    let text = place.run(&["templates", tests]).stdout;
    place.write(&format!("own/{tests}"), format!("{text}{test}").as_bytes());
    let run = place.run(&["generate", "--templates", "own"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said: Vec<&str> = run.stderr.lines().filter(|line| line.contains("ReplicasBelowFloor")).collect();
    insta::assert_snapshot!(said.join("\n"));
    // What the embedded templates make themselves is nobody's own.
    place.write(&format!("own/{name}"), original.as_bytes());
    std::fs::remove_file(place.path(&format!("own/{tests}"))).unwrap();
    let run = place.run(&["generate", "--templates", "own"]);
    assert_eq!((run.status, run.stderr.contains("alerts-scaling.yml:")), (0, false), "{}", run.stderr);
}
