"""The load `triggers` of crash.py: a graph over four accounts that people work on while it is killed.

A diamond, a fallback on FAILED, a clause of the day before, one that asks before it follows, a limit, a schedule of
every minute; steps that fail now and then. Threads run dates, rerun and backfill with plans, mark, skip, accept,
approve, pause, stop, retry and deploy changed conditions. What was acknowledged is looked for at the end; everything
else is asked of the store that is left (check_data).
"""

import random
import threading
import time
from collections import Counter
from datetime import date, timedelta

FIRST = date(2002, 1, 1)
STEP = 'steps:\n  - name: work\n    run: "[ $(( $(od -An -N1 -tu1 /dev/urandom) % 6 )) != 0 ]"\n'


def clause(name, account, more="status: [SUCCESS]"):
    return f'      - {{name: {name}, account: "{account}", {more}}}\n'


def graph(accounts, changed=False):
    """[(account, yaml)], upstreams first. `changed`: another condition for `either`, as a redeploy brings it."""
    one, two, three, four = accounts

    def pipeline(owner, name, head="", all_of="", any_of="", trigger=""):
        text = f"name: {name}\nwindow: day\nsince: 2001-12-01\n{head}"
        if all_of or any_of or trigger:
            text += "trigger:\n" + trigger
        if all_of or any_of:
            text += "  executions:\n"
        if all_of:
            text += "    allOf:\n" + all_of
        if any_of:
            text += "    anyOf:\n" + any_of
        return owner, text + STEP

    return [
        pipeline(one, "source", head="concurrency: {maxRuns: 3}\n"),
        pipeline(two, "left", all_of=clause("source", one)),
        pipeline(three, "right", head="concurrency: {maxRuns: 1}\n", all_of=clause("source", one)),
        pipeline(four, "join", all_of=clause("left", two) + clause("right", three)),
        pipeline(one, "fallback", all_of=clause("source", one, "status: [FAILED]")),
        pipeline(two, "asked", all_of=clause("join", four), trigger="  onUpstreamRerun: ask\n"),
        pipeline(three, "either", any_of=clause("left", two) + (clause("join", four) if changed else clause("right", three))),
        pipeline(four, "chain", all_of=clause("source", one) + clause("chain", four, "status: [SUCCESS], offset: -1")),
        (one, "name: tick\nwindow: run\ntrigger:\n  schedule: {cron: \"* * * * *\"}\n"
              "steps:\n  - name: work\n    run: \"true\"\n"),
    ]


NAMES = ["source", "left", "right", "join", "fallback", "asked", "either", "chain"]


