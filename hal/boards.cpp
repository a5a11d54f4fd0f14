#include "hal/boards.hpp"

#include <algorithm>
#include <array>

#include "hal/linux/linux_board.hpp"
#include "hal/sim/sim_board.hpp"

namespace voip::hal {
namespace {

constexpr std::array<BoardDriver, 2> table{{
    {"linux", &linux::check_linux, &linux::open_linux},
    {"sim", &sim::check_sim, &sim::open_sim},
}};
static_assert(std::ranges::is_sorted(table, {}, &BoardDriver::name));

template <class Device>
const std::string* twice(const std::vector<Device>& devices) {
    for (std::size_t i = 0; i < devices.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (devices[i].name == devices[j].name) return &devices[i].name;
    return nullptr;
}

}  // namespace

std::span<const BoardDriver> boards() noexcept {
    return table;
}

std::vector<std::string> check_board(std::string_view name, const BoardSettings& settings) {
    const auto found = std::ranges::find(table, name, &BoardDriver::name);
    return found == table.end() ? std::vector<std::string>() : found->check(settings);
}

Result<Board> open_board(std::string_view name, asio::any_io_executor executor, Timers& timers,
                         const BoardSettings& settings) {
    if (const std::string* button = twice(settings.buttons))
        return fail(Errc::bad_config, "board.buttons: two have the name \"" + *button + "\"");
    if (const std::string* relay = twice(settings.relays))
        return fail(Errc::bad_config, "board.relays: two have the name \"" + *relay + "\"");
    const auto found = std::ranges::find(table, name, &BoardDriver::name);
    if (found != table.end()) return found->open(std::move(executor), timers, settings);
    std::string names;
    for (const BoardDriver& driver : table) names.append(names.empty() ? "" : ", ").append(driver.name);
    return fail(Errc::bad_config,
                "board.driver: \"" + std::string(name) + "\": this build has the boards: " + names);
}

}  // namespace voip::hal
