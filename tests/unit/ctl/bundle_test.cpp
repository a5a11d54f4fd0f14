// The support archive: what is in it, and what must not be.
#include "daemon/ctl/bundle.hpp"

#include <algorithm>

#include "daemon/ctl/redact.hpp"
#include "daemon/ctl/show.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::ctl;

TEST_CASE("redact: 12 ways in which a secret is written are removed, what is around them stays",
          "[ctl][unit]") {
    struct Case {
        const char *text, *left;
    };
    // clang-format off
    const Case cases[] = {
        {R"({"deviceToken": "abc-def", "sn": "door-1"})", R"({"deviceToken": "[removed]", "sn": "door-1"})"},
        {R"("secret":"a\"b","next":1)",                    R"("secret":"[removed]","next":1)"},
        {"identity: got push_token=\"xyz\" for=\"door\"", "identity: got push_token=\"[removed]\" for=\"door\""},
        {R"(body="{\"snTicket\":\"T1\",\"x\":2}")",        R"(body="{\"snTicket\":\"[removed]\",\"x\":2}")"},
        {"Authorization: Basic Zm9v",                     "Authorization: [removed]"},
        {"header Bearer abc.def-1 sent",                  "header Bearer [removed] sent"},
        {"url=https://me:pass@host/path",                 "url=https://[removed]@host/path"},
        {"turn secret=hunter2, next",                     "turn secret=[removed], next"},
        {"x 0123456789abcdef0123456789ABCDEF y",          "x [removed] y"},
        {"-----BEGIN EC PRIVATE KEY-----\nAAA\n-----END EC PRIVATE KEY-----\nrest", "[removed]\nrest"},
        {"\"key\": \"K\"",                                "\"key\": \"[removed]\""},
        {"customQuery=\"a=1&b=2\"",                       "customQuery=\"[removed]\""},
    };
    // clang-format on
    for (const Case& c : cases) {
        INFO(c.text);
        CHECK(redact(c.text) == c.left);
    }
}

TEST_CASE("redact: numbers, words, names and 1 certificate stay as they are", "[ctl][unit]") {
    for (const char* text :
         {R"({"deviceTokenExpires": 1730000000123, "tokens": {"deviceTokenSeconds": 3600}})",
          "wmpf_voipd_device_token_expiry_timestamp_seconds 1730000000.123",
          "phase=\"talking\" room=\"r-123\"", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
          "/usr/lib/systemd/system/multi-user.target.wants/wmpf-voipd.service"}) {
        INFO(text);
        CHECK(redact(text) == text);
    }
}

TEST_CASE("bundle: secrets planted in each source are in none of its files", "[ctl][unit]") {
    const std::string planted = "PlantedSecret-0123456789-0123456789-abcdef";
    BundleSources sources;
    sources.ask = [&](const std::string& method) {
        json::Value value;
        value.set("pushToken", planted).set("phase", "idle " + method);
        return Reply{value};
    };
    sources.read = [&](const std::string& path) -> Result<std::string> {
        if (path.starts_with("/proc")) return fail(Errc::not_found, path);
        return "// c\n{\"sn\": \"door-1\", \"secret\": \"" + planted + "\"}";
    };
    sources.run = [&](const std::string&) { return "line token=\"" + planted + "\"\n"; };
    const auto files = collect_bundle(sources, "/etc/config.json");
    CHECK(files.size() == 23);
    for (const ArchiveFile& file : files) {
        INFO(file.name);
        CHECK(file.text.find("Planted") == std::string::npos);
    }
    const auto config = std::find_if(files.begin(), files.end(),
                                     [](const ArchiveFile& file) { return file.name == "config.json"; });
    REQUIRE(config != files.end());
    CHECK(config->text == "// c\n{\"sn\": \"door-1\", \"secret\": \"[removed]\"}");
}

TEST_CASE("bundle: without a daemon each of the 7 answers says why", "[ctl][unit]") {
    BundleSources sources;
    sources.ask = [](const std::string&) { return Reply{fail(Errc::unreachable, "/run/api.sock: nobody")}; };
    sources.read = [](const std::string& path) -> Result<std::string> { return fail(Errc::not_found, path); };
    sources.run = [](const std::string&) { return std::string(); };
    int told = 0;
    for (const ArchiveFile& file : collect_bundle(sources, "/c"))
        if (file.name.starts_with("api/")) told += file.text.find("nobody") != std::string::npos ? 1 : 0;
    CHECK(told == 7);
}

TEST_CASE("bundle: a command's output is taken from both streams, and 1 that is not there says so",
          "[ctl][unit]") {
    CHECK(run_command("echo out; echo err >&2") == "out\nerr\n");
    CHECK(run_command("no-such-program-here").find("not found") != std::string::npos);
}

TEST_CASE("tar: sizes of 0, 1, 512 and 513 bytes fill whole blocks, and names of 100 bytes are refused",
          "[ctl][unit]") {
    const auto archive =
        tar_archive({{"a", ""}, {"b", "x"}, {"c", std::string(512, 'y')}, {"d", std::string(513, 'z')}}, 1);
    REQUIRE(archive);
    CHECK(archive->size() == 512U * (4 + 0 + 1 + 1 + 2 + 2));
    CHECK(archive->substr(257, 5) == "ustar");
    CHECK_FALSE(tar_archive({{std::string(100, 'n'), ""}}, 1));
    CHECK_FALSE(tar_archive({{"", ""}}, 1));
}

TEST_CASE("metrics: 1 counter of OpenMetrics becomes one that the textfile collector knows", "[ctl][unit]") {
    CHECK(prometheus_text(
              "# TYPE a counter\n# HELP a Help.\na_total 1\n# TYPE b gauge\n# HELP b H.\nb 2\n# EOF\n") ==
          "# TYPE a_total counter\n# HELP a_total Help.\na_total 1\n# TYPE b gauge\n# HELP b H.\nb 2\n");
    CHECK(prometheus_text("").empty());
}
