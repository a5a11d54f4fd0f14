#pragma once
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/json.hpp"
#include "core/manual_timers.hpp"
#include "core/wake.hpp"
#include "daemon/identity/identity.hpp"
#include "protocol/crypto/crypto.hpp"
#include "protocol/errors.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/identity/temp_folder.hpp"

namespace voip::test {

using namespace identity;

/// The service's HTTPS side in memory: it checks signatures, times, nonces and tickets as the contract says.
class FakeService {
 public:
    explicit FakeService(ManualTimers& timers) : timers_(timers), start_(timers.now()), released_(timers) {}

    static constexpr UnixMillis epoch = 1780000000000;  // its clock at the start
    [[nodiscard]] UnixMillis now() const {
        return epoch + std::chrono::duration_cast<std::chrono::milliseconds>(timers_.now() - start_).count();
    }

    // What it knows
    std::map<std::string, std::string> keys;  // SN -> public key
    std::set<std::string> tickets;
    std::set<std::string> nonces;
    std::int64_t token_life = 3600;
    // How it behaves
    bool unreachable = false;                                // nothing arrives
    bool loses_answers = false;                              // it acts, but the answer does not arrive
    bool holds = false;                                      // answers wait for release()
    std::optional<std::pair<unsigned, std::string>> forced;  // every answer
    // What it saw
    std::vector<std::string> paths;
    std::vector<std::string> tokens;
    std::size_t served = 0;

    void release() {
        holds = false;
        released_.notify();
    }
    [[nodiscard]] std::size_t count(std::string_view path) const {
        return static_cast<std::size_t>(std::count(paths.begin(), paths.end(), path));
    }

    asio::awaitable<Result<transport::HttpResponse>> serve(transport::HttpRequest request,
                                                           TimePoint deadline) {
        paths.push_back(request.target);
        CHECK(request.method == "POST");
        CHECK(request.header("content-type") == "application/json");
        while (holds) {
            const WakeReason reason = co_await released_.wait(deadline);
            if (reason == WakeReason::deadline) co_return fail(Errc::timeout, "service.test");
            if (reason == WakeReason::cancelled) co_return fail(Errc::cancelled);
        }
        if (unreachable) co_return fail(Errc::unreachable, "service.test");
        transport::HttpResponse response = answer(request);
        if (loses_answers) co_return fail(Errc::timeout, "service.test");
        ++served;
        co_return response;
    }

 private:
    transport::HttpResponse made(unsigned status, const json::Value& body) const {
        transport::HttpResponse response;
        response.status = status;
        response.body = json::write(body);
        return response;
    }
    transport::HttpResponse refusal(unsigned status, int code) const {
        json::Value body;
        body.set("errCode", code).set("errMsg", code_text(code)).set("serverTime", now());
        return made(status, body);
    }
    transport::HttpResponse answer(const transport::HttpRequest& request) {
        if (forced) {
            transport::HttpResponse response;
            response.status = forced->first;
            response.body = forced->second;
            return response;
        }
        const auto body = json::parse(request.body);
        REQUIRE(body);
        const auto text = [&](std::string_view name) {
            const json::Value* member = body->find(name);
            REQUIRE(member);
            REQUIRE(member->as_string());
            return *member->as_string();
        };
        const std::int64_t timestamp = *body->find("timestamp")->as_integer();
        if (std::abs(timestamp * 1000 - now()) > 300'000) return refusal(401, code::clock_skew);
        if (!nonces.insert(text("nonce")).second) return refusal(401, code::nonce_used);
        const bool enrols = request.target == "/v1/device/register";
        std::string signed_text = (enrols ? "wmpf-voip-register-v1" : "wmpf-voip-token-v1");
        signed_text += "\nservice.test\n" + text("appId") + "\n" + text("sn") + "\n" + text("modelId") +
                       "\n" + std::to_string(timestamp) + "\n" + text("nonce");
        if (enrols) signed_text += "\n" + text("publicKey") + "\n" + text("snTicket");
        const std::string sn = text("sn");
        if (!enrols && !keys.contains(sn)) return refusal(404, code::not_registered);
        const std::string key = enrols ? text("publicKey") : keys[sn];
        if (!crypto::verify(key, signed_text, text("signature"))) return refusal(401, code::signature);
        return enrols ? enrol(sn, key, text("snTicket")) : token();
    }
    transport::HttpResponse enrol(const std::string& sn, const std::string& key, const std::string& ticket) {
        if (!tickets.contains(ticket)) return refusal(400, code::ticket_expired);
        if (keys.contains(sn) && keys[sn] != key) return refusal(409, code::already_registered);
        tickets.erase(ticket);
        keys[sn] = key;
        json::Value body;
        body.set("registered", true).set("serverTime", now());
        return made(200, body);
    }
    transport::HttpResponse token() {
        tokens.push_back("deviceToken-" + crypto::random_text(24));
        json::Value body;
        body.set("deviceToken", tokens.back()).set("expiresIn", token_life).set("serverTime", now());
        return made(200, body);
    }

    ManualTimers& timers_;
    TimePoint start_;
    Wake released_;
};

inline const std::string ticket = "Ticket7890123456789012345678901x";
inline const std::string other_ticket = "OtherTicket123456789012345678901";

/// A device beside that service: clock, folder, identity, captured log.
class IdentityBench {
 public:
    explicit IdentityBench(UnixMillis wall = FakeService::epoch,
                           voip::Registration kind = voip::Registration::device_auth)
        : service(timers), kind_(kind) {
        timers.set_wall(wall);
        CHECK(log_hub.set_levels("debug"));
        make();
    }
    ~IdentityBench() {
        stop();
        CHECK(timers.pending() == 0);
        CHECK(crashes.empty());
    }

