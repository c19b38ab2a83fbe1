//! What a cluster would do with a manifest: the HPA's controller and KEDA as a model, pass by pass, agreeing with the real
//! ones replica for replica, and the world around them.
//!
//! It reads *emitted* manifests through `keda`, never the plan: it judges what will be deployed. What the model does not
//! know is refused by name.

pub mod closely;
pub mod comparison;
pub mod deployment;
pub mod expectation;
pub mod floors;
pub mod hpa;
pub mod keda;
pub mod manifest;
pub mod moment;
pub mod own_query;
pub mod picture;
pub mod run;
pub mod study;
pub mod why;
pub mod world;
pub mod year;
