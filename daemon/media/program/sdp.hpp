#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

/// Session descriptions and candidates of a stranger, judged before a library sees them. Pure; any bytes are
/// safe.
/// @source RFC 8866 (SDP), RFC 8829 (JSEP), RFC 8839 (ICE in SDP), RFC 8122 (fingerprints)
namespace voip::media::sdp {

/// One m-line with what concerns us.
struct Media {
    std::string kind;  ///< audio, video
    std::string mid;
    bool rejected = false;          ///< port 0, and not because it is bundled
    std::string setup, ufrag, pwd;  ///< its own, else the session's
    std::string fingerprint;        ///< "sha-256 AB:CD..."; its own, else the session's
    std::vector<unsigned> payloads;
    friend bool operator==(const Media&, const Media&) = default;
};

/// @errors bad_message, with the number of the line
[[nodiscard]] Result<std::vector<Media>> parse(std::string_view text);

/// What an answer brings.
struct Accepted {
    std::string sdp;          ///< the answer, without candidates that hide behind a name
    std::string algorithm;    ///< of the other side's certificate: sha-256, sha-384 or sha-512
    std::string fingerprint;  ///< upper case, colons between bytes
    bool audio = false, video = false;
    friend bool operator==(const Accepted&, const Accepted&) = default;
};
/// Whether the answer belongs to the offer and has what DTLS and ICE need: the same m-lines in the same
/// order, only payload types that were offered, a side of DTLS chosen, one fingerprint.
/// @errors bad_message
[[nodiscard]] Result<Accepted> judge_answer(std::string_view offer, std::string_view answer);

/// The offer with REMB asked for, beside the PLI of that payload type: GStreamer never asks for it.
[[nodiscard]] std::string with_remb(std::string offer, unsigned payload);
/// The answer without any word of REMB, which GStreamer would not know what to do with.
[[nodiscard]] std::string without_remb(std::string_view answer);

enum class CandidateUse {
    use,
    skip  ///< harmless, but of no use: TCP, RTCP, a hidden name (mDNS), the end of candidates
};
/// @param candidate  "candidate:..." or "a=candidate:..."; empty: the end
/// @errors bad_message
[[nodiscard]] Result<CandidateUse> judge_candidate(std::string_view candidate);

/// Where a candidate comes from.
struct Origin {
    std::string foundation;  ///< the same for candidates of one kind and place
    bool relayed = false;    ///< it is an address of a TURN server
    friend bool operator==(const Origin&, const Origin&) = default;
};
/// Nothing: not a candidate that judge_candidate() lets pass.
[[nodiscard]] std::optional<Origin> origin_of(std::string_view candidate);

}  // namespace voip::media::sdp
