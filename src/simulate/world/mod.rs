//! The world around a target: how much is asked of it, how long its answers take, and what its triggers read of both.

pub mod balance;
pub mod crowd;
pub mod demand;
pub mod latency;
pub mod noise;
pub mod recorded;
pub mod shape;
pub mod signal;
pub mod site;
pub mod tally;
