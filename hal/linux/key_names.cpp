#include "hal/linux/key_names.hpp"

#include <linux/input-event-codes.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/nearest.hpp"

namespace voip::hal::linux {
namespace {

struct Key {
    std::string_view name;
    unsigned number;
};

// Made from the kernel's header by CMakeLists.txt, in the header's order.
constexpr Key keys[] = {
#include <key_names.inc>
};

}  // namespace

Result<unsigned> key_number(std::string_view text) {
    unsigned number = 0;
    const auto [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault == std::errc() && rest == text.data() + text.size() && number <= KEY_MAX) return number;
    const auto found = std::ranges::find(keys, text, &Key::name);
    if (found != std::end(keys)) return found->number;
    std::vector<std::string_view> names;
    for (const Key& key : keys) names.push_back(key.name);
    const auto meant = nearest(text, names);
    return fail(Errc::not_found, '"' + std::string(text) + "\" is no key" +
                                     (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : ""));
}

std::string key_name(unsigned number) {
    const auto found = std::ranges::find(keys, number, &Key::number);
    return found == std::end(keys) ? std::to_string(number) : std::string(found->name);
}

}  // namespace voip::hal::linux
