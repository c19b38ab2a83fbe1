//! Every Markdown that is made, parsed as GitHub parses it: whatever the texts of a policy say, it has the form that it has
//! with harmless texts, node by node, and the texts read as they were written.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use seasonscale::compile;
use seasonscale::emit::Templates;
use seasonscale::keys::{CALENDAR, Kind, PROFILE, Section};
use seasonscale::report::{self, review as shown};
use seasonscale::review;
use seasonscale::source::Sources;
use seasonscale::time::Date;
use toml_edit::{DocumentMut, TableLike, value};

use crate::policies;

const HARMLESS: &str = "word";

/// What begins something in Markdown, at its beginning, inside and at its end.
const HOSTILE: [&str; 33] = [
    "<img src=x onerror=alert(1)>",
    "a <b>bold</b> <!-- and --> <details>",
    "</summary></details>",
    "<https://evil.example>",
    "[here](https://evil.example)",
    "](https://evil.example)",
    "![x](https://evil.example/x.png) !",
    "[x]: https://evil.example",
    "[^1] and [^1]: note",
    "[ ] task [x]",
    "a | b || c |",
    "\\| \\\\| \\",
    "`code` ``more`` `",
    "``` ~~~",
    "~~gone~~ ~one~",
    "*a* **b** _c_ __d__ *",
    "$a$ $$b$$ $`c`$",
    "# heading #",
    "#",
    "- item",
    "+",
    "1. first",
    "2)",
    "> [!WARNING]",
    "---",
    "===",
    ":-:",
    "    indented  ",
    "&lt;b&gt; &copy; &#64;",
    "<<x>> <%y%> {{ $value }}",
    "see https://evil.example/x, http://evil.example and www.evil.example",
    "ask @octocat or mail a@evil.example, mailto:a@evil.example",
    "as #12, octo/repo#1 and GH-12 say :tada: :+1: :100:",
];

/// Keys of text that only some words fit: a quantity, a setting of PostgreSQL.
const OF_A_FORM: [&str; 5] = ["cpu", "memory", "cpu-limit", "memory-limit", "territory-setting"];

/// Writes `text` for every key of this table and those below it that takes any text, and counts them.
fn say(table: &mut dyn TableLike, section: &'static Section, text: &str) -> usize {
    let mut said = 0;
    for key in section.all() {
        match key.kind {
            Kind::Text("text in quotes") if !OF_A_FORM.contains(&key.name) => {
                table.insert(key.name, value(text));
                said += 1;
            }
            Kind::Table(inner) => {
                let below = table.get_mut(key.name).and_then(|item| item.as_table_like_mut());
                said += below.map_or(0, |below| say(below, inner, text));
            }
            Kind::Named(inner) => {
                let below = table.get_mut(key.name).and_then(|item| item.as_table_like_mut());
                for (_, item) in below.into_iter().flat_map(|below| below.iter_mut()) {
                    said += item.as_table_like_mut().map_or(0, |one| say(one, inner, text));
                }
            }
            Kind::Text(_)
            | Kind::OneOf(_)
            | Kind::Texts(_)
            | Kind::SomeOf(_)
            | Kind::Whole
            | Kind::Wholes
            | Kind::Floor
            | Kind::Number
            | Kind::Boolean
            | Kind::Date
            | Kind::Moment
            | Kind::Either(_)
            | Kind::Any(..)
            | Kind::TextOr(_)
            | Kind::Tables(_) => {}
        }
    }
    said
}

/// The base policy, where every text is `text`, and the campaign has this floor.
fn policy(text: &str, floor: u32) -> Sources {
    let saying = |name: &str, section| {
        let whole = policies::base(name).text.replace("web = 5", &format!("web = {floor}"));
        let whole = whole.replace("\"runbook\"]", "\"runbook\", \"guide\", \"seasons\"]");
        let mut document: DocumentMut = whole.parse().unwrap();
        let said = say(document.as_table_mut(), section, text);
        (policies::source(name, &document.to_string()), said)
    };
    let ((calendar, dates), (territories, places)) =
        (saying("calendar", &CALENDAR), saying("territories", &PROFILE));
    assert!(dates >= 9 && places >= 9, "the keys of text are no longer found: {dates}, {places}");
    Sources::new(calendar, territories)
}

/// Every Markdown that is made, with its name.
fn documents(text: &str) -> Vec<(&'static str, String)> {
    let sources = policy(text, 5);
    let compiled = compile::compile(&sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{text}: {}", report::terminal(&found, &sources, false)));
    let (old, _) = compile::plan(&policy(text, 4));
    let change = review::compare((old.as_ref().unwrap(), &compiled.plan));
    let changed =
        shown::Changed { change: &change, old: old.as_ref().unwrap(), new: &compiled.plan, migration: true };
    let today = Date::ymd(2026, 3, 1).unwrap();
    let mut documents = vec![
        ("review", shown::markdown(&review::review(&compiled.plan), review::Since::Day(today))),
        ("change", shown::change_markdown(&changed)),
    ];
    let markdown = compiled.artifacts.into_iter().filter(|artifact| artifact.path.ends_with(".md"));
    documents.extend(markdown.map(|artifact| (artifact.kind.id(), artifact.text)));
    documents
}

/// What a reader sees: every node but running text, with what tells it apart, and the running text of each block.
#[derive(Debug, PartialEq)]
struct Seen {
    nodes: Vec<String>,
    blocks: Vec<String>,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "nodes that are told apart by all that they are")]
