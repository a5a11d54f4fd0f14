#include "protocol/words.hpp"

#include <array>
#include <utility>

namespace voip {
namespace {

template <class Word, std::size_t n>
using Table = std::array<std::pair<Word, std::string_view>, n>;

constexpr Table<RoomType, 2> room_types{{{RoomType::voice, "voice"}, {RoomType::video, "video"}}};
constexpr Table<ChargeType, 2> charge_types{
    {{ChargeType::duration, "duration"}, {ChargeType::license, "license"}}};
constexpr Table<MiniprogramState, 3> states{{{MiniprogramState::formal, "formal"},
                                             {MiniprogramState::trial, "trial"},
                                             {MiniprogramState::developer, "developer"}}};
constexpr Table<Direction, 2> directions{
    {{Direction::outgoing, "outgoing"}, {Direction::incoming, "incoming"}}};
constexpr Table<Phase, 7> phases{{{Phase::idle, "idle"},
                                  {Phase::dialling, "dialling"},
                                  {Phase::ringing, "ringing"},
                                  {Phase::alerting, "alerting"},
                                  {Phase::joining, "joining"},
                                  {Phase::talking, "talking"},
                                  {Phase::ended, "ended"}}};
constexpr Table<EventName, 14> event_names{{{EventName::startVoip, "startVoip"},
                                            {EventName::joinedRoomByCaller, "joinedRoomByCaller"},
                                            {EventName::joinFailCaller, "joinFailCaller"},
                                            {EventName::joinFailListener, "joinFailListener"},
                                            {EventName::hangOnVoip, "hangOnVoip"},
                                            {EventName::calling, "calling"},
                                            {EventName::cancelVoip, "cancelVoip"},
                                            {EventName::rejectVoip, "rejectVoip"},
                                            {EventName::busy, "busy"},
                                            {EventName::timeout, "timeout"},
                                            {EventName::hangUpVoip, "hangUpVoip"},
                                            {EventName::abortVoip, "abortVoip"},
                                            {EventName::endVoip, "endVoip"},
                                            {EventName::finishVoip, "finishVoip"}}};
constexpr Table<HangUpReason, 5> reasons{{{HangUpReason::manual, "manual"},
                                          {HangUpReason::unloadCallPage, "unloadCallPage"},
                                          {HangUpReason::forceFromApp, "forceFromApp"},
                                          {HangUpReason::busy, "busy"},
                                          {HangUpReason::abort, "abort"}}};
constexpr Table<Authorisation, 3> authorisations{
    {{Authorisation::unknown, "unknown"}, {Authorisation::ok, "ok"}, {Authorisation::lost, "lost"}}};

template <class Word, std::size_t n>
std::string_view spell(const Table<Word, n>& table, Word word) noexcept {
    for (const auto& [value, text] : table)
        if (value == word) return text;
    return "?";
}

template <class Word, std::size_t n>
std::optional<Word> read(const Table<Word, n>& table, std::string_view text) noexcept {
    for (const auto& [value, spelling] : table)
        if (spelling == text) return value;
    return std::nullopt;
}

}  // namespace

std::string_view to_string(RoomType word) noexcept {
    return spell(room_types, word);
}
std::string_view to_string(ChargeType word) noexcept {
    return spell(charge_types, word);
}
std::string_view to_string(MiniprogramState word) noexcept {
    return spell(states, word);
}
std::string_view to_string(Direction word) noexcept {
    return spell(directions, word);
}
std::string_view to_string(Phase word) noexcept {
    return spell(phases, word);
}
std::string_view to_string(EventName word) noexcept {
    return spell(event_names, word);
}
std::string_view to_string(HangUpReason word) noexcept {
    return spell(reasons, word);
}
std::string_view to_string(Authorisation word) noexcept {
    return spell(authorisations, word);
}

std::optional<RoomType> room_type(std::string_view text) noexcept {
    return read(room_types, text);
}
std::optional<ChargeType> charge_type(std::string_view text) noexcept {
    return read(charge_types, text);
}
std::optional<MiniprogramState> miniprogram_state(std::string_view text) noexcept {
    return read(states, text);
}
std::optional<Direction> direction(std::string_view text) noexcept {
    return read(directions, text);
}
std::optional<Phase> phase(std::string_view text) noexcept {
    return read(phases, text);
}
std::optional<EventName> event_name(std::string_view text) noexcept {
    return read(event_names, text);
}
std::optional<HangUpReason> hang_up_reason(std::string_view text) noexcept {
    return read(reasons, text);
}
std::optional<Authorisation> authorisation(std::string_view text) noexcept {
    return read(authorisations, text);
}

bool is_terminal(EventName name) noexcept {
    switch (name) {
        case EventName::cancelVoip:
        case EventName::rejectVoip:
        case EventName::busy:
        case EventName::timeout:
        case EventName::hangUpVoip:
        case EventName::abortVoip:
        case EventName::joinFailCaller:
        case EventName::joinFailListener: return true;
        case EventName::startVoip:
        case EventName::joinedRoomByCaller:
        case EventName::hangOnVoip:
        case EventName::calling:
        case EventName::endVoip:
        case EventName::finishVoip: return false;
    }
    return false;
}

}  // namespace voip
