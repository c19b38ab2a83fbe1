//! `simulate --prometheus` against a server of the test's own: what it asks, what it makes of the answers, and what it says of
//! each thing that can go wrong.

mod server;

use std::fmt::Write as _;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use server::{Request, Server, Speech, http};

use crate::cli::{Run, Workplace};
use crate::policies::root;

const TOKEN: &str = "SEASONSCALE_PROMETHEUS_TOKEN";

/// The load of a moment: some, and another one every hour.
fn load(at: i64) -> i64 {
    20 + (at / 3600 * 7919) % 50
}

fn points(request: &Request) -> Vec<i64> {
    let step = usize::try_from(request.number("step")).unwrap();
    (request.number("start")..=request.number("end")).step_by(step).collect()
}

fn matrix(series: &[String]) -> Vec<u8> {
    let series: Vec<String> =
        series.iter().map(|values| format!("{{\"metric\":{{}},\"values\":[{values}]}}")).collect();
    let body = format!(
        "{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{}]}}}}",
        series.join(",")
    );
    http("200 OK", "Content-Type: application/json\r\n", &body)
}

fn values(points: impl IntoIterator<Item = i64>) -> String {
    let values: Vec<String> = points.into_iter().map(|at| format!("[{at},\"{}\"]", load(at))).collect();
    values.join(",")
}

fn whole(request: &Request) -> Vec<u8> {
    matrix(&[values(points(request))])
}

/// One target, an hour a sample: one question for the year.
fn asking(address: &str, more: &[&str], environment: &[(&str, &str)]) -> Run {
    let one = ["simulate", "--target", "DE/queries", "--step", "1h", "--prometheus", address];
    Workplace::reference().run_with(environment, &[&one, more].concat())
}

fn plain(answer: impl Fn(&Request) -> Vec<u8> + Send + 'static) -> (Server, String) {
    let server = Server::answering(Speech::Plain, answer);
    let address = format!("http://127.0.0.1:{}", server.port);
    (server, address)
}

/// A failed run: what it says in one line.
fn failure(run: &Run) -> String {
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    run.stderr.replace('\n', " ")
}

/// From the first to the last hour of the reference plan, on the clocks of Berlin.
const YEAR: std::ops::Range<i64> = 1_767_222_000..1_798_758_000;

#[test]
fn prometheus_answers_what_a_file_answers() {
    let (server, address) = plain(whole);
    let place = Workplace::reference();
    let mut table = "time,target,rps\n".to_owned();
    YEAR.step_by(3600).for_each(|at| writeln!(table, "{at},DE/queries,{}", load(at)).unwrap());
    place.write("load.csv", table.as_bytes());
    let json = |from: &[&str], name: &str| {
        let one = ["simulate", "--target", "DE/queries", "--format", "json"];
        let run = place.run(&[&one, from].concat());
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "no bar where there is no terminal");
        run.stdout.replace(name, "LOAD")
    };
    let asked = json(&["--step", "1h", "--prometheus", &address], &address);
    assert!(
        asked.contains("from LOAD (samples every 1 h from 2025-12-31T23:00:00Z to 2026-12-31T23:00:00Z);"),
        "{asked}"
    );
    assert!(asked == json(&["--load", "load.csv"], "load.csv"), "{asked}");
    assert!(!server.asked()[0].headers.contains_key("authorization"), "there is no token");
}

/// A year has 105,120 points, ten times what Prometheus answers at once. It has none here, so that nothing is run.
#[test]
fn the_year_is_asked_for_in_pieces_by_the_query_of_the_object() {
    let (server, address) = plain(|_| matrix(&[]));
    let place = Workplace::reference();
    let said = failure(&place.run(&["simulate", "--target", "DE/queries", "--prometheus", &address]));
    assert!(said.contains("has no series"), "{said}");
    let manifest = std::fs::read_to_string(root().join("generated/keda-scalers.yaml")).unwrap();
    let requests = server.asked();
    let all: Vec<i64> = requests.iter().flat_map(points).collect();
    assert!(all == YEAR.step_by(300).collect::<Vec<_>>(), "each point once");
    for request in &requests {
        assert!(points(request).len() <= 11_000, "{request:?}");
        assert_eq!(request.path, "/api/v1/query_range");
        let query = request.parameters["query"].split(" or 0 *").next().unwrap();
        assert!(
            query.contains("workload=\"queries\", territory=\"DE\"") && manifest.contains(query),
            "{query}"
        );
    }
}

