#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "protocol/transport/tls_context.hpp"
#include "protocol/transport/url.hpp"
#include "service/phone/phone_call.hpp"

namespace voip::phone {

enum class Via { callDevice, initByCaller };

struct PhoneSettings {
    transport::Url service;
    std::string login_name;  ///< {name}, in dev and demo
    std::string login_code;  ///< one-time enrolment code; or:
    std::string token_file;  ///< keeps the userToken between runs (0600); empty: not kept
    Habits habits;
    std::string call_sn;     ///< call this device once, then end
    std::string call_model;  ///< empty: looked up among the authorised devices
    Via via = Via::callDevice;
    RoomType room_type = RoomType::video;
};

/// One phone: logs in, keeps its channel, rings, answers, calls. One line per event goes to `print`.
/// @thread loop only
class Phone {
 public:
    Phone(asio::any_io_executor executor, Timers& timers, transport::TlsClientContext tls,
          PhoneSettings settings, std::function<void(std::string)> print, Log log);
    ~Phone();

    /// Until quit() or the end of the call it was told to place. Returns the exit code: 0 done; 1 the call
    /// was refused or not answered, or the login was refused.
    asio::awaitable<int> run();
    /// a answers, r rejects, h hangs up, q quits; others are ignored.
    void key(char key);
    /// Hangs up and ends run(): with 1 where a call was to be placed and nobody has answered it.
    void quit();

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace voip::phone
