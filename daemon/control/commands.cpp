#include "daemon/control/commands.hpp"

#include <algorithm>
#include <array>

#include "daemon/control/params.hpp"
#include "daemon/control/replies.hpp"
#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/rpc/codec.hpp"

namespace voip::control {
namespace {

using Reply = Answer<json::Value>;

json::Value nothing() {
    return json::Value(json::Object{});
}
json::Value member(std::string_view name, json::Value value) {
    json::Value object;
    return object.set(name, std::move(value));
}

/// Value of an answer as JSON, or its fault.
template <class T, class Encode>
Reply reply(const Answer<T>& answer, Encode encoded) {
    if (!answer) return answer.error();
    return encoded(*answer);
}
template <class T>
Reply reply(const Answer<T>& answer) {
    return reply(answer, [](const T& value) { return encode(value); });
}
Reply reply_nothing(const Answer<std::monostate>& answer) {
    return reply(answer, [](const std::monostate&) { return nothing(); });
}
Reply reply_room(const Answer<std::string>& room) {
    return reply(room, [](const std::string& id) { return member("roomId", id); });
}

// The call

asio::awaitable<Reply> init_by_caller(Context context, json::Value params) {
    const InitRules rules = context.ports.device.init_rules();
    auto request = decode_init_by_caller(params, rules);
    if (!request) co_return request.error();
    const auto result = co_await context.ports.calls.init_by_caller(std::move(*request));
    co_return reply(result);
}

asio::awaitable<Reply> call_contact(Context context, json::Value params) {
    auto request = decode_call(params);
    if (!request) co_return request.error();
    const auto result = co_await context.ports.calls.call(std::move(*request));
    co_return reply(result);
}

asio::awaitable<Reply> answer(Context context, json::Value params) {
    auto room = decode_answer(params);
    if (!room) co_return room.error();
    const auto result = co_await context.ports.calls.answer(std::move(*room));
    co_return reply_room(result);
}

Reply hang_up(Context& context, const json::Value& params) {
    auto request = decode_hang_up(params);
    if (!request) return request.error();
    return reply_room(context.ports.calls.hang_up(std::move(request->room_id), request->reason));
}

Reply set_media(Context& context, const json::Value& params) {
    const auto request = decode_set_media(params);
    if (!request) return request.error();
    return reply(context.ports.calls.set_media(*request));
}

Reply get_room(Context& context, const json::Value&) {
    return encode(context.ports.calls.snapshot());
}

Reply subscribe(Context& context, const json::Value& params) {
    const auto filter = decode_subscribe(params);
    if (!filter) return filter.error();
    return encode(context.hub.subscribe(context.client, *filter));
}

Reply history(Context& context, const json::Value& params) {
    const auto request = decode_history(params);
    if (!request) return request.error();
    return reply(context.ports.history.page(request->limit, request->before), &encode_history);
}

// Contacts

Reply list_contacts(Context& context, const json::Value&) {
    return encode_contacts(context.ports.contacts.list());
}

Reply set_contact(Context& context, const json::Value& params) {
    auto contact = decode_contact_set(params);
    if (!contact) return contact.error();
    // What cannot be listed afterwards is not taken.
    auto all = context.ports.contacts.list();
    std::erase_if(all, [&](const Contact& other) { return other.contact == contact->contact; });
    all.push_back(*contact);
    if (auto listed = encode_contacts(all); !listed) return listed.error();
    return reply(context.ports.contacts.set(std::move(*contact)));
}

Reply remove_contact(Context& context, const json::Value& params) {
    const auto contact = decode_contact_remove(params);
    if (!contact) return contact.error();
    return reply_nothing(context.ports.contacts.remove(*contact));
}

// Device and board

Reply get_device(Context& context, const json::Value&) {
    return encode(context.ports.device.facts());
}

asio::awaitable<Reply> register_device(Context context, json::Value params) {
    auto ticket = decode_register(params);
    if (!ticket) co_return ticket.error();
    const auto result = co_await context.ports.device.register_device(std::move(*ticket));
    co_return reply(result, [](const std::monostate&) { return member("registered", true); });
}

asio::awaitable<Reply> get_push_token(Context context, json::Value) {
    const auto token = co_await context.ports.device.push_token();
    co_return reply(token);
}

Reply press(Context& context, const json::Value& params) {
    const auto request = decode_press(params);
    if (!request) return request.error();
    return reply_nothing(context.ports.calls.press(request->button, request->long_press));
}

Reply relay(Context& context, const json::Value& params) {
    const auto request = decode_relay(params);
    if (!request) return request.error();
    return reply(context.ports.board.relay(request->relay, request->length, {context.who}));
}

Reply get_board(Context& context, const json::Value&) {
    return encode(context.ports.board.facts());
}

// Operation

Reply get_health(Context& context, const json::Value&) {
    return encode(context.ports.operation.health());
}

Reply get_metrics(Context& context, const json::Value&) {
    return bounded(member("text", context.ports.operation.metrics()));
}

Reply set_log(Context& context, const json::Value& params) {
    const auto levels = decode_log_set(params);
    if (!levels) return levels.error();
    return reply(context.ports.operation.set_log_levels(*levels),
                 [](const std::string& now) { return member("levels", now); });
}

Reply reload(Context& context, const json::Value&) {
    return reply(context.ports.operation.reload());
}

constexpr Role observe = Role::observe;
constexpr Role control = Role::control;

// clang-format off
constexpr std::array table{
    Command{"board.get",           observe, &get_board,      nullptr},
    Command{"board.press",         control, &press,          nullptr},
    Command{"board.relay",         control, &relay,          nullptr},
    Command{"call.history",        observe, &history,        nullptr},
    Command{"config.reload",       control, &reload,         nullptr},
    Command{"contact.list",        observe, &list_contacts,  nullptr},
    Command{"contact.remove",      control, &remove_contact, nullptr},
    Command{"contact.set",         control, &set_contact,    nullptr},
    Command{"device.get",          observe, &get_device,     nullptr},
    Command{"device.getPushToken", control, nullptr,         &get_push_token},
    Command{"device.register",     control, nullptr,         &register_device},
    Command{"health.get",          observe, &get_health,     nullptr},
    Command{"log.set",             control, &set_log,        nullptr},
    Command{"metrics.get",         observe, &get_metrics,    nullptr},
    Command{"room.get",            observe, &get_room,       nullptr},
    Command{"room.subscribe",      observe, &subscribe,      nullptr},
    Command{"voip.answer",         control, nullptr,         &answer},
    Command{"voip.call",           control, nullptr,         &call_contact},
    Command{"voip.forceHangUpVoip", control, &hang_up,       nullptr},
    Command{"voip.initByCaller",   control, nullptr,         &init_by_caller},
    Command{"voip.setMedia",       control, &set_media,      nullptr},
};
// clang-format on
static_assert(std::ranges::is_sorted(table, {}, &Command::name));
static_assert(std::ranges::adjacent_find(table, {}, &Command::name) == table.end());
static_assert(std::ranges::all_of(table, [](const Command& c) {
    return (c.now == nullptr) != (c.later == nullptr);
}));

Fault above_role(const Command& command) {
    std::string text(command.name);
    text.append(" needs the role ").append(to_string(command.role));
    return {code::forbidden, std::move(text), "", {}};
}

/// Nothing when the client may do it and params have the right shape.
std::optional<Fault> refusal(const Command* command, Role role, const json::Value& params) {
    if (command == nullptr) return Fault{rpc::method_not_found, "no such method", "", {}};
    if (role < command->role) return above_role(*command);
    if (!params.is_null() && params.as_object() == nullptr)
        return Fault{rpc::invalid_params, "params must be an object", "", {}};
    return std::nullopt;
}

}  // namespace

std::span<const Command> commands() noexcept {
    return table;
}

const Command* find_command(std::string_view name) noexcept {
    const auto found = std::ranges::lower_bound(table, name, {}, &Command::name);
    return found != table.end() && found->name == name ? &*found : nullptr;
}

transport::Serving perform(Context context, Role role, std::string_view method, json::Value params) {
    const Command* command = find_command(method);
    if (auto refused = refusal(command, role, params)) return Reply(std::move(*refused));
    if (params.is_null()) params = nothing();
    if (command->now != nullptr) return command->now(context, params);
    return command->later(context, std::move(params));
}

}  // namespace voip::control
