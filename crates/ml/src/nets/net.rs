//! A trained net as a value: its weights, and what its outputs mean.

use super::input::Sample;
use super::panels::{Line, Panels, line_up, weights};
use vakhta_domain::spec::Activation;

/// Why there is no net, or no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NetError {
    /// Told to stop.
    #[error("cancelled")]
    Cancelled,
    /// A parameter that cannot be trained with.
    #[error("{field} is {value}, it must be {range}")]
    Parameter {
        /// The parameter.
        field: &'static str,
        /// What it is.
        value: String,
        /// What it may be.
        range: &'static str,
    },
    /// Nothing to learn from.
    #[error("no rows to learn from")]
    NoRows,
    /// Neither dense nor sparse columns.
    #[error("no columns to learn from")]
    NoColumns,
    /// No classes, or no numbers a row.
    #[error("nothing to predict: the target has no classes or no numbers")]
    NoOutputs,
    /// Lengths that differ.
    #[error("{found} {what} for {rows} rows")]
    Lengths {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        rows: usize,
    },
    /// A class that is not among them.
    #[error("class {code} of {count}")]
    Class {
        /// The class.
        code: u32,
        /// How many there are.
        count: usize,
    },
    /// A target that is no number.
    #[error("the target of row {row} is not a finite number")]
    Number {
        /// The row.
        row: usize,
    },
    /// A weight that cannot be.
    #[error("the weight of row {row} is {value}, it must be 0 or more and finite")]
    Weight {
        /// The row.
        row: usize,
        /// The weight.
        value: f32,
    },
    /// A row that is not there.
    #[error("row {row} of {rows}")]
    Row {
        /// The row.
        row: u32,
        /// How many there are.
        rows: usize,
    },
    /// Rows of another width than the net was trained on.
    #[error(
        "the rows have {found_dense} dense and {found_sparse} sparse columns, the net reads {dense} and {sparse}"
    )]
    Columns {
        /// Dense columns given.
        found_dense: usize,
        /// Sparse columns given.
        found_sparse: usize,
        /// Dense columns that the net reads.
        dense: usize,
        /// Sparse columns that the net reads.
        sparse: usize,
    },
    /// The loss grew beyond all numbers.
    #[error(
        "training diverged in epoch {epoch}: lower learning_rate, or bring the inputs nearer to unit scale"
    )]
    Diverged {
        /// The epoch, from 1.
        epoch: u32,
    },
    /// A GPU was asked for that cannot train.
    #[error("device cuda: {0}; leave `device` out, or set it to `cpu`")]
    Gpu(#[from] super::device::NoGpu),
    /// Layers that do not fit each other.
    #[error("layers that do not fit: {what}")]
    Shape {
        /// What does not fit.
        what: String,
    },
}

/// What the outputs of a net are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// Probabilities that add up to 1: softmax.
    Softmax,
    /// Probabilities each on its own: the logistic function.
    Logistic,
    /// Numbers as they are.
    Linear,
}

/// The weights of one layer as others read and write them: `outputs = inputs × weights + bias`.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Inputs; 0 where the first layer has only sparse ones.
    pub inputs: usize,
    /// Outputs.
    pub outputs: usize,
    /// `inputs` × `outputs`, row after row (scikit-learn's `coefs_`).
    pub weights: Vec<f32>,
    /// One for each output.
    pub bias: Vec<f32>,
}

/// The weights of sparse columns in the first layer. Columns that training never met have none: they add nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// Sparse columns.
    pub(super) width: usize,
    /// Outputs of the first layer.
    pub(super) outputs: usize,
    /// The table's row of each column, or [`super::kernels::NONE`].
    pub(super) slots: Vec<u32>,
    /// The table, `outputs` filled up to whole lines.
    pub(super) table: Vec<Line>,
}

impl Embedding {
    /// Of `width` columns those in `columns` (ascending), each with `outputs` weights in `rows`.
    pub fn new(width: usize, outputs: usize, columns: &[u32], rows: &[f32]) -> Result<Self, NetError> {
        let fits = rows.len() == columns.len() * outputs
            && columns.is_sorted_by(|a, b| a < b)
            && columns.last().is_none_or(|&last| (last as usize) < width);
        if !fits || outputs == 0 {
            return Err(NetError::Shape { what: "the weights of the sparse columns".into() });
        }
        let mut slots = vec![super::kernels::NONE; width];
        for (slot, &column) in columns.iter().enumerate() {
            slots[column as usize] = slot as u32;
        }
        let table = rows.chunks(outputs).flat_map(line_up).collect();
        Ok(Self { width, outputs, slots, table })
    }

    /// Sparse columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The columns that have weights, ascending, and their weights, as many each as the first layer has outputs.
    pub fn rows(&self) -> (Vec<u32>, Vec<f32>) {
        let (mut columns, mut rows) = (Vec::new(), Vec::new());
        for (column, &slot) in self.slots.iter().enumerate().filter(|&(_, &s)| s != super::kernels::NONE) {
            columns.push(column as u32);
            rows.extend((0..self.outputs).map(|output| self.weight(slot, output)));
        }
        (columns, rows)
    }

