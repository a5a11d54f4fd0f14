#include <boost/asio/post.hpp>
#include <thread>
#include <utility>

#include "daemon/media/program/gst/library.hpp"
#include "daemon/media/program/gst/webrtc_transport.hpp"

namespace voip::media::gst {
namespace {

/// What is not installed is told by whoever wants it.
Result<void> load_all(const EngineNeeds& needs) {
    if (const auto started = start_library(); !started) return started;
    if (const auto loaded = load_plugins(call_plugins()); !loaded) return loaded;
    try_plugins(encoder_plugins(needs.encoding));
    try_plugins(display_plugins(needs.display));
    return {};
}

class Engine final : public MediaEngine {
 public:
    Engine(boost::asio::any_io_executor executor, Timers& timers, Log log)
        : executor_(std::move(executor)), timers_(timers), log_(std::move(log)) {}
    ~Engine() override {
        if (loader_.joinable()) loader_.join();
    }

    void load(const EngineNeeds& needs, std::function<void(Result<void>)> loaded,
              std::function<void(Result<void>)> key_made) override {
        loader_ = std::thread([executor = executor_, log = log_, needs, loaded = std::move(loaded),
                               key_made = std::move(key_made)] {
            const auto all = load_all(needs);
            const bool slow = all && !set_up_handshake();
            boost::asio::post(executor, [loaded, all, log, slow] {
                if (slow)
                    log.info("handshakes are OpenSSL's own: what is lost of them is repeated after 1 s");
                loaded(all);
            });
            if (!all) return;
            boost::asio::post(executor, [key_made, key = make_key()] { key_made(key); });
        });
    }

    Result<std::unique_ptr<MediaTransport>> open(const TransportSettings& settings,
                                                 MediaTransport::Handlers handlers) override {
        const auto plugins = display_plugins(settings.display);
        if (!settings.display.empty() && plugins.empty())
            return fail(Errc::bad_config, "media.display: no sink is called \"" + settings.display + "\"");
        if (const auto loaded = load_plugins(plugins); !loaded) return loaded.error();
        return open_webrtc(executor_, timers_, settings, std::move(handlers), log_);
    }

 private:
    boost::asio::any_io_executor executor_;
    Timers& timers_;
    Log log_;
    std::thread loader_;
};

}  // namespace

std::unique_ptr<MediaEngine> make_engine(boost::asio::any_io_executor executor, Timers& timers, Log log) {
    return std::make_unique<Engine>(std::move(executor), timers, std::move(log));
}

}  // namespace voip::media::gst
