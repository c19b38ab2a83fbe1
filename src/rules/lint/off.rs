//! Windows that are meant to lower: cron is a floor, and the HPA takes the highest of all metrics.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::beside;
use crate::finding::Rule;
use crate::keda::floor::Active;

/// Words for none at all, each a whole word or several.
const OFF: [&str; 37] = [
    "off",
    "shutdown",
    "shut",
    "disable",
    "shut down",
    "shutting down",
    "turn off",
    "switch off",
    "switched off",
    "stop",
    "stopped",
    "power down",
    "sleep",
    "hibernate",
    "scale to zero",
    "scale to 0",
    "to zero",
    "aus",
    "ausschalten",
    "abschalten",
    "abgeschaltet",
    "ausgeschaltet",
    "herunterfahren",
    "runterfahren",
    "feierabend",
    "nachtabschaltung",
    "stillgelegt",
    "éteindre",
    "arrêt",
    "arrêter",
    "extinction",
    "apagar",
    "apagado",
    "desligar",
    "spegnere",
    "spegnimento",
    "uitschakelen",
];

/// Words for fewer.
const DOWN: [&str; 44] = [
    "scale down",
    "scaledown",
    "scales down",
    "scaling down",
    "scale in",
    "scalein",
    "downscale",
    "downscaling",
    "ramp down",
    "wind down",
    "lower",
    "reduce",
    "reduced",
    "shrink",
    "decrease",
    "down",
    "down to",
    "fewer",
    "save cost",
    "save costs",
    "cost saving",
    "cost savings",
    "off peak",
    "offpeak",
    "off hours",
    "offhours",
    "off season",
    "low traffic",
    "herunterskalieren",
    "runterskalieren",
    "herunter",
    "runter",
    "reduzieren",
    "reduziert",
    "absenken",
    "absenkung",
    "nachtabsenkung",
    "verkleinern",
    "weniger",
    "réduire",
    "réduction",
    "reducir",
    "bajar",
    "ridurre",
];

/// Words that only look so, or that turn the meaning round.
const OTHERWISE: [&str; 23] = [
    "never",
    "not",
    "no",
    "dont",
    "without",
    "avoid",
    "prevent",
    "nicht",
    "nie",
    "kein",
    "keine",
    "kick off",
    "aus dem",
    "aus der",
    "aus den",
    "cut off",
    "sign off",
    "day off",
    "days off",
    "trade off",
    "stop loss",
    "jamais",
    "nunca",
];

/// A window that its words mean to lower, and that cannot.
pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Option<Finding> {
    let desired = active.trigger.desired;
    let min = i64::from(subject.object.spec.min());
    let texts = beside::texts(subject, active.index);
    let says = |words: &[&str]| {
        texts.iter().any(|text| {
            let plain = text.plain();
            let has = |word: &&str| plain.contains(&format!(" {word} "));
            words.iter().any(has) && !OTHERWISE.iter().any(has)
        })
    };
    let down = says(&DOWN);
    let off = says(&OFF) && !down;
    // With a minimum of 0 a floor of 1 is the least that can be written, and keeps alive what is meant to be off.
    let lowers = desired <= min && (off || down) || off && min == 0 && desired == 1;
    lowers.then(|| {
        let (start, end) = (&active.trigger.texts.0, &active.trigger.texts.1);
        let effect = if desired > min {
            format!("the words beside it mean off, and it keeps {desired} running: cron is a floor, it cannot lower")
        } else {
            format!(
                "the words beside it mean fewer, and it asks for {desired}, no more than minReplicaCount {min}: cron is a floor, it cannot lower"
            )
        };
        let low = if desired > min { 0 } else { desired.max(0) };
        let mend = format!(
            "set minReplicaCount to {low} and invert the window: start \"{end}\", end \"{start}\", with the replicas that the other hours need"
        );
        subject.about(Rule::CronCannotLower, active.index, "desiredReplicas", effect, mend)
    })
}
