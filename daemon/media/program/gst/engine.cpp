#include <boost/asio/post.hpp>
#include <thread>
#include <utility>

#include "daemon/media/program/gst/library.hpp"
#include "daemon/media/program/gst/webrtc_transport.hpp"

namespace voip::media::gst {
namespace {

// What the simulated board and cameras without an encoder of their own need; a file that is not there is told
// by whoever wants it.
constexpr std::string_view for_cameras[] = {"openh264", "videoparsersbad", "videoconvertscale",
                                            "video4linux2", "jpeg"};

Result<void> load_all() {
    if (const auto started = start_library(); !started) return started;
    if (const auto loaded = load_plugins(call_plugins()); !loaded) return loaded;
    try_plugins(for_cameras);
    return make_key();
}

class Engine final : public MediaEngine {
 public:
    Engine(boost::asio::any_io_executor executor, Log log)
        : executor_(std::move(executor)), log_(std::move(log)) {}
    ~Engine() override {
        if (loader_.joinable()) loader_.join();
    }

    void load(std::function<void(Result<void>)> done) override {
        loader_ = std::thread([executor = executor_, done = std::move(done)] {
            boost::asio::post(executor, [done, result = load_all()] { done(result); });
        });
    }

    Result<std::unique_ptr<MediaTransport>> open(const TransportSettings& settings,
                                                 MediaTransport::Handlers handlers) override {
        const auto plugins = display_plugins(settings.display);
        if (!settings.display.empty() && plugins.empty())
            return fail(Errc::bad_config, "media.display: no sink is called \"" + settings.display + "\"");
        if (const auto loaded = load_plugins(plugins); !loaded) return loaded.error();
        return open_webrtc(executor_, settings, std::move(handlers), log_);
    }

 private:
    boost::asio::any_io_executor executor_;
    Log log_;
    std::thread loader_;
};

}  // namespace

std::unique_ptr<MediaEngine> make_engine(boost::asio::any_io_executor executor, Log log) {
    return std::make_unique<Engine>(std::move(executor), std::move(log));
}

}  // namespace voip::media::gst
