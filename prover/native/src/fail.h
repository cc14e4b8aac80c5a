// How keys and witnesses are refused.
#pragma once
#ifdef __wasm__
#include "../wasm/fail.h"
#else
#include <stdexcept>
#include <string>

namespace zkserve {

/** A key or a witness that is not what it claims to be. */
struct KeyError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] inline void fail(const std::string& message) { throw KeyError(message); }

}  // namespace zkserve
#endif
