//! Who may read: whoever has a token, or a cookie that was given for one.

use axum::http::{HeaderMap, header};

use super::keys::{Secrets, hex, hmac, is_same};

/// The name of the cookie.
const NAME: &str = "score-fly-gitops";

/// For how long a cookie is good, in seconds.
const GOOD_FOR: u64 = 12 * 60 * 60;

/// Whether a request may be answered.
pub(super) fn may_read(tokens: &Secrets, headers: &HeaderMap, now: u64) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer =
        given.and_then(|given| given.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if let Some((_, token)) = bearer {
        return tokens.contain(token.trim());
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = cookies.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.any(|(name, value)| name == NAME && is_good(tokens, value, now))
}

/// A cookie for whoever has given a token. It is the time of its end, and a signature of that made with the token: nobody
/// has to remember it, and it ends with the token.
pub(super) fn cookie(tokens: &Secrets, given: &str, now: u64, is_secure: bool) -> Option<String> {
    let token = tokens.iter().find(|token| is_same(token, given))?;
    let end = now + GOOD_FOR;
    let secure = if is_secure { "; Secure" } else { "" };
    Some(format!("{NAME}={end}.{}; Path=/; Max-Age={GOOD_FOR}; HttpOnly; SameSite=Strict{secure}", sign(token, end)))
}

/// What makes a browser forget the cookie.
pub(super) fn no_cookie() -> String {
    format!("{NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
}

fn is_good(tokens: &Secrets, value: &str, now: u64) -> bool {
    let Some((end, signature)) = value.split_once('.') else { return false };
    let Ok(end) = end.parse::<u64>() else { return false };
    end > now && tokens.iter().any(|token| is_same(&sign(token, end), signature))
}

fn sign(token: &str, end: u64) -> String {
    hex(&hmac(token.as_bytes(), &[b"session until ", end.to_string().as_bytes()]))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{cookie, may_read};
    use crate::serve::keys::Secrets;

    #[test]
    fn a_cookie_is_as_good_as_its_token_for_half_a_day() {
        let tokens = Secrets::new(["old", "let-me-in"]);
        assert!(cookie(&tokens, "let-me-out", 1000, true).is_none() && cookie(&tokens, "", 1000, true).is_none());
        let set = cookie(&tokens, "let-me-in", 1000, true).unwrap();
        assert!(set.ends_with("; HttpOnly; SameSite=Strict; Secure") && !set.contains("let-me-in"), "{set}");
        let value = set.split(';').next().unwrap();
        let with = |cookie: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
            headers
        };
        assert!(may_read(&tokens, &with(&format!("other=1; {value}")), 1000));
        assert!(may_read(&tokens, &with(value), 1000 + 12 * 3600 - 1));
        assert!(!may_read(&tokens, &with(value), 1000 + 12 * 3600));
        assert!(!may_read(&Secrets::new(["old"]), &with(value), 1000), "the token is another one now");
        assert!(!may_read(&tokens, &with(&value.replace("=4", "=5")), 1000), "nobody makes it last longer");
        assert!(!may_read(&Secrets::default(), &with(value), 1000));
        let mut headers = HeaderMap::new();
        assert!(!may_read(&tokens, &headers, 1000));
        for (given, may) in
            [("Bearer let-me-in", true), ("bearer old", true), ("Bearer let-me-out", false), ("Bearer ", false)]
        {
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(given));
            assert_eq!(may_read(&tokens, &headers, 1000), may, "{given}");
        }
    }
}
