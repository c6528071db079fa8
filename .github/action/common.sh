# Common to the scripts of the action, which are read by `.` and not started: `bash` may be a file of the workspace.
#
# Every step starts in the workspace, which holds what strangers wrote. No program may run there that reads its
# configuration from the working directory or its parents, as cargo, rustup, git, npm and gh do.
#
# The scripts run with bash 3.2 (macOS), with BSD's tools, and with the bash of Git for Windows.
# shellcheck shell=bash
set -euo pipefail
unset CDPATH

# A failure says why in one line, which GitHub shows at the run. Nothing that a stranger wrote may be in the message.
said=
fail() {
  printf '::error title=podgate::%s\n' "$1"
  said=yes
  exit 2
}
on_exit() {
  local code=$?
  if [ "$code" -ne 0 ] && [ -z "$said" ]; then
    printf '::error title=podgate::A step of podgate%ss action failed. The last lines of its log say why.\n' "'"
  fi
  exit "$code"
}
trap on_exit EXIT

# Whether a directory is the workspace or lies in it, whatever links lead to it and however its name is spelled on a
# file system that knows no case.
is_in_workspace() {
  local directory
  directory=$(cd -P -- "$1" 2> /dev/null && pwd -P) || return 1
  until [ "$directory" -ef "$GITHUB_WORKSPACE" ]; do
    if [ "$directory" = / ]; then return 1; fi
    directory=${directory%/*}
    directory=${directory:-/}
  done
}

# Prints a list of directories as in PATH without those of the workspace. A relative entry is one, and so is an empty one:
# both mean the working directory.
without_workspace() {
  local entries entry cleaned=
  IFS=: read -r -a entries <<< "$1"
  for entry in ${entries[@]+"${entries[@]}"}; do
    if [[ $entry == /* ]] && ! is_in_workspace "$entry"; then cleaned+=${cleaned:+:}$entry; fi
  done
  printf '%s\n' "$cleaned"
}

# Programs and libraries of the workspace are not used, nor does a variable that was meant for other programs name options
# or modules for the few that run here (shasum is a script of Perl).
unset TAR_OPTIONS GZIP UNZIP UNZIPOPT PERL5LIB PERL5OPT PERLLIB GREP_OPTIONS CURL_HOME LD_PRELOAD
if [[ ${TMPDIR:-/} != /* ]]; then unset TMPDIR; fi
PATH=$(without_workspace "$PATH")
export PATH
if [ -n "${LD_LIBRARY_PATH:-}" ]; then
  LD_LIBRARY_PATH=$(without_workspace "$LD_LIBRARY_PATH")
  export LD_LIBRARY_PATH
fi

# On Windows the runner's paths have backslashes and a drive; programs of the shell take /d/a, podgate takes D:/a.
unix_path() {
  if [ "${RUNNER_OS:-}" = Windows ]; then cygpath -u -- "$1"; else printf '%s\n' "$1"; fi
}
native_path() {
  if [ "${RUNNER_OS:-}" = Windows ]; then cygpath -m -- "$1"; else printf '%s\n' "$1"; fi
}

# Writes an output of the step. A value has no line break: each is a number, or a path that was checked.
output() { printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"; }

has_control_characters() {
  local LC_ALL=C
  [[ $1 == *[[:cntrl:]]* ]]
}
