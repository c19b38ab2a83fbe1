//! `audit` on manifests made by hand: what it finds, where, and what it prints.

pub(crate) mod corpus;
mod damaged;
mod formats;
mod lists;
mod own;
mod worst;
