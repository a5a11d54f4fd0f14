#pragma once
#include <span>
#include <string>

#include "core/error.hpp"
#include "service/phone/phone.hpp"

namespace voip::phone {

/// The command line of wmpf-voip-phone.
struct Options {
    PhoneSettings phone;
    std::string ca;
    std::string log_levels = "warning";
    bool version = false;
    bool help = false;
};

/// @errors bad_config; the context names the option and what was expected
[[nodiscard]] Result<Options> parse_options(std::span<const char* const> arguments);
[[nodiscard]] std::string options_usage();

}  // namespace voip::phone
