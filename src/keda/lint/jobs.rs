//! ScaledJobs: what a cron trigger means where Jobs are counted and not replicas (KEDA: `pkg/scaling/executor/scale_jobs.go`).

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;

/// KEDA's poll of a ScaledJob, where none is set.
const POLLING: i32 = 30;

/// A window asks for Jobs at every poll while it lasts: one that ends is followed by the next.
pub(super) fn check(subject: &Subject<'_>) -> Option<Finding> {
    let spec = &subject.object.spec;
    let active = subject.active.iter().find(|active| active.trigger.desired > 0)?;
    let pieces = active.walk.active.pieces(subject.window.from, subject.window.until);
    let longest =
        pieces.filter(|(_, _, is_active)| **is_active).map(|(from, until, _)| until.0 - from.0).max()?;
    let desired = active.trigger.desired.min(i64::from(spec.max()));
    let every = spec.polling_interval.as_ref().map_or(POLLING, |every| every.value).max(1);
    let polls = (longest + i64::from(every) - 1) / i64::from(every);
    let strategy = spec.scaling_strategy.as_ref().map_or("default", |strategy| strategy.value.as_str());
    let each = match strategy {
        "accurate" => format!("starts {desired} more, until {} run", spec.max()),
        "eager" => format!("starts as many as are missing of {}", spec.max()),
        "custom" => format!("starts up to {desired}, less what the strategy deducts"),
        _ => format!("tops the running Jobs up to {desired}"),
    };
    let effect = format!(
        "while the window lasts each poll, every {every} s, {each}: a Job that ends is followed by a new one, at up to {polls} polls of one window of {}",
        said(longest)
    );
    let mend = "for one run each time use a Kubernetes CronJob; for a standing number a ScaledObject";
    Some(subject.about(Rule::ScaledjobRepeats, active.index, "start", effect, mend.to_owned()))
}

/// `12 h`, `5 min`
fn said(seconds: i64) -> String {
    match seconds {
        _ if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        _ if seconds % 60 == 0 => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}
