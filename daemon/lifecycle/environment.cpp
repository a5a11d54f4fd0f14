#include "daemon/lifecycle/environment.hpp"

#include <cstdlib>

namespace voip::lifecycle {

Environment process_environment() {
    return [](const char* name) -> const char* {
        return std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody writes the environment
    };
}

std::string variable(const Environment& environment, const char* name) {
    const char* value = environment(name);
    return value ? value : "";
}

}  // namespace voip::lifecycle
