#pragma once
#include <filesystem>
#include <string_view>

#include "protocol/transport/http.hpp"

namespace voip::service {

/// The file of the phone page that `GET path` asks for; "/" is index.html. Only plain names of one folder
/// level or below (`[A-Za-z0-9._-]`, no leading dot) inside `folder`, at most 4 MiB, no links that lead
/// outside. Without a folder "/" is a page that explains what answers here.
/// @return 404 for everything else. Blocks for the disk.
[[nodiscard]] transport::HttpResponse static_file(const std::filesystem::path& folder, std::string_view path);
/// True for a path that static_file() would look for: it has the shape of a file of the page.
[[nodiscard]] bool is_page_path(std::string_view path) noexcept;

}  // namespace voip::service
