//! What stands beside a ScaledObject in the input of `import`, or in the file that a policy names: where audit says that no
//! floor of it holds, `import` calls it neither equal nor proven, and `generate` refuses it. Of other files in the folder of the one
//! that a policy names `generate` only warns.

use crate::cli::{Run, Workplace};

const OBJECT: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { name: web }
  minReplicaCount: 2
  maxReplicaCount: 10
  triggers:
    - { type: cpu, name: load, metricType: Utilization, metadata: { value: \"60\" } }
";

const SCHEDULE: &str = "    - { type: cron, name: day, metadata: { timezone: Europe/Berlin, start: \"0 8 * * 1-5\", end: \"0 18 * * 1-5\", desiredReplicas: \"6\" } }
";

fn hpa(target: &str) -> String {
    format!(
        "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{ name: old, namespace: shop }}\nspec:\n  scaleTargetRef: {{ apiVersion: apps/v1, kind: Deployment, name: {target} }}\n  maxReplicas: 9\n"
    )
}

fn deployment(replicas: &str, resources: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: web, namespace: shop }}\nspec: {{ {replicas}selector: {{}}, template: {{ spec: {{ containers: [{{ name: web, image: web{resources} }}] }} }} }}\n"
    )
}

const REQUESTS: &str = ", resources: { requests: { cpu: 100m } }";

fn another(name: &str, target: &str) -> String {
    let other = OBJECT.replace("name: web, namespace", &format!("name: {name}, namespace"));
    format!("---\n{}", other.replace("{ name: web }", &format!("{{ name: {target} }}")))
}

fn imported(files: &[(&str, &str)]) -> (Workplace, Run) {
    let place = Workplace::empty();
    for (name, text) in files {
        place.write(&format!("k8s/{name}"), text.as_bytes());
    }
    let run = place.run(&["import", "k8s", "--out", "policies", "--today", "2026-06-01"]);
    (place, run)
}

/// The policy of the object alone, with more documents in its base file afterwards.
fn generated(beside: &str) -> Run {
    let (place, run) = imported(&[("web.yaml", &format!("{OBJECT}{SCHEDULE}"))]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let base = place.read("policies/base/web.yaml");
    place.write("policies/base/web.yaml", format!("{base}{beside}").as_bytes());
    place.run(&["generate", "--today", "2026-06-01"])
}

/// The same with more documents in another file of the base's folder.
fn generated_with((name, other): (&str, &str)) -> Run {
    let (place, run) = imported(&[("web.yaml", &format!("{OBJECT}{SCHEDULE}"))]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    place.write(&format!("policies/base/{name}"), other.as_bytes());
    place.run(&["generate", "--today", "2026-06-01"])
}

#[test]
fn what_stops_an_object_is_said_of_it_and_nothing_is_proved_or_made() {
    let web = format!("{OBJECT}{SCHEDULE}");
    for (beside, rule) in [
        (hpa("web"), "keda-second-autoscaler"),
        (deployment("", ""), "keda-request-missing"),
        (format!("{}---\n{web}", another("before", "web").trim_start_matches("---\n")), "keda-same-target"),
    ] {
        // The last has the object itself, behind the other one.
        let is_whole = beside.contains(SCHEDULE);
        let one = if is_whole { beside.clone() } else { format!("{web}{beside}") };
        let (place, run) = imported(&[("web.yaml", &one)]);
        assert_eq!(run.status, 1, "{rule}: {}", run.stderr);
        let said = run.stderr.lines().find(|line| line.contains(&format!("web: {rule}: ")));
        assert!(said.is_some() && !run.stderr.contains("  equal "), "{rule}: {}", run.stderr);
        assert!(!place.path("policies").exists(), "{rule}");
        if !is_whole {
            // It may stand in another file of the input.
            let (_, run) = imported(&[("other.yaml", &beside), ("web.yaml", &web)]);
            assert!(run.status == 1 && run.stderr.contains(&format!("web: {rule}: ")), "{}", run.stderr);
            let run = generated(&beside);
            let refused = format!("error[base-refused]: web: {rule}: ");
            assert!(run.status == 1 && run.stderr.contains(&refused), "{rule}: {}", run.stderr);
        }
    }
}

/// Nobody says that all files of a folder are applied together: they are patches, too, and variants for other clusters.
#[test]
fn an_autoscaler_in_another_file_of_the_folder_is_warned_of_and_stops_nothing() {
    let run = generated_with(("old-hpa.yaml", &hpa("web")));
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("warning[base-finding]: web: keda-second-autoscaler: "), "{}", run.stderr);
    assert!(run.stderr.contains("--> policies/base/web.yaml:3:19"), "{}", run.stderr);
    assert!(run.stderr.contains("(policies/base/old-hpa.yaml:4)"), "{}", run.stderr);
    let gone = format!("---\n$patch: delete\n{}", hpa("web").trim_start_matches("---\n"));
    let large = format!("{}# {}\n", hpa("web"), "x".repeat(1 << 20));
    for (name, other) in [
        (".old.yaml", hpa("web")),
        ("gone.yaml", gone),
        ("image.yaml", deployment("replicas: 3, ", "")),
        ("dump.yaml", large),
        ("staging.yaml", another("web", "web")),
    ] {
        let run = generated_with((name, &other));
        assert!(run.status == 0 && !run.stderr.contains("base-"), "{name}: {}", run.stderr);
    }
}

#[test]
fn what_audit_only_warns_of_is_said_and_stops_nothing() {
    let beside = deployment("replicas: 3, ", REQUESTS);
    let (_, run) = imported(&[("web.yaml", &format!("{OBJECT}{SCHEDULE}{beside}"))]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("web: workload-replicas: Deployment shop/web"), "{}", run.stderr);
    assert!(run.stderr.contains("  equal    web, and the whole object"), "{}", run.stderr);
    let run = generated(&beside);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("warning[base-finding]") && run.stderr.contains("workload-replicas"));
}

