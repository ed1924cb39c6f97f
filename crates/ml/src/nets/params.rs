//! How a net is trained, in scikit-learn's terms and with its defaults where they are good.

use super::net::NetError;
use vakhta_domain::spec::{
    Activation, BatchSize, ClassWeight, Device, HiddenLayers, LayerPreset, Params, Precision, Schedule,
    Solver,
};

/// Rows in a batch when nobody chose.
const AUTO_BATCH: usize = 200;
/// Widest hidden layer that is allowed.
const WIDEST: u32 = 1 << 14;
/// Most hidden layers that are allowed.
const DEEPEST: usize = 16;

/// How a net is trained. [`NetParams::default`] is sound for most tables.
#[derive(Debug, Clone, PartialEq)]
pub struct NetParams {
    /// Sizes of the hidden layers; none of them makes a linear model.
    pub hidden: HiddenLayers,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Optimiser.
    pub solver: Solver,
    /// First step size, above 0.
    pub learning_rate: f64,
    /// How the step size changes.
    pub schedule: Schedule,
    /// Momentum of SGD (Nesterov's), 0 to below 1.
    pub momentum: f64,
    /// L2 penalty on weights, per row as in scikit-learn: a batch of n rows adds `alpha / n` times the weight.
    pub alpha: f64,
    /// Share of each hidden layer that is silenced in training, 0 to below 1.
    pub dropout: f64,
    /// Rows in a batch.
    pub batch: BatchSize,
    /// Most passes over the rows.
    pub max_epochs: u32,
    /// Whether held-out rows decide when to stop. Else the training loss does.
    pub early_stopping: bool,
    /// Share of the rows held out where the caller names none, above 0 and below 1.
    pub validation_fraction: f64,
    /// Epochs without a gain of `tolerance` after which training stops.
    pub patience: u32,
    /// Smallest gain of the loss that counts.
    pub tolerance: f64,
    /// How much classes count.
    pub class_weight: ClassWeight,
    /// The numbers that products are computed in; sums and the weights kept have 32 bits either way. 16 bits need
    /// a GPU or a processor with AVX-512-BF16; on others it is 32, and the job's log says so.
    pub precision: Precision,
    /// Where it is trained. A spec's is not among its engine's parameters: the caller sets it.
    pub device: Device,
}

impl Default for NetParams {
    fn default() -> Self {
        Self {
            hidden: HiddenLayers::Preset(LayerPreset::Auto),
            activation: Activation::Relu,
            solver: Solver::Adam,
            learning_rate: 1e-3,
            schedule: Schedule::Constant,
            momentum: 0.9,
            alpha: 1e-4,
            dropout: 0.0,
            batch: BatchSize::Auto(vakhta_domain::spec::Auto::Auto),
            max_epochs: 200,
            early_stopping: true,
            validation_fraction: 0.1,
            patience: 10,
            tolerance: 1e-4,
            class_weight: ClassWeight::None,
            precision: Precision::F32,
            device: Device::Auto,
        }
    }
}

impl NetParams {
    /// The parameters of a spec; what it leaves out keeps its default. Not checked yet: [`super::fit`] does.
    pub fn from_spec(spec: &Params) -> Self {
        let default = Self::default();
        Self {
            hidden: spec.hidden_layers.clone().unwrap_or(default.hidden),
            activation: spec.activation.unwrap_or(default.activation),
            solver: spec.solver.unwrap_or(default.solver),
            learning_rate: spec.learning_rate.unwrap_or(default.learning_rate),
            schedule: spec.schedule.unwrap_or(default.schedule),
            alpha: spec.alpha.unwrap_or(default.alpha),
            dropout: spec.dropout.unwrap_or(default.dropout),
            batch: spec.batch_size.unwrap_or(default.batch),
            max_epochs: spec.max_epochs.unwrap_or(default.max_epochs),
            early_stopping: spec.early_stopping.unwrap_or(default.early_stopping),
            validation_fraction: spec.validation_fraction.unwrap_or(default.validation_fraction),
            class_weight: spec.class_weight.unwrap_or(default.class_weight),
            precision: spec.precision.unwrap_or(default.precision),
            ..default
        }
    }

