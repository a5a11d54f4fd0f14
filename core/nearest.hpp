#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace voip {

/// The candidate that `word` was probably meant to be, for "did you mean" in messages to people: equal but
/// for case and the signs - and _, or at most two slips away (one for words below five letters; neighbours
/// that changed places are one slip). Nothing when none is near. Pure; words above 64 bytes are near to none.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

}  // namespace voip
