"""Plays Airflow's contexts against a Weir server: python3 test_weir_callbacks.py http://127.0.0.1:4700 111111111111"""

import datetime
import sys
import types

from weir_callbacks import WeirReports


def context(hour, minute=0, **more):
    day = datetime.datetime(2026, 11, 19, tzinfo=datetime.timezone.utc)
    run = types.SimpleNamespace(
        dag_id="Orders",
        run_id="scheduled__2026-11-19T00:00:00+00:00",
        logical_date=day,
        start_date=day.replace(day=20, hour=hour),
        end_date=day.replace(day=20, hour=hour, minute=minute),
    )
    return {"dag_run": run, "logical_date": day, **more}


def main(server, account):
    weir = WeirReports(server, account)
    failed = weir.failed(context(3, 10, exception=RuntimeError("no disk")))
    assert failed["run"]["status"] == "FAILED" and failed["run"]["window"] == "2026-11-19", failed
    assert failed["run"]["cause_text"] == "no disk", failed
    assert not weir.failed(context(3, 10, exception=RuntimeError("no disk")))["changed"], "twice is once"
    cleared = weir.succeeded(context(5, 20))
    assert cleared["changed"] and cleared["run"]["run"] != failed["run"]["run"], cleared
    assert WeirReports("http://127.0.0.1:1", account).succeeded(context(6)) is None, "no server is no failed DAG"
    assert WeirReports(server, account, pipeline="nothing").succeeded(context(6)) is None
    print("ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
