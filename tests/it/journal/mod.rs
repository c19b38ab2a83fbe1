//! The event journal on a real PostgreSQL.

mod behaviour;
mod migration;
mod server;
mod under_load;
