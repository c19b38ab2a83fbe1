//! What a description says in lines of `key: value`, in whichever way calendars wrote them down.

use std::collections::BTreeMap;

use crate::name::nearest;
use crate::plan::Plan;

/// The words of one event.
#[derive(Debug, Default, PartialEq)]
pub(super) struct EventWords {
    pub(super) territories: Vec<String>,
    /// Workload and replicas, in the order in which they stand.
    pub(super) floors: Vec<(String, u32)>,
    pub(super) load: Option<f64>,
    pub(super) owner: Option<String>,
    pub(super) ticket: Option<String>,
    pub(super) note: Option<String>,
}

/// Why an event cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// What would have to be guessed, and what to write instead.
    pub(super) why: String,
    /// The line of its description that is meant; none where it is another part, or the whole.
    pub(super) line: Option<String>,
}

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self { why, line: None }
    }
}

const KEYS: [&str; 7] = ["floor", "territory", "territories", "load", "owner", "ticket", "note"];

/// What a description says; nothing where it says no floor, which most events do not.
pub(super) fn words(description: &str) -> Option<Result<EventWords, String>> {
    let plain = without_markup(description);
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in plain.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let key = key.trim().to_ascii_lowercase();
        if let Some(known) = KEYS.iter().find(|known| **known == key) {
            values.entry(known).or_default().push(value.trim());
        }
    }
    values.contains_key("floor").then(|| read(&values))
}

/// A line that looks like the floors or the load of an event and is not read as such: a mistyped or translated `floor:`,
/// one without its colon or behind other words, floors alone.
pub(super) fn near_miss(description: &str, workloads: &[&str]) -> Option<Unread> {
    let plain = without_markup(description);
    let unread = |line: &str, then: &str| {
        let why = format!("its line `{line}` is not read; if {then}");
        Some(Unread { why, line: Some(line.to_owned()) })
    };
    plain.lines().map(str::trim).find_map(|line| {
        let floors = match read_key(line) {
            Some("floor") => None,
            Some(_) => behind_other_words(line).map(str::to_owned),
            None => floors_beside(line, workloads)
                .or_else(|| behind_other_words(line))
                .map(str::to_owned)
                .or_else(|| floors_in_words(line, workloads)),
        };
        if let Some(floors) = floors {
            return unread(line, &format!("floors are meant, write a line `floor: {floors}`"));
        }
        let (key, value) = line.split_once([':', '=']).filter(|_| read_key(line).is_none())?;
        let is_load = nearest(&key.trim().to_lowercase(), ["load"]).is_some() && load(value.trim()).is_ok();
        is_load.then_some(())?;
        unread(line, &format!("the load is meant, write `load: {}`", value.trim()))
    })
}

/// The key with which a line begins, and its colon.
fn read_key(line: &str) -> Option<&'static str> {
    let (key, _) = line.split_once(':')?;
    KEYS.iter().find(|known| known.eq_ignore_ascii_case(key.trim())).copied()
}

/// Floors behind `floor:` that stands behind other words: `territory: DE, floor: queries=8`. The third floor of a house has none.
fn behind_other_words(line: &str) -> Option<&str> {
    let colons = line.match_indices(':').map(|(at, _)| line.split_at(at));
    let mut of_floors = colons.filter(|(before, _)| {
        let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        word.len() < before.trim().len() && nearest(&word.to_lowercase(), ["floor"]).is_some()
    });
    of_floors.find_map(|(_, value)| {
        let value = value.trim_start_matches(':').trim();
        floors(value).ok().filter(|floors| !floors.is_empty()).map(|_| value)
    })
}

/// What looks like floors in a line: all of it, or what is behind its first colon, word or equals sign. What is not a workload's
/// counts behind a colon and a word like `floor` alone: a door has a code, too.
fn floors_beside<'l>(line: &'l str, workloads: &[&str]) -> Option<&'l str> {
    let is_known = |name: &str| workloads.iter().any(|known| known.eq_ignore_ascii_case(name));
    let behind_a_colon = line.split_once(':');
    let cuts = [behind_a_colon, line.split_once(char::is_whitespace), line.split_once('=')];
    let parts = [line].into_iter().chain(cuts.into_iter().flatten().map(|(_, value)| value));
    let mut parts = parts.map(|value| value.trim_start_matches([' ', '-', ';', ':']).trim_end());
    let read = |value: &str| floors(value).ok().filter(|floors| !floors.is_empty());
    let of_workloads = |value: &str| read(value)?.iter().all(|(name, _)| is_known(name)).then_some(());
    parts.find(|value| of_workloads(value).is_some()).or_else(|| {
        let (key, value) = behind_a_colon?;
        let word = key.trim().to_lowercase();
        let is_near = !word.contains(' ') && nearest(&word, ["floor"]).is_some();
        read(value).filter(|_| is_near).map(|_| value.trim())
    })
}

