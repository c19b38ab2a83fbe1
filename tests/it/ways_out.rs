//! What is said of a wrong argument or file: what is wrong with it, and what to write instead.

use crate::cli::{Run, Workplace};

fn said(arguments: &[&str]) -> String {
    refused(&Workplace::reference(), arguments).stderr
}

fn refused(place: &Workplace, arguments: &[&str]) -> Run {
    let run = place.run(arguments);
    assert_ne!(run.status, 0, "{arguments:?}");
    run
}

#[test]
fn a_value_that_begins_with_a_dash_has_a_way_that_works() {
    let growth = said(&["simulate", "--growth", "-1"]);
    assert!(growth.contains("a factor is a number from 0 to 1000") && !growth.contains("-- -1"), "{growth}");
    let place = Workplace::reference();
    let folder = refused(&place, &["generate", "-i", "-x/p"]).stderr;
    assert!(folder.contains("write '-i=-x/p'") && !folder.contains("-- -x"), "{folder}");
    for name in ["calendar.toml", "territories.toml"] {
        place.write(&format!("-x/p/{name}"), place.read(&format!("policies/{name}")).as_bytes());
    }
    assert_eq!(place.run(&["generate", "-i=-x/p"]).status, 0);
    // Where no value is meant, the tip is that of the parser.
    let flag = said(&["generate", "--quite"]);
    assert!(flag.contains("--quiet"), "{flag}");
}

#[test]
fn what_is_too_large_is_not_called_misspelt() {
    let long = said(&["simulate", "--start-up", "99999999h"]);
    assert!(long.contains("1193046h at most"), "{long}");
    for wrong in ["5", "h", "-5h", "1.5h"] {
        let long = said(&["simulate", &format!("--start-up={wrong}")]);
        assert!(long.contains("is written as 90s"), "{wrong}: {long}");
    }
    assert!(said(&["init", "-i", "new", "--min", "0"]).contains("keeps at least 1 replica"));
    assert!(said(&["init", "-i", "new", "--min", "30"]).contains("`--max 20` is not above `--min 30`"));
}

#[test]
fn a_limit_of_a_policy_s_number_is_named() {
    for (written, wrong, limit) in [
        ("floor = { web = 6 }", "floor = { web = \"1000000000000%\" }", "from 1 % to 1000000 %"),
        ("floor = { web = 6 }", "floor = { web = \"0%\" }", "from 1 % to 1000000 %"),
        ("floor = { web = 6 }", "floor = { web = 6 }\nevery = \"99999999999999w\"", "from 1 to 366 days"),
        (
            "floor = { web = 6 }",
            "floor = { web = 6 }\nramp = [{ before = \"4000000w\", share = 0.5 }]",
            "from 1 to 366 days",
        ),
    ] {
        let place = Workplace::empty();
        let calendar = "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n\n[seasons.sale]\nfrom = \"09-01\"\nto = \"09-20\"\nfloor = { web = 6 }\n";
        place.write("policies/calendar.toml", calendar.as_bytes());
        place.write("policies/territories.toml", b"[workloads.web]\nreplicas = { min = 2, max = 20 }\n");
        assert_eq!(place.run(&["generate"]).status, 0);
        place.edit("policies/calendar.toml", written, wrong);
        let run = refused(&place, &["generate"]);
        assert!(run.stderr.contains(limit), "{wrong}: {}", run.stderr);
    }
}

#[test]
fn a_day_that_its_month_does_not_have_is_named() {
    for arguments in [
        ["explain", "query", "--at", "2027-02-30"],
        ["explain", "query", "--at", "2027-02-30 12:00"],
        ["audit", "-", "--from", "2027-02-30"],
    ] {
        let found = said(&arguments);
        assert!(found.contains("2027-02-30 does not exist: February 2027 has 28 days"), "{found}");
    }
    let other = said(&["explain", "query", "--at", "2027-02-3"]);
    assert!(other.contains("a moment is written as"), "{other}");
}

#[test]
fn a_file_of_utf_16_is_called_so_with_the_way_to_utf_8() {
    let utf_16 = |text: &str| -> Vec<u8> {
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let place = Workplace::reference();
    place.write("object.yaml", &utf_16("apiVersion: keda.sh/v1alpha1\r\n"));
    place.write("policies/calendar.toml", &utf_16("[plan]\n"));
    for arguments in [["audit", "object.yaml"], ["import", "object.yaml"], ["generate", "--quiet"]] {
        let run = refused(&place, &arguments);
        // A report is folded at its width.
        let both = format!("{}{}", run.stdout, run.stderr).replace('=', " ");
        let both = both.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            both.contains("mark of UTF-16") && both.contains("iconv -f UTF-16 -t UTF-8"),
            "{arguments:?}: {both}"
        );
    }
    place.write("latin.yaml", b"# K\xe4se\n");
    let latin = refused(&place, &["audit", "latin.yaml"]).stdout;
    assert!(latin.contains("byte 0xe4") && !latin.contains("UTF-16"), "{latin}");
}

#[test]
fn what_was_probably_meant_is_named() {
    let place = Workplace::reference();
    let schema = said(&["schema"]);
    assert!(schema.contains("`calendar`") && schema.contains("`--out DIR`"), "{schema}");
    assert_eq!(place.run(&["schema", "calendar"]).status, 0);
    assert!(said(&["manual", "genrate"]).contains("did you mean `generate`?"));
    assert!(said(&["manual", "foo"]).contains("`--help` lists them"));
    assert!(said(&["holidays", "gb"]).contains("it has sets by region: GB-EAW"));
    assert!(said(&["holidays", "br"]).contains("`[holidays.NAME]`"));
    assert!(said(&["holidays", "de-by"]).contains("did you mean `DE-BY`?"));
    place.write("zero.ics", b"");
    let empty = refused(&place, &["import", "zero.ics"]).stderr;
    assert!(empty.contains("`zero.ics` is not a calendar") && empty.contains("BEGIN:VCALENDAR"), "{empty}");
    let small = refused(&place, &["--max-size", "1", "audit", "policies/calendar.toml"]).stderr;
    assert!(small.contains("larger than 1 byte;"), "{small}");
}

#[test]
fn what_a_simulation_needs_is_said_as_the_line_to_write() {
    let place = Workplace::empty();
    let calendar = "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n\n[seasons.sale]\nfrom = \"09-01\"\nto = \"09-20\"\nfloor = { web = 6 }\n";
    let workload = "[workloads.web]\nreplicas = { min = 2, max = 20 }\nrps-per-replica = 50\nbase-load = 100\n\n[platform]\nprometheus-url = \"http://prometheus:9090\"\n";
    place.write("policies/calendar.toml", calendar.as_bytes());
    place.write("policies/territories.toml", workload.as_bytes());
    let run = refused(&place, &["simulate"]);
    let says = |words: &str| assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    says("(`p95-gate = \"300ms\"`");
    says("below `[workloads.web]`");
    place.edit("policies/territories.toml", "base-load", "p95-gate = \"300ms\"\nbase-load");
    let run = place.run(&["simulate"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}
