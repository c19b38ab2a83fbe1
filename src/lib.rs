//! seasonscale compiles a business's year (a TOML season calendar and a TOML territory profile) into the files that scale,
//! watch, store and explain a system, and proves, before it writes a byte, that those files do what the calendar says.
//!
//! ```text
//! policies/*.toml --policy--> Policy --resolve--> Origins --plan--> Plan --emit--> Artifacts --verify--> written, or refused
//! ```
//!
//! The tree is the architecture. What a module may import, besides the ground modules, stands in the table of
//! `tests/it/architecture/imports.rs`, which fails where an import goes another way.
//!
//! Invariants: (a) `emit` and `verify` share only [`plan::Plan`] and [`artifact::Artifact`], or verification would confirm
//! emission's own mistakes: numbers for machines are parsed back, tables for people are compared as text; (b) same sources,
//! same bytes, on any machine and any day; (c) a [`step::StepFn`] is total: there is no instant without a floor; (d) nothing
//! below `cli` reads a clock, a file or the environment; (e) every floor can name its origins; (f) cron has no year, so
//! `verify` walks the whole horizon.

// Ground: import nothing of ours above them.
pub mod artifact;
pub mod dates;
pub mod features;
pub mod finding;
pub mod invisible;
pub mod kept;
pub mod keys;
pub mod markdown;
pub mod name;
pub mod parallel;
pub mod profile;
pub mod quantity;
pub mod source;
pub mod step;
pub mod time;
pub mod tolerance;
pub mod yaml;

// The pipeline.
pub mod begin;
pub mod emit;
pub mod plan;
pub mod policy;
pub mod resolve;

pub mod cluster;
pub mod keda;
pub mod rules;

pub mod audit;
pub mod explain;
pub mod renew;
pub mod review;
pub mod simulate;
pub mod verify;

pub mod report;

pub mod compile;
pub mod import;
pub mod publish;

pub mod cli;
