//! The template engine: minijinja with `<< value >>`, `<% block %>` and `<# remark #>`, so that Prometheus' own
//! `{{ $labels.territory }}` passes through untouched, and with the escaping of the file at hand by default.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};
use serde::Serialize;

use super::{diags, escape};
use crate::artifact::ArtifactKind;
use crate::finding::Diagnostic;
use crate::markdown;

/// Declares the templates: the kind of file that each is for, and its name.
macro_rules! templates {
    ($($kind:ident: $name:literal;)*) => {
        /// Every template of the binary: its name, the kind of file that it is for, and its text. A test holds this list
        /// against the `templates/` folder.
        pub(crate) const EMBEDDED: &[(&str, ArtifactKind, &str)] =
            &[$(($name, ArtifactKind::$kind, include_str!(concat!("../../templates/", $name))),)*];
    };
}

templates! {
    Keda: "scaledobjects.yaml.j2";
    Keda: "scaledobject.yaml.j2";
    KedaTriggers: "kept-triggers.yaml.j2";
    KedaPatches: "kept-patches.yaml.j2";
    KedaTriggers: "kept-values.yaml.j2";
    KeptAlerts: "alerts/kept.yml.j2";
    JournalPurge: "journal-purge.yaml.j2";
    PodMonitor: "pod-monitor.yaml.j2";
    SqlExporter: "sql-exporter.yml.j2";
    Deployments: "deployments.yaml.j2";
    Deployments: "deployment.yaml.j2";
    PrometheusRule: "prometheus-rule.yaml.j2";
    AlertmanagerInhibit: "alertmanager-inhibit.yml.j2";
    Kustomization: "kustomization.yaml.j2";
    Seasons: "seasons/name.txt.j2";
    Seasons: "seasons/summary.txt.j2";
    Seasons: "seasons/description.txt.j2";
    Guide: "guide.md.j2";
    Micrometer: "micrometer/quarkus.properties.j2";
    MicrometerSpring: "micrometer/spring.properties.j2";
    Alerts: "alerts/rules.yml.j2";
    Alerts: "alerts/plan.yml.j2";
    Alerts: "alerts/calendar.yml.j2";
    Alerts: "alerts/told.yml.j2";
    Alerts: "alerts/replicas.yml.j2";
    Alerts: "alerts/http.yml.j2";
    Alerts: "alerts/latency.yml.j2";
    Alerts: "alerts/scaling.yml.j2";
    Alerts: "alerts/cost.yml.j2";
    Alerts: "alerts/journal.yml.j2";
    Alerts: "alerts/business.yml.j2";
    Alerts: "alerts/health.yml.j2";
    AlertTests: "alert-tests/alerts.test.yml.j2";
    AlertTests: "alert-tests/calendar.test.yml.j2";
    Dashboards: "dashboards/panel.json.j2";
    Dashboards: "dashboards/territory-performance.json.j2";
    Dashboards: "dashboards/cost-roi.json.j2";
    Load: "load/seasonal-load.js.j2";
    Journal: "journal/migration.sql.j2";
    Journal: "journal/next.sql.j2";
    Undo: "journal/undo.sql.j2";
    Undo: "journal/undo-next.sql.j2";
    Journal: "journal/about.sql.j2";
    Journal: "journal/begin.sql.j2";
    Journal: "journal/tables.sql.j2";
    Journal: "journal/more-tables.sql.j2";
    Journal: "journal/indexes.sql.j2";
    Journal: "journal/rows.sql.j2";
    Journal: "journal/functions.sql.j2";
    Journal: "journal/views.sql.j2";
    Journal: "journal/privileges.sql.j2";
    Journal: "journal/keep.sql.j2";
    Undo: "journal/clear.sql.j2";
    Runbook: "runbook/runbook.md.j2";
    Runbook: "runbook/year.md.j2";
    Runbook: "runbook/limits.md.j2";
    Runbook: "runbook/scaling.md.j2";
    Runbook: "runbook/objects.md.j2";
    Runbook: "runbook/causes.md.j2";
    Runbook: "runbook/alerts/latency.md.j2";
    Runbook: "runbook/alerts/scaling.md.j2";
    Runbook: "runbook/alerts/journal.md.j2";
    Runbook: "runbook/alerts/kept.md.j2";
    Runbook: "runbook/alerts/plan.md.j2";
    Runbook: "runbook/emergencies.md.j2";
    Runbook: "runbook/territories.md.j2";
    Runbook: "runbook/changes.md.j2";
}

