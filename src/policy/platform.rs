//! `[platform]`: the systems that the files are for, and their versions.

use super::container;
use super::decode::{Problems, Table, Value};
use super::diags;
use super::metrics;
use super::reader;
use super::scalar;
use crate::features;
use crate::name::{DEFAULT_NAMESPACE, KubeName, MetricName, SetName, Slug};
use crate::profile::{KedaForm, Nodes, Platform, RulesForm};
use crate::quantity::{Release, Version};
use crate::source::{Located, Span};
use crate::time::Zone;

/// The platform, its place, and the holiday sets of targets without a territory.
pub(super) struct Read {
    pub(super) platform: Platform,
    pub(super) span: Span,
    pub(super) holidays: Vec<Located<SetName>>,
}

pub(super) fn read(root: &mut Table<'_>, deployments: bool, problems: &mut Problems) -> Option<Read> {
    let mut table = root.table_or_empty("platform", problems);
    let why = "its cron scaler decides otherwise";
    let known = [features::keda::FIRST, features::keda::USUAL, features::keda::LAST];
    let keda = version(&mut table, ("keda", "KEDA"), known, why, problems);
    let why = "KEDA from 2.16 on does not run there";
    let known = [features::kubernetes::FIRST, features::kubernetes::USUAL, features::kubernetes::LAST];
    let kubernetes = version(&mut table, ("kubernetes", "Kubernetes"), known, why, problems);
    let namespace = table.get("namespace").map(|value| value.name(KubeName::RULE, KubeName::parse, problems));
    let prometheus_url = table.get("prometheus-url").and_then(|value| api(value, problems));
    let runbook_url = table.get("runbook-url").and_then(|value| url(value, problems));
    let team = table.get("team").and_then(|value| value.name(Slug::RULE, Slug::parse, problems));
    let job = table.get("job").and_then(|value| reader::text(value, problems));
    let app = table.get("app").and_then(|value| reader::text(value, problems));
    let zone = table.get("zone").map(|value| reader::zone(value, problems));
    let label = table
        .get("keda-namespace-label")
        .and_then(|value| value.name(MetricName::RULE, MetricName::parse, problems));
    let holidays = table.get("holidays").map(|value| reader::sets(value, problems)).unwrap_or_default();
    let workweek = table.get("workweek").and_then(|value| reader::workweek(value, problems));
    let rules = table.get("rules").and_then(|value| value.parsed(RULES, rules_form, problems));
    let form = table.get("keda-form").and_then(|value| value.parsed(FORMS, keda_form, problems));
    let nodes = nodes(&mut table, problems);
    let metrics = metrics::read(&mut table, problems);
    let container = container::read(&mut table, deployments, problems);
    let span = table.span;
    table.finish(problems);
    let platform = Platform {
        keda: keda.as_ref().map(|keda| Located::new(keda.value.version, keda.span))?,
        keda_patch: keda?.value.patch,
        kubernetes: kubernetes.map(|kubernetes| Located::new(kubernetes.value.version, kubernetes.span))?,
        namespace: namespace.map_or_else(|| KubeName::parse(DEFAULT_NAMESPACE), |name| Some(name?.value))?,
        prometheus_url,
        runbook_url,
        team: team.map(|team| team.value),
        job,
        app,
        metrics,
        says_zone: zone.is_some(),
        zone: zone.unwrap_or_else(|| Some(Zone::utc()))?,
        workweek: workweek.unwrap_or(Platform::MONDAY_TO_FRIDAY),
        keda_namespace_label: label
            .map_or_else(|| MetricName::parse(KEDA_LABEL), |label| Some(label.value))?,
        rules: rules.map_or(RulesForm::File, |form| form.value),
        keda_form: form.map_or(KedaForm::Objects, |form| form.value),
        nodes,
        container,
    };
    Some(Read { platform, span, holidays })
}

const FORMS: &str = "\"objects\", \"patches\" or \"triggers\"";

fn keda_form(text: &str) -> Option<KedaForm> {
    [KedaForm::Objects, KedaForm::Patches, KedaForm::Triggers].into_iter().find(|form| form.id() == text)
}

/// More replicas that find room without a new node: more than any fleet keeps free is a slip of the pen.
const MOST_SPARE: u32 = 1000;

fn nodes(table: &mut Table<'_>, problems: &mut Problems) -> Option<Nodes> {
    let start_up = table.get("node-start-up");
    let spare = table.get("spare-replicas");
    if let (None, Some(spare)) = (&start_up, &spare) {
        let wanted = "`node-start-up` beside it: without that there is always room";
        problems.push(diags::bad_value("spare-replicas", wanted, spare.span));
    }
    let spare = spare.and_then(|value| value.whole(problems));
    if let Some(spare) = spare.filter(|spare| spare.value > MOST_SPARE) {
        problems.push(diags::bad_value("spare-replicas", "a number from 0 to 1000", spare.span));
    }
    let start_up = start_up?.parsed("a duration such as \"3m\"", scalar::seconds, problems)?;
    Some(Nodes { start_up: start_up.value, spare: spare.map_or(0, |spare| spare.value) })
}

/// What Prometheus makes of a label `namespace` that its target has too, where nobody says `honorLabels`.
const KEDA_LABEL: &str = "exported_namespace";

const RULES: &str = "\"file\" or \"prometheus-rule\"";

fn rules_form(text: &str) -> Option<RulesForm> {
    match text {
        "file" => Some(RulesForm::File),
        "prometheus-rule" => Some(RulesForm::PrometheusRule),
        _ => None,
    }
}

fn url(value: Value<'_>, problems: &mut Problems) -> Option<String> {
    let what = "an http(s) address without `#` and without a slash at its end";
    Some(value.parsed(what, address, problems)?.value)
}

/// Where Prometheus is: KEDA puts the path of its API behind that.
fn api(value: Value<'_>, problems: &mut Problems) -> Option<String> {
    let what = "an http(s) address without `#`, without a slash at its end, and without `/api/v1`";
    let parse = |text: &str| {
        address(text).filter(|text| !["/api/v1", "/api/v1/query"].iter().any(|path| text.ends_with(path)))
    };
    Some(value.parsed(what, parse, problems)?.value)
}

fn address(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`' | '#' | '{' | '}');
    (!rest.is_empty() && !rest.ends_with('/') && rest.chars().all(plain)).then(|| text.to_owned())
}

/// `known` is the first version that is modelled, the one that is taken where none is said, and the last one.
fn version<'t>(
    table: &mut Table<'t>,
    (key, title): (&'t str, &str),
    [least, usual, last]: [Version; 3],
    why: &str,
    problems: &mut Problems,
) -> Option<Located<Release>> {
    let Some(value) = table.get(key) else {
        return Some(Located::new(Release { version: usual, patch: None }, table.span));
    };
    let version = value.parsed("a version such as \"2.20\", in quotes", Release::parse, problems)?;
    if version.value.version < least {
        problems.push(diags::unsupported_version(title, &least.to_string(), why, version.span));
    } else if version.value.version > last {
        problems.push(diags::unmodelled_version(title, (least, last), version.span));
    }
    Some(version)
}
