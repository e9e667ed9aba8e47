#include "calendar/jitter.hpp"

namespace weir {

Millis jitter_of(std::string_view who, Instant at, Millis up_to) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(up_to).count();
  if (seconds <= 0) return Millis{0};
  // FNV-1a over the name and the time, then the finisher of splitmix64: neighbours in time fall far apart.
  std::uint64_t h = 0xcbf29ce484222325ULL;
  const auto mix = [&](unsigned char byte) { h = (h ^ byte) * 0x100000001b3ULL; };
  for (const char c : who) mix(static_cast<unsigned char>(c));
  for (int i = 0; i < 8; ++i) mix(static_cast<unsigned char>(static_cast<std::uint64_t>(ms_of(at)) >> (8 * i)));
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
  h ^= h >> 31;
  return std::chrono::seconds{static_cast<std::int64_t>(h % static_cast<std::uint64_t>(seconds))};
}

}  // namespace weir
