#include "protocol/parts.hpp"

namespace voip {

json::Value encode_party(const Party& party) {
    json::Value object;
    object.set("id", party.id).set("name", party.name).set("cameraStatus", party.camera_status);
    return object;
}

Party read_party(Reader& reader) {
    Party party;
    party.id = reader.string("id", rule::party_id);
    party.name = reader.optional_string("name", rule::name).value_or("");
    party.camera_status = reader.optional_int("cameraStatus", 0, 1).value_or(0);
    return party;
}

std::string_view cut_err_msg(std::string_view text) noexcept {
    if (text.size() <= limits::err_msg_bytes) return text;
    std::size_t end = limits::err_msg_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    return text.substr(0, end);
}

}  // namespace voip
