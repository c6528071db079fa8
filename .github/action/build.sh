# Builds podgate from the action's own files.
# shellcheck shell=bash

# Sets `podgate`. A second use of the action in a job finds the same sources where they were, and builds nothing.
build() {
  if ! command -v cargo > /dev/null; then
    fail "This commit of the action is no release, and to build podgate Rust 1.88 or later is needed: https://rustup.rs"
  fi
  refuse_homes_in_workspace
  copy_sources
  said=yes # The shell below says itself why it fails.
  (
    trap on_exit EXIT
    said=
    compile
  )
  said=
  podgate=$base/target/release/podgate
  if [ "${RUNNER_OS:-}" = Windows ]; then podgate=$podgate.exe; fi
}

# cargo and rustup also read what is in their homes.
refuse_homes_in_workspace() {
  local home
  for home in "${CARGO_HOME:-$HOME/.cargo}" "${RUSTUP_HOME:-$HOME/.rustup}"; do
    if is_in_workspace "$home"; then
      fail "podgate is not built with files of the workspace, and CARGO_HOME or RUSTUP_HOME lies there."
    fi
  done
}

# What a build of podgate needs, and nothing else: a `.cargo`, a `rust-toolchain.toml` or a build script beside it may be
# the workspace's, since the checkout of the action can lie in it (`uses: ./podgate`). For the same reason a link is not
# followed: what it leads to would be compiled in.
copy_sources() {
  local name odd
  rm -rf -- "$base/copy"
  mkdir -p -- "$base/copy/docs"
  for name in Cargo.toml Cargo.lock src benches docs/rules; do
    cp -RP -- "$action/$name" "$base/copy/$name"
  done
  odd=$(find "$base/copy" ! -type f ! -type d; find "$action/docs" -prune -type l)
  if [ -n "$odd" ]; then fail "The action's checkout has links or special files among its sources."; fi
  if ! diff -r -- "$base/copy" "$base/source" > /dev/null 2>&1; then
    rm -rf -- "$base/source"
    mv -- "$base/copy" "$base/source"
  fi
}

# In a shell of its own, whose environment and working directory are the build's.
#
# The caller's workflow may have set up cargo for code of its own. Of that only what downloads need is kept: flags,
# wrappers, linkers and targets that were meant for other code would change or break this build, and a relative path
# among them would be one of the workspace. The build also does without the runner's files and tokens: it compiles
# crates, some of which have build scripts.
compile() {
  local variable
  for variable in $(compgen -e); do
    case $variable in
      CARGO_HOME | CARGO_HTTP_* | CARGO_NET_* | CARGO_REGISTR* | RUSTUP_*) ;;
      CARGO* | RUST* | GITHUB_* | ACTIONS_* | GH_*) unset "$variable" ;;
    esac
  done
  # Of all that chooses a toolchain, this comes first.
  export RUSTUP_TOOLCHAIN=1.95.0

  cd -- "$base/source" || exit
  if command -v rustup > /dev/null && ! rustc --version > /dev/null 2>&1; then
    rustup toolchain install --profile minimal --no-self-update "$RUSTUP_TOOLCHAIN"
  fi
  # Without the paths of this machine the program is the one that everybody else builds: docs/dependencies.md.
  export CARGO_ENCODED_RUSTFLAGS=--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo
  if ! cargo build --release --locked --target-dir "$(native_path "$base/target")"; then
    fail "podgate could not be built. The messages above say why."
  fi
}
