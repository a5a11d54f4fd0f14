#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/task_set.hpp"
#include "protocol/crypto/crypto.hpp"
#include "protocol/fault.hpp"
#include "protocol/transport/http.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "protocol/transport/tls_context.hpp"
#include "service/service.hpp"
#include "tests/support/printers.hpp"

/// The real service on 127.0.0.1 and its clients over real TLS, in one loop and one thread. Tests are
/// straight-line code: each call drives the loop until its answer is there (20 s at most, then the test
/// fails).
namespace voip::service::test {

inline constexpr const char* app = "wxtest";
inline constexpr const char* model = "MODEL1";
inline constexpr const char* secret = "0123456789abcdef0123";

class World;

/// What a channel was told: a notification, or the request call.incoming.
struct Told {
    std::string method;
    json::Value params;

    [[nodiscard]] std::string text(std::string_view member) const;
    /// The event's name; "call.incoming", "room.signal" ... for everything else.
    [[nodiscard]] std::string name() const { return method == "voip.event" ? text("eventName") : method; }
    [[nodiscard]] const json::Value& data() const { return *params.find("data"); }
};

/// One open channel of a member.
class Channel {
 public:
    Channel(World& world, std::unique_ptr<transport::MessageStream> stream);
    ~Channel();

    Reply call(std::string method, json::Value params = json::Object{});
    /// The result; fails the test on a Fault or Error.
    json::Value ask(std::string method, json::Value params = json::Object{});
    /// The code of the Fault; fails the test on anything else.
    int fault(std::string method, json::Value params = json::Object{});
    void notify(std::string method, json::Value params);
    /// A request whose answer nobody waits for here.
    void start_call(std::string method, json::Value params);
    [[nodiscard]] std::optional<Reply> finished_call() const { return finished_; }

    /// The next that the service tells; fails when the channel ended.
    Told next();
    /// Names of the next n.
    std::vector<std::string> names(std::size_t count);
    /// Skips what comes until `name`.
    Told until(std::string_view name);
    [[nodiscard]] bool silent() const { return inbox_.empty(); }
    /// Waits until the service has closed it: "4401 token expired" or the like.
    std::string close_reason();
    /// Closes from this side and waits for the end.
    void close();
    [[nodiscard]] bool ended() const { return ended_.has_value(); }

    std::optional<Fault> refuse_incoming;  ///< else call.incoming is acknowledged with {}

 private:
    asio::awaitable<void> run();
    asio::awaitable<void> make_call(std::string method, json::Value params);
    World& world_;
    std::deque<Told> inbox_;
    std::optional<Error> ended_;
    std::optional<Reply> finished_;
    std::shared_ptr<transport::RpcPeer> peer_;
    TaskSet tasks_;
};

struct Device {
    std::string sn;
    crypto::KeyPair key = crypto::KeyPair::generate();
    std::string token;
};
struct Person {
    std::string open_id, name, token;
};

using Headers = std::vector<transport::Header>;
[[nodiscard]] inline Headers bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
}

class World {
 public:
    /// Starts the service with one product. @param change  of the settings before the start
    explicit World(const std::function<void(ServiceSettings&)>& change = {});
    ~World();
    void stop();
    void start();
    void restart() { stop(), start(); }

    Service& service() { return *service_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] UnixMillis wall() const { return timers_.wall_now(); }
    Timers& timers() { return timers_; }
    asio::io_context& io() { return io_; }
    ServiceSettings& settings() { return settings_; }
    std::vector<std::string>& log() { return log_; }

    // HTTPS
    /// The name by which further requests dial the service.
    void dial(std::string host) { host_ = std::move(host); }
    transport::HttpResponse request(transport::HttpRequest request);
    transport::HttpResponse post(std::string target, const json::Value& body, Headers headers = {});
    transport::HttpResponse get(std::string target, Headers headers = {});

    // Members
    std::string ticket(const std::string& sn);
    [[nodiscard]] json::Value claim(const Device& device, const std::string& sn_ticket = {}) const;
    /// Registered and with a token.
    Device device(const std::string& sn);
    void renew(Device& device);
    Person person(const std::string& name);
    void grant(const Person& person, const Device& device, const std::string& device_name = "Door");
    std::unique_ptr<Channel> open(const std::string& token);
    /// The HTTP answer that refused a channel.
    transport::HttpResponse refused_channel(Headers headers, std::string target = "/v1/channel",
                                            std::string subprotocol = "wmpf-voip.v1");
    std::unique_ptr<Channel> open_with(Headers headers);

    /// Runs the loop until the condition holds.
    void drive(const std::function<bool()>& condition);
    template <class T>
    T wait(asio::awaitable<T> work);

 private:
    std::filesystem::path folder_;
    asio::io_context io_{1};
    SystemTimers timers_{io_.get_executor()};
    std::vector<std::string> log_;
    LogHub hub_;
    ServiceSettings settings_;
    std::string host_ = "127.0.0.1";
    std::unique_ptr<Service> service_;
    std::optional<transport::TlsClientContext> trust_;
};

template <class T>
T World::wait(asio::awaitable<T> work) {
    std::optional<T> value;
    std::exception_ptr crash;
    bool done = false;
    asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr& error, T result) {
        crash = error;
        value.emplace(std::move(result));
        done = true;
    });
    drive([&] { return done; });
    if (crash) std::rethrow_exception(crash);
    return std::move(*value);
}

/// The body of an answer.
[[nodiscard]] json::Value body_of(const transport::HttpResponse& response);
[[nodiscard]] std::string text_of(const json::Value& value, std::string_view member);
[[nodiscard]] std::int64_t number_of(const json::Value& value, std::string_view member);
/// errCode of an error's body.
[[nodiscard]] inline std::int64_t code_of(const transport::HttpResponse& response) {
    return number_of(body_of(response), "errCode");
}

/// initByCaller of a device to a person, and back.
[[nodiscard]] json::Value device_calls(const Device& device, const Person& person, std::string call_id = {});
[[nodiscard]] json::Value person_calls(const Person& person, const Device& device,
                                       const std::string& push_token);
[[nodiscard]] json::Value in_room(const std::string& room_id);

}  // namespace voip::service::test
