//! A net as bytes.

use super::net::{Embedding, Head, Layer, Net, NetError};
use crate::artifact::{ArtifactError, Reader, Writer, unsound};
use vakhta_domain::spec::Activation;

const ACTIVATIONS: [Activation; 4] =
    [Activation::Relu, Activation::Tanh, Activation::Logistic, Activation::Identity];
const HEADS: [Head; 3] = [Head::Softmax, Head::Logistic, Head::Linear];

/// Most columns: four million, so that a forged file cannot make the reader take more than 16 MB unasked.
const WIDEST: u64 = 1 << 22;

impl Net {
    /// Appends the net.
    pub fn write(&self, out: &mut Writer) {
        out.u32(ACTIVATIONS.iter().position(|&a| a == self.activation).unwrap_or(0) as u32);
        out.u32(HEADS.iter().position(|&h| h == self.head).unwrap_or(0) as u32);
        let layers = self.layers();
        out.u64(layers.len() as u64);
        for layer in &layers {
            out.u64(layer.inputs as u64);
            out.f32s(&layer.bias);
            out.f32s(&layer.weights);
        }
        out.u32(u32::from(self.embedding.is_some()));
        if let Some(embedding) = &self.embedding {
            let (columns, rows) = embedding.rows();
            out.u64(embedding.width as u64);
            out.u64(columns.len() as u64);
            for &column in &columns {
                out.u32(column);
            }
            out.f32s(&rows);
        }
    }

    /// Reads what [`Net::write`] wrote. Numbers that contradict each other are an error.
    pub fn read(body: &mut Reader<'_>) -> Result<Self, ArtifactError> {
        let Some(&activation) = ACTIVATIONS.get(body.u32()? as usize) else {
            return unsound("a net of an unknown activation");
        };
        let Some(&head) = HEADS.get(body.u32()? as usize) else {
            return unsound("a net of an unknown head");
        };
        // An empty layer still has three lengths.
        let count = body.count(24)?;
        let mut layers = Vec::with_capacity(count);
        for _ in 0..count {
            let inputs = body.u64()?;
            if inputs > WIDEST {
                return unsound(format!("a layer of {inputs} inputs"));
            }
            let bias = body.f32s()?;
            let weights = body.f32s()?;
            layers.push(Layer { inputs: inputs as usize, outputs: bias.len(), weights, bias });
        }
        let embedding = match body.u32()? {
            0 => None,
            _ => {
                let width = body.u64()?;
                if width > WIDEST {
                    return unsound(format!("{width} sparse columns"));
                }
                let columns = body.count(4)?;
                let columns = (0..columns).map(|_| body.u32()).collect::<Result<Vec<u32>, _>>()?;
                let rows = body.f32s()?;
                let outputs = layers.first().map_or(0, |layer| layer.outputs);
                Some(
                    Embedding::new(width as usize, outputs, &columns, &rows)
                        .map_err(|error| contradiction(&error))?,
                )
            }
        };
        Self::new(embedding, &layers, activation, head).map_err(|error| contradiction(&error))
    }
}

fn contradiction(error: &NetError) -> ArtifactError {
    ArtifactError::Unsound { what: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nets::tests::noise;
    use proptest::prelude::*;

    fn net() -> Net {
        let layer = |inputs: usize, outputs: usize, seed| Layer {
            inputs,
            outputs,
            weights: noise(inputs * outputs, seed),
            bias: noise(outputs, seed + 1),
        };
        let embedding = Embedding::new(30, 5, &[2, 9, 29], &noise(15, 9)).expect("a table");
        Net::new(Some(embedding), &[layer(3, 5, 1), layer(5, 2, 2)], Activation::Tanh, Head::Softmax)
            .expect("a net")
    }

    fn bytes() -> Vec<u8> {
        let mut out = Writer::default();
        net().write(&mut out);
        out.0
    }

    #[test]
    fn a_net_comes_back_as_it_was() {
        let bytes = bytes();
        let mut body = Reader(&bytes);
        assert_eq!(Net::read(&mut body).expect("a net"), net());
        assert!(body.0.is_empty());
    }

    #[test]
    fn a_net_cut_short_is_refused() {
        let bytes = bytes();
        for length in 0..bytes.len() {
            assert!(Net::read(&mut Reader(&bytes[..length])).is_err(), "{length}");
        }
    }

    proptest! {
        #[test]
        fn forged_bytes_are_an_error_or_a_net_that_answers(at in 0usize..400, value: u8, junk: Vec<u8>) {
            let mut bytes = bytes();
            let at = at % bytes.len();
            bytes[at] = value;
            for bytes in [&bytes, &junk] {
                if let Ok(net) = Net::read(&mut Reader(bytes)) {
                    let (dense, _) = net.widths();
                    let row = vec![0.5; dense];
                    let scratch = &mut crate::nets::Scratch::default();
                    let answer = net.predict_row(&row, (&[2, 9, 4_000_000], &[1.0, 2.0, 3.0]), scratch);
                    prop_assert_eq!(answer.expect("an answer").len(), net.outputs());
                }
            }
        }
    }
}
