//! The model of the HPA's controller and of KEDA against the real ones.

mod jumps;
mod trajectories;
mod vectors;
