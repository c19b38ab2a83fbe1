//! Our triggers at the end of `spec.triggers`, every other byte as its owner wrote it.
//!
//! Where exactly the list ends is a matter of comments, blank lines and block scalars. So several places are tried, and the
//! first one counts after which the document says what it did, and our triggers.

use std::fmt;
use std::ops::Range;

use super::OURS;
use crate::yaml::{self, Laid, Node, Shape, Value};

/// The first line of what we add to a block list: from there on all is ours.
const HEAD: &str = "# seasonscale: the floors of the plan, from here to the end of the list. Do not edit.";
/// How [`HEAD`] is known again.
const HEAD_BEGINS: &str = "# seasonscale:";

/// Why nothing can be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no `spec.triggers` that is written as such.
    NoList,
    /// The list is an alias, or is not a list.
    NotAList,
    /// No place was found at which triggers could be added and all else stays.
    NoPlace,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoList => "it has no `triggers` of its own under `spec`",
            Self::NotAList => "its `triggers` are not a list that is written there",
            Self::NoPlace => "nothing can be added to its `triggers` without changing something else",
        })
    }
}

/// `document`, which is one ScaledObject, with `triggers` at the end of its list: `triggers` is a block list without
/// indentation. Ours of an earlier run are replaced.
pub fn with_triggers(document: &str, triggers: &str) -> Result<String, Unfit> {
    let bare = without_ours(document)?;
    let ours = items_of(&yaml::tree(triggers).map_err(|_| Unfit::NoPlace)?.root).to_vec();
    if ours.is_empty() {
        return Ok(bare);
    }
    let root = yaml::layout(&bare).map_err(|_| Unfit::NoPlace)?;
    let (key, list) = place(&root)?;
    let texts: Vec<String> = match &list.shape {
        Shape::List { is_flow: true, items } => {
            vec![in_flow(&bare, list, items, &ours)]
        }
        Shape::List { is_flow: false, items } => {
            let dash = dash(&bare, key, items, items.len() - 1);
            let last = items.last().map_or(list.bytes.end, |item| item.bytes.end);
            let indent = dash - line_start(&bare, dash);
            ends(&bare, last, indent).into_iter().map(|at| in_block(&bare, at, indent, triggers)).collect()
        }
        Shape::Scalar(Value::Null) if list.bytes.is_empty() => {
            let at = line_end(&bare, key.bytes.end);
            vec![in_block(&bare, at, key.column + 2, triggers)]
        }
        Shape::Scalar(_) | Shape::Alias | Shape::Map(_) => return Err(Unfit::NotAList),
    };
    let wanted = yaml::tree(&bare).map_err(|_| Unfit::NoPlace)?.root;
    texts.into_iter().find(|text| says(text, &wanted, &ours)).ok_or(Unfit::NoPlace)
}

/// The triggers that an object has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Places of ours, and what each is called.
    pub ours: Vec<(usize, String)>,
    /// Whether `triggers` has no list, not even an empty one.
    pub is_null: bool,
}

/// The triggers of a document, which is one ScaledObject.
pub fn standing(document: &str) -> Standing {
    let Ok(tree) = yaml::tree(document) else { return Standing::default() };
    let list = triggers_of(&tree.root);
    let text = |item: &Node, key: &str| item.get(key).and_then(Node::text).map(str::to_owned);
    let ours = list.map(items_of).unwrap_or_default().iter().enumerate().filter_map(|(at, item)| {
        let name = text(item, "name").filter(|name| name.starts_with(OURS))?;
        (text(item, "type").as_deref() == Some("cron")).then_some((at, name))
    });
    Standing { ours: ours.collect(), is_null: list.is_some_and(|list| list.value == Value::Null) }
}

/// The key `spec.triggers` and its value.
fn place(root: &Laid) -> Result<(&Laid, &Laid), Unfit> {
    let (key, list) = root.get("spec").and_then(|spec| spec.entry("triggers")).ok_or(Unfit::NoList)?;
    Ok((key, list))
}

/// Whether `text` is the object `wanted` with `ours` at the end of its triggers.
fn says(text: &str, wanted: &Node, ours: &[Node]) -> bool {
    let Ok(tree) = yaml::tree(text) else { return false };
    let (Some(found), Some(had)) = (triggers_of(&tree.root), triggers_of(wanted)) else { return false };
    let had = items_of(had);
    let found = items_of(found);
    let all = had.iter().chain(ours);
    found.len() == had.len() + ours.len()
        && found.iter().zip(all).all(|(found, wanted)| found.says_as(wanted))
        && bare_of(&tree.root).says_as(&bare_of(wanted))
}

