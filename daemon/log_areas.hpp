#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace voip::daemon {

/// What is wrong with levels such as "call:debug,*:info" as far as their areas go: "no area \"cal\"; did you
/// mean \"call\"?". Nothing when each is one that a line of the daemon, of its media program or of the demo's
/// service can have. Pure.
[[nodiscard]] std::optional<std::string> unknown_area(std::string_view levels);

}  // namespace voip::daemon
