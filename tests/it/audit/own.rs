//! What we emit, audited as anybody's: its head says until when the plan holds, its comments say what each trigger does.

use seasonscale::artifact::ArtifactKind;
use seasonscale::audit::{Audit, Scope};
use seasonscale::begin::{Answers, Preset, Range, files};
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::finding::Rule;
use seasonscale::name::{KubeName, Slug};
use seasonscale::quantity::Version;
use seasonscale::rules::subject::Versions;
use seasonscale::source::Sources;
use seasonscale::time::{Date, Instant, Window, Zone};

use super::corpus::year;
use crate::{golden, policies};

/// Feasts by their names, each by the rule that it moves by, some on working days only.
const FEASTS: &str = r#"
[seasons.easter]
title = "Easter"
from  = "easter - 2d"
to    = "easter + 1d"
floor = { web = 3 }

[seasons.black-friday]
title = "Black Friday"
from  = "4th thu of 11 + 1d"
to    = "4th thu of 11 + 4d"
floor = { web = 6 }

[seasons.thanksgiving]
title = "Thanksgiving, working days"
from  = "4th thu of 11 - 3d"
to    = "4th thu of 11"
hours = "22:00-06:00"
days  = "mon-fri"
floor = { web = 5 }

[seasons.advent]
title = "Advent"
from  = "advent"
to    = "12-24"
hours = "10:00-22:00"
days  = "sat,sun"
floor = { web = 3 }

[seasons.oktoberfest]
title = "Oktoberfest"
from  = "sat >= 09-16"
to    = "sun <= 10-05"
hours = "08:00-20:00"
days  = "workdays"
floor = { web = 6 }

"#;

/// The policies of `tests/cases/good`, and one of feasts.
fn policies() -> Vec<(String, Sources)> {
    let mut calendar = policies::base("calendar");
    calendar.text = calendar.text.replace("[campaigns.mailing]", &format!("{FEASTS}[campaigns.mailing]"));
    let feasts = Sources::new(calendar, policies::base("territories"));
    let mut all = golden::policies();
    all.push(("feasts".to_owned(), feasts));
    all
}

#[test]
fn our_own_files_have_no_finding_in_their_plan_nor_in_a_stretch_that_ends_after_it() {
    let later = Window::new(Instant(year().from.0 + 180 * 86_400), Instant(year().until.0 + 180 * 86_400));
    let versions = Versions { keda: Version::new(2, 20), keda_patch: None, kubernetes: Version::new(1, 35) };
    let mut wrong = Vec::new();
    for (name, sources) in policies() {
        let compiled =
            compile(&sources, &Templates::embedded()).unwrap_or_else(|found| panic!("{name}: {found:?}"));
        let file = compiled.artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
        let platform = &compiled.plan.profile.platform;
        let own = Versions {
            keda: platform.keda.value,
            keda_patch: platform.keda_patch,
            kubernetes: platform.kubernetes.value,
        };
        let has_tolerance = own.have_tolerance();
        for window in [year(), later] {
            let file = Audit::new(Scope { versions, window }).file(&name, file.text.as_bytes());
            // Without a tolerance of its own a floor may be a tenth higher than what load asks for, and nothing is done for it.
            let may_rest = |rule| rule == Rule::HpaDeadBand && !has_tolerance;
            let found = file.findings.iter().filter(|finding| !may_rest(finding.rule));
            wrong.extend(found.map(|finding| {
                let place = &finding.place;
                format!(
                    "{name}: {} {} {}: {}",
                    place.mark.line,
                    place.object,
                    finding.rule.id(),
                    finding.effect
                )
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Those and the reference, the businesses and what `init` writes: objects whose first trigger is a cron trigger are among them.
fn many_policies() -> Vec<(String, Sources)> {
    let text = |path: &str| std::fs::read_to_string(policies::root().join(path)).unwrap();
    let of = |calendar: &str, territories: &str| {
        Sources::new(policies::source("calendar", calendar), policies::source("territories", territories))
    };
    let mut all = policies();
    for folder in [
        "policies",
        "tests/cases/businesses/adelaide-to-dubai",
        "tests/cases/businesses/web-shop-in-the-united-states",
    ] {
        let file = |name: &str| text(&format!("{folder}/{name}.toml"));
        all.push((folder.to_owned(), of(&file("calendar"), &file("territories"))));
    }
    for (preset, zone) in Preset::ALL.into_iter().zip(["UTC", "America/Sao_Paulo", "Europe/Berlin"]) {
        let answers = Answers {
            preset,
            workloads: vec![Slug::parse("checkout").unwrap()],
            namespace: KubeName::parse("shop").unwrap(),
            zone: Zone::parse(zone).unwrap(),
            range: Range { min: 2, max: 20 },
            today: Date::ymd(2026, 11, 30).unwrap(),
        };
        let [calendar, territories] = files(&answers).map(|(_, text)| text);
        all.push((format!("{preset:?}"), of(&calendar, &territories)));
    }
    all
}

/// After the plan's end they may be: working days fall on other dates then.
#[test]
fn our_own_words_beside_a_schedule_are_never_held_against_it_in_the_plan() {
    let words = [Rule::CronCommentDiffers, Rule::CronLastDayLost];
    let mut wrong = Vec::new();
    for (name, sources) in many_policies() {
        let compiled =
            compile(&sources, &Templates::embedded()).unwrap_or_else(|found| panic!("{name}: {found:?}"));
        let platform = &compiled.plan.profile.platform;
        let versions = Versions {
            keda: platform.keda.value,
            keda_patch: platform.keda_patch,
            kubernetes: platform.kubernetes.value,
        };
        let utc = Zone::parse("UTC").unwrap();
        let plan = compiled.plan.horizon;
        let window = Window::new(utc.start_of(plan.from), utc.start_of(plan.until));
        for file in compiled.artifacts.iter().filter(|artifact| artifact.kind == ArtifactKind::Keda) {
            let file = Audit::new(Scope { versions, window }).file(&name, file.text.as_bytes());
            let found = file.findings.iter().filter(|finding| words.contains(&finding.rule));
            wrong.extend(found.map(|finding| {
                let (place, id) = (&finding.place, finding.rule.id());
                format!("{name}: {} {} {id}: {}", place.mark.line, place.object, finding.effect)
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
