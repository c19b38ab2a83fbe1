//! What is wrong with a ScaledObject: what the API server or KEDA's webhook refuses, what KEDA cannot build, what runs but
//! not as it looks, and what works against another object. Each rule asks the model in `keda`, which knows none of them.

pub mod admission;
mod built;
pub mod claims;
mod cloud;
pub mod cost;
mod credentials;
pub mod finding;
pub mod halt;
pub mod lint;
mod neighbours;
mod rabbitmq;
mod resources;
mod scaler;
pub mod stake;
pub mod subject;
mod targets;
mod unbuilt;
mod values;
mod ways;
