//! The machine that is a GPU. Everything runs in one stream, so each call sees what those before it wrote.
#![expect(
    unsafe_code,
    reason = "a kernel and cuBLAS read and write memory by addresses and sizes that the compiler cannot check"
)]

use super::Machine;
use super::find::failed;
use super::plan::{Plan, Product, ROW_THREADS, Silence, THREADS, blocks};
use super::steps::Rows;
use crate::nets::device::NoGpu;
use crate::nets::input::Target;
use crate::nets::kernels::Rule;
use cudarc::cublas::result::{gemm_ex, sgemv};
use cudarc::cublas::sys::{cublasComputeType_t, cublasGemmAlgo_t, cublasOperation_t, cudaDataType_t};
use cudarc::cublas::{CudaBlas, sys};
use cudarc::driver::{
    CudaContext, CudaFunction, CudaModule, CudaSlice, CudaStream, DevicePtr, DevicePtrMut, DeviceRepr,
    LaunchConfig, PushKernelArg, ValidAsZeroBits,
};
use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::sync::Arc;

/// The kernels, compiled when a GPU is opened.
pub const KERNELS: &str = include_str!("kernels.cu");

/// Kernels by their names in kernels.cu.
struct Kernels {
    gather: CudaFunction,
    activate: CudaFunction,
    compare_classes: CudaFunction,
    compare_numbers: CudaFunction,
    slope: CudaFunction,
    adam: CudaFunction,
    sgd: CudaFunction,
    narrow: CudaFunction,
}

/// What the rows should come to.
enum Truth {
    Classes(CudaSlice<u32>),
    Numbers(CudaSlice<f32>),
}

/// The same tables in 16 bits, which products read.
struct Narrow {
    tables: Vec<CudaSlice<u16>>,
    deltas: Vec<CudaSlice<u16>>,
    weights: CudaSlice<u16>,
}

/// A GPU with a net on it.
pub struct Gpu {
    plan: Plan,
    stream: Arc<CudaStream>,
    blas: CudaBlas,
    kernels: Kernels,
    inputs: CudaSlice<f32>,
    truth: Truth,
    row_weights: CudaSlice<f32>,
    order: CudaSlice<u32>,
    losses: CudaSlice<f32>,
    /// The inputs, then what each layer gives.
    tables: Vec<CudaSlice<f32>>,
    /// The deltas of each layer.
    deltas: Vec<CudaSlice<f32>>,
    weights: CudaSlice<f32>,
    gradients: CudaSlice<f32>,
    means: CudaSlice<f32>,
    squares: CudaSlice<f32>,
    /// As many ones as a batch has rows: a table times them is the sum of its rows.
    ones: CudaSlice<f32>,
    narrow: Option<Narrow>,
}

/// Memory on the GPU, taken in the order of training.
struct Memory<'a>(&'a Arc<CudaStream>);

impl Memory<'_> {
    fn zeros<T: DeviceRepr + ValidAsZeroBits>(&self, count: usize) -> Result<CudaSlice<T>, NoGpu> {
        self.0.alloc_zeros(count.max(1)).map_err(failed("taking memory on the GPU"))
    }

    /// A table of so many rows for each width.
    fn tables<T: DeviceRepr + ValidAsZeroBits>(
        &self,
        rows: usize,
        widths: &[usize],
    ) -> Result<Vec<CudaSlice<T>>, NoGpu> {
        widths.iter().map(|width| self.zeros(rows * width)).collect()
    }

    fn copy<T: DeviceRepr>(&self, values: &[T]) -> Result<CudaSlice<T>, NoGpu> {
        self.0.clone_htod(values).map_err(failed("copying to the GPU"))
    }
}

/// Compiles the kernels, for whatever GPU: the driver fits them to the one that it has.
pub fn compiled() -> Result<cudarc::nvrtc::Ptx, NoGpu> {
    cudarc::nvrtc::compile_ptx(KERNELS).map_err(failed("compiling the kernels"))
}

