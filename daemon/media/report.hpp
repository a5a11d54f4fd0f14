#pragma once
#include "daemon/media/plan_event.hpp"
#include "protocol/fault.hpp"

namespace voip::media::host {

/// Params of `media.state`. A failure without one of its codes (2000 to 2009, 2102) counts as 2000, one
/// without words gets the code's. Pure. @errors Fault 1004 that names the member
[[nodiscard]] Answer<StateReport> decode_state_report(const json::Value& params);

}  // namespace voip::media::host
