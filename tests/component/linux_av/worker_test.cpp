#include "hal/linux/av/worker.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <latch>

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal::linux;

namespace {

struct WorkerLoop {
    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{io.get_executor()};
    /// Runs what is posted until `done` holds, 5 s at most.
    bool until(const std::function<bool()>& done) {
        const TimePoint end = Clock::now() + 5s;
        while (!done() && Clock::now() < end) io.run_one_for(10ms);
        return done();
    }
};
const auto never = [](const Error& why) { FAIL(why.text()); };

}  // namespace

TEST_CASE("worker: what the thread posts runs from the loop, and 0 of it after stop()", "[hal][component]") {
    WorkerLoop loop;
    Worker worker(loop.io.get_executor(), "test");
    int ran = 0;
    worker.start(
        [&ran](Run& run) {
            while (!run.stopped()) {
                run.post([&ran] { ++ran; });
                (void)run.sleep(1ms);
            }
        },
        never);
    CHECK(ran == 0);
    REQUIRE(loop.until([&] { return ran >= 3; }));
    worker.stop();
    const int before = ran;
    REQUIRE(worker.wait_ended(5s));
    loop.io.poll();
    CHECK(ran == before);
}

TEST_CASE("worker: of 50 starts in a row 1 thread runs at a time, and the last one is left",
          "[hal][component]") {
    WorkerLoop loop;
    Worker worker(loop.io.get_executor(), "test");
    std::atomic<int> inside{0}, most{0};
    int last = -1;
    for (int i = 0; i < 50; ++i)
        worker.start(
            [&, i](Run& run) {
                most = std::max(most.load(), ++inside);
                run.post([&last, i] { last = i; });
                while (!run.stopped()) (void)run.sleep(1s);
                --inside;
            },
            never);
    REQUIRE(loop.until([&] { return last == 49; }));
    CHECK(most == 1);
    worker.stop();
    REQUIRE(worker.wait_ended(5s));
    CHECK(inside == 0);
}

TEST_CASE(
    "worker: a thread that is stuck lets the next start fail with timeout after 50 ms (2 s), the one after "
    "go",
    "[hal][component]") {
    WorkerLoop loop;
    CHECK(Worker::usual_stop_time == 2s);
    Worker worker(loop.io.get_executor(), "camera", 50ms);
    std::latch hardware(1), inside(1);
    worker.start([&](Run&) { inside.count_down(), hardware.wait(); }, never);
    inside.wait();
    std::string told;
    worker.start([](Run&) { FAIL("two at a time"); },
                 [&](const Error& why) {
                     CHECK(why.is(Errc::timeout));
                     told = why.context;
                 });
    REQUIRE(loop.until([&] { return !told.empty(); }));
    CHECK(told == "camera did not close within 50 ms");
    hardware.count_down();
    bool ran = false;
    worker.start([&](Run& run) { run.post([&] { ran = true; }); }, never);
    REQUIRE(loop.until([&] { return ran; }));
    worker.stop();
    REQUIRE(worker.wait_ended(5s));
}

TEST_CASE("worker: a thread may outlive the worker and its loop", "[hal][component]") {
    std::latch go(1);
    std::atomic<bool> posted{false};
    {
        WorkerLoop loop;
        Worker worker(loop.io.get_executor(), "test");
        worker.start(
            [&](Run& run) {
                go.wait();
                run.post([] { FAIL("from a loop that is gone"); });
                posted = true;
            },
            never);
    }
    go.count_down();
    REQUIRE(Worker::wait_all_ended(5s));
    // The body may not even have begun when the worker went: then it does not run.
    CHECK((posted || !posted));
}
