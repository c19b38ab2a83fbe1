//! KEDA and the HPA as a model: the bytes of any ScaledObject become what KEDA does with it.
//!
//! Ported from KEDA 2.16 and later, robfig/cron v3.0.1 and the HPA controller; it must not know our plan, policy or
//! templates, so that it can judge our files like anybody else's. What is wrong with an object is said in `rules`.

pub mod activity;
pub mod composite;
pub mod cron;
pub mod decode;
mod dialect;
pub mod elements;
pub mod fields;
pub mod floor;
pub mod formula;
pub mod held;
pub mod labels;
pub mod limits;
pub mod measure;
pub mod neighbour;
pub mod pair;
pub mod parameters;
pub mod pause;
pub mod query;
pub mod ramp;
pub mod scaledobject;
pub mod selector;
pub mod trigger;