fn triggers_of(root: &Node) -> Option<&Node> {
    root.get("spec")?.get("triggers")
}

fn items_of(node: &Node) -> &[Node] {
    if let Value::List(items) = &node.value { items } else { &[] }
}

/// The object without its triggers.
fn bare_of(root: &Node) -> Node {
    let mut root = root.clone();
    if let Value::Map(entries) = &mut root.value
        && let Some((_, spec)) = entries.iter_mut().find(|(key, _)| key.value == "spec")
        && let Value::Map(fields) = &mut spec.value
    {
        fields.retain(|(key, _)| key.value != "triggers");
    }
    root
}

/// The document without our triggers, and without the comments that we wrote with them.
fn without_ours(document: &str) -> Result<String, Unfit> {
    let root = yaml::layout(document).map_err(|_| Unfit::NoPlace)?;
    let (key, list) = place(&root)?;
    let Shape::List { is_flow, items } = &list.shape else { return Ok(document.to_owned()) };
    let ours: Vec<bool> = items.iter().map(is_ours).collect();
    let mut cuts: Vec<Range<usize>> = Vec::new();
    for at in (0..items.len()).filter(|at| ours[*at]) {
        let after_ours = at > 0 && ours[at - 1];
        cuts.push(if *is_flow {
            flow_cut(items, at, ours[..at].iter().all(|ours| *ours))
        } else {
            let dash = dash(document, key, items, at);
            block_cut(document, dash, &items[at], after_ours)
        });
    }
    let mut text = document.to_owned();
    for cut in cuts.into_iter().rev() {
        text.replace_range(cut, "");
    }
    Ok(text)
}

/// Whether a trigger is one that we added.
fn is_ours(item: &Laid) -> bool {
    let says = |key: &str, fits: fn(&str) -> bool| {
        let value = item.get(key);
        value.is_some_and(|value| matches!(&value.shape, Shape::Scalar(Value::Text(text)) if fits(text)))
    };
    says("type", |kind| kind == "cron") && says("name", |name| name.starts_with(OURS))
}

/// An item with the comma before it; where all before it are ours too, with what leads to the next.
pub(super) fn flow_cut(items: &[Laid], at: usize, all_before: bool) -> Range<usize> {
    let item = &items[at].bytes;
    match at.checked_sub(1) {
        Some(before) if !all_before => items[before].bytes.end..item.end,
        Some(_) | None => item.start..items.get(at + 1).map_or(item.end, |next| next.bytes.start),
    }
}

/// An item with the comments directly above it: up to our own first line, or those between two of ours.
fn block_cut(text: &str, dash: usize, item: &Laid, after_ours: bool) -> Range<usize> {
    let begin = line_start(text, dash);
    let mut from = begin;
    while from > 0 {
        let above = line_start(text, from - 1);
        let line = text[above..from].trim();
        if !line.starts_with('#') {
            break;
        }
        from = above;
        if line.starts_with(HEAD_BEGINS) {
            return from..behind(text, item.bytes.end);
        }
    }
    (if after_ours { from } else { begin })..behind(text, item.bytes.end)
}

/// Where the dash of an item stands.
pub(super) fn dash(text: &str, key: &Laid, items: &[Laid], at: usize) -> usize {
    // Behind the key there may be an anchor or a tag, behind a key without a value its colon: a dash begins a line.
    let mut from = match at.checked_sub(1) {
        Some(before) => behind(text, items[before].bytes.end),
        None => line_end(text, key.bytes.end),
    };
    loop {
        let rest = &text[from..];
        let blank = rest.len() - rest.trim_start().len();
        from += blank;
        if !text[from..].starts_with('#') {
            return from.min(items[at].bytes.start);
        }
        from = line_end(text, from);
    }
}

