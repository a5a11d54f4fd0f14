#include <algorithm>

#include "config/describe_service.hpp"
#include "config/load.hpp"
#include "core/file.hpp"

namespace voip::config {
namespace {

/// Two options that only make sense together: the missing one is at fault.
void judge_pair(const std::string& one, const std::string& other, const char* section, const char* one_name,
                const char* other_name, const Report& root) {
    if (one.empty() == other.empty()) return;
    const char* missing = one.empty() ? one_name : other_name;
    const char* present = one.empty() ? other_name : one_name;
    if (root.clean(std::string(section) + "." + missing))
        root.member(section).member(missing).fault("required with " + std::string(section) + "." + present);
}

void judge_turn(const Turn& turn, const Report& root) {
    const bool wants_secret =
        std::ranges::any_of(turn.urls, [](const std::string& url) { return url.starts_with("turn"); });
    if (wants_secret && turn.secret.empty() && root.clean("turn.secret"))
        root.member("turn").member("secret").fault("required with the turn servers of turn.urls");
    if (!wants_secret && !turn.secret.empty() && root.clean("turn.urls"))
        root.member("turn").member("urls").fault("has no turn server for turn.secret");
}

void judge_service(const json::Value&, const ServiceConfig& config, const Report& root) {
    judge_pair(config.tls.certificate, config.tls.key, "tls", "certificate", "key", root);
    judge_pair(config.notify.url, config.notify.secret, "notify", "url", "secret", root);
    judge_turn(config.turn, root);
}

}  // namespace

Loaded<ServiceConfig> load_service(std::string_view text) {
    return load_by_description<ServiceConfig>(text, &judge_service);
}

Loaded<ServiceConfig> load_service_file(const std::filesystem::path& file) {
    const auto text = read_file(file, max_file_bytes);
    if (!text) return unreadable(text.error());
    return load_service(*text);
}

json::Value encode(const ServiceConfig& config) {
    return encode_by_description(config);
}
std::vector<OptionInfo> service_options() {
    return list_options<ServiceConfig>();
}

}  // namespace voip::config
