#include "hal/linux/av/pcm.hpp"

#include <poll.h>

#include <array>
#include <cstdarg>

namespace voip::hal::linux {
namespace {

constexpr unsigned frame_ms = 20;

// ALSA explains its errors on stderr; here they become part of the error's sentence.
thread_local std::string* heard = nullptr;

void hear(const char*, int, const char*, int, const char* format, ...) {
    if (!heard || !heard->empty()) return;  // the first is the cause
    std::array<char, 200> text{};
    va_list arguments;
    va_start(arguments, format);
    if (std::vsnprintf(text.data(), text.size(), format, arguments) > 0) *heard = text.data();
    va_end(arguments);
}

class Hearing {
 public:
    explicit Hearing(std::string& words) {
        static const int once = snd_lib_error_set_handler(&hear);  // one for all threads
        (void)once;
        heard = &words;
    }
    ~Hearing() { heard = nullptr; }
    Hearing(const Hearing&) = delete;
    Hearing& operator=(const Hearing&) = delete;
};

Error alsa_error(const std::string& device, long number, const std::string& words) {
    const std::string what = "sound device " + device;
    switch (-number) {
        case ENOENT:
        case ENODEV:
        case ENXIO: {
            const std::string more = words.empty() ? "" : " (" + words + ")";
            return fail(Errc::device_gone, what + " is not there" + more);
        }
        case EBADFD: return fail(Errc::device_gone, what + " has vanished");
        case EACCES:
        case EPERM: return fail(Errc::refused, what + ": permission denied");
        case EBUSY:
        case EAGAIN: return fail(Errc::io, what + " is in use by another program");
        default:
            return fail(Errc::io,
                        what + ": " + (words.empty() ? snd_strerror(static_cast<int>(number)) : words));
    }
}

/// Sets what is wanted. 0, or ALSA's error. `resample` false: only what the hardware does itself.
int set_up(snd_pcm_t* pcm, Pcm::Direction direction, PcmFormat format, Duration buffer) {
    snd_pcm_hw_params_t* hw = nullptr;
    snd_pcm_hw_params_alloca(&hw);
    const snd_pcm_uframes_t frame = format.rate * frame_ms / 1000;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(buffer).count();
    snd_pcm_uframes_t period = frame, whole = frame * static_cast<snd_pcm_uframes_t>(ms) / frame_ms;
    int error = snd_pcm_hw_params_any(pcm, hw);
    const auto also = [&error](int next) { error = error < 0 ? error : next; };
    also(snd_pcm_hw_params_set_access(pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED));
    also(error < 0 ? 0 : snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_S16));
    also(error < 0 ? 0 : snd_pcm_hw_params_set_channels(pcm, hw, format.channels));
    also(error < 0 ? 0 : snd_pcm_hw_params_set_rate(pcm, hw, format.rate, 0));
    also(error < 0 ? 0 : snd_pcm_hw_params_set_period_size_near(pcm, hw, &period, nullptr));
    also(error < 0 ? 0 : snd_pcm_hw_params_set_buffer_size_near(pcm, hw, &whole));
    also(error < 0 ? 0 : snd_pcm_hw_params(pcm, hw));
    if (error < 0) return error;

    snd_pcm_sw_params_t* sw = nullptr;
    snd_pcm_sw_params_alloca(&sw);
    error = snd_pcm_sw_params_current(pcm, sw);
    also(snd_pcm_sw_params_set_avail_min(pcm, sw, std::min(frame, whole)));
    const bool plays = direction == Pcm::Direction::playback;
    also(snd_pcm_sw_params_set_start_threshold(pcm, sw, plays ? std::min(2 * frame, whole) : whole + 1));
    also(error < 0 ? 0 : snd_pcm_sw_params(pcm, sw));
    return error;
}

/// The first card that has this direction, as ALSA calls it with conversion; empty: there is none.
std::string first_card(Pcm::Direction direction) {
    const auto stream =
        direction == Pcm::Direction::capture ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK;
    for (int card = -1; snd_card_next(&card) == 0 && card >= 0;) {
        snd_ctl_t* control = nullptr;
        const std::string name = "hw:" + std::to_string(card);
        if (snd_ctl_open(&control, name.c_str(), SND_CTL_NONBLOCK) < 0) continue;
        int found = -1;
        snd_pcm_info_t* info = nullptr;
        snd_pcm_info_alloca(&info);
        for (int device = -1; found < 0 && snd_ctl_pcm_next_device(control, &device) == 0 && device >= 0;) {
            snd_pcm_info_set_device(info, static_cast<unsigned>(device));
            snd_pcm_info_set_subdevice(info, 0);
            snd_pcm_info_set_stream(info, stream);
            if (snd_ctl_pcm_info(control, info) == 0) found = device;
        }
        snd_ctl_close(control);
        if (found >= 0) return "plug" + name + "," + std::to_string(found);
    }
    return {};
}

}  // namespace

