#include "api/pipeline.hpp"

#include <array>

#include "api/decisions.hpp"
#include "api/documents.hpp"
#include "api/lineage.hpp"

namespace weir::api {

std::span<const OperationInfo> pipeline_operations() {
  using enum Access;
  using enum Growth;
  static const std::array table{
      operation<DeployPipeline>(
          "DeployPipeline", "pipeline", write, grows, "POST", "/v1/deploy", "yaml",
          "Deploys a pipeline.yaml: a new version, a state machine and a trigger, in one transaction."),
      operation<DeployAll>("DeployAll", "pipeline", write, grows, "POST", "/v1/deploy-all", "pipelines",
                           "Deploys several pipelines in one transaction, upstreams first, all or none."),
      operation<ListVersions>("ListVersions", "pipeline", read, neutral, "GET", "/v1/pipelines/{pipeline}/versions",
                              "pipeline", "The versions of a pipeline, newest first."),
      operation<DescribeVersion>("DescribeVersion", "pipeline", read, neutral, "GET",
                                 "/v1/pipelines/{pipeline}/versions/{version}", "pipeline version",
                                 "One version: its text, and what it changed."),
      operation<RollbackPipeline>("RollbackPipeline", "pipeline", write, grows, "POST",
                                  "/v1/pipelines/{pipeline}/rollback", "pipeline to",
                                  "Deploys the text and files of an old version again, as a new version."),
      operation<DeletePipeline>("DeletePipeline", "pipeline", write, frees, "DELETE", "/v1/pipelines/{pipeline}",
                                "pipeline", "Deletes a pipeline; refused with the list when others depend on it."),
      operation<ListPipelines>("ListPipelines", "pipeline", read, neutral, "GET", "/v1/pipelines", "",
                               "Lists pipelines."),
      operation<DescribePipeline>("DescribePipeline", "pipeline", read, neutral, "GET", "/v1/pipelines/{pipeline}",
                                  "pipeline", "One pipeline: its trigger in a sentence, its last run, its neighbours."),
      operation<NextTimes>("NextTimes", "pipeline", read, neutral, "GET", "/v1/pipelines/{pipeline}/next", "pipeline",
                           "The next scheduled times of a pipeline, with their local time and key."),
      operation<StartRun>("StartRun", "pipeline", write, grows, "POST", "/v1/pipelines/{pipeline}/runs", "pipeline",
                          "Starts a run by hand."),
      operation<MarkWindow>("MarkWindow", "pipeline", write, grows, "POST", "/v1/pipelines/{pipeline}/mark",
                            "pipeline window status reason", "Decides that a window counts as SUCCEEDED or FAILED."),
      operation<SkipWindow>("SkipWindow", "pipeline", write, grows, "POST", "/v1/pipelines/{pipeline}/skip",
                            "pipeline window reason", "Decides that a window is not needed."),
      operation<AcceptWindow>("AcceptWindow", "pipeline", write, grows, "POST", "/v1/pipelines/{pipeline}/accept",
                              "pipeline window reason", "Decides that an out-of-date run is good enough."),
      operation<ApproveWindow>("ApproveWindow", "pipeline", write, grows, "POST", "/v1/pipelines/{pipeline}/approve",
                               "pipeline reason", "Lets a key run again that waits for an approval."),
      operation<Pause>("Pause", "pipeline", write, grows, "POST", "/v1/pause", "reason",
                       "Pauses a pipeline, or all of the account: schedule and condition start nothing."),
      operation<Resume>("Resume", "pipeline", write, grows, "POST", "/v1/resume", "reason",
                        "Resumes what was paused; what became due meanwhile is released."),
      operation<ReportRun>("ReportRun", "pipeline", write, grows, "POST", "/v1/pipelines/{pipeline}/reports",
                           "pipeline status", "What became of a run of an external pipeline."),
      operation<StepFunctionsEvent>("StepFunctionsEvent", "pipeline", write, grows, "POST", "/v1/events/step-functions",
                                    "", "Takes a Step Functions status change event as EventBridge sends it.", "event"),
      operation<LineageEvent>("LineageEvent", "pipeline", write, grows, "POST", "/v1/lineage", "",
                              "Takes an OpenLineage run event.", "event"),
      operation<PutDocument>(
          "PutDocument", "pipeline", write, grows, "POST", "/v1/pipelines/{pipeline}/webhook", "pipeline",
          "Takes the body as a document for a pipeline with a webhook, once for each event id.", "document"),
      operation<Explain>("Explain", "pipeline", read, neutral, "GET", "/v1/pipelines/{pipeline}/explain", "pipeline",
                         "Why a window ran, did not run, or what it waits for."),
      operation<ListRuns>("ListRuns", "pipeline", query, neutral, "GET", "/v1/runs", "", "Lists runs, newest first."),
      operation<DescribeRun>("DescribeRun", "pipeline", read, neutral, "GET", "/v1/runs/{run}", "run",
                             "One run with its steps and the runs it used and that used it."),
      operation<WhyRun>("WhyRun", "pipeline", read, neutral, "GET", "/v1/runs/{run}/why", "run",
                        "Walks back from a run to its first causes, across accounts."),
      operation<Dependants>("Dependants", "pipeline", read, neutral, "GET", "/v1/pipelines/{pipeline}/dependants",
                            "pipeline", "All that depends on a pipeline, directly or through others."),
      operation<StopRun>("StopRun", "pipeline", write, neutral, "POST", "/v1/runs/{run}/stop", "run", "Stops a run."),
      operation<RetryRun>("RetryRun", "pipeline", write, grows, "POST", "/v1/runs/{run}/retry", "run",
                          "Runs the occurrence of a run again."),
      operation<Graph>("Graph", "pipeline", read, neutral, "GET", "/v1/graph", "",
                       "What triggers what, across accounts."),
      operation<Status>("Status", "pipeline", read, neutral, "GET", "/v1/status", "",
                        "Failures first: what needs somebody now."),
      operation<GetBundle>("GetBundle", "pipeline", read, neutral, "GET", "/v1/bundles/{digest}", "digest",
                           "The files of a deployed project, for workers."),
  };
  return table;
}

}  // namespace weir::api
