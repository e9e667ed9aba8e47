#!/usr/bin/env bash
# ./dev demo [--once] [--port N]: installs what is missing, builds Weir, starts it on its embedded store and walks through
# examples/case-study: three teams' pipelines that start each other, on real data. Every number is checked against a
# direct computation. With --once the server is stopped at the end and the exit status says whether all of it held;
# without, it goes on running, with the commands to try next.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

once=0
port="${WEIR_DEMO_PORT:-4700}"
while [ $# -gt 0 ]; do
  case "$1" in
    --once) once=1 ;;
    --port) port="$2"; shift ;;
    *) echo "./dev demo: unknown argument '$1'; known are --once and --port N" >&2; exit 2 ;;
  esac
  shift
done

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
die() { printf './dev demo: %s\n' "$*" >&2; exit 1; }
show() { printf '\033[2m$ weir %s\033[0m\n' "$*"; weir "$@"; }

./dev setup
say "build"
cmake --preset release --log-level=WARNING >/dev/null
cmake --build build --target weir -j "$(nproc)" | tail -n 1

root="$PWD"
demo="$root/build/demo"
rm -rf "$demo"
mkdir -p "$demo"
cp -r examples/case-study "$demo/case-study"
study="$demo/case-study"
data="$demo/data"

say "the data: flights and airports of npm's vega-datasets"
(cd "$study" && npm install --no-audit --no-fund --loglevel=error)
sh "$study/prepare.sh" "$data" "$study/node_modules/vega-datasets"
sed -i "s|/srv/case-study|$data|" "$study"/*/pipeline.yaml

say "start Weir"
build/weir serve --data "$demo/store" --listen "127.0.0.1:$port" --workers 2 >"$demo/server.out" 2>"$demo/server.err" &
server=$!
stop_server() { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
trap 'status=$?; if [ "$once" = 1 ] || [ $status -ne 0 ]; then stop_server; fi; exit $status' EXIT
for _ in $(seq 200); do
  grep -q '^weir listening on ' "$demo/server.out" && break
  kill -0 "$server" 2>/dev/null || { cat "$demo/server.err" >&2; die "the server did not start"; }
  sleep 0.05
done
grep '^weir listening on ' "$demo/server.out" || die "the server did not say that it listens"
export WEIR_SERVER="http://127.0.0.1:$port"
weir() { "$root/build/weir" "$@"; }

# Waits until nothing runs or is queued any more, in any account.
at_rest() {
  local busy=x
  for _ in $(seq 1200); do
    busy="$(weir status --all --json | jq '[.running, .queued] | map(length // 0) | add')"
    [ "$busy" = 0 ] && return 0
    sleep 0.1
  done
  die "runs are still active after two minutes: $(weir status --all)"
}
runs_of() { weir runs "$1" --window "$2" --json | jq '.runs | length'; }
A=111111111111/listings B=222222222222/searches C=333333333333/pipeline-x

say "three teams, three accounts"
show setup-user-account 111111111111 --alias Account_A_ID --owner core-data-availability
show setup-user-account 222222222222 --alias Account_B_ID --owner search
show setup-user-account 333333333333 --alias Account_C_ID --owner rent-journey

say "each team deploys its own pipeline"
for project in listings searches pipeline-x; do show deploy "$study/$project" --yes; done

say "backfill 31 dates: the first is quiet, the second takes pipeline-X along, once a date"
show backfill $A --from 2001-01-01 --to 2001-01-31 --parallel 2 --yes --wait
show backfill $B --from 2001-01-01 --to 2001-01-31 --parallel 2 --downstream --yes --wait
at_rest
sh "$study/check.sh" "$data" 2001-01-01 2001-01-31 || die "the numbers of the backfill are not right"
for day in $(seq -w 1 31); do
  [ "$(runs_of $C "2001-01-$day")" = 1 ] || die "pipeline-X must have run exactly once for 2001-01-$day: $(runs_of $C "2001-01-$day")"
done

say "an upstream fails: pipeline-X waits, and says for what"
sh "$study/break.sh" "$data" 2001-02-09
show run $A --date 2001-02-09 --yes --follow && die "listings should have failed for 2001-02-09"
show run $B --date 2001-02-09 --yes --follow
at_rest
show explain $C --window 2001-02-09
[ "$(runs_of $C 2001-02-09)" = 0 ] || die "pipeline-X ran although listings failed"

say "mended and run again: everything downstream follows by itself, once"
sh "$study/mend.sh" "$data" 2001-02-09
show run $A --date 2001-02-09 --yes --follow
at_rest
[ "$(runs_of $C 2001-02-09)" = 1 ] || die "pipeline-X must have run once for 2001-02-09"
sh "$study/check.sh" "$data" 2001-02-09 || die "the numbers of 2001-02-09 are not right"
show explain $C --window 2001-02-09

say "a correction of a date long done: pipeline-X follows once more, on consistent inputs"
sh "$study/mend.sh" "$data" 2001-01-20 searches
if sh "$study/check.sh" "$data" 2001-01-20 >/dev/null; then die "the correction changed nothing"; fi
show run $B --date 2001-01-20 --yes --follow
at_rest
sh "$study/check.sh" "$data" 2001-01-20 || die "the numbers of 2001-01-20 are not right"
[ "$(runs_of $C 2001-01-20)" = 2 ] || die "pipeline-X must have run twice for 2001-01-20"

say "the run log, and what triggers what"
show runs $C --limit 12
show graph
show status --all
ls "$data/out/metric.svg" >/dev/null || die "no picture was drawn"

if [ "$once" = 1 ]; then
  stop_server
  say "all of it held: 33 dates checked against a direct computation"
  exit 0
fi
cat <<TEXT

$(say "Weir goes on running; look around")
  export WEIR_SERVER=$WEIR_SERVER PATH="$root/build:\$PATH"
  weir status --all                                  what needs somebody now
  weir explain $C --window 2001-01-20   why it ran twice
  weir runs --all                                    the run log of all accounts
  weir graph                                         who feeds whom
  weir audit --account 111111111111                  who did what
  picture of the metric:  $data/out/metric.svg
  stop the server:        kill $server
TEXT
trap - EXIT
