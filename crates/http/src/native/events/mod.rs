//! The history: who did what, from where; and the same as it happens.

pub mod chain;
pub mod list;
pub mod live;
pub mod suspicious;
pub mod views;
