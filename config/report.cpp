#include "config/report.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace voip::config {
namespace {

constexpr std::size_t longest_quote = 40;

bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_quote &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
               std::string_view::npos;
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
        out += "\\x";
        out += hex[byte >> 4U];
        out += hex[byte & 0xfU];
    } else {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
}

}  // namespace

std::string quote(std::string_view text) {
    std::size_t end = std::min(text.size(), longest_quote);
    // A character of several bytes is not cut through.
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    std::string out = "\"";
    for (const char c : text.substr(0, end)) append_escaped(out, c);
    return out + (end < text.size() ? "...\"" : "\"");
}

std::string number(double value) {
    std::array<char, 32> digits{};
    char* const begin = digits.data();
    char* const end = begin + digits.size();
    auto written = std::to_chars(begin, end, value, std::chars_format::fixed);  // 86400, not 8.64e+04
    if (written.ec != std::errc{}) written = std::to_chars(begin, end, value);  // too many digits for that
    return {begin, written.ptr};
}

std::string Problem::text() const {
    return path.empty() ? message : path + ": " + message;
}

Report Report::member(std::string_view name) const {
    Report below = *this;
    if (!is_plain_name(name))
        below.path_ += "[" + quote(name) + "]";
    else
        below.path_ += (path_.empty() ? "" : ".") + std::string(name);
    return below;
}

Report Report::item(std::size_t index) const {
    Report below = *this;
    below.path_ += "[" + std::to_string(index) + "]";
    return below;
}

bool Report::clean(std::string_view path) const {
    return std::ranges::none_of(*problems_, [&](const Problem& problem) {
        if (!problem.path.starts_with(path)) return false;
        return problem.path.size() == path.size() || problem.path[path.size()] == '.' ||
               problem.path[path.size()] == '[';
    });
}

}  // namespace voip::config
