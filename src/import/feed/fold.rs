//! Lines of a calendar as programs break them: in the middle of a character, or without the blank by which a line goes on.

/// The bytes of a calendar without a character that a fold cuts in two: lines are folded by their bytes (RFC 5545, 3.1), and a
/// program that counts these may break one up. The rest of it goes before the fold, so that each line keeps its number.
pub fn whole_characters(mut bytes: Vec<u8>) -> Vec<u8> {
    let is_rest = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    let mut at = 0;
    while at + 1 < bytes.len() {
        let is_fold = bytes[at] == b'\n' && matches!(bytes[at + 1], b' ' | b'\t');
        if is_fold {
            let rest = bytes[at + 2..].iter().take(3).take_while(|byte| is_rest(byte)).count();
            let from = if at > 0 && bytes[at - 1] == b'\r' { at - 1 } else { at };
            bytes[from..at + 2 + rest].rotate_right(rest);
            at += rest;
        }
        at += 1;
    }
    bytes
}

/// The text without its lines that are neither a property nor go on with one, and these lines, from 1: some programs write a long
/// text over several lines and forget the blank at the beginning of each.
pub(super) fn without_strays(text: &str) -> (String, Vec<usize>) {
    let (mut kept, mut strays) = (String::with_capacity(text.len()), Vec::new());
    // What goes on with a line that is left out goes with it.
    let mut is_left_out = false;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if !goes_on(line) {
            is_left_out = is_stray(line);
            if is_left_out {
                strays.push(at + 1);
            }
        }
        if !is_left_out {
            kept.push_str(line);
        }
    }
    (kept, strays)
}

fn goes_on(line: &str) -> bool {
    line.starts_with([' ', '\t'])
}

/// Whether a line is neither a property nor goes on with one.
pub(super) fn is_stray(line: &str) -> bool {
    !goes_on(line) && !line.trim().is_empty() && !is_property(line)
}

/// `NAME:`, or `NAME;` before parameters.
fn is_property(line: &str) -> bool {
    let name = line.split([':', ';']).next().unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    name.len() < line.trim_end().len() && !name.is_empty() && name.chars().all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_a_fold_cuts_is_whole_again_and_each_line_where_it_was() {
        for (cut, whole) in [
            (&b"SUMMARY:M\xc3\r\n \xbcnchen\r\nX:1\r\n"[..], "SUMMARY:M\u{fc}\r\n nchen\r\nX:1\r\n"),
            (b"SUMMARY:\xf0\x9f\n\t\x8e\x84!\n", "SUMMARY:\u{1f384}\n\t!\n"),
            (b"SUMMARY:M\xc3\xbc\r\n nchen\r\n", "SUMMARY:M\u{fc}\r\n nchen\r\n"),
            (b"\n ", "\n "),
        ] {
            assert_eq!(String::from_utf8(whole_characters(cut.to_vec())).unwrap(), whole);
        }
        // Latin-1 stays what it is: no text.
        assert!(String::from_utf8(whole_characters(b"SUMMARY:M\xfcnchen\r\n".to_vec())).is_err());
    }

    #[test]
    fn lines_that_are_no_property_are_told() {
        let text =
            "BEGIN:VEVENT\nX-ALT-DESC;FMTTYPE=text/html:<p>\n <b>\n</p>\n  x\n\nSUMMARY:a\nEND:VEVENT\n";
        let (kept, strays) = without_strays(text);
        assert_eq!(strays, [4]);
        assert_eq!(kept, text.replace("</p>\n  x\n", ""));
        assert_eq!(without_strays(&kept), (kept.clone(), vec![]));
    }
}
