//! The event journal on a real PostgreSQL.

mod behaviour;
mod failures;
mod made;
mod migration;
mod monitoring;
pub mod server;
mod session;
mod under_load;
mod versions;
