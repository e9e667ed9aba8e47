#!/usr/bin/env python3
"""Runs clang-tidy on the sources that changed since a base, and on those that include them, nearest first.

    scripts/tidy.py --build build-lint [--all] [--jobs 2] [--seconds 900]

The base is $WEIR_LINT_BASE; else the merge base with origin/main; on a clone that stands on it, the commit before.
Prints only what clang-tidy found. With --seconds no further file is started after that time, and what was left out is listed.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import source_tree as tree

ROOT = Path(__file__).resolve().parent.parent
TOOL = "clang-tidy-19"


def git(*words):
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def base():
    named = os.environ.get("WEIR_LINT_BASE")
    if named:
        if git("rev-parse", "--verify", "-q", named + "^{commit}") is None:
            sys.exit(f"tidy: WEIR_LINT_BASE={named} is no commit here")
        return named
    merged = git("merge-base", "origin/main", "HEAD")
    if merged and merged != git("rev-parse", "HEAD"):
        return merged
    return git("rev-parse", "--verify", "-q", "HEAD~1")


def changed(since):
    committed = git("diff", "--name-only", since) or ""
    fresh = git("ls-files", "--others", "--exclude-standard") or ""
    return sorted(set((committed + "\n" + fresh).split()))


def with_dependants(paths, graph):
    """The paths and all that include them, directly or through others; by distance, then name."""
    includers = {}
    for path, edges in graph.items():
        for target, _ in edges:
            includers.setdefault(target, set()).add(path)
    ordered, seen, ring = [], set(), sorted(p for p in paths if p in graph)
    while ring:
        ordered += ring
        seen.update(ring)
        ring = sorted({i for p in ring for i in includers.get(p, ())} - seen)
    return ordered


def lint(build, path):
    done = subprocess.run([TOOL, "--quiet", "-p", build, path], capture_output=True, text=True, cwd=ROOT)
    noise = (" warnings generated.", " warnings and ", "Suppressed ", "Use -header-filter")
    errors = [l for l in done.stderr.splitlines() if not any(n in l for n in noise)]
    return done.returncode, done.stdout + "\n".join(errors if done.returncode else [])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=0)
    options = parser.parse_args()

    commands = json.loads((ROOT / options.build / "compile_commands.json").read_text())
    compiled = {os.path.relpath(c["file"], ROOT) for c in commands}
    since = None if options.all else base()
    if since:
        chosen = [p for p in with_dependants(changed(since), tree.include_graph(ROOT)) if p in compiled]
    else:
        chosen = sorted(p for p in compiled if not p.startswith("build"))
    print(f"tidy: {len(chosen)} files" + (f" changed since {since[:12]} or including what changed" if since else ""), flush=True)

    start, failed, left = time.monotonic(), [], []

    def work(path):
        if options.seconds and time.monotonic() - start > options.seconds:
            left.append(path)
            return
        code, text = lint(options.build, path)
        if code:
            failed.append(path)
            print(text.rstrip(), flush=True)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(work, chosen))
    print(f"tidy: {len(chosen) - len(left)} files in {time.monotonic() - start:.0f} s, {len(failed)} with findings")
    if left:
        print(f"tidy: {len(left)} files left out by the limit of {options.seconds} s (./dev lint --all has none):")
        print("  " + " ".join(sorted(left)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
