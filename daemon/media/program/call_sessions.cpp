// The connections of a call, one after the other, and what the phone says about them.
#include <algorithm>
#include <utility>

#include "daemon/media/program/call.hpp"

namespace voip::media {

void Call::open_session() {
    renew_at_.reset();
    if (key_made_) return open_now();
    open_waits_ = true;
}

void Call::open_now() {
    session_ = std::max(session_ + 1, next_session_);
    connected_ = answered_ = false;
    opened_ = now_;
    session_due_ = now_ + session_time;
    renew_at_.reset();
    heard_by_.reset();
    act(action::Open{session_, ice_servers_});
}

/// A new session, now or as soon as the one before is old enough.
void Call::renew(SessionId above) {
    next_session_ = std::max(next_session_, above + 1);
    if (now_ - opened_ >= renew_time) return open_session();
    renew_at_ = opened_ + renew_time;
}

void Call::interrupt(SessionId above) {
    if (phase_ == Phase::flowing) {
        phase_ = Phase::interrupted;
        phase_due_ = now_ + prepare_.reconnect;
        act(action::Flow{false});
        tell_state();
    }
    connected_ = false;
    heard_by_.reset();
    renew(above);
}

void Call::on_one(const event::OfferMade& event) {
    if (!is_current(event.session)) return;
    act(action::TellPhone{{signal::Offer{event.session, event.sdp}}});
    act(action::TellPhone{{signal::Media{told_camera_, told_microphone_}}});
}

void Call::on_one(const event::CandidateFound& event) {
    if (!is_current(event.session)) return;
    act(action::TellPhone{{signal::Candidate{event.session, event.candidate, event.mid, event.line}}});
}

void Call::on_one(const event::Connected& event) {
    if (!is_current(event.session) || connected_) return;
    connected_ = true;
    session_due_.reset();
    phase_due_.reset();
    renew_at_.reset();
    heard_by_ = now_ + silence_time;
    phase_ = Phase::flowing;
    act(action::Flow{true});
    tell_state();
}

void Call::on_one(const event::Lost& event) {
    if (is_current(event.session)) interrupt(session_);
}

void Call::on_one(const event::Heard& event) {
    if (is_current(event.session) && connected_) heard_by_ = now_ + silence_time;
}

void Call::on_one(const event::SessionClosed&) {
    if (phase_ == Phase::closing) end();
}

void Call::on_one(const event::FromPhone& event) {
    if (is_live()) std::visit([this](const auto& one) { from_phone(one); }, event.signal.what);
}

void Call::from_phone(const signal::Answer& answer) {
    if (answer.session != session_ || answered_) return;
    answered_ = true;
    renew_at_.reset();  // what asked for another offer has got this one meanwhile
    act(action::TakeAnswer{answer.sdp});
}

void Call::from_phone(const signal::Candidate& candidate) {
    if (candidate.session == session_) act(action::TakeCandidate{candidate.candidate, candidate.line});
}

void Call::from_phone(const signal::WantOffer& want) {
    interrupt(std::max(session_, want.session));
}

void Call::tick_session() {
    if (heard_by_ && now_ >= *heard_by_) return interrupt(session_);
    if (session_due_ && now_ >= *session_due_) return renew(session_);
    if (renew_at_ && now_ >= *renew_at_) open_session();
}

}  // namespace voip::media
