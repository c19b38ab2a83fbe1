//! The page of `seasonscale simulate`, read as a browser reads it: elements, attributes and text.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cli::Workplace;

/// A piece of a page.
#[derive(Debug, PartialEq)]
enum Piece {
    Opens { name: String, attributes: Vec<(String, String)> },
    Closes(String),
    Text(String),
}

const VOID: [&str; 4] = ["meta", "link", "br", "path"];

/// Pieces in order; every element that is opened is closed, in order.
fn read(page: &str) -> Vec<Piece> {
    let mut rest = page.strip_prefix("<!doctype html>").expect("a page of HTML");
    let (mut pieces, mut open) = (Vec::new(), Vec::<String>::new());
    while !rest.is_empty() {
        let raw = open.last().is_some_and(|name| name == "script" || name == "style");
        let end = if raw { rest.find("</").unwrap() } else { rest.find('<').unwrap_or(rest.len()) };
        if end > 0 {
            let text = &rest[..end];
            pieces.push(Piece::Text(if raw { text.to_owned() } else { plain(text) }));
            rest = &rest[end..];
            continue;
        }
        let end = tag_end(rest);
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed in another order");
            pieces.push(Piece::Closes(name.to_owned()));
            continue;
        }
        let tag = tag.strip_suffix('/').unwrap_or(tag);
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if !VOID.contains(&name) {
            open.push(name.to_owned());
        }
        pieces.push(Piece::Opens { name: name.to_owned(), attributes: split(attributes) });
    }
    assert_eq!(open, Vec::<String>::new(), "never closed");
    pieces
}

/// Where a tag ends: a `>` outside of quotes.
fn tag_end(text: &str) -> usize {
    let mut quoted = false;
    text.char_indices()
        .find(|(_, character)| {
            quoted ^= *character == '"';
            *character == '>' && !quoted
        })
        .expect("a tag that ends")
        .0
}

fn split(mut text: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    while let Some((name, after)) = text.split_once("=\"") {
        let (value, after) = after.split_once('"').expect("a value that ends");
        attributes.push((name.trim().to_owned(), plain(value)));
        text = after;
    }
    attributes
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#x27;", "'").replace("&#x2f;", "/").replace("&amp;", "&")
}

fn attributes<'p>(pieces: &'p [Piece], wanted: &str) -> Vec<&'p str> {
    let all = pieces.iter().filter_map(|piece| match piece {
        Piece::Opens { attributes, .. } => Some(attributes),
        Piece::Closes(_) | Piece::Text(_) => None,
    });
    let values = all.flatten().filter(|(name, _)| name == wanted);
    values.map(|(_, value)| value.as_str()).collect()
}

/// What stands within each element of a name.
fn within<'p>(pieces: &'p [Piece], wanted: &str) -> Vec<&'p str> {
    let pairs = pieces.windows(2).filter_map(|pair| match pair {
        [Piece::Opens { name, .. }, Piece::Text(text)] if name == wanted => Some(text.as_str()),
        _ => None,
    });
    pairs.collect()
}

fn page(place: &Workplace, more: &[&str]) -> String {
    let run = place.run(&[&["simulate", "--format", "html"], more].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{more:?}");
    run.stdout
}

#[test]
fn the_page_is_whole_asks_no_network_and_says_what_the_tables_say() {
    let place = Workplace::reference();
    let page = page(&place, &[]);
    assert!(page.len() < 500_000, "{} octets", page.len());
    for outside in ["http:", "https:", "@import", "url(", " src="] {
        assert!(!page.contains(outside), "{outside}");
    }
    let pieces = read(&page);
    let ids = attributes(&pieces, "id");
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "an id twice");
    for link in attributes(&pieces, "href") {
        assert!(link == "data:," || ids.contains(&&link[1..]), "{link} leads nowhere");
    }
    let figures = attributes(&pieces, "data-count");
    // Six targets; three seasons with requests, and what belongs to none.
    assert_eq!(figures, ["365", "365", "365", "365", "365", "365", "288", "288", "288", "288"]);
    let scripts = within(&pieces, "script");
    assert_eq!(scripts.len(), figures.len() + 2, "data of each picture, labels, and the one that runs");
    let study = place.run(&["simulate", "--format", "json"]).stdout;
    let study: Value = serde_json::from_str(&study).unwrap();
    let hours = study["total"]["plan"]["pod_hours"].as_f64().unwrap().round();
    let shown = within(&pieces, "td").iter().any(|cell| cell.replace(',', "") == hours.to_string());
    assert!(shown, "{hours} pod-hours");
}

