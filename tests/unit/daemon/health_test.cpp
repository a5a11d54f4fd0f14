#include "daemon/health.hpp"

#include "tests/support/catch.hpp"

namespace voip::daemon {
namespace {

TEST_CASE("health: the whole is as bad as its worst of 3 parts", "[daemon][unit]") {
    HealthBook book;
    book.set("channel", PartState::ok, "", 1);
    CHECK(book.get().status == "ok");
    book.set("clock", PartState::degraded, "behind", 2);
    CHECK(book.get().status == "degraded");
    book.set("board", PartState::down, "gone", 3);
    CHECK(book.get().status == "down");
    book.set("board", PartState::ok, "", 4);
    book.set("clock", PartState::ok, "", 5);
    CHECK(book.get().status == "ok");
    CHECK(book.get().parts.size() == 3);
}

TEST_CASE("health: since moves with the state, not with 2 reasons for the same state", "[daemon][unit]") {
    HealthBook book;
    book.set("channel", PartState::down, "refused", 10);
    book.set("channel", PartState::down, "timed out", 20);
    CHECK(book.get().parts[0].since == 10);
    CHECK(book.get().parts[0].reason == "timed out");
    book.set("channel", PartState::ok, "ignored when ok", 30);
    CHECK(book.get().parts[0].since == 30);
    CHECK(book.get().parts[0].reason.empty());
}

TEST_CASE("health: a part that is off says why, and the whole is ok with it", "[daemon][unit]") {
    HealthBook book;
    book.set("channel", PartState::ok, "", 1);
    book.set("media", PartState::off, "this build has none", 2);
    CHECK(book.get().status == "ok");
    CHECK(book.get().parts[1].state == "off");
    CHECK(book.get().parts[1].reason == "this build has none");
}

}  // namespace
}  // namespace voip::daemon
