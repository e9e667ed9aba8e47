#!/bin/sh
# mend.sh DATA_FOLDER DATE [listings|searches]
#
# Takes back break.sh, and delivers a correction of the raw source (default: of listings) for DATE, so that the numbers of DATE
# change and everything downstream of them must follow. Without break.sh before it: a late correction of good data.
#   listings   every seventh departure of DATE did not take place
#   searches   every fifth arrival of DATE was half an hour later than first measured
# A second call for the same date changes nothing.
set -eu

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    echo "usage: mend.sh DATA_FOLDER DATE [listings|searches]    (mend.sh data 2001-01-09)" >&2
    exit 2
fi
data=$1
date=$2
project=${3:-listings}
case $project in
listings) correction="INSERT OR IGNORE INTO corrections SELECT flight FROM departures WHERE date = @date AND flight % 7 = 0;" ;;
searches) correction="INSERT OR IGNORE INTO corrections SELECT flight, delay_minutes + 30 FROM arrivals WHERE date = @date AND flight % 5 = 0;" ;;
*)
    echo "mend: '$project' has no raw source; name listings or searches" >&2
    exit 2
    ;;
esac
if [ ! -w "$data/$project.sqlite3" ]; then
    echo "mend: $data/$project.sqlite3 is not there; run prepare.sh first" >&2
    exit 1
fi

corrected=$(sqlite3 -bail -cmd '.timeout 10000' "$data/$project.sqlite3" <<SQL
.parameter init
.parameter set @date "'$date'"
$correction
SELECT changes();
SQL
)
rm -f "$data/broken/$project-$date"
echo "mended: $project works for $date again; $corrected of its rows were corrected"
