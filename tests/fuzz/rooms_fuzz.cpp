// Any order of events on the service's rooms, chosen by the input's bytes; a broken promise aborts.
#include <cstdint>

#include "tests/fuzz/demand.hpp"
#include "tests/unit/rooms/walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 8192) return 0;
    const std::uint8_t* at = data;
    const std::uint8_t* const end = data + size;
    const auto byte = [&]() -> std::size_t { return at == end ? 0 : *at++; };
    const auto choice = [&](std::size_t bound) {
        std::size_t number = byte();
        if (bound > 256) number = number * 256 + byte();
        return number % bound;
    };
    const auto report = voip::rooms::walk(choice, [&](std::size_t) { return at != end; });
    voip::fuzz::demand(report.broken.empty(), report.broken.c_str());
    return 0;
}
