// wmpf-voipctl against the real server: the client blocks, so it has a thread; the server's loop runs in the
// test's.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <thread>

#include "core/timers.hpp"
#include "daemon/ctl/found.hpp"
#include "daemon/ctl/run.hpp"
#include "protocol/errors.hpp"
#include "tests/component/control/world.hpp"
#include "tests/support/catch.hpp"

namespace voip::control::test {
namespace {

struct Outcome {
    int code = -1;
    std::string out, err;
};

/// A server in real time and one run of the client after the other.
class Station {
 public:
    explicit Station(Access access = {::geteuid(), {}, {}}, std::size_t max_clients = 64)
        : timers(io.get_executor()),
          calls(notes, timers),
          contacts(notes),
          history(notes),
          device(notes),
          board(notes),
          operation(notes),
          server(io.get_executor(), timers, Ports{calls, contacts, history, device, board, operation},
                 ServerSettings{access, max_clients}, Log()) {
        REQUIRE(server.start(path()));
    }
    ~Station() {
        stop();
        io.run();
    }

    std::filesystem::path path() const { return folder.path() / "api.sock"; }

    void stop() {
        if (std::exchange(stopped_, true)) return;
        auto all = [](Server* one) -> asio::awaitable<void> { co_await one->stop(); };
        asio::co_spawn(io, all(&server), [](const std::exception_ptr&) {});
    }

    /// `on_line` runs in the loop's thread for each text of standard output.
    Outcome run(std::vector<const char*> arguments, std::function<void(const std::string&)> on_line = {}) {
        Outcome result;
        ctl::Surroundings surroundings;
        surroundings.out = [&](std::string_view text) {
            result.out += text;
            if (on_line) asio::post(io, [on_line, line = std::string(text)] { on_line(line); });
        };
        surroundings.err = [&](std::string_view text) { result.err += text; };
        surroundings.read_file = [](const std::string&) -> voip::Result<std::string> {
            return std::string(R"({"roomType":"voice","listener":{"id":"o-1"}})");
        };
        surroundings.found = [] { return ctl::encode(hal::linux::Found{}); };
        surroundings.places = [this](const std::string& from_command_line) {
            std::vector<std::filesystem::path> places{folder.path() / "nobody.sock", path()};
            if (!from_command_line.empty()) places = {from_command_line};
            return places;
        };
        auto work = asio::make_work_guard(io);
        std::thread client([&] {
            result.code = ctl::run(arguments, surroundings);
            asio::post(io, [&work] { work.reset(); });
        });
        while (work.owns_work()) io.run_one();
        client.join();
        return result;
    }

    asio::io_context io{1};
    SystemTimers timers;
    Notes notes;
    FakeCalls calls;
    FakeContacts contacts;
    FakeHistory history;
    FakeDevice device;
    FakeBoard board;
    FakeOperation operation;
    TempFolder folder;
    Server server;