/// Floors without an equals sign behind a word and its colon: `Boden: 8 queries`, `floor= queries 8`.
fn floors_in_words(line: &str, workloads: &[&str]) -> Option<String> {
    let (_, value) = line.split_once([':', '='])?;
    let known = |name: &str| workloads.iter().find(|known| known.eq_ignore_ascii_case(name)).copied();
    let is_between = |c: char| c.is_whitespace() || ",;:=".contains(c);
    let words: Vec<&str> = value.split(is_between).filter(|word| !word.is_empty()).collect();
    let floors = words.chunks(2).map(|pair| {
        let [one, other] = *pair else { return None };
        let (name, number) = known(one).map(|name| (name, other)).or(known(other).map(|name| (name, one)))?;
        let number: u32 = number.trim_matches(['x', 'X', '\u{d7}']).parse().ok()?;
        Some(format!("{name}={number}"))
    });
    let floors = floors.collect::<Option<Vec<String>>>()?;
    (!floors.is_empty()).then(|| floors.join(" "))
}

impl EventWords {
    /// With territories and workloads as the policy spells them, where it has them in other letters.
    pub(super) fn fitted(mut self, plan: &Plan) -> Self {
        let fit = |name: &mut String, known: &[&str]| {
            if !known.contains(&name.as_str())
                && let Some(same) = known.iter().find(|known| known.eq_ignore_ascii_case(name))
            {
                *name = (*same).to_owned();
            }
        };
        let codes: Vec<&str> = plan.profile.territories.iter().map(|one| one.code.as_str()).collect();
        self.territories.iter_mut().for_each(|code| fit(code, &codes));
        let names: Vec<&str> = plan.profile.workloads.iter().map(|one| one.name.as_str()).collect();
        self.floors.iter_mut().for_each(|(name, _)| fit(name, &names));
        self
    }
}

/// Google and Outlook write descriptions as HTML: a break is a new line, other tags are nothing.
fn without_markup(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let Some((tag, next)) = after.split_once('>') else {
            plain.push('<');
            rest = after;
            break;
        };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if ["br", "p", "div", "li", "ul"].contains(&name.to_ascii_lowercase().as_str()) {
            plain.push('\n');
        }
        rest = next;
    }
    plain.push_str(rest);
    plain.replace("&nbsp;", " ").replace("&amp;", "&").replace('\u{a0}', " ")
}

fn read(values: &BTreeMap<&str, Vec<&str>>) -> Result<EventWords, String> {
    if let Some((key, _)) = values.iter().find(|(_, lines)| lines.len() > 1) {
        return Err(format!("it says `{key}:` twice; leave one"));
    }
    let one = |key: &str| values.get(key).map(|lines| lines[0]).filter(|value| !value.is_empty());
    let owned = |key: &str| one(key).map(str::to_owned);
    if one("territory").is_some() && one("territories").is_some() {
        return Err("it says `territory:` and `territories:`; leave one".to_owned());
    }
    let named = one("territory").or_else(|| one("territories"));
    let named = named.ok_or("it does not say for which territory; write a line `territory: DE`")?;
    let territories = named.split([',', ' ']).filter(|code| !code.is_empty()).map(str::to_owned).collect();
    let floors = floors(one("floor").ok_or("its `floor:` is empty; write `floor: queries=8`")?)?;
    let load = one("load").map(load).transpose()?;
    Ok(EventWords {
        territories,
        floors,
        load,
        owner: owned("owner"),
        ticket: owned("ticket"),
        note: owned("note"),
    })
}