impl Kernels {
    fn load(context: &Arc<CudaContext>) -> Result<Self, NoGpu> {
        let module = context.load_module(compiled()?).map_err(failed("loading the kernels"))?;
        let load = |module: &Arc<CudaModule>, name| {
            module.load_function(name).map_err(failed("looking for a kernel"))
        };
        Ok(Self {
            gather: load(&module, "gather")?,
            activate: load(&module, "activate")?,
            compare_classes: load(&module, "compare_classes")?,
            compare_numbers: load(&module, "compare_numbers")?,
            slope: load(&module, "slope")?,
            adam: load(&module, "adam")?,
            sgd: load(&module, "sgd")?,
            narrow: load(&module, "narrow")?,
        })
    }
}

impl Gpu {
    /// Opens the first GPU and puts everything on it. The libraries must have been found: [`super::name`].
    pub fn open(plan: Plan, rows: &Rows<'_>, start: &[f32]) -> Result<Self, NoGpu> {
        let context = CudaContext::new(0).map_err(failed("opening the GPU"))?;
        let stream = context.default_stream();
        let memory = Memory(&stream);
        let narrow = if plan.narrow {
            Some(Narrow {
                tables: memory.tables(plan.batch, &plan.sizes)?,
                deltas: memory.tables(plan.batch, &plan.sizes[1..])?,
                weights: memory.zeros(plan.decayed())?,
            })
        } else {
            None
        };
        let mut gpu = Self {
            blas: CudaBlas::new(stream.clone()).map_err(failed("opening cuBLAS"))?,
            kernels: Kernels::load(&context)?,
            inputs: memory.copy(rows.inputs)?,
            truth: match rows.target {
                Target::Classes { codes, .. } => Truth::Classes(memory.copy(codes)?),
                Target::Numbers { values, .. } => Truth::Numbers(memory.copy(values)?),
            },
            row_weights: memory.copy(&rows.weights)?,
            order: memory.zeros(rows.places)?,
            losses: memory.zeros(rows.places)?,
            tables: memory.tables(plan.batch, &plan.sizes)?,
            deltas: memory.tables(plan.batch, &plan.sizes[1..])?,
            weights: memory.copy(start)?,
            gradients: memory.zeros(plan.total())?,
            means: memory.zeros(plan.total())?,
            squares: memory.zeros(plan.total())?,
            ones: memory.copy(&vec![1.0; plan.batch])?,
            narrow,
            stream: stream.clone(),
            plan,
        };
        gpu.narrow_weights()?;
        gpu.stream.synchronize().map_err(failed("copying to the GPU"))?;
        Ok(gpu)
    }

    fn sizes(&self, layer: usize) -> (usize, usize) {
        (self.plan.sizes[layer], self.plan.sizes[layer + 1])
    }

    /// Puts the weights into 16 bits, where products are of those.
    fn narrow_weights(&mut self) -> Result<(), NoGpu> {
        let count = self.plan.decayed();
        let Some(narrow) = &mut self.narrow else { return Ok(()) };
        narrowed(&self.stream, &self.kernels.narrow, &self.weights, &mut narrow.weights, count)
    }

    /// Puts a table into 16 bits, where products are of those.
    fn narrow_table(&mut self, table: usize, rows: usize) -> Result<(), NoGpu> {
        let count = rows * self.plan.sizes[table];
        let Some(narrow) = &mut self.narrow else { return Ok(()) };
        narrowed(&self.stream, &self.kernels.narrow, &self.tables[table], &mut narrow.tables[table], count)
    }

