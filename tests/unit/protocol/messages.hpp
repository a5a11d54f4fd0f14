#pragma once
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "protocol/media_quality.hpp"

/// Requests to be changed member by member, and small helpers of these tests.
namespace voip::test {

/// The value of a text; the test fails when it is no JSON.
[[nodiscard]] json::Value parsed(std::string_view text);

/// A copy of `base` with edits: an object whose members name places by path. {"caller.id": 5} puts 5 there,
/// {"-caller.id": 0} takes the member away.
[[nodiscard]] json::Value edited(json::Value base, std::string_view edits);

/// True when `whole` has every member of `part` with the same value, at every depth.
[[nodiscard]] bool contains(const json::Value& whole, const json::Value& part);

/// A quality with every member, each of another value.
[[nodiscard]] MediaQuality some_quality();

}  // namespace voip::test
