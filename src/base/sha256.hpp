// SHA-256 (FIPS 180-4), for the digests of blobs and of what steps read: no module below the edge needs a cryptographic
// library.
#pragma once

#include <string>
#include <string_view>

namespace weir {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace weir
