//! The binary `score-fly`.

fn main() -> score_fly_cli::Exit {
    score_fly_cli::run()
}
