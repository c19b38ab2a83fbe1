//! Documents each line of which is whole, as tools write them: an entry of a map or an item of a list, with a word or a text in quotes
//! behind it. They are read line by line, in a fraction of what the parser asks for. Whatever leaves any doubt is left to it.

use super::Mark;
use super::node::{Node, Value};
use super::scalar::resolve;
use super::tree::{Builder, Tree};

/// Deeper than almost all manifests, and far from where the parser gives up.
const DEEPEST: usize = 64;
/// A longer key is none for the parser, by some more.
const LONGEST_KEY: usize = 256;

/// What [`super::tree()`] makes of a document, where that can be told line by line.
pub(super) fn tree(text: &str) -> Option<Tree> {
    let mut lines = text.lines().zip(1..);
    let mut reader = Reader { builder: Builder::default(), open: Vec::new(), awaits: false };
    if text.starts_with("---") {
        lines.next().filter(|(first, _)| *first == "---")?;
    }
    for (line, number) in lines.filter(|(line, _)| !line.is_empty()) {
        reader.line(line, number)?;
    }
    reader.end()
}

/// A collection that is not finished, and the column of its keys or dashes, from 0.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Map(usize),
    List(usize),
}

impl Open {
    fn column(self) -> usize {
        match self {
            Self::Map(column) | Self::List(column) => column,
        }
    }

    /// Whether it can be the value of a key of `map`. Dashes may stand below the key that they belong to.
    fn fits(self, map: Self) -> bool {
        match self {
            Self::Map(column) => column > map.column(),
            Self::List(column) => column >= map.column(),
        }
    }

    /// Whether it is over where `next` goes on.
    fn ends(self, next: Self) -> bool {
        self.column() > next.column()
            || matches!((self, next), (Self::List(ours), Self::Map(column)) if ours == column)
    }
}

struct Reader {
    builder: Builder,
    open: Vec<Open>,
    /// Whether the last key still has no value.
    awaits: bool,
}

impl Reader {
    fn line(&mut self, line: &str, number: usize) -> Option<()> {
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'#';
        if !line.bytes().all(is_plain) {
            return None;
        }
        let rest = line.trim_start_matches(' ');
        let column = line.len() - rest.len();
        let Some(item) = rest.strip_prefix("- ") else {
            self.go_on(Open::Map(column), number)?;
            return self.entry(entry(rest)?, (number, column));
        };
        self.go_on(Open::List(column), number)?;
        match entry(item) {
            Some(entry) => {
                self.begin(Open::Map(column + 2), number)?;
                self.entry(entry, (number, column + 2))
            }
            None => self.value(scalar(item)?, (number, column + 2)),
        }
    }

    /// Ends and begins collections until `wanted` is the innermost one.
    fn go_on(&mut self, wanted: Open, number: usize) -> Option<()> {
        loop {
            let Some(innermost) = self.open.last().copied() else { return self.begin(wanted, number) };
            if self.awaits {
                self.awaits = false;
                return if wanted.fits(innermost) { self.begin(wanted, number) } else { None };
            }
            if innermost == wanted {
                return Some(());
            }
            if self.open.len() == 1 || !innermost.ends(wanted) {
                return None;
            }
            self.close()?;
        }
    }

    fn begin(&mut self, open: Open, number: usize) -> Option<()> {
        let (value, column) = match open {
            Open::Map(column) => (Value::Map(Vec::new()), column),
            // The parser has the place of the first item where dashes stand below their key.
            Open::List(column) if self.open.last() == Some(&Open::Map(column)) => {
                (Value::List(Vec::new()), column + 2)
            }
            Open::List(column) => (Value::List(Vec::new()), column),
        };
        self.open.push(open);
        let is_deep = self.open.len() > DEEPEST;
        if is_deep { None } else { self.builder.begin(mark((number, column)), value, 0).ok() }
    }

    fn close(&mut self) -> Option<()> {
        self.open.pop();
        self.builder.end().ok()
    }

    fn entry(&mut self, (key, value): (&str, &str), (number, column): (usize, usize)) -> Option<()> {
        self.value(resolve(key), (number, column))?;
        if value.is_empty() {
            self.awaits = true;
            return Some(());
        }
        let value = value.strip_prefix(' ')?;
        self.value(scalar(value)?, (number, column + key.len() + 2))
    }

    fn value(&mut self, value: Value, place: (usize, usize)) -> Option<()> {
        self.builder.value(Node { mark: mark(place), value }, 0).ok()
    }

