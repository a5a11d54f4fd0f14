#pragma once
#include <array>
#include <span>
#include <string_view>

#include "core/command_line.hpp"
#include "daemon/ctl/plan.hpp"

/// What each command of wmpf-voipctl takes and what it fills into the plan. Pure.
namespace voip::ctl {

struct Command {
    std::string_view name, operands, summary;
    std::string_view example;  ///< behind the program's name; a test runs it through make_plan()
    std::size_t min_operands = 0, max_operands = 0;
    /// @errors bad_config: a sentence that names what is wrong
    Result<void> (*fill)(const CommandLine& line, const ReadFile& read_file, Plan& plan) = nullptr;
    std::array<CommandOption, 4> options{};  ///< its own; used up to the first without a name
};

/// Sorted by name.
[[nodiscard]] std::span<const Command> command_table() noexcept;

/// A number of an operand or option, read as a whole. @errors bad_config: "NAME: "TEXT" is no number"
[[nodiscard]] Result<double> read_number(std::string_view name, const std::string& text);

}  // namespace voip::ctl
