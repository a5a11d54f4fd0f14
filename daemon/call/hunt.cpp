#include "daemon/call/hunt.hpp"

#include <utility>

#include "protocol/errors.hpp"

namespace voip::call {
namespace {

/// Why the next person is to be rung: nobody answered, and nobody here hung up.
bool goes_on(const CallRecord& record) {
    const EventName name = record.end.event_name;
    const bool taken_back = name == EventName::cancelVoip || name == EventName::hangUpVoip;
    return record.answered == 0 && !taken_back;
}

}  // namespace

Hunt::Hunt(std::vector<Person> people)
    : people_(std::make_move_iterator(people.begin()), std::make_move_iterator(people.end())) {}

Hunt::Step Hunt::begin() {
    return next();
}

Hunt::Step Hunt::on_dial(const Answer<InitResult>& answer) {
    Step step;
    if (answer && !answer->is_success) {
        refusal_ = *answer;
        return step;
    }
    if (!answer) {
        people_.clear();
        step.done = true;
    }
    if (!answered_) step.answer = answer;
    answered_ = true;
    return step;
}

Hunt::Step Hunt::on_end(const CallRecord& record) {
    if (!goes_on(record)) people_.clear();
    return next();
}

Hunt::Step Hunt::next() {
    if (people_.empty()) return over();
    Step step;
    step.ring = std::move(people_.front());
    people_.pop_front();
    return step;
}

Hunt::Step Hunt::over() {
    Step step;
    step.done = true;
    if (answered_) return step;
    answered_ = true;
    const Fault nobody{code::argument, "the contact has nobody to ring", "contact", {}};
    if (refusal_)
        step.answer = Answer<InitResult>(*refusal_);
    else
        step.answer = Answer<InitResult>(nobody);
    return step;
}

}  // namespace voip::call
