"""A DAG whose runs Weir knows: see README.md."""

import datetime

from airflow import DAG
from airflow.providers.standard.operators.bash import BashOperator
from weir_callbacks import WeirReports

weir = WeirReports("http://127.0.0.1:4700", account="111111111111")

with DAG(
    "orders",
    schedule="0 3 * * *",
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False,
    on_success_callback=weir.succeeded,
    on_failure_callback=weir.failed,
) as dag:
    BashOperator(task_id="load", bash_command="echo loading {{ ds }}")
