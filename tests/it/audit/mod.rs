//! `audit` on manifests made by hand: what it finds, where, and what it prints.

mod beside;
pub(crate) mod corpus;
mod damaged;
mod formats;
mod lists;
mod own;
mod worst;
