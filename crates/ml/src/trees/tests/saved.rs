//! An ensemble survives its bytes, and bytes do not survive tampering.

use super::{continue_on, params, surface};
use crate::artifact::{ArtifactError, Reader, Writer};
use crate::matrix::Matrix;
use crate::trees::{BoostParams, Data, Ensemble, Objective, learn};
use proptest::prelude::*;
use std::sync::OnceLock;

const WIDTH: usize = 5;

fn ensemble() -> &'static Ensemble {
    static ENSEMBLE: OnceLock<Ensemble> = OnceLock::new();
    ENSEMBLE.get_or_init(|| {
        let (matrix, target) = surface(800, WIDTH);
        let classes: Vec<f64> = target.iter().map(|y| (y.abs() / 20.0).floor().min(2.0)).collect();
        let rows: Vec<u32> = (0..800).collect();
        let data = Data {
            matrix: &matrix,
            target: &classes,
            weights: &[],
            rows: &rows,
            held_out: &[],
            categorical: &[0, 2],
        };
        let params = BoostParams { objective: Objective::Softmax(3), rounds: 4, leaves: 9, ..params() };
        learn(&data, &params, 1, &mut continue_on).expect("an ensemble")
    })
}

fn bytes() -> Vec<u8> {
    let mut out = Writer::default();
    ensemble().write(&mut out);
    out.0
}

/// What a reader must be able to do with anything that it accepts.
fn use_it(read: &Ensemble) {
    let rows = Matrix::new((0..100 * WIDTH).map(|v| (v % 13) as f32).collect(), WIDTH);
    let mut out = vec![0.0; 100 * read.outputs()];
    read.predict(&rows, &mut out);
    assert_eq!(read.shap(rows.row(0)).len(), WIDTH * read.outputs());
}

#[test]
fn an_ensemble_read_back_is_the_same() {
    let bytes = bytes();
    let mut body = Reader(&bytes);
    let read = Ensemble::read(&mut body, WIDTH).expect("an ensemble");
    assert!(body.0.is_empty());
    assert_eq!(&read, ensemble());
    assert!(read.nodes.iter().any(|node| node.by_category));
    let fixed = 8 * (3 + WIDTH) + 64;
    let sets: usize = read.sets.iter().map(|set| 8 + 4 * set.len()).sum();
    let a_node = (bytes.len() - fixed - sets) as f64 / read.nodes.len() as f64;
    assert!(a_node < 9.0, "{a_node} bytes a node");
    use_it(&read);
}

#[test]
fn every_shorter_file_is_refused() {
    let bytes = bytes();
    for length in 0..bytes.len() {
        assert!(Ensemble::read(&mut Reader(&bytes[..length]), WIDTH).is_err(), "{length} bytes");
    }
    let mut newer = bytes;
    newer[0] = 9;
    let refused = Ensemble::read(&mut Reader(&newer), WIDTH).expect_err("refused");
    assert!(matches!(refused, ArtifactError::Version { found: 9, .. }));
}

#[test]
fn trees_that_share_nodes_are_refused() {
    let mut shared = ensemble().clone();
    // Every split of the first tree leads to the same two nodes: the ways down would double at each.
    let (from, to) = (shared.trees[0].root as usize, shared.trees[1].root as usize);
    for at in from..to - 2 {
        if shared.nodes[at].left as usize != at {
            shared.nodes[at].left = (to - 2) as u32;
        }
    }
    assert!(!shared.is_sound());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn changed_bytes_are_refused_or_harmless(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(read) = Ensemble::read(&mut Reader(&bytes), WIDTH) {
            prop_assert!(read.is_sound());
            use_it(&read);
        }
    }

    #[test]
    fn random_bytes_are_refused_or_harmless(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(read) = Ensemble::read(&mut Reader(&bytes), WIDTH) {
            use_it(&read);
        }
    }
}
