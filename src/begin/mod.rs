//! The first policy of a business: two small files with comments, from a few answers. They compile at once.
//!
//! It must not know files or the terminal.

mod calendar;
mod profile;

use crate::name::{KubeName, Slug};
use crate::time::{Date, Zone};

/// A pre-commit hook that checks the files. `{check}` is a command and `{files}` a regular expression, each as YAML has texts.
pub const HOOK: &str = include_str!("hook.yaml");

/// A workflow that checks and reviews. `{check}` and `{review}` are commands, each as YAML has texts.
pub const WORKFLOW: &str = include_str!("workflow.yaml");

/// Which year a business has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Black Friday and Christmas.
    WebShop,
    /// Asparagus, Oktoberfest and Christmas, on working days.
    FoodB2b,
    /// Monday to Friday by day.
    BusinessHours,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::WebShop, Self::FoodB2b, Self::BusinessHours];

    /// As a command line calls it.
    pub fn id(self) -> &'static str {
        match self {
            Self::WebShop => "web-shop",
            Self::FoodB2b => "food-b2b",
            Self::BusinessHours => "business-hours",
        }
    }

    /// What it is about.
    pub fn about(self) -> &'static str {
        match self {
            Self::WebShop => "Black Friday week and Christmas",
            Self::FoodB2b => "asparagus, Oktoberfest and Christmas, on working days",
            Self::BusinessHours => "Monday to Friday from 8 to 18",
        }
    }
}

/// How many replicas a workload has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// At least.
    pub min: u32,
    /// At most; above `min`.
    pub max: u32,
}

/// What a business answers.
#[derive(Clone, Debug)]
pub struct Answers {
    /// Its year.
    pub preset: Preset,
    /// The Deployments that are scaled; at least one.
    pub workloads: Vec<Slug>,
    /// Where they are.
    pub namespace: KubeName,
    /// Their clock.
    pub zone: Zone,
    /// How many there may be of each.
    pub range: Range,
    /// The day on which it begins: the plan is from the first of its month on, for a year.
    pub today: Date,
}

impl Range {
    /// The floor of a season, by its share of the way from the minimum to the maximum: above the minimum in any case.
    fn floor(self, percent: u32) -> u32 {
        self.min + ((self.max - self.min) * percent).div_ceil(100).max(1)
    }
}

/// The two files, `calendar.toml` and `territories.toml`.
pub fn files(answers: &Answers) -> [(&'static str, String); 2] {
    [("calendar.toml", calendar::text(answers)), ("territories.toml", profile::text(answers))]
}

/// The line by which an editor finds the schema of a file.
pub fn schema_line(file: &str) -> String {
    format!("#:schema .schema/{file}\n")
}
