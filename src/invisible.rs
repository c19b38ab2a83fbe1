//! Characters that nobody sees: what they are, where they are part of good text, and how they are shown where they are not.
//!
//! A reviewer cannot see what they do: they turn the order of the text around, hide a part of it, let two names look alike, or
//! order a terminal about.

use std::borrow::Cow;

/// The first character of `text` that nobody sees and that is not a part of good text: its byte, and itself.
pub fn first(text: &str) -> Option<(usize, char)> {
    unseen(text).next()
}

/// All of them.
pub fn unseen(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(at, c)| is_unseen(*c) && !belongs(text, *at, *c))
}

/// `text` without them.
pub fn without(text: &str) -> String {
    let unseen: Vec<usize> = unseen(text).map(|(at, _)| at).collect();
    let kept = text.char_indices().filter(|(at, _)| unseen.binary_search(at).is_err());
    kept.map(|(_, c)| c).collect()
}

/// `text` with each of them as it could be written in TOML: `\u202e`.
pub fn shown(text: &str) -> String {
    let (mut shown, mut done) = (String::with_capacity(text.len()), 0);
    for (at, c) in unseen(text) {
        shown.push_str(&text[done..at]);
        shown.push_str(&escaped(c));
        done = at + c.len_utf8();
    }
    shown + &text[done..]
}

/// `text` as a terminal, a page and a program may have it: each of them is written as JSON has it, `\u202e`, so that JSON says
/// the same as before.
pub fn printable(text: &str) -> Cow<'_, str> {
    written(text, |_| false)
}

/// The same of text in which this program says something of colour, which stays.
pub fn coloured(text: &str) -> Cow<'_, str> {
    written(text, is_colour)
}

fn written(text: &str, is_ours: impl Fn(&str) -> bool) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return Cow::Borrowed(text);
    }
    let (mut printable, mut done) = (String::new(), 0);
    for (at, c) in unseen(text).filter(|(at, _)| !is_ours(&text[*at..])) {
        printable.push_str(&text[done..at]);
        for unit in c.encode_utf16(&mut [0; 2]) {
            printable.push_str(&format!("\\u{unit:04x}"));
        }
        done = at + c.len_utf8();
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    printable.push_str(&text[done..]);
    Cow::Owned(printable)
}

/// Whether `text` begins with a sequence for bold, underlined or coloured text or its end: none hides anything.
fn is_colour(text: &str) -> bool {
    let codes = text.strip_prefix("\u{1b}[").and_then(|rest| rest.split_once('m'));
    codes.is_some_and(|(codes, _)| {
        codes.split(';').all(|code| matches!(code.parse(), Ok(0 | 1 | 4 | 31..=36 | 91..=96)))
    })
}

/// `text` with a sign to be seen in the place of each of them, of as many bytes, so that places in it stay true.
pub fn covered(text: &str) -> String {
    let mut covered = text.to_owned();
    for (at, c) in unseen(text) {
        let sign = match c.len_utf8() {
            1 => "?",
            2 => "\u{a4}",
            3 => "\u{fffd}",
            _ => "\u{fffd} ",
        };
        covered.replace_range(at..at + c.len_utf8(), sign);
    }
    covered
}

/// `\u202e`, `\U000e0041`
pub fn escaped(c: char) -> String {
    let number = u32::from(c);
    if number > 0xffff { format!("\\U{number:08x}") } else { format!("\\u{number:04x}") }
}

/// `U+202E RIGHT-TO-LEFT OVERRIDE`
pub fn name(c: char) -> String {
    let name =
        NAMES.iter().find(|(first, last, _)| (*first..=*last).contains(&c)).map_or("", |(.., name)| name);
    format!("U+{:04X} {name}", u32::from(c)).trim_end().to_owned()
}

fn is_unseen(c: char) -> bool {
    if matches!(c, ' '..='~' | '\n') {
        return false;
    }
    let next = NAMES.partition_point(|(_, last, _)| *last < c);
    NAMES.get(next).is_some_and(|(first, ..)| *first <= c)
}

