//! LightGBM's text format, version 3 and 4 (`Booster.save_model`), into trees.
//!
//! Source of the meanings: `src/io/gbdt_model_text.cpp`, `src/io/tree.cpp` and `include/LightGBM/tree.h` of
//! LightGBM 4.

use super::imported::{Engine, Imported};
use super::shape::{Gather, Place, Test};
use super::{ExchangeError, unsound, unsupported};
use crate::trees::{Link, threshold_below};
use std::collections::HashMap;
use std::str::FromStr;

/// The most columns and classes that are believed before anything is taken for them.
const WIDEST: usize = 65_535;

type Keys<'a> = HashMap<&'a str, &'a str>;

fn unreadable<T>(what: impl Into<String>) -> Result<T, ExchangeError> {
    Err(ExchangeError::Unreadable { format: "LightGBM's text", what: what.into() })
}

/// Reads a model that LightGBM saved as text.
pub fn read(bytes: &[u8]) -> Result<Imported, ExchangeError> {
    let Ok(text) = std::str::from_utf8(bytes) else { return unreadable("it is not UTF-8") };
    let mut lines = text.lines();
    if lines.next().map(str::trim) != Some("tree") {
        return unreadable("the first line is not `tree`");
    }
    let (head, first) = keys(&mut lines);
    let header = Header::read(&head)?;
    let mut gather = Gather::new(header.width, vec![0.0; header.outputs], header.link)?;
    let (mut next, mut count) = (first, 0);
    while let Some(title) = next {
        if !title.starts_with("Tree=") {
            break;
        }
        let (tree, after) = keys(&mut lines);
        let added = places(&tree, header.scale)
            .and_then(|places| gather.add(count % header.outputs, &places, sets(&tree)?));
        added.map_err(|error| of_tree(count, error))?;
        count += 1;
        next = after;
    }
    if count == 0 {
        return unreadable("it has no trees");
    }
    // A file that was cut between two trees would else be a model, and another one.
    if next.is_none() {
        return unreadable(format!("it is cut off behind tree {}: `end of trees` is missing", count - 1));
    }
    if count % header.outputs != 0 {
        return unsound(format!("{count} trees for {} classes", header.outputs));
    }
    let mut trees = gather.finish();
    if head.contains_key("average_output") {
        // A random forest answers the mean over its iterations.
        let iterations = (count / header.outputs).max(1) as f32;
        trees.nodes.iter_mut().for_each(|node| node.value /= iterations);
    }
    Imported::new(Engine::Trees(trees), Vec::new(), header.names)
}

fn of_tree(tree: usize, error: ExchangeError) -> ExchangeError {
    let with = |what: String| format!("tree {tree}: {what}");
    match error {
        ExchangeError::Unsound(what) => ExchangeError::Unsound(with(what)),
        ExchangeError::Unsupported(what) => ExchangeError::Unsupported(with(what)),
        ExchangeError::Unfit(what) => ExchangeError::Unfit(with(what)),
        ExchangeError::Unreadable { format, what } => ExchangeError::Unreadable { format, what: with(what) },
    }
}

