//! Two plans on one Prometheus: with the rules of both loaded, the tests of each still pass to the last alert and label,
//! so that nothing of one is recorded or told for the other. They scale objects of the same name, by workloads of the same
//! name, in two namespaces.

use std::fs;
use std::path::{Path, PathBuf};

use seasonscale::artifact::{ALERT_TESTS_FILE, ALERTS_FILE, ArtifactKind};
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::report;
use seasonscale::source::Sources;

use super::promtool::{assert_success, assert_tested, promtool};
use crate::policies::{self, source};

const NAME: &str = "freshplan-api-queries-de";

/// A small plan that scales `NAME` in a namespace.
fn small(namespace: &str, plan: &str) -> Sources {
    let calendar = format!(
        "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n{plan}\n\
         [seasons.oktoberfest]\nfrom = \"09-01\"\nto = \"10-15\"\nfloor = {{ queries = 7 }}\n"
    );
    let territories = format!(
        "[platform]\nnamespace = \"{namespace}\"\nrules = \"prometheus-rule\"\nteam = \"platform\"\n\
         [workloads.queries]\ndeployment = \"{NAME}\"\nreplicas = {{ min = 2, max = 9 }}\n"
    );
    Sources::new(source("calendar", &calendar), source("territories", &territories))
}

/// The rules of a policy, as a file of this name, and its tests, which read those of the other too.
fn write(folder: &Path, sources: &Sources, [own, other]: [&str; 2], well: &[String]) -> PathBuf {
    let compiled = compile(sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{}", report::terminal(&found, sources, false)));
    let file = |path: &str| compiled.artifacts.iter().find(|made| made.path == path).unwrap().text.clone();
    fs::write(folder.join(format!("{own}.yml")), file(ALERTS_FILE)).unwrap();
    let seen: String = well.iter().map(|line| format!("      - {{{line}}}\n")).collect();
    let tests = file(ALERT_TESTS_FILE)
        .replace(&format!("rule_files: [{ALERTS_FILE}]"), &format!("rule_files: [{own}.yml, {other}.yml]"))
        .replace("    input_series:\n", &format!("    input_series:\n{seen}"));
    let name = PathBuf::from(format!("{own}.test.yml"));
    fs::write(folder.join(&name), tests).unwrap();
    name
}

/// What Prometheus sees of a small plan's cluster while nothing is wrong with it.
fn well(plan: &str, namespace: &str) -> Vec<String> {
    let series = [
        format!("kube_deployment_status_replicas_ready{{namespace=\"{namespace}\", deployment=\"{NAME}\"}}"),
        format!(
            "kube_horizontalpodautoscaler_spec_max_replicas{{namespace=\"{namespace}\", horizontalpodautoscaler=\"keda-hpa-{NAME}\"}}"
        ),
        format!(
            "keda_scaler_active{{exported_namespace=\"{namespace}\", scaledObject=\"{NAME}\", scaler=\"season\"}}"
        ),
        format!(
            "zone:seasonscale_local_time_seconds:calendar{{plan=\"{plan}\", namespace=\"{namespace}\", zone=\"UTC\"}}"
        ),
    ];
    series.iter().map(|series| format!("series: '{series}', values: '9x6000'")).collect()
}

#[test]
fn the_reference_tells_and_records_the_same_beside_a_plan_of_the_same_names() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &small("second", ""), ["second", "first"], &[]);
    let test = write(folder.path(), &policies::reference(), ["first", "second"], &well("second", "second"));
    assert_success(&promtool(folder.path(), &["check", "rules"], &["first.yml".into(), "second.yml".into()]));
    assert_tested(folder.path(), &[test]);
}

#[test]
fn of_two_small_plans_neither_tells_of_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = [small("one", "name = \"first\""), small("other", "title = \"The other shop\"")];
    let names = [
        write(folder.path(), &one, ["one", "other"], &well("other", "other")),
        write(folder.path(), &other, ["other", "one"], &well("first", "one")),
    ];
    assert_tested(folder.path(), &names);
}

#[test]
fn the_rules_of_two_plans_in_one_namespace_are_two_objects() {
    let object = |plan: &str| {
        let made = compile(&small("shop", plan), &Templates::embedded()).unwrap().artifacts;
        let rule = made.into_iter().find(|made| made.kind == ArtifactKind::PrometheusRule).unwrap().text;
        rule.lines().find(|line| line.starts_with("  name: ")).unwrap().to_owned()
    };
    assert_eq!(object(""), "  name: platform-seasonscale-rules");
    assert_eq!(object("name = \"sales\""), "  name: sales-seasonscale-rules");
}
