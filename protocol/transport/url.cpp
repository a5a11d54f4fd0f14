#include "protocol/transport/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace voip::transport {
namespace {

constexpr std::size_t url_bytes = 2048;
constexpr std::size_t host_bytes = 253;  // RFC 1035
constexpr std::uint16_t https_port = 443;

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower(c);
    return out;
}

bool is_name_character(char c) noexcept {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_ipv6(const std::string& host) {
    std::array<unsigned char, 16> raw{};
    return inet_pton(AF_INET6, host.c_str(), raw.data()) == 1;
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= host_bytes && host.front() != '.' && host.front() != '-' &&
           std::all_of(host.begin(), host.end(), is_name_character);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, port);
    if (text.empty() || error != std::errc{} || at != end) return std::nullopt;
    return port;
}

struct HostAndPort {
    std::string host;
    std::optional<std::uint16_t> port;  // absent: not written
};

Result<HostAndPort> parse_bracketed(std::string_view text) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return fail(Errc::bad_message, "']' is missing");
    HostAndPort found{lower(text.substr(1, end - 1)), std::nullopt};
    if (!is_ipv6(found.host)) return fail(Errc::bad_message, "no IPv6 address between the brackets");
    const std::string_view rest = text.substr(end + 1);
    if (rest.empty()) return found;
    found.port = parse_port(rest.substr(1));
    if (rest.front() != ':' || !found.port) return fail(Errc::bad_message, "not a port");
    return found;
}

/// "host", "host:port", "[v6]", "[v6]:port"; the host may be empty.
Result<HostAndPort> parse_authority(std::string_view text) {
    if (text.starts_with('[')) return parse_bracketed(text);
    const std::size_t colon = text.find(':');
    HostAndPort found{lower(text.substr(0, colon)), std::nullopt};
    if (!found.host.empty() && !is_host(found.host))
        return fail(Errc::bad_message, "not a host name or address");
    if (colon == std::string_view::npos) return found;
    found.port = parse_port(text.substr(colon + 1));
    if (!found.port) return fail(Errc::bad_message, "not a port");
    return found;
}

/// The text behind "https://" or "wss://"; empty when it is another scheme.
std::string_view after_scheme(std::string_view text) {
    for (const std::string_view scheme : {std::string_view("https://"), std::string_view("wss://")})
        if (lower(text.substr(0, scheme.size())) == scheme) return text.substr(scheme.size());
    return {};
}

}  // namespace

std::string Url::authority() const {
    std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != https_port) text += ":" + std::to_string(port);
    return text;
}

Result<Url> parse_url(std::string_view text) {
    if (text.size() > url_bytes) return fail(Errc::bad_message, "a URL of more than 2048 bytes");
    const auto is_plain = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!std::all_of(text.begin(), text.end(), is_plain))
        return fail(Errc::bad_message, "a URL holds no spaces, control or other than ASCII characters");
    const std::string_view rest = after_scheme(text);
    if (rest.empty()) return fail(Errc::bad_message, "a URL starts with https:// or wss:// and a host");
    if (rest.find('#') != std::string_view::npos)
        return fail(Errc::bad_message, "a fragment (#) makes no sense here");
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    if (rest.substr(0, end).find('@') != std::string_view::npos)
        return fail(Errc::bad_message, "user information (@) is not taken in a URL");
    const auto authority = parse_authority(rest.substr(0, end));
    if (!authority) return authority.error();
    if (authority->host.empty()) return fail(Errc::bad_message, "the host is missing");
    if (authority->port == std::uint16_t{0}) return fail(Errc::bad_message, "port 0 cannot be dialled");
    const std::string_view path = rest.substr(end);
    Url url{authority->host, authority->port.value_or(https_port), std::string(path)};
    if (!path.starts_with('/')) url.path.insert(0, 1, '/');
    return url;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
    const auto authority = parse_authority(text);
    if (!authority) return authority.error();
    if (!authority->port) return fail(Errc::bad_message, "the port is missing (HOST:PORT)");
    return Endpoint{authority->host.empty() ? "127.0.0.1" : authority->host, *authority->port};
}

}  // namespace voip::transport
