#!/usr/bin/env python3
"""A server whose store disk fills up: what grows is refused and says so, reading, finishing and deleting go on, and it
recovers without a restart when there is room again.

The disk is a small file system of its own in a mount namespace; where that may not be made, the test says so and skips.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from crash import ACCOUNTS, DONE, Processes, request  # noqa: E402

WEIR = Path(os.environ.get("WEIR", Path(__file__).resolve().parent.parent.parent / "build" / "weir"))
DISK_MIB = 400       # more than the low-water mark of 256 MiB
PATIENCE_S = 30
A = ACCOUNTS[0]


def free_mib(folder):
    space = os.statvfs(folder)
    return space.f_bavail * space.f_frsize // (1024 * 1024)


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.folder = Path(os.environ["WEIR_TEST_DISK"])
        self.processes = Processes(WEIR, self.folder, [A])
        self.processes.start_server()
        self.ask("POST", "/v1/accounts", {"id": A})

    def tearDown(self):
        self.fill(None)
        self.assertEqual(set(self.processes.terminate().values()), {0})
        self.assertEqual(self.processes.alive(), [])
        self.processes.server.stdout.close()
        self.processes.log.close()

    def ask(self, method, path, body=None):
        return request(self.processes.port, method, path, body, A)

    def until(self, what, true):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if true():
                return
            time.sleep(0.05)
        self.fail(f"not within {PATIENCE_S} s: {what}")

    def fill(self, leave_mib):
        """Takes the disk's room but for `leave_mib`; None gives it back."""
        filler = self.folder / "filler"
        if leave_mib is None:
            filler.unlink(missing_ok=True)
            return
        with open(filler, "ab") as out:
            try:
                while free_mib(self.folder) > leave_mib:
                    out.write(b"x" * 1024 * 1024)
                    out.flush()
            except OSError:
                pass  # no room at all: what was asked for

    def deploy(self, name, command):
        yaml = f"name: {name}\nwindow: day\nsince: 2001-01-01\nsteps:\n  - name: work\n    run: {json.dumps(command)}\n"
        return self.ask("POST", "/v1/deploy", {"file": "pipeline.yaml", "yaml": yaml})

    def start(self, name, day):
        return self.ask("POST", f"/v1/pipelines/{name}/runs", {"date": day})

    def status(self, run):
        return self.ask("GET", f"/v1/runs/{run}")[1]["run"]["status"]

    def holds(self, leave_mib):
        gate = self.folder / "gate"
        self.assertEqual(self.deploy("waits", f"while [ ! -e {gate} ]; do sleep 0.05; done")[0], DONE)
        self.assertEqual(self.deploy("other", "true")[0], DONE)
        self.processes.start_workers()
        outcome, answer = self.start("waits", "2002-01-01")
        self.assertEqual(outcome, DONE, answer)
        run = answer["run"]["run"]
        self.until("the step works", lambda: self.status(run) == "RUNNING")

        self.fill(leave_mib)
        refusals = []

        def refused():
            outcome, answer = self.start("other", f"2002-02-{len(refusals) % 28 + 1:02}")
            refusals.append((outcome, answer))
            return outcome != DONE
        self.until("a start is refused", refused)
        self.assertRegex(json.dumps(refusals[-1][1]), "space|disk")
        self.assertNotEqual(self.deploy("third", "true")[0], DONE)

        self.assertEqual(self.ask("GET", "/v1/pipelines")[0], DONE)           # reading goes on
        self.assertEqual(self.ask("GET", "/v1/status")[0], DONE)
        outcome, answer = self.ask("DELETE", "/v1/pipelines/other?force=true&reason=room")
        self.assertEqual(outcome, DONE, answer)                              # deleting too
        gate.touch()
        self.until("the run under way ends", lambda: self.status(run) == "SUCCEEDED")

        self.fill(None)
        self.until("there is room again, without a restart", lambda: self.start("waits", "2002-01-02")[0] == DONE)
        gate.unlink()

    def test_below_the_low_water_mark(self):
        self.holds(leave_mib=100)

    def test_not_a_byte_is_left(self):
        self.holds(leave_mib=0)


def main():
    if "WEIR_TEST_DISK" in os.environ:
        return unittest.main()
    with tempfile.TemporaryDirectory(prefix="weir-disk-") as folder:
        mount = f'mount -t tmpfs -o size={DISK_MIB}m none "$0" && touch "$0/.there" && exec "$@"'
        probe = subprocess.run(["unshare", "-m", "sh", "-c", mount, folder, "true"], capture_output=True, text=True)
        if probe.returncode != 0:
            print(f"skipped: no file system of its own may be mounted here ({probe.stderr.strip()})")
            return 0
        for name in ("test_below_the_low_water_mark", "test_not_a_byte_is_left"):  # a fresh disk each
            code = subprocess.run(["unshare", "-m", "sh", "-c", mount, folder, sys.executable, __file__, f"DiskFull.{name}"],
                                  env={**os.environ, "WEIR_TEST_DISK": folder}).returncode
            if code != 0:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
