"""Callbacks that tell a Weir server what became of a DAG's runs. The standard library alone.

    from weir_callbacks import WeirReports
    weir = WeirReports("http://weir:4700", account="111111111111")
    with DAG("orders", on_success_callback=weir.succeeded, on_failure_callback=weir.failed): ...

The pipeline's name is the DAG's id unless `pipeline` says another; the window is that of the run's logical date, and the run's id
is Airflow's run id and, after a clear, the try, so that the same callback twice changes nothing.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request


class WeirReports:
    def __init__(self, server, account, pipeline=None, timeout_s=10):
        self.server = server.rstrip("/")
        self.account = account
        self.pipeline = pipeline
        self.timeout_s = timeout_s

    def started(self, context):
        return self._report(context, "RUNNING")

    def succeeded(self, context):
        return self._report(context, "SUCCEEDED")

    def failed(self, context):
        return self._report(context, "FAILED", cause=str(context.get("exception") or context.get("reason") or ""))

    def _report(self, context, status, cause=""):
        run = context["dag_run"]
        date = context.get("logical_date") or getattr(run, "logical_date", None) or run.run_after
        report = {"date": _utc(date), "status": status, "run_id": self._run_id(run), "cause": cause[:30000]}
        if getattr(run, "start_date", None):
            report["started"] = _utc(run.start_date)
        if status != "RUNNING" and getattr(run, "end_date", None):
            report["ended"] = _utc(run.end_date)
        return self._post(self.pipeline or run.dag_id, report)

    @staticmethod
    def _run_id(run):
        # A cleared run keeps its id and starts again: for Weir that is a run of its own.
        started = getattr(run, "start_date", None)
        return run.run_id if not started else "%s/%s" % (run.run_id, _utc(started))

    def _post(self, pipeline, report):
        """The reply; None when the server could not be told, which never fails the DAG."""
        request = urllib.request.Request(
            "%s/v1/pipelines/%s/reports" % (self.server, urllib.parse.quote(pipeline.lower(), safe="")),
            data=json.dumps(report).encode(),
            headers={"Content-Type": "application/json", "X-Weir-Account": self.account, "X-Weir-Who": "airflow"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            print("weir: %s: %s" % (pipeline, error.read().decode(errors="replace")), file=sys.stderr)
        except OSError as error:
            print("weir: %s: %s is not reached: %s" % (pipeline, self.server, error), file=sys.stderr)
        return None


def _utc(at):
    import datetime

    return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
