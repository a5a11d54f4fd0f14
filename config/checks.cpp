#include "config/checks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace voip::config {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_letter(char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}
bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
bool is_sn_character(char c) {
    return is_digit(c) || is_letter(c) || c == '_' || c == '-';
}
bool is_url_character(char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
}

bool is_ipv6(std::string_view text) {
    in6_addr address{};
    return ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_digit(c) || is_letter(c) || c == '-'; });
}

bool is_name(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    while (true) {
        const auto dot = text.find('.');
        if (!is_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool parse_port(std::string_view text, std::uint16_t& port) {
    if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_digit)) return false;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    return ec == std::errc{} && end == text.data() + text.size();
}

Wrong check_authority(std::string_view text) {
    if (text.find('@') != std::string_view::npos) return "must not name a user";
    ListenAddress address{.host = {}, .port = 443};
    if (auto wrong = parse_host_port(text, false, address)) return wrong;
    if (address.port == 0) return "has port 0";
    return std::nullopt;
}

/// The authority after "https://", and what follows it.
Wrong split_https(std::string_view text, std::string_view& authority, std::string_view& rest) {
    constexpr std::string_view scheme = "https://";
    if (!text.starts_with(scheme)) return "does not start with https://";
    if (!std::ranges::all_of(text, is_url_character)) return "has a character that no URL has";
    text.remove_prefix(scheme.size());
    const auto end = std::min(text.find_first_of("/?#"), text.size());
    authority = text.substr(0, end);
    rest = text.substr(end);
    return std::nullopt;
}

}  // namespace

Wrong check_sn(std::string_view text) {
    if (std::ranges::all_of(text, is_sn_character)) return std::nullopt;
    return "has a character outside 0-9 A-Z a-z _ -";
}

Wrong check_plain(std::string_view text) {
    if (std::ranges::none_of(text, is_control)) return std::nullopt;
    return "has a control character";
}

Wrong check_path(std::string_view text) {
    if (!text.starts_with('/')) return "is no absolute path";
    return check_plain(text);
}

Wrong check_file_name(std::string_view text) {
    if (const Wrong wrong = check_plain(text)) return wrong;
    if (text.find('/') != std::string_view::npos) return "has a slash";
    if (text == "." || text == "..") return "is no name";
    return std::nullopt;
}
Wrong check_group(std::string_view text) {
    const bool starts_well = !text.empty() && (is_letter(text.front()) || text.front() == '_');
    if (starts_well && std::ranges::all_of(text, [](char c) { return is_sn_character(c) || c == '.'; }))
        return std::nullopt;
    return "is no group's name";
}

Wrong check_host(std::string_view text) {
    if (is_name(text) || is_ipv6(text)) return std::nullopt;
    return "is neither a host name nor an address";
}

Wrong parse_host_port(std::string_view text, bool needs_port, ListenAddress& out) {
    std::string_view host = text;
    std::optional<std::string_view> port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return "has no ] after its IPv6 address";
        host = text.substr(1, end - 1);
        const std::string_view rest = text.substr(end + 1);
        if (!is_ipv6(host) || (!rest.empty() && rest[0] != ':'))
            return "is neither a host name nor an address";
        if (!rest.empty()) port = rest.substr(1);
    } else {
        const auto colon = text.find(':');
        host = text.substr(0, colon);
        if (colon != std::string_view::npos) port = text.substr(colon + 1);
        if (port && is_ipv6(text)) return "is an IPv6 address without brackets";
        if (!is_name(host)) return "is neither a host name nor an address";
    }
    if (!port && needs_port) return "has no port";
    if (port && !parse_port(*port, out.port)) return "has no port from 0 to 65535 after the colon";
    out.host = host;
    return std::nullopt;
}

Wrong check_origin(std::string_view text) {
    std::string_view authority;
    std::string_view rest;
    if (auto wrong = split_https(text, authority, rest)) return wrong;
    if (!rest.empty() && rest != "/") return "must end after host and port";
    return check_authority(authority);
}

Wrong check_https_url(std::string_view text) {
    std::string_view authority;
    std::string_view rest;
    if (auto wrong = split_https(text, authority, rest)) return wrong;
    if (rest.find('#') != std::string_view::npos) return "must not have a fragment (#)";
    return check_authority(authority);
}

Wrong check_ice_url(std::string_view text) {
    const auto colon = text.find(':');
    const std::string_view scheme = text.substr(0, colon);
    if (colon == std::string_view::npos || (scheme != "stun" && scheme != "turn" && scheme != "turns"))
        return "does not start with stun:, turn: or turns:";
    std::string_view rest = text.substr(colon + 1);
    const auto question = rest.find('?');
    if (question != std::string_view::npos) {
        const std::string_view query = rest.substr(question + 1);
        if (scheme == "stun" || (query != "transport=udp" && query != "transport=tcp"))
            return "has a query other than ?transport=udp or ?transport=tcp of a turn server";
        rest = rest.substr(0, question);
    }
    return check_authority(rest);
}

Wrong check_secret(std::string_view text) {
    if (text.size() < 16) return "is shorter than 16 bytes";
    return check_plain(text);
}

Wrong check_word(std::string_view text) {
    const auto fits = [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; };
    if (!text.empty() && text.size() <= 32 && std::ranges::all_of(text, fits)) return std::nullopt;
    return "is no name of a-z 0-9 _ - with at most 32 characters";
}

}  // namespace voip::config
