#pragma once
#include <filesystem>

#include "config/config.hpp"
#include "core/log.hpp"
#include "daemon/call/call_task.hpp"
#include "daemon/control/ports.hpp"
#include "daemon/engine/profile.hpp"
#include "daemon/identity/identity.hpp"
#include "daemon/lifecycle/environment.hpp"
#include "daemon/media/supervisor.hpp"
#include "hal/boards.hpp"
#include "protocol/transport/url.hpp"

/// From the words of the configuration to the settings of each part. Pure.
namespace voip::daemon {

[[nodiscard]] hal::BoardSettings board_settings(const config::Board& board, Log log);
[[nodiscard]] identity::Settings identity_settings(const config::Device& device,
                                                   const transport::Url& service,
                                                   const std::filesystem::path& state_dir);
[[nodiscard]] call::CallSettings call_settings(const config::Config& config);
/// What the supervisor of the media program is told; `level`: of the program's own log.
[[nodiscard]] media::host::SupervisorSettings media_settings(const config::Config& config,
                                                             const std::filesystem::path& program,
                                                             const lifecycle::Environment& environment,
                                                             std::string_view level);
/// Why calls have neither sound nor picture; empty: they have. @param built  the media program is in this
/// build
[[nodiscard]] std::string_view media_off(const config::Media& media, bool built) noexcept;
/// What the service is told that calls with this device carry.
[[nodiscard]] engine::DeviceProfile device_profile(const config::Config& config, bool media_built);
/// The most detailed level of an area that passes.
[[nodiscard]] std::string_view level_of(const LogHub& hub, std::string_view area) noexcept;
/// What `device.get` tells where there is no service (engine none).
[[nodiscard]] control::DeviceFacts lonely_facts(const config::Device& device, UnixMillis now);
[[nodiscard]] Registration registration_of(config::Registration kind) noexcept;
[[nodiscard]] RoomType room_type_of(config::RoomType type) noexcept;

}  // namespace voip::daemon
