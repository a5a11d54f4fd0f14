#pragma once
#include <string>

#include "core/json.hpp"
#include "daemon/ctl/text.hpp"
#include "hal/linux/found.hpp"

/// The hardware of this machine, for `board`. Pure.
namespace voip::ctl {

/// {gpio, keys, cameras, sound, refused}; what can be used has a `config`: the member of `board` to write.
[[nodiscard]] json::Value encode(const hal::linux::Found& found);
/// The same for people, from encode()'s value, with the lines of the configuration.
[[nodiscard]] std::string show_found(const json::Value& found, const Look& look);

}  // namespace voip::ctl
