#include "hal/linux/av/wav.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/file.hpp"

namespace voip::hal::linux {
namespace {

using Bytes = std::span<const std::byte>;

unsigned number(Bytes at, std::size_t length) {
    unsigned value = 0;
    for (std::size_t i = length; i-- > 0;) value = value << 8 | std::to_integer<unsigned>(at[i]);
    return value;
}

bool is(Bytes at, const char* four) {
    return at.size() >= 4 && std::memcmp(at.data(), four, 4) == 0;
}

struct Layout {
    unsigned kind = 0, channels = 0, rate = 0, bits = 0;
};

Result<void> check(const Layout& layout) {
    const auto no = [](const std::string& what) { return fail(Errc::bad_config, what); };
    if (layout.kind != 1) return no("not PCM (format " + std::to_string(layout.kind) + "): save it as PCM");
    if (layout.channels < 1 || layout.channels > 2)
        return no(std::to_string(layout.channels) + " channels, not 1 or 2");
    if (layout.rate < 8000 || layout.rate > 48000)
        return no(std::to_string(layout.rate) + " Hz, not 8000 to 48000");
    if (layout.bits != 8 && layout.bits != 16)
        return no(std::to_string(layout.bits) + " bits a sample, not 8 or 16");
    return {};
}

Sound decode(const Layout& layout, Bytes data) {
    Sound sound{layout.rate, layout.channels, {}};
    const std::size_t size = layout.bits / 8, whole = data.size() / size / layout.channels * layout.channels;
    sound.samples.reserve(whole);
    for (std::size_t i = 0; i < whole; ++i) {
        const unsigned raw = number(data.subspan(i * size), size);
        sound.samples.push_back(size == 2 ? static_cast<std::int16_t>(raw)
                                          : static_cast<std::int16_t>((static_cast<int>(raw) - 128) * 256));
    }
    return sound;
}

}  // namespace

Result<Sound> parse_wav(Bytes bytes) {
    constexpr std::size_t head = 12, chunk_head = 8, format_size = 16;
    if (bytes.size() < head || !is(bytes, "RIFF") || !is(bytes.subspan(8), "WAVE"))
        return fail(Errc::bad_config, "not a WAV file");
    std::optional<Layout> layout;
    for (Bytes rest = bytes.subspan(head); rest.size() >= chunk_head;) {
        const std::size_t told = number(rest.subspan(4), 4);
        const Bytes chunk = rest.subspan(chunk_head, std::min(told, rest.size() - chunk_head));
        if (is(rest, "fmt ") && chunk.size() >= format_size) {
            layout = Layout{number(chunk, 2), number(chunk.subspan(2), 2), number(chunk.subspan(4), 4),
                            number(chunk.subspan(14), 2)};
            if (auto good = check(*layout); !good) return good.error();
        }
        if (is(rest, "data") && layout) {
            Sound sound = decode(*layout, chunk);
            if (!sound.samples.empty()) return sound;
        }
        const std::size_t padded = chunk.size() + chunk.size() % 2;
        rest = rest.subspan(std::min(rest.size(), chunk_head + padded));
    }
    return fail(Errc::bad_config, "a WAV file without sound");
}

Result<Sound> read_wav(const std::string& path) {
    const auto text = read_file(path, max_wav_bytes);
    if (!text) return text.error();
    auto sound = parse_wav(std::as_bytes(std::span(*text)));
    if (!sound) return within(path, sound.error());
    return sound;
}

}  // namespace voip::hal::linux
