#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "daemon/media/program/call.hpp"
#include "protocol/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/printers.hpp"

namespace voip::media::test {

inline const TimePoint t0{std::chrono::hours(1)};

/// Actions as words, so that a failure reads as a story.
struct Tell {
    std::string operator()(const action::LoadEngine&) const { return "load"; }
    std::string operator()(const action::Reply& a) const {
        return "reply " + std::string(to_string(a.request)) +
               (a.err_code ? " " + std::to_string(a.err_code) : "");
    }
    std::string operator()(const action::TellState& a) const {
        return "state " + std::string(to_string(a.report.state)) + (a.report.camera ? " cam" : "") +
               (a.report.microphone ? " mic" : "") +
               (a.report.err_code ? " " + std::to_string(a.report.err_code) : "");
    }
    std::string operator()(const action::TellPhone& a) const {
        struct Kind {
            std::string operator()(const signal::Offer& o) const {
                return "offer " + std::to_string(o.session);
            }
            std::string operator()(const signal::Answer&) const { return "answer"; }
            std::string operator()(const signal::Candidate&) const { return "candidate"; }
            std::string operator()(const signal::WantOffer&) const { return "want-offer"; }
            std::string operator()(const signal::Media&) const { return "media"; }
        };
        return "phone " + std::visit(Kind{}, a.signal.what);
    }
    std::string operator()(const action::Open& a) const { return "open " + std::to_string(a.session); }
    std::string operator()(const action::TakeAnswer&) const { return "take answer"; }
    std::string operator()(const action::TakeCandidate&) const { return "take candidate"; }
    std::string operator()(const action::Flow& a) const { return a.on ? "flow" : "hold"; }
    std::string operator()(const action::StartDevice& a) const {
        return "start " + std::string(to_string(a.device));
    }
    std::string operator()(const action::StopDevice& a) const {
        return "stop " + std::string(to_string(a.device));
    }
    std::string operator()(const action::Mute& a) const { return a.on ? "mute" : "unmute"; }
    std::string operator()(const action::Volume& a) const { return "volume " + std::to_string(a.percent); }
    std::string operator()(const action::Close&) const { return "close"; }
    std::string operator()(const action::End&) const { return "end"; }
};
using Story = std::vector<std::string>;
inline Story story(const Actions& actions) {
    Story told;
    for (const Action& action : actions) told.push_back(std::visit(Tell{}, action));
    return told;
}
inline bool has(const Story& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// A call and its time.
struct Scene {
    Call call;
    TimePoint now = t0;

    Story on(const Event& event) { return story(call.on(event, now)); }
    Story after(Duration length) {
        now += length;
        return on(event::Tick{});
    }
    Story prepare() {
        on(event::Prepare{});
        const Story told = on(event::EngineReady{});
        on(event::KeyMade{});
        return told;
    }
    Story start(bool camera = true) {
        prepare();
        Start params;
        params.camera = camera;
        return on(event::Start{params});
    }
    void devices_start() {
        for (const Device device : {Device::speaker, Device::microphone, Device::camera})
            on(event::DeviceStarted{device});
    }
    void flow() {
        start();
        devices_start();
        on(event::OfferMade{1, "v=0"});
        on(event::FromPhone{{signal::Answer{1, "v=0"}}});
        on(event::Connected{1});
    }
};

}  // namespace voip::media::test
