//! What people wrote beside a trigger: its name and the comments at it, cut into words and clock times.

use super::super::subject::Subject;

/// A name or a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) &'a str);

/// A word and what separates it from the word before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As it is written.
    pub(super) raw: &'a str,
    /// In small letters.
    pub(super) text: String,
    /// Blanks and marks before it.
    pub(super) gap: &'a str,
}

impl Word<'_> {
    /// Its number, where it is one, `1st` and `3rd` included.
    pub(super) fn number(&self) -> Option<u32> {
        let digits = self.text.trim_end_matches(|c: char| c.is_alphabetic());
        let rest = &self.text[digits.len()..];
        let ordinal = ["", "st", "nd", "rd", "th", "er", "o", "ste", "de"].contains(&rest);
        if ordinal && !digits.is_empty() { digits.parse().ok() } else { None }
    }

    /// Whether it follows the word before as the second end of a range does: `23-25`, `1 Sep – 15 Oct`.
    pub(super) fn is_dashed(&self) -> bool {
        self.gap.contains(['-', '–', '—', '~', '→', '_']) || self.gap.contains("..")
    }
}

/// A clock time, and which words it is made of: up to `until`, not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) from: usize,
    pub(super) until: usize,
    /// Hour and minute; 24:00 is kept as it is.
    pub(super) at: (u32, u32),
}

/// The texts of one trigger.
pub(super) fn texts<'a>(subject: &Subject<'a>, index: usize) -> Vec<Text<'a>> {
    let triggers = &subject.object.spec.triggers.value;
    let trigger = &triggers[index];
    let after = index.checked_sub(1).map_or_else(|| above(subject), |before| triggers[before].last_line());
    let lines = after + 1..=trigger.last_line();
    let first = subject.comments.partition_point(|comment| comment.line() < *lines.start());
    let comments = subject.comments[first..].iter().take_while(|comment| lines.contains(&comment.line()));
    let name = trigger.name.iter().map(|name| name.value.as_str());
    name.chain(comments.map(|comment| comment.value.as_str())).map(Text).collect()
}

/// The line above which nothing speaks of the first trigger: the list begins at its dash, and comments of any number of lines
/// may stand between that and its key, which may have one beside it.
fn above(subject: &Subject<'_>) -> usize {
    let first = subject.object.spec.triggers.mark.line;
    let end = subject.comments.partition_point(|comment| comment.line() < first);
    let over = subject.comments[..end].iter().rev().filter(|comment| !comment.is_beside);
    let lines = over.zip(1..).take_while(|(comment, up)| comment.line() + up == first).count();
    first.saturating_sub(lines + 2)
}

impl<'a> Text<'a> {
    /// Its words with what separates them. Apostrophes belong to a word; a capital inside of one begins the next.
    pub(super) fn cut(self) -> Vec<Word<'a>> {
        let inside = |c: char| c.is_alphanumeric() || c == '\'' || c == '’';
        let (mut words, mut gap_from, mut word_from) = (Vec::new(), 0, None);
        let mut before = ' ';
        for (at, c) in self.0.char_indices().chain([(self.0.len(), ' ')]) {
            let humps = before.is_lowercase() && c.is_uppercase();
            if let Some(from) = word_from.filter(|_| humps || !inside(c)) {
                let raw: &'a str = &self.0[from..at];
                let text = raw.to_lowercase().replace(['\'', '’'], "");
                words.push(Word { raw, text, gap: &self.0[gap_from..from] });
                (gap_from, word_from) = (at, None);
            }
            if word_from.is_none() && inside(c) && at < self.0.len() {
                word_from = Some(at);
            }
            before = c;
        }
        words
    }

    /// Its words in small letters.
    pub(super) fn words(self) -> Vec<String> {
        self.cut().into_iter().map(|word| word.text).collect()
    }

    /// Words with one blank between them and at both ends, to look for several in a row.
    pub(super) fn plain(self) -> String {
        format!(" {} ", self.words().join(" "))
    }

    /// The clock times in it, in order.
    pub(super) fn hours(self) -> Vec<(u32, u32)> {
        clocks(&self.cut()).into_iter().map(|clock| clock.at).collect()
    }
}

/// Clock times: `08:00`, `8:30 pm`, `9am`, `19h30`, `20 Uhr`.
pub(super) fn clocks(words: &[Word<'_>]) -> Vec<Clock> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match clock(words, at) {
            Some(clock) => {
                at = clock.until;
                found.push(clock);
            }
            None => at += 1,
        }
    }
    found
}

fn clock(words: &[Word<'_>], from: usize) -> Option<Clock> {
    let text = words[from].text.as_str();
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic());
    let behind = &text[digits.len()..];
    let written = words.get(from + 1).filter(|next| next.gap == ":" && behind.is_empty());
    if let Some(next) = written {
        let minutes = next.text.trim_end_matches(|c: char| c.is_alphabetic());
        let half = &next.text[minutes.len()..];
        let apart = words.get(from + 2).filter(|word| word.gap == " ").map_or("", |word| &word.text);
        let (half, until) = match (half, apart) {
            ("", "am" | "pm") => (apart, from + 3),
            _ => (half, from + 2),
        };
        return made(from, until, (digits, minutes), half);
    }
    let next = words.get(from + 1).filter(|next| next.gap == " ").map_or("", |next| &next.text);
    match (behind, next) {
        ("am" | "pm" | "h" | "uhr", _) => made(from, from + 1, (digits, "0"), behind),
        ("", "am" | "pm" | "uhr") => made(from, from + 2, (digits, "0"), next),
        // 19h30
        _ => match text.split_once('h') {
            Some((hour, minute)) => made(from, from + 1, (hour, minute), ""),
            None => None,
        },
    }
}

fn made(from: usize, until: usize, (hour, minute): (&str, &str), half: &str) -> Option<Clock> {
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        "am" if hour == 12 => 0,
        "pm" if hour < 12 => hour + 12,
        _ => hour,
    };
    (hour <= 24 && minute < 60).then_some(Clock { from, until, at: (hour, minute) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_at_blanks_marks_and_humps() {
        let words = |text| Text(text).words();
        assert_eq!(words("blackFriday_sale: Mother's Day"), ["black", "friday", "sale", "mothers", "day"]);
        assert_eq!(words("23.-25. Oktober (übermorgen)"), ["23", "25", "oktober", "übermorgen"]);
        assert_eq!(words(""), Vec::<String>::new());
        assert!(Text("23.-25. Oktober").cut()[1].is_dashed());
    }

    #[test]
    fn clock_times_are_read_as_people_write_them() {
        let hours = |text| Text(text).hours();
        assert_eq!(hours("open 07:00-03:00"), [(7, 0), (3, 0)]);
        assert_eq!(
            hours("9am PST, 5 pm, 12:30am, 20 Uhr, 19h30"),
            [(9, 0), (17, 0), (0, 30), (20, 0), (19, 30)]
        );
        assert_eq!(hours("6:00 to 24:00"), [(6, 0), (24, 0)]);
        assert_eq!(hours("the 3 of 7, 99:00, 2h"), [(2, 0)]);
    }
}
