# Appends podgate's report in Markdown to the job summary. podgate keeps it well below the 1 MiB that GitHub shows, and says
# how many findings it has left out.
# shellcheck shell=bash
. "${BASH_SOURCE[0]%/*}/common.sh"

cat -- "$PODGATE_DIRECTORY/summary.md" >> "$GITHUB_STEP_SUMMARY"
