#include "daemon/media/program/ice_servers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace voip::media {
namespace {

constexpr unsigned standard_port = 3478;

struct Address {
    std::string host;  // an IPv6 address in brackets
    unsigned port = standard_port;
};

bool is_host_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_';
}

bool is_ipv6_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

std::optional<unsigned> read_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535)
        return std::nullopt;
    return port;
}

std::optional<Address> read_address(std::string_view text) {
    Address address;
    std::size_t end = 0;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos || close < 3) return std::nullopt;
        const auto inside = text.substr(1, close - 1);
        if (!std::all_of(inside.begin(), inside.end(), is_ipv6_character)) return std::nullopt;
        end = close + 1;
    } else {
        end = std::min(text.find(':'), text.size());
        const auto name = text.substr(0, end);
        if (name.empty() || !std::all_of(name.begin(), name.end(), is_host_character)) return std::nullopt;
    }
    address.host = text.substr(0, end);
    if (end == text.size()) return address;
    const auto port = text[end] == ':' ? read_port(text.substr(end + 1)) : std::nullopt;
    if (!port) return std::nullopt;
    address.port = *port;
    return address;
}

bool is_unreserved(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::string percent_encoded(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

/// "udp" or "tcp" of "?transport=..."; udp where nothing is said. Nothing: another one.
std::optional<std::string_view> read_transport(std::string_view query) {
    if (query.empty() || query == "transport=udp") return "udp";
    if (query == "transport=tcp") return "tcp";
    return std::nullopt;
}

void plan_turn(const IceServer& server, const Address& address, std::string_view query, IcePlan& plan) {
    const auto transport = read_transport(query);
    if (!transport) return plan.skipped.push_back("turn: unknown transport");
    if (server.username.empty() || server.credential.empty())
        return plan.skipped.push_back("turn: without user name or credential");
    if (plan.turn.size() >= max_turn) return plan.skipped.push_back("turn: more than 4");
    std::string url = "turn://" + percent_encoded(server.username) + ':' + percent_encoded(server.credential);
    url.append("@").append(address.host).append(":").append(std::to_string(address.port));
    plan.turn.push_back(url.append("?transport=").append(*transport));
}

void plan_url(const IceServer& server, std::string_view url, IcePlan& plan) {
    const auto colon = url.find(':');
    const auto scheme = url.substr(0, std::min(colon, url.size()));
    if (scheme == "turns" || scheme == "stuns")
        return plan.skipped.push_back(std::string(scheme) + ": TLS to the server is not supported");
    if (colon == std::string_view::npos || (scheme != "turn" && scheme != "stun"))
        return plan.skipped.push_back("not a stun: or turn: address");
    const auto rest = url.substr(colon + 1);
    const auto mark = std::min(rest.find('?'), rest.size());
    const auto address = read_address(rest.substr(0, mark));
    if (!address) return plan.skipped.push_back(std::string(scheme) + ": unreadable host or port");
    const auto query = mark < rest.size() ? rest.substr(mark + 1) : std::string_view();
    if (scheme == "turn") return plan_turn(server, *address, query, plan);
    if (plan.stun.empty()) plan.stun = "stun://" + address->host + ':' + std::to_string(address->port);
}

}  // namespace

IcePlan plan_ice(const std::vector<IceServer>& servers) {
    IcePlan plan;
    for (const IceServer& server : servers)
        for (const std::string& url : server.urls) plan_url(server, url, plan);
    return plan;
}

}  // namespace voip::media
