//! The text of the migration: what it depends on, and what it does not.

use seasonscale::artifact::ArtifactKind;
use seasonscale::compile;
use seasonscale::emit::{Templates, emit};
use seasonscale::finding::Rule;
use seasonscale::plan::Plan;
use seasonscale::quantity::{Ratio, Seconds};
use seasonscale::verify::{verify, version_taken};

use super::server::Database;
use crate::policies;

fn plan() -> Plan {
    compile::plan(&policies::reference()).0.unwrap()
}

fn made(plan: &Plan, kind: ArtifactKind) -> String {
    let made = emit(plan, &Templates::embedded()).unwrap();
    made.into_iter().find(|artifact| artifact.kind == kind).unwrap().text
}

#[test]
fn the_calendar_and_the_titles_do_not_reach_it() {
    let before = plan();
    let mut after = before.clone();
    after.horizon.until = after.horizon.until.next();
    after.occasions.reverse();
    after.profile.territories.reverse();
    for territory in &mut after.profile.territories {
        territory.title = "'; DROP SCHEMA scaling CASCADE; --".to_owned();
        territory.note = Some("$fn$ ${x} */".to_owned());
    }
    for kind in [ArtifactKind::Journal, ArtifactKind::Undo] {
        let mut only = before.clone();
        only.profile = after.profile.clone();
        only.horizon = after.horizon;
        assert_eq!(made(&before, kind), made(&only, kind));
    }
}

#[test]
fn every_setting_reaches_it_and_is_looked_for_again() {
    let mut other = plan();
    let journal = other.profile.journal.as_mut().unwrap();
    (journal.spill_ratio, journal.critical_ratio) = (Ratio(0.5), Ratio(1.0));
    (journal.max_attempts, journal.retention) = (3, Seconds(36 * 3600));
    let artifacts = emit(&other, &Templates::embedded()).unwrap();
    let sql: Vec<_> = artifacts.into_iter().filter(|made| made.path.ends_with(".sql")).collect();
    assert_eq!(verify(&other, &sql), []);
    let database = Database::empty();
    database.apply(&sql[0].text, "postgres").unwrap();
    let settings =
        "select spill_ratio, critical_ratio, max_attempts, retention from scaling.journal_settings";
    assert_eq!(database.sql(settings).unwrap(), "0.5|1|3|36:00:00");
    let lost = verify(&plan(), &sql);
    for setting in ["spill_ratio", "critical_ratio", "max_attempts", "retention"] {
        let named = |found: &&seasonscale::finding::Diagnostic| {
            found.rule == Rule::EmittedSqlMismatch && found.title.contains(&format!("{setting} begins as"))
        };
        assert_eq!(lost.iter().filter(named).count(), 1, "{setting}: {lost:#?}");
    }
}

#[test]
fn a_hostile_name_of_the_territory_setting_stays_a_name() {
    let mut hostile = plan();
    let name = "a'b\n$fn$; DROP SCHEMA scaling; -- \"${x\"";
    hostile.profile.journal.as_mut().unwrap().territory_setting = name.replace("${x", "x");
    let text = made(&hostile, ArtifactKind::Journal);
    let database = Database::empty();
    database.apply(&text, "postgres").unwrap();
    let source = "select pg_get_functiondef('scaling.current_territory()'::regprocedure)";
    assert!(database.sql(source).unwrap().contains("a''b"));
}

fn taken(existing: &[&str]) -> Option<String> {
    let names: Vec<String> = existing.iter().map(|name| (*name).to_owned()).collect();
    let found = version_taken(plan().profile.journal.as_ref()?, &names)?;
    assert!(found.rule == Rule::MigrationVersionTaken && found.labels.len() == 1 && found.help.is_some());
    Some(found.title)
}

#[test]
fn a_version_that_another_file_has_is_named() {
    for other in
        ["V226__other.sql", "V0226__other.sql", "V226.0__x.sql", "V226_0__x.sql", "V226.sql", "V226__X.java"]
    {
        let title = taken(&["V225__a.sql", other]).unwrap_or_else(|| panic!("{other}"));
        assert!(title.contains(other) && title.contains("226"), "{title}");
    }
    for free in [
        "V226__scaling_event_journal.sql",
        "V2260__x.sql",
        "V226.1__x.sql",
        "R__V226.sql",
        "U226__other.sql",
        "V226__notes.md",
        "226__x.sql",
    ] {
        assert_eq!(taken(&[free]), None, "{free}");
    }
}

#[test]
fn a_file_with_one_underscore_is_named_because_flyway_does_not_see_it() {
    let title = taken(&["V226_scaling_event_journal.sql"]).unwrap();
    assert!(title.contains("V226_scaling_event_journal.sql") && title.contains("does not see it"), "{title}");
}
