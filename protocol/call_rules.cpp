#include <algorithm>

#include "protocol/call.hpp"
#include "protocol/limits.hpp"

// What single members must look like.
namespace voip {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_sn_character(char c) noexcept {
    return is_alphanumeric(c) || c == '_' || c == '-';
}
bool is_hex(char c) noexcept {
    return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}
/// Neither the separators nor what would end or break a URL.
bool is_query_character(char c) noexcept {
    return !is_control(c) && c != ' ' && c != '#' && c != '&' && c != '=';
}

bool is_query_part(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_query_character(text[i])) return false;
        if (text[i] != '%') continue;
        if (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    }
    return true;
}

bool is_pair(std::string_view pair) noexcept {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) return false;
    return is_query_part(pair.substr(0, equals)) && is_query_part(pair.substr(equals + 1));
}

}  // namespace

std::string_view to_string(Registration kind) noexcept {
    return kind == Registration::wmpf ? "wmpf" : "device-auth";
}

std::optional<Registration> registration(std::string_view text) noexcept {
    if (text == "device-auth") return Registration::device_auth;
    if (text == "wmpf") return Registration::wmpf;
    return std::nullopt;
}

bool is_sn(std::string_view text) noexcept {
    return !text.empty() && text.size() <= limits::sn_bytes &&
           std::all_of(text.begin(), text.end(), is_sn_character);
}

bool is_sn_ticket(std::string_view text) noexcept {
    return text.size() == limits::sn_ticket_characters &&
           std::all_of(text.begin(), text.end(), is_alphanumeric);
}

bool is_custom_query(std::string_view text) noexcept {
    if (text.size() > limits::custom_query_bytes) return false;
    for (;;) {
        const auto end = text.find('&');
        if (!is_pair(text.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_plain_text(std::string_view text, std::size_t max_bytes) noexcept {
    return !text.empty() && text.size() <= max_bytes && std::none_of(text.begin(), text.end(), is_control);
}

}  // namespace voip
