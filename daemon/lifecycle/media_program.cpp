#include "daemon/lifecycle/media_program.hpp"

#include "config/load.hpp"

namespace voip::lifecycle {
namespace {

constexpr const char* media_program_name = "wmpf-voip-media";

}  // namespace

std::filesystem::path media_program(const config::Media& media, const std::filesystem::path& own_program) {
    if (!media.program.empty()) return media.program;
    const auto folder = own_program.parent_path();
    std::error_code ignored;
    if (auto beside = folder / media_program_name; std::filesystem::exists(beside, ignored)) return beside;
    return folder.parent_path() / "libexec" / media_program_name;
}

json::Value media_params(const config::Config& config) {
    const json::Value whole = config::encode(config);
    const json::Value& from = *whole.find("board");
    json::Value board, media{json::Object{}}, params;
    for (const std::string_view name : {"driver", "camera", "microphone", "speaker"})
        board.set(name, *from.find(name));
    for (const json::Member& member : *whole.find("media")->as_object())
        if (member.name != "enabled" && member.name != "program") media.set(member.name, member.value);
    return params.set("board", std::move(board)).set("media", std::move(media));
}

}  // namespace voip::lifecycle
