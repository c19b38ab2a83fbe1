//! What a calendar still says of a year that is over.

use toml_edit::{Document, Item, Value};

use crate::time::Date;

/// A value that speaks of a past year only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Its line, from 1.
    pub line: usize,
    /// `seasons.summer.from`
    pub key: String,
    /// As it is written.
    pub value: String,
}

/// Keys that name a year on purpose, and have nothing against its being over.
const MEANT: [&str; 1] = ["since"];

/// The values of a calendar outside of `[plan]` whose years are all before the plan's first day. A list counts as one value:
/// one date of the new plan among others is enough.
pub fn pinned(calendar: &str, from: Date) -> Vec<Pin> {
    let Ok(document) = Document::parse(calendar) else { return Vec::new() };
    let mut pins = Vec::new();
    for (key, item) in document.as_table().iter().filter(|(key, _)| *key != "plan") {
        walk(item, key, &mut |key, item| {
            let written = item.span().and_then(|span| Some((span.start, calendar.get(span)?)));
            let Some((start, value)) = written else { return };
            if is_over(value, from) {
                let line = 1 + calendar[..start].matches('\n').count();
                pins.push(Pin { line, key: key.to_owned(), value: value.to_owned() });
            }
        });
    }
    pins.sort_by_key(|pin| pin.line);
    pins
}

fn walk(item: &Item, way: &str, each: &mut impl FnMut(&str, &Item)) {
    if let Some(table) = item.as_table_like() {
        for (key, item) in table.iter().filter(|(key, _)| !MEANT.contains(key)) {
            walk(item, &format!("{way}.{key}"), each);
        }
        return;
    }
    let speaks = match item {
        Item::Value(Value::String(_) | Value::Datetime(_) | Value::Array(_)) => true,
        // Any other number is a count, be it 2026.
        Item::Value(Value::Integer(_)) => way.ends_with(".until-year"),
        Item::Value(Value::Float(_) | Value::Boolean(_) | Value::InlineTable(_))
        | Item::None
        | Item::Table(_)
        | Item::ArrayOfTables(_) => false,
    };
    if speaks {
        each(way, item);
    }
}

/// Whether a text names years or dates, and all of them are before `from`.
fn is_over(text: &str, from: Date) -> bool {
    let mut found = false;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[at..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - at);
        let word = &rest[at..];
        let year =
            word[..digits].parse::<i32>().ok().filter(|year| digits == 4 && (1970..=2100).contains(year));
        if let Some(year) = year {
            found = true;
            let date = word.get(..10).and_then(Date::parse);
            if date.map_or(year >= from.year(), |date| date >= from) {
                return false;
            }
        }
        rest = &word[digits..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_of_the_past_alone_is_named() {
        let text = "[plan]\nfrom = 2026-01-01\n[seasons.a]\ntitle = \"Sale 2026\"\nfrom = \"2026-07-13\"\nto = \"07-15\"\nsince = 2020\nuntil-year = 2026\n[seasons.b]\nfrom = [\"2026-02-18\", \"2027-02-08\"]\nto = \"09-01\"\nhours = \"20:00-22:00\"\nfloor = { web = 2026 }\n[campaigns.c]\nfrom = 2026-09-28T09:00\n[seasons.in.DE]\nnote = \"ticket 20261\"\n";
        let from = Date::ymd(2027, 1, 1).unwrap();
        let said: Vec<String> =
            pinned(text, from).iter().map(|pin| format!("{} {} {}", pin.line, pin.key, pin.value)).collect();
        assert_eq!(
            said,
            [
                "4 seasons.a.title \"Sale 2026\"",
                "5 seasons.a.from \"2026-07-13\"",
                "8 seasons.a.until-year 2026",
                "15 campaigns.c.from 2026-09-28T09:00"
            ]
        );
    }
}
