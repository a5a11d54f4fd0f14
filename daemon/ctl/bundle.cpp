#include "daemon/ctl/bundle.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

#include "core/json.hpp"
#include "daemon/ctl/redact.hpp"

namespace voip::ctl {
namespace {

constexpr std::array<const char*, 7> methods{"board.get",  "call.history", "contact.list", "device.get",
                                             "health.get", "metrics.get",  "room.get"};
constexpr std::array<const char*, 6> files{"/etc/os-release", "/proc/meminfo", "/proc/loadavg",
                                           "/proc/uptime",    "/proc/cmdline", "/proc/asound/cards"};
struct Command {
    const char* name;
    const char* line;
};
constexpr std::array<Command, 8> commands{{
    {"journal",
     "journalctl --no-pager --output=short-iso-precise --lines=5000 --unit=wmpf-voipd.service "
     "--unit=wmpf-voipd.socket"},
    {"kernel", "journalctl --no-pager --dmesg --boot --priority=warning --lines=500"},
    {"units", "systemctl --no-pager --full status wmpf-voipd.service wmpf-voipd.socket"},
    {"drop-ins", "systemctl --no-pager cat wmpf-voipd.service wmpf-voipd.socket"},
    {"state-folder", "ls -lan /var/lib/wmpf-voipd /run/wmpf-voipd /etc/wmpf-voipd"},
    {"devices", "ls -lL /dev/gpiochip* /dev/video* /dev/snd /dev/input"},
    {"disks", "df"},
    {"network", "ip address; ip route"},
}};
constexpr std::size_t longest_output = 4 * 1024 * 1024;

std::string text_of(const Reply& reply) {
    if (const json::Value* result = reply.result()) {
        const json::Value* text =
            result->find("text");  // metrics.get: lines, not a member with line breaks in it
        return text != nullptr && text->as_string() != nullptr ? *text->as_string()
                                                               : json::write(*result) + "\n";
    }
    if (const Fault* fault = reply.fault()) return "refused: " + fault->err_msg + "\n";
    return "no answer: " + reply.error()->text() + "\n";
}

std::string file_name(std::string_view path) {
    std::string name(path.substr(1));
    for (char& c : name)
        if (c == '/') c = '-';
    return "system/" + name;
}

}  // namespace

std::vector<ArchiveFile> collect_bundle(const BundleSources& sources, const std::string& config) {
    std::vector<ArchiveFile> all;
    const auto add = [&](std::string name, std::string_view text) {
        all.push_back({std::move(name), redact(text)});
    };
    const auto add_file = [&](std::string name, const std::string& path) {
        const auto text = sources.read(path);
        add(std::move(name), text ? *text : "not read: " + text.error().text() + "\n");
    };
    add("README",
        "Support archive of wmpf-voipd " WMPF_VERSION
        ". Keys, tokens, tickets and passwords are removed; names of contacts, openIds, addresses and the "
        "history of calls are in it.\n");
    for (const char* method : methods) add(std::string("api/") + method, text_of(sources.ask(method)));
    add_file("config.json", config);
    for (const char* path : files) add_file(file_name(path), path);
    for (const Command& command : commands)
        add(std::string("system/") + command.name, sources.run(command.line));
    return all;
}

std::string run_command(const std::string& command) {
    const std::string line = "timeout 10 sh -c '" + command + "' 2>&1";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(line.c_str(), "re"), &::pclose);
    if (!pipe) return "not run: " + command + "\n";
    std::string out;
    std::array<char, 4096> part{};
    while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe.get())) {
        out.append(part.data(), size);
        if (out.size() > longest_output) return out + "\n[cut]\n";
    }
    return out;
}

}  // namespace voip::ctl
