//! The command: what it reads, what it writes, how it ends.

use super::*;

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
    assert_eq!(status(&["web.yaml", "other.yaml"]), 0, "what is no ScaledObject is not a loss");
    assert_eq!(status(&["web.yaml", "broken.yaml"]), 1);
    assert_eq!(status(&["broken.yaml"]), 1);
    assert_eq!(status(&["other.yaml"]), 3);
    assert_eq!(status(&["nowhere.yaml"]), 2);
    assert_eq!(status(&["web.yaml", "--until", "2025-01-01"]), 2);
    assert_eq!(status(&[]), 2);
}

/// What a plan of ours has made says for which days it holds, also where they come back from a cluster in a list.
#[test]
fn the_days_of_a_plan_are_those_that_its_objects_name() {
    let place = Workplace::reference();
    let object = |name: &str, from: &str, until: &str| {
        let said = format!("seasonscale/valid-from: \"{from}\", seasonscale/valid-until: \"{until}\"");
        let metadata = format!("metadata: {{name: {name}, annotations: {{{said}}}}}");
        DAILY.replace("metadata: {name: web}", &metadata).replace("{name: web}", &format!("{{name: {name}}}"))
    };
    let plan = |texts: &[&str], more: &[&str]| {
        let list = texts.join("---\n");
        place.write("all.yaml", list.as_bytes());
        let run = place.run(&[&["import", "all.yaml", "--today", "2031-06-01"], more].concat());
        assert_eq!(run.status, 0, "{}", run.stderr);
        let lines = run.stdout.lines().skip_while(|line| *line != "[plan]").skip(1).take(2);
        lines.filter_map(|line| line.split_whitespace().nth(2)).collect::<Vec<_>>().join(" ")
    };
    let (web, till) = (object("web", "2026-02-01", "2026-12-31"), object("till", "2026-02-01", "2026-12-31"));
    let other = object("other", "2025-02-01", "2025-12-31");
    assert_eq!(plan(&[&web], &[]), "2026-02-01 2027-01-01");
    assert_eq!(plan(&[&web, &till], &[]), "2026-02-01 2027-01-01");
    let hand_written = DAILY.replace("web", "hand-written");
    assert_eq!(plan(&[&hand_written, &web], &[]), "2026-02-01 2027-01-01");
    assert_eq!(plan(&[&hand_written], &[]), "2031-01-01 2032-01-01");
    assert_eq!(plan(&[&web, &other], &[]), "2031-01-01 2032-01-01", "two plans: neither is meant more");
    assert_eq!(plan(&[&web], &["--from", "2027-01-01"]), "2027-01-01 2028-01-01");
    let half = web.replace("seasonscale/valid-from", "example.com/from");
    assert_eq!(plan(&[&half], &[]), "2031-01-01 2032-01-01");
}

/// Only the file of a finding and what mends it help whoever meets it.
#[test]
fn an_object_whose_floor_the_hpa_never_goes_to_is_left_out_with_its_trigger_and_the_way_out() {
    let place = Workplace::reference();
    let import = |name: &str| {
        let file = policies::root().join("tests/audit").join(name);
        place.run(&["import", file.to_str().unwrap(), "--today", "2026-06-01"])
    };
    let stuck = import("floor-of-fifteen-stuck-at-fourteen.yaml");
    assert_eq!(stuck.status, 1, "{}", stuck.stderr);
    for said in [
        "floor-of-fifteen-stuck-at-fourteen.yaml:19:26: ",
        "trigger 1 (cron): base-refused: ",
        "floor 15 is not enforced while 14 or more replicas run",
        "set scaleUp.tolerance \"0\" (Kubernetes 1.35), or a policy that reaches the floor from 7 in one step",
    ] {
        assert!(stuck.stderr.contains(said), "{said}\n{}", stuck.stderr);
    }
    let near = import("floor-next-to-the-minimum.yaml");
    assert_eq!(near.status, 1, "{}", near.stderr);
    assert!(near.stderr.contains("ask for 12 or more"), "{}", near.stderr);
    let reached = import("near-miss-twelve-from-two.yaml");
    assert_eq!(reached.status, 0, "{}", reached.stderr);
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
        snapshot_path => "../../import",
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
