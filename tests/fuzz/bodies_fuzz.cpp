// Any JSON as the bodies that have a decoder beside protocol/: HTTPS requests of devices and backends, fault
// rules, saved rooms, records of calls, the device's profile, and what daemon and media program tell each
// other.
#include "daemon/call/call_record.hpp"
#include "daemon/engine/profile.hpp"
#include "daemon/media/program/messages.hpp"
#include "daemon/media/report.hpp"
#include "protocol/call.hpp"
#include "service/api/claim.hpp"
#include "service/channel/backend_call.hpp"
#include "service/guard/faults.hpp"
#include "service/rooms/saved_room.hpp"
#include "tests/fuzz/demand.hpp"

namespace {

using namespace voip;

template <class T>
void judge_fault(const Answer<T>& answer) {
    if (!answer) fuzz::demand_fault(answer.error());
}

void judge_service(const json::Value& value) {
    for (const auto kind : {service::ClaimKind::token, service::ClaimKind::registration}) {
        const auto claim = service::decode_claim(value, kind);
        judge_fault(claim);
        if (claim) fuzz::demand(is_sn(claim->sn) && claim->nonce.size() >= 16, "a device and its nonce");
        // What is signed has one line for each part: no part may hold a line break.
        const auto lines = [](const std::string& text) {
            std::size_t count = 1;
            for (const char c : text) count += c == '\n' ? 1U : 0U;
            return count;
        };
        const std::size_t parts = kind == service::ClaimKind::token ? 7 : 9;
        if (claim)
            fuzz::demand(lines(service::signed_text(*claim, kind, "host")) == parts,
                         "one line for each part");
    }
    judge_fault(service::decode_backend_call(value));
    fuzz::judge(value, service::decode_fault_rule);
    const auto room = rooms::decode_saved_room(value);
    if (!room) {
        fuzz::demand(!room.error().text().empty(), "a damaged row is told in words");
    } else {
        const auto again = rooms::decode_saved_room(encode(*room));
        fuzz::demand(again && *again == *room, "a room that was read is written as the same");
    }
}

void judge_device(const json::Value& value) {
    judge_fault(engine::decode_profile_answer(value));
    judge_fault(media::decode_prepare(value));
    judge_fault(media::decode_start(value));
    judge_fault(media::decode_set(value));
    judge_fault(media::decode_restart(value));
    judge_fault(media::host::decode_state_report(value));
    if (const auto record = call::decode_call_record(value)) {
        const auto again = call::decode_call_record(encode(*record));
        fuzz::demand(again && *again == *record, "a record that was read is written as the same");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = json::parse(fuzz::text_of(data, size));
    if (!value) return 0;
    judge_service(*value);
    judge_device(*value);
    return 0;
}