    fn end(mut self) -> Option<Tree> {
        if self.awaits || self.open.is_empty() {
            return None;
        }
        while !self.open.is_empty() {
            self.close()?;
        }
        Some(self.builder.tree())
    }
}

fn mark((line, column): (usize, usize)) -> Mark {
    Mark { line, column: column + 1 }
}

/// A key, and what stands behind its colon.
fn entry(text: &str) -> Option<(&str, &str)> {
    let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-');
    let length = text.bytes().take_while(|byte| is_of_key(byte)).count();
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let value =
        text[length..].strip_prefix(':').filter(|value| value.is_empty() || value.starts_with(' '))?;
    (begins && length <= LONGEST_KEY).then_some((&text[..length], value))
}

/// A scalar that ends with its line, without escapes.
fn scalar(text: &str) -> Option<Value> {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            let inner = quoted.strip_suffix(quote)?;
            return (!inner.contains([quote, '\\'])).then(|| Value::Text(inner.to_owned()));
        }
    }
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/'));
    // A colon before a blank is one of a key.
    let is_whole = !text.ends_with([' ', ':']) && !text.as_bytes().windows(2).any(|two| two == b": ");
    (begins && is_whole).then(|| resolve(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it is read line by line, and then as the parser reads it.
    fn is_read(text: &str) -> bool {
        let read = tree(text);
        if let Some(read) = &read {
            assert_eq!(Ok(read), super::super::tree(text).as_ref(), "{text:?}");
        }
        read.is_some()
    }

    #[test]
    fn what_tools_write_is_read_line_by_line() {
        for text in [
            "a: 1\n",
            "---\na: 1\n",
            "---\nkind: Service\nspec:\n  ports:\n  - name: http\n    port: 80\n  - name: 'x y'\n\n  type: \"a: b\"\n",
            "- a\n- b: c\n  d:\n  - e\n  f:\n    - g: no\n    - 08:00\n- http://x:80/y?z=[1]\n",
            "a:\n  b:\n    c: \"\"\nd: 0 8 * * *\na: 2\n",
            "---\r\na: 1\r\nb: c\r\n",
            "app.kubernetes.io/name: x",
            "1: x\nyes: z\nnull: y\n",
        ] {
            assert!(is_read(text), "{text:?}");
        }
    }

    #[test]
    fn what_leaves_any_doubt_is_left_to_the_parser() {
        for text in [
            "",
            "---\n",
            "--- {a: b}\n",
            "a:\n",
            "a:\nb: 1\n",
            "a: 1 # beside\n",
            "a: x\n  y\n",
            "a: x\n b: y\n",
            "  a: 1\nb: 2\n",
            "a:\n    b: 1\n  c: 2\n",
            "a: 1\n...\n",
            "a: |\n  x\n",
            "a: [x]\n",
            "a: *x\n",
            "a: \"\\n\"\n",
            "a: 'it''s'\n",
            "a: b: c\n",
            "a: \t1\n",
            "ä: 1\n",
            "- - 1\n",
            "-\n",
            "- a\nb: 1\n",
            "a: 1\n- b\n",
            "\"a\": 1\n",
            "plain\n",
            "%YAML 1.2\n---\na: 1\n",
        ] {
            assert!(!is_read(text), "{text:?}");
        }
        let deep: String = (0..100).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(!is_read(&format!("{deep}{}b: 1\n", " ".repeat(100))));
        assert!(!is_read(&format!("{}: 1\n", "k".repeat(1200))));
    }

    /// Every text of four of these lines.
    #[test]
    fn lines_in_any_order_are_what_the_parser_reads_or_left_to_it() {
        let lines = [
            "---",
            "",
            "a: 1",
            "a:",
            "b: 'x'",
            "<<: 1",
            "  a: 1",
            "  b:",
            "  - c",
            "  - c: x y",
            "- a",
            "- a:",
            "- b: \"2\"",
            "    c: no",
            "    - 3",
            "   d: 4",
            "-",
            "  x",
            "a: b:c",
            " - e",
        ];
        let (mut read, mut text) = (0, String::new());
        for number in 0..lines.len().pow(4) {
            text.clear();
            let mut rest = number;
            for _ in 0..4 {
                text.push_str(lines[rest % lines.len()]);
                text.push('\n');
                rest /= lines.len();
            }
            // A marker below the first line begins another document.
            if !text[1..].contains("\n---") {
                read += usize::from(is_read(&text));
            }
        }
        assert!(read > 1000, "{read}");
    }
}
