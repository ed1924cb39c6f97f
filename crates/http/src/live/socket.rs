//! One listener's connection: what he subscribed to, what he missed, and that he is still there.

use super::{Listener, News};
use crate::App;
use crate::auth::{Door, SignedIn, authenticate};
use crate::native::events::views::EventView;
use crate::native::jobs::views::{JobLogLineView, JobView};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, interval, timeout};
use vakhta_domain::ids::{ModelKey, UserId, WorkspaceId, check_key};
use vakhta_domain::job::JobState;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{JobFilter, StoreError};
use vakhta_domain::user::{Actor, Permission};

/// A listener that takes nothing for this long is dropped.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the connection is tried and the listener's right checked anew.
const PULSE: Duration = Duration::from_secs(20);
/// A listener that was silent for this long, pongs included, is gone.
const SILENCE: Duration = Duration::from_secs(65);
/// The most events that are caught up with; who missed more reads everything again.
const MAX_MISSED: i64 = 2000;
/// The most topics of one listener.
const MAX_TOPICS: usize = 200;

/// What a listener may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscribe {
    subscribe: Vec<String>,
    #[serde(default)]
    after: Option<i64>,
}

/// Why a connection ends.
enum End {
    /// He is gone, or takes nothing.
    Gone,
    /// He is told why.
    Told(u16, &'static str),
}

/// Serves one listener until he goes.
pub(crate) async fn serve(app: App, who: SignedIn, secret: String, mut socket: WebSocket) {
    let end = match app.live.listen(&who.actor.workspace).await {
        Ok(listener) => {
            let connection =
                Connection { app: &app, actor: &who.actor, secret: &secret, topics: Vec::new(), seq: 0 };
            connection.run(listener, &mut socket).await
        }
        Err(error) => {
            tracing::warn!(%error, "a listener could not be served");
            End::Told(1013, "the server cannot follow its history now")
        }
    };
    if let End::Told(code, reason) = end {
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = timeout(SEND_TIMEOUT, socket.send(Message::Close(Some(frame)))).await;
    }
}

struct Connection<'a> {
    app: &'a App,
    actor: &'a Actor,
    secret: &'a str,
    topics: Vec<String>,
    /// The newest event that he was told of, or that he came after.
    seq: i64,
}

