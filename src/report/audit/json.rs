//! An audit for programs. The shape is stable: fields are added, never renamed or taken away, and `format` says which it
//! is. `.docs/audit-json.md` describes it; instants are UTC, windows half-open.

use serde::{Serialize, Serializer};

use super::price::part;
use super::{Tally, severity};
use crate::audit::{Cron, File, Object, Scope, Trigger};
use crate::keda::limits::DecidedBy;
use crate::parallel;
use crate::rules::cost::{Cost, Lost};
use crate::rules::finding::Finding;
use crate::rules::halt::Halt;
use crate::time::{Instant, Window};

const FORMAT: &str = "seasonscale-audit/1";

/// Objects whose text is held at a time: one can have thousands of windows.
const AT_A_TIME: usize = 256;

/// Documents of another kind.
#[derive(Serialize)]
struct Skipped<'a> {
    kind: &'a str,
    count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonObject<'a> {
    kind: &'static str,
    namespace: Option<&'a str>,
    name: &'a str,
    line: usize,
    /// None for a ScaledJob.
    target: Option<&'a str>,
    min_replica_count: Option<i32>,
    max_replica_count: Option<i32>,
    /// Why nothing of it is in force; none where it is.
    halted: Option<&'static str>,
    /// Each step holds until the next one, the last until the end.
    floor: Vec<Step>,
    triggers: Vec<JsonTrigger<'a>>,
}

#[derive(Serialize)]
struct Step {
    from: Utc,
    replicas: u32,
    /// Only where a formula stays below the maximum.
    ceiling: Option<u32>,
    #[serde(rename = "decidedBy")]
    decided_by: &'static str,
}

/// An instant as text.
struct Utc(Instant);

impl Serialize for Utc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonTrigger<'a> {
    index: usize,
    #[serde(rename = "type")]
    kind: &'a str,
    name: Option<&'a str>,
    line: usize,
    /// Only of cron triggers that KEDA can run.
    #[serde(skip_serializing_if = "Option::is_none")]
    cron: Option<JsonCron<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonCron<'a> {
    start: &'a str,
    end: &'a str,
    timezone: &'a str,
    desired_replicas: i64,
    active: Vec<JsonWindow>,
}

