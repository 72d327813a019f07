# The command with what a controller needs beside it: `score-fly gitops install` runs it at Fly.

FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --package score-fly-cli

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/target/release/score-fly /usr/local/bin/
ENTRYPOINT ["score-fly"]
