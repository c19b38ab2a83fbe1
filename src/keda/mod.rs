//! KEDA and the HPA as a model: the bytes of any ScaledObject become what KEDA does with it.
//!
//! Ported from KEDA 2.16 and later, robfig/cron v3.0.1 and the HPA controller; it must not know our plan, policy or
//! templates, so that it can judge our files like anybody else's.

pub mod activity;
pub mod admission;
mod built;
pub mod claims;
pub mod composite;
pub mod cost;
pub mod cron;
pub mod decode;
mod elements;
pub mod fields;
pub mod finding;
pub mod floor;
pub mod formula;
pub mod halt;
pub mod held;
pub mod lint;
pub mod measure;
pub mod neighbour;
mod neighbours;
mod parameters;
pub mod query;
mod ramp;
pub mod scaledobject;
mod scaler;
pub mod subject;
pub mod trigger;
