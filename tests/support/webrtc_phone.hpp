#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"

namespace voip::test {

/// The other side of a connection: answers offers as a browser does, sends a tone and, when asked, a picture,
/// and measures what arrives. Only for tests; needs the plugins of load_phone_plugins().
class WebRtcPhone {
 public:
    struct Settings {
        double tone_hz = 440;  ///< 0: it has no microphone
        bool mouth = false;    ///< instead of the tone it sends what say() is given
        bool picture = false;  ///< it sends a picture (a moving ball)
        std::string address = "127.0.0.1";
        unsigned latency_ms =
            50;  ///< how long a lost packet is waited for, and the first of all is held back
    };
    struct Handlers {
        std::function<void(std::string sdp)> answer;
        std::function<void(std::string candidate, unsigned line)> candidate;
        /// Decoded, 16 kHz mono, and when it was there. @thread GStreamer's
        std::function<void(std::span<const std::int16_t> samples, TimePoint at)> sound = {};
    };
    /// Counted since the connection began; may be read from any thread.
    struct Counters {
        std::atomic<std::uint64_t> sound_packets{0}, picture_packets{0};
        std::atomic<std::uint64_t> pictures{0};                             ///< decoded
        std::atomic<std::uint64_t> first_picture_ns{0}, first_sound_ns{0};  ///< steady clock; decoded
        std::atomic<unsigned> width{0}, height{0};
        std::atomic<bool> connected{false}, orientation{false};
    };

    WebRtcPhone(boost::asio::any_io_executor executor, Settings settings, Handlers handlers);
    ~WebRtcPhone();

    /// A new offer makes a new connection.
    void take_offer(const std::string& sdp);
    void take_candidate(const std::string& candidate, unsigned line);
    void ask_key_picture();
    /// 20 ms at 16 kHz, with `mouth`; thrown away while there is no connection. @thread any
    void say(std::span<const std::int16_t> samples, TimePoint stamp);
    /// Drops the connection without a word, as a page that is closed.
    void hang_up();

    [[nodiscard]] const Counters& counters() const;
    /// How loud a tone is in the last half second of sound, 0 to 1.
    [[nodiscard]] double loudness(double hz) const;

    struct State;

 private:
    std::shared_ptr<State> state_;
};

/// What the phone needs beyond the plugins of a call. Call after start_library().
void load_phone_plugins();

}  // namespace voip::test
