#pragma once
#include <filesystem>

#include "config/config.hpp"
#include "core/log.hpp"
#include "daemon/call/call_task.hpp"
#include "daemon/control/ports.hpp"
#include "daemon/identity/identity.hpp"
#include "hal/boards.hpp"
#include "protocol/transport/url.hpp"

/// From the words of the configuration to the settings of each part. Pure.
namespace voip::daemon {

[[nodiscard]] hal::BoardSettings board_settings(const config::Board& board, Log log);
[[nodiscard]] identity::Settings identity_settings(const config::Device& device,
                                                   const transport::Url& service,
                                                   const std::filesystem::path& state_dir);
[[nodiscard]] call::CallSettings call_settings(const config::Config& config);
/// What `device.get` tells where there is no service (engine none).
[[nodiscard]] control::DeviceFacts lonely_facts(const config::Device& device, UnixMillis now);
[[nodiscard]] Registration registration_of(config::Registration kind) noexcept;
[[nodiscard]] RoomType room_type_of(config::RoomType type) noexcept;

}  // namespace voip::daemon
