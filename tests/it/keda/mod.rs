//! The model of KEDA against answers of the real one.

mod checks;
mod cron;
mod formula;
mod readers;
mod zones;
