//! What a plan promises, in lines that can be held against a study: `DE/queries replicas at 2026-09-19 11:00 >= 6`,
//! `minutes-over-gate < 30`, `oktoberfest in-time >= 0.95`, `saved-against-max > 0.4`.

use super::comparison::{Subject, Way};
use super::study::Study;
use super::world::demand::Slice;
use super::world::tally::Tally;
use crate::time::{LocalTime, Resolved, Zone};

/// One line, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// A target, a territory or a season; absent: everything.
    pub about: Option<String>,
    /// What is looked at.
    pub figure: Figure,
    /// How it must compare.
    pub relation: Relation,
    /// With what.
    pub limit: f64,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Replicas of a target at a time on its clock.
    ReplicasAt(LocalTime),
    /// A sum over the year.
    Sum(Sum),
    /// The share of pod-hours that is saved against a static peak.
    Saved(Way),
}

/// A sum over the year, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// Minutes with p95 over the gate.
    MinutesOverGate,
    /// Minutes with more than the pods can serve.
    MinutesSaturated,
    /// Minutes with fewer pods than the schedule asks for.
    MinutesBelowFloor,
    /// The share of requests within the gate.
    InTime,
    /// Replicas times hours.
    PodHours,
    /// What they cost.
    Cost,
    /// The longest p95, in milliseconds.
    WorstP95,
    /// Changes of the count.
    ScaleEvents,
    /// The most replicas.
    MostReplicas,
}

/// As a line calls them.
const SUMS: [(&str, Sum); 9] = [
    ("minutes-over-gate", Sum::MinutesOverGate),
    ("minutes-saturated", Sum::MinutesSaturated),
    ("minutes-below-floor", Sum::MinutesBelowFloor),
    ("in-time", Sum::InTime),
    ("pod-hours", Sum::PodHours),
    ("cost", Sum::Cost),
    ("worst-p95", Sum::WorstP95),
    ("scale-events", Sum::ScaleEvents),
    ("most-replicas", Sum::MostReplicas),
];

/// How two numbers must compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Less than the limit.
    Less,
    /// The limit at most.
    AtMost,
    /// The limit.
    Equal,
    /// The limit at least.
    AtLeast,
    /// More than the limit.
    More,
}

/// As a line writes them.
const RELATIONS: [(&str, Relation); 5] = [
    ("<", Relation::Less),
    ("<=", Relation::AtMost),
    ("=", Relation::Equal),
    (">=", Relation::AtLeast),
    (">", Relation::More),
];

impl Relation {
    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Less => value < limit,
            Self::AtMost => value <= limit,
            Self::Equal => (value - limit).abs() < 1e-9,
            Self::AtLeast => value >= limit,
            Self::More => value > limit,
        }
    }
}

impl Expectation {
    /// Reads a line; the error says what is wrong with it, in words.
    pub fn read(line: &str) -> Result<Self, String> {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let limit = words.pop().and_then(|word| word.parse::<f64>().ok().filter(|number| number.is_finite()));
        let limit = limit.ok_or("it must end in a number")?;
        let relation = words.pop().and_then(|word| RELATIONS.iter().find(|(known, _)| *known == word));
        let (_, relation) = relation.ok_or("before the number there must be one of <, <=, =, >=, >")?;
        let at = match words.iter().position(|word| *word == "at") {
            None => None,
            Some(place) => {
                let time = words.split_off(place)[1..].join(" ");
                let time = LocalTime::parse(&time);
                Some(time.ok_or("after `at` there must be a time such as 2026-09-19 11:00")?)
            }
        };
        let figure = match (words.pop().ok_or("there is no figure in it")?, at) {
            ("replicas", Some(at)) => Figure::ReplicasAt(at),
            ("replicas", None) => {
                return Err("`replicas` needs a time: `replicas at 2026-09-19 11:00`".to_owned());
            }
            (_, Some(_)) => return Err("only `replicas` can be asked for at a time".to_owned()),
            ("saved-against-peak-floor", None) => Figure::Saved(Way::PeakFloor),
            ("saved-against-max", None) => Figure::Saved(Way::Maximum),
            (word, None) => Figure::Sum(sum(word)?),
        };
        let about = words.pop().map(str::to_owned);
        if let Some(word) = words.pop() {
            return Err(format!(
                "nobody knows what `{word}` is doing there: a line is [TARGET] FIGURE [at TIME] < NUMBER"
            ));
        }
        let one = matches!(figure, Figure::ReplicasAt(_));
        if one && about.is_none() {
            return Err("`replicas` needs a target before it: `DE/queries replicas at ..`".to_owned());
        }
        if matches!(figure, Figure::Saved(_)) && about.is_some() {
            return Err("what is saved is known of all targets together only".to_owned());
        }
        Ok(Self { about, figure, relation: *relation, limit })
    }

    /// The figure in a study, and whether it is as expected; the error says what the study does not know.
    pub fn hold(&self, study: &Study) -> Result<(f64, bool), String> {
        let value = match self.figure {
            Figure::ReplicasAt(at) => self.replicas(study, at)?,
            Figure::Saved(way) => {
                let saved = study.saved().into_iter().find(|saved| saved.against == way && saved.peak > 0.0);
                saved.ok_or("nothing was run, so nothing is saved")?.share()
            }
            Figure::Sum(Sum::Cost) if study.terms.pod_hour.is_none() => {
                return Err("`territories.toml` has no `[cost]`".to_owned());
            }
            Figure::Sum(sum) => {
                let tally = self.tally(study)?;
                self.tells(study, sum, &tally)?;
                sum.of(&tally, study.terms.pod_hour.unwrap_or_default())
            }
        };
        Ok((value, self.relation.holds(value, self.limit)))
    }

