#include "protocol/transport/unix_socket.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "protocol/limits.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/stream_loop.hpp"

using namespace voip;
using transport::MessageStream;
using transport::UnixServer;

namespace {

/// A folder of its own, gone at the end.
struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "voip-unix-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~Folder() { std::filesystem::remove_all(path); }
};

/// A stream and the bare descriptor of its other end.
struct Bare {
    std::unique_ptr<MessageStream> stream;
    int fd = -1;

    explicit Bare(test::Loop& loop) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        auto made = transport::adopt_stream(loop.io.get_executor(), loop.timers, ends[0]);
        REQUIRE(made);
        stream = std::move(*made);
        fd = ends[1];
    }
    ~Bare() { finish(); }
    void write(std::string_view bytes) const {
        REQUIRE(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
    }
    [[nodiscard]] std::string read() const {
        std::string bytes(1 << 20, '\0');
        const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
        bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return bytes;
    }
    void finish() {
        if (fd >= 0) ::close(fd);
        fd = -1;
    }
};

/// What a stream gives, one after the other; the last is its error.
struct LineReader {
    std::shared_ptr<std::vector<std::string>> lines = std::make_shared<std::vector<std::string>>();
    std::shared_ptr<std::optional<Error>> end = std::make_shared<std::optional<Error>>();

    LineReader(test::Loop& loop, MessageStream* stream) { loop.spawn(read(stream, lines, end)); }
    static asio::awaitable<void> read(MessageStream* stream, std::shared_ptr<std::vector<std::string>> into,
                                      std::shared_ptr<std::optional<Error>> end) {
        for (;;) {
            auto line = co_await stream->receive();
            if (!line) {
                *end = line.error();
                co_return;
            }
            into->push_back(std::move(*line));
        }
    }
};

asio::awaitable<void> echo(std::unique_ptr<MessageStream> stream, transport::PeerCredentials who) {
    for (;;) {
        auto line = co_await stream->receive();
        if (!line) co_return;
        std::vector<std::string> answer;
        answer.push_back(*line == "who" ? std::to_string(who.uid) + " " + std::to_string(who.pid) + " " +
                                              std::to_string(who.groups.size())
                                        : *line);
        auto sent = co_await stream->send(std::move(answer));
        if (!sent) co_return;
    }
}

asio::awaitable<std::string> ask(Timers& timers, std::filesystem::path path, std::string line) {
    const TimePoint deadline = timers.now() + 5s;
    auto stream = co_await transport::open_unix(timers, std::move(path), deadline);
    if (!stream) co_return stream.error().text();
    std::vector<std::string> lines{std::move(line)};
    auto sent = co_await (*stream)->send(std::move(lines));
    if (!sent) co_return sent.error().text();
    auto answer = co_await (*stream)->receive();
    co_return answer ? *answer : answer.error().text();
}

asio::awaitable<bool> send(MessageStream* stream, std::vector<std::string> lines,
                           std::shared_ptr<bool> done) {
    auto sent = co_await stream->send(std::move(lines));
    *done = true;
    co_return static_cast<bool>(sent);
}

asio::awaitable<void> send_only(MessageStream* stream, std::vector<std::string> lines,
                                std::shared_ptr<std::optional<Result<void>>> result) {
    auto sent = co_await stream->send(std::move(lines));
    result->emplace(std::move(sent));
}

}  // namespace

TEST_CASE("unix stream: lines come whole however they are cut into pieces", "[transport][component]") {
    const std::string wire = "{\"a\":1}\n\n{\"b\":\"\xc3\xa4\"}\r\n\r\nlast\n";
    for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
        test::Loop loop;
        Bare bare(loop);
        const LineReader reader(loop, bare.stream.get());
        for (std::size_t at = 0; at < wire.size(); at += piece) {
            bare.write(std::string_view(wire).substr(at, piece));
            loop.settle();
        }
        bare.finish();
        loop.settle();
        REQUIRE(*reader.lines == std::vector<std::string>{"{\"a\":1}", "{\"b\":\"\xc3\xa4\"}", "last"});
        REQUIRE(*reader.end);
        REQUIRE((*reader.end)->is(Errc::closed));
    }
}

