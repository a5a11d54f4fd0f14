#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <thread>
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

/// Of GLib, when a library of the program brings it: ends the threads that wait for work.
extern "C" [[gnu::weak]] void g_thread_pool_stop_unused_threads();

namespace {

using namespace std::chrono_literals;

constexpr auto last_threads_time = 5s;  // nobody waits that long in a test that ends what it began

std::size_t threads() {
    std::error_code error;
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator("/proc/self/task", error), {}));
}

/// Lets the libraries' threads end before the program does. What OpenSSL undoes at the program's end meets
/// theirs otherwise: it frees a second time, or loses, what such a thread has, and a leak checker that stops
/// a thread half gone falls itself. A thread's last step tells nobody, hence the looking again.
void outlive_threads(std::size_t own) {
    const auto end = std::chrono::steady_clock::now() + last_threads_time;
    while (threads() > own && std::chrono::steady_clock::now() < end) {
        if (g_thread_pool_stop_unused_threads) g_thread_pool_stop_unused_threads();
        std::this_thread::yield();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t own = threads();  // more than one with a sanitizer that has its own
    const int result = Catch::Session().run(argc, argv);
    outlive_threads(own);
    return result;
}
