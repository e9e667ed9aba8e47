// Cron lines: what parses has a next time after now, or none at all, and it lies after now.
#include <cstdlib>

#include "calendar/cron.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto schedule = weir::parse_cron(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!schedule) return 0;
  const auto now = weir::instant_of_ms(1'800'000'000'000);
  const auto next = schedule->next_after(now, weir::Zone{});
  if (next && *next <= now) std::abort();
  return 0;
}
