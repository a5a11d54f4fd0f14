#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/report.hpp"
#include "config/service_config.hpp"
#include "core/json.hpp"
#include "core/nearest.hpp"

/// How one option is read, written and described. Each rule has
///   void read(const json::Value&, Field&, const Report&) const;   a fault leaves the field as it was
///   json::Value write(const Field&) const;                        what read() would take
///   Words words() const;                                          what the README's table says
namespace voip::config {

/// "an integer", "a string": the type of a value with its article.
[[nodiscard]] std::string a_type(const json::Value& value);

struct Words {
    std::string type, unit, range;
};

struct Flag {
    void read(const json::Value& value, bool& field, const Report& report) const;
    [[nodiscard]] json::Value write(bool field) const { return field; }
    [[nodiscard]] Words words() const { return {"boolean", "", "false, true"}; }
};

struct Integer {
    std::int64_t min, max;
    std::string_view unit = {};
    void read(const json::Value& value, std::int64_t& field, const Report& report) const;
    [[nodiscard]] json::Value write(std::int64_t field) const { return field; }
    [[nodiscard]] Words words() const;
};

/// A time as a number, fractions allowed, kept to the millisecond.
struct Time {
    double min, max;
    bool days = false;  ///< else seconds
    void read(const json::Value& value, Duration& field, const Report& report) const;
    [[nodiscard]] json::Value write(Duration field) const;
    [[nodiscard]] Words words() const;
};

/// `false`, or a time.
struct FalseOrTime {
    Time time;
    void read(const json::Value& value, std::optional<Duration>& field, const Report& report) const;
    [[nodiscard]] json::Value write(const std::optional<Duration>& field) const;
    [[nodiscard]] Words words() const;
};

/// "HH:MM" as minutes after midnight.
struct TimeOfDay {
    void read(const json::Value& value, int& field, const Report& report) const;
    [[nodiscard]] json::Value write(int field) const;
    [[nodiscard]] Words words() const { return {"string", "", "\"00:00\" to \"23:59\""}; }
};

/// Judges a text: what is wrong with it ("is no absolute path"), or nothing.
using Check = std::optional<std::string> (*)(std::string_view text);

struct Text {
    std::size_t max_bytes;
    Check check;
    std::string_view range;  ///< for the table
    bool may_be_empty = true;
    bool secret = false;  ///< its value is never in a message
    void read(const json::Value& value, std::string& field, const Report& report) const;
    [[nodiscard]] json::Value write(const std::string& field) const { return field; }
    [[nodiscard]] Words words() const { return {"string", "", std::string(range)}; }
};

struct Texts {
    Text item;
    std::size_t max_items;
    void read(const json::Value& value, std::vector<std::string>& field, const Report& report) const;
    [[nodiscard]] json::Value write(const std::vector<std::string>& field) const;
    [[nodiscard]] Words words() const;
};

/// A text out of a closed list, kept as text.
struct OneOf {
    std::span<const std::string_view> all;
    void read(const json::Value& value, std::string& field, const Report& report) const;
    [[nodiscard]] json::Value write(const std::string& field) const { return field; }
    [[nodiscard]] Words words() const;
};

/// "HOST:PORT", with brackets around an IPv6 address.
struct Listen {
    void read(const json::Value& value, ListenAddress& field, const Report& report) const;
    [[nodiscard]] json::Value write(const ListenAddress& field) const;
    [[nodiscard]] Words words() const { return {"string", "", "HOST:PORT, port 0 to 65535"}; }
};

/// An object from the name of an area to its level.
struct Areas {
    void read(const json::Value& value, std::vector<AreaLevel>& field, const Report& report) const;
    [[nodiscard]] json::Value write(const std::vector<AreaLevel>& field) const;
    [[nodiscard]] Words words() const;
};

/// "a", "b" or "c" with the words of a vocabulary; the message for a word outside of it.
[[nodiscard]] std::string list_words(std::span<const std::string_view> words);
void refuse_word(const json::Value& value, std::span<const std::string_view> words, const Report& report);

template <class E>
struct Word {
    std::span<const std::pair<std::string_view, E>> table;

    void read(const json::Value& value, E& field, const Report& report) const {
        const std::string* text = value.as_string();
        for (const auto& [word, meaning] : table) {
            if (!text || *text != word) continue;
            field = meaning;
            return;
        }
        refuse_word(value, spellings(), report);
    }
    [[nodiscard]] json::Value write(const E& field) const {
        for (const auto& [word, meaning] : table)
            if (meaning == field) return word;
        return nullptr;
    }
    [[nodiscard]] Words words() const { return {"string", "", list_words(spellings())}; }

 private:
    [[nodiscard]] std::vector<std::string_view> spellings() const {
        std::vector<std::string_view> all;
        for (const auto& [word, meaning] : table) all.push_back(word);
        return all;
    }
};

extern const std::span<const std::pair<std::string_view, Level>> level_words;

}  // namespace voip::config
