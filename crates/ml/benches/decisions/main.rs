//! How often the rules of the watch are wrong: `cargo bench -p vakhta-ml --bench decisions -- [SECTION] [SCALE]`.
//!
//! Rows and losses whose truth is known, thousands of times; seeds are printed. SCALE multiplies the number of times.

mod drift;
mod promotion;

use std::error::Error;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let scale: f64 = given.get(1).map_or(Ok(1.0), |scale| scale.parse())?;
    match given.first().map(String::as_str) {
        None | Some("all") => {
            drift::run(scale)?;
            promotion::run(scale)?;
        }
        Some("drift") => drift::run(scale)?,
        Some("promotion") => promotion::run(scale)?,
        Some(other) => writeln!(std::io::stderr(), "no section `{other}`; there are: all, drift, promotion")?,
    }
    Ok(())
}
