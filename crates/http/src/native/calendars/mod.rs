//! Which days are holidays, days off, working Saturdays and short days: the country's word and the company's.

pub mod days;
pub mod views;
