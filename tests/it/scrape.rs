//! What the monitor makes of the services' pods, tried on a real Prometheus: pods that report no territory and no workload of
//! their own, found with the labels that Kubernetes' discovery gives, are scraped by the monitor's own relabelings. Every trigger that
//! asks for requests then gets a number, and the guide's question for what is scraped has a row for each target.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use seasonscale::artifact::ArtifactKind;
use seasonscale::compile::{Compiled, compile};
use seasonscale::emit::Templates;
use seasonscale::yaml;
use serde_json::{Value, json};

use crate::policies;

/// Stopped when the test ends, however it does.
struct Prometheus(Child);

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn made(compiled: &Compiled, kind: ArtifactKind) -> &str {
    &compiled.artifacts.iter().find(|artifact| artifact.kind == kind).unwrap().text
}

/// Pods that count a request more each time they are asked, and one of which says a territory that no rule knows.
fn pods(path: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicU64::new(0));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut stream), asked) = (stream, Arc::clone(&asked)) else { continue };
            let mut head = [0; 4096];
            let read = stream.read(&mut head).unwrap_or(0);
            let right = String::from_utf8_lossy(&head[..read]).starts_with(&format!("GET {path} "));
            let count = asked.fetch_add(1, Ordering::Relaxed);
            let series = [("GET", "0.1"), ("POST", "+Inf")].map(|(method, le)| {
                format!(
                    "http_server_requests_seconds_count{{method=\"{method}\",territory=\"de\"}} {count}\n\
                     http_server_requests_seconds_bucket{{method=\"{method}\",le=\"{le}\"}} {count}\n\
                     http_server_requests_seconds_bucket{{method=\"{method}\",le=\"+Inf\"}} {count}\n"
                )
            });
            let body = format!("process_uptime_seconds {count}\n{}", series.concat());
            let status = if right { "200 OK" } else { "404 Not Found" };
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    port
}

/// The scrape job that the operator makes of the monitor, with the pods of every target that the monitor selects.
fn scrape(monitor: &Value, deployments: &[Value], port: u16) -> Value {
    let endpoint = &monitor["spec"]["podMetricsEndpoints"][0];
    let selected = monitor["spec"]["selector"]["matchExpressions"][0]["values"].as_array().unwrap();
    let found = deployments.iter().filter(|object| object["kind"] == "Deployment").map(|object| {
        let labels = &object["spec"]["template"]["metadata"]["labels"];
        assert!(selected.contains(&labels["app.kubernetes.io/name"]), "{labels}");
        let mut known =
            json!({"pod": object["metadata"]["name"], "__meta_kubernetes_namespace": "freshplan"});
        for label in ["territory", "workload"] {
            if let Some(value) = labels.get(label) {
                known[format!("__meta_kubernetes_pod_label_{label}")] = value.clone();
            }
        }
        json!({"targets": [format!("127.0.0.1:{port}")], "labels": known})
    });
    let found: Vec<Value> = found.collect();
    assert_eq!(found.len(), selected.len());
    let relabelings = endpoint["relabelings"].as_array().unwrap().iter().map(|rule| {
        let mut rule = rule.clone();
        let rule = rule.as_object_mut().unwrap();
        let renamed = |name: &str| name.replace("Labels", "_labels").replace("Label", "_label");
        Value::Object(rule.iter().map(|(key, value)| (renamed(key), value.clone())).collect())
    });
    // The operator's own come first: the job is the monitor's name.
    let own = json!({"target_label": "job", "replacement": "freshplan/freshplan-seasonscale-pods"});
    let relabelings: Vec<Value> = [own].into_iter().chain(relabelings).collect();
    json!({
        "job_name": "pods", "scrape_interval": "1s", "scrape_timeout": "1s", "metrics_path": endpoint["path"],
        "static_configs": found, "relabel_configs": relabelings,
    })
}

/// The rows of a query.
fn ask(port: u16, query: &str) -> Option<Vec<Value>> {
    let encoded: String = query.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "GET /api/v1/query?query={encoded} HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()?;
    body["data"]["result"].as_array().cloned()
}

/// Asks until there are as many rows.
fn rows(port: u16, query: &str, wanted: usize) -> Vec<Value> {
    let mut last = None;
    for _ in 0..100 {
        last = ask(port, query);
        if last.as_ref().is_some_and(|rows| rows.len() == wanted) {
            break;
        }
        thread::sleep(Duration::from_millis(200));
    }
    last.unwrap_or_else(|| panic!("Prometheus does not answer {query}"))
}

#[test]
fn pods_that_the_monitor_finds_have_the_labels_that_triggers_and_guide_ask_for() {
    let compiled =
        compile(&policies::reference(), &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    let monitor: Value = yaml::lenient(made(&compiled, ArtifactKind::PodMonitor)).unwrap();
    let documents = |kind| -> Vec<Value> {
        yaml::cut(made(&compiled, kind)).map(|(_, text)| yaml::lenient(text).unwrap()).collect()
    };
    let path = monitor["spec"]["podMetricsEndpoints"][0]["path"].as_str().unwrap().to_owned();
    let job = scrape(&monitor, &documents(ArtifactKind::Deployments), pods(path));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("prometheus.yml"), json!({"scrape_configs": [job]}).to_string()).unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let prometheus = Command::new("prometheus")
        .current_dir(folder.path())
        .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
        .arg(format!("--web.listen-address=127.0.0.1:{free}"))
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("prometheus is missing ({error}): install the Debian package `prometheus`")
        });
    let _prometheus = Prometheus(prometheus);

    let guide = made(&compiled, ArtifactKind::Guide);
    let question = guide.split('`').find(|span| span.starts_with("count by (territory, workload)")).unwrap();
    let found = rows(free, question, 7);
    let mut places: Vec<String> = found.iter().map(|row| row["metric"].to_string()).collect();
    places.sort();
    insta::assert_snapshot!(places.join("\n"), @r#"
    {"territory":"AT","workload":"commands"}
    {"territory":"AT","workload":"queries"}
    {"territory":"CH","workload":"commands"}
    {"territory":"CH","workload":"queries"}
    {"territory":"DE","workload":"commands"}
    {"territory":"DE","workload":"queries"}
    {"workload":"outbox-worker"}
    "#);
    let objects = documents(ArtifactKind::Keda);
    let triggers = objects.iter().flat_map(|object| object["spec"]["triggers"].as_array().unwrap());
    let queries = triggers.filter_map(|trigger| trigger["metadata"]["query"].as_str());
    let queries: Vec<&str> = queries.filter(|query| query.starts_with("sum(rate(http_server")).collect();
    assert!(queries.len() >= 6, "{queries:?}");
    for query in queries {
        // Without a match the query falls back to 0 for a pod that is alive: so the first part alone, which is above it.
        let rate = query.split(" or ").next().unwrap();
        let rate = rate.split(" * (").next().unwrap();
        assert_eq!(rows(free, &format!("{rate} > 0"), 1).len(), 1, "{rate}");
    }
}
