#include "daemon/engine/channel_rules.hpp"

#include "tests/support/catch.hpp"

namespace voip::engine {
namespace {

constexpr ChannelEnd never{0, 0, 0s}, long_one{0, 1001, 60s};
constexpr ChannelEnd refused_401{401, 0, 0s}, expired{0, 4401, 0s}, expired_after_an_hour{0, 4401, 3600s};

TEST_CASE("channel rules: a channel of 10 s or more starts the delays anew, a shorter one does not",
          "[engine][unit]") {
    ChannelRules rules(10s);
    CHECK(rules.after(never) == ChannelStep::wait);
    CHECK(rules.after({0, 0, 9999ms}) == ChannelStep::wait);
    CHECK(rules.after({0, 0, 10s}) == ChannelStep::wait_anew);
    CHECK(rules.after(long_one) == ChannelStep::wait_anew);
}

TEST_CASE("channel rules: 4401 and 401 renew the token at once, a second time in a row with a delay",
          "[engine][unit]") {
    for (const ChannelEnd& first : {refused_401, expired, expired_after_an_hour})
        for (const ChannelEnd& second : {refused_401, expired}) {
            ChannelRules rules(10s);
            CHECK(rules.after(first) == ChannelStep::new_token_now);
            CHECK(rules.after(second) == ChannelStep::new_token_wait);
            CHECK(rules.after(second) == ChannelStep::new_token_wait);
        }
}

TEST_CASE("channel rules: after a good channel the token may be renewed at once again", "[engine][unit]") {
    ChannelRules rules(10s);
    CHECK(rules.after(refused_401) == ChannelStep::new_token_now);
    CHECK(rules.after(expired_after_an_hour) == ChannelStep::new_token_now);
    CHECK(rules.after(expired) == ChannelStep::new_token_wait);
    CHECK(rules.after(long_one) == ChannelStep::wait_anew);
    CHECK(rules.after(expired) == ChannelStep::new_token_now);
}

TEST_CASE("channel rules: a network failure in between does not allow a further renewal at once",
          "[engine][unit]") {
    ChannelRules rules(10s);
    CHECK(rules.after(refused_401) == ChannelStep::new_token_now);
    CHECK(rules.after(never) == ChannelStep::wait);
    CHECK(rules.after(refused_401) == ChannelStep::new_token_wait);
}

TEST_CASE("channel rules: 4409 stands back, also after an hour on line", "[engine][unit]") {
    ChannelRules rules(10s);
    CHECK(rules.after({0, 4409, 0s}) == ChannelStep::stand_back);
    CHECK(rules.after({0, 4409, 3600s}) == ChannelStep::stand_back);
}

TEST_CASE("channel rules: other HTTP answers and close codes wait", "[engine][unit]") {
    ChannelRules rules(10s);
    for (const unsigned status : {403U, 404U, 429U, 500U, 503U})
        CHECK(rules.after({status, 0, 0s}) == ChannelStep::wait);
    constexpr std::uint16_t codes[] = {1000, 1001, 1003, 1008, 1009};
    for (const std::uint16_t code : codes) CHECK(rules.after({0, code, 0s}) == ChannelStep::wait);
}

}  // namespace
}  // namespace voip::engine
