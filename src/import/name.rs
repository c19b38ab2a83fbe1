//! Names and titles of seasons: what a trigger is called, else the comment above it.

use std::collections::BTreeSet;

use super::input::Found;
use super::strand::Stretch;
use super::table::readable;
use crate::kept::OURS;
use crate::name::Slug;

/// What a season may be called: words that make a key, the first beginning with a letter, with room for a suffix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// Parts of the key: `oktoberfest`, `lead`, `in`.
    pub(super) parts: Vec<String>,
    /// For people, where a person has written it.
    pub(super) title: Option<String>,
}

/// A key may have this many characters.
const LONGEST: usize = 40;
/// Room for what tells seasons of one name apart.
const ROOM: usize = 10;

impl Name {
    fn from_trigger(found: &Found<'_>, index: usize) -> Option<Self> {
        let name = found.trigger(index).name.as_ref();
        // Of a kept object that is read back, the name is ours, and the season's is in it.
        let name = name.map(|name| parts(name.value.strip_prefix(OURS).unwrap_or(&name.value)));
        let name = name.filter(|parts| !parts.is_empty()).map(|parts| Self { parts, title: None });
        name.or_else(|| Self::from_comment(found.comment(index)?))
    }

    /// The first clause of a comment.
    fn from_comment(comment: &str) -> Option<Self> {
        let clause = comment.split([',', ':', ';', '(', '.', '|']).next().unwrap_or_default();
        let clause = clause.split(" - ").next().unwrap_or_default();
        let clause = clause.split(['–', '—', '→']).next().unwrap_or_default().trim();
        let title = readable(clause);
        let parts = parts(&title);
        (!parts.is_empty()).then_some(Self { parts, title: Some(title) })
    }

    /// The key with `suffix`, if it is one.
    pub(super) fn key(&self, suffix: &str) -> Option<Slug> {
        let whole = self.parts.join("-");
        let reserved = ["rps", "p95", "backlog", "lag"].contains(&whole.as_str()) && suffix.is_empty();
        let suffix = if reserved { "window" } else { suffix };
        let key = if suffix.is_empty() { whole } else { format!("{whole}-{suffix}") };
        Slug::parse(&key)
    }

    /// For people.
    pub(super) fn title(&self, suffix: &str) -> String {
        let plain = || {
            let text = self.parts.join(" ");
            let mut chars = text.chars();
            chars
                .next()
                .map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), chars.as_str()))
        };
        let title = self.title.clone().unwrap_or_else(plain);
        if suffix.is_empty() { title } else { format!("{title}, {suffix}") }
    }
}

/// A key made of a title's words; nothing where it has none.
pub(super) fn key_of(title: &str) -> Option<String> {
    Slug::parse(&parts(title).join("-")).map(|key| key.to_string())
}

/// Lower-case words of a text, as many as fit a key.
pub(super) fn parts(text: &str) -> Vec<String> {
    let mut plain = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'é' | 'è' | 'ê' => plain.push('e'),
            c if c.is_ascii_alphanumeric() => plain.push(c),
            _ => plain.push(' '),
        }
    }
    let words =
        plain.split_whitespace().skip_while(|word| !word.starts_with(|c: char| c.is_ascii_lowercase()));
    let mut length = 0;
    let fitting = words.take_while(|word| {
        length += word.len() + 1;
        length <= LONGEST - ROOM
    });
    fitting.map(str::to_owned).collect()
}

/// What each stretch of an object may be called. A trigger that feeds several stretches, one of which has a trigger of its
/// own, gives the others the rest of its name: `oktoberfest_weihnachten` beside `oktoberfest` is `weihnachten`.
pub(super) fn of_stretches(found: &Found<'_>, stretches: &[Stretch]) -> Vec<Option<Name>> {
    let feeds =
        |trigger: &usize| stretches.iter().filter(|stretch| stretch.triggers.contains(trigger)).count();
    let own: Vec<Option<usize>> = stretches
        .iter()
        .map(|stretch| stretch.triggers.iter().copied().find(|trigger| feeds(trigger) == 1))
        .collect();
    let own_names: Vec<Option<Name>> =
        own.iter().map(|trigger| Name::from_trigger(found, (*trigger)?)).collect();
    let name = |at: usize| {
        if let Some(name) = &own_names[at] {
            return Some(name.clone());
        }
        let trigger = *stretches[at].triggers.first()?;
        let mut name = Name::from_trigger(found, trigger)?;
        let others: BTreeSet<&Vec<String>> = own_names
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at && stretches[*other].triggers.contains(&trigger))
            .filter_map(|(_, other)| Some(&other.as_ref()?.parts))
            .collect();
        for other in others {
            name.parts = without(&name.parts, other);
        }
        Some(name)
    };
    (0..stretches.len()).map(name).collect()
}

/// `parts` without `other` at its beginning or end, if a name is left.
fn without(parts: &[String], other: &[String]) -> Vec<String> {
    let rest = parts.strip_prefix(other).or_else(|| parts.strip_suffix(other));
    let is_name = |rest: &&[String]| {
        rest.first().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    rest.filter(is_name).unwrap_or(parts).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_gives_its_first_clause_and_a_name_its_words() {
        let said = |text: &str| {
            Name::from_comment(text).map(|name| (name.parts.join("-"), name.title.unwrap_or_default()))
        };
        assert_eq!(said("Frühjahr: 1 Mar - 1 Apr"), Some(("fruehjahr".into(), "Frühjahr".into())));
        assert_eq!(said("Black Friday (DE only)"), Some(("black-friday".into(), "Black Friday".into())));
        assert_eq!(said("2026 peak"), Some(("peak".into(), "2026 peak".into())));
        assert_eq!(said("— 12 —"), None);
        assert_eq!(parts("OKTOBERFEST_lead-in"), ["oktoberfest", "lead", "in"]);
    }

    #[test]
    fn a_trigger_of_two_seasons_gives_one_of_them_the_rest_of_its_name() {
        let parts = |text| parts(text);
        assert_eq!(without(&parts("oktoberfest_weihnachten"), &parts("oktoberfest")), ["weihnachten"]);
        assert_eq!(without(&parts("peak"), &parts("peak")), ["peak"]);
        assert_eq!(without(&parts("peak_2"), &parts("peak")), ["peak", "2"], "a key begins with a letter");
    }
}