/// What is said at each step is there for each step, and the highest is that of the study.
#[test]
fn every_picture_says_something_of_each_of_its_steps() {
    let place = Workplace::reference();
    let pieces = read(&page(&place, &["--target", "DE/queries"]));
    let figures: Vec<u64> =
        attributes(&pieces, "data-count").iter().map(|count| count.parse().unwrap()).collect();
    let scripts = within(&pieces, "script");
    let mut most = 0;
    for (count, script) in figures.iter().zip(&scripts) {
        let data: Value = serde_json::from_str(script).unwrap();
        for series in data["series"].as_array().unwrap() {
            let runs = series["runs"].as_array().unwrap();
            assert_eq!(runs.iter().map(|run| run[0].as_u64().unwrap()).sum::<u64>(), *count, "{series}");
            if series["name"] == "replicas" && *count == 365 {
                let last = |run: &Value| run[1].as_str().unwrap().rsplit(' ').next().unwrap().parse::<u64>();
                most = runs.iter().map(|run| last(run).unwrap()).max().unwrap();
            }
        }
    }
    let study = place.run(&["simulate", "--format", "json", "--target", "DE/queries"]).stdout;
    let study: Value = serde_json::from_str(&study).unwrap();
    assert_eq!(Some(most), study["total"]["plan"]["most_replicas"].as_u64());
}

#[test]
fn a_hostile_title_is_text_wherever_it_stands() {
    let place = Workplace::reference();
    let hostile = r#"</script><script>x()</script><b a=\"'"#;
    place.edit("policies/calendar.toml", "\"Spargel\"", &format!("\"{hostile}\""));
    let page = page(&place, &["--target", "DE/queries"]);
    let pieces = read(&page);
    assert_eq!(within(&pieces, "script").len(), attributes(&pieces, "data-count").len() + 2);
    let title = hostile.replace('\\', "");
    let texts = pieces.iter().filter(|piece| matches!(piece, Piece::Text(text) if text.contains(&title)));
    assert!(texts.count() >= 3, "in the table, at the picture and at its worst day");
    let said: Vec<Value> =
        within(&pieces, "script").iter().filter_map(|data| serde_json::from_str(data).ok()).collect();
    assert!(said.iter().any(|data| data.to_string().contains("</script><script>x()")), "{said:?}");
}

/// No season, three weeks, a target that goes to zero, and a load of some days only.
#[test]
fn a_small_plan_has_a_page_too() {
    let place = Workplace::reference();
    let territories =
        place.read("policies/territories.toml").replace("holidays   = [", "holidays   = [] # [");
    let territories = territories.replace("holidays             = [", "holidays = [] # [");
    place.write("policies/territories.toml", territories.as_bytes());
    place.write("policies/calendar.toml", b"[plan]\nfrom = 2026-03-16\nuntil = 2026-04-06\n");
    let small = page(&place, &[]);
    let counts = |page: &str| {
        let pieces = read(page);
        attributes(&pieces, "data-count").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(counts(&small), ["21", "21", "21", "21", "21", "21", "288"]);
    assert!(small.contains(">30 Mar<") && !small.contains("NaN") && !small.contains("inf"));
    // The clocks go forward on the 29th: that day has 23 hours.
    let samples: String = (0..49 * 4)
        .map(|quarter| {
            let (day, hour, minute) = (28 + quarter / 96, quarter % 96 / 4, quarter % 4 * 15);
            let rate = if day == 29 { 120 } else { 20 };
            format!("2026-03-{day:02}T{hour:02}:{minute:02}:00Z,DE/queries,{rate}\n")
        })
        .collect();
    place.write("load.csv", format!("time,target,rps\n{samples}").as_bytes());
    let part = page(&place, &["--load", "load.csv", "--target", "DE/queries"]);
    assert_eq!(counts(&part), ["3", "276"], "{}", part.len());
}