/// First and last of them, and what Unicode calls them.
const NAMES: &[(char, char, &str)] = &[
    // A tab and a line feed are part of any text.
    ('\0', '\u{8}', "CONTROL CHARACTER"),
    ('\u{b}', '\u{c}', "CONTROL CHARACTER"),
    ('\r', '\r', "CARRIAGE RETURN"),
    ('\u{e}', '\u{1a}', "CONTROL CHARACTER"),
    ('\u{1b}', '\u{1b}', "ESCAPE"),
    ('\u{1c}', '\u{1f}', "CONTROL CHARACTER"),
    ('\u{7f}', '\u{9f}', "CONTROL CHARACTER"),
    ('\u{ad}', '\u{ad}', "SOFT HYPHEN"),
    ('\u{34f}', '\u{34f}', "COMBINING GRAPHEME JOINER"),
    ('\u{61c}', '\u{61c}', "ARABIC LETTER MARK"),
    ('\u{115f}', '\u{1160}', "HANGUL FILLER"),
    ('\u{17b4}', '\u{17b5}', "KHMER VOWEL INHERENT"),
    ('\u{180e}', '\u{180e}', "MONGOLIAN VOWEL SEPARATOR"),
    ('\u{200b}', '\u{200b}', "ZERO WIDTH SPACE"),
    ('\u{200c}', '\u{200c}', "ZERO WIDTH NON-JOINER"),
    ('\u{200d}', '\u{200d}', "ZERO WIDTH JOINER"),
    ('\u{200e}', '\u{200e}', "LEFT-TO-RIGHT MARK"),
    ('\u{200f}', '\u{200f}', "RIGHT-TO-LEFT MARK"),
    ('\u{2028}', '\u{2028}', "LINE SEPARATOR"),
    ('\u{2029}', '\u{2029}', "PARAGRAPH SEPARATOR"),
    ('\u{202a}', '\u{202a}', "LEFT-TO-RIGHT EMBEDDING"),
    ('\u{202b}', '\u{202b}', "RIGHT-TO-LEFT EMBEDDING"),
    ('\u{202c}', '\u{202c}', "POP DIRECTIONAL FORMATTING"),
    ('\u{202d}', '\u{202d}', "LEFT-TO-RIGHT OVERRIDE"),
    ('\u{202e}', '\u{202e}', "RIGHT-TO-LEFT OVERRIDE"),
    ('\u{2060}', '\u{2060}', "WORD JOINER"),
    ('\u{2061}', '\u{2064}', "INVISIBLE OPERATOR"),
    ('\u{2065}', '\u{2065}', ""),
    ('\u{2066}', '\u{2066}', "LEFT-TO-RIGHT ISOLATE"),
    ('\u{2067}', '\u{2067}', "RIGHT-TO-LEFT ISOLATE"),
    ('\u{2068}', '\u{2068}', "FIRST STRONG ISOLATE"),
    ('\u{2069}', '\u{2069}', "POP DIRECTIONAL ISOLATE"),
    ('\u{206a}', '\u{206f}', "DEPRECATED FORMAT CHARACTER"),
    ('\u{2800}', '\u{2800}', "BRAILLE PATTERN BLANK"),
    ('\u{3164}', '\u{3164}', "HANGUL FILLER"),
    ('\u{fe00}', '\u{fe0f}', "VARIATION SELECTOR"),
    ('\u{feff}', '\u{feff}', "ZERO WIDTH NO-BREAK SPACE"),
    ('\u{ffa0}', '\u{ffa0}', "HALFWIDTH HANGUL FILLER"),
    ('\u{fff9}', '\u{fffb}', "INTERLINEAR ANNOTATION"),
    ('\u{1bca0}', '\u{1bca3}', "SHORTHAND FORMAT CONTROL"),
    ('\u{1d173}', '\u{1d17a}', "MUSICAL SYMBOL FORMAT CONTROL"),
    ('\u{e0000}', '\u{e007f}', "TAG"),
    ('\u{e0100}', '\u{e01ef}', "VARIATION SELECTOR"),
];

