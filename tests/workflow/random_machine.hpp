// Machines at random, from a seed: every state type, nested, with retries and catches.
#pragma once

#include <random>
#include <string>

namespace weir::workflow {

class RandomMachine {
 public:
  explicit RandomMachine(std::mt19937& random) : random_(random) {}
  std::string branch(int depth) {
    const int count = 1 + static_cast<int>(random_() % 4);
    const auto prefix = "s" + std::to_string(next_++) + "_";
    std::string out = "\"StartAt\":\"" + prefix + "0\",\"States\":{";
    for (int i = 0; i < count; ++i) {
      const auto next = i + 1 < count ? ",\"Next\":\"" + prefix + std::to_string(i + 1) + "\"" : ",\"End\":true";
      const auto later = prefix + std::to_string(i + 1 < count ? i + 1 : i);
      out += (i ? ",\"" : "\"") + prefix + std::to_string(i) + "\":{" + state(depth, next, later, i + 1 < count) + "}";
    }
    return out + "}";
  }

 private:
  std::string state(int depth, const std::string& next, const std::string& later, bool has_later) {
    const auto dice = random_() % (depth > 0 ? 9 : 6);
    std::string handlers;
    if (random_() % 2) handlers += R"(,"Retry":[{"ErrorEquals":["E"],"MaxAttempts":2,"JitterStrategy":"FULL"}])";
    if (has_later && random_() % 2)
      handlers += R"(,"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.err","Next":")" + later + "\"}]";
    switch (dice) {
      case 0:
        return R"("Type":"Pass","Result":{"l":[1,2,3]})" + next;
      case 1:
        return R"("Type":"Wait","Seconds":)" + std::to_string(random_() % 5) + next;
      case 2:
        if (has_later)
          return R"("Type":"Choice","Choices":[{"Variable":"$.l[0]","IsPresent":true,"Next":")" + later +
                 R"("}],"Default":")" + later + "\"";
        return random_() % 2 ? R"("Type":"Fail","Error":"E")" : R"("Type":"Succeed")";
      case 3:
      case 4:
      case 5:
        return R"("Type":"Task","Resource":"arn:weir:work:::queue/default","TimeoutSeconds":)" +
               std::to_string(20 + random_() % 40) + handlers + next;
      case 6: {
        std::string branches;
        for (auto n = 1 + random_() % 3; n > 0; --n)
          branches += (branches.empty() ? "{" : ",{") + branch(depth - 1) + "}";
        return R"("Type":"Parallel","ResultPath":"$.p","Branches":[)" + branches + "]" + handlers + next;
      }
      default:
        return R"("Type":"Map","ResultPath":"$.m","ItemsPath":"$$.Execution.Input.l","ItemProcessor":{)" +
               branch(depth - 1) + "},\"MaxConcurrency\":" + std::to_string(random_() % 3) + handlers + next;
    }
  }
  std::mt19937& random_;
  int next_ = 0;
};

// Its Maps go over the list "l" of the execution's input.
inline std::string random_machine(std::mt19937& random) { return "{" + RandomMachine(random).branch(3) + "}"; }

}  // namespace weir::workflow
