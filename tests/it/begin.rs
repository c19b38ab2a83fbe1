//! `seasonscale init`: from an empty folder to files that compile, and never over what is there.

use std::fs;

use seasonscale::begin::{Answers, Preset, Range, files};
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::keys::{FILES, schema};
use seasonscale::name::{KubeName, Slug};
use seasonscale::report;
use seasonscale::source::Sources;
use seasonscale::time::{Date, Zone};

use crate::cli::Workplace;
use crate::keys::takes_text;
use crate::policies::{root, source};

#[test]
fn every_preset_compiles_without_a_word_in_every_month_and_range() {
    for preset in Preset::ALL {
        for month in 1..=12 {
            for (min, max) in [(2, 20), (1, 2), (1, 100)] {
                let answers = Answers {
                    preset,
                    workloads: ["checkout", "search"].map(|name| Slug::parse(name).unwrap()).into(),
                    namespace: KubeName::parse("shop").unwrap(),
                    zone: Zone::parse("America/New_York").unwrap(),
                    range: Range { min, max },
                    today: Date::ymd(2027, month, 28).unwrap(),
                };
                let [calendar, territories] = files(&answers).map(|(_, text)| text);
                assert!(
                    takes_text(&schema(&FILES[0]), &calendar) && takes_text(&schema(&FILES[1]), &territories)
                );
                let sources =
                    Sources::new(source("calendar", &calendar), source("territories", &territories));
                let said = match compile(&sources, &Templates::embedded()) {
                    Ok(compiled) => report::terminal(&compiled.warnings, &sources, false),
                    Err(found) => report::terminal(&found, &sources, false),
                };
                assert_eq!(said, "", "{preset:?} in month {month}, {min} to {max}");
            }
        }
    }
}

const INIT: [&str; 3] = ["init", "--today", "2027-03-04"];

#[test]
fn from_an_empty_folder_to_right_files() {
    let place = Workplace::empty();
    let flags = [
        "--preset",
        "web-shop",
        "--workload",
        "checkout",
        "--namespace",
        "shop",
        "--zone",
        "America/New_York",
    ];
    let run = place.run(&[&INIT[..], &flags].concat());
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    insta::assert_snapshot!(run.stderr);
    insta::assert_snapshot!(place.read("policies/calendar.toml") + &place.read("policies/territories.toml"));
    for file in ["calendar", "territories"] {
        let first = format!("#:schema .schema/{file}.schema.json\n");
        assert!(place.read(&format!("policies/{file}.toml")).starts_with(&first));
        assert!(place.path(&format!("policies/.schema/{file}.schema.json")).exists());
    }
    assert_eq!(place.run(&["generate"]).status, 0);
    assert_eq!(place.run(&["check", "--today", "2027-03-04"]).status, 0);
}

#[test]
fn it_never_overwrites() {
    for there in ["calendar.toml", "territories.toml"] {
        let place = Workplace::empty();
        place.write(&format!("policies/{there}"), b"# mine\n");
        let run = place.run(&INIT);
        assert_eq!((run.status, run.stderr.contains("nothing was changed")), (2, true), "{}", run.stderr);
        assert_eq!(place.read(&format!("policies/{there}")), "# mine\n");
        assert!(!place.path("policies/.schema").exists());
    }
    let place = Workplace::empty();
    place.write("policies/.schema/calendar.schema.json", b"{}");
    assert_eq!(place.run(&INIT).status, 0);
    assert_eq!(place.read("policies/.schema/calendar.schema.json"), "{}");
}

#[test]
fn scaledobjects_become_a_policy_by_the_code_of_import() {
    let place = Workplace::empty();
    let office = fs::read(root().join("tests/audit/control-office-hours.yaml")).unwrap();
    place.write("k8s/office.yaml", &office);
    let run = place.run(&[&INIT[..], &["k8s"]].concat());
    assert!(place.path("policies/calendar.toml").exists(), "{}", run.stderr);
    let first = place.read("policies/calendar.toml").lines().next().unwrap().to_owned();
    assert_eq!(first, "#:schema .schema/calendar.schema.json");
    assert!(place.path("policies/.schema/territories.schema.json").exists());
    assert_eq!(place.run(&["generate"]).status, 0);
    let none = Workplace::empty();
    none.write("k8s/none.yaml", b"kind: Service\n");
    assert_eq!(none.run(&[&INIT[..], &["k8s"]].concat()).status, 3);
    assert!(!none.path("policies").exists());
}

#[test]
fn what_cannot_be_is_said_before_anything_is_written() {
    for wrong in [["--zone", "PST"], ["--namespace", "Shop"], ["--workload", "Check Out"], ["--max", "2"]] {
        let place = Workplace::empty();
        let run = place.run(&[&INIT[..], &wrong].concat());
        assert_eq!(run.status, 2, "{wrong:?}");
        assert!(!place.path("policies").exists());
    }
    let place = Workplace::empty();
    let twice = place
        .run(&[&INIT[..], &["--workload", "shop", "--workload", "search", "--workload", "shop"]].concat());
    assert_eq!((twice.status, twice.stderr.contains("`shop` is there twice")), (2, true), "{}", twice.stderr);
    assert!(!place.path("policies").exists());
    let two = place.run(&[&INIT[..], &["--workload", "shop", "--workload", "search"]].concat());
    assert_eq!(two.status, 0, "{}", two.stderr);
}

