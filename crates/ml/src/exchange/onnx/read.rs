//! From a file to a model: which engine it is, and the labels of its classes.

use super::super::imported::{Engine, Imported};
use super::super::{ExchangeError, unsupported};
use super::graph::{Graph, Node};
use super::{read_net, read_trees};
use crate::trees::{Ensemble, Link};

/// Operators that only pick the label or hand numbers on, behind the model itself.
const BEHIND: [&str; 10] = [
    "ArgMax",
    "ZipMap",
    "ArrayFeatureExtractor",
    "Gather",
    "Reshape",
    "Cast",
    "Identity",
    "Sub",
    "Concat",
    "Mul",
];

/// Reads an ONNX model of a perceptron or of trees, as skl2onnx and onnxmltools write them.
pub fn read(bytes: &[u8]) -> Result<Imported, ExchangeError> {
    let graph = Graph::read(bytes)?;
    let [input] = &graph.inputs[..] else {
        return unsupported(format!(
            "the model has {} inputs, one matrix of numbers is taken",
            graph.inputs.len()
        ));
    };
    let trees = graph.nodes.iter().position(|node| node.operator.starts_with("TreeEnsemble"));
    match trees {
        Some(at) => {
            let ensemble = &graph.nodes[at];
            let plain = graph.nodes[..at].iter().all(|node| matches!(node.operator, "Cast" | "Identity"));
            if !plain {
                return unsupported("steps before the trees");
            }
            let (mut trees, labels) = read_trees::read(ensemble, input.width)?;
            let mut rest = &graph.nodes[at + 1..];
            if let Some((node, behind)) = rest.split_first()
                && let Some(link) = link_of(node, ensemble, &trees)
            {
                (trees.link, rest) = (link, behind);
            }
            if let [sum, share, behind @ ..] = rest
                && are_shares(sum, share, ensemble)
            {
                rest = behind;
            }
            check_rest(rest)?;
            let labels = if labels.is_empty() { labels_of(&graph) } else { labels };
            Imported::new(Engine::Trees(trees), labels, Vec::new())
        }
        None => {
            let (net, rest) = read_net::read(&graph, input.name)?;
            check_rest(rest)?;
            let is_classes = net.head() != crate::nets::Head::Linear;
            let labels = if is_classes { labels_of(&graph) } else { Vec::new() };
            Imported::new(Engine::Net(net), labels, Vec::new())
        }
    }
}

/// The link that a step of its own makes of the sums of trees.
fn link_of(node: &Node<'_>, of: &Node<'_>, trees: &Ensemble) -> Option<Link> {
    let continues = node.inputs == of.outputs && trees.link == Link::Identity;
    match (node.operator, trees.outputs()) {
        ("Softmax", 2..) if continues => Some(Link::Softmax),
        ("Sigmoid", 1) if continues => Some(Link::Logistic),
        ("Exp", 1) if continues => Some(Link::Exp),
        _ => None,
    }
}

/// Whether two steps divide the sums of trees by their sum: those of a forest are shares already.
fn are_shares(sum: &Node<'_>, share: &Node<'_>, of: &Node<'_>) -> bool {
    let scores = of.outputs.first();
    let sums = sum.operator == "ReduceSum" && sum.inputs.first() == scores;
    sums && share.operator == "Div"
        && share.inputs.first() == scores
        && share.inputs.get(1) == sum.outputs.first()
}

/// Refuses a model that goes on computing behind what was understood.
fn check_rest(nodes: &[Node<'_>]) -> Result<(), ExchangeError> {
    match nodes.iter().find(|node| !BEHIND.contains(&node.operator)) {
        Some(node) => unsupported(format!("operator `{}` behind the model", brief(node.operator))),
        None => Ok(()),
    }
}

/// A name of the file for a message.
pub(super) fn brief(name: &str) -> String {
    name.chars().take(60).collect()
}

/// The labels that the file picks from.
fn labels_of(graph: &Graph<'_>) -> Vec<String> {
    for node in &graph.nodes {
        let texts = node.texts("classlabels_strings");
        if !texts.is_empty() {
            return texts.iter().map(|&text| text.to_owned()).collect();
        }
        let whole = node.ints("classlabels_int64s");
        if !whole.is_empty() {
            return whole.iter().map(i64::to_string).collect();
        }
        let first = node.inputs.first().and_then(|name| graph.constant(name));
        if let (true, Some(classes)) = (matches!(node.operator, "ArrayFeatureExtractor" | "Gather"), first) {
            let numbers = classes.numbers.iter().map(f64::to_string);
            return classes.texts.iter().map(|&text| text.to_owned()).chain(numbers).collect();
        }
    }
    Vec::new()
}