/// The templates of a run: the embedded ones, with a user's replacements.
pub struct Templates {
    environment: Environment<'static>,
    replaced: Vec<(&'static str, ArtifactKind)>,
    /// What was said of those that did not end: one that is rendered for each object is not waited for a second time.
    endless: Mutex<BTreeMap<String, Diagnostic>>,
}

impl Templates {
    /// The embedded templates.
    pub fn embedded() -> Self {
        Self::with(BTreeMap::new()).expect("internal error: an embedded template does not parse")
    }

    /// The embedded templates, those named in `replacements` replaced. A replacement that does not parse, or that no
    /// embedded template has the name of, is a finding.
    pub fn with(mut replacements: BTreeMap<String, String>) -> Result<Self, Vec<Diagnostic>> {
        let mut environment = environment();
        let mut problems = Vec::new();
        let mut replaced = Vec::new();
        for (name, kind, text) in EMBEDDED {
            let own = replacements.remove(*name);
            replaced.extend(own.is_some().then_some((*name, *kind)));
            let text = own.unwrap_or_else(|| (*text).to_owned());
            if let Err(error) = environment.add_template_owned(*name, text) {
                problems.push(diags::template_error(name, &error));
            }
        }
        problems.extend(replacements.into_keys().map(|name| diags::unknown_template(&name)));
        if problems.is_empty() {
            Ok(Self { environment, replaced, endless: Mutex::default() })
        } else {
            Err(problems)
        }
    }

    /// Names and texts of the embedded templates.
    pub fn sources() -> impl Iterator<Item = (&'static str, &'static str)> {
        EMBEDDED.iter().map(|(name, _, text)| (*name, *text))
    }

    /// The kind of file that an embedded template is for.
    pub fn kind(name: &str) -> Option<ArtifactKind> {
        EMBEDDED.iter().find(|(known, ..)| *known == name).map(|(_, kind, _)| *kind)
    }

    /// The templates that are a user's, with the kind of file that each is for.
    pub fn replaced(&self) -> &[(&'static str, ArtifactKind)] {
        &self.replaced
    }

    /// Renders the template `name` with `view`; the result ends in exactly one line feed.
    pub(super) fn render(&self, name: &str, view: impl Serialize) -> Result<String, Vec<Diagnostic>> {
        let endless = || self.endless.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = endless().get(name) {
            return Err(vec![known.clone()]);
        }
        let template = self.environment.get_template(name);
        let rendered = template.and_then(|template| template.render(Serde(view)));
        let mut text = rendered.map_err(|error| {
            let found = diags::template_error(name, &error);
            if error.kind() == ErrorKind::OutOfFuel {
                endless().insert(name.to_owned(), found.clone());
            }
            vec![found]
        })?;
        text.truncate(text.trim_end().len());
        text.push('\n');
        Ok(text)
    }
}

/// What one template may spend: about an instruction each. 20,000 territories take a half of it; a loop that does not end
/// has spent it after some seconds.
const FUEL: u64 = 100_000_000;

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    let syntax = SyntaxConfig::builder()
        .block_delimiters("<%", "%>")
        .variable_delimiters("<<", ">>")
        .comment_delimiters("<#", "#>")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("internal error: the delimiters are distinct");
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.trim_end_matches(".j2").rsplit('.').next() {
        Some("yaml" | "yml") => AutoEscape::Custom("yaml".into()),
        Some("sql") => AutoEscape::Custom("sql".into()),
        Some("md") => AutoEscape::Custom("md".into()),
        Some("json") => AutoEscape::Custom("json".into()),
        Some(_) | None => AutoEscape::None,
    });
    environment.set_formatter(format);
    environment.add_filter("quoted", |text: &str| Value::from_safe_string(escape::yaml_quoted(text)));
    environment.add_filter("comment", |text: &str| Value::from_safe_string(escape::one_line(text)));
    environment.add_filter("promql", |text: &str| Value::from_safe_string(escape::promql(text)));
    environment.add_filter("code", |text: &str| Value::from_safe_string(markdown::code(text)));
    environment
        .add_filter("code_in_cell", |text: &str| Value::from_safe_string(markdown::code_in_cell(text)));
    environment
}

