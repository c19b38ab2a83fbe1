//! The template engine: minijinja with `<< value >>`, `<% block %>` and `<# remark #>`, so that Prometheus' own
//! `{{ $labels.territory }}` passes through untouched, and with the escaping of the file at hand by default.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};
use serde::Serialize;

use super::{diags, escape};
use crate::finding::Diagnostic;
use crate::markdown;

/// Every template of the binary: its name and its text. A test holds this list against the `templates/` folder.
pub(crate) const EMBEDDED: &[(&str, &str)] = &[
    ("scaledobjects.yaml.j2", include_str!("../../templates/scaledobjects.yaml.j2")),
    ("scaledobject.yaml.j2", include_str!("../../templates/scaledobject.yaml.j2")),
    ("kept-triggers.yaml.j2", include_str!("../../templates/kept-triggers.yaml.j2")),
    ("kept-patches.yaml.j2", include_str!("../../templates/kept-patches.yaml.j2")),
    ("kept-values.yaml.j2", include_str!("../../templates/kept-values.yaml.j2")),
    ("alerts/kept.yml.j2", include_str!("../../templates/alerts/kept.yml.j2")),
    ("journal-purge.yaml.j2", include_str!("../../templates/journal-purge.yaml.j2")),
    ("pod-monitor.yaml.j2", include_str!("../../templates/pod-monitor.yaml.j2")),
    ("sql-exporter.yml.j2", include_str!("../../templates/sql-exporter.yml.j2")),
    ("deployments.yaml.j2", include_str!("../../templates/deployments.yaml.j2")),
    ("deployment.yaml.j2", include_str!("../../templates/deployment.yaml.j2")),
    ("prometheus-rule.yaml.j2", include_str!("../../templates/prometheus-rule.yaml.j2")),
    ("alertmanager-inhibit.yml.j2", include_str!("../../templates/alertmanager-inhibit.yml.j2")),
    ("kustomization.yaml.j2", include_str!("../../templates/kustomization.yaml.j2")),
    ("seasons/name.txt.j2", include_str!("../../templates/seasons/name.txt.j2")),
    ("seasons/summary.txt.j2", include_str!("../../templates/seasons/summary.txt.j2")),
    ("seasons/description.txt.j2", include_str!("../../templates/seasons/description.txt.j2")),
    ("guide.md.j2", include_str!("../../templates/guide.md.j2")),
    ("micrometer/quarkus.properties.j2", include_str!("../../templates/micrometer/quarkus.properties.j2")),
    ("micrometer/spring.properties.j2", include_str!("../../templates/micrometer/spring.properties.j2")),
    ("alerts/rules.yml.j2", include_str!("../../templates/alerts/rules.yml.j2")),
    ("alerts/plan.yml.j2", include_str!("../../templates/alerts/plan.yml.j2")),
    ("alerts/calendar.yml.j2", include_str!("../../templates/alerts/calendar.yml.j2")),
    ("alerts/told.yml.j2", include_str!("../../templates/alerts/told.yml.j2")),
    ("alerts/replicas.yml.j2", include_str!("../../templates/alerts/replicas.yml.j2")),
    ("alerts/http.yml.j2", include_str!("../../templates/alerts/http.yml.j2")),
    ("alerts/latency.yml.j2", include_str!("../../templates/alerts/latency.yml.j2")),
    ("alerts/scaling.yml.j2", include_str!("../../templates/alerts/scaling.yml.j2")),
    ("alerts/cost.yml.j2", include_str!("../../templates/alerts/cost.yml.j2")),
    ("alerts/journal.yml.j2", include_str!("../../templates/alerts/journal.yml.j2")),
    ("alerts/business.yml.j2", include_str!("../../templates/alerts/business.yml.j2")),
    ("alerts/health.yml.j2", include_str!("../../templates/alerts/health.yml.j2")),
    ("alert-tests/alerts.test.yml.j2", include_str!("../../templates/alert-tests/alerts.test.yml.j2")),
    ("alert-tests/calendar.test.yml.j2", include_str!("../../templates/alert-tests/calendar.test.yml.j2")),
    ("dashboards/panel.json.j2", include_str!("../../templates/dashboards/panel.json.j2")),
    (
        "dashboards/territory-performance.json.j2",
        include_str!("../../templates/dashboards/territory-performance.json.j2"),
    ),
    ("dashboards/cost-roi.json.j2", include_str!("../../templates/dashboards/cost-roi.json.j2")),
    ("load/seasonal-load.js.j2", include_str!("../../templates/load/seasonal-load.js.j2")),
    ("journal/migration.sql.j2", include_str!("../../templates/journal/migration.sql.j2")),
    ("journal/next.sql.j2", include_str!("../../templates/journal/next.sql.j2")),
    ("journal/undo.sql.j2", include_str!("../../templates/journal/undo.sql.j2")),
    ("journal/undo-next.sql.j2", include_str!("../../templates/journal/undo-next.sql.j2")),
    ("journal/about.sql.j2", include_str!("../../templates/journal/about.sql.j2")),
    ("journal/begin.sql.j2", include_str!("../../templates/journal/begin.sql.j2")),
    ("journal/tables.sql.j2", include_str!("../../templates/journal/tables.sql.j2")),
    ("journal/more-tables.sql.j2", include_str!("../../templates/journal/more-tables.sql.j2")),
    ("journal/indexes.sql.j2", include_str!("../../templates/journal/indexes.sql.j2")),
    ("journal/rows.sql.j2", include_str!("../../templates/journal/rows.sql.j2")),
    ("journal/functions.sql.j2", include_str!("../../templates/journal/functions.sql.j2")),
    ("journal/views.sql.j2", include_str!("../../templates/journal/views.sql.j2")),
    ("journal/privileges.sql.j2", include_str!("../../templates/journal/privileges.sql.j2")),
    ("journal/keep.sql.j2", include_str!("../../templates/journal/keep.sql.j2")),
    ("journal/clear.sql.j2", include_str!("../../templates/journal/clear.sql.j2")),
    ("runbook/runbook.md.j2", include_str!("../../templates/runbook/runbook.md.j2")),
    ("runbook/year.md.j2", include_str!("../../templates/runbook/year.md.j2")),
    ("runbook/limits.md.j2", include_str!("../../templates/runbook/limits.md.j2")),
    ("runbook/scaling.md.j2", include_str!("../../templates/runbook/scaling.md.j2")),
    ("runbook/causes.md.j2", include_str!("../../templates/runbook/causes.md.j2")),
    ("runbook/alerts/latency.md.j2", include_str!("../../templates/runbook/alerts/latency.md.j2")),
    ("runbook/alerts/scaling.md.j2", include_str!("../../templates/runbook/alerts/scaling.md.j2")),
    ("runbook/alerts/journal.md.j2", include_str!("../../templates/runbook/alerts/journal.md.j2")),
    ("runbook/alerts/kept.md.j2", include_str!("../../templates/runbook/alerts/kept.md.j2")),
    ("runbook/alerts/plan.md.j2", include_str!("../../templates/runbook/alerts/plan.md.j2")),
    ("runbook/emergencies.md.j2", include_str!("../../templates/runbook/emergencies.md.j2")),
    ("runbook/territories.md.j2", include_str!("../../templates/runbook/territories.md.j2")),
    ("runbook/changes.md.j2", include_str!("../../templates/runbook/changes.md.j2")),
];

/// The templates of a run: the embedded ones, with a user's replacements.
pub struct Templates {
    environment: Environment<'static>,
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
        for (name, text) in EMBEDDED {
            let text = replacements.remove(*name).unwrap_or_else(|| (*text).to_owned());
            if let Err(error) = environment.add_template_owned(*name, text) {
                problems.push(diags::template_error(name, &error));
            }
        }
        problems.extend(replacements.into_keys().map(|name| diags::unknown_template(&name)));
        if problems.is_empty() { Ok(Self { environment }) } else { Err(problems) }
    }

    /// Names and texts of the embedded templates.
    pub fn sources() -> impl Iterator<Item = (&'static str, &'static str)> {
        EMBEDDED.iter().copied()
    }

    /// Renders the template `name` with `view`; the result ends in exactly one line feed.
    pub(super) fn render(&self, name: &str, view: impl Serialize) -> Result<String, Vec<Diagnostic>> {
        let template = self.environment.get_template(name);
        let rendered = template.and_then(|template| template.render(Serde(view)));
        let mut text = rendered.map_err(|error| vec![diags::template_error(name, &error)])?;
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
