#include "daemon/ctl/redact.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace voip::ctl {
namespace {

constexpr std::string_view removed = "[removed]";
constexpr std::size_t longest_word = 31;  // SNs, openIds and room ids are shorter than made tokens

constexpr std::array<std::string_view, 13> telling_names{
    "token",  "secret",     "ticket",    "password",   "passwd",      "passphrase", "authorization",
    "cookie", "credential", "signature", "privatekey", "customquery", "enrolcode"};

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

bool tells(std::string_view name) {
    const std::string low = lower(name);
    if (low == "key" || low.ends_with("_key") || low.ends_with("-key")) return true;
    return std::any_of(telling_names.begin(), telling_names.end(),
                       [&](std::string_view word) { return low.find(word) != std::string::npos; });
}

void remove_private_keys(std::string& text) {
    constexpr std::string_view begin = "-----BEGIN ", end = "PRIVATE KEY-----";
    for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
        const std::size_t line = text.find('\n', at);
        const std::size_t head = text.find(end, at);
        if (head == std::string::npos || head > line) continue;  // a certificate is public
        std::size_t tail = text.find(end, head + end.size());
        tail = tail == std::string::npos ? text.size() : tail + end.size();
        text.replace(at, tail - at, removed);
    }
}

/// The end of a quoted string that begins at `at` (behind its quote); npos: it does not end on its line.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (; at < text.size() && text[at] != '\n'; ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return at;
    }
    return std::string_view::npos;
}

/// `"name": "value"` and `name="value"`, also with the quotes escaped once (JSON inside of a log line).
void remove_named_strings(std::string& text) {
    std::size_t at = 0;
    while ((at = text.find_first_of("=:", at)) != std::string::npos) {
        std::size_t name_end = at;
        while (name_end > 0 &&
               (text[name_end - 1] == ' ' || text[name_end - 1] == '"' || text[name_end - 1] == '\\'))
            --name_end;
        std::size_t name = name_end;
        while (name > 0 && is_word(text[name - 1])) --name;
        std::size_t value = at + 1;
        while (value < text.size() && text[value] == ' ') ++value;
        ++at;
        const std::string_view called = std::string_view(text).substr(name, name_end - name);
        if (called.empty() || !tells(called)) continue;
        const bool whole_line = lower(called) == "authorization" || lower(called).ends_with("cookie");
        std::size_t end = value;
        if (text.compare(value, 2, "\\\"") == 0) {
            value += 2;
            end = text.find("\\\"", value);
        } else if (value < text.size() && text[value] == '"') {
            end = end_of_string(text, ++value);
        } else if (whole_line) {  // a header: the scheme comes first
            end = std::string::npos;
        } else {
            while (end < text.size() && std::isgraph(static_cast<unsigned char>(text[end])) != 0 &&
                   text[end] != ',' && text[end] != '}' && text[end] != '&' && text[end] != '"')
                ++end;
            const auto number = std::string_view(text).substr(value, end - value);
            if (number.find_first_not_of("0123456789.-") == std::string_view::npos)
                continue;  // expiries, ages
            if (number == "true" || number == "false" || number == "null" || number.front() == '{' ||
                number.front() == '[')
                continue;
        }
        if (end == std::string::npos) end = std::min(text.find('\n', value), text.size());
        if (end <= value) continue;
        text.replace(value, end - value, removed);
        at = value + removed.size();
    }
}

void remove_behind(std::string& text, std::string_view mark) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
        at += mark.size();
        std::size_t end = at;
        while (end < text.size() && (is_word(text[end]) || text[end] == '.' || text[end] == '=' ||
                                     text[end] == '+' || text[end] == '/' || text[end] == '~'))
            ++end;
        if (end > at) text.replace(at, end - at, removed);
    }
}

void remove_userinfo(std::string& text) {
    constexpr std::string_view mark = "://";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
        at += mark.size();
        const std::size_t host_end = text.find_first_of("/ \"\n", at);
        const std::size_t sign = text.find('@', at);
        if (sign != std::string::npos && sign < host_end) text.replace(at, sign - at, removed);
    }
}

void remove_machine_made(std::string& text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = at;
        bool digit = false, upper = false, small = false;
        while (end < text.size() && is_word(text[end])) {
            const auto c = static_cast<unsigned char>(text[end++]);
            digit = digit || std::isdigit(c) != 0;
            upper = upper || std::isupper(c) != 0;
            small = small || std::islower(c) != 0;
        }
        const int kinds = (digit ? 1 : 0) + (upper ? 1 : 0) + (small ? 1 : 0);
        if (end - at > longest_word && kinds > 1) {
            text.replace(at, end - at, removed);
            end = at + removed.size();
        }
        at = std::max(end, at + 1);
    }
}

}  // namespace

std::string redact(std::string_view text) {
    std::string out(text);
    remove_private_keys(out);
    remove_behind(out, "Bearer ");
    remove_userinfo(out);
    remove_named_strings(out);
    remove_machine_made(out);
    return out;
}

}  // namespace voip::ctl
