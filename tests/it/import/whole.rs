//! Objects that stay their owner's: what an import keeps of them, and what is never called equal.

use super::*;

fn kept(text: &str) -> Imported {
    let input = Input { name: "queue.yaml".to_owned(), text: text.to_owned() };
    import::import(&[input], Terms { form: Form::Kept, ..terms(year(2026), Version::new(2, 20)) })
}

#[test]
fn what_runs_and_is_dropped_is_never_called_equal() {
    assert!(kept(QUEUE).is_equal());
    let never = QUEUE.replacen("0 8 * * *", "0 8 31 2 *", 1);
    let faulty = QUEUE.replacen("start: \"0 8 * * *\"", "start: \"0 8 * * 5\"", 1);
    let paused = QUEUE.replacen(
        "namespace: shop",
        "namespace: shop, annotations: {autoscaling.keda.sh/paused: \"true\"}",
        1,
    );
    for text in [&never, &faulty, &paused] {
        let imported = kept(text);
        assert!(!imported.is_equal(), "{text}{}", import::report(&imported, year(2026), true));
    }
    // One that cannot be kept is left out with audit's word on it, and takes no other with it.
    let other = QUEUE.replace("queue", "other");
    let imported = kept(&format!("{paused}---\n{other}"));
    let report = import::report(&imported, year(2026), true);
    assert_eq!(imported.verdicts.len(), 1, "{report}{:#?}", imported.problems);
    assert!(report.contains("keda-paused"), "{report}");
}

/// Two clocks, or both day fields: no season has either.
const UNSAYABLE: [&str; 2] = [
    "    - type: cron\n      metadata: {timezone: Asia/Tokyo, start: \"0 1 * * *\", end: \"TZ=UTC 0 2 * * *\", desiredReplicas: \"5\"}\n",
    "    - type: cron # the audit\n      metadata: {timezone: UTC, start: \"0 6 13 * 5\", end: \"0 9 13 * 5\", desiredReplicas: \"6\"}\n",
];

#[test]
fn a_trigger_that_no_season_says_stays_in_its_object_and_the_others_become_seasons() {
    for trigger in UNSAYABLE {
        let imported = kept(&format!("{QUEUE}{trigger}"));
        let report = import::report(&imported, year(2026), true);
        assert!(imported.is_equal(), "{report}{:#?}", imported.problems);
        let said = "it stays in the object, beside the plan's own triggers (`keep-cron`)";
        assert!(report.contains(said), "{report}");
        let proposal = imported.proposal.unwrap();
        let territories = &proposal.get(Sources::TERRITORIES).text;
        assert_eq!(territories.matches("keep-cron").count(), 1, "{territories}");
        assert!(proposal.get(Sources::CALENDAR).text.contains("08:00-"), "{report}");
        let (_, base) = proposal.manifests().next().unwrap();
        assert!(base.text.contains(trigger), "{}", base.text);
        assert_eq!(base.text.matches("type: cron").count(), 1, "{}", base.text);
    }
    let plain = kept(QUEUE);
    let territories = plain.proposal.as_ref().unwrap().get(Sources::TERRITORIES);
    assert!(!territories.text.contains("keep-cron"), "{}", territories.text);
}

#[test]
fn an_object_none_of_whose_schedules_is_a_season_goes_on_as_it_is() {
    let (head, _) = QUEUE.split_once("    - type: cron").unwrap();
    let other = format!("{head}{}", UNSAYABLE[1]).replace("queue", "other");
    let imported = kept(&format!("{QUEUE}---\n{other}"));
    let report = import::report(&imported, year(2026), true);
    assert!(imported.is_equal(), "{report}{:#?}", imported.problems);
    let said = "no season says what its schedule does, it stays as and where it is";
    assert!(report.contains(said), "{report}");
    assert_eq!(imported.verdicts.len(), 1, "{report}");
}

#[test]
fn a_window_that_lifts_from_zero_is_a_floor_too() {
    let one = kept(&QUEUE.replacen("desiredReplicas: \"5\"", "desiredReplicas: \"1\"", 1));
    assert!(one.is_equal(), "{}", import::report(&one, year(2026), true));
    let idle = QUEUE.replacen("minReplicaCount: 0", "idleReplicaCount: 0\n  minReplicaCount: 3", 1);
    let idle = kept(&idle.replacen("desiredReplicas: \"5\"", "desiredReplicas: \"2\"", 1));
    assert!(idle.is_equal(), "{}", import::report(&idle, year(2026), true));
}

#[test]
fn objects_of_one_name_in_two_namespaces_are_two_workloads_of_one_base_file() {
    let text = format!("# all\n{QUEUE}---\n{}", QUEUE.replace("namespace: shop", "namespace: bank"));
    let imported = kept(&text);
    let report = import::report(&imported, year(2026), true);
    assert!(imported.is_equal(), "{report}{:#?}", imported.problems);
    assert_eq!(imported.verdicts.len(), 2);
    let proposal = imported.proposal.unwrap();
    let territories = &proposal.get(Sources::TERRITORIES).text;
    assert!(
        territories.contains("[workloads.bank-queue]\nscaledobject = { file = \"base/queue.yaml\", name = \"queue\", namespace = \"bank\" }"),
        "{territories}"
    );
    let (_, base) = proposal.manifests().next().unwrap();
    assert!(base.text.starts_with("# all\n") && base.text.matches("kafka").count() == 2, "{}", base.text);
    assert_eq!(base.text.matches("cron").count(), 0, "{}", base.text);
}

