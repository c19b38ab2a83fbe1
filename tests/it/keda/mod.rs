//! The model of KEDA against answers of the real one.

mod cases;
mod checks;
mod cron;
mod formula;
mod ramp;
mod readers;
mod zones;
