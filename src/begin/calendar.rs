//! `calendar.toml` of a first policy.

use std::fmt::Write;

use super::{Answers, Preset};
use crate::time::Date;

pub(super) fn text(answers: &Answers) -> String {
    let (from, until) = plan(answers.today);
    let mut text = format!(
        "# When: seasons that come back, campaigns that are once. Every key: `seasonscale keys seasons`.

[plan]
from  = {from}
until = {until}   # the day after the last one
"
    );
    for season in seasons(answers.preset) {
        let floors: Vec<String> = answers
            .workloads
            .iter()
            .map(|workload| format!("{workload} = {}", answers.range.floor(season.percent)))
            .collect();
        let _ = write!(text, "\n{}floor = {{ {} }}   # the least replicas\n", season.head, floors.join(", "));
        text.push_str(season.tail);
    }
    text.push_str(
        "
# Once, to the minute:
# [campaigns.mailing]
# from  = 2027-09-28T09:00
# to    = 2027-09-28T12:00
",
    );
    let _ = writeln!(text, "# floor = {{ {} = {} }}", answers.workloads[0], answers.range.floor(50));
    text
}

/// From the first of the month on, for a year.
fn plan(today: Date) -> (Date, Date) {
    let first = |year| Date::ymd(year, today.month().number(), 1);
    let from = first(today.year()).unwrap_or(today);
    (from, first(today.year() + 1).unwrap_or_else(|| from.plus_days(365)))
}

struct Season {
    head: &'static str,
    percent: u32,
    tail: &'static str,
}

fn seasons(preset: Preset) -> &'static [Season] {
    match preset {
        Preset::WebShop => &[
            Season {
                head: "[seasons.black-friday]\nfrom  = \"4th thu of 11\"        # Thanksgiving\nto    = \"4th thu of 11 + 4d\"   # the Monday after, which is part of it\n",
                percent: 50,
                tail: "ramp  = [{ before = \"3d\", share = 0.5 }]   # half of that, three days ahead\n",
            },
            Season {
                head: "[seasons.christmas]\nfrom  = \"12-01 06:00\"   # one window without a break\nto    = \"12-24 23:00\"\n",
                percent: 25,
                tail: "",
            },
        ],
        Preset::FoodB2b => &[
            Season {
                head: "[seasons.asparagus]\nfrom  = \"04-15\"\nto    = \"06-24\"   # which is part of it\nhours = \"05:00-17:00\"\ndays  = \"mon-sat\"\n",
                percent: 25,
                tail: "",
            },
            Season {
                head: "[seasons.oktoberfest]\nfrom  = \"sat >= 09-16\"\nto    = \"sun <= 10-07\"\nhours = \"08:00-20:00\"\n",
                percent: 50,
                tail: "",
            },
            Season {
                head: "[seasons.christmas]\nfrom  = \"11-15\"\nto    = \"12-24\"\nhours = \"05:00-17:00\"\ndays  = \"mon-sat\"\n",
                percent: 35,
                tail: "",
            },
        ],
        Preset::BusinessHours => &[Season {
            head: "[seasons.business-hours]\nfrom  = \"01-01\"\nto    = \"12-31\"\ndays  = \"mon-fri\"       # or \"workdays\", less the holidays of `[holidays.NAME]`\nhours = \"08:00-18:00\"\n",
            percent: 35,
            tail: "",
        }],
    }
}
