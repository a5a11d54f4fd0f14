#include "daemon/lifecycle/environment.hpp"

#include <cstdlib>

namespace voip::lifecycle {

Environment process_environment() {
    return [](const char* name) -> const char* { return std::getenv(name); };   // NOLINT(concurrency-mt-unsafe)
}

std::string variable(const Environment& environment, const char* name) {
    const char* value = environment ? environment(name) : nullptr;
    return value ? value : "";
}

}  // namespace voip::lifecycle
