#pragma once
#include <charconv>
#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace voip {

/// syslog's numbers, which journald reads from the "<N>" prefix.
enum class Level { err = 3, warning = 4, notice = 5, info = 6, debug = 7 };
[[nodiscard]] std::string_view to_string(Level level) noexcept;
/// False and untouched when the text is no level's name.
[[nodiscard]] bool from_string(std::string_view text, Level& level) noexcept;

/// One field of a log line. Numbers are written as they are, text in quotes with control characters escaped.
struct LogField {
    std::string_view key;
    std::string value;
};
[[nodiscard]] LogField kv(std::string_view key, std::string_view value);
[[nodiscard]] inline LogField kv(std::string_view key, const char* value) {
    return kv(key, std::string_view(value));
}
[[nodiscard]] inline LogField kv(std::string_view key, bool value) {
    return {key, value ? "true" : "false"};
}
template <std::integral T>
[[nodiscard]] LogField kv(std::string_view key, T value) {
    return {key, std::to_string(value)};
}

/// Where lines go and which levels pass: `levels` is "notice", or per area "call:debug,*:info".
class LogHub {
 public:
    using Sink = std::function<void(Level, std::string_view line)>;
    explicit LogHub(Sink sink, Level level = Level::info);

    /// False (and nothing changed) when the text is not understood.
    [[nodiscard]] bool set_levels(std::string_view levels);
    [[nodiscard]] std::string levels() const;
    [[nodiscard]] bool passes(std::string_view area, Level level) const noexcept;
    void write(Level level, std::string_view line) const { sink_(level, line); }

 private:
    Sink sink_;
    Level standard_;
    std::vector<std::pair<std::string, Level>> areas_;
};

/// stderr with journald's "<N>" prefix; on a terminal with the level's name instead; where stderr is a stream
/// of the journal, the journal itself, with fields (core/journal.hpp). Never throws, never blocks long.
[[nodiscard]] LogHub::Sink stderr_sink();

/// What a component is given. One event per line, constant text, fields for what varies; never a secret.
/// The hub must outlive it; a default-made Log is silent.
class Log {
 public:
    Log() = default;
    Log(const LogHub& hub, std::string_view area) : hub_(&hub), area_(area) {}
    /// The same area with an object's name: call[7].
    [[nodiscard]] Log of(std::string_view object) const;

    template <class... Fields>
    void err(std::string_view event, const Fields&... fields) const {
        put(Level::err, event, fields...);
    }
    template <class... Fields>
    void warning(std::string_view event, const Fields&... fields) const {
        put(Level::warning, event, fields...);
    }
    template <class... Fields>
    void notice(std::string_view event, const Fields&... fields) const {
        put(Level::notice, event, fields...);
    }
    template <class... Fields>
    void info(std::string_view event, const Fields&... fields) const {
        put(Level::info, event, fields...);
    }
    template <class... Fields>
    void debug(std::string_view event, const Fields&... fields) const {
        put(Level::debug, event, fields...);
    }

    [[nodiscard]] bool passes(Level level) const noexcept { return hub_ && hub_->passes(area_, level); }

 private:
    template <class... Fields>
    void put(Level level, std::string_view event, const Fields&... fields) const {
        if (!passes(level)) return;
        std::string line = begin(event);
        ((line += ' ', line += fields.key, line += '=', line += fields.value), ...);
        hub_->write(level, line);
    }
    [[nodiscard]] std::string begin(std::string_view event) const;

    const LogHub* hub_ = nullptr;
    std::string area_;
    std::string object_;
};

}  // namespace voip
