//! An explanation as JSON. Its shape is an interface: `.docs/explain-json.md` describes every field, keys are only added.

use serde::Serialize;

use super::Shown;
use super::text::kind;
use crate::explain::{Change, Claim, CronTrigger, Level, Manifest, OtherTrigger, Planned, Spot, Verdict};
use crate::plan::{Occasion, OccasionId, OccasionKind, Part};
use crate::rules::halt::Halt;
use crate::source::Span;
use crate::time::{Instant, Zone};

/// The whole explanation, indented, with a line feed at the end.
pub fn json(shown: Shown<'_>) -> String {
    pretty(&view(shown))
}

pub(super) fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("internal error: plain data becomes JSON");
    format!("{text}\n")
}

#[derive(Serialize)]
struct View<'a> {
    target: TargetView<'a>,
    at: At<'a>,
    plan: Stretch,
    floor: Option<u32>,
    agrees: bool,
    claims: Vec<ClaimView<'a>>,
    switched_off: Vec<OffView<'a>>,
    since: Option<ChangeView<'a>>,
    next: Option<ChangeView<'a>>,
    manifest: Option<ManifestView<'a>>,
}

#[derive(Serialize)]
struct TargetView<'a> {
    name: String,
    territory: Option<&'a str>,
    workload: &'a str,
    min: u32,
    max: u32,
    policy: String,
}

#[derive(Serialize)]
struct At<'a> {
    local: String,
    zone: &'a str,
    utc: String,
    utc_second: Option<String>,
}

/// First and last day, both inside.
#[derive(Serialize)]
struct Stretch {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct ClaimView<'a> {
    name: &'a str,
    title: &'a str,
    kind: &'a str,
    part: &'a str,
    verdict: &'a str,
    floor: Option<u32>,
    dates: Option<Stretch>,
    rules: Rules<'a>,
    holidays: Vec<String>,
    policy: String,
    policy_floor: Option<String>,
    owner: Option<&'a str>,
    ticket: Option<&'a str>,
}

#[derive(Serialize)]
struct OffView<'a> {
    name: &'a str,
    title: &'a str,
    kind: &'a str,
    policy: String,
}

/// As written, without quotes.
#[derive(Serialize)]
struct Rules<'a> {
    from: &'a str,
    to: &'a str,
    hours: Option<&'a str>,
    days: Option<&'a str>,
}

#[derive(Serialize)]
struct ChangeView<'a> {
    local: String,
    utc: String,
    before: LevelView<'a>,
    after: LevelView<'a>,
}

#[derive(Serialize)]
struct LevelView<'a> {
    floor: u32,
    by: Vec<By<'a>>,
}

#[derive(Serialize)]
struct By<'a> {
    name: &'a str,
    part: &'a str,
}

#[derive(Serialize)]
struct ManifestView<'a> {
    file: &'a str,
    line: usize,
    floor: u32,
    /// Why nothing of it is in force.
    halted: Option<&'static str>,
    cron_triggers: usize,
    scale_down_window: u32,
    active: Vec<CronView<'a>>,
    others: Vec<OtherView<'a>>,
}

#[derive(Serialize)]
struct CronView<'a> {
    index: usize,
    name: &'a str,
    line: usize,
    start: &'a str,
    end: &'a str,
    timezone: &'a str,
    floor: u32,
    decides: bool,
    since: Option<String>,
    until: Option<String>,
}

#[derive(Serialize)]
struct OtherView<'a> {
    index: usize,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    /// Where that is another one than the manifest's.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    line: usize,
    metric_type: &'a str,
    threshold: Option<&'a str>,
}

fn view(shown: Shown<'_>) -> View<'_> {
    let Shown { explanation, plan, sources } = shown;
    let target = &plan.profile.targets[explanation.target.0];
    let planned = explanation.planned.as_ref();
    let change = |change: &'_ Change| change_view(shown, change, &target.zone);
    View {
        target: TargetView {
            name: plan.profile.full_name(target),
            territory: plan.profile.territory(target).map(|territory| territory.code.as_str()),
            workload: plan.profile.workload(target).name.as_str(),
            min: target.min.value.0,
            max: target.max.value.0,
            policy: sources.line(target.span).to_string(),
        },
        at: At {
            local: explanation.moment.local.to_string(),
            zone: target.zone.name(),
            utc: explanation.moment.at.to_string(),
            utc_second: explanation.moment.again.map(|at| at.to_string()),
        },
        plan: Stretch {
            from: plan.horizon.from.to_string(),
            to: plan.horizon.until.plus_days(-1).to_string(),
        },
        floor: planned.map(|planned| planned.floor.0),
        agrees: explanation.agrees(),
        claims: planned.map(|planned| claims(shown, planned)).unwrap_or_default(),
        switched_off: planned.map(|planned| switched_off(shown, planned)).unwrap_or_default(),
        since: planned.and_then(|planned| planned.since.as_ref()).map(change),
        next: planned.and_then(|planned| planned.next.as_ref()).map(change),
        manifest: explanation.manifest.as_ref().map(|made| manifest(shown, made)),
    }
}

fn claims<'a>(shown: Shown<'a>, planned: &Planned) -> Vec<ClaimView<'a>> {
    planned.claims.iter().map(|claim| claim_view(shown, claim)).collect()
}