Result<Pcm> Pcm::open_named(const std::string& name, Direction direction, PcmFormat format, Duration buffer) {
    std::string words;
    const Hearing hearing(words);
    snd_pcm_t* opened = nullptr;
    const auto stream = direction == Direction::capture ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK;
    if (const int error = snd_pcm_open(&opened, name.c_str(), stream, SND_PCM_NONBLOCK); error < 0)
        return alsa_error(name, error, words);
    Handle handle(opened);
    if (const int error = set_up(opened, direction, format, buffer); error < 0)
        return alsa_error(name, error, words);
    return Pcm(std::move(handle), name, direction, format);
}

Result<Pcm> Pcm::open(const std::string& device, Direction direction, PcmFormat format, Duration buffer) {
    const std::string name = device.empty() ? "default" : device;
    auto opened = open_named(name, direction, format, buffer);
    if (opened || (device.empty() && opened.error().is(Errc::io))) return opened;
    if (device.empty()) {
        // A "default" that mixes forks a helper, which the media program may not.
        const std::string card = first_card(direction);
        if (card.empty()) return fail(Errc::device_gone, "this machine has no sound card that fits");
        return open_named(card, direction, format, buffer);
    }
    if (!opened.error().is(Errc::io) || name.starts_with("plug")) return opened;
    // A name without conversion: hw:1 that has 48 kHz and two channels only.
    auto converted = open_named("plug:SLAVE='" + name + "'", direction, format, buffer);
    return converted ? std::move(converted) : std::move(opened);
}

Result<void> Pcm::start() {
    const int error = snd_pcm_start(handle_.get());
    if (error < 0) return failed(error);
    return {};
}

Pcm::Wake Pcm::wait(int wake_fd, Duration longest) {
    constexpr std::size_t most = 8;  // descriptors of one PCM: one, some plugins have two
    std::array<pollfd, most + 1> fds{};
    const int count =
        std::max(0, snd_pcm_poll_descriptors(handle_.get(), fds.data(), static_cast<unsigned>(most)));
    fds[static_cast<std::size_t>(count)] = {wake_fd, POLLIN, 0};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
    if (::poll(fds.data(), static_cast<nfds_t>(count) + 1, static_cast<int>(ms)) <= 0) return Wake::late;
    if (fds[static_cast<std::size_t>(count)].revents != 0) return Wake::woken;
    unsigned short events = 0;
    snd_pcm_poll_descriptors_revents(handle_.get(), fds.data(), static_cast<unsigned>(count), &events);
    return events != 0 ? Wake::ready : Wake::late;
}

Result<std::size_t> Pcm::read(std::span<std::int16_t> samples) {
    const auto got = snd_pcm_readi(handle_.get(), samples.data(), samples.size() / format_.channels);
    if (got >= 0) return static_cast<std::size_t>(got) * format_.channels;
    if (got == -EAGAIN) return 0u;
    if (auto again = recover(got); !again) return again.error();
    if (auto started = start(); !started) return started.error();
    return 0u;
}

Result<std::size_t> Pcm::write(std::span<const std::int16_t> samples) {
    const auto taken = snd_pcm_writei(handle_.get(), samples.data(), samples.size() / format_.channels);
    if (taken >= 0) return static_cast<std::size_t>(taken) * format_.channels;
    if (taken == -EAGAIN) return 0u;
    if (auto again = recover(taken); !again) return again.error();
    return 0u;
}

// @source ALSA's PCM interface: -EPIPE is an xrun, -ESTRPIPE a system that slept; both want to be prepared
Result<void> Pcm::recover(snd_pcm_sframes_t error) {
    if (error == -EINTR) return {};
    if (error != -EPIPE && error != -ESTRPIPE) return failed(error);
    ++xruns_;
    const int prepared = snd_pcm_prepare(handle_.get());
    if (prepared < 0) return failed(prepared);
    return {};
}

Error Pcm::failed(snd_pcm_sframes_t error) const {
    if (error == -ENODEV || error == -ENXIO) error = -EBADFD;  // it was there
    return alsa_error(name_, error, {});
}

Duration Pcm::delay() {
    snd_pcm_sframes_t frames = 0;
    if (snd_pcm_delay(handle_.get(), &frames) < 0 || frames < 0) return Duration::zero();
    return std::chrono::duration_cast<Duration>(std::chrono::seconds(frames)) / format_.rate;
}

}  // namespace voip::hal::linux
