//! Importing: cases in `tests/import/` through the binary, and our own manifests back to a policy that plans the same.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use seasonscale::artifact::ArtifactKind;
use seasonscale::compile;
use seasonscale::emit::{self, Templates};
use seasonscale::import::{self, Form, Imported, Input, Kind, Terms};
use seasonscale::keda::subject::Versions;
use seasonscale::parallel;
use seasonscale::plan::Plan;
use seasonscale::quantity::{Replicas, Version};
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
            snapshot_path => "../import",
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
        versions: Versions { keda, kubernetes: Version::new(1, 35) },
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
    let versions = Versions { keda: platform.keda.value, kubernetes: platform.kubernetes.value };
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
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

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
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

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

const ODD: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: odd}
spec:
  scaleTargetRef: {name: odd}
  minReplicaCount: 1
  triggers:
";

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

fn year(year: i32) -> Window<Date> {
    Window::new(Date::ymd(year, 1, 1).unwrap(), Date::ymd(year + 1, 1, 1).unwrap())
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

#[test]
fn a_proposal_is_written_to_a_new_folder_and_never_over_an_old_policy() {
    let place = Workplace::reference();
    place.write("web.yaml", DAILY.as_bytes());
    let import = ["import", "web.yaml", "--today", "2026-06-01", "--out"];
    let to = |folder: &'static str| place.run(&import.into_iter().chain([folder]).collect::<Vec<_>>());
    let before = place.read("policies/calendar.toml");
    let refused = to("policies");
    assert_eq!((refused.status, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("`policies/calendar.toml` is there already"), "{}", refused.stderr);
    assert_eq!(place.read("policies/calendar.toml"), before);
    let written = to("proposal");
    assert_eq!((written.status, written.stdout.as_str()), (0, ""), "{}", written.stderr);
    assert!(written.stderr.starts_with("created   proposal/calendar.toml\n"), "{}", written.stderr);
    let generated = place.run(&["generate", "-i", "proposal", "-o", "made"]);
    assert_eq!(generated.status, 0, "{}", generated.stderr);
    assert!(place.read("made/keda-scalers.yaml").contains("start: \"0 8 * * *\""));
}

#[test]
fn a_dash_reads_stdin() {
    let mut import = Command::new(env!("CARGO_BIN_EXE_seasonscale"))
        .args(["import", "-", "--from", "2026-01-01"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    import.stdin.take().unwrap().write_all(DAILY.as_bytes()).unwrap();
    let output = import.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("# from <stdin>, line 8"));
}

#[test]
fn exit_codes_of_an_import_tell_what_came_of_it() {
    let place = Workplace::reference();
    place.write("web.yaml", DAILY.as_bytes());
    place.write("other.yaml", b"kind: Deployment\n");
    place.write("broken.yaml", b"{\n");
    let status = |arguments: &[&str]| {
        place
            .run(&["import", "--today", "2026-06-01"].iter().chain(arguments).copied().collect::<Vec<_>>())
            .status
    };
    assert_eq!(status(&["web.yaml"]), 0);
    assert_eq!(status(&["web.yaml", "other.yaml"]), 0, "what is no ScaledObject is no loss");
    assert_eq!(status(&["web.yaml", "broken.yaml"]), 1);
    assert_eq!(status(&["broken.yaml"]), 1);
    assert_eq!(status(&["other.yaml"]), 3);
    assert_eq!(status(&["nowhere.yaml"]), 2);
    assert_eq!(status(&["web.yaml", "--until", "2025-01-01"]), 2);
    assert_eq!(status(&[]), 2);
}

/// The objects of a team in four namespaces, with triggers that the compiler has no key for.
#[test]
fn a_team_s_own_objects_become_a_policy_that_leaves_them_as_they_are() {
    let place = Workplace::reference();
    let folder = policies::root().join("tests/kept/own-floor");
    let team = folder.to_str().unwrap();
    let run = place.run(&["import", team, "--today", "2026-11-28", "--out", "team"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let (calendar, territories) = (place.read("team/calendar.toml"), place.read("team/territories.toml"));
    insta::with_settings!({
        prepend_module_to_snapshot => false,
        snapshot_path => "../import",
        omit_expression => true,
    }, {
        let shown = format!("{}\n{calendar}\n{territories}", run.stderr);
        insta::assert_snapshot!("own-floor", shown.replace(team, "team"));
    });
    // What is left of each file is the file less its cron trigger.
    let mut cut = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let input = fs::read_to_string(&path).unwrap();
        if !input.contains("type: cron") {
            assert!(!place.path(&format!("team/base/{name}")).exists(), "{name}");
            continue;
        }
        cut += 1;
        let base = place.read(&format!("team/base/{name}"));
        assert!(!base.contains("type: cron"), "{base}");
        let lines: Vec<&str> = input.lines().collect();
        let (mut at, mut gone) = (0, Vec::new());
        for line in base.lines() {
            while lines[at] != line {
                gone.push(lines[at]);
                at += 1;
            }
            at += 1;
        }
        gone.extend(&lines[at..]);
        assert!(gone.iter().any(|line| line.contains("type: cron")), "{gone:?}");
        assert!(gone.len() <= 4, "{gone:?}");
    }
    assert_eq!(cut, 7);
    let generated = place.run(&["generate", "-i", "team", "-o", "made"]);
    assert_eq!(generated.status, 0, "{}", generated.stderr);
    let made = place.read("made/keda-scalers.yaml");
    for line in ["        consumerGroup: order-consumer", "  fallback: { failureThreshold: 3, replicas: 4 }"]
    {
        assert!(made.contains(line), "{line}\n{made}");
    }
    // What is one schedule stays one.
    assert_eq!(made.matches("type: cron").count(), 7, "{made}");
    assert!(made.contains("start: \"0 6 1 12 *\"") && made.contains("end: \"0 23 24 12 *\""), "{made}");
    assert!(made.contains("start: \"0 9 * * 6\"") && made.contains("end: \"0 21 * * 0\""), "{made}");
    assert!(made.contains("start: \"0 0 28 * *\"") && made.contains("end: \"0 0 1 * *\""), "{made}");
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

fn kept(text: &str) -> Imported {
    let input = Input { name: "queue.yaml".to_owned(), text: text.to_owned() };
    import::import(&[input], Terms { form: Form::Kept, ..terms(year(2026), Version::new(2, 20)) })
}

#[test]
fn what_runs_and_is_dropped_is_never_called_equal() {
    assert!(kept(QUEUE).is_equal());
    let never = QUEUE.replacen("0 8 * * *", "0 8 31 2 *", 1);
    let faulty = QUEUE.replacen("start: \"0 8 * * *\"", "start: \"0 8 * * 5\"", 1);
    let zones = format!(
        "{QUEUE}    - type: cron\n      metadata: {{timezone: Asia/Tokyo, start: \"0 1 * * *\", end: \"TZ=UTC 0 2 * * *\", desiredReplicas: \"5\"}}\n"
    );
    let paused = QUEUE.replacen(
        "namespace: shop",
        "namespace: shop, annotations: {autoscaling.keda.sh/paused: \"true\"}",
        1,
    );
    for text in [&never, &faulty, &zones, &paused] {
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

/// What the import says of an object with one cron trigger, from a day on to the end of its year.
fn of_one_cron(zone: &str, (start, end): (&str, &str), from: &str) -> (Imported, String) {
    let daily = DAILY.replace("Europe/Berlin", zone).replace("0 8 * * *", start).replace("0 18 * * *", end);
    let from = Date::parse(from).unwrap();
    let horizon = Window::new(from, Date::ymd(from.year() + 1, 1, 1).unwrap());
    let input = Input { name: "web.yaml".to_owned(), text: daily };
    let versions = terms(horizon, Version::new(2, 20)).versions;
    let imported = import::import(&[input], Terms { horizon, versions, as_is: false, form: Form::Kept });
    let report = import::report(&imported, horizon, true);
    (imported, report)
}

#[test]
fn every_second_day_of_a_year_is_equal_though_a_line_stands_for_each() {
    for days in ["1-31/2", "*/2"] {
        let (start, end) = (format!("0 6 {days} * *"), format!("0 7 {days} * *"));
        let (imported, report) = of_one_cron("UTC", (&start, &end), "2027-01-01");
        assert!(imported.is_equal(), "{report}");
    }
}

#[test]
fn a_schedule_that_meets_a_change_of_the_clocks_is_no_bug_of_ours() {
    for times in [("0 20 * * *", "15 2 * * *"), ("15 2 * * *", "45 8 * * *")] {
        let (imported, report) = of_one_cron("Australia/Lord_Howe", times, "2027-01-01");
        assert!(!imported.compiles() && !imported.is_equal() && imported.problems.is_empty(), "{report}");
        assert!(
            report.contains("web: trigger 1 (cron): its schedule meets a change of the clocks"),
            "{report}"
        );
    }
    let (imported, report) = of_one_cron("Australia/Lord_Howe", ("0 8 * * *", "0 18 * * *"), "2027-01-01");
    assert!(imported.is_equal() && !report.contains("change of the clocks"), "{report}");
}

#[test]
fn a_trigger_that_is_active_without_a_window_is_not_called_one_without() {
    let (_, report) = of_one_cron("UTC", ("0 23 * 9 *", "0 3 * 9-10 *"), "2027-10-31");
    assert!(!report.contains("it has no window"), "{report}");
    assert!(report.contains("it is active in 2027-10-31 to 2027-12-31, but by no window"), "{report}");
    let (_, report) = of_one_cron("UTC", ("0 8 1 9 *", "0 18 1 9 *"), "2027-10-31");
    assert!(report.contains("it has no window in 2027-10-31 to 2027-12-31"), "{report}");
}

#[test]
fn what_a_change_of_the_clocks_does_has_its_name() {
    let (_, report) = of_one_cron("Europe/Berlin", ("0 20 * * *", "30 2 * * *"), "2027-01-01");
    assert!(report.contains("30 min: cron-dst-fold"), "{report}");
    assert!(report.contains("6 h: cron-dst-gap"), "{report}");
    let (_, other) = of_one_cron("Australia/Lord_Howe", ("15 2 * * *", "45 8 * * *"), "2027-01-01");
    assert!(other.contains("cron-dst-fold: trigger 1 (cron)"), "{other}");
    assert!(other.contains("the clocks of Australia/Lord_Howe go back by 30 minutes"), "{other}");
    assert!(!report.contains("no known fault") && !other.contains("no known fault"), "{report}{other}");
}

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

#[test]
fn a_change_of_the_clocks_of_a_second_zone_has_its_name() {
    let trigger = |zone: &str, start: &str, end: &str, floor: u32| {
        format!(
            "    - type: cron\n      metadata: {{timezone: {zone}, start: \"{start}\", end: \"{end}\", desiredReplicas: \"{floor}\"}}\n"
        )
    };
    let morning = trigger("UTC", "0 7 * * *", "0 8 * * *", 4);
    let weekend = trigger("America/Santiago", "0 0 * * 6,0", "0 12 * * 6,0", 9);
    let place = Workplace::empty();
    place.write("odd.yaml", format!("{ODD}{morning}{weekend}").as_bytes());
    let run = place.run(&["import", "odd.yaml", "--today", "2026-06-01", "-o", "policies"]);
    assert!(run.stderr.contains("cron-dst-gap: trigger 2"), "{}", run.stderr);
    assert!(run.stderr.contains("not kept") && !run.stderr.contains("no known fault"), "{}", run.stderr);
    let made = place.run(&["generate", "--today", "2026-06-01"]).stderr;
    assert!(made.contains("error[clock-change]") && !made.contains("report this as a bug"), "{made}");
}
