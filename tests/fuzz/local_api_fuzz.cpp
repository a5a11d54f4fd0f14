// Any JSON as the params of each method of the local API: a fault that names the member, or what a handler
// may rely on.
#include "daemon/control/params.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "tests/fuzz/demand.hpp"

namespace {

using namespace voip;

/// The value, unless it was refused in words.
template <class T>
std::optional<T> taken(const Answer<T>& answer) {
    if (answer) return *answer;
    fuzz::demand_fault(answer.error());
    const int code = answer.error().err_code;
    fuzz::demand(code == code::argument || code == code::room_wrong, "a wrong argument, or no call's room");
    fuzz::demand(!answer.error().field.empty(), "the member is named");
    return std::nullopt;
}

bool is_room_id(const std::optional<std::string>& id) {
    return !id || (!id->empty() && id->size() <= limits::room_id_bytes);
}

void judge_calls(const json::Value& params) {
    if (const auto call = taken(control::decode_call(params)))
        fuzz::demand(call->contact.empty() != call->open_id.empty(), "a contact or a person");
    if (const auto room = taken(control::decode_answer(params))) fuzz::demand(is_room_id(*room), "a room");
    if (const auto end = taken(control::decode_hang_up(params)))
        fuzz::demand(is_room_id(end->room_id), "a room");
    if (const auto media = taken(control::decode_set_media(params)))
        fuzz::demand(!media->volume || *media->volume <= 100, "a volume");
    taken(control::decode_subscribe(params));
    if (const auto page = taken(control::decode_history(params)))
        fuzz::demand(page->limit >= 1 && page->limit <= limits::history_page, "a page");
}

void judge_the_rest(const json::Value& params) {
    if (const auto contact = taken(control::decode_contact_set(params)))
        fuzz::demand(!contact->contact.empty() && !contact->people.empty() &&
                         contact->people.size() <= limits::people_per_contact,
                     "somebody to ring");
    taken(control::decode_contact_remove(params));
    if (const auto ticket = taken(control::decode_register(params)))
        fuzz::demand(ticket->size() == limits::sn_ticket_characters, "a ticket");
    if (const auto press = taken(control::decode_press(params)))
        fuzz::demand(!press->button.empty(), "a button");
    if (const auto relay = taken(control::decode_relay(params)))
        fuzz::demand(!relay->length || (*relay->length > Duration::zero() && *relay->length <= 1h), "a time");
    taken(control::decode_log_set(params));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = json::parse(fuzz::text_of(data, size));
    if (!value || value->as_object() == nullptr) return 0;  // refused before a decoder sees it
    judge_calls(*value);
    judge_the_rest(*value);
    return 0;
}
