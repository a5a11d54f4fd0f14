#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hal/boards.hpp"

namespace voip::hal::test {

/// The world around a board under test: fingers on its buttons, eyes on its outputs, hands that pull its
/// plugs. Each board brings one. It has the buttons "a" (long press 1.5 s) and "b" (0.5 s), the relays "door"
/// (at most 5 s) and "gate" (at most 0.5 s), a lamp and, where the driver knows one, a ringer.
class Bench {
 public:
    virtual ~Bench() = default;
    virtual Board& board() = 0;
    /// Lets time pass, and everything happen that is due in it.
    virtual void pass(Duration length) = 0;
    virtual void finger(std::string_view button, bool down) = 0;
    /// Device names are those of the simulated board: "button:a", "relay:door", "lamp", "ringer".
    virtual void unplug(std::string_view device) = 0;
    virtual void plug_in(std::string_view device) = 0;
    /// The device's operations fail with io until heal(). False: there is no way to make this one fail.
    virtual bool fail_next(std::string_view device) = 0;
    virtual void heal(std::string_view device) = 0;
    // What an observer sees at the outputs now.
    virtual LampState lamp() = 0;
    virtual Tone tone() = 0;
    virtual bool closed(std::string_view relay) = 0;
    /// Whether this board has that device at all.
    virtual bool has(std::string_view device) const = 0;
    /// How much later than a position the driver may count from.
    virtual Duration slack() const = 0;
    /// Gives the board up while the world around it stays.
    virtual void destroy_board() = 0;
};

struct BenchMaker {
    std::string board;
    std::function<std::unique_ptr<Bench>()> make;
};

/// The boards that this program tests: each has a program of its own.
std::vector<BenchMaker> benches();

}  // namespace voip::hal::test
