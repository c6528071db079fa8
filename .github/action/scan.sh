# Runs podgate once, with all reports, and does not fail: the last step of the action does.
#
# Outputs: `findings`, `undecided`, `not-analysed`, `exit-code` and `sarif-file`, which podgate writes; `written`, whether
# there are reports; `upload-file`, the report to upload; `root`, the checkout that was scanned; `ended`, podgate's exit
# code as it was; `why`, the reason in a sentence if podgate was not run.
#
# Only the shell's own commands, cygpath and podgate are run: see common.sh.
# shellcheck shell=bash
. "${BASH_SOURCE[0]%/*}/common.sh"

workspace=$(cd -P -- "$GITHUB_WORKSPACE" && pwd -P)

could_not_run() {
  output exit-code 2
  output why "$1"
  exit 0
}

# Sets `here` to the physical directory where podgate runs. What the workspace holds must not say which that is: a link
# in it that leads out would make the tree of another repository, or of the machine, the one that is scanned.
find_here() {
  here=$workspace
  if [ -z "$INPUT_WORKING_DIRECTORY" ]; then return; fi
  local given
  given=$(unix_path "$INPUT_WORKING_DIRECTORY")
  if [[ $given != /* ]]; then given=$workspace/$given; fi
  if ! here=$(cd -P -- "$given" 2> /dev/null && pwd -P); then
    could_not_run "The input \`working-directory\` is no directory of the workspace."
  fi
  if ! is_in_workspace "$here"; then
    could_not_run "The input \`working-directory\` leads out of the workspace. What is scanned must lie in it."
  fi
}

# Sets `lines` to the lines of an input, without empty ones.
read_lines() {
  local line
  lines=()
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    if [ -n "$line" ]; then lines+=("$line"); fi
  done <<< "$1"
}

# Adds an option for each line of an input. `--option=value` keeps a value that begins with `-` a value.
add_options() {
  local line
  read_lines "$2"
  for line in ${lines[@]+"${lines[@]}"}; do arguments+=("$1=$line"); done
}
add_option() { if [ -n "$2" ]; then arguments+=("$1=$2"); fi; }

# The workspace's checkout around a directory, or nothing: what is above the workspace is none of the workflow's.
checkout_around() {
  local directory
  directory=$(cd -P -- "$1" 2> /dev/null && pwd -P) || return 0
  if ! is_in_workspace "$directory"; then return; fi
  until [ -e "$directory/.git" ]; do
    if [ "$directory" -ef "$workspace" ]; then return; fi
    directory=${directory%/*}
  done
  printf '%s\n' "$directory"
}

# Sets `root`, the directory that reported paths are relative to: the checkout around the working directory, else the
# one checkout that all paths lie in, else the workspace (a checkout by download has no `.git`).
find_root() {
  local path around found=
  root=$(checkout_around "$here")
  if [ -n "$root" ]; then return; fi
  for path in ${paths[@]+"${paths[@]}"}; do
    path=$(unix_path "$path")
    if [[ $path != /* ]]; then path=$here/$path; fi
    if ! [ -d "$path" ]; then path=${path%/*}; fi
    around=$(checkout_around "$path")
    if [ -z "$around" ] || [ "${found:-$around}" != "$around" ]; then
      root=$workspace
      return
    fi
    found=$around
  done
  root=${found:-$workspace}
}

# Prints the commit that is checked out, from git's own files.
checked_out() {
  local line=
  if ! { [ -f "$root/.git/HEAD" ] && read -r line < "$root/.git/HEAD"; }; then return; fi
  case $line in
    *..*) return ;;
    "ref: refs/"*)
      if ! { [ -f "$root/.git/${line#ref: }" ] && read -r line < "$root/.git/${line#ref: }"; }; then return; fi
      ;;
  esac
  printf '%s\n' "$line"
}

# Prints where the files can be read at this commit, if what is checked out is the commit that the workflow runs for: then
# it is this repository. For a pull request that is the newest commit of its branch: the merge that is checked out for
# it is not kept.
source_url() {
  local head commit=
  head=$(checked_out)
  if ! [[ $head =~ ^[0-9a-f]+$ ]]; then return; fi
  if [ "$head" = "${PODGATE_HEAD_SHA:-}" ]; then
    commit=$head
  elif [ "$head" = "${GITHUB_SHA:-}" ]; then
    commit=$head
    if [ "${GITHUB_EVENT_NAME:-}" = pull_request ]; then commit=${PODGATE_HEAD_SHA:-$head}; fi
  fi
  if [ -n "$commit" ]; then printf '%s/%s/blob/%s\n' "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$commit"; fi
}

# Sets `further` to the input `args`, and leaves `root` to it if it has one.
read_further() {
  local argument
  read_lines "$INPUT_ARGS"
  further=(${lines[@]+"${lines[@]}"})
  for argument in ${further[@]+"${further[@]}"}; do
    case $argument in
      --) could_not_run "The input \`args\` must not have the argument \`--\`: paths go to the input \`path\`." ;;
      --root | --root=*) root= ;;
    esac
  done
}

# Adds the reports. The first SARIF report is the one that the output `sarif-file` names.
add_reports() {
  local given
  arguments+=(--output=human)
  if [ -n "$INPUT_SARIF_FILE" ]; then
    given=$INPUT_SARIF_FILE
    if [[ $(unix_path "$given") != /* ]]; then given=$(native_path "$here")/$given; fi
    arguments+=("--output=sarif=$given")
  fi
  arguments+=("--output=sarif=$reports/podgate.sarif")
  arguments+=("--output=markdown=$reports/summary.md")
  arguments+=("--output=github=$reports/annotations")
  arguments+=("--output=github-output=$GITHUB_OUTPUT")
}

find_here
read_lines "$INPUT_PATH"
paths=(${lines[@]+"${lines[@]}"})
find_root
read_further
reports=$(native_path "$PODGATE_DIRECTORY")

arguments=()
add_reports
add_options --exclude "$INPUT_EXCLUDE"
add_options --var-file "$INPUT_VAR_FILE"
add_options --each-var-file "$INPUT_EACH_VAR_FILE"
add_option --workspace "$INPUT_WORKSPACE"
add_option --fail-on "$INPUT_FAIL_ON"
add_option --undecided "$INPUT_UNDECIDED"
add_option --category "$INPUT_CATEGORY"
if [ -n "$root" ]; then
  add_option --root "$(native_path "$root")"
  add_option --source-url "$(source_url)"
  output root "$(native_path "$root")"
fi
arguments+=(${further[@]+"${further[@]}"})

# Without these the shell of Git for Windows would take arguments that begin with `/` for paths of its own.
export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'
code=0
(cd -- "$here" && "$PODGATE" scan "${arguments[@]}" -- ${paths[@]+"${paths[@]}"}) || code=$?
output ended "$code"
case $code in
  0 | 1 | 3)
    # `--help` among the arguments also ends with 0.
    if ! [ -s "$PODGATE_DIRECTORY/podgate.sarif" ]; then could_not_run "podgate has written no report."; fi
    output written true
    output upload-file "$reports/podgate.sarif"
    ;;
  *) output exit-code 2 ;;
esac
