// What bench.py cannot measure from Python without measuring Python: prints samples, one on a line.
#include <memory>
#include <vector>

#include "tests/bench/lines.hpp"
#include "tests/bench/ring.hpp"

namespace {

using namespace voip::bench;

/// Request and answer of the local API, one client.
int round_trip(const std::string& socket, int count) {
    Lines api(socket);
    for (int i = 0; i < count / 10; ++i) api.ask("room.get");  // warm
    for (int i = 0; i < count; ++i) {
        const double before = now_us();
        api.ask("room.get");
        sample("round_trip_us", now_us() - before);
    }
    return 0;
}

/// From the request to call to the last of `subscribers` having heard of it (engine none). The call is then
/// cancelled.
int fan_out(const std::string& socket, int subscribers, int count) {
    Lines actor(socket);
    std::vector<std::unique_ptr<Lines>> hearers;
    for (int i = 0; i < subscribers; ++i) {
        hearers.push_back(std::make_unique<Lines>(socket));
        hearers.back()->ask("room.subscribe");
    }
    const std::string name = "fan_out_" + std::to_string(subscribers) + "_us";
    for (int i = 0; i < count; ++i) {
        const double before = now_us();
        actor.send(R"({"jsonrpc":"2.0","id":0,"method":"voip.call","params":{"openId":"somebody"}})");
        for (const auto& hearer : hearers) hearer->wait_for("\"phase\":\"dialling\"");
        sample(name, now_us() - before);
        for (const auto& hearer : hearers) hearer->wait_for("\"phase\":\"ringing\"");
        actor.ask("voip.forceHangUpVoip");
        for (const auto& hearer : hearers) hearer->wait_for("\"eventName\":\"finishVoip\"");
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() == 3 && words[0] == "round-trip") return round_trip(words[1], std::stoi(words[2]));
    if (words.size() == 4 && words[0] == "fan-out")
        return fan_out(words[1], std::stoi(words[2]), std::stoi(words[3]));
    if (words.size() == 6 && words[0] == "ring")
        return ring(words[1], words[2], words[3], words[4], std::stoi(words[5]));
    give_up(
        "usage: round-trip SOCKET COUNT | fan-out SOCKET SUBSCRIBERS COUNT | ring SOCKET URL CA NAME COUNT");
}
