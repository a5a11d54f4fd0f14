#include "service/http/request_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "service/http/reply.hpp"

namespace voip::service {
namespace {

char lower(char c) noexcept {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
    return out;
}

bool equal_fold(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Takes the part before `mark` off the front of `rest`.
std::string_view take_until(std::string_view& rest, char mark) noexcept {
    const std::size_t end = std::min(rest.find(mark), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at] == '+' ? ' ' : text[at];
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[at + 1]), low = hex_digit(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return out;
}

}  // namespace

bool is_json(const transport::HttpRequest& request) noexcept {
    std::string_view type = request.header("Content-Type");
    return equal_fold(trimmed(take_until(type, ';')), "application/json");
}

std::string host_name(const transport::HttpRequest& request) {
    std::string_view host = trimmed(request.header("Host"));
    if (!host.empty() && host.front() == '[') {
        const std::size_t end = host.find(']');
        return end == std::string_view::npos ? std::string() : lower(host.substr(1, end - 1));
    }
    return lower(host.substr(0, host.find(':')));
}

bool is_own_name(std::string_view host, const std::vector<std::string>& names) {
    if (host.empty()) return false;
    const std::size_t dot = host.find('.');
    const std::string_view parent = dot == std::string_view::npos ? std::string_view() : host.substr(dot);
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        if (name.starts_with("*.")) return dot != 0 && !parent.empty() && equal_fold(name.substr(1), parent);
        return equal_fold(name, host);
    });
}

std::optional<std::string> find_cookie(std::string_view header, std::string_view name) {
    std::optional<std::string> found;
    while (!header.empty()) {
        std::string_view value = trimmed(take_until(header, ';'));
        if (trimmed(take_until(value, '=')) != name) continue;
        if (found) return std::nullopt;
        found = std::string(trimmed(value));
    }
    return found;
}

FoundToken find_token(const transport::HttpRequest& request) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view authorization = request.header("Authorization");
    if (authorization.size() > scheme.size() && equal_fold(authorization.substr(0, scheme.size()), scheme))
        return {TokenSource::bearer, std::string(trimmed(authorization.substr(scheme.size())))};
    if (!authorization.empty()) return {};
    auto cookie = find_cookie(request.header("Cookie"), session_cookie_name);
    if (!cookie || cookie->empty()) return {};
    return {TokenSource::cookie, std::move(*cookie)};
}

bool is_own_origin(const transport::HttpRequest& request) {
    const std::string_view origin = request.header("Origin");
    if (origin.empty()) return true;
    return equal_fold(origin, "https://" + std::string(trimmed(request.header("Host"))));
}

std::optional<QueryParameters> parse_query(std::string_view query) {
    QueryParameters parameters;
    while (!query.empty()) {
        std::string_view value = take_until(query, '&');
        if (value.empty()) continue;
        auto name = percent_decoded(take_until(value, '='));
        auto decoded = percent_decoded(value);
        if (!name || !decoded || find_parameter(parameters, *name)) return std::nullopt;
        parameters.emplace_back(std::move(*name), std::move(*decoded));
    }
    return parameters;
}

const std::string* find_parameter(const QueryParameters& parameters, std::string_view name) {
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const auto& parameter) { return parameter.first == name; });
    return found == parameters.end() ? nullptr : &found->second;
}

bool carries_secret(std::string_view query) {
    constexpr std::array<std::string_view, 7> words{"token", "secret", "ticket",      "password",
                                                    "auth",  "cookie", "voip_session"};
    const auto parameters = parse_query(query);
    if (!parameters) return true;
    return std::any_of(parameters->begin(), parameters->end(), [&](const auto& parameter) {
        const std::string name = lower(parameter.first);
        return name == "code" || std::any_of(words.begin(), words.end(), [&](std::string_view word) {
                   return name.find(word) != std::string::npos;
               });
    });
}

bool is_loopback(std::string_view address) noexcept {
    if (address.starts_with("::ffff:")) address.remove_prefix(7);
    return address == "::1" || address.starts_with("127.");
}

}  // namespace voip::service
