#pragma once
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/timers.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "protocol/transport/unix_socket.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/webrtc_phone.hpp"

namespace voip::test {

/// The real program in a process of its own, a daemon's end of its wire, and a phone in this process.
struct ProgramBench {
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> busy = asio::make_work_guard(io);
    SystemTimers timers{io.get_executor()};
    pid_t child = -1;
    int exit_status = -1;  ///< as waitpid() has it, after until_gone()
    std::shared_ptr<transport::RpcPeer> peer;
    bool wire_ended = false;
    std::unique_ptr<WebRtcPhone> phone;

    // What the program told.
    std::vector<std::string> states;
    std::vector<json::Value> signals;  ///< bodies
    json::Value last_state, quality;
    std::int64_t session = 0;
    bool answers_offers = true;

    explicit ProgramBench(WebRtcPhone::Settings of_phone = {}) {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::dup2(ends[1], 3);
            ::fcntl(3, F_SETFD, 0);
            ::execl(WMPF_MEDIA_PROGRAM, "wmpf-voip-media", nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        auto stream = transport::adopt_stream(io.get_executor(), timers, ends[0]);
        REQUIRE(stream);
        peer = transport::RpcPeer::make(
            std::move(*stream), timers, {}, {},
            [this](const std::string& method, const json::Value& params) { hear(method, params); }, Log());
        asio::co_spawn(
            io,
            [](std::shared_ptr<transport::RpcPeer> on) -> asio::awaitable<void> {
                (void)co_await on->run();
            }(peer),
            [this](const std::exception_ptr&) { wire_ended = true; });
        WebRtcPhone::Handlers handlers;
        handlers.answer = [this](const std::string& sdp) {
            json::Value body;
            signal(body.set("type", "answer").set("session", session).set("sdp", sdp));
        };
        handlers.candidate = [this](const std::string& candidate, unsigned line) {
            json::Value body;
            body.set("type", "candidate").set("session", session).set("candidate", candidate);
            signal(body.set("sdpMid", nullptr).set("sdpMLineIndex", line));
        };
        phone = std::make_unique<WebRtcPhone>(io.get_executor(), std::move(of_phone), std::move(handlers));
    }
    ~ProgramBench() {
        if (child > 0) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
        }
        peer->abort();
        (void)until([&] { return wire_ended; });
    }

    bool until(const std::function<bool()>& holds, Duration time = 15s) {
        const auto end = timers.now() + time;
        while (!holds() && timers.now() < end) io.run_one_for(std::chrono::milliseconds(5));
        return holds();
    }
    bool until_gone() {
        return until([&] {
            if (child > 0 && ::waitpid(child, &exit_status, WNOHANG) == child) child = -1;
            return child == -1;
        });
    }

    /// Asks and waits for the reply.
    Reply ask(const std::string& method, json::Value params = json::Object{}) {
        std::optional<Reply> reply;
        asio::co_spawn(io, call(peer, method, std::move(params), timers.now() + 10s, reply), asio::detached);
        REQUIRE(until([&] { return reply.has_value(); }));
        return std::move(*reply);
    }
    static asio::awaitable<void> call(std::shared_ptr<transport::RpcPeer> on, std::string method,
                                      json::Value params, TimePoint deadline, std::optional<Reply>& into) {
        auto asked = on->call(std::move(method), std::move(params), deadline);
        into.emplace(co_await std::move(asked));
    }
    void signal(json::Value body) {
        json::Value params;
        (void)peer->notify("media.signal", params.set("body", std::move(body)));
    }

    static json::Value device(std::string_view device_name = "") {
        json::Value made;
        return made.set("enabled", true).set("device", device_name);
    }
    static json::Value prepare_params() {
        json::Value board, media, params;
        json::Value camera = device();
        camera.set("width", 320).set("height", 240).set("fps", 15);
        board.set("driver", "sim").set("camera", camera).set("microphone", device()).set("speaker", device());
        media.set("echo", false)
            .set("noise", false)
            .set("gain", false)
            .set("addresses", json::Array{"127.0.0.1"});
        return params.set("generation", 1).set("board", board).set("media", media).set("log", "warning");
    }
    static json::Value start_params(std::string_view room_type = "video", bool camera = true) {
        json::Value params;
        params.set("roomType", room_type).set("camera", camera).set("microphone", true);
        return params.set("iceServers", json::Array{});
    }
    /// Prepared, started and flowing.
    void begin(json::Value prepare = prepare_params(), json::Value start = start_params()) {
        REQUIRE(ask("media.prepare", std::move(prepare)).result());
        REQUIRE(ask("media.start", std::move(start)).result());
        REQUIRE(until([&] { return state() == "flowing"; }));
    }
    [[nodiscard]] std::string state() const { return states.empty() ? "" : states.back(); }
    [[nodiscard]] bool camera_told() const {
        const json::Value* camera = last_state.find("camera");
        return camera && camera->as_bool() && *camera->as_bool();
    }

 private:
    void hear(const std::string& method, const json::Value& params) {
        if (method == "media.state") {
            last_state = params;
            states.push_back(*params.find("state")->as_string());
        }
        if (method == "media.stats") quality = *params.find("quality");
        if (method != "media.signal") return;
        signals.push_back(*params.find("body"));
        const json::Value& body = signals.back();
        const std::string type = *body.find("type")->as_string();
        if (type == "offer") {
            session = *body.find("session")->as_integer();
            if (answers_offers) phone->take_offer(*body.find("sdp")->as_string());
        }
        if (type == "candidate" && answers_offers)
            phone->take_candidate(*body.find("candidate")->as_string(),
                                  static_cast<unsigned>(*body.find("sdpMLineIndex")->as_integer()));
    }
};

}  // namespace voip::test
