#include "daemon/control/roles.hpp"

#include <grp.h>
#include <unistd.h>

#include "daemon/control/closing.hpp"
#include "daemon/ctl/exit_code.hpp"
#include "tests/support/catch.hpp"

namespace voip::control {
namespace {

constexpr Access access{.own_uid = 990, .control_group = 500, .observe_group = 600};

Role role(uid_t uid, gid_t gid, std::vector<gid_t> groups = {}) {
    return role_of({uid, gid, std::move(groups)}, access);
}

}  // namespace

TEST_CASE("roles: uid 0 and the daemon's own uid control, whatever their groups", "[control][unit]") {
    CHECK(role(0, 0) == Role::control);
    CHECK(role(0, 600) == Role::control);
    CHECK(role(990, 1) == Role::control);
    CHECK(role(991, 1) == Role::none);
}

TEST_CASE("roles: membership counts as 1st group and as any of 3 supplementary ones", "[control][unit]") {
    CHECK(role(1000, 500) == Role::control);
    CHECK(role(1000, 1000, {27, 44, 500}) == Role::control);
    CHECK(role(1000, 600) == Role::observe);
    CHECK(role(1000, 1000, {27, 600, 44}) == Role::observe);
    CHECK(role(1000, 1000, {27, 44}) == Role::none);
}

TEST_CASE("roles: a member of 2 groups gets the stronger one", "[control][unit]") {
    CHECK(role(1000, 600, {500}) == Role::control);
    CHECK(role(1000, 500, {600}) == Role::control);
}

TEST_CASE("roles: a group that does not exist lets nobody in, not even gid 0", "[control][unit]") {
    const Access nobody{.own_uid = 990, .control_group = {}, .observe_group = {}};
    CHECK(role_of({1000, 0, {0, 500, 600}}, nobody) == Role::none);
    CHECK(role_of({990, 0, {}}, nobody) == Role::control);
}

TEST_CASE("roles: a client whose credentials are unknown (uid -1) is nobody", "[control][unit]") {
    CHECK(role(static_cast<uid_t>(-1), static_cast<gid_t>(-1)) == Role::none);
}

TEST_CASE("roles: 1 missing group is 1 warning with its name; an empty name is none", "[control][unit]") {
    std::vector<std::string> lines;
    const LogHub hub([&](Level, std::string_view line) { lines.emplace_back(line); });
    const Access found = find_access("no-such-group-of-ours", "", Log(hub, "control"));
    CHECK(found.own_uid == ::geteuid());
    CHECK(!found.control_group);
    CHECK(!found.observe_group);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find("group=\"no-such-group-of-ours\"") != std::string::npos);
}

TEST_CASE("roles: the group of gid 0 is found by its name", "[control][unit]") {
    const group* root = ::getgrgid(0);
    REQUIRE(root != nullptr);
    const std::string name = root->gr_name;
    CHECK(find_access(name, name, Log()).observe_group == gid_t{0});
}

TEST_CASE("roles: the client knows the 1 reason that means a missing role", "[control][ctl][unit]") {
    CHECK(closing::not_allowed == ctl::closed_not_allowed);
}

}  // namespace voip::control
