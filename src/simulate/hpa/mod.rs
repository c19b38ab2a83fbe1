//! The HorizontalPodAutoscaler controller of Kubernetes (`pkg/controller/podautoscaler`), one pass at a time: what the metrics
//! ask for, stabilization, policies, limits, and the memory between passes.
//!
//! The expressions in floating point are the controller's own, term by term: the decimal result differs.

pub mod clock;
pub mod condition;
pub mod controller;
pub mod event;
pub mod kubernetes;
pub mod latest;
pub mod limit;
pub mod memory;
pub mod metric;
pub mod policy;
pub mod quiet;
pub mod recommendation;
pub mod scale;
pub mod spec;
