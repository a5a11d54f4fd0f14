#include "hal/linux/av/ringer.hpp"

#include "hal/linux/av/open_sound.hpp"
#include "hal/linux/av/sound_clock.hpp"
#include "hal/linux/av/wav.hpp"

namespace voip::hal::linux {
namespace {

constexpr Duration ringer_buffer = 200ms;  // ends with the tone: what is in it is thrown away

/// The tone's sound as loud as it is wanted.
Sound sound_of(Tone tone, const RingerSettings& settings) {
    Sound sound = tone == Tone::ring_back ? ring_back_tone() : alerting_tone();
    if (tone == Tone::alerting && !settings.file.empty())
        if (auto read = read_wav(settings.file)) sound = *std::move(read);
    for (std::int16_t& sample : sound.samples)
        sample = static_cast<std::int16_t>(sample * static_cast<int>(settings.volume) / 100);
    return sound;
}

/// Plays the sound round and round until the run is stopped. @errors of the card
/// @param well  the card takes the sound
Result<void> repeat(Run& run, const std::string& device, const Sound& sound,
                    const std::function<void()>& well) {
    auto pcm = open_sound(run, device, Pcm::Direction::playback, {sound.rate, sound.channels}, ringer_buffer);
    if (!pcm) return pcm.error();
    well();
    Pace pace(ringer_buffer + 2 * sound_frame_time);
    const std::size_t frame = sound.rate / 50 * sound.channels;
    std::span<const std::int16_t> rest(sound.samples);
    std::size_t sent = 0;
    while (!run.stopped()) {
        if (const Duration ahead = pace.wait(thread_now()); ahead > Duration::zero() && run.sleep(ahead))
            break;
        if (pcm->wait(run.wake_fd(), 100ms) == Pcm::Wake::woken) break;
        const auto taken = pcm->write(rest.first(std::min(frame, rest.size())));
        if (!taken) return taken.error();
        for (sent += *taken; sent >= frame; sent -= frame) pace.frame(thread_now());
        rest = rest.subspan(*taken);
        if (rest.empty()) rest = sound.samples;
    }
    return {};
}

}  // namespace

AlsaRinger::AlsaRinger(asio::any_io_executor executor, RingerSettings settings)
    : settings_(std::move(settings)), worker_(std::move(executor), "ringer") {
    if (settings_.file.empty()) return;
    if (const auto read = read_wav(settings_.file); !read)
        settings_.log.warning("the board's own ring tone is used", kv("option", "board.ringTone.file"),
                              kv("why", read.error().text()));
}

AlsaRinger::~AlsaRinger() {
    worker_.stop();
    (void)worker_.wait_ended(1s);
}

Result<void> AlsaRinger::play(Tone tone) {
    if (tone == Tone::none) {
        worker_.stop();
        return {};
    }
    worker_.start([this, settings = settings_, tone](Run& run) { sound(run, this, settings, tone); },
                  [this](const Error& why) { report(why); });
    return {};
}

// On the thread: `self` is only for what is posted, which does not run any more once it is stopped.
void AlsaRinger::sound(Run& run, AlsaRinger* self, const RingerSettings& settings, Tone tone) {
    const Sound sound = sound_of(tone, settings);
    const auto tell = [&run, self](Result<void> health) {
        run.post([self, health = std::move(health)] { self->report(health); });
    };
    while (!run.stopped()) {
        const auto played = repeat(run, settings.device, sound, [&tell] { tell({}); });
        if (played) return;  // stopped
        tell(played);
        if (run.sleep(settings.retry)) return;
    }
}

void AlsaRinger::report(const Result<void>& health) {
    const std::string trouble = health ? std::string() : health.error().text();
    if (trouble == trouble_) return;
    trouble_ = trouble;
    if (!health) settings_.log.warning("no ring tone", kv("why", trouble));
    const OnHealth tell = health_;  // it may give the board up
    if (tell) tell(health);
}

}  // namespace voip::hal::linux
