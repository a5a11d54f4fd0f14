#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "config/service_config.hpp"

/// What a text of the configuration may be: each says what is wrong ("has a space"), or nothing. Pure.
namespace voip::config {

using Wrong = std::optional<std::string>;

[[nodiscard]] Wrong check_sn(std::string_view text);         ///< [0-9A-Za-z_-]
[[nodiscard]] Wrong check_plain(std::string_view text);      ///< no control characters
[[nodiscard]] Wrong check_path(std::string_view text);       ///< absolute, no control characters
[[nodiscard]] Wrong check_file_name(std::string_view text);  ///< one component of a path
[[nodiscard]] Wrong check_group(std::string_view text);      ///< a group of the system
[[nodiscard]] Wrong check_host(std::string_view text);       ///< name, IPv4 or IPv6 address without brackets
[[nodiscard]] Wrong check_origin(std::string_view text);     ///< https://HOST[:PORT]
[[nodiscard]] Wrong check_https_url(std::string_view text);  ///< https://HOST[:PORT][/PATH]
[[nodiscard]] Wrong check_ice_url(std::string_view text);    ///< stun:, turn:, turns: with HOST[:PORT]
[[nodiscard]] Wrong check_secret(std::string_view text);     ///< 16 bytes or more, no control characters
[[nodiscard]] Wrong check_word(std::string_view text);       ///< [a-z0-9_-]{1,32}

/// "HOST:PORT" or "[IPV6]:PORT"; `needs_port` false takes "HOST" alone too and leaves the port as it was.
[[nodiscard]] Wrong parse_host_port(std::string_view text, bool needs_port, ListenAddress& out);

}  // namespace voip::config
