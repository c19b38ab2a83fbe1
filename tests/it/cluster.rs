//! What `check --cluster` says of the objects of a cluster.

use std::fs;
use std::process::Command;

use crate::cli::Workplace;
use crate::policies;
use crate::project::{check, two};

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

/// An object of a namespace that the plan has left says whose it is; one of another plan there is not this one's business.
#[test]
fn what_a_plan_left_behind_in_another_namespace_is_left_over() {
    let place = two();
    place.run(&["generate"]);
    let made = place.read("made/shop/keda-scalers.yaml");
    let own = made.lines().find_map(|line| line.trim().strip_prefix("seasonscale/plan: ")).unwrap();
    let behind = |plan: &str| {
        format!(
            "{made}---\nkind: ScaledObject\nmetadata: {{name: web, namespace: old, labels: {{app.kubernetes.io/managed-by: seasonscale}}, annotations: {{seasonscale/plan: {plan}}}}}\nspec: {{triggers: []}}\n"
        )
    };
    place.write("cluster.yaml", behind(own).as_bytes());
    let run = check(&place, &["shop", "--cluster", "cluster.yaml"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.contains("kubectl -n old delete scaledobject web"), "{}{}", run.stdout, run.stderr);
    place.write("cluster.yaml", behind("another").as_bytes());
    let run = check(&place, &["shop", "--cluster", "cluster.yaml"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn an_object_that_is_paused_deleted_broken_or_doubled_is_not_as_planned() {
    let place = two();
    place.run(&["generate"]);
    let made = place.read("made/shop/keda-scalers.yaml") + &place.read("made/till/keda-scalers.yaml");
    let against = |text: &str| {
        place.write("cluster.yaml", text.as_bytes());
        check(&place, &["--cluster", "cluster.yaml"])
    };
    let first = made.lines().find_map(|line| line.strip_prefix("  name: ")).unwrap();
    let annotated = |key: &str, value: &str| {
        let with = format!("metadata:\n  annotations:\n    autoscaling.keda.sh/{key}: \"{value}\"\n");
        let text = made.replacen("metadata:\n", &with, 1);
        // The object may have annotations of its own.
        match text.find("  annotations:\n    seasonscale") {
            Some(own) if own < text.find("spec:").unwrap() => {
                let text = made.replacen("  annotations:\n", &with["metadata:\n".len()..], 1);
                against(&text)
            }
            _ => against(&text),
        }
    };
    for (key, value) in [
        ("paused", "true"),
        ("paused-replicas", "0"),
        ("paused-scale-in", "true"),
        ("paused-scale-out", "true"),
    ] {
        let run = annotated(key, value);
        assert_eq!(run.status, 1, "{key}: {}", run.stderr);
        let back = format!("annotate scaledobject {first} autoscaling.keda.sh/{key}-");
        assert!(run.stdout.contains(&back), "{key}: {}", run.stdout);
    }
    let off = annotated("paused", "false");
    assert_eq!(off.status, 0, "{}", off.stdout);

    let deleted =
        made.replacen("metadata:\n", "metadata:\n  deletionTimestamp: \"2027-01-31T10:00:00Z\"\n", 1);
    let run = against(&deleted);
    assert!(run.status == 1 && run.stdout.contains("being deleted since 2027-01-31"), "{}", run.stdout);
    let status = |is: &str| {
        format!(
            "{made}\nstatus:\n  conditions:\n    - type: Ready\n      status: \"{is}\"\n      reason: ScaledObjectCheckFailed\n"
        )
    };
    let run = against(&status("False"));
    assert!(run.status == 1 && run.stdout.contains("not ready (ScaledObjectCheckFailed)"), "{}", run.stdout);
    assert_eq!(against(&status("True")).status, 0);

    let namespace = made.lines().find_map(|line| line.strip_prefix("  namespace: ")).unwrap();
    let scaled = made.split("scaleTargetRef:").nth(1).unwrap();
    let scaled = scaled.lines().find_map(|line| line.strip_prefix("    name: ")).unwrap();
    let second = |namespace: &str| {
        format!(
            "{made}\n---\nkind: ScaledObject\nmetadata: {{ name: foo, namespace: {namespace} }}\nspec:\n  scaleTargetRef: {{ name: {scaled} }}\n  triggers: []\n"
        )
    };
    let run = against(&second(namespace));
    assert!(
        run.status == 1 && run.stdout.contains("delete scaledobject foo"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert_eq!(against(&second("elsewhere")).status, 0);
}

/// A team's own object, to which our triggers come in this form; and the object as the team has it.
fn kept_by_a_team(form: &str) -> (Workplace, String) {
    let place = Workplace::empty();
    let own = fs::read_to_string(policies::root().join("tests/cases/base/kept.yaml")).unwrap();
    place.write("policies/base/kept.yaml", own.as_bytes());
    let calendar = "[plan]\nfrom = 2027-01-01\nuntil = 2028-01-01\n[seasons.december]\nfrom = \"12-01\"\nto = \"12-24\"\nfloor = { checkout = 6 }\n";
    place.write("policies/calendar.toml", calendar.as_bytes());
    let territories = format!(
        "[platform]\nkeda-form = \"{form}\"\n[workloads.checkout]\nscaledobject = \"base/kept.yaml\"\nzone = \"Europe/Berlin\"\n"
    );
    place.write("policies/territories.toml", territories.as_bytes());
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    (place, own)
}

/// The team's object once the triggers of a file are at its end, as `kubectl kustomize` or a chart puts them there.
fn applied(place: &Workplace, form: &str, own: &str) -> String {
    if form == "patches" {
        place.write("own.yaml", own.as_bytes());
        let overlay = b"resources: [own.yaml]\ncomponents: [generated/keda-patches]\n";
        place.write("kustomization.yaml", overlay);
        let run = Command::new("kubectl").arg("kustomize").arg(place.path(".")).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        return String::from_utf8(run.stdout).unwrap();
    }
    let values = place.read("generated/keda-triggers.yaml");
    let list = values.split_once("\ncheckout:\n").unwrap().1;
    let lines = list.lines().filter(|line| !line.trim_start().starts_with('#'));
    own.to_owned() + &lines.map(|line| format!("  {line}\n")).collect::<String>()
}

#[test]
fn a_cluster_is_held_against_the_plan_whatever_form_our_triggers_have() {
    for form in ["patches", "triggers"] {
        let (place, own) = kept_by_a_team(form);
        let there = applied(&place, form, &own);
        assert!(there.contains("seasonscale_december"), "{there}");
        let held = |text: &str| {
            place.write("cluster.yaml", text.as_bytes());
            check(&place, &["--cluster", "cluster.yaml"])
        };
        let same = held(&format!("{there}status:\n  health: {{}}\n"));
        assert_eq!((same.status, same.stdout.as_str()), (0, ""), "{form}: {}", same.stderr);
        assert!(
            same.stderr.contains("one object is") || same.stderr.contains("1 object is"),
            "{}",
            same.stderr
        );
        for (text, said) in [
            (
                there.replacen("\"6\"", "\"5\"", 1),
                "spec.triggers[1].metadata.desiredReplicas is \"5\", planned is \"6\"",
            ),
            (own.clone(), "spec.triggers has 1 elements, planned are 2"),
            (
                there.replacen("maxReplicaCount: 8", "maxReplicaCount: 5", 1),
                "spec.maxReplicaCount is 5, planned is 8",
            ),
            (String::new(), "missing"),
            (there.replacen("name: checkout\n", "name: other\n", 1), "left over"),
        ] {
            let run = held(&text);
            assert_eq!(run.status, 1, "{form}: {said}");
            let all = run.stdout + &run.stderr;
            assert!(all.contains(said), "{form}: {said}: {all}");
        }
    }
}
