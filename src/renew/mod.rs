//! Renewing: the text of a policy moves to its next year, comments and all else as they were; keys of earlier versions get
//! the spelling of this one; and what is still pinned to a year that is over is named.
//!
//! It must not know what the policy means: its findings and its plans are made by the compiler.

mod moved;
mod pinned;

pub use moved::{Rewritten, rewritten};
pub use pinned::{Pin, pinned};

use toml_edit::{Document, Item, TableLike, Value};

use crate::time::{Date, Window};

/// The calendar with `[plan]` on another horizon.
///
/// # Errors
///
/// Where the text is no TOML, or `[plan]` has no `from` or `until`.
pub fn renewed(calendar: &str, horizon: Window<Date>) -> Result<String, String> {
    let document = Document::parse(calendar).map_err(|error| error.to_string())?;
    let plan = document.as_table().get("plan").and_then(Item::as_table_like);
    let plan = plan.ok_or("the calendar has no `[plan]`")?;
    let place = |key: &str| {
        let value = plan.get(key).and_then(Item::as_value);
        value.and_then(Value::span).ok_or_else(|| format!("`[plan]` has no `{key}`"))
    };
    let mut dates = [(place("from")?, horizon.from), (place("until")?, horizon.until)];
    dates.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    // A document that is written anew has other ends of lines than this file may have.
    let mut text = calendar.to_owned();
    for (place, date) in dates {
        text.replace_range(place, &date.to_string());
    }
    Ok(text)
}

/// The horizon after this one: from its end on, for a year.
pub fn following(horizon: Window<Date>) -> Window<Date> {
    Window::new(horizon.until, a_year_after(horizon.until))
}

/// The same day a year later; of 29 February the day before 1 March.
pub fn a_year_after(day: Date) -> Date {
    let same = Date::ymd(day.year() + 1, day.month().number(), day.day());
    same.or_else(|| Date::ymd(day.year() + 1, 2, 28)).expect("internal error: only 29 February is missing")
}

/// Another value under a key, with the blanks and the comment beside the old one.
fn replace(table: &mut dyn TableLike, key: &str, mut new: Value) -> Option<()> {
    let item = table.get_mut(key)?;
    let old = item.as_value()?;
    *new.decor_mut() = old.decor().clone();
    *item = Item::Value(new);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_moves_and_nothing_else() {
        let text = "# head\n[plan]   # which\nfrom  = 2026-01-01  # incl\nuntil = 2027-01-01 # exclusive\n\n[seasons.x] # x\nfrom='09-01'\n";
        let day = |text| Date::parse(text).unwrap();
        let next = following(Window::new(day("2026-01-01"), day("2027-01-01")));
        let moved = text.replace("2027-01-01", "2028-01-01").replace("2026-01-01", "2027-01-01");
        assert_eq!(renewed(text, next), Ok(moved.clone()));
        for (before, line_end) in [("", "\r\n"), ("\u{feff}", "\n"), ("\u{feff}", "\r\n")] {
            let other = |text: &str| format!("{before}{}", text.replace('\n', line_end));
            assert_eq!(renewed(&other(text), next), Ok(other(&moved)));
        }
        assert_eq!(a_year_after(day("2028-02-29")), day("2029-02-28"));
        assert!(renewed("[plan]\nfrom = 2026-01-01\n", next).unwrap_err().contains("until"));
        assert!(
            renewed("plan = {from = 2026-01-01, until = 2027-01-01}\n", next)
                .unwrap()
                .contains("from = 2027-01-01, until = 2028-01-01}")
        );
    }
}