 private:
    bool stopped_ = false;
};

RoomSnapshot in_phase(Phase phase) {
    RoomSnapshot one;
    one.phase = phase;
    one.room.room_id = "r-1";
    one.room.listener.id = "o-1";
    if (phase == Phase::ended) one.end = RoomEnd{EventName::timeout, "", "", 0, ""};
    return one;
}

}  // namespace

TEST_CASE("ctl: 18 commands reach the daemon and end with 0", "[control][ctl][component]") {
    Station station;
    station.calls.now = in_phase(Phase::talking);
    const std::pair<std::vector<const char*>, std::string_view> cases[] = {
        {{"call", "reception", "--voice"}, "call contact=reception openId= voice 0"},
        {{"call", "o-1"}, "call contact= openId=o-1 any 0"},
        {{"init", "-"}, "init voice SN-1 to o-1"},
        {{"answer"}, "answer -"},
        {{"hangup", "--reason", "manual"}, "hang up - manual"},
        {{"media", "--camera", "off"}, "media - off - -"},
        {{"press", "call", "--long"}, "press call long"},
        {{"contacts", "set", "b", "o-2=Ben"}, "set contact b 1"},
        {{"contacts", "remove", "b"}, "remove contact b"},
        {{"history", "--limit", "3"}, "history 3 -"},
        {{"register", "0123456789abcdefghijABCDEFGHIJ01"}, "register"},
        {{"push-token"}, "push token"},
        {{"relay", "door", "1.5"}, "relay door 1500"},
        {{"log", "call:debug"}, "levels call:debug"},
        {{"reload"}, "reload"},
        {{"raw", "board.press", R"({"button":"b"})"}, "press b"},
        {{"contacts"}, ""},
        {{"pair", "T"}, ""},
    };
    for (const auto& [arguments, note] : cases) {
        station.notes.clear();
        const Outcome done = station.run(arguments);
        INFO(arguments[0] << ": " << done.err);
        CHECK(done.code == 0);
        CHECK(done.err.empty());
        CHECK(!done.out.empty());
        CHECK(station.notes == (note.empty() ? Notes{} : Notes{std::string(note)}));
    }
}

TEST_CASE("ctl: status, health, board, device and metrics only look; --json is 1 line",
          "[control][ctl][component]") {
    Station station;
    station.calls.now = in_phase(Phase::talking);
    for (const char* command : {"status", "health", "board", "device", "metrics"}) {
        INFO(command);
        const Outcome text = station.run({command});
        CHECK(text.code == 0);
        const Outcome line = station.run({"--json", command});
        CHECK(line.code == 0);
        CHECK(std::count(line.out.begin(), line.out.end(), '\n') == 1);
        CHECK(parsed(line.out).as_object() != nullptr);
    }
    CHECK(station.run({"status"}).out.find("talking") != std::string::npos);
    const auto board = parsed(station.run({"--json", "board"}).out);
    CHECK(board.find("buttons") != nullptr);
    CHECK(board.find("found") != nullptr);
    CHECK(station.notes.empty());
}

TEST_CASE("ctl: exit code 1 and the code on stderr for a thrown and for a resolved failure",
          "[control][ctl][component]") {
    Station station;
    station.calls.init_answer = Fault{code::busy, "in a call", "", {}};
    Outcome done = station.run({"call", "reception"});
    CHECK(done.code == 1);
    CHECK(done.err == "error 1005: in a call\n");
    station.calls.init_answer = refused(code::not_authorised, "not authorised");
    done = station.run({"call", "reception"});
    CHECK(done.code == 1);
    CHECK(done.err == "refused 9: not authorised\n");
    CHECK(done.out.empty());
    done = station.run({"call", "reception", "--json"});
    CHECK(done.code == 1);
    CHECK(*parsed(done.out).find("errCode") == json::Value(9));
    CHECK(station.run({"raw", "no.such"}).err.starts_with("error -32601: "));
}

TEST_CASE("ctl: exit code 2 before anything is sent", "[control][ctl][component]") {
    Station station;
    const Outcome done = station.run({"fly"});
    CHECK(done.code == 2);
    CHECK(done.err.find("\"fly\"") != std::string::npos);
    CHECK(station.server.stats().accepted == 0);
}

TEST_CASE("ctl: exit code 3 with every place and why when there is no daemon", "[control][ctl][component]") {
    Station station;
    const std::string nowhere = (station.folder.path() / "none.sock").native();
    Outcome done = station.run({"--socket", nowhere.c_str(), "status"});
    CHECK(done.code == 3);
    CHECK(done.err.find(nowhere + ": No such file") != std::string::npos);
    const std::string endless = "/" + std::string(200, 'x');
    CHECK(station.run({"--socket", endless.c_str(), "status"}).code == 3);
    const std::string folder = station.folder.path().native();
    CHECK(station.run({"--socket", folder.c_str(), "status"}).code == 3);
}

TEST_CASE("ctl: exit code 3 when the daemon has 1 client too many", "[control][ctl][component]") {
    Station station({::geteuid(), {}, {}}, 0);
    const Outcome done = station.run({"status"});
    CHECK(done.code == 3);
    CHECK(done.err.find("too many clients") != std::string::npos);
}

TEST_CASE("ctl: exit code 5 when the answer does not come within 0.05 s, and the call is let alone",
          "[control][ctl][component]") {
    Station station;
    station.calls.hold = true;
    const Outcome done = station.run({"--timeout", "0.05", "answer"});
    CHECK(done.code == 5);
    CHECK(done.err.find("in time") != std::string::npos);
    CHECK(station.notes == Notes{"answer -"});
}

/// A listening socket and nothing behind it but the test.
struct Listener {
    explicit Listener(int backlog) {
        sockaddr_un address = place();
        REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
        REQUIRE(::listen(fd, backlog) == 0);
    }
    ~Listener() { ::close(fd); }
    sockaddr_un place() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = (folder.path() / "fake.sock").native();
        std::memcpy(static_cast<char*>(address.sun_path), path.c_str(), path.size());
        return address;
    }
    Outcome run(std::vector<const char*> arguments) const {
        Outcome result;
        ctl::Surroundings surroundings;
        surroundings.out = [&](std::string_view text) { result.out += text; };
        surroundings.err = [&](std::string_view text) { result.err += text; };
        surroundings.places = [&](const std::string&) {
            return std::vector<std::filesystem::path>{folder.path() / "fake.sock"};
        };
        result.code = ctl::run(arguments, surroundings);
        return result;
    }
    /// One client is answered with these bytes, whatever it asks, and closed.
    Outcome answer(std::string_view bytes, std::vector<const char*> arguments) const {
        std::thread daemon([&] {
            const int client = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
            (void)::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            ::close(client);
        });
        const Outcome result = run(std::move(arguments));
        daemon.join();
        return result;
    }

