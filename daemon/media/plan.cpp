#include "daemon/media/plan.hpp"

#include <algorithm>
#include <utility>

#include "daemon/media/ice_life.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/room_codec.hpp"

namespace voip::media::host {
namespace {

constexpr unsigned launches_at_most = 2;
// What a room may say before the program is ready; what the program may say while the road is broken (less
// than the service takes in a second).
constexpr std::size_t waiting_signals = 40;
constexpr std::size_t waiting_bytes = 128 * 1024;

std::string named(std::string_view what) {
    return std::string("the media program ").append(what);
}

void sooner(std::optional<TimePoint>& at, const std::optional<TimePoint>& other) {
    if (other && (!at || *other < *at)) at = other;
}

}  // namespace

Plan::Plan(PlanSettings settings)
    : settings_(std::move(settings)),
      to_program_(waiting_signals, waiting_bytes),
      to_room_(waiting_signals, waiting_bytes) {}

Actions Plan::on(const Event& event, TimePoint now) {
    now_ = now;
    out_.clear();
    // A program that has ended is no longer late, whatever the clock says by now.
    if (!std::holds_alternative<event::Exited>(event)) expire();
    switch (rule(phase_, event)) {
        case Rule::act: std::visit([this](const auto& what) { handle(what); }, event); break;
        case Rule::breach: unlucky(named("spoke before it was asked")); break;
        case Rule::quiet: break;
    }
    return std::exchange(out_, {});
}

std::optional<TimePoint> Plan::wake_at() const noexcept {
    std::optional<TimePoint> at;
    if (phase_ == Phase::ending && !killed_) sooner(at, ending_due_);
    if (phase_ == Phase::running) sooner(at, silence_due_);
    if (phase_ == Phase::running) sooner(at, mend_due_);
    if (phase_ == Phase::ready && wanted_) sooner(at, elders_due_);
    return at;
}

void Plan::expire() {
    const auto due = [this](const std::optional<TimePoint>& at) { return at && *at <= now_; };
    if (phase_ == Phase::ending && !killed_ && due(ending_due_)) {
        out_.push_back(action::Note{"media program does not end", "killed"});
        kill();
    }
    if (phase_ == Phase::running && due(silence_due_))
        fail(code::join_callback, named("does not move any more"));
    if (phase_ == Phase::running && due(mend_due_))
        fail(code::join_callback, named("did not give up a lost connection in time"));
    if (phase_ == Phase::ready && due(elders_due_)) try_start();  // if they are taken, they will say so
}

void Plan::handle(const event::Begin&) {
    spawn();
}

void Plan::spawn() {
    ++launches_;
    process_ = true;
    again_ = killed_ = false;
    phase_ = Phase::launching;
    out_.push_back(action::Spawn{});
    json::Value params = settings_.prepare;
    params.set("generation", static_cast<std::int64_t>(settings_.generation));
    ask(Request::prepare, std::move(params), settings_.prepare_time);
}

void Plan::ask(Request request, json::Value params, Duration time) {
    out_.push_back(action::Ask{request, std::move(params), now_ + time});
}

/// There is no program for a call that only rings: once more, or it will be missed when somebody answers.
/// After Start it is the end of the media.
void Plan::unlucky(std::string why) {
    if (phase_ == Phase::launching || phase_ == Phase::ready) {
        trouble_ = std::move(why);
        if (wanted_) return fail(code::join_init, trouble_);
        health(trouble_);
        again_ = launches_ < launches_at_most;
        phase_ = Phase::ending;
        if (process_) return kill();
        if (again_) return spawn();
        phase_ = Phase::broken;
    } else if (started()) {
        fail(flowed_ ? code::join_callback : code::join_init, std::move(why));
    }
}

void Plan::handle(const event::SpawnFailed& event) {
    process_ = false;
    launches_ = launches_at_most;  // what is missing will not be there in a moment
    unlucky(event.why);
}

void Plan::handle(const event::Start& event) {
    wanted_ = event.start;
    servers_ = event.start.ice_servers;
    fresh_until_ = fresh_until(servers_, event.start.ice_received);
    if (phase_ == Phase::broken) return fail(code::join_init, trouble_);
    if (over_) return;
    told_ = {};
    told_.state = "starting";
    out_.push_back(action::Tell{MediaState{told_.state, false, false}, 0, {}});
    if (settings_.elders) elders_due_ = now_ + settings_.elder_time;
    try_start();
}

void Plan::handle(const event::EldersGone&) {
    settings_.elders = false;
    try_start();
}

void Plan::try_start() {
    if (phase_ != Phase::ready || !wanted_) return;
    if (settings_.elders && elders_due_ && now_ < *elders_due_) return;
    phase_ = Phase::starting;
    elders_due_.reset();
    json::Value params;
    params.set("roomType", voip::to_string(wanted_->room_type));
    params.set("camera", wants_camera()).set("microphone", wants_microphone());
    if (volume_) params.set("volume", *volume_);
    params.set("iceServers", encode(servers_));
    ask(Request::start, std::move(params), settings_.answer_time);
    for (json::Value& body : to_program_.take()) out_.push_back(action::ToProgram{std::move(body)});
}

bool Plan::wants_camera() const noexcept {
    const bool picture = wanted_ && wanted_->room_type == RoomType::video && settings_.has_camera;
    return picture && camera_.value_or(wanted_->camera);
}

bool Plan::wants_microphone() const noexcept {
    return settings_.has_microphone && microphone_.value_or(true);
}

void Plan::handle(const event::Answered& event) {
    using How = event::Answered::How;
    if (event.request == Request::stop) return answered_stop(event);
    if (phase_ == Phase::ending) return;
    if (event.request == Request::prepare) return answered_prepare(event);
    if (event.request == Request::set && event.how == How::refused) {
        out_.push_back(action::Note{"media could not be set", event.why});
        return;
    }
    if (event.how != How::done) {
        const int err_code =
            event.request == Request::start && event.err_code != 0 ? event.err_code : code::join_reset;
        return fail(err_code, event.why);
    }
    if (event.request != Request::start || phase_ != Phase::starting) return;
    phase_ = Phase::running;
    if (stale()) want_restart("servers");
    try_restart();
}

void Plan::answered_prepare(const event::Answered& event) {
    if (event.how != event::Answered::How::done) return unlucky(event.why);
    if (phase_ != Phase::launching) return;
    phase_ = Phase::ready;
    trouble_.clear();
    try_start();
}

void Plan::answered_stop(const event::Answered& event) {
    if (event.quality) quality_ = event.quality;
    if (event.how == event::Answered::How::done)
        out_.push_back(action::CloseWire{});
    else
        kill();
}

void Plan::handle(const event::WireBroken& event) {
    if (phase_ == Phase::ending) return;  // it ends, or is killed when its time is over
    unlucky(event.why);
}

void Plan::handle(const event::Exited& event) {
    process_ = false;
    if (phase_ != Phase::ending) return unlucky(named(event.how));
    if (over_) return gone();
    if (again_) return spawn();
    phase_ = Phase::broken;
    if (wanted_) fail(code::join_init, trouble_);
}

void Plan::handle(const event::Stop&) {
    if (std::exchange(over_, true)) return;
    again_ = false;
    if (!process_) return gone();
    if (phase_ == Phase::ending) return;
    phase_ = Phase::ending;
    ending_due_ = now_ + settings_.stop_time;
    ask(Request::stop, json::Object{}, settings_.stop_time);
}

void Plan::fail(int err_code, std::string why) {
    if (over_) return;
    over_ = true;
    again_ = false;
    health(why);
    MediaState media{"failed", false, false};
    out_.push_back(action::Tell{std::move(media), err_code, std::move(why)});
    if (!process_) return gone();
    phase_ = Phase::ending;
    kill();
}

void Plan::health(const std::string& reason) {
    if (health_ == reason) return;
    health_ = reason;
    out_.push_back(action::Health{reason});
}

void Plan::kill() {
    if (std::exchange(killed_, true) || !process_) return;
    out_.push_back(action::Kill{});
}

void Plan::gone() {
    phase_ = Phase::gone;
    out_.push_back(action::Gone{quality_});
}

}  // namespace voip::media::host
