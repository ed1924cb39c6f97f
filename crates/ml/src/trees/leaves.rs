//! What leaves answer: renewed by quantiles where the loss asks for it, and held to monotone constraints.

use super::ensemble::Node;

/// The smallest value at which the weights of the values up to it reach the share `level` of all; between two
/// values that meet it exactly the middle. Sorts the pairs of value and weight.
pub fn weighted_quantile(pairs: &mut [(f64, f64)], level: f64) -> f64 {
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let total: f64 = pairs.iter().map(|pair| pair.1).sum();
    let wanted = total * level;
    let mut reached = 0.0;
    for (at, &(value, weight)) in pairs.iter().enumerate() {
        reached += weight;
        if reached > wanted {
            return value;
        }
        if reached == wanted && weight > 0.0 {
            let next = pairs[at + 1..].iter().find(|pair| pair.1 > 0.0);
            return next.map_or(value, |next| f64::midpoint(value, next.0));
        }
    }
    pairs.last().map_or(0.0, |pair| pair.0)
}

/// [`weighted_quantile`] where all weigh alike, without sorting. Moves the values about.
pub fn quantile(values: &mut [f64], level: f64) -> f64 {
    let wanted = values.len() as f64 * level;
    let at = (wanted as usize).min(values.len().saturating_sub(1));
    if values.is_empty() {
        return 0.0;
    }
    let (below, &mut found, _) = values.select_nth_unstable_by(at, f64::total_cmp);
    if wanted == at as f64
        && let Some(before) = below.iter().copied().reduce(f64::max)
    {
        return f64::midpoint(before, found);
    }
    found
}

/// Moves leaf values so that the tree rises (1) or falls (-1) with each constrained feature: below every split
/// by such a feature no left leaf passes a right one. Children count from the tree's own root.
pub fn hold_monotone(nodes: &mut [Node], covers: &[u32], monotone: &[i8]) {
    // The mean of what lies below, by node.
    let mut means: Vec<f64> = nodes.iter().map(|node| f64::from(node.value)).collect();
    for at in (0..nodes.len()).rev() {
        let left = nodes[at].left as usize;
        if left != at {
            let (a, b) = (f64::from(covers[left]), f64::from(covers[left + 1]));
            means[at] = (a * means[left] + b * means[left + 1]) / (a + b).max(1.0);
        }
    }
    let mut bounds = vec![(f32::MIN, f32::MAX); nodes.len()];
    for at in 0..nodes.len() {
        let (low, high) = bounds[at];
        let node = &mut nodes[at];
        let left = node.left as usize;
        if left == at {
            node.value = node.value.clamp(low, high);
            continue;
        }
        let middle = (f64::midpoint(means[left], means[left + 1]) as f32).clamp(low, high);
        let direction = if node.by_category { 0 } else { sign(monotone, usize::from(node.feature)) };
        (bounds[left], bounds[left + 1]) = match direction {
            1 => ((low, middle), (middle, high)),
            -1 => ((middle, high), (low, middle)),
            _ => ((low, high), (low, high)),
        };
    }
}

/// The constraint of a feature: 1, -1 or 0.
pub fn sign(monotone: &[i8], feature: usize) -> i8 {
    monotone.get(feature).copied().unwrap_or(0).signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_count_weights_as_repetitions() {
        let plain = |values: &[f64], level| {
            let mut pairs: Vec<(f64, f64)> = values.iter().map(|&v| (v, 1.0)).collect();
            let found = weighted_quantile(&mut pairs, level);
            assert_eq!(quantile(&mut values.to_vec(), level), found);
            found
        };
        assert_eq!(plain(&[3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(plain(&[4.0, 1.0, 2.0, 3.0], 0.5), 2.5);
        assert_eq!(plain(&[4.0, 1.0, 2.0, 3.0], 0.9), 4.0);
        assert_eq!(plain(&[], 0.5), 0.0);
        let mut pairs = [(5.0, 1.0), (1.0, 3.0), (9.0, 0.0)];
        assert_eq!(weighted_quantile(&mut pairs, 0.5), plain(&[1.0, 1.0, 1.0, 5.0], 0.5));
        assert_eq!(weighted_quantile(&mut pairs, 0.9), 5.0);
    }

    #[test]
    fn leaves_that_break_a_constraint_meet_in_the_middle() {
        let tree = || {
            let mut nodes = vec![Node::at_threshold(1, 0, 0.5, true), Node::leaf(1, 4.0), Node::leaf(2, 2.0)];
            nodes[2].left = 2;
            nodes
        };
        let mut nodes = tree();
        hold_monotone(&mut nodes, &[2, 1, 1], &[1]);
        assert_eq!((nodes[1].value, nodes[2].value), (3.0, 3.0));
        let mut nodes = tree();
        hold_monotone(&mut nodes, &[2, 1, 1], &[-1]);
        assert_eq!((nodes[1].value, nodes[2].value), (4.0, 2.0));
    }
}
