//! The inhibition rules in Alertmanager's own hands: a real one (Debian's `prometheus-alertmanager`) is given alerts over its
//! API and asked which of them it keeps back, and for which.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::emit::{self, Templates};
use serde::Deserialize;
use serde_json::{Value, json};

/// An alert by its labels.
pub type Labels = BTreeMap<String, String>;

/// The label of two more alerts, of which one keeps the other back: once it does, Alertmanager has seen all that came before.
const SEEN: &str = "seen";

/// One that runs until it is dropped.
pub struct Alertmanager {
    process: Child,
    port: u16,
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Alertmanager {
    /// Started with these rules and a receiver that sends nothing.
    pub fn with(inhibit_rules: &str, folder: &Path) -> Self {
        let config = folder.join("alertmanager.yml");
        let receiver = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";
        let seen =
            format!("  - {{source_matchers: ['{SEEN} = \"by\"'], target_matchers: ['{SEEN} = \"so\"']}}\n");
        fs::write(&config, format!("{receiver}{inhibit_rules}{seen}")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = fs::File::create(folder.join("alertmanager.log")).unwrap();
        let process = Command::new("prometheus-alertmanager")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", folder.join("alertmanager").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--cluster.listen-address=")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let process = process.unwrap_or_else(|error| {
            panic!("Alertmanager is missing ({error}): install the Debian package `prometheus-alertmanager`")
        });
        let mut started = Self { process, port };
        let mut patience = 1200;
        while started.ask("GET", "/-/ready", "").is_none_or(|(status, _)| status != 200) {
            let log = || fs::read_to_string(folder.join("alertmanager.log")).unwrap();
            assert!(started.process.try_wait().unwrap().is_none() && patience > 0, "{}", log());
            patience -= 1;
            sleep(Duration::from_millis(50));
        }
        started
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
    }

    /// For each alert that fires beside the others the places of those that it is kept back for.
    pub fn keeps_back(&self, alerts: &[Labels]) -> Vec<Vec<usize>> {
        let seen = |value: &str| {
            Labels::from([("alertname".to_owned(), SEEN.to_owned()), (SEEN.to_owned(), value.to_owned())])
        };
        let last = [seen("so"), seen("by")];
        self.send(alerts, "2999-01-01T00:00:00Z");
        self.send(&last, "2999-01-01T00:00:00Z");
        let mut patience = 3000;
        let known = loop {
            let (last, known): (Vec<_>, Vec<_>) =
                self.known().into_iter().partition(|alert| alert["labels"]["alertname"] == SEEN);
            let is_kept =
                |alert: &Value| alert["status"]["inhibitedBy"].as_array().is_some_and(|by| !by.is_empty());
            if known.len() == alerts.len() && last.iter().any(is_kept) {
                break known;
            }
            assert!(patience > 0, "{known:?}");
            patience -= 1;
            sleep(Duration::from_millis(20));
        };
        let labels = |alert: &Value| -> Labels { serde_json::from_value(alert["labels"].clone()).unwrap() };
        let place = |of: &Labels| alerts.iter().position(|alert| alert == of).unwrap();
        let of_print = |print: &Value| {
            known
                .iter()
                .find(|alert| alert["fingerprint"] == *print)
                .map(|alert| place(&labels(alert)))
                .unwrap()
        };
        let mut kept = vec![Vec::new(); alerts.len()];
        for alert in &known {
            let by = alert["status"]["inhibitedBy"].as_array().unwrap();
            kept[place(&labels(alert))] = by.iter().map(of_print).collect();
        }
        // What has ended keeps nothing back.
        self.send(alerts, "2000-01-02T00:00:00Z");
        self.send(&last, "2000-01-02T00:00:00Z");
        kept
    }

    fn send(&self, alerts: &[Labels], ends: &str) {
        let alert =
            |labels: &Labels| json!({ "labels": labels, "startsAt": "2000-01-01T00:00:00Z", "endsAt": ends });
        let body: Vec<Value> = alerts.iter().map(alert).collect();
        let (status, said) = self.ask("POST", "/api/v2/alerts", &json!(body).to_string()).unwrap();
        assert_eq!(status, 200, "{said}");
    }

    fn known(&self) -> Vec<Value> {
        let (status, said) = self.ask("GET", "/api/v2/alerts", "").unwrap();
        assert_eq!(status, 200, "{said}");
        serde_json::from_str::<Vec<Value>>(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    }
}

/// The rules of the reference policy, as they are made.
pub fn reference() -> String {
    let (plan, _) = super::reference();
    let all = emit::emit(&plan, &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    let of_kind = |artifact: &Artifact| artifact.kind == ArtifactKind::AlertmanagerInhibit;
    all.into_iter().find(of_kind).expect("inhibition rules are made").text
}

#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    alert: Option<String>,
    #[serde(default)]
    labels: Labels,
}

/// Every alert of the rules, about one territory, another one and none, and some of other teams.
fn all() -> Vec<Labels> {
    let (_, rules) = super::reference();
    let rules: Rules = serde_yaml::from_str(&rules.text).unwrap();
    let mut alerts = Vec::new();
    for rule in rules.groups.into_iter().flat_map(|group| group.rules) {
        let Some(name) = rule.alert else { continue };
        for territory in ["DE", "AT", ""] {
            let mut labels = rule.labels.clone();
            labels.insert("alertname".to_owned(), name.clone());
            if !territory.is_empty() {
                labels.insert("territory".to_owned(), territory.to_owned());
            }
            alerts.push(labels);
        }
    }
    for (severity, territory) in [("critical", "DE"), ("warning", "DE"), ("warning", "AT"), ("critical", "")]
    {
        let foreign = [("alertname", "OfAnotherTeam"), ("severity", severity), ("territory", territory)];
        let present = foreign.into_iter().filter(|(_, value)| !value.is_empty());
        alerts.push(present.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    }
    alerts
}

/// What Alertmanager does that it must not, with all alerts at once.
fn wrong(inhibit_rules: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let alerts = all();
    let kept = Alertmanager::with(inhibit_rules, folder.path()).keeps_back(&alerts);
    let mut wrong = Vec::new();
    for (target, sources) in alerts.iter().zip(&kept) {
        let of = |alert: &Labels, label: &str| alert.get(label).cloned().unwrap_or_default();
        let is_kept = !sources.is_empty();
        let is_critical = of(target, "severity") == "critical";
        let [cause, territory] = [of(target, "cause"), of(target, "territory")];
        if is_kept && (is_critical || territory.is_empty() || cause.is_empty()) {
            wrong.push(format!("{target:?} is kept back"));
        }
        for source in sources.iter().map(|place| &alerts[*place]) {
            if of(source, "territory") != territory || of(source, "cause") != cause {
                wrong.push(format!("{target:?} is kept back for {source:?}"));
            }
        }
        let told = |other: &Labels| {
            of(other, "severity") == "critical"
                && of(other, "cause") == cause
                && of(other, "territory") == territory
        };
        if !is_kept && !is_critical && !territory.is_empty() && !cause.is_empty() && alerts.iter().any(told) {
            // The plan and what is reported have no territory of their own.
            if !["plan", "reporting"].contains(&cause.as_str()) {
                wrong.push(format!("{target:?} is sent beside what it follows from"));
            }
        }
    }
    wrong
}

#[test]
fn only_what_follows_from_a_page_of_the_same_cause_in_the_same_territory_is_kept_back() {
    let found = wrong(&reference());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_rule_that_is_broken_is_seen() {
    let rules = reference();
    for (from, to) in [
        ("equal: [plan, cause, territory]", "equal: [plan, cause]"),
        ("equal: [plan, cause, territory]", "equal: [plan, territory]"),
        ("severity = \"critical\"", "severity = \"none\""),
        ("cause =~ \"serving", "cause =~ \"nothing"),
        ("      - territory =~ \".+\"\n", ""),
    ] {
        let broken = rules.replace(from, to);
        assert_ne!(broken, rules, "{from}");
        assert!(!wrong(&broken).is_empty(), "{from} => {to}");
    }
}
