#pragma once
#include <string>

#include "core/json.hpp"

/// The media of a call in words. Pure; what is missing is left out.
namespace voip::ctl {

/// "flowing, camera on, microphone off"; the state alone where there is no media.
[[nodiscard]] std::string media_text(const json::Value& media);
/// "out 612 kbit/s, in 431 kbit/s, 640x480 at 15 fps, loss 0.4 %, round trip 23 ms".
[[nodiscard]] std::string quality_text(const json::Value& quality);
/// The same in a few words, for a table: "15 fps, loss 0.4 %, 23 ms".
[[nodiscard]] std::string short_quality_text(const json::Value& quality);

}  // namespace voip::ctl
