#include "tests/sim/pipeline_graph.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::sim {
namespace {

constexpr const char* kZones[] = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo",
                                  "Asia/Kolkata"};
// Midnight, the hours that a clock change skips and doubles, and others.
constexpr const char* kDaily[] = {"hour: 0, minute: 15", "hour: 1, minute: 30", "hour: 2, minute: 30", "hour: 6",
                                  "hour: 23, minute: 50"};
constexpr const char* kHourly[] = {R"(cron: "20 */6 * * *")", R"(cron: "30 1-3 * * *")", R"(cron: "5 0,12 * * *")"};

template <std::size_t N>
std::string one_of(Random& random, const char* const (&list)[N]) {
  return list[static_cast<std::size_t>(random.below(N))];
}

// A clause stands once.
void add(DrawnPipeline& p, DrawnClause clause) {
  if (std::ranges::find(p.clauses, clause) == p.clauses.end()) p.clauses.push_back(std::move(clause));
}

void draw_pool(DrawnPipeline& p, Random& random) {
  p.pooled = random.chance(0.3);
  if (p.pooled) p.priority = static_cast<int>(random.between(-1, 1));
}

bool finer(const std::string& a, const std::string& b) { return a == "hour" && b == "day"; }

}  // namespace

PipelineGraph::PipelineGraph(Random& random, std::vector<std::string> accounts) : accounts_(std::move(accounts)) {
  const auto count = static_cast<int>(random.between(3, 8));
  const int sources = static_cast<int>(random.between(1, count > 4 ? 3 : 1));
  for (int i = 0; i < count; ++i) pipelines_.push_back(i < sources ? source(i, random) : dependant(i, random));
  if (random.chance(0.5)) return;
  // A -> B, A -> C, (B, C) -> D, with one longer leg now and then.
  diamond_ = true;
  const auto top = static_cast<int>(random.below(count));
  const auto add = [&](std::vector<int> upstreams) {
    auto down = dependant(static_cast<int>(pipelines_.size()), random);
    down.grain = pipelines_[static_cast<std::size_t>(top)].grain;
    down.schedule.clear();
    down.both.clear();
    down.clauses.clear();
    for (const auto u : upstreams) down.clauses.push_back({u, "", "SUCCESS", false});
    pipelines_.push_back(std::move(down));
    return static_cast<int>(pipelines_.size()) - 1;
  };
  const auto left = add({top});
  auto right = add({top});
  if (random.chance(0.4)) right = add({right});
  add({left, right});
}

DrawnPipeline PipelineGraph::source(int number, Random& random) {
  DrawnPipeline p;
  p.name = fmt::format("p{}", number);
  p.account = accounts_[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(accounts_.size())))];
  if (random.chance(0.7)) p.zone = one_of(random, kZones);
  const auto kind = random.below(100);
  if (kind < 30) {
    p.grain = "hour";
    p.schedule = one_of(random, kHourly);
  } else if (kind < 36) {
    p.grain = "hour";
    p.schedule = "minute: 10";
  } else if (kind < 42) {
    p.grain = "run";
    p.schedule = "rate: 7h";
  } else {
    p.schedule = one_of(random, kDaily);
    if (random.chance(0.2)) p.schedule += ", covers: previous";
  }
  if (random.chance(0.3)) p.catchup = random.chance(0.5) ? "last" : "none";
  if (random.chance(0.3)) p.parallel = 2;
  if (random.chance(0.2)) p.max_runs = 1;
  if (random.chance(0.2)) p.steps = 2;
  draw_pool(p, random);
  return p;
}

// Which of a finer upstream's runs are needed; it must be said of one that has no times of its own.
std::string PipelineGraph::each_on(int upstream, const DrawnPipeline& down, Random& random) {
  const auto& up = pipelines_[static_cast<std::size_t>(upstream)];
  if (!finer(up.grain, down.grain)) return "";
  if (up.schedule.empty()) return random.chance(0.3) ? ", each: any" : ", each: all";
  return random.chance(0.75) ? "" : random.chance(0.5) ? ", each: any" : ", each: last";
}

DrawnClause PipelineGraph::clause_on(int upstream, const DrawnPipeline& down, Random& random) {
  DrawnClause c{upstream, "", "SUCCESS", false};
  const auto kind = random.below(100);
  if (kind < 8)
    c.status = "FAILED, TIMED_OUT";
  else if (kind < 16)
    c.status = "RUNNING";
  else if (kind < 24)
    c.more = random.chance(0.5) ? ", match: newest" : ", match: newest, maxAge: 2d";
  else if (kind < 34)
    c.more = ", offset: -1";
  if (!c.more.starts_with(", match")) c.more += each_on(upstream, down, random);
  return c;
}

