#pragma once
#include <functional>
#include <string>

#include "core/log.hpp"
#include "daemon/control/ports.hpp"
#include "daemon/health.hpp"
#include "daemon/metrics.hpp"

namespace voip::daemon {

/// Health, numbers, log levels and reload towards the local API. @thread loop only; the parts must outlive it
class Operation final : public control::OperationPort {
 public:
    struct Parts {
        LogHub& hub;
        HealthBook& health;
        Metrics& metrics;
        std::function<void()> look;  ///< brings up to date what nobody tells by itself, before it is shown
        std::function<Gauges()> gauges;
        std::function<Answer<control::Reloaded>()> reload;
        std::function<void()> levels_changed;
    };
    explicit Operation(Parts parts) : parts_(std::move(parts)) {}

    control::Health health() const override {
        parts_.look();
        return parts_.health.get();
    }
    std::string metrics() const override { return parts_.metrics.text(parts_.gauges()); }
    Answer<std::string> set_log_levels(const std::string& levels) override;
    Answer<control::Reloaded> reload() override { return parts_.reload(); }

 private:
    Parts parts_;
};

/// Resident memory of a process; 0 where the kernel does not tell, or there is none.
[[nodiscard]] std::uint64_t resident_bytes(const std::string& process = "self");

}  // namespace voip::daemon
