# Checks the inputs before anything is downloaded. podgate itself checks the values of its options.
# shellcheck shell=bash
. "${BASH_SOURCE[0]%/*}/common.sh"

# A line break in one of these could become a second output, a second argument or a command to the runner.
check_line() {
  if has_control_characters "$2"; then
    fail "The input \`$1\` must not have line breaks or other control characters."
  fi
}
check_line annotations "$INPUT_ANNOTATIONS"
check_line category "$INPUT_CATEGORY"
check_line fail-on "$INPUT_FAIL_ON"
check_line sarif-file "$INPUT_SARIF_FILE"
check_line summary "$INPUT_SUMMARY"
check_line undecided "$INPUT_UNDECIDED"
check_line upload "$INPUT_UPLOAD"
check_line version "$INPUT_VERSION"
check_line working-directory "$INPUT_WORKING_DIRECTORY"
check_line workspace "$INPUT_WORKSPACE"

case $INPUT_UPLOAD in "" | auto | true | false) ;; *) fail "The input \`upload\` is auto, true or false." ;; esac
case $INPUT_ANNOTATIONS in "" | auto | true | false) ;; *) fail "The input \`annotations\` is auto, true or false." ;; esac
case $INPUT_SUMMARY in "" | true | false) ;; *) fail "The input \`summary\` is true or false." ;; esac

shape='^[0-9]+\.[0-9]+\.[0-9]+$'
if [ -n "$INPUT_VERSION" ] && ! [[ $INPUT_VERSION =~ $shape ]]; then
  fail "The input \`version\` is a version of podgate such as 1.2.3: three numbers, without a \`v\`."
fi
