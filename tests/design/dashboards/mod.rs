//! The dashboards as they are meant: every panel with its place, its unit, its colours and its queries. Titles and
//! descriptions are words for people.

mod cost;
mod panel;
mod performance;

use seasonscale::artifact::{Artifact, COST_DASHBOARD_FILE, PERFORMANCE_DASHBOARD_FILE};
use seasonscale::plan::Plan;
use serde_json::{Value, json};

use super::value::differing;

/// What the variables at the top have picked.
const PICKED: &str = "territory=~\"$territory\", workload=~\"$workload\"";

/// Several instances of kube-state-metrics say the same: the largest counts.
fn ready(plan: &Plan) -> String {
    let namespace = &plan.profile.platform.namespace;
    format!(
        "max by (deployment) (kube_deployment_status_replicas_ready{{namespace=\"{namespace}\"}} \
         and on (deployment) scaledobject:seasonscale_target_info:config{{{PICKED}}})"
    )
}

/// What of a plan's dashboards is not as it is meant; `rules` are the files of rules whose series they show.
pub(super) fn differences(plan: &Plan, boards: &[&Artifact], rules: &[&str]) -> Vec<String> {
    let has_seasons =
        rules.iter().any(|text| text.contains("record: territory_season:seasonscale_active:calendar"));
    let own = format!("{{plan=\"{}\"", plan.name);
    let read = |path: &str| -> Value {
        let board = boards.iter().find(|board| board.path == path);
        let mut board = board.and_then(|board| serde_json::from_str(&board.text).ok()).unwrap_or_default();
        plain(&mut board, &own);
        board
    };
    let (performance, cost) = (read(PERFORMANCE_DASHBOARD_FILE), read(COST_DASHBOARD_FILE));
    let mut wanted = vec![(&performance, surroundings(plan, "now-24h", &cost, has_seasons))];
    wanted[0].1["panels"] = performance::panels(plan, has_seasons).into();
    if let Some(price) = &plan.profile.cost {
        let mut board = surroundings(plan, "now-7d", &performance, has_seasons);
        board["panels"] = cost::panels(plan, price).into();
        wanted.push((&cost, board));
    }
    wanted.iter_mut().for_each(|(found, wanted)| wanted["uid"] = found["uid"].clone());
    wanted.iter().flat_map(|(found, wanted)| differing("dashboard", wanted, found)).collect()
}

/// Without the words for people, and without the plan's name that every query of a recorded series has.
fn plain(value: &mut Value, own: &str) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !["title", "description"].contains(&name.as_str()));
            fields.values_mut().for_each(|value| plain(value, own));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|value| plain(value, own)),
        Value::String(text) => {
            *text = text.replace(&format!("{own}}}"), "").replace(&format!("{own}, "), "{");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// All but the panels and the uid, which is proven.
fn surroundings(plan: &Plan, from: &str, other: &Value, has_seasons: bool) -> Value {
    let platform = &plan.profile.platform;
    let tags: Vec<&str> =
        std::iter::once("seasonscale").chain(platform.team.as_ref().map(|team| team.as_str())).collect();
    let link = |icon: &str, url: String| {
        let leaves = icon == "doc";
        json!({
            "type": "link", "icon": icon, "tooltip": "", "url": url, "tags": [], "asDropdown": false,
            "targetBlank": leaves, "includeVars": !leaves, "keepTime": !leaves,
        })
    };
    let runbook = platform.runbook_url.iter().map(|url| link("doc", url.clone()));
    let other = other["uid"].as_str().map(|uid| link("dashboard", format!("/d/{uid}")));
    let seasons = json!({
        "name": "Seasons", "datasource": panel::source(), "enable": true, "hide": false, "iconColor": "blue",
        "expr": "max by (season, part) (territory_season:seasonscale_active:calendar{territory=~\"$territory\"})",
        "step": "5m", "titleFormat": "{{season}}", "textFormat": "{{part}}", "tagKeys": "season,part",
    });
    let source = json!({
        "type": "datasource", "name": "datasource", "label": "Prometheus", "query": "prometheus", "refresh": 1,
        "multi": false, "includeAll": false, "current": {"selected": false, "text": "default", "value": "default"},
        "options": [], "hide": 0, "skipUrlSync": false, "regex": "",
    });
    let info = "scaledobject:seasonscale_target_info:config";
    let variables = [
        source,
        variable("territory", "Territory", &format!("label_values({info}, territory)")),
        variable(
            "workload",
            "Workload",
            &format!("label_values({info}{{territory=~\"$territory\"}}, workload)"),
        ),
    ];
    json!({
        "tags": tags, "schemaVersion": 39, "version": 1, "editable": false, "graphTooltip": 1,
        "fiscalYearStartMonth": 0, "timezone": "browser", "refresh": "1m", "weekStart": "monday",
        "time": {"from": from, "to": "now"}, "timepicker": {},
        "links": runbook.chain(other).collect::<Vec<_>>(),
        "annotations": {"list": if has_seasons { vec![seasons] } else { Vec::new() }},
        "templating": {"list": variables},
    })
}

/// One of which several may be picked, all at first.
fn variable(name: &str, label: &str, query: &str) -> Value {
    json!({
        "type": "query", "name": name, "label": label, "datasource": panel::source(),
        "query": {"query": query, "refId": name}, "definition": query, "refresh": 2, "sort": 1, "multi": true,
        "includeAll": true, "allValue": ".*", "current": {"selected": true, "text": ["All"], "value": ["$__all"]},
        "options": [], "hide": 0, "skipUrlSync": false, "regex": "",
    })
}
