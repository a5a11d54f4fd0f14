#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "core/error.hpp"

namespace voip::media::host {

struct ChildSpec {
    std::string program;                   ///< path; the only argument it gets is its name
    std::vector<std::string> environment;  ///< all of it, "NAME=value"
};

/// A process with its end of a socketpair at descriptor 3 and nothing else of ours: standard input is
/// /dev/null, standard output and error are our standard error, every other descriptor is closed, no signal
/// is blocked or ignored. It is in a session of its own (no Ctrl-C of the terminal reaches it), the kernel
/// kills it when we die, and the kernel takes it before us when memory is short.
/// @thread the loop's only: the kernel counts the death of the thread that started it as ours
class Child {
 public:
    /// Does not wait for the program to run: one that cannot be executed after all ends with status 127.
    /// @errors not_found, refused (no permission), io: with the program's path in the words
    [[nodiscard]] static Result<Child> start(const ChildSpec& spec);

    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    /// Kills and reaps what has not been reaped: nothing is left behind.
    ~Child();

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    /// Our end of the socketpair; the caller owns it. Once.
    [[nodiscard]] int take_wire() noexcept;
    void kill() noexcept;
    /// How it ended, when it has: "ended with status 1", "was killed by signal 11 (Segmentation fault)". It
    /// is reaped then; asked again it is empty, as it is while the process lives.
    [[nodiscard]] std::string reap() noexcept;

 private:
    Child(pid_t pid, int wire) noexcept : pid_(pid), wire_(wire) {}

    pid_t pid_;  // 0: reaped
    int wire_;   // -1: taken
};

}  // namespace voip::media::host
