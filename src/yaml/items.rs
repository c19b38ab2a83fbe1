//! A long `List` in block style becomes runs of its items, each a sequence of its own, so that they can be read on all
//! cores. Where the text leaves any doubt nothing is cut, and the document is read whole.
//!
//! A line that begins with a dash in the column of the items' dashes begins an item: what an item holds, scalars over
//! several lines included, is indented deeper. Anchors would be lost between runs.

/// A `List` whose items are cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items<'t> {
    /// The lines above the first item.
    pub head: &'t str,
    /// Runs of items, each with the number of its first line in the document, from 1.
    pub runs: Vec<(usize, &'t str)>,
    /// The lines below the last item.
    pub tail: &'t str,
}

/// The items of a document under its key `items`, `most` to a run; none where it has no more than that, or where they
/// cannot be told by their lines.
pub fn items(text: &str, most: usize) -> Option<Items<'_>> {
    if text.contains(['&', '\t', '\r']) {
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
    let runs = cuts.windows(2).map(|cut| (cut[0] + 1, &text[offset(cut[0])..offset(cut[1])])).collect();
    Some(Items { head: &text[..offset(cuts[0])], runs, tail: &text[offset(end)..] })
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
        assert_eq!(
            cut.runs,
            [(3, "- a: 1\n  b: |\n    - x\n"), (6, "# of c\n- c:\n  - 1\n"), (9, "- d: 1\n")]
        );
        assert_eq!((cut.head, cut.tail), ("apiVersion: v1\nitems:  # all\n", "kind: List\n"));
        assert_eq!(items(text, 2).unwrap().runs.len(), 2);
        assert_eq!(items(text, 3), None);
    }

    #[test]
    fn indented_items_end_where_less_is_indented_and_what_is_unclear_is_left_whole() {
        let cut = items("items:\n  - a: 1\n  - b: 1\nkind: List\n", 1).unwrap();
        assert_eq!((cut.runs.len(), cut.tail), (2, "kind: List\n"));
        for whole in [
            "items: [{a: 1}, {b: 1}]\n",
            "items:\n- &x {a: 1}\n- *x\n",
            "items:\n- a\n\t- b\n",
            "a: 1\n",
            "items:\n    - a: 1\nüüü: 2\n",
        ] {
            assert_eq!(items(whole, 1), None, "{whole}");
        }
    }
}
