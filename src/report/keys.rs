//! The reference of all keys, for a terminal and as a document.

use std::fmt::Write;

use crate::keys::{FILES, File, Key, LeftOut, Section};

/// The tables whose way begins as `wanted` does; all of them where nothing is wanted. None where there is no such table.
pub fn text(wanted: Option<&str>) -> Option<String> {
    let mut text = String::new();
    for file in &FILES {
        for section in shown(file) {
            if wanted.is_none_or(|wanted| section.is_at_or_below(wanted) && !section.path.is_empty()) {
                table(&mut text, file, section);
            }
        }
    }
    (!text.is_empty()).then_some(text)
}

/// The tables of a file, one after the other.
fn shown(file: &File) -> Vec<&'static Section> {
    file.root.with_all_below()
}

fn table(text: &mut String, file: &File, section: &Section) {
    if !text.is_empty() {
        text.push('\n');
    }
    let header = if section.path.is_empty() { file.name.to_owned() } else { section.header() };
    let place = if section.path.is_empty() { String::new() } else { format!("   in {}", file.name) };
    let _ = writeln!(text, "{header}{place}\n{}\n", section.about);
    let width = section.all().map(|key| key.name.len()).max().unwrap_or(0);
    for key in section.all() {
        let _ = writeln!(text, "  {:<width$}  {}; {}", key.name, key.kind.words(), key.left_out.words());
        let _ = writeln!(text, "  {:<width$}  {}", "", key.about);
        let _ = writeln!(text, "  {:<width$}  {}", "", example(section, key));
    }
}

/// The key as it is written in a file: `replicas = { min = 2, max = 20 }`.
fn example(section: &Section, key: &Key) -> String {
    let name = match key.name {
        "WEEKDAYS" => "mon-thu",
        "DATE" => "\"12-24\"",
        "WORKLOAD" => "checkout",
        "HOLIDAY" => "easter-monday",
        name => name,
    };
    match key.kind.section() {
        Some(below) if section.path.is_empty() => format!("[{}]", below.path),
        _ => format!("{name} = {}", key.example),
    }
}

/// The document.
pub fn document() -> String {
    let mut text = String::from(
        "# All keys\n\nWhat may be written in the files of a policy: `seasonscale keys` shows the same, `seasonscale keys seasons.NAME` one\ntable, `seasonscale schema calendar` the schema of a file for editors. A test writes this document.\n\nIn capitals stands what the user calls as they like.\n",
    );
    for file in &FILES {
        let _ = write!(text, "\n## {}\n\n{}\n", file.name, file.root.about);
        for section in shown(file) {
            if !section.path.is_empty() {
                let _ = write!(text, "\n### [{}]\n\n{}\n", section.path, section.about);
            }
            text.push_str("\n| key | takes | left out | what it is for | example |\n|---|---|---|---|---|\n");
            for key in section.all() {
                let _ = writeln!(
                    text,
                    "| `{}` | {} | {} | {} | `{}` |",
                    key.name,
                    cell(&key.kind.words()),
                    cell(&left_out(key)),
                    cell(key.about),
                    cell(&example(section, key))
                );
            }
        }
    }
    text
}

fn left_out(key: &Key) -> String {
    match key.left_out {
        LeftOut::Never => "**needed**".to_owned(),
        LeftOut::NeverWhere(place) => format!("needed {place}"),
        LeftOut::Is(value) => format!("`{value}`"),
        LeftOut::Means(what) => what.to_owned(),
        LeftOut::Nothing => String::new(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