    /// A new process over the same folder.
    void make() {
        clock = std::make_unique<ClockState>(timers, folder / "clock.json", Log(log_hub, "identity"), built);
        clock->load();
        Settings settings;
        settings.sn = "SN-0001";
        settings.model_id = "model-1";
        settings.app_id = "app-1";
        settings.name = "Door";
        settings.version = "0.1.0";
        settings.registration = kind_;
        settings.host = "service.test";
        settings.folder = folder.path();
        Parts parts{io.get_executor(),
                    timers,
                    *clock,
                    [this](transport::HttpRequest request, TimePoint deadline) {
                        return service.serve(std::move(request), deadline);
                    },
                    [this](std::string_view task, std::string_view what) {
                        crashes.push_back(std::string(task) + ": " + std::string(what));
                    },
                    5,
                    Log(log_hub, "identity")};
        device = std::make_unique<Identity>(std::move(settings), std::move(parts));
        device->on_change([this](const DeviceFacts& facts) { changes.push_back(facts); });
    }
    void start() {
        device->start();
        settle();
    }
    void stop() {
        if (!device) return;
        run(device->stop());
        device.reset();
        settle();
    }
    void restart() {
        stop();
        make();
        start();
    }
    /// Started and registered, with a first token.
    void start_registered() {
        service.tickets.insert(ticket);
        start();
        const auto answer = run(device->register_device(ticket));
        REQUIRE(answer);
        REQUIRE(*answer);
        settle();
        REQUIRE(device->current_device_token());
    }

    void settle() {
        io.restart();
        io.poll();
    }
    void advance(Duration length) {
        timers.advance(length, [this] { settle(); });
        settle();
    }

    template <class T>
    struct Pending {
        std::optional<T> value;
        [[nodiscard]] explicit operator bool() const { return value.has_value(); }
        const T& operator*() const { return *value; }
        const T* operator->() const { return &*value; }
    };
    /// Starts a coroutine; what it returned appears when it has ended.
    template <class T>
    std::shared_ptr<Pending<T>> begin(asio::awaitable<T> work) {
        auto result = std::make_shared<Pending<T>>();
        asio::co_spawn(io, into(std::move(work), result), asio::detached);
        settle();
        return result;
    }
    /// Runs a coroutine that ends without time passing.
    template <class T>
    std::optional<T> run(asio::awaitable<T> work) {
        return begin(std::move(work))->value;
    }
    void run(asio::awaitable<void> work) {
        bool ended = false;
        asio::co_spawn(io, mark(std::move(work), &ended), asio::detached);
        settle();
        CHECK(ended);
    }

    [[nodiscard]] RegistrationState state() const { return device->facts().registration.state; }
    [[nodiscard]] std::string all_logs() const {
        std::string text;
        for (const std::string& line : lines) text += line + "\n";
        return text;
    }

    static constexpr UnixMillis built = 1760000000000;
    asio::io_context io;
    ManualTimers timers;
    TempFolder folder;
    std::vector<std::string> lines, crashes;
    LogHub log_hub{[this](Level, std::string_view line) { lines.emplace_back(line); }};
    FakeService service;
    std::vector<DeviceFacts> changes;
    std::unique_ptr<ClockState> clock;
    std::unique_ptr<Identity> device;

 private:
    template <class T>
    static asio::awaitable<void> into(asio::awaitable<T> work, std::shared_ptr<Pending<T>> result) {
        result->value.emplace(co_await std::move(work));
    }
    static asio::awaitable<void> mark(asio::awaitable<void> work, bool* ended) {
        co_await std::move(work);
        *ended = true;
    }

    voip::Registration kind_;
};

}  // namespace voip::test
