#include "service/wake_up.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "core/manual_timers.hpp"
#include "protocol/crypto/crypto.hpp"
#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

namespace {

/// A vendor's server that follows a script, in manual time.
struct Vendor {
    asio::io_context io{1};
    ManualTimers timers;
    std::vector<transport::HttpRequest> requests;
    std::vector<unsigned> script;  ///< statuses in order; 0: no answer until the deadline; then 200
    WakeUp wake_up{io.get_executor(),
                   timers,
                   {"vendor.example", 443, "/wake"},
                   "a shared secret",
                   [this](transport::Url url, transport::HttpRequest request, TimePoint deadline) {
                       return answer(std::move(url), std::move(request), deadline);
                   },
                   Log()};

    asio::awaitable<Result<transport::HttpResponse>> answer(transport::Url, transport::HttpRequest request,
                                                            TimePoint deadline) {
        requests.push_back(std::move(request));
        const std::size_t at = requests.size() - 1;
        const unsigned status = at < script.size() ? script[at] : 200;
        if (status == 0) {
            co_await timers.wait_until(deadline);
            const Error late = fail(Errc::timeout);
            co_return late;
        }
        transport::HttpResponse response;
        response.status = status;
        co_return response;
    }
    void settle() { io.restart(), io.poll(); }
    void advance(Duration length) {
        timers.advance(length, [this] { settle(); });
        settle();
    }
    void tell(double ring_seconds = 60) {
        rooms::NotifyMember notice;
        notice.member = rooms::user("oanna");
        notice.incoming.room.room_id = "room-1";
        notice.incoming.room.caller = {"SN-1", "Door", 0};
        notice.incoming.ring_seconds = ring_seconds;
        wake_up.tell(notice);
        settle();
    }
    ~Vendor() {
        asio::co_spawn(io, wake_up.stop(), [](const std::exception_ptr&) {});
        settle();
        CHECK(timers.pending() == 0);
    }
};

}  // namespace

TEST_CASE("wake-up: one signed POST says who is called; 200 ends it", "[service][component]") {
    Vendor vendor;
    vendor.tell();
    REQUIRE(vendor.requests.size() == 1);
    const auto& request = vendor.requests[0];
    CHECK(request.method == "POST");
    CHECK(request.header("X-Wmpf-Voip-Signature") ==
          "sha256=" + crypto::hex(crypto::hmac_sha256("a shared secret", request.body)));
    const auto body = json::parse(request.body);
    REQUIRE(body);
    CHECK(*body->find("memberId")->as_string() == "oanna");
    CHECK(*body->find("roomId")->as_string() == "room-1");
    CHECK(*body->find("callerId")->as_string() == "SN-1");
    CHECK(*body->find("timestamp")->as_integer() == vendor.timers.wall_now());
    CHECK(vendor.wake_up.pending() == 0);
    vendor.advance(60s);
    CHECK(vendor.requests.size() == 1);
}

TEST_CASE("wake-up: 3 tries in all: after 1 s, after 5 s of silence and 2 s", "[service][component]") {
    Vendor vendor;
    vendor.script = {503, 0, 500};
    vendor.tell();
    CHECK(vendor.requests.size() == 1);
    vendor.advance(999ms);
    CHECK(vendor.requests.size() == 1);
    vendor.advance(1ms);
    CHECK(vendor.requests.size() == 2);
    vendor.advance(6999ms);
    CHECK(vendor.requests.size() == 2);
    vendor.advance(1ms);
    CHECK(vendor.requests.size() == 3);
    vendor.advance(60s);
    CHECK(vendor.requests.size() == 3);
    CHECK(vendor.wake_up.pending() == 0);
}

TEST_CASE("wake-up: a room that rings 3 s only is not told later than that", "[service][component]") {
    Vendor vendor;
    vendor.script = {0, 0, 0};
    vendor.tell(3);
    vendor.advance(60s);
    CHECK(vendor.requests.size() == 1);
}

TEST_CASE("wake-up: no more than 64 wait at once, and stop() ends them", "[service][component]") {
    Vendor vendor;
    vendor.script.assign(100, 0);
    for (int i = 0; i < 70; ++i) vendor.tell();
    CHECK(vendor.requests.size() == 64);
    CHECK(vendor.wake_up.pending() == 64);
}