/// Whether the character at a byte is part of good text there, as the words of a language and emoji need it.
fn belongs(text: &str, at: usize, c: char) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + c.len_utf8()..].chars().next();
    let both = |test: fn(char) -> bool| before.is_some_and(test) && after.is_some_and(test);
    let either = |test: fn(char) -> bool| before.is_some_and(test) || after.is_some_and(test);
    match c {
        '\r' => after == Some('\n'),
        // Persian sets endings off by it, behind words in Latin letters too. RFC 5892, appendix A.1, has the same for names
        // of hosts.
        '\u{200c}' => {
            either(is_virama) || (both(|c| c.is_alphanumeric() || is_arabic(c)) && either(is_arabic))
        }
        // Families and professions among emoji; half forms and conjuncts of Indic scripts (RFC 5892, appendix A.2).
        '\u{200d}' => either(is_virama) || (both(is_emoji) && after != Some('\u{fe0f}')),
        // One beside a sign chooses its form: of emoji, of digits in keys, of Chinese characters in names.
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            let is_key = after == Some('\u{20e3}');
            before.is_some_and(|before| {
                if before.is_ascii() { is_key } else { !before.is_whitespace() && !is_unseen(before) }
            })
        }
        // Scripts without blanks say so where a line may break; Mongolian endings stand off by it; braille has a blank.
        '\u{200b}' => both(is_without_blanks),
        '\u{180e}' => both(|c| matches!(c, '\u{1820}'..='\u{18aa}')),
        '\u{2800}' => either(|c| matches!(c, '\u{2801}'..='\u{28ff}')),
        '\u{e0000}'..='\u{e007f}' => is_in_flag(text, at),
        _ => false,
    }
}

