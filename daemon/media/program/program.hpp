#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "daemon/media/program/sandbox.hpp"
#include "daemon/media/program/transport.hpp"
#include "hal/sim/av_control.hpp"
#include "protocol/transport/message_stream.hpp"

namespace voip::media {

/// The media program around its pure call: the wire to the daemon, the devices, the connections, the clock.
/// @thread loop only
class Program {
 public:
    struct Parts {
        boost::asio::any_io_executor executor;
        Timers& timers;
        LogHub& hub;
        std::unique_ptr<MediaEngine> engine;
        /// Locks the process up; called once, at media.prepare, before anything foreign is touched.
        std::function<Sandbox(const SandboxNeeds&)> lock_up;
    };
    explicit Program(Parts parts);
    ~Program();

    /// Serves one call over the stream. @return the exit code: 0 when it ended in order
    boost::asio::awaitable<int> run(std::unique_ptr<transport::MessageStream> stream);

    /// The other side of simulated devices, once they are made; null for real ones.
    [[nodiscard]] hal::sim::AvControl* sim() const noexcept;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace voip::media
