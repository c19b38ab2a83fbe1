//! Triggers against the TriggerAuthentications of the same input. A reference that leads nowhere is only logged: KEDA builds the
//! trigger without its credentials (KEDA: `pkg/scaling/resolver/scale_resolvers.go`).

use super::built::has_formula;
use super::cost::Lost;
use super::{cloud, ways};
use crate::keda::neighbour::{Authentication, Neighbour, Role};
use crate::keda::scaledobject::{AuthenticationKind, ScaledObject};
use crate::quantity::Version;

impl Reference {
    /// What does nothing where the credentials are not found.
    pub(super) fn lost(&self) -> Lost {
        if self.needed.is_empty() { Lost::Trigger } else { Lost::Object }
    }
}

/// A trigger's reference to credentials.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// Of the trigger.
    pub(super) index: usize,
    name: String,
    is_of_cluster: bool,
    /// What its scaler is not built without: of each demand the ways of which one will do, each some parameters.
    needed: Vec<Vec<Vec<&'static str>>>,
}

/// A TriggerAuthentication of the input, seen from an object.
pub(super) struct Known<'n> {
    pub(super) neighbour: &'n Neighbour,
    /// Whether it is of the same namespace.
    pub(super) is_near: bool,
    /// Whether it is in the same file.
    pub(super) is_here: bool,
}

impl<'n> Known<'n> {
    fn of(&self) -> Option<&'n Authentication> {
        let Role::Authentication(one) = &self.neighbour.role else { return None };
        Some(one)
    }
}

/// The references of an object.
pub(super) fn references(object: &ScaledObject, keda: Version) -> Vec<Reference> {
    let has_formula = has_formula(object);
    let triggers = object.spec.triggers.value.iter().enumerate();
    let found = triggers.filter_map(|(index, trigger)| {
        let reference = trigger.authentication_ref.as_ref().filter(|one| !one.name.is_empty())?;
        let is_common = ["prometheus", "loki", "metrics-api"].contains(&trigger.kind.value.as_str());
        let modes = trigger.setting("authModes").filter(|_| is_common).unwrap_or_default();
        let of_modes = modes.split(',').map(str::trim).flat_map(of_mode);
        let mut needed: Vec<Vec<Vec<&str>>> = of_modes.map(|one| vec![vec![*one]]).collect();
        needed.extend(ways::wanted(trigger, keda, has_formula));
        needed.extend(Some(cloud::wanted(trigger)).filter(|ways| !ways.is_empty()));
        Some(Reference {
            index,
            name: reference.name.clone(),
            is_of_cluster: reference.kind == Some(AuthenticationKind::ClusterTriggerAuthentication),
            needed,
        })
    });
    found.collect()
}

/// What a mode reads of a TriggerAuthentication alone (KEDA: `pkg/scalers/authentication`).
fn of_mode(mode: &str) -> &'static [&'static str] {
    match mode {
        "bearer" => &["bearerToken"],
        "basic" => &["username"],
        "custom" => &["customAuthHeader", "customAuthValue"],
        _ => &[],
    }
}

/// What is wrong with a reference, and what to write: nothing where what it names is not in the input at all.
pub(super) fn missed(
    namespace: Option<&str>,
    reference: &Reference,
    known: &[Known<'_>],
) -> Option<(String, String)> {
    let named = known.iter().filter(|one| one.neighbour.name == reference.name);
    let named: Vec<&Known<'_>> = named.collect();
    let of_kind = |is_of_cluster: bool| {
        named.iter().filter(move |one| one.of().is_some_and(|one| one.is_of_cluster == is_of_cluster))
    };
    let mut fits = of_kind(reference.is_of_cluster).filter(|one| reference.is_of_cluster || one.is_near);
    if let Some(fits) = fits.next() {
        return lacking(reference, fits);
    }
    let name = &reference.name;
    let mut others = of_kind(!reference.is_of_cluster);
    if others.any(|one| !reference.is_of_cluster || one.is_near) {
        let (is, wanted) = if reference.is_of_cluster {
            ("TriggerAuthentication", "ClusterTriggerAuthentication")
        } else {
            ("ClusterTriggerAuthentication", "TriggerAuthentication")
        };
        let effect = format!(
            "authenticationRef asks for a {wanted} {name}, and what is called so is a {is}: {}",
            comes_of_it(reference)
        );
        return Some((effect, format!("write `kind: {is}` in authenticationRef")));
    }
    // Where both are in one file, there is hardly another one elsewhere.
    let away = of_kind(false).find(|one| one.is_here && one.neighbour.namespace.is_some())?;
    let namespace = namespace.filter(|_| !reference.is_of_cluster)?;
    let effect = format!(
        "{} is in another namespace, and KEDA looks in {namespace}: {}",
        away.neighbour.title,
        comes_of_it(reference)
    );
    Some((effect, format!("move it to namespace {namespace}, or make it a ClusterTriggerAuthentication")))
}

fn comes_of_it(reference: &Reference) -> &'static str {
    if reference.needed.is_empty() {
        "it finds none, logs that, and reads without credentials"
    } else {
        "it finds none, so the trigger is not built, and with it the whole object is dead, its floors included"
    }
}

/// A parameter that the credentials do not give.
fn lacking(reference: &Reference, fits: &Known<'_>) -> Option<(String, String)> {
    let given = fits.of()?.parameters.as_ref()?;
    let gives =
        |needed: &str| given.iter().any(|one| one == needed || needed == "bearerToken" && one == "token");
    let lacks_of = |way: &Vec<&'static str>| way.iter().copied().find(|needed| !gives(needed));
    let unmet = reference.needed.iter().find(|ways| ways.iter().all(|way| lacks_of(way).is_some()))?;
    // Of the way that was begun, if any was.
    let begun = unmet.iter().find(|way| way.iter().any(|one| gives(one))).or(unmet.first())?;
    let lacks = lacks_of(begun)?;
    let effect = format!(
        "{} gives no {lacks}: the trigger is not built, and with it the whole object is dead, its floors included",
        fits.neighbour.title
    );
    Some((effect, format!("add the parameter {lacks} to it")))
}