    fn replicas(&self, study: &Study, at: LocalTime) -> Result<f64, String> {
        let about = self.about.as_deref().unwrap_or_default();
        let found = study.subjects.iter().position(|subject| is_called(subject, about));
        let found = found.ok_or_else(|| format!("no target that was run is called `{about}`"))?;
        let subject = &study.subjects[found];
        let zone: &Zone = subject.clock.zone();
        let at = match zone.at(at) {
            Resolved::Once(at) => at,
            Resolved::Twice { .. } | Resolved::Skipped { .. } => {
                return Err(format!("{at} is not there exactly once in {zone}"));
            }
        };
        if !subject.window.contains(at) {
            return Err("that is outside of what was run".to_owned());
        }
        Ok(f64::from(subject.replicas(study.kubernetes).at(at).0))
    }

    /// Of what was not run every promise would hold: an error, in words.
    fn tells(&self, study: &Study, sum: Sum, tally: &Tally) -> Result<(), String> {
        let about = self.about.as_deref();
        let season = study.slices.iter().skip(1).find(|season| Some(season.name.as_str()) == about);
        let whose = about.map_or_else(String::new, |about| format!(" of `{about}`"));
        if let Some(season) = season.filter(|season| season.times <= 0.0 && !study.is_measured) {
            let (kind, name) = (if season.is_campaign { "campaigns" } else { "seasons" }, &season.name);
            return Err(format!(
                "nobody says what `{name}` brings, so it was run with the base load: write `load = 3.0` in `[{kind}.{name}]`, or give `--burst {name}=3`"
            ));
        }
        if tally.seconds <= 0.0 {
            return Err(format!("that is outside of what was run: nothing{whose} was"));
        }
        let is_felt = match sum {
            Sum::MinutesOverGate | Sum::MinutesSaturated | Sum::InTime | Sum::WorstP95 => true,
            Sum::MinutesBelowFloor | Sum::PodHours | Sum::Cost | Sum::ScaleEvents | Sum::MostReplicas => {
                false
            }
        };
        if is_felt && tally.felt.requests <= 0.0 {
            return Err(format!("no request{whose} was run, so nothing can be late"));
        }
        Ok(())
    }

    fn tally(&self, study: &Study) -> Result<Tally, String> {
        let Some(about) = &self.about else { return Ok(study.sum(Way::Plan, |_| true)) };
        if let Some(slice) = study.slices.iter().position(|season| season.name == *about) {
            return Ok(study.season(Way::Plan, Slice(slice)));
        }
        let known = study.subjects.iter().any(|subject| is_called(subject, about) || subject.place == *about);
        if !known {
            return Err(format!("no target, territory or season that was run is called `{about}`"));
        }
        Ok(study.sum(Way::Plan, |subject| is_called(subject, about) || subject.place == *about))
    }
}

/// By its whole name, or short: `DE/queries`.
pub fn is_called(subject: &Subject, name: &str) -> bool {
    subject.name == name || format!("{}/{}", subject.place, subject.workload) == name
}

fn sum(word: &str) -> Result<Sum, String> {
    let known = SUMS.iter().find(|(known, _)| *known == word);
    known.map(|(_, sum)| *sum).ok_or_else(|| {
        let all: Vec<&str> = SUMS.iter().map(|(word, _)| *word).collect();
        format!(
            "`{word}` is not a figure; there are replicas, saved-against-peak-floor, saved-against-max, {}",
            all.join(", ")
        )
    })
}

impl Sum {
    fn of(self, tally: &Tally, pod_hour: f64) -> f64 {
        match self {
            Self::MinutesOverGate => tally.felt.over_gate / 60.0,
            Self::MinutesSaturated => tally.felt.saturated / 60.0,
            Self::MinutesBelowFloor => tally.below_floor / 60.0,
            Self::InTime => tally.in_time(),
            Self::PodHours => tally.pod_hours(),
            Self::Cost => tally.pod_hours() * pod_hour,
            Self::WorstP95 => tally.felt.worst * 1000.0,
            Self::ScaleEvents => f64::from(tally.scale_events),
            Self::MostReplicas => f64::from(tally.most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_what_is_wrong_is_said() {
        let read = |line: &str| Expectation::read(line).unwrap();
        let replicas = read("DE/queries replicas at 2026-09-19 11:00 >= 6");
        assert_eq!(replicas.about.as_deref(), Some("DE/queries"));
        assert_eq!(replicas.figure, Figure::ReplicasAt(LocalTime::parse("2026-09-19 11:00").unwrap()));
        assert_eq!((replicas.relation, replicas.limit), (Relation::AtLeast, 6.0));
        assert_eq!(read("minutes-over-gate < 30").figure, Figure::Sum(Sum::MinutesOverGate));
        assert_eq!(read("saved-against-max > 0.4").figure, Figure::Saved(Way::Maximum));
        for (line, said) in [
            ("minutes-over-gate < many", "number"),
            ("minutes-over-gate ~ 3", "one of"),
            ("minute-over-gate < 3", "`minute-over-gate` is not a figure"),
            ("DE/queries replicas >= 6", "needs a time"),
            ("replicas at 2026-09-19 11:00 >= 6", "needs a target"),
            ("DE/queries replicas at noon >= 6", "after `at`"),
            ("DE cost at 2026-09-19 11:00 >= 6", "only `replicas`"),
            ("the DE cost < 6", "`the`"),
            ("DE saved-against-max > 0.1", "all targets together"),
            ("", "number"),
        ] {
            let error = Expectation::read(line).unwrap_err();
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
