// A described struct with its type: how requests, replies, events and deliveries travel between modules.
#pragma once

#include <memory>
#include <utility>

#include "base/describe.hpp"

namespace weir::api {

struct Message {
  const Type* type = nullptr;
  std::shared_ptr<const void> object;

  template <class T>
  static Message of(T value) {
    return {&type_of<T>(), std::make_shared<const T>(std::move(value))};
  }
  // nullptr when the message is of another type.
  template <class T>
  const T* as() const {
    return type == &type_of<T>() ? static_cast<const T*>(object.get()) : nullptr;
  }
  explicit operator bool() const { return type != nullptr; }
};

}  // namespace weir::api
