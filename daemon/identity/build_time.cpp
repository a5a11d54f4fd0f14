#include "daemon/identity/clock_state.hpp"

// Alone in its file, so that a new day's build compiles nothing else anew.
namespace voip::identity {

UnixMillis build_time() noexcept {
    return UnixMillis{WMPF_BUILD_TIME} * 1000;
}

}  // namespace voip::identity
