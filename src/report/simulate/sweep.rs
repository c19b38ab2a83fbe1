//! How far the load may grow before the plan breaks.

use std::fmt::Write;

use super::words;
use crate::simulate::comparison::Way;
use crate::simulate::study::Study;

/// One line for each factor, and where the first season is not carried any more.
pub fn sweep(studies: &[(f64, Study)]) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{:>8}{:>12}{:>10}{:>10}{:>10}  not carried",
        "load", "pod-hours", "over min", "missed", "p95"
    );
    for (factor, study) in studies {
        let sum = study.sum(Way::Plan, |_| true);
        let broken: Vec<&str> = study
            .carried()
            .into_iter()
            .filter(|carried| !carried.holds)
            .map(|carried| study.slices[carried.slice.0].title.as_str())
            .collect();
        let _ = writeln!(
            out,
            "{:>8}{:>12}{:>10}{:>10}{:>10}  {}",
            words::times(*factor),
            words::whole(sum.pod_hours()),
            words::whole(sum.felt.over_gate / 60.0),
            words::missed(&sum),
            words::delay(sum.felt.worst),
            if broken.is_empty() { "-".to_owned() } else { broken.join(", ") },
        );
    }
    let breaks = studies.iter().find(|(_, study)| study.carried().iter().any(|carried| !carried.holds));
    let said = match breaks {
        Some((factor, study)) => {
            let first = study.carried().into_iter().find(|carried| !carried.holds);
            let said = first.map_or_else(String::new, |carried| words::carried(study, &carried));
            format!("The plan breaks at {}: {said}", words::times(*factor))
        }
        None => "The plan carries every load of this sweep.".to_owned(),
    };
    out.push('\n');
    words::wrap(&mut out, &said, "");
    out
}
