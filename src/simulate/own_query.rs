//! Queries of the business's own: the model knows what they mean because the policy says it, whatever they ask for.

use crate::keda::scaledobject::ScaledObject;
use crate::profile::OwnQueries;

/// What the model reads in their place.
const REQUESTS: &str = "sum(rate(http_requests_total[2m]))";
const P95: &str = "histogram_quantile(0.95, sum by (le) (rate(http_requests_seconds_bucket[5m])))";

/// The object as the model reads it: each of the queries, wherever a trigger has it, by its meaning.
pub fn as_modelled(object: &ScaledObject, own: &OwnQueries) -> ScaledObject {
    let mut object = object.clone();
    for trigger in &mut object.spec.triggers.value {
        let Some(query) = trigger.metadata.as_mut().and_then(|settings| settings.value.get_mut("query"))
        else {
            continue;
        };
        if let Some(p95) = &own.p95 {
            query.value = query.value.replace(p95.as_str(), P95);
        }
        query.value = query.value.replace(own.rps.as_str(), REQUESTS);
    }
    object
}

/// The query of the business's own for the load, where a trigger of the object asks by it alone.
pub fn load_query<'o>(object: &ScaledObject, own: &'o OwnQueries) -> Option<&'o str> {
    let mut triggers = object.spec.triggers.value.iter();
    let asks = triggers.any(|trigger| trigger.setting("query") == Some(own.rps.trim()));
    asks.then_some(own.rps.as_str())
}
