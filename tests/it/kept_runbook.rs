//! The runbook of objects that others own: what it says to do is done here in the model of KEDA, and whom it names answers for it.

use seasonscale::simulate::keda::executor::{Activation, Executor, Pause, Poll};
use seasonscale::simulate::moment::{Moment, Span};
use serde_json::Value;

use crate::cli::Workplace;

fn object(name: &str, counts: &str) -> String {
    format!(
        "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {{ name: {name}, namespace: shop }}\nspec:\n  scaleTargetRef: {{ name: {name} }}\n{counts}  maxReplicaCount: 20\n  triggers:\n    - {{ type: kafka, metadata: {{ bootstrapServers: \"k:1\", consumerGroup: g, topic: t, lagThreshold: \"9\" }} }}\n"
    )
}

const IDLE: &str = "  idleReplicaCount: 0\n  minReplicaCount: 3\n";
const NONE: &str = "  minReplicaCount: 0\n";
const SOME: &str = "  minReplicaCount: 2\n";

const SEASONS: &str = "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n\n[seasons.sale]\ntitle = \"Sale\"\nfrom = \"11-20\"\nto = \"11-30\"\nfloor = { web = 12 }\n";

/// A policy of one object, `web`, with these counts.
fn place(counts: &str, platform: &str) -> Workplace {
    let place = Workplace::empty();
    place.write("policies/calendar.toml", SEASONS.as_bytes());
    let territories =
        format!("[platform]\nzone = \"UTC\"\n{platform}\n[workloads.web]\nscaledobject = \"base.yaml\"\n");
    place.write("policies/territories.toml", territories.as_bytes());
    place.write("policies/base.yaml", object("web", counts).as_bytes());
    place
}

