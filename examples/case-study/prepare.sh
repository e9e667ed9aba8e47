#!/bin/sh
# prepare.sh DATA_FOLDER VEGA_DATASETS
#
# Makes the raw sources of the two producing teams from the npm package vega-datasets (the folder it was installed to):
#   DATA_FOLDER/listings.sqlite3   departures(flight, date, airport), airports(iata, city, state), corrections(flight)
#   DATA_FOLDER/searches.sqlite3   arrivals(flight, date, airport, delay_minutes), corrections(flight, delay_minutes)
# A second call starts again: corrections and marks of break.sh are gone; DATA_FOLDER/out stays.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: prepare.sh DATA_FOLDER VEGA_DATASETS    (npm install; sh prepare.sh data node_modules/vega-datasets)" >&2
    exit 2
fi
data=$1
raw=$2/data
for file in "$raw/flights-20k.json" "$raw/airports.csv"; do
    if [ ! -r "$file" ]; then
        echo "prepare: $file is not there; run 'npm install' and name the folder node_modules/vega-datasets" >&2
        exit 1
    fi
done
mkdir -p "$data"

work=$(mktemp -d "$data/.prepare.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Copied, so that no quote in a path has to be said in SQL.
cp "$raw/flights-20k.json" "$work/flights.json"
cp "$raw/airports.csv" "$work/airports.csv"

(
    cd "$work"
    sqlite3 -bail listings.sqlite3 <<'SQL'
.import --csv airports.csv raw_airports
BEGIN;
CREATE TABLE airports (iata TEXT PRIMARY KEY, city TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO airports SELECT iata, city, state FROM raw_airports;
DROP TABLE raw_airports;
CREATE TABLE departures (flight INTEGER PRIMARY KEY, date TEXT NOT NULL, airport TEXT NOT NULL);
INSERT INTO departures
SELECT key, replace(substr(json_extract(value, '$.date'), 1, 10), '/', '-'), json_extract(value, '$.origin')
FROM json_each(readfile('flights.json'));
CREATE INDEX departures_by_date ON departures (date);
-- Departures that turned out, later, not to have taken place.
CREATE TABLE corrections (flight INTEGER PRIMARY KEY);
COMMIT;
VACUUM;
SQL
    sqlite3 -bail searches.sqlite3 <<'SQL'
BEGIN;
CREATE TABLE arrivals (flight INTEGER PRIMARY KEY, date TEXT NOT NULL, airport TEXT NOT NULL, delay_minutes INTEGER NOT NULL);
INSERT INTO arrivals
SELECT key, replace(substr(json_extract(value, '$.date'), 1, 10), '/', '-'), json_extract(value, '$.destination'),
       json_extract(value, '$.delay')
FROM json_each(readfile('flights.json'));
CREATE INDEX arrivals_by_date ON arrivals (date);
-- Arrivals whose delay was measured again, later.
CREATE TABLE corrections (flight INTEGER PRIMARY KEY, delay_minutes INTEGER NOT NULL);
COMMIT;
SQL
)
mv "$work/listings.sqlite3" "$work/searches.sqlite3" "$data/"
rm -rf "$data/broken"
sqlite3 "$data/listings.sqlite3" \
    "SELECT 'prepared: ' || count(*) || ' flights on ' || count(DISTINCT date) || ' dates, ' || min(date) || ' to ' || max(date) FROM departures"
