// Any JSON as each message of a room: a fault that names the member, or a message that survives the wire.
#include "protocol/room_codec.hpp"
#include "tests/fuzz/demand.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace voip;
    const auto value = json::parse(fuzz::text_of(data, size));
    if (!value) return 0;
    fuzz::judge(*value, decode_room_event);
    fuzz::judge(*value, decode_call_incoming);
    fuzz::judge(*value, decode_room_join);
    fuzz::judge(*value, decode_room_joined);
    fuzz::judge(*value, decode_room_resume);
    fuzz::judge(*value, decode_room_resumed);
    fuzz::judge(*value, decode_room_hang_up);
    fuzz::judge(*value, decode_room_signal);
    fuzz::judge(*value, decode_room_snapshot);
    fuzz::judge(*value, decode_media_state);
    fuzz::judge(*value, decode_media_quality);
    const auto servers = decode_ice_servers(*value);
    if (!servers) fuzz::demand_fault(servers.error());
    return 0;
}
