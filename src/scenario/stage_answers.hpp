// What the answers of a test's actions leave behind: refusals, and what was said.
#pragma once

#include <string>

#include "json/described.hpp"
#include "scenario/stage.hpp"

namespace weir::scenario {

inline std::string text_of(const api::ApiError& error) {
  std::string out;
  for (const auto& p : error.problems) out += (out.empty() ? "" : "\n") + p.text();
  return out.empty() ? error.message : out;
}

template <class R>
const typename R::Reply* Stage::answered(const api::Reply<typename R::Reply>& reply) {
  if (reply) {
    said_ += json::print_described(*reply) + "\n";
    return &*reply;
  }
  refusals_.push_back(text_of(reply.error()));
  return nullptr;
}

}  // namespace weir::scenario
