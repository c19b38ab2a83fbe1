//! Text that fits a terminal.

/// Columns that a line may have.
pub(super) const COLUMNS: usize = 80;

/// A blank at which no line is cut.
pub(super) const TIED: char = '\u{a0}';

/// Lines of at most `columns` characters, cut at blanks; a longer word has a line of its own.
pub(super) fn wrapped(text: &str, columns: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for (number, word) in text.split(' ').enumerate() {
        let width = word.chars().count();
        if number > 0 && length + 1 + width > columns {
            out.push('\n');
            length = 0;
        } else if number > 0 {
            out.push(' ');
            length += 1;
        }
        out.push_str(word);
        length += width;
    }
    out.replace(TIED, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_blanks_and_nothing_is_lost() {
        assert_eq!(wrapped("one two three", 7), "one two\nthree");
        assert_eq!(wrapped("a-word-that-is-long to", 5), "a-word-that-is-long\nto");
        assert_eq!(wrapped("", 5), "");
        assert_eq!(wrapped("fits", 4), "fits");
        assert_eq!(wrapped(&format!("web trigger{TIED}2"), 11), "web\ntrigger 2");
    }
}
