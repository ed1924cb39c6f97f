//! The words of the product and its pure rules.
//!
//! Invariant: no I/O, no clock, no randomness, no SQL, no HTTP. What the product needs from outside is a
//! trait in [`ports`].

pub mod actual;
pub mod alert;
pub mod arms;
pub mod calendar;
pub mod chain;
pub mod daily;
pub mod dataset;
pub mod decision;
pub mod deployment;
pub mod drift;
pub mod event;
pub mod evidence;
pub mod ids;
pub mod job;
pub mod model;
pub mod page;
pub mod ports;
pub mod prediction;
pub mod progress;
pub mod promotion;
pub mod query;
pub mod report;
pub mod retrain;
pub mod rollback;
pub mod schedule;
pub mod source;
pub mod spec;
pub mod suspicion;
pub mod times;
pub mod trial;
pub mod user;
pub mod version;
pub mod workspace;
