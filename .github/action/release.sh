# Downloads a release of podgate, and unpacks it when its checksum is right.
# shellcheck shell=bash

# Says which of the releases' archives runs on this machine.
release_target() {
  local machine=${RUNNER_OS:-$(uname -s)}-${RUNNER_ARCH:-$(uname -m)}
  case $machine in
    Linux-X64 | Linux-x86_64) echo x86_64-unknown-linux-musl ;;
    Linux-ARM64 | Linux-aarch64) echo aarch64-unknown-linux-musl ;;
    macOS-X64 | Darwin-x86_64) echo x86_64-apple-darwin ;;
    macOS-ARM64 | Darwin-arm64) echo aarch64-apple-darwin ;;
    # Windows on ARM runs programs for x64.
    Windows-X64 | Windows-ARM64) echo x86_64-pc-windows-msvc ;;
  esac
}

# install_release VERSION SUMS: sets `podgate`. Without a file of checksums the release's own is taken.
install_release() {
  local version=$1 sums=$2 pinned=yes target archive expected
  target=$(release_target)
  if [ -z "$target" ]; then fail "There is no release of podgate for this operating system and processor."; fi
  case $target in *windows*) archive=podgate-$version-$target.zip ;; *) archive=podgate-$version-$target.tar.gz ;; esac
  releases=${PODGATE_RELEASES_URL:-$repository/releases/download}
  if [ -z "$sums" ]; then
    pinned=
    sums=$directory/SHA256SUMS
    download "$version" SHA256SUMS
  fi
  expected=$(checksum_in "$sums" "$archive")
  if ! [[ $expected =~ ^[0-9a-f]+$ && ${#expected} -eq 64 ]]; then fail "SHA256SUMS has no checksum for $archive."; fi

  find_cache "$version"
  if take_from_cache "$archive" "$expected"; then
    echo "$archive is in the tool cache, and its checksum is right."
  else
    download "$version" "$archive"
    if ! has_checksum "$directory/$archive" "$expected"; then
      rm -f -- "$directory/$archive"
      fail "$archive was downloaded and has not the checksum of SHA256SUMS. It was deleted."
    fi
    keep_in_cache "$archive"
    fresh=yes
  fi
  # An archive whose checksum the action's own commit has, and that was verified when it was downloaded, is the same.
  if [ -n "${fresh:-}" ] || [ -z "$pinned" ]; then verify_attestation "$directory/$archive"; fi
  unpack "$archive"
  echo "podgate $version for $target is installed."
}

# download VERSION NAME: into the run's directory. No .curlrc is read (`-q` must come first), a mirror's address may hold
# a password and is not printed, and an address that a release redirects to must be https as well.
download() {
  local protocol
  case $releases in
    https://*) protocol="https" ;;
    file:///*) protocol="file" ;;
    *) fail "PODGATE_RELEASES_URL must start with https:// or file:///." ;;
  esac
  if ! command -v curl > /dev/null; then fail "curl is needed to download podgate, and it is not on the PATH."; fi
  if ! curl -q --fail --silent --show-error --location --globoff --proto "=$protocol" --proto-redir =https \
    --connect-timeout 20 --max-time 300 --retry 4 --retry-max-time 300 --retry-connrefused \
    --output "$(native_path "$directory")/$2" -- "${releases%/}/v$1/$2"; then
    fail "$2 of podgate $1 could not be downloaded. The message above says why."
  fi
}

# checksum_in FILE NAME: the checksum that a file as sha256sum writes it has for a name.
checksum_in() {
  local sum name
  while read -r sum name; do
    name=${name%$'\r'}
    if [ "${name#\*}" = "$2" ]; then
      printf '%s\n' "$sum"
      return
    fi
  done < "$1"
}

# The file goes by standard input: sha256sum writes its line in another form for some names.
has_checksum() {
  local line
  if command -v sha256sum > /dev/null; then line=$(sha256sum < "$1"); else line=$(shasum -a 256 < "$1"); fi
  [ "${line%% *}" = "$2" ]
}

# Sets `cache` to where archives of this version are kept, or to nothing where there is no place outside of the workspace.
find_cache() {
  cache=
  if [ -z "${RUNNER_TOOL_CACHE:-}" ]; then return; fi
  local tools
  tools=$(unix_path "$RUNNER_TOOL_CACHE")
  if [[ $tools != /* ]] || is_in_workspace "$tools"; then return; fi
  if ! mkdir -p -- "$tools/podgate/$1" 2> /dev/null || is_in_workspace "$tools/podgate/$1"; then return; fi
  cache=$tools/podgate/$1
}

# Copies an archive out of the cache. The copy is what is checked and then unpacked: others can write to the cache.
take_from_cache() {
  if [ -z "$cache" ] || ! [ -f "$cache/$1" ]; then return 1; fi
  cp -- "$cache/$1" "$directory/$1" || return 1
  if has_checksum "$directory/$1" "$2"; then return; fi
  printf '::warning title=podgate::%s\n' "$1 in the tool cache had a wrong checksum. It was not used, and is replaced."
  rm -f -- "$directory/$1"
  return 1
}

# Moved into its place, since other jobs may read the cache meanwhile. A cache that cannot be written to is no failure.
keep_in_cache() {
  local new
  if [ -z "$cache" ]; then return; fi
  if new=$(mktemp "$cache/new.XXXXXX" 2> /dev/null) && cp -- "$directory/$1" "$new" && chmod 644 "$new"; then
    rm -rf -- "${cache:?}/$1"
    mv -- "$new" "$cache/$1" || rm -f -- "$new"
  else
    echo "The tool cache cannot be written to: podgate is downloaded again by the next job."
  fi
}

# Unpacks into the run's directory, which is new, so that nothing else is there.
unpack() {
  local archive=$1 name
  case $archive in
    *.zip)
      name=${archive%.zip}
      unzip -q "$directory/$archive" -d "$directory"
      podgate=$directory/$name/podgate.exe
      ;;
    *)
      name=${archive%.tar.gz}
      tar -xzf "$directory/$archive" -C "$directory"
      podgate=$directory/$name/podgate
      ;;
  esac
  if [ -L "$podgate" ] || ! [ -f "$podgate" ]; then fail "$archive does not hold podgate where it should."; fi
  if ! (cd -- "$directory" && "$podgate" --version); then fail "podgate was installed, and does not run on this machine."; fi
}
