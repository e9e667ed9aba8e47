#!/bin/sh
# reported.sh PIPELINE DATE COMMAND...: runs the command and reports its start and its end to Weir, as one run.
# The exit code is the command's. A server that does not answer never stops the job: it is said on stderr, no more.
set -u
pipeline=$1
date=$2
shift 2
id="$(hostname)-$$-$(date -u +%Y%m%dT%H%M%SZ)"

tell() {
  weir report "$pipeline" --date "$date" --run-id "$id" "$@" >/dev/null ||
    echo "reported.sh: $pipeline $date could not be reported" >&2
}

tell --status RUNNING --started "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
"$@"
code=$?
if [ "$code" -eq 0 ]; then
  tell --status SUCCEEDED
else
  tell --status FAILED --error "exit code $code"
fi
exit "$code"
