// Any bytes as a configuration: either faults that people can read, or a configuration that survives being
// written and read again.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "config/load.hpp"

namespace {

using namespace voip::config;

void demand(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

bool readable(const std::string& text) {
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

template <class T, class Load>
void judge(std::string_view text, const Load& load) {
    const Loaded<T> loaded = load(text);
    if (const Problems* problems = std::get_if<Problems>(&loaded)) {
        demand(!problems->empty(), "a refused configuration has a fault");
        for (const Problem& problem : *problems) {
            demand(!problem.message.empty(), "a fault has a message");
            demand(readable(problem.text()), "a fault has no control character");
        }
        return;
    }
    const T& config = std::get<T>(loaded);
    const Loaded<T> again = load(voip::json::write(encode(config)));
    demand(std::holds_alternative<T>(again), "what was read can be written and read again");
    demand(std::get<T>(again) == config, "and is the same");
}

void judge_reload(std::string_view text) {
    const Loaded<Config> loaded = load(text, {.demo = true});
    const Config* config = std::get_if<Config>(&loaded);
    if (!config) return;
    const Reloaded reloaded = reload(Config{}, *config);
    const bool same = *config == Config{};
    demand(same == (reloaded.applied.empty() && reloaded.needs_restart.empty()),
           "a reload names what differs");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    judge<Config>(text, [](std::string_view t) { return load(t, {.demo = true}); });
    judge<Config>(text, [](std::string_view t) { return load(t); });
    judge<ServiceConfig>(text, [](std::string_view t) { return load_service(t); });
    judge_reload(text);
    return 0;
}
