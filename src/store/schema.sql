CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "cell" (
  "id" INTEGER PRIMARY KEY,
  "ids_reserved" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "delivery" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "payload" TEXT,
  "attempts" INTEGER NOT NULL,
  "not_before" INTEGER NOT NULL,
  "dead" INTEGER NOT NULL,
  "last_error" TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "effect" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "payload" TEXT,
  "attempts" INTEGER NOT NULL,
  "not_before" INTEGER NOT NULL,
  "dead" INTEGER NOT NULL,
  "last_error" TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "work_item" (
  "id" INTEGER PRIMARY KEY,
  "queue" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "lease" INTEGER NOT NULL,
  "lease_until" INTEGER NOT NULL,
  "worker" TEXT NOT NULL,
  "stopping" INTEGER NOT NULL,
  "attempt" INTEGER NOT NULL,
  "heartbeat_s" INTEGER NOT NULL,
  "queued_at" INTEGER NOT NULL,
  "owner_kind" TEXT NOT NULL,
  "owner_id" INTEGER NOT NULL,
  "owner_part" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "work_payload" (
  "id" INTEGER PRIMARY KEY,
  "kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "timeout_ms" INTEGER NOT NULL,
  "payload" TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS "work_turn" (
  "queue" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  PRIMARY KEY ("queue")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "machine" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "revision" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "machine_revision" (
  "machine" INTEGER NOT NULL,
  "revision" INTEGER NOT NULL,
  "definition" TEXT,
  PRIMARY KEY ("machine", "revision")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "execution" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "machine" INTEGER NOT NULL,
  "revision" INTEGER NOT NULL,
  "machine_name" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "started_at" INTEGER NOT NULL,
  "deadline" INTEGER,
  "timed" INTEGER NOT NULL,
  "due" INTEGER NOT NULL,
  "version" INTEGER NOT NULL,
  "next_event" INTEGER NOT NULL,
  "next_frame" INTEGER NOT NULL,
  "last_chunk" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "execution_input" (
  "id" INTEGER PRIMARY KEY,
  "input" TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS "frame" (
  "execution" INTEGER NOT NULL,
  "id" INTEGER NOT NULL,
  "parent" INTEGER NOT NULL,
  "generation" INTEGER NOT NULL,
  "of_generation" INTEGER NOT NULL,
  "index" INTEGER NOT NULL,
  "branch" INTEGER NOT NULL,
  "state" INTEGER NOT NULL,
  "phase" TEXT NOT NULL,
  "last_event" INTEGER NOT NULL,
  "entered_event" INTEGER NOT NULL,
  "entered_at" INTEGER NOT NULL,
  "due" INTEGER,
  "item" INTEGER NOT NULL,
  "heartbeats" INTEGER NOT NULL,
  "worker" TEXT NOT NULL,
  "retries" TEXT NOT NULL,
  "started" INTEGER NOT NULL,
  "open" INTEGER NOT NULL,
  PRIMARY KEY ("execution", "id")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "frame_data" (
  "execution" INTEGER NOT NULL,
  "frame" INTEGER NOT NULL,
  "input" TEXT,
  "items" TEXT,
  "given" TEXT,
  PRIMARY KEY ("execution", "frame")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "history" (
  "id" INTEGER PRIMARY KEY,
  "execution" INTEGER NOT NULL,
  "account" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  "previous" INTEGER NOT NULL,
  "events" TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS "history_by_execution" ON "history" ("execution");
CREATE TABLE IF NOT EXISTS "execution_record" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "machine" TEXT NOT NULL,
  "revision" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "started_at" INTEGER NOT NULL,
  "ended_at" INTEGER,
  "input" TEXT,
  "output" TEXT,
  "error" TEXT NOT NULL,
  "cause" TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS "execution_record_by_account" ON "execution_record" ("account");
CREATE INDEX IF NOT EXISTS "execution_record_by_machine" ON "execution_record" ("machine");
CREATE TABLE IF NOT EXISTS "execution_name" (
  "machine" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "execution" INTEGER NOT NULL,
  "input_hash" INTEGER NOT NULL,
  PRIMARY KEY ("machine", "name")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "account" (
  "id" TEXT NOT NULL,
  "alias" TEXT NOT NULL,
  "folded_alias" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "timezone" TEXT NOT NULL,
  "created" INTEGER NOT NULL,
  PRIMARY KEY ("id")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "account_grant" (
  "account" TEXT NOT NULL,
  "pipeline" TEXT NOT NULL,
  "to" TEXT NOT NULL,
  "given" INTEGER NOT NULL,
  PRIMARY KEY ("account", "pipeline", "to")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "audit" (
  "id" INTEGER PRIMARY KEY,
  "at" INTEGER NOT NULL,
  "account" TEXT NOT NULL,
  "who" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "what" TEXT NOT NULL,
  "reason" TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS "audit_by_account" ON "audit" ("account");
CREATE TABLE IF NOT EXISTS "counter" (
  "account" TEXT NOT NULL,
  "value" INTEGER NOT NULL,
  PRIMARY KEY ("account")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "counter_later" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "by" INTEGER NOT NULL,
  "due" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "counter_received" (
  "account" TEXT NOT NULL,
  "received" INTEGER NOT NULL,
  PRIMARY KEY ("account")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "counter_log" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "by" INTEGER NOT NULL,
  "at" INTEGER NOT NULL,
  "why" TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS "counter_log_by_account" ON "counter_log" ("account");
CREATE TABLE IF NOT EXISTS "pipeline" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "display_name" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "description" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "grain" TEXT NOT NULL,
  "timezone" TEXT NOT NULL,
  "since" INTEGER NOT NULL,
  "first_window" INTEGER NOT NULL,
  "max_runs" INTEGER NOT NULL,
  "deployed" INTEGER NOT NULL,
  "first_deployed" INTEGER NOT NULL,
  "deleted" INTEGER NOT NULL,
  "sentence" TEXT NOT NULL,
  "formerly" TEXT NOT NULL,
  "external" INTEGER NOT NULL,
  "key" TEXT NOT NULL,
  "default_values" INTEGER NOT NULL,
  "pool" INTEGER NOT NULL,
  "priority" INTEGER NOT NULL,
  "on_limit" TEXT NOT NULL,
  "launch" TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_trigger" (
  "pipeline" INTEGER NOT NULL,
  "version" INTEGER NOT NULL,
  "spec" TEXT NOT NULL,
  PRIMARY KEY ("pipeline", "version")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_clause" (
  "pipeline" INTEGER NOT NULL,
  "version" INTEGER NOT NULL,
  "index" INTEGER NOT NULL,
  "block" TEXT NOT NULL,
  "upstream" INTEGER NOT NULL,
  "upstream_account" TEXT NOT NULL,
  "upstream_name" TEXT NOT NULL,
  "spec" TEXT NOT NULL,
  "followed" INTEGER NOT NULL,
  "blocked" INTEGER NOT NULL,
  PRIMARY KEY ("pipeline", "version", "index")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_version" (
  "pipeline" INTEGER NOT NULL,
  "version" INTEGER NOT NULL,
  "spec" TEXT,
  "file" TEXT NOT NULL,
  "yaml" TEXT NOT NULL,
  "project_yaml" TEXT NOT NULL,
  "machine" TEXT NOT NULL,
  "machine_revision" TEXT NOT NULL,
  "bundle" TEXT NOT NULL,
  "sentence" TEXT NOT NULL,
  "deployed" INTEGER NOT NULL,
  "who" TEXT NOT NULL,
  "environment" TEXT NOT NULL,
  "files" INTEGER NOT NULL,
  "rolled_back_to" INTEGER NOT NULL,
  PRIMARY KEY ("pipeline", "version")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_bundle" (
  "digest" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "files" TEXT NOT NULL,
  PRIMARY KEY ("digest")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_key_values" (
  "id" INTEGER PRIMARY KEY,
  "text" TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_occurrence" (
  "id" INTEGER PRIMARY KEY,
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "logical_date" INTEGER NOT NULL,
  "scheduled" INTEGER NOT NULL,
  "came" INTEGER NOT NULL,
  "runs" INTEGER NOT NULL,
  "fired" INTEGER NOT NULL,
  "current" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "started" INTEGER NOT NULL,
  "ended" INTEGER NOT NULL,
  "condition_version" INTEGER NOT NULL,
  "evidence" TEXT NOT NULL,
  "skipped" INTEGER NOT NULL,
  "skip" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_run_fact" (
  "run" INTEGER PRIMARY KEY,
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "number" INTEGER NOT NULL,
  "version" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "cause" TEXT NOT NULL,
  "superseded" INTEGER NOT NULL,
  "complete" INTEGER NOT NULL,
  "used" TEXT NOT NULL,
  "met" TEXT NOT NULL,
  "accepted" TEXT NOT NULL,
  "quiet" INTEGER NOT NULL,
  "rested" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_active_run" (
  "run" INTEGER PRIMARY KEY,
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "cause" TEXT NOT NULL,
  "adhoc" INTEGER NOT NULL,
  "execution" TEXT NOT NULL,
  "since" INTEGER NOT NULL,
  "plan" INTEGER NOT NULL,
  "pool" INTEGER NOT NULL,
  "turn" INTEGER NOT NULL,
  "date" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_run" (
  "run" INTEGER PRIMARY KEY,
  "pipeline" INTEGER NOT NULL,
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "window" INTEGER NOT NULL,
  "label" TEXT NOT NULL,
  "logical_date" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "firing" INTEGER NOT NULL,
  "cause" TEXT NOT NULL,
  "why" TEXT NOT NULL,
  "adhoc" INTEGER NOT NULL,
  "superseded" INTEGER NOT NULL,
  "version" INTEGER NOT NULL,
  "created" INTEGER NOT NULL,
  "started" INTEGER,
  "ended" INTEGER,
  "error" TEXT NOT NULL,
  "cause_text" TEXT NOT NULL,
  "parameters" TEXT,
  "result" TEXT,
  "used" TEXT NOT NULL,
  "evidence" INTEGER NOT NULL,
  "execution" TEXT NOT NULL,
  "who" TEXT NOT NULL,
  "now" INTEGER NOT NULL,
  "missing" TEXT NOT NULL,
  "continues" INTEGER NOT NULL,
  "document" INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS "pipeline_run_by_pipeline" ON "pipeline_run" ("pipeline");
CREATE INDEX IF NOT EXISTS "pipeline_run_by_account" ON "pipeline_run" ("account");
CREATE INDEX IF NOT EXISTS "pipeline_run_by_label" ON "pipeline_run" ("label");
CREATE INDEX IF NOT EXISTS "pipeline_run_by_status" ON "pipeline_run" ("status");
CREATE TABLE IF NOT EXISTS "pipeline_evidence" (
  "id" INTEGER PRIMARY KEY,
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "label" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  "decision" TEXT NOT NULL,
  "rule" TEXT NOT NULL,
  "run" INTEGER NOT NULL,
  "clauses" TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS "pipeline_evidence_by_pipeline" ON "pipeline_evidence" ("pipeline");
CREATE TABLE IF NOT EXISTS "pipeline_step" (
  "run" INTEGER NOT NULL,
  "seq" INTEGER NOT NULL,
  "info" TEXT NOT NULL,
  "result" TEXT,
  PRIMARY KEY ("run", "seq")
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "pipeline_step_by_run" ON "pipeline_step" ("run");
CREATE TABLE IF NOT EXISTS "pipeline_schedule" (
  "pipeline" INTEGER PRIMARY KEY,
  "due" INTEGER NOT NULL,
  "spec" TEXT NOT NULL,
  "timezone" TEXT NOT NULL,
  "last_window" INTEGER NOT NULL,
  "parked" INTEGER NOT NULL,
  "at" INTEGER NOT NULL,
  "account" TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_catchup" (
  "pipeline" INTEGER NOT NULL,
  "due" INTEGER NOT NULL,
  PRIMARY KEY ("pipeline", "due")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_look_later" (
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "due" INTEGER NOT NULL,
  "account" TEXT NOT NULL,
  PRIMARY KEY ("pipeline", "window")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_arrivals" (
  "downstream" INTEGER NOT NULL,
  "upstream" INTEGER NOT NULL,
  "windows" TEXT NOT NULL,
  PRIMARY KEY ("downstream", "upstream")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_reported_run" (
  "pipeline" INTEGER NOT NULL,
  "run_id" TEXT NOT NULL,
  "run" INTEGER NOT NULL,
  PRIMARY KEY ("pipeline", "run_id")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_report_source" (
  "pipeline" INTEGER NOT NULL,
  "kind" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "date" TEXT NOT NULL,
  PRIMARY KEY ("pipeline", "kind")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_approval" (
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "since" INTEGER NOT NULL,
  PRIMARY KEY ("pipeline", "window")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_pause" (
  "account" TEXT NOT NULL,
  "pipeline" INTEGER NOT NULL,
  "since" INTEGER NOT NULL,
  "who" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  PRIMARY KEY ("account", "pipeline")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_release" (
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "by" TEXT NOT NULL,
  PRIMARY KEY ("pipeline", "window")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_missed" (
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "version" INTEGER NOT NULL,
  "at" INTEGER NOT NULL,
  "used" TEXT NOT NULL,
  "from" INTEGER NOT NULL,
  PRIMARY KEY ("pipeline", "window")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_deadline" (
  "pipeline" INTEGER NOT NULL,
  "kind" TEXT NOT NULL,
  "window" INTEGER NOT NULL,
  "due" INTEGER NOT NULL,
  "time" TEXT NOT NULL,
  "timezone" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  PRIMARY KEY ("pipeline", "kind")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_alert" (
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "kind" TEXT NOT NULL,
  "raised" INTEGER NOT NULL,
  "text" TEXT NOT NULL,
  PRIMARY KEY ("pipeline", "window", "kind")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_document" (
  "id" INTEGER PRIMARY KEY,
  "pipeline" INTEGER NOT NULL,
  "source" TEXT NOT NULL,
  "event" TEXT NOT NULL,
  "time" INTEGER NOT NULL,
  "came" INTEGER NOT NULL,
  "document" TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS "pipeline_document_by_pipeline" ON "pipeline_document" ("pipeline");
CREATE TABLE IF NOT EXISTS "pipeline_waiting_document" (
  "pipeline" INTEGER NOT NULL,
  "document" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "armed" INTEGER NOT NULL,
  "backlog" INTEGER NOT NULL,
  "logical_date" INTEGER NOT NULL,
  "words" TEXT NOT NULL,
  "parameters" TEXT,
  PRIMARY KEY ("pipeline", "document")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_seen_event" (
  "pipeline" INTEGER NOT NULL,
  "event" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  "window" TEXT NOT NULL,
  "ignored" TEXT NOT NULL,
  PRIMARY KEY ("pipeline", "event")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_seen_file" (
  "pipeline" INTEGER NOT NULL,
  "path" TEXT NOT NULL,
  "modified" INTEGER NOT NULL,
  "size" INTEGER NOT NULL,
  "gone" INTEGER NOT NULL,
  PRIMARY KEY ("pipeline", "path")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_document_source" (
  "pipeline" INTEGER PRIMARY KEY,
  "webhook" INTEGER NOT NULL,
  "file" INTEGER NOT NULL,
  "accepted" INTEGER NOT NULL,
  "duplicates" INTEGER NOT NULL,
  "ignored" INTEGER NOT NULL,
  "refused" INTEGER NOT NULL,
  "refusal" TEXT NOT NULL,
  "refused_at" INTEGER NOT NULL,
  "problem" TEXT NOT NULL,
  "remembered" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_pool" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "slots" INTEGER NOT NULL,
  "reason" TEXT NOT NULL,
  "who" TEXT NOT NULL,
  "changed" INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_plan" (
  "id" INTEGER PRIMARY KEY,
  "account" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "pipeline" INTEGER NOT NULL,
  "from" TEXT NOT NULL,
  "to" TEXT NOT NULL,
  "quiet" INTEGER NOT NULL,
  "redo" TEXT NOT NULL,
  "parallel" INTEGER NOT NULL,
  "keys" INTEGER NOT NULL,
  "elsewhere" INTEGER NOT NULL,
  "who" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "created" INTEGER NOT NULL,
  "accepted" INTEGER,
  "ended" INTEGER,
  "left_out" TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_plan_part" (
  "plan" INTEGER NOT NULL,
  "pipeline" INTEGER NOT NULL,
  "place" INTEGER NOT NULL,
  "open" INTEGER NOT NULL,
  "chosen" INTEGER NOT NULL,
  "linked" INTEGER NOT NULL,
  "windows" TEXT NOT NULL,
  "left" TEXT NOT NULL,
  PRIMARY KEY ("plan", "pipeline")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_plan_key" (
  "plan" INTEGER NOT NULL,
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  "state" TEXT NOT NULL,
  "over" INTEGER NOT NULL,
  "date" INTEGER NOT NULL,
  "place" INTEGER NOT NULL,
  "run" INTEGER NOT NULL,
  "why" TEXT NOT NULL,
  PRIMARY KEY ("plan", "pipeline", "window")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_plan_held" (
  "plan" INTEGER NOT NULL,
  "pipeline" INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  PRIMARY KEY ("plan", "pipeline", "window")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "pipeline_run_steps" (
  "run" INTEGER PRIMARY KEY,
  "items" TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS "pipeline_run_continued" (
  "run" INTEGER PRIMARY KEY,
  "state" TEXT NOT NULL,
  "step" TEXT NOT NULL,
  "steps" TEXT,
  "used" TEXT NOT NULL
) STRICT;
