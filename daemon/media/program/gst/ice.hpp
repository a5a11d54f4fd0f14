#pragma once
#include <gst/gst.h>

#include <memory>

#include "daemon/media/program/gst/shared.hpp"

namespace voip::media::gst {

/// Tells webrtcbin's ICE agent its addresses and servers, before the pipeline plays, and keeps the meters
/// told of the way that media takes. @errors io
[[nodiscard]] Result<void> set_up_ice(GstElement* webrtc, const TransportSettings& settings,
                                      const std::shared_ptr<Shared>& shared, const Log& log);

}  // namespace voip::media::gst
