#pragma once
#include <string>
#include <string_view>

#include "tests/support/temp_dir.hpp"

namespace voip::test {

/// ALSA with the sound cards of tests/support/alsa/card.cpp and nothing of this machine: "speaker" and
/// "microphone" (48 kHz, two channels), "both" as `default` would be, and "recorder", which writes what is
/// played to file(). Set up once for the process, before ALSA is first used.
class AlsaCards {
 public:
    static AlsaCards& get();
    /// @param word  "" (fine), "gone", "refused", "busy" or "stuck" (opening it hangs)
    void set(std::string_view card, std::string_view word);
    [[nodiscard]] std::string file() const { return folder_.path() / "recorder.raw"; }

 private:
    AlsaCards();
    TempDir folder_;
};

}  // namespace voip::test
