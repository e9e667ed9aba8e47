#include <random>

#include "tests/workflow/play.hpp"
#include "tests/workflow/random_machine.hpp"

namespace weir::workflow {
namespace {

struct Recorded {
  Trigger trigger;
  Instant now;
};

std::string shown(const std::vector<Event>& events) {
  std::string out;
  for (const auto& e : events)
    out += std::to_string(e.id) + "<" + std::to_string(e.previous) + " " + e.type + e.details + "\n";
  return out;
}

// The triggers alone, given again, make the same frames and the same history.
TEST(Replay, the_recorded_triggers_give_the_same_frames_and_events) {
  int transitions = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto definition = random_machine(random);
    const std::string input = R"({"l":[1,2,3,4]})";
    Play first(definition, input);
    ASSERT_TRUE(first.machine);
    std::vector<Recorded> log;
    std::vector<std::string> states{dump(*first.execution)};
    const auto apply = [&](Trigger trigger) {
      log.push_back({trigger, first.now});
      first.apply(trigger);
      states.push_back(dump(*first.execution));
    };
    for (int i = 0; i < 200 && first.running(); ++i) {
      if (!first.open.empty() && random() % 3) {
        const auto pick = random() % first.open.size();
        const auto [task, item] = first.open[pick];
        first.open.erase(first.open.begin() + static_cast<std::ptrdiff_t>(pick));
        if (random() % 4)
          apply(TaskSucceeded{task.frame, item, *json::parse(R"({"l":[]})")});
        else
          apply(TaskFailed{task.frame, item, random() % 2 ? "E" : "F", "c", false});
      } else if (const auto due = first.execution->due()) {
        first.now = std::max(first.now, *due);
        apply(Continued{});
      }
    }
    if (first.running()) apply(Stopped{"E", ""});
    EXPECT_TRUE(first.execution->frames.empty() && first.execution->ready.empty() &&
                first.execution->deadlines.empty());
    Play again(definition, input);
    ASSERT_EQ(dump(*again.execution), states[0]);
    for (std::size_t i = 0; i < log.size(); ++i) {
      again.now = log[i].now;
      again.apply(log[i].trigger);
      ASSERT_EQ(dump(*again.execution), states[i + 1]) << "after trigger " << i;
    }
    EXPECT_EQ(shown(again.events), shown(first.events));
    transitions += static_cast<int>(first.events.size());
  }
  EXPECT_GT(transitions, 4000) << "the machines do too little";
}

}  // namespace
}  // namespace weir::workflow
