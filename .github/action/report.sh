# Says what became of the upload, and shows annotations where nothing was uploaded.
# shellcheck shell=bash
. "${BASH_SOURCE[0]%/*}/common.sh"

annotate=${INPUT_ANNOTATIONS:-auto}
if [ "$annotate" = auto ]; then
  annotate=true
  if [ "$UPLOADED" = success ]; then annotate=false; fi
fi

# With `upload: true` the last step fails and says so itself.
if [ "$UPLOADED" = failure ] && [ "$INPUT_UPLOAD" != true ]; then
  reason="its log says why. The job needs the permission \`security-events: write\`, in a private repository also"
  reason+=" \`actions: read\`, and the repository needs code scanning."
  if [ "$FROM_FORK" = true ]; then reason+=" The token of a pull request from a fork may read only."; fi
  instead="Findings are shown as annotations instead."
  if [ "$annotate" = false ]; then instead="Findings are in the log and in the job summary."; fi
  printf '::notice title=podgate::%s\n' "The report could not be uploaded to code scanning: $reason $instead"
fi

if [ "$annotate" = true ]; then
  report=$PODGATE_DIRECTORY/annotations
  cat -- "$report"
  for kind in error warning notice; do
    count=$(grep -c "^::$kind " -- "$report" || true)
    if [ "$count" -gt 10 ]; then
      echo "GitHub shows ten of the $count annotations of the kind \`$kind\`. The SARIF report has all."
    fi
  done
fi
