//! An ensemble as bytes: 16 a node.

use super::ensemble::{Ensemble, Node, Tree};
use crate::artifact::{ArtifactError, Reader, Writer, unsound};

impl Ensemble {
    /// Appends the ensemble.
    pub fn write(&self, out: &mut Writer) {
        out.f64(self.base);
        out.f64s(&self.gain);
        out.u64(self.splits.len() as u64);
        self.splits.iter().for_each(|&splits| out.u64(splits));
        out.u64(self.trees.len() as u64);
        for tree in &self.trees {
            out.u32(tree.root);
            out.u32(tree.depth);
        }
        out.u64(self.nodes.len() as u64);
        for node in &self.nodes {
            out.u32(node.left);
            out.u32(node.threshold.to_bits());
            out.u32(node.value.to_bits());
            out.u32(u32::from(node.feature) | u32::from(node.missing_left) << 16);
        }
    }

    /// Reads what [`Ensemble::write`] wrote for rows of `width` features; refuses trees that would not end.
    pub fn read(body: &mut Reader<'_>, width: usize) -> Result<Self, ArtifactError> {
        let base = body.f64()?;
        let gain = body.f64s()?;
        let splits = body.count(8)?;
        let splits = (0..splits).map(|_| body.u64()).collect::<Result<Vec<u64>, _>>()?;
        let trees = body.count(8)?;
        let trees = (0..trees)
            .map(|_| Ok(Tree { root: body.u32()?, depth: body.u32()? }))
            .collect::<Result<Vec<Tree>, ArtifactError>>()?;
        let count = body.count(16)?;
        let mut nodes = Vec::with_capacity(count);
        for _ in 0..count {
            let (left, threshold, value) =
                (body.u32()?, f32::from_bits(body.u32()?), f32::from_bits(body.u32()?));
            let packed = body.u32()?;
            let feature = (packed & 0xFFFF) as u16;
            nodes.push(Node { left, threshold, value, feature, missing_left: packed >> 16 == 1 });
        }
        let ensemble = Self { base, width, nodes, trees, gain, splits };
        if ensemble.is_sound() { Ok(ensemble) } else { unsound("its trees do not end") }
    }
}
