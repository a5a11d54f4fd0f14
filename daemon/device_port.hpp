#pragma once
#include "daemon/control/ports.hpp"
#include "daemon/identity/identity.hpp"

namespace voip::daemon {

/// The identity towards the local API. @thread loop only; the identity must outlive it.
class DevicePort final : public control::DevicePort {
 public:
    DevicePort(identity::Identity& identity, Timers& timers) : identity_(identity), timers_(timers) {}

    control::DeviceFacts facts() const override;
    InitRules init_rules() const override;
    asio::awaitable<Answer<std::monostate>> register_device(std::string sn_ticket) override;
    asio::awaitable<Answer<control::PushToken>> push_token() override;

 private:
    identity::Identity& identity_;
    Timers& timers_;
};

/// The same for a device without a service (engine none): it has an SN and nothing to register with.
class LonelyDevicePort final : public control::DevicePort {
 public:
    explicit LonelyDevicePort(control::DeviceFacts facts) : facts_(std::move(facts)) {}

    control::DeviceFacts facts() const override { return facts_; }
    InitRules init_rules() const override;
    asio::awaitable<Answer<std::monostate>> register_device(std::string sn_ticket) override;
    asio::awaitable<Answer<control::PushToken>> push_token() override;

 private:
    control::DeviceFacts facts_;
};

}  // namespace voip::daemon
