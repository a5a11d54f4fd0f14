#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/file.hpp"
#include "tests/support/catch.hpp"

namespace voip::test {

/// A folder of its own for a test, gone afterwards.
class TempFolder {
 public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "voip-identity-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    void write(const char* name, std::string_view content, unsigned mode = 0600) const {
        REQUIRE(write_file(path_ / name, content, mode));
    }
    [[nodiscard]] std::string read(const char* name) const {
        const auto content = read_file(path_ / name, 1 << 20);
        return content ? *content : "(" + content.error().text() + ")";
    }
    [[nodiscard]] bool has(const char* name) const { return std::filesystem::exists(path_ / name); }
    [[nodiscard]] std::size_t files() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path_)) ++count;
        return count;
    }

 private:
    std::filesystem::path path_;
};

}  // namespace voip::test
