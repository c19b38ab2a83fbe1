//! A floor that the policy's own way up reaches late: said where the file is made, not only by who audits it.

use crate::cli::Workplace;

/// Fridays from 10:00 to 10:20 at 40 replicas.
fn on_sale(scale_up: &str) -> Workplace {
    let place = Workplace::empty();
    let calendar = "[plan]\nfrom = 2027-01-01\nuntil = 2028-01-01\n[seasons.onsale]\nfrom = \"01-01\"\nto = \"12-31\"\ndays = \"fri\"\nhours = \"10:00-10:20\"\nfloor = { shop = 40 }\n";
    place.write("policies/calendar.toml", calendar.as_bytes());
    let territories = format!(
        "[platform]\nzone = \"Australia/Sydney\"\n[workloads.shop]\nreplicas = {{ min = 2, max = 60 }}\n{scale_up}\n"
    );
    place.write("policies/territories.toml", territories.as_bytes());
    place
}

const TODAY: [&str; 2] = ["--today", "2027-02-01"];

#[test]
fn a_floor_that_comes_late_by_the_policy_is_a_warning_and_its_way_out_works() {
    let place = on_sale("scale-up-per-minute = 2");
    let run = place.run(&["generate"]);
    assert!(
        run.status == 0 && run.stderr.contains("warning[hpa-floor-late]"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    let run = place.run(&[&["check", "--fail-on", "warning"], &TODAY[..]].concat());
    let said = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.status, 1, "{said}");
    assert!(said.contains("hpa-floor-late") && said.contains("18 min late"), "{said}");
    // Audit of the file that was made finds the same, and of what the help says nothing.
    let audited = |place: &Workplace| place.run(&["audit", "generated/keda-scalers.yaml"]).stdout;
    assert!(audited(&place).contains("hpa-floor-late"));
    assert!(said.contains("`scale-up-per-minute = 38`"), "{said}");
    for quick in ["scale-up-per-minute = 38", ""] {
        let place = on_sale(quick);
        let run = place.run(&["generate"]);
        assert!(run.status == 0 && !run.stderr.contains("hpa-floor-late"), "{quick}: {}", run.stderr);
        assert!(!audited(&place).contains("hpa-floor-late"));
        let check = place.run(&[&["check", "--fail-on", "warning"], &TODAY[..]].concat());
        assert_eq!(check.status, 0, "{quick}: {}", check.stderr);
    }
}

#[test]
fn explain_says_of_a_floor_on_its_way_when_it_is_there() {
    let at = |place: &Workplace, at: &str| place.run(&["explain", "shop", "--at", at]).stdout;
    let place = on_sale("scale-up-per-minute = 3");
    let text = at(&place, "2027-03-05 10:05");
    assert!(
        text.contains("asks for 40 since") && text.contains("10:12") && !text.contains("holds 40 now"),
        "{text}"
    );
    assert!(at(&place, "2027-03-05 10:15").contains("holds 40 now, as planned"));
    assert!(at(&place, "2027-03-05 11:15").contains("holds 2 now, as planned"));
    let slow = at(&on_sale("scale-up-per-minute = 1"), "2027-03-05 10:05");
    assert!(slow.contains("not there before it ends"), "{slow}");
    assert!(at(&on_sale(""), "2027-03-05 10:00").contains("holds 40 now, as planned"));
}
