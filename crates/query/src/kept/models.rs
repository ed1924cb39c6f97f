//! `models`.

use crate::columns::{integer, moment, text};
use crate::narrow::Wanted;
use crate::source::Source;
use crate::table::{Ended, Kept, Rows};
use datafusion::catalog::TableProvider;
use std::borrow::Cow;
use std::sync::Arc;
use vakhta_domain::model::Model;
use vakhta_domain::spec::Title;

pub(super) fn table(source: &Source) -> Arc<dyn TableProvider> {
    let columns = vec![
        text("model", |m: &Model| Some(m.key.as_str().into())),
        text("title", title),
        text("task", |m| Some(m.spec.task.as_str().into())),
        text("dataset", |m| Some(m.spec.data.dataset.as_str().into())),
        text("champion", |m| Some(m.champion.as_ref()?.as_str().into())),
        integer("revision", |m| Some(i64::from(m.revision))),
        moment("created_at", |m| Some(m.created_at)),
        moment("updated_at", |m| Some(m.updated_at)),
        text("spec", |m| Some(serde_json::to_string(&m.spec).ok()?.into())),
    ];
    Kept::provider("models", columns, |source, wanted, rows| Box::pin(read(source, wanted, rows)), source)
}

fn title(model: &Model) -> Option<Cow<'_, str>> {
    let title = match model.spec.title.as_ref()? {
        Title::One(title) => title,
        Title::ByLanguage(titles) => titles.en.as_ref().or(titles.ru.as_ref())?,
    };
    Some(title.as_str().into())
}

async fn read(source: Source, wanted: Wanted, rows: Rows<Model>) -> Result<(), Ended> {
    rows.put(source.models(wanted.texts("model").as_deref()).await?).await
}
