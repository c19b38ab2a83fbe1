//! Importing: cases in `tests/import/` through the binary, and our own manifests back to a policy that plans the same.

mod back;
mod clocks;
mod command;
mod days;
mod whole;
mod words;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use seasonscale::artifact::ArtifactKind;
use seasonscale::compile;
use seasonscale::emit::{self, Templates};
use seasonscale::import::{self, Form, Imported, Input, Kind, Terms};
use seasonscale::parallel;
use seasonscale::plan::Plan;
use seasonscale::quantity::{Replicas, Version};
use seasonscale::rules::subject::Versions;
use seasonscale::source::Sources;
use seasonscale::step::StepFn;
use seasonscale::time::{Date, LocalTime, Window};

use crate::cli::{Run, Workplace};
use crate::policies;
use crate::{golden, schedule};

/// Each file is a case of objects that become our own: it is imported as its first line says (`# import ..`), or plainly.
#[test]
fn each_manifest_gives_its_proposal_and_its_report() {
    let files =
        fs::read_dir(policies::root().join("tests/import")).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    cases.sort();
    assert!(cases.len() >= 8);
    for path in cases {
        let text = fs::read_to_string(&path).unwrap();
        let arguments =
            text.lines().next().and_then(|line| line.strip_prefix("# import ")).unwrap_or_default();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let file = format!("{name}.yaml");
        let place = Workplace::reference();
        place.write(&file, text.as_bytes());
        let plain = ["import", &file, "--owned", "--today", "2026-06-01"];
        let run = place.run(&plain.into_iter().chain(arguments.split_whitespace()).collect::<Vec<_>>());
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            snapshot_path => "../../import",
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, shown(&run));
        });
    }
}

/// Whatever people wrote: its import is their schedule or a reason, never a fault of ours.
#[test]
fn no_manifest_of_the_corpus_makes_a_proposal_that_our_own_proof_refuses() {
    let files =
        fs::read_dir(policies::root().join("tests/audit")).unwrap().map(|entry| entry.unwrap().path());
    let manifests: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    assert!(manifests.len() >= 200);
    let place = Workplace::reference();
    let reports = parallel::map(&manifests, |path| {
        let import = ["import", path.to_str().unwrap(), "--today", "2026-06-01"];
        let (kept, owned) = (place.run(&import), place.run(&[&import[..], &["--owned"]].concat()));
        format!(
            "{}: exit {} and {}\n{}{}",
            path.display(),
            kept.status,
            owned.status,
            kept.stderr,
            owned.stderr
        )
    });
    let ours = |report: &&String| report.contains("report this as a bug") || report.contains("panicked");
    assert_eq!(reports.iter().filter(ours).collect::<Vec<_>>(), Vec::<&String>::new());
}

fn shown(run: &Run) -> String {
    // What every proposal says alike is in one snapshot only.
    let gates = run.stdout.find("# assumed, all of it");
    let stdout = &run.stdout[..gates.unwrap_or(run.stdout.len())];
    format!("exit {}\n{}\n{}", run.status, run.stderr, stdout)
}

fn terms(horizon: Window<Date>, keda: Version) -> Terms {
    Terms {
        horizon,
        versions: Versions { keda, keda_patch: None, kubernetes: Version::new(1, 35) },
        as_is: false,
        form: Form::Owned,
    }
}

fn imported(text: &str, horizon: Window<Date>, keda: Version) -> Imported {
    let input = Input { name: "scalers.yaml".to_owned(), text: text.to_owned() };
    import::import(&[input], terms(horizon, keda))
}

/// The floors of every target by its name.
fn floors(plan: &Plan) -> Vec<(String, StepFn<LocalTime, Replicas>)> {
    let targets = plan.profile.targets.iter().zip(&plan.schedules);
    let mut floors: Vec<_> = targets
        .map(|(target, schedule)| (target.name.to_string(), schedule.floors.map(|step| step.floor)))
        .collect();
    floors.sort_by(|one, other| one.0.cmp(&other.0));
    floors
}

/// The manifest of a plan goes through the import and comes back as a plan with the same floors; whether files can be made
/// of the proposal.
fn comes_back(plan: &Plan) -> Result<bool, String> {
    let Ok(artifacts) = emit::emit(plan, &Templates::embedded()) else { return Ok(false) };
    let manifest = artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    let platform = &plan.profile.platform;
    let versions = Versions {
        keda: platform.keda.value,
        keda_patch: platform.keda_patch,
        kubernetes: platform.kubernetes.value,
    };
    let input = Input { name: "scalers.yaml".to_owned(), text: manifest.text.clone() };
    let imported =
        import::import(&[input], Terms { horizon: plan.horizon, versions, as_is: false, form: Form::Owned });
    let report = || {
        let calendar =
            imported.proposal.as_ref().map(|proposal| proposal.get(Sources::CALENDAR).text.clone());
        let report = import::report(&imported, plan.horizon, true);
        format!("{report}\n{:#?}\n{}", imported.problems, calendar.unwrap_or_default())
    };
    let lost = imported.remarks.iter().any(|remark| remark.kind == Kind::LeftOut);
    if lost || imported.verdicts.iter().any(|verdict| !verdict.differences.is_empty()) {
        return Err(report());
    }
    let again = compile::plan(imported.proposal.as_ref().unwrap()).0.ok_or_else(report)?;
    if floors(&again) == floors(plan) {
        Ok(imported.is_equal())
    } else {
        Err(format!("equal, but not the same\n{}", report()))
    }
}

const DAILY: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web}
spec:
  scaleTargetRef: {name: web}
  minReplicaCount: 1
  triggers:
    - type: cron
      metadata: {timezone: Europe/Berlin, start: \"0 8 * * *\", end: \"0 18 * * *\", desiredReplicas: \"5\"}
";

const ODD: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: odd}
spec:
  scaleTargetRef: {name: odd}
  minReplicaCount: 1
  triggers:
";

fn year(year: i32) -> Window<Date> {
    Window::new(Date::ymd(year, 1, 1).unwrap(), Date::ymd(year + 1, 1, 1).unwrap())
}

const QUEUE: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: queue, namespace: shop}
spec:
  scaleTargetRef: {name: queue}
  minReplicaCount: 0
  triggers:
    - type: kafka
      metadata: {bootstrapServers: \"k:9092\", consumerGroup: g, topic: t, lagThreshold: \"10\"}
    - type: cron
      metadata: {timezone: Europe/Berlin, start: \"0 8 * * *\", end: \"0 18 * * *\", desiredReplicas: \"5\"}
";
