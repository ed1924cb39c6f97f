//! Repeatable random numbers from a seed: `SplitMix64` (Steele, Lea, Flood 2014).

/// A stream of numbers that the seed decides.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n - 1`; `n` is 1 or more.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// Puts `items` in random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// About `share` of `items`, at least one, in their order. The whole share draws nothing.
    pub fn pick(&mut self, items: &[usize], share: f64) -> Vec<usize> {
        let wanted = ((items.len() as f64 * share).round() as usize).clamp(1, items.len().max(1));
        if wanted >= items.len() {
            return items.to_vec();
        }
        let mut picked = items.to_vec();
        self.shuffle(&mut picked);
        picked.truncate(wanted);
        picked.sort_unstable();
        picked
    }

    /// Each row with probability `share`, and those not drawn; all of them if none was drawn. The whole share
    /// draws nothing.
    pub fn divide(&mut self, rows: &[u32], share: f64) -> (Vec<u32>, Vec<u32>) {
        if share >= 1.0 {
            return (rows.to_vec(), Vec::new());
        }
        let limit = (share.max(0.0) * u64::MAX as f64) as u64;
        let (drawn, rest): (Vec<u32>, Vec<u32>) = rows.iter().partition(|_| self.bits() < limit);
        if drawn.is_empty() { (rest, drawn) } else { (drawn, rest) }
    }
}
