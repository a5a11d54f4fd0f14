#include "daemon/identity/standing.hpp"

#include <utility>

namespace voip::identity {

void Standing::loaded(Enrolment enrolment, std::string problem) {
    enrolment_ = enrolment;
    err_msg_ = std::move(problem);
}

void Standing::unreadable(std::string problem) {
    unreadable_ = true;
    err_msg_ = std::move(problem);
}

Enrolment Standing::begin() noexcept {
    busy_ = true;
    before_ = enrolment_;
    if (enrolment_ != Enrolment::registered) enrolment_ = Enrolment::pending;
    return enrolment_;
}

Enrolment Standing::enrolled(Verdict verdict, const Reply& reply) {
    busy_ = false;
    note(verdict, reply);
    if (verdict == Verdict::accepted)
        enrolment_ = Enrolment::registered;
    else if (verdict != Verdict::try_later)  // a lost answer may have been a yes: the token will tell
        enrolment_ = before_;
    return enrolment_;
}

bool Standing::token_asked(Verdict verdict, const Reply& reply) {
    note(verdict, reply);
    if (verdict != Verdict::accepted || enrolment_ != Enrolment::pending) return false;
    enrolment_ = Enrolment::registered;
    return true;
}

void Standing::note(Verdict verdict, const Reply& reply) {
    if (verdict == Verdict::try_later) return;  // the network says nothing about the registration
    refusal_.reset();
    err_code_.reset();
    err_msg_.clear();
    if (verdict == Verdict::accepted) return;
    refusal_ = verdict;
    if (const Fault* fault = reply.fault()) {
        err_code_ = fault->err_code;
        err_msg_ = fault->err_msg;
    }
}

RegistrationState Standing::state() const noexcept {
    if (unreadable_) return RegistrationState::unreadable;
    if (busy_) return RegistrationState::registering;
    if (enrolment_ == Enrolment::lost) return RegistrationState::lost;
    if (refusal_ == Verdict::refused || refusal_ == Verdict::other_key) return RegistrationState::refused;
    if (refusal_ == Verdict::not_registered) return RegistrationState::unregistered;
    if (enrolment_ == Enrolment::registered) return RegistrationState::registered;
    if (enrolment_ == Enrolment::pending && !refusal_) return RegistrationState::registering;
    return RegistrationState::unregistered;
}

std::optional<int> Standing::err_code() const noexcept {
    return err_code_;
}

}  // namespace voip::identity
