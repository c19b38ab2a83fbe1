//! The event journal on a real PostgreSQL.

mod backlog;
mod backups;
mod behaviour;
mod chaos;
mod exporter;
mod failures;
mod made;
mod migration;
mod monitoring;
mod oncall;
mod poison;
mod recount;
mod retention;
pub mod server;
mod session;
mod under_load;
mod versions;
