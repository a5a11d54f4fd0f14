#include "daemon/lifecycle/places.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace voip::lifecycle {
namespace {

constexpr const char* socket_name = "api.sock";

Error system_error(const std::filesystem::path& path) {
    return fail(Errc::io, path.string() + ": " + std::strerror(errno));   // NOLINT(concurrency-mt-unsafe)
}

Result<struct stat> own_folder(const std::filesystem::path& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return system_error(path);
    if (S_ISLNK(found.st_mode)) return fail(Errc::refused, path.string() + ": is a link");
    if (!S_ISDIR(found.st_mode)) return fail(Errc::io, path.string() + ": not a folder");
    if (found.st_uid != ::geteuid())
        return fail(Errc::refused, path.string() + ": belongs to user " + std::to_string(found.st_uid));
    return found;
}

}  // namespace

std::filesystem::path demo_dir(const Environment& environment) {
    const std::string runtime = variable(environment, "XDG_RUNTIME_DIR");
    if (!runtime.empty()) return std::filesystem::path(runtime) / "wmpf-voipd";
    const std::string temporary = variable(environment, "TMPDIR");
    return std::filesystem::path(temporary.empty() ? "/tmp" : temporary) / ("wmpf-voipd-" + std::to_string(::geteuid()));
}

std::filesystem::path state_dir(const Environment& environment, const std::string& from_command_line, bool demo) {
    if (!from_command_line.empty()) return from_command_line;
    if (demo) return demo_dir(environment);
    const std::string from_manager = variable(environment, "STATE_DIRECTORY");   // may list several, by colons
    if (!from_manager.empty()) return from_manager.substr(0, from_manager.find(':'));
    return standard_state_dir;
}

std::filesystem::path socket_path(const Environment& environment, const std::string& from_command_line, bool demo,
                                  const std::string& from_config) {
    if (!from_command_line.empty()) return from_command_line;
    if (demo) return demo_dir(environment) / socket_name;
    return from_config;
}

std::vector<std::filesystem::path> socket_candidates(const Environment& environment,
                                                     const std::string& from_command_line) {
    if (!from_command_line.empty()) return {from_command_line};
    const std::string from_environment = variable(environment, "WMPF_VOIPD_SOCKET");
    if (!from_environment.empty()) return {from_environment};
    std::vector<std::filesystem::path> places{standard_socket};
    const auto demo = demo_dir(environment);
    if (check_private_dir(demo)) places.push_back(demo / socket_name);
    return places;
}

Result<void> make_private_dir(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_error(path);
    const auto folder = own_folder(path);
    if (!folder) return folder.error();
    if ((folder->st_mode & 022) != 0) return fail(Errc::refused, path.string() + ": others may write to it");
    return {};
}

Result<void> check_private_dir(const std::filesystem::path& path) {
    const auto folder = own_folder(path);
    if (!folder) return folder.error();
    if ((folder->st_mode & 077) != 0) return fail(Errc::refused, path.string() + ": others may enter it");
    return {};
}

}  // namespace voip::lifecycle
