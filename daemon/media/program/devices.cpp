#include "daemon/media/program/devices.hpp"

#include <utility>

namespace voip::media {
namespace {

hal::CameraSettings camera_settings(const Prepare& prepare) {
    hal::CameraSettings settings;
    settings.device = prepare.camera.device;
    using Format = hal::CameraSettings::Format;
    settings.format = prepare.camera.format == "h264"  ? Format::h264
                      : prepare.camera.format == "raw" ? Format::raw
                                                       : Format::automatic;
    settings.width = prepare.camera.width;
    settings.height = prepare.camera.height;
    settings.fps = prepare.camera.fps;
    settings.rotation = prepare.camera.rotation;
    settings.bitrate_kbps = prepare.bitrate_kbps;
    return settings;
}

RateControl::Limits rate_limits(const Prepare& prepare) {
    RateControl::Limits limits;
    limits.floor_kbps = prepare.floor_kbps;
    limits.ceiling_kbps = prepare.bitrate_kbps;
    limits.width = prepare.camera.width;
    limits.height = prepare.camera.height;
    limits.fps = prepare.camera.fps;
    return limits;
}

}  // namespace

Devices::Devices(Timers& timers, std::function<void(Event)> tell, Log log)
    : timers_(timers), tell_(std::move(tell)), log_(std::move(log)) {}

Devices::~Devices() {
    *alive_ = false;
    timers_.cancel(key_alarm_);
    for (const Device device : devices) stop(device);
}

Result<void> Devices::make(const Prepare& prepare, hal::asio::any_io_executor executor) {
    hal::AvSettings settings;
    settings.camera = prepare.camera.enabled;
    settings.microphone = prepare.microphone.enabled;
    settings.speaker = prepare.speaker.enabled;
    settings.camera_settings = camera_settings(prepare);
    settings.microphone_settings = {prepare.microphone.device, prepare.microphone.volume};
    settings.speaker_settings = {prepare.speaker.device, prepare.speaker.volume};
    settings.record = prepare.record;
    settings.log = log_;
    auto opened = hal::open_av(prepare.driver, std::move(executor), timers_, settings);
    if (!opened) return opened.error();
    devices_ = std::move(*opened);
    rate_.emplace(rate_limits(prepare));
    applied_ = rate_->target();
    const bool echo = prepare.echo && devices_.speaker && devices_.microphone;
    auto voice = hal::voice::open_voice(
        {echo, prepare.noise, prepare.gain, std::chrono::milliseconds(prepare.playout_delay_ms)});
    if (voice)
        voice_ = std::move(*voice);
    else
        log_.warning("no voice processing", kv("why", voice.error().text()));
    return {};
}

template <class Outcome>
void Devices::report(Device device, const Outcome& outcome) {
    if (outcome) {
        moved(device);
        return tell_(event::DeviceStarted{device});
    }
    log_.warning("device does not start", kv("device", to_string(device)), kv("why", outcome.error().text()));
    tell_(event::DeviceFailed{device, outcome.error()});
}

void Devices::start(Device device) {
    switch (device) {
        case Device::camera: return start_camera();
        case Device::microphone: return start_microphone();
        case Device::speaker: return start_speaker();
    }
}

void Devices::stop(Device device) {
    moved_[static_cast<std::size_t>(device)].reset();
    if (device == Device::camera && devices_.camera) {
        counters_.pictures_dropped += devices_.camera->dropped();  // it counts anew from its next start
        devices_.camera->stop();
        gate_.reset();
    }
    if (device == Device::microphone && devices_.microphone) devices_.microphone->stop();
    if (device == Device::speaker && devices_.speaker) devices_.speaker->stop();
}

void Devices::start_camera() {
    if (!devices_.camera) return;
    const auto gone = [this](const Error& why) {
        gate_.reset();
        lose(Device::camera, why);
    };
    devices_.camera->start(
        [this](const Result<hal::CameraFormat>& started) {
            if (started) {
                format_ = *started;
                apply(rate_->on_format(format_.width, format_.height, format_.fps));
                if (flowing_) (void)gate_.open();
            }
            report(Device::camera, started);
        },
        [this](hal::AccessUnit unit) { take_picture(std::move(unit)); }, gone);
}

void Devices::start_microphone() {
    if (!devices_.microphone) return;
    stamps_.reset();
    devices_.microphone->start(
        [this](const Result<void>& started) { report(Device::microphone, started); },
        [this](const hal::SoundFrame& frame, TimePoint captured) { take_sound(frame, captured); },
        [this](const Error& why) { lose(Device::microphone, why); });
}

void Devices::start_speaker() {
    if (!devices_.speaker) return;
    playout_.reset();
    devices_.speaker->start(
        [this](const Result<void>& started) { report(Device::speaker, started); },
        [this](hal::SoundFrame& frame, TimePoint plays_at) { give_sound(frame, plays_at); },
        [this](const Error& why) { lose(Device::speaker, why); });
}

void Devices::lose(Device device, const Error& why) {
    moved_[static_cast<std::size_t>(device)].reset();
    log_.warning("device gone", kv("device", to_string(device)), kv("why", why.text()));
    tell_(event::DeviceFailed{device, why});
}

void Devices::watch() {
    for (const Device device : devices) {
        const auto& last = moved_[static_cast<std::size_t>(device)];
        if (!last || timers_.now() - *last < still_time) continue;
        stop(device);
        lose(device, fail(Errc::timeout, "it does not move any more"));
    }
}

Devices::Counters Devices::counters() const {
    Counters all = counters_;
    if (devices_.camera) all.pictures_dropped += devices_.camera->dropped();
    all.sound_dropped = playout_.dropped();
    return all;
}

void Devices::set_volume(unsigned percent) {
    if (devices_.speaker) devices_.speaker->set_volume(percent);
}

void Devices::connect(MediaTransport* transport) {
    transport_ = transport;
    if (!transport) return;
    playout_.reset();
    stamps_.reset();
    if (rate_ && counters_.pictures_sent > 0) apply(rate_->on_new_connection(timers_.now()));
}

void Devices::flow(bool on) {
    flowing_ = on && transport_;
    if (!flowing_) return gate_.close();
    for (const hal::AccessUnit& unit : gate_.open()) send(unit);
    if (gate_.needs_key()) key_wanted();
}

void Devices::take_picture(hal::AccessUnit unit) {
    moved(Device::camera);
    if (unit.key) keys_.key_came(timers_.now());
    const std::vector<hal::AccessUnit> ready = gate_.on_picture(std::move(unit));
    if (flowing_ && ready.empty()) ++counters_.pictures_dropped;
    for (const hal::AccessUnit& each : ready) send(each);
}

void Devices::send(const hal::AccessUnit& unit) {
    if (!flowing_ || !transport_) return;
    transport_->send_picture(unit, format_.rotation);
    ++counters_.pictures_sent;
    if (unit.key) ++counters_.key_frames;
}

void Devices::key_wanted() {
    if (keys_.want(timers_.now())) return ask_key();
    timers_.cancel(key_alarm_);
    if (const auto at = keys_.wake_at())
        key_alarm_ = timers_.call_at(*at, [this] {
            key_alarm_ = 0;
            if (keys_.tick(timers_.now())) ask_key();
        });
}

void Devices::ask_key() {
    if (devices_.camera) devices_.camera->request_key();
}

void Devices::apply(const RateControl::Target& target) {
    if (!devices_.camera) return;
    if (target.kbps != applied_.kbps) devices_.camera->set_bitrate(target.kbps);
    if (target.fps != applied_.fps) devices_.camera->set_frame_rate(target.fps);
    applied_ = target;
}

void Devices::on_report(const NetworkReport& report) {
    apply(rate_->on_report(report, timers_.now()));
    if (transport_ && report.loss) transport_->expect_loss(static_cast<unsigned>(*report.loss * 100));
}

void Devices::take_sound(const hal::SoundFrame& frame, TimePoint captured) {
    moved(Device::microphone);
    hal::SoundFrame own = frame;
    if (voice_) voice_->near(own, captured, timers_.now());
    if (!flowing_ || !transport_) return stamps_.reset();
    if (muted_) own.fill(0);  // silence keeps the connection's clocks and reports going
    transport_->send_sound(own, stamps_.stamp(captured));
    ++counters_.sound_sent;
}

void Devices::give_sound(hal::SoundFrame& frame, TimePoint plays_at) {
    moved(Device::speaker);
    if (playout_.pull(frame)) ++counters_.sound_received;
    if (voice_) voice_->far(frame, plays_at, timers_.now());
}

void Devices::hear(std::span<const std::int16_t> samples) {
    playout_.push(samples);
}

}  // namespace voip::media
