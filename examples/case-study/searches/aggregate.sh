#!/bin/sh
# aggregate.sh DATE: arrivals at each airport on one date, and how late they were -> $dataFolder/out/searches/DATE.csv
# The same source gives the same bytes. The file appears whole or not at all.
set -eu

date=$1
source=$dataFolder/searches.sqlite3
out=$dataFolder/out/searches
mark=$dataFolder/broken/searches-$date

if [ -e "$mark" ]; then
    echo "searches: the source of $date cannot be used: $(cat "$mark")" >&2
    exit 1
fi
if [ ! -r "$source" ]; then
    echo "searches: $source is not there; run prepare.sh first" >&2
    exit 1
fi

mkdir -p "$out"
part=$out/.$date.$(printf %s "${WEIR_RUN_ID:-by-hand}" | tr / _).$$.part
trap 'rm -f "$part"' EXIT

# Late means what the airlines' regulator means by it: more than 15 minutes.
sqlite3 -bail -readonly -cmd '.timeout 10000' "$source" > "$part" <<SQL
.parameter init
.parameter set @date "'$date'"
.mode list
.separator ,
.headers on
WITH measured AS (
    SELECT a.airport, coalesce(c.delay_minutes, a.delay_minutes) AS delay_minutes
    FROM arrivals a LEFT JOIN corrections c USING (flight)
    WHERE a.date = @date)
SELECT airport, count(*) AS arrivals, sum(delay_minutes > 15) AS late, sum(max(delay_minutes, 0)) AS minutes_late
FROM measured
GROUP BY airport
ORDER BY airport;
SQL

rows=$(awk 'END { print (NR > 0 ? NR - 1 : 0) }' "$part")
if [ "$rows" -eq 0 ]; then
    echo "searches: no arrivals on $date; the source covers $(sqlite3 -readonly "$source" \
        "SELECT min(date) || ' to ' || max(date) FROM arrivals")" >&2
    exit 1
fi
mv "$part" "$out/$date.csv"

echo "searches: $rows airports have arrivals on $date"
if [ -n "${WEIR_RESULT:-}" ]; then
    sqlite3 :memory: "SELECT json_object('path', '$(printf %s "$out/$date.csv" | sed "s/'/''/g")', 'rows', $rows)" > "$WEIR_RESULT"
fi
