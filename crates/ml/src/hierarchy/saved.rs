//! A reconciler as bytes. Nothing in the bytes is believed before it is checked; what follows from the rest is not
//! saved but computed again.

use super::reconcile::Weights;
use super::{Hierarchy, Level, Method, Reconciler};
use crate::artifact::{ArtifactError, Reader, Writer, unsound};

/// Methods in the order of their numbers.
const METHODS: [Method; 6] = [
    Method::BottomUp,
    Method::TopDown,
    Method::Ols,
    Method::WlsStructural,
    Method::WlsVariance,
    Method::MintShrink,
];

impl Reconciler {
    /// Appends it to bytes.
    pub fn write(&self, out: &mut Writer) {
        out.u32(METHODS.iter().position(|m| *m == self.method).unwrap_or(0) as u32);
        out.bytes(&serde_json::to_vec(&self.hierarchy.levels).expect("levels hold words and numbers"));
        let Some(weights) = &self.weights else { return };
        out.f64s(&weights.diagonal);
        out.u64(weights.rows.len() as u64);
        weights.rows.iter().for_each(|row| out.f64s(row));
    }

    /// Takes one from bytes: of at most `nodes` nodes, over `bottoms` bottoms, with no variance above the square of
    /// `absurd`.
    pub fn read(
        bytes: &mut Reader<'_>,
        nodes: usize,
        bottoms: usize,
        absurd: f64,
    ) -> Result<Self, ArtifactError> {
        let Some(&method) = METHODS.get(bytes.u32()? as usize) else {
            return unsound("a hierarchy is reconciled by no known method");
        };
        let levels: Vec<Level> = match serde_json::from_slice(bytes.bytes()?) {
            Ok(levels) => levels,
            Err(error) => return unsound(format!("its hierarchy cannot be read, {error}")),
        };
        let hierarchy = Hierarchy { levels, bottoms };
        if hierarchy.count() > nodes || !hierarchy.levels.iter().all(|level| is_partition(level, bottoms)) {
            return unsound("a level of its hierarchy does not hold every series once");
        }
        if matches!(method, Method::BottomUp | Method::TopDown) {
            return Ok(Self { hierarchy, method, weights: None });
        }
        let all = hierarchy.count() + bottoms;
        let diagonal = bytes.f64s()?;
        let most = absurd * absurd;
        if diagonal.len() != all || !diagonal.iter().all(|v| *v > 0.0 && *v <= most) {
            return unsound("the variances of its hierarchy are missing or impossible");
        }
        let count = bytes.count(8)?;
        let rows = (0..count).map(|_| bytes.f64s()).collect::<Result<Vec<_>, _>>()?;
        if !rows.iter().all(|row| row.len() == all && row.iter().all(|v| v.abs() <= absurd)) {
            return unsound("the errors of its hierarchy are missing or impossible");
        }
        let weights = Some(Weights::new(&hierarchy, diagonal, rows));
        Ok(Self { hierarchy, method, weights })
    }
}

/// Whether each bottom lies in exactly one node of a level.
fn is_partition(level: &Level, bottoms: usize) -> bool {
    let mut seen = vec![false; bottoms];
    for node in &level.nodes {
        for &member in &node.members {
            match seen.get_mut(member as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return false,
            }
        }
    }
    seen.iter().all(|seen| *seen)
}
