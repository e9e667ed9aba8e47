// The trigger in one sentence, the last line of every deploy:
//   pipeline-x runs once for each day (Berlin), not before 06:00, when for that day listings (Account_A_ID) and
//   searches (Account_B_ID) have SUCCEEDED; next: 2026-11-22 06:00.
#pragma once

#include <string>

#include "pipeline/spec.hpp"

namespace weir::pipeline {

struct SentenceFacts {
  Grain grain = Grain::run;
  std::string zone = "UTC";  // resolved
  std::string next;          // local time of the next scheduled start, for people; empty: not known
};

std::string trigger_sentence(const PipelineSpec& spec, const SentenceFacts& facts);

}  // namespace weir::pipeline
