//! The server itself: health, what it is, and the contracts it speaks.

pub mod about;
pub mod health;
pub mod metrics;
