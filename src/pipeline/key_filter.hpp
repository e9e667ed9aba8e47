// Which keys of an upstream a clause looks at within a window: `where` picks values, `joinOn` demands those of the
// downstream's key.
#pragma once

#include <optional>

#include "pipeline/key.hpp"

namespace weir::pipeline {

class KeyFilter {
 public:
  // `values`: of the downstream's key.
  KeyFilter(const Tables& tables, const PipelineRow& down, std::int64_t values, const PipelineRow& up,
            const ClauseSpec& clause);

  bool lets(std::int64_t key) const;
  // The one number of values that it lets through, when that is fixed; 0 of an upstream without `key:`. Nothing: each
  // value is an occurrence. Values that were never seen have a number that no key has.
  std::optional<std::int64_t> only() const { return only_; }

 private:
  const Tables& tables_;
  const PipelineRow& up_;
  KeyValues demanded_;
  std::optional<std::int64_t> only_;
};

// Does the clause say which keys of the downstream there are: is each value of its key joined on?
bool opens_keys(const PipelineRow& down, const ClauseSpec& clause);
// The values of the downstream's key that an upstream's key opens; nothing when the clause does not look at it.
std::optional<std::int64_t> opened_values(const Tables& tables, const PipelineRow& down, const PipelineRow& up,
                                          std::int64_t up_key, const ClauseSpec& clause);

}  // namespace weir::pipeline
