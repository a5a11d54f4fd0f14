#include "service/phone/phone.hpp"

#include <charconv>

#include "core/file.hpp"
#include "core/task_set.hpp"
#include "core/wake.hpp"
#include "protocol/crypto/crypto.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/transport/https_client.hpp"
#include "protocol/transport/reconnect.hpp"
#include "protocol/transport/rpc_peer.hpp"

namespace voip::phone {

using transport::RpcPeer;

namespace {

transport::Url at(transport::Url service, std::string path) {
    service.path = std::move(path);
    return service;
}

std::string words_of(const Fault& fault) {
    return std::to_string(fault.err_code) + " " + fault.err_msg;
}

}  // namespace

struct Phone::State {
    State(asio::any_io_executor ex, Timers& t, transport::TlsClientContext context, PhoneSettings s,
          std::function<void(std::string)> p, Log l)
        : executor(ex),
          timers(t),
          tls(std::move(context)),
          settings(std::move(s)),
          print(std::move(p)),
          log(l),
          call(settings.habits),
          done(t),
          tasks(ex, t, [this](std::string_view name, std::string_view what) { crashed(name, what); }),
          reconnect(
              t, Backoff({200ms, 5s}, crypto::random_number()), [this] { return session(); }, l) {}

    asio::any_io_executor executor;
    Timers& timers;
    transport::TlsClientContext tls;
    PhoneSettings settings;
    std::function<void(std::string)> print;
    Log log;
    PhoneCall call;
    Wake done;
    TaskSet tasks;
    transport::Reconnect reconnect;
    std::shared_ptr<RpcPeer> peer;
    std::string token, open_id;
    std::optional<int> exit_code;
    bool call_placed = false;
    Timers::Id auto_answer = 0;

    void crashed(std::string_view name, std::string_view what) {
        log.err("task failed", kv("task", name), kv("what", what));
        finish(1);
    }
    void finish(int code) {
        if (!exit_code) exit_code = code;
        done.notify();
    }
    [[nodiscard]] TimePoint soon() const { return timers.now() + limits::request_time; }

    // ---- login

    asio::awaitable<Result<void>> log_in() {
        if (token.empty() && !settings.token_file.empty()) {
            auto kept = read_file(settings.token_file, limits::token_bytes);
            if (kept) token = *kept;
        }
        if (!token.empty()) co_return Result<void>();
        json::Value body;
        if (!settings.login_code.empty())
            body.set("code", settings.login_code);
        else
            body.set("name", settings.login_name);
        transport::HttpRequest request;
        request.method = "POST";
        request.target = "/v1/user/login";
        request.headers.push_back(transport::Header{"Content-Type", "application/json"});
        request.body = json::write(body);
        auto place = at(settings.service, request.target);
        auto answer =
            co_await transport::https_request(timers, tls, std::move(place), std::move(request), soon());
        if (!answer) co_return within("login", answer.error());
        const auto value = json::parse(answer->body);
        const json::Value reply = value ? *value : json::Value();
        if (answer->status != 200)
            co_return fail(Errc::refused,
                           "login: HTTP " + std::to_string(answer->status) + " " + text_at(reply, "errMsg"));
        token = text_at(reply, "userToken");
        open_id = text_at(reply, "openId");
        if (token.empty()) co_return fail(Errc::bad_message, "login: no userToken in the answer");
        co_return keep_token();
    }

    Result<void> keep_token() {
        if (settings.token_file.empty()) return {};
        return write_file(settings.token_file, token, 0600);
    }

    // ---- channel

    asio::awaitable<bool> session() {
        auto logged_in = co_await log_in();
        if (!logged_in) {
            report_lost(logged_in.error());
            co_return false;
        }
        transport::WebSocketSettings web_socket;
        web_socket.subprotocol = "wmpf-voip.v1";
        web_socket.headers.push_back(transport::Header{"Authorization", "Bearer " + token});
        transport::HttpResponse refusal;
        auto opened = co_await transport::open_websocket(timers, tls, at(settings.service, "/v1/channel"),
                                                         std::move(web_socket), soon(), &refusal);
        if (!opened) {
            if (refusal.status == 401) token.clear();  // expired or revoked: log in anew
            report_lost(opened.error());
            co_return false;
        }
        peer = RpcPeer::make(
            std::move(opened->stream), timers, transport::RpcPeerSettings{},
            [this](std::string method, json::Value params) {
                return serve(std::move(method), std::move(params));
            },
            [this](const std::string& method, const json::Value& params) { hear(method, params); }, log);
        const auto mine = peer;
        tasks.spawn("open", greet(mine));
        const Error why = co_await mine->run();
        if (why.context.find("4401") != std::string::npos) token.clear();
        if (peer == mine) peer.reset();
        print("offline reason=" + json::write(json::Value(why.text())));
        co_return true;
    }