    /// Puts deltas into 16 bits, where products are of those.
    fn narrow_deltas(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu> {
        let count = rows * self.plan.sizes[layer + 1];
        let Some(narrow) = &mut self.narrow else { return Ok(()) };
        narrowed(&self.stream, &self.kernels.narrow, &self.deltas[layer], &mut narrow.deltas[layer], count)
    }

    /// The addresses of a layer's weights, inputs and deltas, as products read them: of 16 bits or of 32.
    fn operands(&self, layer: usize) -> [u64; 3] {
        let start = self.plan.weights(layer).start;
        match &self.narrow {
            Some(narrow) => [
                address(&self.stream, &narrow.weights, start),
                address(&self.stream, &narrow.tables[layer], 0),
                address(&self.stream, &narrow.deltas[layer], 0),
            ],
            None => [
                address(&self.stream, &self.weights, start),
                address(&self.stream, &self.tables[layer], 0),
                address(&self.stream, &self.deltas[layer], 0),
            ],
        }
    }

    /// `c = op(a) × op(b)`: the operands as [`Gpu::operands`] gives them, c of 32 bits, as are the sums.
    fn product(&self, product: Product, a: u64, b: u64, c: u64) -> Result<(), NoGpu> {
        let kind =
            if self.narrow.is_some() { cudaDataType_t::CUDA_R_16BF } else { cudaDataType_t::CUDA_R_32F };
        let (one, zero) = (1.0_f32, 0.0_f32);
        // SAFETY: plan.rs derives sizes and strides of a product from those of the tables that lie at these
        // addresses, and its tests run them over tables of exactly those sizes. `one` and `zero` outlive the call,
        // which reads them at once: they lie on the host.
        unsafe {
            gemm_ex(
                *self.blas.handle(),
                operation(product.transpose_a),
                operation(product.transpose_b),
                whole(product.m),
                whole(product.n),
                whole(product.k),
                std::ptr::from_ref(&one).cast(),
                a as *const c_void,
                kind,
                whole(product.lda),
                b as *const c_void,
                kind,
                whole(product.ldb),
                std::ptr::from_ref(&zero).cast(),
                c as *mut c_void,
                cudaDataType_t::CUDA_R_32F,
                whole(product.ldc),
                cublasComputeType_t::CUBLAS_COMPUTE_32F,
                cublasGemmAlgo_t::CUBLAS_GEMM_DEFAULT,
            )
        }
        .map_err(failed("multiplying on the GPU"))
    }
}

fn operation(transpose: bool) -> cublasOperation_t {
    if transpose { sys::cublasOperation_t::CUBLAS_OP_T } else { sys::cublasOperation_t::CUBLAS_OP_N }
}

/// A size as cuBLAS takes it. Layers are at most 16384 wide and batches at most 2³² rows; a batch beyond cuBLAS's
/// 2³¹ has long failed to find memory.
fn whole(size: usize) -> c_int {
    c_int::try_from(size).unwrap_or(c_int::MAX)
}

/// Where a number of a table lies. There is one stream, so there is nothing to wait for.
fn address<T>(stream: &CudaStream, table: &CudaSlice<T>, at: usize) -> u64 {
    table.device_ptr(stream).0 + (at * size_of::<T>()) as u64
}

/// As [`address`], of a table that is written.
fn address_mut<T>(stream: &CudaStream, table: &mut CudaSlice<T>, at: usize) -> u64 {
    table.device_ptr_mut(stream).0 + (at * size_of::<T>()) as u64
}

/// A thread for each of so many cells.
fn cells(count: usize) -> LaunchConfig {
    LaunchConfig { grid_dim: (blocks(count), 1, 1), block_dim: (THREADS, 1, 1), shared_mem_bytes: 0 }
}

fn narrowed(
    stream: &CudaStream,
    kernel: &CudaFunction,
    wide: &CudaSlice<f32>,
    narrow: &mut CudaSlice<u16>,
    count: usize,
) -> Result<(), NoGpu> {
    let cells_of = cells(count);
    let count = count as u64;
    let mut launch = stream.launch_builder(kernel);
    launch.arg(wide).arg(narrow).arg(&count);
    // SAFETY: the arguments are those of `narrow` in kernels.cu, and both tables hold at least `count` numbers.
    unsafe { launch.launch(cells_of) }.map_err(failed("rounding on the GPU"))?;
    Ok(())
}

impl Machine for Gpu {
    fn order(&mut self, order: &[u32]) -> Result<(), NoGpu> {
        self.stream.memcpy_htod(order, &mut self.order).map_err(failed("copying to the GPU"))
    }

