#include "hal/linux/av/wav.hpp"

#include <algorithm>
#include <cmath>

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal::linux;

namespace {

std::string number(unsigned value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
    return text;
}

std::string chunk(const std::string& name, const std::string& body) {
    return name + number(static_cast<unsigned>(body.size()), 4) + body + (body.size() % 2 ? "x" : "");
}

std::string format(unsigned rate, unsigned channels, unsigned bits, unsigned kind = 1) {
    return chunk("fmt ", number(kind, 2) + number(channels, 2) + number(rate, 4) +
                             number(rate * channels * bits / 8, 4) + number(channels * bits / 8, 2) +
                             number(bits, 2));
}

std::string wav(const std::string& chunks) {
    return "RIFF" + number(static_cast<unsigned>(chunks.size() + 4), 4) + "WAVE" + chunks;
}

Result<Sound> parse(const std::string& file) {
    return parse_wav(std::as_bytes(std::span(file)));
}

int peak(const Sound& sound) {
    int most = 0;
    for (const int sample : sound.samples) most = std::max(most, std::abs(sample));
    return most;
}

}  // namespace

TEST_CASE("wav: 8000 Hz, 16 bits, mono is read as it is", "[hal][unit]") {
    const auto sound = parse(wav(format(8000, 1, 16) + chunk("data", number(1, 2) + number(0xffff, 2))));
    REQUIRE(sound);
    CHECK(sound->rate == 8000);
    CHECK(sound->channels == 1);
    CHECK(sound->samples == std::vector<std::int16_t>{1, -1});
}

TEST_CASE("wav: 8 bits become 16, chunks that are not known are passed over, 2 channels stay",
          "[hal][unit]") {
    const auto sound = parse(wav(chunk("LIST", "odd") + format(44100, 2, 8) + chunk("data", "\x80\xff\x01")));
    REQUIRE(sound);
    CHECK(sound->rate == 44100);
    CHECK(sound->samples == std::vector<std::int16_t>{0, 127 * 256});  // half a frame is left out
}

TEST_CASE("wav: 7 faults are told in words that say what is wanted", "[hal][unit]") {
    const std::string data = chunk("data", "1234");
    const std::pair<std::string, std::string> cases[] = {
        {"", "not a WAV file"},
        {"OggS and more than twelve", "not a WAV file"},
        {wav(data), "a WAV file without sound"},
        {wav(format(16000, 1, 16) + chunk("data", "")), "a WAV file without sound"},
        {wav(format(4000, 1, 16) + data), "4000 Hz, not 8000 to 48000"},
        {wav(format(16000, 6, 16) + data), "6 channels, not 1 or 2"},
        {wav(format(16000, 1, 24) + data), "24 bits a sample, not 8 or 16"},
        {wav(format(16000, 1, 16, 85) + data), "not PCM (format 85): save it as PCM"},
    };
    for (const auto& [file, text] : cases) {
        const auto sound = parse(file);
        REQUIRE_FALSE(sound);
        CHECK(sound.error().is(Errc::bad_config));
        CHECK(sound.error().context == text);
    }
}

TEST_CASE("wav: a file that is cut off anywhere is safe, and its sound is what is there", "[hal][unit]") {
    const std::string whole = wav(format(16000, 1, 16) + chunk("data", std::string(100, 'a')));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto sound = parse(whole.substr(0, length));
        if (sound) CHECK(sound->samples.size() == (length - (whole.size() - 100)) / 2);
    }
    CHECK(parse(whole)->samples.size() == 50);
}

TEST_CASE("tones: the product's own last 3 and 4 s, are loud, not clipped, and end in silence",
          "[hal][unit]") {
    const Sound bell = alerting_tone(), back = ring_back_tone();
    CHECK(bell.samples.size() == 3u * bell.rate);
    CHECK(back.samples.size() == 4u * back.rate);
    CHECK(peak(bell) > 10000);
    CHECK(peak(bell) < 32000);
    CHECK(peak(back) > 5000);
    for (const Sound& tone : {bell, back}) {
        const Sound end{tone.rate, 1, {tone.samples.end() - 8000, tone.samples.end()}};
        CHECK(peak(end) == 0);
        CHECK(std::abs(tone.samples[0]) < 100);  // no click where a round begins
    }
}
