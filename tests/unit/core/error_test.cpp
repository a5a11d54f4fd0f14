#include "core/error.hpp"

#include <memory>
#include <set>

#include "tests/support/catch.hpp"

using namespace voip;

TEST_CASE("error: each of the 13 codes has words of its own", "[core][unit]") {
    std::set<std::string> words;
    for (int code = 1; code <= static_cast<int>(Errc::device_gone); ++code)
        words.insert(make_error_code(static_cast<Errc>(code)).message());
    CHECK(words.size() == 13);
    CHECK(words.count("unknown error") == 0);
    CHECK(voip_category().message(999) == "unknown error");
    CHECK(std::string(voip_category().name()) == "voip");
}

TEST_CASE("error: text() is context and words, or the words alone", "[core][unit]") {
    CHECK(fail(Errc::timeout, "dial").text() == "dial: timed out");
    CHECK(fail(Errc::timeout).text() == "timed out");
}

TEST_CASE("error: within() puts the place before the context and keeps the code", "[core][unit]") {
    const Error inner = fail(Errc::io, "disk");
    const Error outer = within("history", inner);
    CHECK(outer.text() == "history: disk: input/output failed");
    CHECK(outer.is(Errc::io));
    CHECK_FALSE(outer.is(Errc::timeout));
    CHECK(within("history", fail(Errc::io)).text() == "history: input/output failed");
}

TEST_CASE("error: a system's code is kept beside ours", "[core][unit]") {
    const boost::system::error_code denied(EACCES, boost::system::system_category());
    const Error error = fail(denied, "socket");
    CHECK(error.code == denied);
    CHECK_FALSE(error.is(Errc::io));
    CHECK(error.text().find("socket: ") == 0);
}

TEST_CASE("error: a Result carries a value that cannot be copied, or an Error", "[core][unit]") {
    const auto make = [](bool good) -> Result<std::unique_ptr<int>> {
        if (!good) return fail(Errc::full, "table");
        return std::make_unique<int>(5);
    };
    const auto good = make(true);
    REQUIRE(good);
    CHECK(**good == 5);
    const auto bad = make(false);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().is(Errc::full));
    CHECK_THROWS_WITH(bad.value(), "value() of an error: table: no place left");
    const Result<void> done;
    CHECK(done);
}
