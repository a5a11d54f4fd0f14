#pragma once
#include <boost/asio/awaitable.hpp>

#include "core/timers.hpp"
#include "hal/sound.hpp"

namespace voip::hal::voice {

namespace asio = boost::asio;

/// Plays five chirps (some 8 s) on a board's speaker and listens for them with its microphone: the value for
/// `media.playoutDelay`. Neither device may be running; both have stopped when it returns, also when it is
/// cancelled. The devices and timers must outlive it.
/// @errors those of the devices' start, in their words; device_gone, io while it runs; timeout (15 s: a
/// device stopped giving frames); else those of DelayProbe::result()
/// @thread loop only
asio::awaitable<Result<Duration>> measure_delay(Microphone& microphone, Speaker& speaker, Timers& timers);

}  // namespace voip::hal::voice
