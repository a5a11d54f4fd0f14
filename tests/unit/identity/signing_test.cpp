#include "daemon/identity/facts.hpp"
#include "daemon/identity/service_client.hpp"
#include "tests/support/catch.hpp"

namespace voip::identity {
namespace {

TEST_CASE("signature: a token's text is 7 lines", "[identity][unit]") {
    const SignedParts parts{"voip.example.com", "app", "SN1", "model", 1767225600,
                            "abcdefghijklmnop", {},    {}};
    CHECK(text_to_sign(parts) ==
          "wmpf-voip-token-v1\nvoip.example.com\napp\nSN1\nmodel\n1767225600\nabcdefghijklmnop");
}

TEST_CASE("signature: a registration's text is 9 lines, key and ticket last", "[identity][unit]") {
    const SignedParts parts{"h", "a", "s", "m", 1, "n", "KEY", "TICKET"};
    CHECK(text_to_sign(parts) == "wmpf-voip-register-v1\nh\na\ns\nm\n1\nn\nKEY\nTICKET");
}

TEST_CASE("facts: device.get has every member of its contract and no other", "[identity][unit]") {
    DeviceFacts facts;
    facts.sn = "SN1";
    facts.model_id = "m";
    facts.app_id = "a";
    facts.name = "Door";
    facts.version = "0.1.0";
    facts.registration = {voip::Registration::device_auth, RegistrationState::refused, 4014, "revoked"};
    facts.channel = {ChannelState::offline, 1767225600000, "timed out"};
    facts.device_token_expires = 1;
    facts.push_token_expires = 2;
    facts.clock = {ClockHealth::behind, -77};
    CHECK(json::write(encode(facts)) ==
          R"({"sn":"SN1","modelId":"m","appId":"a","name":"Door","version":"0.1.0",)"
          R"("registration":{"kind":"device-auth","state":"refused","errCode":4014,"errMsg":"revoked"},)"
          R"("channel":{"state":"offline","since":1767225600000,"reason":"timed out"},)"
          R"("deviceToken":{"expireTimestamp":1},"pushToken":{"expireTimestamp":2},)"
          R"("clock":{"state":"behind","offset":-77}})");
}

TEST_CASE("facts: members without a value are left out", "[identity][unit]") {
    const json::Value all = encode(DeviceFacts{});
    CHECK_FALSE(all.find("registration")->find("errCode"));
    CHECK_FALSE(all.find("registration")->find("errMsg"));
    CHECK_FALSE(all.find("channel")->find("reason"));
    CHECK_FALSE(all.find("clock")->find("offset"));
}

}  // namespace
}  // namespace voip::identity
