#include "core/command_line.hpp"

#include <algorithm>

#include "core/nearest.hpp"

namespace voip {
namespace {

Error refuse(std::string_view option, std::string_view why) {
    return fail(Errc::bad_config, "--" + std::string(option) + ": " + std::string(why));
}

const CommandOption* find(const CommandSpec& spec, std::string_view name) {
    const auto found = std::ranges::find(spec.options, name, &CommandOption::name);
    return found == spec.options.end() ? nullptr : &*found;
}

Error unknown(const CommandSpec& spec, std::string_view name) {
    std::vector<std::string_view> names;
    for (const CommandOption& option : spec.options) names.push_back(option.name);
    std::string why = "no such option";
    if (const auto near = nearest(name, names)) why += "; did you mean --" + std::string(*near) + "?";
    return refuse(name, why);
}

bool is_short_option(std::string_view text) {
    return text.size() > 1 && text[0] == '-' && text[1] != '-' && (text[1] < '0' || text[1] > '9');
}

Error unknown_short(const CommandSpec& spec, std::string_view text) {
    std::string why(text);
    why += ": no such option";
    const auto same = [&](const CommandOption& option) { return option.name.starts_with(text[1]); };
    const auto found = std::ranges::find_if(spec.options, same);
    if (found != spec.options.end()) why += "; did you mean --" + std::string(found->name) + "?";
    return fail(Errc::bad_config, why);
}

/// Takes options one by one out of the arguments.
class Parser {
 public:
    Parser(const CommandSpec& spec, std::span<const char* const> arguments) : spec_(spec), left_(arguments) {}

    Result<void> run() {
        while (!left_.empty()) {
            const std::string_view argument = next();
            if (!only_operands_ && is_short_option(argument)) return unknown_short(spec_, argument);
            if (only_operands_ || !argument.starts_with("--")) {
                operands.emplace_back(argument);
                only_operands_ = only_operands_ || spec_.operands_end_options;
            } else if (argument == "--") {
                only_operands_ = true;
            } else if (auto taken = option(argument.substr(2)); !taken) {
                return taken;
            }
        }
        return count();
    }

    std::map<std::string, std::vector<std::string>, std::less<>> given;
    std::vector<std::string> operands;

 private:
    std::string_view next() {
        const std::string_view argument = left_.front();
        left_ = left_.subspan(1);
        return argument;
    }

    Result<void> option(std::string_view text) {
        const auto equals = text.find('=');
        const std::string_view name = text.substr(0, equals);
        const CommandOption* known = find(spec_, name);
        if (!known) return unknown(spec_, name);
        const bool attached = equals != std::string_view::npos;
        if (known->value.empty() && attached) return refuse(name, "takes no value");
        if (given.contains(name) && !known->repeatable) return refuse(name, "given twice");
        std::string_view value;
        if (attached)
            value = text.substr(equals + 1);
        else if (!known->value.empty() && !left_.empty() &&
                 !std::string_view(left_.front()).starts_with("--"))
            value = next();
        if (!known->value.empty() && value.empty())
            return refuse(name, "needs a value (" + std::string(known->value) + ")");
        given[std::string(name)].emplace_back(value);
        return {};
    }

    [[nodiscard]] Result<void> count() const {
        if (operands.size() > spec_.max_operands)
            return fail(Errc::bad_config, "\"" + operands[spec_.max_operands] + "\": one argument too many");
        if (operands.size() < spec_.min_operands)
            return fail(Errc::bad_config, "an argument is missing: " + std::string(spec_.operands));
        return {};
    }

    const CommandSpec& spec_;
    std::span<const char* const> left_;
    bool only_operands_ = false;
};

std::string spelled(const CommandOption& option) {
    std::string text = "--" + std::string(option.name);
    if (!option.value.empty()) text += " " + std::string(option.value);
    return text;
}

}  // namespace

bool CommandLine::has(std::string_view option) const {
    return given_.contains(option);
}

std::string CommandLine::value(std::string_view option, std::string_view otherwise) const {
    const auto found = given_.find(option);
    return found == given_.end() ? std::string(otherwise) : found->second.back();
}

std::vector<std::string> CommandLine::values(std::string_view option) const {
    const auto found = given_.find(option);
    return found == given_.end() ? std::vector<std::string>{} : found->second;
}

Result<CommandLine> parse_command_line(const CommandSpec& spec, std::span<const char* const> arguments) {
    Parser parser(spec, arguments);
    const auto understood = parser.run();
    if (!understood) return understood.error();
    CommandLine line;
    line.given_ = std::move(parser.given);
    line.operands_ = std::move(parser.operands);
    return line;
}

std::span<const char* const> arguments_of(int argc, const char* const* argv) {
    if (argc <= 1) return {};
    return {argv + 1, static_cast<std::size_t>(argc - 1)};
}

std::string usage(const CommandSpec& spec) {
    std::string text = "Usage: " + std::string(spec.program);
    if (!spec.options.empty()) text += " [OPTION...]";
    if (!spec.operands.empty()) text += " " + std::string(spec.operands);
    text += "\n" + std::string(spec.summary) + "\n";
    std::size_t width = 0;
    for (const CommandOption& option : spec.options) width = std::max(width, spelled(option).size());
    if (!spec.options.empty()) text += "\n";
    for (const CommandOption& option : spec.options) {
        const std::string left = spelled(option);
        text += "  " + left + std::string(width - left.size() + 2, ' ') + std::string(option.help) + "\n";
    }
    return text;
}

}  // namespace voip
