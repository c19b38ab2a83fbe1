//! The model of the HPA's controller and of KEDA against the real ones.

mod command;
mod guard;
mod jumps;
mod loads;
mod manifests;
mod page;
mod prometheus;
mod properties;
mod queueing;
mod trajectories;
mod vectors;
