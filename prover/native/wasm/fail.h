// Errors in WebAssembly: the host throws them, which ends the call into the module.
#pragma once
#include <cstddef>
#include <cstring>
#include <string>

namespace zkserve {

[[noreturn]] __attribute__((import_module("host"), import_name("fail"))) void hostFail(const char* message, size_t bytes);

[[noreturn]] inline void fail(const char* message) { hostFail(message, std::strlen(message)); }
[[noreturn]] inline void fail(const std::string& message) { hostFail(message.data(), message.size()); }

}  // namespace zkserve
