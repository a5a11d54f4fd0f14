#pragma once
#include <string>

namespace voip::hal::test {

/// The tests of real devices run as a person would who is in the groups audio and video, and act as root in
/// between: on nodes, drivers and modules of the machine (tests/vm).
class Root {
 public:
    Root();
    ~Root();
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;
};

/// From now on everything but what a Root does is done by nobody, in those groups. Harmless when repeated.
void become_nobody();

/// Runs a shell's command as root; fails the test where it fails.
void shell(const std::string& command);
/// The same in the background: pulling a plug ends only when all have let the device go. wait() waits for the
/// last.
void shell_aside(const std::string& command);
void wait_for_shell();

/// Until a device's node is gone, some seconds at most: who has it open holds up its unbinding, but not that.
void wait_gone(const char* node);

}  // namespace voip::hal::test
