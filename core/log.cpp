#include "core/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "core/journal.hpp"

namespace voip {
namespace {

constexpr std::array<std::pair<std::string_view, Level>, 5> names{{{"err", Level::err},
                                                                   {"warning", Level::warning},
                                                                   {"notice", Level::notice},
                                                                   {"info", Level::info},
                                                                   {"debug", Level::debug}}};

void append_escaped(std::string& out, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
    } else if (byte < 0x20 || byte == 0x7f) {  // a line break in a value would forge a line
        out += "\\x";
        out += hex[byte >> 4U];
        out += hex[byte & 0xfU];
    } else {
        out += c;
    }
}

}  // namespace

std::string_view to_string(Level level) noexcept {
    for (const auto& [name, value] : names)
        if (value == level) return name;
    return "?";
}

bool from_string(std::string_view text, Level& level) noexcept {
    for (const auto& [name, value] : names) {
        if (name != text) continue;
        level = value;
        return true;
    }
    return false;
}

LogField kv(std::string_view key, std::string_view value) {
    std::string quoted = "\"";
    for (const char c : value) append_escaped(quoted, c);
    quoted += '"';
    return {key, std::move(quoted)};
}

LogHub::LogHub(Sink sink, Level level) : sink_(std::move(sink)), standard_(level) {}

bool LogHub::set_levels(std::string_view levels) {
    if (levels.empty()) return false;
    Level standard = standard_;
    std::vector<std::pair<std::string, Level>> areas;
    while (!levels.empty()) {
        const std::string_view part = levels.substr(0, levels.find(','));
        levels.remove_prefix(std::min(levels.size(), part.size() + 1));
        const auto colon = part.find(':');
        const std::string_view area = colon == std::string_view::npos ? "*" : part.substr(0, colon);
        Level level{};
        if (area.empty() ||
            !from_string(colon == std::string_view::npos ? part : part.substr(colon + 1), level))
            return false;
        if (area == "*")
            standard = level;
        else
            areas.emplace_back(area, level);
    }
    standard_ = standard;
    areas_ = std::move(areas);
    return true;
}

std::string LogHub::levels() const {
    std::string text;
    for (const auto& [area, level] : areas_)
        text.append(area).append(":").append(to_string(level)).append(",");
    return text.append("*:").append(to_string(standard_));
}

bool LogHub::passes(std::string_view area, Level level) const noexcept {
    for (const auto& [name, limit] : areas_)
        if (name == area) return level <= limit;
    return level <= standard_;
}

LogHub::Sink stderr_sink() {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    LogHub::Sink plain = [terminal](Level level, std::string_view line) {
        std::string out;
        if (terminal)
            out.append(to_string(level)).append(" ");
        else
            out.append("<").append(std::to_string(static_cast<int>(level))).append(">");
        out.append(line).append("\n");
        // One write per line keeps lines whole; a full or closed stderr must not stop a call.
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, out.data(), out.size());
    };
    const char* stream = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe): before any thread
    if (stream == nullptr || !is_journal_stream(stream, STDERR_FILENO)) return plain;
    return journal_sink(program_invocation_short_name, std::move(plain));
}

Log Log::of(std::string_view object) const {
    Log copy = *this;
    copy.object_ = object;
    return copy;
}

std::string Log::begin(std::string_view event) const {
    std::string line = area_;
    if (!object_.empty()) {
        line += '[';
        for (const char c : object_) append_escaped(line, c);
        line += ']';
    }
    return line.append(": ").append(event);
}

}  // namespace voip
