#pragma once
#include <optional>

#include "daemon/media/program/call_event.hpp"
#include "daemon/media/program/device_keeper.hpp"

namespace voip::media {

/// The one call of this process: which device is open, which connection is current, what the daemon is told.
/// Pure: events and time in, actions out; every wait is a deadline in wake_at().
///
///     idle -> preparing -> ready -> starting -> flowing <-> interrupted -> closing -> ended
///
/// The key of the connections is made from `preparing` on, and may take longer than people need to answer:
/// the first session waits for it, nothing else does.
///
/// A connection is never mended: a new session replaces it (page reloaded, connection failed, network
/// changed, nothing heard), at most one in renew_time. Media flows while the newest session is connected.
class Call {
 public:
    enum class Phase { idle, preparing, ready, starting, flowing, interrupted, closing, ended };

    static constexpr Duration prepare_time = 5s;    ///< @source daemon/media/README.md, "Deadlines"
    static constexpr Duration start_time = 130s;    ///< the daemon's own (call.joinSeconds) is shorter
    static constexpr Duration session_time = 10s;   ///< from the offer to connected, else a new session
    static constexpr Duration silence_time = 8s;    ///< longer than two receiver reports of sound (5 s)
    static constexpr Duration renew_time = 1s;      ///< between the beginnings of two sessions
    static constexpr Duration close_time = 1500ms;  ///< the daemon kills at 2 s

    [[nodiscard]] Actions on(const Event& event, TimePoint now);
    [[nodiscard]] std::optional<TimePoint> wake_at() const noexcept;

    [[nodiscard]] Phase phase() const noexcept { return phase_; }
    [[nodiscard]] SessionId session() const noexcept { return session_; }
    /// What is sent, as far as the devices work.
    [[nodiscard]] bool sends_camera() const noexcept { return camera_.is_on(); }
    [[nodiscard]] bool sends_microphone() const noexcept { return microphone_.is_on() && !muted_; }
    /// What is asked for, as far as there are devices.
    [[nodiscard]] bool wants_camera() const noexcept { return camera_.wanted(); }
    [[nodiscard]] bool wants_microphone() const noexcept { return microphone_.wanted() && !muted_; }
    [[nodiscard]] unsigned volume() const noexcept { return volume_; }

 private:
    // One for each event.
    void on_one(const event::Prepare& event);
    void on_one(const event::Start& event);
    void on_one(const event::Set& event);
    void on_one(const event::Restart& event);
    void on_one(const event::Stop&);
    void on_one(const event::WireClosed&);
    void on_one(const event::FromPhone& event);
    void on_one(const event::EngineReady&);
    void on_one(const event::KeyMade&);
    void on_one(const event::EngineFailed& event);
    void on_one(const event::OfferMade& event);
    void on_one(const event::CandidateFound& event);
    void on_one(const event::Connected& event);
    void on_one(const event::Lost& event);
    void on_one(const event::Heard& event);
    void on_one(const event::SessionClosed&);
    void on_one(const event::DeviceStarted& event);
    void on_one(const event::DeviceFailed& event);
    void on_one(const event::Tick&);

    void from_phone(const signal::Answer& answer);
    void from_phone(const signal::Candidate& candidate);
    void from_phone(const signal::WantOffer& want);
    void from_phone(const signal::Offer&) {}  // the device alone makes them
    void from_phone(const signal::Media&) {}  // for display, which this side has none of

    [[nodiscard]] bool is_live() const noexcept;
    [[nodiscard]] bool is_current(SessionId session) const noexcept;
    void act(Action action);
    void reply(Request request, int err_code = 0, std::string err_msg = {});
    void refuse(Request request);
    void renew(SessionId above);
    void open_session();
    void open_now();
    void interrupt(SessionId above);
    void command(Device device, DeviceKeeper::Command command);
    void want(Device device, bool wanted);
    DeviceKeeper& keeper(Device device) noexcept;
    void tell_state(int err_code = 0, std::string err_msg = {});
    void tell_if_changed();
    void judge_devices(Device device, const Error& why);
    void fail_with(int err_code, std::string why);
    void close();
    void end();
    void tick_devices();
    void tick_session();

    Phase phase_ = Phase::idle;
    TimePoint now_{};
    Actions actions_;

    Prepare prepare_;
    RoomType room_type_ = RoomType::video;
    DeviceKeeper camera_{false}, microphone_{false}, speaker_{false};
    bool muted_ = false;
    unsigned volume_ = 0;
    bool any_device_worked_ = false;
    std::optional<TimePoint> devices_due_;  // all have been dead since then, and one must work by then
    bool told_camera_ = false, told_microphone_ = false;  // as the daemon and the phone know it

    std::vector<IceServer> ice_servers_;
    SessionId session_ = 0;
    SessionId next_session_ = 0;  // the least number the next one may have
    bool key_made_ = false;       // without it no session can be opened ...
    bool open_waits_ = false;     // ... and one is wanted
    bool connected_ = false;
    bool answered_ = false;                 // the current session's answer has come
    std::optional<TimePoint> session_due_;  // the current session must be connected by then
    std::optional<TimePoint> renew_at_;     // a new session is due
    std::optional<TimePoint> phase_due_;    // the phase has lasted too long
    std::optional<TimePoint> heard_by_;     // something must have been heard by then
    TimePoint opened_{};                    // when the current session began
    bool stop_asked_ = false;
};

}  // namespace voip::media
