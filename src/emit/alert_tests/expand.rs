//! An alert's text as Prometheus expands it: its labels and its value, with the functions that the rules use
//! (`template/template.go` of Prometheus).

use std::collections::BTreeMap;

/// What an expression found: the result that the alert is of, and the members of its recorded set, which its texts ask for.
pub(super) struct Found<'a> {
    pub(super) labels: &'a BTreeMap<String, String>,
    pub(super) value: f64,
    /// Of every other set there are none.
    pub(super) set: Option<&'a str>,
    pub(super) members: &'a [Member],
}

/// One series of a set.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) labels: BTreeMap<String, String>,
    pub(super) value: f64,
}

/// `text` with every `{{ .. }}` filled in, or the expression that these tests cannot compute.
pub(super) fn expand(text: &str, found: &Found<'_>) -> Result<String, String> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        // Braces of somebody's title.
        let literal = ["{{", "}}"].map(|braces| (braces, format!(" \"{braces}\" }}}}")));
        if let Some((braces, literal)) =
            literal.iter().find(|(_, literal)| after.starts_with(literal.as_str()))
        {
            expanded.push_str(before);
            expanded.push_str(braces);
            rest = &after[literal.len()..];
            continue;
        }
        let (inside, next) = after.split_once("}}").ok_or_else(|| format!("`{text}`"))?;
        expanded.push_str(before);
        rest = next;
        if let Some(asked) = inside.trim().strip_prefix("range $i, $one := query ") {
            let (body, after) = until_end(next)?;
            for (at, member) in asked_for(asked, found)?.iter().enumerate() {
                expanded.push_str(&each(body, at, member)?);
            }
            rest = after;
            continue;
        }
        let words: Vec<&str> = inside.split('|').map(str::trim).collect();
        match words[0].strip_prefix("$labels.") {
            Some(label) if words.len() == 1 => {
                expanded.push_str(found.labels.get(label).map_or("", String::as_str));
            }
            None if words[0] == "$value" => expanded.push_str(&said(found.value, &words[1..])?),
            _ => return Err(format!("`{{{{{inside}}}}}`")),
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// What stands before the `{{ end }}` of a block, and what stands behind it.
fn until_end(text: &str) -> Result<(&str, &str), String> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(from) = text[at..].find("{{").map(|from| at + from) {
        let to = text[from..].find("}}").map_or(text.len(), |to| from + to + 2);
        match text[from..to].trim_matches(['{', '}', ' ']) {
            "end" if depth == 0 => return Ok((&text[..from], &text[to..])),
            "end" => depth -= 1,
            "if $i" => depth += 1,
            _ => {}
        }
        at = to;
    }
    Err(format!("`{text}`"))
}

/// Members in the order of `"set" | sortByLabel "workload" | sortByLabel "territory"`.
fn asked_for(asked: &str, found: &Found<'_>) -> Result<Vec<Member>, String> {
    let mut words = asked.split('|').map(str::trim);
    let set = words.next().map(|name| name.trim_matches('`'));
    if set != found.set {
        return Ok(Vec::new());
    }
    let mut members = found.members.to_vec();
    for word in words {
        let label = word.strip_prefix("sortByLabel ").ok_or_else(|| format!("`{word}`"))?.trim_matches('"');
        members.sort_by(|one, other| one.labels.get(label).cmp(&other.labels.get(label)));
    }
    Ok(members)
}

/// The body of a `range`, for one member.
fn each(body: &str, at: usize, member: &Member) -> Result<String, String> {
    let mut expanded = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, next) = after.split_once("}}").ok_or_else(|| format!("`{body}`"))?;
        expanded.push_str(before);
        rest = next;
        let words: Vec<&str> = inside.split('|').map(str::trim).collect();
        match words[0].strip_prefix("$one.Labels.") {
            None if words[0] == "if $i" => {
                let (then, after) = until_end(next)?;
                expanded.push_str(if at > 0 { then } else { "" });
                rest = after;
            }
            Some(label) => expanded.push_str(member.labels.get(label).map_or("", String::as_str)),
            None if words[0] == "$one.Value" => expanded.push_str(&said(member.value, &words[1..])?),
            None => return Err(format!("`{{{{{inside}}}}}`")),
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// A number through a function of Prometheus' templates, or as it is.
fn said(value: f64, functions: &[&str]) -> Result<String, String> {
    match functions {
        [] => Ok(shortest(value)),
        ["humanize"] => Ok(humanize(value)),
        ["humanizeDuration"] => Ok(humanize_duration(value)),
        ["humanizePercentage"] => Ok(format!("{}%", general(value * 100.0))),
        other => Err(format!("`{}`", other.join(" | "))),
    }
}

/// Go's `%v` of a float: as many digits as it needs, an exponent from 10^21 on.
fn shortest(value: f64) -> String {
    if value != 0.0 && !(1e-4..1e21).contains(&value.abs()) {
        return with_exponent(&format!("{value:e}"));
    }
    value.to_string()
}

/// Go's `%.4g`: four digits that count, no zeros behind them.
fn general(value: f64) -> String {
    let rounded = format!("{value:.3e}");
    let exponent =
        rounded.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok()).unwrap_or(0);
    if value != 0.0 && !(-4..4).contains(&exponent) {
        let (digits, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
        return with_exponent(&format!("{}e{exponent}", trimmed(digits)));
    }
    let places = usize::try_from(3 - exponent).unwrap_or(0);
    trimmed(&format!("{value:.places$}")).to_owned()
}

/// Without zeros at the end of a fraction.
fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// `1e21` as Go writes it: `1e+21`, two digits of exponent at least.
fn with_exponent(text: &str) -> String {
    let Some((digits, exponent)) = text.split_once('e') else { return text.to_owned() };
    let (sign, number) = exponent.strip_prefix('-').map_or(('+', exponent), |number| ('-', number));
    format!("{digits}e{sign}{number:0>2}")
}

fn humanize(value: f64) -> String {
    scaled(value, &["k", "M", "G", "T", "P", "E", "Z", "Y"])
}

fn scaled(value: f64, larger: &[&str]) -> String {
    if value == 0.0 {
        return general(value);
    }
    let (mut value, mut prefix) = (value, "");
    if value.abs() >= 1.0 {
        for next in larger {
            if value.abs() < 1000.0 {
                break;
            }
            (prefix, value) = (next, value / 1000.0);
        }
    } else {
        for next in ["m", "u", "n", "p", "f", "a", "z", "y"] {
            if value.abs() >= 1.0 {
                break;
            }
            (prefix, value) = (next, value * 1000.0);
        }
    }
    format!("{}{prefix}", general(value))
}

fn humanize_duration(value: f64) -> String {
    if value.abs() < 1.0 {
        return format!("{}s", scaled(value, &[]));
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let whole = value.abs().trunc();
    let (days, rest) = ((whole / 86_400.0).trunc(), whole % 86_400.0);
    let (hours, rest) = ((rest / 3600.0).trunc(), rest % 3600.0);
    let (minutes, seconds) = ((rest / 60.0).trunc(), rest % 60.0);
    if days > 0.0 {
        format!("{sign}{days}d {hours}h {minutes}m {seconds}s")
    } else if hours > 0.0 {
        format!("{sign}{hours}h {minutes}m {seconds}s")
    } else if minutes > 0.0 {
        format!("{sign}{minutes}m {seconds}s")
    } else {
        format!("{sign}{}s", general(value.abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_of_a_title_are_braces_and_what_is_unknown_is_refused() {
        let labels = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
        let found = Found { labels: &labels, value: 1.0, set: None, members: &[] };
        let text = "x {{ \"{{\" }}y{{ \"}}\" }} {{ $labels.a }}";
        assert_eq!(expand(text, &found), Ok("x {{y}} b".to_owned()));
        assert_eq!(expand("{{y}}", &found), Err("`{{y}}`".to_owned()));
    }

    #[test]
    fn numbers_are_said_as_prometheus_says_them() {
        let said = [
            humanize(0.0),
            humanize(12.0),
            humanize(501.0),
            humanize(2_505_600.0),
            humanize(0.05),
            humanize_duration(61.0),
            humanize_duration(0.31),
            humanize_duration(2.5),
            humanize_duration(90_061.0),
            humanize_duration(3_660.0),
            humanize_duration(0.0),
            shortest(26.0),
            shortest(0.1),
            shortest(1e21),
            general(82.5),
            general(100.0 / 3.0),
            general(12_345.0),
            general(0.000_012_345),
        ];
        assert_eq!(
            said,
            [
                "0",
                "12",
                "501",
                "2.506M",
                "50m",
                "1m 1s",
                "310ms",
                "2.5s",
                "1d 1h 1m 1s",
                "1h 1m 0s",
                "0s",
                "26",
                "0.1",
                "1e+21",
                "82.5",
                "33.33",
                "1.234e+04",
                "1.234e-05"
            ]
        );
    }

    #[test]
    fn labels_values_and_sets_are_filled_in_and_nothing_is_guessed() {
        let labels = BTreeMap::from([("territory".to_owned(), "DE".to_owned())]);
        let member = |name: &str, value| Member {
            labels: BTreeMap::from([("deployment".to_owned(), name.to_owned())]),
            value,
        };
        let members = [member("b", 0.5), member("a", 0.25)];
        let found = Found { labels: &labels, value: 0.05, set: Some("s:t:u"), members: &members };
        let expanded = expand("{{ $labels.territory }}: {{ $value | humanizePercentage }}", &found);
        assert_eq!(expanded.as_deref(), Ok("DE: 5%"));
        let list = |set: &str| {
            let text = format!(
                "[{{{{ range $i, $one := query `{set}` | sortByLabel \"deployment\" }}}}{{{{ if $i }}}}, {{{{ end }}}}{{{{ $one.Labels.deployment }}}} {{{{ $one.Value | humanizePercentage }}}}{{{{ end }}}}]"
            );
            expand(&text, &found)
        };
        assert_eq!(list("s:t:u").as_deref(), Ok("[a 25%, b 50%]"));
        assert_eq!(list("another").as_deref(), Ok("[]"));
        assert!(expand("{{ printf \"%f\" $value }}", &found).is_err());
        assert!(expand("{{ $value", &found).is_err());
        assert!(expand("{{ range $i, $one := query `s:t:u` }}", &found).is_err());
    }
}