/// Thai, Lao, Burmese and Khmer.
fn is_without_blanks(c: char) -> bool {
    matches!(c, '\u{e01}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Arabic, Syriac and their supplements, with their marks.
fn is_arabic(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61a}' | '\u{620}'..='\u{77f}' | '\u{860}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// The sign that takes the vowel out of a letter, of the scripts that write joiners beside it.
fn is_virama(c: char) -> bool {
    const VIRAMAS: [char; 15] = [
        '\u{94d}', '\u{9cd}', '\u{a4d}', '\u{acd}', '\u{b4d}', '\u{bcd}', '\u{c4d}', '\u{ccd}', '\u{d3b}',
        '\u{d3c}', '\u{d4d}', '\u{dca}', '\u{1039}', '\u{103a}', '\u{17d2}',
    ];
    VIRAMAS.contains(&c)
}

/// Emoji that are joined with others, the sign that makes one of a symbol, and skin tones among them.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether the tag at a byte is in the flag of a region: a black flag, a few letters and digits as tags, and the tag that ends.
fn is_in_flag(text: &str, at: usize) -> bool {
    let is_tag = |c: char| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let is_end = |c: char| c == '\u{e007f}';
    let begin = text[..at].trim_end_matches(is_tag);
    let tags = text[begin.len()..].chars();
    let letters = tags.clone().take_while(|c| is_tag(*c)).count();
    begin.ends_with('\u{1f3f4}')
        && (3..=6).contains(&letters)
        && tags.clone().nth(letters).is_some_and(is_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_emoji_that_need_a_joiner_are_good_text() {
        let good = [
            "👩\u{200d}👩\u{200d}👧",
            "🏳\u{fe0f}\u{200d}🌈",
            "👩🏽\u{200d}⚕\u{fe0f}",
            "❤\u{fe0f}\u{200d}🔥",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "می\u{200c}خواهم",
            "PDF\u{200c}ها",
            "ශ\u{dca}\u{200d}රී ලංකාව",
            "क\u{94d}\u{200d}ष",
            "র\u{200d}\u{9cd}যাব",
            "שלום",
            "مرحبا",
            "e\u{301}",
            "葛\u{e0100}",
            "1\u{fe0f}\u{20e3}",
            "☀\u{fe0f}",
            "✈\u{fe0e}",
            "日本",
            "ចូល\u{200b}ឆ្នាំ",
            "ᠪᠠᠶᠠᠷ\u{180e}ᠠ",
            "⠓\u{2800}⠊",
            "a\u{a0}b",
        ];
        for text in good {
            assert_eq!(first(text), None, "{text}");
            assert_eq!((without(text).as_str(), shown(text).as_str()), (text, text));
        }
    }

    #[test]
    fn what_nobody_sees_is_found_shown_and_taken_out() {
        let listed = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}').chain('\u{200b}'..='\u{200f}');
        let thought_of = [
            '\u{feff}',
            '\u{ad}',
            '\u{61c}',
            '\u{17b4}',
            '\u{2800}',
            '\u{1bca0}',
            '\u{1d173}',
            '\u{e0041}',
            '\u{e007f}',
        ]
        .into_iter()
        .chain('\u{2060}'..='\u{2064}');
        for c in listed.chain(thought_of) {
            let text = format!("ab{c}cd");
            assert_eq!(first(&text), Some((2, c)), "{}", name(c));
            assert_eq!(without(&text), "abcd");
            assert_eq!(shown(&text), format!("ab{}cd", escaped(c)));
            assert_eq!((first(&covered(&text)), covered(&text).len()), (None, text.len()));
            assert!(name(c).len() > "U+2065".len(), "{}", name(c));
        }
    }

    #[test]
    fn controls_are_found_and_the_ends_of_lines_are_not() {
        assert!(NAMES.is_sorted_by(|(_, last, _), (first, ..)| last < first), "a search takes it for sorted");
        assert_eq!(first("a\tb\r\nc\nd~é"), None);
        for c in
            ['\0', '\u{7}', '\u{b}', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{2028}', '\u{2029}', '\r']
        {
            let text = format!("ab{c}cd");
            assert_eq!(first(&text), Some((2, c)), "{}", name(c));
            assert_eq!((first(&covered(&text)), covered(&text).len()), (None, text.len()));
        }
    }

    #[test]
    fn printed_text_keeps_its_colours_and_shows_what_nobody_sees() {
        let good = "\u{1b}[1m\u{1b}[91merror\u{1b}[0m: ü \u{1b}[1;4;36mx\u{1b}[0m\n";
        assert!(matches!(coloured(good), Cow::Borrowed(same) if same == good));
        assert_eq!(printable("\u{1b}[1mü"), "\\u001b[1mü");
        let bad = "a\u{1b}[8mb\u{1b}]8;;x\u{7}c\u{202e}\u{e0041}\u{1b}[30md\re\u{9b}m\u{1b}[m";
        let seen =
            "a\\u001b[8mb\\u001b]8;;x\\u0007c\\u202e\\udb40\\udc41\\u001b[30md\\u000de\\u009bm\\u001b[m";
        assert_eq!((coloured(bad).as_ref(), printable(bad).as_ref()), (seen, seen));
    }

    #[test]
    fn joiners_and_tags_elsewhere_are_not_good_text() {
        let bad = [
            "👩\u{200d}",
            "\u{200d}👩",
            "👩\u{200d} 👧",
            "می\u{200c} خواهم",
            "می\u{200c}",
            "a\u{200c}b",
            "a\u{200d}b",
            "🏴\u{e0067}\u{e007f}",
            "🏴\u{e0067}\u{e0062}\u{e0073}",
            "a\u{fe0f}",
            "\u{fe0f}",
            "☀\u{fe0f}\u{fe0f}",
            "👩\u{200d}\u{fe0f}",
            "葛\u{e0100}\u{e0101}",
            "a\u{e0067}\u{e0062}\u{e0073}\u{e007f}",
        ];
        for text in bad {
            assert!(first(text).is_some(), "{text}");
        }
    }
}
