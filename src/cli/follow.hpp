// Watching runs until they are over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.hpp"

namespace weir::cli {

bool is_over(std::string_view run_status);

// Prints a line for every change of a step until the run is over; exit code kOk when it SUCCEEDED.
int follow_run(Context& context, std::int64_t run);

// Prints the logs of the run's steps (only of `step` when given), each under a heading when there are several; with
// `follow` until the run is over.
int print_logs(Context& context, std::int64_t run, const std::string& step, bool follow);

}  // namespace weir::cli
