// Plan: what travels while the program runs: its words, switches, signalling, new connections.
#include <utility>

#include "daemon/media/ice_life.hpp"
#include "daemon/media/plan.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/room_codec.hpp"

namespace voip::media::host {
namespace {

Fault wrong(std::string_view field, std::string text) {
    return {code::argument, std::move(text), std::string(field), {}};
}

/// Codes of which the program's side of things is the cause, not the network or the other side.
bool is_our_fault(int err_code) noexcept {
    return err_code == code::join_reset || err_code == code::join_init || err_code == code::media_device ||
           err_code == code::media_permission;
}

}  // namespace

Answer<call::MediaAnswer> Plan::answer_set(const call::MediaRequest& request) const {
    if (request.camera.value_or(false)) {
        if (settings_.room_type == RoomType::voice)
            return wrong("camera", "camera: a voice call has no picture");
        if (!settings_.has_camera) return wrong("camera", "camera: the board has none");
    }
    if (request.microphone.value_or(false) && !settings_.has_microphone)
        return wrong("microphone", "microphone: the board has none");
    call::MediaAnswer answer;
    answer.media.state = told_.state.empty() ? "none" : told_.state;
    answer.media.camera = request.camera.value_or(told_.camera);
    answer.media.microphone = request.microphone.value_or(told_.microphone);
    answer.volume = request.volume.value_or(volume_.value_or(settings_.volume));
    return answer;
}

void Plan::handle(const event::Set& event) {
    if (event.camera) camera_ = event.camera;
    if (event.microphone) microphone_ = event.microphone;
    if (event.volume) volume_ = event.volume;
    if (!started()) return;  // media.start will say it
    json::Value params{json::Object{}};
    if (event.camera) params.set("camera", *event.camera);
    if (event.microphone) params.set("microphone", *event.microphone);
    if (event.volume) params.set("volume", *event.volume);
    ask(Request::set, std::move(params), settings_.answer_time);
}

void Plan::handle(const event::FromRoom& event) {
    if (over_) return;
    if (!started()) {
        if (!to_program_.push(event.body)) out_.push_back(action::Note{"signal dropped", "too many wait"});
        return;
    }
    // A new connection made with servers that have expired would be one without a relay.
    if (signal_type(event.body) == "want-offer" && (stale() || restart_why_))
        return want_restart("want-offer");
    out_.push_back(action::ToProgram{event.body});
}

void Plan::handle(const event::Road& event) {
    const bool reopened = event.open && !road_open_;
    road_open_ = event.open;
    if (!road_open_) {
        fetching_ = false;  // its outcome may never come
        return;
    }
    if (over_) return;
    // What was signalled into the road before it was known to be broken is lost too.
    const bool lost = reopened && told_.state == "interrupted";
    if (lost || to_room_.overflowed()) {
        to_room_.clear();
        want_restart(lost ? "road" : "signals were lost");
    }
    if (restart_why_)
        to_room_.clear();  // of a connection that is given up
    else
        for (json::Value& body : to_room_.take()) out_.push_back(action::ToRoom{std::move(body)});
    try_restart();
}

/// What flows is left alone unless an address has gone. Should it be an interruption all the same, the
/// program finds out after some seconds of silence, and then the network is known to be why.
void Plan::handle(const event::Network& event) {
    if (told_.state != "interrupted" && !event.moved) {
        moved_until_ = now_ + settings_.moved_time;
        return;
    }
    want_restart("network");
}

void Plan::handle(const event::Unsent& event) {
    road_open_ = false;
    if (started()) (void)to_room_.push(event.body);
}

bool Plan::flooded() {
    if (now_ - told_since_ >= 1s) {
        told_since_ = now_;
        told_count_ = 0;
    }
    if (++told_count_ <= settings_.told_per_second) return false;
    fail(code::join_reset, "the media program says too much");
    return true;
}

void Plan::handle(const event::Told& event) {
    if (flooded()) return;
    const StateReport& report = event.report;
    if (report.state == "failed") {
        if (is_our_fault(report.err_code)) health(report.err_msg);
        over_ = true;
        phase_ = Phase::ending;
        ending_due_ = now_ + settings_.stop_time;
        out_.push_back(action::Tell{MediaState{report.state, false, false}, report.err_code, report.err_msg});
        return;
    }
    state_changed(report);
    out_.push_back(action::Tell{MediaState{report.state, report.camera, report.microphone}, 0, {}});
}

void Plan::state_changed(const StateReport& report) {
    const bool flows = report.state == "flowing";
    const bool as_wanted = report.camera == wants_camera() && report.microphone == wants_microphone();
    if (report.err_code != 0)
        health(report.err_msg);
    else if (flows && as_wanted)
        health({});
    told_ = report;
    if (flows) {
        flowed_ = true;
        silence_due_ = now_ + settings_.silence_time;
        mend_due_.reset();
        return;
    }
    silence_due_.reset();
    if (report.state != "interrupted" || mend_due_) return;
    mend_due_ = now_ + settings_.reconnect_time + settings_.reconnect_grace;
    // The program begins new connections by itself; here only what it cannot know.
    if (moved_until_ && now_ < *moved_until_)
        want_restart("network");
    else if (stale())
        want_restart("servers");
}

void Plan::handle(const event::Measured& event) {
    if (flooded()) return;
    quality_ = event.quality;
    if (told_.state == "flowing") silence_due_ = now_ + settings_.silence_time;
    out_.push_back(action::Measure{event.quality});
}

void Plan::handle(const event::FromProgram& event) {
    if (flooded()) return;
    if (json::write(event.body).size() > limits::signal_bytes)
        return fail(code::join_reset, "the media program sent a signal above 32 KiB");
    to_room(event.body);
}

void Plan::to_room(json::Value body) {
    if (road_open_)
        out_.push_back(action::ToRoom{std::move(body)});
    else
        (void)to_room_.push(std::move(body));  // what does not fit is made up for by a new connection
}

void Plan::want_restart(std::string why) {
    restart_why_ = std::move(why);
    try_restart();
}

void Plan::try_restart() {
    if (phase_ != Phase::running || !restart_why_ || !road_open_ || fetching_) return;
    if (stale()) {
        fetching_ = true;
        out_.push_back(action::FetchServers{now_ + settings_.answer_time});
        return;
    }
    json::Value params;
    params.set("iceServers", encode(servers_)).set("why", *std::exchange(restart_why_, std::nullopt));
    moved_until_.reset();
    ask(Request::restart, std::move(params), settings_.answer_time);
}

void Plan::handle(const event::Servers& event) {
    if (!std::exchange(fetching_, false)) return;
    if (event.servers) {
        servers_ = *event.servers;
        fresh_until_ = std::max(fresh_until(servers_, event.received), now_ + settings_.answer_time);
    } else {
        fresh_until_ = now_ + settings_.answer_time;  // then with the old ones: better than nothing
    }
    try_restart();
}

}  // namespace voip::media::host
