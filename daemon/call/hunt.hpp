#pragma once
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "daemon/call/call_record.hpp"
#include "protocol/call.hpp"

namespace voip::call {

/// Rings the people of a contact one after the other. Pure; the session underneath holds each dial until the
/// room before it is confirmed to have ended, and ends each ring after its time.
class Hunt {
 public:
    struct Person {
        std::string open_id, name;
        friend bool operator==(const Person&, const Person&) = default;
    };
    struct Step {
        std::optional<Answer<InitResult>> answer;  ///< for the one who asked; at most once in a hunt
        std::optional<Person> ring;                ///< dial this person now
        bool done = false;                         ///< the hunt is over
    };
    explicit Hunt(std::vector<Person> people);

    [[nodiscard]] Step begin();
    /// The outcome of the last `ring`: a thrown Fault ends the hunt; after a refusal the next follows at
    /// on_end().
    [[nodiscard]] Step on_dial(const Answer<InitResult>& answer);
    /// The call of the last `ring` is over.
    [[nodiscard]] Step on_end(const CallRecord& record);
    /// Nobody else is rung.
    void cancel() noexcept { people_.clear(); }

 private:
    [[nodiscard]] Step next();
    [[nodiscard]] Step over();

    std::deque<Person> people_;
    std::optional<InitResult> refusal_;
    bool answered_ = false;  // the one who asked
};

}  // namespace voip::call
