# Verifies that an archive was built by podgate's release workflow, where `gh` is there to do it.
# shellcheck shell=bash

# verify_attestation ARCHIVE
#
# In three steps, because gh ends with the same code for a bad attestation and for a network that is closed: the first
# two need the network and a token, and when one of them fails that is said and the checksum has to do. The third works
# offline on what they brought, and when it fails the attestation is bad. An archive without any attestation is bad too:
# every release has them.
verify_attestation() {
  if ! command -v gh > /dev/null; then
    not_verified "gh is not installed"
  elif [ -z "$token" ]; then
    not_verified "there is no token"
  elif [ "${GITHUB_SERVER_URL:-https://github.com}" != https://github.com ]; then
    not_verified "the attestation is at github.com, where the token of another server is not valid"
  else
    verify_with_gh "$1" "${repository#https://github.com/}"
  fi
}

not_verified() { echo "The attestation was not verified: $1. The checksum is right."; }

verify_with_gh() {
  local archive=$1 owner_and_name=$2 found=
  mkdir -p -- "$directory/gh/home"
  if ! run_gh attestation download "$archive" --repo "$owner_and_name" > /dev/null; then
    not_verified "gh could not download it"
    return
  fi
  for found in "$directory"/gh/*.jsonl; do break; done
  if ! [ -f "$found" ]; then fail "There is no attestation that podgate's release workflow built ${archive##*/}."; fi
  if ! run_gh attestation trusted-root > "$directory/gh/roots"; then
    not_verified "gh could not get the keys that sign attestations"
    return
  fi
  if ! run_gh attestation verify "$archive" --repo "$owner_and_name" --bundle "$found" \
    --custom-trusted-root "$directory/gh/roots" \
    --signer-workflow "$owner_and_name/.github/workflows/release.yml" > /dev/null; then
    fail "The attestation of ${archive##*/} is bad: podgate's release workflow did not build it."
  fi
  echo "The attestation was verified: podgate's release workflow built ${archive##*/}."
}

# gh works in a directory of its own, with a home of its own: its configuration may name programs to run. What it says
# goes to the log in a form that is no command to the runner.
run_gh() {
  (
    cd -- "$directory/gh" || exit 1
    for variable in $(compgen -e); do
      case $variable in GH_* | GITHUB_* | ACTIONS_* | XDG_*) unset "$variable" ;; esac
    done
    export HOME=$directory/gh/home GH_CONFIG_DIR=$directory/gh/home GH_TOKEN=$token GH_HOST=github.com
    export GH_PROMPT_DISABLED=1 GH_NO_UPDATE_NOTIFIER=1 NO_COLOR=1
    { gh "$@" 2>&1 >&3 3>&- | sed -e 's/##\[/## [/g' -e 's/^/gh: /' >&2; } 3>&1
  )
}
