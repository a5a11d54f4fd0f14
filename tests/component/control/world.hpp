#pragma once
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "core/manual_timers.hpp"
#include "core/task_set.hpp"
#include "daemon/control/server.hpp"
#include "tests/component/control/fakes.hpp"
#include "tests/support/stream_pair.hpp"

namespace voip::control::test {

/// Who connects over a stream pair.
inline constexpr uid_t own_uid = 990, stranger_uid = 1000;
inline constexpr gid_t control_gid = 500, observe_gid = 600;

/// A folder that goes with its object.
class TempFolder {
 public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
    std::filesystem::path path_;
};

/// A client on a real Unix socket that never waits: what the server has said is there as soon as its loop has
/// settled.
class RawClient {
 public:
    explicit RawClient(const std::filesystem::path& socket);
    RawClient(RawClient&& other) noexcept;
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient();

    void send(std::string_view bytes);
    void request(int id, std::string_view method, std::string_view params = {});
    /// Everything there is to read, as far as whole lines go.
    [[nodiscard]] std::vector<std::string> lines();
    /// The only line that is there.
    [[nodiscard]] json::Value line();
    /// True when the server has closed; reads what was left first.
    [[nodiscard]] bool closed();
    void close();

 private:
    void read_all();
    int fd_ = -1;
    std::string in_;
    bool end_ = false;
};

/// A client on a stream pair, with any credentials.
struct PairClient {
    PairClient(Timers& timers) : pair(timers), stream(pair.take(transport_side)) {}
    static constexpr auto transport_side = voip::test::StreamPair::b;

    voip::test::StreamPair pair;
    std::unique_ptr<transport::MessageStream> stream;
    std::vector<std::string> lines;
    std::optional<Error> end;
};

/// Server, fakes, manual time and a loop that runs when told.
class World {
 public:
    explicit World(std::size_t max_clients = 64, std::size_t queue_bytes = 256 * 1024);
    ~World();

    /// Runs the loop until nothing is ready.
    void settle();
    void advance(Duration length);
    /// A client on the real socket, already accepted.
    [[nodiscard]] RawClient connect();
    /// A client with these credentials, already being served.
    [[nodiscard]] std::shared_ptr<PairClient> connect_as(uid_t uid, std::vector<gid_t> groups = {});
    void send(const std::shared_ptr<PairClient>& client, std::string line);
    void stop();

    asio::io_context io{1};
    ManualTimers timers;
    Notes notes;
    std::vector<std::string> log_lines;
    LogHub hub;
    FakeCalls calls;
    FakeContacts contacts;
    FakeHistory history;
    FakeDevice device;
    FakeBoard board;
    FakeOperation operation;
    TempFolder folder;
    TaskSet tasks;
    std::unique_ptr<Server> server;
    std::vector<std::string> crashes;

 private:
    bool stopped_ = false;
};

[[nodiscard]] json::Value parsed(std::string_view text);
/// "result {...}" or "error 1004 field" of a response.
[[nodiscard]] std::string outcome(const json::Value& response);

}  // namespace voip::control::test