#[derive(Serialize)]
struct JsonWindow {
    from: Utc,
    until: Utc,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    code: &'static str,
    severity: &'static str,
    summary: &'static str,
    line: usize,
    column: usize,
    object: Option<&'a str>,
    trigger: Option<usize>,
    field: &'a str,
    effect: &'a str,
    first: Option<String>,
    /// None where nothing is known of it.
    cost: Option<JsonCost>,
    help: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonCost {
    lost: Option<&'static str>,
    share: Option<f64>,
    pod_hours: Option<f64>,
}

impl JsonCost {
    pub(super) fn of(cost: Cost, window: Window<Instant>) -> Option<Self> {
        let lost = cost.lost.map(|lost| match lost {
            Lost::Object => "object",
            Lost::Trigger => "trigger",
        });
        let share = cost.seconds.map(|seconds| rounded(part(seconds, window), 1e6));
        let pod_hours = cost.pod_seconds.map(|seconds| rounded(seconds as f64 / 3600.0, 1e2));
        (cost != Cost::default()).then_some(Self { lost, share, pod_hours })
    }
}

/// To so many parts of one: the digits after them are of no use to anybody.
fn rounded(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}

/// What comes before the first file.
pub fn json_begin(scope: Scope) -> String {
    format!(
        "{{\n\"format\": {},\n\"from\": {},\n\"until\": {},\n\"keda\": {},\n\"kubernetes\": {},\n\"files\": [\n",
        text(FORMAT),
        text(&scope.window.from.to_string()),
        text(&scope.window.until.to_string()),
        text(&scope.versions.release().to_string()),
        text(&scope.versions.kubernetes.to_string()),
    )
}

/// Files, piece by piece; `first` is whether none came before.
pub fn json_files(files: &[File], scope: Scope, first: bool) -> impl Iterator<Item = String> {
    // One long file's objects are written side by side, many short files are.
    let (alone, short) = if let [file] = files { (Some(file), &[][..]) } else { (None, files) };
    let comma = move |number: usize| if first && number == 0 { "" } else { ",\n" };
    let alone = alone.into_iter().flat_map(move |file| json_file(file, scope, comma(0)));
    let short = short.chunks(AT_A_TIME).enumerate().flat_map(move |(chunk, files)| {
        let texts = parallel::map(files, |file| json_file(file, scope, "").collect::<String>());
        let numbered = texts.into_iter().enumerate();
        numbered.map(move |(number, text)| format!("{}{text}", comma(chunk * AT_A_TIME + number)))
    });
    alone.chain(short)
}

fn json_file<'f>(file: &'f File, scope: Scope, comma: &'f str) -> impl Iterator<Item = String> + 'f {
    let head = format!("{comma}{{\"file\":{},\"objects\":[", text(&file.name));
    let objects = file.objects.chunks(AT_A_TIME).enumerate().flat_map(move |(chunk, objects)| {
        let texts = parallel::map(objects, |one| text(&object(one, scope)));
        let commas = (chunk * AT_A_TIME..).map(|number| if number == 0 { "" } else { "," }.to_owned());
        commas.zip(texts).flat_map(|(comma, text)| [comma, text])
    });
    let findings: Vec<JsonFinding<'_>> = file.findings.iter().map(|one| finding(one, scope.window)).collect();
    let others = file.others.iter();
    let skipped: Vec<Skipped<'_>> = others.map(|(kind, count)| Skipped { kind, count: *count }).collect();
    let tail = format!("],\"findings\":{},\"skipped\":{}}}", text(&findings), text(&skipped));
    std::iter::once(head).chain(objects).chain([tail])
}

fn text(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("internal error: every value here is JSON")
}

/// What comes after the last file.
pub fn json_end(tally: Tally) -> String {
    let Tally { files, objects, errors, warnings } = tally;
    format!(
        "\n],\n\"summary\": {{\"files\": {files}, \"objects\": {objects}, \"errors\": {errors}, \"warnings\": {warnings}}}\n}}\n"
    )
}

fn object(object: &Object, scope: Scope) -> JsonObject<'_> {
    let scales = object.scales.as_ref();
    let held = scales.and_then(|scales| Some((scales, scales.held.as_ref()?)));
    let floor = held.into_iter().flat_map(|(scales, held)| {
        let pieces = held.pieces(scope.window.from..scope.window.until);
        pieces.map(move |(from, _, held)| Step {
            from: Utc(from),
            replicas: held.floor.0,
            ceiling: held.below(scales.max).map(|most| most.0),
            decided_by: match held.by {
                DecidedBy::Triggers => "triggers",
                DecidedBy::Calendar => "calendar",
                DecidedBy::Formula => "formula",
            },
        })
    });
    JsonObject {
        kind: object.kind.name(),
        namespace: object.namespace.as_deref(),
        name: &object.name,
        line: object.mark.line,
        target: scales.map(|scales| scales.target.as_str()),
        min_replica_count: scales.map(|scales| scales.min),
        max_replica_count: scales.map(|scales| scales.max),
        halted: object.halt.as_ref().map(Halt::id),
        floor: floor.collect(),
        triggers: object.triggers.iter().map(|one| trigger(one, scope)).collect(),
    }
}

fn trigger(trigger: &Trigger, scope: Scope) -> JsonTrigger<'_> {
    JsonTrigger {
        index: trigger.index,
        kind: &trigger.kind,
        name: trigger.name.as_deref(),
        line: trigger.mark.line,
        cron: trigger.cron.as_ref().map(|one| cron(one, scope)),
    }
}

fn cron(cron: &Cron, scope: Scope) -> JsonCron<'_> {
    let active = cron.active.pieces(scope.window.from..scope.window.until).filter(|(_, _, on)| **on);
    JsonCron {
        start: &cron.texts.0,
        end: &cron.texts.1,
        timezone: cron.zone.name(),
        desired_replicas: cron.desired,
        active: active.map(|(from, until, _)| JsonWindow { from: Utc(from), until: Utc(until) }).collect(),
    }
}

fn finding(finding: &Finding, window: Window<Instant>) -> JsonFinding<'_> {
    let place = &finding.place;
    JsonFinding {
        code: finding.rule.id(),
        severity: severity(finding),
        summary: finding.rule.summary(),
        line: place.mark.line,
        column: place.mark.column,
        object: (!place.object.is_empty()).then_some(place.object.as_str()),
        trigger: place.trigger,
        field: &place.field,
        effect: &finding.effect,
        first: finding.first.map(|first| first.to_string()),
        cost: JsonCost::of(finding.cost, window),
        help: &finding.mend,
    }
}
