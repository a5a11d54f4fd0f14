#include "daemon/reasons.hpp"

#include "tests/support/catch.hpp"

namespace voip::daemon {
namespace {

using identity::ClockFacts;
using identity::ClockHealth;
using identity::RegistrationFacts;
using State = identity::RegistrationState;

RegistrationFacts standing(State state, std::optional<int> code = {}, std::string message = {}) {
    return {Registration::device_auth, state, code, std::move(message)};
}

TEST_CASE("reasons: a registration says its code, which the operator looks up, or what to do",
          "[daemon][unit]") {
    CHECK(registration_reason(standing(State::unregistered)) ==
          "not registered yet: wmpf-voipctl register TICKET");
    CHECK(registration_reason(standing(State::registering)) ==
          "the service has not answered yet whether it is registered");
    CHECK(registration_reason(standing(State::refused, 4014, "the device is revoked")) ==
          "error 4014: the device is revoked");
    CHECK(registration_reason(standing(State::unregistered, 9800004, "the device is not registered")) ==
          "error 9800004: the device is not registered");
    CHECK(registration_reason(standing(State::unreadable, {}, "/var/lib/x: Permission denied")) ==
          "/var/lib/x: Permission denied");
    CHECK(registration_reason(standing(State::lost)) == "lost");
}

TEST_CASE("reasons: a clock says which way it is off and by how much, in 3 units", "[daemon][unit]") {
    const auto off = [](ClockHealth state, std::optional<std::int64_t> by) {
        return clock_reason(ClockFacts{state, by});
    };
    CHECK(off(ClockHealth::ok, 3).empty());
    CHECK(off(ClockHealth::behind, -400) == "the system clock is 400 s behind the right time: set it");
    CHECK(off(ClockHealth::ahead, 7200) == "the system clock is 2 hours ahead of the right time: set it");
    CHECK(off(ClockHealth::behind, -1'735'689'600) ==
          "the system clock is 20089 days behind the right time: set it");
    CHECK(off(ClockHealth::ahead, {}) == "the system clock is ahead of the right time: set it");
}

}  // namespace
}  // namespace voip::daemon
