//! A `List` in JSON, as `kubectl get -o json` prints it. Only a document that is JSON throughout is cut: a flow of YAML
//! may have comments and scalars without quotes, in which a bracket is none.

use std::borrow::Cow;
use std::ops::Range;

use super::{Items, Run};
use crate::yaml::Mark;

pub(super) fn items(text: &str, most: usize) -> Option<Items<'_>> {
    let (list, elements) = Scan { text, at: 0 }.document()?;
    if elements.len() <= most {
        return None;
    }
    let mut place = Place { at: 0, mark: Mark { line: 1, column: 1 } };
    let runs = elements.chunks(most).map(|run| {
        let (from, until) = (run[0].start, run[run.len() - 1].end);
        place.go_to(text, from);
        // The bracket before the first of them is not there in the document.
        let at = Mark { column: place.mark.column - 1, ..place.mark };
        Run { at, text: Cow::Owned(format!("[{}]", &text[from..until])) }
    });
    let runs = runs.collect();
    Some(Items { frame: format!("{}{}", &text[..list.start], &text[list.end..]), runs })
}

/// A place in bytes and the same in lines and characters.
struct Place {
    at: usize,
    mark: Mark,
}

impl Place {
    fn go_to(&mut self, text: &str, at: usize) {
        let passed = &text[self.at..at];
        match passed.rfind('\n') {
            Some(end) => {
                self.mark.line += passed.bytes().filter(|byte| *byte == b'\n').count();
                self.mark.column = 1 + passed[end + 1..].chars().count();
            }
            None => self.mark.column += passed.chars().count(),
        }
        self.at = at;
    }
}

/// JSON, as strictly as it takes to tell strings from brackets.
struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl Scan<'_> {
    /// What lies between the brackets of the document's only `items`, and each of them.
    fn document(mut self) -> Option<(Range<usize>, Vec<Range<usize>>)> {
        let mut found = None;
        self.expect(b'{')?;
        loop {
            let key = self.string()?;
            self.expect(b':')?;
            if &self.text[key] == "items" {
                let list = self.list()?;
                if found.replace(list).is_some() {
                    return None;
                }
            } else {
                self.value()?;
            }
            match self.next()? {
                b',' => {}
                b'}' => break,
                _ => return None,
            }
        }
        self.text[self.at..].trim().is_empty().then_some(found?)
    }

    fn list(&mut self) -> Option<(Range<usize>, Vec<Range<usize>>)> {
        self.expect(b'[')?;
        let from = self.at;
        let mut elements = Vec::new();
        loop {
            self.blanks();
            let start = self.at;
            self.value()?;
            elements.push(start..self.at);
            match self.next()? {
                b',' => {}
                b']' => return Some((from..self.at - 1, elements)),
                _ => return None,
            }
        }
    }

    /// Any value, passed over.
    fn value(&mut self) -> Option<()> {
        let mut open = Vec::new();
        loop {
            match self.next()? {
                b'{' => open.push(b'}'),
                b'[' => open.push(b']'),
                end @ (b'}' | b']') => {
                    if open.pop() != Some(end) {
                        return None;
                    }
                }
                b'"' => {
                    self.at -= 1;
                    self.string()?;
                }
                b',' | b':' if !open.is_empty() => continue,
                byte if is_literal(byte) => {
                    let rest = &self.text.as_bytes()[self.at..];
                    self.at += rest.iter().take_while(|byte| is_literal(**byte)).count();
                }
                _ => return None,
            }
            if open.is_empty() {
                return Some(());
            }
        }
    }

    /// A string, without its quotes.
    fn string(&mut self) -> Option<Range<usize>> {
        self.expect(b'"')?;
        let from = self.at;
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                b'\n' => return None,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(from..self.at - 1)
    }

    fn blanks(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// The next byte that is not a blank.
    fn next(&mut self) -> Option<u8> {
        self.blanks();
        let byte = self.text.as_bytes().get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }
}

/// Whether a byte can be part of a number, `true`, `false` or `null`.
fn is_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str, most: usize) -> Option<Vec<(usize, usize, String)>> {
        let runs = items(text, most)?.runs.into_iter();
        Some(runs.map(|run| (run.at.line, run.at.column, run.text.into_owned())).collect())
    }

    #[test]
    fn items_are_cut_at_their_commas_and_know_their_places() {
        let text = "{\"kind\": \"List\",\n \"items\": [{\"ü\": \"]\\\"\"}, [1, -2.5e+3],\n  true], \"x\": {\"items\": []}}\n";
        let cut = items(text, 1).unwrap();
        assert_eq!(cut.frame, "{\"kind\": \"List\",\n \"items\": [], \"x\": {\"items\": []}}\n");
        let one = |line, column, text: &str| (line, column, text.to_owned());
        assert_eq!(
            runs(text, 1).unwrap(),
            [one(2, 11, "[{\"ü\": \"]\\\"\"}]"), one(2, 25, "[[1, -2.5e+3]]"), one(3, 2, "[true]")]
        );
        assert_eq!(runs(text, 2).unwrap()[0].2, "[{\"ü\": \"]\\\"\"}, [1, -2.5e+3]]");
        assert_eq!(runs(text, 3), None);
        assert_eq!(runs("{\"items\":[\n1,2]}", 1).unwrap()[0], one(2, 0, "[1]"));
    }

    #[test]
    fn what_is_no_json_is_left_whole() {
        for whole in [
            "{\"items\": [1, 2] # more\n}",
            "{\"items\": [a: 1, b]}",
            "{\"items\": ['1', '2']}",
            "{items: [1, 2]}",
            "{\"items\": [1, 2], \"items\": [3, 4]}",
            "{\"items\": [1, 2}]",
            "{\"items\": [1, 2]",
            "{\"items\": [1, \"2]}",
            "{\"items\": [1, \"2\n\"]}",
            "{\"items\": [1, 2]} {}",
            "{\"items\": [1, 2,]}",
            "{\"items\": [*a, 2]}",
            "{\"items\": {}}",
            "{}",
            "{\"items\": [1, \"2\\",
        ] {
            assert_eq!(runs(whole, 1), None, "{whole}");
        }
    }
}
