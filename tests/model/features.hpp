// How often what the rules speak of has occurred: a random test that never meets a feature says nothing about it.
#pragma once

#include <map>
#include <string>

#include "tests/model/reference.hpp"

namespace weir::model {

using Features = std::map<std::string, std::int64_t>;

// All at 0.
Features all_features();
// The event, before the model has applied it.
void count(Features& features, const Event& event, const Model& model, bool refused);
// What came of it in the end.
void count(Features& features, const Model& model);

}  // namespace weir::model
