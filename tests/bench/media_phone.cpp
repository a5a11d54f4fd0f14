// A user's phone that carries media and measures: wmpf-bench-phone URL CA NAME. Lines on standard input tell
// it what to do ("answer", "quit"), lines on standard output what happened; bench.py's media rows speak with
// it.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <fstream>
#include <istream>
#include <mutex>

#include "core/tokens.hpp"
#include "daemon/media/program/gst/library.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "tests/bench/beats.hpp"
#include "tests/bench/channel.hpp"
#include "tests/bench/lines.hpp"
#include "tests/support/h264_clip.hpp"
#include "tests/support/webrtc_phone.hpp"

namespace voip::bench {
namespace {

using transport::RpcPeer;

constexpr unsigned device_hertz = 1000, own_hertz = 700;  // @source hal/README.md, "beat"
constexpr Duration settling = 3s;                         // of the playout buffers, before beats count
constexpr Duration look_gap = 1ms;  // how exactly "over" and such are known is of no matter

void tell(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

double since_ms(TimePoint begin, std::uint64_t at_ns) {
    const auto at = TimePoint(std::chrono::nanoseconds(at_ns));
    return std::chrono::duration<double, std::milli>(at - begin).count();
}

struct Phone {
    Phone(asio::io_context& io, std::string service, std::string ca_file, std::string login)
        : loop(io), timers(io.get_executor()), url(service), ca(ca_file), name(login), input(io, ::dup(0)) {}

    asio::io_context& loop;
    SystemTimers timers;
    std::string url, ca, name;
    asio::posix::stream_descriptor input;
    std::shared_ptr<RpcPeer> peer;
    std::unique_ptr<test::WebRtcPhone> media;
    std::string room_id;
    std::int64_t session = 0;
    TimePoint answered, described, frame_due;
    bool told_picture = false, told_sound = false;
    std::mutex mutex;
    Beats device{device_hertz}, echo{own_hertz};  // under the mutex
    Timers::Id mouth = 0, look = 0;

    asio::awaitable<void> run();
    asio::awaitable<void> obey();
    asio::awaitable<void> answer();
    asio::awaitable<Answer<json::Value>> serve(std::string method, json::Value params);
    void hear(const std::string& method, const json::Value& params);
    void take(const json::Value& body);
    void begin_media();
    void end_call();
    void speak();
    void watch();
    void signal(json::Value body) {
        (void)peer->notify("room.signal", encode(RoomSignal{room_id, std::move(body)}));
    }
};

asio::awaitable<void> Phone::run() {
    auto stream = co_await open_channel(timers, url, ca, name);
    peer = RpcPeer::make(
        std::move(stream), timers, transport::RpcPeerSettings{},
        [this](std::string method, json::Value params) {
            return serve(std::move(method), std::move(params));
        },
        [this](const std::string& method, const json::Value& params) { hear(method, params); }, Log());
    asio::co_spawn(loop, obey(), asio::detached);
    tell("online");
    (void)co_await peer->run();
    loop.stop();
}

asio::awaitable<void> Phone::obey() {
    asio::streambuf buffer;
    for (;;) {
        const auto [error, size] = co_await asio::async_read_until(input, buffer, '\n', use_result);
        if (error) co_return peer->close(1000, "");
        std::istream lines(&buffer);
        std::string line;
        std::getline(lines, line);
        if (line == "answer") co_await answer();
        if (line == "quit") co_return peer->close(1000, "");
    }
}

asio::awaitable<Answer<json::Value>> Phone::serve(std::string method, json::Value params) {
    if (method == "call.incoming")
        if (const auto incoming = decode_call_incoming(params)) {
            room_id = incoming->room.room_id;
            tell("ringing");
        }
    co_return json::Value(json::Object{});
}

asio::awaitable<void> Phone::answer() {
    begin_media();
    RoomJoin join;
    join.room_id = room_id;
    json::Value params = encode(join);
    answered = timers.now();
    const Reply reply = co_await peer->call("room.join", std::move(params), timers.now() + 5s);
    if (!reply.result()) give_up("the answer was refused");
    watch();
}

void Phone::hear(const std::string& method, const json::Value& params) {
    if (method == "room.signal")
        if (const auto heard = decode_room_signal(params)) take(heard->body);
    if (method != "voip.event") return;
    const auto event = decode_room_event(params);
    if (event && event->name == EventName::finishVoip) end_call();
}

void Phone::take(const json::Value& body) {
    const json::Value* type = body.find("type");
    if (!type || !media) return;
    if (*type->as_string() == "offer") {
        session = *body.find("session")->as_integer();
        sample("offer",
               since_ms(answered, static_cast<std::uint64_t>(timers.now().time_since_epoch().count())));
        media->take_offer(*body.find("sdp")->as_string());
    }
    if (*type->as_string() == "candidate")
        media->take_candidate(*body.find("candidate")->as_string(),
                              static_cast<unsigned>(*body.find("sdpMLineIndex")->as_integer()));
}

void Phone::begin_media() {
    test::WebRtcPhone::Settings settings;
    settings.mouth = true;
    settings.latency_ms =
        0;  // nothing is lost here, and a browser does not hold the first picture back either
    test::WebRtcPhone::Handlers handlers;
    handlers.answer = [this](const std::string& sdp) {
        described = timers.now();
        json::Value body;
        signal(body.set("type", "answer").set("session", session).set("sdp", sdp));
    };
    handlers.candidate = [this](const std::string& candidate, unsigned line) {
        json::Value body;
        body.set("type", "candidate").set("session", session).set("candidate", candidate);
        signal(body.set("sdpMid", nullptr).set("sdpMLineIndex", line));
    };
    handlers.sound = [this](std::span<const std::int16_t> samples, TimePoint at) {
        const std::lock_guard lock(mutex);
        if (at < answered + settling) return;
        device.hear(samples, at);
        echo.hear(samples, at);
    };
    media = std::make_unique<test::WebRtcPhone>(loop.get_executor(), settings, std::move(handlers));
    told_picture = told_sound = false;
    frame_due = timers.now();
    speak();
}

/// A microphone hands over what it heard in the 20 ms before.
void Phone::speak() {
    mouth = timers.call_at(frame_due += 20ms, [this] {
        if (media) media->say(beat_frame(own_hertz, frame_due - 20ms), frame_due - 20ms);
        speak();
    });
}

void Phone::watch() {
    if (!media) return;
    const auto& counters = media->counters();
    const auto tell_first = [&](const char* what, std::uint64_t at, bool& told) {
        if (at == 0 || std::exchange(told, true)) return;
        sample(std::string(what).append("_after_answer").c_str(), since_ms(answered, at));
        sample(std::string(what).append("_after_description").c_str(), since_ms(described, at));
        std::fflush(stdout);
    };
    tell_first("picture", counters.first_picture_ns, told_picture);
    tell_first("sound", counters.first_sound_ns, told_sound);
    look = timers.call_at(timers.now() + look_gap, [this] { watch(); });
}

void Phone::end_call() {
    timers.cancel(std::exchange(mouth, 0));
    timers.cancel(std::exchange(look, 0));
    media.reset();
    const std::lock_guard lock(mutex);
    for (const double lag : device.lags()) sample("device_beat", lag);
    for (const double lag : echo.lags()) sample("echoed_beat", lag);
    device = Beats(device_hertz);
    echo = Beats(own_hertz);
    tell("over");
}

/// Ten seconds of a moving pattern, 640 x 480 at 15, as a camera that encodes would give it.
int make_clip(const std::string& path) {
    std::ofstream file(path, std::ios::binary);
    for (const auto& picture : test::encode_pictures(640, 480, 150, "zone-plate kx2=20 ky2=20 kt=1"))
        file.write(reinterpret_cast<const char*>(picture.data()),
                   static_cast<std::streamsize>(picture.size()));
    return file.flush() ? 0 : 1;
}

}  // namespace
}  // namespace voip::bench

int main(int argc, char** argv) {
    using namespace voip;
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (auto started = media::gst::start_library(); !started) bench::give_up(started.error().text());
    if (auto loaded = media::gst::load_plugins(media::gst::call_plugins()); !loaded)
        bench::give_up(loaded.error().text());
    test::load_phone_plugins();
    if (words.size() == 2 && words[0] == "clip") return bench::make_clip(words[1]);
    if (words.size() != 3) bench::give_up("usage: wmpf-bench-phone URL CA NAME | clip FILE");
    (void)media::gst::make_key();
    asio::io_context loop{1};
    bench::Phone phone(loop, words[0], words[1], words[2]);
    asio::co_spawn(loop, phone.run(), [](const std::exception_ptr& crash) {
        if (crash) bench::give_up("exception");
    });
    loop.run();
    std::_Exit(0);
}
