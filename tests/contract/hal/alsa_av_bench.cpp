#include "tests/contract/hal/real_av_bench.hpp"
#include "tests/support/alsa_cards.hpp"

namespace voip::hal::test {
namespace {

AvSettings card_settings() {
    AvSettings wanted;
    wanted.camera = false;
    wanted.microphone_settings.device = "microphone";
    wanted.speaker_settings.device = "speaker";
    return wanted;
}

class AlsaAvBench final : public RealAvBench {
 public:
    AlsaAvBench() : RealAvBench(card_settings()) {
        plug_in("microphone");
        plug_in("speaker");
    }
    bool in_time() const override { return !WMPF_EMULATED; }  // the processor, by one that others use too
    void unplug(std::string_view device) override { cards_.set(device, "gone"); }
    void plug_in(std::string_view device) override { cards_.set(device, ""); }
    void block(std::string_view device, Errc how) override {
        cards_.set(device, how == Errc::refused ? "refused" : "busy");
    }
    void unblock(std::string_view device) override { cards_.set(device, ""); }

 private:
    voip::test::AlsaCards& cards_ = voip::test::AlsaCards::get();
};

}  // namespace

std::vector<AvBenchMaker> av_benches() {
    return {{"linux, cards in user space", [] { return std::make_unique<AlsaAvBench>(); }}};
}

}  // namespace voip::hal::test