    void report_lost(const Error& error) {
        print("offline reason=" + json::write(json::Value(error.text())));
        const bool refused = error.is(Errc::refused) && error.context.starts_with("login");
        if (refused) finish(1);  // asking again would not help, and counts as an attack
    }

    asio::awaitable<void> greet(std::shared_ptr<RpcPeer> mine) {
        print("online as=" + settings.login_name + " openId=" + open_id);
        if (call.current()) co_await resume(mine);
        if (!settings.call_sn.empty() && !call_placed) {
            call_placed = true;
            co_await place_call(mine);
        }
    }

    asio::awaitable<void> resume(std::shared_ptr<RpcPeer> mine) {
        const RoomFacts room = call.current()->room;
        const RoomResume ask{room.room_id, room.call_id};
        json::Value params = encode(ask);
        const Reply reply = co_await mine->call("room.resume", std::move(params), soon());
        if (reply.fault()) perform(call.lost());
        if (reply.result()) perform(call.resumed());
    }

    asio::awaitable<Answer<json::Value>> serve(std::string method, json::Value params) {
        if (method != "call.incoming") co_return Fault{rpc::method_not_found, "unknown method", {}, {}};
        const auto incoming = decode_call_incoming(params);
        if (!incoming) co_return incoming.error();
        auto actions = call.incoming(*incoming);
        if (!actions) co_return actions.error();
        // The acknowledgement goes first: the answer of a call that rings nobody would come too early.
        asio::awaitable<void> later = perform_later(std::move(*actions));
        tasks.spawn("incoming", std::move(later));
        co_return json::Value(json::Object{});
    }

    asio::awaitable<void> perform_later(Actions actions) {
        perform(actions);
        co_return;
    }

    void hear(const std::string& method, const json::Value& params) {
        if (method == "channel.expiring") {
            print("expiring");
            return;
        }
        if (method == "room.signal") return decline(params);
        if (method != "voip.event") return;
        const auto event = decode_room_event(params);
        if (event) perform(call.event(*event));
    }

    /// A terminal neither shows nor plays anything: a device that offers media is told, and goes on without.
    void decline(const json::Value& params) {
        const auto signal = decode_room_signal(params);
        if (!signal || !peer) return;
        const json::Value* type = signal->body.find("type");
        if (!type || !type->as_string() || *type->as_string() != "offer") return;
        (void)peer->notify("room.signal",
                           encode(RoomSignal{signal->room_id, json::Value().set("type", "no-media")}));
    }

    // ---- what was decided

    void perform(const Actions& actions) {
        for (const Action& action : actions) std::visit([this](const auto& one) { act(one); }, action);
    }
    void act(const Print& what) { print(what.line); }
    void act(const Join& what) {
        RoomJoin join;
        join.room_id = what.room_id;
        tasks.spawn("join", ask("room.join", encode(join)));
    }
    void act(const HangUp& what) {
        RoomHangUp hang_up;
        hang_up.room_id = what.room_id;
        hang_up.reason = what.reason;
        tasks.spawn("hang up", ask("room.hangUp", encode(hang_up)));
    }
    void act(const AnswerAfter& what) {
        timers.cancel(auto_answer);
        auto_answer = timers.call_at(timers.now() + what.delay,
                                     [this, room = what.room_id] { perform(call.answer(room)); });
    }
    void act(const CallEnded& what) {
        if (!settings.call_sn.empty()) finish(what.talked ? 0 : 1);
    }

    asio::awaitable<void> ask(std::string method, json::Value params) {
        const auto mine = peer;
        if (!mine) co_return;
        const Reply reply = co_await mine->call(method, std::move(params), soon());
        if (reply.fault())
            print("refused method=" + method + " error=" + json::write(words_of(*reply.fault())));
        if (reply.error()) print("failed method=" + method + " error=" + json::write(reply.error()->text()));
    }

    // ---- our own call

    asio::awaitable<void> place_call(std::shared_ptr<RpcPeer> mine) {
        call.dialling();
        if (settings.via == Via::callDevice)
            co_await call_device(mine);
        else
            co_await init_by_caller(mine, true);
    }