fn switched_off<'a>(shown: Shown<'a>, planned: &'a Planned) -> Vec<OffView<'a>> {
    let view = |off: &'a Occasion| OffView {
        name: off.name.as_str(),
        title: &off.title,
        kind: kind(off.kind, Part::Main),
        policy: shown.sources.line(off.span).to_string(),
    };
    planned.off.iter().map(view).collect()
}

fn claim_view<'a>(shown: Shown<'a>, claim: &Claim) -> ClaimView<'a> {
    let occasion = &shown.plan.occasions[claim.occasion.0];
    let text = |span: Span| shown.sources.text(span).trim_matches(['"', '\'']);
    let line = |span: Span| shown.sources.line(span).to_string();
    let (verdict, floor) = verdict(&claim.verdict);
    let holidays = match &claim.verdict {
        Verdict::Holidays(holidays) => {
            holidays.iter().map(|holiday| format!("{}.{}", holiday.set, holiday.name)).collect()
        }
        Verdict::Decides(_)
        | Verdict::Loses { .. }
        | Verdict::AsksNothing
        | Verdict::OtherHours { .. }
        | Verdict::OtherWeekday
        | Verdict::OtherDay
        | Verdict::Elsewhere => Vec::new(),
    };
    ClaimView {
        name: occasion.name.as_str(),
        title: &occasion.title,
        kind: kind(occasion.kind, Part::Main),
        part: part(claim.part, occasion.kind),
        verdict,
        floor,
        dates: claim.dates.map(|(from, to)| Stretch { from: from.to_string(), to: to.to_string() }),
        rules: Rules {
            from: text(claim.written.from),
            to: text(claim.written.to),
            hours: claim.written.hours.map(text),
            days: claim.written.days.map(text),
        },
        holidays,
        policy: line(claim.written.table),
        policy_floor: claim.basis.map(|basis| line(basis.span())),
        owner: occasion.owner.as_deref(),
        ticket: occasion.ticket.as_deref(),
    }
}

/// `main` or `lead-in`
fn part(part: Part, of: OccasionKind) -> &'static str {
    match part {
        Part::Main => "main",
        Part::LeadIn(_) => kind(of, part),
    }
}

fn verdict(verdict: &Verdict) -> (&'static str, Option<u32>) {
    match verdict {
        Verdict::Decides(floor) => ("decides", Some(floor.0)),
        Verdict::Loses { floor, .. } => ("loses", Some(floor.0)),
        Verdict::AsksNothing => ("asks-nothing", None),
        Verdict::OtherHours { .. } => ("other-hours", None),
        Verdict::OtherWeekday => ("other-weekday", None),
        Verdict::OtherDay => ("other-day", None),
        Verdict::Holidays(_) => ("holiday", None),
        Verdict::Elsewhere => ("elsewhere", None),
    }
}

fn change_view<'a>(shown: Shown<'a>, change: &Change, zone: &Zone) -> ChangeView<'a> {
    ChangeView {
        local: change.at.to_string(),
        utc: zone.first_instant(change.at).to_string(),
        before: level(shown, &change.before),
        after: level(shown, &change.after),
    }
}

fn level<'a>(shown: Shown<'a>, level: &Level) -> LevelView<'a> {
    let by = |(occasion, of): &(OccasionId, Part)| {
        let occasion = &shown.plan.occasions[occasion.0];
        By { name: occasion.name.as_str(), part: part(*of, occasion.kind) }
    };
    LevelView { floor: level.floor.0, by: level.by.iter().map(by).collect() }
}

fn manifest<'a>(shown: Shown<'a>, manifest: &'a Manifest) -> ManifestView<'a> {
    ManifestView {
        file: &manifest.path,
        line: manifest.line,
        floor: manifest.floor.0,
        halted: manifest.halt.as_ref().map(Halt::id),
        cron_triggers: manifest.cron_triggers,
        scale_down_window: manifest.scale_down_window,
        active: manifest.active.iter().map(cron).collect(),
        others: manifest.others.iter().map(|trigger| other(shown, trigger)).collect(),
    }
}

fn cron(trigger: &CronTrigger) -> CronView<'_> {
    let said = |at: Option<Instant>| at.map(|at| at.to_string());
    CronView {
        index: trigger.index,
        name: &trigger.name,
        line: trigger.line,
        start: &trigger.start,
        end: &trigger.end,
        timezone: &trigger.timezone,
        floor: trigger.floor.0,
        decides: trigger.decides,
        since: said(trigger.since),
        until: said(trigger.until),
    }
}

fn other<'a>(shown: Shown<'a>, trigger: &'a OtherTrigger) -> OtherView<'a> {
    let (file, line) = match trigger.at {
        Spot::Made(line) => (None, line),
        Spot::Owners(span) => {
            let place = shown.sources.line(span);
            (Some(place.file), place.line)
        }
    };
    OtherView {
        index: trigger.index,
        name: &trigger.name,
        kind: &trigger.kind,
        file,
        line,
        metric_type: &trigger.metric_type,
        threshold: trigger.threshold.as_deref(),
    }
}
