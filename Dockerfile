# A static binary on a small base. The base has `sh` and `cat`, which GitLab and Jenkins run inside a job's image.

FROM rust:1.95-alpine3.22 AS build
WORKDIR /podgate
COPY Cargo.toml Cargo.lock ./
COPY src ./src
COPY benches ./benches
COPY tests ./tests
COPY docs/rules ./docs/rules
RUN cargo build --release --locked

FROM alpine:3.22
LABEL org.opencontainers.image.source="https://github.com/podgate/podgate" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /podgate/target/release/podgate /usr/local/bin/podgate
# The image is of no use if the program does not start.
RUN podgate --version
# No USER: whoever runs the image chooses one, and podgate needs neither a home nor a name for it.
WORKDIR /src
ENTRYPOINT ["podgate"]
CMD ["scan"]
