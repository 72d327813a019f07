//! The registry in memory and the images of `score-fly-image`'s tests.

#[allow(dead_code, reason = "the crate that it is from uses more of it")]
#[path = "../../../score-fly-image/tests/support/fake.rs"]
pub(crate) mod fake;
#[allow(dead_code, reason = "the crate that it is from uses more of it")]
#[path = "../../../score-fly-image/tests/support/http.rs"]
pub(crate) mod http;
#[allow(dead_code, reason = "the crate that it is from uses more of it")]
#[path = "../../../score-fly-image/tests/support/images.rs"]
pub(crate) mod images;
