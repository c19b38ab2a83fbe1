//! The policy's own lines behind a claim, with what they come to here and now.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Group, Level, Renderer, Snippet};

use super::Shown;
use super::words::{moment, target};
use crate::explain::Claim;
use crate::finding::Label;
use crate::plan::{Basis, Hours, LeadInSize, Origin, Part, TargetLimit};
use crate::quantity::Replicas;
use crate::report::terminal::annotation;
use crate::source::Span;
use crate::time::{Date, LocalTime, Window};

/// The lines that a claim rests on, as the compiler shows mistakes.
pub(super) fn snippet(shown: Shown<'_>, claim: &Claim, floor: Replicas) -> String {
    let labels = labels(shown, claim, floor);
    let Some(first) = labels.first() else { return String::new() };
    let mut group = Group::with_level(Level::NOTE);
    let mut ids = vec![first.span.source];
    ids.extend(labels.iter().map(|label| label.span.source).filter(|id| *id != first.span.source));
    ids.dedup();
    for id in ids {
        let source = shown.sources.get(id);
        let here = labels.iter().filter(|label| label.span.source == id);
        let snippet = Snippet::source(&source.text).path(&source.name).fold(true);
        group = group.element(snippet.annotations(here.map(|label| annotation(label, 0, &source.text))));
    }
    Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group]).to_string()
}

fn labels(shown: Shown<'_>, claim: &Claim, floor: Replicas) -> Vec<Label> {
    let written = &claim.written;
    let origin = shown.plan.origin(claim.origin);
    let mut labels = Vec::new();
    let mut label = |span: Span, text: String| labels.push(Label { span, text, primary: true });
    match origin.hours {
        Hours::Exact(window) => {
            label(written.from, window.from.date().long());
            label(written.to, "the first minute after it".to_owned());
        }
        Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => {
            let season = claim.part == Part::Main;
            if let Some((first, last)) = claim.dates.filter(|_| season) {
                label(written.from, first.long());
                label(written.to, format!("{}, inclusive", last.long()));
            } else if let Some(dates) = claim.dates {
                label(written.from, format!("before it: {}", days(dates)));
            }
        }
    }
    if let Some((hours, window)) = written.hours.zip(open(shown, origin)) {
        label(hours, format!("open until {}", until(shown, window)));
    }
    if let Some(days) = written.days {
        label(days, format!("{} is one of them", claim.day.weekday().title()));
    }
    if let Some(basis) = claim.basis {
        let (span, text) = self::basis(shown, basis, floor);
        label(span, text);
    }
    labels
}

/// The window of an origin that the moment lies in.
fn open(shown: Shown<'_>, origin: &Origin) -> Option<Window<LocalTime>> {
    let local = shown.explanation.moment.local;
    origin.windows_on(&target(shown).zone).find(|window| window.contains(local))
}

/// `20:00`, with its date where that is another day.
fn until(shown: Shown<'_>, window: Window<LocalTime>) -> String {
    let same = window.until.date() == shown.explanation.moment.local.date();
    if same { window.until.time_of_day().to_string() } else { moment(window.until) }
}

fn basis(shown: Shown<'_>, basis: Basis, floor: Replicas) -> (Span, String) {
    match basis {
        Basis::Written(span) => (span, replicas(floor)),
        Basis::Share { share, span } => {
            let target = &shown.plan.profile.targets[shown.explanation.target.0];
            let limit = match share.of {
                TargetLimit::Minimum => "minimum",
                TargetLimit::Maximum => "maximum",
            };
            let how = format!("{} % of the {limit} of {}", share.percent, share.limit(target));
            (span, format!("{}: {how}", replicas(floor)))
        }
        Basis::Load { load, base, headroom, per_replica } => {
            let product = format!("{} x {} x {}", base.value, load.value, 1.0 + headroom.0);
            (load.span, format!("{}: ceil({product} / {per_replica})", replicas(floor)))
        }
        Basis::LeadIn { size, span, season } => {
            let min = target(shown).minimum().value;
            let how = match size {
                LeadInSize::ShareOfFloor(share) => format!("{share} of the season's {season}"),
                LeadInSize::TimesMinimum(times) => {
                    format!("{times} x the minimum of {min}, at most {season}")
                }
            };
            (span, format!("{}: {how}", replicas(floor)))
        }
    }
}

/// `1 replica`, `6 replicas`
pub(super) fn replicas(count: Replicas) -> String {
    format!("{count} replica{}", if count.0 == 1 { "" } else { "s" })
}

/// `Tue 18 Aug 2026 to Mon 31 Aug 2026`
pub(super) fn days((first, last): (Date, Date)) -> String {
    if first == last { first.long() } else { format!("{} to {}", first.long(), last.long()) }
}
