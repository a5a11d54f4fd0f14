#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "core/manual_timers.hpp"
#include "hal/linux/surroundings.hpp"
#include "tests/support/catch.hpp"

namespace voip::hal::linux::test {

/// What the drivers of a board share, with time that moves when told to and the real kernel's news.
struct World {
    asio::io_context io;
    ManualTimers timers;
    std::vector<std::string> lines;
    LogHub hub{[this](Level, std::string_view line) { lines.emplace_back(line); }, Level::debug};
    Surroundings around{io.get_executor(), timers,
                        std::make_shared<NodeWatch>(io.get_executor(), Log(hub, "watch")), Log(hub, "board")};

    /// What the kernel has for us now.
    void poll() {
        io.restart();
        io.poll();
    }
    void pass(Duration length) {
        poll();
        timers.advance(length, [this] { poll(); });
    }
    /// Waits for the kernel, not for our timers. Fails after 5 s.
    void until(const std::function<bool()>& so) {
        const auto deadline = std::chrono::steady_clock::now() + 5s;
        while (!so() && std::chrono::steady_clock::now() < deadline) {
            io.restart();
            io.run_for(10ms);
        }
        REQUIRE(so());
    }
    [[nodiscard]] bool logged(std::string_view part) const {
        for (const std::string& line : lines)
            if (line.find(part) != std::string::npos) return true;
        return false;
    }
};

}  // namespace voip::hal::linux::test
