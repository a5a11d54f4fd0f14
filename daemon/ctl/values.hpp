#pragma once
#include <string>
#include <string_view>

#include "core/json.hpp"

/// Reading answers without judging them: what is absent or has another type reads as nothing.
namespace voip::ctl {

/// A member as plain text: strings as they are, numbers as written, booleans as yes and no; empty when absent
/// or null.
[[nodiscard]] inline std::string text_of(const json::Value& value, std::string_view name) {
    const json::Value* found = value.find(name);
    if (found == nullptr || found->is_null()) return {};
    if (const std::string* text = found->as_string()) return *text;
    if (const bool* flag = found->as_bool()) return *flag ? "yes" : "no";
    return json::write(*found);
}
[[nodiscard]] inline std::int64_t number_of(const json::Value& value, std::string_view name) {
    const json::Value* found = value.find(name);
    const std::int64_t* number = found != nullptr ? found->as_integer() : nullptr;
    return number != nullptr ? *number : 0;
}
[[nodiscard]] inline bool flag_of(const json::Value& value, std::string_view name) {
    const json::Value* found = value.find(name);
    const bool* flag = found != nullptr ? found->as_bool() : nullptr;
    return flag != nullptr && *flag;
}
/// A member; null when absent.
[[nodiscard]] inline const json::Value& part_of(const json::Value& value, std::string_view name) {
    static const json::Value nothing;
    const json::Value* found = value.find(name);
    return found != nullptr ? *found : nothing;
}
/// The elements of an array; none when it is no array.
[[nodiscard]] inline const json::Array& list_of(const json::Value& value, std::string_view name) {
    static const json::Array nothing;
    const json::Array* found = part_of(value, name).as_array();
    return found != nullptr ? *found : nothing;
}

}  // namespace voip::ctl
