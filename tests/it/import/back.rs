//! Plans that come back from their own manifests.

use super::*;

#[test]
fn our_own_manifests_come_back_as_a_policy_that_plans_the_same() {
    let plan = compile::plan(&policies::reference()).0.unwrap();
    assert!(comes_back(&plan).unwrap_or_else(|report| panic!("{report}")));
}

#[test]
fn every_small_policy_comes_back_as_one_that_plans_the_same() {
    for (name, sources) in golden::policies() {
        let plan = compile::plan(&sources).0.unwrap();
        assert!(comes_back(&plan).unwrap_or_else(|report| panic!("{name}:\n{report}")), "{name}");
    }
}

proptest! {
    #![proptest_config(crate::sample::of(32))]

    #[test]
    fn any_policy_comes_back_as_one_that_plans_the_same(calendar in schedule::calendar()) {
        let territories = policies::base("territories").text.replace("max = 6", "max = 12");
        let sources =
            Sources::new(policies::source("calendar", &calendar), policies::source("territories", &territories));
        // Of windows that touch each other, cron can lose some that it had as they were written: the plan may not.
        let back = compile::plan(&sources).0.map_or(Ok(true), |plan| comes_back(&plan));
        prop_assert!(back.is_ok(), "{calendar}\n{}", back.unwrap_err());
    }

    /// No clock changes in Greenwich, so nothing is in the way of any windows, however odd.
    #[test]
    fn any_schedules_are_carried_over_as_they_are(triggers in prop::collection::vec(trigger(), 1..4)) {
        let text = format!("{ODD}{}", triggers.concat());
        let input = Input { name: "odd.yaml".to_owned(), text };
        for form in [Form::Owned, Form::Kept] {
            let as_is = Terms { as_is: true, form, ..terms(year(2026), Version::new(2, 20)) };
            let imported = import::import(std::slice::from_ref(&input), as_is);
            let report = import::report(&imported, year(2026), true);
            let nothing = form == Form::Kept && imported.proposal.is_none();
            prop_assert!(nothing || imported.verdicts.len() == 1, "{}{report}{:?}", input.text, imported.problems);
            prop_assert!(imported.verdicts.iter().all(|one| one.differences.is_empty()), "{}{report}", input.text);
        }
    }
}

proptest! {
    #![proptest_config(crate::sample::of(6))]

    /// Hours of some weekdays, each trigger on a clock of its own.
    #[test]
    fn triggers_on_several_clocks_are_carried_over_as_they_are(triggers in prop::collection::vec(on_a_clock(), 2..5)) {
        let text = format!("{ODD}{}", triggers.concat());
        let input = Input { name: "odd.yaml".to_owned(), text };
        for form in [Form::Owned, Form::Kept] {
            let terms = Terms { form, ..terms(year(2026), Version::new(2, 20)) };
            let imported = import::import(std::slice::from_ref(&input), terms);
            let report = import::report(&imported, year(2026), true);
            prop_assert_eq!(imported.verdicts.len(), 1, "{}{}{:?}", input.text, report, imported.problems);
            prop_assert!(imported.is_equal(), "{}{report}", input.text);
        }
    }
}

/// A cron trigger of a few hours, in a zone that has one offset all year.
fn on_a_clock() -> impl Strategy<Value = String> {
    let zone = prop::sample::select(&[
        "UTC",
        "Asia/Kolkata",
        "Africa/Nairobi",
        "America/Phoenix",
        "Pacific/Kiritimati",
    ]);
    let days = prop::sample::select(&["*", "1-5", "0,6", "3"]);
    (zone, 0..12_u32, 13..24_u32, days, 2..9_u32).prop_map(|(zone, from, until, days, floor)| {
        format!(
            "    - type: cron\n      metadata: {{timezone: {zone}, start: \"0 {from} * * {days}\", end: \"30 {until} * * {days}\", desiredReplicas: \"{floor}\"}}\n"
        )
    })
}

/// A cron trigger of any fields.
fn trigger() -> impl Strategy<Value = String> {
    let field = |values: &'static [&'static str]| prop::sample::select(values);
    let side = (
        field(&["0", "30", "59"]),
        field(&["0", "8", "20", "23", "6-9", "*/12"]),
        field(&["*", "*", "*", "1", "15", "28-31", "1-7", "30"]),
        field(&["*", "*", "1", "2", "9", "12", "3-5", "2,11"]),
        field(&["*", "*", "1-5", "0", "6,0", "3"]),
    );
    let side = side
        .prop_map(|(minute, hour, day, month, weekday)| format!("{minute} {hour} {day} {month} {weekday}"));
    (side.clone(), side, 1..9_u32).prop_map(|(start, end, floor)| {
        format!(
            "    - type: cron\n      metadata: {{timezone: UTC, start: \"{start}\", end: \"{end}\", desiredReplicas: \"{floor}\"}}\n"
        )
    })
}

#[test]
fn a_floor_that_the_proposal_lost_is_found() {
    let plan = compile::plan(&policies::reference()).0.unwrap();
    let artifacts = emit::emit(&plan, &Templates::embedded()).unwrap();
    let manifest = artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    // An end on every day leaves no hour of the night without the floor: nothing in a proposal says so.
    let broken = manifest.text.replacen("end: \"0 20 1-15 10 *\"", "end: \"0 20 * 10 *\"", 1);
    assert_ne!(broken, manifest.text);
    let broken = broken.replace("managed-by: seasonscale", "managed-by: hand");
    let imported = imported(&broken, plan.horizon, Version::new(2, 20));
    assert!(!imported.is_equal());
    let differing: Vec<&str> = imported
        .verdicts
        .iter()
        .filter(|verdict| !verdict.differences.is_empty())
        .map(|verdict| verdict.target.as_str())
        .collect();
    assert_eq!(differing, ["freshplan-api-queries-de"]);
}
