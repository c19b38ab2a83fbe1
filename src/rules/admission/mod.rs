//! What never comes to run: refused by the CRD's schema and the admission webhook (KEDA:
//! `apis/keda/v1alpha1/scaledobject_webhook.go`), by the HPA's API, or by a scaler that cannot be built.
//!
//! The webhook's failure policy is Ignore and KEDA before 2.20 swallowed some of its errors; they are findings all the same.

mod behavior;
mod cron;
mod fallback;
mod modifiers;
mod names;
mod replicas;
mod spelling;
mod triggers;

use super::built;
use super::finding::Finding;
use super::scaler;
use super::subject::Subject;
use crate::keda::scaledobject::Kind;

/// All refusals of one object.
pub fn admit(subject: &Subject<'_>) -> Vec<Finding> {
    let of_both: [fn(&Subject<'_>) -> Vec<Finding>; 7] = [
        names::check,
        replicas::bounds,
        scaler::check,
        built::check,
        triggers::check,
        triggers::names,
        cron::not_built,
    ];
    let of_objects: [fn(&Subject<'_>) -> Vec<Finding>; 6] =
        [names::target, replicas::check, names::lengths, fallback::check, modifiers::check, behavior::check];
    let of_objects = match subject.object.kind {
        Kind::ScaledObject => of_objects.as_slice(),
        Kind::ScaledJob => &[],
    };
    of_both.iter().chain(of_objects).flat_map(|check| check(subject)).collect()
}
