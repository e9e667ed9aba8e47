#!/bin/sh
# break.sh DATA_FOLDER DATE [listings|searches]
#
# From now on the named team's pipeline (default: listings) fails for DATE, with a clear message, until mend.sh.
set -eu

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    echo "usage: break.sh DATA_FOLDER DATE [listings|searches]    (break.sh data 2001-01-09)" >&2
    exit 2
fi
data=$1
date=$2
project=${3:-listings}
case $project in
listings | searches) ;;
*)
    echo "break: '$project' has no raw source; name listings or searches" >&2
    exit 2
    ;;
esac

mkdir -p "$data/broken"
echo "the feed stopped in the middle of the day (mend.sh delivers it again)" > "$data/broken/$project-$date"
echo "broken: $project fails for $date from now on"