    /// One weight of a row of the table.
    pub(super) fn weight(&self, slot: u32, output: usize) -> f32 {
        let lines = self.outputs.div_ceil(super::panels::LANES);
        self.table[slot as usize * lines + output / super::panels::LANES].0[output % super::panels::LANES]
    }
}

/// One layer as the kernels read it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stage {
    /// Inputs, not filled up.
    pub(super) inputs: usize,
    /// Inputs (filled up) × outputs.
    pub(super) weights: Panels,
    /// A line for each panel.
    pub(super) bias: Vec<Line>,
}

impl Stage {
    pub(super) fn outputs(&self) -> usize {
        self.weights.width()
    }
}

impl From<&Layer> for Stage {
    fn from(layer: &Layer) -> Self {
        Self {
            inputs: layer.inputs,
            weights: weights(&layer.weights, layer.inputs, layer.outputs),
            bias: line_up(&layer.bias),
        }
    }
}

/// A trained net.
#[derive(Debug, Clone, PartialEq)]
pub struct Net {
    pub(super) embedding: Option<Embedding>,
    pub(super) stages: Vec<Stage>,
    pub(super) activation: Activation,
    pub(super) head: Head,
}

impl Net {
    /// A net of these layers; `activation` is that of all but the last, whose meaning `head` tells. Refuses layers
    /// that do not fit each other and weights that are not finite.
    pub fn new(
        embedding: Option<Embedding>,
        layers: &[Layer],
        activation: Activation,
        head: Head,
    ) -> Result<Self, NetError> {
        let wrong = |what: String| Err(NetError::Shape { what });
        let Some(first) = layers.first() else { return wrong("there are none".into()) };
        if first.inputs == 0 && embedding.is_none() {
            return wrong("the first has no inputs".into());
        }
        if embedding.as_ref().is_some_and(|embedding| embedding.outputs != first.outputs) {
            return wrong("dense and sparse columns lead to different numbers of outputs".into());
        }
        for (at, layer) in layers.iter().enumerate() {
            let (inputs, outputs) = (layer.inputs, layer.outputs);
            if outputs == 0
                || inputs.checked_mul(outputs) != Some(layer.weights.len())
                || layer.bias.len() != outputs
            {
                return wrong(format!("layer {at} is not {inputs} × {outputs}"));
            }
            if at > 0 && inputs != layers[at - 1].outputs {
                return wrong(format!("layer {at} reads {inputs} of {}", layers[at - 1].outputs));
            }
            if layer.weights.iter().chain(&layer.bias).any(|weight| !weight.is_finite()) {
                return wrong(format!("layer {at} has weights that are not finite"));
            }
        }
        if embedding.iter().flat_map(|e| &e.table).any(|line| line.0.iter().any(|w| !w.is_finite())) {
            return wrong("the sparse columns have weights that are not finite".into());
        }
        let stages = layers.iter().map(Stage::from).collect();
        Ok(Self { embedding, stages, activation, head })
    }

    /// Dense and sparse columns that it reads.
    pub fn widths(&self) -> (usize, usize) {
        (self.stages[0].inputs, self.embedding.as_ref().map_or(0, |embedding| embedding.width))
    }

    /// Outputs a row.
    pub fn outputs(&self) -> usize {
        self.stages[self.stages.len() - 1].outputs()
    }

    /// Activation of the hidden layers.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// What the outputs are.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The weights of the sparse columns.
    pub fn embedding(&self) -> Option<&Embedding> {
        self.embedding.as_ref()
    }

    /// The weights of the layers, first to last.
    pub fn layers(&self) -> Vec<Layer> {
        let unpack = |stage: &Stage| {
            let (inputs, outputs) = (stage.inputs, stage.outputs());
            let mut weights = vec![0.0; inputs * outputs];
            for (row, out) in weights.chunks_mut(outputs).enumerate() {
                stage.weights.copy_row(row, out);
            }
            let bias = stage.bias.iter().flat_map(|line| line.0).take(outputs).collect();
            Layer { inputs, outputs, weights, bias }
        };
        self.stages.iter().map(unpack).collect()
    }

    /// Whether all weights are finite.
    pub(super) fn is_finite(&self) -> bool {
        let stages = self.stages.iter().flat_map(|stage| stage.weights.lines().iter().chain(&stage.bias));
        let table = self.embedding.iter().flat_map(|embedding| &embedding.table);
        stages.chain(table).all(|line| line.0.iter().all(|weight| weight.is_finite()))
    }

    /// Bytes that it holds in memory.
    pub fn bytes(&self) -> usize {
        let stages = self.stages.iter().map(|stage| stage.weights.lines().len() + stage.bias.len());
        let table =
            self.embedding.as_ref().map_or(0, |e| e.table.len() * size_of::<Line>() + e.slots.len() * 4);
        stages.sum::<usize>() * size_of::<Line>() + table
    }
}

impl Sample<'_> {
    /// What the outputs of a net for this target are.
    pub(super) fn head(&self) -> Head {
        match self.target {
            super::input::Target::Classes { .. } => Head::Softmax,
            super::input::Target::Numbers { .. } => Head::Linear,
        }
    }
}
