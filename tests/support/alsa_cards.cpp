#include "tests/support/alsa_cards.hpp"

#include <stdlib.h>

#include <fstream>

namespace voip::test {

AlsaCards& AlsaCards::get() {
    static AlsaCards cards;
    return cards;
}

AlsaCards::AlsaCards() {
    const std::string folder = folder_.path().string();
    std::ofstream(folder_ / "alsa.conf")
        << "pcm_type.voipcard { lib \"" WMPF_ALSA_CARD
           "\" }\n"
           "pcm.plug { @args [ SLAVE ] @args.SLAVE { type string } type plug slave.pcm $SLAVE }\n"
           "pcm.null { type null }\n"
           "pcm.speaker { type voipcard state \""
        << folder
        << "/speaker\" }\n"
           "pcm.microphone { type voipcard state \""
        << folder
        << "/microphone\" }\n"
           "pcm.default { type asym playback.pcm \"plug:speaker\" capture.pcm \"plug:microphone\" }\n"
           "pcm.recorder { type plug slave { format S32_LE rate 48000 channels 2\n"
           "  pcm { type file format raw file \""
        << file() << "\" slave.pcm null } } }\n";
    ::setenv("ALSA_CONFIG_PATH", (folder_ / "alsa.conf").c_str(), 1);
}

void AlsaCards::set(std::string_view card, std::string_view word) {
    const auto part = folder_ / (std::string(card) + ".part");
    std::ofstream(part) << word;
    std::filesystem::rename(part, folder_ / std::string(card));
}

}  // namespace voip::test
