//! An alert's text as Prometheus expands it: its labels and its value, with the functions that the rules use
//! (`template/template.go` of Prometheus).

use std::collections::BTreeMap;

/// `text` with every `{{ .. }}` filled in, or the expression that these tests cannot compute.
pub(super) fn expand(text: &str, labels: &BTreeMap<String, String>, value: f64) -> Result<String, String> {
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
        let words: Vec<&str> = inside.split('|').map(str::trim).collect();
        match (words[0].strip_prefix("$labels."), words.as_slice()) {
            (Some(label), [_]) => expanded.push_str(labels.get(label).map_or("", String::as_str)),
            (None, ["$value"]) => expanded.push_str(&shortest(value)),
            (None, ["$value", "humanize"]) => expanded.push_str(&humanize(value)),
            (None, ["$value", "humanizeDuration"]) => expanded.push_str(&humanize_duration(value)),
            (None, ["$value", "humanizePercentage"]) => {
                expanded.push_str(&format!("{}%", general(value * 100.0)));
            }
            _ => return Err(format!("`{{{{{inside}}}}}`")),
        }
        rest = next;
    }
    expanded.push_str(rest);
    Ok(expanded)
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
        assert_eq!(
            expand("x {{ \"{{\" }}y{{ \"}}\" }} {{ $labels.a }}", &labels, 1.0),
            Ok("x {{y}} b".to_owned())
        );
        assert_eq!(expand("{{y}}", &labels, 1.0), Err("`{{y}}`".to_owned()));
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
    fn labels_and_values_are_filled_in_and_nothing_is_guessed() {
        let labels = BTreeMap::from([("territory".to_owned(), "DE".to_owned())]);
        let expanded = expand("{{ $labels.territory }}: {{ $value | humanizePercentage }}", &labels, 0.05);
        assert_eq!(expanded.as_deref(), Ok("DE: 5%"));
        assert!(expand("{{ printf \"%f\" $value }}", &labels, 1.0).is_err());
        assert!(expand("{{ $value", &labels, 1.0).is_err());
    }
}
