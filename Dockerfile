# podgate on busybox, for `sh` and `cat`, which GitLab and Jenkins run inside a job's image. There are no packages in it
# that would need updates of their own.
#
#   docker build -t podgate .
#   docker buildx build --platform linux/amd64,linux/arm64 …     cross-compiles; nothing is emulated
#
# Both bases can be replaced, by those of a mirror or by one with more programs (--build-arg BASE_IMAGE=alpine:3.23). The
# digests name the index of all platforms. Dependabot does not read arguments: image/Dockerfile.bases has them for it.
ARG RUST_IMAGE=rust:1.95.0-alpine3.23@sha256:606fd313a0f49743ee2a7bd49a0914bab7deedb12791f3a846a34a4711db7ed2
ARG BASE_IMAGE=busybox:1.37.0-musl@sha256:5cec3fc171c87218698e85a52af7087de727372aae264a787b8112901a5b0092

# The builder's own platform compiles for the platform of the image.
FROM --platform=$BUILDPLATFORM ${RUST_IMAGE} AS build
ARG TARGETARCH
WORKDIR /podgate
# Rust brings a linker and a static musl for the other platform. Natively the image's `cc` links, as it must for build
# scripts. The path of cargo's home is left out of the program, as in docs/dependencies.md.
RUN case "$TARGETARCH" in \
      amd64) target=x86_64-unknown-linux-musl ;; \
      arm64) target=aarch64-unknown-linux-musl ;; \
      *) echo "podgate is not built for $TARGETARCH" >&2; exit 1 ;; \
    esac && \
    mkdir .cargo && \
    echo "build.target = '$target'" > .cargo/config.toml && \
    flags="'-Ctarget-feature=+crt-static', '--remap-path-prefix=${CARGO_HOME:?}=/cargo'" && \
    echo "target.$target.rustflags = [$flags]" >> .cargo/config.toml && \
    case "$(rustc -vV)" in \
      *"host: $target"*) ;; \
      *) rustup target add "$target" && echo "target.$target.linker = 'rust-lld'" >> .cargo/config.toml ;; \
    esac
# The dependencies, compiled for an empty program: this layer lasts until Cargo.toml or Cargo.lock changes.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src && \
    echo 'fn main() {}' > src/main.rs && \
    touch src/lib.rs && \
    cargo build --release --locked --bin podgate && \
    rm -r src
COPY docs/rules docs/rules
COPY src src
# cargo compares times, and those of the sources are older than the empty program.
RUN touch src/lib.rs src/main.rs && \
    cargo build --release --locked --bin podgate && \
    mv target/*/release/podgate podgate

# hadolint ignore=DL3006
FROM ${BASE_IMAGE}
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="podgate" \
      org.opencontainers.image.description="Finds Terraform pod security policies that share the host's IPC namespace and reports them as SARIF." \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="https://github.com/podgate/podgate" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --chmod=0755 image/entrypoint /usr/local/bin/podgate-entrypoint
COPY --from=build --chmod=0755 /podgate/podgate /usr/local/bin/podgate
# No USER: whoever runs the image chooses one. podgate needs no name for it, no home and no place to write.
WORKDIR /src
ENTRYPOINT ["/usr/local/bin/podgate-entrypoint"]
CMD ["scan"]
