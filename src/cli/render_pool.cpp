#include <fmt/format.h>

#include "cli/render.hpp"
#include "cli/table.hpp"

namespace weir::cli {
namespace {

std::string runs_table(const std::vector<api::PoolRun>& runs, const Look& look, const char* since) {
  Table table({"RUN", "PIPELINE", "WINDOW", "CAUSE", "PRIORITY", since, "WAITS FOR"});
  for (const auto& run : runs)
    table.row({std::to_string(run.run), run.pipeline, run.window, run.cause,
               run.priority == 0 ? std::string() : std::to_string(run.priority), when_text(run.since), run.waits});
  return table.text(look.width, look.color);
}

std::string more_than(std::size_t shown, int all) {
  return static_cast<int>(shown) < all ? fmt::format("and {} more\n", all - static_cast<int>(shown)) : std::string();
}

}  // namespace

std::string render_pool(const api::PoolInfo& pool, const Look& look) {
  std::string out = fmt::format("pool {}/{}: {} of {} slots in use, {} waiting\n", pool.account.str(), pool.pool,
                                pool.in_use, pool.slots, pool.waiting);
  std::string names;
  for (const auto& name : pool.pipelines) names += (names.empty() ? "" : ", ") + name;
  out += "  pipelines " + (names.empty() ? std::string("none names it") : names) + "\n";
  out += fmt::format("  set       {} by {}{}\n", when_text(pool.changed), pool.who,
                     pool.reason.empty() ? "" : ": " + pool.reason);
  if (!pool.runs.empty())
    out += "\nIN USE\n" + runs_table(pool.runs, look, "STARTED") + more_than(pool.runs.size(), pool.in_use);
  if (!pool.line.empty())
    out += "\nWAITING, the next first\n" + runs_table(pool.line, look, "SINCE") +
           more_than(pool.line.size(), pool.waiting);
  return out;
}

std::string render_pools(const api::ListPoolsReply& reply, const Look& look) {
  if (reply.pools.empty()) return "no pools; weir pool set NAME --slots N makes one\n";
  Table table({"ACCOUNT", "POOL", "SLOTS", "IN USE", "WAITING", "PIPELINES", "REASON"});
  for (const auto& pool : reply.pools) {
    std::string names;
    for (const auto& name : pool.pipelines) names += (names.empty() ? "" : ", ") + name;
    const bool full = pool.waiting > 0 && pool.in_use >= pool.slots;
    table.row({pool.account.str(),
               pool.pool,
               std::to_string(pool.slots),
               {std::to_string(pool.in_use), full ? Color::yellow : Color::none},
               std::to_string(pool.waiting),
               names,
               pool.reason});
  }
  return table.text(look.width, look.color);
}

}  // namespace weir::cli
