// A JSON value in memory, for documents that Weir looks into. Documents that only pass through stay text (JsonText).
//
// What a parser of other people's data must keep, this keeps: the order of an object's keys, the source text of each
// number ("1.0", "1E400", 19 digits), and every character. Equality is JSON's: numbers by their exact decimal
// value (1 == 1.0 == 10e-1), objects without regard to order.
//
// A Value is a plain value: copying copies deeply. Not synchronised; const access from several threads is safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::json {

class Value;

// A number: its source text (or our shortest round-trip text for computed ones) beside its double.
struct Number {
  std::string text;
  double value = 0;
  static Number of(std::int64_t v);
  static Number parsed(std::string text);      // `text` must be a JSON number; too large is infinite
  static Number of(double v);                  // 1.0 prints "1.0"; not finite is an assertion
  std::optional<std::int64_t> as_int() const;  // when the value is whole and fits, exactly
  bool operator==(const Number& other) const;  // by exact decimal value, however it is written
};

using Array = std::vector<Value>;

// Keys in the order of insertion; a key at most once (parsing: the last one of duplicates wins, at the place of the
// first, as the AWS services do).
class Object {
 public:
  using Member = std::pair<std::string, Value>;
  // All members at once, in the order given; of duplicates the last value stands at the place of the first.
  static Object of(std::vector<Member> members);
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  Value& operator[](std::string_view key);  // inserts null at the end when absent
  bool erase(std::string_view key);         // keeps the order of the rest
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  // Defined below Value: a vector of an incomplete type has no size yet (clang says so).
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::vector<Member>::const_iterator begin() const;
  std::vector<Member>::const_iterator end() const;
  std::vector<Member>::iterator begin();
  std::vector<Member>::iterator end();

 private:
  std::vector<Member> members_;  // an index is built by find() callers who need one
};

class Value {
 public:
  Value() = default;  // null
  Value(std::nullptr_t) {}
  Value(bool v) : data_(v) {}
  Value(int v) : data_(Number::of(static_cast<std::int64_t>(v))) {}
  Value(std::int64_t v) : data_(Number::of(v)) {}
  Value(double v) : data_(Number::of(v)) {}
  Value(Number v) : data_(std::move(v)) {}
  Value(const char* v) : data_(std::string(v)) {}
  Value(std::string_view v) : data_(std::string(v)) {}
  Value(std::string v) : data_(std::move(v)) {}
  Value(Array v);
  Value(Object v);

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_number() const { return std::holds_alternative<Number>(data_); }
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  bool is_array() const { return std::holds_alternative<Array>(data_); }
  bool is_object() const { return std::holds_alternative<Object>(data_); }

  // nullptr / nothing when the value is of another type.
  const Object* object() const { return std::get_if<Object>(&data_); }
  Object* object() { return std::get_if<Object>(&data_); }
  const Array* array() const { return std::get_if<Array>(&data_); }
  Array* array() { return std::get_if<Array>(&data_); }
  const std::string* string() const { return std::get_if<std::string>(&data_); }
  const Number* number() const { return std::get_if<Number>(&data_); }
  std::optional<bool> boolean() const { return is_bool() ? std::optional(std::get<bool>(data_)) : std::nullopt; }

  // Member of an object; nullptr when this is no object or has no such key.
  const Value* find(std::string_view key) const { return object() ? object()->find(key) : nullptr; }

  std::string_view type_name() const;  // "null", "boolean", "number", "string", "array", "object"
  bool operator==(const Value& other) const;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> data_;
};

inline Value::Value(Array v) : data_(std::move(v)) {}
inline Value::Value(Object v) : data_(std::move(v)) {}

inline std::size_t Object::size() const { return members_.size(); }
inline std::vector<Object::Member>::const_iterator Object::begin() const { return members_.begin(); }
inline std::vector<Object::Member>::const_iterator Object::end() const { return members_.end(); }
inline std::vector<Object::Member>::iterator Object::begin() { return members_.begin(); }
inline std::vector<Object::Member>::iterator Object::end() { return members_.end(); }

}  // namespace weir::json
