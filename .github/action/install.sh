# Gets podgate: the release of this version where the action's commit has its checksums, else a build of the action's
# own files. Outputs: `podgate`, the program; `directory`, a new directory for the files of this run.
# shellcheck shell=bash
scripts=${BASH_SOURCE[0]%/*}
. "$scripts/common.sh"
. "$scripts/release.sh"
. "$scripts/attestation.sh"
. "$scripts/build.sh"

# The token is for gh alone. A build compiles crates, some of which have build scripts.
token=${PODGATE_TOKEN:-}
unset PODGATE_TOKEN

action=$(cd -P -- "$GITHUB_ACTION_PATH" && pwd -P)
temporary=$(unix_path "$RUNNER_TEMP")
if is_in_workspace "$temporary"; then
  fail "podgate is not built or unpacked in the workspace, and RUNNER_TEMP lies there."
fi
base=$(cd -P -- "$temporary" && pwd -P)/podgate
mkdir -p -- "$base"
directory=$(mktemp -d "$base/run.XXXXXX")

# The value of a key at the top of Cargo.toml, such as `version = "1.2.3"`.
manifest_value() { sed -n "s/^$1 = \"\\([^\"]*\\)\"\$/\\1/p" "$action/Cargo.toml"; }

# `uses: ./podgate` takes a checkout in the workspace, where links may lead to what must not be read.
own_sums=$action/.github/action/SHA256SUMS
if [ -L "$own_sums" ] || [ -L "$action/Cargo.toml" ] || ! [ -f "$action/Cargo.toml" ]; then
  fail "The action's checkout has links or special files among its sources."
fi
own_version=$(manifest_value version)
repository=$(manifest_value repository)

if [ -f "$own_sums" ] && [ "${INPUT_VERSION:-$own_version}" = "$own_version" ]; then
  install_release "$own_version" "$own_sums"
elif [ -n "$INPUT_VERSION" ]; then
  echo "The checksums are those that the release of podgate $INPUT_VERSION has: this commit of the action has none for it."
  install_release "$INPUT_VERSION" ""
else
  echo "This commit of the action is no release: podgate is built from its files."
  build
fi
output podgate "$podgate"
output directory "$directory"
