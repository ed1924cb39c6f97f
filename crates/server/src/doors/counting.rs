//! What of a connection's requests is being answered, from the end of the head to the end of the answer.

use axum::body::{Bytes, HttpBody};
use axum::http::{Request, Response, StatusCode};
use futures::future::BoxFuture;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use tower::Service;

/// The requests of one connection.
#[derive(Debug, Default)]
pub struct Busy {
    answering: AtomicU32,
    begun: AtomicU64,
}

impl Busy {
    /// Whether a request is being answered.
    pub fn is_busy(&self) -> bool {
        self.answering.load(Ordering::Acquire) > 0
    }

    /// Requests whose head has come, since the beginning.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Acquire)
    }

    /// A request's head has come; it is answered when what this returns is dropped.
    pub fn begin(self: &Arc<Self>) -> Answering {
        self.answering.fetch_add(1, Ordering::AcqRel);
        self.begun.fetch_add(1, Ordering::AcqRel);
        Answering(Arc::clone(self))
    }
}

/// One request that is being answered.
#[derive(Debug)]
pub struct Answering(Arc<Busy>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A service whose requests are counted.
#[derive(Clone)]
pub struct Counting<S> {
    inner: S,
    busy: Arc<Busy>,
}

impl<S> Counting<S> {
    pub(super) fn new(inner: S, busy: Arc<Busy>) -> Self {
        Self { inner, busy }
    }
}

impl<S, In, Out> Service<Request<In>> for Counting<S>
where
    S: Service<Request<In>, Response = Response<Out>>,
    S::Future: Send + 'static,
{
    type Response = Response<Counted<Out>>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<In>) -> Self::Future {
        let answering = self.busy.begin();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer.await?;
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                // From here on it is no HTTP, and who speaks the other protocol looks after its silence.
                answering.0.answering.fetch_add(1, Ordering::AcqRel);
            }
            Ok(response.map(|body| Counted { body, _answering: answering }))
        })
    }
}

/// The body of an answer, which is not over before it is sent.
pub struct Counted<B> {
    body: B,
    _answering: Answering,
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Counted<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
