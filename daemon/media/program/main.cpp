#include <malloc.h>
#include <sys/prctl.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/file.hpp"
#include "daemon/media/program/devices.hpp"
#include "daemon/media/program/gst/webrtc_transport.hpp"
#include "daemon/media/program/program.hpp"
#include "daemon/media/program/selftest.hpp"
#include "protocol/transport/unix_socket.hpp"

namespace {

using namespace voip;

constexpr int wire_fd = 3;  // @source daemon/media/README.md
constexpr int usage = 2, failure = 1;
constexpr std::size_t longest_input = 64 * 1024;
constexpr const char* help =
    "Usage: wmpf-voip-media [OPTION]\n"
    "Sound and picture of one call. wmpf-voipd starts it, and speaks to it on file descriptor 3.\n\n"
    "  --selftest  try the devices that the standard input names; wmpf-voipctl selftest does so\n"
    "  --version   print the version\n"
    "  --help      print this text\n";

int serve() {
    LogHub hub(stderr_sink());
    boost::asio::io_context loop{1};
    SystemTimers timers(loop.get_executor());
    auto stream = transport::adopt_stream(loop.get_executor(), timers, wire_fd);
    if (!stream) {
        std::fprintf(stderr, "wmpf-voip-media: file descriptor 3: %s\n", stream.error().text().c_str());
        return usage;
    }
    media::Program::Parts parts{
        loop.get_executor(), timers, hub,
        media::gst::make_engine(loop.get_executor(), timers, Log(hub, "webrtc")),
        [&hub](const media::SandboxNeeds& needs) { return media::lock_up(needs, Log(hub, "sandbox")); }};
    media::Program program(std::move(parts));
    int code = failure;
    boost::asio::co_spawn(loop, program.run(std::move(*stream)),
                          [&](const std::exception_ptr& crash, int ended) {
                              if (!crash) code = ended;
                              // Whatever threads of libraries still do belongs to a call that is over.
                              std::fflush(nullptr);
                              std::_Exit(code);
                          });
    loop.run();
    return code;
}

/// Writes what was found and ends. Whatever threads of libraries still do belongs to devices that are closed.
void end_with(const std::exception_ptr& crash, const std::vector<media::Finding>& findings) {
    const bool told = !crash && std::puts(json::write(media::encode(findings)).c_str()) >= 0;
    std::fflush(nullptr);
    std::_Exit(told ? EXIT_SUCCESS : failure);
}

/// Reads the params of media.prepare, tries each device in the sandbox of a call, and writes what it found.
int try_devices() {
    LogHub hub(stderr_sink(), Level::err);
    const auto complain = [](const std::string& what) {
        std::fprintf(stderr, "wmpf-voip-media: %s\n", what.c_str());
        return usage;
    };
    const auto text = read_file("/dev/stdin", longest_input);
    if (!text) return complain(text.error().text());
    const auto params = json::parse(*text);
    if (!params) return complain("standard input: " + params.error().text());
    const auto prepare = media::decode_prepare(*params);
    if (!prepare) return complain(prepare.error().err_msg);
    boost::asio::io_context loop{1};
    SystemTimers timers(loop.get_executor());
    (void)media::lock_up({prepare->camera.device, prepare->record, media::needs_unix_sockets(*prepare)},
                         Log(hub, "sandbox"));
    media::Devices devices(
        timers, [](media::Event) {}, Log(hub, "media"));
    if (const auto made = devices.make(*prepare, loop.get_executor()); !made)
        return complain(made.error().text());
    const auto engine = media::gst::make_engine(loop.get_executor(), timers, Log(hub, "webrtc"));
    const auto delay = std::chrono::milliseconds(prepare->playout_delay_ms);
    const auto test = [&](const Result<void>& loaded) {
        if (!loaded) std::_Exit(complain(loaded.error().text()));
        boost::asio::co_spawn(loop, media::selftest(devices.all(), timers, delay), &end_with);
    };
    const auto busy = boost::asio::make_work_guard(loop);  // until end_with()
    engine->load({devices.all().encoding}, test, [](const Result<void>&) {});
    loop.run();
    return failure;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "--selftest") {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // wmpf-voipctl, which may be interrupted
        return try_devices();
    }
    if (argc > 1) {
        const std::string_view option = argc == 2 ? argv[1] : "";
        if (option == "--version") return std::puts("wmpf-voip-media " WMPF_VERSION) < 0;
        if (option == "--help") return std::fputs(help, stdout) < 0;
        std::fprintf(stderr, "wmpf-voip-media: %s: expected no option, or one of these alone\n\n%s",
                     argv[argc - 1], help);
        return usage;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // no call outlives the daemon
    ::mallopt(M_ARENA_MAX, 1);           // many short threads: their arenas would never be given back
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGINT, SIG_IGN);  // a terminal's Ctrl-C is for the daemon, which ends us in order
    return serve();
}
