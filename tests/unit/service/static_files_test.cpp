#include "service/http/static_files.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

namespace {

/// A page of three files beside a secret that must stay unseen.
struct Page {
    std::filesystem::path base =
        std::filesystem::temp_directory_path() / ("voip-static-" + std::to_string(getpid()));
    std::filesystem::path folder = base / "www";
    Page() {
        std::filesystem::create_directories(folder / "js");
        put(folder / "index.html", "<p>phone</p>");
        put(folder / "js" / "app.js", "run()");
        put(folder / "notes.bak", "not for the web");
        put(base / "secret.txt", "secret");
        std::filesystem::create_symlink(base / "secret.txt", folder / "link.txt");
    }
    ~Page() { std::filesystem::remove_all(base); }
    static void put(const std::filesystem::path& file, std::string_view text) { std::ofstream(file) << text; }
};

}  // namespace

TEST_CASE("static files: / is index.html, and files have their media types", "[service][unit]") {
    const Page page;
    const auto index = static_file(page.folder, "/");
    CHECK(index.status == 200);
    CHECK(index.body == "<p>phone</p>");
    CHECK(index.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(static_file(page.folder, "/js/app.js").header("Content-Type") == "text/javascript; charset=utf-8");
}

TEST_CASE("static files: 9 ways out of the folder end with 404", "[service][unit]") {
    const Page page;
    const auto path = GENERATE("/../secret.txt", "/js/../../secret.txt", "/%2e%2e/secret.txt", "//secret.txt",
                               "/link.txt", "/notes.bak", "/.hidden.txt", "/none.html", "/js");
    CHECK(static_file(page.folder, path).status == 404);
}

TEST_CASE("static files: without a folder / explains what answers, all else is 404", "[service][unit]") {
    const auto page = static_file({}, "/");
    CHECK(page.status == 200);
    CHECK(page.body.find("/v1/health") != std::string::npos);
    CHECK(static_file({}, "/app.js").status == 404);
}
