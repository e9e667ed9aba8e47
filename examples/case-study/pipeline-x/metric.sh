#!/bin/sh
# metric.sh DATE: Metric X of one date -> $dataFolder/out/metric/DATE.json
#
# Metric X: late arrivals for each 100 departures, over the airports that have both on that date.
# The inputs are the files named in the results of the upstream runs ($WEIR_UPSTREAMS), never files found by a guessed name.
# The same inputs give the same bytes. The file appears whole or not at all.
set -eu

date=$1
here=$(dirname "$0")
out=$dataFolder/out/metric

# upstream NAME FIELD: one field of what Weir says about an upstream's run.
upstream() {
    sqlite3 -bail :memory: "SELECT json_extract(readfile('$(printf %s "$WEIR_UPSTREAMS" | sed "s/'/''/g")'), '\$.$1.$2')"
}

for name in listings searches; do
    key=$(upstream $name key)
    if [ "$key" != "$date" ]; then
        echo "pipeline-x: this run is for $date, but the run of $name that it was given is for '$key'" >&2
        exit 1
    fi
    path=$(upstream $name result.path)
    if [ ! -r "$path" ]; then
        echo "pipeline-x: $name of $date names the file '$path' in its result, which cannot be read here" >&2
        exit 1
    fi
done

mkdir -p "$out"
part=$out/.$date.$(printf %s "${WEIR_RUN_ID:-by-hand}" | tr / _).$$.part
trap 'rm -f "$part"' EXIT

awk -F, -v date="$date" -f "$here/metric.awk" "$(upstream listings result.path)" "$(upstream searches result.path)" > "$part"
mv "$part" "$out/$date.json"

metric=$(awk '$1 == "\"metric\":" { sub(/,/, "", $2); print $2 }' "$out/$date.json")
echo "pipeline-x: $metric late arrivals for each 100 departures on $date"
if [ -n "${WEIR_RESULT:-}" ]; then
    sqlite3 :memory: "SELECT json_object('path', '$(printf %s "$out/$date.json" | sed "s/'/''/g")', 'metric', $metric)" > "$WEIR_RESULT"
fi
