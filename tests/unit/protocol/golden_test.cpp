// tests/data/protocol/<message>.<case>.json: each file is read, understood, and written again as it was.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include "core/file.hpp"
#include "protocol/call.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/rpc/codec.hpp"
#include "tests/support/printers.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/unit/protocol/messages.hpp"

using namespace voip;

namespace {

using Again = std::function<std::string(const json::Value&)>;

template <class Message>
Again again(Answer<Message> (*decode)(const json::Value&)) {
    return [decode](const json::Value& value) {
        const auto message = decode(value);
        REQUIRE(message);
        return json::write(encode(*message));
    };
}

std::string init_again(const json::Value& value) {
    InitRules rules;
    rules.own_id = *value.find("caller")->find("id")->as_string();
    rules.host = *value.find("businessType") == json::Value(device_to_user) ? Host::device : Host::phone;
    rules.registration = value.find("voipToken") ? Registration::device_auth : Registration::wmpf;
    const auto request = decode_init_by_caller(value, rules);
    REQUIRE(request);
    return json::write(encode(*request));
}

std::string rpc_again(const json::Value& value) {
    const auto message = rpc::decode(json::write(value));
    REQUIRE(message);
    if (const auto* request = std::get_if<rpc::Request>(&message->what))
        return rpc::write_request(request->id, request->method, request->params);
    if (const auto* notification = std::get_if<rpc::Notification>(&message->what))
        return rpc::write_notification(notification->method, notification->params);
    if (const auto* success = std::get_if<rpc::Success>(&message->what))
        return rpc::write_success(success->id, success->result);
    const auto& failure = std::get<rpc::Failure>(message->what);
    return rpc::write_failure(failure.id, failure.fault);
}

const std::map<std::string, Again>& codecs() {
    static const std::map<std::string, Again> all{{"call_device", again(decode_call_device)},
                                                  {"call_incoming", again(decode_call_incoming)},
                                                  {"init_by_caller", init_again},
                                                  {"init_result", again(decode_init_result)},
                                                  {"media_quality", again(decode_media_quality)},
                                                  {"media_state", again(decode_media_state)},
                                                  {"room_event", again(decode_room_event)},
                                                  {"room_hang_up", again(decode_room_hang_up)},
                                                  {"room_join", again(decode_room_join)},
                                                  {"room_joined", again(decode_room_joined)},
                                                  {"room_resume", again(decode_room_resume)},
                                                  {"room_resumed", again(decode_room_resumed)},
                                                  {"room_signal", again(decode_room_signal)},
                                                  {"room_snapshot", again(decode_room_snapshot)},
                                                  {"rpc", rpc_again}};
    return all;
}

}  // namespace

TEST_CASE("golden: the files of all 15 messages are read and written again as they were",
          "[protocol][unit]") {
    std::set<std::string> seen;
    for (const auto& entry :
         std::filesystem::directory_iterator(voip::test::source_dir() + "/tests/data/protocol")) {
        const std::string name = entry.path().filename().string();
        INFO(name);
        const std::string message = name.substr(0, name.find('.'));
        const auto codec = codecs().find(message);
        REQUIRE(codec != codecs().end());
        const auto text = read_file(entry.path(), 64 * 1024);
        REQUIRE(text);
        const json::Value value = test::parsed(*text);
        CHECK(codec->second(value) == json::write(value));
        seen.insert(message);
    }
    CHECK(seen.size() == codecs().size());
}
