#pragma once
#include <functional>
#include <memory>
#include <string>

#include "core/timers.hpp"
#include "daemon/media/program/gst/shared.hpp"

namespace voip::media::gst {

/// The end of DTLS's handshake: when media may flow, and whether the other side is who it says.
/// @thread loop only
class Handshake {
 public:
    /// `judged` hears once whether the certificate is the one that was expected. The timers outlive it.
    Handshake(Timers& timers, std::shared_ptr<Shared> shared, std::function<void(bool matches)> judged);
    ~Handshake() { stop(); }
    Handshake(const Handshake&) = delete;
    Handshake& operator=(const Handshake&) = delete;

    /// What the answer says of the other side's certificate (sdp::Accepted).
    void expect(std::string algorithm, std::string fingerprint);
    /// The library calls it connected when the other side's last word has come, while ours may still stand in
    /// a queue: media that overtook it could not be deciphered, and the first key picture would be lost.
    void on_connected();
    /// Ours has left.
    void on_last_word();
    /// Nothing is heard any more.
    void stop();

 private:
    void judge();
    [[nodiscard]] bool certificate_matches() const;

    Timers& timers_;
    std::shared_ptr<Shared> shared_;
    std::function<void(bool)> judged_;
    std::string algorithm_, fingerprint_;
    bool connected_ = false, last_word_left_ = false, is_over_ = false;
    Timers::Id alarm_ = 0;
};

}  // namespace voip::media::gst
