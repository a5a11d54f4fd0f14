#pragma once
#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <string>

#include "daemon/media/program/gst/meters.hpp"
#include "daemon/media/program/gst/outlet.hpp"
#include "daemon/media/program/gst/owned.hpp"

namespace voip::media::gst {

/// What becomes of the streams that the other side sends: sound is decoded and handed to the loop, a picture
/// goes to the display, everything else is thrown away.
class Receiver : public std::enable_shared_from_this<Receiver> {
 public:
    Receiver(std::shared_ptr<Outlet> outlet, std::shared_ptr<Meters> meters, std::string display)
        : outlet_(std::move(outlet)), meters_(std::move(meters)), display_(std::move(display)) {}

    /// Takes every stream that `webrtc` brings from now on into `pipeline`. @thread loop
    void watch(GstElement* pipeline, GstElement* webrtc);
    /// Sound that was invented for what was lost, since the beginning. @thread any
    [[nodiscard]] Duration concealed() const;

 private:
    static void on_pad(GstElement* webrtc, GstPad* pad, gpointer self);
    [[nodiscard]] Owned<GstElement> sound_bin();
    [[nodiscard]] Owned<GstElement> picture_bin();
    void take_sound(GstSample* sample);

    std::shared_ptr<Outlet> outlet_;
    std::shared_ptr<Meters> meters_;
    const std::string display_;
    mutable std::mutex mutex_;
    Owned<GstElement> decoder_;  // of the sound
};

}  // namespace voip::media::gst
