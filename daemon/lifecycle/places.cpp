#include "daemon/lifecycle/places.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace voip::lifecycle {
namespace {

using Path = std::filesystem::path;
constexpr const char* socket_name = "api.sock";

Error system_error(const Path& path) {
    return fail(Errc::io, path.string() + ": " + std::strerror(errno));
}

/// A real folder of ours, whatever its mode.
Result<mode_t> own_folder_mode(const Path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return system_error(path);
    if (S_ISLNK(info.st_mode)) return fail(Errc::refused, path.string() + ": is a link");
    if (!S_ISDIR(info.st_mode)) return fail(Errc::io, path.string() + ": is no folder");
    if (info.st_uid != ::geteuid())
        return fail(Errc::refused, path.string() + ": belongs to user " + std::to_string(info.st_uid));
    return info.st_mode & 07777U;
}

}  // namespace

Path demo_dir(const Environment& environment) {
    const Path runtime = variable(environment, "XDG_RUNTIME_DIR");
    if (runtime.is_absolute()) return runtime / "wmpf-voipd";
    const Path temporary = variable(environment, "TMPDIR");
    return (temporary.is_absolute() ? temporary : Path("/tmp")) /
           ("wmpf-voipd-" + std::to_string(::geteuid()));
}

Path state_dir(const Environment& environment, const std::string& from_command_line, bool demo) {
    if (!from_command_line.empty()) return from_command_line;
    if (demo) return demo_dir(environment);
    const std::string from_manager = variable(environment, "STATE_DIRECTORY");
    if (!from_manager.empty()) return from_manager.substr(0, from_manager.find(':'));
    return standard_state_dir;
}

Path socket_path(const Environment& environment, const std::string& from_command_line, bool demo,
                 const std::string& from_config) {
    if (!from_command_line.empty()) return from_command_line;
    return demo ? demo_dir(environment) / socket_name : Path(from_config);
}

std::vector<Path> socket_candidates(const Environment& environment, const std::string& from_command_line) {
    if (!from_command_line.empty()) return {from_command_line};
    const std::string from_environment = variable(environment, "WMPF_VOIPD_SOCKET");
    if (!from_environment.empty()) return {from_environment};
    std::vector<Path> places{standard_socket};
    // Anybody may make a folder of that name below /tmp and wait there for our words.
    const Path demo = demo_dir(environment);
    if (check_private_dir(demo)) places.push_back(demo / socket_name);
    return places;
}

Result<void> make_private_dir(const Path& path) {
    if (::mkdir(path.c_str(), 0700) == 0) return {};
    if (errno != EEXIST) return system_error(path);
    const auto mode = own_folder_mode(path);
    if (!mode) return mode.error();
    if ((*mode & 022U) != 0) return fail(Errc::refused, path.string() + ": others may write to it");
    return {};
}

Result<void> check_private_dir(const Path& path) {
    const auto mode = own_folder_mode(path);
    if (!mode) return mode.error();
    if ((*mode & 077U) != 0) return fail(Errc::refused, path.string() + ": others may enter it");
    return {};
}

}  // namespace voip::lifecycle