/// `queries=8 commands=4`, commas or not.
fn floors(text: &str) -> Result<Vec<(String, u32)>, String> {
    let mut floors: Vec<(String, u32)> = Vec::new();
    let text = text.split('=').map(str::trim).collect::<Vec<_>>().join("=");
    for part in text.split([',', ' ', ';']).filter(|part| !part.is_empty()) {
        let (workload, number) = part.split_once('=').ok_or_else(|| unread(part))?;
        let number: u32 = number.parse().map_err(|_| unread(part))?;
        if floors.iter().any(|(known, _)| known == workload) {
            return Err(format!("its floor for `{workload}` is said twice; leave one"));
        }
        floors.push((workload.to_owned(), number));
    }
    Ok(floors)
}

fn unread(part: &str) -> String {
    format!("`{part}` is not a floor; write a workload and a whole number, `queries=8`")
}

/// `3`, `3x`, `3 times the base load`
fn load(text: &str) -> Result<f64, String> {
    let number = text.split(' ').next().unwrap_or_default().trim_end_matches(['x', 'X']);
    let read = number.parse::<f64>().ok().filter(|load| load.is_finite() && *load > 0.0);
    read.ok_or_else(|| format!("`load: {text}` is not a multiple of the base load; write `load: 3`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_plain_text_and_of_markup_say_the_same() {
        let plain = "Big mailing\nterritory: DE\nfloor: queries=8, commands=4\nload: 3x\nowner: SalesOps";
        let markup = "<p>Big mailing</p>Territory: DE<br>FLOOR: queries=8 commands=4<br/>load: 3 times<br><b>owner:</b> SalesOps";
        let said = words(plain).unwrap().unwrap();
        assert_eq!(words(markup), Some(Ok(EventWords { ..said })));
    }

    #[test]
    fn what_looks_like_floors_or_a_load_is_named_by_its_line() {
        for (text, said) in [
            (
                "floor queries=8",
                "`floor queries=8` is not read; if floors are meant, write a line `floor: queries=8`",
            ),
            ("flor: queries=8", "a line `floor: queries=8`"),
            ("Floor; queries=8 commands=4", "a line `floor: queries=8 commands=4`"),
            ("floors = Queries=8", "a line `floor: Queries=8`"),
            ("queries=8, commands=4", "a line `floor: queries=8, commands=4`"),
            ("Mindestens: queries = 8", "a line `floor: queries = 8`"),
            ("territory: DE floor: queries=8", "a line `floor: queries=8`"),
            ("territory: DE, Floors: queries=8 commands=4", "a line `floor: queries=8 commands=4`"),
            ("agreed with Tom at 10:00 - floor: queries=8", "a line `floor: queries=8`"),
            ("note: floor: search=8", "a line `floor: search=8`"),
            ("floor: queries=8\nflor: commands=4", "`flor: commands=4` is not read"),
            ("floor: queries=8\nlaod: 3x", "`laod: 3x` is not read; if the load is meant, write `load: 3x`"),
        ] {
            let found = near_miss(text, &["queries", "commands"]).map(|found| found.why).unwrap_or_default();
            assert!(found.contains(said), "{text}: {found}");
        }
        for text in [
            "floor: queries=8",
            "Lead: John",
            "room: 8",
            "https://meet.example/x?queries=8",
            "a=1",
            "door code = 8",
            "note: floor queries=8",
            "room: third floor: 8",
            "note: the floor: as agreed",
            "",
        ] {
            assert_eq!(near_miss(text, &["queries", "commands"]), None, "{text}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        assert_eq!(words("a meeting\nowner: me"), None);
        for (text, why) in [
            ("floor: queries=8", "for which territory"),
            ("territory: DE\nfloor: eight", "`eight` is not a floor"),
            ("territory: DE\nfloor: queries=-8", "`queries=-8` is not a floor"),
            ("territory: DE\nfloor: queries=8 queries=9", "said twice"),
            ("territory: DE\nfloor: queries=8\nfloor: queries=9", "`floor:` twice"),
            ("territory: DE\nterritories: CH\nfloor: queries=8", "leave one"),
            ("territory: DE\nfloor: queries=8\nload: a lot", "not a multiple"),
            ("territory: DE\nfloor:", "is empty"),
        ] {
            let refused = words(text).unwrap().unwrap_err();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }
}
