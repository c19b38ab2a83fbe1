//! Edited texts: a case is a small file of `replace:` and `with:` blocks that are applied to a text known to be good.

/// One replacement.
pub struct Edit {
    /// Which text, where a case has several.
    pub file: String,
    /// Lines that must occur in it.
    pub replace: String,
    /// Lines in their place.
    pub with: String,
    /// Which occurrence, from 1.
    pub occurrence: usize,
}

/// A case: what is expected of it, and its edits.
pub struct Case {
    /// The rest of the `expect:` line.
    pub expect: String,
    /// In order.
    pub edits: Vec<Edit>,
}

impl Case {
    pub fn parse(text: &str) -> Self {
        let mut case = Self { expect: String::new(), edits: Vec::new() };
        let (mut file, mut occurrence) = (String::new(), 1);
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let mut block = || {
                let mut block = Vec::new();
                while let Some(line) = lines.next_if(|line| !is_keyword(line)) {
                    block.push(line);
                }
                block.join("\n")
            };
            if let Some(value) = line.strip_prefix("expect: ") {
                value.clone_into(&mut case.expect);
            } else if let Some(value) =
                line.strip_prefix("file: ").or_else(|| line.strip_prefix("artifact: "))
            {
                value.clone_into(&mut file);
            } else if let Some(value) = line.strip_prefix("occurrence: ") {
                occurrence = value.parse().expect("a number");
            } else if line == "replace:" {
                let replace = block();
                case.edits.push(Edit { file: file.clone(), replace, with: String::new(), occurrence });
                occurrence = 1;
            } else if line == "with:" {
                case.edits.last_mut().expect("`replace:` before `with:`").with = block();
            }
        }
        assert!(!case.expect.is_empty() && !case.edits.is_empty(), "a case expects something of an edit");
        case
    }
}

fn is_keyword(line: &str) -> bool {
    ["replace:", "with:"].contains(&line)
        || ["expect: ", "file: ", "artifact: ", "occurrence: "].iter().any(|word| line.starts_with(word))
}

/// The text after the edit; the edit must apply, or the case would test nothing.
pub fn apply(text: &str, edit: &Edit) -> String {
    let found = text.match_indices(&edit.replace).nth(edit.occurrence - 1);
    let (at, _) = found.unwrap_or_else(|| panic!("does not occur {} x:\n{}", edit.occurrence, edit.replace));
    let edited = format!("{}{}{}", &text[..at], edit.with, &text[at + edit.replace.len()..]);
    assert_ne!(edited, text, "the edit changes nothing");
    edited
}
