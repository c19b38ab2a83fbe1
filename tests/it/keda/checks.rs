//! Every check of the model: an edit of a good manifest that must be found, and a near miss that must not.

use std::collections::BTreeSet;

use super::cases::CASES;
use seasonscale::audit::{Audit, Scope};
use seasonscale::finding::Rule;
use seasonscale::keda::decode;
use seasonscale::quantity::Version;
use seasonscale::rules::finding::Finding;
use seasonscale::rules::lint;
use seasonscale::rules::subject::{Cache, Subject, Versions};
use seasonscale::time::{Date, Instant, Window, Zone};

const GOOD: &str = include_str!("good.yaml");
const NEW: Versions =
    Versions { keda: Version::new(2, 20), keda_patch: None, kubernetes: Version::new(1, 35) };
const OLD: Versions =
    Versions { keda: Version::new(2, 16), keda_patch: None, kubernetes: Version::new(1, 30) };

/// 2026 to 2028, a leap year among them.
fn years() -> Window<Instant> {
    Window::new(Instant(1_767_225_600), Instant(1_861_920_000))
}

fn findings(text: &str, versions: Versions) -> Vec<Finding> {
    Audit::new(Scope { versions, window: years() }).file("good.yaml", text.as_bytes()).findings
}

fn edited(edit: &str) -> String {
    edit.split(" ;; ").fold(GOOD.to_owned(), |text, edit| {
        let (from, to) = edit.split_once(" => ").expect("an edit");
        let (from, to) = (from.replace("\\n", "\n"), to.replace("\\n", "\n"));
        assert!(text.contains(&from), "does not occur: {from}");
        text.replacen(&from, &to, 1)
    })
}

