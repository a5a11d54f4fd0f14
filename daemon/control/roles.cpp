#include "daemon/control/roles.hpp"

#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace voip::control {
namespace {

bool is_member(const Identity& who, const std::optional<gid_t>& group) noexcept {
    if (!group) return false;
    return who.gid == *group || std::find(who.groups.begin(), who.groups.end(), *group) != who.groups.end();
}

std::optional<gid_t> find_group(const std::string& name, const Log& log) {
    if (name.empty()) return std::nullopt;
    constexpr std::size_t largest = 1024 * 1024;  // a group of tens of thousands of members
    for (std::string buffer(1024, '\0');; buffer.resize(buffer.size() * 4)) {
        group entry{};
        group* found = nullptr;
        const int problem = ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
        if (problem == EINTR || (problem == ERANGE && buffer.size() < largest)) continue;
        if (found != nullptr) return entry.gr_gid;
        const std::string why = problem == 0 ? "no such group" : std::generic_category().message(problem);
        log.warning("group not found, its members have no access", kv("group", name), kv("why", why));
        return std::nullopt;
    }
}

}  // namespace

std::string_view to_string(Role role) noexcept {
    switch (role) {
        case Role::none: return "none";
        case Role::observe: return "observe";
        case Role::control: return "control";
    }
    return "none";
}

Role role_of(const Identity& who, const Access& access) noexcept {
    if (who.uid == 0 || who.uid == access.own_uid || is_member(who, access.control_group))
        return Role::control;
    return is_member(who, access.observe_group) ? Role::observe : Role::none;
}

Access find_access(const std::string& control_group, const std::string& observe_group, const Log& log) {
    return {::geteuid(), find_group(control_group, log), find_group(observe_group, log)};
}

}  // namespace voip::control
