#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/command_line.hpp"
#include "core/file.hpp"
#include "daemon/ctl/found.hpp"
#include "daemon/ctl/run.hpp"
#include "daemon/lifecycle/media_program.hpp"
#include "daemon/lifecycle/places.hpp"
#include "hal/linux/gpio.hpp"

namespace {

void write_all(std::FILE* file, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), file);
    std::fflush(file);
}

voip::Result<std::string> read_text(const std::string& path) {
    constexpr std::size_t limit = 64 * 1024;
    return voip::read_file(path == "-" ? "/dev/stdin" : path, limit);
}

bool wants_colour() {
    const char* terminal = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr && terminal != nullptr &&
           std::strcmp(terminal, "dumb") != 0;
}

voip::Result<std::string> try_media(const voip::config::Media& media, const std::string& input,
                                    const voip::ctl::StillWanted& wanted) {
    constexpr voip::Duration longest =
        std::chrono::seconds(60);  // five steps, each with a deadline of its own
    std::error_code ignored;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const auto program = voip::lifecycle::media_program(media, own);
    return voip::ctl::run_media_program(program.string(), input, longest, wanted);
}

voip::Result<bool> read_level(const voip::hal::LineSettings& line, voip::hal::Bias bias) {
    const auto input = voip::hal::linux::open_input(line, bias, {});
    if (!input) return input.error();
    return voip::hal::linux::get_level(input->fd.get(), input->text);
}

}  // namespace

int main(int argc, char** argv) {
    voip::ctl::Surroundings surroundings;
    surroundings.out = [](std::string_view text) { write_all(stdout, text); };
    surroundings.err = [](std::string_view text) { write_all(stderr, text); };
    surroundings.read_file = &read_text;
    surroundings.places = [](const std::string& from_command_line) {
        return voip::lifecycle::socket_candidates(voip::lifecycle::process_environment(), from_command_line);
    };
    surroundings.found = [] { return voip::ctl::encode(voip::hal::linux::look_around()); };
    surroundings.try_media = &try_media;
    surroundings.read_level = &read_level;
    surroundings.colour = wants_colour();
    return voip::ctl::run(voip::arguments_of(argc, argv), surroundings);
}
