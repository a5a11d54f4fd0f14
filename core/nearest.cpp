#include "core/nearest.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace voip {
namespace {

constexpr std::size_t max_bytes = 64;

std::string plain(std::string_view word) {
    std::string out;
    for (const char c : word) {
        if (c == '-' || c == '_') continue;
        out += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

/// Letters to add, drop, change or exchange with their neighbour (optimal string alignment, three rows).
std::size_t slips(std::string_view a, std::string_view b) {
    std::array<std::array<std::size_t, max_bytes + 1>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i + 2) % 3];
        const auto& two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.empty() || word.size() > max_bytes) return std::nullopt;
    const std::string wanted = plain(word);
    std::size_t best = word.size() < 5 ? 2 : 3;  // the first number of slips that is too many
    std::optional<std::string_view> found;
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > max_bytes) continue;
        const std::size_t distance = slips(wanted, plain(candidate));
        if (distance >= best) continue;
        best = distance;
        found = candidate;
    }
    return found;
}

}  // namespace voip