DrawnPipeline PipelineGraph::dependant(int number, Random& random) {
  DrawnPipeline p;
  p.name = fmt::format("p{}", number);
  p.account = accounts_[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(accounts_.size())))];
  if (random.chance(0.4)) p.zone = one_of(random, kZones);
  // The reference model does not know the grain run: nothing depends on such a pipeline.
  std::vector<int> known;
  for (int i = 0; i < number; ++i)
    if (pipelines_[static_cast<std::size_t>(i)].grain != "run") known.push_back(i);
  if (known.empty()) return source(number, random);
  const auto any = [&] {
    return known[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(known.size())))];
  };
  const auto first = any();
  const auto& upstream = pipelines_[static_cast<std::size_t>(first)];
  p.grain = upstream.grain == "hour" && random.chance(0.6) ? "day" : upstream.grain;
  p.clauses.push_back({first, each_on(first, p, random), "SUCCESS", false});
  for (auto more = random.below(3); more > 0; --more) add(p, clause_on(any(), p, random));
  if (random.chance(0.3)) {
    for (int i = 0; i < 2; ++i) {
      auto clause = clause_on(any(), p, random);
      clause.any_of = true;
      if (pipelines_[static_cast<std::size_t>(clause.upstream)].grain == p.grain) add(p, clause);
    }
    p.blocks_or = random.chance(0.3);
  }
  if (random.chance(0.1)) p.clauses.push_back({number, ", offset: -1", "SUCCESS", false});
  if (p.grain == "day" && random.chance(0.2)) {
    p.schedule = one_of(random, kDaily);
    p.both = random.chance(0.5) ? "AND" : "OR";
  }
  if (random.chance(0.3)) p.max_runs = static_cast<int>(random.between(1, 2));
  if (random.chance(0.25)) p.rerun = random.chance(0.4) ? "ignore" : "supersede";
  if (random.chance(0.2)) p.steps = 2;
  draw_pool(p, random);
  return p;
}

void PipelineGraph::change(int pipeline, Random& random) {
  auto& p = pipelines_[static_cast<std::size_t>(pipeline)];
  switch (random.below(4)) {
    case 0:
      p.max_runs = static_cast<int>(random.below(3));
      break;
    case 1:
      if (p.clauses.empty() && p.grain == "day") p.schedule = one_of(random, kDaily);
      break;
    case 2: {
      const auto up = static_cast<int>(random.below(std::max(1, pipeline)));
      const auto& upstream = pipelines_[static_cast<std::size_t>(up)];
      if (!p.clauses.empty() && up < pipeline && upstream.grain == p.grain) add(p, clause_on(up, p, random));
      break;
    }
    default:
      p.rerun = random.chance(0.5) ? "" : random.chance(0.5) ? "ignore" : "supersede";
  }
}

std::string PipelineGraph::yaml(int pipeline, std::int64_t number) const {
  const auto& p = pipelines_[static_cast<std::size_t>(pipeline)];
  std::string out = fmt::format("name: {}\ndescription: sim {} .\ntimezone: {}\nwindow: {}\ntrigger:\n", p.name, number,
                                p.zone, p.grain);
  if (!p.both.empty()) out += fmt::format("    operator: {}\n", p.both);
  if (!p.schedule.empty()) out += fmt::format("    schedule: {{{}}}\n", p.schedule);
  if (!p.clauses.empty()) {
    out += fmt::format("    executions:\n        operator: {}\n", p.blocks_or ? "OR" : "AND");
    for (const bool any_of : {false, true}) {
      bool begun = false;
      for (const auto& c : p.clauses) {
        if (c.any_of != any_of) continue;
        if (!begun) out += any_of ? "        anyOf:\n" : "        allOf:\n";
        begun = true;
        const auto& up = pipelines_[static_cast<std::size_t>(c.upstream)];
        out += fmt::format("            - {{name: {}, account: \"{}\", status: [{}]{}}}\n", up.name, up.account,
                           c.status, c.more);
      }
    }
  }
  if (!p.rerun.empty() && !p.clauses.empty()) out += fmt::format("    onUpstreamRerun: {}\n", p.rerun);
  if (!p.schedule.empty()) {
    if (!p.catchup.empty()) out += fmt::format("    catchup: {}\n", p.catchup);
    if (p.parallel > 1) out += fmt::format("    maxParallel: {}\n", p.parallel);
  }
  out += "steps:\n";
  for (int i = 1; i <= p.steps; ++i)
    out += fmt::format("    - {{name: s{}, run: \"true\", timeout: 6h, retry: {{attempts: 2, delay: 60s}}}}\n", i);
  std::string limits = p.max_runs > 0 ? fmt::format("maxRuns: {}", p.max_runs) : "";
  if (p.pooled) limits += fmt::format("{}pool: shared, priority: {}", limits.empty() ? "" : ", ", p.priority);
  if (!limits.empty()) out += fmt::format("concurrency: {{{}}}\n", limits);
  if (number % 3 == 0) out += "notifications: {type: ON_COMPLETION, targets: [{channel: LOG}]}\n";
  return out;
}

}  // namespace weir::sim
