#include "json/path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <span>

#include "json/path_tree.hpp"
#include "json/text.hpp"

namespace weir::json {
namespace path_tree {
namespace {

using Found = std::vector<const Value*>;

bool holds(const Filter& filter, const Value& root, const Value& element);

std::int64_t size_of(const Array& a) { return static_cast<std::int64_t>(a.size()); }

const Value* element_at(const Array& a, std::int64_t i) {
  if (i < 0) i += size_of(a);
  return i >= 0 && i < size_of(a) ? &a[static_cast<std::size_t>(i)] : nullptr;
}

void slice(const Array& a, const Step& step, Found& out) {
  const auto size = size_of(a);
  const auto place = [&](std::int64_t i, std::int64_t low, std::int64_t high) {
    return std::clamp(i < 0 ? i + size : i, low, high);
  };
  if (step.by > 0) {
    const auto end = place(step.to.value_or(size), 0, size);
    for (auto i = place(step.from.value_or(0), 0, size); i < end; i += std::min(step.by, end - i))
      out.push_back(&a[static_cast<std::size_t>(i)]);
  } else if (step.by < 0) {
    const auto end = step.to ? place(*step.to, -1, size - 1) : -1;
    for (auto i = place(step.from.value_or(size - 1), -1, size - 1); i > end; i += std::max(step.by, end - i))
      out.push_back(&a[static_cast<std::size_t>(i)]);
  }
}

void children(const Value& value, const auto& visit) {
  if (const auto* a = value.array()) {
    for (const auto& element : *a) visit(element);
  } else if (const auto* o = value.object()) {
    for (const auto& member : *o) visit(member.second);
  }
}

// One step from one value, without what lies deeper.
void apply(const Step& step, const Value& root, const Value& value, Found& out) {
  switch (step.kind) {
    case Step::Kind::NAMES:
      for (const auto& name : step.names)
        if (const auto* member = value.find(name)) out.push_back(member);
      break;
    case Step::Kind::INDICES:
      if (const auto* a = value.array())
        for (const auto i : step.indices)
          if (const auto* element = element_at(*a, i)) out.push_back(element);
      break;
    case Step::Kind::ALL:
      children(value, [&](const Value& child) { out.push_back(&child); });
      break;
    case Step::Kind::SLICE:
      if (const auto* a = value.array()) slice(*a, step, out);
      break;
    case Step::Kind::FILTER:
      children(value, [&](const Value& child) {
        if (holds(*step.filter, root, child)) out.push_back(&child);
      });
      break;
  }
}

void apply_deep(const Step& step, const Value& root, const Value& value, Found& out) {
  apply(step, root, value, out);
  children(value, [&](const Value& child) { apply_deep(step, root, child, out); });
}

const Value* value_of(const Operand& operand, const Value& root, const Value& element, Found& scratch) {
  if (operand.kind == Operand::Kind::LITERAL) return &operand.literal;
  scratch.clear();
  select(root, operand.kind == Operand::Kind::ROOT ? root : element, operand.steps, scratch);
  return scratch.empty() ? nullptr : scratch.front();
}

// -1, 0, 1; nothing when the two have no order.
std::optional<int> order(const Value* a, const Value* b) {
  if (!a || !b) return std::nullopt;
  if (a->is_number() && b->is_number()) {
    if (*a == *b) return 0;
    const auto x = a->number()->as_int(), y = b->number()->as_int();
    if (x && y) return *x < *y ? -1 : 1;
    return a->number()->value < b->number()->value ? -1 : 1;
  }
  if (a->is_string() && b->is_string()) {
    const int c = a->string()->compare(*b->string());
    return c < 0 ? -1 : c > 0 ? 1 : 0;
  }
  return std::nullopt;
}

bool holds(const Filter& filter, const Value& root, const Value& element) {
  const auto part_holds = [&](const Filter& part) { return holds(part, root, element); };
  switch (filter.kind) {
    case Filter::Kind::AND:
      return std::all_of(filter.parts.begin(), filter.parts.end(), part_holds);
    case Filter::Kind::OR:
      return std::any_of(filter.parts.begin(), filter.parts.end(), part_holds);
    case Filter::Kind::NOT:
      return !part_holds(filter.parts.front());
    default:
      break;
  }
  Found left_found, right_found;
  const auto* left = value_of(filter.left, root, element, left_found);
  if (filter.kind == Filter::Kind::EXISTS) return left != nullptr;
  const auto* right = value_of(filter.right, root, element, right_found);
  const bool equal = left && right && *left == *right;
  const auto c = order(left, right);
  switch (filter.kind) {
    case Filter::Kind::EQ:
      return equal;
    case Filter::Kind::NE:
      return !equal;
    case Filter::Kind::LT:
      return c && *c < 0;
    case Filter::Kind::LE:
      return c && *c <= 0;
    case Filter::Kind::GT:
      return c && *c > 0;
    default:
      return c && *c >= 0;
  }
}

}  // namespace

void select(const Value& root, const Value& from, const std::vector<Step>& steps, Found& out) {
  Found now{&from}, next;
  for (const auto& step : steps) {
    next.clear();
    for (const auto* value : now) {
      if (step.deep)
        apply_deep(step, root, *value, next);
      else
        apply(step, root, *value, next);
    }
    std::swap(now, next);
  }
  out.insert(out.end(), now.begin(), now.end());
}

}  // namespace path_tree

using path_tree::Step;

bool Path::is_reference() const {
  return !steps_ || std::all_of(steps_->begin(), steps_->end(), [](const Step& s) {
    return s.names_one_place() && (s.kind == Step::Kind::NAMES || s.indices.front() >= 0);
  });
}

std::vector<const Value*> Path::select(const Value& root) const {
  if (!steps_) return {&root};
  std::vector<const Value*> out;
  path_tree::select(root, root, *steps_, out);
  return out;
}

const Value* Path::find(const Value& root) const {
  const auto found = select(root);
  return found.empty() ? nullptr : found.front();
}

Result<void> Path::assign(Value& root, Value value) const {
  assert(is_reference());
  const std::span<const Step> steps = steps_ ? std::span<const Step>(*steps_) : std::span<const Step>();
  // First what is there is walked and judged; only then is anything changed.
  Value* place = &root;
  std::size_t done = 0;
  for (; done < steps.size(); ++done) {
    const auto& step = steps[done];
    if (step.kind == Step::Kind::NAMES) {
      if (place->is_null()) break;
      if (!place->is_object())
        return fail(
            fmt::format("cannot set {}: what should hold it is of type {}", quote(step.names[0]), place->type_name()),
            fmt::format("path '{}'", text_), "give another path, or pass an object");
      auto* member = place->object()->find(step.names[0]);
      if (!member) break;
      place = member;
    } else {
      const auto i = static_cast<std::size_t>(step.indices[0]);
      auto* array = place->array();
      if (!array || i >= array->size())
        return fail(fmt::format("there is no element [{}] to set", i), fmt::format("path '{}'", text_),
                    "only elements that exist can be set");
      place = &(*array)[i];
    }
  }
  for (std::size_t i = done; i < steps.size(); ++i)
    if (steps[i].kind != Step::Kind::NAMES)
      return fail(fmt::format("there is no array to set element [{}] of", steps[i].indices[0]),
                  fmt::format("path '{}'", text_), "only elements that exist can be set");
  for (std::size_t i = done; i < steps.size(); ++i) {
    if (place->is_null()) *place = Value(Object());
    place = &(*place->object())[steps[i].names[0]];
  }
  *place = std::move(value);
  return {};
}

}  // namespace weir::json
