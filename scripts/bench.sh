#!/usr/bin/env bash
# ./dev bench [--seconds N] [--full] [NAME...]: runs the benchmarks of build/ one after the other, writes
# build/bench.jsonl and prints a table, each figure beside its limit. Exit status 1 when a limit is missed or a
# benchmark fails. The name `triggers` stands for all that are about triggers. --full: 100,000 pipelines instead of
# 10,000, some minutes more.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build="${WEIR_BUILD:-build}" seconds=5 names=() full=()
triggers=(trigger fanout plan shares scenario)
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds="${2:?--seconds needs a number}"; shift 2 ;;
    --full) full=(--full); shift ;;
    -*) echo "bench: unknown option $1; usage: ./dev bench [--seconds N] [--full] [NAME...]" >&2; exit 2 ;;
    triggers) names+=("${triggers[@]}"); shift ;;
    *) names+=("$1"); shift ;;
  esac
done
if [ "${#names[@]}" = 0 ]; then
  for program in "$build"/bench_*; do
    if [ -f "$program" ] && [ -x "$program" ]; then names+=("${program##*/bench_}"); fi
  done
fi
[ "${#names[@]}" -gt 0 ] || { echo "bench: no $build/bench_*; run ./dev build first" >&2; exit 2; }

: > "$build/bench.jsonl"
failed=()
for name in "${names[@]}"; do
  echo "bench: $name" >&2
  "$build/bench_$name" --seconds "$seconds" "${full[@]}" --json >> "$build/bench.jsonl"
  [ $? -le 1 ] || failed+=("$name")
done
python3 - "$build/bench.jsonl" "${failed[@]}" <<'PY'
import json
import sys

missed = 0
last = None
for line in open(sys.argv[1]):
    row = json.loads(line)
    if row["bench"] != last:
        last = row["bench"]
        print(f"\n{last}")
    mark, limit = " ", ""
    if "limit" in row:
        mark = "✓" if row["ok"] else "✗"
        missed += not row["ok"]
        limit = f"limit {row['limit']:,.3f}  ({row['why']})"
    print(f"  {mark} {row['figure']:<58}{row['value']:>14,.3f} {row['unit']:<7}{limit}")
for name in sys.argv[2:]:
    print(f"\n  ✗ {name} did not run to its end")
print(f"\n{missed} limits missed" if missed else "\nall limits kept")
sys.exit(1 if missed or len(sys.argv) > 2 else 0)
PY
