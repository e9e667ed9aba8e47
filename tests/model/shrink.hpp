// Makes a failing history small: leaves out events, then pipelines, then what the pipelines declare, as long as it
// goes on failing.
#pragma once

#include <functional>

#include "tests/model/vocabulary.hpp"

namespace weir::model {

using Fails = std::function<bool(const History&)>;

// `history` fails. Plays at most `tries` histories.
History shrink(History history, const Fails& fails, int tries = 2000);

// The history without everything about a pipeline; those that were deployed after it have the next lower number.
History without_pipeline(const History& history, int pipeline);

}  // namespace weir::model