fn seen((name, text): &(&str, String)) -> Seen {
    let mut options = Options::default();
    options.extension.autolink = is_comment(name);
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.extension.alerts = true;
    let arena = Arena::new();
    let mut seen = Seen { nodes: Vec::new(), blocks: Vec::new() };
    for node in parse_document(&arena, text, &options).descendants() {
        let value = &node.data.borrow().value;
        let inline = match value {
            NodeValue::Text(text) => text.to_string(),
            NodeValue::SoftBreak => " ".to_owned(),
            NodeValue::Code(code) => {
                seen.nodes.push("code".to_owned());
                code.literal.clone()
            }
            NodeValue::Link(link) => {
                seen.nodes.push(format!("link {}", link.url));
                String::new()
            }
            NodeValue::Table(table) => {
                seen.nodes.push(format!("table {}", table.num_columns));
                String::new()
            }
            NodeValue::Heading(heading) => {
                seen.nodes.push(format!("heading {}", heading.level));
                String::new()
            }
            // The example of a campaign repeats an owner of letters only.
            NodeValue::CodeBlock(block) => {
                let kept: Vec<&str> =
                    block.literal.lines().filter(|line| !line.starts_with("owner ")).collect();
                seen.nodes.push(format!("block {} {kept:?}", block.info));
                String::new()
            }
            // Whole: HTML, and whatever else a template has of its own.
            other => {
                seen.nodes.push(format!("{other:?}"));
                String::new()
            }
        };
        if value.block() || seen.blocks.is_empty() {
            seen.blocks.push(String::new());
        }
        seen.blocks.last_mut().unwrap().push_str(&inline);
    }
    seen
}

#[test]
fn no_text_of_a_policy_changes_the_form_of_any_markdown() {
    let harmless: Vec<(&str, Seen)> =
        documents(HARMLESS).iter().map(|document| (document.0, seen(document))).collect();
    let names: Vec<&str> = harmless.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["review", "change", "runbook", "guide"]);
    for hostile in HOSTILE {
        for (document, (name, wanted)) in documents(hostile).into_iter().zip(&harmless) {
            let (found, text) = (seen(&document), &document.1);
            // In a table, a backslash before a bar is said in running text.
            let nodes = |seen: &Seen| -> Vec<String> {
                let is_kept = |node: &&String| !hostile.contains("\\|") || *node != "code";
                seen.nodes.iter().filter(is_kept).cloned().collect()
            };
            similar(&format!("{name} of {hostile:?}"), &nodes(&found), &nodes(wanted));
            let reads = found.blocks.iter().any(|block| block.replace('\u{200b}', "").contains(hostile));
            assert!(reads, "{name}: {hostile:?} reads otherwise in\n{text}");
        }
    }
}

/// Says the first difference only: a runbook has a thousand nodes.
fn similar(what: &str, found: &[String], wanted: &[String]) {
    let at = found.iter().zip(wanted).position(|(found, wanted)| found != wanted);
    let at = at.unwrap_or_else(|| found.len().min(wanted.len()));
    let around =
        |nodes: &[String]| nodes[at.saturating_sub(3).min(nodes.len())..(at + 4).min(nodes.len())].to_vec();
    assert!(found == wanted, "{what}: {:#?} instead of {:#?}", around(found), around(wanted));
}

/// Written by a bot, from a policy that may be anybody's: in a file an address may be a link, here nothing is.
fn is_comment(name: &str) -> bool {
    ["review", "change"].contains(&name)
}

/// GitHub looks for these in the text of a page that Markdown has become, outside of code.
#[test]
fn a_comment_on_a_pull_request_calls_nobody_and_leads_nowhere() {
    for hostile in ["ask @octocat", "as #12 says", "octo/repo#12", "see gh-12", "done :tada:"] {
        let comments = documents(hostile).into_iter().filter(|(name, _)| is_comment(name));
        for (name, text) in comments {
            let found = seen(&(name, text.clone()));
            let words: Vec<&str> = hostile.split(' ').collect();
            let whole = *words.iter().find(|word| word.contains(['@', '#', '-', ':'])).unwrap();
            assert!(!found.blocks.iter().any(|block| block.contains(whole)), "{name}: {whole} in\n{text}");
            let reads = found.blocks.iter().any(|block| block.replace('\u{200b}', "").contains(whole));
            assert!(reads, "{name}: {whole} reads otherwise in\n{text}");
        }
    }
}
