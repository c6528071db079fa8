# Fails by podgate's exit code, and says why in one line.
# shellcheck shell=bash
. "${BASH_SOURCE[0]%/*}/common.sh"

# count 2 finding findings
count() { if [ "$1" = 1 ]; then echo "1 $2"; else echo "$1 $3"; fi; }

end() {
  printf '::error title=podgate::%s\n' "$2$not_uploaded"
  said=yes
  exit "$1"
}

not_uploaded=
if [ "$INPUT_UPLOAD" = true ] && [ "$WRITTEN" = true ] && [ "$UPLOADED" != success ]; then
  not_uploaded=" The report could not be uploaded to code scanning, and \`upload\` is true."
fi

if [ -n "$WHY" ]; then end 2 "$WHY"; fi
places=$(count "${UNDECIDED:-0}" "place could not be decided" "places could not be decided")
case $ENDED in
  0) if [ -n "$not_uploaded" ]; then end 2 "The scan succeeded."; fi ;;
  1)
    found="$(count "${FINDINGS:-0}" finding findings)."
    if [ "${FINDINGS:-0}" = 0 ]; then
      found="$places."
    elif [ "$INPUT_UNDECIDED" = fail ] && [ "${UNDECIDED:-0}" != 0 ]; then
      found="${found%.}, and $places."
    fi
    end 1 "$found The log and the job summary show where."
    ;;
  2) end 2 "podgate could not scan, or could not write a report. The log of the scan says why." ;;
  3)
    missed=$(count "${NOT_ANALYSED:-0}" "place was not analysed and could hide a finding" \
      "places were not analysed and could hide findings")
    end 3 "No finding, but $missed. The log and the job summary show where."
    ;;
  *) end 2 "podgate was stopped or has a bug (exit code $ENDED): what was to be scanned was not." ;;
esac