/// The places at which a block list may go on whose last item ends at `last`: behind the comments that belong to it, right
/// behind it, and directly before whatever comes next.
fn ends(text: &str, last: usize, indent: usize) -> Vec<usize> {
    let right_behind = behind(text, last);
    let (mut behind_comments, mut before_next, mut at) = (right_behind, right_behind, right_behind);
    let mut belongs = true;
    while at < text.len() {
        let end = line_end(text, at);
        let line = &text[at..end];
        let own = line.trim();
        if own.starts_with('#') {
            belongs &= line.len() - line.trim_start().len() >= indent;
            if belongs {
                behind_comments = end;
            }
        } else if !own.is_empty() {
            break;
        }
        before_next = end;
        at = end;
    }
    vec![behind_comments, right_behind, before_next]
}

fn in_block(text: &str, at: usize, indent: usize, triggers: &str) -> String {
    let line_break =
        if text[..at].ends_with("\r\n") || at == text.len() && text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut added = String::new();
    if !text[..at].is_empty() && !text[..at].ends_with('\n') {
        added.push_str(line_break);
    }
    for line in std::iter::once(HEAD).chain(triggers.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        added.push_str(&" ".repeat(indent));
        added.push_str(line);
        added.push_str(line_break);
    }
    format!("{}{added}{}", &text[..at], &text[at..])
}

fn in_flow(text: &str, list: &Laid, items: &[Laid], ours: &[Node]) -> String {
    let written: Vec<String> = ours.iter().map(flow).collect();
    let Some(last) = items.last() else {
        let at = list.bytes.start + 1;
        return format!("{}{}{}", &text[..at], written.join(", "), &text[at..]);
    };
    let start = line_start(text, last.bytes.start);
    let own = text[start..last.bytes.start].trim().is_empty();
    // Items that have lines of their own keep them.
    let separator = if own { format!(",\n{}", &text[start..last.bytes.start]) } else { ", ".to_owned() };
    let separator = if text.contains("\r\n") { separator.replace('\n', "\r\n") } else { separator };
    let at = last.bytes.end;
    let added: String = written.iter().map(|one| format!("{separator}{one}")).collect();
    format!("{}{added}{}", &text[..at], &text[at..])
}

