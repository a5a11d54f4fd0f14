#include "config/rules.hpp"

#include <algorithm>
#include <cmath>

#include "config/checks.hpp"

namespace voip::config {
namespace {

constexpr std::pair<std::string_view, Level> level_table[] = {{"err", Level::err},
                                                              {"warning", Level::warning},
                                                              {"notice", Level::notice},
                                                              {"info", Level::info},
                                                              {"debug", Level::debug}};
constexpr std::size_t max_areas = 64;

std::string wrong_type(std::string_view right, const json::Value& value) {
    return "must be " + std::string(right) + ", not " + a_type(value);
}

std::optional<double> as_number(const json::Value& value) {
    if (const std::int64_t* integer = value.as_integer()) return static_cast<double>(*integer);
    if (const double* fraction = value.as_fraction()) return *fraction;
    return std::nullopt;
}

std::string from_to(const std::string& min, const std::string& max) {
    return min + " to " + max;
}

std::string with_unit(std::string text, std::string_view unit) {
    if (!unit.empty()) text.append(" ").append(unit);
    return text;
}

constexpr double millis_of(const Time& time) {
    return time.days ? 86400.0 * 1000.0 : 1000.0;
}

bool two_digits(std::string_view text, int limit, int& out) {
    if (text.size() != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return false;
    out = (text[0] - '0') * 10 + (text[1] - '0');
    return out < limit;
}

}  // namespace

std::string a_type(const json::Value& value) {
    const std::string_view name = value.type_name();
    if (name == "null") return "null";
    const bool vowel = name.front() == 'a' || name.front() == 'i' || name.front() == 'o';
    return (vowel ? "an " : "a ") + std::string(name);
}

const std::span<const std::pair<std::string_view, Level>> level_words = level_table;

void Flag::read(const json::Value& value, bool& field, const Report& report) const {
    const bool* flag = value.as_bool();
    if (!flag) return report.fault(wrong_type("true or false", value));
    field = *flag;
}

void Integer::read(const json::Value& value, std::int64_t& field, const Report& report) const {
    const std::int64_t* integer = value.as_integer();
    if (!integer) return report.fault(wrong_type("a whole number", value));
    if (*integer < min || *integer > max)
        return report.fault(with_unit(std::to_string(*integer) + " is not from " + words().range, unit));
    field = *integer;
}

Words Integer::words() const {
    return {"integer", std::string(unit), from_to(std::to_string(min), std::to_string(max))};
}

void Time::read(const json::Value& value, Duration& field, const Report& report) const {
    const Words own = words();
    const auto given = as_number(value);
    if (!given) return report.fault(wrong_type(days ? "a number of days" : "a number of seconds", value));
    if (!(*given >= min && *given <= max))
        return report.fault(with_unit(number(*given) + " is not from " + own.range, own.unit));
    field = std::chrono::milliseconds(std::llround(*given * millis_of(*this)));
}

json::Value Time::write(Duration field) const {
    const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(field).count();
    const double value = static_cast<double>(count) / millis_of(*this);
    if (value == std::floor(value)) return static_cast<std::int64_t>(value);
    return value;
}

Words Time::words() const {
    return {"number", days ? "d" : "s", from_to(number(min), number(max))};
}

void FalseOrTime::read(const json::Value& value, std::optional<Duration>& field, const Report& report) const {
    if (const bool* flag = value.as_bool()) {
        if (*flag) return report.fault("must be false or a number of seconds, not true");
        field.reset();
        return;
    }
    if (!as_number(value)) return report.fault(wrong_type("false or a number of seconds", value));
    Duration length{-1};
    time.read(value, length, report);
    if (length >= Duration::zero()) field = length;
}

json::Value FalseOrTime::write(const std::optional<Duration>& field) const {
    if (!field) return false;
    return time.write(*field);
}

Words FalseOrTime::words() const {
    return {"false or number", "s", "false, " + time.words().range};
}

void TimeOfDay::read(const json::Value& value, int& field, const Report& report) const {
    const std::string* text = value.as_string();
    if (!text) return report.fault(wrong_type("a time of day like \"22:30\"", value));
    int hour = 0;
    int minute = 0;
    const std::string_view view = *text;
    if (view.size() != 5 || view[2] != ':' || !two_digits(view.substr(0, 2), 24, hour) ||
        !two_digits(view.substr(3), 60, minute))
        return report.fault(quote(view) + " is no time of day from \"00:00\" to \"23:59\"");
    field = hour * 60 + minute;
}

json::Value TimeOfDay::write(int field) const {
    const auto two = [](int n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
    return two(field / 60) + ":" + two(field % 60);
}

void Text::read(const json::Value& value, std::string& field, const Report& report) const {
    const std::string* text = value.as_string();
    if (!text && value.as_integer() && !secret)
        return report.fault(wrong_type("a string", value) + ": write \"" + json::write(value) + "\"");
    if (!text) return report.fault(wrong_type("a string", value));
    if (text->empty() && may_be_empty) {
        field.clear();
        return;
    }
    const std::string shown = secret ? "the value" : quote(*text);
    if (text->empty()) return report.fault("must not be empty");
    if (text->size() > max_bytes)
        return report.fault(shown + " is longer than " + std::to_string(max_bytes) + " bytes");
    if (const auto wrong = check(*text)) return report.fault(shown + " " + *wrong);
    field = *text;
}

void Texts::read(const json::Value& value, std::vector<std::string>& field, const Report& report) const {
    const json::Array* array = value.as_array();
    if (!array) return report.fault(wrong_type("a list of strings", value));
    if (array->size() > max_items)
        return report.fault(std::to_string(array->size()) + " entries, at most " + std::to_string(max_items));
    field.assign(array->size(), {});
    for (std::size_t i = 0; i < array->size(); ++i) item.read((*array)[i], field[i], report.item(i));
}

json::Value Texts::write(const std::vector<std::string>& field) const {
    json::Array array;
    for (const std::string& text : field) array.emplace_back(text);
    return array;
}

Words Texts::words() const {
    return {"list of strings", "", "at most " + std::to_string(max_items) + ": " + std::string(item.range)};
}

void OneOf::read(const json::Value& value, std::string& field, const Report& report) const {
    const std::string* text = value.as_string();
    if (!text || std::ranges::find(all, *text) == all.end()) return refuse_word(value, all, report);
    field = *text;
}

Words OneOf::words() const {
    return {"string", "", list_words(all)};
}

void Listen::read(const json::Value& value, ListenAddress& field, const Report& report) const {
    const std::string* text = value.as_string();
    if (!text) return report.fault(wrong_type("a string", value));
    ListenAddress address;
    if (const auto wrong = parse_host_port(*text, true, address))
        return report.fault(quote(*text) + " " + *wrong);
    field = address;
}

json::Value Listen::write(const ListenAddress& field) const {
    const bool ipv6 = field.host.find(':') != std::string::npos;
    return (ipv6 ? "[" + field.host + "]" : field.host) + ":" + std::to_string(field.port);
}

void Areas::read(const json::Value& value, std::vector<AreaLevel>& field, const Report& report) const {
    const json::Object* object = value.as_object();
    if (!object) return report.fault(wrong_type("an object from area to level", value));
    if (object->size() > max_areas)
        return report.fault(std::to_string(object->size()) + " areas, at most " + std::to_string(max_areas));
    field.clear();
    for (const json::Member& member : *object) {
        const Report below = report.member(member.name);
        if (const auto wrong = check_word(member.name)) below.fault(quote(member.name) + " " + *wrong);
        AreaLevel entry{member.name, {}};
        Word<Level>{level_words}.read(member.value, entry.level, below);
        field.push_back(std::move(entry));
    }
}

json::Value Areas::write(const std::vector<AreaLevel>& field) const {
    json::Value object = json::Object{};
    for (const AreaLevel& entry : field) object.set(entry.area, to_string(entry.level));
    return object;
}

Words Areas::words() const {
    return {"object", "", "area to level, at most " + std::to_string(max_areas) + " areas"};
}

std::string list_words(std::span<const std::string_view> words) {
    std::string text;
    for (const std::string_view word : words)
        text.append(text.empty() ? "\"" : ", \"").append(word).append("\"");
    return text;
}

void refuse_word(const json::Value& value, std::span<const std::string_view> words, const Report& report) {
    const std::string* text = value.as_string();
    if (!text) return report.fault(wrong_type("one of " + list_words(words), value));
    std::string message = quote(*text) + " is none of " + list_words(words);
    if (const auto near = nearest(*text, words)) message += "; did you mean \"" + std::string(*near) + "\"?";
    report.fault(std::move(message));
}

}  // namespace voip::config
