#!/bin/sh
# test.sh VEGA_DATASETS [TO]
#
# Plays Weir with the three projects' scripts, without Weir, for 2001-01-01 to TO (default: five dates), in a temporary folder:
# every date in order, again (the same bytes), a failing upstream, its correction, and pictures drawn at the same time.
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo "usage: test.sh VEGA_DATASETS [TO]    (npm install; sh test.sh node_modules/vega-datasets 2001-01-31)" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
from=2001-01-01
to=${2:-2001-01-05}
broken=2001-01-04
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A name that a careless script would trip over.
dataFolder="$work/the team's data"
export dataFolder
out=$dataFolder/out

fail() {
    echo "test: $*" >&2
    exit 1
}

# step PROJECT SCRIPT DATE: one step as Weir starts it, in a folder of its own; its result is results/PROJECT-DATE.
step() {
    mkdir -p "$work/cwd" "$work/results"
    (
        cd "$work/cwd"
        WEIR_PROJECT=$here/$1 WEIR_DATE=$3 WEIR_KEY=$3 WEIR_RUN_ID=$1/$3 WEIR_RESULT=$work/results/$1-$3 \
            WEIR_UPSTREAMS=$work/upstreams-$3 sh "$here/$1/$2" "$3"
    ) >> "$work/log" 2>&1
}

upstream() {
    printf '"%s":{"run_id":"%s-%s","key":"%s","status":"SUCCEEDED","result":%s}' "$1" "$1" "$2" "$2" "$(cat "$work/results/$1-$2")"
}

metric_x() {
    printf '{%s,%s}' "$(upstream listings "$1")" "$(upstream searches "$1")" > "$work/upstreams-$1"
    step pipeline-x metric.sh "$1" && step pipeline-x picture.sh "$1"
}

# Runs one date of all three, and pipeline-x only when both of its upstreams succeeded.
run_date() {
    step listings aggregate.sh "$1" && step searches aggregate.sh "$1" && metric_x "$1"
}

sums() {
    (cd "$out" && find . -type f | LC_ALL=C sort | while read -r file; do cksum "$file"; done)
}

sh "$here/prepare.sh" "$dataFolder" "$1"
dates=$(sqlite3 "$dataFolder/listings.sqlite3" "SELECT DISTINCT date FROM departures WHERE date BETWEEN '$from' AND '$to' ORDER BY 1")

sh "$here/break.sh" "$dataFolder" $broken
for date in $dates; do
    run_date "$date" || [ "$date" = $broken ] || fail "$date failed: $(tail -n 1 "$work/log")"
done
grep -q "listings: the source of $broken cannot be used" "$work/log" || fail "the broken date did not say why it failed"
[ ! -e "$out/metric/$broken.json" ] || fail "a metric was written for the broken date"
if sh "$here/check.sh" "$dataFolder" $from "$to" > "$work/check"; then
    fail "the check passed although $broken is missing"
fi
grep -q "^$broken: out/metric/$broken.json is not there" "$work/check" || fail "the check does not name the missing date"

sh "$here/mend.sh" "$dataFolder" $broken
run_date $broken || fail "the mended date failed: $(tail -n 1 "$work/log")"
sh "$here/check.sh" "$dataFolder" $from "$to" || fail "the numbers are wrong after the mend"

sums > "$work/first"
for date in $dates; do
    run_date "$date" || fail "$date failed when it was run again: $(tail -n 1 "$work/log")"
done
sums > "$work/second"
cmp -s "$work/first" "$work/second" || fail "the same inputs gave other bytes"

# A correction of good data: the check sees the old number until the chain has run again.
sh "$here/mend.sh" "$dataFolder" $from searches
if sh "$here/check.sh" "$dataFolder" $from > "$work/check"; then
    fail "the check passed although $from was corrected and not run again"
fi
step searches aggregate.sh $from && metric_x $from || fail "$from failed after its correction"
sh "$here/check.sh" "$dataFolder" $from "$to" || fail "the numbers are wrong after the correction"

# An upstream's run for another date is refused.
sed "s/\"key\":\"$from\"/\"key\":\"2001-01-02\"/" "$work/upstreams-$from" > "$work/other"
mv "$work/other" "$work/upstreams-$from"
if step pipeline-x metric.sh $from; then
    fail "pipeline-x used an upstream's run for another date"
fi

# All dates drawn at once, each by its own run, end in the picture that one run alone draws.
rm -r "$out/metric" "$out/metric.svg"
for date in $dates; do
    metric_x "$date" &
done
wait
cp "$out/metric.svg" "$work/together.svg"
step pipeline-x picture.sh "$to"
cmp -s "$out/metric.svg" "$work/together.svg" || fail "pictures drawn at the same time lost a date"
[ -z "$(find "$out" -name '.*')" ] || fail "a step left a temporary file behind"
sh "$here/check.sh" "$dataFolder" $from "$to"
if [ -n "${KEEP_PICTURE:-}" ]; then
    cp "$out/metric.svg" "$KEEP_PICTURE"
fi
echo "test: all as it should be"
