#!/bin/sh
# aggregate.sh DATE: departures of each airport on one date -> $dataFolder/out/listings/DATE.csv
# The same source gives the same bytes. The file appears whole or not at all.
set -eu

date=$1
source=$dataFolder/listings.sqlite3
out=$dataFolder/out/listings
mark=$dataFolder/broken/listings-$date

if [ -e "$mark" ]; then
    echo "listings: the source of $date cannot be used: $(cat "$mark")" >&2
    exit 1
fi
if [ ! -r "$source" ]; then
    echo "listings: $source is not there; run prepare.sh first" >&2
    exit 1
fi

mkdir -p "$out"
part=$out/.$date.$(printf %s "${WEIR_RUN_ID:-by-hand}" | tr / _).$$.part
trap 'rm -f "$part"' EXIT

sqlite3 -bail -readonly -cmd '.timeout 10000' "$source" > "$part" <<SQL
.parameter init
.parameter set @date "'$date'"
.mode list
.separator ,
.headers on
SELECT airport, state, count(*) AS departures
FROM departures JOIN airports ON iata = airport
WHERE date = @date AND flight NOT IN (SELECT flight FROM corrections)
GROUP BY airport
ORDER BY airport;
SQL

rows=$(awk 'END { print (NR > 0 ? NR - 1 : 0) }' "$part")
if [ "$rows" -eq 0 ]; then
    echo "listings: no departures on $date; the source covers $(sqlite3 -readonly "$source" \
        "SELECT min(date) || ' to ' || max(date) FROM departures")" >&2
    exit 1
fi
mv "$part" "$out/$date.csv"

echo "listings: $rows airports offer departures on $date"
if [ -n "${WEIR_RESULT:-}" ]; then
    sqlite3 :memory: "SELECT json_object('path', '$(printf %s "$out/$date.csv" | sed "s/'/''/g")', 'rows', $rows)" > "$WEIR_RESULT"
fi