#[test]
fn an_object_of_which_keda_builds_another_trigger_never_is_refused_and_never_equal() {
    for (right, wrong, rule) in [
        // KEDA's reader of metadata refuses it.
        ("lagThreshold: \"10\"", "lagThreshold: \"ten\"", "keda-trigger-not-built"),
        ("lagThreshold: \"10\"", "lagThreshold: \"0\"", "keda-trigger-not-built"),
        (
            "type: kafka\n      metadata: {bootstrapServers: \"k:9092\", consumerGroup: g, topic: t, lagThreshold: \"10\"}",
            "type: rabbitmq\n      metadata: {hostFromEnv: H, queueName: q, mode: QueueLength}",
            "keda-trigger-not-built",
        ),
        // Its scaler refuses it, where the webhook lets it through.
        (
            "type: kafka\n      metadata: {bootstrapServers: \"k:9092\", consumerGroup: g, topic: t, lagThreshold: \"10\"}",
            "type: prometheus\n      metadata: {serverAddress: \"http://p:9090\", query: \"sum(rate(a[2m]))\", threshold: many}",
            "prometheus-threshold",
        ),
    ] {
        let imported = kept(&QUEUE.replacen(right, wrong, 1));
        let report = import::report(&imported, year(2026), true);
        assert!(!imported.is_equal(), "{wrong}: {report}");
        assert!(report.contains(rule) && !report.contains("  equal "), "{wrong}: {report}");
    }
    let right = kept(QUEUE);
    assert!(import::report(&right, year(2026), true).contains("  equal    queue"));
}

#[test]
fn a_number_of_replicas_is_said_as_it_is_written() {
    let said = |desired: &str| {
        let text = QUEUE.replacen("minReplicaCount: 0", "minReplicaCount: 2", 1);
        let imported =
            kept(&text.replacen("desiredReplicas: \"5\"", &format!("desiredReplicas: \"{desired}\""), 1));
        import::report(&imported, year(2026), true)
    };
    let huge = said("30000000000");
    assert!(huge.contains("30000000000 becomes the maximum, 100: it is above 2147483647"), "{huge}");
    let above = said("2147483647");
    assert!(above.contains("2147483647 becomes the maximum, 100: KEDA goes no higher"), "{above}");
    let negative = said("-5");
    assert!(negative.contains("-5 is no more than the minimum of 2"), "{negative}");
}

/// Days that no schedule has in three years with a leap year among them.
const INEXPRESSIBLE: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: rare, namespace: shop}
spec:
  scaleTargetRef: {name: rare}
  minReplicaCount: 1
  maxReplicaCount: 20
  triggers:
    - type: cron
      metadata: {timezone: Europe/Berlin, start: \"30 20 * 6-8 5\", end: \"0 8 31 * *\", desiredReplicas: \"5\"}
";

#[test]
fn what_is_said_of_one_object_does_not_depend_on_whether_another_compiles() {
    let years = Window::new(Date::ymd(2026, 1, 1).unwrap(), Date::ymd(2029, 1, 1).unwrap());
    let import = |text: &str| {
        let input = Input { name: "queue.yaml".to_owned(), text: text.to_owned() };
        let imported =
            import::import(&[input], Terms { form: Form::Kept, ..terms(years, Version::new(2, 20)) });
        let report = import::report(&imported, years, true);
        (imported, report)
    };
    let paused = QUEUE.replace("queue", "paused").replacen(
        "namespace: shop",
        "namespace: shop, annotations: {autoscaling.keda.sh/paused: \"true\"}",
        1,
    );
    let (imported, report) = import(&format!("{QUEUE}---\n{INEXPRESSIBLE}---\n{paused}"));
    assert!(imported.compiles(), "{report}{:#?}", imported.problems);
    let verdicts: Vec<&str> = imported.verdicts.iter().map(|verdict| verdict.target.as_str()).collect();
    assert_eq!((verdicts, imported.is_equal()), (vec!["queue"], false), "{report}");
    assert!(report.contains("keda-paused") && report.contains("inexpressible-days: "), "{report}");
    // Where nothing else is left, the proposal is there to be mended; nothing of a paused object is ever equal.
    let (imported, report) = import(&format!("{INEXPRESSIBLE}---\n{paused}"));
    assert!(!imported.compiles() && imported.proposal.is_some(), "{report}");
    assert!(imported.verdicts.iter().all(|verdict| verdict.target == "rare"), "{report}");
    let both = INEXPRESSIBLE.replacen(
        "namespace: shop",
        "namespace: shop, annotations: {autoscaling.keda.sh/paused: \"true\"}",
        1,
    );
    let (imported, report) = import(&both);
    assert!(imported.verdicts.iter().all(|verdict| !verdict.is_equal()), "{report}");
    // A control: both alone are what they were.
    assert!(import(QUEUE).0.is_equal());
}