/// The `key=value` lines up to the next title, and that title. A key alone has an empty value.
fn keys<'a>(lines: &mut std::str::Lines<'a>) -> (Keys<'a>, Option<&'a str>) {
    let mut keys = Keys::new();
    for line in lines.map(str::trim) {
        if line.starts_with("Tree=") || line == "end of trees" {
            return (keys, Some(line));
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if !key.is_empty() {
            keys.insert(key, value);
        }
    }
    (keys, None)
}

/// What stands above the trees.
struct Header {
    outputs: usize,
    width: usize,
    names: Vec<String>,
    link: Link,
    /// What leaves are multiplied by: the slope of a logistic objective.
    scale: f64,
}

impl Header {
    fn read(keys: &Keys<'_>) -> Result<Self, ExchangeError> {
        let outputs: usize = number(keys, "num_tree_per_iteration")?;
        let features: usize = number(keys, "max_feature_idx")?;
        if !(1..=WIDEST).contains(&outputs) || features >= WIDEST {
            return unsupported(format!(
                "{outputs} classes of {features} columns, at most {WIDEST} are taken"
            ));
        }
        let width = features + 1;
        let names: Vec<String> =
            keys.get("feature_names").map_or("", |v| *v).split_whitespace().map(str::to_owned).collect();
        let mut objective = keys.get("objective").map_or("", |v| *v).split_whitespace();
        let name = objective.next().unwrap_or("regression");
        let options: Vec<&str> = objective.collect();
        let mut scale = 1.0;
        let link = match name {
            "regression" if options.contains(&"sqrt") => {
                return unsupported("objective `regression sqrt`: its answers are squared afterwards");
            }
            "regression" | "regression_l1" | "huber" | "fair" | "quantile" | "mape" => Link::Identity,
            "poisson" | "gamma" | "tweedie" => Link::Exp,
            "cross_entropy" => Link::Logistic,
            "binary" => {
                let slope = options.iter().find_map(|option| option.strip_prefix("sigmoid:")).unwrap_or("1");
                scale = slope.parse().unwrap_or(f64::NAN);
                Link::Logistic
            }
            "multiclass" => Link::Softmax,
            other => return unsupported(format!("objective `{other}`")),
        };
        if !scale.is_finite() || scale <= 0.0 {
            return unsound("the slope of the objective is not above zero");
        }
        if (outputs > 1) != (link == Link::Softmax) {
            return unsound(format!("objective `{name}` with {outputs} trees an iteration"));
        }
        if !names.is_empty() && names.len() != width {
            return unsound(format!("{} names for {width} columns", names.len()));
        }
        Ok(Self { outputs, width, names, link, scale })
    }
}

fn number<T: FromStr>(keys: &Keys<'_>, key: &str) -> Result<T, ExchangeError> {
    let Some(text) = keys.get(key) else { return unreadable(format!("`{key}` is missing")) };
    text.trim().parse().or_else(|_| unreadable(format!("`{key}` is `{}`", brief(text))))
}

fn brief(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Exactly `count` numbers of a line.
fn numbers<T: FromStr>(keys: &Keys<'_>, key: &str, count: usize) -> Result<Vec<T>, ExchangeError> {
    let Some(text) = keys.get(key) else { return unreadable(format!("`{key}` is missing")) };
    let parse = |word: &str| word.parse().or_else(|_| unreadable(format!("`{key}` holds `{}`", brief(word))));
    let values: Vec<T> = text.split_whitespace().map(parse).collect::<Result<_, _>>()?;
    if values.len() == count {
        Ok(values)
    } else {
        unsound(format!("`{key}` has {} numbers, {count} are needed", values.len()))
    }
}

/// The same, or none where the line is not there or empty.
fn optional<T: FromStr>(keys: &Keys<'_>, key: &str, count: usize) -> Result<Vec<T>, ExchangeError> {
    if keys.get(key).is_none_or(|text| text.trim().is_empty()) {
        return Ok(Vec::new());
    }
    numbers(keys, key, count)
}

/// The nodes of a tree: its splits, then its leaves.
fn places(tree: &Keys<'_>, scale: f64) -> Result<Vec<Place>, ExchangeError> {
    if tree.get("is_linear").is_some_and(|linear| linear.trim() != "0") {
        return unsupported("linear models in the leaves");
    }
    let leaves: usize = number(tree, "num_leaves")?;
    let values: Vec<f64> = numbers(tree, "leaf_value", leaves)?;
    let splits = leaves.checked_sub(1);
    let Some(splits) = splits else { return unsound("it has no leaves") };
    let mut places = Vec::with_capacity(splits + leaves);
    if splits > 0 {
        let features: Vec<usize> = numbers(tree, "split_feature", splits)?;
        let thresholds: Vec<f64> = numbers(tree, "threshold", splits)?;
        let decisions: Vec<u8> = numbers(tree, "decision_type", splits)?;
        let left: Vec<i64> = numbers(tree, "left_child", splits)?;
        let right: Vec<i64> = numbers(tree, "right_child", splits)?;
        let gains: Vec<f64> = optional(tree, "split_gain", splits)?;
        // A child below zero is a leaf: -1 the first. Splits stand before leaves here.
        let child = |child: i64| match usize::try_from(child) {
            Ok(split) => split,
            Err(_) => usize::try_from(-1 - child).map_or(usize::MAX, |leaf| leaf.saturating_add(splits)),
        };
        for at in 0..splits {
            let (test, missing_yes) = decision(decisions[at], thresholds[at])?;
            let (yes, no) = (child(left[at]), child(right[at]));
            let gain = gains.get(at).copied().unwrap_or(0.0);
            places.push(Place::Split { feature: features[at], test, yes, no, missing_yes, gain });
        }
    }
    let rows: Vec<u32> = optional(tree, "leaf_count", leaves)?;
    let leaf = |(at, value)| Place::Leaf { value: value * scale, rows: rows.get(at).copied().unwrap_or(1) };
    places.extend(values.into_iter().enumerate().map(leaf));
    Ok(places)
}

/// What a split asks, and where missing values go.
fn decision(kind: u8, threshold: f64) -> Result<(Test, bool), ExchangeError> {
    const CATEGORY: u8 = 1;
    const DEFAULT_LEFT: u8 = 2;
    if kind & CATEGORY != 0 {
        // Missing and unseen categories go right.
        return Ok((Test::OneOf(threshold as usize), false));
    }
    let default_left = kind & DEFAULT_LEFT != 0;
    let at_most = Test::AtMost(threshold_below(threshold));
    match kind >> 2 & 3 {
        // Without missing values in training, a missing one counts as zero.
        0 => Ok((at_most, 0.0 <= threshold)),
        // Zero counts as missing: the same, where zero lies on the side that missing values go to.
        1 if default_left == (0.0 <= threshold) => Ok((at_most, default_left)),
        1 => unsupported("`zero_as_missing`: a split sends zero elsewhere than its neighbours"),
        2 => Ok((at_most, default_left)),
        other => unsound(format!("a split with missing type {other}")),
    }
}

/// The sets of categories of a tree.
fn sets(tree: &Keys<'_>) -> Result<Vec<Vec<u32>>, ExchangeError> {
    let count: usize = number(tree, "num_cat")?;
    if count == 0 {
        return Ok(Vec::new());
    }
    let bounds: Vec<usize> = numbers(tree, "cat_boundaries", count.saturating_add(1))?;
    let words: Vec<u32> = numbers(tree, "cat_threshold", bounds.last().copied().unwrap_or(0))?;
    // Ascending bounds: no set holds the words of another, so all together are no larger than the file.
    if !bounds.is_sorted() {
        return unsound("the bounds of its sets of categories are not ascending");
    }
    Ok(bounds.windows(2).map(|pair| words[pair[0]..pair[1]].to_vec()).collect())
}
