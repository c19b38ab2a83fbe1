//! iCalendar text as components and properties (RFC 5545, 3.1 to 3.6): lines joined, escapes taken back.

/// `BEGIN` to `END`.
#[derive(Debug, Default)]
pub(super) struct Component {
    pub(super) name: String,
    /// The physical line on which it begins, from 1.
    pub(super) line: usize,
    pub(super) properties: Vec<Property>,
    pub(super) components: Vec<Component>,
}

/// One property.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    /// Value of its parameter `TZID`.
    pub(super) zone: Option<String>,
    /// As written, escapes included.
    pub(super) value: String,
}

impl Component {
    /// The value of the only property of this name.
    pub(super) fn one(&self, name: &str) -> Option<&Property> {
        let mut found = self.properties.iter().filter(|property| property.name == name);
        found.next().filter(|_| found.next().is_none())
    }

    /// A text property, its escapes taken back.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = &self.one(name)?.value;
        let mut text = String::with_capacity(value.len());
        let mut characters = value.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => match characters.next()? {
                    'n' | 'N' => text.push('\n'),
                    escaped @ ('\\' | ',' | ';') => text.push(escaped),
                    _ => return None,
                },
                // These would begin another value.
                ',' | ';' => return None,
                _ => text.push(character),
            }
        }
        Some(text)
    }
}

/// The only component of the text, or the line and what is wrong there.
pub(super) fn parse(text: &str) -> Result<Component, (usize, String)> {
    let mut open: Vec<Component> = Vec::new();
    let mut done = None;
    for (line, joined) in unfolded(text)? {
        let (head, value) =
            joined.split_once(':').ok_or_else(|| (line, "a line without a colon".to_owned()))?;
        let mut parts = head.split(';');
        let name = parts.next().unwrap_or_default();
        if done.is_some() {
            return Err((line, "something after the end".to_owned()));
        }
        match name {
            "BEGIN" => open.push(Component { name: value.to_owned(), line, ..Component::default() }),
            "END" => {
                let closed = open.pop().filter(|closed| closed.name == value);
                let closed = closed.ok_or_else(|| (line, format!("END:{value} ends nothing")))?;
                match open.last_mut() {
                    Some(parent) => parent.components.push(closed),
                    None => done = Some(closed),
                }
            }
            _ => {
                let parent = open.last_mut().ok_or_else(|| (line, "a property of nothing".to_owned()))?;
                let zone = parts.find_map(|part| part.strip_prefix("TZID=")).map(str::to_owned);
                let (name, value) = (name.to_owned(), value.to_owned());
                parent.properties.push(Property { name, zone, value });
            }
        }
    }
    done.ok_or_else(|| (1, "no component that ends".to_owned()))
}

/// The content lines, each with the physical line on which it begins.
fn unfolded(text: &str) -> Result<Vec<(usize, String)>, (usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let body = text.strip_suffix("\r\n").ok_or_else(|| (1, "the last line has no end".to_owned()))?;
    for (at, line) in body.split("\r\n").enumerate() {
        if line.len() > 75 {
            return Err((at + 1, format!("a line of {} octets; 75 are allowed", line.len())));
        }
        if line.chars().any(char::is_control) {
            return Err((at + 1, "a control character".to_owned()));
        }
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(rest), Some((_, last))) => last.push_str(rest),
            (Some(_), None) => return Err((1, "a first line that continues another".to_owned())),
            (None, _) => lines.push((at + 1, line.to_owned())),
        }
    }
    Ok(lines)
}
