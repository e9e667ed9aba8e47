// What a run's steps see: the input of its execution, made once when the run starts.
//
//   {"run": {run_id, pipeline, account, key, date, window_start, window_end, missing, parameters, bundle,
//            upstream: {listings: {run_id, key, status, parameters, result}, ...}},
//    "steps": {}}          (of a continued run: the results of the steps before)
//
// A pipeline that takes documents has in `run` also `input`, the document, and `event`: {source, id, time}; both are
// null in a run that no document started.
//
// `date` is the date of the key's first day; `window_start` is the logical date. A clause that several runs met (hourly
// into daily) has the newest key's run under its name and all of them in `runs`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace weir::pipeline {

struct UpstreamInput {
  std::string name;
  AccountId account;
  std::int64_t run_id = 0;
  std::string key;
  std::string status;
  JsonText parameters;
  JsonText result;  // what the upstream shares
};

struct RunInput {
  std::int64_t run_id = 0;
  std::string pipeline;
  AccountId account;
  std::string key;
  std::string date;
  Instant window_start{};
  Instant window_end{};
  JsonText parameters;
  std::string bundle;
  std::vector<UpstreamInput> upstream;    // in the order of clauses, then of keys
  JsonText steps;                         // results of steps that the run takes over: an object; empty: none
  std::vector<std::string> missing = {};  // names
  // Of a pipeline that takes documents (rule 9): the one that it runs for; without one null.
  struct Event {
    std::string source, id;
    Instant time{};
    JsonText document;
  };
  bool takes_documents = false;
  std::optional<Event> event = {};
};

// The JSON text of the execution's input.
std::string execution_input(const RunInput& input);

}  // namespace weir::pipeline
