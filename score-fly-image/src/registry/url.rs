//! Addresses.

/// The address that `location` means, seen from `base`.
pub(super) fn join(base: &str, location: &str) -> Option<String> {
    let location = location.split('#').next().unwrap_or_default();
    if location.is_empty() || location.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
        return None;
    }
    let (scheme, rest) = base.split_once("://")?;
    let host_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(host_end)?;
    if location.starts_with("http://") || location.starts_with("https://") {
        return Some(location.to_owned());
    }
    if let Some(rest) = location.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    if location.starts_with('/') {
        return Some(format!("{scheme}://{host}{location}"));
    }
    let path = path.split('?').next().unwrap_or_default();
    if location.starts_with('?') {
        return Some(format!("{scheme}://{host}{path}{location}"));
    }
    // Another scheme.
    if location.split(['/', '?']).next().is_some_and(|first| first.contains(':')) {
        return None;
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(format!("{scheme}://{host}{folder}/{location}"))
}

/// Whether two addresses have the same scheme, host and port.
pub(super) fn same_origin(a: &str, b: &str) -> bool {
    let origin = |url: &str| {
        let (scheme, rest) = url.split_once("://")?;
        // Browsers take a backslash for a slash; who has one is nobody's friend.
        let host = rest.split(['/', '?', '#']).next().filter(|host| !host.contains(['@', '\\']))?;
        let default = if scheme == "https" { ":443" } else { ":80" };
        Some((scheme.to_ascii_lowercase(), host.strip_suffix(default).unwrap_or(host).to_ascii_lowercase()))
    };
    origin(a).is_some_and(|origin_a| Some(origin_a) == origin(b))
}

/// A value in a query.
pub(super) fn encode(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::{encode, join, same_origin};

    #[test]
    fn locations_may_be_relative() {
        let base = "https://host:1/v2/app/blobs/uploads/?mount=x";
        for (location, url) in [
            ("https://other/x?y=1#z", "https://other/x?y=1"),
            ("//other/x", "https://other/x"),
            ("/v2/x?_state=a%3D", "https://host:1/v2/x?_state=a%3D"),
            ("abc", "https://host:1/v2/app/blobs/uploads/abc"),
            ("?a", "https://host:1/v2/app/blobs/uploads/?a"),
        ] {
            assert_eq!(join(base, location).as_deref(), Some(url));
        }
        for location in ["", "#a", "file:///etc/passwd", "/a b", "/a\r\nb"] {
            assert_eq!(join(base, location), None, "{location}");
        }
        assert_eq!(join("http://host", "/a").as_deref(), Some("http://host/a"));
    }

    #[test]
    fn origins_are_scheme_host_and_port() {
        assert!(same_origin("https://Host/a", "https://host:443"));
        assert!(same_origin("http://[::1]:5000/a?b", "http://[::1]:5000"));
        for other in
            ["http://host", "https://host:444", "https://host.evil", "https://host@evil", "https://evil\\@host", ""]
        {
            assert!(!same_origin(other, "https://host"), "{other}");
        }
    }

    #[test]
    fn queries_are_encoded() {
        assert_eq!(encode("repository:a/b:pull,push &=é"), "repository:a/b:pull%2Cpush%20%26%3D%C3%A9");
    }
}
