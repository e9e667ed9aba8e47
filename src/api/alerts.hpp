// What is late, and that it has recovered: events of the trigger engine, in the commit that finds it. Notifications and
// the live feed hang on them.
#pragma once

#include <string>

#include "base/describe.hpp"

namespace weir::api {

enum class AlertKind { LATE_START, LATE_FINISH };
BOOST_DESCRIBE_ENUM(AlertKind, LATE_START, LATE_FINISH)

struct AlertRaised {
  AlertKind kind = AlertKind::LATE_START;
  std::string pipeline;
  AccountId account;
  std::string owner;
  std::string window;
  std::string text;  // "not started by 07:00"
  Instant at{};
};
BOOST_DESCRIBE_STRUCT(AlertRaised, (), (kind, pipeline, account, owner, window, text, at))

struct AlertClosed {
  AlertKind kind = AlertKind::LATE_START;
  std::string pipeline;
  AccountId account;
  std::string owner;
  std::string window;
  std::string how;   // RECOVERED, SKIPPED
  std::string text;  // "run 17 has started, 20m after it was late"
  Instant at{};
};
BOOST_DESCRIBE_STRUCT(AlertClosed, (), (kind, pipeline, account, owner, window, how, text, at))

}  // namespace weir::api