    fn gather(&mut self, first: usize, rows: usize) -> Result<(), NoGpu> {
        let (first, count, width) = (first as u32, rows as u32, self.plan.sizes[0] as u32);
        let mut launch = self.stream.launch_builder(&self.kernels.gather);
        launch.arg(&self.inputs).arg(&self.order).arg(&first).arg(&count).arg(&width);
        launch.arg(&mut self.tables[0]);
        // SAFETY: the arguments are those of `gather` in kernels.cu; the order has rows from `first` on that the
        // sample has, and the table has room for a batch.
        unsafe { launch.launch(cells(rows * self.plan.sizes[0])) }.map_err(failed("gathering rows"))?;
        self.narrow_table(0, rows)
    }

    fn multiply(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu> {
        let (inputs, outputs) = self.sizes(layer);
        let [weights, table, _] = self.operands(layer);
        let sums = address_mut(&self.stream, &mut self.tables[layer + 1], 0);
        self.product(Product::sums(rows, inputs, outputs), weights, table, sums)
    }

    fn activate(&mut self, layer: usize, rows: usize, silence: Silence) -> Result<(), NoGpu> {
        let (count, width, at) = (rows as u32, self.plan.sizes[layer + 1] as u32, layer as u32);
        let activation = self.plan.activation(layer);
        let bias = self.weights.slice(self.plan.bias(layer));
        let mut launch = self.stream.launch_builder(&self.kernels.activate);
        launch.arg(&mut self.tables[layer + 1]).arg(&bias).arg(&count).arg(&width).arg(&activation);
        launch.arg(&silence.seed).arg(&at).arg(&silence.limit).arg(&silence.lift);
        // SAFETY: the arguments are those of `activate` in kernels.cu; the table holds a batch, the bias a row.
        unsafe { launch.launch(cells(rows * self.plan.sizes[layer + 1])) }
            .map_err(failed("activating a layer"))?;
        // What the last layer gives goes into no product.
        if layer + 1 < self.plan.layers() { self.narrow_table(layer + 1, rows) } else { Ok(()) }
    }

    fn compare(&mut self, first: usize, rows: usize, share: f32) -> Result<(), NoGpu> {
        let last = self.plan.layers() - 1;
        let (first, count, width) = (first as u32, rows as u32, self.plan.sizes[last + 1] as u32);
        let mut launch = match &self.truth {
            Truth::Classes(codes) => {
                let mut launch = self.stream.launch_builder(&self.kernels.compare_classes);
                launch.arg(&self.tables[last + 1]).arg(codes);
                launch
            }
            Truth::Numbers(values) => {
                let mut launch = self.stream.launch_builder(&self.kernels.compare_numbers);
                launch.arg(&self.tables[last + 1]).arg(values);
                launch
            }
        };
        launch.arg(&self.row_weights).arg(&self.order).arg(&first).arg(&count).arg(&width).arg(&share);
        launch.arg(&mut self.deltas[last]).arg(&mut self.losses);
        // SAFETY: both kernels take these arguments in this order; tables and deltas hold a batch, losses every
        // place of the order, and codes, values and weights every row of the sample.
        unsafe { launch.launch(cells(rows * ROW_THREADS)) }.map_err(failed("comparing answers"))?;
        self.narrow_deltas(last, rows)
    }

    fn gradients(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu> {
        let (inputs, outputs) = self.sizes(layer);
        let [_, table, deltas] = self.operands(layer);
        let (start, bias) = (self.plan.weights(layer).start, self.plan.bias(layer).start);
        let gradients = address_mut(&self.stream, &mut self.gradients, start);
        self.product(Product::gradients(rows, inputs, outputs), deltas, table, gradients)?;
        let wide = address(&self.stream, &self.deltas[layer], 0);
        let ones = address(&self.stream, &self.ones, 0);
        let sums = address_mut(&self.stream, &mut self.gradients, bias);
        let (one, zero) = (1.0_f32, 0.0_f32);
        // SAFETY: the deltas are `outputs` × `rows`, column after column; there are at least `rows` ones, and room
        // for `outputs` sums where the biases' gradients lie. The factors lie on the host and outlive the call.
        unsafe {
            sgemv(
                *self.blas.handle(),
                operation(false),
                whole(outputs),
                whole(rows),
                &raw const one,
                wide as *const f32,
                whole(outputs),
                ones as *const f32,
                1,
                &raw const zero,
                sums as *mut f32,
                1,
            )
        }
        .map_err(failed("summing deltas"))
    }

    fn back(&mut self, layer: usize, rows: usize) -> Result<(), NoGpu> {
        let (inputs, outputs) = self.sizes(layer);
        let [weights, _, deltas] = self.operands(layer);
        let before = address_mut(&self.stream, &mut self.deltas[layer - 1], 0);
        self.product(Product::back(rows, inputs, outputs), weights, deltas, before)
    }

    fn slope(&mut self, layer: usize, rows: usize, silence: Silence) -> Result<(), NoGpu> {
        let (count, width, at) = (rows as u32, self.plan.sizes[layer + 1] as u32, layer as u32);
        let (activation, stays) = (self.plan.activation(layer), 1.0 / silence.lift);
        let mut launch = self.stream.launch_builder(&self.kernels.slope);
        launch.arg(&mut self.deltas[layer]).arg(&self.tables[layer + 1]).arg(&count).arg(&width);
        launch.arg(&activation).arg(&stays);
        launch.arg(&silence.seed).arg(&at).arg(&silence.limit).arg(&silence.lift);
        // SAFETY: the arguments are those of `slope` in kernels.cu; both tables hold a batch of this width.
        unsafe { launch.launch(cells(rows * self.plan.sizes[layer + 1])) }
            .map_err(failed("going back through a layer"))?;
        self.narrow_deltas(layer, rows)
    }

    fn update(&mut self, rule: Rule, decay: f32) -> Result<(), NoGpu> {
        let (count, decayed) = (self.plan.total() as u64, self.plan.decayed() as u64);
        let all = cells(self.plan.total());
        // SAFETY: the arguments are those of `adam` and `sgd` in kernels.cu, and each stretch holds `count` numbers.
        match rule {
            Rule::Adam { rate, first, second, epsilon } => unsafe {
                let mut launch = self.stream.launch_builder(&self.kernels.adam);
                launch.arg(&mut self.weights).arg(&self.gradients).arg(&mut self.means);
                launch.arg(&mut self.squares).arg(&count).arg(&decayed).arg(&decay);
                launch.arg(&rate).arg(&first).arg(&second).arg(&epsilon);
                launch.launch(all)
            },
            Rule::Sgd { rate, momentum } => unsafe {
                let mut launch = self.stream.launch_builder(&self.kernels.sgd);
                launch.arg(&mut self.weights).arg(&self.gradients).arg(&mut self.means);
                launch.arg(&count).arg(&decayed).arg(&decay).arg(&rate).arg(&momentum);
                launch.launch(all)
            },
        }
        .map_err(failed("moving the weights"))?;
        self.narrow_weights()
    }

    fn losses(&mut self, places: Range<usize>) -> Result<Vec<f32>, NoGpu> {
        read(&self.stream, &self.losses).map(|losses| losses[places].to_vec())
    }

    fn weights(&mut self) -> Result<Vec<f32>, NoGpu> {
        read(&self.stream, &self.weights)
    }
}

/// Waits for all that was begun, and copies a table to the host. A kernel that failed is told of here.
fn read(stream: &Arc<CudaStream>, table: &CudaSlice<f32>) -> Result<Vec<f32>, NoGpu> {
    stream.synchronize().map_err(failed("waiting for the GPU"))?;
    let values = stream.clone_dtoh(table).map_err(failed("copying from the GPU"))?;
    stream.synchronize().map_err(failed("copying from the GPU"))?;
    Ok(values)
}
