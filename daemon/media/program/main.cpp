#include <malloc.h>
#include <sys/prctl.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "daemon/media/program/gst/webrtc_transport.hpp"
#include "daemon/media/program/program.hpp"
#include "protocol/transport/unix_socket.hpp"

namespace {

using namespace voip;

constexpr int wire_fd = 3;  // @source daemon/media/README.md
constexpr int usage = 2, failure = 1;

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

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1) {
        const bool version = std::string_view(argv[1]) == "--version";
        if (version) return std::puts("wmpf-voip-media " WMPF_VERSION) < 0;
        std::fputs("wmpf-voip-media: started by wmpf-voipd, which speaks to it on file descriptor 3\n",
                   stderr);
        return usage;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // no call outlives the daemon
    ::mallopt(M_ARENA_MAX, 1);           // many short threads: their arenas would never be given back
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGINT, SIG_IGN);  // a terminal's Ctrl-C is for the daemon, which ends us in order
    return serve();
}
