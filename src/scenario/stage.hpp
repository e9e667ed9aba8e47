// One test being played: the world, what was given, and what happened so far.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "calendar/zone.hpp"
#include "pipeline/rows.hpp"
#include "scenario/play.hpp"
#include "scenario/world.hpp"

namespace weir::scenario {

// Waits that a picture can have; a test may look at thousands of keys.
inline constexpr std::size_t kFilmedNotes = 400;

class Stage {
 public:
  // Drawing costs looks at the store in every entry.
  Stage(Player& player, std::size_t test, Zone zone, Instant begin, const PlayOptions& options);
  Outcome play();

 private:
  struct Given {
    KeyRef key;
    Endings endings;
    std::size_t used = 0;
  };
  // A pipeline, and the windows that are meant; none: all of them.
  struct Key {
    std::shared_ptr<const pipeline::PipelineRow> pipeline;
    std::vector<std::int64_t> windows;
  };

  // stage.cpp
  bool step(const Entry& entry, const std::string& path);
  bool pass_time(const Entry& entry, const std::string& path);
  void give(const std::map<std::string, Endings>& given);
  Ending end_of(const pipeline::RunRow& run);
  bool deploy_first(const std::vector<std::pair<PipelineText, std::string>>& texts);
  std::shared_ptr<const pipeline::PipelineRow> find(const std::string& name) const;
  std::optional<Key> key_of(const KeyRef& ref);
  std::string label_of(const pipeline::PipelineRow& pipeline, std::int64_t window) const;
  std::string name_of(const pipeline::RunRow& run);
  // False, always: the test ends here.
  bool wrong(std::string problem);
  bool restless();
  void note(std::string what);
  void came(const Prepared& prepared);
  std::vector<std::string> story();

  // filming.cpp
  void film_wait(const Key& key, std::int64_t window);
  void film_stale(const Key& key, std::int64_t window);
  void film_marks();
  void film_refusal();
  std::shared_ptr<const Picture> picture();

  // actions.cpp
  bool act(const Entry& entry, const std::string& path);
  bool deploy(const Entry& entry, const std::string& path);
  bool set_pools(const std::map<std::string, std::string>& slots);
  // A pool of which the test says nothing holds nobody back.
  void want_pool(const Prepared& prepared);
  bool start(const StartAction& action);
  bool end(const EndAction& action);
  bool stop(const KeyRef& ref);
  bool retry(const KeyRef& ref);
  bool mark(const MarkAction& action);
  // skip, accept and approve differ in their request only.
  template <class R>
  bool decide(const KeyRef& ref, const char* verb);
  template <class R>
  bool hold(const KeyRef& ref, const char* verb);
  bool remove(const KeyRef& ref, bool force);
  bool grant(const GrantAction& action, bool withdraw);
  bool rerun(const KeyRef& ref);
  bool report(const EndAction& action);
  bool backfill(const BackfillAction& action);
  // documents.cpp
  bool document(const DocumentAction& action);
  bool file(const FileAction& action);
  std::ptrdiff_t waiting_documents(const pipeline::PipelineRow& pipeline, std::optional<std::int64_t> window) const;
  template <class R>
  const typename R::Reply* answered(const api::Reply<typename R::Reply>& reply);
  bool check_answers(const Entry& entry);

  // compare.cpp
  bool expect(const std::map<std::string, Expectation>& expected);
  void compare(const std::string& name, const Key& key, std::optional<std::int64_t> window,
               const Expectation& expected);
  std::vector<std::string> used_by(const pipeline::RunRow& run);
  void same(const std::string& what, const std::string& expected, const std::string& got);

  Player& player_;
  const ReadFile& file_;
  const Test& test_;
  std::string path_;  // "tests[3]"
  Zone zone_;
  World world_;
  std::vector<Given> given_;
  Outcome outcome_;
  std::vector<std::string> refusals_;  // of the entry's action
  std::string said_;                   // its answers, as JSON
  struct Note {
    enum class Kind { deed, wait, mark };
    Instant at{};
    std::size_t before = 0;  // so many changes had happened
    std::string what;
    std::size_t entry = 0;  // of the timeline, from 1
    Kind kind = Kind::deed;
    // Of a wait and of a mark, which are noted for pictures only.
    std::int64_t pipeline = 0;
    std::string label, why;
  };
  std::vector<Note> notes_;
  bool drawing_;
  store::Store* keep_;
  std::size_t entry_ = 0;
  std::vector<std::int64_t> lanes_;              // pipelines, in the order in which they came
  std::map<std::string, std::string> triggers_;  // of a pipeline, in words
  std::set<std::string> filmed_;
};

// "d 2026-01-02" apart.
KeyRef key_ref(const std::string& text);
// Does the text hold these words, without case?
bool holds(const std::string& text, const std::string& words);

}  // namespace weir::scenario
