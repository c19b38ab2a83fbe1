//! A `List` in block style. A line that begins with a dash in the column of the items' dashes begins an item: what an
//! item holds, scalars over several lines included, is indented deeper. Anchors would be lost between runs.

use std::borrow::Cow;

use super::{Items, Run};
use crate::yaml::Mark;

pub(super) fn items(text: &str, most: usize) -> Option<Items<'_>> {
    if has_anchor(text) {
        return None;
    }
    let mut at = 0;
    let lines: Vec<(usize, &str)> = text
        .split_inclusive('\n')
        .map(|line| {
            at += line.len();
            (at - line.len(), line)
        })
        .collect();
    let key = lines
        .iter()
        .position(|(_, line)| line.split('#').next().unwrap_or_default().trim_end() == "items:")?;
    let says = |(_, line): &&(usize, &str)| !is_silent(line);
    let indent = lines[key + 1..].iter().find(says).map(|(_, line)| indent(line))?;
    let (mut starts, mut end) = (Vec::new(), lines.len());
    for (number, (_, line)) in
        lines.iter().enumerate().skip(key + 1).filter(|(_, (_, line))| !is_silent(line))
    {
        let own = self::indent(line);
        if own == indent && line[own..].starts_with("- ") {
            starts.push(number);
        } else if own <= indent {
            end = number;
            break;
        }
    }
    if starts.len() <= most {
        return None;
    }
    // Comments directly above an item speak of it.
    let above = |mut start: usize| {
        while lines[start - 1].1.trim_start().starts_with('#') {
            start -= 1;
        }
        start
    };
    let offset = |number: usize| lines.get(number).map_or(text.len(), |(at, _)| *at);
    let cuts: Vec<usize> = starts.chunks(most).map(|run| above(run[0])).chain([end]).collect();
    let runs = cuts.windows(2).map(|cut| Run {
        at: Mark { line: cut[0] + 1, column: 1 },
        text: Cow::Borrowed(&text[offset(cut[0])..offset(cut[1])]),
    });
    let runs = runs.collect();
    Some(Items { frame: format!("{}{}", &text[..offset(cuts[0])], &text[offset(end)..]), runs })
}

/// Whether a value may have an anchor: an ampersand where one can begin. One inside of a query or an address is none.
fn has_anchor(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.match_indices('&').any(|(at, _)| {
        let begins = at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'\r' | b'[' | b'{' | b',');
        begins && bytes.get(at + 1).is_some_and(|next| !next.is_ascii_whitespace() && *next != b'&')
    })
}

/// Whether a line has nothing but blanks or a comment.
fn is_silent(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_cut_into_runs_that_have_every_line_once() {
        let text = "apiVersion: v1\nitems:  # all\n- a: 1\n  b: |\n    - x\n# of c\n- c:\n  - 1\n- d: 1\nkind: List\n";
        let cut = items(text, 1).unwrap();
        let runs: Vec<(usize, &str)> = cut.runs.iter().map(|run| (run.at.line, &*run.text)).collect();
        assert_eq!(runs, [(3, "- a: 1\n  b: |\n    - x\n"), (6, "# of c\n- c:\n  - 1\n"), (9, "- d: 1\n")]);
        assert_eq!(cut.frame, "apiVersion: v1\nitems:  # all\nkind: List\n");
        assert_eq!(items(text, 2).unwrap().runs.len(), 2);
        assert_eq!(items(text, 3), None);
    }

    #[test]
    fn windows_line_ends_tabs_in_words_and_ampersands_that_are_no_anchors_keep_nothing_from_being_cut() {
        for cut in [
            "items:\r\n- a: 1\r\n- b: 1\r\nkind: List\r\n",
            "items:\n- a: x\ty\n- b: 1\n",
            "items:\n- a: http://x/?b=1&c=2\n- b: x & y\n- c: x && y\n",
        ] {
            assert!(items(cut, 1).is_some_and(|cut| cut.runs.len() > 1), "{cut}");
        }
    }

    #[test]
    fn indented_items_end_where_less_is_indented_and_what_is_unclear_is_left_whole() {
        let cut = items("items:\n  - a: 1\n  - b: 1\nkind: List\n", 1).unwrap();
        assert_eq!((cut.runs.len(), &*cut.frame), (2, "items:\nkind: List\n"));
        for whole in [
            "items: [{a: 1}, {b: 1}]\n",
            "items:\n- &x {a: 1}\n- *x\n",
            "items:\n- a: &x 1\n- *x\n",
            "items:\n- [&x 1, *x]\n- 2\n",
            "items:\n- a\n\t- b\n",
            "a: 1\n",
            "items:\n    - a: 1\nüüü: 2\n",
        ] {
            assert_eq!(items(whole, 1), None, "{whole}");
        }
    }
}