TEST_CASE("unix stream: 64 KiB is a line, one byte more is too large", "[transport][component]") {
    for (const char* end : {"\n", "\r\n"}) {
        test::Loop loop;
        Bare bare(loop);
        const LineReader reader(loop, bare.stream.get());
        bare.write(std::string(limits::message_bytes, 'x') + end);
        loop.until([&] { return !reader.lines->empty(); });
        CHECK(reader.lines->front().size() == limits::message_bytes);
        bare.write(std::string(limits::message_bytes + 1, 'x') + end);
        loop.until([&] { return reader.end->has_value(); });
        CHECK((*reader.end)->is(Errc::too_large));
    }
}

TEST_CASE("unix stream: a line without end is too large before 80 KiB are held", "[transport][component]") {
    test::Loop loop;
    Bare bare(loop);
    const LineReader reader(loop, bare.stream.get());
    std::size_t sent = 0;
    while (!*reader.end) {
        bare.write(std::string(4096, 'x'));
        sent += 4096;
        loop.settle();
        REQUIRE(sent < 80 * 1024);
    }
    CHECK((*reader.end)->is(Errc::too_large));
}

TEST_CASE("unix stream: half a line at the end and bytes that are no UTF-8 are bad messages",
          "[transport][component]") {
    for (const char* wire : {"good\nhalf", "good\n\xff\xfe\n"}) {
        test::Loop loop;
        Bare bare(loop);
        const LineReader reader(loop, bare.stream.get());
        bare.write(wire);
        bare.finish();
        loop.settle();
        CHECK(*reader.lines == std::vector<std::string>{"good"});
        REQUIRE(*reader.end);
        CHECK((*reader.end)->is(Errc::bad_message));
    }
}

TEST_CASE("unix stream: 200 messages go out in order, also past a full socket", "[transport][component]") {
    test::Loop loop;
    Bare bare(loop);
    std::vector<std::string> lines;
    std::string wanted;
    for (int i = 0; i < 200; ++i) {
        lines.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i) * 30, 'x'));
        wanted += lines.back() + "\n";
    }
    const auto done = std::make_shared<bool>(false);
    loop.spawn([](MessageStream* stream, std::vector<std::string> all,
                  std::shared_ptr<bool> flag) -> asio::awaitable<void> {
        (void)co_await send(stream, std::move(all), flag);
    }(bare.stream.get(), lines, done));
    loop.settle();
    CHECK_FALSE(*done);  // 600 KB do not fit
    std::string got;
    loop.until([&] {
        got += bare.read();
        return got.size() >= wanted.size();
    });
    loop.settle();
    CHECK(*done);
    CHECK(got == wanted);
}

TEST_CASE("unix stream: what try_send began the next send goes on with", "[transport][component]") {
    test::Loop loop;
    Bare bare(loop);
    const int small = 4096;
    std::string wanted;
    CHECK(bare.stream->try_send("short"));
    CHECK(bare.read() == "short\n");
    // Fill the socket with odd sizes until one is not taken.
    std::string message;
    for (int i = 0;; ++i) {
        message = std::to_string(i) + std::string(static_cast<std::size_t>(small + i), 'y');
        if (!bare.stream->try_send(message)) break;
        wanted += message + "\n";
        REQUIRE(i < 1000);
    }
    wanted += message + "\nend\n";
    const auto done = std::make_shared<std::optional<Result<void>>>();
    loop.spawn(send_only(bare.stream.get(), {message, "end"}, done));
    std::string got;
    loop.until([&] {
        got += bare.read();
        return got.size() >= wanted.size();
    });
    CHECK(got == wanted);
}

TEST_CASE("unix stream: abort and close end a waiting receive and a stuck send", "[transport][component]") {
    for (const bool orderly : {false, true}) {
        test::Loop loop;
        Bare bare(loop);
        const LineReader reader(loop, bare.stream.get());
        const auto result = std::make_shared<std::optional<Result<void>>>();
        loop.spawn(send_only(bare.stream.get(), {std::string(4000000, 'x')}, result));
        loop.settle();
        CHECK_FALSE(*result);
        if (orderly)
            loop.run(bare.stream->close(1000, ""));
        else
            bare.stream->abort();
        loop.settle();
        REQUIRE(*reader.end);
        CHECK((*reader.end)->is(Errc::closed));
        REQUIRE(*result);
        CHECK((*result)->error().is(Errc::closed));
        const LineReader again(loop, bare.stream.get());
        loop.settle();
        CHECK((*again.end)->is(Errc::closed));
        CHECK_FALSE(bare.stream->try_send("x"));
    }
}

