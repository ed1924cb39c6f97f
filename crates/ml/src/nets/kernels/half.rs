//! Products of numbers of 16 bits (bfloat16: the upper half of 32) with sums of 32.
//!
//! Two products are added at a time, as `vdpbf16ps` does it: the second of a pair, then the first. A product of
//! two such numbers is exact in 32 bits, so every level gives the same sums (but for numbers near the smallest,
//! which the instruction takes for zero).

use super::Level;
use crate::nets::panels::{LANES, Line, Panels};
use std::ops::Range;

/// Rows of a tile, and its panels: their sums fill most of 32 registers.
const TALL: usize = 6;
const WIDE: usize = 4;
/// Pairs of the right table that are worked on at once: so many lines of four panels stay in the first cache.
const DEEP: usize = 96;

/// The nearest number of 16 bits, the even one of two; its bits.
#[inline(always)]
pub fn rounded(value: f32) -> u32 {
    let bits = value.to_bits();
    let near = bits.wrapping_add(0x7FFF + (bits >> 16 & 1)) >> 16;
    if value.is_nan() { bits >> 16 | 0x40 } else { near }
}

/// Two numbers as one word, the first in its lower half.
#[inline(always)]
fn pair(first: f32, second: f32) -> u32 {
    rounded(second) << 16 | rounded(first)
}

/// A table rounded to 16 bits, its columns in pairs: what stands left in a product of rows.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    rows: usize,
    /// Panel after panel, a row's eight pairs together.
    pairs: Vec<[u32; LANES / 2]>,
}

/// A table rounded to 16 bits, its rows in pairs: what stands right in a product, or on both sides of a gradient.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    /// Pairs of rows.
    height: usize,
    panels: usize,
    /// Panel after panel, the sixteen columns of two rows together.
    lines: Vec<[u32; LANES]>,
}

impl Pairs {
    fn panel(&self, panel: usize) -> &[[u32; LANES]] {
        &self.lines[panel * self.height..(panel + 1) * self.height]
    }
}

/// Work on numbers of 16 bits.
pub trait HalfKernel {
    /// Does it. Must be marked `#[inline(always)]`.
    fn run<D: Dot>(self);
}

/// How a pair of products is added to a sum.
pub trait Dot {
    /// `sums += second of x × second of b`, then the same of the first, for each of sixteen lanes.
    fn dot(sums: &mut [f32; LANES], x: u32, b: &[u32; LANES]);
}

struct Plain;

impl Dot for Plain {
    #[inline(always)]
    fn dot(sums: &mut [f32; LANES], x: u32, b: &[u32; LANES]) {
        let (first, second) = (f32::from_bits(x << 16), f32::from_bits(x & 0xFFFF_0000));
        for lane in 0..LANES {
            let sum = second * f32::from_bits(b[lane] & 0xFFFF_0000) + sums[lane];
            sums[lane] = first * f32::from_bits(b[lane] << 16) + sum;
        }
    }
}

/// By the processor's own instruction. Only [`Level::run_half`] uses it, where the processor has it.
#[cfg(target_arch = "x86_64")]
struct Instruction;

#[cfg(target_arch = "x86_64")]
impl Dot for Instruction {
    #[inline(always)]
    fn dot(sums: &mut [f32; LANES], x: u32, b: &[u32; LANES]) {
        use std::arch::x86_64::{
            __m512bh, __m512i, _mm512_dpbf16_ps, _mm512_loadu_ps, _mm512_loadu_si512, _mm512_set1_epi32,
            _mm512_storeu_ps,
        };
        // SAFETY: the processor has avx512bf16, as `run_half` found; each load and store is of the sixteen words
        // of an array; the words of a register may be read as pairs of 16 bits.
        unsafe {
            let pairs = |words: __m512i| std::mem::transmute::<__m512i, __m512bh>(words);
            let (x, b) = (_mm512_set1_epi32(x.cast_signed()), _mm512_loadu_si512(b.as_ptr().cast()));
            let found = _mm512_dpbf16_ps(_mm512_loadu_ps(sums.as_ptr()), pairs(x), pairs(b));
            _mm512_storeu_ps(sums.as_mut_ptr(), found);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512bf16,avx512bw,avx512f,avx512vl,avx2,fma,bmi1,popcnt")]
fn with_instruction(kernel: impl HalfKernel) {
    kernel.run::<Instruction>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,popcnt")]
fn with_avx2(kernel: impl HalfKernel) {
    kernel.run::<Plain>();
}

impl Level {
    /// Whether products of 16 bits are one instruction here.
    pub fn has_half(self) -> bool {
        self.min(Self::best()) == Self::Avx512Bf16
    }

    /// Runs a kernel of 16 bits; without the instruction for it much slower than one of 32.
    pub fn run_half(self, kernel: impl HalfKernel) {
        match self.min(Self::best()) {
            // SAFETY: `best` found avx512bf16 and what it rests on.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Bf16 => unsafe { with_instruction(kernel) },
            // SAFETY: `best` found avx2, fma, bmi1 and popcnt, which AVX-512 comes with.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 | Self::Avx512 => unsafe { with_avx2(kernel) },
            _ => kernel.run::<Plain>(),
        }
    }
}

/// Rounds a table to 16 bits, into one form or both.
pub struct Halve<'a> {
    /// The table.
    pub table: &'a Panels,
    /// Its columns in pairs.
    pub rows: Option<&'a mut Rows>,
    /// Its rows in pairs; a row too few is zero.
    pub pairs: Option<&'a mut Pairs>,
}

impl HalfKernel for Halve<'_> {
    #[inline(always)]
    fn run<D: Dot>(self) {
        let (rows, panels) = (self.table.rows(), self.table.count());
        if let Some(out) = self.rows {
            out.rows = rows;
            out.pairs.resize(rows * panels, [0; LANES / 2]);
            for (out, line) in out.pairs.iter_mut().zip(self.table.lines()) {
                for at in 0..LANES / 2 {
                    out[at] = pair(line.0[2 * at], line.0[2 * at + 1]);
                }
            }
        }
        if let Some(out) = self.pairs {
            (out.height, out.panels) = (rows.div_ceil(2), panels);
            out.lines.resize(out.height * panels, [0; LANES]);
            for panel in 0..panels {
                let lines = &mut out.lines[panel * out.height..(panel + 1) * out.height];
                for (out, lines) in lines.iter_mut().zip(self.table.panel(panel).chunks(2)) {
                    let second = lines.get(1).unwrap_or(&Line::ZERO);
                    for lane in 0..LANES {
                        out[lane] = pair(lines[0].0[lane], second.0[lane]);
                    }
                }
            }
        }
    }
}

/// As [`super::Multiply`], of tables of 16 bits.
pub struct HalfMultiply<'a> {
    /// The left table.
    pub a: &'a Rows,
    /// The right table.
    pub b: &'a Pairs,
    /// What every row of the product starts from, or none where it adds to what `c` holds.
    pub bias: Option<&'a [Line]>,
    /// Whether negative sums become zero.
    pub relu: bool,
    /// The product.
    pub c: &'a mut Panels,
}

impl HalfKernel for HalfMultiply<'_> {
    #[inline(always)]
    fn run<D: Dot>(self) {
        let (rows, panels) = (self.a.rows, self.b.panels);
        assert!(self.c.rows() == rows && self.c.count() == panels, "tables that do not fit");
        if let Some(bias) = self.bias {
            for panel in 0..panels {
                self.c.panel_mut(panel).fill(bias[panel]);
            }
        }
        let a = &self.a.pairs;
        let x = |row: usize, k: usize| a[k / (LANES / 2) * rows + row][k % (LANES / 2)];
        product::<D>(rows, &x, self.b, 0..panels, self.c.lines_mut());
        if self.relu {
            super::functions::each(self.c.lines_mut(), |x| if x < 0.0 { 0.0 } else { x });
        }
    }
}

