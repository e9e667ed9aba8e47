#include "scenario/picture_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace weir::scenario {
namespace {

using Kind = PlacedItem::Kind;

constexpr int kSign = 24;  // the status' sign in a bar
constexpr int kInto = 16;  // how far a run that ends in a scene reaches into it
constexpr double kText = 12.5, kSmall = 11.5;

struct Planner {
  const Picture& picture;
  PicturePlan out{};
  std::size_t scenes = 0;             // that are drawn
  std::vector<std::size_t> place_of;  // scene -> PlacedScene
  std::map<std::size_t, int> run_column, queue_column, wait_column, mark_column;
  std::vector<std::vector<std::size_t>> begins;  // scene -> runs

  bool drawn(std::optional<std::size_t> scene) const { return scene && *scene < scenes; }
  std::size_t first_scene(const PictureRun& run) const {
    return run.queued ? *run.queued : run.begins.value_or(scenes);
  }

  void limit() {
    scenes = picture.scenes.size();
    std::size_t count = 0;
    for (const auto& run : picture.runs)
      if (++count > kPictureRuns) scenes = std::min(scenes, std::max<std::size_t>(1, first_scene(run)));
    for (const auto& run : picture.runs)
      if (first_scene(run) >= scenes) ++out.left_out;
  }

  // Empty: the scene is like no other.
  std::string likeness(std::size_t scene) const {
    if (!picture.scenes[scene].deeds.empty() || begins[scene].empty()) return {};
    const auto here = [&](const auto& list) {
      return std::ranges::any_of(list, [&](const auto& one) { return one.scene == scene; });
    };
    if (here(picture.waits) || here(picture.marks)) return {};
    std::string text;
    for (const auto& run : picture.runs) {
      const bool in = run.begins == scene;
      if ((run.queued == scene || run.ends == scene) && !in) return {};
      if (!in) continue;
      if (run.ends != scene || run.queued) return {};
      text += fmt::format("{} {} {};", run.lane, run.status, run.cause);
    }
    return text;
  }

  void group() {
    begins.resize(picture.scenes.size());
    for (std::size_t i = 0; i < picture.runs.size(); ++i)
      if (drawn(picture.runs[i].begins)) begins[*picture.runs[i].begins].push_back(i);
    place_of.resize(scenes);
    const auto add = [&](std::size_t first, std::size_t last, bool alike) {
      for (auto s = first; s <= last; ++s) place_of[s] = out.scenes.size();
      out.scenes.push_back({first, last, alike, 0, 0, {}});
    };
    for (std::size_t s = 0; s < scenes;) {
      const auto like = likeness(s);
      auto end = s + 1;
      while (!like.empty() && end < scenes && likeness(end) == like) ++end;
      if (end - s > kAlikeScenes) {
        add(s, s, false);
        add(s + 1, end - 2, true);
        add(end - 1, end - 1, false);
      } else {
        for (auto i = s; i < end; ++i) add(i, i, false);
      }
      s = end;
    }
  }

  // Cause before effect, and one after the other what ran one after the other.
  void columns(std::size_t index, std::vector<int>& widths) {
    const auto& scene = out.scenes[index];
    std::map<std::size_t, int> next;  // free column of a lane
    const auto need = [&](int column, int width) {
      while (static_cast<int>(widths.size()) <= column) widths.push_back(0);
      widths[static_cast<std::size_t>(column)] = std::max(widths[static_cast<std::size_t>(column)], width);
    };
    std::map<std::int64_t, int> by_run;
    for (std::size_t i = 0; i < picture.runs.size(); ++i) {
      const auto& run = picture.runs[i];
      if (run.queued == scene.first && run.begins != run.queued) {
        queue_column[i] = begins[scene.first].empty() ? 0 : 1;
        need(queue_column[i], text_width("queued", kSmall) + 30);
      }
      if (run.begins != scene.first) continue;
      int column = 0;
      for (const auto* list : {&run.used, &run.after})
        for (const auto id : *list)
          if (const auto before = by_run.find(id); before != by_run.end())
            column = std::max(column, before->second + 1);
      by_run[run.run] = run_column[i] = column;
      next[run.lane] = std::max(next[run.lane], column + 1);
      need(column, kSign + text_width(bar_text(run), kText) + 12);
    }
    const auto behind = [&](std::size_t lane, int width) {
      const int column = next[lane];
      need(column, width);
      return column;
    };
    for (std::size_t i = 0; i < picture.marks.size(); ++i)
      if (picture.marks[i].scene == scene.first) {
        mark_column[i] = behind(picture.marks[i].lane, text_width(picture.marks[i].text, kSmall) + 30);
        ++next[picture.marks[i].lane];
      }
    for (std::size_t i = 0; i < picture.waits.size(); ++i)
      if (picture.waits[i].scene == scene.first)
        wait_column[i] =
            behind(picture.waits[i].lane, text_width("waits for " + picture.waits[i].waits_for, kSmall) + 24);
  }

