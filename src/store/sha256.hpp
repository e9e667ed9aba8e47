// SHA-256 (FIPS 180-4), for the digests of blobs. The store has no other need of a cryptographic library.
#pragma once

#include <string>
#include <string_view>

namespace weir::store {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace weir::store
