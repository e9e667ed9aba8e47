// JSONPath as the Amazon States Language uses it, compiled once and used often.
//
//   reference paths: $   $.a.b   $['a b']   $.a[0].b          name one place; can be assigned to
//   query paths:     $.*  $[*]  $..a  $.a[1:5:2]  $.a[-1]  $['a','b']  $.a[0,2]
//                    $.a[?(@.price > 10 && @.kind == 'x' || !@.sold)]   name any number of places
//
// In filters: @ is the element, $ the root; == != < <= > >= && || ! and parentheses; literals are numbers, 'texts',
// true, false, null; a path alone asks whether the place exists. Values of different types are never equal and never in
// order; a missing place is unequal to all. Numbers are equal by exact value. `$$` (the context object) is the
// caller's: pass the path without its first '$', and the context as the root.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"

namespace weir::json {

namespace path_tree {
struct Step;
}

// An immutable handle: cheap to copy, usable from all threads. The default is "$".
class Path {
 public:
  Path() = default;

  bool is_reference() const;
  const std::string& text() const { return text_; }

  // What the path names, in the order of the document; pointers into `root`. Empty when there is nothing.
  std::vector<const Value*> select(const Value& root) const;
  // What a reference path names; nullptr when it is not there. Of a query path the first.
  const Value* find(const Value& root) const;
  // Puts `value` at the place of a reference path (asserted). Objects on the way that are missing or null are made; an
  // array must have the element already. The problem says which part of the path failed; `root` is then unchanged.
  Result<void> assign(Value& root, Value value) const;

 private:
  friend Result<Path> compile_path(std::string_view text);
  std::string text_ = "$";
  std::shared_ptr<const std::vector<path_tree::Step>> steps_;  // nullptr: none
};

// The problem's `where` is "path '$.a[', column 5". At most three `..` and 64 nested parentheses.
Result<Path> compile_path(std::string_view text);

}  // namespace weir::json
