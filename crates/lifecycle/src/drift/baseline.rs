//! What a version's training rows were like, as it is kept beside the saved model: sketches, not rows.

use super::columns::Column;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vakhta_ml::artifact::{ArtifactError, Reader, Writer, open, seal, unsound};
use vakhta_ml::drift::{Profile, profiles_from_bytes, profiles_to_bytes};
use vakhta_ml::evidence::estimate::{ForecastDay, LabelledDay};

const MAGIC: &[u8; 8] = b"VKBASELN";
const VERSION: u32 = 1;

/// The training rows of a version, and how its held-out answers kept what they promised.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Baseline {
    pub facts: Facts,
    /// The profile of each column of the facts, in their order.
    pub profiles: Vec<Profile>,
}

/// What is known besides the profiles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub columns: Vec<Column>,
    /// Of a forecast the last day of its training rows.
    pub until: Option<Date>,
    /// Days that later rows are reported on together.
    pub unit_days: u32,
    /// Of a forecast the days of its validation folds, oldest first.
    pub forecast_days: Vec<ForecastDay>,
    /// Of classes the held-out rows together.
    pub held_out: Option<LabelledDay>,
}

impl Baseline {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.bytes(&serde_json::to_vec(&self.facts).expect("plain data"));
        let names = self.facts.columns.iter().map(|column| column.name.as_str());
        body.bytes(&profiles_to_bytes(names.zip(&self.profiles)));
        seal(MAGIC, VERSION, &body.0)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtifactError> {
        let mut from = Reader(open(MAGIC, VERSION, bytes)?);
        let facts: Facts = match serde_json::from_slice(from.bytes()?) {
            Ok(facts) => facts,
            Err(error) => return unsound(format!("the facts of a profile cannot be read: {error}")),
        };
        let (names, profiles): (Vec<String>, Vec<Profile>) =
            profiles_from_bytes(from.bytes()?)?.into_iter().unzip();
        if !names.iter().eq(facts.columns.iter().map(|column| &column.name)) || !from.0.is_empty() {
            return unsound("the profiles are not those of its columns");
        }
        Ok(Self { facts, profiles })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::columns::{Part, Sort};

    #[test]
    fn a_baseline_comes_back_and_a_damaged_one_is_refused() {
        let baseline = Baseline {
            facts: Facts {
                columns: vec![Column::new(Part::Input, "цена", Sort::Number), Column::confidence()],
                until: Some(jiff::civil::date(2026, 2, 28)),
                unit_days: 7,
                forecast_days: vec![ForecastDay { n: 3, width: 1.0, forecast: 2.0, error: 0.5, actual: 2.5 }],
                held_out: Some(LabelledDay::default()),
            },
            profiles: vec![Profile::numbers(&[1.0, 2.0, f64::NAN]), Profile::numbers(&[0.5])],
        };
        let bytes = baseline.to_bytes();
        assert_eq!(Baseline::from_bytes(&bytes).expect("it was just written"), baseline);
        for at in [0, 20, bytes.len() / 2, bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(Baseline::from_bytes(&damaged).is_err(), "byte {at}");
        }
        assert!(Baseline::from_bytes(&bytes[..bytes.len() - 9]).is_err());
    }
}