/// As [`super::Outer`], of tables of 16 bits.
pub struct HalfOuter<'a> {
    /// The inputs of the layer.
    pub a: &'a Pairs,
    /// Its deltas.
    pub b: &'a Pairs,
    /// The panels of deltas wanted.
    pub panels: Range<usize>,
    /// The gradient of each of these panels, a line for each input, filled up to whole panels.
    pub c: &'a mut [Line],
}

impl HalfKernel for HalfOuter<'_> {
    #[inline(always)]
    fn run<D: Dot>(self) {
        let (a, height) = (self.a, self.a.height);
        let inputs = a.panels * LANES;
        assert!(
            self.b.height == height && self.c.len() == self.panels.len() * inputs,
            "tables that do not fit"
        );
        let x = |input: usize, k: usize| a.lines[input / LANES * height + k][input % LANES];
        product::<D>(inputs, &x, self.b, self.panels, self.c);
    }
}

/// `c[panel][row] += Σ x(row, pair) · b[panel][pair]`.
#[inline(always)]
fn product<D: Dot>(
    rows: usize,
    x: &impl Fn(usize, usize) -> u32,
    b: &Pairs,
    panels: Range<usize>,
    c: &mut [Line],
) {
    if rows == 0 {
        return;
    }
    let mut panel = panels.start;
    let mut c = c;
    while panel < panels.end {
        let wide = if panels.end - panel >= WIDE { WIDE } else { 1 };
        let (now, rest) = c.split_at_mut(wide * rows);
        for from in (0..b.height).step_by(DEEP) {
            let pairs = from..(from + DEEP).min(b.height);
            if wide == WIDE {
                tiles::<D, WIDE>(rows, x, b, panel, pairs, now);
            } else {
                tiles::<D, 1>(rows, x, b, panel, pairs, now);
            }
        }
        panel += wide;
        c = rest;
    }
}

#[inline(always)]
fn tiles<D: Dot, const COUNT: usize>(
    rows: usize,
    x: &impl Fn(usize, usize) -> u32,
    b: &Pairs,
    panel: usize,
    pairs: Range<usize>,
    c: &mut [Line],
) {
    let b: [&[[u32; LANES]]; COUNT] = std::array::from_fn(|p| &b.panel(panel + p)[pairs.clone()]);
    let mut row = 0;
    while rows - row >= TALL {
        tile::<D, TALL, COUNT>(rows, row, x, &b, pairs.start, c);
        row += TALL;
    }
    while row < rows {
        tile::<D, 1, COUNT>(rows, row, x, &b, pairs.start, c);
        row += 1;
    }
}

#[inline(always)]
fn tile<D: Dot, const ROWS: usize, const COUNT: usize>(
    rows: usize,
    row: usize,
    x: &impl Fn(usize, usize) -> u32,
    b: &[&[[u32; LANES]]; COUNT],
    from: usize,
    c: &mut [Line],
) {
    let mut sums = [[[0.0; LANES]; COUNT]; ROWS];
    for r in 0..ROWS {
        for p in 0..COUNT {
            sums[r][p] = c[p * rows + row + r].0;
        }
    }
    for k in 0..b[0].len() {
        for r in 0..ROWS {
            let x = x(row + r, from + k);
            for p in 0..COUNT {
                D::dot(&mut sums[r][p], x, &b[p][k]);
            }
        }
    }
    for r in 0..ROWS {
        for p in 0..COUNT {
            c[p * rows + row + r].0 = sums[r][p];
        }
    }
}
