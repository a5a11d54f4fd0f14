#pragma once
#include <string>
#include <string_view>

namespace voip::ctl {

/// The text with everything removed that opens something: PEM blocks of private keys, strings behind a name
/// like token, secret, ticket, key or password (JSON and key="value"), what follows "Bearer", user and
/// password of URLs, and every run of 32 characters or more that looks made by a machine. What is removed
/// becomes "[removed]"; line breaks stay. Names of people, openIds and room ids remain. Pure.
[[nodiscard]] std::string redact(std::string_view text);

}  // namespace voip::ctl
