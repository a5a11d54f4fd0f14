#include "core/json.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

namespace voip::json {

Value::Value(Array value) : what_(std::move(value)) {}
Value::Value(Object value) : what_(std::move(value)) {}
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

bool operator==(const Value& a, const Value& b) noexcept {
    return a.what_ == b.what_;
}

const Value* Value::find(std::string_view name) const noexcept {
    const Object* object = as_object();
    if (!object) return nullptr;
    const auto found =
        std::find_if(object->begin(), object->end(), [&](const Member& m) { return m.name == name; });
    return found == object->end() ? nullptr : &found->value;
}

Value& Value::set(std::string_view name, Value value) {
    if (!as_object()) what_ = Object{};
    Object& object = *as_object();
    const auto found =
        std::find_if(object.begin(), object.end(), [&](const Member& m) { return m.name == name; });
    if (found == object.end())
        object.push_back(Member{std::string(name), std::move(value)});
    else
        found->value = std::move(value);
    return *this;
}

std::string text_at(const Value& object, std::string_view name) {
    const Value* member = object.find(name);
    const std::string* text = member ? member->as_string() : nullptr;
    return text ? *text : std::string();
}

std::string_view Value::type_name() const noexcept {
    constexpr std::string_view names[] = {"null",   "boolean", "integer", "fraction",
                                          "string", "array",   "object"};
    return names[what_.index()];
}

namespace {

/// The bytes of the UTF-8 character at the front (RFC 3629: shortest form, no surrogates); 0 when there is
/// none.
std::size_t character_bytes(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto goes_on = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0), second = byte(1);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return goes_on(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool overlong = first == 0xe0 && second < 0xa0;
        const bool surrogate = first == 0xed && second > 0x9f;
        return goes_on(1) && goes_on(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool overlong = first == 0xf0 && second < 0x90;
        const bool too_high = first == 0xf4 && second > 0x8f;
        return goes_on(1) && goes_on(2) && goes_on(3) && !overlong && !too_high ? 4 : 0;
    }
    return 0;
}

std::size_t valid_bytes(std::string_view text) noexcept {
    std::size_t valid = 0;
    while (valid < text.size()) {
        // Nearly all of it is ASCII: eight bytes at a time.
        std::uint64_t eight = 0;
        if (text.size() - valid >= sizeof eight) {
            std::memcpy(&eight, text.data() + valid, sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                valid += sizeof eight;
                continue;
            }
        }
        const std::size_t next = character_bytes(text.substr(valid));
        if (next == 0) break;
        valid += next;
    }
    return valid;
}

/// Builds the tree from RapidJSON's events. Returning false stops the parser; `problem` then says why.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
    explicit Builder(std::size_t max_depth) : max_depth_(max_depth) {}

    bool Null() { return add(Value()); }
    bool Bool(bool b) { return add(Value(b)); }
    /// The library's own reading of fractions has undefined behaviour for zeros like 0e111.
    bool RawNumber(const char* s, rapidjson::SizeType n, bool) {
        const std::string_view text(s, n);
        if (text.find_first_of(".eE") == std::string_view::npos) return integer(text);
        double fraction = 0;
        const auto ec = std::from_chars(text.data(), text.data() + text.size(), fraction).ec;
        const bool too_large =
            ec == std::errc::result_out_of_range && !is_tiny(text);  // what is tiny is zero
        if (too_large || !(std::abs(fraction) < 9223372036854775808.0))
            return refuse("number beyond 64 bits");
        return add(Value(fraction));
    }
    bool String(const char* s, rapidjson::SizeType n, bool) {
        return judge({s, n}) && add(Value(std::string_view(s, n)));
    }
    bool Key(const char* s, rapidjson::SizeType n, bool) {
        if (!judge({s, n})) return false;
        open_.back().names.emplace_back(s, n);
        return true;
    }
    bool StartObject() { return begin(true); }
    bool EndObject(rapidjson::SizeType) { return end_object(); }
    bool StartArray() { return begin(false); }
    bool EndArray(rapidjson::SizeType) {
        Value done(std::move(open_.back().values));
        open_.pop_back();
        return add(std::move(done));
    }

    std::string problem;
    Value root;

 private:
    struct Open {
        bool object;
        std::vector<std::string> names;
        Array values;
    };

