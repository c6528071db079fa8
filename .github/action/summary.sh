# Appends podgate's report in Markdown to the job summary.
# shellcheck shell=bash
. "${BASH_SOURCE[0]%/*}/common.sh"

# GitHub shows no summary of more than 1 MiB.
limit=1000000
report=$PODGATE_DIRECTORY/summary.md
size=$(wc -c < "$report")
if [ "$size" -le "$limit" ]; then
  cat -- "$report" >> "$GITHUB_STEP_SUMMARY"
else
  # Whole lines, since each finding is one.
  head -c "$limit" < "$report" | sed '$d' >> "$GITHUB_STEP_SUMMARY"
  printf '\n\n**The summary is cut here: it has more than 1 MB. The SARIF report has everything.**\n' >> "$GITHUB_STEP_SUMMARY"
  printf '::notice title=podgate::The job summary is cut after 1 MB. The SARIF report has everything.\n'
fi
