//! What recorded load comes to, and what is said of each thing that can be wrong with it.

use super::inquiry::{Heard, NoQuestion, last_point, pieces, query};
use super::*;
use crate::keda::decode;

fn targets() -> Vec<Called> {
    let called = |place: &str| Called {
        name: format!("api-{}", place.to_lowercase()),
        whole: format!("shop/api-{}", place.to_lowercase()),
        place: place.to_owned(),
        workload: "queries".to_owned(),
    };
    vec![called("DE"), called("CH")]
}

fn faults(text: &str) -> Vec<Fault> {
    read(text, &targets(), Filling::Nothing).unwrap_err()
}

const GOOD: &str = "time,target,rps\n2026-10-03T08:00:00Z,DE/queries,80\n2026-10-03T10:05:00+02:00,api-de,90.5\n1791015000,DE/queries,0\n";
const VALUES: &str = r#""values":[[1791014400,"80"],[1791014700.5,"90.5"],[1791015000,"0"]]"#;

#[test]
fn a_table_and_an_answer_of_prometheus_read_the_same() {
    let read = |text: &str| read(text, &targets(), Filling::Nothing).unwrap();
    let table = read(GOOD);
    let labels = r#"{"territory":"DE","workload":"queries"}"#;
    let answer = format!(
        r#"{{"status":"success","data":{{"resultType":"matrix","result":[{{"metric":{labels},{VALUES}}}]}}}}"#
    );
    let list = format!(r#"[{{"metric":{{"deployment":"api-de"}},{VALUES}}}]"#);
    assert_eq!(read(&answer), table);
    assert_eq!(read(&list), table);
    let recorded = &table[&0];
    assert_eq!(recorded.window, Window::new(Instant(1_791_014_400), Instant(1_791_015_300)));
    assert_eq!(recorded.rates.at(Instant(1_791_014_800)).0, 90.5);
    assert_eq!((recorded.step, recorded.filled.len()), (Seconds(300), 0));
}

#[test]
fn what_spreadsheets_and_grafana_write_reads_the_same() {
    let table = read(GOOD, &targets(), Filling::Nothing).unwrap();
    for written in [
        GOOD.replace('\n', "\r\n"),
        format!("\u{feff}{GOOD}"),
        format!("\u{feff}\r\n{}\r\n\r\n", GOOD.replace('\n', "\r\n")),
        GOOD.replace("time,target,rps", "\"time\",\"target\",\"rps\"").replace(",80", ",\"80\""),
        GOOD.replace("time,target,rps", "Time, Target, RPS"),
        GOOD.replace("08:00:00Z", "08:00:00.000Z").replace("+02:00", "+0200"),
        GOOD.replace("08:00:00Z", "08:00Z").replace("T10:05:00+02:00", " 06:05:00-02:00"),
    ] {
        assert_eq!(read(&written, &targets(), Filling::Nothing).as_ref(), Ok(&table), "{written}");
    }
}

/// The pieces of a long stretch, one after another in a file.
#[test]
fn answers_one_after_another_are_one_load() {
    let piece = |from: i64| {
        format!(
            r#"{{"status":"success","data":{{"result":[{{"metric":{{"d":"api-de"}},"values":[[{from},"1"],[{},"2"]]}}]}}}}"#,
            from + 60
        )
    };
    let text = format!("{}\n{}\n", piece(1000), piece(1120));
    let load = read(&text, &targets(), Filling::Nothing).unwrap();
    assert_eq!(load[&0].window, Window::new(Instant(1000), Instant(1240)));
    let [twice] = &faults(&format!("{}{}", piece(1000), piece(1060)))[..] else { panic!() };
    assert_eq!(twice.place, "answer 2, series 1, sample 1");
    let [broken] = &faults(&format!("{}\n{{\n\"data\": }}", piece(1000)))[..] else { panic!() };
    assert!(broken.place.starts_with("line 3, ") && broken.what.contains("not JSON"), "{broken:?}");
}

/// A text has one fault, at a place, that says what is wrong and what to do.
fn accused(text: &str, [place, what, help]: [&str; 3]) {
    let [found] = &faults(text)[..] else { panic!("{text}: {:?}", faults(text)) };
    assert!(
        found.place.starts_with(place) && found.what.contains(what) && found.help.contains(help),
        "{text}: {found:?}"
    );
}

#[test]
fn each_thing_that_is_wrong_in_a_table_is_named_with_its_line_and_what_to_do() {
    let row = |row: &str| format!("time,target,rps\n\n{row}\n");
    for (text, place, what, help) in [
        ("time,rps\n".to_owned(), "line 1", "head", "first line"),
        ("\n\n1000,api-de,5\n".to_owned(), "line 3", "the head is `1000,api-de,5`", "time,target,rps"),
        ("time;target;rps\n1;api-de;5\n".to_owned(), "line 1", "time;target;rps", "by commas"),
        ("time\ttarget\trps\n".to_owned(), "line 1", "head", "by commas"),
        (row("2026-10-03 08:00,DE/queries,1"), "line 3", "not a moment", "with its zone"),
        (row("2026-10-03T08:00[Europe/Berlin],DE/queries,1"), "line 3", "not a moment", "with its zone"),
        (row("2026-10-03T08:00CEST,DE/queries,1"), "line 3", "not a moment", "with its zone"),
        (row("2026-10-03T08:00+25:00,DE/queries,1"), "line 3", "not a moment", "with its zone"),
        (row("2026-02-30T08:00Z,DE/queries,1"), "line 3", "not a moment", "with its zone"),
        (row("1791014400000,DE/queries,1"), "line 3", "not a moment", "seconds since 1970"),
        (row("nan,DE/queries,1"), "line 3", "not a moment", "seconds since 1970"),
        (row("2026-10-03T08:00:00Z,FR/queries,1"), "line 3", "FR/queries", "Deployment"),
        (row("2026-10-03T08:00:00Z,DE/queries,-1"), "line 3", "`-1` is not a rate", "from 0 on"),
        (row("2026-10-03T08:00:00Z,DE/queries,NaN"), "line 3", "`NaN` is not a rate", "from 0 on"),
        (row("2026-10-03T08:00:00Z,DE/queries,+Inf"), "line 3", "`+Inf` is not a rate", "from 0 on"),
        (row("2026-10-03T08:00:00Z,DE/queries,"), "line 3", "`` is not a rate", "from 0 on"),
        (row("2026-10-03T08:00:00Z,DE/queries"), "line 3", "2 columns", "three"),
        (row("2026-10-03T08:00:00Z,DE/queries,80,5"), "line 3", "4 columns", "a point"),
        (row("100,api-de,1\n100,api-de,2"), "line 4", "second sample of 1970-01-01T00:01:40Z", "keep one"),
        (row("160,api-de,1\n100,api-de,2"), "line 4", "comes after", "sort"),
        (
            row("0,api-de,1\n60,api-de,1\n120,api-de,1\n600,api-de,1"),
            "line 6",
            "no samples from",
            "--fill-holes",
        ),
        (String::new(), "the file", "no sample", "time,target,rps"),
        ("\u{feff}\r\n".to_owned(), "the file", "no sample", "time,target,rps"),
        ("time,target,rps\n".to_owned(), "the file", "no sample", "a line for each"),
    ] {
        accused(&text, [place, what, help]);
    }
}

#[test]
fn each_thing_that_is_wrong_in_an_answer_is_named_with_its_place_and_what_to_do() {
    let values = |values: &str| format!(r#"[{{"metric":{{"d":"api-de"}},"values":[{values}]}}]"#);
    for (text, place, what, help) in [
        (r#"{"status":"error","error":"too many points"}"#.to_owned(), "the answer", "too many points", "ask"),
        (r#"{"status":"success"}"#.to_owned(), "the answer", "no result", "query_range"),
        (
            r#"{"warnings":["store down"],"data":{"result":[]}}"#.to_owned(),
            "the answer",
            "may not be whole: store down",
            "ask again",
        ),
        (
            r#"{"data":{"resultType":"vector","result":[{"metric":{"d":"api-de"},"value":[1,"2"]}]}}"#.to_owned(),
            "series 1",
            "instant query",
            "query_range",
        ),
        (r#"{"data":{"resultType":"scalar","result":[1,"2"]}}"#.to_owned(), "line 1, ", "not an answer", "range"),
        (r#"[{"metric":{},"values":[]}]"#.to_owned(), "series 1", "no target", "sum by"),
        ("{".to_owned(), "line 1, ", "not JSON", "save the whole answer"),
        (values(r#"[100,"1"],[160,"NaN"]"#), "series 1, sample 2", "`NaN` is not a rate", "from 0 on"),
        (values(r#"[1791014400000,"1"]"#), "series 1, sample 1", "not a time in seconds", "whole answer"),
        (values(r#"[160,"1"],[100,"1"]"#), "series 1, sample 2", "comes after", "sort"),
        (
            r#"[{"metric":{"d":"api-de","pod":"a"},"values":[[1,"1"]]},{"metric":{"d":"api-de","pod":"b"},"values":[[1,"1"]]}]"#
                .to_owned(),
            "series 2, sample 1",
            "second sample",
            "sum by (territory, workload)",
        ),
    ] {
        accused(&text, [place, what, help]);
    }
}

#[test]
fn a_file_that_is_wrong_everywhere_is_not_read_to_its_end() {
    let text = format!("time,target,rps\n{}", "nonsense\n".repeat(5000));
    assert_eq!(faults(&text).len(), MOST_FAULTS);
    let holes: String = (0..500).map(|at| format!("{},api-de,1\n", at * 60 + at / 10 * 600)).collect();
    assert_eq!(faults(&format!("time,target,rps\n{holes}")).len(), MOST_FAULTS);
}

#[test]
fn a_hole_between_three_samples_is_named() {
    let found = faults("time,target,rps\n600,api-de,1\n1500,api-de,2\n4200,api-de,3\n");
    assert_eq!(found.len(), 1);
    assert!(found[0].what.contains("1970-01-01T00:25:00Z"), "{}", found[0].what);
}

#[test]
fn holes_are_filled_only_as_told_and_counted() {
    let text = "time,target,rps\n0,api-de,5\n60,api-de,6\n120,api-de,7\n600,api-de,8\n";
    let load = |filling| read(text, &targets(), filling).unwrap().remove(&0).unwrap();
    let at = |filling, second| load(filling).rates.at(Instant(second)).0;
    assert_eq!([at(Filling::Zero, 170), at(Filling::Zero, 180), at(Filling::Zero, 600)], [7.0, 0.0, 8.0]);
    assert_eq!(at(Filling::Last, 180), 7.0);
    assert_eq!(load(Filling::Last).filled, [Window::new(Instant(180), Instant(600))]);
    let late = text.replace("600", "205");
    assert_eq!(read(&late, &targets(), Filling::Nothing).unwrap()[&0].filled, [], "late is not lost");
}

#[test]
fn pieces_cover_a_stretch_and_keep_under_the_limit_of_points() {
    let year = Window::new(Instant(1000), Instant(1000 + 365 * 86_400));
    for step in [Seconds(15), Seconds(60), Seconds(300), Seconds(7 * 3600)] {
        let pieces = pieces(year, step);
        let mut points = Vec::new();
        for piece in &pieces {
            let last = last_point(*piece, step);
            let own: Vec<i64> = (piece.from.0..=last.0).step_by(step.0 as usize).collect();
            assert!(own.len() <= 11_000 && own.last() == Some(&last.0) && piece.contains(last), "{piece:?}");
            points.extend(own);
        }
        let all: Vec<i64> = (year.from.0..year.until.0).step_by(step.0 as usize).collect();
        assert!(points == all, "every {step}");
    }
    assert_eq!(pieces(year, Seconds(300)).len(), 11);
    assert_eq!(pieces(Window { from: Instant(5), until: Instant(5) }, Seconds(60)), []);
}

fn answer(series: &[&str]) -> String {
    let series: Vec<String> =
        series.iter().map(|values| format!(r#"{{"metric":{{}},"values":[{values}]}}"#)).collect();
    format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{}]}}}}"#, series.join(","))
}

#[test]
fn what_is_answered_in_pieces_is_one_load_and_a_piece_without_series_is_a_hole() {
    let piece = |from| Window::new(Instant(from), Instant(from + 120));
    let mut heard = Heard::default();
    assert_eq!(heard.recorded(Seconds(60), Filling::Nothing), Ok(None));
    heard.take(&answer(&[r#"[0,"5"]"#, r#"[60,"6"]"#]), piece(0)).unwrap();
    heard.take(&answer(&[]), piece(120)).unwrap();
    heard.take(&answer(&[r#"[240,"7"],[300,"8"]"#]), piece(240)).unwrap();
    let hole = heard.recorded(Seconds(60), Filling::Nothing).unwrap_err();
    assert!(
        hole[0].what.contains("no samples from 1970-01-01T00:01:00Z to 1970-01-01T00:04:00Z"),
        "{hole:?}"
    );
    let filled = heard.recorded(Seconds(60), Filling::Last).unwrap().unwrap();
    assert_eq!((filled.window.until, filled.rates.at(Instant(200)).0), (Instant(360), 6.0));
    let twice = heard.take(&answer(&[r#"[400,"5"]"#, r#"[400,"6"]"#]), piece(360)).unwrap_err();
    assert!(twice[0].help.contains("sum by"), "{twice:?}");
    let stray = heard.take(&answer(&[r#"[480,"5"]"#]), piece(360)).unwrap_err();
    assert!(stray[0].what.contains("not asked for"), "{stray:?}");
}

const RATE: &str = "sum(rate(http_requests_total{app='a'}[2m]))";

fn asked(queries: &[&str]) -> Result<String, NoQuestion> {
    let triggers: String = queries
        .iter()
        .map(|query| {
            format!("    - type: prometheus\n      metadata: {{ query: \"{query}\", threshold: \"9\" }}\n")
        })
        .collect();
    let text = format!(
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {{ name: a }}\nspec:\n  scaleTargetRef: {{ name: a }}\n  triggers:\n    - type: cron\n      metadata: {{ query: x }}\n{triggers}"
    );
    let documents = decode::read(&text);
    query(documents[0].content.as_ref().unwrap())
}

#[test]
fn the_query_is_the_one_that_the_object_asks_for_its_load() {
    let p95 = "histogram_quantile(0.95, sum by (le) (rate(http_request_seconds_bucket[5m])))";
    let alive = format!("{RATE} or 0 * sum(up)");
    for good in [RATE, alive.as_str(), &format!("({RATE}) or vector(0)")] {
        assert_eq!(asked(&[p95, good]), Ok(good.to_owned()));
        assert_eq!(asked(&[good, good]), Ok(good.to_owned()), "one question, asked twice");
    }
    for other in [p95, &format!("{RATE} / 2"), &format!("{RATE} > 1"), &format!("{RATE} or vector(1)"), "x"] {
        assert_eq!(asked(&[other]), Err(NoQuestion::NoRate), "{other}");
    }
    assert_eq!(asked(&[]), Err(NoQuestion::NoRate));
    assert_eq!(asked(&[RATE, &alive]), Err(NoQuestion::Several(vec![RATE.to_owned(), alive])));
}