    /// Refuses what cannot be trained with; the error names the field and its range.
    pub fn check(&self) -> Result<(), NetError> {
        let within = |field, value: f64, fine: bool, range| {
            if fine { Ok(()) } else { Err(NetError::Parameter { field, value: value.to_string(), range }) }
        };
        let rate = self.learning_rate;
        within("learning_rate", rate, rate > 0.0 && rate <= 10.0, "above 0, at most 10")?;
        within("momentum", self.momentum, (0.0..1.0).contains(&self.momentum), "0 to below 1")?;
        within("alpha", self.alpha, (0.0..=1e6).contains(&self.alpha), "0 to 1e6")?;
        within("dropout", self.dropout, (0.0..1.0).contains(&self.dropout), "0 to below 1")?;
        let share = self.validation_fraction;
        let fine = !self.early_stopping || share > 0.0 && share < 1.0;
        within("validation_fraction", share, fine, "above 0, below 1")?;
        within("max_epochs", f64::from(self.max_epochs), self.max_epochs > 0, "1 and more")?;
        within("patience", f64::from(self.patience), self.patience > 0, "1 and more")?;
        within("tolerance", self.tolerance, self.tolerance >= 0.0, "0 and more")?;
        if let BatchSize::Rows(rows) = self.batch {
            within("batch_size", f64::from(rows), rows > 0, "1 and more, or auto")?;
        }
        if let HiddenLayers::These(sizes) = &self.hidden {
            let fine = sizes.len() <= DEEPEST && sizes.iter().all(|size| (1..=WIDEST).contains(size));
            if !fine {
                let range = "at most 16 layers of 1 to 16384";
                return Err(NetError::Parameter {
                    field: "hidden_layers",
                    value: format!("{sizes:?}"),
                    range,
                });
            }
        }
        Ok(())
    }

    /// Sizes of the hidden layers for so many training rows, input columns and outputs.
    ///
    /// `auto` grows with the rows, because more rows carry wider layers: one layer up to a few thousand rows,
    /// then two, then three; never narrower than the outputs need. Sparse inputs (`cells` a row are not zero)
    /// get one layer: the first layer's table holds nearly all the parameters there.
    pub fn sizes(&self, rows: usize, dense: usize, sparse: usize, outputs: usize) -> Vec<usize> {
        let preset = match &self.hidden {
            HiddenLayers::These(sizes) => return sizes.iter().map(|&size| size as usize).collect(),
            HiddenLayers::Preset(preset) => *preset,
        };
        match preset {
            LayerPreset::Standard => vec![512, 256, 128],
            LayerPreset::Large => vec![1024, 512, 256, 128],
            LayerPreset::Auto if sparse > 0 => {
                vec![if outputs > 64 || rows > 50_000 { 64 } else { 32 }.max(outputs.div_ceil(16).min(256))]
            }
            LayerPreset::Auto => {
                let wide = |size: usize| size.max(outputs.next_multiple_of(16).min(512));
                let narrow = dense <= 8;
                match rows {
                    ..2_000 => vec![wide(if narrow { 32 } else { 64 })],
                    2_000..20_000 => vec![wide(if narrow { 64 } else { 128 }), wide(64)],
                    20_000..100_000 => vec![wide(256), wide(128)],
                    _ => vec![wide(512), wide(256), wide(128)],
                }
            }
        }
    }

    /// Rows in a batch for so many training rows.
    pub fn batch_rows(&self, rows: usize) -> usize {
        let wished = match self.batch {
            BatchSize::Auto(_) => AUTO_BATCH,
            BatchSize::Rows(rows) => rows as usize,
        };
        wished.min(rows).max(1)
    }
}
