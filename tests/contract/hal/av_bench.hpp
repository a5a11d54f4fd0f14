#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hal/av.hpp"

namespace voip::hal::test {

/// The world around camera, microphone and speaker under test. Each driver brings one or more. The devices
/// are those of settings(): a camera of 15 pictures a second at 300 kbit/s, a microphone, a speaker.
class AvBench {
 public:
    virtual ~AvBench() = default;
    virtual AvDevices& devices() = 0;
    [[nodiscard]] virtual const AvSettings& settings() const = 0;
    /// The camera's bit rate can be changed (false: it plays what was encoded elsewhere).
    [[nodiscard]] virtual bool encodes() const = 0;
    /// Whether the machine is in time. An emulated one on a busy host is not: less comes than is due, and
    /// later.
    [[nodiscard]] virtual bool in_time() const { return true; }
    virtual TimePoint now() = 0;
    /// Lets time pass, and everything happen that is due in it.
    virtual void pass(Duration length) = 0;
    /// "camera", "microphone", "speaker"
    virtual void unplug(std::string_view device) = 0;
    virtual void plug_in(std::string_view device) = 0;
    /// The device cannot be opened until unblock(): `refused` or `io`, as without permission or while busy.
    virtual void block(std::string_view device, Errc how) = 0;
    virtual void unblock(std::string_view device) = 0;
    /// Alarms and threads' messages that are still to come; 0 when all is stopped.
    virtual std::size_t pending() = 0;
};

struct AvBenchMaker {
    std::string name;
    std::function<std::unique_ptr<AvBench>()> make;
};

/// Every driver that can be tested on this machine.
std::vector<AvBenchMaker> av_benches();

}  // namespace voip::hal::test
