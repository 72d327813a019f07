//! How long the stages take over files of three sizes. `cargo bench -p score-fly-core`
//!
//! It prints the best and the middle of many runs, so that a change can be weighed against what the
//! machine does besides.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use score_fly_core::convert::Options;
use score_fly_core::resolve::Given;
use score_fly_core::resource::Outputs;
use score_fly_core::{Input, Source, convert, document, fly, load};

/// How long each measurement goes on.
const TIME: Duration = Duration::from_secs(1);

fn main() {
    println!("{:24} {:>9} {:>12} {:>12} {:>9}", "", "bytes", "best", "median", "MB/s");
    let outputs = Source::new("outputs.yaml", "db: { values: { host: db.internal }, secrets: { password: hush } }");
    let outputs = Outputs::read(&outputs).into_result().expect("the outputs are valid").0;
    let given = Given { outputs, ..Given::default() };
    let options = Options::default();

    for (name, variables) in [("small", 5), ("20 KB", 220), ("200 KB", 2_150)] {
        let score = Source::new("score.yaml", workload(variables));
        let input = Input::new(&score);
        assert!(convert(input, &given, &options).into_result().is_ok(), "the workload is valid");
        let bytes = score.text.len();
        measure(&format!("{name}: parse"), bytes, || document::parse(&score));
        measure(&format!("{name}: parse and decode"), bytes, || load(input));
        measure(&format!("{name}: convert"), bytes, || {
            convert(input, &given, &options).map(|app| fly::emit(&app.config))
        });
    }
}

/// A workload with something of everything and this many variables.
fn workload(variables: usize) -> String {
    let mut text = "\
apiVersion: score.dev/v1b1
metadata:
  name: shop
service:
  ports:
    http: { port: 80, targetPort: 8080 }
    https: { port: 443, targetPort: 8080 }
resources:
  db:
    type: postgres
containers:
  web:
    image: ghcr.io/acme/shop:1.4
    resources:
      requests: { cpu: 500m, memory: 300Mi }
    readinessProbe:
      httpGet: { path: /ready, port: 8080 }
    files:
      /etc/shop/shop.toml:
        content: |
          name = \"${metadata.name}\"
          host = \"${resources.db.host}\"
    variables:
"
    .to_owned();
    for number in 0..variables {
        let value = match number % 3 {
            0 => "some plain text of usual length, quoted or not, about 60 characters",
            1 => "postgres://shop:${resources.db.password}@${resources.db.host}:5432/shop",
            _ => "http://${metadata.name}.internal:8080/some/path?and=a&query=string",
        };
        writeln!(text, "      VARIABLE_NUMBER_{number}: \"{value}\"").expect("a string takes any text");
    }
    text
}

/// Runs `task` for a while, and prints its times.
fn measure<T>(name: &str, bytes: usize, task: impl Fn() -> T) {
    let mut times = Vec::new();
    let start = Instant::now();
    while start.elapsed() < TIME {
        let start = Instant::now();
        black_box(task());
        times.push(start.elapsed());
    }
    times.sort();
    let (best, median) = (times[0], times[times.len() / 2]);
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
    let speed = bytes as f64 / median.as_secs_f64() / 1e6;
    println!("{name:24} {bytes:>9} {best:>12.1?} {median:>12.1?} {speed:>9.1}");
}