  void spread() {
    std::size_t longest = 0;
    for (const auto& lane : picture.lanes)
      longest = std::max<std::size_t>({longest, static_cast<std::size_t>(text_width(lane.name, 14)),
                                       static_cast<std::size_t>(text_width(lane.trigger, 11))});
    out.left = 20 + static_cast<int>(longest) + 16;
    int x = out.left;
    std::string day;
    for (std::size_t i = 0; i < out.scenes.size(); ++i) {
      auto& scene = out.scenes[i];
      std::vector<int> widths;
      if (scene.alike)
        widths.push_back(text_width("and 999 more", kText) + 16);
      else
        columns(i, widths);
      if (widths.empty()) widths.push_back(0);
      const auto& one = picture.scenes[scene.first];
      const auto date = one.time.substr(0, 10);
      int heads = text_width(date == day ? one.time.substr(11) : one.time, kText) + 20;
      day = date;
      // Deeds are printed bold.
      if (!one.deeds.empty()) heads = std::max(heads, text_width(deed_text(one), kText * 1.06) + 36);
      scene.x = x;
      for (const int width : widths) {
        scene.columns.push_back(x);
        x += kGap + width;
      }
      x = std::max(x, scene.x + heads + kGap / 2);
      scene.width = x - scene.x;
    }
    out.right = x + 14;
  }

  int at(std::size_t scene, int column) const {
    const auto& placed = out.scenes[place_of[scene]];
    const auto last = static_cast<int>(placed.columns.size()) - 1;
    return placed.columns[static_cast<std::size_t>(std::clamp(column, 0, last))] + kGap;
  }

  void place_runs() {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> alike;  // lane and scene -> item
    for (std::size_t i = 0; i < picture.runs.size(); ++i) {
      const auto& run = picture.runs[i];
      if (first_scene(run) >= scenes) continue;
      const auto& scene = out.scenes[place_of[first_scene(run)]];
      if (scene.alike) {
        const auto known = alike.find({run.lane, scene.first});
        if (known != alike.end()) {
          out.of_run[run.run] = known->second;
          continue;
        }
        PlacedItem item{Kind::alike, run.lane, i, 0, scene.x + kGap, scene.x + kGap, 0, 0, false, {}};
        item.label = fmt::format("and {} more", scene.last - scene.first + 1);
        item.text = text_width(item.label, kText);
        item.to = item.from + item.text + 16;
        out.of_run[run.run] = alike[{run.lane, scene.first}] = out.items.size();
        out.items.push_back(std::move(item));
        continue;
      }
      PlacedItem item{Kind::run, run.lane, i, 0, 0, 0, 0, 0, false, bar_text(run)};
      item.text = text_width(item.label, kText);
      const int natural = kSign + item.text + 12;
      item.from = item.begins =
          queue_column.contains(i) ? at(*run.queued, queue_column[i]) : at(*run.begins, run_column[i]);
      if (drawn(run.begins)) {
        item.begins = at(*run.begins, run_column[i]);
        item.open = !drawn(run.ends);
        item.to = item.begins + natural;
        if (item.open)
          item.to = out.right - 8;
        else if (*run.ends != *run.begins)
          item.to = std::max(item.to, at(*run.ends, 0) - kGap + kInto);
      } else {
        item.to = drawn(run.ends) ? std::max(item.from + natural, at(*run.ends, 0) - kGap + kInto) : out.right - 8;
        item.begins = item.to;  // all of it is waiting
        item.open = !drawn(run.ends);
      }
      out.of_run[run.run] = out.items.size();
      out.items.push_back(std::move(item));
    }
  }

