// What it costs to encode pictures of a camera on the processor: "name ms" of processor time (all threads)
// for each, one on a line. The pictures are those of the simulated camera, as cameras give them.
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <iterator>
#include <utility>

#include "hal/encode/encoder.hpp"
#include "hal/sim/pattern.hpp"
#include "tests/bench/lines.hpp"
#include "tests/support/jpeg.hpp"

namespace {

using namespace voip;
using namespace voip::hal::encode;
using Picture = std::vector<std::byte>;

constexpr unsigned width = 640, height = 480, fps = 15;
constexpr int warm = 15, count = 150;

double cpu_ms() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto ms = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_usec) / 1000;
    };
    return ms(used.ru_utime) + ms(used.ru_stime);
}

/// Up to 8 levels: a plain pattern would cost next to nothing.
void add_noise(Picture& picture, std::uint32_t seed) {
    for (std::size_t i = 0; i < width * height; ++i) {
        seed = seed * 1664525u + 1013904223u;
        const unsigned noisy = std::to_integer<unsigned>(picture[i]) + (seed >> 29);
        picture[i] = static_cast<std::byte>(std::min(noisy, 235u));
    }
}

Picture to_nv12(const Picture& from) {
    const std::size_t luma = width * height, chroma = luma / 4;
    Picture made(from.begin(), from.begin() + luma);
    for (std::size_t i = 0; i < chroma; ++i) {
        made.push_back(from[luma + i]);
        made.push_back(from[luma + chroma + i]);
    }
    return made;
}

Picture to_yuyv(const Picture& from) {
    const std::size_t luma = width * height, chroma = luma / 4;
    Picture made;
    for (unsigned y = 0; y < height; ++y)
        for (unsigned x = 0; x < width; x += 2) {
            const std::size_t at = luma + y / 2 * (width / 2) + x / 2;
            for (const std::byte one :
                 {from[y * width + x], from[at], from[y * width + x + 1], from[at + chroma]})
                made.push_back(one);
        }
    return made;
}

Picture as(PixelFormat format, const Picture& i420) {
    switch (format) {
        case PixelFormat::nv12: return to_nv12(i420);
        case PixelFormat::yuyv: return to_yuyv(i420);
        case PixelFormat::jpeg: return test::jpeg(i420, width, height, "Y42B");
        case PixelFormat::i420: break;
    }
    return i420;
}

void measure(const char* name, PixelFormat format) {
    boost::asio::io_context io{1};
    auto encoder = open_encoder(
        io.get_executor(), {.format = format, .width = width, .height = height, .fps = fps},
        [](const hal::AccessUnit&) {}, [](const Error& why) { bench::give_up(why.text()); });
    if (!encoder) bench::give_up(encoder.error().text());
    hal::sim::Pattern pattern(width, height, 0);
    Picture drawn(pattern.bytes());
    TimePoint captured{1h};
    for (int i = 0; i < warm + count; ++i) {
        pattern.draw(drawn, i * 1000 / static_cast<int>(fps), static_cast<std::uint64_t>(i));
        add_noise(drawn, static_cast<std::uint32_t>(i));
        const auto picture = std::make_shared<Picture>(as(format, drawn));
        const double before = cpu_ms();
        if (auto taken = (*encoder)->encode({picture, *picture, captured}); !taken)
            bench::give_up(taken.error().text());
        io.restart();
        io.run();
        if (i >= warm) bench::sample(name, cpu_ms() - before);
        captured += 1'000'000us / fps;
    }
    if ((*encoder)->stats().encoded != warm + count) bench::give_up("pictures were left out");
}

}  // namespace

int main() {
    measure("i420", PixelFormat::i420);
    measure("nv12", PixelFormat::nv12);
    measure("yuyv", PixelFormat::yuyv);
    measure("jpeg", PixelFormat::jpeg);
}
