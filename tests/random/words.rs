//! Text that the language allows and that some file would like to read as something else; names; TOML's spellings.

use super::choices::Choices;

/// What means something in Markdown, YAML, SQL, PromQL, Go templates, JSON, iCalendar, shells or HTML.
const HOSTILE: &[&str] = &[
    " ",
    "  ",
    "`",
    "``",
    "```",
    "|",
    "<",
    ">",
    "<br>",
    "<!--",
    "*",
    "**",
    "_",
    "__",
    "~~",
    "#",
    "## ",
    "[",
    "](",
    "!",
    "\\",
    "\\n",
    "\\u0041",
    "/",
    "'",
    "''",
    "\"",
    "\"\"",
    "$",
    "$$",
    "${x}",
    "$(x)",
    "%",
    "%%",
    "%d",
    "{{ $value }}",
    "{{",
    "}}",
    "{%",
    "<<",
    ">>",
    "{",
    "}",
    "[]",
    "&",
    "&amp;",
    ": ",
    " #",
    "- ",
    "? ",
    "---",
    "...",
    "@",
    "^",
    "=",
    "==",
    "+",
    "1. ",
    "~",
    "null",
    "true",
    "no",
    "0x1F",
    "1e3",
    ",",
    ";",
    ";;",
    ":",
    "BEGIN:VEVENT",
    "END:VCALENDAR",
    "--",
    "/*",
    "*/",
    "$body$",
    "E'",
    "ü",
    "ß",
    "é",
    "e\u{301}",
    "日本",
    "한글",
    "שלום",
    "مرحبا",
    "می\u{200c}خواهم",
    "ශ\u{dca}\u{200d}රී",
    "\u{a0}",
    "\u{2014}",
    "🎄",
    "👩‍👩‍👧",
    "İ",
    "ǆ",
    "word",
    "Word of mouth",
];

/// Any text of a policy: not empty, without control characters and those that nobody sees.
pub fn text(choices: &mut Choices<'_>) -> String {
    let parts = match choices.between(0, 9) {
        0..=6 => choices.between(1, 4),
        7 | 8 => choices.between(5, 20),
        _ => choices.between(30, 60),
    };
    let mut text = String::new();
    for _ in 0..parts {
        if choices.once_in(2) {
            text.push_str(choices.one(&["word", "a", "of", "Sales", "2026"]));
        } else {
            text.push_str(choices.one(HOSTILE));
        }
    }
    text
}

/// A name of Kubernetes, PostgreSQL and ours that nothing else of the policy has.
pub fn name(choices: &mut Choices<'_>, prefix: &str, number: usize) -> String {
    format!("{prefix}{number}{}", choices.one(&["", "-of", "-shop-floor", "x", "-0"]))
}

/// A key as TOML may write it.
pub fn key(choices: &mut Choices<'_>, key: &str) -> String {
    match choices.between(0, 5) {
        0..=3 => key.to_owned(),
        4 => format!("\"{key}\""),
        _ => format!("'{key}'"),
    }
}

/// A string as TOML may write it.
pub fn string(choices: &mut Choices<'_>, text: &str) -> String {
    let printable = !text.chars().any(char::is_control);
    match choices.between(0, 5) {
        0 if !text.contains('\'') && printable => format!("'{text}'"),
        1 if !text.contains("''") && !text.starts_with('\'') && !text.ends_with('\'') && printable => {
            format!("'''{text}'''")
        }
        2 => format!("\"{}\"", text.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect::<String>()),
        _ => format!("{text:?}").replace("\\u{", "\\U{").split("\\U{").enumerate().map(unbraced).collect(),
    }
}

/// Rust writes `\u{e9}`, TOML `\U000000e9`.
fn unbraced((at, part): (usize, &str)) -> String {
    match part.split_once('}').filter(|_| at > 0) {
        Some((digits, rest)) => format!("\\U{digits:0>8}{rest}"),
        None => part.to_owned(),
    }
}

/// A whole number as TOML may write it.
pub fn whole(choices: &mut Choices<'_>, number: u32) -> String {
    match choices.between(0, 7) {
        6 => format!("0x{number:x}"),
        7 if number >= 1000 => format!("{}_{:03}", number / 1000, number % 1000),
        _ => number.to_string(),
    }
}

/// A number as TOML may write it.
pub fn number(choices: &mut Choices<'_>, number: f64) -> String {
    let is_whole = number.fract() == 0.0;
    match choices.between(0, 3) {
        0 if is_whole && number < 9e18 => format!("{number}"),
        1 if number > 0.0 => format!("{number:e}"),
        _ if is_whole => format!("{number}.0"),
        _ => format!("{number}"),
    }
}

/// A list of strings.
pub fn list(texts: &[impl AsRef<str>]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("{:?}", text.as_ref())).collect();
    format!("[{}]", texts.join(", "))
}

/// `"90s"`
pub fn duration(choices: &mut Choices<'_>) -> String {
    let unit = choices.one(&["s", "m", "h", "d"]);
    let most = match unit {
        "d" => 400,
        _ => 3000,
    };
    format!("\"{}{unit}\"", choices.between(1, most))
}

/// `"250ms"`
pub fn millis(choices: &mut Choices<'_>) -> String {
    let most = *choices.one(&[&500, &5000, &600_000]);
    match choices.between(0, 4) {
        0 => format!("\"{}s\"", choices.between(1, 60)),
        _ => format!("\"{}ms\"", choices.between(1, most)),
    }
}
