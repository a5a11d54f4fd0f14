// A handshake with the library's own elements, which nobody answers: what it says, and how often.
#include "daemon/media/program/gst/dtls_setup.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "daemon/media/program/gst/library.hpp"
#include "daemon/media/program/gst/owned.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::media::gst;

namespace {

/// The client's side of a connection.
struct Deaf {
    Deaf() {
        REQUIRE(start_library());
        constexpr std::array<std::string_view, 2> plugins{"coreelements", "dtls"};
        REQUIRE(load_plugins(plugins));
        pipeline.reset(
            gst_parse_launch("dtlsdec connection-id=deaf dtlsenc connection-id=deaf is-client=true ! "
                             "fakesink name=sink sync=false async=false signal-handoffs=true",
                             nullptr));
        REQUIRE(pipeline);
        const Owned<GstElement> sink(gst_bin_get_by_name(GST_BIN(pipeline.get()), "sink"));
        g_signal_connect(sink.get(), "handoff", G_CALLBACK(on_datagram), this);
        REQUIRE(gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
    }
    ~Deaf() { gst_element_set_state(pipeline.get(), GST_STATE_NULL); }
    Deaf(const Deaf&) = delete;
    Deaf& operator=(const Deaf&) = delete;

    static void on_datagram(GstElement*, GstBuffer* buffer, GstPad*, gpointer data) {
        auto& self = *static_cast<Deaf*>(data);
        const std::lock_guard lock(self.mutex);
        self.sent.push_back(gst_buffer_get_size(buffer));
        self.more.notify_all();
    }
    /// The sizes of what was sent until there were so many, or for so long.
    std::vector<std::size_t> datagrams(std::size_t count, std::chrono::milliseconds within) {
        std::unique_lock lock(mutex);
        more.wait_for(lock, within, [&] { return sent.size() >= count; });
        return sent;
    }

    std::mutex mutex;
    std::condition_variable more;
    std::vector<std::size_t> sent;
    Owned<GstElement> pipeline;
};

}  // namespace

TEST_CASE("DTLS: a first word that nobody answers is said 5 times in 1.5 s, not in 15, in 1 datagram each",
          "[media][component]") {
    Deaf deaf;
    const auto sent = deaf.datagrams(5, std::chrono::seconds(8));
    REQUIRE(sent.size() >= 5);
    CHECK(sent[0] > 256);  // it would be two of the plugin's
    CHECK(sent[0] < 1200);
    for (std::size_t i = 1; i < sent.size(); ++i) CHECK(sent[i] == sent[0]);
}

TEST_CASE("DTLS: waits are doubled from 100 ms up to 1.6 s, 12 of them last longer than 10 s",
          "[media][component]") {
    unsigned wait = 0, all = 0;
    std::vector<unsigned> waits;
    for (int i = 0; i < 12; ++i) {
        wait = next_handshake_wait(wait);
        waits.push_back(wait / 1000);
        all += wait / 1000;
    }
    CHECK(std::vector(waits.begin(), waits.begin() + 6) ==
          std::vector<unsigned>{100, 200, 400, 800, 1600, 1600});
    CHECK(all > 10'000);
}