impl Connection<'_> {
    async fn run(mut self, mut listener: Listener, socket: &mut WebSocket) -> End {
        self.seq = match self.app.ports().events.last_seq().await {
            Ok(seq) => seq,
            Err(error) => return store_failed(&error),
        };
        if let Err(end) = say(socket, &json!({ "type": "hello", "seq": self.seq })).await {
            return end;
        }
        let mut pulse = interval(PULSE);
        let mut heard = Instant::now();
        loop {
            let done = tokio::select! {
                told = listener.news.recv() => match told {
                    Ok(told) => self.pass_on(socket, &told.0, &told.1).await,
                    // He lagged behind by more than the backlog; he comes back with `after`.
                    Err(_) => Err(End::Told(1013, "too slow, come back with after")),
                },
                said = socket.recv() => {
                    heard = Instant::now();
                    match said {
                        Some(Ok(Message::Text(text))) => self.hear(socket, text.as_str()).await,
                        Some(Ok(Message::Binary(_))) => Err(End::Told(1003, "send text")),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                        Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
                    }
                }
                _ = pulse.tick() => self.pulse(socket, heard).await,
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    /// Sees whether he is still there and may still listen.
    async fn pulse(&self, socket: &mut WebSocket, heard: Instant) -> Result<(), End> {
        if heard.elapsed() > SILENCE {
            return Err(End::Gone);
        }
        self.may_still_listen().await?;
        send(socket, Message::Ping(Vec::new().into())).await
    }

    /// Ends the connection of somebody who signed out, was disabled or lost his right.
    async fn may_still_listen(&self) -> Result<(), End> {
        let by_cookie = self.actor.source == vakhta_domain::user::Source::Gui;
        // He goes on hearing of the workspace that he began with, as long as he belongs to it.
        let workspace = Some(self.actor.workspace.as_str().to_owned());
        let door = Door { by_cookie, workspace, ..Door::default() };
        let allowed = match authenticate(self.app, self.secret, door).await {
            Ok(who) => who.require(Permission::Look).is_ok(),
            Err(problem) => problem.status().is_server_error(),
        };
        if !allowed {
            return Err(End::Told(1008, "signed out"));
        }
        Ok(())
    }

    /// Tells what belongs to his workspace. What is about his own account may have ended his right to hear it.
    async fn pass_on(&mut self, socket: &mut WebSocket, place: &WorkspaceId, news: &News) -> Result<(), End> {
        if let News::Event(event) = news
            && event.subject_type == "user"
            && Some(event.subject_id.as_str()) == self.actor.user.as_ref().map(UserId::as_str)
        {
            self.may_still_listen().await?;
        }
        if *place == self.actor.workspace { self.tell(socket, news).await } else { Ok(()) }
    }

    async fn hear(&mut self, socket: &mut WebSocket, text: &str) -> Result<(), End> {
        let wanted: Subscribe = match serde_json::from_str(text) {
            Ok(wanted) => wanted,
            Err(error) => return complain(socket, &format!("not understood: {error}")).await,
        };
        for topic in &wanted.subscribe {
            let known = match topic.strip_prefix("models/") {
                Some(key) => check_key(key).is_ok(),
                None => ["jobs", "events", "alerts"].contains(&topic.as_str()),
            };
            if !known {
                let shown: String = topic.chars().take(80).collect();
                let text = format!("`{shown}` is no topic, known are jobs, events, alerts, models/KEY");
                return complain(socket, &text).await;
            }
            if !self.topics.contains(topic) {
                self.topics.push(topic.clone());
            }
        }
        if self.topics.len() > MAX_TOPICS {
            return complain(socket, &format!("at most {MAX_TOPICS} topics are followed")).await;
        }
        if let Some(after) = wanted.after {
            self.catch_up(socket, after).await?;
        }
        self.active_jobs(socket).await
    }

    /// Tells what happened after `after`, or that it was too much.
    async fn catch_up(&mut self, socket: &mut WebSocket, after: i64) -> Result<(), End> {
        let events = &self.app.ports().events;
        let last = events.last_seq().await.map_err(|e| store_failed(&e))?;
        if after > last || last.saturating_sub(after) > MAX_MISSED || after < 0 {
            self.seq = last;
            return say(socket, &json!({ "type": "resync", "seq": last })).await;
        }
        self.seq = after;
        while self.seq < last {
            let batch = events.events_after(self.seq, 500).await.map_err(|e| store_failed(&e))?;
            if batch.is_empty() {
                break;
            }
            for (workspace, event) in batch {
                if workspace == self.actor.workspace {
                    self.tell(socket, &News::Event(event)).await?;
                } else {
                    self.seq = event.seq;
                }
            }
        }
        Ok(())
    }

    /// Tells where the active jobs stand, so that a listener needs no second source.
    async fn active_jobs(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        for state in [JobState::Running, JobState::Queued] {
            let filter = JobFilter { state: Some(state), ..JobFilter::default() };
            let page =
                self.app.ports().jobs.jobs(&self.actor.workspace, &filter, &PageQuery::first(100)).await;
            for job in page.map_err(|e| store_failed(&e))?.items {
                self.tell(socket, &News::Job(job)).await?;
            }
        }
        Ok(())
    }

    /// The topic that brings him this, if he follows one.
    fn topic(&self, general: &str, model: Option<&str>) -> Option<&str> {
        let of_model = model.map(|key| format!("models/{key}"));
        let followed = |topic: &&String| **topic == general || Some(*topic) == of_model.as_ref();
        self.topics.iter().find(followed).map(String::as_str)
    }

    async fn tell(&mut self, socket: &mut WebSocket, news: &News) -> Result<(), End> {
        let message = match news {
            News::Event(event) => {
                if event.seq <= self.seq {
                    return Ok(());
                }
                self.seq = event.seq;
                let of_alerts = event.kind.starts_with("alert").then(|| self.topic("alerts", None)).flatten();
                of_alerts.or_else(|| self.topic("events", event.model.as_deref())).map(|topic| {
                    let view = EventView::of(event.clone(), self.actor);
                    json!({ "type": "event", "topic": topic, "seq": event.seq, "event": view })
                })
            }
            News::Job(job) => self.topic("jobs", job.model.as_ref().map(ModelKey::as_str)).map(|topic| {
                let view = JobView::of(job, self.app.now(), self.actor);
                json!({ "type": "job", "topic": topic, "job": view })
            }),
            News::Log { job, model, lines } => self.topic("jobs", model.as_deref()).map(|topic| {
                let lines: Vec<JobLogLineView> = lines.iter().cloned().map(JobLogLineView::from).collect();
                json!({ "type": "job_log", "topic": topic, "job_id": job.as_str(), "lines": lines })
            }),
        };
        match message {
            Some(message) => say(socket, &message).await,
            None => Ok(()),
        }
    }
}

fn store_failed(error: &StoreError) -> End {
    tracing::warn!(%error, "a listener could not be served");
    End::Told(1013, "the store cannot be used now")
}

async fn complain(socket: &mut WebSocket, text: &str) -> Result<(), End> {
    say(socket, &json!({ "type": "error", "message": text })).await
}

async fn say(socket: &mut WebSocket, message: &Value) -> Result<(), End> {
    send(socket, Message::Text(message.to_string().into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}
