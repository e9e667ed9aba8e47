#include "scenario/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scenario/picture_plan.hpp"
#include "scenario/report.hpp"

namespace weir::scenario {
namespace {

using Kind = PlacedItem::Kind;

// Colours for light and for dark pages; the names are those of the classes below.
constexpr std::string_view kStyle = R"(<style>
text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif;font-size:12.5px;fill:#1f2328}
.page{fill:#ffffff}.band{fill:#f6f8fa}.edge{stroke:#d9dee4}.grid{stroke:#e3e7ec}
.title{font-size:14px;font-weight:600}.lane{font-size:14px;font-weight:600}.small{font-size:11px;fill:#59636e}
.time{fill:#59636e}.deed{fill:#6639ba;font-weight:600}.deedline{stroke:#6639ba;stroke-dasharray:2 3}
.flag{fill:#6639ba}.arrow{fill:none;stroke:#818b98;stroke-width:1.5}.tip{fill:#818b98}
.good{fill:#dafbe1;stroke:#1a7f37}.bad{fill:#ffebe9;stroke:#cf222e}.work{fill:#ddf4ff;stroke:#0969da}
.stop{fill:#eaeef2;stroke:#59636e}.sign{fill:none;stroke-width:2.2;stroke-linecap:round;stroke-linejoin:round}
.sgood{stroke:#1a7f37}.sbad{stroke:#cf222e}.swork{stroke:#0969da}.sstop{stroke:#59636e}
.wait{fill:url(#hatch);stroke:#bf8700;stroke-dasharray:4 3}.hatch{stroke:#e3c26b;stroke-width:1.6}
.halo{fill:#fff8e5}.waits{font-size:11.5px;fill:#7d4e00}.mark{fill:#fff8c5;stroke:#bf8700}.marks{font-size:11.5px;fill:#7d4e00}
.alike{fill:none;stroke:#818b98;stroke-dasharray:2 3}.more{font-style:italic;fill:#59636e}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.page{fill:#0d1117}.band{fill:#151b23}.edge{stroke:#30363d}.grid{stroke:#262c34}
.small,.time,.more{fill:#9198a1}.deed,.flag{fill:#c297ff}.deedline{stroke:#c297ff}
.arrow{stroke:#8b949e}.tip{fill:#8b949e}
.good{fill:#12331d;stroke:#3fb950}.bad{fill:#3d1517;stroke:#f85149}.work{fill:#0c2d4d;stroke:#58a6ff}
.stop{fill:#262c34;stroke:#9198a1}.sgood{stroke:#3fb950}.sbad{stroke:#f85149}.swork{stroke:#58a6ff}.sstop{stroke:#9198a1}
.wait{stroke:#d29922}.hatch{stroke:#5f4a16}.halo{fill:#2b2310}.waits,.marks{fill:#eac55f}.mark{fill:#2b2310;stroke:#d29922}}
</style>
)";

struct Look {
  std::string_view name;  // of the classes
  std::string_view sign;  // a path around 0 0
};

Look look_of(const std::string& status) {
  if (status == "SUCCEEDED") return {"good", "M-5 0.5L-1.5 4L5 -4"};
  if (status == "FAILED") return {"bad", "M-4 -4L4 4M4 -4L-4 4"};
  if (status == "TIMED_OUT") return {"bad", "M-4 -5H4L-4 5H4Z"};
  if (status == "RUNNING") return {"work", "M-3 -5L5 0L-3 5Z"};
  return {"stop", "M-4 -4H4V4H-4Z"};
}

struct Drawing {
  const Picture& picture;
  const PicturePlan plan;
  std::string out{};

  int middle(const PlacedItem& item) const {
    return plan.lane_y[item.lane] + kLaneEdge + item.track * kTrack + kTrack / 2;
  }

  void ground(int width, int height) {
    out += fmt::format("<rect class=\"page\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n", width, height);
    for (std::size_t i = 0; i < picture.lanes.size(); ++i) {
      const int y = plan.lane_y[i], h = plan.lane_y[i + 1] - y;
      if (i % 2 == 0)
        out += fmt::format("<rect class=\"band\" x=\"0\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", y, width, h);
      const bool two = !picture.lanes[i].trigger.empty();
      const int middle = y + kLaneEdge + kTrack / 2;
      out += fmt::format("<text class=\"lane\" x=\"18\" y=\"{}\">{}</text>\n", middle + (two ? -2 : 5),
                         escaped(picture.lanes[i].name));
      if (two)
        out += fmt::format("<text class=\"small\" x=\"18\" y=\"{}\">{}</text>\n", middle + 14,
                           escaped(picture.lanes[i].trigger));
    }
    out += fmt::format("<text class=\"title\" x=\"18\" y=\"26\">{}</text>\n", escaped(picture.title));
  }

  void times() {
    std::string day;
    const int bottom = plan.lane_y.back();
    for (const auto& placed : plan.scenes) {
      if (placed.alike) continue;
      const auto& scene = picture.scenes[placed.first];
      const auto date = scene.time.substr(0, 10);
      const auto time = date == day ? scene.time.substr(11) : scene.time;
      day = date;
      const int x = placed.x + 8;
      const bool deeds = !scene.deeds.empty();
      out += fmt::format("<path class=\"{}\" d=\"M{} {}V{}\"/>\n<text class=\"time\" x=\"{}\" y=\"52\">{}</text>\n",
                         deeds ? "deedline" : "grid", x, 42, bottom, x + 6, time);
      if (!deeds) continue;
      out += fmt::format(
          "<path class=\"flag\" d=\"M{0} 64h7l6 5.5l-6 5.5h-7z\"/><text class=\"deed\" x=\"{1}\" y=\"74\">{2}</text>\n",
          x, x + 18, escaped(deed_text(scene)));
    }
  }

  void arrows() {
    std::set<std::pair<std::size_t, std::size_t>> drawn;
    for (const auto& run : picture.runs) {
      const auto to = plan.of_run.find(run.run);
      if (to == plan.of_run.end() || plan.items[to->second].kind != Kind::run) continue;
      for (const auto id : run.used) {
        const auto from = plan.of_run.find(id);
        if (from == plan.of_run.end() || !drawn.emplace(from->second, to->second).second) continue;
        arrow(plan.items[from->second], plan.items[to->second]);
      }
    }
  }

  void arrow(const PlacedItem& from, const PlacedItem& to) {
    const int x2 = to.begins - 1, y2 = middle(to);
    // A run that works still when it is used (RUNNING) is left from its edge.
    const bool beside = from.to > x2 - 12;
    const int x1 = beside ? std::max(from.begins + 12, x2 - 40) : from.to;
    const int y1 = middle(from) + (beside ? (y2 > middle(from) ? kBar / 2 : -kBar / 2) : 0);
    const int bend = std::clamp((x2 - x1) / 2, 18, 70);
    out += beside ? fmt::format("<path class=\"arrow\" d=\"M{} {}C{} {} {} {} {} {}\" marker-end=\"url(#tip)\"/>\n", x1,
                                y1, x1, (y1 + y2) / 2, x2 - bend, y2, x2, y2)
                  : fmt::format("<path class=\"arrow\" d=\"M{} {}C{} {} {} {} {} {}\" marker-end=\"url(#tip)\"/>\n", x1,
                                y1, x1 + bend, y1, x2 - bend, y2, x2, y2);
  }

  void box(std::string_view look, int x, int y, int width, int height, bool open) {
    const int r = height / 2 < 8 ? height / 2 : 8;
    out += open ? fmt::format("<path class=\"{}\" d=\"M{} {}H{}a{} {} 0 0 0 -{} {}v{}a{} {} 0 0 0 {} {}H{}\"/>", look,
                              x + width, y, x + r, r, r, r, r, height - 2 * r, r, r, r, r, x + width)
                : fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>", look, x, y,
                              width, height, r);
  }

  void hatched(int from, int to, int y, bool open, const std::string& text) {
    box("wait", from, y - kBar / 2 + 3, to - from, kBar - 6, open);
    const int width = text_width(text, 11.5);
    if (width + 12 > to - from) return;
    out += fmt::format(
        "<rect class=\"halo\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"16\" rx=\"3\"/><text class=\"waits\" "
        "x=\"{}\" y=\"{}\">{}</text>",
        from + 6, y - 8, width + 6, from + 9, y + 4, escaped(text));
  }

  void item(const PlacedItem& item) {
    const int y = middle(item);
    if (item.kind == Kind::alike) {
      box("alike", item.from, y - kBar / 2, item.to - item.from, kBar, false);
      out += fmt::format("<text class=\"more\" x=\"{}\" y=\"{}\">{}</text>\n", item.from + 8, y + 4, item.label);
      return;
    }
    if (item.kind == Kind::mark) {
      out += "<g>";
      box("mark", item.from, y - kBar / 2 + 2, item.to - item.from, kBar - 4, false);
      out += fmt::format(
          "<path class=\"sign\" style=\"stroke:#bf8700\" d=\"M{} {}v6m0 4v0.1\"/><text class=\"marks\" "
          "x=\"{}\" y=\"{}\">{}</text></g>\n",
          item.from + 12, y - 5, item.from + 22, y + 4, escaped(item.label));
      return;
    }
    if (item.kind == Kind::wait) {
      const auto& wait = picture.waits[item.index];
      out += fmt::format("<g><title>{} {} waits: {}</title>", escaped(picture.lanes[item.lane].name), escaped(wait.key),
                         escaped(wait.why));
      hatched(item.from, item.to, y, item.open, item.label);
      out += "</g>\n";
      return;
    }
    const auto& run = picture.runs[item.index];
    out += fmt::format("<g><title>{} {} {}</title>", escaped(picture.lanes[item.lane].name), escaped(run.label),
                       run.status);
    if (item.from < item.begins)
      hatched(item.from, item.begins - (item.begins < item.to ? 3 : 0), y, item.open && item.begins == item.to,
              "queued " + run.label);
    if (item.begins < item.to) {
      const auto look = look_of(run.status);
      box(look.name, item.begins, y - kBar / 2, item.to - item.begins, kBar, item.open);
      out += fmt::format(
          "<path class=\"sign s{}\" transform=\"translate({} {})\" d=\"{}\"/><text x=\"{}\" y=\"{}\">{}</text>",
          look.name, item.begins + 14, y, look.sign, item.begins + 25, y + 4, escaped(item.label));
    }
    out += "</g>\n";
  }
};

}  // namespace

std::string svg_of(const Picture& picture) {
  Drawing drawing{picture, plan_of(picture)};
  const auto& plan = drawing.plan;
  const int width = std::max({plan.right, text_width(picture.title, 14.5) + 40, 420});
  const int height = plan.lane_y.back() + (plan.left_out > 0 ? 34 : 8);
  std::string words;
  for (const auto& row : words_of(picture))
    words += fmt::format("{}{}{}\n", row.time.empty() ? "" : row.time + ": ", row.what,
                         row.why.empty() ? "" : ", " + row.why);
  drawing.out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
      "aria-labelledby=\"t d\">\n<title id=\"t\">{2}</title>\n<desc id=\"d\">\n{3}</desc>\n{4}<defs>"
      "<marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
      "orient=\"auto\">"
      "<path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker>"
      "<pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
      "<path class=\"hatch\" d=\"M0 0V7\"/></pattern></defs>\n",
      width, height, escaped(picture.title), escaped(words), kStyle);
  drawing.ground(width, height);
  drawing.times();
  drawing.arrows();
  for (const auto& item : plan.items) drawing.item(item);
  if (plan.left_out > 0)
    drawing.out += fmt::format("<text class=\"more\" x=\"18\" y=\"{}\">and {} more runs that are not drawn</text>\n",
                               height - 12, plan.left_out);
  return drawing.out + "</svg>\n";
}

}  // namespace weir::scenario