  void place_others() {
    for (std::size_t i = 0; i < picture.marks.size(); ++i) {
      const auto& mark = picture.marks[i];
      if (mark.scene >= scenes) continue;
      PlacedItem item{Kind::mark, mark.lane, i, 0, at(mark.scene, mark_column[i]), 0, 0, 0, false, mark.text};
      item.text = text_width(mark.text, kSmall);
      item.begins = item.from;
      item.to = item.from + item.text + 30;
      out.items.push_back(std::move(item));
    }
    for (std::size_t i = 0; i < picture.waits.size(); ++i) {
      const auto& wait = picture.waits[i];
      if (wait.scene >= scenes) continue;
      PlacedItem item{Kind::wait, wait.lane, i, 0,     at(wait.scene, wait_column[i]),
                      0,          0,         0, false, "waits for " + wait.waits_for};
      item.text = text_width(item.label, kSmall);
      item.begins = item.from;
      item.to = out.right - 8;
      const auto ender = wait.until > 0 ? out.of_run.find(wait.until) : out.of_run.end();
      if (ender != out.of_run.end())
        item.to = out.items[ender->second].from - 18;
      else
        item.open = wait.until >= 0;
      for (std::size_t j = i + 1; wait.until < 0 && j < picture.waits.size(); ++j)
        if (picture.waits[j].lane == wait.lane && picture.waits[j].key == wait.key && picture.waits[j].scene < scenes) {
          item.to = at(picture.waits[j].scene, wait_column[j]) - 6;
          break;
        }
      item.to = std::max(item.to, item.from + 24);
      out.items.push_back(std::move(item));
    }
  }

  // Runs first, so that a waiting key goes out of their way; where it can it lies in front of the run that ends it.
  void tracks() {
    std::vector<std::size_t> order(out.items.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      const auto& l = out.items[a];
      const auto& r = out.items[b];
      return std::pair{l.kind == Kind::wait, l.from} < std::pair{r.kind == Kind::wait, r.from};
    });
    std::vector<int> count(picture.lanes.size(), 1);
    std::vector<std::size_t> done;
    for (const auto i : order) {
      auto& item = out.items[i];
      const auto free = [&](int track) {
        return std::ranges::none_of(done, [&](std::size_t j) {
          const auto& other = out.items[j];
          return other.lane == item.lane && other.track == track && other.from < item.to && item.from < other.to;
        });
      };
      item.track = 0;
      if (item.kind == Kind::wait)
        if (const auto run = out.of_run.find(picture.waits[item.index].until); run != out.of_run.end())
          item.track = out.items[run->second].track;
      if (!free(item.track))
        for (item.track = 0; !free(item.track);) ++item.track;
      count[item.lane] = std::max(count[item.lane], item.track + 1);
      done.push_back(i);
    }
    int y = kHead;
    for (const int tracks : count) {
      out.lane_y.push_back(y);
      y += tracks * kTrack + 2 * kLaneEdge;
    }
    out.lane_y.push_back(y);
  }
};

}  // namespace

int text_width(std::string_view text, double size) {
  double out = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;
    out += c >= 'A' && c <= 'Z' ? 0.72 : c == ' ' || c == '.' || c == ',' || c == ':' ? 0.36 : 0.61;
  }
  return static_cast<int>(std::ceil(out * size));
}

std::string deed_text(const PictureScene& scene) {
  if (scene.deeds.empty()) return {};
  if (scene.deeds.size() == 1) return scene.deeds.front();
  return fmt::format("{} (and {} more)", scene.deeds.front(), scene.deeds.size() - 1);
}

std::string bar_text(const PictureRun& run) {
  auto out = run.label;
  if (run.cause == "mark") return out + " marked " + run.status;
  if (run.status != "SUCCEEDED") out += " " + run.status;
  if (run.cause == "deadline") out += ", deadline";
  return out;
}

PicturePlan plan_of(const Picture& picture) {
  Planner planner{picture, {}, 0, {}, {}, {}, {}, {}, {}};
  planner.limit();
  planner.group();
  planner.spread();
  planner.place_runs();
  planner.place_others();
  planner.tracks();
  return std::move(planner.out);
}

}  // namespace weir::scenario
