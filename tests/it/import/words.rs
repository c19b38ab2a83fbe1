//! What people wrote beside a schedule.

use super::*;

/// Comments above a schedule, behind its dash and in it: each stands in the calendar, as a title, a note or a comment.
#[test]
fn what_people_wrote_beside_a_schedule_is_not_lost() {
    let manifest = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: web
  namespace: shop
spec:
  scaleTargetRef:
    name: web
  minReplicaCount: 2
  maxReplicaCount: 20
  triggers:
    # queue first: the owner asked for it
    - type: kafka
      metadata: { bootstrapServers: \"kafka:9092\", consumerGroup: g, topic: t, lagThreshold: \"100\" }
    # Christmas rush, agreed with sales
    # on the phone, until Jane says otherwise
    # - type: cron
    - type: cron
      metadata:
        timezone: Europe/Berlin
        # first of December, not Advent
        start: 0 0 1 12 *
        end: 0 0 27 12 * # the 26th is the last day
        desiredReplicas: \"8\"
    - type: cron # night batch
      metadata: { timezone: Europe/Berlin, start: \"0 22 * * *\", end: \"0 6 * * *\", desiredReplicas: \"4\" }
    - type: cron
      metadata: { timezone: Europe/Berlin, start: \"0 0 1 3 *\", end: \"0 0 9 3 *\", desiredReplicas: \"5\" }
    - type: cron
      metadata: { timezone: Europe/Berlin, start: \"0 8 1 * *\", end: \"0 18 1 * *\", desiredReplicas: \"6\" }
";
    let place = Workplace::empty();
    place.write("web.yaml", manifest.as_bytes());
    let run = place.run(&["import", "web.yaml", "--today", "2026-06-01"]);
    let (calendar, rest) = run.stdout.split_once("# ==> territories.toml").unwrap();
    let note = "\"Christmas rush, agreed with sales on the phone, until Jane says otherwise\"";
    assert!(calendar.contains(&format!("note  = {note}")), "{calendar}");
    for said in ["# type: cron", "first of December, not Advent", "the 26th is the last day", "night batch"] {
        assert!(calendar.contains(said), "{said}: {calendar}");
    }
    for key in ["christmas-rush", "night-batch", "mar-1-mar-8", "day-1-of-month-08-18"] {
        assert!(calendar.contains(&format!("[seasons.{key}]\n")), "{key}: {calendar}");
    }
    // The base file keeps what is above its owner's own triggers, and nothing of ours.
    assert!(!calendar.contains("queue first"), "{calendar}");
    assert!(rest.contains("# queue first: the owner asked for it"), "{rest}");
    assert!(!rest.contains("first of December"), "{rest}");
}

#[test]
fn a_season_whose_days_are_the_name_of_another_one_keeps_its_number() {
    let trigger = |name: &str, hours: [u32; 2]| {
        let [from, to] = hours;
        format!(
            "    - type: cron\n{name}      metadata: {{ timezone: Europe/Berlin, start: \"0 {from} * * *\", end: \"0 {to} * * *\", desiredReplicas: \"{from}\" }}\n"
        )
    };
    let head = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: web, namespace: shop }\nspec:\n  scaleTargetRef: { name: web }\n  minReplicaCount: 2\n  maxReplicaCount: 20\n  triggers:\n";
    let keys = |name: &str| {
        let place = Workplace::empty();
        let text = format!("{head}{}{}", trigger(name, [9, 17]), trigger("", [8, 18]));
        place.write("web.yaml", text.as_bytes());
        let run = place.run(&["import", "web.yaml", "--today", "2026-06-01"]);
        let keys = run.stdout.lines().filter_map(|line| line.strip_prefix("[seasons."));
        let mut keys: Vec<String> = keys.map(|key| key.trim_end_matches(']').to_owned()).collect();
        keys.sort();
        keys
    };
    assert_eq!(keys("      name: daily_08_18\n"), ["daily-08-18", "window-1"]);
    assert_eq!(keys("      name: rush\n"), ["daily-08-18", "rush"]);
}
