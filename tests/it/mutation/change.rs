//! The changes: each of one place of one line of a template, outside of comments and of what the engine itself reads.

use super::Mutant;

/// A word and the one in its place.
const WORDS: [(&str, &str); 22] = [
    (" > ", " < "),
    (" >= ", " > "),
    (" < ", " > "),
    (" == ", " != "),
    (" != ", " == "),
    (" and ", " or "),
    (" or ", " and "),
    (" AND ", " OR "),
    (" OR ", " AND "),
    ("unless ", "and "),
    (" * ", " / "),
    (" + ", " - "),
    ("sum ", "max "),
    ("sum(", "max("),
    ("max ", "min "),
    ("rate(", "delta("),
    ("true", "false"),
    ("false", "true"),
    ("IS NULL", "IS NOT NULL"),
    ("Max", "Min"),
    ("=~", "!~"),
    ("critical", "warning"),
];

/// All mutants of a template.
pub(super) fn mutants(template: &'static str, text: &'static str) -> Vec<Mutant> {
    let lines: Vec<&str> = text.lines().collect();
    let mut mutants = Vec::new();
    let mut in_remark = false;
    for (at, line) in lines.iter().enumerate() {
        in_remark |= line.contains("<#");
        let skipped = in_remark || is_skipped(line);
        in_remark &= !line.contains("#>");
        if skipped {
            continue;
        }
        let mut add = |what: String, new: Vec<String>| {
            mutants.push(Mutant { template, original: text, line: at, what, new, rank: 0 });
        };
        add(format!("dropped: {}", line.trim()), Vec::new());
        add(format!("doubled: {}", line.trim()), vec![(*line).to_owned(); 2]);
        for (from, to) in WORDS {
            for (place, _) in line.match_indices(from).filter(|(place, _)| is_own(line, *place)) {
                let new = format!("{}{to}{}", &line[..place], &line[place + from.len()..]);
                add(format!("{from:?} to {to:?}: {}", line.trim()), vec![new]);
            }
        }
        for (from, until) in numbers(line) {
            let Ok(number) = line[from..until].parse::<u64>() else { continue };
            let new = format!("{}{}{}", &line[..from], number + 1, &line[until..]);
            add(format!("{number} to {}: {}", number + 1, line.trim()), vec![new]);
        }
        for (from, until) in names(line) {
            let name = &line[from..until];
            let new = format!("{}{}{}", &line[..from], misspelt(name), &line[until..]);
            add(format!("{name} misspelt: {}", line.trim()), vec![new]);
        }
    }
    mutants
}

/// Comments, blank lines, and lines that the engine reads.
fn is_skipped(line: &str) -> bool {
    let text = line.trim();
    text.is_empty() || ["#", "--", "//", "*", "/*", "<%"].iter().any(|mark| text.starts_with(mark))
}

/// Whether a place is outside of what the engine reads, and before a comment.
fn is_own(line: &str, place: usize) -> bool {
    let before = &line[..place];
    let opened = before.matches("<<").count() + before.matches("<%").count();
    let closed = before.matches(">>").count() + before.matches("%>").count();
    opened == closed && !before.contains(" # ") && !before.contains("-- ")
}

/// Where runs of such bytes stand.
fn runs(line: &str, holds: fn(u8) -> bool) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut from = None;
    for (at, byte) in line.bytes().chain([b' ']).enumerate() {
        match from {
            None if holds(byte) => from = Some(at),
            Some(begun) if !holds(byte) => {
                runs.push((begun, at));
                from = None;
            }
            None | Some(_) => {}
        }
    }
    runs.into_iter().filter(|(from, _)| is_own(line, *from)).collect()
}

fn numbers(line: &str) -> Vec<(usize, usize)> {
    runs(line, |byte| byte.is_ascii_digit())
}

/// Words of six letters and more.
fn names(line: &str) -> Vec<(usize, usize)> {
    let words = runs(line, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    words
        .into_iter()
        .filter(|(from, until)| until - from >= 6 && misspelt(&line[*from..*until]) != line[*from..*until])
        .collect()
}

/// Two letters in the middle change places.
fn misspelt(name: &str) -> String {
    let mut bytes = name.as_bytes().to_vec();
    let middle = bytes.len() / 2;
    bytes.swap(middle, middle - 1);
    String::from_utf8(bytes).unwrap()
}
