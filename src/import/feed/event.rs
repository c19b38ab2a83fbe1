//! One event: is it meant, and can it be read in one way only.

use icalendar::parser::Component;

use super::campaign::Campaign;
use super::moment::{self, Moment};
use super::said::{self, Said};
use crate::plan::Plan;
use crate::profile::Territory;
use crate::time::{LocalTime, Window};

/// The line that our own feed ends its descriptions with.
const OWN: &str = "Made by seasonscale from the policy";

/// An event of a calendar.
pub(super) struct Event<'c>(pub(super) &'c Component<'c>);

/// What an event is.
pub(super) enum Reading {
    /// A meeting, or a window of the policy itself.
    NotMeant,
    /// A campaign.
    Campaign(Campaign),
}

impl Event<'_> {
    fn text(&self, name: &str) -> Option<String> {
        let property = self.0.find_prop(name)?;
        Some(property.val.to_owned().unescape_text().as_str().to_owned())
    }

    pub(super) fn title(&self) -> String {
        let title = self.text("SUMMARY").unwrap_or_default();
        let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        title.trim().to_owned()
    }

    pub(super) fn uid(&self) -> Option<String> {
        self.text("UID")
    }

    /// The campaign that it is, or what would have to be guessed.
    pub(super) fn read(&self, plan: &Plan) -> Result<Reading, String> {
        let description = self.text("DESCRIPTION").unwrap_or_default();
        if description.contains(OWN) {
            return Ok(Reading::NotMeant);
        }
        let Some(said) = said::said(&description) else { return Ok(Reading::NotMeant) };
        let cancelled = self.text("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED"));
        if cancelled {
            return Ok(Reading::NotMeant);
        }
        let said = said?;
        for name in ["RRULE", "RDATE", "RECURRENCE-ID"] {
            if self.0.find_prop(name).is_some() {
                return Err("it comes back; a campaign is once, so write a season, or an event for each day"
                    .to_owned());
            }
        }
        let title = self.title();
        if title.is_empty() {
            return Err("it has no title; a campaign is called by it".to_owned());
        }
        let window = self.window(plan, &said)?;
        check_floors(plan, &said)?;
        Ok(Reading::Campaign(Campaign::new(title, window, said)))
    }

    /// Beginning and end on the wall clocks of its territories, which must agree.
    fn window(&self, plan: &Plan, said: &Said) -> Result<Window<LocalTime>, String> {
        let moment = |name: &str| self.0.find_prop(name).map(Moment::read).transpose();
        let begins = moment("DTSTART")?.ok_or("it does not say when it begins")?;
        let ends = match (moment("DTEND")?, self.text("DURATION")) {
            (Some(ends), None) => ends,
            (None, Some(text)) => {
                begins.plus(moment::duration(&text).ok_or_else(|| format!("`{text}` is no duration"))?)?
            }
            (None, None) => return Err("it does not say when it ends".to_owned()),
            (Some(_), Some(_)) => return Err("it says an end and a duration; leave one".to_owned()),
        };
        let mut agreed: Option<(Window<LocalTime>, &str)> = None;
        for code in &said.territories {
            let territory = territory(plan, code)?;
            let window = Window::new(begins.on(&territory.zone)?, ends.on(&territory.zone)?);
            if window.until <= window.from {
                return Err("it ends before it begins".to_owned());
            }
            match agreed {
                Some((other, first)) if other != window => {
                    return Err(format!(
                        "{first} and {code} have other clocks then: {} and {}; write an event for each",
                        other.from, window.from
                    ));
                }
                Some(_) => {}
                None => agreed = Some((window, territory.code.as_str())),
            }
        }
        agreed.map(|(window, _)| window).ok_or_else(|| "it names no territory".to_owned())
    }
}

fn territory<'p>(plan: &'p Plan, code: &str) -> Result<&'p Territory, String> {
    let known = &plan.profile.territories;
    known.iter().find(|territory| territory.code.as_str() == code).ok_or_else(|| {
        let codes: Vec<&str> = known.iter().map(|territory| territory.code.as_str()).collect();
        format!("the policy has no territory `{code}`; it has {}", codes.join(", "))
    })
}

fn check_floors(plan: &Plan, said: &Said) -> Result<(), String> {
    let known = &plan.profile.workloads;
    for (workload, floor) in &said.floors {
        if !known.iter().any(|known| known.name.as_str() == workload) {
            let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
            return Err(format!("the policy has no workload `{workload}`; it has {}", names.join(", ")));
        }
        if *floor == 0 {
            return Err(format!("a floor of no replicas for `{workload}`; leave it out"));
        }
    }
    Ok(())
}
