#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <vector>

#include "daemon/media/supervisor.hpp"
#include "tests/support/temp_dir.hpp"

/// A supervisor on a real loop with real processes, and everything it told as short words.
namespace voip::media::host::test {

using Words = std::vector<std::string>;

/// Where the fake program lies.
[[nodiscard]] std::string fake_program();
/// Whether a process with that number is there (a zombie counts).
[[nodiscard]] bool exists(pid_t pid);

struct World {
    /// @param plan, second_plan  see fake_media_program.cpp
    explicit World(const std::string& plan = "", const std::string& second_plan = "");
    ~World();

    [[nodiscard]] SupervisorSettings settings(const std::string& plan,
                                              const std::string& second_plan = "") const;
    /// Runs the loop until it is so; the test fails after 10 s.
    void until(const std::function<bool()>& so, const char* what);
    void until_told(const std::string& word);
    void until_noted(const std::string& line);
    /// Runs the loop until no program is left.
    void until_quiet();
    /// Ends the supervisor.
    void stop();

    // The call's side
    void prepare(call::Generation generation = 1);
    void start(call::Generation generation = 1, std::vector<IceServer> servers = {});
    void to_flowing();

    [[nodiscard]] Words noted() const;  ///< by the program: lines of its log
    [[nodiscard]] std::string noted(const std::string& beginning) const;  ///< the first such line
    [[nodiscard]] long count_noted(const std::string& beginning) const;
    [[nodiscard]] bool was_told(const std::string& beginning) const;
    [[nodiscard]] pid_t pid() const;  ///< of the program launched last

    boost::asio::io_context io;
    SystemTimers timers{io.get_executor()};
    voip::test::TempDir folder;
    Words told, logged, crashes;
    bool road = true;  ///< what signalling meets
    int fetched = 0;
    LogHub hub{[this](Level, std::string_view line) { logged.emplace_back(line); }, Level::debug};
    std::unique_ptr<Supervisor> supervisor;
};

}  // namespace voip::media::host::test
