//! Makes a plan one that ends when it is told to. The engine looks up only between the rows that it hands on: a join that
//! finds none would compute until its end, however long ago its time was over.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, LogicalPlan, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::scalar::ScalarValue;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells a query to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Tells it.
    pub(crate) fn tell(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A function that is true until the query is told to end, and then an error. It has no name that a statement could use.
#[derive(Debug)]
struct Running {
    stop: Stop,
    signature: Signature,
}

impl PartialEq for Running {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.stop.0, &other.stop.0)
    }
}

impl Eq for Running {}

impl Hash for Running {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl ScalarUDFImpl for Running {
    fn name(&self) -> &'static str {
        "still_running"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if self.stop.0.load(Ordering::Relaxed) {
            return Err(DataFusionError::Execution("the query was told to end".into()));
        }
        Ok(ColumnarValue::Scalar(ScalarValue::Boolean(Some(true))))
    }
}

/// Joins ask whether to go on each time that they ask whether rows fit together. To be done after optimising: no rule may
/// move the question away.
pub(crate) fn asking(plan: LogicalPlan, stop: &Stop) -> Result<LogicalPlan> {
    let running = Running { stop: stop.clone(), signature: Signature::nullary(Volatility::Volatile) };
    let running = ScalarUDF::from(running).call(vec![]);
    let asked = plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::Join(mut join) => match join.filter.take() {
            Some(filter) => {
                join.filter = Some(running.clone().and(filter));
                Ok(Transformed::yes(LogicalPlan::Join(join)))
            }
            None => Ok(Transformed::no(LogicalPlan::Join(join))),
        },
        other => Ok(Transformed::no(other)),
    });
    Ok(asked?.data)
}

/// What joins hand on passes a place where their thread lets others work, and where they can be ended.
pub(crate) fn yielding(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let wrapped = plan.transform_up(|node| {
        if node.children().len() < 2 {
            return Ok(Transformed::no(node));
        }
        Ok(Transformed::yes(Arc::new(CooperativeExec::new(node)) as _))
    });
    Ok(wrapped?.data)
}
