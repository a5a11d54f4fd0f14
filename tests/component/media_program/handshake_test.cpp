// When the loop is told that our last word of a handshake has left, with the library's element that sends it.
#include <array>
#include <boost/asio/io_context.hpp>

#include "daemon/media/program/gst/library.hpp"
#include "daemon/media/program/gst/shared.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::media::gst;

namespace {

// One record each. @source RFC 6347, 4.1
constexpr std::array<std::uint8_t, 14> last_word{20, 254, 253, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 1};
constexpr std::array<std::uint8_t, 14> other_word{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 14};

/// The element with a network behind it that looks, in the middle of each datagram, at what the loop knows.
struct Network {
    Network() {
        REQUIRE(start_library());
        constexpr std::array<std::string_view, 1> plugins{"dtls"};
        REQUIRE(load_plugins(plugins));
        element.reset(
            static_cast<GstElement*>(gst_object_ref_sink(gst_element_factory_make("dtlsenc", nullptr))));
        shared->outlet = std::make_shared<Outlet>(io.get_executor(), media::MediaTransport::Handlers{});
        shared->last_word = [this] { ++told; };
        shared->on_element(element.get());
        source.reset(gst_element_get_static_pad(element.get(), "src"));
        sink.reset(static_cast<GstPad*>(gst_object_ref_sink(gst_pad_new("sink", GST_PAD_SINK))));
        gst_pad_set_chain_function_full(sink.get(), take, this, nullptr);
        REQUIRE(gst_pad_link(source.get(), sink.get()) == GST_PAD_LINK_OK);
        REQUIRE(gst_pad_set_active(sink.get(), TRUE));
        REQUIRE(gst_pad_set_active(source.get(), TRUE));
        gst_pad_push_event(source.get(), gst_event_new_stream_start("handshake"));
        GstSegment segment;
        gst_segment_init(&segment, GST_FORMAT_BYTES);
        gst_pad_push_event(source.get(), gst_event_new_segment(&segment));
    }
    ~Network() {
        gst_pad_set_active(source.get(), FALSE);
        gst_pad_set_active(sink.get(), FALSE);
    }
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    void poll() {
        io.restart();
        io.poll();
    }
    GstFlowReturn send(const std::array<std::uint8_t, 14>& datagram) {
        const GstFlowReturn sent =
            gst_pad_push(source.get(), gst_buffer_new_memdup(datagram.data(), datagram.size()));
        poll();
        return sent;
    }
    static GstFlowReturn take(GstPad* pad, GstObject*, GstBuffer* buffer) {
        auto* const self = static_cast<Network*>(pad->chaindata);
        gst_buffer_unref(buffer);
        self->poll();
        ++self->taken;
        self->told_before = self->told;
        return self->answer;
    }

    boost::asio::io_context io{1};
    std::shared_ptr<Shared> shared = std::make_shared<Shared>();
    Owned<GstElement> element;
    Owned<GstPad> source, sink;
    GstFlowReturn answer = GST_FLOW_OK;
    int told = 0, told_before = 0, taken = 0;
};

}  // namespace

TEST_CASE("handshake: the loop is told of our last word when the network has taken it, not 1 step before",
          "[media][component]") {
    Network network;
    CHECK(network.send(last_word) == GST_FLOW_OK);
    CHECK(network.taken == 1);
    CHECK(network.told_before == 0);
    CHECK(network.told == 1);
}

TEST_CASE("handshake: of other words nothing is told, and both reach the network", "[media][component]") {
    Network network;
    CHECK(network.send(other_word) == GST_FLOW_OK);
    CHECK(network.send(other_word) == GST_FLOW_OK);
    CHECK(network.taken == 2);
    CHECK(network.told == 0);
}

TEST_CASE("handshake: what the network says of the last word, 1 end of stream, is what the element hears",
          "[media][component]") {
    Network network;
    network.answer = GST_FLOW_EOS;
    CHECK(network.send(last_word) == GST_FLOW_EOS);
}