fn ids(text: &str, versions: Versions) -> BTreeSet<Rule> {
    findings(text, versions).into_iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_good_manifest_has_no_findings() {
    assert_eq!(findings(GOOD, NEW), []);
}

#[test]
fn each_check_finds_its_mistake_and_leaves_its_near_miss_alone() {
    for (check, broken, near) in CASES {
        assert!(ids(&edited(broken), NEW).contains(check), "{} must find {broken}", check.id());
        assert!(!ids(&edited(near), NEW).contains(check), "{} must not find {near}", check.id());
    }
}

#[test]
fn every_finding_says_where_it_is_and_what_to_do() {
    for (_, broken, _) in CASES {
        for finding in findings(&edited(broken), NEW) {
            assert!(finding.place.mark.line > 0 && finding.place.mark.column > 0, "{finding:?}");
            assert!(!finding.effect.is_empty() && !finding.mend.is_empty());
        }
    }
}

#[test]
fn every_check_has_a_case() {
    // The first five have tests of their own below; no zone leaves out a day from 2026 on; the last are of ScaledJobs, which
    // the corpus of audit has.
    let elsewhere = [
        Rule::KedaSameTarget,
        Rule::KedaTooOld,
        Rule::CronComma,
        Rule::KedaFallbackFromZero,
        Rule::KedaFallbackOfValue,
        Rule::CronSearchEndless,
        Rule::ScaledjobRepeats,
        Rule::ScaledjobNoEffect,
    ];
    let covered: Vec<Rule> = CASES.iter().map(|(check, ..)| *check).chain(elsewhere).collect();
    let missing: Vec<Rule> = Rule::of_manifests().filter(|rule| !covered.contains(rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_fallback_does_not_lift_from_zero_before_2_19() {
    let from_zero = edited("minReplicaCount: 2 => minReplicaCount: 0");
    let old = Versions { keda: Version::new(2, 18), ..NEW };
    assert!(ids(&from_zero, old).contains(&Rule::KedaFallbackFromZero));
    assert!(!ids(GOOD, old).contains(&Rule::KedaFallbackFromZero));
    assert!(!ids(&from_zero, NEW).contains(&Rule::KedaFallbackFromZero));
}

#[test]
fn before_2_18_a_fallback_stands_in_for_averages_alone() {
    let old = Versions { keda: Version::new(2, 17), ..NEW };
    let rules = |edit: &str, versions| ids(&edited(edit), versions);
    let beside_cron = "name: rps => name: rps\n      metricType: Value";
    assert!(rules(beside_cron, old).contains(&Rule::KedaFallbackOfValue));
    assert!(!rules(beside_cron, old).contains(&Rule::KedaFallbackRefused), "a cron trigger is an average");
    assert!(!rules(beside_cron, NEW).contains(&Rule::KedaFallbackOfValue));
    assert!(!ids(GOOD, old).contains(&Rule::KedaFallbackOfValue));
    let alone = format!(
        "{beside_cron} ;; name: oktoberfest => name: oktoberfest\n      metricType: Value ;; name: xmas => name: xmas\n      metricType: Value"
    );
    assert!(rules(&alone, old).contains(&Rule::KedaFallbackRefused));
    assert!(!rules(&alone, NEW).contains(&Rule::KedaFallbackRefused));
    // The first modelled webhook takes it, and it stands in for nothing.
    let oldest = Versions { keda: Version::new(2, 16), ..NEW };
    assert!(!rules(&alone, oldest).contains(&Rule::KedaFallbackRefused));
    assert!(rules(&alone, oldest).contains(&Rule::KedaFallbackOfValue));
    let negative = "failureThreshold: 3 => failureThreshold: -1";
    assert!(rules(negative, old).contains(&Rule::KedaFallbackRefused));
    assert!(!rules(negative, oldest).contains(&Rule::KedaFallbackRefused));
    let formula = |kind: &str| {
        format!(
            "  advanced: => \n  advanced:\n    scalingModifiers: {{formula: \"max(rps, xmas, oktoberfest)\", target: \"1\", metricType: {kind}}}"
        )
    };
    assert!(rules(&formula("Value"), old).contains(&Rule::KedaFallbackRefused));
    assert!(!rules(&formula("AverageValue"), old).contains(&Rule::KedaFallbackRefused));
    assert!(!rules(&formula("Value"), NEW).contains(&Rule::KedaFallbackRefused));
}

#[test]
fn a_word_that_the_crd_lists_later_has_the_object_refused() {
    let by_formula = edited(
        "behavior: currentReplicasIfHigher => behavior: scalingModifiers ;;   advanced: => \n  advanced:\n    scalingModifiers: {formula: \"max(rps ?? 0, xmas, oktoberfest)\", target: \"1\"}",
    );
    let on = |minor| ids(&by_formula, Versions { keda: Version::new(2, minor), ..NEW });
    assert!(on(19).contains(&Rule::KedaFallbackRefused) && !on(19).contains(&Rule::KedaTooOld));
    assert!(!on(20).contains(&Rule::KedaFallbackRefused));
    // The first modelled CRD does not have the field and drops it.
    assert!(on(16).contains(&Rule::KedaTooOld) && !on(16).contains(&Rule::KedaFallbackRefused));
}

#[test]
fn before_2_18_no_annotation_pauses_a_direction() {
    for name in ["paused-scale-in", "paused-scale-out"] {
        let paused =
            edited(&format!("annotations: {{ => annotations: {{autoscaling.keda.sh/{name}: \"true\", "));
        let on = |minor| ids(&paused, Versions { keda: Version::new(2, minor), ..NEW });
        assert!(on(17).contains(&Rule::KedaTooOld) && !on(17).contains(&Rule::KedaPaused), "{name}");
        assert!(!on(18).contains(&Rule::KedaTooOld) && on(18).contains(&Rule::KedaPaused), "{name}");
    }
}

#[test]
fn two_objects_on_one_workload_are_found_and_two_namespaces_are_not() {
    let other = |edit: &str| format!("{GOOD}---\n{}", edited(edit));
    assert!(ids(&other("  name: query => \n  name: query2"), NEW).contains(&Rule::KedaSameTarget));
    let elsewhere = other("  namespace: shop => \n  namespace: shop2");
    assert!(!ids(&elsewhere, NEW).contains(&Rule::KedaSameTarget));
}

#[test]
fn what_a_version_lacks_is_found_on_it_and_not_on_the_next() {
    let comma = edited("start: \"0 0 15 11 *\" => start: \"0 0 15 11 0,1,2,3,4,5,6\"");
    let tolerance = edited("Seconds: 0 => Seconds: 0\n          tolerance: \"0\"");
    assert!(ids(&comma, OLD).contains(&Rule::CronComma) && !ids(&comma, NEW).contains(&Rule::CronComma));
    assert!(
        ids(&tolerance, OLD).contains(&Rule::KedaTooOld) && !ids(&tolerance, NEW).contains(&Rule::KedaTooOld)
    );
    assert!(ids(GOOD, OLD).contains(&Rule::KedaTooOld), "fallback.behavior needs 2.17");
    let newer = Versions { keda: Version::new(2, 17), ..OLD };
    assert!(!ids(GOOD, newer).contains(&Rule::KedaTooOld));
}

#[test]
fn a_surprise_names_its_first_instant() {
    let weekend = edited("start: \"0 8 * 9 *\" => start: \"0 8 * 9 1-5\"");
    let found = findings(&weekend, NEW);
    let ends = found.iter().find(|finding| finding.rule == Rule::CronEndsInARow).unwrap();
    // Friday 4 September 2026, 20:00 in Berlin.
    assert_eq!(ends.first.unwrap().to_string(), "2026-09-04T18:00:00Z");
    assert_eq!((ends.place.trigger, ends.place.mark.line), (Some(0), 26));
}

#[test]
fn a_side_that_fires_at_the_very_beginning_of_the_stretch_has_fired_in_that_year() {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let first = |year| zone.start_of(Date::ymd(year, 1, 1).unwrap());
    let missed = |end: &str, until| {
        let text = edited(&format!("end: \"0 0 7 1 *\" => end: \"{end}\""));
        let document = decode::read(&text).remove(0);
        let mut cache = Cache::new(Window::new(first(2026), first(until)));
        let object = document.content.unwrap();
        let found = lint::lint(&Subject::new(&object, NEW, &mut cache));
        found.iter().any(|finding| finding.rule == Rule::CronYearMissed)
    };
    assert!(!missed("0 0 1 1 *", 2027), "from 15 November to the end of the year");
    assert!(missed("0 0 29 2 *", 2029), "only 2028 has it");
}
