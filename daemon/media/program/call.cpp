#include "daemon/media/program/call.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"

namespace voip::media {
namespace {

// @source protocol/README.md, the 2000s
constexpr int could_not_start = 2003, could_not_connect = 2004, media_stopped = 2005, not_permitted = 2102;

std::string words(Device device, const Error& why) {
    return std::string(to_string(device)).append(": ").append(why.text());
}

int code_of(const Error& why) {
    return why.is(Errc::refused) ? not_permitted : code::media_device;
}

}  // namespace

std::string_view to_string(Device device) noexcept {
    switch (device) {
        case Device::camera: return "camera";
        case Device::microphone: return "microphone";
        case Device::speaker: return "speaker";
    }
    return "device";
}

std::string_view to_string(Request request) noexcept {
    switch (request) {
        case Request::prepare: return "media.prepare";
        case Request::start: return "media.start";
        case Request::set: return "media.set";
        case Request::restart: return "media.restart";
        case Request::stop: return "media.stop";
    }
    return "request";
}

Actions Call::on(const Event& event, TimePoint now) {
    now_ = now;
    actions_.clear();
    std::visit([this](const auto& one) { on_one(one); }, event);
    return std::exchange(actions_, {});
}

std::optional<TimePoint> Call::wake_at() const noexcept {
    std::optional<TimePoint> first;
    for (const auto& due : {session_due_, renew_at_, phase_due_, heard_by_, devices_due_, camera_.wake_at(),
                            microphone_.wake_at(), speaker_.wake_at()})
        if (due && (!first || *due < *first)) first = due;
    return first;
}

bool Call::is_live() const noexcept {
    return phase_ == Phase::starting || phase_ == Phase::flowing || phase_ == Phase::interrupted;
}

bool Call::is_current(SessionId session) const noexcept {
    return is_live() && session == session_;
}

void Call::act(Action action) {
    actions_.push_back(std::move(action));
}

void Call::reply(Request request, int err_code, std::string err_msg) {
    act(action::Reply{request, err_code, std::move(err_msg)});
}

void Call::refuse(Request request) {
    reply(request, code::join_failed,
          std::string(to_string(request)).append(": not at this point of a call"));
}

// Requests.

void Call::on_one(const event::Prepare& event) {
    if (phase_ != Phase::idle) return refuse(Request::prepare);
    prepare_ = event.params;
    volume_ = prepare_.speaker.volume;
    phase_ = Phase::preparing;
    phase_due_ = now_ + prepare_time;
    act(action::LoadEngine{});
}

void Call::on_one(const event::Start& event) {
    if (phase_ != Phase::ready) return refuse(Request::start);
    phase_ = Phase::starting;
    phase_due_ = now_ + start_time;
    room_type_ = event.params.room_type;
    ice_servers_ = event.params.ice_servers;
    volume_ = event.params.volume.value_or(volume_);
    muted_ = !event.params.microphone;
    reply(Request::start);
    tell_state();
    camera_ = DeviceKeeper(prepare_.camera.enabled && room_type_ == RoomType::video);
    microphone_ = DeviceKeeper(prepare_.microphone.enabled);
    speaker_ = DeviceKeeper(prepare_.speaker.enabled);
    open_session();
    act(action::Volume{volume_});
    act(action::Mute{muted_});
    want(Device::speaker, true);
    want(Device::microphone, true);
    want(Device::camera, event.params.camera);
}

void Call::on_one(const event::Set& event) {
    if (!is_live()) return refuse(Request::set);
    if (event.params.volume) {
        volume_ = *event.params.volume;
        act(action::Volume{volume_});
    }
    if (event.params.microphone && *event.params.microphone == muted_) {
        muted_ = !*event.params.microphone;
        act(action::Mute{muted_});
    }
    if (event.params.camera) want(Device::camera, *event.params.camera);
    reply(Request::set);
    tell_if_changed();
}

void Call::on_one(const event::Restart& event) {
    if (phase_ == Phase::ready) return reply(Request::restart);  // media.start brings the servers anew
    if (!is_live()) return refuse(Request::restart);
    ice_servers_ = event.params.ice_servers;
    reply(Request::restart);
    interrupt(session_);
}

void Call::on_one(const event::Stop&) {
    if (phase_ == Phase::ended) return refuse(Request::stop);
    if (stop_asked_) return refuse(Request::stop);
    stop_asked_ = true;
    if (phase_ != Phase::closing) close();
}

void Call::on_one(const event::WireClosed&) {
    stop_asked_ = false;  // nobody is there to be answered
    if (phase_ != Phase::closing && phase_ != Phase::ended) close();
}

// The engine.

void Call::on_one(const event::EngineReady&) {
    if (phase_ != Phase::preparing) return;
    phase_ = Phase::ready;
    phase_due_.reset();
    reply(Request::prepare);
}

void Call::on_one(const event::EngineFailed& event) {
    if (phase_ == Phase::closing || phase_ == Phase::ended) return;
    if (phase_ == Phase::preparing) reply(Request::prepare, could_not_start, event.why.text());
    fail_with(could_not_start, event.why.text());
}

void Call::on_one(const event::KeyMade&) {
    key_made_ = true;
    if (std::exchange(open_waits_, false) && is_live()) open_now();
}

// Devices.

DeviceKeeper& Call::keeper(Device device) noexcept {
    switch (device) {
        case Device::camera: return camera_;
        case Device::microphone: return microphone_;
        case Device::speaker: break;
    }
    return speaker_;
}

void Call::command(Device device, DeviceKeeper::Command command) {
    if (command == DeviceKeeper::Command::start) act(action::StartDevice{device});
    if (command == DeviceKeeper::Command::stop) act(action::StopDevice{device});
}

void Call::want(Device device, bool wanted) {
    command(device, keeper(device).want(wanted, now_));
}

void Call::on_one(const event::DeviceStarted& event) {
    if (!is_live()) return;
    keeper(event.device).started();
    any_device_worked_ = any_device_worked_ || keeper(event.device).is_on();
    if (keeper(event.device).is_on()) devices_due_.reset();
    tell_if_changed();
}

void Call::on_one(const event::DeviceFailed& event) {
    if (!is_live()) return;
    keeper(event.device).failed(event.why, now_);
    judge_devices(event.device, event.why);
}

/// One device less is told. A call in which none ever worked ends; one in which some did waits for them.
void Call::judge_devices(Device device, const Error& why) {
    const auto is_dead = [this](Device each) { return !keeper(each).wanted() || keeper(each).error(); };
    const bool all_dead = std::all_of(std::begin(devices), std::end(devices), is_dead);
    if (all_dead && !any_device_worked_) return fail_with(code_of(why), words(device, why));
    if (all_dead && !devices_due_) devices_due_ = now_ + prepare_.reconnect;
    tell_state(code_of(why), words(device, why));
}

// What others are told.

void Call::tell_state(int err_code, std::string err_msg) {
    StateReport report;
    report.state = phase_ == Phase::flowing       ? State::flowing
                   : phase_ == Phase::interrupted ? State::interrupted
                   : phase_ == Phase::starting    ? State::starting
                                                  : State::failed;
    report.camera = sends_camera();
    report.microphone = sends_microphone();
    report.err_code = err_code;
    report.err_msg = std::move(err_msg);
    const bool changed = report.camera != told_camera_ || report.microphone != told_microphone_;
    told_camera_ = report.camera;
    told_microphone_ = report.microphone;
    act(action::TellState{std::move(report)});
    if (changed && answered_) act(action::TellPhone{{signal::Media{told_camera_, told_microphone_}}});
}

void Call::tell_if_changed() {
    if (sends_camera() != told_camera_ || sends_microphone() != told_microphone_) tell_state();
}

// Ends.

void Call::fail_with(int err_code, std::string why) {
    StateReport report;
    report.state = State::failed;
    report.err_code = err_code;
    report.err_msg = std::move(why);
    act(action::TellState{std::move(report)});
    close();
}

/// Nothing is captured or sent from here on. What was never begun is not waited for.
void Call::close() {
    const bool live = is_live();
    for (const Device device : devices) want(device, false);
    for (auto* due : {&session_due_, &renew_at_, &heard_by_, &devices_due_}) due->reset();
    phase_ = Phase::closing;
    phase_due_ = now_ + close_time;
    if (!live) return end();
    act(action::Flow{false});
    act(action::Close{});
}

void Call::end() {
    phase_ = Phase::ended;
    phase_due_.reset();
    if (stop_asked_) reply(Request::stop);
    act(action::End{});
}

// Time.

void Call::tick_devices() {
    for (const Device device : devices) {
        const auto done = keeper(device).tick(now_);
        command(device, done);
        if (done == DeviceKeeper::Command::stop) judge_devices(device, *keeper(device).error());
        if (!is_live()) return;
    }
    if (devices_due_ && now_ >= *devices_due_) fail_with(code::media_device, "no device works any more");
}

void Call::on_one(const event::Tick&) {
    if (phase_due_ && now_ >= *phase_due_) {
        switch (phase_) {
            case Phase::preparing:
                reply(Request::prepare, could_not_start, "the media libraries did not load in time");
                return fail_with(could_not_start, "the media libraries did not load in time");
            case Phase::starting: return fail_with(could_not_connect, "the other side could not be reached");
            case Phase::interrupted: return fail_with(media_stopped, "the connection was lost");
            case Phase::closing: return end();
            default: phase_due_.reset();
        }
    }
    if (is_live()) tick_devices();
    if (is_live()) tick_session();
}

}  // namespace voip::media