#[test]
fn what_has_no_say_in_an_object_is_silent() {
    let elsewhere = hpa("web").replace("namespace: shop", "namespace: pay");
    let owned = hpa("web").replace(
        "namespace: shop }",
        "namespace: shop, labels: { app.kubernetes.io/managed-by: keda-operator } }",
    );
    for beside in [hpa("api"), elsewhere, owned, deployment("", REQUESTS), another("api", "api")] {
        let (_, run) = imported(&[("web.yaml", &format!("{OBJECT}{SCHEDULE}{beside}"))]);
        assert_eq!(run.status, 0, "{beside}{}", run.stderr);
        assert!(run.stderr.contains("  equal    web, and the whole object"), "{beside}{}", run.stderr);
        if !beside.contains("ScaledObject") {
            for run in [generated(&beside), generated_with(("other.yaml", &beside))] {
                let is_silent = !run.stderr.contains("base-");
                assert!(run.status == 0 && is_silent, "{beside}{}", run.stderr);
            }
        }
    }
}

#[test]
fn names_of_triggers_that_repeat_are_a_refusal_and_not_equal() {
    let twice = SCHEDULE.replace("name: day", "name: load");
    for form in [&[][..], &["--owned"]] {
        let place = Workplace::empty();
        place.write("web.yaml", format!("{OBJECT}{twice}").as_bytes());
        let run = place.run(&[&["import", "web.yaml", "--today", "2026-06-01"], form].concat());
        assert_eq!(run.status, 1, "{form:?}: {}", run.stderr);
        let refused = "  refused  web (web.yaml:3:19): keda-trigger-names: trigger 0 is called load too";
        assert!(run.stderr.contains(refused) && !run.stderr.contains("  equal "), "{}", run.stderr);
        assert!(run.stderr.contains("KEDA refuses the one object as it is"), "{}", run.stderr);
    }
    // Beside another one, which is proved.
    let other = another("api", "api") + SCHEDULE;
    let (_, run) = imported(&[("web.yaml", &format!("{OBJECT}{twice}{other}"))]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("  equal    api, and the whole object"), "{}", run.stderr);
    assert!(run.stderr.contains("KEDA refuses 1 object as it is"), "{}", run.stderr);
}

#[test]
fn what_says_no_namespace_is_where_the_plan_is_applied() {
    let bare = format!("{OBJECT}{SCHEDULE}").replace("name: web, namespace: shop", "name: web");
    for (namespace, is_refused) in [("namespace: default", true), ("namespace: pay", false)] {
        let (place, run) = imported(&[("web.yaml", &bare)]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let base = place.read("policies/base/web.yaml");
        let beside = hpa("web").replace("namespace: shop", namespace);
        place.write("policies/base/web.yaml", format!("{base}{beside}").as_bytes());
        let run = place.run(&["generate", "--today", "2026-06-01"]);
        assert_eq!(run.stderr.contains("keda-second-autoscaler"), is_refused, "{namespace}: {}", run.stderr);
        assert_eq!(run.status, i32::from(is_refused), "{namespace}: {}", run.stderr);
    }
}

#[test]
fn what_says_no_namespace_is_where_the_plan_puts_it_for_import_too() {
    let nowhere = format!("{OBJECT}{SCHEDULE}").replace(", namespace: shop", "");
    let of = |namespace: &str| hpa("web").trim_start_matches("---\n").replace(", namespace: shop", namespace);
    // A plan whose objects say none is for `default`; one whose objects all say the same is for that.
    let placed = format!("{OBJECT}{SCHEDULE}");
    for (object, beside) in [(&nowhere, of(", namespace: default")), (&placed, of(""))] {
        let (place, run) = imported(&[("web.yaml", object), ("old.yaml", &beside)]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(run.stderr.contains("web: keda-second-autoscaler: "), "{}", run.stderr);
        assert!(!place.path("policies").exists());
    }
    for (object, beside) in
        [(&nowhere, of(", namespace: shop")), (&placed, of(", namespace: default")), (&nowhere, hpa("other"))]
    {
        let (_, run) = imported(&[("web.yaml", object), ("old.yaml", &beside)]);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    // The variant of another cluster, in a folder of its own, is nobody's neighbour.
    let beside = of(", namespace: default");
    let (_, run) = imported(&[("web.yaml", &nowhere), ("other/old.yaml", &beside)]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}