TEST_CASE("unix stream: who has shut 1 direction still listens, who has closed does not",
          "[transport][component]") {
    test::Loop loop;
    Bare bare(loop);
    const LineReader reader(loop, bare.stream.get());
    bare.write("last word\n");
    REQUIRE(::shutdown(bare.fd, SHUT_WR) == 0);
    loop.until([&] { return reader.end->has_value(); });
    CHECK((*reader.end)->is(Errc::closed));
    CHECK(reader.lines->size() == 1);
    CHECK(bare.stream->still_listens());
    CHECK(bare.stream->try_send("answer"));
    CHECK(bare.read() == "answer\n");
    bare.finish();
    CHECK_FALSE(bare.stream->still_listens());
    bare.stream->abort();
    CHECK_FALSE(bare.stream->still_listens());
}

TEST_CASE("unix stream: a cancelled receive says so", "[transport][component]") {
    test::Loop loop;
    Bare bare(loop);
    const LineReader reader(loop, bare.stream.get());
    loop.settle();
    loop.tasks.cancel();
    loop.settle();
    REQUIRE(*reader.end);
    CHECK((*reader.end)->is(Errc::cancelled));
}

TEST_CASE("unix server: serves 3 clients and knows who they are", "[transport][component]") {
    test::Loop loop;
    const Folder folder;
    UnixServer server(loop.io.get_executor(), loop.timers, echo, Log());
    REQUIRE(server.start(folder.path / "api.sock", 0660));
    struct stat info {};
    REQUIRE(::stat((folder.path / "api.sock").c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0660);
    for (int i = 0; i < 3; ++i)
        CHECK(loop.run(ask(loop.timers, folder.path / "api.sock", "hello")) == "hello");
    const std::string who = loop.run(ask(loop.timers, folder.path / "api.sock", "who"));
    const std::string wanted = std::to_string(::getuid()) + " " + std::to_string(::getpid()) + " " +
                               std::to_string(::getgroups(0, nullptr));
    CHECK(who == wanted);
    loop.run(server.stop());
    CHECK_FALSE(std::filesystem::exists(folder.path / "api.sock"));
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("unix server: stop ends 2 connected clients", "[transport][component]") {
    test::Loop loop;
    const Folder folder;
    const auto path = folder.path / "api.sock";
    UnixServer server(loop.io.get_executor(), loop.timers, echo, Log());
    REQUIRE(server.start(path, 0600));
    auto one = loop.run(transport::open_unix(loop.timers, path, loop.timers.now() + 1s));
    auto other = loop.run(transport::open_unix(loop.timers, path, loop.timers.now() + 1s));
    REQUIRE(one);
    REQUIRE(other);
    const LineReader first(loop, one->get());
    const LineReader second(loop, other->get());
    loop.settle();
    CHECK((*one)->peer() == "uid " + std::to_string(::getuid()));
    loop.run(server.stop());
    loop.until([&] { return first.end->has_value() && second.end->has_value(); });
    CHECK((*first.end)->is(Errc::closed));
}

TEST_CASE("unix server: a stale socket file is replaced, a live one and a plain file are not",
          "[transport][component]") {
    test::Loop loop;
    const Folder folder;
    const auto path = folder.path / "api.sock";
    {  // a daemon that died: the file without a listener
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.string().copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
        REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
        ::close(fd);
    }
    UnixServer server(loop.io.get_executor(), loop.timers, echo, Log());
    REQUIRE(server.start(path, 0600));
    UnixServer second(loop.io.get_executor(), loop.timers, echo, Log());
    const auto taken = second.start(path, 0600);
    REQUIRE_FALSE(taken);
    CHECK(taken.error().context == path.string() + ": another daemon answers on it");
    CHECK(loop.run(ask(loop.timers, path, "still there")) == "still there");
    std::ofstream(folder.path / "file") << "precious";
    const auto plain = second.start(folder.path / "file", 0600);
    REQUIRE_FALSE(plain);
    CHECK(plain.error().is(Errc::io));
    CHECK(std::filesystem::file_size(folder.path / "file") == 8);
    CHECK_FALSE(second.start(folder.path / std::string(120, 'x'), 0600));
    CHECK_FALSE(second.start(folder.path / "no" / "such" / "folder", 0600));
    loop.run(server.stop());
    loop.run(second.stop());
}

TEST_CASE("unix server: stop leaves a file alone that another daemon has put there",
          "[transport][component]") {
    test::Loop loop;
    const Folder folder;
    const auto path = folder.path / "api.sock";
    UnixServer server(loop.io.get_executor(), loop.timers, echo, Log());
    REQUIRE(server.start(path, 0600));
    std::filesystem::rename(path, folder.path / "old.sock");
    std::ofstream(path) << "other";
    loop.run(server.stop());
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("unix server: takes a listening socket from systemd, and nothing else", "[transport][component]") {
    test::Loop loop;
    const Folder folder;
    const auto path = folder.path / "api.sock";
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(::listen(fd, 8) == 0);
    UnixServer server(loop.io.get_executor(), loop.timers, echo, Log());
    REQUIRE(server.adopt(fd));
    CHECK(loop.run(ask(loop.timers, path, "hello")) == "hello");
    loop.run(server.stop());
    CHECK(std::filesystem::exists(path));  // systemd's, not ours
    UnixServer other(loop.io.get_executor(), loop.timers, echo, Log());
    CHECK_FALSE(other.adopt(::socket(AF_UNIX, SOCK_STREAM, 0)));
    CHECK_FALSE(
        transport::adopt_stream(loop.io.get_executor(), loop.timers, ::socket(AF_UNIX, SOCK_DGRAM, 0)));
}

TEST_CASE("unix server: out of descriptors it pauses 500 ms and then goes on", "[transport][component]") {
    test::Loop loop;
    const Folder folder;
    const auto path = folder.path / "api.sock";
    std::size_t warnings = 0;
    const LogHub hub([&](Level, std::string_view) { ++warnings; }, Level::warning);
    UnixServer server(loop.io.get_executor(), loop.timers, echo, Log(hub, "test"));
    REQUIRE(server.start(path, 0600));
    loop.settle();
    auto client = loop.run(transport::open_unix(loop.timers, path, loop.timers.now() + 1s));
    REQUIRE(client);
    loop.settle();
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    auto second = loop.run(transport::open_unix(loop.timers, path, loop.timers.now() + 1s));
    loop.settle();
    // A third one connects while no descriptor is left to accept it with.
    const int third = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int highest = ::dup(0);
    ::close(highest);
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(highest);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    REQUIRE(::connect(third, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    for (int i = 0; i < 50; ++i) loop.settle();
    CHECK(warnings == 1);  // and not 50
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    loop.advance(500ms);
    REQUIRE(::send(third, "hi\n", 3, MSG_NOSIGNAL) == 3);
    std::array<char, 8> answer{};
    loop.until([&] { return ::recv(third, answer.data(), answer.size(), MSG_DONTWAIT) == 3; });
    CHECK(std::string_view(answer.data(), 3) == "hi\n");
    ::close(third);
    loop.run(server.stop());
}

TEST_CASE("unix client: 3 ways not to connect are told in the system's words", "[transport][component]") {
    test::Loop loop;
    const Folder folder;
    const auto text = [&](const std::filesystem::path& path) {
        return loop.run(ask(loop.timers, path, "x"));
    };
    CHECK(text(folder.path / "none").find("No such file or directory") != std::string::npos);
    CHECK(text(folder.path / "none").find("unreachable") != std::string::npos);
    std::ofstream(folder.path / "file") << "x";
    CHECK(text(folder.path / "file").find("refused") != std::string::npos);
    CHECK(text(folder.path / std::string(200, 'x')).find("107 bytes") != std::string::npos);
}

TEST_CASE("unix client: a full listener is waited for until the deadline", "[transport][component]") {
    test::Loop loop;
    const Folder folder;
    const auto path = folder.path / "full.sock";
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(::listen(fd, 0) == 0);
    auto held = loop.run(transport::open_unix(loop.timers, path, loop.timers.now() + 1s));
    REQUIRE(held);
    std::optional<Errc> result;
    const auto open = [](Timers* timers, std::filesystem::path where, std::optional<Errc>* into,
                         std::unique_ptr<MessageStream>* stream) -> asio::awaitable<void> {
        const TimePoint deadline = timers->now() + 1s;
        auto opened = co_await transport::open_unix(*timers, std::move(where), deadline);
        if (opened)
            *stream = std::move(*opened);
        else
            *into = opened.error().is(Errc::timeout) ? Errc::timeout : Errc::io;
    };
    std::unique_ptr<MessageStream> stream;
    loop.spawn(open(&loop.timers, path, &result, &stream));
    loop.settle();
    CHECK_FALSE(result);
    CHECK_FALSE(stream);
    loop.advance(1s);
    REQUIRE(result);
    CHECK(*result == Errc::timeout);
    loop.spawn(open(&loop.timers, path, &result, &stream));
    loop.advance(100ms);
    CHECK_FALSE(stream);
    ::close(::accept(fd, nullptr, nullptr));
    loop.advance(100ms);
    CHECK(stream);
    ::close(fd);
}

TEST_CASE("unix socket: an RPC peer ends when its peer has stopped reading for good",
          "[transport][component]") {
    test::Loop loop;
    Bare bare(loop);
    const auto peer =
        transport::RpcPeer::make(std::move(bare.stream), loop.timers, {}, nullptr, nullptr, Log());
    const auto end = std::make_shared<std::optional<Error>>();
    const auto run = [](std::shared_ptr<transport::RpcPeer> mine,
                        std::shared_ptr<std::optional<Error>> into) -> asio::awaitable<void> {
        const Error why = co_await mine->run();
        *into = why;
    };
    loop.spawn(run(peer, end));
    loop.settle();
    REQUIRE(::shutdown(bare.fd, SHUT_RD) == 0);  // he still could write, but does not
    CHECK(peer->notify("n", {}));
    loop.settle();
    REQUIRE(*end);
    CHECK((*end)->code == asio::error::broken_pipe);
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("unix socket: two RPC peers talk over it", "[transport][component]") {
    test::Loop loop;
    const Folder folder;
    const auto path = folder.path / "api.sock";
    const auto answer = [](std::string method, json::Value params) -> asio::awaitable<Answer<json::Value>> {
        params.set("method", method);
        co_return params;
    };
    const auto serve = [&](std::unique_ptr<MessageStream> stream,
                           transport::PeerCredentials) -> asio::awaitable<void> {
        const auto peer =
            transport::RpcPeer::make(std::move(stream), loop.timers, {}, answer, nullptr, Log());
        const auto run = [](std::shared_ptr<transport::RpcPeer> mine) -> asio::awaitable<void> {
            co_await mine->run();
        };
        return run(peer);
    };
    UnixServer server(loop.io.get_executor(), loop.timers, serve, Log());
    REQUIRE(server.start(path, 0600));
    auto stream = loop.run(transport::open_unix(loop.timers, path, loop.timers.now() + 1s));
    REQUIRE(stream);
    const auto client = transport::RpcPeer::make(std::move(*stream), loop.timers, {}, answer, nullptr, Log());
    const auto run = [](std::shared_ptr<transport::RpcPeer> peer) -> asio::awaitable<void> {
        co_await peer->run();
    };
    loop.spawn(run(client));
    for (int i = 0; i < 100; ++i) {
        json::Value params;
        params.set("i", i);
        const Reply reply = loop.run(client->call("m", params, loop.timers.now() + 1s));
        REQUIRE(reply.result());
        params.set("method", "m");
        REQUIRE(*reply.result() == params);
    }
    loop.run(server.stop());
    loop.until([&] { return !client->open(); });
    loop.settle();
    CHECK(loop.tasks.size() == 0);
    CHECK(loop.timers.pending() == 0);
}
