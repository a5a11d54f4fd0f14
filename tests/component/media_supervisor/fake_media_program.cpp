// A media program without media: speaks the wire of daemon/media/README.md on descriptor 3 and behaves as its
// environment says. What it sees is written down, so that a test can read it.
//
//   FAKE_LOG    a file: one line for each thing seen ("launch", "fds 0 1 2 3", "media.start {...}")
//   FAKE_PLAN   "KEY=WHAT;...": what it does; FAKE_PLAN_2 from the second launch on
//     early, prepare, start, after (right after the answer of start), set, restart, stop: one of these keys
//     ok        answers; after start: media flows, measured every 50 ms
//     hang      does not answer      freeze   reads nothing more       refuse   answers an error 2003
//     exit      ends with status 3   crash    aborts                   silent   (after) flows, measures
//     nothing garbage   says what is no JSON big      says a line above 64 KiB wrong    says a state that
//     there is not flood     says 1000 measurements at once                         failed   tells 2007 and
//     ends offer     (after) signals an offer stay      (stop) answers, and lives on after the wire has ended
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "protocol/rpc/codec.hpp"

extern char** environ;

namespace {

using voip::json::Object;
using voip::json::Value;
constexpr int wire = 3;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

void note(const std::string& line) {
    std::ofstream(variable("FAKE_LOG"), std::ios::app) << line << "\n";
}

int launches() {
    std::ifstream log(variable("FAKE_LOG"));
    int count = 0;
    for (std::string line; std::getline(log, line);) count += line == "launch" ? 1 : 0;
    return count;
}

/// What the plan says for a key; "ok" when it says nothing.
std::string plan_of(const std::string& key) {
    static const std::string plan = [] {
        const std::string second = variable("FAKE_PLAN_2");
        return ";" + (launches() > 1 && !second.empty() ? second : variable("FAKE_PLAN")) + ";";
    }();
    const auto at = plan.find(";" + key + "=");
    if (at == std::string::npos) return "ok";
    const auto from = at + key.size() + 2;
    return plan.substr(from, plan.find(';', from) - from);
}

void say(const std::string& text) {
    const std::string line = text + "\n";
    std::size_t done = 0;
    while (done < line.size()) {
        const auto n = ::write(wire, line.data() + done, line.size() - done);
        if (n <= 0) std::exit(4);
        done += static_cast<std::size_t>(n);
    }
}

void tell(const char* method, Value params) {
    say(voip::rpc::write_notification(method, params));
}

void tell_state(const char* state, bool sends, int err_code = 0) {
    Value params;
    params.set("state", state).set("camera", sends).set("microphone", sends);
    if (err_code != 0) params.set("errCode", err_code).set("errMsg", "no camera");
    tell("media.state", params);
}

void tell_stats() {
    static int frames = 0;
    Value quality, params;
    quality.set("fps", 15).set("framesSent", ++frames);
    tell("media.stats", params.set("quality", quality));
}

void tell_signal(Value body) {
    Value params;
    tell("media.signal", params.set("body", std::move(body)));
}

/// Misbehaviour that any point may have. False: it is none of them.
bool misbehave(const std::string& what) {
    if (what == "exit") std::exit(3);
    if (what == "crash") {
        std::signal(SIGABRT, SIG_DFL);
        ::raise(SIGABRT);
    }
    if (what == "freeze")
        for (;;) ::pause();
    if (what == "garbage") say("{this is no JSON");
    if (what == "big") say(std::string(70 * 1024, 'x'));
    if (what == "wrong") tell_state("excellent", true);
    if (what == "flood")
        for (int i = 0; i < 1000; ++i) tell_stats();
    return what == "garbage" || what == "big" || what == "wrong" || what == "flood";
}

void look_around() {
    std::string fds = "fds", variables = "env";
    std::vector<int> open;
    DIR* folder = ::opendir("/proc/self/fd");
    while (const dirent* entry = ::readdir(folder)) {
        const int fd = std::atoi(entry->d_name);
        if (entry->d_name[0] != '.' && fd != ::dirfd(folder)) open.push_back(fd);
    }
    ::closedir(folder);
    std::sort(open.begin(), open.end());
    for (const int fd : open) fds += " " + std::to_string(fd);
    for (char** each = environ; *each; ++each) variables += " " + std::string(*each).substr(0, 40);
    int death = 0;
    ::prctl(PR_GET_PDEATHSIG, &death);
    sigset_t blocked;
    ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
    struct sigaction pipe {};
    ::sigaction(SIGPIPE, nullptr, &pipe);
    note(fds);
    note(variables);
    note("pid " + std::to_string(::getpid()));
    note("death signal " + std::to_string(death));
    note(std::string("own session ") + (::getsid(0) == ::getpid() ? "yes" : "no"));
    note(std::string("SIGUSR1 blocked ") + (sigismember(&blocked, SIGUSR1) == 1 ? "yes" : "no"));
    note(std::string("SIGPIPE ignored ") + (pipe.sa_handler == SIG_IGN ? "yes" : "no"));
    std::ifstream score("/proc/self/oom_score_adj");
    std::string adj;
    score >> adj;
    note("oom " + adj);
}

bool flows = false;

void after_start() {
    const std::string what = plan_of("after");
    tell_state("starting", false);
    if (what == "failed") {
        tell_state("failed", false, 2007);
        std::exit(0);
    }
    tell_state("flowing", true);
    if (misbehave(what)) return;
    Value offer;
    if (what == "offer") tell_signal(offer.set("type", "offer").set("session", 1).set("sdp", "v=0"));
    flows = what != "silent";
    if (flows) tell_stats();
}

void serve(const voip::rpc::Request& request) {
    const std::string key = request.method.substr(request.method.find('.') + 1);
    note(request.method + " " + voip::json::write(request.params));
    const std::string what = plan_of(key);
    if (misbehave(what) || what == "hang") return;
    if (what == "refuse") return say(voip::rpc::write_failure(request.id, {2003, "refused by plan", {}, {}}));
    Value result{Object{}};
    if (key == "prepare") result.set("version", "fake");
    if (key == "stop") {
        Value quality;
        result.set("quality", quality.set("framesSent", 77));
        flows = false;
    }
    say(voip::rpc::write_success(request.id, result));
    if (key == "start") after_start();
}

void hear(const std::string& line) {
    const auto message = voip::rpc::decode(line);
    if (!message) return note("unreadable");
    if (const auto* request = std::get_if<voip::rpc::Request>(&message->what)) return serve(*request);
    const auto* told = std::get_if<voip::rpc::Notification>(&message->what);
    if (!told) return note("answer");
    note(told->method + " " + voip::json::write(told->params));
    Value echo;
    if (told->method == "media.signal") tell_signal(echo.set("type", "echo").set("of", told->params));
}

/// Reads what is there. False: the wire has ended.
bool read_wire(std::string& in) {
    char buffer[4096];
    const auto n = ::read(wire, buffer, sizeof buffer);
    if (n <= 0) return false;
    in.append(buffer, static_cast<std::size_t>(n));
    for (std::size_t end = 0; (end = in.find('\n')) != std::string::npos; in.erase(0, end + 1))
        hear(in.substr(0, end));
    return true;
}

}  // namespace

int main() {
    std::signal(SIGTERM, SIG_IGN);
    note("launch");
    look_around();
    (void)misbehave(plan_of("early"));
    std::string in;
    for (;;) {
        pollfd readable{wire, POLLIN, 0};
        const int ready = ::poll(&readable, 1, flows ? 50 : -1);
        if (ready == 0) tell_stats();
        if (ready > 0 && !read_wire(in)) break;
    }
    note("wire ended");
    if (plan_of("stop") == "stay")
        for (;;) ::pause();
    return 0;
}
