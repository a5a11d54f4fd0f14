#pragma once
#include <gst/gst.h>

#include <memory>

#include "daemon/media/program/gst/shared.hpp"

namespace voip::media::gst {

/// Brings what webrtcbin and its pipeline say to the loop: the offer, candidates, connected, lost. Once,
/// before the pipeline plays.
void watch_connection(GstElement* pipeline, GstElement* webrtc, const std::shared_ptr<Shared>& shared);

}  // namespace voip::media::gst