#[test]
fn the_step_after_a_proposal_that_does_not_compile_is_to_mend_it() {
    let place = Workplace::empty();
    let object = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {name: web}\n  minReplicaCount: 1\n  maxReplicaCount: 9\n  triggers:\n    - type: cron\n      metadata: {timezone: Africa/Cairo, start: \"30 11 * * 5\", end: \"0 0 * * 6\", desiredReplicas: \"4\"}\n";
    place.write("k8s/web.yaml", object.as_bytes());
    let run = place.run(&[&INIT[..], &["k8s"]].concat());
    assert!(
        run.stderr.contains("next: mend") && !run.stderr.contains("`seasonscale generate`"),
        "{}",
        run.stderr
    );
    let good = Workplace::empty();
    good.write("k8s/web.yaml", object.replace("Africa/Cairo", "Asia/Dubai").as_bytes());
    let run = good.run(&[&INIT[..], &["k8s"]].concat());
    assert!(run.stderr.contains("next: read both files, then `seasonscale generate`"), "{}", run.stderr);
    let run = good.run(&[&INIT[..], &["k8s", "-i", "shop"]].concat());
    assert!(run.stderr.contains("then `seasonscale generate -i shop`"), "{}", run.stderr);
    assert_eq!(good.run(&["generate", "-i", "shop"]).status, 0);
}

#[test]
fn a_hook_and_a_workflow_are_printed_on_request() {
    let place = Workplace::empty();
    let run = place.run(&[&INIT[..], &["--hook", "--ci"]].concat());
    assert_eq!(run.status, 0);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn beside_a_policy_that_is_there_a_hook_is_printed_and_nothing_is_written() {
    let place = Workplace::empty();
    let first = place.run(&[&INIT[..], &["--hook"]].concat());
    let policy = ["policies/calendar.toml", "policies/territories.toml"].map(|name| place.read(name));
    let run = place.run(&["init", "--hook"]);
    assert_eq!((run.status, &run.stdout), (0, &first.stdout), "{}", run.stderr);
    assert!(run.stderr.contains("the policy in `policies` stays as it is"), "{}", run.stderr);
    assert_eq!(policy, ["policies/calendar.toml", "policies/territories.toml"].map(|name| place.read(name)));
    // Without it, and from objects, a policy that is there is refused.
    place.write("a.yaml", b"kind: ConfigMap\n");
    for arguments in [&["init"][..], &["init", "--hook", "a.yaml"]] {
        let run = place.run(arguments);
        assert!(run.status == 2 && run.stderr.contains("nothing was changed"), "{}", run.stderr);
    }
}

#[test]
fn names_of_folders_are_texts_of_yaml_and_of_a_shell_and_no_patterns() {
    for (folder, written) in [
        ("a+b (c)", r#"entry: "seasonscale check -i 'a+b (c)'""#),
        ("a+b (c)", r#"files: "^(a\\+b \\(c\\)/|generated/)""#),
        ("x:y #z", r#"run: "seasonscale check -i 'x:y #z'""#),
        (".", r#"files: "^([^/]+\\.toml$|generated/)""#),
        ("plain", "files: ^(plain/|generated/)"),
    ] {
        let place = Workplace::empty();
        let run = place.run(&[&INIT[..], &["--hook", "--ci", "--workload", "web", "-i", folder]].concat());
        assert!(run.status == 0 && run.stdout.contains(written), "{folder}: {}", run.stdout);
        for document in run.stdout.split("# .github/workflows") {
            serde_yaml::from_str::<serde_json::Value>(&format!("#{document}")).unwrap();
        }
    }
    for refused in ["a\nb", "${{ x }}"] {
        let place = Workplace::empty();
        let run = place.run(&[&INIT[..], &["--ci", "--workload", "web", "-i", refused]].concat());
        assert_eq!(run.status, 2, "{refused:?}: {}", run.stdout);
    }
}

#[test]
fn a_hook_watches_the_folders_that_the_project_names() {
    let place = Workplace::empty();
    let project = "[policies.shop]\nfolder = \"ops/shop\"\nout = \"ops/made\"\ntemplates = \"ops/own\"\n\n[policies.till]\nfolder = \"till\"\nout = \"made\"\n";
    place.write("seasonscale.toml", project.as_bytes());
    for (folder, files) in [
        ("ops/shop", "files: ^(ops/shop/|ops/made/|ops/own/) "),
        ("till", "files: ^(till/|made/) "),
        ("elsewhere", "files: ^(elsewhere/|generated/) "),
    ] {
        let run = place.run(&[&INIT[..], &["--hook", "--workload", "web", "-i", folder]].concat());
        assert!(run.status == 0 && run.stdout.contains(files), "{folder}: {}{}", run.stdout, run.stderr);
    }
}

#[test]
fn a_policy_that_the_project_does_not_name_is_said_with_the_lines_to_add() {
    let place = Workplace::empty();
    let project = "[policies.shop]\nfolder = \"shop/policies\"\n";
    place.write("seasonscale.toml", project.as_bytes());
    let run = place.run(&["init", "--workload", "web", "-i", "shop/policies"]);
    assert!(run.status == 0 && !run.stderr.contains("does not name"), "{}", run.stderr);
    let run = place.run(&["init", "--workload", "web", "-i", "till/policies"]);
    assert!(run.stderr.contains("`seasonscale.toml` does not name this policy"), "{}", run.stderr);
    let lines = "[policies.till]\nfolder = \"till/policies\"\nout    = \"generated-till\"\n";
    assert!(run.stderr.contains(lines), "{}", run.stderr);
    // With them, both are generated.
    place.write("seasonscale.toml", format!("{project}\n{lines}").as_bytes());
    let run = place.run(&["generate", "--today", "2026-06-01"]);
    assert!(run.status == 0 && place.path("generated-till/keda-scalers.yaml").exists(), "{}", run.stderr);
    // From a folder below, the way is still that of the project file; what `import` proposes is said as well.
    place.write("till/k8s/own.yaml", include_str!("../kept/own-floor/order-api.yaml").as_bytes());
    let run = place.run_in("till", &["init", "k8s", "-i", "policies-of-kafka"]);
    assert!(run.stderr.contains("folder = \"till/policies-of-kafka\""), "{}", run.stderr);
}

#[test]
fn a_hook_of_a_subfolder_runs_there_and_watches_from_the_root_of_the_repository() {
    let place = Workplace::empty();
    place.write(".git/HEAD", b"ref: refs/heads/main\n");
    place.write("ops/seasonscale.toml", b"[policies.shop]\nfolder = \"policies\"\nout = \"../made\"\n");
    let run = place.run_in("ops", &["init", "--hook", "--ci", "--workload", "web"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for line in [
        r#"entry: "sh -c 'cd ops && seasonscale check -i policies'""#,
        "files: ^(ops/policies/|made/) ",
        r#"run: "cd ops && seasonscale check -i policies""#,
        "cd ops && seasonscale review -i policies",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    // At the root it is the plain command.
    let run = place.run(&["init", "--hook", "--workload", "web", "-i", "two"]);
    assert!(run.stdout.contains("entry: seasonscale check -i two\n"), "{}", run.stdout);
    place.write("ops/own/.git/HEAD", b"ref: refs/heads/main\n");
    let run = place.run_in("ops/own", &["init", "--hook", "--workload", "web", "-i", "../out"]);
    assert!(run.status == 2 && run.stderr.contains("is not in this repository"), "{}", run.stderr);
    assert!(!place.path("ops/out").exists());
    // Nothing watches it where no hook is asked for.
    let run = place.run_in("ops/own", &["init", "--workload", "web", "-i", "../out"]);
    assert!(run.status == 0 && place.path("ops/out/calendar.toml").exists(), "{}", run.stderr);
    // What the project says of a folder is known before it is there, from wherever.
    place.write("seasonscale.toml", b"[policies.till]\nfolder = \"till/policies\"\nout = \"tillmade\"\n");
    fs::create_dir(place.path("till")).unwrap();
    let run = place.run_in("till", &["init", "--hook", "--workload", "web"]);
    assert!(run.stdout.contains("files: ^(till/policies/|tillmade/) "), "{}{}", run.stdout, run.stderr);
}

#[test]
fn the_runbook_of_a_preset_has_no_column_without_a_word() {
    for preset in ["web-shop", "food-b2b", "business-hours"] {
        let place = Workplace::empty();
        assert_eq!(place.run(&["init", "--preset", preset]).status, 0);
        assert_eq!(place.run(&["generate"]).status, 0);
        let runbook = place.read("generated/runbook-seasonal.md");
        let year: Vec<&str> = runbook.lines().filter(|line| line.starts_with("| season | part |")).collect();
        assert_eq!(year, ["| season | part | first day | last day | days | hours | zone | floors |"]);
        assert!(runbook.contains("| target | replicas | highest floor | cooldown | scale-down window |"));
        for word in ["The profile", "<ratio>", "change the policy"] {
            assert!(!runbook.contains(word), "{preset}: {word}");
        }
    }
    let place = Workplace::reference();
    assert_eq!(place.run(&["generate"]).status, 0);
    let runbook = place.read("generated/runbook-seasonal.md");
    assert!(runbook.contains("| season | part | territory | first day |") && runbook.contains("<ratio>"));
}
