#include "tests/model/shrink.hpp"

#include <algorithm>

namespace weir::model {
namespace {

// A pipeline number after `gone` was left out; -1: that one.
int renumbered(int pipeline, int gone) { return pipeline == gone ? -1 : pipeline - (pipeline > gone ? 1 : 0); }

void simplify_trigger(PipelineDecl& d) {
  if (d.condition && d.condition->all_of.empty() && d.condition->any_of.empty()) d.condition.reset();
  if (d.condition && (d.condition->all_of.empty() || d.condition->any_of.empty())) d.condition->blocks_or = false;
  if (!d.schedule || !d.condition) d.trigger_operator.reset();
}

bool is_first_deploy(const History& history, std::size_t at) {
  if (history[at].kind != Event::deploy) return false;
  return std::none_of(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(at), [&](const Event& e) {
    return e.kind == Event::deploy && e.decl->name == history[at].decl->name;
  });
}

class Shrinking {
 public:
  Shrinking(History history, const Fails& fails, int tries)
      : history_(std::move(history)), fails_(fails), left_(tries) {}

  History smallest() {
    for (std::size_t before = weight() + 1; weight() < before && left_ > 0;) {
      before = weight();
      leave_out_events();
      leave_out_pipelines();
      simplify_pipelines();
    }
    return history_;
  }

 private:
  // Of what is tried only what is smaller is kept, so it ends.
  std::size_t weight() const {
    std::size_t out = history_.size() * 100;
    for (const Event& e : history_)
      if (e.decl && e.decl->condition) out += e.decl->condition->all_of.size() + e.decl->condition->any_of.size();
    return out;
  }

  bool keep_if_failing(History smaller) {
    if (left_-- <= 0 || !fails_(smaller)) return false;
    history_ = std::move(smaller);
    return true;
  }

  // Delta debugging: pieces of half the length, of a quarter, ..., of one event. First deploys stay.
  void leave_out_events() {
    for (std::size_t piece = std::max<std::size_t>(history_.size() / 2, 1); piece > 0; piece /= 2) {
      for (std::size_t end = history_.size(); end > 0;) {
        const std::size_t begin = end > piece ? end - piece : 0;
        History smaller;
        for (std::size_t i = 0; i < history_.size(); ++i)
          if (i < begin || i >= end || is_first_deploy(history_, i)) smaller.push_back(history_[i]);
        if (smaller.size() < history_.size()) keep_if_failing(std::move(smaller));
        end = begin;
      }
    }
  }

  void leave_out_pipelines() {
    for (int p = static_cast<int>(names_in(history_).size()) - 1; p >= 0; --p)
      keep_if_failing(without_pipeline(history_, p));
  }

  void simplify_pipelines() {
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (history_[i].kind != Event::deploy) continue;
      for (const bool all : {true, false}) {
        for (std::size_t c = 0; history_[i].decl->condition && c < block(i, all).size();) {
          History smaller = history_;
          auto& clauses = all ? smaller[i].decl->condition->all_of : smaller[i].decl->condition->any_of;
          clauses.erase(clauses.begin() + static_cast<std::ptrdiff_t>(c));
          simplify_trigger(*smaller[i].decl);
          if (!keep_if_failing(std::move(smaller))) ++c;
        }
      }
      for (const auto& plainer : kPlainer) {
        History smaller = history_;
        plainer(*smaller[i].decl);
        simplify_trigger(*smaller[i].decl);
        keep_if_failing(std::move(smaller));
      }
    }
  }
  const std::vector<Clause>& block(std::size_t event, bool all) const {
    const Condition& c = *history_[event].decl->condition;
    return all ? c.all_of : c.any_of;
  }

  static inline const std::vector<void (*)(PipelineDecl&)> kPlainer = {
      [](PipelineDecl& d) { d.schedule.reset(), d.covers_previous = false; },
      [](PipelineDecl& d) { d.on_rerun = OnRerun::run; },
      [](PipelineDecl& d) { d.on_late = OnLate::run; },
      [](PipelineDecl& d) { d.max_runs = 0; },
      [](PipelineDecl& d) { d.catchup.reset(); },
      [](PipelineDecl& d) { d.max_parallel = 1; },
      [](PipelineDecl& d) { d.zone = Zone{}; },
  };

  History history_;
  const Fails& fails_;
  int left_;
};

}  // namespace

History without_pipeline(const History& history, int pipeline) {
  const std::string name = names_in(history)[static_cast<std::size_t>(pipeline)];
  History out;
  for (Event e : history) {
    const bool speaks_of_one = e.kind != Event::deploy && e.kind != Event::tick && e.kind != Event::outage;
    if (e.kind == Event::deploy && e.decl->name == name) continue;
    if (speaks_of_one && e.kind != Event::crash && e.occurrence.pipeline >= 0) {
      e.occurrence.pipeline = renumbered(e.occurrence.pipeline, pipeline);
      e.run.occurrence.pipeline = renumbered(e.run.occurrence.pipeline, pipeline);
      e.upstream = renumbered(e.upstream, pipeline);
      const bool about_run = e.kind == Event::run_ended || e.kind == Event::stop || e.kind == Event::told_again;
      const bool about_grant = e.kind == Event::grant_given || e.kind == Event::grant_withdrawn;
      if (about_run ? e.run.occurrence.pipeline < 0 : e.occurrence.pipeline < 0) continue;
      if (about_grant && e.upstream < 0) continue;
      if (about_run) e.occurrence = {};
    }
    if (e.decl && e.decl->condition) {
      for (auto* block : {&e.decl->condition->all_of, &e.decl->condition->any_of}) {
        for (Clause& c : *block) c.upstream = renumbered(c.upstream, pipeline);
        std::erase_if(*block, [](const Clause& c) { return c.upstream < 0; });
      }
      simplify_trigger(*e.decl);
    }
    out.push_back(std::move(e));
  }
  return out;
}

History shrink(History history, const Fails& fails, int tries) {
  return Shrinking(std::move(history), fails, tries).smallest();
}

}  // namespace weir::model
