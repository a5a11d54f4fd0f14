// A sound card in user space, for ALSA's plugin interface: it keeps real time at 48 kHz in two channels and
// can be pulled out. What its speakers play, its microphones hear, in the same process.
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>

namespace {

constexpr unsigned rate = 48000, channels = 2, frame_bytes = channels * sizeof(std::int16_t);

std::int64_t now_frames() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count() / 1000 * rate / 1'000'000;
}

/// The air between speakers and microphones, by the time in frames.
class Air {
 public:
    void put(std::int64_t at, std::int16_t sample) {
        const std::lock_guard lock(mutex_);
        air_[static_cast<std::size_t>(at) % air_.size()] = {at, sample};
    }
    std::int16_t get(std::int64_t at) {
        const std::lock_guard lock(mutex_);
        const auto& [when, sample] = air_[static_cast<std::size_t>(at) % air_.size()];
        return when == at ? sample : std::int16_t{0};
    }

 private:
    std::mutex mutex_;
    std::array<std::pair<std::int64_t, std::int16_t>, rate * 2> air_{};
};
Air air;

struct Card {
    snd_pcm_ioplug_t io{};
    std::string state;  // file with a word: what is wrong with the card
    int timer = -1;
    std::int64_t began = -1;  // time of the first frame; -1: stopped
    std::int64_t moved = 0;   // frames that the program has read or written
    bool hears = false;

    [[nodiscard]] std::string word() const {
        std::string text;
        std::ifstream(state) >> text;
        return text;
    }
    [[nodiscard]] std::int64_t passed() const { return began < 0 ? 0 : now_frames() - began; }
};

Card& of(snd_pcm_ioplug_t* io) {
    return *static_cast<Card*>(io->private_data);
}

int start(snd_pcm_ioplug_t* io) {
    of(io).began = now_frames();
    return 0;
}
int stop(snd_pcm_ioplug_t* io) {
    of(io).began = -1;
    return 0;
}
int prepare(snd_pcm_ioplug_t* io) {
    if (of(io).word() == "gone") return -ENODEV;
    of(io).began = -1;
    of(io).moved = 0;
    return 0;
}

snd_pcm_sframes_t pointer(snd_pcm_ioplug_t* io) {
    const Card& card = of(io);
    if (card.word() == "gone") return -ENODEV;
    const auto size = static_cast<std::int64_t>(io->buffer_size);
    const std::int64_t behind = card.hears ? card.passed() - card.moved : size - (card.moved - card.passed());
    if (card.began >= 0 && behind > size) return -EPIPE;
    return static_cast<snd_pcm_sframes_t>(card.passed() % size);
}

snd_pcm_sframes_t transfer(snd_pcm_ioplug_t* io, const snd_pcm_channel_area_t* areas,
                           snd_pcm_uframes_t offset, snd_pcm_uframes_t size) {
    Card& card = of(io);
    if (card.word() == "gone") return -ENODEV;
    auto* at = static_cast<char*>(areas[0].addr) + areas[0].first / 8 + offset * frame_bytes;
    auto* samples = reinterpret_cast<std::int16_t*>(at);
    const std::int64_t begin = card.began < 0 ? now_frames() : card.began;
    for (snd_pcm_uframes_t i = 0; i < size; ++i) {
        const std::int64_t when = begin + card.moved + static_cast<std::int64_t>(i);
        if (card.hears)
            samples[i * 2] = samples[i * 2 + 1] = air.get(when);
        else
            air.put(when, samples[i * 2]);
    }
    card.moved += static_cast<std::int64_t>(size);
    return static_cast<snd_pcm_sframes_t>(size);
}

int poll_revents(snd_pcm_ioplug_t* io, pollfd* fds, unsigned count, unsigned short* events) {
    std::uint64_t ticks = 0;
    if (count > 0 && (fds[0].revents & POLLIN)) (void)!::read(fds[0].fd, &ticks, sizeof ticks);
    *events = ticks == 0 ? 0 : (of(io).hears ? POLLIN : POLLOUT);
    return 0;
}

int close_card(snd_pcm_ioplug_t* io) {
    ::close(of(io).timer);
    delete &of(io);
    return 0;
}

const snd_pcm_ioplug_callback_t callbacks = [] {
    snd_pcm_ioplug_callback_t all{};
    all.start = &start;
    all.stop = &stop;
    all.pointer = &pointer;
    all.transfer = &transfer;
    all.prepare = &prepare;
    all.close = &close_card;
    all.poll_revents = &poll_revents;
    return all;
}();

int constrain(snd_pcm_ioplug_t* io) {
    const std::array<unsigned, 2> accesses{SND_PCM_ACCESS_RW_INTERLEAVED, SND_PCM_ACCESS_MMAP_INTERLEAVED};
    const std::array<unsigned, 1> formats{SND_PCM_FORMAT_S16};
    int error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, accesses.data());
    const auto also = [&](int next) { error = error < 0 ? error : next; };
    also(snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, formats.data()));
    also(snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_CHANNELS, channels, channels));
    also(snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_RATE, rate, rate));
    also(snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 480 * frame_bytes,
                                         4800 * frame_bytes));
    also(snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 960 * frame_bytes,
                                         rate * frame_bytes));
    return error;
}

std::string text_of(snd_config_t* config, const char* name) {
    snd_config_t* found = nullptr;
    const char* text = nullptr;
    if (snd_config_search(config, name, &found) < 0 || snd_config_get_string(found, &text) < 0) return {};
    return text;
}

}  // namespace

extern "C" {

SND_PCM_PLUGIN_DEFINE_FUNC(voipcard) {
    (void)root;
    auto card = std::make_unique<Card>();
    card->state = text_of(conf, "state");
    card->hears = stream == SND_PCM_STREAM_CAPTURE;
    const std::string word = card->word();
    if (word == "gone") return -ENODEV;
    if (word == "refused") return -EACCES;
    if (word == "busy") return -EBUSY;
    while (card->word() == "stuck") ::usleep(10000);  // as a driver that waits for its hardware
    card->timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    const itimerspec each{{0, 5'000'000}, {0, 5'000'000}};
    ::timerfd_settime(card->timer, 0, &each, nullptr);
    Card* made = card.release();
    made->io.version = SND_PCM_IOPLUG_VERSION;
    made->io.name = "a sound card in user space";
    made->io.callback = &callbacks;
    made->io.private_data = made;
    made->io.poll_fd = made->timer;
    made->io.poll_events = POLLIN;
    made->io.mmap_rw = 0;
    const int error = snd_pcm_ioplug_create(&made->io, name, stream, mode);
    if (error < 0) return ::close(made->timer), delete made, error;
    if (const int bad = constrain(&made->io); bad < 0) return snd_pcm_ioplug_delete(&made->io), bad;
    *pcmp = made->io.pcm;
    return 0;
}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wextra-semi"  // of the macro
SND_PCM_PLUGIN_SYMBOL(voipcard)
#pragma GCC diagnostic pop
}
