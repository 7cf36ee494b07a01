//! Which librdkafka properties must never be shown.

/// What stands in a secret's place.
pub(super) const MASK: &str = "********";

/// Parts of a name that speak of a secret wherever they stand.
const WORDS: [&str; 6] = ["password", "passphrase", "secret", "jaas", "credential", "oauthbearer.config"];
/// Segments of a name that do so only as a whole (`ssl.key.pem`, not `keystore`).
const SEGMENTS: [&str; 3] = ["key", "token", "assertion"];
/// What such a name may end in without being a secret: where to find it, or how it is made.
const PLACES: [&str; 5] = ["location", "file", "url", "type", "algorithm"];

/// Whether the value of the librdkafka property `name` is a secret.
///
/// ```
/// use copydesk::settings::is_secret;
/// assert!(is_secret("sasl.password") && is_secret("ssl.key.pem") && is_secret("ssl_key"));
/// assert!(!is_secret("sasl.username") && !is_secret("ssl.key.location"));
/// ```
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let segments: Vec<&str> = name.split(['.', '_']).collect();
    if segments.last().is_some_and(|last| PLACES.contains(last)) {
        return false;
    }
    WORDS.iter().any(|word| name.contains(word)) || segments.iter().any(|part| SEGMENTS.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_librdkafka_fall_on_the_right_side() {
        for name in [
            "sasl.password",
            "ssl.key.password",
            "ssl.keystore.password",
            "ssl.key.pem",
            "ssl_key",
            "sasl.oauthbearer.client.secret",
            "sasl.oauthbearer.config",
            "sasl.oauthbearer.assertion.private.key.pem",
            "sasl.oauthbearer.assertion.private.key.passphrase",
            "sasl.jaas.config",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "sasl.username",
            "sasl.mechanism",
            "ssl.ca.location",
            "ssl.key.location",
            "ssl.keystore.location",
            "ssl.certificate.pem",
            "sasl.oauthbearer.token.endpoint.url",
            "sasl.oauthbearer.assertion.private.key.file",
            "sasl.oauthbearer.assertion.algorithm",
            "linger.ms",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
