// What a phone says about media: any body, any description, any candidate. The first byte chooses the reader.
#include "daemon/media/program/sdp.hpp"
#include "daemon/media/program/signal.hpp"
#include "tests/fuzz/demand.hpp"

namespace {

using namespace voip;
using namespace voip::media;

constexpr std::string_view offer =
    "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE audio0 video1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:audio0\r\nm=video 9 UDP/TLS/RTP/SAVPF 102 "
    "97\r\na=mid:video1\r\n";

void body(std::string_view text) {
    const auto value = json::parse(text);
    if (value) fuzz::judge(*value, decode_signal);
}

/// What is taken has a certificate to be checked, and hides no candidate behind a name.
void answer(std::string_view text) {
    const auto accepted = sdp::judge_answer(offer, text);
    if (!accepted) return fuzz::demand(!accepted.error().context.empty(), "a refusal says why");
    fuzz::demand(accepted->audio || accepted->video, "something was taken");
    fuzz::demand(accepted->fingerprint.size() >= 95, "a fingerprint of 32 bytes or more");
    const auto again = sdp::judge_answer(offer, accepted->sdp);
    fuzz::demand(bool(again), "what was taken would be taken again");
    fuzz::demand(again->fingerprint == accepted->fingerprint, "and is the same");
    for (std::size_t at = accepted->sdp.find("\na=candidate:"); at != std::string::npos;
         at = accepted->sdp.find("\na=candidate:", at + 1)) {
        const auto end = accepted->sdp.find('\r', at);
        const auto use = sdp::judge_candidate(std::string_view(accepted->sdp).substr(at + 1, end - at - 1));
        fuzz::demand(use && *use == sdp::CandidateUse::use, "every candidate that is left is of use");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text = fuzz::text_of(data, size).substr(1);
    switch (data[0]) {
        case 'a': answer(text); break;
        case 'c': (void)sdp::judge_candidate(text); break;
        case 's': (void)sdp::parse(text); break;
        default: body(fuzz::text_of(data, size));
    }
    return 0;
}
