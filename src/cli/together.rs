//! Policies of one project side by side: what two of them would do to one cluster and to one Prometheus.

use super::compiling::Compilation;
use crate::artifact::ArtifactKind;
use crate::finding::{Diagnostic, Rule};
use crate::plan::Plan;
use crate::profile::{Profile, Target};

/// What a policy has in common with those before it that are for the same cluster.
pub(super) fn clashes(made: &Compilation, before: &[Compilation]) -> Vec<Diagnostic> {
    let beside = before.iter().filter(|other| other.place.cluster == made.place.cluster);
    beside.flat_map(|other| [objects(made, other), series(made, other)]).flatten().collect()
}

/// Objects that both scale.
fn objects(made: &Compilation, other: &Compilation) -> Option<Diagnostic> {
    let (ours, theirs) = (&made.compiled.plan.profile, &other.compiled.plan.profile);
    let is_theirs = |target: &&Target| theirs.targets.iter().any(|of| is_same((ours, target), (theirs, of)));
    let shared: Vec<&Target> = ours.targets.iter().filter(is_theirs).collect();
    let first = *shared.first()?;
    let name = format!("{}/{}", first.namespace(&ours.platform), first.name);
    let title = format!("{} would scale the same object: `{name}`", both(made, other));
    let mut finding = Diagnostic::new(Rule::SharedObject, title)
        .at(first.span, format!("policy `{}` scales it, too", called(other)));
    if let Some(more) = shared.len().checked_sub(1).filter(|more| *more > 0) {
        finding = finding.note(format!("and {more} more of its {}", ours.targets.len()));
    }
    Some(finding.help(help("leave it to one of them")))
}

/// Whether two targets are one object of KEDA, or one workload.
fn is_same((ours, one): (&Profile, &Target), (theirs, other): (&Profile, &Target)) -> bool {
    one.namespace(&ours.platform) == other.namespace(&theirs.platform)
        && (one.name == other.name || one.scaled() == other.scaled())
}

/// Series that both record, under the same labels.
fn series(made: &Compilation, other: &Compilation) -> Option<Diagnostic> {
    let (ours, theirs) = (&made.compiled.plan, &other.compiled.plan);
    let namespace = &ours.profile.platform.namespace;
    let is_one = ours.name == theirs.name && *namespace == theirs.profile.platform.namespace;
    if !is_one || !has_rules(ours) || !has_rules(theirs) || are_apart(&ours.profile, &theirs.profile) {
        return None;
    }
    let title = format!("{} would record the same series and raise the same alerts", both(made, other));
    let finding = Diagnostic::new(Rule::SharedPlanName, title)
        .at(ours.horizon_span, format!("this plan is called `{}` in `{namespace}`, too", ours.name));
    let apart = format!("give each a `[plan] name`, as in `name = \"{}\"`", called(made));
    Some(finding.help(help(&apart)))
}

fn has_rules(plan: &Plan) -> bool {
    plan.profile.makes(ArtifactKind::Alerts) || plan.profile.makes(ArtifactKind::KeptAlerts)
}

/// Whether two Prometheus are named.
fn are_apart(ours: &Profile, theirs: &Profile) -> bool {
    let urls = ours.platform.prometheus_url.as_ref().zip(theirs.platform.prometheus_url.as_ref());
    urls.is_some_and(|(ours, theirs)| ours != theirs)
}

fn both(made: &Compilation, other: &Compilation) -> String {
    format!("the policies `{}` and `{}`", called(other), called(made))
}

fn called(made: &Compilation) -> &str {
    made.place.name.as_deref().expect("internal error: several policies have names")
}

fn help(mend: &str) -> String {
    format!("{mend}; if they are for two clusters, write `cluster` under each in `seasonscale.toml`")
}
