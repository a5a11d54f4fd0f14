#include "config/visit.hpp"

#include <algorithm>

#include "core/file.hpp"
#include "core/nearest.hpp"

namespace voip::config {
namespace {

/// "call.ringSeconds" for a "ringSeconds" that stands elsewhere.
std::optional<std::string> same_name_elsewhere(std::string_view name, const std::vector<OptionInfo>& whole) {
    const std::string ending = "." + std::string(name);
    const auto found = std::ranges::find_if(whole, [&](const OptionInfo& option) {
        return option.path == name || option.path.ends_with(ending);
    });
    if (found == whole.end()) return std::nullopt;
    return found->path;
}

std::string printable(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

}  // namespace

void refuse_unknown(const json::Object& object, const std::vector<std::string_view>& known,
                    std::vector<OptionInfo> (*whole)(), const Report& report) {
    for (const json::Member& member : object) {
        if (std::ranges::find(known, member.name) != known.end()) continue;
        std::string message = "unknown option";
        if (const auto near = nearest(member.name, known))
            message += "; did you mean \"" + std::string(*near) + "\"?";
        else if (const auto elsewhere = same_name_elsewhere(member.name, whole()))
            message += "; did you mean \"" + *elsewhere + "\"?";
        report.member(member.name).fault(std::move(message));
    }
}

const json::Object* expect_object(const json::Value& value, const Report& report) {
    const json::Object* object = value.as_object();
    if (!object) report.fault("must be an object, not " + a_type(value));
    return object;
}

const json::Array* expect_list(const json::Value& value, std::size_t max, const Report& report) {
    const json::Array* array = value.as_array();
    if (!array) {
        report.fault("must be a list of objects, not " + a_type(value));
    } else if (array->size() > max) {
        report.fault(std::to_string(array->size()) + " entries, at most " + std::to_string(max));
        return nullptr;
    }
    return array;
}

std::optional<json::Value> parse_text(std::string_view text, Problems& problems) {
    const json::ParseLimits limits{.max_bytes = max_file_bytes, .comments = true};
    auto root = json::parse(text, limits);
    if (root) return *std::move(root);
    problems.push_back(Problem{"", printable(root.error().context)});
    return std::nullopt;
}

Problems unreadable(const Error& error) {
    return {Problem{"", printable(error.text())}};
}

}  // namespace voip::config
