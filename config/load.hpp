#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "config/service_config.hpp"
#include "core/json.hpp"

namespace voip::config {

/// One fault of a configuration. Values of secrets are never in it.
struct Problem {
    std::string path;     ///< "call.ringSeconds", "board.buttons[1].name"; empty: the file as a whole
    std::string message;  ///< for people: what is wrong and what is right

    /// "path: message"
    [[nodiscard]] std::string text() const;
    friend bool operator==(const Problem&, const Problem&) = default;
};
using Problems = std::vector<Problem>;

/// A configuration without any fault, or every fault it has (never none).
template <class T>
using Loaded = std::variant<T, Problems>;

struct LoadOptions {
    bool demo = false;  ///< device.* and service.url may be absent: the demo has its own
};

/// Largest file that is read. @source our own; the largest sensible file has some kilobytes
inline constexpr std::size_t max_file_bytes = 256 * 1024;

/// Reads a configuration: JSON with comments. Pure, any bytes are safe, never throws but for memory.
[[nodiscard]] Loaded<Config> load(std::string_view text, const LoadOptions& options = {});
[[nodiscard]] Loaded<ServiceConfig> load_service(std::string_view text);

/// The same from a file; one that cannot be read is a Problem with an empty path.
[[nodiscard]] Loaded<Config> load_file(const std::filesystem::path& file, const LoadOptions& options = {});
[[nodiscard]] Loaded<ServiceConfig> load_service_file(const std::filesystem::path& file);

/// The whole configuration as the file would say it, secrets included: for comparing, not for printing.
[[nodiscard]] json::Value encode(const Config& config);
[[nodiscard]] json::Value encode(const ServiceConfig& config);

/// What a reload of the daemon does: options that can change while running are taken over, others wait for a
/// restart.
struct Reloaded {
    Config config;                     ///< the running one with the new live options
    std::vector<std::string> applied;  ///< paths, in the order of the README's table
    std::vector<std::string> needs_restart;
};
[[nodiscard]] Reloaded reload(const Config& running, const Config& fresh);

/// One option as the README's table states it.
struct OptionInfo {
    std::string path;  ///< "board.buttons[].name"
    std::string type;  ///< "string", "number", "integer", "boolean", "list of objects" ...
    std::string unit;  ///< "s", "kbit/s"; empty: none
    std::string range;
    std::string standard;  ///< the default as JSON, or "required"
    bool live = false;     ///< taken over by a reload
};
[[nodiscard]] std::vector<OptionInfo> daemon_options();
[[nodiscard]] std::vector<OptionInfo> service_options();

}  // namespace voip::config