/// A value in flow style, which is JSON too.
fn flow(node: &Node) -> String {
    match &node.value {
        Value::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(&key.value), flow(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Text(text) => quoted(text),
        Value::Number(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// The first line after what ends at `at`; a block scalar ends with its line.
pub(super) fn behind(text: &str, at: usize) -> usize {
    if text[..at].ends_with('\n') { at } else { line_end(text, at) }
}

/// The byte after the line break of the line with this byte.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS_NOW: &str = "# Christmas\n- type: cron\n  name: seasonscale_christmas\n  metadata:\n    start: \"0 6 1 12 *\"\n\n# Sale\n- type: cron\n  name: seasonscale_sale\n  metadata:\n    start: \"0 0 * * *\"\n";
    const OURS_LATER: &str =
        "# Easter\n- type: cron\n  name: seasonscale_easter\n  metadata:\n    start: \"0 0 1 4 *\"\n";

    /// Lists in every style, with what may stand behind them.
    const BASES: &[&str] = &[
        "spec:\n  triggers:\n    - type: cpu\n      metadata: {value: \"60\"}\n",
        "spec:\n  triggers:\n  - type: cpu\n    metadata:\n      value: \"60\"\n",
        "spec:\n    triggers:\n    -   type: cpu\n        metadata:\n            value: \"60\"",
        "spec:\n  triggers:\n  -\n    type: cpu\n  max: 3\n",
        "spec:\n  triggers: &mine # list\n    # one\n    - &a-b type: cpu\n    # two\n    - {type: memory} # beside\n    # - type: kafka\n    #   old: true\n\n  # about max\n  max: 3\n",
        "spec:\r\n  triggers:\r\n    - type: cpu\r\n      metadata:\r\n        value: \"60\"\r\n  max: 3\r\n",
        "spec:\n  triggers:\n    - type: prometheus\n      metadata:\n        query: |\n          sum(x)\n          # no comment\n  max: 3\n",
        "spec:\n  triggers:\n    - type: prometheus\n      metadata:\n        query: |+\n          sum(x)\n\n\n  max: 3\n",
        "spec:\n  triggers:\n    - type: prometheus\n      metadata:\n        query: >-\n          sum(x)\n          by (y)\n# the end\n",
        "spec:\n  triggers:\n    - type: kafka\n      metadata:\n        empty:\n    # behind\n",
        "spec:\n  triggers: []\n  max: 3\n",
        "spec:\n  triggers: [ ] # none\n",
        "spec:\n  triggers:\n",
        "spec:\n  triggers: # none yet\n  max: 3\n",
        "spec:\n  triggers: [{type: cpu}, {type: memory}]\n",
        "spec:\n  triggers: [{type: cpu}, ]\n",
        "spec:\n  triggers: [\n    {type: cpu}, # one\n    {type: memory} # two\n  ]\n",
        "{\"spec\": {\"triggers\": [{\"type\": \"cpu\", \"metadata\": {\"value\": \"60\"}}], \"max\": 3}}\n",
        "{\n  \"spec\": {\n    \"triggers\": [\n      {\n        \"type\": \"cpu\"\n      }\n    ]\n  }\n}\n",
    ];

    /// Whether `whole` is `part` with something in it.
    fn is_added_to(whole: &str, part: &str) -> bool {
        let same = whole.bytes().zip(part.bytes()).take_while(|(a, b)| a == b).count();
        let rest = &part.as_bytes()[same..];
        whole.as_bytes()[same..].ends_with(rest)
    }

    #[test]
    fn every_byte_stays_and_what_was_added_comes_off_again() {
        for base in BASES {
            let once = with_triggers(base, OURS_NOW).unwrap_or_else(|unfit| panic!("{base}\n{unfit}"));
            assert!(is_added_to(&once, base), "{base}\n---\n{once}");
            assert_ne!(&once, base);
            let again = with_triggers(&once, OURS_NOW).unwrap();
            assert_eq!(again, once);
            let later = with_triggers(&once, OURS_LATER).unwrap_or_else(|unfit| panic!("{once}\n{unfit}"));
            assert_eq!(later, with_triggers(base, OURS_LATER).unwrap(), "{once}");
            let none = with_triggers(&once, "").unwrap_or_else(|unfit| panic!("{once}\n{unfit}"));
            assert_eq!(none.trim_end(), base.trim_end(), "{once}");
        }
    }

    #[test]
    fn triggers_go_behind_the_comments_of_the_list_and_before_those_of_others() {
        let text = with_triggers(BASES[4], OURS_LATER).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let of = |part: &str| lines.iter().position(|line| line.contains(part)).unwrap();
        assert!(
            of("old: true") < of("seasonscale_easter") && of("seasonscale_easter") < of("about max"),
            "{text}"
        );
        assert_eq!(lines[of("name: seasonscale_easter") - 1], "    - type: cron");
    }

    #[test]
    fn windows_line_ends_stay_and_what_has_no_place_is_said() {
        let text = with_triggers(BASES[5], OURS_LATER).unwrap();
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        for (base, unfit) in [
            ("spec:\n  max: 3\n", Unfit::NoList),
            ("spec:\n  triggers: ~\n", Unfit::NotAList),
            ("spec:\n  triggers: &x\n    - type: cpu\nother: *x\n", Unfit::NoPlace),
            ("spec:\n  triggers: {a: 1}\n", Unfit::NotAList),
            ("x: &x [{type: cpu}]\nspec:\n  triggers: *x\n", Unfit::NotAList),
            ("x: &x\n  triggers: [{type: cpu}]\nspec:\n  <<: *x\n", Unfit::NoList),
        ] {
            assert_eq!(with_triggers(base, OURS_LATER), Err(unfit), "{base}");
        }
    }

    #[test]
    fn a_trigger_of_many_seasons_has_a_line_for_each() {
        let about = "# a season\n".repeat(200);
        for base in BASES {
            assert!(with_triggers(base, &format!("{about}{OURS_LATER}")).is_ok(), "{base}");
        }
    }

    #[test]
    fn a_trigger_that_only_looks_like_ours_stays() {
        let base = "spec:\n  triggers:\n    - type: cron\n      name: season_x\n    - type: kafka\n      name: seasonscale_y\n";
        assert!(is_added_to(&with_triggers(base, OURS_LATER).unwrap(), base));
    }

    #[test]
    fn triggers_of_others_between_ours_stay() {
        let once = with_triggers(BASES[0], OURS_NOW).unwrap();
        let theirs = format!("{once}    # theirs\n    - type: memory\n");
        let without = with_triggers(&theirs, "").unwrap();
        assert_eq!(without, format!("{}    # theirs\n    - type: memory\n", BASES[0]));
    }
}
