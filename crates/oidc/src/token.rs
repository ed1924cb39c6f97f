//! The code exchanged for an ID token (OpenID Connect Core 1.0, section 3.1.3), and what the token says.

use super::discovery::Discovered;
use super::{ProviderConfig, unavailable, web};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use vakhta_domain::ports::ProviderError;
use vakhta_domain::user::IdClaims;

/// The ID token for a code; `back` is where the browser came back to, as it was said before.
pub(crate) async fn redeem(
    client: &Client,
    config: &ProviderConfig,
    found: &Discovered,
    (code, verifier, back): (&str, &str, &str),
) -> Result<String, ProviderError> {
    let given = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", back),
        ("code_verifier", verifier),
    ];
    let (status, body) = web::ask(request(client, config, found, &given), "its token address").await?;
    if let Some(token) = body["id_token"].as_str().filter(|_| status.is_success()) {
        return Ok(token.to_owned());
    }
    match body["error"].as_str() {
        Some(error @ ("invalid_grant" | "invalid_request")) => Err(ProviderError::Refused(error.to_owned())),
        Some(error) => {
            Err(unavailable(format!("it answers {status} `{}`", error.chars().take(80).collect::<String>())))
        }
        None => Err(unavailable(format!("its token address is answered {status} without an ID token"))),
    }
}

/// The question, with our secret where the provider wants it.
fn request(
    client: &Client,
    config: &ProviderConfig,
    found: &Discovered,
    given: &[(&str, &str)],
) -> RequestBuilder {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(given);
    let mut request = client.post(found.token.clone());
    match &config.secret {
        Some(secret) if !found.secret_in_body => {
            // RFC 6749, section 2.3.1: each is encoded as in a form before.
            let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            request = request.basic_auth(encoded(&config.client), Some(encoded(secret)));
        }
        secret => {
            form.append_pair("client_id", &config.client);
            if let Some(secret) = secret {
                form.append_pair("client_secret", secret);
            }
        }
    }
    request.header("content-type", "application/x-www-form-urlencoded").body(form.finish())
}

/// What an ID token says, in our words. A claim of another kind than it should be counts as missing.
pub(crate) fn claims(said: &Value, groups_claim: &str) -> Result<IdClaims, ProviderError> {
    let text = |name: &str| said[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let texts = |value: &Value| match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let seconds = |name: &str| said[name].as_f64().map(|seconds| seconds as i64);
    let missing = |name: &str| ProviderError::Unproven(format!("it has no `{name}`"));
    let mail = text("email").and_then(|mail| mail.split('@').next().map(str::to_owned));
    Ok(IdClaims {
        issuer: text("iss").ok_or_else(|| missing("iss"))?,
        subject: text("sub").ok_or_else(|| missing("sub"))?,
        audience: texts(&said["aud"]),
        party: text("azp"),
        expires: seconds("exp").ok_or_else(|| missing("exp"))?,
        issued: seconds("iat").ok_or_else(|| missing("iat"))?,
        nonce: text("nonce"),
        name: text("preferred_username").or(mail),
        groups: texts(groups_of(said, groups_claim)),
    })
}

/// The claim of that name, or at that path: some write `realm_access.roles`.
fn groups_of<'a>(said: &'a Value, name: &str) -> &'a Value {
    match said.get(name) {
        Some(found) => found,
        None => name.split('.').fold(said, |at, part| &at[part]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn claims_are_read_as_providers_write_them() {
        let said = json!({"iss": "i", "sub": "42", "aud": "vakhta", "exp": 10.5, "iat": 9, "nonce": "n",
            "email": "anna@shop.example", "groups": "staff", "realm_access": {"roles": ["a", 1, "b"]}});
        let read = claims(&said, "groups").expect("all is there");
        assert_eq!(
            (read.audience, read.expires, read.name.as_deref()),
            (vec!["vakhta".to_owned()], 10, Some("anna"))
        );
        assert_eq!(read.groups, ["staff"]);
        assert_eq!(claims(&said, "realm_access.roles").expect("all is there").groups, ["a", "b"]);
        assert_eq!(claims(&said, "nothing.here").expect("all is there").groups, [""; 0]);
        for missing in ["iss", "sub", "exp", "iat"] {
            let mut less = said.clone();
            less.as_object_mut().expect("an object").remove(missing);
            assert!(claims(&less, "groups").is_err(), "{missing}");
        }
    }
}
