//! Commands on a policy of nothing but ScaledObjects of others, two of which have one name in two namespaces.

use crate::cli::Workplace;

const OBJECTS: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: checkout, namespace: shop}
spec:
  scaleTargetRef: {name: checkout}
  minReplicaCount: 2
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: checkout, namespace: search}
spec:
  scaleTargetRef: {name: checkout}
  minReplicaCount: 1
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]
";

const CALENDAR: &str = "[plan]
from = 2026-01-01
until = 2027-01-01

[seasons.sale]
from = \"11-20\"
to = \"11-30\"
floor = { of-shop = 12, of-search = 3 }
";

const TERRITORIES: &str = "[platform]
zone = \"UTC\"
prometheus-url = \"http://prometheus:9090\"

[workloads.of-shop]
scaledobject = { file = \"base.yaml\", name = \"checkout\", namespace = \"shop\" }

[workloads.of-search]
scaledobject = { file = \"base.yaml\", name = \"checkout\", namespace = \"search\" }
";

fn place(objects: &str) -> Workplace {
    let place = Workplace::empty();
    place.write("policies/calendar.toml", CALENDAR.as_bytes());
    place.write("policies/territories.toml", TERRITORIES.as_bytes());
    place.write("policies/base.yaml", objects.as_bytes());
    place
}

#[test]
fn each_is_explained_by_its_own_object() {
    let place = place(OBJECTS);
    assert_eq!(place.run(&["generate"]).status, 0);
    for (name, floor) in
        [("of-shop", "12"), ("shop/checkout", "12"), ("of-search", "3"), ("search/checkout", "3")]
    {
        let run = place.run(&["explain", name, "--at", "2026-11-24 12:00"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stdout.contains(&format!("holds {floor} now, as planned")), "{name}: {}", run.stdout);
    }
    let both = place.run(&["explain", "checkout", "--at", "2026-11-24 12:00"]);
    assert_eq!(both.status, 2);
    assert!(both.stderr.contains("shop/checkout, search/checkout"), "{}", both.stderr);
}

#[test]
fn a_change_of_one_is_reviewed() {
    let place = place(OBJECTS);
    let before = CALENDAR.replace("of-shop = 12", "of-shop = 9");
    place.write("before/calendar.toml", before.as_bytes());
    place.write("before/territories.toml", TERRITORIES.as_bytes());
    place.write("before/base.yaml", OBJECTS.as_bytes());
    for format in ["text", "markdown", "json", "html"] {
        let run = place.run(&["review", "--against", "before", "--format", format]);
        assert_eq!(run.status, 0, "{format}: {}", run.stderr);
        assert!(run.stdout.contains("12"), "{format}: {}", run.stdout);
    }
}

#[test]
fn two_that_would_share_an_hpa_are_refused() {
    let named = |minimum: &str| {
        let own = format!(
            "  minReplicaCount: {minimum}\n  advanced: {{horizontalPodAutoscalerConfig: {{name: one}}}}\n"
        );
        OBJECTS.replace(&format!("  minReplicaCount: {minimum}\n"), &own)
    };
    // The same name in two namespaces is two HPAs.
    let apart = place(&named("2").replace(
        "  minReplicaCount: 1\n",
        "  minReplicaCount: 1\n  advanced: {horizontalPodAutoscalerConfig: {name: one}}\n",
    ));
    assert_eq!(apart.run(&["generate"]).status, 0);
    let together = named("2")
        .replace("namespace: search", "namespace: shop")
        .replacen("name: checkout, namespace: shop}\nspec:\n  scaleTargetRef: {name: checkout}\n  minReplicaCount: 1", "name: other, namespace: shop}\nspec:\n  scaleTargetRef: {name: other}\n  minReplicaCount: 1\n  advanced: {horizontalPodAutoscalerConfig: {name: one}}", 1);
    let place = place(&together);
    let territories = TERRITORIES
        .replace("name = \"checkout\", namespace = \"search\"", "name = \"other\", namespace = \"shop\"");
    place.write("policies/territories.toml", territories.as_bytes());
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("two targets would have the HPA `one`"), "{}", run.stderr);
}

#[test]
fn another_form_takes_no_floors_away() {
    let place = place(OBJECTS);
    assert_eq!(place.run(&["generate"]).status, 0);
    let patches = TERRITORIES.replace("[platform]\n", "[platform]\nkeda-form = \"patches\"\n");
    place.write("policies/territories.toml", patches.as_bytes());
    let run = place.run(&["generate", "--prune"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(!run.stderr.contains("gone from the plan"), "{}", run.stderr);
    // What the plan no longer has is still told.
    let fewer = TERRITORIES.replace(&TERRITORIES[TERRITORIES.find("[workloads.of-search]").unwrap()..], "");
    place.write("policies/territories.toml", TERRITORIES.as_bytes());
    assert_eq!(place.run(&["generate"]).status, 0);
    place.write("policies/territories.toml", fewer.as_bytes());
    place.write("policies/calendar.toml", CALENDAR.replace(", of-search = 3", "").as_bytes());
    let run = place.run(&["generate"]);
    assert!(run.stderr.contains("gone from the plan: kubectl -n search"), "{}", run.stderr);
}

#[test]
fn simulate_asks_which_of_two_is_meant() {
    let place = place(OBJECTS);
    let both = place.run(&["simulate", "--target", "checkout"]);
    assert_eq!(both.status, 2);
    assert!(both.stderr.contains("shop/checkout, search/checkout"), "{}", both.stderr);
    let one = place.run(&["simulate", "--target", "search/checkout"]);
    assert!(!one.stderr.contains("could be"), "{}", one.stderr);
    assert_eq!(one.stderr.matches("checkout:").count(), 1, "{}", one.stderr);
}

#[test]
fn what_is_paused_is_explained_as_not_in_force() {
    let annotation =
        "metadata: {name: checkout, namespace: shop, annotations: {autoscaling.keda.sh/paused: \"true\"}}";
    let place = place(&OBJECTS.replace("metadata: {name: checkout, namespace: shop}", annotation));
    let run = place.run(&["explain", "of-shop", "--at", "2026-11-24 12:00"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(
        run.stdout.contains("Not in force: an annotation pauses it; it would hold 12."),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("as planned"), "{}", run.stdout);
    let json = place.run(&["explain", "of-shop", "--at", "2026-11-24 12:00", "--format", "json"]);
    assert!(
        json.stdout.contains("\"halted\": \"paused\"") && json.stdout.contains("\"agrees\": false"),
        "{}",
        json.stdout
    );
    let other = place.run(&["explain", "of-search", "--at", "2026-11-24 12:00"]);
    assert_eq!(other.status, 0, "{}", other.stdout);
    assert!(other.stdout.contains("holds 3 now, as planned"), "{}", other.stdout);
}

/// Lines of a text that have a name which two objects share, and not the namespace in front of it or in a cell of its own.
fn bare<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let is_bare = |line: &&str| {
        let cell = format!("| `{name}` | `");
        line.contains(&format!("`{name}`")) && !line.contains(&cell) || line.starts_with(&format!("{name}:"))
    };
    text.lines().filter(is_bare).collect()
}

#[test]
fn wherever_two_share_a_name_the_namespace_is_said() {
    let both = place(OBJECTS);
    assert_eq!(both.run(&["generate"]).status, 0);
    for (file, row) in [
        ("generated/runbook-seasonal.md", "| `search/checkout` | 1..100 | 3 |"),
        ("generated/README.md", "| `search/checkout` | 1 to 100 | 3 |"),
    ] {
        let text = both.read(file);
        assert!(text.contains(row), "{file}: {text}");
        assert_eq!(bare(&text, "checkout"), [""; 0], "{file}");
    }
    for format in ["text", "markdown", "json", "html"] {
        let run = both.run(&["review", "--format", format, "--today", "2026-06-01"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        for name in ["shop/checkout", "search/checkout"] {
            assert!(
                run.stdout.contains(name) || run.stdout.contains(&name.replace('/', "&#x2f;")),
                "{format}: {}",
                run.stdout
            );
        }
    }
    let explained = both.run(&["explain", "search/checkout", "--at", "2026-11-24 12:00"]);
    assert!(explained.stdout.starts_with("search/checkout: floor 3\n"), "{}", explained.stdout);
    // Where nobody shares a name, none is said.
    let alone = place(&OBJECTS.replace("name: checkout, namespace: search", "name: find, namespace: search"));
    let territories = TERRITORIES.replace("name = \"checkout\", namespace = \"search\"", "name = \"find\"");
    alone.write("policies/territories.toml", territories.as_bytes());
    assert_eq!(alone.run(&["generate"]).status, 0);
    assert!(alone.read("generated/README.md").contains("| `find` | 1 to 100 | 3 |"));
    let explained = alone.run(&["explain", "find", "--at", "2026-11-24 12:00"]);
    assert!(explained.stdout.starts_with("find: floor 3\n"), "{}", explained.stdout);
}

#[test]
fn a_trigger_that_both_have_is_reviewed_in_both() {
    let place = place(OBJECTS);
    place.write("before/calendar.toml", CALENDAR.replace("12,", "9,").replace("= 3", "= 2").as_bytes());
    place.write("before/territories.toml", TERRITORIES.as_bytes());
    place.write("before/base.yaml", OBJECTS.as_bytes());
    let run = place.run(&["review", "--against", "before"]);
    for name in ["shop/checkout", "search/checkout"] {
        assert!(run.stdout.contains(&format!("{name}, trigger `seasonscale_sale`")), "{}", run.stdout);
    }
}

#[test]
fn commands_of_the_guide_have_the_namespace_of_the_objects() {
    let place = place(OBJECTS);
    assert_eq!(place.run(&["generate"]).status, 0);
    let guide = place.read("generated/README.md");
    assert!(
        guide.contains("namespaces `search`, `shop` |")
            && guide.contains("`kubectl get namespace search shop`")
    );
    assert!(guide.contains("`kubectl -n NAMESPACE annotate scaledobject NAME"), "{guide}");
    assert!(!guide.contains("default"), "{guide}");
    // All in the plan's own: that one is written.
    let one =
        OBJECTS.replace("namespace: search", "namespace: shop").replacen("name: checkout", "name: find", 4);
    let one = one.replacen("name: find", "name: checkout", 2);
    place.write("policies/base.yaml", one.as_bytes());
    let territories = TERRITORIES.replace("[platform]\n", "[platform]\nnamespace = \"shop\"\n");
    let territories = territories.replace("name = \"checkout\", namespace = \"search\"", "name = \"find\"");
    place.write("policies/territories.toml", territories.as_bytes());
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let guide = place.read("generated/README.md");
    assert!(
        guide.contains("namespace `shop` |") && guide.contains("`kubectl -n shop annotate scaledobject NAME"),
        "{guide}"
    );
}

#[test]
fn what_import_says_of_two_of_one_name_is_told_apart() {
    let place = Workplace::empty();
    let cron = "    - {type: cron, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: \"5\"}}\n";
    let objects: String =
        OBJECTS
            .lines()
            .map(|line| {
                if line.contains("triggers:") { format!("  triggers:\n{cron}") } else { format!("{line}\n") }
            })
            .collect();
    place.write("all.yaml", objects.as_bytes());
    let run = place.run(&["import", "all.yaml", "--out", "policies", "--today", "2026-06-01"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for name in ["shop/checkout", "search/checkout"] {
        assert!(run.stderr.contains(&format!("  equal    {name}, and the whole object")), "{}", run.stderr);
    }
}

#[test]
fn explain_names_the_file_that_has_the_trigger() {
    let place = place(OBJECTS);
    for (form, file) in [("patches", "keda-patches/kustomization.yaml"), ("triggers", "keda-triggers.yaml")] {
        let territories =
            TERRITORIES.replace("[platform]\n", &format!("[platform]\nkeda-form = \"{form}\"\n"));
        place.write("policies/territories.toml", territories.as_bytes());
        assert_eq!(place.run(&["generate", "--prune"]).status, 0);
        let made = place.read(&format!("generated/{file}"));
        for (name, which, trigger_of_owner) in [("shop/checkout", 0, 7), ("search/checkout", 1, 15)] {
            let run = place.run(&["explain", name, "--at", "2026-11-24 12:00"]);
            assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
            let names = made.lines().enumerate().filter(|(_, line)| line.trim() == "name: seasonscale_sale");
            let line = names.map(|(at, _)| at + 1).nth(which).unwrap();
            let said = format!("`seasonscale_sale`, generated/{file}:{line}, triggers[1]");
            assert!(run.stdout.contains(&said), "{said}\n{}", run.stdout);
            let owner = format!("`cpu`, policies/base.yaml:{trigger_of_owner}, triggers[0]");
            assert!(run.stdout.contains(&owner), "{owner}\n{}", run.stdout);
            assert!(!run.stdout.contains("keda-scalers.yaml"), "{}", run.stdout);
        }
        let quiet = place.run(&["explain", "shop/checkout", "--at", "2026-06-01 12:00"]);
        assert!(quiet.stdout.contains("minReplicaCount 2, policies/base.yaml:6\n"), "{}", quiet.stdout);
        let json = place.run(&["explain", "shop/checkout", "--at", "2026-11-24 12:00", "--format", "json"]);
        assert!(json.stdout.contains("\"file\": \"policies/base.yaml\""), "{}", json.stdout);
    }
}

#[test]
fn a_name_that_is_written_to_the_letter_is_meant_before_one_that_looks_like_it() {
    // `shop-checkout` beside `shop/checkout`.
    let third = "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: shop-checkout, namespace: till}\nspec:\n  scaleTargetRef: {name: shop-checkout}\n  minReplicaCount: 4\n  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]\n";
    let place = place(&format!("{OBJECTS}{third}"));
    let territories = format!(
        "{TERRITORIES}\n[workloads.third]\nscaledobject = {{ file = \"base.yaml\", name = \"shop-checkout\" }}\n"
    );
    place.write("policies/territories.toml", territories.as_bytes());
    for (name, said) in [("shop/checkout", "holds 12 now"), ("shop-checkout", "holds 4 now")] {
        let run = place.run(&["explain", name, "--at", "2026-11-24 12:00"]);
        assert!(run.status == 0 && run.stdout.contains(said), "{name}: {}{}", run.stdout, run.stderr);
    }
    // What is written in neither way could be both.
    let run = place.run(&["explain", "shop checkout", "--at", "2026-11-24 12:00"]);
    assert!(run.status == 2 && run.stderr.contains("could be"), "{}", run.stderr);
}
