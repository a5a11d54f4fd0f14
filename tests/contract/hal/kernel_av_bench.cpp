// Camera, microphone and speaker of a real kernel: vivid, and both ends of snd-aloop. Modules are loaded by
// whoever starts this (tests/vm).
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>

#include "hal/encode/encoder.hpp"
#include "hal/linux/fd.hpp"
#include "tests/contract/hal/kernel.hpp"
#include "tests/contract/hal/real_av_bench.hpp"

namespace voip::hal::test {
namespace {

constexpr const char* camera_node = "/dev/video0";
constexpr const char* microphone_node = "/dev/snd/pcmC0D0c";
constexpr const char* speaker_node = "/dev/snd/pcmC0D1p";

AvSettings kernel_settings() {
    AvSettings wanted;
    wanted.camera_settings = {
        .device = camera_node, .width = 320, .height = 180, .fps = 15, .bitrate_kbps = 300};
    wanted.microphone_settings.device = "plughw:0,0";
    wanted.speaker_settings.device = "hw:0,1";
    return wanted;
}

class KernelAvBench final : public RealAvBench {
 public:
    KernelAvBench() : RealAvBench(kernel_settings()) { become_nobody(); }
    ~KernelAvBench() override {
        busy_.reset();
        devices() = {};
        CHECK(pending() == 0);
        if (!pulled_.empty()) plug_in(pulled_);
    }
    bool in_time() const override { return false; }
    void unplug(std::string_view device) override {
        pulled_ = device;
        shell_aside(std::string("echo ") + instance(device) + " > " + driver(device) + "/unbind");
        wait_gone(node(device));
        if (linux::Worker::wait_all_ended(0s)) wait_for_shell();  // nobody has it open
    }
    void plug_in(std::string_view device) override {
        wait_for_shell();
        shell(std::string("echo ") + instance(device) + " > " + driver(device) + "/bind && udevadm settle");
        pulled_ = {};
    }
    void block(std::string_view device, Errc how) override {
        if (how == Errc::refused) return shell(std::string("chmod 0 ") + node(device));
        REQUIRE(linux::Worker::wait_all_ended(5s));  // closing goes on after stop()
        const Root root;
        busy_ = linux::Fd(::open(node(device), (device == "microphone" ? O_RDONLY : O_RDWR) | O_NONBLOCK));
        REQUIRE(busy_);
        if (device != "camera") return;
        v4l2_requestbuffers request{};
        request.count = 2;
        request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
        request.memory = V4L2_MEMORY_MMAP;
        REQUIRE(::ioctl(busy_.get(), VIDIOC_REQBUFS, &request) == 0);
    }
    void unblock(std::string_view device) override {
        busy_.reset();
        shell(std::string("chmod 660 ") + node(device));
    }

 private:
    static const char* node(std::string_view device) {
        if (device == "camera") return camera_node;
        return device == "microphone" ? microphone_node : speaker_node;
    }
    static const char* instance(std::string_view device) {
        return device == "camera" ? "vivid.0" : "snd_aloop.0";
    }
    static std::string driver(std::string_view device) {
        return std::string("/sys/bus/platform/drivers/") + (device == "camera" ? "vivid" : "snd_aloop");
    }

    std::string pulled_;
    linux::Fd busy_;
};

}  // namespace

std::vector<AvBenchMaker> av_benches() {
    static const bool ready = [] {
        REQUIRE(encode::prepare_encoder());  // plugins are loaded once, as the media program does beforehand
        return true;
    }();
    (void)ready;
    return {{"linux, vivid and snd-aloop", [] { return std::make_unique<KernelAvBench>(); }}};
}

}  // namespace voip::hal::test
