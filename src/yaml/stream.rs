//! Many short documents in a row are read by one parser: to set one up costs as much as to read twenty lines. Wherever a document
//! could be another one than on its own, it is read on its own.

use granit_parser::Event;

use super::tree::{Builder, Tree, events, tree};
use super::{Problem, cut};

/// Hands each document of `text` to `take`, as [`cut`] gives them: its first line, its text, and its tree.
pub fn trees<'t>(text: &'t str, mut take: impl FnMut(usize, &'t str, Result<Tree, Problem>)) {
    let parts: Vec<(usize, &'t str)> = cut(text).collect();
    let done = if parts.len() > 1 && is_plain(text) { together(text, &parts, &mut take) } else { 0 };
    for (line, part) in &parts[done..] {
        take(*line, part, tree(part));
    }
}

/// Whether documents can be told apart by their events: comments belong to what they stand above, directives and byte order
/// marks to what follows.
fn is_plain(text: &str) -> bool {
    !text.contains(['#', '\u{feff}']) && !text.starts_with('%') && !text.contains("\n%")
}

/// Reads documents as long as each begins where it was cut; how many these are.
fn together<'t>(
    text: &str,
    parts: &[(usize, &'t str)],
    take: &mut impl FnMut(usize, &'t str, Result<Tree, Problem>),
) -> usize {
    let (mut done, mut builder) = (0, None::<Builder>);
    for next in events(text) {
        let Ok((event, span)) = next else { return done };
        match event {
            Event::DocumentStart(is_explicit, _) => {
                // What has ended is whole only if the next one begins where it should.
                let at = done + usize::from(builder.is_some());
                let Some((line, part)) = parts.get(at) else { return done };
                let begins = if is_explicit { span.start.line() == *line } else { at == 0 };
                if !begins || is_explicit != part.starts_with("---") {
                    return done;
                }
                let begun = Builder::below(line - 1);
                if let Some(ended) = builder.replace(begun) {
                    take(parts[done].0, parts[done].1, Ok(ended.tree()));
                    done += 1;
                }
            }
            Event::StreamEnd => {
                let ended = builder.take().filter(|_| done + 1 == parts.len());
                if let Some(ended) = ended {
                    take(parts[done].0, parts[done].1, Ok(ended.tree()));
                    done += 1;
                }
                return done;
            }
            // The last is whatever a later version of the crate adds.
            event @ (Event::StreamStart
            | Event::DocumentEnd
            | Event::Alias(_)
            | Event::Anchor(..)
            | Event::UnresolvedAlias(_)
            | Event::Comment(..)
            | Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::SequenceEnd
            | Event::MappingStart(..)
            | Event::MappingEnd
            | _) => {
                let failed = builder.as_mut().is_some_and(|builder| builder.event(event, span).is_err());
                if failed {
                    return done;
                }
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each document with its line and what became of it.
    fn read(text: &str) -> Vec<(usize, Result<Tree, Problem>)> {
        let mut read = Vec::new();
        trees(text, |line, _, tree| read.push((line, tree)));
        read
    }

    #[test]
    fn documents_that_are_read_together_are_what_each_is_on_its_own() {
        let pieces = [
            "",
            "a: 1\n",
            "a:\n",
            "a:\n\n\n",
            "--- {a: b}\n",
            "---\n",
            "---\na: 1\n",
            "---\r\na: 1\r\n",
            "---\na: |\n  x\n\n  y\n",
            "--- |\n text\n",
            "--- >-\ntext\n",
            "---\na: &x {b: 1}\nc: *x\n",
            "---\nd: *x\n",
            "---\na: 'x\n",
            "---\na: [1,\n",
            "---\na: \"x\n  y\"\n",
            "---\n- 1\n- b: 2\n  c:\n",
            "---\na: 1\n...\n",
            "---\na: 1\n...\nb: 2\n",
            "---\na: 1\na: 2\n",
            "---\na: 1\n<<: {b: 2}\nb: 3\n",
            "---\n? a\n",
            "---\n\tb: 1\n",
            "---\nplain\n words\n",
            "---\na: 1 # beside\n",
            "%YAML 1.2\n---\na: 1\n",
            "---x: 1\n",
            "---\n!!str 5\n",
        ];
        for one in pieces {
            for two in pieces {
                for three in ["", "---\nz: 1\n"] {
                    let text = format!("{one}{two}{three}");
                    let alone: Vec<_> = cut(&text).map(|(line, part)| (line, tree(part))).collect();
                    assert_eq!(read(&text), alone, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn what_follows_a_broken_document_is_read_all_the_same() {
        let text = "---\na: 1\n---\nb: 'x\n---\nc: 3\n";
        let is_good: Vec<bool> = read(text).iter().map(|(_, tree)| tree.is_ok()).collect();
        assert_eq!(is_good, [true, false, true]);
    }
}
