#pragma once
#include <memory>
#include <string>

#include "core/log.hpp"
#include "hal/linux/av/worker.hpp"
#include "hal/ringer.hpp"

namespace voip::hal::linux {

struct RingerSettings {
    std::string device = {};  ///< ALSA's name; empty: the usual one
    /// WAV of the alerting tone; empty, or one that cannot be used (which is logged): the product's own
    std::string file = {};
    unsigned volume = 80;  ///< percent
    Log log = {};
    Duration retry = 1s;  ///< after a card that could not be opened, or failed
};

/// Plays the tones on a sound card, in a thread of its own. The card is open only while a tone sounds. It is
/// opened after play() has returned: that it cannot be is told by on_health() and tried again every second
/// while the tone is wanted.
class AlsaRinger final : public Ringer {
 public:
    AlsaRinger(asio::any_io_executor executor, RingerSettings settings);
    /// Waits for the thread, 1 s at most: the process may end after it.
    ~AlsaRinger() override;
    AlsaRinger(const AlsaRinger&) = delete;
    AlsaRinger& operator=(const AlsaRinger&) = delete;

    Result<void> play(Tone tone) override;
    void on_health(OnHealth handler) override { health_ = std::move(handler); }

 private:
    static void sound(Run& run, AlsaRinger* self, const RingerSettings& settings, Tone tone);
    void report(const Result<void>& health);

    RingerSettings settings_;
    OnHealth health_;
    std::string trouble_;  // told last; empty: it is well
    Worker worker_;
};

}  // namespace voip::hal::linux