#[test]
fn the_whole_policy_is_asked_for_and_a_worker_without_a_rate_is_not() {
    let (server, address) = plain(whole);
    let asked = ["simulate", "--step", "12h", "--prometheus", &address, "--sweep", "load=1..2"];
    let run = Workplace::reference().run(&asked);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(server.asked().len(), 6, "once each, however often it is run");
}

#[test]
fn the_token_is_sent_and_never_printed() {
    let (server, address) = plain(whole);
    let run = asking(&format!("{address}/prometheus/"), &[], &[(TOKEN, " s3cret \n")]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let request = &server.asked()[0];
    assert_eq!(
        (request.headers["authorization"].as_str(), request.path.as_str()),
        ("Bearer s3cret", "/prometheus/api/v1/query_range")
    );
    assert!(!run.stdout.contains("s3cret"));
    let (_server, address) = plain(|_| http("403 Forbidden", "", "no access for s3cret"));
    let said = failure(&asking(&address, &[], &[(TOKEN, "s3cret")]));
    assert!(
        said.contains(
            "no access for (the token): it does not take the token in SEASONSCALE_PROMETHEUS_TOKEN"
        ),
        "{said}"
    );
    for (address, environment, words) in [
        ("http://example.invalid", [(TOKEN, "s3cret")], "for anybody to read: use https"),
        ("http://127.0.0.1:1", [(TOKEN, "s3 cret")], "a character in it that no token can have"),
        ("https://me:s3cret@example.invalid", [("HOME", "/")], "leave user and password out"),
        ("me:s3cret@example.invalid", [("HOME", "/")], "`the address` is not the address of a Prometheus"),
    ] {
        let said = failure(&asking(address, &[], &environment));
        assert!(said.contains(words) && !said.contains("cret"), "{address}: {said}");
    }
}

#[test]
fn each_answer_that_is_none_is_said_with_what_to_do() {
    let bad = r#"{"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 11,000 points per timeseries"}"#;
    let cases: [(Vec<u8>, &[&str]); 18] = [
        (
            http("401 Unauthorized", "", ""),
            &["answers 401 Unauthorized:", "set SEASONSCALE_PROMETHEUS_TOKEN"],
        ),
        (http("403 Forbidden", "", "<html>\nno"), &["403 Forbidden: <html>: it wants to know who asks"]),
        (
            http("400 Bad Request", "", bad),
            &["400 Bad Request: bad_data: exceeded maximum", "a larger --step"],
        ),
        (
            http("422 Unprocessable Entity", "", r#"{"errorType":"execution","error":"multiple matches"}"#),
            &["422", "execution: multiple matches", "the query of the ScaledObject"],
        ),
        (http("404 Not Found", "", "404 page not found"), &["404 page not found", "need a path"]),
        (http("429 Too Many Requests", "", ""), &["429", "ask again later"]),
        (
            http("503 Service Unavailable", "", r#"{"errorType":"timeout","error":"query timed out"}"#),
            &["503", "timeout: query timed out", "its own log"],
        ),
        (http("502 Bad Gateway", "", "\u{1b}[2J<html>"), &["502 Bad Gateway: [2J<html>:"]),
        (
            http("302 Found", "Location: https://login.example.com/start?state=abc\r\n", ""),
            &["sends the question on to `https://login.example.com/start`", "login page"],
        ),
        (
            http("200 OK", "Content-Type: text/html\r\n", "<!doctype html>\n<title>Sign in</title>"),
            &["not JSON, but text/html, and begins with `<!doctype html>`", "login page"],
        ),
        (http("200 OK", "", ""), &["not JSON, but of no type, and begins with `nothing`"]),
        (http("200 OK", "", r#"{"status":"succ"#), &["line 1, column 15", "not JSON"]),
        (http("200 OK", "", r#"{"status":"success","data":{"result":"#), &["line 1, ", "not JSON"]),
        (
            http("200 OK", "", r#"{"status":"success","warnings":["a store is down"],"data":{"result":[]}}"#),
            &["it may not be whole: a store is down", "ask again"],
        ),
        (
            matrix(&[]),
            &[
                "has no series for `freshplan-api-queries-de` from 2025-12-31T23:00:00Z to 2026-12-31T23:00:00Z",
                "sum(rate(",
            ],
        ),
        (
            matrix(&[values([YEAR.start]), values([YEAR.start])]),
            &["a second sample of 2025-12-31T23:00:00Z", "add its series up"],
        ),
        (matrix(&[values([0])]), &["1970-01-01T00:00:00Z, which was not asked for"]),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"status\":".to_vec(), &["broke off"]),
    ];
    for (answer, words) in cases {
        let shown = String::from_utf8_lossy(&answer).into_owned();
        let (_server, address) = plain(move |_| answer.clone());
        let said = failure(&asking(&address, &[], &[]));
        assert!(said.contains(&address) && words.iter().all(|word| said.contains(word)), "{shown}\n{said}");
    }
}

#[test]
fn who_does_not_answer_is_told_from_who_is_not_there() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let said = failure(&asking(&format!("http://127.0.0.1:{nobody}"), &[], &[]));
    assert!(said.contains("efused") && said.contains("is Prometheus running there"), "{said}");
    let said = failure(&asking("http://prometheus.invalid:9090", &[], &[]));
    assert!(said.contains("no host of that name is known here"), "{said}");
    let (_server, address) = plain(|_| {
        thread::sleep(Duration::from_secs(3));
        Vec::new()
    });
    let said = failure(&asking(&address, &["--timeout", "1s"], &[]));
    assert!(said.contains("no whole answer within 1 s") && said.contains("--timeout"), "{said}");
    let (_server, address) = plain(|_| Vec::new());
    assert!(failure(&asking(&address, &[], &[])).contains("broke off"));
    for address in ["prometheus", "prometheus:9090", "ftp://prometheus", "/file", "http://", "http:///x"] {
        let said = failure(&asking(address, &[], &[]));
        assert!(said.contains("write it as http://HOST:9090"), "{address}: {said}");
    }
    let said = failure(&asking("http://127.0.0.1:9090/graph?g0.expr=up", &[], &[]));
    assert!(said.contains("leave out what follows the path"), "{said}");
}

#[test]
fn holes_are_named_and_filled_only_as_told() {
    let gap = YEAR.start + 7200..YEAR.start + 5 * 3600;
    let hole = gap.clone();
    let (_server, address) =
        plain(move |request| matrix(&[values(points(request).into_iter().filter(|at| !hole.contains(at)))]));
    let said = failure(&asking(&address, &[], &[]));
    assert!(
        said.contains("no samples from 2026-01-01T00:00:00Z to 2026-01-01T04:00:00Z")
            && said.contains("--fill-holes"),
        "{said}"
    );
    for (with, words) in [("zero", "no requests"), ("last", "the sample before each")] {
        let run = asking(&address, &["--fill-holes", with], &[]);
        let said = run.stdout.replace('\n', " ");
        let hole = "freshplan-api-queries-de from 2026-01-01T01:00:00Z to 2026-01-01T04:00:00Z";
        assert!(
            run.status == 0 && said.contains(&format!("one hole, filled with {words}: {hole}")),
            "{said}"
        );
    }
}

#[test]
fn tls_is_spoken_with_whom_an_authority_of_this_machine_vouches_for() {
    let server = Server::answering(Speech::Tls, whole);
    let authority = root().join("tests/prometheus/tls/authority.pem");
    let authority = [("SSL_CERT_FILE", authority.to_str().unwrap()), (TOKEN, "s3cret")];
    let named = format!("https://localhost:{}", server.port);
    let run = asking(&named, &[], &authority);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(server.asked()[0].headers["authorization"], "Bearer s3cret");
    let said = failure(&asking(&format!("https://127.0.0.1:{}", server.port), &[], &authority));
    assert!(said.contains("its certificate is for another name"), "{said}");
    let other = root().join("tests/prometheus/tls/server.pem");
    let said = failure(&asking(&named, &[], &[("SSL_CERT_FILE", other.to_str().unwrap())]));
    assert!(said.contains("signed by nobody known here: SSL_CERT_FILE"), "{said}");
    let said = failure(&asking(&named, &[], &[("SSL_CERT_FILE", "/nowhere.pem")]));
    assert!(
        said.contains("no certificate authority is known here") && said.contains("/nowhere.pem"),
        "{said}"
    );
    let (_plain, address) = plain(whole);
    let said = failure(&asking(&address.replace("http", "https"), &[], &authority));
    assert!(said.contains("it does not speak TLS on that port"), "{said}");
    assert_eq!(server.asked().len(), 1, "nothing is said to whom nobody vouches for");
}

#[test]
fn two_triggers_with_another_rate_each_are_ambiguous_and_none_is_a_refusal() {
    let (server, address) = plain(whole);
    let place = Workplace::reference();
    let manifest = std::fs::read_to_string(root().join("generated/keda-scalers.yaml")).unwrap();
    let ask = |manifest: &str| {
        place.write("m.yaml", manifest.as_bytes());
        place.run(&[
            "simulate",
            "--manifest",
            "m.yaml",
            "--target",
            "DE/queries",
            "--step",
            "1h",
            "--prometheus",
            &address,
        ])
    };
    let named = manifest.find("name: p95").unwrap();
    let guard = manifest[named..].find("sum(").unwrap() + named;
    let other = manifest[guard..].find("threshold").unwrap() + guard;
    let two =
        format!("{}sum(rate(http_requests_total[1m]))\n        {}", &manifest[..guard], &manifest[other..]);
    let said = failure(&ask(&two));
    assert!(
        said.contains("2 triggers that ask for a request rate") && said.contains("http_requests_total"),
        "{said}"
    );
    let half = manifest.replacen("sum(rate(http", "2 * sum(rate(http", 1);
    let run = ask(&half);
    assert!(
        run.status == 3 && run.stderr.contains("no trigger of it asks Prometheus for the request rate alone"),
        "{}",
        run.stderr
    );
    assert_eq!(server.asked().len(), 0);
}

/// By its own query, also where that asks for a series of which the model knows nothing.
#[test]
fn a_workload_with_a_query_of_its_own_is_asked_for_by_that() {
    for rps in [
        "sum(rate(envoy_requests_total{region='{territory}'}[2m]))",
        "max(shop:load:now{region='{territory}'})",
    ] {
        let (server, address) = plain(whole);
        let place = Workplace::empty();
        let folder = root().join("tests/cases/partial/own-queries-of-two-territories");
        for file in ["calendar.toml", "territories.toml"] {
            let text = std::fs::read_to_string(folder.join(file)).unwrap();
            let text = text
                .replace("rate(envoy_requests_total{cluster='checkout', region='{territory}'}[2m])", rps)
                .replace("2028-01-01", "2027-02-01");
            place.write(&format!("policies/{file}"), text.as_bytes());
        }
        let run = place.run(&["simulate", "--step", "1h", "--prometheus", &address]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stdout.contains("EAST") && run.stdout.contains("WEST"), "{}", run.stdout);
        let asked: Vec<String> =
            server.asked().iter().map(|request| request.parameters["query"].clone()).collect();
        let here = |code: &str| rps.replace("{territory}", code);
        assert_eq!(asked, [here("EAST"), here("WEST")]);
    }
}
