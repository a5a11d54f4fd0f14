// The README's tables, the loader and the files beside it say the same: each option is in all of them.
#include <algorithm>
#include <set>
#include <sstream>

#include "core/file.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/unit/config/support.hpp"

namespace {

using namespace voip;
using namespace voip::config;
using namespace voip::config::test;

const std::string folder = voip::test::source_dir() + "/config/";

std::string read(const std::string& name) {
    auto text = read_file(folder + name, max_file_bytes);
    REQUIRE(text);
    return *text;
}

/// The options of one section of the README, in order; the daemon's table has a column for the reload.
std::vector<OptionInfo> documented(const std::string& heading, bool reload) {
    std::istringstream lines(read("README.md"));
    std::vector<OptionInfo> rows;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("## ")) inside = line.find(heading) != std::string::npos;
        if (!inside || !line.starts_with("| `")) continue;
        std::vector<std::string> cells;
        std::istringstream row(line.substr(1));
        for (std::string cell; std::getline(row, cell, '|');) {
            const auto first = cell.find_first_not_of(' ');
            const auto last = cell.find_last_not_of(' ');
            cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
        }
        INFO(line);
        REQUIRE(cells.size() == (reload ? 7 : 6));
        CHECK_FALSE(cells.back().empty());
        if (reload) CHECK((cells[5] == "yes" || cells[5] == "no"));
        rows.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], reload && cells[5] == "yes"});
    }
    return rows;
}

std::string row(const OptionInfo& info) {
    return info.path + " | " + info.type + " | " + info.unit + " | " + info.range + " | " + info.standard +
           " | " + (info.live ? "yes" : "no");
}

void check_table(const std::string& heading, std::vector<OptionInfo> options, bool reload) {
    std::vector<std::string> in_code;
    for (OptionInfo& option : options) {
        option.path = "`" + option.path + "`";
        if (option.standard != "required") option.standard = "`" + option.standard + "`";
        option.live = option.live && reload;
        in_code.push_back(row(option));
    }
    std::vector<std::string> in_readme;
    for (const OptionInfo& option : documented(heading, reload)) in_readme.push_back(row(option));
    CHECK(in_readme == in_code);
}

/// Every option of a file by its path, "[]" for the elements of lists of objects.
void collect(const json::Value& value, const std::string& path, std::set<std::string>& out) {
    if (!path.empty()) out.insert(path);
    if (const json::Object* object = value.as_object())
        for (const json::Member& member : *object)
            collect(member.value, (path.empty() ? "" : path + ".") + member.name, out);
    if (const json::Array* array = value.as_array())
        for (const json::Value& element : *array)
            if (element.as_object()) collect(element, path + "[]", out);
}

std::vector<std::string> missing_in(const std::string& name, const std::vector<OptionInfo>& options,
                                    bool in_lists) {
    const auto root = json::parse(read(name), {.max_bytes = max_file_bytes, .comments = true});
    REQUIRE(root);
    std::set<std::string> present;
    collect(*root, "", present);
    std::vector<std::string> missing;
    for (const OptionInfo& option : options)
        if ((in_lists || option.path.find("[]") == std::string::npos) && !present.contains(option.path))
            missing.push_back(option.path);
    return missing;
}

}  // namespace

TEST_CASE("config: the README's 2 tables are what the loaders do", "[config][unit][docs]") {
    check_table("The daemon", daemon_options(), true);
    check_table("The service", service_options(), false);
    CHECK(daemon_options().size() > 40);
    CHECK(service_options().size() > 20);
}

TEST_CASE("config: default.json holds every option at its default", "[config][unit][docs]") {
    const std::string text = read("default.json");
    CHECK(missing_in("default.json", daemon_options(), false).empty());
    CHECK(whole(load(text, {.demo = true})) == Config{});
    CHECK(lines(load(text)) == std::vector<std::string>{"device.sn: required", "device.modelId: required",
                                                        "device.appId: required", "service.url: required"});
}

TEST_CASE("config: example.json holds every option and has no fault", "[config][unit][docs]") {
    CHECK(missing_in("example.json", daemon_options(), true).empty());
    const Config config = whole(load_file(folder + "example.json"));
    CHECK(config.board.buttons.size() == 2);
    CHECK(config.call.quiet_hours.size() == 2);
}

TEST_CASE("config: example.service.json holds every option and has no fault", "[config][unit][docs]") {
    CHECK(missing_in("example.service.json", service_options(), true).empty());
    CHECK(whole(load_service_file(folder + "example.service.json")).turn.urls.size() == 3);
}

TEST_CASE("config: the README's example of faults is what the loader says", "[config][unit][docs]") {
    const std::string readme = read("README.md");
    const std::string text =
        R"({"device": {"sn": "a", "modelId": "b", "appId": "c"}, "service": {"url": "https://h"},
        "call": {"ringSecond": 5, "huntSeconds": 90}, "board": {"buttons": [{"name": "main"}, {"name": "main"}]}})";
    const auto faults = lines(load(text));
    CHECK(faults.size() == 3);
    for (const std::string& fault : faults)
        CHECK(readme.find("    config.json: " + fault + "\n") != std::string::npos);
}
