#!/bin/sh
# check.sh DATA_FOLDER FROM [TO]
#
# Compares every number of out/metric/DATE.json, for each date FROM to TO, with what one SQL query over the raw sources says
# (corrections included). It shares nothing with the pipelines' scripts but the definition of the metric.
# Prints one line for each difference and a summary; exits 1 when there is a difference.
set -eu

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    echo "usage: check.sh DATA_FOLDER FROM [TO]    (check.sh data 2001-01-01 2001-01-31)" >&2
    exit 2
fi
from=$2
to=${3:-$2}
cd "$1"
for source in listings.sqlite3 searches.sqlite3; do
    if [ ! -r "$source" ]; then
        echo "check: $1/$source is not there; run prepare.sh first" >&2
        exit 2
    fi
done

differences=$(sqlite3 -bail -cmd '.timeout 10000' :memory: <<SQL
.parameter init
.parameter set @from "'$from'"
.parameter set @to "'$to'"
ATTACH 'file:listings.sqlite3?mode=ro' AS l;
ATTACH 'file:searches.sqlite3?mode=ro' AS s;

CREATE TABLE dates AS
WITH RECURSIVE d(date) AS (
    SELECT @from WHERE date(@from) = @from AND date(@to) = @to AND @from <= @to UNION ALL SELECT date(date, '+1 day') FROM d WHERE date < @to)
SELECT date FROM d;

CREATE TABLE supply AS
SELECT date, airport, state, count(*) AS departures
FROM l.departures JOIN l.airports ON iata = airport LEFT JOIN l.corrections c USING (flight)
WHERE c.flight IS NULL GROUP BY date, airport;

CREATE TABLE demand AS
SELECT date, airport, count(*) AS arrivals,
       count(*) FILTER (WHERE delay > 15) AS late, coalesce(sum(delay) FILTER (WHERE delay > 0), 0) AS minutes_late
FROM (SELECT a.date, a.airport, ifnull(c.delay_minutes, a.delay_minutes) AS delay
      FROM s.arrivals a LEFT JOIN s.corrections c ON c.flight = a.flight)
GROUP BY date, airport;

CREATE TABLE both AS
SELECT *, row_number() OVER (PARTITION BY date ORDER BY late DESC, airport) AS place
FROM supply JOIN demand USING (date, airport);

CREATE TABLE expected AS
SELECT date, 'metric' AS field, printf('%d.%02d', h / 100, h % 100) AS value
FROM (SELECT date, (20000 * sum(late) + sum(departures)) / (2 * sum(departures)) AS h FROM both GROUP BY date)
UNION ALL SELECT date, 'airports', count(*) FROM both GROUP BY date
UNION ALL SELECT date, 'departures', sum(departures) FROM both GROUP BY date
UNION ALL SELECT date, 'arrivals', sum(arrivals) FROM both GROUP BY date
UNION ALL SELECT date, 'late', sum(late) FROM both GROUP BY date
UNION ALL SELECT date, 'minutes_late', sum(minutes_late) FROM both GROUP BY date
UNION ALL SELECT date, 'latest ' || place, airport || ' ' || state || ' ' || late || ' ' || departures FROM both WHERE place <= 3;

CREATE TABLE documents AS
SELECT date, file IS NOT NULL AS present, CASE WHEN json_valid(file) THEN CAST(file AS TEXT) END AS document
FROM (SELECT date, readfile('out/metric/' || date || '.json') AS file FROM dates);

CREATE TABLE actual AS
SELECT date, f.key AS field, CASE f.key WHEN 'metric' THEN printf('%.2f', f.value) ELSE f.value END AS value
FROM documents, json_each(document) f
WHERE f.key NOT IN ('date', 'latest')
UNION ALL
SELECT date, 'latest ' || (f.key + 1), json_extract(f.value, '\$.airport') || ' ' || json_extract(f.value, '\$.state') || ' ' ||
       json_extract(f.value, '\$.late') || ' ' || json_extract(f.value, '\$.departures')
FROM documents, json_each(document, '\$.latest') f;

SELECT date || ': out/metric/' || date || '.json is not ' || CASE WHEN present THEN 'JSON' ELSE 'there' END
FROM documents WHERE document IS NULL
UNION ALL
SELECT date || ': the file says it is for ' || json_extract(document, '\$.date') FROM documents
WHERE json_extract(document, '\$.date') <> date
UNION ALL
SELECT date || ': the raw sources have nothing for this date' FROM dates WHERE date NOT IN (SELECT date FROM both)
UNION ALL
SELECT date || ': ' || field || ' is ' || ifnull(a.value, 'missing') || ', the raw sources say ' || ifnull(e.value, 'nothing')
FROM (SELECT date, field FROM expected UNION SELECT date, field FROM actual) f
JOIN documents d USING (date)
LEFT JOIN expected e USING (date, field) LEFT JOIN actual a USING (date, field)
WHERE d.document IS NOT NULL AND CAST(a.value AS TEXT) IS NOT CAST(e.value AS TEXT)
ORDER BY 1;
SELECT 'dates ' || count(*) FROM dates;
SELECT 'numbers ' || count(*) FROM actual;
SQL
)
dates=$(printf '%s\n' "$differences" | awk '$1 == "dates" { print $2 }')
numbers=$(printf '%s\n' "$differences" | awk '$1 == "numbers" { print $2 }')
differences=$(printf '%s\n' "$differences" | sed '/^dates /d; /^numbers /d')

if [ "$dates" -eq 0 ]; then
    echo "check: there is no date from '$from' to '$to'; write them as 2001-01-09" >&2
    exit 2
fi
if [ -n "$differences" ]; then
    printf '%s\n' "$differences"
    echo "check: $(printf '%s\n' "$differences" | awk 'END { print NR }') difference(s) in $dates date(s), $from to $to"
    exit 1
fi
echo "check: $dates date(s), $from to $to: all $numbers values are what the raw sources say"
