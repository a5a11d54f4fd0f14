#pragma once
#include <optional>
#include <string>

#include "daemon/identity/facts.hpp"
#include "daemon/identity/identity_file.hpp"
#include "daemon/identity/service_answer.hpp"
#include "protocol/fault.hpp"

namespace voip::identity {

/// How the device stands with the service: what is on disk, and what the service said last. Pure.
class Standing {
 public:
    /// From the state folder; `problem` is for people, empty when all is well.
    void loaded(Enrolment enrolment, std::string problem);
    /// The folder cannot be read or written.
    void unreadable(std::string problem);

    /// A registration begins. @returns what the record must say before the request goes out: its answer may
    /// be lost
    [[nodiscard]] Enrolment begin() noexcept;
    /// Its outcome. @returns what the record must say from now on
    Enrolment enrolled(Verdict verdict, const Reply& reply);
    /// The outcome of asking for a token, which tells what the service knows.
    /// @returns true when the record must say `registered` from now on
    [[nodiscard]] bool token_asked(Verdict verdict, const Reply& reply);

    [[nodiscard]] Enrolment enrolment() const noexcept { return enrolment_; }
    /// Asking for a token makes sense.
    [[nodiscard]] bool may_ask() const noexcept {
        return !busy_ && (enrolment_ == Enrolment::registered || enrolment_ == Enrolment::pending);
    }
    [[nodiscard]] bool busy() const noexcept { return busy_; }
    [[nodiscard]] bool is_unreadable() const noexcept { return unreadable_; }
    [[nodiscard]] RegistrationState state() const noexcept;
    /// Of the last refusal; empty after a success.
    [[nodiscard]] std::optional<int> err_code() const noexcept;
    [[nodiscard]] const std::string& err_msg() const noexcept { return err_msg_; }

 private:
    void note(Verdict verdict, const Reply& reply);

    Enrolment enrolment_ = Enrolment::none;
    Enrolment before_ = Enrolment::none;  // the registration that is under way
    bool busy_ = false;
    bool unreadable_ = false;
    std::optional<Verdict> refusal_;
    std::optional<int> err_code_;
    std::string err_msg_;
};

}  // namespace voip::identity
