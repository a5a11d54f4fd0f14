#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace voip {

/// One option of a program. Options are long ones only: "--name", "--name VALUE" or "--name=VALUE".
struct CommandOption {
    std::string_view name;   ///< without the dashes
    std::string_view value;  ///< what stands in the usage for its value, "FILE"; empty: a flag without one
    std::string_view help;   ///< one line
    bool repeatable = false;
};

/// What a program's command line may hold. The tables it points to must outlive it.
struct CommandSpec {
    std::string_view program;
    std::string_view summary;  ///< one line below the usage line
    std::span<const CommandOption> options;
    std::string_view operands = {};  ///< what stands in the usage for them, "COMMAND [ARGUMENT...]"
    std::size_t min_operands = 0;
    std::size_t max_operands = 0;
    /// The first operand ends the options; it and all that follows are operands (for "ctl call --voice
    /// anna").
    bool operands_end_options = false;
};

/// A command line that was understood.
class CommandLine {
 public:
    [[nodiscard]] bool has(std::string_view option) const;
    /// The option's (last) value, or `otherwise` when it was not given.
    [[nodiscard]] std::string value(std::string_view option, std::string_view otherwise = {}) const;
    /// All values of a repeatable option, in order.
    [[nodiscard]] std::vector<std::string> values(std::string_view option) const;
    [[nodiscard]] const std::vector<std::string>& operands() const noexcept { return operands_; }

 private:
    friend Result<CommandLine> parse_command_line(const CommandSpec&, std::span<const char* const>);
    std::map<std::string, std::vector<std::string>, std::less<>> given_;
    std::vector<std::string> operands_;
};

/// `arguments` without the program's name. "--" ends the options. A value that starts with "--" needs the
/// form
/// "--name=VALUE", so that a forgotten value is noticed.
/// @errors bad_config; the context names the option: "--bord: no such option; did you mean --board?"
[[nodiscard]] Result<CommandLine> parse_command_line(const CommandSpec& spec,
                                                     std::span<const char* const> arguments);

/// argv after its first element.
[[nodiscard]] std::span<const char* const> arguments_of(int argc, const char* const* argv);

/// The text of --help: usage line, summary, one line per option; ends with a line break.
[[nodiscard]] std::string usage(const CommandSpec& spec);

}  // namespace voip