class TriggerLoad:
    """Threads that work on the graph until they are told to stop. `ask` is crash.request, bound to the port."""

    def __init__(self, ask, accounts, threads, seed):
        self.ask, self.accounts, self.stop_, self.lock = ask, accounts, threading.Event(), threading.Lock()
        self.owner = dict(zip(NAMES, [accounts[i] for i in (0, 1, 2, 3, 0, 1, 2, 3)]))
        self.counts, self.refusals, self.days, self.acknowledged = Counter(), Counter(), 0, {}
        self.threads = [threading.Thread(target=self.work, args=(seed * 1000 + i,)) for i in range(threads)]

    def begin(self):
        for thread in self.threads:
            thread.start()

    def end(self):
        self.stop_.set()
        for thread in self.threads:
            thread.join()

    def deploy(self, changed=False, only=None):
        for owner, yaml in graph(self.accounts, changed):
            name = yaml.split("\n", 1)[0][len("name: "):]
            if only is None or name == only:
                outcome, answer = self.ask("POST", "/v1/deploy", {"file": "pipeline.yaml", "yaml": yaml, "confirm": True}, owner)
                if only is None and outcome != "done":
                    raise SystemExit(f"crash: {name} cannot be deployed: {answer}")
                self.tell("deploy", outcome, answer)

    def tell(self, what, outcome, answer):
        with self.lock:
            self.counts[f"{what} {outcome}"] += 1
            if outcome == "refused" and answer:
                self.refusals[f"{what}: {str(answer)[:160]}"] += 1

    def do(self, what, method, path, body, account):
        outcome, answer = self.ask(method, path, body, account)
        self.tell(what, outcome, answer)
        return answer if outcome == "done" else None

    def day(self, chance):
        with self.lock:
            return (FIRST + timedelta(days=chance.randrange(max(1, self.days)))).isoformat()

    def work(self, seed):
        chance = random.Random(seed)
        while not self.stop_.is_set():
            name = chance.choice(NAMES)
            owner, window = self.owner[name], self.day(chance)
            at = f"/v1/pipelines/{name}"
            why = {"reason": f"crash {seed}"}
            what = chance.choices(["run", "rerun", "backfill", "mark", "skip", "accept", "approve", "pause", "deploy", "plan", "now", "run end"],
                                  [30, 6, 4, 5, 3, 2, 6, 5, 3, 4, 3, 6])[0]
            if what == "run":
                with self.lock:
                    window = (FIRST + timedelta(days=self.days)).isoformat()
                    self.days += 1
                answer = self.do(what, "POST", "/v1/pipelines/source/runs", {"date": window}, self.owner["source"])
                if answer:
                    with self.lock:
                        self.acknowledged[answer["run"]["run"]] = ("source", window)
            elif what == "rerun":
                self.do(what, "POST", at + "/rerun", {"window": window, "accept": True, "others": True, **why}, owner)
            elif what == "backfill":
                to = (date.fromisoformat(window) + timedelta(days=chance.randrange(5))).isoformat()
                self.do(what, "POST", at + "/backfill", {"from": window, "to": to, "downstream": chance.random() < 0.5, "others": True,
                                                         "redo": chance.choice(["missing", "failed", "all"]), "accept": True, **why}, owner)
            elif what == "mark":
                self.do(what, "POST", at + "/mark", {"window": window, "status": chance.choice(["SUCCEEDED", "FAILED"]), **why}, owner)
            elif what in ("skip", "accept"):
                self.do(what, "POST", f"{at}/{what}", {"window": window, **why}, owner)
            elif what == "approve":
                self.do(what, "POST", "/v1/pipelines/asked/approve", {"window": window, **why}, self.owner["asked"])
            elif what == "pause":
                whom = {"pipeline": name} if chance.random() < 0.8 else {}
                self.do(what, "POST", "/v1/pause", {**whom, **why}, owner)
                self.stop_.wait(chance.uniform(0, 0.3))
                self.do("resume", "POST", "/v1/resume", {**whom, **why}, owner)
            elif what == "deploy":
                self.deploy(changed=chance.random() < 0.5, only=chance.choice(["either", name]))
            elif what == "plan":
                plans = self.do("plans", "GET", "/v1/plans?all=true&limit=20", None, owner)
                if plans and plans["plans"]:
                    plan = chance.choice(plans["plans"])
                    verb = chance.choice(["pause", "resume", "resume", "cancel"])
                    self.do(f"plan {verb}", "POST", f"/v1/plans/{plan['plan']}/{verb}", why, plan["account"])
            elif what == "now":
                self.do(what, "POST", at + "/runs", {"date": window, "now": True, **why}, owner)
            else:
                runs = self.do("runs", "GET", "/v1/runs?limit=20", None, owner)
                if runs and runs["runs"]:
                    run = chance.choice(runs["runs"])
                    verb = "retry" if run["status"] in ("FAILED", "ABORTED", "TIMED_OUT") else "stop"
                    self.do(verb, "POST", f"/v1/runs/{run['run']}/{verb}", why, owner)
            self.stop_.wait(chance.uniform(0, 0.05))

    def settle(self, patience_s):
        """Everything that people hold is let go, then nothing is under way any more. The violations. What makes headway
        is given time: a pipeline with maxRuns: 1 may have a long line."""
        for name, owner in self.owner.items():
            self.ask("POST", "/v1/resume", {"pipeline": name, "reason": "crash: the end"}, owner)
        for account in self.accounts:
            self.ask("POST", "/v1/resume", {"reason": "crash: the end"}, account)
        end, since, busy = time.monotonic() + patience_s, time.monotonic(), ["?"]
        while time.monotonic() < end:
            before, busy = busy, []
            for account in self.accounts:
                for plan in (self.ask("GET", "/v1/plans?limit=1000", None, account)[1] or {}).get("plans", []):
                    if plan["status"] == "PAUSED":
                        self.ask("POST", f"/v1/plans/{plan['plan']}/resume", {"reason": "crash: the end"}, plan["account"])
                    if plan["status"] in ("PAUSED", "ACCEPTED"):
                        busy.append(f"plan {plan['plan']} of {plan['account']} is {plan['status']}")
                for status in ("QUEUED", "RUNNING"):
                    for run in (self.ask("GET", f"/v1/runs?limit=500&status={status}", None, account)[1] or {}).get("runs", []):
                        busy.append(f"run {run['run']} of {run['pipeline']} for {run['window']} is {status}")
            if busy != before:
                end = time.monotonic() + patience_s
            if busy:
                since = time.monotonic()
            elif time.monotonic() - since > 1 and time.time() % 60 < 45:  # no tick starts before the server has ended
                return []
            time.sleep(0.2)
        return [f"stuck: {line}" for line in busy[:20]]

    def check(self, known):
        """`known`: {run id: (pipeline, window)} as the store knows them."""
        out = []
        for run, (pipeline, window) in sorted(self.acknowledged.items()):
            if run not in known:
                out.append(f"lost: run {run} of {pipeline} for {window} was acknowledged and is not there")
        for what in ("run", "rerun", "backfill", "mark", "skip", "pause", "deploy", "retry", "stop"):
            if self.counts[f"{what} done"] == 0:
                why = [line for line in self.refusals if line.startswith(what + ":")][:2]
                out.append(f"load: no {what} was acknowledged, so none was tried: {why}")
        return out
