#!/usr/bin/env python3
"""The checks of crash.py find what they are for, and let pass what may happen."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from crash import DONE, REFUSED, UNKNOWN, Promise, check_runs, check_traces  # noqa: E402


def words(violations):
    return [line.split(":")[0] for line in violations]


class Traces(unittest.TestCase):
    def test_done_once_and_unknown_either_way_are_fine(self):
        promises = [Promise("a", 1, DONE), Promise("a", 2, UNKNOWN), Promise("a", 3, UNKNOWN), Promise("a", 4, REFUSED)]
        self.assertEqual(check_traces(promises, [("a", 1), ("a", 2)]), [])

    def test_an_acknowledged_one_that_is_missing_is_lost(self):
        self.assertEqual(words(check_traces([Promise("a", 1, DONE)], [])), ["lost"])

    def test_twice_is_doubled_also_when_unknown(self):
        for outcome in (DONE, UNKNOWN):
            self.assertEqual(words(check_traces([Promise("a", 1, outcome)], [("a", 1)] * 2)), ["doubled"])

    def test_refused_or_never_asked_comes_from_nowhere(self):
        self.assertEqual(words(check_traces([Promise("a", 1, REFUSED)], [("a", 1)])), ["nowhere"])
        self.assertEqual(words(check_traces([Promise("a", 1, DONE)], [("a", 1), ("b", 1)])), ["nowhere"])


class Runs(unittest.TestCase):
    def test_a_success_starts_the_dependant_once(self):
        self.assertEqual(check_runs({"d": DONE}, [("up", "d", "SUCCEEDED"), ("down", "d", "SUCCEEDED")]), [])
        self.assertEqual(check_runs({"d": UNKNOWN}, []), [])
        self.assertEqual(words(check_runs({"d": DONE}, [("up", "d", "SUCCEEDED")])), ["lost"])
        self.assertEqual(words(check_runs({"d": DONE}, [("up", "d", "SUCCEEDED")] + [("down", "d", "FAILED")] * 2)),
                         ["doubled"])

    def test_a_lost_a_doubled_and_a_stuck_run_are_found(self):
        self.assertEqual(words(check_runs({"d": DONE}, [])), ["lost"])
        self.assertEqual(words(check_runs({"d": DONE}, [("up", "d", "FAILED")] * 2)), ["doubled"])
        self.assertEqual(words(check_runs({"d": DONE}, [("up", "d", "RUNNING")])), ["stuck"])

    def test_a_dependant_without_a_success_comes_from_nowhere(self):
        self.assertEqual(words(check_runs({"d": DONE}, [("up", "d", "FAILED"), ("down", "d", "FAILED")])), ["nowhere"])


if __name__ == "__main__":
    unittest.main()
