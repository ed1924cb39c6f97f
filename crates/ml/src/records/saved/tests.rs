//! A model survives its bytes, and bytes do not survive tampering.

use crate::artifact::{ArtifactError, PREFIX};
use crate::records::Fitted;
use crate::records::tests::{ALL, checked, fitted, shop};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

fn models() -> &'static [Fitted] {
    static MODELS: OnceLock<Vec<Fitted>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let (records, classes, numbers) = shop(60, 1);
        let mut models = vec![];
        for engine in ["linear", "gbdt", "mlp"] {
            let rest = ", params: {max_epochs: 3}";
            let rest = if engine == "mlp" { rest } else { "" };
            models.push(fitted(&checked("classification", engine, ALL, rest), &records, &classes));
            models.push(fitted(
                &checked("regression", engine, "numeric: [price], categorical: [kind]", rest),
                &records,
                &numbers,
            ));
        }
        models.push(fitted(&checked("regression", "linear", "text: [kind]", ""), &records, &numbers));
        models
    })
}

/// The same body under a digest that fits.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = (bytes.len() - PREFIX) as u64;
    bytes[12..20].copy_from_slice(&length.to_le_bytes());
    let digest = Sha256::digest(&bytes[PREFIX..]);
    bytes[20..52].copy_from_slice(&digest);
    bytes
}

#[test]
fn bytes_give_the_same_model() {
    let (records, ..) = shop(30, 2);
    for model in models() {
        let bytes = model.to_bytes();
        let read = Fitted::from_bytes(&bytes).expect("own bytes");
        assert_eq!(read, model.clone().without_held());
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(read.predict(&records, 3), model.predict(&records, 3));
    }
}

#[test]
fn other_and_damaged_bytes_are_refused() {
    let bytes = models()[0].to_bytes();
    assert_eq!(Fitted::from_bytes(b"VKHTFCST"), Err(ArtifactError::NotAnArtifact));
    assert_eq!(Fitted::from_bytes(&bytes[..bytes.len() - 1]), Err(ArtifactError::Truncated));
    let mut flipped = bytes.clone();
    flipped[PREFIX + 40] ^= 1;
    assert_eq!(Fitted::from_bytes(&flipped), Err(ArtifactError::Damaged));
    let longer = resealed(bytes.iter().copied().chain([0]).collect());
    assert!(matches!(Fitted::from_bytes(&longer), Err(ArtifactError::Unsound { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever a forger writes under a right digest: an error, or a model whose answers are sound.
    #[test]
    fn forged_bodies_are_errors_or_sound(
        which in 0..7usize,
        places in prop::collection::vec((0.0..1.0f64, any::<u8>()), 1..6),
        cut in prop::option::of(0.0..1.0f64),
    ) {
        let mut bytes = models()[which].to_bytes();
        let body = bytes.len() - PREFIX;
        for (place, value) in places {
            bytes[PREFIX + (place * body as f64) as usize] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(PREFIX + (cut * body as f64) as usize);
        }
        if let Ok(model) = Fitted::from_bytes(&resealed(bytes)) {
            let (records, ..) = shop(3, 3);
            prop_assert_eq!(model.predict(&records, 3).len(), 3);
            model.explain(&records, 0);
            model.schema();
        }
    }
}