fn runbook(place: &Workplace) -> String {
    let run = place.run(&["generate", "--today", "2026-06-01"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    place.read("generated/runbook-seasonal.md")
}

/// The bodies of `kubectl patch` under a heading, with 7 for the number that a person writes.
fn patches(runbook: &str) -> Vec<Value> {
    let (_, part) = runbook.split_once("### Raise a floor today").unwrap();
    let part = part.split("\n### ").next().unwrap();
    let bodies = part.split("-p '").skip(1).map(|rest| rest.split('\'').next().unwrap());
    bodies.map(|body| serde_json::from_str(&body.replace("<n>", "7")).unwrap()).collect()
}

/// RFC 7396.
fn merge(into: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        into.clone_from(patch);
        return;
    };
    for (key, value) in fields {
        if value.is_null() {
            into.as_object_mut().unwrap().remove(key);
        } else {
            merge(&mut into[key], value);
        }
    }
}

/// What runs of the made object after a patch, at a poll at which no trigger is active.
fn at_rest(place: &Workplace, patch: &Value, failed: bool) -> i32 {
    let text = place.read("generated/keda-scalers.yaml");
    let mut object: Value = serde_yaml::from_str(text.trim_start_matches("---\n")).unwrap();
    merge(&mut object, patch);
    let count = |key: &str| object["spec"][key].as_i64().map(|count| i32::try_from(count).unwrap());
    let executor = Executor {
        min: count("minReplicaCount").unwrap_or(0),
        idle: count("idleReplicaCount"),
        cooldown: Span::seconds(300),
        initial_cooldown: Span::seconds(0),
        fallback: None,
        pause: Pause::default(),
        forced: false,
    };
    let mut activation = Activation { created: Moment(0), last: None };
    let poll = Poll { now: Moment(0) + Span::seconds(1000), active: false, failed, replicas: 0 };
    executor.poll(poll, &mut activation).unwrap_or(0)
}

#[test]
fn a_floor_that_is_raised_by_hand_is_held_while_nothing_asks_for_it() {
    let place = place(IDLE, "");
    let runbook = runbook(&place);
    let all = patches(&runbook);
    let [plain, with_idle] = all.as_slice() else { panic!("{all:#?}") };
    assert_eq!(at_rest(&place, plain, false), 0, "the idle count wins over the minimum");
    assert_eq!(at_rest(&place, with_idle, false), 7);
    assert_eq!(at_rest(&place, with_idle, true), 0, "while a trigger fails, KEDA does nothing");
    assert!(runbook.contains("| `web` | `shop` | 0 | 3 |"), "{runbook}");
    assert!(runbook.contains("scale <kind>/<workload> --replicas=<n>"), "{runbook}");
}

#[test]
fn a_minimum_of_none_is_raised_like_any_other() {
    let place = place(NONE, "");
    let runbook = runbook(&place);
    let all = patches(&runbook);
    let [plain] = all.as_slice() else { panic!("{all:#?}") };
    assert_eq!(at_rest(&place, plain, false), 7);
    assert!(runbook.contains("its way back is `\"minReplicaCount\":0`"), "{runbook}");
}

#[test]
fn an_object_that_always_runs_has_no_word_of_it() {
    let place = place(SOME, "");
    let runbook = runbook(&place);
    assert_eq!(patches(&runbook).len(), 1);
    assert!(!runbook.contains("rests at") && !runbook.contains("idle count"), "{runbook}");
}

#[test]
fn what_was_before_is_fetched_from_wherever_the_files_are() {
    for (form, command) in [
        ("objects", "git show <commit>:./keda-scalers.yaml > /tmp/old.yaml"),
        ("patches", "git checkout <commit> -- ./keda-patches/kustomization.yaml"),
    ] {
        let place = place(SOME, &format!("keda-form = \"{form}\"\n"));
        let run = place.run(&["generate", "-o", "ops/made", "--today", "2026-06-01"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let runbook = place.read("ops/made/runbook-seasonal.md");
        let command = format!("in the folder of the generated files: `{command}");
        assert!(runbook.contains(&command) && !runbook.contains("generated/"), "{runbook}");
    }
}

#[test]
fn the_owner_of_one_season_does_not_answer_for_the_others() {
    let place = place(SOME, "prometheus-url = \"http://p:9090\"\n");
    let other = "\n[seasons.snow]\ntitle = \"Snow\"\nfrom = \"12-01\"\nto = \"12-20\"\nfloor = { web = 4 }\nowner = \"Ada\"\n";
    let calendar = |more: &str| place.write("policies/calendar.toml", format!("{SEASONS}{more}").as_bytes());
    calendar(other);
    let some = runbook(&place);
    assert!(some.contains("* **Snow**, owner Ada"), "{some}");
    assert_eq!(some.matches("Ada").count(), 1, "{some}");
    let asked = "ask the business or the [owner of the season](#the-year) for it today";
    assert!(some.contains(asked), "{some}");
    assert!(!place.read("generated/README.md").contains("Ada"));
    // Who answers for all of them is named.
    calendar(&format!("owner = \"Ada\"\n{other}"));
    let all = runbook(&place);
    assert!(all.contains("ask Ada for it today") && all.contains("Campaigns are announced by Ada"), "{all}");
    calendar("");
    assert!(runbook(&place).contains("ask the business for it today"));
}

#[test]
fn a_mixed_policy_names_all_files_of_rules() {
    let place = Workplace::reference();
    for (name, text) in [
        ("policies/base.yaml", object("own", SOME)),
        (
            "policies/territories.toml",
            format!(
                "{}\n[workloads.own]\nscaledobject = \"base.yaml\"\n",
                place.read("policies/territories.toml")
            ),
        ),
        (
            "policies/calendar.toml",
            format!(
                "{}\n[seasons.own]\nfrom = \"03-01\"\nto = \"03-20\"\nfloor = {{ own = 5 }}\n",
                place.read("policies/calendar.toml")
            ),
        ),
    ] {
        place.write(name, text.as_bytes());
    }
    let runbook = {
        let run = place.run(&["generate", "-o", "made", "--today", "2026-06-01"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        place.read("made/runbook-seasonal.md")
    };
    assert!(place.path("made/prometheus-rule-kept.yaml").exists());
    let both =
        "`keda-scalers.yaml`, `prometheus-rule.yaml` and `prometheus-rule-kept.yaml` of that commit together";
    assert_eq!(runbook.matches(both).count(), 2, "{runbook}");
    assert!(runbook.contains("| `prometheus-rule-kept.yaml` | the same from the same commit"), "{runbook}");
}

#[test]
fn a_floor_is_raised_no_higher_than_the_maximum_which_is_said() {
    let runbook = runbook(&place(SOME, ""));
    let (_, part) = runbook.split_once("### Raise a floor today").unwrap();
    assert!(part.split("\n### ").next().unwrap().contains("The maximum is 20 for `web`."), "{runbook}");
    let (_, part) = runbook.split_once("## Renew the plan").unwrap();
    assert!(part.contains("`seasonscale renew --from <day>`"));
}

#[test]
fn holidays_that_a_season_leaves_out_are_said_once_whatever_its_days_are_called() {
    let place = place(SOME, "holidays = [\"US\"]\n");
    let season = "hours = [\"05:00-09:00\", \"17:00-22:00\"]\nfloor = { web = 12 }\n";
    let runbook_of = |days: &str| {
        let calendar = SEASONS.replace("floor = { web = 12 }\n", &format!("days = \"{days}\"\n{season}"));
        place.write("policies/calendar.toml", calendar.as_bytes());
        runbook(&place)
    };
    for days in ["thu-sun less holidays", "workdays"] {
        let runbook = runbook_of(days);
        let (_, part) = runbook.split_once("\nHolidays that a season leaves out:\n").unwrap();
        let lines: Vec<&str> = part.lines().take_while(|line| !line.starts_with('#')).collect();
        assert_eq!(lines.join("\n").trim(), "* -, Sale: Thu 26 Nov 2026");
        assert!(!runbook.contains("`workdays`"), "{days}");
    }
    assert!(!runbook_of("thu-sun").contains("Holidays that a season leaves out"));
}

#[test]
fn the_head_of_objects_of_others_speaks_of_no_deployment() {
    let place = place(SOME, "");
    runbook(&place);
    let text = place.read("generated/keda-scalers.yaml");
    let head: String = text.lines().take_while(|line| line.starts_with('#')).collect();
    assert!(head.contains("one per workload") && !head.contains("Deployment"), "{head}");
    assert!(!head.contains("window below"), "{head}");
}

/// Nothing runs in these territories and none has a share: rows about them would say what is not so, or nothing.
#[test]
fn a_territory_in_which_nothing_runs_has_no_empty_rows_and_no_share_that_nobody_wrote() {
    let place = place(
        SOME,
        "\n[territories.UK]\nzone = \"Europe/London\"\n\n[territories.NYC]\nzone = \"America/New_York\"\n",
    );
    let finals = "\n[seasons.finals]\ntitle = \"Finals\"\nfrom = \"06-03 20:00\"\nto = \"06-20 23:59\"\nzone = \"America/New_York\"\nfloor = { web = 9 }\n";
    place.write("policies/calendar.toml", format!("{SEASONS}{finals}").as_bytes());
    let all = runbook(&place);
    let rows: Vec<&str> = all.lines().filter(|line| line.starts_with("| Finals |")).collect();
    let row = "| Finals | season | Wed 3 Jun 2026 | Sat 20 Jun 2026 | unbroken | 20:00 .. 23:59 | America/New_York | web 2 to 9 |";
    assert_eq!(rows, [row], "{all}");
    assert!(all.contains("Where the days are `unbroken`, one window goes from the first time"), "{all}");
    assert!(!all.contains("of the load") && !all.contains("| UK |"), "{all}");
    // A share that is written is said.
    place.edit("policies/territories.toml", "[territories.UK]\n", "[territories.UK]\nshare = 0.7\n");
    place.edit("policies/territories.toml", "[territories.NYC]\n", "[territories.NYC]\nshare = 0.3\n");
    let all = runbook(&place);
    assert!(
        all.contains("| UK | - | 70 % |") && all.contains("Clock Europe/London, 70 % of the load."),
        "{all}"
    );
}