    /// Tells the two reasons apart why a fraction has no double (the library has refused thousands of digits
    /// before).
    static bool is_tiny(std::string_view text) noexcept {
        if (text.find_first_of("eE") != std::string_view::npos)
            return text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
        return text.starts_with("0.") || text.starts_with("-0.");
    }
    bool integer(std::string_view text) {
        std::int64_t value = 0;
        const auto ec = std::from_chars(text.data(), text.data() + text.size(), value).ec;
        return ec == std::errc{} ? add(Value(value)) : refuse("number beyond 64 bits");
    }
    bool refuse(std::string why) {
        problem = std::move(why);
        return false;
    }
    /// The library checks the bytes, but lets an escaped half of a surrogate pair pass.
    bool judge(std::string_view text) {
        return valid_bytes(text) == text.size() || refuse("escape of half a surrogate pair");
    }
    bool begin(bool object) {
        if (open_.size() >= max_depth_)
            return refuse("nested deeper than " + std::to_string(max_depth_) + " levels");
        open_.push_back(Open{object, {}, {}});
        return true;
    }
    bool add(Value value) {
        if (open_.empty())
            root = std::move(value);
        else
            open_.back().values.push_back(std::move(value));
        return true;
    }
    bool end_object() {
        Open& open = open_.back();
        std::vector<std::string_view> sorted(open.names.begin(), open.names.end());
        std::sort(sorted.begin(), sorted.end());
        const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
        if (twice != sorted.end()) return refuse("member \"" + std::string(*twice) + "\" appears twice");
        Object members;
        members.reserve(open.names.size());
        for (std::size_t i = 0; i < open.names.size(); ++i)
            members.push_back(Member{std::move(open.names[i]), std::move(open.values[i])});
        open_.pop_back();
        return add(Value(std::move(members)));
    }

    std::size_t max_depth_;
    std::vector<Open> open_;
};

std::string place(std::string_view text, std::size_t offset, bool lines) {
    offset = std::min(offset, text.size());
    if (!lines) return "byte " + std::to_string(offset);
    const std::string_view before = text.substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto last_break = before.rfind('\n');
    const auto column = 1 + before.size() - (last_break == std::string_view::npos ? 0 : last_break + 1);
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

/// Words of the system or of a file's name need not be UTF-8; a peer would cut the connection for them.
std::string with_replacements(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t valid = valid_bytes(text);
        out.append(text.substr(0, valid));
        text.remove_prefix(valid);
        if (text.empty()) break;
        out.append("\xef\xbf\xbd");
        text.remove_prefix(1);
    }
    return out;
}

/// Calls `write(data, size)` with the text, or with its repaired copy.
template <class Write>
void put_text(std::string_view text, const Write& write) {
    if (valid_bytes(text) == text.size()) {
        write(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    } else {
        const std::string repaired = with_replacements(text);
        write(repaired.data(), static_cast<rapidjson::SizeType>(repaired.size()));
    }
}

template <class Writer>
void put(Writer& writer, const Value& value) {
    if (const bool* b = value.as_bool()) {
        writer.Bool(*b);
    } else if (const std::int64_t* i = value.as_integer()) {
        writer.Int64(*i);
    } else if (const double* d = value.as_fraction()) {
        if (std::isfinite(*d))
            writer.Double(*d);
        else
            writer.Null();  // JSON has no infinity
    } else if (const std::string* s = value.as_string()) {
        put_text(*s, [&](const char* data, rapidjson::SizeType size) { writer.String(data, size); });
    } else if (const Array* array = value.as_array()) {
        writer.StartArray();
        for (const Value& item : *array) put(writer, item);
        writer.EndArray();
    } else if (const Object* object = value.as_object()) {
        writer.StartObject();
        for (const Member& member : *object) {
            put_text(member.name,
                     [&](const char* data, rapidjson::SizeType size) { writer.Key(data, size); });
            put(writer, member.value);
        }
        writer.EndObject();
    } else {
        writer.Null();
    }
}

}  // namespace

Result<Value> parse(std::string_view text, const ParseLimits& limits) {
    if (text.size() > limits.max_bytes)
        return fail(Errc::too_large,
                    std::to_string(text.size()) + " bytes, at most " + std::to_string(limits.max_bytes));
    // The library takes a NUL for the end of the text and would not look at what follows it.
    const auto nul = text.find('\0');
    if (nul != std::string_view::npos)
        return fail(Errc::bad_message, place(text, nul, limits.comments) + ": NUL byte");
    constexpr unsigned base = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
    constexpr unsigned with_comments = base | rapidjson::kParseCommentsFlag;
    rapidjson::MemoryStream memory(text.data(), text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
    Builder builder(limits.max_depth);
    rapidjson::Reader reader;
    const auto outcome =
        limits.comments ? reader.Parse<with_comments>(stream, builder) : reader.Parse<base>(stream, builder);
    if (outcome.IsError()) {
        std::string why =
            builder.problem.empty() ? rapidjson::GetParseError_En(outcome.Code()) : builder.problem;
        return fail(Errc::bad_message, place(text, outcome.Offset(), limits.comments) + ": " + why);
    }
    return std::move(builder.root);
}

std::string write(const Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    put(writer, value);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string write_pretty(const Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', 2);
    put(writer, value);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace voip::json
