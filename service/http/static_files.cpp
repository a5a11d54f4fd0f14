#include "service/http/static_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/file.hpp"
#include "protocol/errors.hpp"
#include "service/http/reply.hpp"

namespace voip::service {
namespace {

constexpr std::size_t file_limit = 4 * 1024 * 1024;

struct MediaType {
    std::string_view ending, type;
};
// clang-format off
constexpr std::array media_types{
    MediaType{".html", "text/html; charset=utf-8"},  MediaType{".css", "text/css; charset=utf-8"},
    MediaType{".js", "text/javascript; charset=utf-8"}, MediaType{".mjs", "text/javascript; charset=utf-8"},
    MediaType{".json", "application/json"},          MediaType{".webmanifest", "application/manifest+json"},
    MediaType{".svg", "image/svg+xml"},              MediaType{".png", "image/png"},
    MediaType{".ico", "image/x-icon"},               MediaType{".mp3", "audio/mpeg"},
    MediaType{".ogg", "audio/ogg"},                  MediaType{".wav", "audio/wav"},
    MediaType{".txt", "text/plain; charset=utf-8"},  MediaType{".woff2", "font/woff2"},
};
// clang-format on

constexpr std::string_view plain_page =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>wmpf-voip-service</title>"
    "<h1>wmpf-voip-service</h1><p>This is the calling service of wmpf-voipd. Devices and phones speak to it "
    "under "
    "/v1; its state is at <a href=\"/v1/health\">/v1/health</a>. No phone page is installed here.</p></html>";

bool is_plain_name(std::string_view name) noexcept {
    return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
    });
}

transport::HttpResponse page(std::string body, std::string_view type) {
    transport::HttpResponse response;
    response.headers.push_back({"Content-Type", std::string(type)});
    response.body = std::move(body);
    return response;
}

transport::HttpResponse missing() {
    return fault_reply(Fault{code::no_such_path, "no such path", {}, {}});
}

/// Links are allowed only where they stay inside the folder.
bool is_inside(const std::filesystem::path& folder, const std::filesystem::path& file) {
    std::error_code ec;
    const auto base = std::filesystem::weakly_canonical(folder, ec);
    if (ec) return false;
    const auto real = std::filesystem::weakly_canonical(file, ec);
    if (ec) return false;
    return std::mismatch(base.begin(), base.end(), real.begin(), real.end()).first == base.end();
}

}  // namespace

bool is_page_path(std::string_view path) noexcept {
    if (path.empty() || path.front() != '/') return false;
    path.remove_prefix(1);
    for (unsigned level = 0; level < 3; ++level) {
        const std::size_t end = path.find('/');
        if (end == std::string_view::npos) return path.empty() ? level == 0 : is_plain_name(path);
        if (!is_plain_name(path.substr(0, end))) return false;
        path.remove_prefix(end + 1);
    }
    return false;
}

transport::HttpResponse static_file(const std::filesystem::path& folder, std::string_view path) {
    if (!is_page_path(path)) return missing();
    if (folder.empty())
        return path == "/" ? page(std::string(plain_page), "text/html; charset=utf-8") : missing();
    const std::string name = path == "/" ? "index.html" : std::string(path.substr(1));
    const auto type = std::find_if(media_types.begin(), media_types.end(),
                                   [&](const MediaType& entry) { return name.ends_with(entry.ending); });
    const auto file = folder / name;
    if (type == media_types.end() || !is_inside(folder, file)) return missing();
    auto content = read_file(file, file_limit);
    if (!content) return missing();
    return page(std::move(*content), type->type);
}

}  // namespace voip::service
