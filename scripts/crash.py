#!/usr/bin/env python3
"""Kills a server and its workers under load, again and again, and looks for lost or doubled work.

    scripts/crash.py [--cycles N] [--seed N] [--load LOAD] [--weir build/weir] [--clients N] [--no-pipelines] [--keep]

Each client's request has a number of its own, so that it is found again in the store: an addition to its account's
counter and a gift to another account. Beside that, runs of a pipeline are started, each for a date of its own, and
another account's pipeline depends on it. With `--load triggers` people work on a graph of pipelines instead
(crash_triggers.py), and the store that is left is held against the invariants of tests/invariants. An answer is done, refused (surely not done) or unknown (no answer: it may
have been done, but at most once). At the end everything is drained and compared:

  lost        acknowledged and not in the store            doubled    in the store twice
  nowhere     in the store though refused or never asked   stuck      owed and not worked off after healing
  store       PRAGMA integrity_check, counters against their log
  P1 to P6    what check_data finds: active for ever, mixed, doubled, missing (tests/invariants/pipelines.hpp)
  processes   something of the server or of its steps is still alive

Exit status 0: nothing of that. A failure prints the line that repeats the run (kills come at the same moments; the
machine's own timing does not repeat).
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from crash_triggers import TriggerLoad

DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
ACCOUNTS = [f"{n:012}" for n in range(1, 5)]
UPSTREAM = "name: up\nwindow: day\nsince: 2001-01-01\nsteps:\n  - name: work\n    run: \"true\"\n"
DOWNSTREAM = ("name: down\nwindow: day\nsince: 2001-01-01\ntrigger:\n  executions:\n    allOf:\n      - name: up\n"
              f"        account: \"{ACCOUNTS[0]}\"\n        status: [SUCCESS]\n"
              "steps:\n  - name: work\n    run: \"true\"\n")
FIRST_DATE = date(2002, 1, 1)


@dataclass(frozen=True)
class Promise:
    """One thing that a request asks for; `number` is its own, so that its trace is found."""
    account: str
    number: int
    outcome: str


def check_traces(promises, traces):
    """The violations, a line each. `promises`: of Promise; `traces`: (account, number) as the store holds them."""
    found = Counter(traces)
    outcomes = {(p.account, p.number): p.outcome for p in promises}
    out = []
    for key, outcome in sorted(outcomes.items()):
        if outcome == DONE and found[key] == 0:
            out.append(f"lost: {key} was acknowledged and is not there")
        if outcome == REFUSED and found[key] > 0:
            out.append(f"nowhere: {key} was refused and is there")
    for key, times in sorted(found.items()):
        if times > 1:
            out.append(f"doubled: {key} is there {times} times")
        if key not in outcomes:
            out.append(f"nowhere: {key} was never asked for")
    return out


def check_runs(started, runs):
    """`started`: {date: outcome} of the upstream; `runs`: (pipeline, date, status), all that the store knows."""
    out = []
    by = {}
    for pipeline, window, status in runs:
        by.setdefault((pipeline, window), []).append(status)
    for window, outcome in sorted(started.items()):
        up = by.get(("up", window), [])
        if outcome == DONE and not up:
            out.append(f"lost: the run of up for {window} was acknowledged and is not there")
        if outcome == REFUSED and up:
            out.append(f"nowhere: the run of up for {window} was refused and is there")
        if len(up) > 1:
            out.append(f"doubled: up ran {len(up)} times for {window}")
        down = by.get(("down", window), [])
        succeeded = up.count("SUCCEEDED")
        if succeeded and len(down) != 1:
            out.append(f"{'lost' if not down else 'doubled'}: {len(down)} runs of down for {window}, up succeeded")
        if not succeeded and down:
            out.append(f"nowhere: down ran for {window} without a success of up ({up})")
    for (pipeline, window), statuses in sorted(by.items()):
        if window not in started:
            out.append(f"nowhere: {pipeline} ran for {window}, which nobody asked for")
        for status in statuses:
            if status in ("QUEUED", "RUNNING"):
                out.append(f"stuck: {pipeline} for {window} is {status}")
    return out


def request(port, method, path, body=None, account=ACCOUNTS[0], connection=None, timeout=30):
    """(outcome, answer): refused is only said when the server said it, or was never reached."""
    own = connection is None
    connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    headers = {"X-Weir-Account": account, "X-Weir-Who": "crash", "Content-Type": "application/json"}
    try:
        if connection.sock is None:
            try:
                connection.connect()
            except OSError:
                return REFUSED, None
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return UNKNOWN, None
        answer = json.loads(text) if text else None
        return (DONE if response.status == 200 else REFUSED), answer
    finally:
        if own:
            connection.close()


class Processes:
    """The server and its workers, in sessions of their own, with HOME as the mark by which they are found again."""

    def __init__(self, weir, folder, accounts):
        self.weir, self.folder, self.accounts = weir, folder, accounts  # accounts: whose steps have workers
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = open(folder / "output.log", "ab")
        self.server, self.workers = None, []
        self.ready_ms = []

    def spawn(self, *words, stdout=None):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
        return subprocess.Popen([str(self.weir), *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                stdout=stdout or self.log, stderr=self.log, start_new_session=True)

    def start_server(self):
        begin = time.monotonic()
        self.server = self.spawn("serve", "--data", str(self.folder / "data"), "--listen", f"127.0.0.1:{self.port}",
                                 "--workers", "0", stdout=subprocess.PIPE)
        line = self.server.stdout.readline()
        if b"listening" not in line:
            raise SystemExit(f"crash: the server does not start (exit {self.server.wait()}); see {self.folder}/output.log")
        self.ready_ms.append((time.monotonic() - begin) * 1000)

    def start_workers(self):
        """One an account that has steps."""
        for account in self.accounts:
            self.workers.append(self.spawn("--server", f"http://127.0.0.1:{self.port}", "--account", account, "worker",
                                           "--slots", "4", "--lease-s", "2", "--folder", str(self.folder / f"worker-{account}")))

    @staticmethod
    def kill(process):
        process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()

    def kill_server(self):
        self.kill(self.server)

    def kill_workers(self):
        while self.workers:
            self.kill(self.workers.pop())

    def terminate(self):
        """The exit statuses by SIGTERM, by name."""
        out = {}
        for name, process in [(f"worker {i}", worker) for i, worker in enumerate(self.workers)] + [("server", self.server)]:
            process.terminate()
            try:
                out[name] = process.wait(30)
            except subprocess.TimeoutExpired:
                out[name] = "no end within 30 s"
                self.kill(process)
        return out

    def alive(self):
        """Processes that have our folder in their environment."""
        mark = f"HOME={self.folder}".encode()
        out = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    out.append(f"{entry.name} {(entry / 'cmdline').read_bytes().replace(bytes(1), b' ').decode()}")
            except OSError:
                continue
        return out


class Load:
    """Clients that ask on, also while there is no server, until they are told to stop."""

    def __init__(self, port, clients, pipelines, seed):
        self.port, self.stop_, self.lock = port, threading.Event(), threading.Lock()
        self.added, self.gifts, self.started, self.numbers, self.why = [], [], {}, 0, None
        self.counts = Counter()
        self.threads = [threading.Thread(target=self.add, args=(seed * 1000 + i,)) for i in range(clients)]
        if pipelines:
            self.threads.append(threading.Thread(target=self.start_runs))

    def begin(self):
        for thread in self.threads:
            thread.start()

    def end(self):
        self.stop_.set()
        for thread in self.threads:
            thread.join()

    def add(self, seed):
        chance = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stop_.is_set():
            with self.lock:
                self.numbers += 2
                number, gift = self.numbers, self.numbers + 1
            account = chance.choice(ACCOUNTS)
            to = chance.sample([a for a in ACCOUNTS if a != account], chance.choice([0, 0, 1]))
            body = {"by": number, "gift": gift, "to": to}
            outcome, _ = request(self.port, "POST", "/v1/counter", body, account, connection)
            with self.lock:
                self.counts[outcome] += 1
                self.added.append(Promise(account, number, outcome))
                self.gifts += [Promise(a, gift, outcome) for a in to]
            if outcome != DONE:
                connection.close()
                self.stop_.wait(0.005)
        connection.close()

    def start_runs(self):
        day = FIRST_DATE
        while not self.stop_.is_set():
            outcome, answer = request(self.port, "POST", "/v1/pipelines/up/runs", {"date": day.isoformat()})
            if outcome == REFUSED and answer:
                self.why = answer
            self.counts["run " + outcome] += 1
            self.started[day.isoformat()] = outcome
            day += timedelta(days=1)
            self.stop_.wait(0.05)


def deploy(port):
    for account in ACCOUNTS:
        request(port, "POST", "/v1/accounts", {"id": account}, account)
    for account, yaml in ((ACCOUNTS[0], UPSTREAM), (ACCOUNTS[1], DOWNSTREAM)):
        outcome, answer = request(port, "POST", "/v1/deploy", {"file": "pipeline.yaml", "yaml": yaml}, account)
        if outcome != DONE:
            raise SystemExit(f"crash: the pipelines cannot be deployed: {answer}")


def all_runs(port):
    out, before = [], None
    while True:
        path = "/v1/runs?all=true&limit=500" + (f"&before={before}" if before else "")
        outcome, answer = request(port, "GET", path)
        if outcome != DONE:
            raise SystemExit(f"crash: the runs cannot be listed: {answer}")
        out += [(run["pipeline"], run["window"], run["status"]) for run in answer["runs"]]
        before = answer.get("next")
        if not before:
            return out


class CounterLoad(Load):
    """The counters and the two pipelines: the load that is taken when nothing is said."""

    def __init__(self, processes, options):
        super().__init__(processes.port, options.clients, options.pipelines, options.seed)
        self.pipelines, self.runs = options.pipelines, []

    def prepare(self):
        if self.pipelines:
            deploy(self.port)

    def settle(self):
        self.runs = wait_until_quiet(self.port, self.pipelines, 60)
        out = check_runs(self.started, self.runs)
        if self.counts[DONE] == 0 or (self.pipelines and self.counts["run " + DONE] == 0):
            out.append(f"load: nothing was acknowledged, so nothing was tried: {dict(self.counts)}; "
                       f"the last refusal of a run: {self.why}")
        return out

    def check(self, folder, _):
        return check_store(folder, self)


class GraphLoad(TriggerLoad):
    """People at work on a graph of pipelines."""

    def __init__(self, processes, options):
        super().__init__(lambda method, path, body, account: request(processes.port, method, path, body, account),
                         ACCOUNTS, min(options.clients, 4), options.seed)
        self.port, self.runs = processes.port, []

    def prepare(self):
        for account in ACCOUNTS:
            request(self.port, "POST", "/v1/accounts", {"id": account}, account)
        self.deploy()

    def settle(self):
        out = super().settle(120)
        self.runs = all_runs(self.port)
        return out

    def check(self, folder, weir):
        db = sqlite3.connect(f"file:{folder / 'data' / 'store' / 'weir.db'}?mode=ro", uri=True)
        out = super().check({run: (name, label) for run, name, label in db.execute("SELECT run, name, label FROM pipeline_run")})
        db.close()
        found = subprocess.run([str(weir.with_name("check_data")), str(folder / "data")], capture_output=True, text=True)
        lines = (found.stdout + found.stderr).splitlines()
        if found.returncode == 0:
            print(f"crash: {lines[-1]}")
        return out + (lines if found.returncode != 0 else [])


LOADS = {"counters": CounterLoad, "triggers": GraphLoad}


def wait_until_quiet(port, pipelines, patience_s):
    """Counters stand still and no run waits or works; or patience ends and the checks say what is stuck."""
    end, last, since = time.monotonic() + patience_s, None, time.monotonic()
    while time.monotonic() < end:
        now = [request(port, "GET", "/v1/counter", account=a)[1] for a in ACCOUNTS]
        runs = all_runs(port) if pipelines else []
        busy = any(status in ("QUEUED", "RUNNING") for _, _, status in runs)
        state = (now, sorted(runs))
        if busy or state != last:
            last, since = state, time.monotonic()
        elif time.monotonic() - since > 2:
            break
        time.sleep(0.2)
    return runs if pipelines else []


def check_store(folder, load):
    """The violations in the file of the stopped server."""
    out = []
    db = sqlite3.connect(f"file:{folder / 'data' / 'store' / 'weir.db'}?mode=ro", uri=True)
    verdict = [row[0] for row in db.execute("PRAGMA integrity_check")]
    if verdict != ["ok"]:
        out.append(f"store: integrity_check says {verdict[:5]}")
    rows = db.execute("SELECT account, by, why FROM counter_log").fetchall()
    out += check_traces(load.added, [(a, by) for a, by, why in rows if why == "added"])
    out += check_traces(load.gifts, [(a, by) for a, by, why in rows if why.startswith("gift")])
    sums = Counter()
    for account, by, _ in rows:
        sums[account] += by
    for account, value in db.execute("SELECT account, value FROM counter"):
        if sums[account] != value:
            out.append(f"store: the counter of {account} is {value}, its log says {sums[account]}")
    for kind, dead, error in db.execute("SELECT kind, dead, last_error FROM delivery"):
        out.append(f"stuck: a delivery {kind} is still owed (dead: {dead}; {error})")
    db.close()
    return out


def main():
    parser = argparse.ArgumentParser(description="Kills a server under load and looks for lost or doubled work.")
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--weir", type=Path, default=Path(__file__).resolve().parent.parent / "build" / "weir")
    parser.add_argument("--load", choices=sorted(LOADS), default="counters")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--no-pipelines", dest="pipelines", action="store_false")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    options = parser.parse_args()
    if not options.weir.exists():
        print(f"crash: {options.weir} is not there; run ./dev build first", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="weir-crash-"))
    print(f"crash: seed {options.seed}, {options.cycles} cycles, in {folder}", flush=True)
    chance = random.Random(options.seed)
    accounts = ACCOUNTS if options.load == "triggers" else ACCOUNTS[:2] if options.pipelines else []
    processes = Processes(options.weir.resolve(), folder, accounts)
    violations = []
    try:
        processes.start_server()
        load = LOADS[options.load](processes, options)
        load.prepare()
        processes.start_workers()
        load.begin()
        try:
            for cycle in range(options.cycles):
                time.sleep(chance.uniform(0.05, 0.5))
                with_workers = chance.random() < 0.5
                if with_workers:
                    processes.kill_workers()
                if chance.random() < 0.9:
                    processes.kill_server()
                    processes.start_server()
                if with_workers:
                    processes.start_workers()
                if (cycle + 1) % 20 == 0:
                    print(f"crash: {cycle + 1} cycles, {dict(load.counts)}", flush=True)
            time.sleep(0.5)
        finally:
            load.end()
        violations += load.settle()
        for name, status in processes.terminate().items():
            if status != 0:
                violations.append(f"processes: {name} ended with {status} after SIGTERM")
        violations += load.check(folder, options.weir.resolve())
        end = time.monotonic() + 10
        while (alive := processes.alive()) and time.monotonic() < end:
            time.sleep(0.1)
        violations += [f"processes: still alive: {line}" for line in alive]
        ready = sorted(processes.ready_ms)
        print(f"crash: {dict(load.counts)}; {len(load.runs)} runs; restart p50 {ready[len(ready) // 2]:.0f} ms, "
              f"max {ready[-1]:.0f} ms")
    finally:
        for process in (processes.server, *processes.workers):
            if process is not None and process.poll() is None:
                processes.kill(process)
        if options.keep or violations:
            print(f"crash: the folder stays: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for line in violations[:50]:
        print(line)
    if violations:
        print(f"crash: {len(violations)} violations; again: ./dev crash --load {options.load} "
              f"--seed {options.seed} --cycles {options.cycles}")
        return 1
    print("crash: nothing lost, nothing doubled, nothing left behind")
    return 0


if __name__ == "__main__":
    sys.exit(main())
