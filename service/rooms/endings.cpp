#include "service/rooms/endings.hpp"

namespace voip::rooms {
namespace {

LastWord with_status(EventName name, std::string_view status) {
    LastWord word{name, {}};
    word.data.status = status;
    return word;
}

LastWord abort_word(std::string_view status, std::string_view err_msg, std::int64_t keep_time) {
    LastWord word = with_status(EventName::abortVoip, status);
    word.data.err_msg = err_msg;
    word.data.keep_time = keep_time;
    return word;
}

LastWord hang_up_word(std::string_view status, std::string_view origin, std::int64_t keep_time) {
    LastWord word = with_status(EventName::hangUpVoip, status);
    word.data.origin = origin;
    word.data.keep_time = keep_time;
    return word;
}

std::string_view abort_status(bool caller) {
    return caller ? "abortByCaller" : "abortByListener";
}

}  // namespace

Ending cancelled(std::string_view reason) {
    return {with_status(EventName::cancelVoip, reason), with_status(EventName::cancelVoip, "other")};
}

Ending rejected(std::string_view reason) {
    return {with_status(EventName::rejectVoip, "other"), with_status(EventName::rejectVoip, reason)};
}

Ending listener_busy() {
    return {LastWord{EventName::busy, {}}, with_status(EventName::rejectVoip, "busy")};
}

Ending not_answered() {
    return {LastWord{EventName::timeout, {}}, LastWord{EventName::timeout, {}}};
}

Ending hung_up(bool by_caller, std::string_view reason, std::int64_t keep_time) {
    const std::string_view status = by_caller ? "endByCaller" : "endByListener";
    return {hang_up_word(status, by_caller ? reason : "other", keep_time),
            hang_up_word(status, by_caller ? "other" : reason, keep_time)};
}

Ending time_limit_reached(std::int64_t keep_time) {
    const LastWord word = hang_up_word("endByCaller", "timeLimit", keep_time);
    return {word, word};
}

Ending broken(bool by_caller, bool talking, std::string_view err_msg, std::int64_t keep_time) {
    LastWord own = abort_word(abort_status(by_caller), err_msg, keep_time);
    if (!talking) {
        own = LastWord{by_caller ? EventName::joinFailCaller : EventName::joinFailListener, {}};
        own.data.err_msg = err_msg;
    }
    LastWord far = abort_word("unknown", room_aborted, keep_time);
    if (by_caller) return {std::move(own), std::move(far)};
    return {std::move(far), std::move(own)};
}

Ending waited_in_vain(bool caller_missing) {
    LastWord missing = abort_word("unknown", room_aborted, 0);
    LastWord waited = abort_word(abort_status(!caller_missing), other_never_joined, 0);
    if (caller_missing) return {std::move(missing), std::move(waited)};
    return {std::move(waited), std::move(missing)};
}

Ending lost(bool caller, bool listener, std::int64_t keep_time) {
    const auto word = [&](bool is_caller, bool is_lost) {
        return abort_word(is_lost ? abort_status(is_caller) : "unknown", room_aborted, keep_time);
    };
    return {word(true, caller), word(false, listener)};
}

Ending never_started(std::string_view status) {
    return {with_status(EventName::cancelVoip, status), std::nullopt};
}

}  // namespace voip::rooms
