//! Talks to a server over its public API, as any program could, and turns its refusals into failures.

pub mod credentials;
pub mod fields;
pub mod follow;
mod refusal;

use crate::exit::{Exit, Failure, Result};
use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder, Response, Url};
use serde_json::Value;
use std::time::Duration;

/// Where commands look for a server by themselves.
pub const DEFAULT_SERVER: &str = "http://127.0.0.1:8085";

/// Which server, and as whom.
#[derive(Debug, Clone, clap::Args)]
pub struct Connection {
    /// The server's address.
    #[arg(long, env = "VAKHTA_SERVER", value_name = "URL", default_value = DEFAULT_SERVER, help_heading = "Server")]
    pub server: String,
    /// An API token; else the one that `vakhta login` keeps.
    #[arg(long, env = "VAKHTA_TOKEN", value_name = "TOKEN", hide_env_values = true, help_heading = "Server")]
    pub token: Option<String>,
}

/// A connection to one server.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<String>,
}

/// What is asked of the server, apart from the body.
pub struct Ask<'a> {
    method: Method,
    path: &'a [&'a str],
    query: Vec<(&'a str, String)>,
}

impl<'a> Ask<'a> {
    /// A request for `/api/v1/` + `path`.
    pub fn new(method: Method, path: &'a [&'a str]) -> Self {
        Self { method, path, query: Vec::new() }
    }

    /// A GET.
    pub fn get(path: &'a [&'a str]) -> Self {
        Self::new(Method::GET, path)
    }

    /// A POST.
    pub fn post(path: &'a [&'a str]) -> Self {
        Self::new(Method::POST, path)
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Adds a query parameter where there is a value.
    #[must_use]
    pub fn maybe(self, name: &'a str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Client {
    /// A client for the server, with the token given or kept.
    pub fn new(connection: &Connection) -> Result<Self> {
        let base = base_url(&connection.server)?;
        let token = match &connection.token {
            Some(token) => Some(token.clone()),
            None => credentials::Credentials::load()?.token(&base).map(str::to_owned),
        };
        // reqwest is built without a cryptography of its own; whoever came first is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("vakhta-cli/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(5))
            // Not a limit on the whole request: an upload or a waited-for job takes its time.
            .read_timeout(Duration::from_mins(5))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { http, base, token })
    }

    /// The server's address.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The same server with another token.
    #[must_use]
    pub fn with_token(mut self, token: Option<String>) -> Self {
        self.token = token;
        self
    }

    /// A request to be given a body.
    pub fn request(&self, ask: &Ask<'_>) -> Result<RequestBuilder> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Failure::new(Exit::Usage, format!("`{}` is no address of a server", self.base)))?
            .pop_if_empty()
            .extend(["api", "v1"])
            .extend(ask.path);
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(ask.query.iter().map(|(k, v)| (*k, v.as_str())));
        }
        let mut request = self.http.request(ask.method.clone(), url).header("X-Vakhta-Client", "cli");
        if let Some(token) = &self.token {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
                Failure::new(Exit::Forbidden, "the token holds characters that no token has, copy it again")
            })?;
            value.set_sensitive(true);
            request = request.header("Authorization", value);
        }
        Ok(request)
    }

    /// Sends a request and hands on any answer that is not an error.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(refusal::failure(&self.base, response).await)
    }

    /// Sends a request and reads a JSON answer; nothing where the answer has no body.
    pub async fn json(&self, request: RequestBuilder) -> Result<Value> {
        let response = self.send(request).await?;
        let status = response.status();
        let body = response.bytes().await.map_err(|error| self.unreachable(&error))?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(|_| {
            let text = format!(
                "{} answered {status} with something that is no JSON; is it a Vakhta server?",
                self.base
            );
            Failure::new(Exit::Unreachable, text)
        })
    }

    /// Asks without a body.
    pub async fn ask(&self, ask: Ask<'_>) -> Result<Value> {
        self.json(self.request(&ask)?).await
    }

    /// Asks with a JSON body.
    pub async fn ask_with(&self, ask: Ask<'_>, body: &Value) -> Result<Value> {
        self.json(self.request(&ask)?.json(body)).await
    }

    /// Every item of a list, page by page; at most `most`.
    pub async fn items(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
        most: usize,
    ) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = most.saturating_sub(items.len()).min(200);
            let mut ask = Ask::get(path).with("limit", page.to_string()).maybe("cursor", cursor.clone());
            for (name, value) in query {
                ask = ask.maybe(name, value.clone());
            }
            let mut answer = self.ask(ask).await?;
            let Value::Array(found) = answer["items"].take() else {
                return Err(Failure::new(Exit::Failed, "the server's list has no items"));
            };
            items.extend(found);
            cursor = answer["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() || items.len() >= most {
                return Ok(items);
            }
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Failure::new(Exit::Unreachable, format!("cannot reach {}: {cause}", self.base)).with_more([
            "start a server by `vakhta serve`, or name one by --server or VAKHTA_SERVER".to_owned(),
        ])
    }
}

fn base_url(text: &str) -> Result<Url> {
    let wrong = |why: String| Failure::new(Exit::Usage, format!("--server `{text}`: {why}"));
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let mut url = Url::parse(&with_scheme).map_err(|e| wrong(e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("write an address such as https://vakhta.example.org".into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("leave the name and password out, sign in by `vakhta login`".into()));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        for (text, url) in [
            ("http://127.0.0.1:8085", "http://127.0.0.1:8085/"),
            ("example.org:80", "http://example.org/"),
            ("https://example.org/vakhta?x=1", "https://example.org/vakhta"),
        ] {
            assert_eq!(base_url(text).expect("right").as_str(), url);
        }
        for text in ["", "ftp://x", "http://u:p@h", "http://"] {
            assert_eq!(base_url(text).expect_err(text).exit, Exit::Usage);
        }
    }

    #[test]
    fn a_request_has_the_path_the_token_and_the_mark_of_the_command_line() {
        let connection = Connection { server: "http://h/base/".into(), token: Some("vkt_x".into()) };
        let client = Client::new(&connection).expect("a client");
        let ask = Ask::get(&["models", "a b/c"]).with("q", "д&").maybe("none", None::<String>);
        let request = client.request(&ask).expect("a request").build().expect("complete");
        assert_eq!(request.url().as_str(), "http://h/base/api/v1/models/a%20b%2Fc?q=%D0%B4%26");
        assert_eq!(request.headers()["authorization"], "Bearer vkt_x");
        assert_eq!(request.headers()["x-vakhta-client"], "cli");
    }
}
