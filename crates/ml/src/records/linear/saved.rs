//! A linear model as bytes, padding left out.

use super::{LANES, Linear};
use crate::artifact::{ArtifactError, Reader, Writer, unsound};

impl Linear {
    /// Appends the model.
    pub fn write(&self, out: &mut Writer) {
        out.u64(self.features as u64);
        out.f32s(self.bias());
        out.u64((self.features * self.outputs) as u64);
        for feature in 0..self.features {
            self.weights_of(feature).iter().for_each(|weight| out.u32(weight.to_bits()));
        }
    }

    /// Reads what [`Linear::write`] wrote for so many features and outputs.
    pub fn read(body: &mut Reader<'_>, features: usize, outputs: usize) -> Result<Self, ArtifactError> {
        let found = body.u64()?;
        let bias = body.f32s()?;
        if found != features as u64 || bias.len() != outputs || outputs == 0 {
            return unsound(format!("a linear model of {found} features and {} outputs", bias.len()));
        }
        let count = body.count(4)?;
        if count.checked_div(outputs) != Some(features) || !count.is_multiple_of(outputs) {
            return unsound(format!("{count} weights for {features} features and {outputs} outputs"));
        }
        // Padding is bounded by a vector a feature, and each feature has bytes behind it.
        let mut model = Self::zero(features, outputs);
        let lanes = outputs.next_multiple_of(LANES);
        for own in model.weights.chunks_exact_mut(lanes) {
            for weight in &mut own[..outputs] {
                *weight = f32::from_bits(body.u32()?);
            }
        }
        model.bias[..outputs].copy_from_slice(&bias);
        if model.weights.iter().chain(&model.bias).all(|w| w.is_finite()) {
            Ok(model)
        } else {
            unsound("a weight of a linear model is not finite")
        }
    }
}
