#include "protocol/transport/http.hpp"

#include <algorithm>

namespace voip::transport {
namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view find(const std::vector<Header>& headers, std::string_view name) noexcept {
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [&](const Header& h) { return same_name(h.name, name); });
    return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const noexcept {
    return find(headers, name);
}

std::string_view HttpRequest::path() const noexcept {
    return std::string_view(target).substr(0, target.find('?'));
}

std::string_view HttpRequest::query() const noexcept {
    const std::size_t mark = target.find('?');
    return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::string_view HttpResponse::header(std::string_view name) const noexcept {
    return find(headers, name);
}

}  // namespace voip::transport
