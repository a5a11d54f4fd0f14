#pragma once
#include <string>
#include <string_view>

namespace voip::bench {

/// A blocking client of the local API: lines in, lines out, nothing between the measurement and the kernel.
class Lines {
 public:
    explicit Lines(const std::string& path);  ///< exits with a message when it cannot connect
    ~Lines();
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    void send(std::string_view line);
    [[nodiscard]] std::string receive();  ///< exits with a message when the daemon closes
    /// Sends a request and waits for its answer; notifications before it are skipped.
    std::string ask(std::string_view method, std::string_view params = "{}");
    /// Waits for a line that contains the text.
    void wait_for(std::string_view text);

 private:
    int fd_;
    int last_id_ = 0;
    std::string buffer_;
};

/// Microseconds of the monotonic clock.
[[nodiscard]] double now_us();
/// Prints one sample: "name value" on a line of its own.
void sample(std::string_view name, double value);
[[noreturn]] void give_up(const std::string& why);

}  // namespace voip::bench
