#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "core/timers.hpp"
#include "daemon/media/program/transport.hpp"

namespace voip::media::gst {

/// The engine on GStreamer's webrtcbin: DTLS-SRTP, ICE by libnice, Opus, H.264. One a process.
/// @param executor  the loop; GStreamer's threads only post to it
/// @param timers  outlive the engine and its connections
[[nodiscard]] std::unique_ptr<MediaEngine> make_engine(boost::asio::any_io_executor executor, Timers& timers,
                                                       Log log);

/// One connection. @errors io: an element cannot be made, a description of ICE servers is refused
[[nodiscard]] Result<std::unique_ptr<MediaTransport>> open_webrtc(boost::asio::any_io_executor executor,
                                                                  Timers& timers,
                                                                  const TransportSettings& settings,
                                                                  MediaTransport::Handlers handlers, Log log);

}  // namespace voip::media::gst
