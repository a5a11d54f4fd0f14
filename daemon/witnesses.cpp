#include "daemon/witnesses.hpp"

namespace voip::daemon {
namespace {

template <class Part>
lifecycle::Witness deadlines_of(std::string_view name, const Part& part) {
    return {name, [&part](TimePoint now) { return lifecycle::overdue(part.due(), now); }};
}

}  // namespace

std::vector<lifecycle::Witness> witnesses(call::CallTask& calls, const media::host::Supervisor* media,
                                          const engine::ServiceEngine* channel) {
    std::vector<lifecycle::Witness> all;
    all.push_back({"the call", [&calls](TimePoint now) -> std::optional<std::string> {
                       if (!calls.beats()) return "its task does not go round";
                       return lifecycle::overdue(calls.due(), now);
                   }});
    if (media) all.push_back(deadlines_of("the media", *media));
    if (channel) all.push_back(deadlines_of("the channel", *channel));
    return all;
}

}  // namespace voip::daemon
