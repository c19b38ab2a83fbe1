//! The event journal on a real PostgreSQL.

mod behaviour;
mod migration;
pub mod server;
mod under_load;
