#include "protocol/errors.hpp"
#include "service/channel/dialling.hpp"
#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

namespace {

json::Value good() {
    return json::Value()
        .set("model_id", "M1")
        .set("sn", "SN1")
        .set("openid", "oabc")
        .set("room_type", "voice")
        .set("listener_name", "Anna")
        .set("version_type", 2)
        .set("query", "a=1&b=2")
        .set("caller_camera_status", 1)
        .set("payload", "x");
}

}  // namespace

TEST_CASE("failure shapes: the plugin's 1000s and the service's 4000s throw, backend codes resolve",
          "[service][unit]") {
    const auto thrown = GENERATE(1001, 1004, 1005, 1006, 4290, 5030, -32601);
    CHECK(is_thrown(thrown));
    CHECK_FALSE(init_failure(Fault{thrown, "no", "", {}}));
    const auto resolved =
        GENERATE(1, 2, 5, 7, 9, 12, 13, 14, 15, 17, 19, 20, 22, 23, 24, 10008, 9800004, -1, 99);
    CHECK_FALSE(is_thrown(resolved));
    const auto answer = init_failure(Fault{resolved, "no", "", {}});
    REQUIRE(answer);
    const auto result = decode_init_result(*answer);
    REQUIRE(result);
    CHECK_FALSE(result->is_success);
    CHECK(result->err_code == resolved);
}

TEST_CASE("backend call: all 9 members are read", "[service][unit]") {
    const auto call = decode_backend_call(good());
    REQUIRE(call);
    CHECK(call->sn == "SN1");
    CHECK(call->open_id == "oabc");
    CHECK(call->room_type == RoomType::voice);
    CHECK(call->listener_name == "Anna");
    CHECK(call->state == MiniprogramState::trial);
    CHECK(call->query == "a=1&b=2");
    CHECK(call->caller_camera == 1);
    CHECK(call->listener_camera == 0);
}

TEST_CASE("backend call: 9 bad members are named", "[service][unit]") {
    const std::vector<std::pair<const char*, json::Value>> rows{
        {"model_id", ""},        {"sn", 7},      {"openid", nullptr},         {"room_type", "film"},
        {"listener_name", "\n"}, {"query", "x"}, {"caller_camera_status", 2}, {"version_type", 3},
        {"version_type", "0"}};
    for (const auto& [name, value] : rows) {
        INFO(name);
        const auto call = decode_backend_call(good().set(name, value));
        REQUIRE_FALSE(call);
        CHECK(call.error().err_code == code::argument);
        CHECK(call.error().field == name);
    }
    CHECK_FALSE(decode_backend_call(json::Value(json::Array{})));
}
