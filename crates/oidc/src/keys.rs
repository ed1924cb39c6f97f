//! A provider's keys (RFC 7517) and the signatures made with them (RFC 7515, RFC 7518).

use super::{unavailable, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Url};
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use vakhta_domain::ports::ProviderError;

/// Keys are read again at most this often: whoever sends tokens of made-up keys must not make us ask without end.
const READ_EVERY: SignedDuration = SignedDuration::from_secs(60);

#[derive(Deserialize, Clone)]
struct Jwk {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

/// How signatures are checked that a provider may make. `none` is not among them, nor is any that a shared secret makes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Ps256,
    Es256,
}

impl Algorithm {
    fn of(word: &str) -> Option<Self> {
        match word {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

impl Jwk {
    /// Whether it may have made a signature of this algorithm.
    fn suits(&self, head: &Head, algorithm: Algorithm) -> bool {
        let kind = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => self.kty == "RSA",
            Algorithm::Es256 => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
        };
        let named = head.kid.is_none() || head.kid == self.kid;
        let signs = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        kind && named && signs && self.alg.as_ref().is_none_or(|alg| *alg == head.alg)
    }

    /// Whether it made this signature.
    fn made(&self, algorithm: Algorithm, signed: &[u8], tag: &[u8]) -> bool {
        let bytes = |part: &Option<String>| {
            part.as_ref().and_then(|text| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok())
        };
        let rsa = |parameters| {
            let (Some(n), Some(e)) = (bytes(&self.n), bytes(&self.e)) else { return false };
            // Some write a leading zero, which is no part of a number.
            let n = n.strip_prefix(&[0]).unwrap_or(&n).to_vec();
            RsaPublicKeyComponents { n, e }.verify(parameters, signed, tag).is_ok()
        };
        match algorithm {
            Algorithm::Rs256 => rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            Algorithm::Ps256 => rsa(&signature::RSA_PSS_2048_8192_SHA256),
            Algorithm::Es256 => {
                let (Some(x), Some(y)) = (bytes(&self.x), bytes(&self.y)) else { return false };
                let point = [&[4], &x[..], &y[..]].concat();
                let key = UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point);
                key.verify(signed, tag).is_ok()
            }
        }
    }
}

/// The keys at an address, as they were last read.
pub(crate) struct KeySet {
    address: Url,
    read: Mutex<(Vec<Jwk>, Option<Timestamp>)>,
}

/// A token cut into what is looked at.
struct Cut {
    head: Head,
    algorithm: Algorithm,
    signed: Vec<u8>,
    tag: Vec<u8>,
    claims: Value,
}

fn unproven(text: impl Into<String>) -> ProviderError {
    ProviderError::Unproven(text.into())
}

impl KeySet {
    pub(crate) fn at(address: Url) -> Self {
        Self { address, read: Mutex::default() }
    }

    /// The claims of a token that one of the keys signed. Keys that are not known yet are read, as a provider changes
    /// them without a word.
    pub(crate) async fn verified(
        &self,
        client: &Client,
        token: &str,
        now: Timestamp,
    ) -> Result<Value, ProviderError> {
        let cut = cut(token)?;
        let mut read = self.read.lock().await;
        if signed_by(&read.0, &cut) {
            return Ok(cut.claims);
        }
        if read.1.is_none_or(|at| now.duration_since(at) >= READ_EVERY) {
            *read = (self.fetch(client).await?, Some(now));
        }
        if signed_by(&read.0, &cut) {
            Ok(cut.claims)
        } else {
            Err(unproven("none of its keys made the signature"))
        }
    }

