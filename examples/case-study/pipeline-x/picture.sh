#!/bin/sh
# picture.sh: Metric X of all dates there are -> $dataFolder/out/metric.svg
#
# The same metric files give the same bytes. Runs for several dates may draw at once: each looks again after it has put its
# picture in place, and draws anew when a metric file has come or changed meanwhile; so the last picture shows them all.
set -eu

here=$(dirname "$0")
out=$dataFolder/out
own=$out/.metric.$(printf %s "${WEIR_RUN_ID:-by-hand}" | tr / _).$$
rows=$own.rows
again=$own.again
part=$own.part
trap 'rm -f "$rows" "$again" "$part"' EXIT

# One line a date: date, number of the day, metric.
read_metrics() {
    sqlite3 -bail -separator ' ' :memory: "
        SELECT json_extract(data, '\$.date'), CAST(julianday(json_extract(data, '\$.date')) - 0.5 AS INTEGER),
               printf('%.2f', json_extract(data, '\$.metric'))
        FROM fsdir('$(printf %s "$out/metric" | sed "s/'/''/g")')
        WHERE name LIKE '%.json'
        ORDER BY 1"
}

read_metrics > "$rows"
while :; do
    awk -f "$here/picture.awk" "$rows" > "$part"
    mv "$part" "$out/metric.svg"
    read_metrics > "$again"
    if cmp -s "$rows" "$again"; then
        break
    fi
    mv "$again" "$rows"
done

echo "pipeline-x: $out/metric.svg shows $(awk 'END { print NR }' "$rows") dates"
if [ -n "${WEIR_RESULT:-}" ]; then
    sqlite3 :memory: "SELECT json_object('picture', '$(printf %s "$out/metric.svg" | sed "s/'/''/g")')" > "$WEIR_RESULT"
fi
