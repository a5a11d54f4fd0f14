#include "daemon/control/params.hpp"

#include <algorithm>

#include "protocol/call.hpp"
#include "protocol/limits.hpp"
#include "protocol/reader.hpp"

namespace voip::control {
namespace {

constexpr double relay_seconds_max = 3600;  // far above what any driver allows; keeps the arithmetic safe
constexpr auto any_moment = std::numeric_limits<std::int64_t>::max();

bool is_key(std::string_view text) noexcept {
    return is_plain_text(text, limits::name_bytes);
}

/// Names of contacts, buttons and relays.
constexpr TextRule key{limits::name_bytes, 1, &is_key, "must hold no control characters"};
constexpr TextRule log_levels{1024, 1};

void read_person(Reader& reader, std::vector<Person>& people) {
    Person person;
    person.open_id = reader.string("openId", rule::open_id);
    person.name = reader.optional_string("name", rule::name).value_or("");
    const bool twice = std::any_of(people.begin(), people.end(),
                                   [&](const Person& other) { return other.open_id == person.open_id; });
    if (twice) reader.refuse("openId", "the same person twice");
    people.push_back(std::move(person));
}

}  // namespace

Answer<call::CallRequest> decode_call(const json::Value& params) {
    Reader reader(params);
    call::CallRequest request;
    if (reader.has("contact") == reader.has("openId"))
        reader.refuse("contact", "either this or openId is needed");
    request.contact = reader.optional_string("contact", key).value_or("");
    request.open_id = reader.optional_string("openId", rule::open_id).value_or("");
    request.room_type = reader.optional_word("roomType", &room_type);
    request.time_limit_s = reader.optional_integer("timeLimit", 1, limits::time_limit_max_s).value_or(0);
    return reader.finish(std::move(request));
}

Answer<std::optional<std::string>> decode_answer(const json::Value& params) {
    Reader reader(params);
    return reader.finish(reader.optional_string("roomId", rule::room_id));
}

Answer<HangUpParams> decode_hang_up(const json::Value& params) {
    Reader reader(params);
    HangUpParams request;
    request.room_id = reader.optional_string("roomId", rule::room_id);
    request.reason = reader.optional_word("reason", &hang_up_reason).value_or(HangUpReason::forceFromApp);
    return reader.finish(std::move(request));
}

Answer<call::MediaRequest> decode_set_media(const json::Value& params) {
    Reader reader(params);
    call::MediaRequest request;
    request.room_id = reader.optional_string("roomId", rule::room_id);
    request.camera = reader.optional_boolean("camera");
    request.microphone = reader.optional_boolean("microphone");
    request.volume = reader.optional_int("volume", 0, 100);
    return reader.finish(std::move(request));
}

Answer<EventFilter> decode_subscribe(const json::Value& params) {
    constexpr std::size_t most = 64;  // repeated names do no harm, but need not be many
    constexpr TextRule any_text{limits::name_bytes, 0};
    Reader reader(params);
    EventFilter filter = reader.has("events") ? EventFilter::nothing() : EventFilter();
    const auto names =
        reader.has("events") ? reader.strings("events", most, any_text) : std::vector<std::string>();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (const auto name = event_name(names[i]))
            filter.add(*name);
        else
            reader.refuse("events[" + std::to_string(i) + "]", "unknown word");
    }
    filter.want_quality(reader.optional_boolean("quality").value_or(false));
    return reader.finish(filter);
}

Answer<HistoryParams> decode_history(const json::Value& params) {
    Reader reader(params);
    HistoryParams request;
    const auto limit = reader.optional_integer("limit", 1, static_cast<std::int64_t>(limits::history_page));
    if (limit) request.limit = static_cast<std::size_t>(*limit);
    request.before = reader.optional_integer("before", 0, any_moment);
    return reader.finish(request);
}

Answer<Contact> decode_contact_set(const json::Value& params) {
    Reader reader(params);
    Contact contact;
    contact.contact = reader.string("contact", key);
    contact.name = reader.optional_string("name", rule::name).value_or("");
    reader.objects("people", limits::people_per_contact,
                   [&](Reader& person) { read_person(person, contact.people); });
    if (contact.people.empty()) reader.refuse("people", "somebody to ring is needed");
    return reader.finish(std::move(contact));
}

Answer<std::string> decode_contact_remove(const json::Value& params) {
    Reader reader(params);
    return reader.finish(reader.string("contact", key));
}

Answer<std::string> decode_register(const json::Value& params) {
    Reader reader(params);
    return reader.finish(reader.string("snTicket", rule::sn_ticket));
}

Answer<PressParams> decode_press(const json::Value& params) {
    Reader reader(params);
    PressParams request;
    request.button = reader.string("button", key);
    request.long_press = reader.optional_boolean("long").value_or(false);
    return reader.finish(std::move(request));
}

Answer<RelayParams> decode_relay(const json::Value& params) {
    Reader reader(params);
    RelayParams request;
    request.relay = reader.string("relay", key);
    if (const auto seconds = reader.optional_number("seconds", 0, relay_seconds_max)) {
        request.length = from_seconds(*seconds);
        if (*request.length <= Duration::zero()) reader.refuse("seconds", "must be above 0");
    }
    return reader.finish(std::move(request));
}

Answer<std::string> decode_log_set(const json::Value& params) {
    Reader reader(params);
    return reader.finish(reader.string("levels", log_levels));
}

}  // namespace voip::control
