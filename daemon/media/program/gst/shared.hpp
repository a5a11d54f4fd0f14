#pragma once
#include <gst/gst.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "daemon/media/program/gst/meters.hpp"
#include "daemon/media/program/gst/outlet.hpp"
#include "daemon/media/program/gst/owned.hpp"
#include "daemon/media/program/gst/receiver.hpp"

namespace voip::media::gst {

/// What GStreamer's threads share with the transport; outlives both.
struct Shared : std::enable_shared_from_this<Shared> {
    std::shared_ptr<Outlet> outlet;
    std::shared_ptr<Meters> meters;
    std::shared_ptr<Receiver> receiver;
    std::atomic<bool> offered{false};
    std::atomic<bool> may_send{false};  // sound: the other side's certificate is the one of its answer
    std::mutex mutex;
    std::vector<Owned<GstElement>> dtls;  // under the mutex
    std::function<void()> last_word;      // loop: our last word of the handshake has left

    /// An element that webrtcbin has made. @thread any
    void on_element(GstElement* element);
};

}  // namespace voip::media::gst
