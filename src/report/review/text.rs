//! The year in a terminal: letters and digits only, readable without colour, 80 columns or more.

use std::fmt::Write;

use super::words::{self, Row, by_reason, by_territory, hours, money, number, whole};
use crate::plan::Plan;
use crate::report::limits::limits;
use crate::review::{DayPeak, MonthOf, Review, Since, Slice, of_maxima, requesting, slices};

/// From this many columns on, rows carry loads, owners and notes.
const WIDE: usize = 140;
/// Left of what is said about a floor.
const DETAIL: &str = "       ";
/// More targets than this are summed up, not shown one by one.
const MOST_TARGETS: usize = 60;

/// The whole review, `width` columns wide where its rows can be cut.
pub fn text(review: &Review<'_>, since: Since, width: usize) -> String {
    let plan = review.plan;
    let mut out = String::new();
    let last = plan.horizon.until.plus_days(-1);
    let targets = plan.profile.targets.len();
    let _ = writeln!(
        out,
        "{} - {}: {}, {}",
        words::day(plan.horizon.from),
        words::day(last),
        words::targets(targets),
        words::taken(review, review.total())
    );
    for at in 0..targets.min(MOST_TARGETS) {
        target(&mut out, review, at, width);
    }
    if targets > MOST_TARGETS {
        let _ = writeln!(
            out,
            "\nand {} more; `--format json` has them all",
            words::targets(targets - MOST_TARGETS)
        );
    }
    next(&mut out, review, since);
    peaks(&mut out, review);
    table(&mut out, review, "Pod-hours by month", &months(review));
    table(&mut out, review, "Pod-hours by reason", &by_reason(review));
    table(&mut out, review, "Pod-hours by territory", &by_territory(review));
    out.push('\n');
    for sentence in words::savings(review) {
        wrap(&mut out, &sentence, "", width);
    }
    out
}

fn target(out: &mut String, review: &Review<'_>, at: usize, width: usize) {
    let plan = review.plan;
    let target = &plan.profile.targets[at];
    let (name, min) = (plan.profile.full_name(target), target.min.value);
    let _ = writeln!(out, "\n{name}  ({})  {}", words::place(plan, at), limits(target));
    let days = plan.horizon.until.days_since(plan.horizon.from);
    let room = i32::try_from(width.saturating_sub(4)).unwrap_or(i32::MAX);
    let each = (days + room - 1).div_euclid(room.max(1)).max(1);
    // A column is a whole week where a day or a few do not fit.
    let each = if each > 3 { 7 * ((each + 6) / 7) } else { each };
    let schedule = &plan.schedules[at];
    let row = slices(plan, schedule, each);
    let mut levels: Vec<u32> =
        row.iter().map(|slice| slice.highest.0).filter(|floor| *floor > min.0).collect();
    levels.sort_unstable();
    levels.dedup();
    let _ = writeln!(out, "    {}", ruler(&row));
    let _ = writeln!(
        out,
        "    {}",
        row.iter().map(|slice| mark(slice.highest.0, min.0, &levels)).collect::<String>()
    );
    if levels.iter().any(|level| *level > 9) {
        let legend: Vec<String> =
            levels.iter().map(|level| format!("{} = {level}", mark(*level, min.0, &levels))).collect();
        let _ = writeln!(out, "    {}", legend.join(", "));
    }
    layers(out, review, at, width);
}

/// `.` for the minimum, the floor itself up to nine, letters where a floor has two digits.
fn mark(floor: u32, min: u32, levels: &[u32]) -> char {
    if floor <= min {
        return '.';
    }
    if levels.iter().all(|level| *level <= 9) {
        return char::from_digit(floor, 10).unwrap_or('?');
    }
    let place = levels.iter().position(|level| *level == floor).unwrap_or(0);
    "abcdefghijklmnopqrstuvwxyz".chars().nth(place).unwrap_or('+')
}

fn ruler(row: &[Slice]) -> String {
    let mut months = String::new();
    let mut month = None;
    for (at, slice) in row.iter().enumerate() {
        let this = MonthOf::of(slice.from);
        if month.replace(this) != Some(this) && months.len() <= at {
            months.push_str(&" ".repeat(at - months.len()));
            months.push_str(slice.from.month().short());
        }
    }
    months
}

