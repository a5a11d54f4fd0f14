#pragma once
#include "protocol/call.hpp"
#include "service/channel/backend_call.hpp"
#include "service/registry/auth.hpp"
#include "service/rooms/rooms.hpp"
#include "service/session.hpp"

/// From a request to call somebody to a room: decode, rules, checks of the backend, Rooms. No sockets.
namespace voip::service {

/// Who asks, and by which channel (0: none).
struct Caller {
    Session session;
    rooms::ChannelId channel = 0;
};

class Dialling {
 public:
    /// @param open_call_device  callDevice.open
    Dialling(rooms::Rooms& rooms, registry::Registry& registry, bool open_call_device)
        : rooms_(rooms), registry_(registry), open_call_device_(open_call_device) {}

    /// voip.initByCaller. What the backend refuses is a result (isSuccess false), the rest a Fault: see
    /// is_thrown().
    [[nodiscard]] Answer<json::Value> init_by_caller(const Caller& caller, const json::Value& params,
                                                     rooms::Moment now);
    /// voip.callDevice: {roomId}; every failure is a Fault.
    [[nodiscard]] Answer<json::Value> call_device(const Caller& caller, const json::Value& params,
                                                  rooms::Moment now);
    /// The roomId; rooms::BackendOutcome for it follows when this succeeds.
    [[nodiscard]] Answer<std::string> backend_call(std::string_view app_id, const BackendCall& call,
                                                   rooms::Moment now);

 private:
    [[nodiscard]] Answer<InitResult> init(const Caller& caller, const json::Value& params, rooms::Moment now);

    rooms::Rooms& rooms_;
    registry::Registry& registry_;
    bool open_call_device_;
};

/// The plugin's two failure shapes: true for codes that initByCaller throws (the plugin's own 1000s and the
/// service's 4000s and 5000s), false for those that resolve with isSuccess false.
[[nodiscard]] bool is_thrown(int err_code) noexcept;
/// A Fault of initByCaller in its right shape.
[[nodiscard]] Answer<json::Value> init_failure(const Fault& fault);

}  // namespace voip::service
