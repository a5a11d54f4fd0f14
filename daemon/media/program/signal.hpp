#pragma once
#include <cstdint>
#include <string>
#include <variant>

#include "core/json.hpp"
#include "protocol/fault.hpp"

/// What the two sides of a room tell each other about media: the body of `room.signal`. Pure.
/// @source daemon/media/README.md, "What travels in room.signal"
namespace voip::media {

/// Numbers the connections of one call, 1 and up; a higher one replaces everything before it.
using SessionId = std::uint32_t;

namespace signal {

struct Offer {  ///< device only
    SessionId session = 0;
    std::string sdp;
    friend bool operator==(const Offer&, const Offer&) = default;
};
struct Answer {  ///< phone only
    SessionId session = 0;
    std::string sdp;
    friend bool operator==(const Answer&, const Answer&) = default;
};
struct Candidate {
    SessionId session = 0;
    std::string candidate;  ///< "candidate:..."; empty: there are no more
    std::string mid;        ///< may be empty
    unsigned line = 0;      ///< index of the m-line
    friend bool operator==(const Candidate&, const Candidate&) = default;
};
struct WantOffer {          ///< phone only: it has no connection
    SessionId session = 0;  ///< the last one it knows; 0: none
    friend bool operator==(const WantOffer&, const WantOffer&) = default;
};
struct Media {  ///< what is sent now, for display only
    bool camera = false, microphone = false;
    friend bool operator==(const Media&, const Media&) = default;
};

}  // namespace signal

struct Signal {
    std::variant<signal::Offer, signal::Answer, signal::Candidate, signal::WantOffer, signal::Media> what;
    friend bool operator==(const Signal&, const Signal&) = default;
};

[[nodiscard]] json::Value encode(const Signal& signal);
/// Any JSON is safe. Sizes and characters are judged here: an sdp of at most limits::signal_bytes without
/// NUL, a candidate of at most 1024 bytes without control characters, at most 8 m-lines. Absent sdpMid and
/// sdpMLineIndex are taken for the first m-line, as browsers leave them out of an end of candidates; null
/// counts as absent for both. Whether an sdp means anything is for sdp.hpp to say.
/// @return a Fault 1004 that names the member
[[nodiscard]] Answer<Signal> decode_signal(const json::Value& body);

}  // namespace voip::media
