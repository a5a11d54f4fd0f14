#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "protocol/fault.hpp"

/// What the fuzz targets of the wire share.
namespace voip::fuzz {

/// Aborts, with words, when a property does not hold.
inline void demand(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// A fault that can be sent: it has a code, words, and it survives being written.
inline void demand_fault(const Fault& fault) {
    demand(fault.err_code != 0, "a fault has a code");
    demand(!fault.err_msg.empty(), "a fault has words");
    demand(bool(json::parse(json::write(json::Value(fault.err_msg + fault.field)))),
           "a fault can be written");
}

/// Decodes; what was understood must say the same after being written and read again.
template <class Decode>
void judge(const json::Value& value, const Decode& decode) {
    const auto message = decode(value);
    if (!message) return demand_fault(message.error());
    const std::string text = json::write(encode(*message));
    const auto written = json::parse(text, {2 * text.size() + 1, 64, false});
    demand(bool(written), "what was encoded is JSON");
    const auto again = decode(*written);
    demand(bool(again), "what was encoded can be decoded");
    demand(*again == *message, "and is the same");
}

}  // namespace voip::fuzz
