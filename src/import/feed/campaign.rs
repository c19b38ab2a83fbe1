//! A campaign as a table of `calendar.toml`.

use std::collections::BTreeSet;

use super::said::Said;
use crate::import::name;
use crate::import::table::{Table, list, number};
use crate::plan::Plan;
use crate::time::{LocalTime, Window};

/// An event that can be read in one way only.
pub(super) struct Campaign {
    key: String,
    title: String,
    window: Window<LocalTime>,
    said: Said,
}

impl Campaign {
    pub(super) fn new(title: String, window: Window<LocalTime>, said: Said) -> Self {
        Self { key: String::new(), title, window, said }
    }

    /// The table and an empty line.
    pub(super) fn text(&self) -> String {
        let mut table = Table::new(format!("campaigns.{}", self.key));
        let moment = |at: LocalTime| format!("{}T{}", at.date(), at.time_of_day());
        let floors: Vec<String> =
            self.said.floors.iter().map(|(workload, floor)| format!("{workload} = {floor}")).collect();
        table
            .text("title", &self.title)
            .row("from", moment(self.window.from))
            .row("to", moment(self.window.until))
            .row("territories", list(self.said.territories.iter().map(String::as_str)));
        if let Some(load) = self.said.load {
            table.row("load", number(load));
        }
        table.row("floor", format!("{{ {} }}", floors.join(", ")));
        let notes = [("owner", &self.said.owner), ("ticket", &self.said.ticket), ("note", &self.said.note)];
        for (key, text) in notes.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?))) {
            table.text(key, text);
        }
        let mut text = String::new();
        table.write(&mut text);
        text
    }
}

/// Puts campaigns in order and gives each a key that nothing in the plan has.
pub(super) fn name(campaigns: &mut [Campaign], plan: &Plan) {
    campaigns.sort_by(|one, other| {
        let key = |campaign: &Campaign| {
            (
                campaign.window.from,
                campaign.window.until,
                campaign.title.clone(),
                campaign.said.territories.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    let mut taken: BTreeSet<String> =
        plan.occasions.iter().map(|occasion| occasion.name.to_string()).collect();
    for campaign in campaigns {
        let plain = name::key_of(&campaign.title).unwrap_or_else(|| "campaign".to_owned());
        let numbered = (2..).map(|n| format!("{plain}-{n}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|key| !taken.contains(key));
        campaign.key = free.unwrap_or(plain);
        taken.insert(campaign.key.clone());
    }
}
