#include "tests/component/media_supervisor/world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>

#include "tests/support/catch.hpp"

namespace voip::media::host::test {
namespace {

constexpr Duration patience = 10s;

std::string in_words(const call::event::MediaChanged& changed) {
    std::string text = std::to_string(changed.generation) + " " + changed.media.state;
    if (changed.media.camera) text += " camera";
    if (changed.media.microphone) text += " microphone";
    if (changed.err_code != 0) text += " " + std::to_string(changed.err_code) + " " + changed.err_msg;
    return text;
}

asio::awaitable<Outcome<std::vector<IceServer>>> served(World& world) {
    ++world.fetched;
    Outcome<std::vector<IceServer>> outcome{std::vector<IceServer>{{{"turn:fresh"}, "", ""}}};
    co_return outcome;
}

asio::awaitable<void> stop_it(Supervisor& supervisor, bool& done) {
    co_await supervisor.stop();
    done = true;
}

}  // namespace

std::string fake_program() {
    return WMPF_FAKE_MEDIA_PROGRAM;
}

bool exists(pid_t pid) {
    return ::kill(pid, 0) == 0 || errno != ESRCH;
}

World::World(const std::string& plan, const std::string& second_plan) {
    SupervisorParts parts{
        io.get_executor(),
        timers,
        [this](const RoomSignal& signal) {
            told.push_back("signal " + signal.room_id + " " + json::write(signal.body));
            return road;
        },
        [this](std::string, TimePoint) { return served(*this); },
        [this](call::event::MediaChanged changed) { told.push_back(in_words(changed)); },
        [this](call::event::MediaMeasured measured) {
            told.push_back("measured " + json::write(encode(measured.quality)));
        },
        [this](const std::string& reason) { told.push_back(reason.empty() ? "well" : "ill: " + reason); },
        [this](std::string_view task, std::string_view what) {
            crashes.push_back(std::string(task) + ": " + std::string(what));
        },
        Log(hub, "media")};
    supervisor = std::make_unique<Supervisor>(std::move(parts), settings(plan, second_plan));
}

World::~World() {
    if (supervisor) stop();
    CHECK(timers.pending() == 0);
    CHECK(crashes == Words{});
}

SupervisorSettings World::settings(const std::string& plan, const std::string& second_plan) const {
    SupervisorSettings made;
    made.child.program = fake_program();
    made.child.environment = {"FAKE_LOG=" + (folder / "log").string(), "FAKE_PLAN=" + plan,
                              "FAKE_PLAN_2=" + second_plan};
    json::Value board;
    made.plan.prepare.set("board", board.set("driver", "sim"));
    return made;
}

void World::until(const std::function<bool()>& so, const char* what) {
    const TimePoint end = timers.now() + patience;
    while (!so() && timers.now() < end) {
        io.restart();
        io.run_one_for(std::chrono::milliseconds(10));
    }
    INFO(what);
    for (const std::string& each : told) UNSCOPED_INFO("told: " << each);
    for (const std::string& each : noted()) UNSCOPED_INFO("noted: " << each);
    REQUIRE(so());
}

void World::until_told(const std::string& word) {
    until([&] { return was_told(word); }, word.c_str());
}

void World::until_noted(const std::string& line) {
    until([&] { return count_noted(line) > 0; }, line.c_str());
}

void World::until_quiet() {
    until([&] { return supervisor->programs() == 0; }, "no program is left");
}

void World::stop() {
    bool done = false;
    asio::co_spawn(io, stop_it(*supervisor, done), asio::detached);
    until([&] { return done; }, "the supervisor stops");
    supervisor.reset();
    io.restart();
    io.run_for(std::chrono::milliseconds(0));
}

void World::prepare(call::Generation generation) {
    supervisor->prepare({generation, "R" + std::to_string(generation), RoomType::video});
}

void World::start(call::Generation generation, std::vector<IceServer> servers) {
    supervisor->start({generation,
                       "R" + std::to_string(generation),
                       RoomType::video,
                       true,
                       std::move(servers),
                       {timers.now(), timers.wall_now()}});
}

void World::to_flowing() {
    prepare();
    start();
    until_told("1 flowing");
}

Words World::noted() const {
    Words lines;
    std::ifstream log(folder / "log");
    for (std::string line; std::getline(log, line);) lines.push_back(line);
    return lines;
}

std::string World::noted(const std::string& beginning) const {
    for (const std::string& line : noted())
        if (line.starts_with(beginning)) return line;
    return {};
}

long World::count_noted(const std::string& beginning) const {
    const Words lines = noted();
    return std::count_if(lines.begin(), lines.end(),
                         [&](const std::string& line) { return line.starts_with(beginning); });
}

bool World::was_told(const std::string& beginning) const {
    return std::any_of(told.begin(), told.end(),
                       [&](const std::string& word) { return word.starts_with(beginning); });
}

pid_t World::pid() const {
    pid_t last = 0;
    for (const std::string& line : noted())
        if (line.starts_with("pid ")) last = std::stoi(line.substr(4));
    return last;
}

}  // namespace voip::media::host::test
