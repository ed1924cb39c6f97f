//! What an entry of the prediction log tells beside its point value, read from the JSON that it is logged as and written
//! as it was.

use crate::report::Interval;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A class and how probable it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probability {
    /// The class.
    pub label: String,
    /// Its probability, 0 to 1.
    pub probability: f64,
}

/// The answer beside its point value.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// Of a number.
    Number {
        /// Periods between the end of the history and the forecast one; none where nothing was forecast.
        step: Option<u32>,
        /// Its intervals.
        intervals: Vec<Interval>,
    },
    /// Of a class.
    Class {
        /// The one answered.
        label: String,
        /// The most probable ones, in order.
        probabilities: Vec<Probability>,
    },
}

/// The same with who answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The answer.
    pub said: Said,
    /// Who answered, where it was not simply the version that was asked.
    pub arm: Option<String>,
}

/// The JSON in the order in which it is written.
#[derive(Serialize, Deserialize)]
struct Text {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probabilities: Option<Vec<Probability>>,
    /// The outer none: a class has no such field.
    #[expect(
        clippy::option_option,
        reason = "an absent field is not a null, and both are written as they were"
    )]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<Option<u32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intervals: Option<Vec<Interval>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arm: Option<String>,
}

/// The same, taken as far as it can be: bounds that are no numbers make an answer without intervals.
#[derive(Deserialize)]
struct Loose {
    label: Option<String>,
    probabilities: Option<Value>,
    step: Option<u32>,
    intervals: Option<Value>,
    arm: Option<String>,
}

impl Output {
    /// Reads it; none where it is not an answer of ours. What it does not tell is absent or empty.
    pub fn parse(text: &str) -> Option<Self> {
        let text = serde_json::from_str::<Text>(text).ok().or_else(|| {
            let loose: Loose = serde_json::from_str(text).ok()?;
            let intervals = loose.intervals.and_then(|value| serde_json::from_value(value).ok());
            let probabilities = loose.probabilities.and_then(|value| serde_json::from_value(value).ok());
            let Loose { label, step, arm, .. } = loose;
            Some(Text { label, probabilities, step: Some(step), intervals, arm })
        })?;
        let Text { label, probabilities, step, intervals, arm } = text;
        let said = match label {
            Some(label) => Said::Class { label, probabilities: probabilities.unwrap_or_default() },
            None => Said::Number { step: step.flatten(), intervals: intervals.unwrap_or_default() },
        };
        Some(Self { said, arm })
    }

    /// Writes it, as new entries are logged.
    pub fn text(&self) -> String {
        let arm = self.arm.clone();
        let text = match self.said.clone() {
            Said::Number { step, intervals } => {
                Text { label: None, probabilities: None, step: Some(step), intervals: Some(intervals), arm }
            }
            Said::Class { label, probabilities } => Text {
                label: Some(label),
                probabilities: Some(probabilities),
                step: None,
                intervals: None,
                arm,
            },
        };
        serde_json::to_string(&text).expect("plain data")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_logged_is_written_as_it_was() {
        let texts = [
            r#"{"step":3,"intervals":[{"level":80,"lo":-1.5,"hi":2.0},{"level":95,"lo":-1e+300,"hi":0.1}]}"#,
            r#"{"step":null,"intervals":[]}"#,
            r#"{"step":1,"intervals":[],"arm":"challenger"}"#,
            r#"{"label":"чай \"1\"","probabilities":[{"label":"a","probability":0.25}],"arm":"shadow"}"#,
        ];
        for text in texts {
            assert_eq!(Output::parse(text).expect("ours").text(), text);
        }
    }

    #[test]
    fn what_is_not_told_is_absent_and_what_is_not_ours_is_none() {
        let empty = Output { said: Said::Number { step: None, intervals: Vec::new() }, arm: None };
        assert_eq!(Output::parse("{}"), Some(empty.clone()));
        let broken = r#"{"step":2,"intervals":[{"level":80,"lo":null,"hi":1.0}],"more":1}"#;
        let found = Output::parse(broken).expect("an answer");
        assert_eq!(found.said, Said::Number { step: Some(2), intervals: Vec::new() });
        for text in ["", "[", "[1]", "7", r#"{"step":-1}"#, r#"{"label":3}"#] {
            assert_eq!(Output::parse(text), None, "{text}");
        }
    }
}