    asio::awaitable<void> call_device(std::shared_ptr<RpcPeer> mine) {
        CallDevice request;
        request.room_type = settings.room_type;
        request.sn = settings.call_sn;
        request.model_id = co_await model_of_device();
        request.nick_name = settings.login_name;
        request.call_id = crypto::random_text(24);
        json::Value params = encode(request);
        const Reply reply = co_await mine->call("voip.callDevice", std::move(params), soon());
        placed(reply, request.call_id);
    }

    /// pushToken, then the dial; once more with a fresh one when it had expired (14).
    asio::awaitable<void> init_by_caller(std::shared_ptr<RpcPeer> mine, bool again) {
        json::Value ask_token;
        ask_token.set("sn", settings.call_sn);
        const Reply token_reply = co_await mine->call("user.getPushToken", std::move(ask_token), soon());
        if (!token_reply.result()) {
            placed(token_reply, {});
            co_return;
        }
        InitByCaller request;
        request.room_type = settings.room_type;
        request.caller.id = open_id;
        request.caller.name = settings.login_name;
        request.listener.id = settings.call_sn;
        request.business_type = user_to_device;
        request.voip_token = text_at(*token_reply.result(), "pushToken");
        request.call_id = crypto::random_text(24);
        json::Value params = encode(request);
        const Reply reply = co_await mine->call("voip.initByCaller", std::move(params), soon());
        const auto result =
            reply.result() ? decode_init_result(*reply.result()) : Answer<InitResult>(InitResult{});
        if (again && result && !result->is_success && result->err_code == code::push_token) {
            co_await init_by_caller(mine, false);
            co_return;
        }
        placed(reply, request.call_id);
    }

    void placed(const Reply& reply, const std::string& call_id) {
        std::string why, room_id;
        if (reply.result()) {
            room_id = text_at(*reply.result(), "roomId");
            const json::Value* code = reply.result()->find("errCode");
            if (room_id.empty())
                why =
                    (code ? json::write(*code) : std::string("?")) + " " + text_at(*reply.result(), "errMsg");
        } else {
            why = reply.fault() ? words_of(*reply.fault()) : reply.error()->text();
        }
        if (room_id.empty()) {
            perform(call.dialled(std::nullopt));
            print("refused method=call error=" + json::write(json::Value(why)));
            finish(1);
            return;
        }
        RoomFacts room;
        room.room_id = room_id;
        room.call_id = call_id;
        room.listener.id = settings.call_sn;
        perform(call.dialled(room));
    }

    asio::awaitable<std::string> model_of_device() {
        if (!settings.call_model.empty()) co_return settings.call_model;
        transport::HttpRequest request;
        request.target = "/v1/user/getDeviceVoIPList";
        request.headers.push_back(transport::Header{"Authorization", "Bearer " + token});
        auto place = at(settings.service, request.target);
        auto answer =
            co_await transport::https_request(timers, tls, std::move(place), std::move(request), soon());
        const auto value = answer ? json::parse(answer->body) : Result<json::Value>(answer.error());
        const json::Value* list = value ? value->find("list") : nullptr;
        if (!list || !list->as_array()) co_return std::string();
        for (const json::Value& device : *list->as_array())
            if (text_at(device, "sn") == settings.call_sn) co_return text_at(device, "modelId");
        co_return std::string();
    }
};

Phone::Phone(asio::any_io_executor executor, Timers& timers, transport::TlsClientContext tls,
             PhoneSettings settings, std::function<void(std::string)> print, Log log)
    : state_(std::make_unique<State>(std::move(executor), timers, std::move(tls), std::move(settings),
                                     std::move(print), log)) {}

Phone::~Phone() = default;

asio::awaitable<int> Phone::run() {
    state_->tasks.spawn("channel", state_->reconnect.run());
    while (!state_->exit_code) co_await state_->done.wait();
    if (state_->call.current() && state_->peer) {  // leave no room behind: the other side would wait
        RoomHangUp hang_up;
        hang_up.room_id = state_->call.current()->room.room_id;
        co_await state_->ask("room.hangUp", encode(hang_up));
    }
    state_->timers.cancel(state_->auto_answer);
    if (state_->peer) state_->peer->close(1000, "bye");
    co_await state_->tasks.stop();
    co_return *state_->exit_code;
}

void Phone::key(char key) {
    if (key == 'a') state_->perform(state_->call.answer());
    if (key == 'r') state_->perform(state_->call.reject());
    if (key == 'h') state_->perform(state_->call.hang_up());
    if (key == 'q') quit();
}

void Phone::quit() {
    const auto& call = state_->call.current();
    const bool asked_to_call = !state_->settings.call_sn.empty();
    state_->finish(asked_to_call && !(call && call->talking) ? 1 : 0);
}

}  // namespace voip::phone
