//! The text of a schedule becomes its five fields: `Parser.Parse` of robfig/cron v3.0.1's `parser.go`.

use std::fmt;

use super::{FieldKind, Schedule};
use crate::time::Zone;

/// Why KEDA refuses a schedule, in the words of robfig/cron.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Schedule {
    /// Reads the text as KEDA does: five fields, perhaps after a `TZ=` or `CRON_TZ=` prefix.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        if text.is_empty() {
            return Err(Refused("empty spec string".into()));
        }
        let (zone, spec) = split_zone(text)?;
        if spec.starts_with('@') {
            return Err(Refused(format!("parser does not accept descriptors: {spec}")));
        }
        let fields: Vec<&str> = spec.split_whitespace().collect();
        let [minute, hour, dom, month, dow] = fields[..] else {
            let count = fields.len();
            return Err(Refused(format!("expected exactly 5 fields, found {count}: [{}]", fields.join(" "))));
        };
        Ok(Self {
            minute: FieldKind::Minute.parse(minute)?,
            hour: FieldKind::Hour.parse(hour)?,
            dom: FieldKind::Dom.parse(dom)?,
            month: FieldKind::Month.parse(month)?,
            dow: FieldKind::Dow.parse(dow)?,
            zone,
        })
    }
}

/// The zone of a prefix, and the rest. `Local` in a prefix is Go's `time.Local`, which robfig takes for "no zone given".
fn split_zone(text: &str) -> Result<(Option<Zone>, &str), Refused> {
    let Some(rest) = text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) else {
        return Ok((None, text));
    };
    // Without a blank the parser slices out of range and panics; KEDA's config reader turns that into an error.
    let Some((name, spec)) = rest.split_once(' ') else {
        return Err(Refused(format!("slice bounds out of range: no blank after {text}")));
    };
    let zone = match name {
        "Local" => None,
        "" => Zone::parse("UTC"),
        _ => Some(Zone::parse(name).ok_or_else(|| Refused(format!("provided bad location {name}")))?),
    };
    Ok((zone, spec.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_prefix_needs_a_known_zone_and_a_blank() {
        assert_eq!(Schedule::parse("TZ=UTC 0 8 * * *").unwrap().zone, Zone::parse("UTC"));
        assert_eq!(Schedule::parse("CRON_TZ=Asia/Tokyo  0 8 * * *").unwrap().zone, Zone::parse("Asia/Tokyo"));
        for wrong in ["TZ=UTC", "TZ=Mars/Base 0 8 * * *", "TZ=UTC\t0 8 * * *", " TZ=UTC 0 8 * * *"] {
            assert!(Schedule::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_five_fields_pass() {
        assert!(Schedule::parse(" 0\t8  * * * ").is_ok());
        for wrong in ["", "0 8 * *", "0 0 8 * * *", "@daily", "@every 1h", "0 8 * * * # nightly"] {
            assert!(Schedule::parse(wrong).is_err(), "{wrong}");
        }
    }
}
