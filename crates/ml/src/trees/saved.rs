//! An ensemble as bytes: about eight a node.
//!
//! A split is a byte of flags, its feature, its threshold or set and the distance to its left child; a leaf is a
//! byte, its value and its rows. The rows of splits, and the depths of trees, follow from those.

use super::ensemble::{Ensemble, Link, MAX_SETS, Node, Tree};
use crate::artifact::{ArtifactError, Reader, Writer, unsound};

/// The version of the layout.
const LAYOUT: u32 = 2;
const SPLIT: u8 = 1;
const MISSING_LEFT: u8 = 2;
const BY_CATEGORY: u8 = 4;

impl Ensemble {
    /// Appends the ensemble.
    pub fn write(&self, out: &mut Writer) {
        out.u32(LAYOUT);
        out.u32(match self.link {
            Link::Identity => 0,
            Link::Exp => 1,
            Link::Logistic => 2,
            Link::Softmax => 3,
        });
        out.f64s(&self.base);
        out.f64s(&self.gain);
        self.splits.iter().for_each(|&splits| varint(out, splits));
        out.u64(self.sets.len() as u64);
        for set in &self.sets {
            out.u64(set.len() as u64);
            for &word in set {
                out.u32(word);
            }
        }
        out.u64(self.trees.len() as u64);
        for tree in &self.trees {
            varint(out, u64::from(tree.root));
            varint(out, u64::from(tree.output));
        }
        out.u64(self.nodes.len() as u64);
        for (at, node) in self.nodes.iter().enumerate() {
            let distance = u64::from(node.left) - at as u64;
            if distance == 0 {
                out.0.push(0);
                out.u32(node.value.to_bits());
                varint(out, u64::from(self.covers[at]));
                continue;
            }
            let side = if node.missing_left { MISSING_LEFT } else { 0 };
            out.0.push(SPLIT | side | if node.by_category { BY_CATEGORY } else { 0 });
            varint(out, u64::from(node.feature));
            out.u32(node.threshold.to_bits());
            varint(out, distance);
        }
    }

    /// Reads what [`Ensemble::write`] wrote for rows of `width` features; refuses trees that would not end.
    pub fn read(body: &mut Reader<'_>, width: usize) -> Result<Self, ArtifactError> {
        let layout = body.u32()?;
        if layout != LAYOUT {
            return Err(ArtifactError::Version { found: layout, known: LAYOUT });
        }
        let link = match body.u32()? {
            0 => Link::Identity,
            1 => Link::Exp,
            2 => Link::Logistic,
            3 => Link::Softmax,
            other => return unsound(format!("link number {other} is not known")),
        };
        let base = body.f64s()?;
        let gain = body.f64s()?;
        let splits = (0..gain.len()).map(|_| read_varint(body)).collect::<Result<Vec<u64>, _>>()?;
        let count = body.count(8)?;
        let mut sets = Vec::with_capacity(count.min(MAX_SETS));
        for _ in 0..count {
            let words = body.count(4)?;
            sets.push((0..words).map(|_| body.u32()).collect::<Result<Vec<u32>, _>>()?);
        }
        let count = body.count(2)?;
        let mut trees = Vec::with_capacity(count);
        for _ in 0..count {
            trees.push(Tree {
                root: narrow(read_varint(body)?)?,
                depth: 0,
                output: narrow(read_varint(body)?)?,
            });
        }
        let (nodes, covers) = read_nodes(body)?;
        let mut ensemble = Self { base, link, width, nodes, covers, trees, sets, gain, splits };
        match ensemble.complete() {
            Some(()) if ensemble.is_sound() => Ok(ensemble),
            _ => unsound("its trees do not hold together"),
        }
    }

    /// Fills in what is not written: depths and the rows of splits. None if a pointer is wrong.
    fn complete(&mut self) -> Option<()> {
        let mut depths = vec![0u32; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().rev() {
            let left = node.left as usize;
            if left != at {
                depths[at] = 1 + (*depths.get(left)?).max(*depths.get(left + 1)?);
                self.covers[at] = self.covers[left].checked_add(self.covers[left + 1])?;
            }
        }
        for tree in &mut self.trees {
            tree.depth = *depths.get(tree.root as usize)?;
        }
        Some(())
    }
}

fn read_nodes(body: &mut Reader<'_>) -> Result<(Vec<Node>, Vec<u32>), ArtifactError> {
    let count = body.count(6)?;
    let (mut nodes, mut covers) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for at in 0..count as u64 {
        let flags = body.take(1)?[0];
        if flags == 0 {
            let value = f32::from_bits(body.u32()?);
            nodes.push(Node::leaf(narrow(at)?, value));
            covers.push(narrow(read_varint(body)?)?);
            continue;
        }
        if flags & SPLIT == 0 || flags & !(SPLIT | MISSING_LEFT | BY_CATEGORY) != 0 {
            return unsound(format!("a node has flags {flags}"));
        }
        let Ok(feature) = u16::try_from(read_varint(body)?) else {
            return unsound("a node asks for a feature beyond 65,535");
        };
        let threshold = f32::from_bits(body.u32()?);
        let left = narrow(at.saturating_add(read_varint(body)?))?;
        if u64::from(left) <= at {
            return unsound("a node comes before its parent");
        }
        let (missing_left, by_category) = (flags & MISSING_LEFT != 0, flags & BY_CATEGORY != 0);
        nodes.push(Node { left, threshold, value: 0.0, feature, missing_left, by_category });
        covers.push(0);
    }
    Ok((nodes, covers))
}

fn narrow(value: u64) -> Result<u32, ArtifactError> {
    u32::try_from(value).or_else(|_| unsound(format!("{value} is too large a count")))
}

/// A number in bytes of seven bits, the lowest first; the eighth bit says that more follow.
fn varint(out: &mut Writer, mut value: u64) {
    while value >= 0x80 {
        out.0.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.0.push(value as u8);
}

fn read_varint(body: &mut Reader<'_>) -> Result<u64, ArtifactError> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = body.take(1)?[0];
        let bits = u64::from(byte & 0x7F);
        if shift == 63 && bits > 1 {
            break;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    unsound("a number has too many bytes")
}
