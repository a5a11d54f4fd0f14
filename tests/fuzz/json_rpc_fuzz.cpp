// Any bytes as JSON and as a JSON-RPC message: refused with a fault that can be answered, or a message that
// survives being written and read again.
#include "protocol/limits.hpp"
#include "protocol/rpc/codec.hpp"
#include "tests/fuzz/demand.hpp"

namespace {

using namespace voip;
using fuzz::demand;

std::string write(const rpc::Message& message) {
    if (const auto* request = std::get_if<rpc::Request>(&message.what))
        return rpc::write_request(request->id, request->method, request->params);
    if (const auto* notification = std::get_if<rpc::Notification>(&message.what))
        return rpc::write_notification(notification->method, notification->params);
    if (const auto* success = std::get_if<rpc::Success>(&message.what))
        return rpc::write_success(success->id, success->result);
    const auto& failure = std::get<rpc::Failure>(message.what);
    return rpc::write_failure(failure.id, failure.fault);
}

void judge_json(std::string_view text, const json::ParseLimits& limits) {
    const auto value = json::parse(text, limits);
    if (!value) return demand(!value.error().context.empty(), "an error has words");
    for (const std::string& written : {json::write(*value), json::write_pretty(*value)}) {
        const auto again = json::parse(written, {64 * text.size() + 1024, limits.max_depth, false});
        demand(bool(again), "what was written is JSON");
        demand(*again == *value, "and is the same");
    }
    demand(json::write(*value).find('\n') == std::string::npos, "one line");
}

void judge_message(std::string_view text) {
    const auto message = rpc::decode(text);
    if (!message) {
        const int code = message.error().fault.err_code;
        demand(code == rpc::parse_error || code == rpc::invalid_request, "one of JSON-RPC's own codes");
        demand(code == rpc::invalid_request || !message.error().id, "no id of what is no JSON");
        fuzz::demand_fault(message.error().fault);
        demand(bool(rpc::decode(rpc::write_failure(message.error().id, message.error().fault))), "an answer");
        return;
    }
    const std::string written = write(*message);
    if (written.size() > limits::message_bytes) return;  // an error's words stand there twice
    const auto again = rpc::decode(written);
    demand(bool(again), "what was written is a message");
    demand(again->what.index() == message->what.index(), "of the same kind");
    demand(write(*again) == written, "and says the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    judge_json(text, {});
    judge_json(text, {limits::message_bytes, 4, true});
    judge_message(text);
    return 0;
}
