#pragma once
#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "daemon/media/program/gst/owned.hpp"
#include "daemon/media/program/ice_route.hpp"
#include "daemon/media/program/transport.hpp"

namespace voip::media::gst {

/// Counts what passes through a connection, and reads what the other side reports about it.
class Meters : public std::enable_shared_from_this<Meters> {
 public:
    Meters(std::uint32_t sound_ssrc, std::uint32_t picture_ssrc) noexcept
        : sound_ssrc_(sound_ssrc), picture_ssrc_(picture_ssrc) {}

    /// Watches the elements that webrtcbin makes for itself. Call before it makes any. @thread loop
    void watch(GstElement* webrtc);
    /// Candidates of both sides and the pair that ICE chose of them. @thread any
    void on_route(const std::function<void(IceRoute&)>& tell);
    /// @thread any
    void on_picture() noexcept { pictures_.fetch_add(1); }
    void on_sound(Duration length) noexcept { sound_.fetch_add(length.count()); }
    void on_concealed(Duration length) noexcept { concealed_.fetch_add(length.count()); }

    /// @thread loop
    [[nodiscard]] TransportStats read();
    /// Lets the connection's objects go, which hold us in turn. @thread any
    void release();

 private:
    struct Reports {
        std::optional<double> sound_loss, picture_loss;
        std::optional<unsigned> remb_kbps;
    };
    static void on_element(GstElement* bin, GstElement* inner, GstElement* element, gpointer self);
    static void on_rtcp(GObject* session, GstBuffer* buffer, gpointer self);
    void read_session(TransportStats& stats);
    void read_source(const GstStructure* source, TransportStats& stats);

    const std::uint32_t sound_ssrc_, picture_ssrc_;
    std::atomic<std::uint64_t> bytes_{0}, pictures_{0};
    std::atomic<Duration::rep> sound_{0}, concealed_{0};
    std::mutex mutex_;  // of the three below
    IceRoute route_;
    Reports reports_;
    Owned<GObject> session_;  // RTPSession
};

}  // namespace voip::media::gst
