//! A model survives its bytes, and bytes do not survive tampering.

use crate::artifact::{ArtifactError, PREFIX};
use crate::forecast::{Actual, Fitted, ForecastQuery, KnownValue, Params, fit};
use crate::panel::{NumberColumn, Observations, Panel};
use jiff::civil::date;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::sync::{Arc, OnceLock};
use vakhta_domain::progress::Unwatched;
use vakhta_domain::spec::parse_yaml;

fn fitted() -> &'static Fitted {
    static FITTED: OnceLock<Fitted> = OnceLock::new();
    FITTED.get_or_init(|| {
        let mut rows =
            Observations { series_columns: vec!["branch".into()], series: vec![vec![]], ..Observations::default() };
        let mut promo = vec![];
        for branch in ["Омск", "Тверь"] {
            for day in 0..420u32 {
                rows.time.push(date(2024, 1, 1).saturating_add(jiff::Span::new().days(day)));
                rows.series[0].push(Arc::from(branch));
                rows.target.push(f64::from(50 + (day % 7) * 5 + day * 13 % 11));
                promo.push(f64::from(u8::from(day % 20 == 0)));
            }
        }
        rows.known_future.push(NumberColumn { name: "promo".into(), values: promo });
        let text = "{model_key: m, task: forecast, data: {dataset: d, time: t, series: [branch], target: y, known_future: [promo]}, \
                    features: {calendar: {country: RU}}, engine: gbdt, params: {rounds: 12, leaves: 5}}";
        let checked = Params::from_spec(&parse_yaml(text).expect("a spec")[0]).expect("settings");
        let (panel, _) = Panel::build(&rows, &checked.panel_rules()).expect("a panel");
        fit(&checked, &panel, 1, 1, &Unwatched).expect("a fit")
    })
}

fn query(horizon: usize) -> ForecastQuery {
    let known = KnownValue { series: None, date: date(2025, 3, 1), column: "promo".into(), value: 1.0 };
    ForecastQuery { horizon, series: None, levels: vec![80, 95], known_future: vec![known] }
}

/// Bytes with a digest that fits what is in them.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() >= PREFIX {
        let length = (bytes.len() - PREFIX) as u64;
        let digest = Sha256::digest(&bytes[PREFIX..]);
        bytes[12..20].copy_from_slice(&length.to_le_bytes());
        bytes[20..PREFIX].copy_from_slice(&digest);
    }
    bytes
}

#[test]
fn a_model_read_back_answers_bit_for_bit() {
    let fitted = fitted();
    let bytes = fitted.to_bytes();
    let back = Fitted::from_bytes(&bytes).expect("a model");
    assert_eq!(back.to_bytes(), bytes);
    assert_eq!(back.report(), fitted.report());
    for horizon in [1, 28, 60] {
        assert_eq!(back.forecast(&query(horizon)), fitted.forecast(&query(horizon)));
    }
    let key = ["Омск".to_owned()];
    assert_eq!(back.history(&key, 1000).expect("history").len(), 420);
    assert_eq!(back.history(&key, 30), fitted.history(&key, 30));
}

#[test]
fn other_files_are_told_apart() {
    assert_eq!(Fitted::from_bytes(b"").expect_err("refused"), ArtifactError::NotAnArtifact);
    assert_eq!(Fitted::from_bytes(b"PAR1 and so on").expect_err("refused"), ArtifactError::NotAnArtifact);
    let mut newer = fitted().to_bytes();
    newer[8] = 9;
    assert_eq!(
        Fitted::from_bytes(&newer).expect_err("refused"),
        ArtifactError::Version { found: 9, known: super::VERSION }
    );
    let mut flipped = fitted().to_bytes();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    assert_eq!(Fitted::from_bytes(&flipped).expect_err("refused"), ArtifactError::Damaged);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn cut_files_are_refused(part in 0.0f64..1.0) {
        let bytes = fitted().to_bytes();
        let cut = &bytes[..(bytes.len() as f64 * part) as usize];
        prop_assert!(Fitted::from_bytes(cut).is_err());
        prop_assert!(Fitted::from_bytes(&resealed(cut.to_vec())).is_err());
    }

    /// Whoever can write a file can also write its digest: such a file is refused or answers, and never panics.
    #[test]
    fn forged_files_are_refused_or_answer(changes in prop::collection::vec((0.0f64..1.0, any::<u8>()), 1..12)) {
        let mut bytes = fitted().to_bytes();
        let body = bytes.len() - PREFIX;
        for (place, value) in changes {
            bytes[PREFIX + (body as f64 * place) as usize] = value;
        }
        if let Ok(model) = Fitted::from_bytes(&resealed(bytes)) {
            let _ = model.forecast(&query(40));
            let actual = Actual { series: vec!["Омск".into()], date: date(2025, 3, 1), value: 60.0 };
            let _ = model.extend(&[actual], &[]);
            let keys: Vec<Vec<String>> = model.series_keys().map(<[String]>::to_vec).collect();
            for key in keys {
                let _ = model.history(&key, 10);
                let _ = model.predict_at(&key, model.end(), &[]);
            }
        }
    }

    /// The lengths and pointers right behind the head are the likeliest to hurt.
    #[test]
    fn forged_lengths_are_refused_or_answer(offset in 0usize..4000, value in any::<u64>()) {
        let mut bytes = fitted().to_bytes();
        let head = u64::from_le_bytes(bytes[PREFIX..PREFIX + 8].try_into().expect("eight bytes")) as usize;
        let at = PREFIX + 8 + head + offset;
        if at + 8 <= bytes.len() {
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
            if let Ok(model) = Fitted::from_bytes(&resealed(bytes)) {
                let _ = model.forecast(&query(40));
            }
        }
    }
}
