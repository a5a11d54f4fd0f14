// CallTask: requests to the engine. Each is a task; its outcome comes back as an event.
#include <utility>

#include "daemon/call/call_task.hpp"

namespace voip::call {

asio::awaitable<void> CallTask::dial(action::Dial dial) {
    auto outcome = co_await parts_.engine.dial(std::move(dial.request), dial.deadline);
    post(event::DialDone{dial.generation, std::move(outcome)});
}

asio::awaitable<void> CallTask::renew(action::RenewToken renew) {
    auto outcome = co_await parts_.engine.renew_device_token(renew.deadline);
    post(event::RenewDone{renew.generation, std::move(outcome)});
}

asio::awaitable<void> CallTask::join(action::Join join) {
    auto outcome = co_await parts_.engine.join(std::move(join.join), join.deadline);
    post(event::JoinDone{join.generation, std::move(outcome)});
}

asio::awaitable<void> CallTask::resume(action::Resume resume) {
    auto outcome = co_await parts_.engine.resume(std::move(resume.resume), resume.deadline);
    if (parts_.media && outcome.result() && resume.generation == session_.generation())
        parts_.media->on_road(true);
    post(event::ResumeDone{resume.generation, std::move(outcome)});
}

asio::awaitable<void> CallTask::end_room(action::HangUp hang_up) {
    const std::string room_id = hang_up.hang_up.room_id;
    auto outcome = co_await parts_.engine.hang_up(std::move(hang_up.hang_up), hang_up.deadline);
    post(event::HangUpDone{room_id, std::move(outcome)});
}

}  // namespace voip::call
