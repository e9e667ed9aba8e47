// Secrets of a worker: configured by its operator, given to steps as environment variables, never stored or sent.
//
// The secret "hive/metastore" of account 111111111111 is looked for in this order:
//   FOLDER/111111111111/hive/metastore           a file; one line end at its end does not count
//   FOLDER/hive/metastore                        for all accounts that the worker serves
//   $WEIR_SECRET_111111111111_HIVE_METASTORE     of the worker's own environment; other characters than letters and
//   $WEIR_SECRET_HIVE_METASTORE                  digits are '_'
// They are read when a step starts, so a changed secret needs no restart.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "base/strong.hpp"

namespace weir::run {

// `folder` empty: only the environment. The problem names the places, never a value.
Result<std::string> find_secret(const std::filesystem::path& folder, const AccountId& account, const std::string& name);

}  // namespace weir::run
