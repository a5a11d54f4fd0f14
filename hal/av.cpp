#include "hal/av.hpp"

#include <algorithm>
#include <array>

#include "hal/linux/av/linux_av.hpp"
#include "hal/sim/sim_av.hpp"

namespace voip::hal {
namespace {

constexpr std::array<AvDriver, 2> table{{
    {"linux", &linux::open_linux_av},
    {"sim", &sim::open_sim_av},
}};
static_assert(std::ranges::is_sorted(table, {}, &AvDriver::name));

Result<void> check(const CameraSettings& camera) {
    const auto side = [](unsigned pixels) { return pixels >= 64 && pixels <= 1920 && pixels % 2 == 0; };
    if (!side(camera.width))
        return fail(Errc::bad_config, "board.camera.width: not an even number from 64 to 1920");
    if (!side(camera.height))
        return fail(Errc::bad_config, "board.camera.height: not an even number from 64 to 1920");
    if (camera.fps < 1 || camera.fps > 30) return fail(Errc::bad_config, "board.camera.fps: not 1 to 30");
    if (camera.rotation % 90 != 0 || camera.rotation > 270)
        return fail(Errc::bad_config, "board.camera.rotation: not 0, 90, 180 or 270");
    if (camera.bitrate_kbps < 50 || camera.bitrate_kbps > 8000)
        return fail(Errc::bad_config, "media.bitrate: not 50 to 8000");
    return {};
}

}  // namespace

std::span<const AvDriver> av_drivers() noexcept {
    return table;
}

Result<AvDevices> open_av(std::string_view name, asio::any_io_executor executor, Timers& timers,
                          const AvSettings& settings) {
    if (settings.camera)
        if (auto good = check(settings.camera_settings); !good) return good.error();
    const auto found = std::ranges::find(table, name, &AvDriver::name);
    if (found != table.end()) return found->open(std::move(executor), timers, settings);
    std::string names;
    for (const AvDriver& driver : table) names.append(names.empty() ? "" : ", ").append(driver.name);
    return fail(Errc::bad_config,
                "board.driver: \"" + std::string(name) + "\": this build has sound and picture of: " + names);
}

}  // namespace voip::hal