    async fn fetch(&self, client: &Client) -> Result<Vec<Jwk>, ProviderError> {
        let (status, body) = web::ask(client.get(self.address.clone()), "its list of keys").await?;
        if !status.is_success() {
            return Err(unavailable(format!("its list of keys is answered {status}")));
        }
        let keys = body["keys"].as_array().ok_or_else(|| unavailable("its list of keys is none"))?;
        // A key of a kind that we do not know is no reason to refuse the others.
        Ok(keys.iter().filter_map(|key| serde_json::from_value(key.clone()).ok()).collect())
    }
}

fn signed_by(keys: &[Jwk], cut: &Cut) -> bool {
    let mut suitable = keys.iter().filter(|key| key.suits(&cut.head, cut.algorithm));
    suitable.any(|key| key.made(cut.algorithm, &cut.signed, &cut.tag))
}

fn cut(token: &str) -> Result<Cut, ProviderError> {
    let (signed, tag) = token.rsplit_once('.').ok_or_else(|| unproven("it is no signed token"))?;
    let (head, claims) = signed.split_once('.').ok_or_else(|| unproven("it is no signed token"))?;
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| unproven("it is not base64url"));
    let head: Head = serde_json::from_slice(&bytes(head)?)
        .map_err(|error| unproven(format!("its header is none: {error}")))?;
    if head.crit.is_some() {
        return Err(unproven("its header asks for what is not known here"));
    }
    let algorithm = Algorithm::of(&head.alg).ok_or_else(|| {
        unproven(format!("its algorithm is `{}`, taken are RS256, PS256 and ES256", head.alg))
    })?;
    let claims = serde_json::from_slice(&bytes(claims)?)
        .map_err(|error| unproven(format!("its claims are none: {error}")))?;
    Ok(Cut { algorithm, signed: signed.as_bytes().to_vec(), tag: bytes(tag)?, head, claims })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn fresh() -> Self {
            let chance = SystemRandom::new();
            let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let made = EcdsaKeyPair::generate_pkcs8(kind, &chance).expect("a key");
            Self(EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &chance).expect("a key"))
        }

        fn jwk(&self, more: &Value) -> Jwk {
            let point = self.0.public_key().as_ref();
            let mut key = json!({"kty": "EC", "crv": "P-256", "kid": "one",
                "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..])});
            key.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            serde_json::from_value(key).expect("a key")
        }

        fn sign(&self, head: &Value) -> String {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let text = format!("{}.{}", part(head), part(&json!({"sub": "42"})));
            let tag = self.0.sign(&SystemRandom::new(), text.as_bytes()).expect("a signature");
            format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
        }
    }

    fn takes(keys: &[Jwk], token: &str) -> bool {
        cut(token).is_ok_and(|cut| signed_by(keys, &cut))
    }

    #[test]
    fn signatures_of_the_right_key_are_taken() {
        let (ours, other) = (Signer::fresh(), Signer::fresh());
        let head = json!({"alg": "ES256", "kid": "one"});
        let token = ours.sign(&head);
        let none = json!({});
        assert!(takes(&[other.jwk(&none), ours.jwk(&none)], &token), "the second of two with one name");
        assert!(takes(&[ours.jwk(&none)], &ours.sign(&json!({"alg": "ES256"}))), "no name at all");
        assert!(takes(&[ours.jwk(&json!({"use": "sig", "alg": "ES256"}))], &token));
        for more in [
            json!({"kid": "two"}),
            json!({"use": "enc"}),
            json!({"alg": "ES384"}),
            json!({"crv": "P-384"}),
            json!({"kty": "RSA"}),
            json!({"x": "AAAA"}),
        ] {
            assert!(!takes(&[ours.jwk(&more)], &token), "{more}");
        }
        assert!(!takes(&[other.jwk(&none)], &token));
        assert!(!takes(&[], &token));
    }

    #[test]
    fn the_signature_of_the_standard_is_taken() {
        // RFC 7515, appendix A.2.
        let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR\
                 T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB\
                 dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia\
                 GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9\
                     pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0\
                     Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIA\
                     RNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvW\
                     h6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        let key = |more: &Value| {
            let mut key = json!({"kty": "RSA", "n": n, "e": "AQAB"});
            key.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            serde_json::from_value::<Jwk>(key).expect("a key")
        };
        assert!(takes(&[key(&json!({}))], token));
        assert!(takes(&[key(&json!({"n": format!("{n}=")}))], token), "padding is let pass");
        assert!(!takes(&[key(&json!({"alg": "PS256"}))], token));
        assert!(!takes(&[key(&json!({"e": "Aw"}))], token));
        assert!(!takes(&[key(&json!({}))], &token.replace("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJqb2Vi")));
    }

    #[test]
    fn other_algorithms_and_altered_tokens_are_refused() {
        let ours = Signer::fresh();
        let keys = [ours.jwk(&json!({}))];
        for head in [
            json!({"alg": "none", "kid": "one"}),
            json!({"alg": "HS256", "kid": "one"}),
            json!({"alg": "RS256", "kid": "one"}),
            json!({"alg": "ES256", "kid": "one", "crit": ["exp"]}),
            json!({"kid": "one"}),
        ] {
            assert!(!takes(&keys, &ours.sign(&head)), "{head}");
        }
        let token = ours.sign(&json!({"alg": "ES256"}));
        let parts: Vec<&str> = token.split('.').collect();
        let more = URL_SAFE_NO_PAD.encode(json!({"sub": "43"}).to_string());
        for altered in [
            format!("{}.{more}.{}", parts[0], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{token}A"),
            String::new(),
        ] {
            assert!(!takes(&keys, &altered), "{altered}");
        }
        assert!(takes(&keys, &token));
    }
}
