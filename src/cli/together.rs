//! Policies of one project side by side: what two of them would do to one cluster and to one Prometheus.

use super::place::{self, Place};
use super::{input, output};
use crate::artifact::ArtifactKind;
use crate::compile;
use crate::finding::{Diagnostic, Rule};
use crate::plan::Plan;
use crate::profile::{Profile, Target};

/// A policy of the project and its plan.
#[derive(Clone, Copy)]
pub(super) struct Planned<'a> {
    pub(super) place: &'a Place,
    pub(super) plan: &'a Plan,
}

/// The plans of the policies that are not asked for: what is asked for is held against them as well.
pub(super) struct Rest(Vec<(Place, Plan)>);

impl Rest {
    /// Of the project of those that were asked for.
    pub(super) fn of(chosen: &[Place]) -> anyhow::Result<Self> {
        let mut rest = Vec::new();
        for place in place::others(chosen)? {
            let read = input::policies(&place.policies).filter(|(_, problems)| problems.is_empty());
            match read.and_then(|(sources, _)| compile::plan(&sources).0) {
                Some(plan) => rest.push((place, plan)),
                None => {
                    let name = place.name.as_deref().unwrap_or_default();
                    output::remark(&format!(
                        "policy `{name}` cannot be read, so that nothing is held against it: `seasonscale check {name}` says why"
                    ));
                }
            }
        }
        Ok(Self(rest))
    }

    pub(super) fn planned(&self) -> impl Iterator<Item = Planned<'_>> {
        self.0.iter().map(|(place, plan)| Planned { place, plan })
    }
}

/// What a policy has in common with others that are for the same cluster.
pub(super) fn clashes<'a>(
    made: Planned<'_>,
    others: impl IntoIterator<Item = Planned<'a>>,
) -> Vec<Diagnostic> {
    // One that names no cluster may be for any.
    let is_apart = |other: &Planned<'_>| {
        made.place
            .cluster
            .as_ref()
            .zip(other.place.cluster.as_ref())
            .is_some_and(|(ours, theirs)| ours != theirs)
    };
    let beside = others.into_iter().filter(|other| !is_apart(other));
    beside
        .flat_map(|other| [objects(made, other), hpas(made, other), series(made, other)])
        .flatten()
        .collect()
}

/// Objects that both scale.
fn objects(made: Planned<'_>, other: Planned<'_>) -> Option<Diagnostic> {
    let (ours, theirs) = (&made.plan.profile, &other.plan.profile);
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

/// An HPA that objects of both would own: KEDA's webhook refuses the second one.
fn hpas(made: Planned<'_>, other: Planned<'_>) -> Option<Diagnostic> {
    let (ours, theirs) = (&made.plan.profile, &other.plan.profile);
    let mut pairs = ours.targets.iter().flat_map(|target| theirs.targets.iter().map(move |of| (target, of)));
    let (target, of) = pairs.find(|(target, of)| {
        let is_beside = target.namespace(&ours.platform) == of.namespace(&theirs.platform);
        is_beside && target.hpa() == of.hpa() && !is_same((ours, target), (theirs, of))
    })?;
    let hpa = format!("{}/{}", target.namespace(&ours.platform), target.hpa());
    let title = format!("{} would have one HPA: `{hpa}`", both(made, other));
    let finding = Diagnostic::new(Rule::SharedObject, title)
        .at(target.span, format!("`{}` of policy `{}` names its HPA so, too", of.name, called(other)));
    Some(finding.help(help("give one of the objects another `advanced.horizontalPodAutoscalerConfig.name`")))
}

/// Series that both record, under the same labels.
fn series(made: Planned<'_>, other: Planned<'_>) -> Option<Diagnostic> {
    let (ours, theirs) = (made.plan, other.plan);
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

fn both(made: Planned<'_>, other: Planned<'_>) -> String {
    format!("the policies `{}` and `{}`", called(other), called(made))
}

fn called(made: Planned<'_>) -> &str {
    made.place.name.as_deref().expect("internal error: several policies have names")
}

fn help(mend: &str) -> String {
    format!("{mend}; if they are for two clusters, write `cluster` under each in `seasonscale.toml`")
}
