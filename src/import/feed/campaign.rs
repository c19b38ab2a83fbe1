//! A campaign as a table of `calendar.toml`.

use std::collections::BTreeSet;

use super::description::EventWords;
use super::repeat::Days;
use crate::import::name;
use crate::import::table::{Table, list, number, readable};
use crate::plan::Plan;
use crate::time::{LocalTime, Window};

/// An event that can be read in one way only.
pub(super) struct Campaign {
    pub(super) key: String,
    title: String,
    uid: Option<String>,
    /// The calendar that it is from, where that says all of its events.
    pub(super) calendar: Option<String>,
    when: When,
    said: EventWords,
}

/// When it is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum When {
    /// Once, from minute to minute: a campaign.
    Once(Window<LocalTime>),
    /// Whole days, or hours of several, as TOML: a season.
    Days { days: Days, hours: Option<String> },
}

impl Campaign {
    pub(super) fn new((title, uid): (String, Option<String>), when: When, said: EventWords) -> Self {
        Self { key: String::new(), title, uid, calendar: None, when, said }
    }

    /// The table with all comments, and an empty line.
    pub(super) fn text(&self) -> String {
        let from = self.calendar.as_ref().map(|calendar| format!("# {FROM}{calendar}\n"));
        from.unwrap_or_default() + &self.table()
    }

    /// The table with the comment that says which event it is, and an empty line.
    fn table(&self) -> String {
        let kind = match self.when {
            When::Once(_) => "campaigns",
            When::Days { .. } => "seasons",
        };
        let mut table = Table::new(format!("{kind}.{}", self.key));
        if let Some(uid) = &self.uid {
            table.above(format!("{EVENT}{uid}"));
        }
        let moment = |at: LocalTime| format!("{}T{}", at.date(), at.time_of_day());
        let floors: Vec<String> =
            self.said.floors.iter().map(|(workload, floor)| format!("{workload} = {floor}")).collect();
        table.text("title", &self.title);
        match &self.when {
            When::Once(window) => {
                table.row("from", moment(window.from)).row("to", moment(window.until));
            }
            When::Days { days, hours } => {
                days.write(&mut table);
                hours.iter().for_each(|hours| {
                    table.row("hours", hours.clone());
                });
            }
        }
        table.row("territories", list(self.said.territories.iter().map(String::as_str)));
        if let Some(load) = self.said.load {
            table.row("load", number(load));
        }
        table.row("floor", format!("{{ {} }}", floors.join(", ")));
        let notes = [("owner", &self.said.owner), ("ticket", &self.said.ticket), ("note", &self.said.note)];
        for (key, text) in notes.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?))) {
            table.text(key, &readable(text));
        }
        let mut text = String::new();
        table.write(&mut text);
        text
    }
}

/// What stands before an event's UID, in the comment above its table.
const EVENT: &str = "event ";

/// What stands before the calendar's name, in the comment above that.
const FROM: &str = "from ";

/// A table that an earlier import made.
pub(super) struct Earlier {
    pub(super) uid: String,
    /// The calendar that it was in.
    pub(super) calendar: Option<String>,
    /// `campaigns` or `seasons`.
    pub(super) kind: String,
    pub(super) key: String,
    /// The line of its header.
    pub(super) line: usize,
    /// The table with the comment that says which event it is.
    table: String,
}

impl Earlier {
    /// Whether it says what a campaign does. In which calendar that is now decides nothing: files get other names.
    pub(super) fn says(&self, campaign: &Campaign) -> bool {
        self.table.trim() == campaign.table().trim()
    }

    /// All of it, as it stands there.
    pub(super) fn text(&self) -> String {
        let from = self.calendar.as_ref().map(|calendar| format!("# {FROM}{calendar}\n"));
        from.unwrap_or_default() + &self.table
    }
}

/// The tables of a calendar.toml that were made of events, known by the comment above them.
pub(super) fn earlier(calendar: &str) -> Vec<Earlier> {
    let lines: Vec<&str> = calendar.lines().collect();
    let mut found = Vec::new();
    let comment = |line: &str, of: &str| {
        line.strip_prefix("# ").and_then(|comment| comment.strip_prefix(of)).map(str::to_owned)
    };
    for (at, pair) in lines.windows(2).enumerate() {
        let uid = comment(pair[0], EVENT);
        let header = pair[1].trim().strip_prefix('[').and_then(|header| header.strip_suffix(']'));
        let key = header.and_then(|header| header.split_once('.'));
        let (Some(uid), Some((kind @ ("campaigns" | "seasons"), key))) = (uid, key) else { continue };
        let rest = &lines[at + 2..];
        let is_next = |line: &&str| line.starts_with('[') || line.starts_with('#');
        let length = rest.iter().position(is_next).unwrap_or(rest.len());
        let table = lines[at..at + 2 + length].join("\n");
        let calendar = at.checked_sub(1).and_then(|above| comment(lines[above], FROM));
        let (kind, key) = (kind.to_owned(), key.to_owned());
        found.push(Earlier { uid, calendar, kind, key, line: at + 2, table });
    }
    found
}

/// Puts campaigns in order and gives each a key that nothing in the plan has, or the one that an earlier import gave it.
pub(super) fn name(campaigns: &mut [Campaign], plan: &Plan, earlier: &[Earlier]) {
    campaigns.sort_by(|one, other| {
        let one = (&one.when, &one.title, &one.said.territories);
        one.cmp(&(&other.when, &other.title, &other.said.territories))
    });
    let mut taken: BTreeSet<String> =
        plan.occasions.iter().map(|occasion| occasion.name.to_string()).collect();
    for campaign in campaigns {
        if let Some(known) = earlier.iter().find(|known| Some(&known.uid) == campaign.uid.as_ref()) {
            campaign.key.clone_from(&known.key);
            continue;
        }
        let plain = name::key_of(&campaign.title).unwrap_or_else(|| "campaign".to_owned());
        let numbered = (2..).map(|n| format!("{plain}-{n}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|key| !taken.contains(key));
        campaign.key = free.unwrap_or(plain);
        taken.insert(campaign.key.clone());
    }
}
