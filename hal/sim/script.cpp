#include "hal/sim/script.hpp"

#include <algorithm>
#include <cmath>

#include "core/json.hpp"

namespace voip::hal::sim {
namespace {

constexpr double max_seconds = 7 * 86400;

// clang-format off
struct Verb { std::string_view name; Step::Kind kind; bool of_button; };
constexpr Verb verbs[] = {
    {"press",   Step::Kind::press,     true},
    {"hold",    Step::Kind::hold,      true},
    {"release", Step::Kind::release,   true},
    {"vanish",  Step::Kind::vanish,    false},
    {"return",  Step::Kind::come_back, false},
    {"fail",    Step::Kind::fail,      false},
};
constexpr std::pair<std::string_view, Errc> errors[] = {
    {"io", Errc::io}, {"device_gone", Errc::device_gone}, {"timeout", Errc::timeout}};
// clang-format on

class Parser {
 public:
    explicit Parser(const ScriptTargets& targets) : targets_(targets) {}

    void file(const json::Value& root) {
        if (!root.as_object()) return fault("", "must be an object");
        for (const json::Member& member : *root.as_object()) {
            if (member.name == "steps")
                steps(member.value);
            else if (member.name == "repeatSeconds")
                script.repeat = seconds("repeatSeconds", member.value);
            else
                fault(member.name, "unknown member");
        }
        const Duration last = script.steps.empty() ? Duration{} : script.steps.back().at;
        if (script.repeat && (*script.repeat < 100ms || *script.repeat < last))
            fault("repeatSeconds", "is less than 0.1 or than the last step's time");
    }

    Script script;
    std::string faults;

 private:
    void fault(const std::string& where, const std::string& what) {
        faults += (faults.empty() ? "" : "; ") + (where.empty() ? what : where + ": " + what);
    }

    std::optional<Duration> seconds(const std::string& where, const json::Value& value) {
        std::optional<double> number;
        if (const std::int64_t* integer = value.as_integer()) number = static_cast<double>(*integer);
        if (const double* fraction = value.as_fraction()) number = *fraction;
        if (number && *number >= 0 && *number <= max_seconds)
            return std::chrono::milliseconds(std::llround(*number * 1000));
        fault(where, "must be a number of seconds from 0 to 604800");
        return std::nullopt;
    }

    void steps(const json::Value& value) {
        const json::Array* array = value.as_array();
        if (!array) return fault("steps", "must be a list");
        if (array->size() > max_script_steps)
            return fault("steps", "more than " + std::to_string(max_script_steps));
        for (std::size_t i = 0; i < array->size(); ++i) step((*array)[i], "steps[" + std::to_string(i) + "]");
        std::ranges::stable_sort(script.steps, {}, &Step::at);
    }

    void step(const json::Value& value, const std::string& where) {
        if (!value.as_object()) return fault(where, "must be an object");
        Step made;
        unsigned acts = 0;
        bool timed = false;
        for (const json::Member& member : *value.as_object()) {
            const std::string place = where + "." + member.name;
            const auto verb = std::ranges::find(verbs, member.name, &Verb::name);
            if (verb != std::end(verbs)) {
                ++acts;
                act(*verb, member.value, place, made);
            } else if (member.name == "at") {
                timed = true;
                made.at = seconds(place, member.value).value_or(Duration{});
            } else if (member.name != "long" && member.name != "error") {
                fault(place, "unknown member");
            }
        }
        if (!timed) fault(where, "has no \"at\"");
        if (acts != 1) fault(where, "must have one of press, hold, release, vanish, return, fail");
        if (acts == 1) details(value, where, made);
        script.steps.push_back(std::move(made));
    }

    void act(const Verb& verb, const json::Value& value, const std::string& where, Step& made) {
        const std::vector<std::string>& known = verb.of_button ? targets_.buttons : targets_.devices;
        const std::string* name = value.as_string();
        if (!name || std::ranges::find(known, *name) == known.end())
            return fault(where,
                         verb.of_button ? "names no button of the board" : "names no device of the board");
        made.kind = verb.kind;
        made.target = *name;
    }

    void details(const json::Value& value, const std::string& where, Step& made) {
        if (const json::Value* lengthy = value.find("long")) {
            if (!lengthy->as_bool() || !value.find("press"))
                fault(where + ".long", "is true or false, with press only");
            else if (*lengthy->as_bool())
                made.kind = Step::Kind::long_press;
        }
        if (const json::Value* error = value.find("error")) {
            const std::string* word = error->as_string();
            const auto found =
                std::ranges::find_if(errors, [&](const auto& e) { return word && e.first == *word; });
            if (found == std::end(errors) || !value.find("fail"))
                fault(where + ".error", "is io, device_gone or timeout, with fail only");
            else
                made.error = found->second;
        }
    }

    const ScriptTargets& targets_;
};

}  // namespace

Result<Script> parse_script(std::string_view text, const ScriptTargets& targets) {
    const json::ParseLimits limits{.max_bytes = max_script_bytes, .comments = true};
    const auto root = json::parse(text, limits);
    if (!root) return fail(Errc::bad_config, root.error().context);
    Parser parser(targets);
    parser.file(*root);
    if (!parser.faults.empty()) return fail(Errc::bad_config, std::move(parser.faults));
    return std::move(parser.script);
}

}  // namespace voip::hal::sim
