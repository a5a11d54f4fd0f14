#pragma once
#include <string>

namespace voip::bench {

/// Press of a button to `call.incoming` at a phone over TLS on loopback, `count` times: samples "press_us".
int ring(const std::string& socket, const std::string& url, const std::string& ca, const std::string& name,
         int count);

}  // namespace voip::bench