fn layers(out: &mut String, review: &Review<'_>, at: usize, width: usize) {
    let plan = review.plan;
    let schedule = &plan.schedules[at];
    for layer in &schedule.layers {
        let row = Row::of(plan, layer);
        let taken = review.sum(|spent| spent.target.0 == at && spent.origin == Some(layer.origin));
        let _ = writeln!(out, "  {:>3}  {}", layer.floor.0, row.title);
        wrap(out, &format!("{}, {}", row.dates, row.hours), DETAIL, width);
        if let Some(without) = &row.without {
            wrap(out, without, DETAIL, width);
        }
        let _ = writeln!(out, "       +{}", words::taken(review, taken));
        if width >= WIDE && !row.more.is_empty() {
            wrap(out, &row.more.join("; "), DETAIL, width);
        }
    }
    let minimum = review.sum(|spent| spent.target.0 == at && spent.origin.is_none());
    let otherwise = if schedule.layers.is_empty() { "always" } else { "otherwise" };
    let _ = writeln!(
        out,
        "  {:>3}  {otherwise}: {}",
        plan.profile.targets[at].min.value.0,
        words::taken(review, minimum)
    );
}

fn next(out: &mut String, review: &Review<'_>, since: Since) {
    let plan = review.plan;
    let _ = writeln!(out, "\nWhat comes next, from {}", since.day().long());
    for line in upcoming(review, since).into_iter().take(MOST_TARGETS) {
        let _ = writeln!(out, "  {line}");
    }
    if !plan.horizon.contains(since.day()) {
        let _ = writeln!(out, "  (today is outside of the plan)");
    }
}

/// One line a target: when its floor next changes.
pub(super) fn upcoming(review: &Review<'_>, since: Since) -> Vec<String> {
    let plan = review.plan;
    let targets = plan.profile.targets.iter().enumerate();
    targets.map(|(at, target)| upcoming_of(review, at, &plan.profile.full_name(target), since)).collect()
}

fn upcoming_of(review: &Review<'_>, at: usize, name: &str, since: Since) -> String {
    let plan = review.plan;
    let Some(next) = review.next_change(crate::profile::TargetId(at), since.local(&plan.profile.targets[at]))
    else {
        return format!("{name}: no change until the plan ends");
    };
    format!(
        "{name}: {} -> {} on {} ({})",
        next.before,
        next.after,
        words::moment(next.at),
        words::reason(plan, next)
    )
}

fn peaks(out: &mut String, review: &Review<'_>) {
    let _ = writeln!(out, "\nPeak capacity: the sum of all floors, on the highest day of each month");
    for peak in monthly(&review.days) {
        let demand = peak.floors;
        let _ = write!(
            out,
            "  {}  {:>6} replicas",
            words::month(MonthOf::of(peak.day)),
            number(whole(demand.replicas), 0)
        );
        if requesting(review.plan) > 0 {
            let _ = write!(
                out,
                "  {:>9} cores  {:>10} GiB",
                number(whole(demand.millicores) / 1000.0, 2),
                number(whole(demand.memory) / f64::from(1 << 30), 2)
            );
        }
        let _ = writeln!(out, "   {}", peak.day.long());
    }
    let _ = writeln!(out, "  {}", maxima(review.plan));
}

/// What the cluster must hold at most.
pub(super) fn maxima(plan: &Plan) -> String {
    format!("All targets at their maximum: {}", words::requested(plan, of_maxima(plan)))
}

/// The first highest day of each month.
pub(super) fn monthly(days: &[DayPeak]) -> Vec<DayPeak> {
    let mut highest: Vec<DayPeak> = Vec::new();
    for day in days {
        match highest.last_mut() {
            Some(last) if MonthOf::of(last.day) == MonthOf::of(day.day) => {
                if day.floors.replicas > last.floors.replicas {
                    *last = *day;
                }
            }
            Some(_) | None => highest.push(*day),
        }
    }
    highest
}

pub(super) fn months(review: &Review<'_>) -> Vec<words::Line> {
    let months = review.months().into_iter();
    months.map(|month| (words::month(month), review.sum(|row| row.month == month))).collect()
}

fn table(out: &mut String, review: &Review<'_>, title: &str, lines: &[words::Line]) {
    let _ = writeln!(out, "\n{title}");
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(8);
    let row = |name: &str, time| {
        let price = money(review, time).map(|money| format!("  {money:>18}")).unwrap_or_default();
        format!("  {name:<width$}  {:>14}{price}", hours(time))
    };
    for (name, time) in lines {
        let _ = writeln!(out, "{}", row(name, *time));
    }
    let _ = writeln!(out, "{}", row("Total", lines.iter().map(|(_, time)| *time).sum()));
}

fn wrap(out: &mut String, sentence: &str, indent: &str, width: usize) {
    let mut used = 0;
    for word in sentence.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            out.push('\n');
            used = 0;
        }
        let before = if used == 0 { indent } else { " " };
        out.push_str(before);
        out.push_str(word);
        used += before.len() + length;
    }
    out.push('\n');
}
