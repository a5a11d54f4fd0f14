#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.hpp"

namespace voip::json {

class Value;
using Array = std::vector<Value>;
struct Member;
using Object = std::vector<Member>;  // keeps the order of the text; names are unique

/// A JSON value as a plain tree. The only header through which the house sees JSON; RapidJSON stays in
/// json.cpp. Integers and fractions are told apart: 1 is an integer, 1.0 and 1e3 are not.
class Value {
 public:
    Value();  ///< null
    Value(std::nullptr_t);
    Value(bool value);
    Value(int value);
    Value(unsigned value);
    Value(std::int64_t value);
    Value(double value);
    Value(const char* value);
    Value(std::string_view value);
    Value(std::string value);
    Value(Array value);
    Value(Object value);
    Value(const Value&);
    Value(Value&&) noexcept;
    Value& operator=(const Value&);
    Value& operator=(Value&&) noexcept;
    ~Value();

    [[nodiscard]] bool is_null() const noexcept { return what_.index() == 0; }
    [[nodiscard]] const bool* as_bool() const noexcept { return std::get_if<bool>(&what_); }
    [[nodiscard]] const std::int64_t* as_integer() const noexcept {
        return std::get_if<std::int64_t>(&what_);
    }
    [[nodiscard]] const double* as_fraction() const noexcept { return std::get_if<double>(&what_); }
    [[nodiscard]] const std::string* as_string() const noexcept { return std::get_if<std::string>(&what_); }
    [[nodiscard]] const Array* as_array() const noexcept { return std::get_if<Array>(&what_); }
    [[nodiscard]] const Object* as_object() const noexcept { return std::get_if<Object>(&what_); }
    [[nodiscard]] Object* as_object() noexcept { return std::get_if<Object>(&what_); }

    /// The member of an object, or null when this is no object or has no such member.
    [[nodiscard]] const Value* find(std::string_view name) const noexcept;
    /// Adds or replaces a member; a value that is no object becomes one first. Returns *this to chain.
    Value& set(std::string_view name, Value value);
    /// "null", "boolean", "integer", "fraction", "string", "array" or "object": for messages to people.
    [[nodiscard]] std::string_view type_name() const noexcept;

    friend bool operator==(const Value&, const Value&) noexcept;

 private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> what_;
};

struct Member {
    std::string name;
    Value value;
    friend bool operator==(const Member&, const Member&) noexcept = default;
};

// Here and not in the class: a constructor needs the members of what it may have to destroy (clang insists).
inline Value::Value() = default;
inline Value::Value(std::nullptr_t) {}
inline Value::Value(bool value) : what_(value) {}
inline Value::Value(int value) : what_(static_cast<std::int64_t>(value)) {}
inline Value::Value(unsigned value) : what_(static_cast<std::int64_t>(value)) {}
inline Value::Value(std::int64_t value) : what_(value) {}
inline Value::Value(double value) : what_(value) {}
inline Value::Value(const char* value) : what_(std::string(value)) {}
inline Value::Value(std::string_view value) : what_(std::string(value)) {}
inline Value::Value(std::string value) : what_(std::move(value)) {}

/// The text of that member; empty when there is no such member or it is no text.
[[nodiscard]] std::string text_at(const Value& object, std::string_view name);

struct ParseLimits {
    std::size_t max_bytes = 64 * 1024;
    std::size_t max_depth = 16;  ///< containers inside one another
    bool comments = false;       ///< C and C++ comments, for configuration files
};

/// Any bytes are safe: iterative, bounded, UTF-8 checked, no duplicate names, nothing after the value,
/// no number beyond 64 bits.
/// @errors bad_message ("byte 17: ..."; lines for configuration: "line 3, column 7: ..."), too_large
[[nodiscard]] Result<Value> parse(std::string_view text, const ParseLimits& limits = {});

/// Compact, on one line (control characters are escaped, so no line break is in it), always valid UTF-8:
/// other bytes become U+FFFD. A fraction that is not finite becomes null.
[[nodiscard]] std::string write(const Value& value);
/// Indented by two, for people and for files.
[[nodiscard]] std::string write_pretty(const Value& value);

}  // namespace voip::json