    TempFolder folder;
    int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

TEST_CASE("ctl: a full queue of newcomers ends with 5 after 0.05 s", "[control][ctl][component]") {
    const Listener full(0);
    const sockaddr_un address = full.place();
    std::vector<int> waiting;
    for (;;) {
        waiting.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (::connect(waiting.back(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
            break;
        REQUIRE(waiting.size() < 100);
    }
    CHECK(full.run({"--timeout", "0.05", "status"}).code == 5);
    for (const int fd : waiting) ::close(fd);
}

TEST_CASE("ctl: exit code 4 for 2 ways of saying that the role is missing", "[control][ctl][component]") {
    const Listener daemon(8);
    Outcome done =
        daemon.answer(R"({"jsonrpc":"2.0","method":"api.closing","params":{"reason":"not allowed"}})"
                      "\n",
                      {"status"});
    CHECK(done.code == 4);
    CHECK(done.err.find("role") != std::string::npos);
    done =
        daemon.answer(R"({"jsonrpc":"2.0","id":1,"error":{"code":4030,"message":"needs the role control"}})"
                      "\n",
                      {"press", "call"});
    CHECK(done.code == 4);
    CHECK(done.err == "error 4030: needs the role control\n");
}

TEST_CASE("ctl: exit code 3 for 5 things that are no answer", "[control][ctl][component]") {
    const Listener daemon(8);
    for (const std::string_view bytes :
         {"", "{\"jsonrpc\":\"2.0\",\"id\":1,\"res", "HTTP/1.1 400 Bad Request\r\n\r\n", "{}\n",
          "{\"jsonrpc\":\"2.0\",\"method\":\"api.closing\",\"params\":{\"reason\":\"too many "
          "clients\"}}\n"}) {
        INFO(bytes);
        const Outcome done = daemon.answer(bytes, {"health"});
        CHECK(done.code == 3);
        CHECK(done.out.empty());
        CHECK(!done.err.empty());
    }
}

TEST_CASE("ctl: answers to other requests and unknown notifications before the answer are skipped",
          "[control][ctl][component]") {
    const Listener daemon(8);
    const Outcome done = daemon.answer(
        "{\"jsonrpc\":\"2.0\",\"method\":\"room.changed\",\"params\":{}}\n"
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}\n"
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"levels\":\"*:info\"}}\n",
        {"log", "info"});
    CHECK(done.code == 0);
    CHECK(done.out == "*:info\n");
}

TEST_CASE(
    "ctl: watch prints the snapshot, a line for each of 4 messages, and ends with 3 when the daemon goes",
    "[control][ctl][component]") {
    Station station;
    bool told = false;
    const Outcome done = station.run({"watch", "--calling"}, [&](const std::string& line) {
        if (line == "phase idle\n" && !std::exchange(told, true)) {
            CHECK(station.calls.calling_wanted());
            station.calls.change(in_phase(Phase::talking));
            RoomEvent second;
            second.name = EventName::calling;
            second.data.keep_time = 1;
            station.calls.tell(second);
            MediaQuality quality;
            quality.send_kbps = 600;
            station.calls.measure(quality);
            station.stop();
        }
    });
    CHECK(done.code == 3);
    CHECK(done.out ==
          "phase idle\nphase talking  outgoing video to o-1\nevent calling  keepTime=1\nquality out 600 "
          "kbit/s\n"
          "api.closing {\"reason\":\"the daemon is stopping\"}\n");
    CHECK(done.err == "wmpf-voipctl: the daemon is stopping\n");
}

TEST_CASE("ctl: call --wait ends with 0 at the first word", "[control][ctl][component]") {
    Station station;
    const Outcome done = station.run({"call", "reception", "--wait"}, [&](const std::string& line) {
        if (line.starts_with("room ")) station.calls.change(in_phase(Phase::ringing));
        if (line.starts_with("phase ringing")) station.calls.change(in_phase(Phase::talking));
    });
    CHECK(done.code == 0);
    CHECK(done.out ==
          "room        r-1\ncharge      duration\nphase ringing  outgoing video to o-1\n"
          "phase talking  outgoing video to o-1\n");
}

TEST_CASE("ctl: call --wait follows a hunt over 1 end to the next person", "[control][ctl][component]") {
    Station station;
    bool second = false;
    const Outcome done = station.run({"call", "reception", "--wait"}, [&](const std::string& line) {
        if (line.starts_with("room ")) station.calls.change(in_phase(Phase::ended));
        if (line.starts_with("phase ended") && !std::exchange(second, true))
            station.calls.change(in_phase(Phase::dialling));
        if (line.starts_with("phase dialling")) station.calls.change(in_phase(Phase::talking));
    });
    CHECK(done.code == 0);
}

TEST_CASE("ctl: call --wait ends with 1 when the call has ended and 1 s brought nobody else",
          "[control][ctl][component]") {
    Station station;
    const Outcome done = station.run({"call", "reception", "--wait"}, [&](const std::string& line) {
        if (line.starts_with("room ")) station.calls.change(in_phase(Phase::ended));
    });
    CHECK(done.code == 1);
    CHECK(done.out.find("phase ended  outgoing video to o-1  timeout\n") != std::string::npos);
}

TEST_CASE("ctl: pair shows a QR code for the ticket of 1 device", "[control][ctl][component]") {
    Station station;
    station.device.known.sn = "SN-1";
    station.device.known.model_id = "M-1";
    const Outcome done = station.run({"pair", "T-1", "--link", "https://calls.example/"});
    CHECK(done.code == 0);
    CHECK(done.out.find("https://calls.example/#sn=SN-1&modelId=M-1&snTicket=T-1\n") != std::string::npos);
    CHECK(done.out.find("\u2588\u2588\u2588\u2588") != std::string::npos);
}

}  // namespace voip::control::test
