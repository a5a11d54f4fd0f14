// What is special of cameras on a real kernel: vivid as /dev/video0, and a v4l2loopback as /dev/video9, which
// is fed with H.264 here, as a camera that encodes, and with JPEG pictures, as most webcams.
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <fstream>
#include <thread>

#include "hal/h264/h264.hpp"
#include "hal/linux/av/camera.hpp"
#include "hal/linux/fd.hpp"
#include "tests/contract/hal/kernel.hpp"
#include "tests/contract/hal/real_av_bench.hpp"
#include "tests/support/jpeg.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::test;

namespace {

constexpr const char* loopback = "/dev/video9";
constexpr unsigned clip_width = 320, clip_height = 240;

using Picture = std::vector<std::byte>;

/// The parameters before the first key picture alone.
std::vector<Picture> clip() {
    const Root root;
    std::ifstream file(CLIP, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::vector<Picture> made;
    for (const h264::Picture& each : h264::pictures(std::as_bytes(std::span(text))))
        made.emplace_back(each.bytes.begin(), each.bytes.end());
    REQUIRE(made.size() > 10);
    return made;
}

std::vector<Picture> jpegs() {
    std::vector<Picture> made;
    for (unsigned char shade = 40; shade < 200; shade = static_cast<unsigned char>(shade + 10)) {
        const Picture plain(clip_width * clip_height * 3 / 2, std::byte{shade});
        made.push_back(voip::test::without_tables(voip::test::jpeg(plain, clip_width, clip_height, "Y42B")));
    }
    return made;
}

/// The inside of a camera: 15 pictures a second, over and over.
class Feeder {
 public:
    Feeder(std::uint32_t pixels, std::vector<Picture> pictures) : pictures_(std::move(pictures)) {
        const Root root;
        fd_ = linux::Fd(::open(loopback, O_RDWR));
        REQUIRE(fd_);
        v4l2_format format{};
        format.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
        format.fmt.pix.width = clip_width;
        format.fmt.pix.height = clip_height;
        format.fmt.pix.pixelformat = pixels;
        format.fmt.pix.sizeimage = clip_width * clip_height;
        REQUIRE(::ioctl(fd_.get(), VIDIOC_S_FMT, &format) == 0);
        thread_ = std::thread([this] { feed(); });
    }
    ~Feeder() { stop(); }
    Feeder(const Feeder&) = delete;
    Feeder& operator=(const Feeder&) = delete;
    void stop() {
        if (!thread_.joinable()) return;
        stopped_ = true;
        thread_.join();
    }

 private:
    void feed() {
        boost::asio::io_context io;
        boost::asio::steady_timer timer(io, Clock::now());
        for (std::size_t i = 0; !stopped_; i = (i + 1) % pictures_.size()) {
            (void)!::write(fd_.get(), pictures_[i].data(), pictures_[i].size());
            timer.expires_at(timer.expiry() + 66ms);
            boost::system::error_code interrupted;  // by another thread that changes its user
            do timer.wait(interrupted);
            while (interrupted);
        }
    }

    std::vector<Picture> pictures_;
    linux::Fd fd_;
    std::atomic<bool> stopped_{false};
    std::thread thread_;
};

struct SeenFilm {
    std::vector<AccessUnit> pictures;
    std::vector<Error> refused, gone;
    CameraFormat format;
};

struct Loop {
    boost::asio::io_context io{1};
    void pass(Duration length) {
        const auto guard = boost::asio::make_work_guard(io);
        io.restart();
        io.run_for(length);
    }
    SeenFilm film(linux::V4l2Camera& camera, Duration length, const std::function<void()>& after = {}) {
        REQUIRE(encode::prepare_encoder());
        SeenFilm seen;
        camera.start(
            [&](const Result<CameraFormat>& started) {
                if (started)
                    seen.format = *started;
                else
                    seen.refused.push_back(started.error());
            },
            [&](AccessUnit unit) { seen.pictures.push_back(std::move(unit)); },
            [&](const Error& why) { seen.gone.push_back(why); });
        pass(length);
        if (after) after();
        camera.stop();
        CHECK(linux::Worker::wait_all_ended(5s));
        return seen;
    }
    SeenFilm film(const CameraSettings& settings, Duration length) {
        linux::V4l2Camera camera(io.get_executor(), settings, {});
        return film(camera, length);
    }
};

std::string refusal(const CameraSettings& settings, Errc code = Errc::io) {
    Loop loop;
    const SeenFilm seen = loop.film(settings, 1500ms);
    REQUIRE(seen.refused.size() == 1);
    CHECK(seen.refused[0].is(code));
    return seen.refused[0].context;
}

CameraSettings vivid(unsigned width = 320, unsigned height = 180, unsigned fps = 15) {
    return {.device = "/dev/video0", .width = width, .height = height, .fps = fps};
}

}  // namespace

TEST_CASE("camera: 4 wrong nodes and wishes are told with what is there instead", "[kernel]") {
    CHECK(refusal({.device = "/dev/null"}) == "/dev/null is no camera");
    CHECK(refusal({.device = "/dev/video77"}, Errc::device_gone) == "/dev/video77 is not there");
    CHECK(refusal(vivid(322, 180))
              .starts_with("board.camera.width, board.camera.height: 322x180 is not among what /dev/video0 "
                           "offers as YU12: 320x180, 640x360, "));
    auto encoding = vivid();
    encoding.format = CameraSettings::Format::h264;
    CHECK(refusal(encoding).starts_with("board.camera.format: /dev/video0 offers "));
}

TEST_CASE("camera: without a name the first node that offers what is wanted is taken", "[kernel]") {
    Loop loop;
    auto settings = vivid();
    settings.device.clear();
    CHECK(loop.film(settings, 1500ms).pictures.size() > 2);
}

TEST_CASE("camera: of 15 pictures that the loop has no time for 2 are kept, the others counted", "[kernel]") {
    Loop loop;
    linux::V4l2Camera camera(loop.io.get_executor(), vivid(), {});
    std::uint64_t before = 0, after = 0;
    (void)loop.film(camera, 1500ms, [&] {
        before = camera.dropped();
        boost::asio::io_context elsewhere;
        boost::asio::steady_timer(elsewhere, 1s).wait();
        loop.pass(300ms);
        after = camera.dropped();
    });
    CHECK(after >= before + 3);  // the machine may be late
    CHECK(after <= before + 16);
}

TEST_CASE("camera: 25 pictures a second are thinned to 12", "[kernel]") {
    Loop loop;
    auto settings = vivid(320, 180, 12);
    settings.rotation = 90;
    const SeenFilm seen = loop.film(settings, 4s);
    CHECK(seen.format == CameraFormat{320, 180, 12, 90});
    CHECK(seen.pictures.size() >= 12);  // the machine may be late, never early
    CHECK(seen.pictures.size() <= 50);
}

TEST_CASE("camera that encodes: the first picture is a key one with its parameters, 1 a second follows",
          "[kernel][h264]") {
    become_nobody();
    Loop loop;
    Feeder feeder(V4L2_PIX_FMT_H264, clip());
    const SeenFilm seen =
        loop.film({.device = loopback, .width = clip_width, .height = clip_height, .fps = 15}, 4s);
    CHECK(seen.refused.empty());
    REQUIRE(seen.pictures.size() > 15);
    CHECK(seen.pictures[0].key);
    std::size_t keys = 0;
    for (std::size_t i = 0; i < seen.pictures.size(); ++i) {
        const AccessUnit& unit = seen.pictures[i];
        CHECK(h264::pictures(unit.bytes).size() == 1);
        CHECK(h264::is_key(unit.bytes) == unit.key);
        keys += unit.key ? 1u : 0u;
        if (i > 0) CHECK(unit.captured > seen.pictures[i - 1].captured);
    }
    CHECK(keys >= 2);
}

TEST_CASE("camera that gives JPEG pictures: 15 a second are encoded here", "[kernel][jpeg]") {
    become_nobody();
    Loop loop;
    Feeder feeder(V4L2_PIX_FMT_MJPEG, jpegs());
    const SeenFilm seen =
        loop.film({.device = loopback, .width = clip_width, .height = clip_height, .fps = 15}, 4s);
    CHECK(seen.refused.empty());
    CHECK(seen.gone.empty());
    REQUIRE(seen.pictures.size() > 15);
    CHECK(seen.pictures[0].key);
    for (const AccessUnit& unit : seen.pictures) CHECK(h264::pictures(unit.bytes).size() == 1);
}

TEST_CASE("camera that encodes: one that stops giving pictures is gone after 3 s", "[kernel][h264]") {
    become_nobody();
    Loop loop;
    auto feeder = std::make_unique<Feeder>(V4L2_PIX_FMT_H264, clip());
    linux::V4l2Camera camera(loop.io.get_executor(),
                             {.device = loopback, .width = clip_width, .height = clip_height, .fps = 15}, {});
    const SeenFilm seen = loop.film(camera, 2s, [&] {
        feeder->stop();
        loop.pass(4s);
    });
    CHECK(seen.pictures.size() > 5);
    REQUIRE(seen.gone.size() == 1);
    CHECK(seen.gone[0].context == "/dev/video9 gives no picture");
}
