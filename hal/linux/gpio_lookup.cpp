#include "hal/linux/gpio_lookup.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/nearest.hpp"

namespace voip::hal::linux {
namespace {

std::string in_quotes(std::string_view text) {
    return '"' + std::string(text) + '"';
}

std::string meant(std::string_view word, std::span<const std::string> names) {
    std::vector<std::string_view> candidates;
    for (const std::string& name : names)
        if (!name.empty()) candidates.emplace_back(name);
    const auto near = nearest(word, candidates);
    return near ? "; did you mean " + in_quotes(*near) + "?" : std::string();
}

std::string list_of(std::span<const ChipFacts> chips) {
    std::string text;
    for (const ChipFacts& chip : chips)
        text += (text.empty() ? "" : ", ") + chip.name + " (" + in_quotes(chip.label) + ")";
    return text.empty() ? "there is none" : "there are " + text;
}

std::optional<unsigned> offset_of(std::string_view text) {
    unsigned offset = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, offset);
    if (fault != std::errc() || rest != end || text.empty()) return std::nullopt;
    return offset;
}

}  // namespace

bool is_offset(std::string_view text) noexcept {
    return offset_of(text).has_value();
}

Result<std::size_t> find_chip(std::string_view text, std::span<const ChipFacts> chips) {
    const auto named = std::ranges::find(chips, text, &ChipFacts::name);
    if (named != chips.end()) return static_cast<std::size_t>(named - chips.begin());
    const auto same = std::ranges::count(chips, text, &ChipFacts::label);
    if (same == 0) return fail(Errc::device_gone, "no GPIO chip " + in_quotes(text) + ": " + list_of(chips));
    if (same > 1)
        return fail(Errc::device_gone, std::to_string(same) + " GPIO chips are labelled " + in_quotes(text) +
                                           ": use a name instead");
    return static_cast<std::size_t>(std::ranges::find(chips, text, &ChipFacts::label) - chips.begin());
}

Result<unsigned> find_line(std::string_view text, std::span<const std::string> names) {
    if (const auto offset = offset_of(text)) {
        if (*offset < names.size()) return *offset;
        return fail(Errc::device_gone, "no line " + std::string(text) + ": the chip's last one is " +
                                           (names.empty() ? "none" : std::to_string(names.size() - 1)));
    }
    const auto same = std::ranges::count(names, text);
    if (same == 0 || text.empty())
        return fail(Errc::device_gone, "no line " + in_quotes(text) + meant(text, names));
    if (same > 1)
        return fail(Errc::device_gone, std::to_string(same) + " lines are called " + in_quotes(text) +
                                           ": use the offset instead");
    return static_cast<unsigned>(std::ranges::find(names, text) - names.begin());
}

}  // namespace voip::hal::linux
