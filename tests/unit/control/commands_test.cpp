#include "daemon/control/commands.hpp"

#include <algorithm>
#include <map>
#include <regex>

#include "core/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"

namespace voip::control {
namespace {

std::string readme() {
    const auto text = read_file(voip::test::source_dir() + "/protocol/README.md", 1024 * 1024);
    REQUIRE(text);
    const auto begin = text->find("\n## Local API");
    REQUIRE(begin != std::string::npos);
    return text->substr(begin, text->find("\n## ", begin + 1) - begin);
}

/// Method -> role, as the table of the page has them.
std::map<std::string, std::string> documented() {
    std::map<std::string, std::string> methods;
    const std::string page = readme();
    const std::regex row(R"(\n\| `([a-zA-Z.]+)` \| (observe|control) \|)");
    for (std::sregex_iterator found(page.begin(), page.end(), row), end; found != end; ++found)
        methods[(*found)[1]] = (*found)[2];
    return methods;
}

}  // namespace

TEST_CASE("commands: the table has the page's 21 methods with the same roles, and no others",
          "[control][unit]") {
    std::map<std::string, std::string> built;
    for (const Command& command : commands()) built[std::string(command.name)] = to_string(command.role);
    CHECK(built.size() == 21);
    CHECK(built == documented());
}

TEST_CASE("commands: each of 21 is found by its name, and nothing beside them", "[control][unit]") {
    CHECK(std::ranges::is_sorted(commands(), {}, &Command::name));
    for (const Command& command : commands()) {
        CHECK(find_command(command.name) == &command);
        CHECK(find_command(std::string(command.name) + "x") == nullptr);
        CHECK(find_command(command.name.substr(0, command.name.size() - 1)) == nullptr);
        CHECK((command.now == nullptr) != (command.later == nullptr));
        CHECK(command.role != Role::none);
    }
    for (const std::string_view name : {"", "a", "zzz", "ROOM.GET", "room"})
        CHECK(find_command(name) == nullptr);
}

TEST_CASE("commands: of all results the page shows 1 with a token in it", "[control][unit]") {
    const std::string page = readme();
    const std::regex token(R"(\| `([a-zA-Z.]+)` \|[^\n]*\{pushToken, )");
    std::vector<std::string> found;
    for (std::sregex_iterator row(page.begin(), page.end(), token), end; row != end; ++row)
        found.push_back((*row)[1]);
    CHECK(found == std::vector<std::string>{"device.getPushToken"});
    CHECK(find_command("device.getPushToken")->role == Role::control);
}

}  // namespace voip::control