/// Writes a value in the file's own syntax: a string can never become more than that string.
fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let refused =
        |what: &str| Err(Error::new(ErrorKind::InvalidOperation, format!("cannot print {what} here")));
    let kind = value.kind();
    if kind == ValueKind::Undefined {
        return refused("an undefined value");
    }
    if kind == ValueKind::None {
        return refused("nothing");
    }
    if kind == ValueKind::Bool {
        return out.write_str(if value.is_true() { "true" } else { "false" }).map_err(Error::from);
    }
    if kind == ValueKind::Number {
        return write!(out, "{value}").map_err(Error::from);
    }
    let Some(text) = value.as_str() else { return refused("a collection") };
    let syntax = if let AutoEscape::Custom(name) = state.auto_escape() { name.as_ref() } else { "" };
    let written = match syntax {
        _ if value.is_safe() => out.write_str(text),
        "yaml" => out.write_str(&escape::yaml(text)),
        "sql" => out.write_str(&escape::sql_literal(text)),
        "md" => out.write_str(&markdown::text(text)),
        "json" => out.write_str(&escape::json(text)),
        _ => out.write_str(text),
    };
    written.map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_loops_for_ever_is_a_finding_with_its_line() {
        let endless = "line 1\n<% macro again() %><% for one in range(9999) %><% for two in range(9999) %><% for three in range(9999) %><< one >><% endfor %><% endfor %><% endfor %><% endmacro %>\n<< again() >>";
        let mut templates = Templates::embedded();
        templates.environment.set_fuel(Some(FUEL / 200));
        templates.environment.add_template_owned("scaledobject.yaml.j2", endless.to_owned()).unwrap();
        let found = templates.render("scaledobject.yaml.j2", ()).unwrap_err().remove(0);
        assert_eq!(found.place.as_ref().and_then(|place| place.line), Some(2), "{found:?}");
        assert!(found.title.contains("does not end"), "{found:?}");
        // What it says of the next object is known: the text behind the name is not read again.
        templates.environment.add_template_owned("scaledobject.yaml.j2", "ends").unwrap();
        assert_eq!(templates.render("scaledobject.yaml.j2", ()), Err(vec![found]));
    }

    #[derive(Serialize)]
    struct Hostile {
        text: &'static str,
    }

    fn render(extension: &str, text: &'static str) -> String {
        let mut environment = environment();
        environment.add_template_owned(format!("t.{extension}.j2"), "<< text >>").unwrap();
        environment
            .get_template(&format!("t.{extension}.j2"))
            .unwrap()
            .render(Serde(Hostile { text }))
            .unwrap()
    }

    #[test]
    fn a_hostile_string_stays_that_string_in_every_syntax() {
        assert_eq!(render("yaml", "a: b # \"c\""), r##""a: b # \"c\"""##);
        assert_eq!(render("sql", "'; DROP SCHEMA scaling; --"), "'''; DROP SCHEMA scaling; --'");
        assert_eq!(render("json", "a\"b\\c\n"), r#""a\"b\\c\n""#);
        assert_eq!(render("md", "<b>*|`[x](y)"), r"&lt;b&gt;\*\|\`\[x\](y)");
    }

    #[test]
    fn prometheus_templates_pass_through() {
        let mut environment = environment();
        environment.add_template("t.yml.j2", "summary: \"{{ $labels.territory }} {{ $value }}\"").unwrap();
        let text = environment.get_template("t.yml.j2").unwrap().render(Serde(())).unwrap();
        assert_eq!(text, "summary: \"{{ $labels.territory }} {{ $value }}\"");
    }
}
