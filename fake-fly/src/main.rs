//! Serves Fly's APIs on this machine until it is ended.

use std::process::ExitCode;
use std::time::Duration;

use fake_fly::{FakeFly, Pace};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let port = match arguments.as_slice() {
        [] => Ok(4280),
        [flag, port] if flag == "--port" => port.parse(),
        _ => "".parse(),
    };
    let Ok(port) = port else {
        eprintln!("usage: fake-fly [--port PORT]   (4280 unless told otherwise; 0 is any free one)");
        return ExitCode::from(2);
    };
    let fly = match FakeFly::start_on(port, Pace::Real) {
        Ok(fly) => fly,
        Err(error) => {
            eprintln!("can't listen on port {port}: {error}; choose another one with --port");
            return ExitCode::FAILURE;
        }
    };
    println!("# Fly's APIs are served at {0} until this ends. {0}/_fake lists all calls.", fly.url());
    println!("# In another terminal:");
    for (name, value) in fly.env() {
        println!("export {name}={value}");
    }
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}
