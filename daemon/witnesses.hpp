#pragma once
#include <vector>

#include "daemon/call/call_task.hpp"
#include "daemon/engine/service_engine.hpp"
#include "daemon/lifecycle/watchdog.hpp"
#include "daemon/media/supervisor.hpp"

namespace voip::daemon {

/// Who must move for the watchdog to be fed: the call's task and its deadlines, those of its media, and the
/// channel's state machine. That they are asked at all is the loop's proof. What is given must outlive them.
/// @param media, channel  null: this daemon has none
/// @thread loop only
[[nodiscard]] std::vector<lifecycle::Witness> witnesses(call::CallTask& calls,
                                                        const media::host::Supervisor* media,
                                                        const engine::ServiceEngine* channel);

}  // namespace voip::daemon
